-- The skills centre keeps its own store: work and learning.
CREATE TABLE learner (
    learner_id INTEGER PRIMARY KEY,
    full_name  VARCHAR(80) NOT NULL,
    dob        DATE,
    email      VARCHAR(120),
    joined_on  DATE NOT NULL
);
CREATE TABLE course_place (
    place_id   INTEGER PRIMARY KEY,
    learner_id INTEGER NOT NULL REFERENCES learner (learner_id),
    course     VARCHAR(60) NOT NULL,
    started_on DATE NOT NULL,
    result     VARCHAR(30)
);
CREATE TABLE past_job (
    past_job_id INTEGER PRIMARY KEY,
    learner_id  INTEGER NOT NULL REFERENCES learner (learner_id),
    employer    VARCHAR(60),
    job_title   VARCHAR(60),
    from_year   INTEGER,
    until_year  INTEGER
);
INSERT INTO learner (full_name, dob, email, joined_on)
    SELECT forename || ' ' || surname, dob, email, date('$TODAY', '-' || (person_id % 700 + 20) || ' days') FROM housing.person
    WHERE email IS NOT NULL AND person_id % 5 = 0 AND person_id NOT IN (SELECT person_id FROM cast_member WHERE person_id IS NOT NULL);
INSERT INTO learner (full_name, dob, email, joined_on) SELECT name, dob, email, date('$TODAY', '-250 days') FROM cast_member WHERE member IN ('star', 'namesake', 'adult-child');
INSERT INTO course_place (learner_id, course, started_on, result)
    SELECT learner_id, CASE learner_id % 3 WHEN 0 THEN 'Spreadsheets' WHEN 1 THEN 'Food hygiene' ELSE 'Book-keeping' END, date('$TODAY', '-' || (learner_id % 15 * 20 + 5) || ' days'), CASE learner_id % 2 WHEN 0 THEN 'Passed' END FROM learner;
INSERT INTO past_job (learner_id, employer, job_title, from_year, until_year) SELECT learner_id, 'A bakery in Gritley', 'Baker', 2008, 2019 FROM learner;
INSERT INTO truth SELECT 'star', 'learner', 'learner_id', learner_id, 'self', 'subject' FROM learner JOIN cast_member USING (email) WHERE member = 'star';
INSERT INTO truth SELECT 'star', 'course_place', 'place_id', place_id, 'self', 'subject' FROM course_place JOIN learner USING (learner_id) JOIN cast_member USING (email) WHERE member = 'star';
INSERT INTO truth SELECT 'star', 'past_job', 'past_job_id', past_job_id, 'self', 'subject' FROM past_job JOIN learner USING (learner_id) JOIN cast_member USING (email) WHERE member = 'star';
