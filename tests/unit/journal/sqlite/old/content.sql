-- What the tests put into a journal of an old version.
INSERT INTO workbook VALUES (1, 'Jobs');
INSERT INTO place VALUES (1, 1, 'Jobs', '/nowhere/a.xlsx', 'a.xlsx', 'd', '');
INSERT INTO run (
    id, workbook_id, workbook, sheet, chain, steps, concurrency, rows, started_at, finished_at, state, retries, reused,
    definition
) VALUES (
    1, 1, '/nowhere/a.xlsx', 'Jobs', 'c', '["draft"]', 5, 2, '2026-01-02T03:04:05+00:00', '2026-01-02T03:05:05+00:00',
    'finished', 1, 0, '{}'
);
INSERT INTO answer (
    id, run_id, workbook_id, row_key, row_number, step, fingerprint, text, fields, model, input_tokens, output_tokens,
    cached_tokens, cost, seconds, attempts, finish, request_id, finished_at, edited_text
) VALUES (
    1, 1, 1, '2', 2, 'draft', 'f', 'Text.', '{"n": 1}', 'm', 10, 20, 3, '0.5', 1.5, 2, 'stop', 'req_1',
    '2026-01-02T03:04:05+00:00', 'Mine.'
);
INSERT INTO edit VALUES (1, 1, 'Mine.', '2026-01-02T03:04:05+00:00');
INSERT INTO outcome (
    id, run_id, workbook_id, row_key, row_number, digest, status, failure_step, failure_kind, failure_message,
    failure_attempts, seconds, finished_at
) VALUES (
    1, 1, 1, '3', 3, 'd', 'failed', 'draft', 'server error', 'No.', 3, 1, '2026-01-02T03:04:05+00:00'
);
INSERT INTO review (id, workbook_id, row_key, digest, review) VALUES (1, 1, '2', 'd', 'approved');
