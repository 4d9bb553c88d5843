package datamap

import (
	"context"
	"testing"

	"github.com/google/go-cmp/cmp"
)

const household = `
source: s
tables:
  letting:
    key: id
    names:
      - {role: subject, ref: code}
      - {role: household, group: "2", name: name2, dob: dob2}
      - {role: household, group: "3", name: name3, dob: dob3}
      - {role: reporter, group: a, name: told1}
      - {role: reporter, group: b, name: told2}
    columns:
      sex2: {role: household, group: "2"}
      sex3: {role: household, group: "3"}
`

// Of several who stand in a row in one role, each is shown the columns that name
// them, and nobody the others'.
func TestGroupsTellPeopleOfOneRoleApart(t *testing.T) {
	m, err := Parse("map.yaml", []byte(household))
	if err != nil {
		t.Fatal(err)
	}
	src := memory{}
	src.table("letting", "id code name2 dob2 sex2 name3 dob3 sex3 told1 told2", "1 T1 Bo 2001-01-01 F Cy 2002-02-02 M Di Ed")
	row := src.row(t, "letting", "1")
	for _, tc := range []struct {
		name  string
		start Start
		whose []Whose
		own   []string
	}{
		{"the tenant", Start{Role: Subject}, []Whose{Self, Shared}, []string{"code"}},
		{"the second of the household", Start{Role: Household, Group: "2"}, []Whose{Mention}, []string{"name2", "dob2", "sex2"}},
		{"the third", Start{Role: Household, Group: "3"}, []Whose{Mention}, []string{"name3", "dob3", "sex3"}},
		{"one of the household, nothing says which", Start{Role: Household}, []Whose{Mention}, nil},
		{"one of two who told", Start{Role: Reporter, Group: "b"}, []Whose{Shared}, []string{"told2"}},
	} {
		t.Run(tc.name, func(t *testing.T) {
			tc.start.Source, tc.start.Row = "s", row
			found, err := Walk(context.Background(), map[string]*Map{"s": m}, []Start{tc.start}, src)
			if err != nil {
				t.Fatal(err)
			}
			if len(found.Items) != 1 {
				t.Fatalf("found %d rows", len(found.Items))
			}
			it := found.Items[0]
			if d := cmp.Diff(tc.whose, it.Whose); d != "" {
				t.Errorf("whose (-want +got):\n%s", d)
			}
			want := map[string][]Whose{}
			for _, c := range []string{"code", "name2", "dob2", "sex2", "name3", "dob3", "sex3", "told1", "told2"} {
				want[c] = []Whose{Other}
			}
			for _, c := range tc.own {
				want[c] = []Whose{Self}
			}
			if d := cmp.Diff(want, it.Fields); d != "" {
				t.Errorf("fields (-want +got):\n%s", d)
			}
		})
	}
}
