package app

import (
	"log/slog"
	"net/http"
	"regexp"
	"runtime"
	"strconv"
	"sync"
	"time"

	"github.com/prometheus/client_golang/prometheus"
	"github.com/prometheus/client_golang/prometheus/collectors"
	"github.com/prometheus/client_golang/prometheus/promhttp"

	"tenet/internal/job"
)

// figures are what a monitor reads. No figure names a person, a case or an address
// that somebody typed: every label has the few values that this program gives it.
type figures struct {
	registry *prometheus.Registry
	requests *prometheus.CounterVec
	took     *prometheus.HistogramVec

	mu    sync.Mutex
	state standing
}

// bounds are the upper ends, in seconds, of the spread of answering times.
var bounds = []float64{.005, .01, .025, .05, .1, .25, .5, 1, 2.5, 5, 10, 30, 60}

// collections counts those of garbage, which the usual figures of Go do not.
var collections = regexp.MustCompile(`^/gc/cycles/total:gc-cycles$`)

func newFigures(version string, now time.Time) *figures {
	f := &figures{
		registry: prometheus.NewRegistry(),
		requests: prometheus.NewCounterVec(prometheus.CounterOpts{
			Name: "tenet_requests_total", Help: "Requests that were answered.",
		}, []string{"face", "method", "route", "status"}),
		took: prometheus.NewHistogramVec(prometheus.HistogramOpts{
			Name: "tenet_request_seconds", Help: "How long answering took.", Buckets: bounds,
		}, []string{"face", "route"}),
	}
	build := prometheus.NewGauge(prometheus.GaugeOpts{
		Name: "tenet_build_info", Help: "The program that runs.", ConstLabels: prometheus.Labels{"version": version, "go": runtime.Version()},
	})
	build.Set(1)
	// The library's own figure of this name needs all of /proc, which the systemd
	// units keep from the service.
	began := prometheus.NewGauge(prometheus.GaugeOpts{Name: "process_start_time_seconds", Help: "When it began, in seconds since 1970."})
	began.Set(seconds(now))
	f.registry.MustRegister(f, f.requests, f.took, build, began,
		collectors.NewGoCollector(collectors.WithGoCollectorRuntimeMetrics(collectors.GoRuntimeMetricsRule{Matcher: collections})))
	return f
}

// request counts one. route and method are those of routes.go.
func (f *figures) request(face, method, route string, status int, took time.Duration) {
	f.requests.WithLabelValues(face, method, route, strconv.Itoa(status)).Inc()
	f.took.WithLabelValues(face, route).Observe(took.Seconds())
}

// saw replaces the state.
func (f *figures) saw(s standing) {
	f.mu.Lock()
	defer f.mu.Unlock()
	f.state = s
}

// handler answers with all of them, in the text format of Prometheus.
func (f *figures) handler(log *slog.Logger) http.Handler {
	return promhttp.HandlerFor(f.registry, promhttp.HandlerOpts{ErrorLog: slog.NewLogLogger(log.Handler(), slog.LevelWarn)})
}

// standing is how the installation was when it was last looked at.
type standing struct {
	at         time.Time // zero before the first look
	cases      map[string]int
	overdue    int
	due        time.Time // the earliest that an answer is due; zero if none is
	jobs       []job.Count
	unnumbered int   // entries of the ledger; no more than unnumberedMax are counted
	size       int64 // of the ledger's tree
	signed     time.Time
	indexed    time.Time // zero if it is not known
	up         map[string]bool
}

// The figures of the state.
var (
	lookedAt   = gauge("tenet_state_timestamp_seconds", "When the figures of the state were last looked at.")
	openCases  = gauge("tenet_cases", "Cases that are open, by how they stand.", "state")
	overdue    = gauge("tenet_cases_overdue", "Open cases whose answer was due before now.")
	earliest   = gauge("tenet_cases_earliest_due_timestamp_seconds", "When the answer is due, or was, that is due first.")
	jobs       = gauge("tenet_jobs", "Work in the background that is not done, by how it stands.", "kind", "state")
	late       = gauge("tenet_jobs_late_seconds", "For how long the job of the kind has been due that has been due longest, with nobody at work on it.", "kind")
	unnumbered = gauge("tenet_ledger_unsequenced", "Entries of the ledger that wait for their number, of the newest "+strconv.Itoa(unnumberedMax)+".")
	entries    = gauge("tenet_ledger_entries", "Entries under the newest checkpoint.")
	signed     = gauge("tenet_ledger_checkpoint_timestamp_seconds", "When the newest checkpoint was signed.")
	indexed    = gauge("tenet_index_written_timestamp_seconds", "When the index was last written.")
	sourceUp   = gauge("tenet_source_up", "1 if the source could be read when it was last looked at.", "source")
)

func gauge(name, help string, labels ...string) *prometheus.Desc {
	return prometheus.NewDesc(name, help, labels, nil)
}

// Describe is part of [prometheus.Collector].
func (f *figures) Describe(to chan<- *prometheus.Desc) {
	for _, d := range []*prometheus.Desc{lookedAt, openCases, overdue, earliest, jobs, late, unnumbered, entries, signed, indexed, sourceUp} {
		to <- d
	}
}

// Collect is part of [prometheus.Collector]. Before the first look there is nothing.
func (f *figures) Collect(to chan<- prometheus.Metric) {
	f.mu.Lock()
	s := f.state // which is replaced, and never changed
	f.mu.Unlock()
	if s.at.IsZero() {
		return
	}
	is := func(d *prometheus.Desc, v float64, labels ...string) {
		to <- prometheus.MustNewConstMetric(d, prometheus.GaugeValue, v, labels...)
	}
	when := func(d *prometheus.Desc, t time.Time) {
		if !t.IsZero() {
			is(d, seconds(t))
		}
	}
	when(lookedAt, s.at)
	for name, n := range s.cases {
		is(openCases, float64(n), name)
	}
	is(overdue, float64(s.overdue))
	when(earliest, s.due)
	longest := map[string]time.Duration{}
	for _, c := range s.jobs {
		is(jobs, float64(c.Jobs), c.Kind, string(c.State))
		longest[c.Kind] = max(longest[c.Kind], c.Late)
	}
	for kind, d := range longest {
		is(late, d.Seconds(), kind)
	}
	is(unnumbered, float64(s.unnumbered))
	is(entries, float64(s.size))
	when(signed, s.signed)
	when(indexed, s.indexed)
	for name, up := range s.up {
		v := 0.0
		if up {
			v = 1
		}
		is(sourceUp, v, name)
	}
}

func seconds(t time.Time) float64 { return float64(t.UnixMilli()) / 1000 }
