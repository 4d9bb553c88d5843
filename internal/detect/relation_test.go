package detect

import (
	"testing"

	"github.com/google/go-cmp/cmp"
)

func TestRelations(t *testing.T) {
	d := Detector{Relations: true, NoNames: true}
	for text, want := range map[string][]string{
		"her eldest son has moved back in":                     {"RELATION her eldest son"},
		"Her son Tyler hit the wall":                           {"RELATION Her son", "PERSON Tyler"},
		"the lady upstairs at number 9 heard it":               {"RELATION the lady upstairs", "ADDRESS number 9"},
		"my neighbour upstairs shouts":                         {"RELATION my neighbour upstairs"},
		"reported by a neighbour on Monday":                    {"RELATION a neighbour"},
		"a neighbour is somebody who lives nearby":             nil,
		"the tenant's daughter rang":                           {"RELATION the tenant's daughter"},
		"the woman from flat 3 came out":                       {"RELATION the woman", "ADDRESS flat 3"},
		"the couple above were polite":                         {"RELATION the couple above"},
		"staying at his sister's":                              {"RELATION his sister"},
		"mum's partner must leave":                             {"RELATION mum's partner"},
		"the tenant must not keep a dog; children are welcome": nil,
		"her sister in law does online":                        {"RELATION her sister in law"},
	} {
		if diff := cmp.Diff(want, found(d.Detect(text))); diff != "" {
			t.Errorf("%q: %s", text, diff)
		}
	}
	if got := (Detector{NoNames: true}).Detect("her eldest son has moved back in"); len(got) > 0 {
		t.Errorf("not asked for: %v", found(got))
	}
}

func TestBodies(t *testing.T) {
	d := Detector{Bodies: true, Known: people}
	got := found(d.Detect("Tom Shaw went to Leeds with Hackney Council"))
	if diff := cmp.Diff([]string{"PERSON Tom Shaw: p2 p6", "LOCATION Leeds", "ORGANISATION Hackney Council"}, got); diff != "" {
		t.Error(diff)
	}
	for _, s := range Detect("Tom Shaw went to Leeds with Hackney Council", people) {
		if s.Type == Location || s.Type == Organisation {
			t.Errorf("not asked for: %v", s)
		}
	}
}

func TestCodesAndHouses(t *testing.T) {
	for text, want := range map[string][]string{
		"police log LOG-0441 and INC-20881":            {"REFERENCE LOG-0441", "REFERENCE INC-20881"},
		"ASB/24-1187 closed, see BAL/9042":             {"REFERENCE ASB/24-1187", "REFERENCE BAL/9042"},
		"COVID-19, A-1, B-17 and 24/7 cover":           nil,
		"chat CH-992011":                               {"REFERENCE CH-992011"},
		"Ref ARAP-11820. Tel 07700 900644":             {"REFERENCE ARAP-11820", "PHONE 07700 900644"},
		"kicking the door of flat 14":                  {"ADDRESS flat 14"},
		"her at number 8 wants it":                     {"ADDRESS number 8"},
		"the number 8 bus, a flat 20 per cent":         nil,
		"Ground Floor Flat, 8 Albany Terrace is damp":  {"ADDRESS Ground Floor Flat, 8 Albany Terrace"},
		"of 30 Baker Street North, and 4 Northam Road": {"ADDRESS 30 Baker Street North", "ADDRESS 4 Northam Road"},
	} {
		if diff := cmp.Diff(want, found(Detector{NoNames: true}.Detect(text))); diff != "" {
			t.Errorf("%q: %s", text, diff)
		}
	}
}
