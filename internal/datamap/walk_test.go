package datamap

import (
	"context"
	"fmt"
	"iter"
	"slices"
	"strings"
	"testing"

	"github.com/google/go-cmp/cmp"
	"pgregory.net/rapid"

	"tenet/internal/rows"
)

// memory is a source held in memory: tables by name.
type memory map[string][]rows.Row

func (m memory) Lookup(_ context.Context, _, table string, where []rows.Match) iter.Seq2[rows.Row, error] {
	return func(yield func(rows.Row, error) bool) {
		for _, r := range m[table] {
			if matches(r, where) && !yield(r, nil) {
				return
			}
		}
	}
}

func matches(r rows.Row, where []rows.Match) bool {
	for _, w := range where {
		if r.Get(w.Column) != w.Value {
			return false
		}
	}
	return true
}

// table adds rows written "id=1 name=Ann"; the first column is the key.
func (m memory) table(name string, columns string, lines ...string) {
	t := &rows.Table{Name: name}
	for _, c := range strings.Fields(columns) {
		t.Columns = append(t.Columns, rows.Column{Name: c})
	}
	t.Key = []string{t.Columns[0].Name}
	for _, l := range lines {
		r := rows.Row{Table: t, Key: t.Key, Values: make([]rows.Value, len(t.Columns))}
		for i := range r.Values {
			r.Values[i].Null = true
		}
		for i, f := range strings.Fields(l) {
			if f != "-" {
				r.Values[i] = rows.Value{Text: f}
			}
		}
		m[name] = append(m[name], r)
	}
}

func (m memory) row(t testing.TB, table, key string) rows.Row {
	t.Helper()
	for _, r := range m[table] {
		if r.Values[0].Text == key {
			return r
		}
	}
	t.Fatalf("no %s %s", table, key)
	return rows.Row{}
}

const estate = `
source: h
tables:
  person:
    people: yes
    key: id
    identifiers: {name: name}
    refers-to: [{table: staff, on: {officer: id}}]
    names: [{role: contact, name: kin}]
  staff: {people: staff, key: id, identifiers: {name: name}}
  child: {people: household, key: id, identifiers: {name: name}, owned-by: [{table: tenancy, on: {tenancy: id}, role: household}]}
  property: {refers: true, key: id, owned-by: []}
  party:
    bridge: true
    owned-by: [{table: person, on: {person: id}, role: subject, role-from: code, roles: {joint: [J], household: [O]}}]
  tenancy:
    key: id
    owned-by: [{table: party, on: {id: tenancy}}]
    refers-to: [{table: property, on: {property: id}}]
    occupies: [{place: property, on: {property: id}, from: from, until: until}]
  account: {owned-by: [{table: tenancy, on: {tenancy: id}}]}
  entry: {owned-by: [{table: account, on: {account: id}}, {table: person, on: {payer: id}, role: payer}]}
  note:
    owned-by:
      - {table: tenancy, on: {tenancy: id}}
      - {table: person, on: {person: id}}
      - {table: staff, on: {author: id}, role: author}
    columns: {body: {free-text: true}}
  repair: {during: [{place: property, on: {property: id}, at: at}], refers-to: [{table: property, on: {property: id}}]}
  repair_note: {owned-by: [{table: repair, on: {repair: id}}]}
  asb: {owned-by: [{table: person, on: {reporter: id}, role: reporter}, {table: person, on: {respondent: id}, role: reported}]}
  asb_note: {owned-by: [{table: asb, on: {asb: id}}]}
  parking: {refers-to: [{table: property, on: {property: id}}]}
  letter: {names: [{role: subject, name: name}]}
  lookup: {skip: no personal data}
  poly:
    owned-by:
      - {table: tenancy, on: {ref: id}, when: {kind: T}}
      - {table: person, on: {ref: id}, when: {kind: P}}
  task: {owned-by: [{table: task, on: {parent: id}}, {table: person, on: {person: id}}]}
`

// people: 1 Ann and 2 Bob hold tenancy 10 jointly; 3 Cat lives there (O);
// 4 Dan held tenancy 11 of the same flat before; 5 Eve is a neighbour, alone
// in tenancy 12 of another flat; 6 is another Ann.
func estateRows() memory {
	m := memory{}
	m.table("person", "id name officer kin", "1 Ann 90 Kim", "2 Bob 90 -", "3 Cat - -", "4 Dan - -", "5 Eve - -", "6 Ann - -")
	m.table("staff", "id name", "90 Sol")
	m.table("child", "id name tenancy", "70 Tot 10")
	m.table("property", "id street", "p1 High", "p2 Low")
	m.table("party", "id tenancy person code", "20 10 1 T", "21 10 2 J", "22 10 3 O", "23 11 4 T", "24 12 5 T")
	m.table("tenancy", "id property from until", "10 p1 2020-01-01 2099-12-31", "11 p1 2015-01-01 2019-12-01", "12 p2 2018-01-01 -")
	m.table("account", "id tenancy", "30 10", "31 12")
	m.table("entry", "id account payer", "40 30 -", "41 30 1", "42 30 3", "43 31 -", "44 31 1")
	m.table("note", "id tenancy person author body", "50 10 - 90 x", "51 10 1 90 x", "52 10 2 90 x", "53 12 - 90 x", "54 - 5 90 x")
	m.table("repair", "id property at", "60 p1 2021-05-05", "61 p1 2016-05-05", "62 p1 -", "63 p2 2021-05-05")
	m.table("repair_note", "id repair", "65 60", "66 61")
	m.table("asb", "id reporter respondent", "80 5 1", "81 - 1", "82 5 -")
	m.table("asb_note", "id asb", "85 80")
	m.table("parking", "id property", "86 p1")
	m.table("letter", "id name", "87 Ann", "88 Bob")
	m.table("lookup", "id", "89")
	m.table("poly", "id kind ref", "91 T 10", "92 P 10", "93 P 1", "94 T 1")
	m.table("task", "id parent person", "95 96 1", "96 95 -", "97 97 -")
	return m
}

// summary is an answer in short lines: "entry 41 self+shared (payer)".
func summary(f *Found) map[string]string {
	out := map[string]string{}
	for _, it := range f.Items {
		var whose, roles []string
		for _, w := range it.Whose {
			whose = append(whose, string(w))
		}
		for _, r := range it.Roles {
			roles = append(roles, string(r))
		}
		out[it.Row.Table.Name+" "+it.Row.Values[0].Text] = strings.TrimSpace(strings.Join(whose, "+") + " " + strings.Join(roles, ","))
	}
	return out
}

func walkAs(t testing.TB, m *Map, src memory, ids ...string) *Found {
	t.Helper()
	var starts []Start
	for _, id := range ids {
		table, key, _ := strings.Cut(id, " ")
		starts = append(starts, Start{Source: "h", Row: src.row(t, table, key), Role: Subject, Why: "given"})
	}
	f, err := Walk(context.Background(), map[string]*Map{"h": m}, starts, src)
	if err != nil {
		t.Fatal(err)
	}
	return f
}

func parse(t testing.TB, text string) *Map {
	t.Helper()
	m, err := Parse("test.yaml", []byte(text))
	if err != nil {
		t.Fatal(err)
	}
	return m
}

func TestWalk(t *testing.T) {
	m, src := parse(t, estate), estateRows()
	for name, c := range map[string]struct {
		start []string
		want  map[string]string
	}{
		"joint tenant": {[]string{"person 1"}, map[string]string{
			"person 1":   "self subject",
			"tenancy 10": "shared joint", "property p1": "reference",
			"account 30": "shared joint", "entry 40": "shared joint",
			"entry 41": "shared joint,payer", "entry 42": "shared joint",
			"entry 44": "shared payer",                            // paid into Eve's account
			"note 50":  "shared joint", "note 51": "self subject", // note 52 is Bob's alone
			"repair 60": "shared", "repair_note 65": "shared", // 61 was Dan's time, 62 has no date
			"asb 80": "shared reported", "asb_note 85": "shared reported", "asb 81": "self reported",
			"poly 91": "shared joint", "poly 93": "self subject",
			"task 95": "self subject", "task 96": "self subject",
		}},
		"the other joint tenant": {[]string{"person 2"}, map[string]string{
			"person 2": "self subject", "tenancy 10": "shared joint", "property p1": "reference",
			"account 30": "shared joint", "entry 40": "shared joint", "entry 41": "shared joint", "entry 42": "shared joint",
			"note 50": "shared joint", "note 52": "self subject",
			"repair 60": "shared", "repair_note 65": "shared", "poly 91": "shared joint",
		}},
		"lives there": {[]string{"person 3"}, map[string]string{
			"person 3": "self subject", "tenancy 10": "mention household", "entry 42": "shared payer",
		}},
		"predecessor": {[]string{"person 4"}, map[string]string{
			"person 4": "self subject", "tenancy 11": "self subject", "property p1": "reference",
			"repair 61": "shared", "repair_note 66": "shared",
		}},
		"neighbour": {[]string{"person 5"}, map[string]string{
			"person 5": "self subject", "tenancy 12": "self subject", "property p2": "reference",
			"account 31": "self subject", "entry 43": "self subject", "entry 44": "self+shared subject",
			"note 53": "self subject", "note 54": "self subject", "repair 63": "shared",
			"asb 80": "shared reporter", "asb_note 85": "shared reporter", "asb 82": "self reporter",
		}},
		"namesake": {[]string{"person 6"}, map[string]string{"person 6": "self subject"}},
		"officer": {[]string{"staff 90"}, map[string]string{
			"staff 90": "self subject",
			"note 50":  "author author", "note 51": "author author", "note 52": "author author", "note 53": "author author", "note 54": "author author",
		}},
		"two records of one person": {[]string{"person 1", "person 2", "person 6"}, map[string]string{
			"person 1": "self subject", "person 2": "self subject", "person 6": "self subject",
		}},
		"named in the row itself": {[]string{"letter 87"}, map[string]string{"letter 87": "self subject"}},
	} {
		t.Run(name, func(t *testing.T) {
			got := summary(walkAs(t, m, src, c.start...))
			if name == "two records of one person" {
				// Bob's half is Ann's too now.
				if got["tenancy 10"] != "self subject" || got["note 52"] != "self subject" || got["account 30"] != "self subject" {
					t.Errorf("merged: %v", got)
				}
				return
			}
			if diff := cmp.Diff(c.want, got); diff != "" {
				t.Errorf("want -, got +\n%s", diff)
			}
		})
	}
}

func TestWalkLeavesListed(t *testing.T) {
	f := walkAs(t, parse(t, estate), estateRows(), "person 1")
	var got []string
	for _, n := range f.NotFollowed {
		got = append(got, fmt.Sprintf("%s %d %s", n.Table, n.Rows, strings.SplitN(n.Why, ":", 2)[0]))
	}
	want := []string{
		"child 1 rows about other people",
		"note 1 rows that name somebody else, below something held together or at the same place",
		"parking 0 reachable only through property, which other people share",
		"repair 1 rows at the same place with no readable date",
		"repair 1 rows at the same place, outside the dates of this person's occupancy",
		"staff 1 rows about other people",
	}
	if diff := cmp.Diff(want, got); diff != "" {
		t.Error(diff)
	}
}

func TestWalkFieldsAndReview(t *testing.T) {
	f := walkAs(t, parse(t, estate), estateRows(), "person 1")
	for _, it := range f.Items {
		switch it.Row.Table.Name + " " + it.Row.Values[0].Text {
		case "person 1":
			if diff := cmp.Diff(map[string][]Whose{"kin": {Other}}, it.Fields); diff != "" {
				t.Error("next of kin:", diff)
			}
		case "asb 80":
			if diff := cmp.Diff(map[string][]Whose{"reporter": {Other}}, it.Fields); diff != "" {
				t.Error("who reported:", diff)
			}
		case "entry 42":
			if diff := cmp.Diff(map[string][]Whose{"payer": {Other}}, it.Fields); diff != "" {
				t.Error("who paid:", diff)
			}
		case "note 51", "repair 60":
			if len(it.Review) != 1 {
				t.Errorf("%s: review = %q", it.Row.ID(), it.Review)
			}
		}
		if len(it.Path) == 0 {
			t.Errorf("%s has no path", it.Row.ID())
		}
	}
}

// TestNobodysOwnRowsReachAnother is the property the product stands on: on any
// schema and any data, a row that is one person's alone is in no other
// person's answer, but as what they wrote as staff or are merely named in: both
// of which stay in until somebody decides.
func TestNobodysOwnRowsReachAnother(t *testing.T) {
	rapid.Check(t, func(t *rapid.T) {
		m, src := randomEstate(t)
		type answer map[string][]Whose
		answers := map[string]answer{}
		for _, table := range []string{"p0", "p1"} {
			for _, r := range src[table] {
				f, err := Walk(context.Background(), map[string]*Map{"h": m}, []Start{{Source: "h", Row: r, Role: Subject}}, src)
				if err != nil {
					t.Fatal(err)
				}
				a := answer{}
				for _, it := range f.Items {
					if _, twice := a[it.Row.ID()]; twice {
						t.Fatalf("%s twice in one answer", it.Row.ID())
					}
					if len(it.Whose) == 0 || slices.Contains(it.Whose, Other) {
						t.Fatalf("%s is whose? %v", it.Row.ID(), it.Whose)
					}
					a[it.Row.ID()] = it.Whose
				}
				answers[r.ID()] = a
			}
		}
		for one, a := range answers {
			for id, whose := range a {
				if !slices.Equal(whose, []Whose{Self}) {
					continue
				}
				for other, b := range answers {
					if w, in := b[id]; in && other != one && !slices.Equal(w, []Whose{Authored}) && !slices.Equal(w, []Whose{Mention}) {
						t.Fatalf("%s is %s's own and in %s's answer as %v", id, one, other, w)
					}
				}
			}
		}
	})
}

// randomEstate draws up to seven tables with random edges of every kind, loops
// and bridges among them, over two tables of people.
func randomEstate(t *rapid.T) (*Map, memory) {
	m := &Map{Source: "h", Tables: map[string]*Table{
		"p0": {People: Customers, Key: Columns{"id"}, Identifiers: &Identifiers{Name: Columns{"name"}}},
		"p1": {People: rapid.SampledFrom(PeopleKinds()).Draw(t, "kind"), Key: Columns{"id"}, Identifiers: &Identifiers{Name: Columns{"name"}}},
	}}
	names := []string{"p0", "p1"}
	for i := range rapid.IntRange(1, 6).Draw(t, "tables") {
		name := fmt.Sprintf("t%d", i)
		m.Tables[name] = &Table{Key: Columns{"id"}, Bridge: rapid.IntRange(0, 4).Draw(t, "bridge") == 0, Refers: rapid.IntRange(0, 4).Draw(t, "refers") == 0}
		names = append(names, name)
	}
	src := memory{}
	for _, name := range names {
		columns := "id name date"
		for k := range rapid.IntRange(0, 3).Draw(t, "edges of "+name) {
			column := fmt.Sprintf("e%d", k)
			columns += " " + column
			to := rapid.SampledFrom(names).Draw(t, "to")
			on := map[string]string{column: "id"}
			tab := m.Tables[name]
			switch rapid.IntRange(0, 5).Draw(t, "how") {
			case 0:
				tab.RefersTo = append(tab.RefersTo, Edge{Table: to, On: on})
			case 1:
				tab.During = append(tab.During, During{Place: to, On: on, At: "date"})
			case 2:
				tab.Occupies = append(tab.Occupies, Occupancy{Place: to, On: on, From: "date"})
			default:
				tab.OwnedBy = append(tab.OwnedBy, Edge{Table: to, On: on, Role: rapid.SampledFrom(Roles()).Draw(t, "role")})
			}
		}
		var lines []string
		for i := range rapid.IntRange(0, 4).Draw(t, "rows of "+name) {
			line := fmt.Sprintf("%d x 202%d-01-01", i, rapid.IntRange(0, 3).Draw(t, "year"))
			for range strings.Count(columns, " e") {
				line += " " + rapid.SampledFrom([]string{"-", "0", "1", "2", "3"}).Draw(t, "key")
			}
			lines = append(lines, line)
		}
		src.table(name, columns, lines...)
	}
	return m, src
}
