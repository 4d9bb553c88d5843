package desk

import (
	"context"
	"database/sql"
	"errors"
	"os"
	"path/filepath"
	"slices"
	"strings"
	"testing"

	_ "modernc.org/sqlite"

	"tenet/internal/cases"
	"tenet/internal/find"
)

// bureau is a workspace over one small database called h, with a map written by hand.
func bureau(t testing.TB, ddl, tables string) (d *Desk, db *sql.DB, dir string) {
	t.Helper()
	ctx, dir := context.Background(), t.TempDir()
	file := filepath.Join(dir, "h.db")
	db, err := sql.Open("sqlite", "file:"+file)
	if err != nil {
		t.Fatal(err)
	}
	t.Cleanup(func() { db.Close() })
	if _, err := db.Exec(ddl); err != nil {
		t.Fatal(err)
	}
	if err := Init(ctx, filepath.Join(dir, "office"), "", func(string) string { return "" }); err != nil {
		t.Fatal(err)
	}
	if d, err = Open(ctx, filepath.Join(dir, "office"), func(string) string { return "" }); err != nil {
		t.Fatal(err)
	}
	t.Cleanup(func() { d.Close() })
	if err := d.AddSource(System{Name: "h", URL: "sqlite:" + file}); err != nil {
		t.Fatal(err)
	}
	if err := os.WriteFile(d.mapFile("h"), []byte("source: h\ntables:\n"+tables), 0o600); err != nil {
		t.Fatal(err)
	}
	if _, err := d.Index(ctx, false, nil); err != nil {
		t.Fatal(err)
	}
	return d, db, dir
}

// ask asks for the person, and gives the answer with everything that would go
// out of it, in one text.
func ask(t testing.TB, d *Desk, q Query) (*Access, string) {
	t.Helper()
	res, err := d.Access(context.Background(), AccessRequest{Query: q, By: "tester"}, nil)
	if err != nil {
		t.Fatalf("access: %v", err)
	}
	files, err := d.openDraft(t.Context(), res.Case)
	if err != nil {
		t.Fatal(err)
	}
	var all strings.Builder
	for _, f := range files {
		if strings.HasSuffix(f.Name, ".json") || strings.HasSuffix(f.Name, ".csv") || strings.HasSuffix(f.Name, ".html") {
			all.Write(f.Bytes)
		}
	}
	return res, all.String()
}

const plain = `
CREATE TABLE tenant(id INTEGER PRIMARY KEY, name TEXT, dob DATE, phone TEXT, tel INTEGER);
CREATE TABLE asb(id INTEGER PRIMARY KEY, respondent INTEGER, reported_by TEXT, body TEXT);
INSERT INTO tenant VALUES (1,'Jane Okafor','1980-02-03','07700900111',NULL);`

const plainMap = `
  tenant: {people: yes, key: id, identifiers: {name: name, dob: dob, phone: phone}}
  asb: {key: id, owned-by: [{table: tenant, on: {respondent: id}}], names: [{role: reporter, name: reported_by}], columns: {body: {free-text: true}}}
`

const noteMap = `
  note: {key: id, owned-by: [{table: tenant, on: {tenant: id}}], columns: {body: {free-text: true}}}
`

var jane = Query{Name: "Jane Okafor", DOB: "1980-02-03"}

// TestNeverGoesOut holds ways in which somebody else's words once went out, or
// could have. What must be there shows that the answer is not merely empty.
func TestNeverGoesOut(t *testing.T) {
	for name, c := range map[string]struct {
		ddl, tables   string
		never, always []string
	}{
		"another tenant's record that names her as next of kin": {
			ddl: plain + `CREATE TABLE applicant(id INTEGER PRIMARY KEY, name TEXT, dob DATE, kin TEXT, kin_phone TEXT, medical TEXT);
				INSERT INTO applicant VALUES (2,'Robert Blythe','1950-05-06','Jane Okafor','07700900111','early dementia');`,
			tables: plainMap + `
  applicant: {people: yes, key: id, identifiers: {name: name, dob: dob}, names: [{role: contact, name: kin, phone: kin_phone}]}
`,
			never: []string{"early dementia", "Blythe"}, always: []string{"07700900111"},
		},
		"a complainant known by columns alone": {
			ddl: plain + `CREATE TABLE complaint(id INTEGER PRIMARY KEY, about INTEGER, who TEXT, home TEXT, account TEXT, outcome TEXT);
				INSERT INTO complaint VALUES (5,1,'Gladys Pettifer','14 Elm Row','She is 81 and lives two doors down','no further action');`,
			tables: plainMap + `
  complaint: {key: id, owned-by: [{table: tenant, on: {about: id}, role: reported}], names: [{role: reporter, name: who, address: home}], columns: {account: {free-text: true}}}
`,
			never: []string{"Pettifer", "14 Elm Row", "two doors down"}, always: []string{"no further action"},
		},
		"people whom columns of other rows name are known in free text": {
			ddl: plain + `CREATE TABLE note(id INTEGER PRIMARY KEY, tenant INTEGER, body TEXT);
				CREATE TABLE waiting(id INTEGER PRIMARY KEY, applicant TEXT, ref TEXT);
				CREATE TABLE caller(id INTEGER PRIMARY KEY, who TEXT);
				INSERT INTO waiting VALUES (1,'Gladys Pettifer','W1');
				INSERT INTO caller VALUES (1,'Oswin Thrale');
				INSERT INTO note VALUES (1,1,'Gladys Pettifer rang about the noise, so did Oswin Thrale. Boiler serviced.');`,
			tables: plainMap + noteMap + `
  waiting: {key: id, names: [{role: subject, name: applicant, ref: ref}]}
  caller: {key: id, names: [{role: reporter, name: who}]}
`,
			never: []string{"Pettifer", "Thrale"}, always: []string{"Boiler serviced"},
		},
		"a name escaped in JSON and in HTML": {
			ddl: plain + `INSERT INTO tenant VALUES (2,'Siân Pettifer','1950-05-06','07700900222',NULL);
				CREATE TABLE form(id INTEGER PRIMARY KEY, tenant INTEGER, data JSON, html TEXT, step TEXT);
				INSERT INTO form VALUES (1,1,'{"caller":"Si\u00e2n Pettifer","says":"she is late"}','<p>Si&acirc;n Pettifer says</p><p>Siân&nbsp;Pettifer</p>','form received');`,
			tables: plainMap + `
  form: {key: id, owned-by: [{table: tenant, on: {tenant: id}}]}
`,
			never: []string{"Pettifer"}, always: []string{"form received"},
		},
		"words typed into a column of numbers": {
			ddl: plain + `INSERT INTO tenant VALUES (2,'Gladys Pettifer','1970-01-01','07700900222',NULL);
				UPDATE tenant SET tel='07700 900222 is Gladys Pettifer, neighbour' WHERE id=1;`,
			tables: plainMap,
			never:  []string{"Pettifer"}, always: []string{"07700900111"},
		},
		"an investigation that she must not be told of": {
			ddl: plain + `CREATE TABLE given(id INTEGER PRIMARY KEY, tenant INTEGER, recipient TEXT, at DATE, what TEXT);
				INSERT INTO given VALUES (1,1,'Police, fraud squad','2026-01-02','file on suspected subletting');`,
			tables: plainMap + `
  given: {key: id, owned-by: [{table: tenant, on: {tenant: id}}], discloses: {to: recipient, at: at, what: what}, review: live investigation}
`,
			never: []string{"fraud squad", "subletting"}, always: []string{"07700900111"},
		},
		"advice that her file only refers to": {
			ddl: plain + `CREATE TABLE legal_file(id INTEGER PRIMARY KEY, tenant_file INTEGER, advice TEXT);
				INSERT INTO legal_file VALUES (9,1,'Counsel says settle');
				CREATE TABLE dispute(id INTEGER PRIMARY KEY, tenant INTEGER, file INTEGER, stage TEXT);
				INSERT INTO dispute VALUES (1,1,9,'letter sent');`,
			tables: plainMap + `
  dispute: {key: id, owned-by: [{table: tenant, on: {tenant: id}}], refers-to: [{table: legal_file, on: {file: id}}]}
  legal_file: {key: id, review: privilege, columns: {advice: {free-text: true}}}
`,
			never: []string{"Counsel says settle"}, always: []string{"letter sent"},
		},
		"what the last tenant of the flat had done, and who they were": {
			ddl: plain + `INSERT INTO tenant VALUES (2,'Robert Blythe','1950-05-06',NULL,NULL);
				CREATE TABLE property(id INTEGER PRIMARY KEY, address TEXT, notes TEXT, keyholder TEXT);
				CREATE TABLE tenancy(id INTEGER PRIMARY KEY, tenant INTEGER, property INTEGER, starts DATE, ends DATE);
				CREATE TABLE repair(id INTEGER PRIMARY KEY, property INTEGER, reported TIMESTAMP, done TIMESTAMP, trade TEXT, cost INTEGER);
				CREATE TABLE recharge(id INTEGER PRIMARY KEY, tenant INTEGER, repair INTEGER, amount INTEGER);
				INSERT INTO property VALUES (3,'4 Mary Seacole House','Former occupant had a fall','Mary Jones');
				INSERT INTO tenancy VALUES (7,1,3,'2020-06-02',NULL),(8,2,3,'2001-01-01','2020-06-01');
				INSERT INTO repair VALUES (30,3,'2009-03-03 10:00:00',NULL,'grab rails',77),(31,3,'2021-03-03 10:00:00','2021-03-04 10:00:00','boiler',78),
				 (32,3,'2015-03-03 10:00:00','2015-03-09 10:00:00','locksmith',79);
				INSERT INTO recharge VALUES (40,1,32,4711);`,
			tables: plainMap + `
  property: {refers: true, key: id, names: [{role: contact, name: keyholder}], columns: {notes: {free-text: true}}}
  tenancy: {key: id, owned-by: [{table: tenant, on: {tenant: id}}], refers-to: [{table: property, on: {property: id}}], occupies: [{place: property, on: {property: id}, from: starts, until: ends}]}
  repair: {key: id, during: [{place: property, on: {property: id}, at: reported, until: done}]}
  recharge: {key: id, owned-by: [{table: tenant, on: {tenant: id}}], refers-to: [{table: repair, on: {repair: id}}]}
`,
			never: []string{"grab rails", "locksmith", "had a fall", "Blythe", "Mary Jones"}, always: []string{"boiler", "4711", "Mary Seacole House"},
		},
		"a tenancy at whose bridge stands a code that the map does not know": {
			ddl: plain + `INSERT INTO tenant VALUES (2,'Robert Blythe','1950-05-06',NULL,NULL);
				CREATE TABLE party(id INTEGER PRIMARY KEY, tenant INTEGER, tenancy INTEGER, code TEXT);
				CREATE TABLE tenancy(id INTEGER PRIMARY KEY, arrears INTEGER);
				INSERT INTO tenancy VALUES (7,55500);
				INSERT INTO party VALUES (1,2,7,'T'),(2,1,7,'NOK');`,
			tables: plainMap + `
  party: {bridge: true, key: id, owned-by: [{table: tenant, on: {tenant: id}, role-from: code, roles: {subject: [T], joint: [J], household: [H]}}]}
  tenancy: {key: id, owned-by: [{table: party, on: {id: tenancy}}]}
`,
			never: []string{"55500"}, always: []string{"07700900111"},
		},
	} {
		t.Run(name, func(t *testing.T) {
			d, _, _ := bureau(t, c.ddl, c.tables)
			_, out := ask(t, d, jane)
			for _, s := range c.never {
				if strings.Contains(out, s) {
					t.Errorf("%q goes out", s)
				}
			}
			for _, s := range c.always {
				if !strings.Contains(out, s) {
					t.Errorf("%q, which is hers, does not", s)
				}
			}
		})
	}
}

// An ordinary word in a column of names is withheld there and does not stop the
// answer; a label that stands in the data is no reason to go round for ever.
func TestOrdinaryWordsInColumnsOfNames(t *testing.T) {
	for _, v := range []string{"Tenant", "Neighbour", "Anonymous", "Record", "[withheld]"} {
		d, _, _ := bureau(t, plain+`INSERT INTO asb VALUES (5,1,'`+v+`','noise reported by `+v+` at night');`, plainMap)
		if _, err := d.Access(t.Context(), AccessRequest{Query: jane, By: "t"}, nil); err != nil {
			t.Errorf("%s: %v", v, err)
		}
	}
}

// What went out stays as it was, whatever is asked afterwards.
func TestReleasedDraftIsNeverOverwritten(t *testing.T) {
	ctx := t.Context()
	d, db, dir := bureau(t, plain, plainMap)
	res, _ := ask(t, d, jane)
	k, err := d.Cases.Identify(ctx, cases.On{Case: res.Case.ID, By: "t"}, cases.Proof{How: "passport seen", Arrived: d.Today()})
	if err == nil {
		k, err = d.Approve(ctx, k, "t", "")
	}
	if err == nil {
		k, err = d.Send(ctx, k, "t", filepath.Join(dir, "a.zip"))
	}
	if err != nil {
		t.Fatal(err)
	}
	if _, err := db.Exec(`UPDATE tenant SET phone='07700900999'`); err != nil {
		t.Fatal(err)
	}
	d.Access(ctx, AccessRequest{Query: jane, By: "t"}, nil) // refused or another case: either way
	if _, err := d.Send(ctx, k, "t", filepath.Join(dir, "b.zip")); err != nil {
		t.Fatalf("what was released cannot be handed over again: %v", err)
	}
	first, err1 := os.ReadFile(filepath.Join(dir, "a.zip"))
	second, err2 := os.ReadFile(filepath.Join(dir, "b.zip"))
	if err1 != nil || err2 != nil || string(first) != string(second) {
		t.Errorf("the two differ: %v %v", err1, err2)
	}
}

// A decision is about the words that were there when it was made.
func TestDecisionIsBoundToItsWords(t *testing.T) {
	ctx := t.Context()
	d, db, _ := bureau(t, plain+`INSERT INTO tenant VALUES (2,'Robert Blythe','1970-01-01','07700900222',NULL);
		INSERT INTO asb VALUES (9,2,NULL,'Jane Okafor called about the bins');`, plainMap)
	res, _ := ask(t, d, jane)
	i := slices.IndexFunc(res.List, func(x Disposition) bool { return x.Waits != "" })
	if i < 0 {
		t.Fatal("nothing waits")
	}
	if _, err := d.Decide(ctx, res.Case, cases.On{Case: res.Case.ID, By: "t"}, []string{res.List[i].Item}, true, "", "harmless"); err != nil {
		t.Fatal(err)
	}
	if _, out := ask(t, d, jane); !strings.Contains(out, "about the bins") {
		t.Error("what was decided to go out does not")
	}
	if _, err := db.Exec(`UPDATE asb SET body='Jane Okafor called. He told us in confidence about his treatment'`); err != nil {
		t.Fatal(err)
	}
	if _, out := ask(t, d, jane); strings.Contains(out, "in confidence") {
		t.Error("words that nobody has decided on go out")
	}
}

// What came after the index was built may be missing, and the answer says so.
func TestStaleIndexIsSaid(t *testing.T) {
	d, db, _ := bureau(t, plain+`INSERT INTO tenant VALUES (2,'Robert Blythe','1970-01-01','07700900222',NULL);`, plainMap)
	if _, err := db.Exec(`INSERT INTO asb VALUES (9,2,NULL,'Jane Okafor 07700900111 called')`); err != nil {
		t.Fatal(err)
	}
	a, err := d.Find(t.Context(), "t", jane)
	if err != nil {
		t.Fatal(err)
	}
	if !slices.ContainsFunc(a.NotSearched, func(n find.NotSearched) bool {
		return n.Source == "h" && strings.Contains(n.Why, "since it was indexed")
	}) {
		t.Errorf("not said: %v", a.NotSearched)
	}
}

// Two people who share an e-mail address and stand in no person table are two.
func TestPeopleKnownByColumnsAlone(t *testing.T) {
	d, _, _ := bureau(t, plain+`CREATE TABLE enquiry(id INTEGER PRIMARY KEY, who TEXT, email TEXT, matter TEXT);
		INSERT INTO enquiry VALUES (1,'Tom Thrale','family@example.org','his debt'),(2,'Gladys Thrale','family@example.org','her refuge');`, plainMap+`
  enquiry: {key: id, names: [{role: subject, name: who, email: email}]}
`)
	var several *find.Ambiguous
	if _, err := d.Find(t.Context(), "t", Query{Email: "family@example.org"}); !errors.As(err, &several) || len(several.Candidates) != 2 {
		t.Errorf("asked by an address that two people have: %v", err)
	}
	a, err := d.Find(t.Context(), "t", Query{Name: "Gladys Thrale", Email: "family@example.org"})
	if err != nil || a.Counts["h.enquiry"] != 1 {
		t.Errorf("asked by name too: %v, %v", a, err)
	}
}

// Every search is on record: who was found, who might be meant, and nobody.
func TestEverySearchIsRecorded(t *testing.T) {
	d, _, _ := bureau(t, plain+`INSERT INTO tenant VALUES (2,'Jane Okafor','1970-01-01','07700900222',NULL);`, plainMap)
	searches := func() int {
		var b strings.Builder
		if _, err := d.ExportLedger(t.Context(), &b, false); err != nil {
			t.Fatal(err)
		}
		return strings.Count(b.String(), "person.searched")
	}
	for i, q := range []Query{jane, {Name: "Jane Okafor"}} {
		d.Find(t.Context(), "t", q)
		if n := searches(); n != i+1 {
			t.Errorf("after %d searches %d are on record", i+1, n)
		}
	}
}

// A table that cannot be read is a gap of the answer; the rest is answered.
func TestBrokenTableIsAGapOfTheAnswer(t *testing.T) {
	d, db, _ := bureau(t, plain+`CREATE VIEW old AS SELECT id, name AS who, id AS tenant FROM tenant;`, plainMap+`
  old: {key: id, owned-by: [{table: tenant, on: {tenant: id}}], columns: {who: {free-text: true}}}
`)
	if _, err := db.Exec(`DROP VIEW old; CREATE VIEW old AS SELECT id, json_extract(name,'$.x') AS who, id AS tenant FROM tenant`); err != nil {
		t.Fatal(err)
	}
	res, out := ask(t, d, jane)
	if !strings.Contains(out, "07700900111") {
		t.Error("the rest is not answered")
	}
	if !slices.ContainsFunc(res.Answer.NotSearched, func(n find.NotSearched) bool { return n.Table == "old" && strings.Contains(n.Why, "could not be read") }) {
		t.Errorf("not said: %v", res.Answer.NotSearched)
	}
}
