-- The journal's tables, schema version 10. Times are ISO 8601 in UTC; costs are decimal texts in US dollars.
BEGIN IMMEDIATE;

CREATE TABLE IF NOT EXISTS workbook (
    id INTEGER PRIMARY KEY,
    sheet TEXT NOT NULL
);

-- Every place where a workbook was seen: the original, its exports, copies. `digest` is of the content at last sight.
CREATE TABLE IF NOT EXISTS place (
    id INTEGER PRIMARY KEY,
    workbook_id INTEGER NOT NULL REFERENCES workbook (id),
    sheet TEXT NOT NULL,
    path TEXT NOT NULL,
    name TEXT NOT NULL,
    digest TEXT NOT NULL,
    exported TEXT NOT NULL,  -- the digest of what was last exported there, or ''
    UNIQUE (path, sheet)
);
CREATE INDEX IF NOT EXISTS place_by_digest ON place (digest, sheet);
CREATE INDEX IF NOT EXISTS place_by_name ON place (name, sheet);

CREATE TABLE IF NOT EXISTS run (
    id INTEGER PRIMARY KEY,
    workbook_id INTEGER NOT NULL REFERENCES workbook (id),
    workbook TEXT NOT NULL,
    sheet TEXT NOT NULL,
    chain TEXT NOT NULL,
    steps TEXT NOT NULL,  -- a JSON list
    concurrency INTEGER NOT NULL,
    rows INTEGER NOT NULL,
    started_at TEXT NOT NULL,
    finished_at TEXT,
    state TEXT NOT NULL,
    retries INTEGER NOT NULL,
    reused INTEGER NOT NULL,
    definition TEXT NOT NULL,  -- the chain as JSON, or ''
    noted INTEGER NOT NULL DEFAULT 0,  -- whether `taken_over` has all that it took over; 0 for runs of old versions
    budget TEXT,  -- US dollars, as it was last set; NULL for no limit
    held_seconds REAL NOT NULL DEFAULT 0,
    complete INTEGER,  -- chosen rows that had all answers before; NULL for runs of old versions
    skipped INTEGER  -- chosen rows that had nothing to run; NULL for runs of old versions
);

CREATE TABLE IF NOT EXISTS answer (
    id INTEGER PRIMARY KEY,
    run_id INTEGER NOT NULL,
    workbook_id INTEGER NOT NULL,
    row_key TEXT NOT NULL,
    row_number INTEGER NOT NULL,
    step TEXT NOT NULL,
    fingerprint TEXT NOT NULL,
    text TEXT NOT NULL,  -- or a BLOB: a long text in UTF-8, compressed by zlib
    fields TEXT,  -- a JSON object, or NULL for plain text
    model TEXT NOT NULL,
    input_tokens INTEGER,  -- NULL where the provider did not say
    output_tokens INTEGER,
    cached_tokens INTEGER,
    cost TEXT,
    seconds REAL NOT NULL,
    attempts INTEGER NOT NULL,
    finish TEXT NOT NULL,
    request_id TEXT NOT NULL,
    finished_at TEXT NOT NULL,
    edited_text TEXT,  -- the newest row of `edit`
    cache_write_tokens INTEGER NOT NULL DEFAULT 0,
    speed TEXT NOT NULL DEFAULT 'standard',  -- that it was served at, and charged for
    examples TEXT NOT NULL DEFAULT ''  -- the numbers of the answers that the model was shown as examples, a blank between
);
CREATE INDEX IF NOT EXISTS answer_by_request ON answer (workbook_id, step, fingerprint, row_key);
CREATE INDEX IF NOT EXISTS answer_by_row ON answer (workbook_id, row_key);
CREATE INDEX IF NOT EXISTS answer_by_run ON answer (run_id);

-- Which answers of earlier runs a run took over.
CREATE TABLE IF NOT EXISTS taken_over (
    answer_id INTEGER NOT NULL,
    run_id INTEGER NOT NULL,
    row_key TEXT NOT NULL,  -- of the row that took it over
    PRIMARY KEY (answer_id, run_id)
) WITHOUT ROWID;
CREATE INDEX IF NOT EXISTS taken_over_by_run ON taken_over (run_id);

-- All versions that people made of an answer, the oldest first; NULL went back to the model's own text.
CREATE TABLE IF NOT EXISTS edit (
    id INTEGER PRIMARY KEY,
    answer_id INTEGER NOT NULL REFERENCES answer (id),
    text TEXT,
    made_at TEXT NOT NULL
);
CREATE INDEX IF NOT EXISTS edit_by_answer ON edit (answer_id);

CREATE TABLE IF NOT EXISTS outcome (
    id INTEGER PRIMARY KEY,
    run_id INTEGER NOT NULL,
    workbook_id INTEGER NOT NULL,
    row_key TEXT NOT NULL,
    row_number INTEGER NOT NULL,
    digest TEXT NOT NULL,
    status TEXT NOT NULL,
    failure_step TEXT,
    failure_kind TEXT,
    failure_message TEXT,
    failure_attempts INTEGER,
    seconds REAL NOT NULL,
    finished_at TEXT NOT NULL,
    failure_http INTEGER,  -- the HTTP status of the last call, where there was one
    failure_request TEXT NOT NULL DEFAULT ''  -- the provider's id of it
);
CREATE INDEX IF NOT EXISTS outcome_by_row ON outcome (workbook_id, row_key);
CREATE INDEX IF NOT EXISTS outcome_by_run ON outcome (run_id);

CREATE TABLE IF NOT EXISTS review (
    id INTEGER PRIMARY KEY,
    workbook_id INTEGER NOT NULL,
    row_key TEXT NOT NULL,
    digest TEXT NOT NULL,
    review TEXT NOT NULL,
    answer_id INTEGER NOT NULL DEFAULT 0,  -- the row's last answer then; 0 where it was not noted
    reason TEXT NOT NULL DEFAULT ''  -- the person's, or ''
);
CREATE INDEX IF NOT EXISTS review_by_row ON review (workbook_id, row_key);
CREATE INDEX IF NOT EXISTS review_by_answer ON review (answer_id);

-- What people told a model about its answer, to be asked again; a row with the time of an earlier one is its newest state.
CREATE TABLE IF NOT EXISTS rerun_note (
    id INTEGER PRIMARY KEY,
    workbook_id INTEGER NOT NULL,
    row_key TEXT NOT NULL,
    digest TEXT NOT NULL,
    step TEXT NOT NULL,
    request TEXT NOT NULL,  -- the fingerprint of what the step asks without the note
    asked TEXT NOT NULL,  -- the fingerprint of what it asks with it
    answer TEXT NOT NULL,  -- the text that the note is about
    text TEXT NOT NULL,
    made_at TEXT NOT NULL,
    withdrawn INTEGER NOT NULL
);
CREATE INDEX IF NOT EXISTS rerun_note_by_row ON rerun_note (workbook_id, row_key);

-- What the checks of a step found of an answer, the newest only.
CREATE TABLE IF NOT EXISTS verdict (
    answer_id INTEGER PRIMARY KEY,
    key TEXT NOT NULL,  -- a hash of what the checks wanted; '' where the answer was edited since
    failed TEXT NOT NULL,  -- a JSON list of words, or '' where all passed
    path TEXT NOT NULL,  -- how the row came by the answer
    agreement REAL  -- the share of votes that agree with it; NULL without votes
);

-- Random samples of rows that people read, to know what the rest is worth.
CREATE TABLE IF NOT EXISTS audit (
    id INTEGER PRIMARY KEY,
    workbook_id INTEGER NOT NULL,
    seed INTEGER NOT NULL,
    made_at TEXT NOT NULL,
    groups TEXT NOT NULL,  -- a JSON object: how many rows there were, by class
    rows TEXT NOT NULL  -- a JSON list: key, answer, class, and whether it was drawn for its class alone
);

-- Batch jobs: a job and all of its requests are kept before it is sent.
CREATE TABLE IF NOT EXISTS batch_job (
    nonce TEXT PRIMARY KEY,
    workbook_id INTEGER NOT NULL,
    run_id INTEGER NOT NULL,
    step TEXT NOT NULL,  -- the definition of the step as JSON
    provider TEXT NOT NULL,
    base_url TEXT NOT NULL,
    model TEXT NOT NULL,
    count INTEGER NOT NULL,
    size INTEGER NOT NULL,
    created_at TEXT NOT NULL,
    stage TEXT NOT NULL,
    remote_id TEXT NOT NULL,
    phase TEXT NOT NULL,  -- how far the provider says it is
    succeeded INTEGER NOT NULL,
    failed INTEGER NOT NULL,
    expires_at TEXT,
    results_until TEXT,
    checked_at TEXT,
    cancelling INTEGER NOT NULL,
    message TEXT NOT NULL
) WITHOUT ROWID;

CREATE TABLE IF NOT EXISTS batch_item (
    nonce TEXT NOT NULL,
    custom_id TEXT NOT NULL,
    row_key TEXT NOT NULL,
    row_number INTEGER NOT NULL,
    step TEXT NOT NULL,
    fingerprint TEXT NOT NULL,
    draft INTEGER NOT NULL,
    state TEXT NOT NULL,
    answer_id INTEGER NOT NULL,  -- of what was paid for, or 0
    PRIMARY KEY (nonce, custom_id)
) WITHOUT ROWID;

-- Which of two answers a person likes better, the lower number first.
CREATE TABLE IF NOT EXISTS pick (
    first INTEGER NOT NULL,
    second INTEGER NOT NULL,
    preferred INTEGER,  -- one of the two, 0 for neither; NULL where the person took it back
    PRIMARY KEY (first, second)
) WITHOUT ROWID;

-- Each time that old runs were taken away. The rows of the highest numbers stay, emptied, so that no number comes twice.
CREATE TABLE IF NOT EXISTS cleaning (
    id INTEGER PRIMARY KEY,
    made_at TEXT NOT NULL,
    before TEXT NOT NULL
);

PRAGMA application_id = 1128809291;
PRAGMA user_version = 10;
COMMIT;
