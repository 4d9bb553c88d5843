package datamap

import (
	"context"
	"testing"

	"github.com/google/go-cmp/cmp"
)

// TestLeaks holds the ways in which one person's rows once reached another's
// answer. Ann is 1, Bob is 2.
func TestLeaks(t *testing.T) {
	people := `
  person: {people: yes, key: id, identifiers: {name: name}, names: [{role: contact, name: kin}]}
  property: {refers: true, key: id}
`
	for name, c := range map[string]struct {
		tables string
		rows   func(memory)
		start  Start // beside Ann's own row
		want   map[string]string
	}{
		"Bob's record names Ann as his next of kin": {
			tables: `  note: {owned-by: [{table: person, on: {person: id}}]}`,
			rows:   func(m memory) { m.table("note", "id person", "10 2") },
			start:  Start{Role: Contact},
			want:   map[string]string{"person 1": "self subject", "person 2": "mention contact"},
		},
		"a neighbour stands in columns": {
			tables: `  asb: {owned-by: [{table: person, on: {person: id}, role: reported}], names: [{role: reporter, name: reporter}]}`,
			rows:   func(m memory) { m.table("asb", "id person reporter", "10 1 Gladys", "11 1 -") },
			want:   map[string]string{"person 1": "self subject", "asb 10": "shared reported", "asb 11": "self reported"},
		},
		"a joint tenant stands in columns": {
			tables: `  tenancy: {key: id, owned-by: [{table: person, on: {person: id}}], names: [{role: joint, name: other}]}
  note: {owned-by: [{table: tenancy, on: {tenancy: id}}]}`,
			rows: func(m memory) {
				m.table("tenancy", "id person other", "10 1 Tom")
				m.table("note", "id tenancy", "11 10")
			},
			want: map[string]string{"person 1": "self subject", "tenancy 10": "shared joint", "note 11": "shared joint"},
		},
		"a repair of the predecessor's, referred to, and one that never ended": {
			tables: `  tenancy: {key: id, owned-by: [{table: person, on: {person: id}}], occupies: [{place: property, on: {property: id}, from: from}]}
  repair: {key: id, during: [{place: property, on: {property: id}, at: at, until: done}]}
  recharge: {owned-by: [{table: person, on: {person: id}}], refers-to: [{table: repair, on: {repair: id}}]}`,
			rows: func(m memory) {
				m.table("tenancy", "id person property from", "10 1 p1 2020-01-01")
				m.table("repair", "id property at done", "20 p1 2015-01-01 2015-02-01", "21 p1 2009-01-01 -", "22 p1 2019-12-01 2020-02-01", "23 p1 2021-01-01 -")
				m.table("recharge", "id person repair", "30 1 20")
			},
			want: map[string]string{"person 1": "self subject", "tenancy 10": "self subject", "recharge 30": "self subject", "repair 22": "shared", "repair 23": "shared"},
		},
		"a code of the bridge that the map does not know": {
			tables: `  party: {bridge: true, owned-by: [{table: person, on: {person: id}, role-from: code, roles: {subject: [T]}}]}
  tenancy: {key: id, owned-by: [{table: party, on: {id: tenancy}}]}
  arrears: {owned-by: [{table: tenancy, on: {tenancy: id}}]}`,
			rows: func(m memory) {
				m.table("party", "id tenancy person code", "10 20 2 T", "11 20 1 NOK")
				m.table("tenancy", "id", "20")
				m.table("arrears", "id tenancy", "30 20")
			},
			want: map[string]string{"person 1": "self subject", "tenancy 20": "mention contact"},
		},
	} {
		t.Run(name, func(t *testing.T) {
			m := parse(t, "source: h\ntables:"+people+c.tables+"\n")
			src := memory{}
			src.table("person", "id name kin", "1 Ann -", "2 Bob Ann")
			src.table("property", "id", "p1")
			c.rows(src)
			starts := []Start{{Source: "h", Row: src.row(t, "person", "1"), Role: Subject}}
			if c.start.Role != "" {
				starts = append(starts, Start{Source: "h", Row: src.row(t, "person", "2"), Role: c.start.Role})
			}
			f, err := Walk(context.Background(), map[string]*Map{"h": m}, starts, src)
			if err != nil {
				t.Fatal(err)
			}
			if diff := cmp.Diff(c.want, summary(f)); diff != "" {
				t.Errorf("want -, got +\n%s", diff)
			}
		})
	}
}

// TestSameKey: rows that the map's key does not tell apart are counted, never
// dropped without a word.
func TestSameKey(t *testing.T) {
	m := parse(t, "source: h\ntables:\n  person: {people: yes, key: id, identifiers: {name: name}}\n  pay: {owned-by: [{table: person, on: {person: id}}]}\n")
	src := memory{}
	src.table("person", "id name", "1 Ann")
	src.table("pay", "ref person", "V1 1", "V1 1")
	f := walkAs(t, m, src, "person 1")
	if len(f.Items) != 2 || len(f.NotFollowed) != 1 || f.NotFollowed[0].Rows != 1 {
		t.Errorf("%d items, left out %+v", len(f.Items), f.NotFollowed)
	}
}
