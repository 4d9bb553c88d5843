package promise

import (
	"strings"
	"testing"

	"tenet/internal/notice"
)

// TestTable: each promise of each pack has its row, and names a rule of the folder that
// carries it out. Only an aim or an explanation, which nothing can show, may have none.
func TestTable(t *testing.T) {
	for _, pack := range []string{"larkfield", "harbourside", "northmoor", "potters-green", "stonebeck", "wrenfield"} {
		from, err := notice.Pack(pack)
		if err != nil {
			t.Fatal(err)
		}
		n, err := notice.Load(from)
		if err != nil {
			t.Fatal(err)
		}
		order, _ := promises(n)
		table := Markdown(n, map[notice.ID]Result{order[0]: {Status: Unproven, Evidence: []Evidence{{Status: Unproven, Cause: NoMap}}}})
		rows := strings.Split(strings.TrimSpace(table), "\n")[2:]
		if len(rows) != len(order) {
			t.Errorf("%s: %d rows for %d promises", pack, len(rows), len(order))
		}
		for i, row := range rows {
			if strings.Count(row, " | ") != 4 || !strings.Contains(row, "`"+string(order[i])+"`") {
				t.Errorf("%s: %s", pack, row)
			}
			if strings.Contains(row, "words only") && !strings.Contains(row, "| not checkable: ") {
				t.Errorf("%s: no rule carries it out: %s", pack, row)
			}
		}
		if !strings.HasSuffix(rows[0], "| unproven: no map says so |") || !strings.HasSuffix(rows[1], "| not looked at |") {
			t.Errorf("%s: verdicts are\n%s\n%s", pack, rows[0], rows[1])
		}
	}
}
