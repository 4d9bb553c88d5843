-- The insurance desk keeps its own store: policies for the contents of homes.
CREATE TABLE policy_holder (
    holder_id INTEGER PRIMARY KEY,
    full_name VARCHAR(80) NOT NULL,
    dob       DATE,
    email     VARCHAR(120)
);
CREATE TABLE contents_policy (
    policy_id     INTEGER PRIMARY KEY,
    holder_id     INTEGER NOT NULL REFERENCES policy_holder (holder_id),
    policy_number VARCHAR(20) NOT NULL,
    began_on      DATE NOT NULL,
    weekly_pence  INTEGER
);
CREATE TABLE contents_claim (
    claim_id   INTEGER PRIMARY KEY,
    policy_id  INTEGER NOT NULL REFERENCES contents_policy (policy_id),
    claimed_on DATE NOT NULL,
    about      TEXT
);
INSERT INTO policy_holder (full_name, dob, email)
    SELECT forename || ' ' || surname, dob, email FROM housing.person WHERE email IS NOT NULL AND person_id % 3 = 0 AND person_id NOT IN (SELECT person_id FROM cast_member WHERE person_id IS NOT NULL);
INSERT INTO policy_holder (full_name, dob, email) SELECT name, dob, email FROM cast_member WHERE member IN ('star', 'witness');
INSERT INTO contents_policy (holder_id, policy_number, began_on, weekly_pence) SELECT holder_id, printf('SBC-%05d', holder_id), date('$TODAY', '-' || (holder_id * 13 % 900 + 10) || ' days'), 210 FROM policy_holder;
INSERT INTO contents_claim (policy_id, claimed_on, about) SELECT policy_id, date('$TODAY', '-9 days'), 'A wardrobe spoilt by mould.' FROM contents_policy WHERE policy_id % 4 = 0 OR holder_id = (SELECT holder_id FROM policy_holder JOIN cast_member USING (email) WHERE member = 'star');
INSERT INTO truth SELECT 'star', 'policy_holder', 'holder_id', holder_id, 'self', 'subject' FROM policy_holder JOIN cast_member USING (email) WHERE member = 'star';
INSERT INTO truth SELECT 'star', 'contents_policy', 'policy_id', policy_id, 'self', 'subject' FROM contents_policy JOIN policy_holder USING (holder_id) JOIN cast_member USING (email) WHERE member = 'star';
INSERT INTO truth SELECT 'star', 'contents_claim', 'claim_id', claim_id, 'self', 'subject' FROM contents_claim JOIN contents_policy USING (policy_id) JOIN policy_holder USING (holder_id) JOIN cast_member USING (email) WHERE member = 'star';
