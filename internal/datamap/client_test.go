package datamap

import (
	"context"
	"fmt"
	"iter"
	"slices"
	"strings"
	"testing"

	"pgregory.net/rapid"

	"tenet/internal/rows"
)

// shelf is tables in memory, by source and table.
type shelf map[string][]rows.Row

func (s shelf) Lookup(_ context.Context, source, table string, where []rows.Match) iter.Seq2[rows.Row, error] {
	return func(yield func(rows.Row, error) bool) {
		for _, r := range s[source+"."+table] {
			if slices.ContainsFunc(where, func(m rows.Match) bool { return r.Get(m.Column).Text != m.Value.Text }) {
				continue
			}
			if !yield(r, nil) {
				return
			}
		}
	}
}

var agency = `
source: housing
tables:
  person: {people: yes, key: id, identifiers: {name: name}, client-from: {column: code, clients: {lantern: [LR, L2], tide: [TW], own: [HB]}}}
  tenancy: {key: id, owned-by: {table: person, on: {person: id}}}
  note: {key: id, owned-by: [{table: tenancy, on: {tenancy: id}, when: {kind: t}}, {table: person, on: {person: id}}]}
  street: {key: id, refers: true}
`

// TestApartLetsNoOtherClientsRowThrough draws what a bureau's system holds, asks every
// question of every set, and holds each row that arrives against whose it was drawn as.
func TestApartLetsNoOtherClientsRowThrough(t *testing.T) {
	housing := parse(t, agency)
	repairs := parse(t, "source: repairs\ntables:\n  job: {key: id, owned-by: {table: tenancy, source: housing, on: {tenancy: id}}}\n  van: {key: id}\n")
	whole := parse(t, "source: calls\nclient: tide\ntables:\n  call: {key: id}\n  rota: {key: id, client: own}\n")
	maps := map[string]*Map{"housing": housing, "repairs": repairs, "calls": whole}
	codes := map[string]string{"LR": "lantern", "L2": "lantern", "TW": "tide", "HB": "", "??": "nobody's", "": "nobody's"}
	rapid.Check(t, func(rt *rapid.T) {
		data, whose := shelf{}, map[string]string{} // by source, table and id
		put := func(source, table, client string, columns ...string) string {
			name := source + "." + table
			id := fmt.Sprint(len(data[name]))
			shape := &rows.Table{Name: table, Columns: []rows.Column{{Name: "id"}}, Key: []string{"id"}}
			values := []rows.Value{{Text: id}}
			for i := 0; i < len(columns); i += 2 {
				shape.Columns = append(shape.Columns, rows.Column{Name: columns[i]})
				values = append(values, rows.Value{Text: columns[i+1], Null: columns[i+1] == ""})
			}
			data[name] = append(data[name], rows.Row{Table: shape, Values: values, Key: []string{"id"}})
			whose[name+id] = client
			return id
		}
		for range rapid.IntRange(1, 4).Draw(rt, "people") {
			code := rapid.SampledFrom([]string{"LR", "L2", "TW", "HB", "??", ""}).Draw(rt, "code")
			put("housing", "person", codes[code], "name", "Ann", "code", code)
		}
		pick := func(name string) (string, string) {
			all := data[name]
			if len(all) == 0 || rapid.IntRange(0, 5).Draw(rt, "orphan") == 0 {
				return "99", "nobody's"
			}
			id := all[rapid.IntRange(0, len(all)-1).Draw(rt, name)].Get("id").Text
			return id, whose[name+id]
		}
		for range rapid.IntRange(0, 4).Draw(rt, "tenancies") {
			p, client := pick("housing.person")
			put("housing", "tenancy", client, "person", p)
		}
		for range rapid.IntRange(0, 4).Draw(rt, "notes") {
			p, a := pick("housing.person")
			ten, b := pick("housing.tenancy")
			kind := rapid.SampledFrom([]string{"t", "p"}).Draw(rt, "kind")
			// A row whose owner is gone is by the owner that is there; one below two sets
			// is in none.
			client := a
			if _, there := whose["housing.tenancy"+ten]; there && kind == "t" {
				if _, other := whose["housing.person"+p]; !other {
					client = b
				} else if a != b {
					client = "nobody's"
				}
			}
			put("housing", "note", client, "tenancy", ten, "person", p, "kind", kind)
		}
		for range rapid.IntRange(0, 3).Draw(rt, "jobs") {
			ten, client := pick("housing.tenancy")
			if _, there := whose["housing.tenancy"+ten]; !there {
				client = "" // nobody owns it, and this map parts nothing
			}
			put("repairs", "job", client, "tenancy", ten)
		}
		put("repairs", "van", "")
		put("housing", "street", "nobody's")
		put("calls", "call", "tide")
		put("calls", "rota", "")
		for _, client := range []string{"", "lantern", "tide"} {
			a := &Apart{Maps: maps, Rows: data, Client: client}
			for name := range data {
				source, table, _ := strings.Cut(name, ".")
				got := map[string]bool{}
				for r, err := range a.Lookup(t.Context(), source, table, nil) {
					if err != nil {
						rt.Fatal(err)
					}
					got[r.Get("id").Text] = true
				}
				for _, r := range data[name] {
					id := r.Get("id").Text
					if want := whose[name+id] == client; got[id] != want {
						rt.Fatalf("%s %s is %q's; in the set of %q it arrives: %v", name, id, whose[name+id], client, got[id])
					}
				}
			}
		}
	})
}

func TestClientsOfAMap(t *testing.T) {
	m := parse(t, agency)
	if got := m.Clients(); !slices.Equal(got, []string{"lantern", "tide"}) || !m.Divided() {
		t.Errorf("clients %v", got)
	}
	if got := m.SetsOf("note"); !slices.Equal(got, []string{"", "lantern", "tide"}) {
		t.Errorf("a note may be of %v", got)
	}
	ended := parse(t, "source: c\nclient: tide\ntables: {call: {key: id}, rota: {key: id, client: own}}\n")
	ended.EndClients(map[string]string{"tide": "over"})
	if ended.Tables["call"].Skip != "over" || ended.Tables["rota"].Skip != "" {
		t.Errorf("skipped: %q, %q", ended.Tables["call"].Skip, ended.Tables["rota"].Skip)
	}
	if plain := parse(t, "source: h\ncontroller: homes\ntables: {a: {key: id}, b: {key: id, controller: repairs}}\n"); plain.Divided() || plain.ControllerOf("a") != "homes" || plain.ControllerOf("b") != "repairs" {
		t.Error("a group's company parts the map, or is not named")
	}
	for text, want := range map[string]string{
		"source: h\ntables: {a: {key: id, client: x, client-from: {column: c, clients: {x: [X]}}}}\n": "twice",
		"source: h\ntables: {a: {key: id, client-from: {column: c}}}\n":                               "must name the column",
		"source: h\ntables: {a: {key: id, client-from: {column: c, clients: {x: [X], y: [X]}}}}\n":    `"X" stands for x and for y`,
		"source: h\nclient: x\ncontroller: y\ntables: {}\n":                                           "the client for its controller",
	} {
		if _, err := Parse("m.yaml", []byte(text)); err == nil || !strings.Contains(err.Error(), want) {
			t.Errorf("%s: %v", text, err)
		}
	}
}
