package bench

import (
	"cmp"
	"context"
	"flag"
	"fmt"
	"maps"
	"math"
	"os"
	"path/filepath"
	"slices"
	"strings"
	"testing"
	"text/tabwriter"
	"time"

	"tenet/internal/datamap"
	"tenet/internal/demo"
	"tenet/internal/desk"
	"tenet/internal/find"
	"tenet/internal/index"
	"tenet/internal/source"
)

// sizes of the fictional landlord, in homes. The larger is ten times the smaller,
// and the tenant who is searched for is the same in both.
var sizes = []int{300, 3000}

func TestMain(m *testing.M) {
	if what := os.Getenv(aloneEnv); what != "" {
		os.Exit(readAlone(what))
	}
	flag.Parse()
	code := m.Run()
	for _, l := range landlords {
		l.close()
	}
	printRatios()
	os.Exit(code)
}

// A ratio is one figure of ours beside another.
type ratio struct {
	what         string
	ours, beside string
	than         string  // what it stands beside
	times        float64 // NaN where that is not here
}

// ratios are those measured in this run, by name: a benchmark may run several
// times, and its last run counts.
var ratios = map[string]ratio{}

func compare(r ratio) { ratios[r.what+r.than] = r }

func printRatios() {
	if len(ratios) == 0 {
		return
	}
	fmt.Println()
	w := tabwriter.NewWriter(os.Stdout, 0, 0, 2, ' ', 0)
	fmt.Fprintln(w, "what\tours\tbeside\tratio\tbeside what")
	for _, k := range slices.Sorted(maps.Keys(ratios)) {
		r := ratios[k]
		times := "-" // there was nothing to stand beside
		if !math.IsNaN(r.times) {
			times = fmt.Sprintf("%.3g", r.times)
		}
		fmt.Fprintf(w, "%s\t%s\t%s\t%s\t%s\n", r.what, r.ours, r.beside, times, r.than)
	}
	w.Flush()
}

// once times something the benchmark is held against: the best of three.
func once(b *testing.B, fn func()) time.Duration {
	b.Helper()
	best := time.Duration(1<<63 - 1)
	for range 3 {
		start := time.Now()
		fn()
		best = min(best, time.Since(start))
	}
	return best
}

// per is the time of one operation of a benchmark that has run.
func per(b *testing.B) time.Duration { return b.Elapsed() / time.Duration(b.N) }

func short(d time.Duration) string {
	return d.Round(max(1, d/1000)).String()
}

// landlord is a fictional one with its office: mapped and indexed.
type landlord struct {
	dir    string
	world  *demo.World
	desk   *desk.Desk
	maps   map[string]*datamap.Map
	source map[string]source.Source
	index  *index.Index
}

var landlords = map[int]*landlord{}

// office is the landlord of that many homes, built when it is first asked for.
func office(b *testing.B, homes int) *landlord {
	b.Helper()
	if l := landlords[homes]; l != nil {
		return l
	}
	must := func(err error) {
		b.Helper()
		if err != nil {
			b.Fatal(err)
		}
	}
	ctx := context.Background()
	dir, err := os.MkdirTemp("", "tenet-bench-")
	must(err)
	l := &landlord{dir: dir, maps: map[string]*datamap.Map{}, source: map[string]source.Source{}}
	landlords[homes] = l
	l.world, err = demo.Build(ctx, filepath.Join(dir, "landlord"), demo.Options{Homes: homes}, nil)
	must(err)
	at := filepath.Join(dir, "office")
	must(desk.Init(ctx, at, "", os.Getenv))
	l.desk, err = desk.Open(ctx, at, os.Getenv)
	must(err)
	for _, s := range l.world.Sources() {
		sys := desk.System{Name: s.Name, URL: s.URL}
		must(l.desk.AddSource(sys))
		_, err := l.desk.Discover(ctx, sys, true)
		must(err)
		l.maps[s.Name], err = l.desk.Map(s.Name)
		must(err)
		m := l.maps[s.Name]
		l.source[s.Name], err = source.Open(ctx, s.Name, s.URL, source.Options{Keys: func(table string) []string {
			if t := m.Tables[table]; t != nil {
				return t.Key
			}
			return nil
		}})
		must(err)
	}
	_, err = l.desk.Index(ctx, false, nil)
	must(err)
	k := l.desk.Keys.Index()
	l.index, err = index.Open(ctx, filepath.Join(at, "index.db"), l.desk.Config.Landlord, k.Key.Reveal(), fmt.Sprint(k.Epoch))
	must(err)
	return l
}

func (l *landlord) close() {
	for _, s := range l.source {
		s.Close()
	}
	if l.index != nil {
		l.index.Close()
	}
	if l.desk != nil {
		l.desk.Close()
	}
	os.RemoveAll(l.dir)
}

func (l *landlord) finder() *find.Finder {
	f := &find.Finder{Maps: l.maps, Sources: map[string]find.Source{}, Index: l.index}
	for name, s := range l.source {
		f.Sources[name] = s
	}
	return f
}

// mapped are the tables of a source that the map does not leave out, in order.
func (l *landlord) mapped(name string) []string {
	var out []string
	for table, t := range l.maps[name].Tables {
		if t.Skip == "" {
			out = append(out, table)
		}
	}
	slices.SortFunc(out, cmp.Compare[string])
	return out
}

// scan reads every mapped table of a source, and gives its rows and the bytes of their text.
func (l *landlord) scan(b *testing.B, name string) (n, size int) {
	b.Helper()
	for _, table := range l.mapped(name) {
		for r, err := range l.source[name].Scan(context.Background(), table, source.ScanOptions{}) {
			if err != nil {
				b.Fatal(err)
			}
			n++
			for _, v := range r.Values {
				size += len(v.Text)
			}
		}
	}
	return n, size
}

// notes are the free text of the landlord's housing system, up to so many bytes.
func (l *landlord) notes(b *testing.B, limit int) string {
	b.Helper()
	var out strings.Builder
	for _, table := range l.mapped("housing") {
		t := l.maps["housing"].Tables[table]
		for r, err := range l.source["housing"].Scan(context.Background(), table, source.ScanOptions{}) {
			if err != nil {
				b.Fatal(err)
			}
			for _, c := range r.Table.Columns {
				if col := t.Columns[c.Name]; col != nil && col.FreeText {
					out.WriteString(r.Get(c.Name).Text)
					out.WriteByte('\n')
				}
			}
			if out.Len() > limit {
				return out.String()
			}
		}
	}
	return out.String()
}
