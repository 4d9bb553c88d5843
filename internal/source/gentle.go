package source

import (
	"context"
	"errors"
	"fmt"
	"iter"
	"slices"
	"strconv"
	"strings"
	"time"

	"tenet/internal/rows"
)

// manners are what keeps reading a system from being a burden to those who work
// with it: what the URL says of hours=, pace=, conns= and timeout=, which no driver gets to see.
type manners struct {
	database bool
	hours    hours
	share    float64 // of a slow system's time, at most; 1 does not look
	conns    int     // at most
	timeout  time.Duration
}

// gentleShare is how much of a slow system's time a scan takes unless told otherwise.
const gentleShare = 0.5

// leastConns is enough for one row to be looked up while another is read.
const leastConns = 2

var gentleNames = []string{"conns", "hours", "pace", "timeout"}

// takeManners takes out of a URL what is for Tenet itself. It stands after the last
// question mark, among what else is there.
func takeManners(rawURL string, opts Options) (rest string, m manners, err error) {
	m = manners{share: 1, timeout: opts.Limits.Statement}
	scheme, _, _ := strings.Cut(rawURL, ":")
	server := slices.Contains([]string{"postgres", "postgresql", "mysql", "mariadb", "sqlserver", "mssql", "oracle"}, scheme)
	if server {
		m.conns = serverConns
	}
	if m.database = server || scheme == "sqlite"; m.database {
		m.share = gentleShare
	}
	at, params, ok := cutLast(rawURL, "?")
	if !ok {
		return rawURL, m, nil
	}
	var others []string
	said := map[string]string{}
	for _, p := range strings.Split(params, "&") {
		name, value, is := strings.Cut(p, "=")
		if !is || !slices.Contains(gentleNames, name) {
			others = append(others, p)
			continue
		}
		if _, twice := said[name]; twice {
			return "", m, fmt.Errorf("the URL has the parameter %s twice", name)
		}
		said[name] = strings.ReplaceAll(strings.ReplaceAll(value, "%3A", ":"), "%25", "%")
	}
	if len(said) == 0 {
		return rawURL, m, nil
	}
	for name, value := range said {
		switch {
		case name == "conns" && !server:
			err = fmt.Errorf("conns= in the URL is for database servers, and %s: is none", scheme)
		case name == "pace" && !m.database:
			err = fmt.Errorf("pace= in the URL is for databases, and %s: is none", scheme)
		case name == "hours" && scheme == "sar":
			err = errors.New("hours= in the URL is for what is read through, and a sar: source is asked about one person at a time")
		default:
			err = m.set(name, value)
		}
		if err != nil {
			return "", m, err
		}
	}
	if rest = at; len(others) > 0 {
		rest += "?" + strings.Join(others, "&")
	}
	return rest, m, nil
}

func (m *manners) set(name, value string) (err error) {
	switch name {
	case "hours":
		m.hours, err = readHours(value)
	case "pace":
		if value == "off" {
			m.share = 1
			return nil
		}
		percent, err := strconv.Atoi(strings.TrimSuffix(value, "%"))
		if m.share = float64(percent) / 100; err != nil || percent < 1 || percent > 99 {
			return errors.New("pace= in the URL must be off, or how much of a slow system's time may be taken, like 25%")
		}
	case "conns":
		if m.conns, err = strconv.Atoi(value); err != nil || m.conns < leastConns || m.conns > 64 {
			return fmt.Errorf("conns= in the URL must be a number from %d to 64", leastConns)
		}
	case "timeout":
		if m.timeout, err = time.ParseDuration(value); err != nil || m.timeout < time.Second || m.timeout > time.Hour {
			return errors.New("timeout= in the URL must be a time from 1s to 1h, like 90s")
		}
	}
	return err
}

// says is what holds, for people.
func (m manners) says(now time.Time) (out []string) {
	if m.conns > 0 {
		out = append(out, fmt.Sprintf("at most %d connections", m.conns))
	}
	out = append(out, fmt.Sprintf("at most %s for a row or a page of rows", m.timeout))
	if m.share < 1 {
		out = append(out, fmt.Sprintf("when slower than usual, a scan takes at most %d%% of its time", int(m.share*100+0.5)))
	}
	if !m.hours.always() {
		s := "scanned between " + m.hours.String() + " only (London); looked up in at any time"
		if !m.hours.in(now) {
			s += "; now " + (&HoursError{m.hours.String(), m.hours.change(now)}).Error()
		}
		out = append(out, s)
	}
	return out
}

// gentle is a source that is read with manners.
type gentle struct {
	Source
	manners
	clock interface {
		now() time.Time
		sleep(ctx context.Context, d time.Duration) error
	}
}

// wallClock is the time as it is.
type wallClock struct{}

func (wallClock) now() time.Time                                   { return time.Now() }
func (wallClock) sleep(ctx context.Context, d time.Duration) error { return sleep(ctx, d) }

// Check says besides what the source's limits are.
func (g *gentle) Check(ctx context.Context) (Health, error) {
	h, err := g.Source.Check(ctx)
	h.Limits = g.says(g.clock.now())
	return h, err
}

// Scan keeps to the source's hours and pace.
func (g *gentle) Scan(ctx context.Context, table string, opt ScanOptions) iter.Seq2[rows.Row, error] {
	if opt.Now {
		return g.paced(ctx, table, hours{}, func() iter.Seq2[rows.Row, error] { return g.Source.Scan(ctx, table, opt) })
	}
	return g.paced(ctx, table, g.hours, func() iter.Seq2[rows.Row, error] { return g.Source.Scan(ctx, table, opt) })
}

// stretch is how many rows are paced together: whole pages, and as many as take the
// engine long enough for the time to mean something.
const (
	stretchRows = pageRows
	stretchTime = 50 * time.Millisecond
)

// paced is a sequence that rests while the engine is slow, and ends with the hours.
// Where it rests no engine has more than a snapshot open.
func (g *gentle) paced(ctx context.Context, table string, h hours, begin func() iter.Seq2[rows.Row, error]) iter.Seq2[rows.Row, error] {
	return func(yield func(rows.Row, error) bool) {
		var last rows.Row
		putOff := func(now time.Time) {
			yield(rows.Row{}, &Error{Source: g.Name(), Table: table, After: lastID(last), Doing: "reading", Err: &HoursError{h.String(), h.change(now)}})
		}
		before := g.clock.now()
		if !h.in(before) {
			putOff(before)
			return
		}
		var closes time.Time
		if !h.always() {
			closes = h.change(before)
		}
		p := pacer{share: g.share}
		var took, idle time.Duration
		n := 0
		for r, err := range begin() {
			now := g.clock.now()
			took += now.Sub(before)
			if err == nil && !closes.IsZero() && !now.Before(closes) {
				putOff(now)
				return
			}
			if !yield(r, err) {
				return
			}
			before, last = g.clock.now(), r
			idle += before.Sub(now)
			if n++; err != nil || n%stretchRows > 0 || took < stretchTime {
				continue
			}
			if d := p.rest(n, took, idle); d > 0 {
				if err := g.clock.sleep(ctx, d); err != nil {
					yield(rows.Row{}, &Error{Source: g.Name(), Table: table, After: lastID(last), Doing: "reading", Err: err})
					return
				}
				before = g.clock.now()
			}
			took, idle, n = 0, 0, 0
		}
	}
}
