package find

import (
	"testing"

	"github.com/google/go-cmp/cmp"
	"github.com/google/go-cmp/cmp/cmpopts"

	"tenet/internal/datamap"
	"tenet/internal/rows"
)

// tied is Ann, who has a tenancy together with Bob, whose daughter lives there, whose
// sister is to be rung, and of whose repair a neighbour told.
func tied() *world {
	w := newWorld("h")
	m := w.maps["h"].Tables
	m["party"] = &datamap.Table{Bridge: true, Key: datamap.Columns{"id"}, OwnedBy: datamap.Edges{{Table: "person", On: map[string]string{"person": "id"}, RoleFrom: "as",
		Roles: map[datamap.Role][]string{datamap.Subject: {"T"}, datamap.Joint: {"J"}, datamap.Household: {"H"}}}}}
	m["tenancy"] = &datamap.Table{Key: datamap.Columns{"id"}, OwnedBy: datamap.Edges{{Table: "party", On: map[string]string{"id": "tenancy"}}},
		Occupies: []datamap.Occupancy{{Place: "home", On: map[string]string{"home": "id"}, From: "start"}}}
	m["entry"] = &datamap.Table{Key: datamap.Columns{"id"}, OwnedBy: datamap.Edges{{Table: "tenancy", On: map[string]string{"tenancy": "id"}}}}
	m["kin"] = &datamap.Table{People: datamap.ContactsOf, Key: datamap.Columns{"id"}, Identifiers: &datamap.Identifiers{Name: datamap.Columns{"name"}},
		OwnedBy: datamap.Edges{{Table: "person", On: map[string]string{"person": "id"}, Role: datamap.Contact}}}
	m["repair"] = &datamap.Table{Key: datamap.Columns{"id"}, OwnedBy: datamap.Edges{{Table: "person", On: map[string]string{"person": "id"}}},
		Names: []datamap.Named{{Role: datamap.Reporter, Identifiers: datamap.Identifiers{Name: datamap.Columns{"who"}}}}}
	w.person("h:1", "name=Ann Shaw", "dob=1985-03-14")
	w.person("h:2", "name=Bob Larter", "dob=1983-01-02")
	w.person("h:3", "name=Zoe Larter", "dob=2015-05-05")
	row := func(name string, columns []string, values ...string) {
		r := rows.Row{Table: table(name, columns...), Key: []string{"id"}}
		for _, v := range values {
			r.Values = append(r.Values, rows.Value{Text: v})
		}
		w.rows["h"] = append(w.rows["h"], r)
	}
	for i, as := range []string{"T", "J", "H"} {
		row("party", []string{"id", "person", "tenancy", "as"}, string(rune('1'+i)), string(rune('1'+i)), "7", as)
	}
	row("tenancy", []string{"id", "home", "start"}, "7", "70", "2020-02-01")
	row("entry", []string{"id", "tenancy"}, "8", "7")
	row("kin", []string{"id", "name", "person"}, "9", "Carol Shaw", "1")
	row("repair", []string{"id", "person", "who"}, "10", "1", "Oswin Thrale")
	return w
}

func TestLinks(t *testing.T) {
	w := tied()
	a, err := w.finder().Find(t.Context(), ask("name=Ann Shaw", "dob=1985-03-14"))
	if err != nil {
		t.Fatal(err)
	}
	want := []Link{
		{Kind: datamap.Reporter, In: "h:repair/id=10", Source: "h"},
		{Kind: datamap.Joint, Record: "h:person/id=2", In: "h:tenancy/id=7", Source: "h", Since: "2020-02-01"},
		{Kind: datamap.Household, Record: "h:person/id=3", In: "h:tenancy/id=7", Source: "h", Since: "2020-02-01"},
		{Kind: datamap.Contact, Record: "h:kin/id=9", In: "h:kin/id=9", Source: "h"},
	}
	order := cmpopts.SortSlices(func(x, y Link) bool { return x.Kind < y.Kind })
	if diff := cmp.Diff(want, a.Links, order, cmpopts.IgnoreUnexported(Link{}), cmpopts.IgnoreFields(Link{}, "Why")); diff != "" {
		t.Error(diff)
	}
	for _, r := range a.Records {
		if r.Table == "kin" || r.Table == "person" && r.Key["id"] != "1" {
			t.Errorf("a link made %s a record of hers", r.ID())
		}
	}
	// Seen from the other side: Carol is somebody's sister, and not the tenant.
	if a, err = w.finder().Find(t.Context(), ask("name=Carol Shaw")); err != nil {
		t.Fatal(err)
	}
	if len(a.Links) != 1 || a.Links[0].Record != "h:person/id=1" || a.Links[0].Kind != datamap.Contact {
		t.Errorf("%+v", a.Links)
	}
}
