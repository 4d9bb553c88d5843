package app

import (
	"fmt"
	"io"
	"log/slog"
	"maps"
	"net/http"
	"net/http/httptest"
	"regexp"
	"slices"
	"strings"
	"testing"
	"time"

	"github.com/google/go-cmp/cmp"

	"tenet/internal/job"
	"tenet/internal/store"
)

// line is one figure of the text format: a name, labels, a value.
var (
	figureLine = regexp.MustCompile(`^([a-z_]+)(\{([a-z_]+="[^"]*",?)*\})? [-+0-9.eInf]+$`)
	labelPart  = regexp.MustCompile(`([a-z_]+)="([^"]*)"`)
)

// read reads the figures at an address, and checks that they are in the format.
func readFigures(t *testing.T, at string) map[string]string {
	t.Helper()
	res, err := http.Get(at + "metrics")
	if err != nil {
		t.Fatal(err)
	}
	defer res.Body.Close()
	body, err := io.ReadAll(res.Body)
	if err != nil || res.StatusCode != http.StatusOK || !strings.HasPrefix(res.Header.Get("Content-Type"), "text/plain; version=0.0.4") {
		t.Fatalf("the figures are a %s (%v): %s", res.Status, err, body)
	}
	out, family := map[string]string{}, ""
	for line := range strings.Lines(string(body)) {
		line = strings.TrimSuffix(line, "\n")
		if name, ok := strings.CutPrefix(line, "# TYPE "); ok {
			family = strings.Fields(name)[0]
			continue
		}
		if strings.HasPrefix(line, "#") {
			continue
		}
		m := figureLine.FindStringSubmatch(line)
		if m == nil || !strings.HasPrefix(m[1], family) {
			t.Fatalf("not a figure of the family %s: %q", family, line)
		}
		i := strings.LastIndexByte(line, ' ')
		if _, twice := out[line[:i]]; twice {
			t.Errorf("%s stands there twice", line[:i])
		}
		out[line[:i]] = line[i+1:]
	}
	return out
}

// values are the values that each label has, but for those of a histogram's ends.
func values(figures map[string]string) map[string][]string {
	seen := map[string]map[string]bool{}
	for name := range figures {
		for _, m := range labelPart.FindAllStringSubmatch(name, -1) {
			if seen[m[1]] == nil {
				seen[m[1]] = map[string]bool{}
			}
			seen[m[1]][m[2]] = true
		}
	}
	out := map[string][]string{}
	for label, v := range seen {
		out[label] = slices.Sorted(maps.Keys(v))
	}
	return out
}

// TestFigures reads them after known traffic on a known workspace, once the state
// behind them has been looked at.
func TestFigures(t *testing.T) {
	w := open(t)
	w.asks(t)
	err := w.Store.Write(t.Context(), func(tx *store.Tx) error {
		_, err := tx.ExecContext(t.Context(), `INSERT INTO job (landlord, kind, key, args, state, tries, added, worker, error)
			VALUES ($1, 'answer', 'no-case', 'null', 'failed', 10, 0, '', '')`, w.Config.Landlord)
		return err
	})
	if err != nil {
		t.Fatal(err)
	}
	w.Config.Metrics = "127.0.0.1:0"
	at := w.servesAll(t, slog.New(slog.DiscardHandler))
	v := visit(t, strings.TrimSuffix(at.Portal, "/"))
	v.get("/notice")
	v.get("/notice")
	got := readFigures(t, at.Metrics)
	for until := time.Now().Add(time.Minute); got["tenet_ledger_entries"] == "" && time.Now().Before(until); {
		got = readFigures(t, at.Metrics)
	}
	for name, want := range map[string]string{
		`tenet_requests_total{face="portal",method="GET",route="/notice",status="200"}`: "2",
		`tenet_request_seconds_bucket{face="portal",route="/notice",le="+Inf"}`:         "2",
		`tenet_request_seconds_count{face="portal",route="/notice"}`:                    "2",
		`tenet_cases{state="drafted"}`:                                                  "1",
		`tenet_cases_overdue`:                                                           "0",
		`tenet_jobs{kind="answer",state="failed"}`:                                      "1",
		`tenet_source_up{source="housing"}`:                                             "1",
		`tenet_source_up{source="letters"}`:                                             "1",
	} {
		if got[name] != want {
			t.Errorf("%s is %q, not %q", name, got[name], want)
		}
	}
	for _, name := range []string{"tenet_cases_earliest_due_timestamp_seconds", "tenet_index_written_timestamp_seconds", "go_goroutines", "go_memstats_sys_bytes", "go_gc_cycles_total_gc_cycles_total", "process_start_time_seconds"} {
		if got[name] == "" || got[name] == "0" {
			t.Errorf("%s is %q", name, got[name])
		}
	}
	for path, want := range map[string]int{"healthz": 200, "readyz": 200, "": 404, "debug/pprof/": 404} {
		res, err := http.Get(at.Metrics + path)
		if err != nil {
			t.Fatal(err)
		}
		res.Body.Close()
		if res.StatusCode != want {
			t.Errorf("/%s is a %d, not a %d", path, res.StatusCode, want)
		}
	}
	// Figures are no page of a face's.
	if res, _ := v.get("/metrics"); res.StatusCode != http.StatusNotFound {
		t.Errorf("the portal answers /metrics with a %d", res.StatusCode)
	}
}

// TestCrawl: whatever is asked for, no label gets a value that it did not have, and
// the figures stay as many as they were.
func TestCrawl(t *testing.T) {
	w := open(t)
	w.Config.Metrics = "127.0.0.1:0"
	at := w.servesAll(t, slog.New(slog.DiscardHandler))
	hostile := func(n int) {
		for _, face := range []string{at.Portal, at.Console} {
			for i := range n {
				for _, path := range []string{
					"cases/%d", "cases/zebedee-%d/found", "zebedee%d@example.org", "request/%d", "found/%d/cases", "notice/%d?x=%[1]d", "%%00%d", "a/b/c/d/e/f/g/%d", "assets/%d", "..%%2f%d", "cases/%d\"}x{y=\"",
				} {
					for _, m := range []string{"GET", "POST", fmt.Sprintf("ZEBEDEE%d", i)} {
						r, err := http.NewRequestWithContext(t.Context(), m, face+fmt.Sprintf(path, i), nil)
						if err != nil {
							continue // not even a client would send it
						}
						r.Header.Set("User-Agent", fmt.Sprintf("zebedee %d", i))
						r.Host = fmt.Sprintf("zebedee%d.example", i)
						if res, err := http.DefaultTransport.RoundTrip(r); err == nil {
							res.Body.Close()
						}
					}
				}
			}
		}
	}
	hostile(1)
	before := readFigures(t, at.Metrics)
	hostile(20)
	after := readFigures(t, at.Metrics)
	a, b := values(before), values(after)
	for _, stateful := range []string{"state", "source", "kind"} { // the first look may have come between
		delete(a, stateful)
		delete(b, stateful)
	}
	if diff := cmp.Diff(a, b); diff != "" {
		t.Errorf("labels got values from a crawl (-before +after):\n%s", diff)
	}
	for name := range after {
		if strings.Contains(strings.ToLower(name), "zebedee") {
			t.Errorf("a figure is called %s", name)
		}
	}
}

// page are the figures as a monitor gets them.
func page(t *testing.T, f *figures) string {
	t.Helper()
	w := httptest.NewRecorder()
	f.handler(slog.New(slog.DiscardHandler)).ServeHTTP(w, httptest.NewRequest(http.MethodGet, "/metrics", nil))
	if w.Code != http.StatusOK {
		t.Fatalf("the figures are a %d: %s", w.Code, w.Body)
	}
	return w.Body.String()
}

func TestFiguresSpread(t *testing.T) {
	f := newFigures("test", now)
	for _, took := range []time.Duration{0, 5 * time.Millisecond, 6 * time.Millisecond, 20 * time.Second, time.Hour} {
		f.request("portal", "GET", "/", 200, took)
	}
	got := page(t, f)
	for _, want := range []string{
		`_bucket{face="portal",route="/",le="0.005"} 2`, `_bucket{face="portal",route="/",le="0.01"} 3`, `_bucket{face="portal",route="/",le="30"} 4`,
		`_bucket{face="portal",route="/",le="60"} 4`, `_bucket{face="portal",route="/",le="+Inf"} 5`, `_sum{face="portal",route="/"} 3620.011`, `_count{face="portal",route="/"} 5`,
	} {
		if !strings.Contains(got, want+"\n") {
			t.Errorf("the figures lack %s:\n%s", want, got)
		}
	}
	if strings.Contains(got, "tenet_cases") {
		t.Error("cases are counted before anybody looked")
	}
}

// TestFiguresState: a state is shown whole, and the next one leaves nothing of it.
func TestFiguresState(t *testing.T) {
	f := newFigures("test", now)
	f.saw(standing{at: now, cases: map[string]int{"drafted": 2}, overdue: 1, due: now, unnumbered: 3, size: 4, signed: now, indexed: now,
		up: map[string]bool{"housing": true, "letters": false},
		jobs: []job.Count{
			{Kind: "answer", State: job.Failed, Jobs: 2},
			{Kind: "answer", State: job.Waiting, Jobs: 3, Late: 90 * time.Second},
			{Kind: "look", State: job.Waiting, Jobs: 1},
		}})
	got := page(t, f)
	for _, want := range []string{
		`tenet_cases{state="drafted"} 2`, `tenet_cases_overdue 1`, `tenet_ledger_unsequenced 3`, `tenet_ledger_entries 4`,
		`tenet_jobs{kind="answer",state="failed"} 2`, `tenet_jobs{kind="answer",state="waiting"} 3`, `tenet_jobs{kind="look",state="waiting"} 1`,
		`tenet_jobs_late_seconds{kind="answer"} 90`, `tenet_jobs_late_seconds{kind="look"} 0`,
		`tenet_source_up{source="housing"} 1`, `tenet_source_up{source="letters"} 0`,
		`tenet_index_written_timestamp_seconds `, `tenet_cases_earliest_due_timestamp_seconds `, `tenet_ledger_checkpoint_timestamp_seconds `,
	} {
		if !strings.Contains(got, "\n"+want) {
			t.Errorf("the figures lack %s:\n%s", want, got)
		}
	}
	f.saw(standing{at: now})
	got = page(t, f)
	for _, gone := range []string{"tenet_cases{", "tenet_jobs", "tenet_source_up", "earliest_due", "tenet_index"} {
		if strings.Contains(got, gone) {
			t.Errorf("%s is still there:\n%s", gone, got)
		}
	}
}
