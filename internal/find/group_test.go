package find

import (
	"slices"
	"testing"

	"github.com/google/go-cmp/cmp"

	"tenet/internal/datamap"
	"tenet/internal/rows"
)

// lettings is a table of households as they were taken on: two tenants in columns
// of their own, alike in everything but the number.
func lettings() *world {
	w := logged()
	w.maps["crm"].Tables["letting"] = &datamap.Table{Key: datamap.Columns{"id"},
		Names: []datamap.Named{
			{Role: datamap.Subject, Group: "1", Identifiers: datamap.Identifiers{Name: datamap.Columns{"name1"}, DOB: "dob1", Ref: datamap.Columns{"ref1"}}},
			{Role: datamap.Subject, Group: "2", Identifiers: datamap.Identifiers{Name: datamap.Columns{"name2"}, DOB: "dob2", Ref: datamap.Columns{"ref2"}}},
		},
		Columns: map[string]*datamap.Column{"job1": {Role: datamap.Subject, Group: "1"}, "job2": {Role: datamap.Subject, Group: "2"}}}
	r := rows.Row{Table: table("letting", "id", "name1", "dob1", "ref1", "job1", "name2", "dob2", "ref2", "job2"), Key: []string{"id"}}
	for _, v := range []string{"1", "Bo Berg", "1970-01-02", "CUS111", "baker", "Ann Shaw", "1985-03-14", "CUS222", "nurse"} {
		r.Values = append(r.Values, rows.Value{Text: v})
	}
	w.rows["crm"] = append(w.rows["crm"], r)
	return w
}

// TestRepeatedGroups: of two who stand in one row in the same role, each is given
// the columns of the group that names them; and what another group says, a
// reference, leads to nothing of theirs.
func TestRepeatedGroups(t *testing.T) {
	for _, c := range []struct {
		name, dob    string
		own, another []string
		theirs       string
	}{
		{"Ann Shaw", "1985-03-14", []string{"name2", "dob2", "ref2", "job2"}, []string{"name1", "dob1", "ref1", "job1"}, "CUS111"},
		{"Bo Berg", "1970-01-02", []string{"name1", "dob1", "ref1", "job1"}, []string{"name2", "dob2", "ref2", "job2"}, "CUS222"},
	} {
		for _, known := range []bool{true, false} { // in a table of people too, or by these columns alone
			w := lettings()
			if known {
				w.person("crm:1", "name="+c.name, "dob="+c.dob)
			}
			w.person("crm:9", "name=Cy Carr", "dob=1950-05-06")
			w.log("another's", "9", "rang about "+c.theirs)
			a, err := w.finder().Find(t.Context(), ask("name="+c.name, "dob="+c.dob))
			if err != nil {
				t.Fatal(err)
			}
			i := slices.IndexFunc(a.Records, func(r Record) bool { return r.Table == "letting" })
			if i < 0 {
				t.Fatalf("%s: the letting was not found", c.name)
			}
			got := map[bool][]string{}
			for _, column := range append(slices.Clone(c.own), c.another...) {
				self := slices.Equal(a.Records[i].FieldWhose[column], []datamap.Whose{datamap.Self})
				got[self] = append(got[self], column)
			}
			if diff := cmp.Diff(map[bool][]string{true: c.own, false: c.another}, got); diff != "" {
				t.Errorf("%s: the person's own columns: want -, got +\n%s", c.name, diff)
			}
			if got := mentioned(a); len(got) > 0 {
				t.Errorf("%s: by reference were found %v", c.name, got)
			}
		}
	}
}
