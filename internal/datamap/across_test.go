package datamap

import (
	"context"
	"errors"
	"iter"
	"strings"
	"testing"

	"github.com/google/go-cmp/cmp"

	"tenet/internal/rows"
)

// estates are several sources in memory, some of whose tables fail.
type estates struct {
	sources map[string]memory
	failing map[string]bool // "source.table"
	asked   map[string]int
}

func (e *estates) Lookup(ctx context.Context, source, table string, where []rows.Match) iter.Seq2[rows.Row, error] {
	e.asked[source+"."+table]++
	if e.failing[source+"."+table] {
		return func(yield func(rows.Row, error) bool) { yield(rows.Row{}, errors.New("the line is dead")) }
	}
	return e.sources[source].Lookup(ctx, source, table, where)
}

const acrossHousing = `
source: housing
tables:
  person: {people: yes, key: id, identifiers: {name: name}}
  party: {bridge: true, owned-by: [{table: person, on: {person: id}}]}
  tenancy: {key: id, owned-by: [{table: party, on: {id: tenancy}}]}
`

const acrossRepairs = `
source: repairs
tables:
  job: {key: id, owned-by: [{table: tenancy, source: housing, on: {tenancy: id}}]}
  visit: {key: id, owned-by: [{table: job, on: {job: id}}]}
  complaint: {key: id, owned-by: [{table: person, source: housing, on: {customer: id}}]}
`

func across(t *testing.T) (map[string]*Map, *estates) {
	t.Helper()
	maps := map[string]*Map{}
	for _, text := range []string{acrossHousing, acrossRepairs} {
		m, err := Parse("map.yaml", []byte(text))
		if err != nil {
			t.Fatal(err)
		}
		maps[m.Source] = m
	}
	h, r := memory{}, memory{}
	h.table("person", "id name", "1 Ann", "2 Bob", "3 Cay")
	h.table("party", "id person tenancy", "1 1 t1", "2 2 t1", "3 3 t3")
	h.table("tenancy", "id", "t1", "t3")
	r.table("job", "id tenancy", "10 t1", "11 t3")
	r.table("visit", "id job", "20 10", "21 11")
	r.table("complaint", "id customer", "30 1", "31 2", "32 3")
	return maps, &estates{map[string]memory{"housing": h, "repairs": r}, map[string]bool{}, map[string]int{}}
}

func itemsOf(f *Found) map[string]string {
	out := map[string]string{}
	for _, it := range f.Items {
		var whose []string
		for _, w := range it.Whose {
			whose = append(whose, string(w))
		}
		out[it.Source+"."+it.Row.Table.Name+" "+it.Row.Values[0].Text] = strings.Join(whose, " ")
	}
	return out
}

// What a second system keeps by the first one's numbers is found from there, and
// what is held together there is shared here.
func TestEdgesAcrossSources(t *testing.T) {
	maps, e := across(t)
	walk := func(person string) map[string]string {
		f, err := Walk(t.Context(), maps, []Start{{Source: "housing", Row: e.sources["housing"].row(t, "person", person), Role: Subject}}, e)
		if err != nil || len(f.Unread) > 0 {
			t.Fatal(err, f.Unread)
		}
		return itemsOf(f)
	}
	want := map[string]string{"housing.person 1": "self", "housing.tenancy t1": "shared", "repairs.job 10": "shared", "repairs.visit 20": "shared", "repairs.complaint 30": "self"}
	if d := cmp.Diff(want, walk("1")); d != "" {
		t.Error(d)
	}
	want = map[string]string{"housing.person 3": "self", "housing.tenancy t3": "self", "repairs.job 11": "self", "repairs.visit 21": "self", "repairs.complaint 32": "self"}
	if d := cmp.Diff(want, walk("3")); d != "" {
		t.Error(d)
	}
}

// A table that fails is a gap, asked once; the rest is answered.
func TestUnreadTableIsAGap(t *testing.T) {
	maps, e := across(t)
	e.failing["repairs.visit"] = true
	f, err := Walk(t.Context(), maps, []Start{{Source: "housing", Row: e.sources["housing"].row(t, "person", "3"), Role: Subject}}, e)
	if err != nil {
		t.Fatal(err)
	}
	want := map[string]string{"housing.person 3": "self", "housing.tenancy t3": "self", "repairs.job 11": "self", "repairs.complaint 32": "self"}
	if d := cmp.Diff(want, itemsOf(f)); d != "" {
		t.Error(d)
	}
	if len(f.Unread) != 1 || f.Unread[0].Table != "visit" || f.Unread[0].Source != "repairs" || e.asked["repairs.visit"] != 1 {
		t.Errorf("unread %v, asked %d times", f.Unread, e.asked["repairs.visit"])
	}
}

// Whose a row is cannot be said while what it hangs below cannot be read: it is
// nobody's alone then.
func TestUnreadHolderIsSomebody(t *testing.T) {
	for name, spoil := range map[string]func(map[string]*Map, *estates){
		"a table that fails":        func(_ map[string]*Map, e *estates) { e.failing["housing.tenancy"] = true },
		"a system that is not open": func(m map[string]*Map, _ *estates) { delete(m, "housing") },
	} {
		t.Run(name, func(t *testing.T) {
			maps, e := across(t)
			spoil(maps, e)
			p, err := People(t.Context(), maps, "repairs", e.sources["repairs"].row(t, "visit", "20"), e)
			if err != nil {
				t.Fatal(err)
			}
			if len(p.Holders) != 1 {
				t.Fatalf("holders %v", p.Holders)
			}
			for id := range p.Holders {
				if !strings.HasSuffix(id.Row, "#unknown") {
					t.Errorf("holder %v", id)
				}
			}
		})
	}
}

func TestAcrossIsHeldAgainstTheOtherSchema(t *testing.T) {
	maps, _ := across(t)
	schema := &rows.Schema{Tables: []rows.Table{{Name: "person", Columns: []rows.Column{{Name: "person_id"}}}}}
	known := func(s string) bool { return s == "housing" || s == "repairs" }
	var got []string
	for _, d := range maps["repairs"].Across(map[string]*rows.Schema{"housing": schema}, known) {
		if !d.Breaks {
			t.Errorf("%v does not break", d)
		}
		got = append(got, d.Table)
	}
	if d := cmp.Diff([]string{"complaint", "job"}, got); d != "" {
		t.Error(d)
	}
	if d := maps["repairs"].Across(nil, known); len(d) > 0 {
		t.Errorf("of a source that is down: %v", d)
	}
	if d := maps["repairs"].Across(nil, func(s string) bool { return s == "repairs" }); len(d) != 2 {
		t.Errorf("of a source that is not there: %v", d)
	}
}
