package datamap

import (
	"context"
	"fmt"
	"strings"
	"testing"

	"github.com/google/go-cmp/cmp"
	"pgregory.net/rapid"

	"tenet/internal/rows"
)

// Housing knows its properties by reference, the repairs system by UPRN in a table of
// its own, and the sensors system keeps nothing but a UPRN.
const (
	placesHousing = `
source: housing
tables:
  person: {people: yes, key: id, identifiers: {name: name}}
  tenancy:
    key: id
    owned-by: [{table: person, on: {person: id}}]
    refers-to: [{table: property, on: {property: ref}}]
    occupies: [{place: property, on: {property: ref}, from: from, until: until}]
  property: {refers: true, key: ref}
  case: {key: id, owned-by: [{table: person, on: {person: id}}]}
`
	placesRepairs = `
source: repairs
tables:
  site: {refers: true, key: id, same-as: [{table: property, source: housing, on: {uprn: uprn}}]}
  job: {key: id, during: [{place: site, on: {site: id}, at: raised, until: done}]}
  note: {key: id, owned-by: [{table: job, on: {job: id}}]}
`
	placesSensors = `
source: sensors
tables:
  reading: {key: id, during: [{place: property, source: housing, on: {uprn: uprn}, at: at}]}
  letter: {key: id, owned-by: [{table: case, source: housing, on: {case: id}}]}
  page: {key: id, owned-by: [{table: letter, on: {letter: id}}]}
`
)

// Ann lives at p1 from 2020, after Dan; Eve at p2; Fay and Gus at p3 and p4, two flats
// that bear the number of their block.
func placesEstate(t testing.TB) (map[string]*Map, *estates) {
	maps := map[string]*Map{}
	for _, text := range []string{placesHousing, placesRepairs, placesSensors} {
		m := parse(t, text)
		maps[m.Source] = m
	}
	h, r, s := memory{}, memory{}, memory{}
	h.table("person", "id name", "1 Ann", "4 Dan", "5 Eve", "6 Fay", "7 Gus")
	h.table("tenancy", "id person property from until", "10 1 p1 2020-01-01 9999-12-31", "11 4 p1 2015-01-01 2019-12-01", "12 5 p2 2018-01-01 -",
		"13 6 p3 2018-01-01 -", "14 7 p4 2018-01-01 2099-12-31")
	h.table("property", "ref uprn", "p1 100", "p2 200", "p3 300", "p4 300")
	h.table("case", "id person", "c1 1", "c5 5")
	r.table("site", "id uprn", "s1 100", "s2 200", "s3 300")
	r.table("job", "id site raised done", "20 s1 2021-05-05 -", "21 s1 2016-05-05 2016-05-09", "22 s2 2021-05-05 -", "23 s3 2021-05-05 -")
	r.table("note", "id job", "30 20", "31 21", "32 22", "33 23")
	s.table("reading", "id uprn at", "40 100 2022-02-02", "41 100 2017-02-02", "42 200 2022-02-02", "43 300 2022-02-02")
	s.table("letter", "id case", "50 c1", "51 c5")
	s.table("page", "id letter", "60 50", "61 51")
	return maps, &estates{map[string]memory{"housing": h, "repairs": r, "sensors": s}, map[string]bool{}, map[string]int{}}
}

func placesWalk(t testing.TB, maps map[string]*Map, e *estates, person string) *Found {
	t.Helper()
	f, err := Walk(context.Background(), maps, []Start{{Source: "housing", Row: e.sources["housing"].row(t, "person", person), Role: Subject, Why: "given"}}, e)
	if err != nil {
		t.Fatal(err)
	}
	return f
}

// What other systems keep by the place, by a number of their own or by its UPRN, is
// found inside the dates of the occupancy, and what hangs below that; a letter two
// joins away from its person is the person's.
func TestPlacesAcrossSources(t *testing.T) {
	maps, e := placesEstate(t)
	for person, want := range map[string]map[string]string{
		"1": {"housing.person 1": "self", "housing.tenancy 10": "self", "housing.property p1": "reference", "housing.case c1": "self",
			"repairs.job 20": "shared", "repairs.note 30": "shared", "sensors.reading 40": "shared", "sensors.letter 50": "self", "sensors.page 60": "self"},
		"4": {"housing.person 4": "self", "housing.tenancy 11": "self", "housing.property p1": "reference",
			"repairs.job 21": "shared", "repairs.note 31": "shared", "sensors.reading 41": "shared"},
		"5": {"housing.person 5": "self", "housing.tenancy 12": "self", "housing.property p2": "reference", "housing.case c5": "self",
			"repairs.job 22": "shared", "repairs.note 32": "shared", "sensors.reading 42": "shared", "sensors.letter 51": "self", "sensors.page 61": "self"},
		// The number of the block is on both flats: what is kept by it is left alone, and said.
		"6": {"housing.person 6": "self", "housing.tenancy 13": "self", "housing.property p3": "reference"},
		"7": {"housing.person 7": "self", "housing.tenancy 14": "self", "housing.property p4": "reference"},
	} {
		f := placesWalk(t, maps, e, person)
		if d := cmp.Diff(want, itemsOf(f)); d != "" {
			t.Errorf("%s: want -, got +\n%s", person, d)
		}
		if person == "6" {
			var said []string
			for _, n := range f.NotFollowed {
				said = append(said, fmt.Sprintf("%s.%s %d %s", n.Source, n.Table, n.Rows, strings.SplitN(n.Why, ":", 2)[0]))
			}
			if d := cmp.Diff([]string{"repairs.site 1 places that cannot be told apart", "sensors.reading 1 rows kept by a number that several places have"}, said); d != "" {
				t.Error(d)
			}
		}
	}
}

func TestPathsAcrossSourcesInWords(t *testing.T) {
	maps, e := placesEstate(t)
	got := map[string]string{}
	for _, it := range placesWalk(t, maps, e, "1").Items {
		got[it.Row.Table.Name] = strings.Join(it.Path[1:], " → ")
	}
	for table, want := range map[string]string{
		"job":     "owns tenancy (by person) → site of repairs, the same place by uprn → job of repairs at the same place, dated 2021-05-05, inside the occupancy",
		"note":    "owns tenancy (by person) → site of repairs, the same place by uprn → job of repairs at the same place, dated 2021-05-05, inside the occupancy → owns note (by job)",
		"reading": "owns tenancy (by person) → reading of sensors at the same place, dated 2022-02-02, inside the occupancy",
		"page":    "owns case (by person) → owns letter of sensors (by case) → owns page (by letter)",
	} {
		if got[table] != want {
			t.Errorf("%s: %s\nwant %s", table, got[table], want)
		}
	}
}

// A system that is not open, or whose table of places fails, costs its own rows and
// no more.
func TestPlacesUnread(t *testing.T) {
	for name, spoil := range map[string]func(map[string]*Map, *estates){
		"a table that fails":        func(_ map[string]*Map, e *estates) { e.failing["repairs.site"] = true },
		"a system that is not open": func(m map[string]*Map, _ *estates) { delete(m, "repairs") },
	} {
		t.Run(name, func(t *testing.T) {
			maps, e := placesEstate(t)
			spoil(maps, e)
			got := itemsOf(placesWalk(t, maps, e, "1"))
			if got["repairs.job 20"] != "" || got["sensors.reading 40"] != "shared" || got["housing.tenancy 10"] != "self" {
				t.Error(got)
			}
		})
	}
}

// TestNoNeighboursAcrossSources: whatever numbers the systems give their places, no
// row kept by a place is in the answer of somebody who never had that place.
func TestNoNeighboursAcrossSources(t *testing.T) {
	rapid.Check(t, func(t *rapid.T) {
		maps := map[string]*Map{}
		for _, text := range []string{placesHousing, placesRepairs, placesSensors} {
			m, err := Parse("m.yaml", []byte(text))
			if err != nil {
				t.Fatal(err)
			}
			maps[m.Source] = m
		}
		h, r, s := memory{}, memory{}, memory{}
		uprn := rapid.SampledFrom([]string{"100", "200", "300", "-"})
		var people, tenancies, properties, sites, jobs, readings []string
		of := map[string]map[string]bool{} // person → the UPRNs of their places
		shared := map[string]int{}         // UPRN → how many properties
		for i := range 4 {
			u := uprn.Draw(t, "uprn")
			shared[u]++
			people, properties = append(people, fmt.Sprintf("%d x", i)), append(properties, fmt.Sprintf("p%d %s", i, u))
			tenancies = append(tenancies, fmt.Sprintf("%d %d p%d 2020-01-01 -", i, i, i))
			of[fmt.Sprint(i)] = map[string]bool{u: true}
		}
		site := map[string]string{}
		for i := range 4 {
			u := uprn.Draw(t, "uprn of a site")
			sites, site[fmt.Sprint(i)] = append(sites, fmt.Sprintf("s%d %s", i, u)), u
			jobs = append(jobs, fmt.Sprintf("%d s%d 2021-01-01 -", i, i))
			readings = append(readings, fmt.Sprintf("%d %s 2021-01-01", i, uprn.Draw(t, "uprn of a reading")))
		}
		h.table("person", "id name", people...)
		h.table("tenancy", "id person property from until", tenancies...)
		h.table("property", "ref uprn", properties...)
		h.table("case", "id person")
		r.table("site", "id uprn", sites...)
		r.table("job", "id site raised done", jobs...)
		r.table("note", "id job")
		s.table("reading", "id uprn at", readings...)
		s.table("letter", "id case")
		s.table("page", "id letter")
		e := &estates{map[string]memory{"housing": h, "repairs": r, "sensors": s}, map[string]bool{}, map[string]int{}}
		for person := range of {
			start := []Start{{Source: "housing", Row: find(h["person"], person), Role: Subject}}
			f, err := Walk(t.Context(), maps, start, e)
			if err != nil {
				t.Fatal(err)
			}
			for _, it := range f.Items {
				u := ""
				switch it.Row.Table.Name {
				case "job":
					u = site[it.Row.Values[0].Text]
				case "reading":
					u = it.Row.Get("uprn").Text
				default:
					continue
				}
				if !of[person][u] || shared[u] != 1 {
					t.Fatalf("%s has %s, kept by %q, which %d places have", person, it.Row.ID(), u, shared[u])
				}
			}
		}
	})
}

func find(in []rows.Row, key string) rows.Row {
	for _, r := range in {
		if r.Values[0].Text == key {
			return r
		}
	}
	return rows.Row{}
}

// What leads to a place of another system is held against that system's schema, and
// may not name the map's own.
func TestPlacesAreHeldAgainstTheirSchema(t *testing.T) {
	maps, _ := placesEstate(t)
	known := func(s string) bool { return s == "housing" || s == "repairs" || s == "sensors" }
	housing := &rows.Schema{Tables: []rows.Table{{Name: "property", Columns: []rows.Column{{Name: "ref"}}}, {Name: "case", Columns: []rows.Column{{Name: "id"}}}}}
	var got []string
	for _, source := range []string{"repairs", "sensors"} {
		for _, d := range maps[source].Across(map[string]*rows.Schema{"housing": housing}, known) {
			got = append(got, d.Table+": "+d.What)
		}
	}
	want := []string{"site: is joined to property.uprn, and that column is not there", "reading: is joined to property.uprn, and that column is not there"}
	if d := cmp.Diff(want, got); d != "" {
		t.Error(d)
	}
	for what, text := range map[string]string{
		"its own source":    "source: s\ntables:\n  p: {refers: true}\n  j: {during: [{place: p, source: s, on: {a: b}, at: at}]}\n",
		"no such place":     "source: s\ntables:\n  j: {occupies: [{place: p, on: {a: b}, from: at}]}\n",
		"free text by path": "source: s\ntables:\n  t: {columns: {a->$.b: {free-text: true}}}\n",
		"nothing to join":   "source: s\ntables:\n  p: {refers: true, same-as: [{table: q, source: o}]}\n",
	} {
		if _, err := Parse("m.yaml", []byte(text)); err == nil {
			t.Errorf("%s is taken", what)
		}
	}
}
