-- What the tests put into a journal of an old version.
INSERT INTO workbook VALUES (1, 'Jobs');
INSERT INTO place VALUES (1, 1, 'Jobs', '/nowhere/a.xlsx', 'a.xlsx', 'd', '');
INSERT INTO run VALUES (
    1, 1, '/nowhere/a.xlsx', 'Jobs', 'c', '["draft"]', 5, 2, '2026-01-02T03:04:05+00:00', '2026-01-02T03:05:05+00:00',
    'finished', 1, 0, '{}'
);
INSERT INTO answer VALUES (
    1, 1, 1, '2', 2, 'draft', 'f', 'Text.', '{"n": 1}', 'm', 10, 20, 3, '0.5', 1.5, 2, 'stop', 'req_1',
    '2026-01-02T03:04:05+00:00', 'Mine.'
);
INSERT INTO edit VALUES (1, 1, 'Mine.', '2026-01-02T03:04:05+00:00');
INSERT INTO outcome VALUES (
    1, 1, 1, '3', 3, 'd', 'failed', 'draft', 'server error', 'No.', 3, 1, '2026-01-02T03:04:05+00:00'
);
INSERT INTO review (id, workbook_id, row_key, digest, review) VALUES (1, 1, '2', 'd', 'approved');
