package source

import (
	"context"
	"errors"
	"fmt"
	"iter"
	"slices"
	"strings"
	"testing"
	"time"

	"github.com/google/go-cmp/cmp"
	"pgregory.net/rapid"

	"tenet/internal/rows"
)

func TestHoursRead(t *testing.T) {
	for _, good := range []string{"20:00-06:00", "09:15-17:45", "00:00-00:01"} {
		if h, err := readHours(good); err != nil || h.String() != good {
			t.Errorf("%s: %s, %v", good, h, err)
		}
	}
	for _, bad := range []string{"", "20-06", "20:00", "20:00-24:00", "20:00-06:60", "06:00-06:00", "20:00–06:00", "20:00-06:00 ", "8:00-16:00", "night"} {
		if _, err := readHours(bad); !errors.Is(err, errHours) {
			t.Errorf("%q: %v", bad, err)
		}
	}
}

// The clock goes forward on 29 March 2026 at 01:00, and back on 25 October at 02:00.
func TestHours(t *testing.T) {
	for _, tt := range []struct {
		hours, now string // in UTC
		in         bool
		change     string
	}{
		{"20:00-06:00", "2026-01-10T19:59:59Z", false, "2026-01-10T20:00:00Z"},
		{"20:00-06:00", "2026-01-10T20:00:00Z", true, "2026-01-11T06:00:00Z"},
		{"20:00-06:00", "2026-01-11T00:30:00Z", true, "2026-01-11T06:00:00Z"},
		{"20:00-06:00", "2026-01-11T06:00:00Z", false, "2026-01-11T20:00:00Z"},
		{"20:00-06:00", "2026-07-01T18:30:00Z", false, "2026-07-01T19:00:00Z"}, // British Summer Time
		{"09:00-17:00", "2026-07-01T08:00:00Z", true, "2026-07-01T16:00:00Z"},
		{"09:00-17:00", "2026-07-01T16:00:01Z", false, "2026-07-02T08:00:00Z"},
		{"20:00-06:00", "2026-03-28T21:00:00Z", true, "2026-03-29T05:00:00Z"},  // an hour is left out
		{"20:00-06:00", "2026-10-24T21:00:00Z", true, "2026-10-25T06:00:00Z"},  // an hour comes twice
		{"01:15-01:45", "2026-03-28T12:00:00Z", false, "2026-03-30T00:15:00Z"}, // that night there is no such time
		{"01:15-01:45", "2026-10-24T12:00:00Z", false, "2026-10-25T00:15:00Z"},
		{"01:15-01:45", "2026-10-25T00:50:00Z", false, "2026-10-25T01:15:00Z"}, // and then it comes again
	} {
		h, err := readHours(tt.hours)
		if err != nil {
			t.Fatal(err)
		}
		now, _ := time.Parse(time.RFC3339, tt.now)
		if in, change := h.in(now), h.change(now).UTC().Format(time.RFC3339); in != tt.in || change != tt.change {
			t.Errorf("%s at %s: %v until %s, want %v until %s", tt.hours, tt.now, in, change, tt.in, tt.change)
		}
	}
}

// Until the change it is as it is now, and then it is not.
func TestHoursProperty(t *testing.T) {
	rapid.Check(t, func(t *rapid.T) {
		from := rapid.IntRange(0, 1439).Draw(t, "from")
		to := (from + rapid.IntRange(1, 1439).Draw(t, "length")) % 1440
		h, err := readHours(hours{from: from, to: to}.String())
		if err != nil {
			t.Fatal(err)
		}
		now := time.Date(2026, 1, 1, 0, 0, rapid.IntRange(0, 366*86400).Draw(t, "second"), 0, time.UTC)
		change := h.change(now)
		if change.IsZero() || !change.After(now) || h.in(change) == h.in(now) || h.in(change.Add(-time.Second)) != h.in(now) {
			t.Errorf("%s at %s: %v, and %v at %s", h, now, h.in(now), h.in(change), change)
		}
	})
}

func TestPace(t *testing.T) {
	const ms = time.Millisecond
	p := pacer{share: 0.5}
	for i, tt := range []struct{ took, idle, want time.Duration }{
		{100 * ms, 0, 0}, // the first: nothing is known yet
		{100 * ms, 0, 0},
		{149 * ms, 0, 0},                // a little slow is nothing
		{175 * ms, 0, 87500 * 1000},     // half way to slow
		{200 * ms, 0, 200 * ms},         // slow: as long again
		{1000 * ms, 0, 1000 * ms},       // however slow
		{1000 * ms, 400 * ms, 600 * ms}, // less what the reader left it alone for
		{1000 * ms, 3000 * ms, 0},
		{100 * ms, 0, 0},
	} {
		// What was usual has risen a little by then.
		if got := p.rest(500, tt.took, tt.idle); got > tt.want || float64(got) < 0.97*float64(tt.want) {
			t.Errorf("%d: rests %s, want %s", i, got, tt.want)
		}
	}
	if p := (pacer{share: 1}); p.rest(500, ms, 0)+p.rest(500, time.Hour, 0) != 0 {
		t.Error("rests where it is switched off")
	}
}

// Of a system that has become slow a scan takes its share and no more, for an hour at
// least; of one that is as ever, all; and it never rests longer than the share asks for.
func TestPaceProperty(t *testing.T) {
	rapid.Check(t, func(t *rapid.T) {
		p := pacer{share: float64(rapid.IntRange(5, 95).Draw(t, "percent")) / 100}
		usual := time.Duration(rapid.IntRange(50, 5000).Draw(t, "usual")) * time.Millisecond
		jitter := func() time.Duration {
			return usual * time.Duration(rapid.IntRange(90, 110).Draw(t, "jitter")) / 100
		}
		for range 50 {
			if d := p.rest(500, jitter(), 0); d != 0 {
				t.Fatalf("rests %s of a system that is as ever", d)
			}
		}
		times := rapid.Float64Range(6, 100).Draw(t, "times slower")
		var took, all time.Duration
		for all < time.Hour {
			step := time.Duration(float64(jitter()) * times)
			d := p.rest(500, step, 0)
			if most := time.Duration(float64(step)*(1/p.share-1)) + 1; d < 0 || d > most {
				t.Fatalf("rests %s after %s, which is more than %s", d, step, most)
			}
			took += step
			all += step + d
		}
		if got := took.Seconds() / all.Seconds(); got > p.share+0.01 {
			t.Errorf("takes %.3f of a slow system's time, and not %.2f", got, p.share)
		}
	})
}

// testClock is moved by hand, and by those who sleep.
type testClock struct {
	at    time.Time
	slept []time.Duration
	wake  error
}

func (c *testClock) now() time.Time { return c.at }

func (c *testClock) sleep(_ context.Context, d time.Duration) error {
	c.slept = append(c.slept, d)
	c.at = c.at.Add(d)
	return c.wake
}

// slowSource gives rows, each of which takes its time.
type slowSource struct {
	Source
	clock *testClock
	rows  int
	each  func(i int) time.Duration
}

func (s *slowSource) Name() string { return "slow" }

func (s *slowSource) Scan(context.Context, string, ScanOptions) iter.Seq2[rows.Row, error] {
	table := &rows.Table{Name: "many", Columns: []rows.Column{{Name: "id"}}}
	return func(yield func(rows.Row, error) bool) {
		for i := range s.rows {
			s.clock.at = s.clock.at.Add(s.each(i))
			if !yield(rows.Row{Table: table, Key: []string{"id"}, Values: []rows.Value{{Text: fmt.Sprint(i)}}}, nil) {
				return
			}
		}
	}
}

func (s *slowSource) Lookup(ctx context.Context, table string, _ []rows.Match) iter.Seq2[rows.Row, error] {
	return s.Scan(ctx, table, ScanOptions{})
}

func (s *slowSource) Check(context.Context) (Health, error) { return Health{Engine: "slow"}, nil }

func TestGentlePace(t *testing.T) {
	clock := &testClock{at: time.Date(2026, 1, 10, 12, 0, 0, 0, time.UTC)}
	s := &slowSource{clock: clock, rows: 4000, each: func(i int) time.Duration {
		if i >= 2000 {
			return 4 * time.Millisecond
		}
		return time.Millisecond
	}}
	g := &gentle{s, manners{share: 0.5}, clock}
	if n := len(lines(t, g.Scan(context.Background(), "many", ScanOptions{}))); n != 4000 {
		t.Errorf("%d rows", n)
	}
	// Four stretches of 500 rows as ever, then four that take two seconds each.
	want := []time.Duration{2 * time.Second, 2 * time.Second, 2 * time.Second, 2 * time.Second}
	if diff := cmp.Diff(want, clock.slept); diff != "" {
		t.Error(diff)
	}
	clock.slept = nil
	lines(t, g.Lookup(context.Background(), "many", nil))
	if len(clock.slept) > 0 {
		t.Errorf("a look-up rests %s", clock.slept)
	}
	// Whoever cancels does not wait for the end of a rest.
	clock.wake = context.Canceled
	var last error
	n := 0
	for _, err := range g.Scan(context.Background(), "many", ScanOptions{}) {
		n, last = n+1, err
	}
	var e *Error
	if n != 2501 || !errors.Is(last, context.Canceled) || !errors.As(last, &e) || e.After != "many/id=2499" {
		t.Errorf("%d rows, then %#v", n, last)
	}
}

func TestGentleHours(t *testing.T) {
	night, _ := readHours("20:00-06:00")
	clock := &testClock{at: time.Date(2026, 7, 10, 12, 0, 0, 0, time.UTC)}
	s := &slowSource{clock: clock, rows: 10, each: func(int) time.Duration { return time.Minute }}
	g := &gentle{s, manners{share: 1, hours: night, timeout: time.Minute, conns: 8}, clock}
	ctx := context.Background()
	var put *HoursError
	var e *Error
	err := failure(g.Scan(ctx, "many", ScanOptions{}))
	if !errors.As(err, &put) || put.Until.UTC().Format(time.RFC3339) != "2026-07-10T19:00:00Z" || !strings.Contains(err.Error(), "outside its hours until 20:00 (20:00-06:00, London)") {
		t.Errorf("by day: %v", err)
	}
	if !errors.As(err, &e) || e.Source != "slow" || e.Table != "many" || errors.Is(err, ErrUnreachable) {
		t.Errorf("by day: %#v", err)
	}
	h, err := g.Check(ctx)
	if err != nil || !slices.ContainsFunc(h.Limits, func(s string) bool { return strings.Contains(s, "now outside its hours until 20:00") }) || !slices.Contains(h.Limits, "at most 8 connections") {
		t.Errorf("%q, %v", h.Limits, err)
	}
	if n := len(lines(t, g.Lookup(ctx, "many", nil))); n != 10 {
		t.Errorf("%d rows of a look-up by day", n)
	}
	if n := len(lines(t, g.Scan(ctx, "many", ScanOptions{Now: true}))); n != 10 {
		t.Errorf("%d rows of a scan for which someone waits", n)
	}
	clock.at = time.Date(2026, 7, 10, 20, 0, 0, 0, time.UTC)
	if n := len(lines(t, g.Scan(ctx, "many", ScanOptions{}))); n != 10 {
		t.Errorf("%d rows by night", n)
	}
	// Five minutes before the end.
	clock.at = time.Date(2026, 7, 11, 4, 55, 0, 0, time.UTC)
	n := 0
	for _, err = range g.Scan(ctx, "many", ScanOptions{}) {
		n++
	}
	if n != 5 || !errors.As(err, &put) || !errors.As(err, &e) || e.After != "many/id=3" || put.Until.UTC().Format(time.RFC3339) != "2026-07-11T19:00:00Z" {
		t.Errorf("%d rows, then %#v", n, err)
	}
}

func TestManners(t *testing.T) {
	for _, tt := range []struct{ url, rest, says string }{
		{"postgres://tenet@db.example.org/housing", "", "at most 8 connections; at most 1m0s for a row or a page of rows; when slower than usual, a scan takes at most 50% of its time"},
		{"mysql://tenet@db/housing?tls=true&pace=25%25&conns=4&timeout=90s", "mysql://tenet@db/housing?tls=true", "at most 4 connections; at most 1m30s for a row or a page of rows; when slower than usual, a scan takes at most 25% of its time"},
		{"sqlserver://tenet@db/housing?pace=off&hours=20%3A00-06:00", "sqlserver://tenet@db/housing",
			"at most 8 connections; at most 1m0s for a row or a page of rows; scanned between 20:00-06:00 only (London); looked up in at any time; now outside its hours until 20:00 (20:00-06:00, London)"},
		{"postgres:host=db dbname=housing?conns=2", "postgres:host=db dbname=housing", "at most 2 connections; at most 1m0s for a row or a page of rows; when slower than usual, a scan takes at most 50% of its time"},
		{"sqlite:/srv/a b?#%.db", "", "at most 1m0s for a row or a page of rows; when slower than usual, a scan takes at most 50% of its time"},
		{"sqlite:/srv/a b?#%.db?pace=10%", "sqlite:/srv/a b?#%.db", "at most 1m0s for a row or a page of rows; when slower than usual, a scan takes at most 10% of its time"},
		{"dir:/srv/letters?header=2&timeout=5s", "dir:/srv/letters?header=2", "at most 5s for a row or a page of rows"},
	} {
		if tt.rest == "" {
			tt.rest = tt.url
		}
		rest, m, err := takeManners(tt.url, Options{Limits: Limits{Statement: time.Minute}})
		says := strings.Join(m.says(time.Date(2026, 1, 10, 12, 0, 0, 0, time.UTC)), "; ")
		if err != nil || rest != tt.rest || says != tt.says {
			t.Errorf("%s: %q, %v\n%s\n%s", tt.url, rest, err, says, tt.says)
		}
	}
	for url, why := range map[string]string{
		"postgres://a:s3cret@b/c?hours=night":                  "hours= in the URL must be like 20:00-06:00",
		"postgres://a:s3cret@b/c?pace=0":                       "pace= in the URL must be off",
		"postgres://a:s3cret@b/c?pace=fast":                    "pace= in the URL must be off",
		"postgres://a:s3cret@b/c?conns=1":                      "conns= in the URL must be a number from 2 to 64",
		"postgres://a:s3cret@b/c?timeout=soon":                 "timeout= in the URL must be a time",
		"postgres://a:s3cret@b/c?timeout=1ms":                  "timeout= in the URL must be a time",
		"postgres://a:s3cret@b/c?conns=3&conns=4":              "twice",
		"sqlite:/srv/a.db?conns=3":                             "sqlite: is none",
		"dir:/srv/letters?pace=off":                            "dir: is none",
		"sar:https://a.example.org/?ask=prn&hours=20:00-06:00": "asked about one person",
	} {
		_, err := Open(context.Background(), "test", url, Options{})
		var e *Error
		if !errors.As(err, &e) || !strings.Contains(err.Error(), why) || strings.Contains(err.Error(), "s3cret") {
			t.Errorf("%s: %v", url, err)
		}
	}
}

// A source of each engine keeps to what its URL says.
func TestConformanceManners(t *testing.T) {
	conform(t, func(t *testing.T, e engineUnderTest) {
		url := e.database(t)
		e.exec(t, url, "CREATE TABLE many (a int NOT NULL PRIMARY KEY)", "INSERT INTO many VALUES (1)")
		by := "?"
		if strings.Contains(url, "?") && e.name != "SQLite" {
			by = "&"
		}
		now := time.Now().UTC()
		gone := hours{from: (now.Hour()*60 + now.Minute() + 720) % 1440, to: (now.Hour()*60 + now.Minute() + 721) % 1440}
		s, _ := open(t, url+by+"timeout=10s&hours="+gone.String(), Options{})
		ctx := context.Background()
		var put *HoursError
		if err := failure(s.Scan(ctx, "many", ScanOptions{})); !errors.As(err, &put) {
			t.Errorf("outside its hours: %v", err)
		}
		if n := len(lines(t, s.Lookup(ctx, "many", []rows.Match{is("a", "1")}))); n != 1 {
			t.Errorf("%d rows are found", n)
		}
		if n := len(lines(t, s.Scan(ctx, "many", ScanOptions{Now: true}))); n != 1 {
			t.Errorf("%d rows are read for someone who waits", n)
		}
		h, err := s.Check(ctx)
		if err != nil || !slices.Contains(h.Limits, "at most 10s for a row or a page of rows") {
			t.Errorf("%q, %v", h.Limits, err)
		}
	})
}
