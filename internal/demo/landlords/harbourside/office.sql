-- What Harbourside keeps for itself: what people typed into its own website, and the calls
-- that it records to train its staff.
CREATE TABLE web_form (
    form_id   INTEGER PRIMARY KEY,
    full_name VARCHAR(80) NOT NULL,
    email     VARCHAR(120) NOT NULL,
    sent_on   DATE NOT NULL,
    message   TEXT
);
CREATE TABLE training_call (
    call_id     INTEGER PRIMARY KEY,
    started_at  DATETIME NOT NULL,
    caller_name VARCHAR(80),
    phone       VARCHAR(20),
    announced   CHAR(1) NOT NULL
);
WITH RECURSIVE n(i) AS (SELECT 1 UNION ALL SELECT i + 1 FROM n WHERE i < 25)
INSERT INTO web_form (full_name, email, sent_on, message)
    SELECT CASE i % 5 WHEN 0 THEN 'Gil' WHEN 1 THEN 'Hetty' WHEN 2 THEN 'Ivo' WHEN 3 THEN 'Jory' ELSE 'Kerra' END || ' ' || CASE i / 5 WHEN 0 THEN 'Vingoe' WHEN 1 THEN 'Warne' WHEN 2 THEN 'Yelland' WHEN 3 THEN 'Angove' ELSE 'Bolitho' END,
        'visitor' || i || '@example.com', date('$TODAY', '-' || (i * 9) || ' days'), CASE i % 2 WHEN 0 THEN 'Please send me the newsletter.' ELSE 'Which landlord has homes by the quay?' END FROM n;
WITH RECURSIVE n(i) AS (SELECT 1 UNION ALL SELECT i + 1 FROM n WHERE i < 20)
INSERT INTO training_call (started_at, caller_name, phone, announced)
    SELECT datetime('$TODAY', '-' || (i * 3) || ' days', '+11 hours'), 'Caller ' || i, printf('07700 900%03d', 574 + i), 'Y' FROM n;
-- What it gave to others of its own people, before that was checked against the notice.
CREATE TABLE given_out (
    given_id  INTEGER PRIMARY KEY,
    form_id   INTEGER NOT NULL REFERENCES web_form (form_id),
    recipient VARCHAR(80) NOT NULL,
    sent_on   DATE NOT NULL,
    what      VARCHAR(120) NOT NULL
);
INSERT INTO given_out (form_id, recipient, sent_on, what) SELECT form_id, CASE form_id % 2 WHEN 0 THEN 'Estuary Heating' ELSE 'Quay Building Ltd' END, date('$TODAY', '-' || (form_id * 4 + 240) || ' days'), 'name, e-mail address' FROM web_form WHERE form_id % 4 < 2;
