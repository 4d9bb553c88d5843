package app

import (
	"bufio"
	"cmp"
	"fmt"
	"io"
	"maps"
	"runtime"
	"runtime/metrics"
	"slices"
	"strconv"
	"strings"
	"sync"
	"time"
)

// figures is what a monitor reads, in the text format of Prometheus 0.0.4
// (https://prometheus.io/docs/instrumenting/exposition_formats/). No figure names
// a person, a case or an address that somebody typed: every label has the few
// values that this program gives it.
type figures struct {
	version string
	began   time.Time

	mu       sync.Mutex
	requests map[answered]uint64
	took     map[timed]*spread
	state    standing
}

// answered are the labels of a count of requests, timed those of their times.
type answered struct{ face, method, route, status string }
type timed struct{ face, route string }

// bounds are the upper ends, in seconds, of the spread of answering times.
var bounds = []float64{.005, .01, .025, .05, .1, .25, .5, 1, 2.5, 5, 10, 30, 60}

type spread struct {
	under []uint64 // by bounds, each of its own
	count uint64
	sum   float64
}

// standing is how the installation was when it was last looked at.
type standing struct {
	at         time.Time // zero before the first look
	cases      map[string]int
	overdue    int
	due        time.Time // the earliest that an answer is due; zero if none is
	unnumbered int       // entries of the ledger; no more than unnumberedMax are counted
	size       int64     // of the ledger's tree
	signed     time.Time
	indexed    time.Time // zero if it is not known
	up         map[string]bool
}

func newFigures(version string, now time.Time) *figures {
	return &figures{version: version, began: now, requests: map[answered]uint64{}, took: map[timed]*spread{}}
}

// request counts one. route and method are those of routes.go.
func (f *figures) request(face, method, route string, status int, took time.Duration) {
	f.mu.Lock()
	defer f.mu.Unlock()
	f.requests[answered{face, method, route, strconv.Itoa(status)}]++
	at := timed{face, route}
	s := f.took[at]
	if s == nil {
		s = &spread{under: make([]uint64, len(bounds))}
		f.took[at] = s
	}
	if i, _ := slices.BinarySearch(bounds, took.Seconds()); i < len(bounds) {
		s.under[i]++
	}
	s.count++
	s.sum += took.Seconds()
}

// saw replaces the state.
func (f *figures) saw(s standing) {
	f.mu.Lock()
	defer f.mu.Unlock()
	f.state = s
}

// write writes all of them.
func (f *figures) write(to io.Writer) error {
	f.mu.Lock()
	defer f.mu.Unlock()
	w := page{bufio.NewWriter(to)}

	w.family("tenet_build_info", "gauge", "The program that runs.")
	w.value("tenet_build_info", 1, "version", f.version, "go", runtime.Version())
	w.family("process_start_time_seconds", "gauge", "When it began, in seconds since 1970.")
	w.value("process_start_time_seconds", seconds(f.began))

	w.family("tenet_requests_total", "counter", "Requests that were answered.")
	for _, a := range slices.SortedFunc(maps.Keys(f.requests), func(a, b answered) int {
		return cmp.Or(cmp.Compare(a.face, b.face), cmp.Compare(a.route, b.route), cmp.Compare(a.method, b.method), cmp.Compare(a.status, b.status))
	}) {
		w.value("tenet_requests_total", float64(f.requests[a]), "face", a.face, "method", a.method, "route", a.route, "status", a.status)
	}
	w.family("tenet_request_seconds", "histogram", "How long answering took.")
	for _, a := range slices.SortedFunc(maps.Keys(f.took), func(a, b timed) int {
		return cmp.Or(cmp.Compare(a.face, b.face), cmp.Compare(a.route, b.route))
	}) {
		s, n := f.took[a], uint64(0)
		for i, b := range bounds {
			n += s.under[i]
			w.value("tenet_request_seconds_bucket", float64(n), "face", a.face, "route", a.route, "le", number(b))
		}
		w.value("tenet_request_seconds_bucket", float64(s.count), "face", a.face, "route", a.route, "le", "+Inf")
		w.value("tenet_request_seconds_sum", s.sum, "face", a.face, "route", a.route)
		w.value("tenet_request_seconds_count", float64(s.count), "face", a.face, "route", a.route)
	}
	f.state.write(w)
	w.runtime()
	return w.Flush()
}

func (s standing) write(w page) {
	if s.at.IsZero() {
		return
	}
	w.family("tenet_state_timestamp_seconds", "gauge", "When what follows was last looked at.")
	w.value("tenet_state_timestamp_seconds", seconds(s.at))
	w.family("tenet_cases", "gauge", "Cases that are open, by how they stand.")
	for _, name := range slices.Sorted(maps.Keys(s.cases)) {
		w.value("tenet_cases", float64(s.cases[name]), "state", name)
	}
	w.family("tenet_cases_overdue", "gauge", "Open cases whose answer was due before now.")
	w.value("tenet_cases_overdue", float64(s.overdue))
	if !s.due.IsZero() {
		w.family("tenet_cases_earliest_due_timestamp_seconds", "gauge", "When the answer is due, or was, that is due first.")
		w.value("tenet_cases_earliest_due_timestamp_seconds", seconds(s.due))
	}
	w.family("tenet_ledger_unsequenced", "gauge", "Entries of the ledger that wait for their number, of the newest "+strconv.Itoa(unnumberedMax)+".")
	w.value("tenet_ledger_unsequenced", float64(s.unnumbered))
	w.family("tenet_ledger_entries", "gauge", "Entries under the newest checkpoint.")
	w.value("tenet_ledger_entries", float64(s.size))
	if !s.signed.IsZero() {
		w.family("tenet_ledger_checkpoint_timestamp_seconds", "gauge", "When the newest checkpoint was signed.")
		w.value("tenet_ledger_checkpoint_timestamp_seconds", seconds(s.signed))
	}
	if !s.indexed.IsZero() {
		w.family("tenet_index_written_timestamp_seconds", "gauge", "When the index was last written.")
		w.value("tenet_index_written_timestamp_seconds", seconds(s.indexed))
	}
	w.family("tenet_source_up", "gauge", "1 if the source could be read when it was last looked at.")
	for _, name := range slices.Sorted(maps.Keys(s.up)) {
		up := 0.0
		if s.up[name] {
			up = 1
		}
		w.value("tenet_source_up", up, "source", name)
	}
}

// page is a page of figures.
type page struct{ *bufio.Writer }

func (w page) family(name, kind, help string) {
	fmt.Fprintf(w, "# HELP %s %s\n# TYPE %s %s\n", name, help, name, kind)
}

var quote = strings.NewReplacer(`\`, `\\`, `"`, `\"`, "\n", `\n`)

func (w page) value(name string, v float64, labels ...string) {
	w.WriteString(name)
	for i := 0; i < len(labels); i += 2 {
		w.WriteString(map[bool]string{true: "{", false: ","}[i == 0])
		fmt.Fprintf(w, `%s="%s"`, labels[i], quote.Replace(labels[i+1]))
	}
	if len(labels) > 0 {
		w.WriteString("}")
	}
	fmt.Fprintf(w, " %s\n", number(v))
}

func number(v float64) string { return strconv.FormatFloat(v, 'g', -1, 64) }

func seconds(t time.Time) float64 { return float64(t.UnixMilli()) / 1000 }

// runtime are those of Go itself, under the names that dashboards know.
func (w page) runtime() {
	samples := []metrics.Sample{{Name: "/sched/goroutines:goroutines"}, {Name: "/memory/classes/heap/objects:bytes"}, {Name: "/memory/classes/total:bytes"}, {Name: "/gc/cycles/total:gc-cycles"}}
	metrics.Read(samples)
	for i, m := range []struct{ name, kind, help string }{
		{"go_goroutines", "gauge", "Goroutines that exist."},
		{"go_memstats_alloc_bytes", "gauge", "Bytes of heap that are in use."},
		{"go_memstats_sys_bytes", "gauge", "Bytes taken from the system."},
		{"go_gc_cycles_total_gc_cycles_total", "counter", "Collections of garbage."},
	} {
		w.family(m.name, m.kind, m.help)
		w.value(m.name, float64(samples[i].Value.Uint64()))
	}
}
