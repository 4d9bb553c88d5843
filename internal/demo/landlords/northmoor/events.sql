-- The charity's events: who came, who is in which picture, and who does not want to be.
CREATE TABLE guest (
    guest_id  INTEGER PRIMARY KEY,
    full_name VARCHAR(80) NOT NULL,
    email     VARCHAR(120),
    event     VARCHAR(60) NOT NULL,
    held_on   DATE NOT NULL,
    no_pictures CHAR(1) NOT NULL DEFAULT 'N'
);
CREATE TABLE guest_picture (
    picture_id INTEGER PRIMARY KEY,
    guest_id   INTEGER NOT NULL REFERENCES guest (guest_id),
    file_name  VARCHAR(60) NOT NULL,
    taken_on   DATE NOT NULL
);
INSERT INTO guest (full_name, email, event, held_on, no_pictures)
    SELECT forename || ' ' || surname, email, 'Summer fair', date('$TODAY', '-140 days'), CASE person_id % 9 WHEN 0 THEN 'Y' ELSE 'N' END FROM housing.person
    WHERE email IS NOT NULL AND person_id % 4 = 0 AND person_id NOT IN (SELECT person_id FROM cast_member WHERE person_id IS NOT NULL);
INSERT INTO guest (full_name, email, event, held_on) SELECT name, email, 'Summer fair', date('$TODAY', '-140 days') FROM cast_member WHERE member IN ('star', 'namesake', 'witness');
INSERT INTO guest_picture (guest_id, file_name, taken_on) SELECT guest_id, printf('fair-%04d.jpg', guest_id), held_on FROM guest WHERE no_pictures = 'N';
INSERT INTO truth SELECT 'star', 'guest', 'guest_id', guest_id, 'self', 'subject' FROM guest JOIN cast_member USING (email) WHERE member = 'star';
INSERT INTO truth SELECT 'star', 'guest_picture', 'picture_id', picture_id, 'self', 'subject' FROM guest_picture JOIN guest USING (guest_id) JOIN cast_member USING (email) WHERE member = 'star';
