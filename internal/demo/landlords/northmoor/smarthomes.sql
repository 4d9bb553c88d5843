-- Smart homes of Northmoor Homes: the boiler, how humid it is, condensation, hot water.
CREATE TABLE smart_home (
    home_id      INTEGER PRIMARY KEY,
    tenancy_ref  VARCHAR(12) NOT NULL,
    address      VARCHAR(80) NOT NULL,
    installed_on DATE NOT NULL
);
CREATE TABLE smart_reading (
    reading_id       INTEGER PRIMARY KEY,
    home_id          INTEGER NOT NULL REFERENCES smart_home (home_id),
    read_at          DATETIME NOT NULL,
    boiler_minutes   INTEGER,
    humidity_pct     INTEGER,
    condensation     CHAR(1),
    hot_water_litres INTEGER
);
INSERT INTO smart_home (tenancy_ref, address, installed_on)
    SELECT t.tenancy_ref, h.address_line_1 || CASE coalesce(h.address_line_2, '') WHEN '' THEN '' ELSE ', ' || h.address_line_2 END, date('$TODAY', '-200 days')
    FROM housing.tenancy t JOIN housing.property h ON h.property_id = t.property_id WHERE t.end_date IS NULL AND (t.tenancy_id % 3 = 0 OR t.tenancy_ref = (SELECT ref FROM cast_member WHERE member = 'star'));
WITH RECURSIVE n(i) AS (SELECT 1 UNION ALL SELECT i + 1 FROM n WHERE i < 8)
INSERT INTO smart_reading (home_id, read_at, boiler_minutes, humidity_pct, condensation, hot_water_litres)
    SELECT home_id, datetime('$TODAY', '-' || (i * 7) || ' days', '+6 hours'), 40 + home_id * i % 90, 45 + home_id * i % 35, CASE home_id * i % 5 WHEN 0 THEN 'Y' ELSE 'N' END, 80 + home_id * i % 60 FROM smart_home, n;
INSERT INTO truth SELECT 'star', 'smart_home', 'home_id', home_id, 'shared', 'subject' FROM smart_home WHERE tenancy_ref = (SELECT ref FROM cast_member WHERE member = 'star');
INSERT INTO truth SELECT 'star', 'smart_reading', 'reading_id', reading_id, 'shared', 'subject' FROM smart_reading JOIN smart_home USING (home_id) WHERE tenancy_ref = (SELECT ref FROM cast_member WHERE member = 'star');
