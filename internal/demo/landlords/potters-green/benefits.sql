-- The file that goes to the benefits teams at the end of each year, with everybody in it, and
-- the questions that callers answer before their record is opened.
CREATE TABLE year_end_line (
    line_id     INTEGER PRIMARY KEY,
    year        INTEGER NOT NULL,
    tenancy_ref VARCHAR(12) NOT NULL,
    full_name   VARCHAR(80) NOT NULL,
    address     VARCHAR(80) NOT NULL,
    rent        VARCHAR(12) NOT NULL, -- pounds a week
    sent_on     DATE NOT NULL
);
CREATE TABLE caller_question (
    question_id INTEGER PRIMARY KEY,
    tenancy_ref VARCHAR(12) NOT NULL,
    full_name   VARCHAR(80) NOT NULL,
    question    VARCHAR(60) NOT NULL,
    answer      VARCHAR(60) NOT NULL
);
INSERT INTO year_end_line (year, tenancy_ref, full_name, address, rent, sent_on)
    SELECT 2025, t.tenancy_ref, p.forename || ' ' || p.surname, h.address_line_1 || CASE coalesce(h.address_line_2, '') WHEN '' THEN '' ELSE ', ' || h.address_line_2 END, printf('%.2f', 98 + t.tenancy_id % 40), '2026-01-06'
    FROM housing.tenancy t JOIN housing.tenancy_party y ON y.tenancy_id = t.tenancy_id AND y.role_code = 'T' JOIN housing.person p ON p.person_id = y.person_id JOIN housing.property h ON h.property_id = t.property_id
    WHERE t.end_date IS NULL;
INSERT INTO caller_question (tenancy_ref, full_name, question, answer) SELECT tenancy_ref, full_name, 'The street you grew up in', 'Question ' || line_id FROM year_end_line WHERE line_id % 2 = 0 OR tenancy_ref = (SELECT ref FROM cast_member WHERE member = 'star');
INSERT INTO truth SELECT 'star', 'year_end_line', 'line_id', line_id, 'self', 'subject' FROM year_end_line WHERE tenancy_ref = (SELECT ref FROM cast_member WHERE member = 'star');
INSERT INTO truth SELECT 'star', 'caller_question', 'question_id', question_id, 'self', 'subject' FROM caller_question WHERE tenancy_ref = (SELECT ref FROM cast_member WHERE member = 'star');
