package desk_test

import (
	"strings"
	"testing"

	"tenet/internal/desk"
)

// datasets are the data sets and their people. Whatever is named here is as
// published or invented; the keys were read off the loaded databases with plain
// SQL.
func datasets() []dataset {
	return []dataset{hackney(), sakila(), northwind(),
		chinook("PostgreSQL", postgres("\\c chinook;\n", "chinook", "Chinook_PostgreSql.sql")),
		chinook("SQLite", sqlite("chinook", "Chinook_Sqlite.sqlite")),
		dampMould(), personAlerts()}
}

// hackney is a council's social care: most person_id columns have no key
// declared and most tables no rows.
func hackney() dataset {
	return dataset{
		name: "hackney-socialcare", engine: "PostgreSQL",
		make: postgres("", "hackney-socialcare", "schema.pg.sql", "seeds.pg.sql", "historical_case_notes.pg.sql"),
		// Two people in one relationship, at one address and with one telephone id; a
		// person merged into each of them; notes and a key contact in which one names
		// the other; a worker whose number is a person's number too.
		extra: `
SET search_path = dbo;
INSERT INTO sccv_personal_relationship (id, fk_person_id, fk_other_person_id, fk_personal_relationship_type_id, start_date) VALUES (1, 71, 21, 31, '2020-01-01');
INSERT INTO sccv_personal_relationship_detail (id, fk_personal_relationship_id, details) VALUES (1, 1, 'Shops for her on Fridays.');
INSERT INTO dm_addresses (ref_addresses_people_id, ref_address_id, person_id, start_date, address, post_code) VALUES (9001, 50, 71, '2021-01-01', '48 Logan Avenue', 'N1 5RZ');
INSERT INTO sccv_deleted_person_record (id, deleted_person_id, master_person_id) VALUES (1, 20, 71);
INSERT INTO sccv_person_record_to_be_deleted (id, fk_person_id_to_delete, fk_master_person_id) VALUES (1, 35, 21);
INSERT INTO sccv_warning_note (id, person_id, start_date, warning_narrative, managers_name) VALUES (1, 71, '2020-02-02', 'Visit in pairs.', 'Zebedee McTague');
INSERT INTO sccv_warning_note_review (id, warning_note_id, review_date, notes) VALUES (1, 1, '2021-02-02', 'Still so. Estrella Kidman rang about it.');
INSERT INTO workers (id, first_names, last_names, system_user_id, email_address) VALUES (901, 'Zebedee', 'McTague', 'zmctague', 'zmctague0@example.com');
INSERT INTO dm_case_note_types VALUES ('CALL', 'Telephone call');
INSERT INTO case_notes (id, person_id, note_type, title, created_on, created_by, note) VALUES
	(1, 21, 'CALL', 'Rang about Maryanna Cogdon', '2022-01-01', 'zmctague', 'Worried about her neighbour.'),
	(2, 71, NULL, 'Visit', '2022-01-08', 'zmctague', 'Well in herself.');
INSERT INTO dm_visits (visit_id, person_id, visit_type, worker_id) VALUES (1, 71, 'Home', 901), (2, 7, 'Home', 901);
INSERT INTO dm_key_contacts (key_contact_id, person_id, name, email) VALUES (1, 21, 'Maryanna Cogdon', 'mcogdon3@example.com');
INSERT INTO dm_gp_details (gp_details_id, person_id, name, address, postcode) VALUES (1, 71, 'Dr Ifeoma Nwachukwu', '1 Wharf Street', 'LN30 1AA');
INSERT INTO sccv_persons_lookup (person_id, nc_id) VALUES ('71', 'NC-100071'), ('7', 'NC-100007');
INSERT INTO sccv_cfs_restricted_flag_import VALUES ('21', 'Y', 21), ('19', 'N', 19);
INSERT INTO sccv_uprn_update (id, address_id, uprn) VALUES (1, 67, 100021000067), (2, 5, 100021000005);
INSERT INTO sccv_allocations (mosaic_id, full_name, first_name, last_name, date_of_birth, gp_name, allocated_worker, worker_email, allocation_start_date) VALUES
	('71', 'Maryanna Cogdon', 'Maryanna', 'Cogdon', '1943-12-30', 'Dr Nwachukwu', 'Zebedee McTague', 'zmctague0@example.com', '2021-03-01'),
	('7', 'B Gaylard', NULL, NULL, NULL, NULL, 'Maryanna Cogdon', NULL, '2021-04-01');
INSERT INTO sccv_audit (id, table_name, entity_state, date_time, key_values, old_values, new_values) VALUES
	(1, 'Persons', 'Modified', '2022-02-02', '{"Id": 71}', '{"LastName": "Cogden"}', '{"FirstName": "Maryanna", "LastName": "Cogdon"}');
INSERT INTO ref_mash_referrals (id, referrer, requested_support) VALUES (1, 'School nurse', 'Two sisters come in cold.');
INSERT INTO ref_mash_residents (id, first_name, last_name, dob, fk_ref_mash_referrals_id) VALUES (1, 'Estrella', 'Kidman', '1996-01-28', 1), (2, 'Geraldine', 'Sheppard', '2004-03-17', 1);
`,
		overlay: "hackney.yaml",
		people: []someone{
			{who: "person 71, related to 21", query: desk.Query{Name: "Maryanna Cogdon", DOB: "1943-12-30"}, want: `
				self dbo.dm_persons: 71
				self dbo.dm_addresses: 67 9001
				self dbo.dm_telephone_numbers: 9/71
				self dbo.sccv_warning_note: 1
				self dbo.sccv_warning_note_review: 1
				self dbo.case_notes: 2
				self dbo.dm_visits: 1
				self dbo.dm_gp_details: 1/71
				self dbo.sccv_persons_lookup: 71
				mention dbo.sccv_audit: 1
				self dbo.sccv_uprn_update: 1
				self dbo.sccv_allocations: 71/2021-03-01T00:00:00
				shared dbo.sccv_personal_relationship: 1
				shared dbo.sccv_personal_relationship_detail: 1
				shared dbo.sccv_deleted_person_record: 1
				mention dbo.case_notes: 1
				mention dbo.dm_key_contacts: 1/21
				mention dbo.sccv_allocations: 7/2021-04-01T00:00:00
				reference dbo.sccv_personal_relationship_type: 31`},
			{who: "person 21, also in a referral", query: desk.Query{Email: "ekidman8@example.com"}, want: `
				self dbo.dm_persons: 21
				self dbo.dm_addresses: 5
				self dbo.dm_telephone_numbers: 9/21 100/21
				self dbo.case_notes: 1
				self dbo.dm_key_contacts: 1/21
				self dbo.ref_mash_residents: 1
				self dbo.sccv_cfs_restricted_flag_import: 21
				self dbo.sccv_uprn_update: 2
				shared dbo.sccv_personal_relationship: 1
				shared dbo.sccv_personal_relationship_detail: 1
				shared dbo.sccv_person_record_to_be_deleted: 1
				mention dbo.sccv_warning_note_review: 1
				reference dbo.sccv_personal_relationship_type: 31
				reference dbo.dm_case_note_types: CALL`},
			{who: "person 7, two workers, written B Gaylard elsewhere", query: desk.Query{Name: "Birgit Gaylard", DOB: "1976-05-12"}, want: `
				self dbo.dm_persons: 7
				self dbo.dm_addresses: 54
				self dbo.sccv_allocations_combined: 1 700
				self dbo.sccv_allocations: 7/2021-04-01T00:00:00
				self dbo.dm_visits: 2
				self dbo.sccv_persons_lookup: 7
				reference dbo.sccv_team: 1 78`},
			{who: "worker 21, no relation", query: desk.Query{Email: "zmctague0@example.com"}, want: `
				self dbo.sccv_worker: 21
				self dbo.sccv_workerteam: 35
				self dbo.workers: 901
				author dbo.case_notes: 1 2
				author dbo.dm_visits: 1 2
				author dbo.sccv_allocations: 71/2021-03-01T00:00:00
				mention dbo.sccv_warning_note: 1
				reference dbo.sccv_team: 35`},
			{who: "worker 1, allocated to others", query: desk.Query{Email: "E2E.tests.adult@hackney.gov.uk"}, want: `
				self dbo.sccv_worker: 1
				self dbo.sccv_workerteam: 100
				author dbo.sccv_allocations_combined: 1 2
				reference dbo.sccv_team: 1`},
		},
	}
}

// sakila is a shop of film rentals: two of the customers live at one address,
// and four people's payments hang below one rental.
func sakila() dataset {
	customer := func(id string) string {
		return `self customer: ` + id + `
			self rental: SELECT rental_id::text FROM rental WHERE customer_id = ` + id + `
			self payment: SELECT payment_id::text FROM payment WHERE customer_id = ` + id + `
			reference store: SELECT store_id::text FROM customer WHERE customer_id = ` + id + `
			reference address: 20
			reference inventory: SELECT DISTINCT inventory_id::text FROM rental WHERE customer_id = ` + id
	}
	return dataset{
		name: "sakila", engine: "PostgreSQL", make: postgres("", "sakila", "sakila_schema.pg.sql", "sakila_data.pg.sql"),
		extra: `UPDATE customer SET address_id = 20 WHERE customer_id = 130;`, // that of customer 16
		people: []someone{
			{who: "customer 130, whose rental others paid", query: desk.Query{Email: "charlotte.hunter@SAKILACUSTOMER.org"}, want: customer("130"), left: []string{"payment"}},
			{who: "customer 16, same address, left", query: desk.Query{Name: "Sandra Martin"}, want: customer("16")},
			{who: "staff 1", query: desk.Query{Email: "Mike.Hillyer@sakilastaff.com"}, want: `
				self staff: 1
				author rental: SELECT rental_id::text FROM rental WHERE staff_id = 1
				author payment: SELECT payment_id::text FROM payment WHERE staff_id = 1
				reference address: 3
				reference store: 1`},
		},
	}
}

// northwind is a wholesaler whose customers are firms, known by whom one asks
// for there, and whose employees report to one another.
func northwind() dataset {
	return dataset{
		name: "northwind", engine: "PostgreSQL", make: postgres("", "northwind", "northwind.pg.sql"),
		// A customer's contact is a supplier's too.
		extra: `INSERT INTO suppliers (supplier_id, company_name, contact_name, phone) VALUES (900, 'Paris vins', 'Marie Bertrand', '(1) 42.34.22.66');`,
		people: []someone{
			{who: "contact at BLONP, shipped under another name", query: desk.Query{Phone: "88.60.15.31", Name: "Frédérique Citeaux"}, want: `
				self customers: BLONP
				self orders: SELECT order_id::text FROM orders WHERE customer_id = 'BLONP'
				self order_details: SELECT order_id || '/' || product_id FROM order_details JOIN orders USING (order_id) WHERE customer_id = 'BLONP'
				reference products: SELECT DISTINCT product_id::text FROM order_details JOIN orders USING (order_id) WHERE customer_id = 'BLONP'
				reference shippers: SELECT DISTINCT ship_via::text FROM orders WHERE customer_id = 'BLONP'`},
			{who: "contact at PARIS, no orders; a supplier's contact too", query: desk.Query{Name: "Marie Bertrand"}, want: `
				self customers: PARIS
				mention suppliers: 900`},
			{who: "employee 5, reports to 2", query: desk.Query{Name: "Steven Buchanan", DOB: "1955-03-04"}, want: `
				self employees: 5
				self employee_territories: SELECT employee_id || '/' || territory_id FROM employee_territories WHERE employee_id = 5
				author orders: SELECT order_id::text FROM orders WHERE employee_id = 5
				reference territories: SELECT territory_id FROM employee_territories WHERE employee_id = 5`},
		},
	}
}

// chinook is the same shop on two engines, which spell its tables differently.
func chinook(engine string, load func(t *testing.T, extra string) string) dataset {
	n := map[string]string{"customer": "Customer", "employee": "Employee", "invoice": "Invoice", "line": "InvoiceLine", "track": "Track",
		"cid": "CustomerId", "iid": "InvoiceId", "lid": "InvoiceLineId", "tid": "TrackId"}
	if engine == "PostgreSQL" {
		n = map[string]string{"customer": "customer", "employee": "employee", "invoice": "invoice", "line": "invoice_line", "track": "track",
			"cid": "customer_id", "iid": "invoice_id", "lid": "invoice_line_id", "tid": "track_id"}
	}
	fill := func(text string) string {
		for k, v := range n {
			text = strings.ReplaceAll(text, "{"+k+"}", v)
		}
		return text
	}
	customer := func(id string) string {
		return fill(strings.ReplaceAll(`
			self {customer}: #
			self {invoice}: SELECT cast({iid} AS text) FROM {invoice} WHERE {cid} = #
			self {line}: SELECT cast({lid} AS text) FROM {line} WHERE {iid} IN (SELECT {iid} FROM {invoice} WHERE {cid} = #)
			reference {track}: SELECT DISTINCT cast({tid} AS text) FROM {line} WHERE {iid} IN (SELECT {iid} FROM {invoice} WHERE {cid} = #)`, "#", id))
	}
	return dataset{
		name: "chinook", engine: engine, make: load,
		// Two of one forename, made to share a telephone.
		extra: fill(`UPDATE {customer} SET Phone = '+1 (650) 253-0000' WHERE {cid} = 24;`),
		people: []someone{
			{who: "customer 16, Frank", query: desk.Query{Name: "Frank Harris", Phone: "+1 (650) 253-0000"}, want: customer("16")},
			{who: "customer 24, Frank, same telephone", query: desk.Query{Email: "fralston@gmail.com"}, want: customer("24")},
			{who: "employee 3, support of many, reports to 2", query: desk.Query{Name: "Jane Peacock", DOB: "1973-08-29"}, want: fill(`self {employee}: 3`)},
		},
	}
}

// dampMould is the damp and mould model: tenants, households, addresses, and
// orders that no row was published for.
func dampMould() dataset {
	return dataset{
		name: "damp-mould", engine: "SQLite", make: sqlite("damp-mould", "damp_and_mould.repaired.sqlite"),
		// Tenant 7 is listed in tenant 4's household, and an order below tenant 4's
		// tenancy is tenant 7's.
		extra: `
INSERT INTO household_member_person (household_member_id, tenant_id, tenancy_id, full_name, date_of_birth, relationship_to_tenant) VALUES (17, 4, 4, 'Arthur Stevenson', '1967-11-30', 'Friend');
INSERT INTO work_order (work_order_id, work_element_id, address_id, tenancy_id, tenant_id, work_class_id, date_raised) VALUES
	(1, 11, 4, 4, 4, 3, '2024-02-01'), (2, 12, 4, 4, 7, 3, '2024-03-01');
INSERT INTO work_element (work_element_id, work_order_id, trade_code_id) VALUES (11, 1, 5), (12, 2, 5);
INSERT INTO work_element_dependency (work_element_id, depends_on_work_element_id, type) VALUES (11, 12, 'after');
INSERT INTO work_order_access_information (access_info_id, work_order_id, description, key_safe) VALUES (21, 1, 'Ask for Arthur Stevenson', '0000');
INSERT INTO work_order_status_history (work_order_status_history_id, work_order_id, updated_by, comments) VALUES (31, 1, 'J Wolds', 'No answer.');
INSERT INTO notification (notification_id, investigation_id, tenancy_id, work_order_id, notification_type_id, date_sent, notification_method_id, content_summary) VALUES
	(41, 0, '4', '1', 1, '2024-02-02', 2, 'Your repair'), (42, 0, '7', '', 1, '2024-02-03', 2, 'Your tenancy');
`,
		people: []someone{
			{who: "tenant 4, with a household", query: desk.Query{Email: "beth.james@housingexample.co.uk"}, want: `
				self tenant_person: 4
				self tenancy: 4
				self work_order: 1
				self work_element: 11
				self work_element_dependency: 11
				self work_order_access_information: 21
				self work_order_status_history: 31
				self notification: 41
				reference address: 4
				reference person_alert_type: 6
				reference work_class: 3
				reference trade_code: 5
				reference notification_method: 2`, left: []string{"household_member_person", "work_order"}},
			{who: "tenant 7, in tenant 4's household", query: desk.Query{Name: "Arthur Stevenson", DOB: "30/11/1967"}, want: `
				self tenant_person: 7
				self tenancy: 7
				self work_order: 2
				self work_element: 12
				self notification: 42
				self household_member_person: 17
				mention work_order_access_information: 21
				reference address: 7 4
				reference work_class: 3
				reference trade_code: 5
				reference notification_method: 2`},
			{who: "household member 10, a contract holder", query: desk.Query{Name: "Rachel Baldwin", DOB: "1978-12-23"}, want: `
				self household_member_person: 10`},
		},
	}
}

// personAlerts is the draft standard for markers. It points at a table of people
// that it leaves to the landlord, so three are invented.
func personAlerts() dataset {
	return dataset{
		name: "person-alert-codes", engine: "SQLite", make: sqlite("person-alert-codes", "person_alert.repaired.sqlite.sql"),
		extra: `
CREATE TABLE person (person_id INTEGER PRIMARY KEY, title TEXT, forename TEXT, surname TEXT, date_of_birth DATE, email TEXT);
INSERT INTO person VALUES (1, 'Mrs', 'Ines', 'Okafor', '1950-02-03', 'ines@example.org'), (2, 'Mr', 'Piotr', 'Lis', '1981-05-06', 'piotr@example.org'),
	(3, 'Ms', 'Dilys', 'Rees', '1990-07-08', 'dilys@example.org');
INSERT INTO person_alert (person_alert_id, person_id, person_alert_code_id, source_type_id, created_by_user_id, alert_description, start_date) VALUES
	(1, 1, 7, 2, 3, 'Uses a stick.', '2024-01-01'), (2, 2, 9, 2, 3, 'Ines Okafor will interpret.', '2024-02-02'), (3, 3, 7, 1, 3, 'Hard of hearing.', '2024-03-03');
INSERT INTO person_alert_history (person_alert_history_id, person_alert_id, action_type, changed_by_user_id, old_value) VALUES
	(1, 1, 'UPDATE', 3, 'Uses a frame.'), (2, 3, 'UPDATE', 3, 'Deaf.');
`,
		people: []someone{
			{who: "person 1, named in 2's alert", query: desk.Query{Name: "Ines Okafor", DOB: "1950-02-03"}, want: `
				self person: 1
				self person_alert: 1
				self person_alert_history: 1
				mention person_alert: 2
				reference person_alert_codes: 7
				reference source_types: 2`},
			{who: "person 2", query: desk.Query{Email: "piotr@example.org"}, want: `
				self person: 2
				self person_alert: 2
				reference person_alert_codes: 9
				reference source_types: 2`},
			{who: "person 3, on the staff, with an alert of her own", query: desk.Query{Name: "Dilys Rees"}, want: `
				self person: 3
				self person_alert: 3
				self person_alert_history: 2
				author person_alert: 1 2
				author person_alert_history: 1
				reference person_alert_codes: 7
				reference source_types: 1`},
		},
	}
}
