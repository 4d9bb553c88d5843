-- The bureau: Merrow Vale's customers, their accounts and their calls.
CREATE TABLE account_holder (
    holder_id  INTEGER PRIMARY KEY,
    full_name  VARCHAR(80) NOT NULL,
    dob        DATE,
    email      VARCHAR(120),
    phone      VARCHAR(20)
);
CREATE TABLE held_account (
    account_id  INTEGER PRIMARY KEY,
    holder_id   INTEGER NOT NULL REFERENCES account_holder (holder_id),
    account_ref VARCHAR(12) NOT NULL,
    balance     VARCHAR(12)
);
CREATE TABLE bureau_call (
    call_id   INTEGER PRIMARY KEY,
    holder_id INTEGER NOT NULL REFERENCES account_holder (holder_id),
    called_at DATETIME NOT NULL,
    note      TEXT
);
WITH RECURSIVE n(i) AS (SELECT 1 UNION ALL SELECT i + 1 FROM n WHERE i < 40)
INSERT INTO account_holder (full_name, dob, email)
    SELECT CASE i % 7 WHEN 0 THEN 'Alva' WHEN 1 THEN 'Bettina' WHEN 2 THEN 'Corin' WHEN 3 THEN 'Dilys' WHEN 4 THEN 'Evander' WHEN 5 THEN 'Frida' ELSE 'Guy' END || ' ' ||
        CASE i / 7 WHEN 0 THEN 'Merriott' WHEN 1 THEN 'Nethercott' WHEN 2 THEN 'Ormerod' WHEN 3 THEN 'Paxman' WHEN 4 THEN 'Rudge' ELSE 'Sewell' END,
        date('1950-05-02', '+' || (i * 401) || ' days'), 'merrow' || i || '@example.com' FROM n;
INSERT INTO account_holder (full_name, dob, email, phone) VALUES ('Petra Lindqvist', '1988-12-30', 'petra.lindqvist@example.org', '07700 900581');
INSERT INTO held_account (holder_id, account_ref, balance) SELECT holder_id, printf('MV%06d', holder_id * 37), CASE holder_id % 3 WHEN 0 THEN '-63.20' ELSE '0.00' END FROM account_holder;
INSERT INTO bureau_call (holder_id, called_at, note) SELECT holder_id, datetime('$TODAY', '-' || holder_id || ' days', '+14 hours'), 'Asked for the balance; told after security.' FROM account_holder;
