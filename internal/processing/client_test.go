package processing

import (
	"strings"
	"testing"

	"tenet/internal/notice"
)

// TestClientsPeriods: on the record that is kept for a client stand its own periods and no
// other's, and what it has given none for is a gap; on ours stand ours.
func TestClientsPeriods(t *testing.T) {
	n := load(t, "harbourside")
	n.Keeping.Triggers = []notice.Trigger{{ID: "end", Title: "your tenancy ends"}}
	n.Keeping.Rules = nil
	for _, client := range []notice.ID{"", "lantern-row"} {
		r := notice.KeepRule{ID: "rule-" + client, Title: "Kept for " + string(client), Client: client, Trigger: "end", Period: "P6Y", Action: notice.Delete, Why: "It says so"}
		for _, c := range n.Data.Categories {
			r.Categories = append(r.Categories, c.ID)
		}
		n.Keeping.Rules = append(n.Keeping.Rules, r)
	}
	for _, x := range []struct {
		scope Scope
		rule  notice.ID // the one that stands on each line; empty for a gap
	}{
		{Scope{As: notice.AsController}, "rule-"},
		{Scope{As: notice.AsProcessor, Body: "lantern-row"}, "rule-lantern-row"},
		{Scope{As: notice.AsProcessor, Body: "netmakers-yard"}, ""},
	} {
		r := make1(t, n, Holdings{Looked: true}, x.scope)
		if len(r.Rows) == 0 {
			t.Fatalf("%+v: the record is empty", x.scope)
		}
		for _, row := range r.Rows {
			cell := row.Cell(colRetention)
			gap := false
			for _, g := range row.Gaps {
				gap = gap || g.Kind == NoRetention && strings.Contains(g.Mend, "client: "+string(x.scope.Body))
			}
			switch {
			case x.rule == "" && (len(cell.Entries) != 0 || !gap):
				t.Errorf("%s of %s, which gave no period, has %q, a gap: %v", row.Use, row.Body, cell.Text(), gap)
			case x.rule != "" && (len(cell.Entries) != 1 || cell.Entries[0].ID != x.rule || gap):
				t.Errorf("%s of %q has %q, a gap: %v", row.Use, row.Body, cell.Text(), gap)
			}
		}
	}
}
