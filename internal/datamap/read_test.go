package datamap

import (
	"strings"
	"testing"

	"github.com/google/go-cmp/cmp"

	"tenet/internal/rows"
)

func TestParseRefuses(t *testing.T) {
	for name, c := range map[string]struct{ text, want string }{
		"unknown key":     {"source: h\ntables:\n  tenant:\n    peple: yes\n", `m.yaml:4: "peple" is no key that a map has here; did you mean people?`},
		"edge to nowhere": {"source: h\ntables:\n  acount: {}\n  entry: {owned-by: [{table: account, on: {a: b}}]}\n", `m.yaml:4: tables.entry.owned-by: leads to the table "account", which this map does not have; did you mean acount?`},
		"edge without on": {"source: h\ntables:\n  account: {}\n  entry: {owned-by: account}\n", `m.yaml:4: tables.entry.owned-by: does not say which columns join it to "account"; add on: {column: account's column}`},
		"no source":       {"tables: {}\n", `m.yaml: the map does not say of which source it is; add: source: NAME`},
		"unknown role":    {"source: h\ntables:\n  p: {people: yes, key: id, identifiers: {name: n}}\n  e: {owned-by: [{table: p, role: boss}]}\n", `m.yaml:4: tables.e.owned-by: "boss" is no role`},
		"nameless people": {"source: h\ntables:\n  p: {people: yes}\n", `m.yaml:3: tables.p.people: the rows are people, but no column says who they are`},
		"key twice":       {"source: h\ntables:\n  p: {}\n  p: {}\n", `m.yaml:4: `},
		"no yaml":         {"source: [h\n", `m.yaml:1: `},
		"wrong type":      {"source: h\ntables: 7\n", `m.yaml:2: `},
	} {
		t.Run(name, func(t *testing.T) {
			_, err := Parse("m.yaml", []byte(c.text))
			if err == nil || !strings.HasPrefix(err.Error(), c.want) {
				t.Errorf("got  %v\nwant %s", err, c.want)
			}
		})
	}
}

func TestShortForms(t *testing.T) {
	m := parse(t, `
source: h
tables:
  tenant: {people: yes, key: tenant_id, identifiers: {name: [forename, surname], dob: dob}}
  rent_account: {key: [id], owned-by: {table: tenant, on: {tenant: tenant_id}}}
  rent_entry: {owned-by: rent_account, category: rent-transactions}
`)
	if got := m.Tables["tenant"].People; got != Customers {
		t.Errorf("people: yes is %q", got)
	}
	want := Edges{{Table: "rent_account", On: map[string]string{"id": "id"}}}
	if diff := cmp.Diff(want, m.Tables["rent_entry"].OwnedBy); diff != "" {
		t.Error(diff)
	}
}

func TestMarshalRoundTrip(t *testing.T) {
	m := parse(t, estate)
	text, err := m.Marshal()
	if err != nil {
		t.Fatal(err)
	}
	again := parse(t, string(text))
	if diff := cmp.Diff(m, again); diff != "" {
		t.Errorf("%s\n%s", diff, text)
	}
}

func TestCheck(t *testing.T) {
	m := parse(t, `
source: h
tables:
  tenant: {people: yes, key: id, identifiers: {name: surnam}}
  gone: {}
  entry: {owned-by: [{table: tenant, on: {tenant: tenant_id}}]}
`)
	s := &rows.Schema{Source: "h", Tables: []rows.Table{
		{Name: "tenant", Key: []string{"id"}, Columns: []rows.Column{{Name: "id"}, {Name: "surname"}}},
		{Name: "entry", Columns: []rows.Column{{Name: "tenant"}}},
		{Name: "new"},
	}}
	var got []string
	breaks := 0
	for _, d := range m.Check(s) {
		got = append(got, d.String())
		if d.Breaks {
			breaks++
		}
	}
	want := []string{
		"entry: is joined to tenant.tenant_id, and that column is not there; mend the edge's on:",
		"entry: no key: a row can only be named by all its columns; add key: with the columns that tell its rows apart",
		"gone: the map names this table and the source does not have it; take it out of the map, or run discover again if it was renamed",
		"tenant.surnam: the map names this column and the table does not have it; did you mean surname?",
		"new: the source has this table and the map does not: it is not searched; run discover and add what it proposes, or add skip: with the reason",
	}
	if diff := cmp.Diff(want, got); diff != "" {
		t.Error(diff)
	}
	if breaks != 3 {
		t.Errorf("%d break the map, want 3", breaks)
	}
}

func FuzzParse(f *testing.F) {
	f.Add(estate)
	f.Add("source: h\ntables: {a: {owned-by: a}}")
	f.Add("a: &a [*a]")
	f.Fuzz(func(t *testing.T, text string) {
		m, err := Parse("f.yaml", []byte(text))
		if err != nil {
			return
		}
		out, err := m.Marshal()
		if err != nil {
			t.Fatal(err)
		}
		if _, err := Parse("again.yaml", out); err != nil {
			t.Fatalf("what was read cannot be read again: %v\n%s", err, out)
		}
	})
}
