package discover_test

import (
	"context"
	"fmt"
	"iter"
	"os"
	"sort"
	"strings"
	"tenet/internal/datamap"
	"testing"

	"tenet/internal/datamap/discover"
	"tenet/internal/rows"
	"tenet/internal/source"
)

func TestDump(t *testing.T) {
	u := os.Getenv("DUMP")
	if u == "" {
		return
	}
	s, err := source.Open(context.Background(), "x", u, source.Options{})
	if err != nil {
		t.Fatal(err)
	}
	sc, err := s.Schema(context.Background())
	if err != nil {
		t.Fatal(err)
	}
	m, ev, err := discover.Propose(context.Background(), sc, discover.Sampled(discover.Streams{
		Scan: func(ctx context.Context, table string) iter.Seq2[rows.Row, error] {
			return s.Scan(ctx, table, source.ScanOptions{})
		},
		Lookup: s.Lookup,
	}))
	if err != nil {
		t.Fatal(err)
	}
	y, _ := m.Marshal()
	if os.Getenv("YAML") != "" {
		var out []string
		for _, l := range strings.Split(string(y), "\n") {
			if !strings.Contains(l, " why:") {
				out = append(out, l)
			}
		}
		fmt.Println(strings.Join(out, "\n"))
	}
	if os.Getenv("C") != "" {
		fmt.Println(compact(m))
	}
	if os.Getenv("EV") != "" {
		for _, e := range ev {
			fmt.Printf("%.2f %s.%s: %s (%s)\n", e.Confidence, e.Table, e.Column, e.Decision, e.Why)
		}
	}
}

func compact(m *datamap.Map) string {
	var b strings.Builder
	var names []string
	for n := range m.Tables {
		names = append(names, n)
	}
	sort.Strings(names)
	for _, n := range names {
		t := m.Tables[n]
		fmt.Fprintf(&b, "%s [%s]", n, t.Category)
		if t.People != "" {
			fmt.Fprintf(&b, " PEOPLE %s", t.People)
		}
		if t.Refers {
			b.WriteString(" REFERS")
		}
		if t.Bridge {
			b.WriteString(" BRIDGE")
		}
		if t.Skip != "" {
			fmt.Fprintf(&b, " SKIP %s", t.Skip)
		}
		if t.Review != "" {
			fmt.Fprintf(&b, " REVIEW %s", t.Review)
		}
		if len(t.Key) > 0 {
			fmt.Fprintf(&b, " KEY %v", t.Key)
		}
		b.WriteString("\n")
		if t.Identifiers != nil {
			fmt.Fprintf(&b, "    id %+v\n", *t.Identifiers)
		}
		for _, x := range t.Names {
			fmt.Fprintf(&b, "    names %s %v\n", x.Role, x.All())
		}
		for _, e := range t.OwnedBy {
			fmt.Fprintf(&b, "    owned %s %v %s when %v from %s %v\n", e.Table, e.On, e.Role, e.When, e.RoleFrom, e.Roles)
		}
		for _, e := range t.RefersTo {
			fmt.Fprintf(&b, "    refers %s %v %s %v\n", e.Table, e.On, e.Role, e.When)
		}
		for _, e := range t.Occupies {
			fmt.Fprintf(&b, "    occupies %s %v %s-%s\n", e.Place, e.On, e.From, e.Until)
		}
		for _, e := range t.During {
			fmt.Fprintf(&b, "    during %s %v %s-%s\n", e.Place, e.On, e.At, e.Until)
		}
		var cs []string
		for c, x := range t.Columns {
			cs = append(cs, strings.TrimSpace(fmt.Sprintf("%s:%s/%s", c, x.Category, x.Kind)+map[bool]string{true: "/FT"}[x.FreeText]+map[bool]string{true: "/HIDE"}[x.Hide != ""]+map[bool]string{true: "/REV"}[x.Review != ""]))
		}
		sort.Strings(cs)
		if len(cs) > 0 {
			fmt.Fprintf(&b, "    cols %s\n", strings.Join(cs, " "))
		}
	}
	return b.String()
}
