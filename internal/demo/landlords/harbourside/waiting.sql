-- Tidewater's list of people who ask it for a home, which Harbourside keeps.
CREATE TABLE applicant (
    applicant_id INTEGER PRIMARY KEY,
    full_name    VARCHAR(80) NOT NULL,
    dob          DATE,
    email        VARCHAR(120),
    phone        VARCHAR(20),
    applied_on   DATE NOT NULL,
    decided_on   DATE,
    outcome      VARCHAR(40)
);
WITH RECURSIVE n(i) AS (SELECT 1 UNION ALL SELECT i + 1 FROM n WHERE i < 30)
INSERT INTO applicant (full_name, dob, email, applied_on, decided_on, outcome)
    SELECT CASE i % 6 WHEN 0 THEN 'Ada' WHEN 1 THEN 'Bram' WHEN 2 THEN 'Cleo' WHEN 3 THEN 'Dov' WHEN 4 THEN 'Edda' ELSE 'Flo' END || ' ' ||
        CASE i / 6 WHEN 0 THEN 'Penrose' WHEN 1 THEN 'Quiller' WHEN 2 THEN 'Restarick' WHEN 3 THEN 'Sleeman' WHEN 4 THEN 'Trembath' ELSE 'Uren' END,
        date('1960-03-01', '+' || (i * 377) || ' days'), 'applicant' || i || '@example.net', date('$TODAY', '-' || (i * 19) || ' days'),
        CASE i % 3 WHEN 0 THEN date('$TODAY', '-' || (i * 19 - 15) || ' days') END, CASE i % 3 WHEN 0 THEN 'On the list' END FROM n;
INSERT INTO applicant (full_name, dob, email, phone, applied_on) VALUES ('Rufus Tansley', '1969-10-07', 'rufus.tansley@example.net', '07700 900572', date('$TODAY', '-1890 days'));
