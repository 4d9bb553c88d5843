package desk

import (
	"context"
	"encoding/json"
	"errors"
	"fmt"
	"io/fs"
	"os"
	"path/filepath"
	"slices"
	"strings"
	"time"

	"tenet/internal/job"
	"tenet/internal/store"
)

// store looks at the store without opening it as a store, which would bring its
// schema up to date, and says whether it may be opened as one. What it saw is nil
// where it could not look.
func (c *doctor) store(ctx context.Context, conf Config) (looked *store.Looked, opens bool) {
	f := Finding{Check: "store", Status: Fail}
	defer func() { c.add(f) }()
	at := storeURL(c.dir, conf)
	path, file := strings.CutPrefix(at, "sqlite:")
	wait, cancel := context.WithTimeout(ctx, c.how.Wait)
	defer cancel()
	if file {
		wait = ctx // all of it is read, which takes the time that it takes
	}
	l, err := store.Look(wait, at)
	switch {
	case file && errors.Is(err, fs.ErrNotExist):
		f.What, f.Mend = "the workspace has lost its store, "+filepath.Base(path), "restore it from its backup: tenet store restore FILE"
		return nil, false
	case err != nil && file:
		f.What, f.Err, f.Mend = "cannot be read", err, "if it is damaged, keep it and restore the last backup"
		return nil, false
	case err != nil:
		f.What, f.Err, f.Mend = "cannot be read", err, "see that the server runs, and takes the login that tenet.yaml or TENET_STORE gives"
		return nil, false
	case l.Damage != "":
		f.What, f.Mend = "damaged: "+l.Damage, "stop Tenet, keep the file, and restore the last backup"
		return &l, false
	case l.Moved != "":
		f.What, f.Why, f.Mend = "was moved to "+l.Moved, "this one is kept as it was then, and no command uses it", "name the other one in tenet.yaml or TENET_STORE"
		return &l, false
	case l.Schema == 0:
		f.What, f.Mend = "holds nothing", "restore its backup: tenet store restore FILE; or fill it from the store before: tenet store move URL"
		return &l, false
	case l.Schema > l.Known:
		f.What = fmt.Sprintf("has schema %d, and this Tenet knows up to %d", l.Schema, l.Known)
		f.Why, f.Mend = "a later version opened it", "run the newer version of Tenet that opened this workspace last"
		return &l, false
	case l.Schema < l.Known:
		f.Status, f.What = Warn, fmt.Sprintf("has schema %d, and this Tenet works with %d", l.Schema, l.Known)
		f.Why = "the first other command brings it up to date, after which an older Tenet refuses it; what is in it was not looked at"
		f.Mend = "back it up first: see docs/upgrading.md"
		return &l, false
	}
	if open, err := openToOthers(path); file && err == nil && open {
		f.Status, f.What, f.Mend = Warn, "others on this machine may read "+path, "chmod 600 "+path
		return &l, true
	}
	f.Status, f.What = Well, fmt.Sprintf("%s, schema %d, %.1f MiB", l.Engine, l.Schema, float64(l.Bytes)/(1<<20))
	if file {
		f.What += ", whole"
	}
	return &l, true
}

// processes says who serves the workspace or works for it, and whether anybody
// does. A store that is a file is locked; a server knows who is connected.
func (c *doctor) processes(conf Config, l *store.Looked) bool {
	if conf.Store != "" {
		return c.connected(l)
	}
	data, err := os.ReadFile(filepath.Join(c.dir, "tenet.lock"))
	var holder struct {
		PID   int       `json:"pid"`
		Since time.Time `json:"since"`
	}
	if err != nil || json.Unmarshal(data, &holder) != nil || holder.PID == 0 {
		c.well("processes", "nobody serves this workspace on this machine")
		return false
	}
	if !alive(holder.PID) {
		c.well("processes", "nobody serves this workspace; process %d did until it ended without a word, which does no harm", holder.PID)
		return false
	}
	c.well("processes", "process %d serves this workspace since %s", holder.PID, holder.Since.UTC().Format(time.RFC3339))
	return true
}

// connected says from where processes of Tenet's are connected to the store.
func (c *doctor) connected(l *store.Looked) bool {
	if l == nil {
		return false // why is said of the store
	}
	var who []string
	for _, n := range l.Connected {
		from := n.Address
		if from == "" {
			from = "the server's own machine"
		}
		who = append(who, fmt.Sprintf("%d from %s, the first since %s", n.Number, from, n.Since.Format(time.RFC3339)))
	}
	if len(who) == 0 {
		c.well("processes", "nobody is connected to the store")
		return false
	}
	c.well("processes", "connections to the store, of which a process has up to 16: %s", strings.Join(who, "; "))
	return true
}

// jobs says what work in the background has failed, and whether any waits too long.
func (c *doctor) jobs(ctx context.Context, d *Desk, serving bool) {
	f := Finding{Check: "jobs", Status: Well}
	defer func() { c.add(f) }()
	b, err := d.backlog(ctx)
	if err != nil {
		f = Finding{Check: "jobs", Status: Fail, What: "cannot be looked at", Err: err}
		return
	}
	f.What = fmt.Sprintf("%d wait or run, %d have failed", b.pending, b.failed)
	if len(b.workers) > 0 {
		f.What += "; at work: " + strings.Join(b.workers, ", ")
	}
	late := d.Now().Sub(b.due).Round(time.Second)
	switch {
	case serving && !b.due.IsZero() && late > slow:
		f.Status, f.What = Fail, fmt.Sprintf("%s; one of the kind %s has been due for %s", f.What, b.late, late)
		f.Why, f.Mend = "whoever serves or works should take it within seconds", "look into the log of the processes for what keeps them from it"
	case b.failed > 0:
		f.Status, f.What = Warn, fmt.Sprintf("%s, of the kind %s: %s", f.What, b.kind, b.why)
		f.Why, f.Mend = "what they were to do is not done", "mend what it says, then tenet job retry; a draft is tried again when its case changes, and what runs by itself in its next turn"
	case !b.due.IsZero():
		f.What = fmt.Sprintf("%s; the oldest has been due for %s, and is done when somebody serves", f.What, late)
	}
}

// backlog is how the work in the background stands.
type backlog struct {
	pending, failed int
	kind, why       string    // of one that has failed
	late            string    // the kind of the one that has been due longest,
	due             time.Time // and since when; zero if none is
	workers         []string  // who has taken one
}

// backlog reads the jobs.
func (d *Desk) backlog(ctx context.Context) (b backlog, err error) {
	all, err := d.Jobs(ctx, "")
	now := d.Now()
	for _, j := range all {
		if j.State == job.Failed {
			b.failed++
			b.kind, b.why = j.Kind, j.Error
			continue
		}
		b.pending++
		switch {
		case j.Due.After(now) && j.State == job.Running && !slices.Contains(b.workers, j.Worker):
			b.workers = append(b.workers, j.Worker)
		case !j.Due.After(now) && (b.due.IsZero() || j.Due.Before(b.due)):
			b.late, b.due = j.Kind, j.Due
		}
	}
	return b, err
}
