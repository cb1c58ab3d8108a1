BEGIN TRANSACTION;
CREATE TABLE answer (
    id INTEGER PRIMARY KEY,
    run_id INTEGER NOT NULL,
    workbook_id INTEGER NOT NULL,
    row_key TEXT NOT NULL,
    row_number INTEGER NOT NULL,
    step TEXT NOT NULL,
    fingerprint TEXT NOT NULL,
    text TEXT NOT NULL,
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
    cache_write_tokens INTEGER NOT NULL DEFAULT 0
);
INSERT INTO "answer" VALUES(1,1,1,'J1',2,'outline','07c4ea5e26c84e82bd43deff0ebab1e1aac8e260db7068aefdf921571c5eeeab','{"title": "On bees", "words": 40}','{"title": "On bees", "words": 40}','writer',30,12,0,'0.000078',6.14070899996477237436e-03,1,'stop','req-1','2026-11-27T04:25:43.098791+00:00',NULL,0);
INSERT INTO "answer" VALUES(2,1,1,'J2',3,'outline','eba741bb2ccfe9212cb80ebbba85b2b47f81d7a069478fe07ed76d45bfd82abd','{"title": "On rivers", "words": 50}','{"title": "On rivers", "words": 50}','writer',30,12,0,'0.000078',5.37869999993745295796e-03,1,'stop','req-2','2026-11-27T04:25:43.099289+00:00',NULL,0);
INSERT INTO "answer" VALUES(3,1,1,'J1',2,'draft','a2ef48fb1a920348100708777182906c2427c86af872fcb25a05ebcf6bc4baa7','A text: On bees in 40 words. No note.',NULL,'writer',30,12,0,'0.000078',0.00270876100012174,1,'stop','req-3','2026-11-27T04:25:43.107848+00:00','Bees, as I would say it.
Two lines.',0);
INSERT INTO "answer" VALUES(4,1,1,'J2',3,'draft','096da879d315e0f518fc3cbfab7503c45a909fe060724d20f6dee5709886c283','A text: On rivers in 50 words. Keep it dry',NULL,'writer',30,12,0,'0.000078',3.08435600004486332181e-03,1,'stop','req-4','2026-11-27T04:25:43.108960+00:00','Rivers, edited in the sheet.',0);
INSERT INTO "answer" VALUES(5,1,1,'J3',4,'outline','unfit:dd15721747053af93f499a05bd94d08afd3d1338c084acab79a90517cc7f7f80','{"title": "On clay"}',NULL,'writer',30,12,0,'0.000078',0.00541059000011046,1,'stop','req-5','2026-11-27T04:25:43.113961+00:00',NULL,0);
INSERT INTO "answer" VALUES(6,1,1,'J4',5,'outline','unfit:47fed8b57260dcae225780d18d2b64b3d9835138ec778a38e986ca14e83fa9fc','I would rather tell a story about snow.',NULL,'writer',30,12,0,'0.000078',4.93491699990045162849e-03,1,'stop','req-6','2026-11-27T04:25:43.114428+00:00',NULL,0);
INSERT INTO "answer" VALUES(7,1,1,'J3',4,'outline','dd15721747053af93f499a05bd94d08afd3d1338c084acab79a90517cc7f7f80','{"title": "On clay", "words": 60}','{"title": "On clay", "words": 60}','writer',30,12,0,'0.000078',2.58543000018107704818e-03,2,'stop','req-7','2026-11-27T04:25:43.119061+00:00',NULL,0);
INSERT INTO "answer" VALUES(8,1,1,'J4',5,'outline','unfit:47fed8b57260dcae225780d18d2b64b3d9835138ec778a38e986ca14e83fa9fc','I would rather tell a story about snow.',NULL,'writer',30,12,0,'0.000078',2.47467200006212806329e-03,2,'stop','req-8','2026-11-27T04:25:43.119621+00:00',NULL,0);
INSERT INTO "answer" VALUES(9,1,1,'J3',4,'draft','eefe966ddccaf53cf1746ab06af55effdd859db34634b69c8cfc2b02d7a95bae','A text: On clay in 60 words. No note.',NULL,'writer',30,12,0,'0.000078',3.50261000016871548723e-03,1,'stop','req-9','2026-11-27T04:25:43.125531+00:00',NULL,0);
INSERT INTO "answer" VALUES(10,1,1,'J6',7,'outline','unfit:lost:e3e7ee77c31c2debf91326dd4dd98d6114fa5d118c6b7b481ad5c47a4234d5c4','',NULL,'writer',NULL,NULL,NULL,NULL,5.5232909999176627025e-03,1,'stop','','2026-11-27T04:25:43.131381+00:00',NULL,0);
INSERT INTO "answer" VALUES(11,1,1,'J6',7,'outline','e3e7ee77c31c2debf91326dd4dd98d6114fa5d118c6b7b481ad5c47a4234d5c4','{"title": "On moss", "words": 90}','{"title": "On moss", "words": 90}','writer',30,12,0,'0.000078',1.63018800003555952571e-03,2,'stop','req-12','2026-11-27T04:25:43.613724+00:00',NULL,0);
INSERT INTO "answer" VALUES(12,1,1,'J6',7,'draft','1a956d74c07ff2599ad898b03702f89c3978c1378a55df3aaeb87ba4e68d0725','A text: On moss in 90 words. No note.',NULL,'writer',30,12,0,'0.000078',1.26655600001868151593e-03,1,'stop','req-13','2026-11-27T04:25:43.621798+00:00',NULL,0);
INSERT INTO "answer" VALUES(13,1,1,'J5',6,'draft','unfit:own:ec45756f6a0837d1dd69ee017c722c141206c5b56d2bb6fc806d002b14438f6e:','',NULL,'',NULL,NULL,NULL,NULL,0.0,0,'stop','','2026-11-27T04:25:43.856083+00:00','Iron, by my own hand.',0);
INSERT INTO "answer" VALUES(14,2,1,'J4',5,'outline','47fed8b57260dcae225780d18d2b64b3d9835138ec778a38e986ca14e83fa9fc','{"title": "On snow", "words": 70}','{"title": "On snow", "words": 70}','writer',30,12,0,'0.000078',8.64829299985103716608e-03,1,'stop','req-14','2026-11-27T04:25:43.898780+00:00',NULL,0);
INSERT INTO "answer" VALUES(15,2,1,'J4',5,'draft','6ca64f5b0e41d482e6fcac785b508ce0611a331028460dfceb57d46fa68be305','A text: On snow in 70 words. No note.',NULL,'writer',30,12,0,'0.000078',1.2726980000934418058e-03,1,'stop','req-16','2026-11-27T04:25:43.906001+00:00',NULL,0);
CREATE TABLE cleaning (
    id INTEGER PRIMARY KEY,
    made_at TEXT NOT NULL,
    before TEXT NOT NULL
);
CREATE TABLE edit (
    id INTEGER PRIMARY KEY,
    answer_id INTEGER NOT NULL REFERENCES answer (id),
    text TEXT,
    made_at TEXT NOT NULL
);
INSERT INTO "edit" VALUES(1,3,'Bees, as I would say it.
Two lines.','2026-11-27T04:25:43.636940+00:00');
INSERT INTO "edit" VALUES(2,9,'first try','2026-11-27T04:25:43.648458+00:00');
INSERT INTO "edit" VALUES(3,9,NULL,'2026-11-27T04:25:43.653099+00:00');
INSERT INTO "edit" VALUES(4,4,'Rivers, edited in the sheet.','2026-11-27T04:25:43.850981+00:00');
INSERT INTO "edit" VALUES(5,13,'Iron, by my own hand.','2026-11-27T04:25:43.859798+00:00');
CREATE TABLE outcome (
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
INSERT INTO "outcome" VALUES(1,1,1,'J1',2,'e7c6f5019bfdefb2a5f4b640e53b901f80d9ecac338dbf09d82822d6b6b96c12','done',NULL,NULL,NULL,NULL,1.7729707999933452811e-02,'2026-11-27T04:25:43.109625+00:00',NULL,'');
INSERT INTO "outcome" VALUES(2,1,1,'J2',3,'d27a3a143da5ded2308b231591a41a6c040abbebb88b1a60bccaea35df26603f','done',NULL,NULL,NULL,NULL,1.63911679999273474095e-02,'2026-11-27T04:25:43.109797+00:00',NULL,'');
INSERT INTO "outcome" VALUES(3,1,1,'J4',5,'b7d31e579f7f6761b9765c191534e3fc5af2597940e5bbf5239ba24911b96b44','failed','outline','answer does not fit its fields','The answer does not fit the step''s fields, even when asked again: it is not a JSON object.',2,1.39468919999217177974e-02,'2026-11-27T04:25:43.122992+00:00',NULL,'');
INSERT INTO "outcome" VALUES(4,1,1,'J5',6,'ec45756f6a0837d1dd69ee017c722c141206c5b56d2bb6fc806d002b14438f6e','failed','outline','request rejected','demo answered 400 Bad Request: "The prompt was refused.". Check the step''s settings and this row''s text.',1,5.40127200019924202933e-03,'2026-11-27T04:25:43.127804+00:00',400,'');
INSERT INTO "outcome" VALUES(5,1,1,'J3',4,'7970ca88bad178b610b3b6e2fa1a898fc706ecab17715589ec3fa99fa2cde097','done',NULL,NULL,NULL,NULL,1.96954560001358913723e-02,'2026-11-27T04:25:43.127649+00:00',NULL,'');
INSERT INTO "outcome" VALUES(6,1,1,'J6',7,'959bc43dad4d6afd9205cd4cb676cdd4f3b1b224ef5d125f1f44f6057a3bbe0d','done',NULL,NULL,NULL,NULL,4.96273670000164202065e-01,'2026-11-27T04:25:43.621914+00:00',NULL,'');
INSERT INTO "outcome" VALUES(7,2,1,'J5',6,'ec45756f6a0837d1dd69ee017c722c141206c5b56d2bb6fc806d002b14438f6e','failed','outline','request rejected','demo answered 400 Bad Request: "The prompt was refused.". Check the step''s settings and this row''s text.',1,8.857504999923548894e-03,'2026-11-27T04:25:43.899750+00:00',400,'');
INSERT INTO "outcome" VALUES(8,2,1,'J4',5,'b7d31e579f7f6761b9765c191534e3fc5af2597940e5bbf5239ba24911b96b44','done',NULL,NULL,NULL,NULL,1.6719834000014088815e-02,'2026-11-27T04:25:43.906110+00:00',NULL,'');
CREATE TABLE place (
    id INTEGER PRIMARY KEY,
    workbook_id INTEGER NOT NULL REFERENCES workbook (id),
    sheet TEXT NOT NULL,
    path TEXT NOT NULL,
    name TEXT NOT NULL,
    digest TEXT NOT NULL,
    exported TEXT NOT NULL,  -- the digest of what was last exported there, or ''
    UNIQUE (path, sheet)
);
INSERT INTO "place" VALUES(1,1,'Jobs','{FOLDER}/jobs.xlsx','jobs.xlsx','585f29dddd2dd34169b7e0a35dc93c76aa55fa4c56b400dfb98c4e02bf7c4c1c','');
INSERT INTO "place" VALUES(2,1,'Jobs','{FOLDER}/jobs.completed.xlsx','jobs.completed.xlsx','65361c76ba0db3f629b7f526f977c918ecd6e71ff726270ed10c160d7e679a86','65361c76ba0db3f629b7f526f977c918ecd6e71ff726270ed10c160d7e679a86');
INSERT INTO "place" VALUES(3,1,'Jobs','{FOLDER}/again-jobs.xlsx','again-jobs.xlsx','dfb2c71be812c26c5688f411386195c7ee7f3bbc7aebabfb97f3a2db8da85f2b','dfb2c71be812c26c5688f411386195c7ee7f3bbc7aebabfb97f3a2db8da85f2b');
INSERT INTO "place" VALUES(4,1,'Jobs','{FOLDER}/again-jobs.completed.xlsx','again-jobs.completed.xlsx','65361c76ba0db3f629b7f526f977c918ecd6e71ff726270ed10c160d7e679a86','65361c76ba0db3f629b7f526f977c918ecd6e71ff726270ed10c160d7e679a86');
CREATE TABLE review (
    id INTEGER PRIMARY KEY,
    workbook_id INTEGER NOT NULL,
    row_key TEXT NOT NULL,
    digest TEXT NOT NULL,
    review TEXT NOT NULL,
    answer_id INTEGER NOT NULL DEFAULT 0  -- the row's last answer then; 0 where it was not noted
);
INSERT INTO "review" VALUES(1,1,'J2','d27a3a143da5ded2308b231591a41a6c040abbebb88b1a60bccaea35df26603f','approved',4);
CREATE TABLE run (
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
    noted INTEGER NOT NULL DEFAULT 0  -- whether `taken_over` has all that it took over; 0 for runs of old versions
);
INSERT INTO "run" VALUES(1,1,'{FOLDER}/jobs.xlsx','Jobs','earlier','["outline", "draft"]',2,6,'2026-11-27T04:25:43.010116+00:00','2026-11-27T04:25:43.633223+00:00','finished',3,0,'{"name":"earlier","steps":[{"name":"outline","model":"demo/writer","prompt":"Plan a text about {{Topic}} of {{Words}} words.","system":"You plan short texts.","fields":{"title":"string","words":"integer"}},{"name":"draft","model":"demo/writer","prompt":"Write {{outline.title}} in {{outline.words}} words. {{Note|No note.}}"}],"id_column":"ID","concurrency":2,"providers":{"demo":{"prices":{"writer":{"input":1.0,"output":4.0}}}},"retry":{"attempts":3,"seconds":20.0}}',1);
INSERT INTO "run" VALUES(2,1,'{FOLDER}/jobs.completed.xlsx','Jobs','earlier','["outline", "draft"]',2,6,'2026-11-27T04:25:43.875339+00:00','2026-11-27T04:25:43.913227+00:00','finished',0,9,'{"name":"earlier","steps":[{"name":"outline","model":"demo/writer","prompt":"Plan a text about {{Topic}} of {{Words}} words.","system":"You plan short texts.","fields":{"title":"string","words":"integer"}},{"name":"draft","model":"demo/writer","prompt":"Write {{outline.title}} in {{outline.words}} words. {{Note|No note.}}"}],"id_column":"ID","concurrency":2,"providers":{"demo":{"prices":{"writer":{"input":1.0,"output":4.0}}}},"retry":{"attempts":3,"seconds":20.0}}',1);
CREATE TABLE taken_over (
    answer_id INTEGER NOT NULL,
    run_id INTEGER NOT NULL,
    row_key TEXT NOT NULL,  -- of the row that took it over
    PRIMARY KEY (answer_id, run_id)
) WITHOUT ROWID;
INSERT INTO "taken_over" VALUES(1,2,'J1');
INSERT INTO "taken_over" VALUES(2,2,'J2');
INSERT INTO "taken_over" VALUES(3,2,'J1');
INSERT INTO "taken_over" VALUES(4,2,'J2');
INSERT INTO "taken_over" VALUES(7,2,'J3');
INSERT INTO "taken_over" VALUES(9,2,'J3');
INSERT INTO "taken_over" VALUES(11,2,'J6');
INSERT INTO "taken_over" VALUES(12,2,'J6');
INSERT INTO "taken_over" VALUES(13,2,'J5');
CREATE TABLE workbook (
    id INTEGER PRIMARY KEY,
    sheet TEXT NOT NULL
);
INSERT INTO "workbook" VALUES(1,'Jobs');
CREATE INDEX place_by_digest ON place (digest, sheet);
CREATE INDEX place_by_name ON place (name, sheet);
CREATE INDEX answer_by_request ON answer (workbook_id, step, fingerprint, row_key);
CREATE INDEX answer_by_row ON answer (workbook_id, row_key);
CREATE INDEX answer_by_run ON answer (run_id);
CREATE INDEX taken_over_by_run ON taken_over (run_id);
CREATE INDEX edit_by_answer ON edit (answer_id);
CREATE INDEX outcome_by_row ON outcome (workbook_id, row_key);
CREATE INDEX outcome_by_run ON outcome (run_id);
CREATE INDEX review_by_row ON review (workbook_id, row_key);
CREATE INDEX review_by_answer ON review (answer_id);
COMMIT;
PRAGMA application_id = 1128809291;
PRAGMA user_version = 3;
