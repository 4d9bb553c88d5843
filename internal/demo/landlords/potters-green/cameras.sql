-- What the cameras in shared spaces saw, and who asked for pictures of themselves.
CREATE TABLE shared_camera (
    camera_id  INTEGER PRIMARY KEY,
    place      VARCHAR(60) NOT NULL,
    assessment VARCHAR(40) NOT NULL
);
CREATE TABLE picture_request (
    request_id INTEGER PRIMARY KEY,
    full_name  VARCHAR(80) NOT NULL,
    email      VARCHAR(120),
    camera_id  INTEGER NOT NULL REFERENCES shared_camera (camera_id),
    seen_at    DATETIME NOT NULL,
    asked_on   DATE NOT NULL,
    given_on   DATE
);
CREATE TABLE kept_picture (
    picture_id INTEGER PRIMARY KEY,
    request_id INTEGER NOT NULL REFERENCES picture_request (request_id),
    taken_at   DATETIME NOT NULL,
    file_name  VARCHAR(60) NOT NULL
);
INSERT INTO shared_camera (place, assessment) VALUES ('the lobby of Kiln Court', 'kiln-court-lobby'), ('the car park at Saggar Yard', 'saggar-yard');
INSERT INTO picture_request (full_name, email, camera_id, seen_at, asked_on, given_on)
    SELECT name, email, 1, datetime('$TODAY', '-21 days', '+18 hours'), date('$TODAY', '-20 days'), date('$TODAY', '-9 days') FROM cast_member WHERE member = 'star';
INSERT INTO picture_request (full_name, email, camera_id, seen_at, asked_on)
    SELECT forename || ' ' || surname, email, 1 + person_id % 2, datetime('$TODAY', '-15 days', '+8 hours'), date('$TODAY', '-14 days') FROM housing.person
    WHERE email IS NOT NULL AND person_id % 11 = 0 AND person_id NOT IN (SELECT person_id FROM cast_member WHERE person_id IS NOT NULL);
INSERT INTO kept_picture (request_id, taken_at, file_name) SELECT request_id, seen_at, printf('lobby-%04d.jpg', request_id) FROM picture_request;
INSERT INTO truth SELECT 'star', 'picture_request', 'request_id', request_id, 'self', 'subject' FROM picture_request JOIN cast_member USING (email) WHERE member = 'star';
INSERT INTO truth SELECT 'star', 'kept_picture', 'picture_id', picture_id, 'self', 'subject' FROM kept_picture JOIN picture_request USING (request_id) JOIN cast_member USING (email) WHERE member = 'star';
