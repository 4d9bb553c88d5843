package discover_test

import (
	"path/filepath"
	"testing"

	"tenet/internal/datamap"
	"tenet/internal/testdata"
	"tenet/internal/testpg"
)

func TestSakila(t *testing.T) {
	dir := testdata.Shared(t, "sakila")
	p := propose(t, testpg.Database(t, filepath.Join(dir, "sakila_schema.pg.sql"), filepath.Join(dir, "sakila_data.pg.sql")))
	same(t, "people", p.people(), map[string]string{"customer": "customers", "staff": "staff"})
	same(t, "owned", p.owned(), fields(`
		payment(customer_id) < customer
		payment(rental_id) < rental
		payment(staff_id) < staff as author
		rental(customer_id) < customer
		rental(staff_id) < staff as author`))
	// Two customers may share an address, and all share a shop and its films.
	same(t, "refers", p.with(refers), []string{"address", "city", "inventory", "store"})
	same(t, "a customer refers", p.referred("customer"), []string{"address_id address", "store_id store"})
	same(t, "a rental refers", p.referred("rental"), []string{"inventory_id inventory"})
	same(t, "a shop is not its manager's", p.referred("store"), []string{"address_id address", "manager_staff_id staff author"})
	for _, table := range []string{"actor", "film", "film_actor", "language", "category", "customer_list", "staff_list"} {
		if p.Tables[table].Skip == "" {
			t.Errorf("%s is searched", table)
		}
	}
	if c := p.Tables["staff"].Columns["password"]; c == nil || c.Hide == "" {
		t.Errorf("a password is shown: %+v", c)
	}
	if c := p.Tables["staff"].Columns["picture"]; c == nil || c.Category != "images" {
		t.Errorf("a picture is not one: %+v", c)
	}
}

func TestNorthwind(t *testing.T) {
	p := propose(t, testpg.Database(t, filepath.Join(testdata.Shared(t, "northwind"), "northwind.pg.sql")))
	same(t, "people", p.people(), map[string]string{"customers": "customers", "employees": "staff"})
	same(t, "owned", p.owned(), fields(`
		customer_customer_demo(customer_id) < customers
		employee_territories(employee_id) < employees
		order_details(order_id) < orders
		orders(customer_id) < customers
		orders(employee_id) < employees as author`))
	same(t, "a manager is no owner", p.referred("employees"), []string{"reports_to employees author"})
	same(t, "a customer is whom one asks for", p.Tables["customers"].Identifiers.Name, datamap.Columns{"contact_name"})
	same(t, "a key that people quote", p.Tables["customers"].Identifiers.Ref, datamap.Columns{"customer_id"})
	same(t, "to whom it is sent", p.Tables["orders"].Names, []datamap.Named{{Role: datamap.Contact, Identifiers: datamap.Identifiers{
		Name: datamap.Columns{"ship_name"}, Address: datamap.Columns{"ship_address", "ship_city"}, Postcode: "ship_postal_code"}}})
	same(t, "an employee is called", p.Tables["employees"].Identifiers.Name, datamap.Columns{"title_of_courtesy", "first_name", "last_name"})
	if c := p.Tables["employees"].Columns["title"]; c != nil && (c.FreeText || c.Category != "") {
		t.Errorf("a job title is %+v", c)
	}
	if n := p.Tables["suppliers"].Names; len(n) != 1 || n[0].Role != datamap.Contact || p.Tables["suppliers"].Skip != "" {
		t.Errorf("a supplier's contact is nobody: %+v", n)
	}
	if c := p.Tables["employees"].Columns["notes"]; c == nil || !c.FreeText {
		t.Errorf("notes on employees are not free text: %+v", c)
	}
}

// Hackney's social care: most person_id columns have no key declared, and most
// tables no rows.
func TestHackneySocialCare(t *testing.T) {
	dir := testdata.Shared(t, "hackney-socialcare")
	p := propose(t, testpg.Database(t, filepath.Join(dir, "schema.pg.sql"), filepath.Join(dir, "seeds.pg.sql")))
	same(t, "people", p.people(), map[string]string{
		"dbo.dm_persons": "customers", "dbo.sccv_persons_import": "customers", "dbo.ref_mash_residents": "customers",
		"dbo.sccv_worker": "staff", "dbo.sccv_worker_import": "staff",
	})
	want := fields(`
		dbo.dm_addresses(person_id) < dbo.dm_persons
		dbo.dm_disability(person_id) < dbo.dm_persons
		dbo.dm_email_addresses(person_id) < dbo.dm_persons
		dbo.dm_gp_details(person_id) < dbo.dm_persons
		dbo.dm_key_contacts(person_id) < dbo.dm_persons
		dbo.dm_other_email_addresses(person_id) < dbo.dm_persons
		dbo.dm_person_last_updated(person_id) < dbo.dm_persons
		dbo.dm_tech_use(person_id) < dbo.dm_persons
		dbo.dm_telephone_numbers(person_id) < dbo.dm_persons
		dbo.ref_mash_referrals(worker_id) < dbo.sccv_worker as author
		dbo.sccv_allocations_combined(mosaic_id) < dbo.dm_persons
		dbo.sccv_allocations_combined(worker_id) < dbo.sccv_worker as author
		dbo.sccv_deleted_person_record(deleted_person_id) < dbo.dm_persons as joint
		dbo.sccv_deleted_person_record(master_person_id) < dbo.dm_persons as joint
		dbo.sccv_person_case_status(fk_person_id) < dbo.dm_persons
		dbo.sccv_person_case_status_answers(fk_person_case_status_id) < dbo.sccv_person_case_status
		dbo.sccv_person_other_name(person_id) < dbo.dm_persons
		dbo.sccv_person_record_to_be_deleted(fk_master_person_id) < dbo.dm_persons as joint
		dbo.sccv_person_record_to_be_deleted(fk_person_id_to_delete) < dbo.dm_persons as joint
		dbo.sccv_personal_relationship(fk_other_person_id) < dbo.dm_persons as joint
		dbo.sccv_personal_relationship(fk_person_id) < dbo.dm_persons as joint
		dbo.sccv_personal_relationship_detail(fk_personal_relationship_id) < dbo.sccv_personal_relationship
		dbo.sccv_warning_note(person_id) < dbo.dm_persons
		dbo.sccv_warning_note_review(warning_note_id) < dbo.sccv_warning_note
		dbo.sccv_workerteam(worker_id) < dbo.sccv_worker`)
	same(t, "owned", p.owned(), want)

	// A person's number in a text column, and no rows to try it on: a question.
	p.wants(t, "dbo.sccv_cfs_restricted_flag_import", "person_id", "perhaps points at dbo.dm_persons.person_id", 0)
	for _, table := range []string{"dbo.sccv_persons_lookup", "dbo.sccv_cfs_restricted_flag_import", "dbo.sccv_audit", "dbo.sccv_allocations"} {
		if p.Tables[table].Skip != "" || p.Tables[table].Refers {
			t.Errorf("%s may be about people, and is left out: %q", table, p.Tables[table].Skip)
		}
	}
	persons := p.Tables["dbo.dm_persons"]
	same(t, "identifiers", persons.Identifiers, &datamap.Identifiers{
		Name: datamap.Columns{"title", "first_name", "last_name"}, KnownAs: datamap.Columns{"full_name"}, DOB: "date_of_birth", Died: "date_of_death",
		NHS: datamap.Columns{"nhs_id"}, Email: datamap.Columns{"email_address"},
		Ref: datamap.Columns{"ssda903_id", "scn_id", "upn_id", "former_upn_id", "person_id_legacy", "scra_id"},
	})
	for column, kind := range map[string]string{"religion": "special", "full_ethnicity_code": "special", "sccv_sexual_orientation": "special",
		"nhs_id": "special", "is_child_legacy": "child", "gender": ""} {
		if c := persons.Columns[column]; c == nil || c.Kind != kind {
			t.Errorf("%s is of kind %q: %+v", column, kind, c)
		}
	}
	same(t, "a GP", p.Tables["dbo.dm_gp_details"].Names, []datamap.Named{{Role: datamap.Contact, Identifiers: datamap.Identifiers{
		Name: datamap.Columns{"name"}, Email: datamap.Columns{"email"}, Phone: datamap.Columns{"phone_number"}, Address: datamap.Columns{"address"}, Postcode: "postcode"}}})
	for table, column := range map[string]string{"dbo.sccv_warning_note": "warning_narrative", "dbo.sccv_personal_relationship_detail": "details", "dbo.sccv_audit": "old_values"} {
		if c := p.Tables[table].Columns[column]; c == nil || !c.FreeText {
			t.Errorf("%s.%s is not free text: %+v", table, column, c)
		}
	}
	for _, table := range []string{"dbo.sccv_persons_import", "dbo.sccv_audit"} {
		if p.Tables[table].Review == "" {
			t.Errorf("%s, an import of people or a history of their rows, goes out unreviewed", table)
		}
	}
}
