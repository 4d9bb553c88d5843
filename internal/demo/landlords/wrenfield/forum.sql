-- The customer forum: who has an account, from where it was used, and what was written.
CREATE TABLE account (
    account_id INTEGER PRIMARY KEY,
    user_name  VARCHAR(40) NOT NULL,
    full_name  VARCHAR(80),
    email      VARCHAR(120) NOT NULL,
    joined_on  DATE NOT NULL,
    removed_on DATE -- for sending junk
);
CREATE TABLE sign_in (
    sign_in_id INTEGER PRIMARY KEY,
    account_id INTEGER NOT NULL REFERENCES account (account_id),
    ip_address VARCHAR(40) NOT NULL,
    signed_in  DATETIME NOT NULL
);
CREATE TABLE post (
    post_id    INTEGER PRIMARY KEY,
    account_id INTEGER NOT NULL REFERENCES account (account_id),
    posted_at  DATETIME NOT NULL,
    topic      VARCHAR(60),
    body       TEXT
);
INSERT INTO account (user_name, full_name, email, joined_on)
    SELECT lower(substr(forename, 1, 1)) || 'forum' || person_id, forename || ' ' || surname, email, date('$TODAY', '-' || (person_id % 900 + 30) || ' days')
    FROM housing.person WHERE email IS NOT NULL AND person_id % 2 = 0 AND person_id NOT IN (SELECT person_id FROM cast_member WHERE person_id IS NOT NULL);
INSERT INTO account (user_name, full_name, email, joined_on) SELECT 'hornbeam14', name, email, date('$TODAY', '-700 days') FROM cast_member WHERE member = 'star';
INSERT INTO account (user_name, full_name, email, joined_on) SELECT 'spindle3', name, email, date('$TODAY', '-300 days') FROM cast_member WHERE member = 'namesake';
INSERT INTO account (user_name, full_name, email, joined_on, removed_on) VALUES ('bargain-vitamins', NULL, 'offers@example.net', date('$TODAY', '-90 days'), date('$TODAY', '-89 days'));
WITH RECURSIVE n(i) AS (SELECT 0 UNION ALL SELECT i + 1 FROM n WHERE i < 3)
INSERT INTO sign_in (account_id, ip_address, signed_in)
    SELECT account_id, '203.0.113.' || (account_id * 7 % 250 + 1), datetime('$TODAY', '-' || (i * 11 + account_id % 10) || ' days', '+19 hours') FROM account, n;
INSERT INTO post (account_id, posted_at, topic, body)
    SELECT account_id, datetime('$TODAY', '-' || (account_id % 200) || ' days', '+20 hours'), 'Bins',
        CASE account_id % 3 WHEN 0 THEN 'Is it the green bin this week?' WHEN 1 THEN 'Thank you to whoever swept the stairs.' ELSE 'The gate sticks again.' END FROM account WHERE account_id % 2 = 1 OR user_name = 'hornbeam14';
INSERT INTO truth (member, "table", "column", value, whose, role) SELECT 'star', 'account', 'account_id', account_id, 'self', 'subject' FROM account WHERE user_name = 'hornbeam14';
INSERT INTO truth SELECT 'star', 'sign_in', 'sign_in_id', sign_in_id, 'self', 'subject' FROM sign_in JOIN account USING (account_id) WHERE user_name = 'hornbeam14';
INSERT INTO truth SELECT 'star', 'post', 'post_id', post_id, 'self', 'subject' FROM post JOIN account USING (account_id) WHERE user_name = 'hornbeam14';
