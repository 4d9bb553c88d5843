package discover_test

import (
	"os"
	"path/filepath"
	"testing"

	"tenet/internal/datamap"
)

// office holds what is written: letters, messages, and whom data were given to.
const office = `
CREATE TABLE person (person_id INTEGER PRIMARY KEY, title TEXT, forename TEXT, surname TEXT, dob DATE);
CREATE TABLE applicant (applicant_id INTEGER PRIMARY KEY, title TEXT, forename TEXT, surname TEXT, dob DATE);
CREATE TABLE staff (staff_id INTEGER PRIMARY KEY, title TEXT, forename TEXT, surname TEXT);
CREATE TABLE colleague (colleague_id INTEGER PRIMARY KEY, salutation TEXT, full_name TEXT, email TEXT);
CREATE TABLE note (note_id INTEGER PRIMARY KEY, person_id INTEGER REFERENCES person, title TEXT, summary TEXT);
CREATE TABLE letter (letter_id INTEGER PRIMARY KEY, person_id INTEGER REFERENCES person, recipient TEXT, sent_on DATE, path TEXT);
CREATE TABLE attachment (attachment_id INTEGER PRIMARY KEY, note_id INTEGER REFERENCES note, name TEXT, type TEXT);
CREATE TABLE message (id TEXT PRIMARY KEY, "from" TEXT, "to" TEXT, subject TEXT, body TEXT);
CREATE TABLE disclosure_log (log_id INTEGER PRIMARY KEY, person_id INTEGER, recipient TEXT, sent_on DATE, what TEXT, staff_id INTEGER);
CREATE TABLE police_request (request_id INTEGER PRIMARY KEY, person_id INTEGER, disclosed_to TEXT, created_at DATE, released_on DATE, information_disclosed TEXT);
CREATE TABLE outgoing (outgoing_id INTEGER PRIMARY KEY, person_id INTEGER, sent_to TEXT, sent_on DATE, what TEXT);
CREATE TABLE supplier_log (log_id INTEGER PRIMARY KEY, disclosed_to TEXT, on_date DATE, what TEXT);

WITH RECURSIVE n(i) AS (SELECT 1 UNION ALL SELECT i+1 FROM n WHERE i < 12)
INSERT INTO person SELECT i, CASE i%2 WHEN 0 THEN 'Mrs' ELSE 'Dr' END, 'Ann'||i, 'Lee'||i, '1970-01-01' FROM n;
INSERT INTO staff SELECT person_id, 'Manager', 'Sol', 'Fry' FROM person;
INSERT INTO note SELECT person_id, person_id, 'Rang about '||surname, 'Rang' FROM person;
INSERT INTO attachment SELECT person_id, person_id, 'scan_'||surname||'.pdf', 'pdf' FROM person;
INSERT INTO message SELECT 'm'||person_id, 'ann@example.org', 'office@example.org', surname, 'x' FROM person;
INSERT INTO disclosure_log SELECT person_id, person_id, 'Water company', '2021-01-01', 'forwarding address', 1 FROM person;
`

func officeProposal(t *testing.T) proposal {
	t.Helper()
	dir := t.TempDir()
	ddl := filepath.Join(dir, "office.sql")
	if err := os.WriteFile(ddl, []byte(office), 0o600); err != nil {
		t.Fatal(err)
	}
	load(t, filepath.Join(dir, "office.sqlite"), ddl)
	return propose(t, "sqlite:"+filepath.Join(dir, "office.sqlite"))
}

func TestTitleGoesFirst(t *testing.T) {
	p := officeProposal(t)
	for table, want := range map[string]datamap.Columns{
		"person":    {"title", "forename", "surname"},
		"applicant": {"title", "forename", "surname"}, // without a row to look at
		"staff":     {"forename", "surname"},          // what they do, not how they are addressed
		"colleague": {"full_name"},                    // two parts would make a surname of the whole name
	} {
		id := p.Tables[table].Identifiers
		if id == nil {
			t.Errorf("%s is nobody", table)
			continue
		}
		same(t, table, id.Name, want)
	}
	if c := p.Tables["staff"].Columns["title"]; c != nil && (c.FreeText || c.DPV == "dpv-pd:Name") {
		t.Errorf("a job title is %+v", c)
	}
}

func TestShortLinesNamePeople(t *testing.T) {
	p := officeProposal(t)
	for _, at := range [][2]string{{"note", "title"}, {"message", "subject"}, {"attachment", "name"}, {"letter", "path"}, {"disclosure_log", "what"}} {
		if c := p.Tables[at[0]].Columns[at[1]]; c == nil || !c.FreeText {
			t.Errorf("%s.%s is not free text: %+v", at[0], at[1], c)
		}
	}
}

func TestDisclosures(t *testing.T) {
	p := officeProposal(t)
	for table, want := range map[string]*datamap.Disclosure{
		"disclosure_log": {To: "recipient", At: "sent_on", What: "what"},
		"police_request": {To: "disclosed_to", At: "released_on", What: "information_disclosed"},
		"outgoing":       {To: "sent_to", At: "sent_on", What: "what"},
		"letter":         nil, // whom a letter went to
		"message":        nil,
		"supplier_log":   nil, // nobody's: it would be in no answer
	} {
		same(t, table, p.Tables[table].Discloses, want)
	}
	p.wants(t, "letter", "recipient", "records disclosures", 0.5)
}
