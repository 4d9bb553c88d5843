package datamap

import (
	"slices"
	"strings"
	"testing"

	"github.com/google/go-cmp/cmp"

	"tenet/internal/rows"
)

// homesOf goes all ways home from the people of a table as a caller does, table by table,
// and is the addresses it comes to, by the person's name.
func homesOf(all map[string]*Map, data map[string]memory, source, table, today string) map[string][]string {
	schemas := map[string]*rows.Schema{}
	for name, m := range data {
		s := &rows.Schema{}
		for _, table := range m {
			s.Tables = append(s.Tables, *table[0].Table)
		}
		schemas[name] = s
	}
	out := map[string][]string{}
	for _, way := range Homes(all, schemas, source, table) {
		at := map[string][]string{}
		for _, r := range data[source][table] {
			if key, ok := way.Steps[0].From(r); ok && way.Now(r, today) {
				at[key] = append(at[key], r.Get("name").Text)
			}
		}
		for i, s := range way.Steps {
			next := map[string][]string{}
			for _, r := range data[s.Source][s.Table] {
				key, ok := s.At(r)
				if !ok || !s.Now(r, today) {
					continue
				}
				if i == len(way.Steps)-1 {
					for _, who := range at[key] {
						if a := strings.Join(s.Address(r), ", "); a != "" && !slices.Contains(out[who], a) {
							out[who] = append(out[who], a)
						}
					}
				} else if to, ok := way.Steps[i+1].From(r); ok {
					next[to] = append(next[to], at[key]...)
				}
			}
			at = next
		}
	}
	return out
}

// TestHomes: by the tenancy's own row, by a bridge with roles, by the household and in
// another system, people are led to the place where they live now, and to no other.
func TestHomes(t *testing.T) {
	people := memory{}
	people.table("person", "id name", "1 Ann", "2 Bob", "3 Cy", "4 Di", "5 Ed", "6 Flo", "7 Gil", "8 Hal")
	people.table("party", "id person tenancy role end_date",
		"1 1 10 T -", "2 2 10 J -", // who rent together
		"3 3 10 X -",               // a guarantor, or whoever X is
		"4 4 11 T -",               // of a tenancy that ended
		"5 5 12 T -",               // that has not begun
		"6 6 13 T -", "7 6 14 T -", // of two
		"8 7 10 J 2024-05-06",                // who moved out
		"9 8 15 T 2099-12-31", "10 1 11 T -") // of one that lasts; Ann rented another before
	people.table("tenancy", "id place from until", "10 p1 2020-01-01 -", "11 p2 2015-01-01 2019-12-31", "12 p3 2027-01-01 -", "13 p4 2020-01-01 -", "14 p5 2020-01-01 -", "15 p6 2020-01-01 9999-12-31")
	people.table("household", "id tenancy", "20 10", "21 11")
	people.table("member", "id name household moved_out", "1 Ivy 20 -", "2 Jo 20 2025-01-01", "3 Kay 21 -")
	estate := memory{}
	estate.table("site", "code AddressLine1 town post_code email_address", "p1 1-Elm-Row Larkfield LK1 a@example.org", "p2 2-Elm-Row - LK2 -", "p3 3-Elm-Row - LK3 -", "p4 4-Elm-Row - LK4 -", "p5 5-Elm-Row - LK5 -", "p6 6-Elm-Row - LK6 -")
	maps := map[string]*Map{}
	for _, text := range []string{`
source: housing
tables:
  person: {people: customers, identifiers: {name: [name]}}
  party: {bridge: true, owned-by: [{table: person, on: {person: id}, role: contact, role-from: role, roles: {subject: [T], joint: [J]}}]}
  tenancy: {owned-by: [{table: party, on: {id: tenancy}}], occupies: [{place: site, source: estate, on: {place: code}, from: from, until: until}]}
  household: {owned-by: [{table: tenancy, on: {tenancy: id}}]}
  member: {people: household, identifiers: {name: [name]}, owned-by: [{table: household, on: {household: id}, role: household}]}
`, `
source: estate
tables:
  site: {refers: true}
`} {
		m := parse(t, text)
		maps[m.Source] = m
	}
	data := map[string]memory{"housing": people, "estate": estate}
	want := map[string][]string{"Ann": {"1-Elm-Row, Larkfield, LK1"}, "Bob": {"1-Elm-Row, Larkfield, LK1"}, "Flo": {"4-Elm-Row, LK4", "5-Elm-Row, LK5"}, "Hal": {"6-Elm-Row, LK6"}}
	if d := cmp.Diff(want, homesOf(maps, data, "housing", "person", "2026-11-23")); d != "" {
		t.Errorf("customers (-want +got):\n%s", d)
	}
	if d := cmp.Diff(map[string][]string{"Ivy": {"1-Elm-Row, Larkfield, LK1"}}, homesOf(maps, data, "housing", "member", "2026-11-23")); d != "" {
		t.Errorf("households (-want +got):\n%s", d)
	}
	maps["housing"].Tables["tenancy"].CopyOf = "person"
	if got := homesOf(maps, data, "housing", "person", "2026-11-23"); len(got) != 0 {
		t.Errorf("a copy leads home: %v", got)
	}
}

// TestHomeOfARow: a row that is person and tenancy at once, and a place of which the map
// says which columns are its address.
func TestHomeOfARow(t *testing.T) {
	data := memory{}
	data.table("lease", "id name unit begin end", "1 Ann u1 2020-01-01 -", "2 Bob u2 2020-01-01 2024-01-01", "3 Cy u3 - -")
	data.table("unit", "id label pc owner_address", "u1 1-Elm-Row LK1 9-High-Street", "u2 2-Elm-Row LK2 -", "u3 3-Elm-Row LK3 -")
	m := parse(t, `
source: leases
tables:
  lease: {people: customers, identifiers: {name: [name]}, occupies: [{place: unit, on: {unit: id}, from: begin, until: end}]}
  unit: {refers: true, columns: {label: {dpv: "dpv-pd:PhysicalAddress"}, pc: {dpv: "dpv-pd:PostalCode"}}}
`)
	got := homesOf(map[string]*Map{"leases": m}, map[string]memory{"leases": data}, "leases", "lease", "2026-11-23")
	if d := cmp.Diff(map[string][]string{"Ann": {"1-Elm-Row, LK1"}}, got); d != "" {
		t.Errorf("(-want +got):\n%s", d)
	}
}
