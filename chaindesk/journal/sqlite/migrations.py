"""The statements that bring a journal of each older version to the next."""

from __future__ import annotations

MIGRATIONS = {
    1: ("ALTER TABLE review ADD COLUMN answer_id INTEGER NOT NULL DEFAULT 0",),
    2: (
        "ALTER TABLE run ADD COLUMN noted INTEGER NOT NULL DEFAULT 0",
        "ALTER TABLE answer ADD COLUMN cache_write_tokens INTEGER NOT NULL DEFAULT 0",
        "ALTER TABLE outcome ADD COLUMN failure_http INTEGER",
        "ALTER TABLE outcome ADD COLUMN failure_request TEXT NOT NULL DEFAULT ''",
    ),
    3: ("ALTER TABLE review ADD COLUMN reason TEXT NOT NULL DEFAULT ''",),
    4: (
        "ALTER TABLE run ADD COLUMN budget TEXT",
        "ALTER TABLE run ADD COLUMN held_seconds REAL NOT NULL DEFAULT 0",
        "ALTER TABLE run ADD COLUMN complete INTEGER",
        "ALTER TABLE run ADD COLUMN skipped INTEGER",
    ),
    5: ("ALTER TABLE answer ADD COLUMN speed TEXT NOT NULL DEFAULT 'standard'",),
    6: (
        "CREATE TABLE verdict (answer_id INTEGER PRIMARY KEY, key TEXT NOT NULL, failed TEXT NOT NULL, "
        "path TEXT NOT NULL, agreement REAL)",
    ),
    7: (
        "CREATE TABLE batch_job ( nonce TEXT PRIMARY KEY, workbook_id INTEGER NOT NULL, run_id INTEGER NOT "
        "NULL, step TEXT NOT NULL, provider TEXT NOT NULL, base_url TEXT NOT NULL, model TEXT NOT NULL, count"
        " INTEGER NOT NULL, size INTEGER NOT NULL, created_at TEXT NOT NULL, stage TEXT NOT NULL, remote_id "
        "TEXT NOT NULL, phase TEXT NOT NULL, succeeded INTEGER NOT NULL, failed INTEGER NOT NULL, expires_at "
        "TEXT, results_until TEXT, checked_at TEXT, cancelling INTEGER NOT NULL, message TEXT NOT NULL ) "
        "WITHOUT ROWID",
        "CREATE TABLE batch_item ( nonce TEXT NOT NULL, custom_id TEXT NOT NULL, row_key TEXT NOT NULL, "
        "row_number INTEGER NOT NULL, step TEXT NOT NULL, fingerprint TEXT NOT NULL, draft INTEGER NOT NULL, "
        "state TEXT NOT NULL, answer_id INTEGER NOT NULL, PRIMARY KEY (nonce, custom_id) ) WITHOUT ROWID",
    ),
    8: (
        "CREATE TABLE audit (id INTEGER PRIMARY KEY, workbook_id INTEGER NOT NULL, seed INTEGER NOT NULL, "
        "made_at TEXT NOT NULL, groups TEXT NOT NULL, rows TEXT NOT NULL)",
    ),
    9: (
        "CREATE TABLE pick (first INTEGER NOT NULL, second INTEGER NOT NULL, preferred INTEGER, "
        "PRIMARY KEY (first, second)) WITHOUT ROWID",
        "ALTER TABLE answer ADD COLUMN examples TEXT NOT NULL DEFAULT ''",
    ),
    10: (
        "ALTER TABLE review ADD COLUMN answers TEXT NOT NULL DEFAULT '[]'",
        "ALTER TABLE review ADD COLUMN newest INTEGER NOT NULL DEFAULT 0",
    ),
}
"""By the version that is there."""
