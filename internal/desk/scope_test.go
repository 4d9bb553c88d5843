package desk

import (
	"errors"
	"strings"
	"testing"

	"tenet/internal/datamap"
	"tenet/internal/find"
	"tenet/internal/notice"
)

// TestScopesAreChecked: a scope that could not be used is told of where tenet.yaml is read.
func TestScopesAreChecked(t *testing.T) {
	good := Scope{ID: "disrepair", Title: "Repairs", Categories: []notice.ID{"repairs"}}
	for name, c := range map[string]struct {
		list []Scope
		want string
	}{
		"good":          {[]Scope{good}, ""},
		"a wrong id":    {[]Scope{{ID: "Dis repair", Title: "x", Categories: good.Categories}}, "cannot name a scope"},
		"no title":      {[]Scope{{ID: "a", Title: " ", Categories: good.Categories}}, "no title"},
		"no categories": {[]Scope{{ID: "a", Title: "x"}}, "no categories"},
		"twice":         {[]Scope{good, good}, "two scopes"},
	} {
		err := Config{Scopes: c.list}.checkScopes()
		var e *Error
		if c.want == "" && err != nil || c.want != "" && (!errors.As(err, &e) || !strings.Contains(e.What, c.want) || e.Mend == "" || !strings.HasPrefix(e.Where, "tenet.yaml: scopes[")) {
			t.Errorf("%s: %v", name, err)
		}
	}
}

// TestScopeLeaves: by the category of the table or of a column; who the person is stays in, and
// what nobody gave a category waits.
func TestScopeLeaves(t *testing.T) {
	s := &Scope{Title: "Repairs", Categories: []notice.ID{"repairs"}}
	own := find.Record{Whose: []datamap.Whose{datamap.Self}}
	for name, c := range map[string]struct {
		s            *Scope
		t            datamap.Table
		stays, waits bool
	}{
		"no scope":          {nil, datamap.Table{Category: "rent"}, false, false},
		"its category":      {s, datamap.Table{Category: "repairs"}, false, false},
		"a column's":        {s, datamap.Table{Category: "rent", Columns: map[string]*datamap.Column{"fault": {Category: "repairs"}}}, false, false},
		"another":           {s, datamap.Table{Category: "rent"}, true, false},
		"another's columns": {s, datamap.Table{Columns: map[string]*datamap.Column{"paid": {Category: "rent"}}}, true, false},
		"none":              {s, datamap.Table{Columns: map[string]*datamap.Column{"note": {}}}, false, true},
		"who the person is": {s, datamap.Table{Category: "identity", People: datamap.Customers}, false, false},
	} {
		stays, waits := c.s.leaves(own, &c.t)
		if (stays != "") != c.stays || (waits != "") != c.waits {
			t.Errorf("%s: stays %q, waits %q", name, stays, waits)
		}
	}
}
