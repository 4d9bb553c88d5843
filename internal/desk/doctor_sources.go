package desk

import (
	"context"
	"errors"
	"fmt"
	"os"
	"path/filepath"
	"slices"
	"strings"
	"time"

	"golang.org/x/sync/errgroup"

	"tenet/internal/find"
	"tenet/internal/index"
	"tenet/internal/source"
)

// sources reaches for all of them at once, then holds those that answer against
// their maps and against what the index has of them.
func (c *doctor) sources(ctx context.Context, d *Desk) {
	if len(d.Config.Sources) == 0 {
		c.add(Finding{Check: "sources", Status: Warn, What: "there are none yet", Why: "nothing can be found", Mend: "tenet source add NAME URL"})
		return
	}
	found := make([]Finding, len(d.Config.Sources))
	var g errgroup.Group
	g.SetLimit(8)
	for i, sys := range d.Config.Sources {
		g.Go(func() error {
			wait, cancel := context.WithTimeout(ctx, c.how.Wait)
			defer cancel()
			found[i] = d.reach(wait, sys)
			return nil
		})
	}
	g.Wait() // nobody returns an error
	c.findings = append(c.findings, found...)

	// Each that is down may take its time once more.
	wait, cancel := context.WithTimeout(ctx, time.Duration(1+len(found))*c.how.Wait)
	defer cancel()
	s, err := d.open(wait)
	if err != nil {
		c.add(Finding{Check: "maps", Status: Fail, What: "cannot be held against their sources", Err: err})
		return
	}
	defer s.close()
	for i, sys := range d.Config.Sources {
		if found[i].Err == nil {
			c.add(s.fits(sys.Name))
		}
	}
	c.index(wait, d, s)
}

// reach looks at one source.
func (d *Desk) reach(ctx context.Context, sys System) Finding {
	f := Finding{Check: "source " + sys.Name, Status: Well}
	src, err := source.Open(ctx, sys.Name, sys.URL, source.Options{OCR: ocrFor(ctx, sys)})
	var h source.Health
	if err == nil {
		h, err = src.Check(ctx)
		src.Close()
	}
	switch {
	case err != nil:
		f.Status, f.What, f.Why, f.Err = Fail, "cannot be read", "every answer says that it was not searched", err
		if errors.Is(err, context.DeadlineExceeded) {
			f.What = "does not answer in time"
		}
		return f
	case len(h.Writable) > 0:
		f.Status, f.Why, f.Mend = Warn, fmt.Sprintf("its login could change %d tables, which Tenet never needs", len(h.Writable)), "take those rights away: docs/security.md says which suffice"
	case len(h.Problems) > 0:
		f.Status, f.Why, f.Mend = Warn, fmt.Sprintf("%d things in it cannot be read, or not wholly", len(h.Problems)), "tenet source check "+sys.Name
	}
	f.What = fmt.Sprintf("%s, %d tables can be read", h.Engine, h.Tables)
	return f
}

// fits says how a source's map stands to it.
func (s *systems) fits(name string) Finding {
	f := Finding{Check: "map " + name, Status: Well, What: "fits"}
	i := slices.IndexFunc(s.gaps, func(g find.NotSearched) bool { return g.Source == name && g.Table == "" })
	n := len(s.drift[name])
	switch {
	case i >= 0 && n == 0:
		f.Status, f.What = Fail, s.gaps[i].Why // which says what to run
	case i >= 0:
		f.Status, f.What, f.Why, f.Mend = Fail, s.gaps[i].Why, "nothing in it is searched", "tenet map check"
	case n > 0:
		f.Status, f.What, f.Why, f.Mend = Warn, fmt.Sprintf("%d differences", n), "what the map does not name is not searched", "tenet map check"
	}
	return f
}

// index says how old the index is, and which sources it may be behind.
func (c *doctor) index(ctx context.Context, d *Desk, s *systems) {
	f := Finding{Check: "index", Status: Well, What: "as the sources are now"}
	defer func() { c.add(f) }()
	where, built := d.Config.Index, time.Time{}
	if where == "" {
		where = filepath.Join(d.Dir, "index.db")
		if info, err := os.Stat(where); err == nil {
			built = info.ModTime()
		}
	}
	const finds = "a search finds nobody by name or word"
	state, err := index.Look(ctx, where)
	switch {
	case err != nil:
		f = Finding{Check: "index", Status: Fail, What: "cannot be read", Err: err}
		return
	case state == index.Missing:
		f = Finding{Check: "index", Status: Warn, What: "not built yet", Why: finds, Mend: "tenet index"}
		return
	case state == index.Foreign:
		f = Finding{Check: "index", Status: Warn, What: "built by another version of Tenet, and of no use to this one",
			Why: "the first command that opens it empties it, and until it is built again " + finds, Mend: "tenet index"}
		return
	}
	behind, err := c.behind(ctx, d, s)
	if err != nil {
		f = Finding{Check: "index", Status: Fail, What: "cannot be read", Err: err}
		return
	}
	if len(behind) == 0 {
		return
	}
	f.What = "changed since it was built, or may have: " + strings.Join(behind, ", ")
	f.Why = "what came since is found by key, and not by name or word"
	if !built.IsZero() {
		days := int(d.Now().Sub(built).Hours() / 24)
		f.What = fmt.Sprintf("last written %d days ago; %s", days, f.What)
		if days > indexOld {
			f.Status, f.Mend = Warn, "tenet index, and put it into a timer"
		}
	}
}

// behind are the sources that the index may not have as they are now.
func (c *doctor) behind(ctx context.Context, d *Desk, s *systems) (names []string, err error) {
	x, err := d.openIndex(ctx)
	if err != nil {
		return nil, err
	}
	defer x.Close()
	stale, err := s.stale(ctx, x)
	for _, n := range stale {
		names = append(names, n.Source)
	}
	return names, err
}
