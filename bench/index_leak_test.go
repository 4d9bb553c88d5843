package bench

import (
	"context"
	"fmt"
	"maps"
	"os"
	"slices"
	"testing"
	"text/tabwriter"

	"tenet/internal/index"
	"tenet/internal/source"
)

// recurrence is how often the tokens of one field of one table recur: what
// somebody who has the index and not its key can count.
type recurrence struct {
	rows   int            // that have any
	counts map[string]int // by value
}

// BenchmarkIndexLeak measures, on the demo's data, what the index tells without
// its key: for each field, how many of its tokens stand in one row and tell
// nothing more, and how many recur a number of times that no other token of the
// field does, so that whoever knows the number knows the token. docs/security.md
// says what follows.
func BenchmarkIndexLeak(b *testing.B) {
	ctx := context.Background()
	l := office(b, sizes[1])
	fields := map[string]*recurrence{}
	for b.Loop() {
		clear(fields)
		for _, name := range slices.Sorted(maps.Keys(l.source)) {
			for _, table := range l.mapped(name) {
				t := l.maps[name].Tables[table]
				for r, err := range l.source[name].Scan(ctx, table, source.ScanOptions{}) {
					if err != nil {
						b.Fatal(err)
					}
					terms := map[string]map[string]bool{} // of this row
					add := func(class string, list []index.Term) {
						for _, term := range list {
							field := fmt.Sprintf("%s.%s\t%s %s", name, table, class, term.Kind)
							if terms[field] == nil {
								terms[field] = map[string]bool{}
							}
							terms[field][term.Value] = true
						}
					}
					add("person", index.Terms(index.Person, index.Known(t.Identifiers, r)))
					for i := range t.Names {
						add("named", index.Terms(index.Named, index.Known(&t.Names[i].Identifiers, r)))
					}
					for column, c := range t.Columns {
						if c.FreeText {
							add("text", index.TextTerms(r.Get(column).Text))
						}
					}
					for field, values := range terms {
						f := fields[field]
						if f == nil {
							f = &recurrence{counts: map[string]int{}}
							fields[field] = f
						}
						f.rows++
						for v := range values {
							f.counts[v]++
						}
					}
				}
			}
		}
	}
	if len(fields) == 0 {
		b.Fatal("nothing is indexed")
	}
	w := tabwriter.NewWriter(os.Stdout, 0, 0, 2, ' ', 0)
	fmt.Fprintln(w, "\nwhat the index tells without its key\nsource.table\tfield\trows\ttokens\tin 1 row\tin 2-9\tin 10-99\tin 100+\tmost often\talone in their number")
	tokens, alone := 0, 0
	for _, field := range slices.Sorted(maps.Keys(fields)) {
		f := fields[field]
		var by [4]int
		most, of := 0, map[int]int{} // how many tokens recur so often
		for _, n := range f.counts {
			switch {
			case n == 1:
				by[0]++
			case n < 10:
				by[1]++
			case n < 100:
				by[2]++
			default:
				by[3]++
			}
			most = max(most, n)
			of[n]++
		}
		single := 0
		for _, n := range of {
			if n == 1 {
				single++
			}
		}
		tokens, alone = tokens+len(f.counts), alone+single
		fmt.Fprintf(w, "%s\t%d\t%d\t%d\t%d\t%d\t%d\t%.0f%% of rows\t%d (%.1f%%)\n", field, f.rows, len(f.counts), by[0], by[1], by[2], by[3],
			100*float64(most)/float64(f.rows), single, 100*float64(single)/float64(len(f.counts)))
	}
	w.Flush()
	b.ReportMetric(float64(tokens), "tokens")
	b.ReportMetric(100*float64(alone)/float64(tokens), "%alone")
}
