-- The log of recorded calls, and what people asked for in writing or by voice.
CREATE TABLE recorded_call (
    call_id     INTEGER PRIMARY KEY,
    started_at  DATETIME NOT NULL,
    direction   VARCHAR(3) NOT NULL, -- in or out
    caller_name VARCHAR(80),
    phone       VARCHAR(20),
    handler     VARCHAR(40),
    recording   VARCHAR(60) NOT NULL,
    heard_again DATE -- for a complaint
);
CREATE TABLE information_request (
    request_id  INTEGER PRIMARY KEY,
    asked_by    VARCHAR(80) NOT NULL,
    email       VARCHAR(120),
    received_on DATE NOT NULL,
    act         VARCHAR(40) NOT NULL,
    wanted      TEXT,
    answered_on DATE
);
INSERT INTO recorded_call (started_at, direction, caller_name, phone, handler, recording)
    SELECT datetime('$TODAY', '-' || (person_id % 170) || ' days', '+' || (540 + person_id * 13 % 480) || ' minutes'), CASE person_id % 4 WHEN 0 THEN 'out' ELSE 'in' END,
        forename || ' ' || surname, mobile, 'Desk ' || (person_id % 6 + 1), 'call-' || person_id || '.ogg'
    FROM housing.person WHERE mobile IS NOT NULL AND person_id NOT IN (SELECT person_id FROM cast_member WHERE person_id IS NOT NULL);
INSERT INTO recorded_call (started_at, direction, caller_name, phone, handler, recording, heard_again)
    SELECT datetime('$TODAY', '-12 days', '+10 hours'), 'in', name, mobile, 'Desk 2', 'call-damp-14.ogg', date('$TODAY', '-8 days') FROM cast_member WHERE member = 'star';
INSERT INTO recorded_call (started_at, direction, caller_name, phone, handler, recording)
    SELECT datetime('$TODAY', '-11 days', '+15 hours'), 'in', name, mobile, 'Desk 5', 'call-rent-3.ogg' FROM cast_member WHERE member = 'namesake';
INSERT INTO information_request (asked_by, email, received_on, act, wanted, answered_on)
    SELECT name, email, date('$TODAY', '-400 days'), 'Environmental Information Regulations 2004', 'Whether the water pipes in her block are lead.', date('$TODAY', '-380 days') FROM cast_member WHERE member = 'star';
INSERT INTO information_request (asked_by, email, received_on, act, wanted, answered_on) VALUES
    ('Ottoline Marsh', 'ottoline.marsh@example.org', date('$TODAY', '-60 days'), 'Freedom of Information Act 2000', 'What was spent on lifts.', date('$TODAY', '-31 days'));
INSERT INTO truth SELECT 'star', 'recorded_call', 'call_id', call_id, 'self', 'subject' FROM recorded_call WHERE recording = 'call-damp-14.ogg';
INSERT INTO truth SELECT 'star', 'information_request', 'request_id', request_id, 'self', 'subject' FROM information_request WHERE asked_by = (SELECT name FROM cast_member WHERE member = 'star');
