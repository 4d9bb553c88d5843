package app

import (
	"context"
	"errors"
	"fmt"
	"net/http"
	"os"
	"path/filepath"
	"time"

	"tenet/internal/cases"
	"tenet/internal/store"
)

const (
	watching      = time.Minute     // between two looks at cases, jobs, ledger and index
	reaching      = 5 * time.Minute // between two looks at the sources
	reachWait     = 15 * time.Second
	unnumberedMax = 500
)

// watch keeps the state behind the figures fresh until ctx ends, so that reading
// them costs nothing however often it is done.
func (o *office) watch(ctx context.Context, f *figures) {
	tick := time.NewTicker(watching)
	defer tick.Stop()
	var reached time.Time
	up := map[string]bool{}
	for {
		if o.d.Now().Sub(reached) >= reaching {
			reached, up = o.d.Now(), o.reach(ctx)
		}
		s, err := o.look(ctx)
		switch {
		case ctx.Err() != nil:
			return
		case err != nil:
			o.log.Error("the figures are not fresh", "error", err)
		default:
			s.up = up
			f.saw(s)
		}
		select {
		case <-ctx.Done():
			return
		case <-tick.C:
		}
	}
}

// reach says of each source whether it can be read.
func (o *office) reach(ctx context.Context) map[string]bool {
	up := map[string]bool{}
	for _, sys := range o.d.Config.Sources {
		wait, cancel := context.WithTimeout(ctx, reachWait)
		all, err := o.d.CheckSources(wait, sys.Name)
		up[sys.Name] = err == nil && len(all) == 1 && all[0].OK
		cancel()
	}
	return up
}

// look is how the installation stands now, but for its sources.
func (o *office) look(ctx context.Context) (standing, error) {
	now := o.d.Now()
	s := standing{at: now, cases: map[string]int{}}
	for after := ""; ; {
		page, err := o.d.Cases.List(ctx, cases.Filter{After: after, Limit: 500})
		if err != nil {
			return s, err
		}
		for _, k := range page.Cases {
			s.cases[string(k.State)]++
		}
		if after = page.Next; after == "" {
			break
		}
	}
	due, _, err := o.d.Cases.Deadlines(ctx)
	if err != nil {
		return s, err
	}
	for _, t := range due {
		if t.IsZero() {
			continue
		}
		if s.due.IsZero() || t.Before(s.due) {
			s.due = t
		}
		if t.Before(now) {
			s.overdue++
		}
	}
	if s.jobs, err = o.queue.Counts(ctx); err != nil {
		return s, err
	}
	err = o.d.Store.Read(ctx, func(tx *store.Tx) error {
		last, err := tx.Checkpoint(ctx, o.d.Config.Landlord)
		if err != nil && !errors.Is(err, store.ErrNotFound) {
			return err
		}
		s.size, s.signed = last.Size, last.Time
		acts, err := tx.Acts(ctx, o.d.Config.Landlord, "", 0, unnumberedMax)
		for _, a := range acts {
			if a.Seq < 0 {
				s.unnumbered++
			}
		}
		return err
	})
	if info, e := os.Stat(filepath.Join(o.d.Dir, "index.db")); e == nil && o.d.Config.Index == "" {
		s.indexed = info.ModTime()
	}
	return s, err
}

// monitor is what the metrics address answers: figures, whether the process lives,
// and whether it can do its work.
func (o *office) monitor(f *figures) http.Handler {
	mux := http.NewServeMux()
	mux.Handle("GET /metrics", f.handler(o.log))
	mux.HandleFunc("GET /healthz", func(w http.ResponseWriter, _ *http.Request) { fmt.Fprintln(w, "ok") })
	mux.HandleFunc("GET /readyz", func(w http.ResponseWriter, r *http.Request) {
		ctx, cancel := context.WithTimeout(r.Context(), 2*time.Second)
		defer cancel()
		err := o.d.Store.Read(ctx, func(tx *store.Tx) error {
			_, err := tx.Landlords(ctx)
			return err
		})
		if err != nil {
			o.log.Warn("not ready", "error", err)
			http.Error(w, "the store cannot be read", http.StatusServiceUnavailable)
			return
		}
		fmt.Fprintln(w, "ok")
	})
	return mux
}
