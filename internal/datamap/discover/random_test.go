package discover_test

import (
	"context"
	"fmt"
	"slices"
	"testing"

	"github.com/google/go-cmp/cmp"
	"pgregory.net/rapid"

	"tenet/internal/datamap"
	"tenet/internal/datamap/discover"
	"tenet/internal/rows"
)

// Words that schemas are made of, most of which the lexicon knows, so that
// random schemas reach every rule.
var (
	tableNames  = []string{"person", "tenant", "staff", "customer", "contact", "household_member", "address", "property", "tenancy", "tenancy_party", "case", "asb_case", "note", "payment", "repair", "account", "status_type", "person_history", "persons_import", "x", "", "sqlite_sequence", "dbo.Workers", "message", "order", "ключ"}
	columnNames = []string{"id", "person_id", "tenant_id", "staff_id", "customer_id", "property_id", "tenancy_id", "address_id", "case_id", "account_id", "first_name", "last_name", "name", "full_name", "dob", "email", "phone", "notes", "role", "start_date", "end_date", "created_by", "reported_by_person_id", "manager_id", "parent_id", "entity_type", "entity_id", "from", "to", "body", "password_hash", "ethnicity", "a", "", "1", "_", "type", "key", "other_person_id", "contact_name", "uprn"}
	valueTexts  = []string{"1", "2", "3", "person", "tenant", "ann@example.org", "2021-05-05", "J", "main", "", "Rang to say that the tap in the kitchen drips", "\x00", "\xff\xfe", "LN30 4HD"}
)

// world is a random schema with random rows.
type world struct {
	schema *rows.Schema
	sample map[string][]rows.Row
	fail   map[string]bool
	match  int
}

func (w world) Sample(_ context.Context, table string) ([]rows.Row, error) {
	if w.fail[table] {
		return nil, fmt.Errorf("cannot be read")
	}
	return w.sample[table], nil
}

func (w world) Overlap(_ context.Context, childTable, childColumn, parentTable, parentColumn string) (int, int, error) {
	if w.fail[parentTable] {
		return 0, 0, fmt.Errorf("cannot be looked up")
	}
	n := len(w.sample[childTable])
	return min(n, w.match), n, nil
}

func worlds(t *rapid.T) world {
	w := world{schema: &rows.Schema{Source: "s", Engine: rapid.SampledFrom([]string{"sqlite", "postgres", "dir"}).Draw(t, "engine")},
		sample: map[string][]rows.Row{}, fail: map[string]bool{}, match: rapid.IntRange(0, 5).Draw(t, "match")}
	for _, name := range rapid.SliceOfNDistinct(rapid.SampledFrom(tableNames), 1, 9, rapid.ID[string]).Draw(t, "tables") {
		table := rows.Table{Name: name, View: rapid.IntRange(0, 9).Draw(t, "view") == 0, Estimate: -1}
		for _, c := range rapid.SliceOfNDistinct(rapid.SampledFrom(columnNames), 0, 9, rapid.ID[string]).Draw(t, "columns") {
			table.Columns = append(table.Columns, rows.Column{Name: c, Kind: rows.Kind(rapid.IntRange(0, 7).Draw(t, "kind")), Nullable: rapid.Bool().Draw(t, "null")})
		}
		if n := min(len(table.Columns), rapid.IntRange(0, 2).Draw(t, "key")); n > 0 {
			for _, c := range table.Columns[:n] {
				table.Key = append(table.Key, c.Name)
			}
		}
		w.schema.Tables = append(w.schema.Tables, table)
	}
	for i := range w.schema.Tables {
		table := &w.schema.Tables[i]
		// Foreign keys of all sorts, to tables and columns that may not be there.
		for range rapid.IntRange(0, 3).Draw(t, "foreign") {
			f := rows.Foreign{Table: rapid.SampledFrom(tableNames).Draw(t, "to")}
			if rapid.Bool().Draw(t, "here") {
				f.Table = w.schema.Tables[rapid.IntRange(0, len(w.schema.Tables)-1).Draw(t, "at")].Name
			}
			f.Columns = rapid.SliceOfN(rapid.SampledFrom(columnNames), 0, 2).Draw(t, "cols")
			if up := w.schema.Table(f.Table); up != nil && len(table.Columns) > 0 && rapid.Bool().Draw(t, "sound") {
				f.Columns, f.References = []string{table.Columns[0].Name}, up.Key
			}
			table.Foreign = append(table.Foreign, f)
		}
		for range rapid.IntRange(0, 4).Draw(t, "rows") {
			r := rows.Row{Table: table, Key: table.Key}
			for range table.Columns {
				v := rows.Value{Text: rapid.SampledFrom(valueTexts).Draw(t, "value")}
				v.Null = v.Text == ""
				r.Values = append(r.Values, v)
			}
			w.sample[table.Name] = append(w.sample[table.Name], r)
		}
		w.fail[table.Name] = rapid.IntRange(0, 9).Draw(t, "fail") == 0
	}
	return w
}

// Whatever the schema, a proposal is a map of that schema, makes nobody's row
// another person's property, and is the same each time.
func TestAnySchema(t *testing.T) {
	rapid.Check(t, func(t *rapid.T) {
		w := worlds(t)
		m, evidence, err := discover.Propose(context.Background(), w.schema, w)
		if err != nil {
			t.Fatal(err)
		}
		sound(t, w.schema, m)
		noCircles(t, m)
		again, evidence2, err := discover.Propose(context.Background(), w.schema, w)
		if err != nil {
			t.Fatal(err)
		}
		a, _ := m.Marshal()
		b, _ := again.Marshal()
		if string(a) != string(b) || !cmp.Equal(evidence, evidence2) {
			t.Errorf("two proposals of one schema differ:\n%s\n%s", a, b)
		}
	})
}

// noCircles says that no table is owned by itself, through others perhaps.
func noCircles(t failer, m *datamap.Map) {
	var walk func(name string, path []string)
	walk = func(name string, path []string) {
		if slices.Contains(path, name) {
			t.Errorf("owned in a circle: %v", append(path, name))
			return
		}
		for _, e := range m.Tables[name].OwnedBy {
			walk(e.Table, append(slices.Clone(path), name))
		}
	}
	for name := range m.Tables {
		walk(name, nil)
	}
}
