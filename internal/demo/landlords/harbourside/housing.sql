-- One system for three landlords. Each row says whose it is: LR Lantern Row, NY Netmakers’
-- Yard, TW Tidewater.
ALTER TABLE property ADD COLUMN landlord_code CHAR(2);
UPDATE property SET landlord_code = coalesce((SELECT CASE WHEN name IN ('Lantern Row', 'Signal House') THEN 'LR' WHEN name < 'P' THEN 'NY' ELSE 'TW' END FROM block WHERE block.block_id = property.block_id),
    CASE WHEN address_line_1 LIKE '%Beacon Row' THEN 'LR' ELSE 'NY' END);
INSERT INTO property (uprn, address_line_1, address_line_2, town, postcode, property_type, bedrooms, landlord_code) VALUES
    ('909900000001', '1 Oakum Steps', '', 'Harbourside', 'HB1 9ZA', 'House', 2, 'NY'), ('909900000002', '7 Oakum Steps', '', 'Harbourside', 'HB1 9ZA', 'House', 3, 'NY');
ALTER TABLE block ADD COLUMN landlord_code CHAR(2);
UPDATE block SET landlord_code = CASE WHEN name IN ('Lantern Row', 'Signal House') THEN 'LR' WHEN name < 'P' THEN 'NY' ELSE 'TW' END;
ALTER TABLE tenancy ADD COLUMN landlord_code CHAR(2);
ALTER TABLE person ADD COLUMN landlord_code CHAR(2);
INSERT INTO person (title, forename, surname, dob, email, mobile, created_on) VALUES
    ('Ms', 'Imogen', 'Sandys', '1983-04-19', 'imogen.sandys@example.org', '07700 900571', '2019-02-11'),
    ('Mr', 'Rufus', 'Tansley', '1969-10-07', 'rufus.tansley@example.net', '07700 900572', '2014-06-30');
INSERT INTO tenancy (tenancy_ref, property_id, type_code, start_date) SELECT 'HAR-90000' || substr(uprn, -1), property_id, 'ASS', '2021-09-06' FROM property WHERE uprn LIKE '9099%';
INSERT INTO tenancy_party (tenancy_id, person_id, role_code, start_date)
    SELECT t.tenancy_id, p.person_id, 'T', t.start_date FROM tenancy t JOIN person p ON (t.tenancy_ref, p.mobile) IN (VALUES ('HAR-900001', '07700 900571'), ('HAR-900002', '07700 900572'));
INSERT INTO rent_account (tenancy_id, account_ref, balance, pay_method) SELECT tenancy_id, '7' || substr(tenancy_ref, 5), '-41.70', 'Direct debit' FROM tenancy WHERE tenancy_ref LIKE 'HAR-90000_';
INSERT INTO rent_entry (account_id, entry_date, entry_type, amount_pence, description)
    SELECT account_id, date('$TODAY', '-20 days'), 'CHG', 47110, 'RENT AND SERVICE CHARGE' FROM rent_account JOIN tenancy USING (tenancy_id) WHERE tenancy_ref LIKE 'HAR-90000_';
UPDATE tenancy SET landlord_code = (SELECT landlord_code FROM property WHERE property.property_id = tenancy.property_id);
UPDATE person SET landlord_code = (SELECT min(landlord_code) FROM tenancy_party JOIN tenancy USING (tenancy_id) WHERE tenancy_party.person_id = person.person_id);
ALTER TABLE repair ADD COLUMN landlord_code CHAR(2);
UPDATE repair SET landlord_code = (SELECT landlord_code FROM property WHERE property.property_id = repair.property_id);
ALTER TABLE damp_survey ADD COLUMN landlord_code CHAR(2);
UPDATE damp_survey SET landlord_code = (SELECT landlord_code FROM property WHERE property.property_id = damp_survey.property_id);
ALTER TABLE sensor_reading ADD COLUMN landlord_code CHAR(2);
UPDATE sensor_reading SET landlord_code = (SELECT landlord_code FROM property WHERE property.property_id = sensor_reading.property_id);
ALTER TABLE case_note ADD COLUMN landlord_code CHAR(2);
UPDATE case_note SET landlord_code = coalesce((SELECT landlord_code FROM person WHERE person.person_id = case_note.person_id), (SELECT landlord_code FROM tenancy WHERE tenancy.tenancy_id = case_note.tenancy_id));
ALTER TABLE asb_case ADD COLUMN landlord_code CHAR(2);
UPDATE asb_case SET landlord_code = (SELECT landlord_code FROM person WHERE person.person_id = respondent_person_id);
ALTER TABLE asb_witness ADD COLUMN landlord_code CHAR(2);
UPDATE asb_witness SET landlord_code = (SELECT landlord_code FROM asb_case WHERE asb_case.case_id = asb_witness.case_id);
ALTER TABLE warning_flag ADD COLUMN landlord_code CHAR(2);
UPDATE warning_flag SET landlord_code = (SELECT landlord_code FROM person WHERE person.person_id = warning_flag.person_id);
ALTER TABLE disclosure_log ADD COLUMN landlord_code CHAR(2);
UPDATE disclosure_log SET landlord_code = (SELECT landlord_code FROM person WHERE person.person_id = disclosure_log.person_id);
