-- The landlord's own registers and logs, in which its staff write down what they do with
-- information. Nobody is named in them. $TODAY is the last day on which anything happened.
-- What is marked PLANTED is not as the notice promises.

CREATE TABLE access_review (
    review_id   INTEGER PRIMARY KEY,
    system      VARCHAR(40) NOT NULL,
    role        VARCHAR(40) NOT NULL,
    reviewed_on DATE
);
INSERT INTO access_review (system, role, reviewed_on) VALUES
    ('Housing', 'Housing officers', date('$TODAY', '-40 days')), ('Housing', 'Repairs desk', date('$TODAY', '-40 days')),
    ('Housing', 'Contractors', date('$TODAY', '-95 days')), ('Letters', 'Housing officers', date('$TODAY', '-12 days')),
    ('Telephones', 'Supervisors', date('$TODAY', '-150 days')),
    ('Telephones', 'Trainers', date('$TODAY', '-260 days')); -- PLANTED: more than six months ago

CREATE TABLE call_log (
    call_id    INTEGER PRIMARY KEY,
    started_at DATETIME NOT NULL,
    line       VARCHAR(20) NOT NULL,
    recorded   CHAR(1) NOT NULL,
    announced  CHAR(1),
    note       VARCHAR(120)
);
WITH RECURSIVE n(i) AS (SELECT 1 UNION ALL SELECT i + 1 FROM n WHERE i < 120)
INSERT INTO call_log (started_at, line, recorded, announced, note)
    SELECT datetime('$TODAY', '-' || (i / 4) || ' days', '+' || (9 * 60 + i * 7 % 480) || ' minutes'),
        CASE i % 3 WHEN 0 THEN 'Repairs' WHEN 1 THEN 'Rents' ELSE 'Lettings' END, CASE i % 5 WHEN 0 THEN 'N' ELSE 'Y' END, CASE i % 5 WHEN 0 THEN NULL ELSE 'Y' END, NULL FROM n;
INSERT INTO call_log (started_at, line, recorded, announced, note) VALUES
    (datetime('$TODAY', '-3 days', '+22 hours'), 'Out of hours', 'Y', 'N', NULL), -- PLANTED: recorded, and nobody said so
    (datetime('$TODAY', '-2 days', '+23 hours'), 'Out of hours', 'Y', 'N', 'Leak at the stair. Called back.'),
    (datetime('$TODAY', '-6 days', '+15 hours'), 'Rents', 'N', NULL, 'Wants to pay. Card 4111 1111 1111 1111, exp 09/28'); -- PLANTED: a card number

CREATE TABLE camera (
    camera_id   INTEGER PRIMARY KEY,
    place       VARCHAR(60) NOT NULL,
    assessed_on DATE
);
INSERT INTO camera (place, assessed_on) VALUES
    ('Heron Court, lobby', date('$TODAY', '-400 days')), ('Heron Court, lift', date('$TODAY', '-400 days')),
    ('Depot yard', date('$TODAY', '-210 days')), ('Office, front door', date('$TODAY', '-30 days')),
    ('Mill Row, bin store', NULL); -- PLANTED: put up after a complaint, and never assessed

CREATE TABLE camera_clip (
    clip_id     INTEGER PRIMARY KEY,
    camera_id   INTEGER NOT NULL REFERENCES camera (camera_id),
    recorded_on DATE NOT NULL
);
WITH RECURSIVE n(i) AS (SELECT 0 UNION ALL SELECT i + 1 FROM n WHERE i < 79)
INSERT INTO camera_clip (camera_id, recorded_on) SELECT 1 + i % 4, date('$TODAY', '-' || (i % 20) || ' days') FROM n;
INSERT INTO camera_clip (camera_id, recorded_on) VALUES (2, date('$TODAY', '-71 days')), (2, date('$TODAY', '-70 days')); -- PLANTED: older than thirty days

CREATE TABLE call_recording (
    recording_id INTEGER PRIMARY KEY,
    call_id      INTEGER NOT NULL REFERENCES call_log (call_id),
    recorded_on  DATE NOT NULL
);
INSERT INTO call_recording (call_id, recorded_on) SELECT call_id, date(started_at) FROM call_log WHERE recorded = 'Y';

CREATE TABLE consent_record (
    record_id    INTEGER PRIMARY KEY,
    purpose      VARCHAR(60) NOT NULL,
    how          VARCHAR(20) NOT NULL,
    given_on     DATE NOT NULL,
    withdrawn_on DATE,
    stopped_on   DATE
);
WITH RECURSIVE n(i) AS (SELECT 1 UNION ALL SELECT i + 1 FROM n WHERE i < 40)
INSERT INTO consent_record (purpose, how, given_on) SELECT CASE i % 3 WHEN 0 THEN 'Surveys' WHEN 1 THEN 'Help with money' ELSE 'Pictures of events' END,
    CASE i % 2 WHEN 0 THEN 'asked' ELSE 'in-writing' END, date('$TODAY', '-' || (20 + i * 9) || ' days') FROM n;
UPDATE consent_record SET withdrawn_on = date('$TODAY', '-' || (10 + record_id) || ' days'), stopped_on = date('$TODAY', '-' || (10 + record_id) || ' days') WHERE record_id % 6 = 0;
UPDATE consent_record SET stopped_on = date(withdrawn_on, '+9 days') WHERE record_id = 12; -- PLANTED: nine days, where the notice says one
INSERT INTO consent_record (purpose, how, given_on) VALUES ('Visits counted', 'browsing', date('$TODAY', '-5 days')); -- PLANTED: a visit is no consent

CREATE TABLE contact_form (
    answer_id     INTEGER PRIMARY KEY,
    received_on   DATE NOT NULL,
    subject       VARCHAR(60) NOT NULL,
    date_of_birth DATE
);
WITH RECURSIVE n(i) AS (SELECT 1 UNION ALL SELECT i + 1 FROM n WHERE i < 30)
INSERT INTO contact_form (received_on, subject) SELECT date('$TODAY', '-' || i || ' days'), CASE i % 3 WHEN 0 THEN 'A key' WHEN 1 THEN 'The lift' ELSE 'Opening hours' END FROM n;
UPDATE contact_form SET date_of_birth = date('1960-01-01', '+' || (answer_id * 400) || ' days') WHERE answer_id % 10 = 0; -- PLANTED: nobody needs it for that

CREATE TABLE cookie_scan (
    seen_id INTEGER PRIMARY KEY,
    seen_on DATE NOT NULL,
    name    VARCHAR(60) NOT NULL
);
-- What the sites may set is written by the program; this one is PLANTED.
INSERT INTO cookie_scan (seen_on, name) VALUES (date('$TODAY', '-1 days'), '_followme');

CREATE TABLE erasure (
    erasure_id INTEGER PRIMARY KEY,
    done_on    DATE NOT NULL,
    told_on    DATE
);
INSERT INTO erasure (done_on, told_on) VALUES (date('$TODAY', '-200 days'), date('$TODAY', '-190 days')), (date('$TODAY', '-90 days'), date('$TODAY', '-88 days')),
    (date('$TODAY', '-70 days'), NULL); -- PLANTED: the contractor was never told

CREATE TABLE online_account (
    account_id   INTEGER PRIMARY KEY,
    last_sign_in DATE
);
WITH RECURSIVE n(i) AS (SELECT 1 UNION ALL SELECT i + 1 FROM n WHERE i < 50)
INSERT INTO online_account (last_sign_in) SELECT date('$TODAY', '-' || (i * 13) || ' days') FROM n;

CREATE TABLE web_visit (
    visit_id   INTEGER PRIMARY KEY,
    visited_on DATE NOT NULL
);
WITH RECURSIVE n(i) AS (SELECT 0 UNION ALL SELECT i + 1 FROM n WHERE i < 199)
INSERT INTO web_visit (visited_on) SELECT date('$TODAY', '-' || (i % 25) || ' days') FROM n;

CREATE TABLE application (
    application_id INTEGER PRIMARY KEY,
    decided_on     DATE,
    old_debt       CHAR(1) -- whether one counted
);
WITH RECURSIVE n(i) AS (SELECT 0 UNION ALL SELECT i + 1 FROM n WHERE i < 24)
INSERT INTO application (decided_on) SELECT CASE i % 5 WHEN 0 THEN NULL ELSE date('$TODAY', '-' || (i * 6) || ' days') END FROM n;
UPDATE application SET old_debt = CASE application_id % 6 WHEN 1 THEN 'Y' ELSE 'N' END WHERE application_id <> 9; -- PLANTED: nobody said for one

CREATE TABLE right_to_rent_copy (
    copy_id          INTEGER PRIMARY KEY,
    tenancy_ended    DATE,
    paper            VARCHAR(30),
    countries_now    VARCHAR(60),
    countries_before VARCHAR(60)
);
INSERT INTO right_to_rent_copy (tenancy_ended, paper, countries_now, countries_before) VALUES
    (NULL, 'Passport', 'United Kingdom', 'United Kingdom'),
    (NULL, 'Passport', 'Ireland', 'Ireland'),
    (date('$TODAY', '-100 days'), 'Home Office papers', 'United Kingdom', 'Ghana'),
    (date('$TODAY', '-300 days'), 'Driving licence', 'United Kingdom', 'United Kingdom');

CREATE TABLE identity_paper (
    paper_id INTEGER PRIMARY KEY,
    seen_on  DATE NOT NULL
);
INSERT INTO identity_paper (seen_on) VALUES (date('$TODAY', '-3 days')), (date('$TODAY', '-9 days')), (date('$TODAY', '-64 days')); -- PLANTED: the last

CREATE TABLE settled_debt (
    debt_id    INTEGER PRIMARY KEY,
    settled_on DATE
);
INSERT INTO settled_debt (settled_on) VALUES (NULL), (date('$TODAY', '-2 years')), (date('$TODAY', '-5 years'));

CREATE TABLE advice_file (
    file_id   INTEGER PRIMARY KEY,
    closed_on DATE
);
INSERT INTO advice_file (closed_on) VALUES (NULL), (date('$TODAY', '-1 years')), (date('$TODAY', '-20 months'));

CREATE TABLE request_file (
    file_id   INTEGER PRIMARY KEY,
    closed_on DATE
);
INSERT INTO request_file (closed_on) VALUES (date('$TODAY', '-1 years')), (date('$TODAY', '-2 years')), (date('$TODAY', '-34 months'));

CREATE TABLE support_need (
    need_id  INTEGER PRIMARY KEY,
    ended_on DATE,
    told_by  VARCHAR(30)
);
INSERT INTO support_need (ended_on, told_by) VALUES (NULL, 'the tenant'), (NULL, 'a doctor'), (date('$TODAY', '-7 months'), 'the tenant');

CREATE TABLE key_backup (
    backup_id   INTEGER PRIMARY KEY,
    finished_at DATETIME NOT NULL
);
INSERT INTO key_backup (finished_at) VALUES (datetime('$TODAY', '-8 days', '+3 hours')), (datetime('$TODAY', '-1 days', '+3 hours'));

CREATE TABLE policy (
    policy_id INTEGER PRIMARY KEY,
    title     VARCHAR(60) NOT NULL,
    review_by DATE
);
INSERT INTO policy (title, review_by) VALUES ('Cameras', date('$TODAY', '+200 days')), ('Keeping records', date('$TODAY', '+90 days')),
    ('Recorded calls', date('$TODAY', '-45 days')); -- PLANTED: overdue

CREATE TABLE leaver (
    leaver_id INTEGER PRIMARY KEY,
    login     VARCHAR(40) NOT NULL,
    left_on   DATE NOT NULL
);
INSERT INTO leaver (login, left_on) VALUES ('former.officer', date('$TODAY', '-80 days'));
