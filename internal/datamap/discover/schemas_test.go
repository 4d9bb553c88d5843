package discover_test

import (
	"context"
	"database/sql"
	"fmt"
	"iter"
	"maps"
	"os"
	"path/filepath"
	"slices"
	"strings"
	"testing"

	"github.com/google/go-cmp/cmp"

	"tenet/internal/datamap"
	"tenet/internal/datamap/discover"
	"tenet/internal/rows"
	"tenet/internal/source"
	"tenet/internal/testdata"
)

// proposal is what Propose said of a source.
type proposal struct {
	*datamap.Map
	evidence []discover.Evidence
}

// propose reads a source as the program does, and checks what every proposal
// must be: a map that its own reader takes, and that the source does not
// contradict.
func propose(t *testing.T, url string) proposal {
	t.Helper()
	ctx := context.Background()
	src, err := source.Open(ctx, "housing", url, source.Options{})
	if err != nil {
		t.Fatal(err)
	}
	defer src.Close()
	schema, err := src.Schema(ctx)
	if err != nil {
		t.Fatal(err)
	}
	m, evidence, err := discover.Propose(ctx, schema, discover.Sampled(discover.Streams{
		Scan: func(ctx context.Context, table string) iter.Seq2[rows.Row, error] {
			return src.Scan(ctx, table, source.ScanOptions{})
		},
		Lookup: src.Lookup,
	}))
	if err != nil {
		t.Fatal(err)
	}
	sound(t, schema, m)
	for _, e := range evidence {
		if e.Table == "" || e.Decision == "" || e.Why == "" || e.Confidence < 0 || e.Confidence > 1 {
			t.Errorf("evidence without a reason: %+v", e)
		}
	}
	return proposal{m, evidence}
}

// failer is what the checks need of a *testing.T or a *rapid.T.
type failer interface{ Errorf(string, ...any) }

// sound holds a proposed map against its schema, the map's reader, and the
// rules that no proposal may break.
func sound(t failer, schema *rows.Schema, m *datamap.Map) {
	for _, d := range m.Check(schema) {
		if d.Breaks || m.Tables[d.Table] == nil {
			t.Errorf("proposed, and not in the source: %s", d)
		}
	}
	text, err := m.Marshal()
	if err != nil {
		t.Errorf("%v", err)
		return
	}
	if _, err := datamap.Parse("proposed.yaml", text); err != nil {
		t.Errorf("the proposed map cannot be read back:\n%v", err)
	}
	for name, table := range m.Tables {
		for _, e := range table.OwnedBy {
			role, up := e.RoleOr(), m.Tables[e.Table]
			switch {
			case table.People == datamap.Customers || table.People == datamap.Staff:
				t.Errorf("%s holds people, and is owned by %s", name, e.Table)
			case table.People != datamap.NotPeople && role != datamap.Household && role != datamap.Contact:
				t.Errorf("%s holds people, and %s has them as %s", name, e.Table, role)
			case up.Refers || up.Skip != "":
				t.Errorf("%s is owned by %s, from which nothing is followed down", name, e.Table)
			case table.Refers:
				t.Errorf("%s refers, and is owned by %s", name, e.Table)
			}
		}
	}
}

// people are the tables of people, by kind.
func (p proposal) people() map[string]string {
	out := map[string]string{}
	for name, t := range p.Tables {
		if t.People != datamap.NotPeople {
			out[name] = string(t.People)
		}
	}
	return out
}

// owned is every edge down, in a line: "Invoice(CustomerId) < Customer".
func (p proposal) owned() []string {
	var out []string
	for name, t := range p.Tables {
		for _, e := range t.OwnedBy {
			out = append(out, line(name, e))
		}
	}
	slices.Sort(out)
	return out
}

func line(name string, e datamap.Edge) string {
	s := fmt.Sprintf("%s(%s) < %s", name, strings.Join(slices.Sorted(maps.Keys(e.On)), ", "), e.Table)
	if e.Role != "" && e.RoleFrom == "" {
		s += " as " + string(e.Role)
	}
	for column, value := range e.When {
		s += fmt.Sprintf(" when %s=%s", column, value)
	}
	return s
}

// referred is where a table's edges across lead.
func (p proposal) referred(table string) []string {
	var out []string
	for _, e := range p.Tables[table].RefersTo {
		out = append(out, strings.TrimSpace(strings.Join(slices.Sorted(maps.Keys(e.On)), ", ")+" "+e.Table+" "+string(e.Role)))
	}
	return out
}

// with lists the tables of which it is true.
func (p proposal) with(is func(*datamap.Table) bool) []string {
	var out []string
	for name, t := range p.Tables {
		if is(t) {
			out = append(out, name)
		}
	}
	slices.Sort(out)
	return out
}

func refers(t *datamap.Table) bool  { return t.Refers }
func skipped(t *datamap.Table) bool { return t.Skip != "" }

func same[T any](t *testing.T, what string, got, want T) {
	t.Helper()
	if d := cmp.Diff(want, got); d != "" {
		t.Errorf("%s (-want +got):\n%s", what, d)
	}
}

// fields splits lines of a list written for reading.
func fields(text string) []string {
	var out []string
	for l := range strings.Lines(text) {
		if l = strings.TrimSpace(l); l != "" {
			out = append(out, l)
		}
	}
	slices.Sort(out)
	return out
}

func TestChinook(t *testing.T) {
	p := propose(t, "sqlite:"+filepath.Join(testdata.Shared(t, "chinook"), "Chinook_Sqlite.sqlite"))
	same(t, "people", p.people(), map[string]string{"Customer": "customers", "Employee": "staff"})
	same(t, "owned", p.owned(), fields(`
		Invoice(CustomerId) < Customer
		InvoiceLine(InvoiceId) < Invoice`))
	same(t, "refers", p.with(refers), []string{"Track"})
	same(t, "skipped", p.with(skipped), []string{"Album", "Artist", "Genre", "MediaType", "Playlist", "PlaylistTrack"})
	same(t, "a customer's support is staff", p.referred("Customer"), []string{"SupportRepId Employee author"})
	same(t, "a manager is no owner", p.referred("Employee"), []string{"ReportsTo Employee author"})
	same(t, "identifiers", p.Tables["Customer"].Identifiers, &datamap.Identifiers{Name: datamap.Columns{"FirstName", "LastName"},
		Email: datamap.Columns{"Email"}, Phone: datamap.Columns{"Phone", "Fax"}, Address: datamap.Columns{"Address", "City"}, Postcode: "PostalCode"})
	same(t, "a birth date", p.Tables["Employee"].Identifiers.DOB, "BirthDate")
}

func TestDampAndMould(t *testing.T) {
	p := propose(t, "sqlite:"+filepath.Join(testdata.Shared(t, "damp-mould"), "damp_and_mould.repaired.sqlite"))
	same(t, "people", p.people(), map[string]string{"tenant_person": "customers", "household_member_person": "household"})
	same(t, "owned", p.owned(), fields(`
		household_member_person(tenancy_id) < tenancy as household
		household_member_person(tenant_id) < tenant_person as household
		notification(tenancy_id) < tenancy
		notification(work_order_id) < work_order
		tenancy(tenant_id) < tenant_person
		work_element(work_order_id) < work_order
		work_element_dependency(work_element_id) < work_element
		work_order(tenancy_id) < tenancy
		work_order(tenant_id) < tenant_person
		work_order_access_information(work_order_id) < work_order
		work_order_complete(work_order_id) < work_order
		work_order_status_history(work_order_id) < work_order`))
	same(t, "occupies", p.Tables["tenancy"].Occupies[0].On, map[string]string{"address_id": "address_id"})
	same(t, "from", p.Tables["tenancy"].Occupies[0].From, "tenancy_start_date")
	same(t, "until", p.Tables["tenancy"].Occupies[0].Until, "tenancy_end_date")
	for _, place := range []string{"address", "unit", "property", "site"} {
		if !p.Tables[place].Refers {
			t.Errorf("%s is a place, and does not refer", place)
		}
	}
	if c := p.Tables["tenant_person"].Columns["vulnerability_flag"]; c == nil || c.Kind != "special" {
		t.Errorf("vulnerability_flag is not special: %+v", c)
	}
	if c := p.Tables["work_order_access_information"].Columns["key_safe"]; c == nil || c.Review == "" {
		t.Errorf("key_safe is not reviewed: %+v", c)
	}
	// The model's foreign keys to tables that were never published are reported.
	p.wants(t, "work_order", "investigation_id", "points at a table that is not here: investigation", 0)
}

func TestPersonAlerts(t *testing.T) {
	file := filepath.Join(t.TempDir(), "alerts.sqlite")
	load(t, file, filepath.Join(testdata.Shared(t, "person-alert-codes"), "person_alert.repaired.sqlite.sql"))
	p := propose(t, "sqlite:"+file)
	same(t, "people", p.people(), map[string]string{})
	same(t, "owned", p.owned(), fields(`person_alert_history(person_alert_id) < person_alert`))
	// There is no table of people here: whose an alert is stands in a reference.
	same(t, "names", p.Tables["person_alert"].Names, []datamap.Named{{Role: datamap.Subject, Identifiers: datamap.Identifiers{Ref: datamap.Columns{"person_id"}}}})
	same(t, "refers", p.with(refers), []string{"person_alert_codes", "source_types", "special_category_data_types"})
	if p.Tables["person_alert_history"].Review == "" {
		t.Error("a history of old values goes out unreviewed")
	}
	if c := p.Tables["person_alert"].Columns["alert_description"]; c == nil || !c.FreeText {
		t.Errorf("alert_description is not free text: %+v", c)
	}
}

// load makes a SQLite database of files of SQL.
func load(t *testing.T, path string, files ...string) {
	t.Helper()
	db, err := sql.Open("sqlite", path)
	if err != nil {
		t.Fatal(err)
	}
	defer db.Close()
	for _, f := range files {
		text, err := os.ReadFile(f)
		if err != nil {
			t.Fatal(err)
		}
		if _, err := db.Exec(string(text)); err != nil {
			t.Fatalf("%s: %v", filepath.Base(f), err)
		}
	}
}

// wants looks for one piece of evidence with at least, or, below Confident, at
// most this confidence.
func (p proposal) wants(t *testing.T, table, column, decision string, confidence float64) {
	t.Helper()
	var near []string
	for _, e := range p.evidence {
		if e.Table != table || e.Column != column {
			continue
		}
		if e.Decision == decision && (e.Taken() == (confidence >= discover.Confident)) {
			return
		}
		near = append(near, fmt.Sprintf("%q %.2f (%s)", e.Decision, e.Confidence, e.Why))
	}
	t.Errorf("%s.%s: no evidence of %q; there is:\n%s", table, column, decision, strings.Join(near, "\n"))
}
