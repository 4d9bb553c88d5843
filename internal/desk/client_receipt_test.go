package desk

import (
	"database/sql"
	"os"
	"slices"
	"strings"
	"testing"

	"tenet/internal/cases"
	"tenet/internal/law"
)

// TestRoutedAtReceipt: a case says by itself, once, whose customer it is about; where
// nobody can tell somebody has the task to find out; general information is nobody's.
func TestRoutedAtReceipt(t *testing.T) {
	d := agentOffice(t, func(db *sql.DB) {
		insert(t, db, `INSERT INTO person VALUES (1, 'Orla Finch', '1971-05-06', 'orla@example.org', 'LR'), (2, 'Piers Wren', '1990-01-01', 'piers@example.org', 'HB'),
			(3, 'Una Quill', '1980-02-02', 'una@example.org', 'LR'), (4, 'Una Quill', '1980-02-02', 'una2@example.org', 'NY')`)
	})
	ctx := t.Context()
	opens := func(kind law.Kind, q Query, once string) cases.Case {
		t.Helper()
		k, err := d.OpenCase(ctx, NewCase{Query: q, Kind: string(kind), Channel: "mail", Asked: "Please.", By: "s1", Once: once})
		if err != nil {
			t.Fatal(err)
		}
		return k
	}
	places := func(k cases.Case) (out []string) {
		t.Helper()
		all, err := d.Cases.Tasks(ctx, k.ID)
		if err != nil {
			t.Fatal(err)
		}
		for _, x := range all {
			if x.Sort == cases.TaskTell || x.Place == routePlace {
				out = append(out, x.Place)
			}
		}
		return out
	}
	for what, c := range map[string]struct {
		kind law.Kind
		q    Query
		want string
	}{
		"a client's":          {law.KindAccess, Query{Name: "Orla Finch", Email: "orla@example.org"}, "lantern-row"},
		"a client's consent":  {law.KindWithdrawal, Query{Name: "Orla Finch", Email: "orla@example.org"}, "lantern-row"},
		"our own":             {law.KindErasure, Query{Name: "Piers Wren", Email: "piers@example.org"}, ""},
		"two clients'":        {law.KindDataComplaint, Query{Name: "Una Quill", DOB: "1980-02-02"}, routePlace},
		"nobody's":            {law.KindAccess, Query{Name: "Zebedee Nowhere", Email: "z@example.org"}, routePlace},
		"general information": {law.KindEIR, Query{Name: "Orla Finch", Email: "orla@example.org"}, ""},
	} {
		k := opens(c.kind, c.q, what)
		if again := opens(c.kind, c.q, what); again.ID != k.ID {
			t.Errorf("%s: opened twice", what)
		}
		if got := strings.Join(places(k), " "); got != c.want {
			t.Errorf("%s: routed to %q, want %q", what, got, c.want)
		}
	}
	k := opens(law.KindErasure, Query{Name: "Piers Wren", Email: "piers@example.org"}, "our own")
	events, err := d.Cases.History(ctx, k.ID, 0, 100)
	if err != nil || !slices.ContainsFunc(events, func(e cases.Event) bool { return e.By == "system" && strings.Contains(e.Words, "our own customer") }) {
		t.Errorf("the case does not say that it is ours: %+v, %v", events, err)
	}

	// A system that is down does not keep a case from being opened.
	sys, err := d.System("housing")
	if err != nil {
		t.Fatal(err)
	}
	if err := os.Remove(strings.TrimPrefix(sys.URL, "sqlite:")); err != nil {
		t.Fatal(err)
	}
	k = opens(law.KindAccess, Query{Name: "Orla Finch", DOB: "1971-05-06"}, "down")
	if got := places(k); len(got) != 1 || got[0] != routePlace {
		t.Errorf("while the system is down: %v", got)
	}
}
