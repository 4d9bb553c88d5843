-- A housing system made for this bench, with the habits that published schemas seldom show: no declared keys,
-- CHAR keys padded with spaces, a number kept as text elsewhere, two keys in one column, notes for several kinds of
-- thing, a name and a value to a row, JSON, scans in blobs, people 1 to 4 in one row, and "current" as year 2099 or 9999.
CREATE TABLE person (person_no CHAR(8) PRIMARY KEY, forename TEXT, surname TEXT, dob DATE, mobile TEXT, valid_to DATE);
CREATE TABLE property (prop_code CHAR(10) PRIMARY KEY, address_line1 TEXT, postcode TEXT, uprn TEXT);
CREATE TABLE tenancy (tenancy_id INTEGER PRIMARY KEY, person_no CHAR(8), prop_code CHAR(10), start_date DATE, end_date DATE);
CREATE TABLE rent_charge (charge_id INTEGER PRIMARY KEY, tenancy_id VARCHAR(12), amount NUMERIC, charge_date DATE);
CREATE TABLE inspection (inspection_id INTEGER PRIMARY KEY, place_person TEXT, inspected_on DATE, outcome TEXT);
CREATE TABLE notes (note_id INTEGER PRIMARY KEY, entity_type TEXT, entity_id TEXT, body TEXT);
CREATE TABLE person_attribute (id INTEGER PRIMARY KEY, person_no CHAR(8), attribute TEXT, value TEXT);
CREATE TABLE webform (webform_id INTEGER PRIMARY KEY, person_no CHAR(8), received DATE, answers JSON);
CREATE TABLE scan (scan_id INTEGER PRIMARY KEY, tenancy_id INTEGER, scanned DATE, content BLOB);
CREATE TABLE application (application_id INTEGER PRIMARY KEY, person_no CHAR(8), closed_date DATE,
  forename1 TEXT, surname1 TEXT, dob1 DATE, relationship1 TEXT, forename2 TEXT, surname2 TEXT, dob2 DATE, relationship2 TEXT,
  forename3 TEXT, surname3 TEXT, dob3 DATE, relationship3 TEXT, forename4 TEXT, surname4 TEXT, dob4 DATE, relationship4 TEXT);
CREATE TABLE rent_account (company_code TEXT, account_no TEXT, tenancy_id INTEGER, opened DATE, closed DATE, PRIMARY KEY (company_code, account_no));
CREATE TABLE rent_entry (entry_id INTEGER PRIMARY KEY, company_code TEXT, account_no TEXT, amount NUMERIC, posted DATE);
WITH RECURSIVE n(i) AS (SELECT 1 UNION ALL SELECT i+1 FROM n WHERE i < 24)
INSERT INTO person SELECT printf('P%05d  ', i*37), 'Ann'||i, 'Lee'||i, printf('19%02d-03-04', 40+i*2), printf('07700 9001%02d', i), '9999-12-31' FROM n;
INSERT INTO property SELECT printf('PR%04d    ', rowid*13), rowid||' High Road', 'LN30 4HD', 10000000000+rowid FROM person;
INSERT INTO tenancy SELECT 4000+rowid*7, person_no, printf('PR%04d    ', rowid*13), '2015-04-01', '2099-12-31' FROM person;
INSERT INTO rent_charge SELECT rowid, CAST(tenancy_id AS TEXT), 104.5, '2024-04-01' FROM tenancy;
INSERT INTO inspection SELECT rowid, trim(prop_code)||'/'||(rowid%3), '2024-05-01', 'Damp in the bedroom, tenant was told to open the windows' FROM tenancy;
INSERT INTO notes SELECT rowid, CASE rowid%2 WHEN 0 THEN 'tenancy' ELSE 'person' END, CASE rowid%2 WHEN 0 THEN CAST(tenancy_id AS TEXT) ELSE person_no END, 'Rang about the rent and was told to call back' FROM tenancy;
INSERT INTO person_attribute SELECT rowid, person_no, CASE rowid%3 WHEN 0 THEN 'ethnicity' WHEN 1 THEN 'next of kin' ELSE 'favourite colour' END, 'something'||rowid FROM person;
INSERT INTO webform SELECT rowid, person_no, '2024-06-01', json_object('contact', json_object('phone', printf('07700 9002%02d', rowid)), 'ethnicity', 'prefer not to say', 'message', 'The tap in the kitchen drips all night long') FROM person;
INSERT INTO scan SELECT rowid, tenancy_id, '2024-06-01', CASE rowid%2 WHEN 0 THEN CAST('%PDF-1.4' AS BLOB) ELSE x'FFD8FFE000104A464946' END FROM tenancy;
INSERT INTO application SELECT rowid, person_no, '2023-01-01', forename, surname, dob, 'self', 'Ben', surname, '1980-01-01', 'partner', 'Cat', surname, '2010-01-01', 'child', NULL, NULL, NULL, NULL FROM person;
INSERT INTO rent_account SELECT 'C'||(rowid%2), printf('AC%05d', rowid*11), tenancy_id, '2015-04-01', NULL FROM tenancy;
INSERT INTO rent_entry SELECT rowid, company_code, account_no, -104.5, '2024-04-08' FROM rent_account;
