-- Care and support keeps its own store: needs, in detail.
CREATE TABLE service_user (
    service_user_id INTEGER PRIMARY KEY,
    full_name       VARCHAR(80) NOT NULL,
    dob             DATE,
    phone           VARCHAR(20),
    began_on        DATE NOT NULL,
    ended_on        DATE
);
CREATE TABLE care_plan (
    plan_id         INTEGER PRIMARY KEY,
    service_user_id INTEGER NOT NULL REFERENCES service_user (service_user_id),
    written_on      DATE NOT NULL,
    needs           TEXT
);
CREATE TABLE care_visit (
    visit_id        INTEGER PRIMARY KEY,
    service_user_id INTEGER NOT NULL REFERENCES service_user (service_user_id),
    visited_on      DATE NOT NULL,
    minutes         INTEGER
);
INSERT INTO service_user (full_name, dob, phone, began_on)
    SELECT forename || ' ' || surname, dob, mobile, date('$TODAY', '-' || (person_id % 500 + 40) || ' days') FROM housing.person
    WHERE disability_notes IS NOT NULL AND mobile IS NOT NULL AND person_id NOT IN (SELECT person_id FROM cast_member WHERE person_id IS NOT NULL);
INSERT INTO service_user (full_name, dob, phone, began_on) SELECT name, dob, mobile, date('$TODAY', '-600 days') FROM cast_member WHERE member IN ('star', 'neighbour');
INSERT INTO care_plan (service_user_id, written_on, needs) SELECT service_user_id, began_on, 'Help with heavy shopping in winter; a call each Monday.' FROM service_user;
WITH RECURSIVE n(i) AS (SELECT 1 UNION ALL SELECT i + 1 FROM n WHERE i < 4)
INSERT INTO care_visit (service_user_id, visited_on, minutes) SELECT service_user_id, date('$TODAY', '-' || (i * 7) || ' days'), 20 + i FROM service_user, n;
INSERT INTO truth SELECT 'star', 'service_user', 'service_user_id', service_user_id, 'self', 'subject' FROM service_user WHERE phone = (SELECT mobile FROM cast_member WHERE member = 'star');
INSERT INTO truth SELECT 'star', 'care_plan', 'plan_id', plan_id, 'self', 'subject' FROM care_plan JOIN service_user USING (service_user_id) WHERE phone = (SELECT mobile FROM cast_member WHERE member = 'star');
INSERT INTO truth SELECT 'star', 'care_visit', 'visit_id', visit_id, 'self', 'subject' FROM care_visit JOIN service_user USING (service_user_id) WHERE phone = (SELECT mobile FROM cast_member WHERE member = 'star');
