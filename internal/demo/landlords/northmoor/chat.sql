-- The live chat on the website of Northmoor Homes.
CREATE TABLE conversation (
    conversation_id INTEGER PRIMARY KEY,
    full_name       VARCHAR(80),
    email           VARCHAR(120),
    started_at      DATETIME NOT NULL
);
CREATE TABLE chat_line (
    line_id         INTEGER PRIMARY KEY,
    conversation_id INTEGER NOT NULL REFERENCES conversation (conversation_id),
    said_by         VARCHAR(10) NOT NULL, -- customer or adviser
    words           TEXT NOT NULL
);
INSERT INTO conversation (full_name, email, started_at)
    SELECT forename || ' ' || surname, email, datetime('$TODAY', '-' || (person_id % 300) || ' days', '+13 hours') FROM housing.person
    WHERE email IS NOT NULL AND person_id % 6 = 1 AND person_id NOT IN (SELECT person_id FROM cast_member WHERE person_id IS NOT NULL);
INSERT INTO conversation (full_name, email, started_at) SELECT name, email, datetime('$TODAY', '-16 days', '+12 hours') FROM cast_member WHERE member IN ('star', 'joint');
INSERT INTO chat_line (conversation_id, said_by, words) SELECT conversation_id, 'customer', 'When will somebody look at the boiler?' FROM conversation;
INSERT INTO chat_line (conversation_id, said_by, words) SELECT conversation_id, 'adviser', 'On Thursday, between eight and one.' FROM conversation;
INSERT INTO truth SELECT 'star', 'conversation', 'conversation_id', conversation_id, 'self', 'subject' FROM conversation JOIN cast_member USING (email) WHERE member = 'star';
INSERT INTO truth SELECT 'star', 'chat_line', 'line_id', line_id, 'self', 'subject' FROM chat_line JOIN conversation USING (conversation_id) JOIN cast_member USING (email) WHERE member = 'star';
