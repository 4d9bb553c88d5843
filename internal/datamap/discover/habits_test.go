package discover_test

import (
	"context"
	"fmt"
	"os"
	"path/filepath"
	"slices"
	"strings"
	"testing"

	"tenet/internal/datamap"
	"tenet/internal/datamap/discover"
	"tenet/internal/rows"
	"tenet/internal/source"
)

// habits is a system with what real ones have and published schemas seldom show: CHAR
// keys padded with spaces, numbers kept as text elsewhere, a key of two columns that
// nothing declares, notes for several kinds of thing, a name and a value to a row,
// JSON, scans, and a "current" that lasts until 9999.
const habits = `
CREATE TABLE person (person_no CHAR(8) PRIMARY KEY, forename TEXT, surname TEXT, dob DATE);
CREATE TABLE property (prop_code CHAR(10) PRIMARY KEY, address_line1 TEXT, postcode TEXT);
CREATE TABLE tenancy (tenancy_id INTEGER PRIMARY KEY, person_no CHAR(8), prop_code CHAR(10), start_date DATE, end_date DATE, review_end_date DATE);
CREATE TABLE repair (repair_id INTEGER PRIMARY KEY, prop_code CHAR(10), reported DATE, completed DATE, description TEXT);
CREATE TABLE rent_charge (charge_id INTEGER PRIMARY KEY, tenancy_id VARCHAR(12), amount NUMERIC);
CREATE TABLE notes (note_id INTEGER PRIMARY KEY, entity_type TEXT, entity_id TEXT, body TEXT);
CREATE TABLE person_attribute (id INTEGER PRIMARY KEY, person_no CHAR(8), attribute TEXT, value TEXT);
CREATE TABLE webform (webform_id INTEGER PRIMARY KEY, person_no CHAR(8), answers JSON);
CREATE TABLE scan (scan_id INTEGER PRIMARY KEY, tenancy_id INTEGER, content BLOB, checksum BLOB);
CREATE TABLE rent_account (company_code TEXT, account_no TEXT, tenancy_id INTEGER, PRIMARY KEY (company_code, account_no));
CREATE TABLE rent_entry (entry_id INTEGER PRIMARY KEY, company_code TEXT, account_no TEXT, amount NUMERIC);
WITH RECURSIVE n(i) AS (SELECT 1 UNION ALL SELECT i+1 FROM n WHERE i < 24)
INSERT INTO person SELECT printf('P%05d  ', i*37), 'Ann', 'Lee'||i, '1970-03-04' FROM n;
INSERT INTO property SELECT printf('PR%04d    ', rowid*13), rowid||' High Road', 'LN30 4HD' FROM person;
INSERT INTO tenancy SELECT 4000+rowid*7, person_no, printf('PR%04d    ', rowid*13), '2015-04-01', CASE rowid%2 WHEN 0 THEN '9999-12-31' ELSE '2020-05-01' END, '2016-01-01' FROM person;
INSERT INTO repair SELECT rowid, prop_code, '2018-05-05', '2018-05-06', 'The tap in the kitchen drips all night' FROM property;
INSERT INTO rent_charge SELECT rowid, CAST(tenancy_id AS TEXT), 104.5 FROM tenancy;
INSERT INTO notes SELECT rowid, CASE rowid%2 WHEN 0 THEN 'tenancy' ELSE 'person' END, CASE rowid%2 WHEN 0 THEN CAST(tenancy_id AS TEXT) ELSE trim(person_no) END, 'Rang about the rent and was told to call back' FROM tenancy;
INSERT INTO person_attribute SELECT rowid, trim(person_no), CASE rowid%2 WHEN 0 THEN 'religion' ELSE 'favourite colour' END, 'something'||rowid FROM person;
INSERT INTO webform SELECT rowid, person_no, json_object('contact', json_object('ring_me_on', printf('07700 9002%02d', rowid)), 'ethnicity', 'x', 'password', 'x', 'people', json_array(json_object('dob', '2010-01-01'))) FROM person;
INSERT INTO scan SELECT rowid, tenancy_id, CAST('%PDF-1.4' AS BLOB), x'00112233' FROM tenancy;
INSERT INTO rent_account SELECT 'C'||(rowid%2), printf('AC%05d', rowid*11), tenancy_id FROM tenancy;
INSERT INTO rent_entry SELECT rowid, company_code, account_no, -104.5 FROM rent_account;
`

func habitsFile(t *testing.T) string {
	t.Helper()
	dir := t.TempDir()
	ddl := filepath.Join(dir, "habits.sql")
	if err := os.WriteFile(ddl, []byte(habits), 0o600); err != nil {
		t.Fatal(err)
	}
	load(t, filepath.Join(dir, "habits.sqlite"), ddl)
	return "sqlite:" + filepath.Join(dir, "habits.sqlite")
}

func TestHabitsOfRealSystems(t *testing.T) {
	p := propose(t, habitsFile(t))
	same(t, "owned", p.owned(), fields(`
		notes(entity_id) < person when entity_type=person
		notes(entity_id) < tenancy when entity_type=tenancy
		person_attribute(person_no) < person
		rent_account(tenancy_id) < tenancy
		rent_charge(tenancy_id) < tenancy
		rent_entry(account_no, company_code) < rent_account
		scan(tenancy_id) < tenancy
		tenancy(person_no) < person
		webform(person_no) < person`))
	p.wants(t, "rent_entry", "company_code, account_no", "owned by rent_account, as subject", 0.85)
	p.wants(t, "tenancy", "end_date", "keeping is counted from it", 0.7)
	same(t, "keeping", p.Tables["tenancy"].RetentionFrom, "end_date")
	if v := p.Tables["person_attribute"].Columns["value"]; v == nil || !v.FreeText || v.Kind != "special" {
		t.Errorf("a value that may be a religion: %+v", v)
	}
	inside := map[string]string{}
	for name, c := range p.Tables["webform"].Columns {
		if strings.Contains(name, "->") {
			inside[name] = strings.Join(strings.Fields(c.DPV+" "+c.Kind+" "+c.Hide), " ")
		}
	}
	same(t, "inside JSON", inside, map[string]string{
		"answers->$.contact.ring_me_on": "dpv-pd:TelephoneNumber",
		"answers->$.ethnicity":          "dpv-pd:EthnicOrigin special",
		"answers->$.password":           "dpv-pd:Password a secret for signing in",
		"answers->$.people[*].dob":      "dpv-pd:BirthDate",
	})
	if c := p.Tables["scan"].Columns["content"]; c == nil || c.Review == "" {
		t.Errorf("a scan: %+v", c)
	}
	if c := p.Tables["scan"].Columns["checksum"]; c != nil {
		t.Errorf("a checksum: %+v", c)
	}
}

// What such a system's map gives each person is theirs and nobody else's, by the
// engine's own comparison of padded keys, of numbers with text and of joined keys.
func TestHabitsWalked(t *testing.T) {
	at := habitsFile(t)
	p := propose(t, at)
	src, err := source.Open(context.Background(), "housing", at, source.Options{})
	if err != nil {
		t.Fatal(err)
	}
	defer src.Close()
	var people []rows.Row
	for r, err := range src.Scan(context.Background(), "person", source.ScanOptions{}) {
		if err != nil {
			t.Fatal(err)
		}
		people = append(people, r)
	}
	seen := map[string]bool{}
	for i, person := range people {
		f, err := datamap.Walk(context.Background(), map[string]*datamap.Map{"housing": p.Map},
			[]datamap.Start{{Source: "housing", Row: person, Role: datamap.Subject}}, only{src})
		if err != nil {
			t.Fatal(err)
		}
		var got []string
		for _, it := range f.Items {
			if slices.Contains(it.Whose, datamap.Reference) {
				continue
			}
			got = append(got, it.Row.Table.Name)
			if seen[it.Row.ID()] {
				t.Errorf("%s is in two answers", it.Row.ID())
			}
			seen[it.Row.ID()] = true
		}
		slices.Sort(got)
		same(t, fmt.Sprint("person ", i), got, strings.Fields("notes person person_attribute rent_account rent_charge rent_entry repair scan tenancy webform"))
	}
}

// Short names and values that speak for themselves, with the evidence in words.
func TestShortNamesInEvidence(t *testing.T) {
	p := proposed(t, schemaOf("TNTMST(TEN_NO* FRNM SURNM D_O_B:date)", "TNCY(TNCY_REF* TEN_NO STRT_DT:date TRMN_DT:date)",
		"PARTIES(PAR_ID*# PAR_FORENAME PAR_SURNAME)", "ACCOUNTS(ACC_ID*# ACC_PAR_ID# ACC_OPENED:date)", "PAYMENTS(PAY_ID*# PAY_ACC_ID# PAY_DATE:date)"))
	same(t, "people", p.people(), map[string]string{"TNTMST": "customers", "PARTIES": "customers"})
	same(t, "names", p.Tables["TNTMST"].Identifiers.Name, datamap.Columns{"FRNM", "SURNM"})
	i := slices.IndexFunc(p.evidence, func(e discover.Evidence) bool { return e.Table == "TNTMST" && e.Column == "SURNM" })
	if i < 0 || p.evidence[i].Why != "by its name: SURNM read as surname" {
		t.Errorf("evidence: %+v", p.evidence)
	}
	same(t, "owned", p.owned(), fields(`
		ACCOUNTS(ACC_PAR_ID) < PARTIES
		PAYMENTS(PAY_ACC_ID) < ACCOUNTS
		TNCY(TEN_NO) < TNTMST`))
}

// Of the thirty dates of a wide table, the one that is not there yet where the case is
// open, or lies in 2099, is the end; what is due, planned or about the row is not.
func TestKeepingInWideTables(t *testing.T) {
	dir := t.TempDir()
	ddl := filepath.Join(dir, "wide.sql")
	var dates []string
	for i := range 24 {
		dates = append(dates, fmt.Sprintf("stage%d_target_date DATE", i))
	}
	text := `CREATE TABLE person (person_id INTEGER PRIMARY KEY, forename TEXT, surname TEXT, dob DATE);
CREATE TABLE support_case (case_id INTEGER PRIMARY KEY, person_id INTEGER REFERENCES person, opened_date DATE, review_end_date DATE, plan_completed_date DATE, ` + strings.Join(dates, ", ") + `, closed_date DATE, last_updated DATE);
WITH RECURSIVE n(i) AS (SELECT 1 UNION ALL SELECT i+1 FROM n WHERE i < 20)
INSERT INTO person SELECT i, 'Ann', 'Lee', '1970-03-04' FROM n;
INSERT INTO support_case (case_id, person_id, opened_date, plan_completed_date, closed_date) SELECT person_id, person_id, '2020-01-01', '2021-01-01', CASE person_id%4 WHEN 0 THEN NULL WHEN 1 THEN '2099-12-31' ELSE '2022-01-01' END FROM person;
`
	if err := os.WriteFile(ddl, []byte(text), 0o600); err != nil {
		t.Fatal(err)
	}
	load(t, filepath.Join(dir, "wide.sqlite"), ddl)
	p := propose(t, "sqlite:"+filepath.Join(dir, "wide.sqlite"))
	same(t, "keeping", p.Tables["support_case"].RetentionFrom, "closed_date")
	i := slices.IndexFunc(p.evidence, func(e discover.Evidence) bool { return e.Table == "support_case" && e.Column == "closed_date" })
	if i < 0 || !strings.Contains(p.evidence[i].Why, "10 of 20 sampled rows have none yet, or one in the far future") {
		t.Errorf("evidence: %+v", p.evidence)
	}
}
