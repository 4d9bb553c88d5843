package datamap

import (
	"fmt"
	"slices"
	"strings"
	"testing"

	"pgregory.net/rapid"
)

// TestStrangers draws maps that name clients and companies, some of whom are not known:
// each who is not is named, with the line on which it stands, and nobody else.
func TestStrangers(t *testing.T) {
	clients, companies := []string{"lantern-row", "netmakers-yard"}, []string{"larkfield"}
	ids := []string{"lantern-row", "netmakers-yard", "larkfield", "tidewater", OwnClient}
	rapid.Check(t, func(rt *rapid.T) {
		lines, want := []string{"source: s"}, []string{}
		note := func(id string, known []string) {
			if !slices.Contains(known, id) {
				want = append(want, fmt.Sprint(len(lines), " ", id))
			}
		}
		lines = append(lines, "tables:")
		for i := range rapid.IntRange(1, 4).Draw(rt, "tables") {
			id := rapid.SampledFrom(ids).Draw(rt, "id")
			lines = append(lines, fmt.Sprintf("  t%d:", i), "    key: id")
			switch rapid.IntRange(0, 2).Draw(rt, "how") {
			case 0:
				lines = append(lines, "    client: "+id)
				note(id, append(slices.Clone(clients), OwnClient))
			case 1:
				lines = append(lines, "    controller: "+id)
				note(id, companies)
			case 2:
				lines = append(lines, "    client-from:", "      column: code", "      clients:", "        "+id+": [X]")
				note(id, append(slices.Clone(clients), OwnClient))
			}
		}
		data := []byte(strings.Join(lines, "\n") + "\n")
		m, err := Parse("s.yaml", data)
		if err != nil {
			rt.Fatal(err)
		}
		got := []string{}
		for _, p := range m.Strangers("s.yaml", data, clients, companies) {
			_, id, _ := strings.Cut(p.What, `"`)
			id, _, _ = strings.Cut(id, `"`)
			got = append(got, fmt.Sprint(p.Line, " ", id))
			if p.Mend == "" || p.File != "s.yaml" {
				rt.Fatalf("%+v", p)
			}
		}
		if !slices.Equal(got, want) {
			rt.Fatalf("%v are not known, not %v, in\n%s", got, want, data)
		}
	})
}
