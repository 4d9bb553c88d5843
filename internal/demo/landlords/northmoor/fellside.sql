-- Fellside's register of the homes that came with public money, and who has them.
CREATE TABLE grant_home (
    grant_home_id INTEGER PRIMARY KEY,
    tenancy_ref   VARCHAR(12) NOT NULL,
    full_name     VARCHAR(80) NOT NULL,
    address       VARCHAR(80) NOT NULL,
    grant_paid_on DATE NOT NULL
);
INSERT INTO grant_home (tenancy_ref, full_name, address, grant_paid_on)
    SELECT t.tenancy_ref, p.forename || ' ' || p.surname, h.address_line_1 || CASE coalesce(h.address_line_2, '') WHEN '' THEN '' ELSE ', ' || h.address_line_2 END, '2008-04-01'
    FROM housing.tenancy t JOIN housing.tenancy_party y ON y.tenancy_id = t.tenancy_id AND y.role_code = 'T' JOIN housing.person p ON p.person_id = y.person_id JOIN housing.property h ON h.property_id = t.property_id
    WHERE t.end_date IS NULL AND (h.block_id % 2 = 1 OR t.tenancy_ref = (SELECT ref FROM cast_member WHERE member = 'star'));
INSERT INTO truth SELECT 'star', 'grant_home', 'grant_home_id', grant_home_id, 'self', 'subject' FROM grant_home WHERE tenancy_ref = (SELECT ref FROM cast_member WHERE member = 'star');
