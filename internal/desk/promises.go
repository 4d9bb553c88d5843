package desk

import (
	"context"
	"errors"
	"fmt"
	"maps"
	"os"
	"path/filepath"
	"slices"
	"time"

	"tenet/internal/notice"
	"tenet/internal/promise"
	"tenet/internal/store"
)

// PromiseRun is one run of the promise board.
type PromiseRun struct {
	Promises []promise.Result `json:"promises"`
	Changed  []promise.Change `json:"changed"`  // since each was checked before: what to tell people of
	Problems []notice.Problem `json:"problems"` // faults in what promises.yaml gives its checks
	// Later are the promises that were put off because a system is outside its hours, and
	// Until when the first of them may be looked at: see PromiseOrder.PutOff.
	Later []notice.ID `json:"-"`
	Until time.Time   `json:"-"`
}

// PromiseOrder is what is to be checked, and what is done with it.
type PromiseOrder struct {
	By  string   // a staff id, or promise.Scheduled
	IDs []string // empty for all
	// PutOff leaves promises as they stand that only the hours of a system keep from an
	// answer, so that nothing falls to unproven every night: the run says which they are.
	PutOff bool
	// Keys names rows by their keys, for whoever is to mend them, and keeps nothing.
	Keys bool
	// Also is done in the transaction that keeps the results; it may be nil.
	Also func(ctx context.Context, tx *store.Tx, run *PromiseRun) error
}

// trend is how many runs of a promise are shown.
const trend = 60

// CheckPromises looks whether promises are kept, all of them if ids is empty, for
// somebody who waits for the answer; see RunPromises.
func (d *Desk) CheckPromises(ctx context.Context, by string, ids []string, progress Progress) (*PromiseRun, error) {
	return d.RunPromises(ctx, PromiseOrder{By: by, IDs: ids}, progress)
}

// RunPromises looks whether promises are kept, keeps what it found, and has those told whom a
// change concerns. What could not be
// read is in the results; an error says that Tenet itself failed, and nothing is kept. Do
// not run it twice at once: both would read every system.
func (d *Desk) RunPromises(ctx context.Context, o PromiseOrder, progress Progress) (*PromiseRun, error) {
	e := &evidence{desk: d, detector: textSearch(), keys: o.Keys}
	defer e.close()
	b := &promise.Board{Notice: d.Notice, Today: d.Today(), Now: d.Now, Systems: e, Text: e.detector, Requests: e, Office: e, Registers: e, Breaches: e, Disclosures: e, Own: e, Assessed: e, Told: e, Proofs: e, History: d.promises(), Progress: progress}
	results, err := b.Check(ctx, o.IDs)
	if err != nil {
		return nil, d.promiseError(err)
	}
	run := &PromiseRun{Problems: orEmpty(promise.Problems(d.Notice)), Promises: []promise.Result{}}
	for _, r := range results {
		until := r.Until()
		if !o.PutOff || until.IsZero() {
			run.Promises = append(run.Promises, r)
			continue
		}
		if run.Later = append(run.Later, r.ID); run.Until.IsZero() || until.Before(run.Until) {
			run.Until = until
		}
	}
	if o.Keys {
		run.Changed = []promise.Change{}
		return run, nil
	}
	run.Changed, err = d.promises().Save(ctx, d.Notice, promise.Run{By: o.By, Results: run.Promises, Also: func(ctx context.Context, tx *store.Tx, changed []promise.Change) error {
		run.Changed = changed
		if err := d.alert(ctx, tx, changed); err != nil || o.Also == nil {
			return err
		}
		return o.Also(ctx, tx, run)
	}})
	if err != nil {
		return nil, err
	}
	run.Changed = orEmpty(run.Changed)
	return run, nil
}

func orEmpty[T any](list []T) []T {
	if list == nil {
		return []T{}
	}
	return list
}

// Promises are all promises of the notice as they were when they were last checked,
// each with its trend. One that never was is unproven.
func (d *Desk) Promises(ctx context.Context) ([]promise.Standing, error) {
	out := []promise.Standing{}
	for _, s := range d.Notice.Words.Promises() {
		if _, ok := d.Notice.Promises[s.ID]; !ok {
			continue
		}
		x, ok, err := d.promises().Last(ctx, s.ID, trend)
		if err != nil {
			return nil, err
		}
		if !ok {
			x.Result = promise.Result{ID: s.ID, Status: promise.Unproven, Why: "not checked yet", Evidence: []promise.Evidence{}}
		}
		x.Says = s.Text
		out = append(out, x)
	}
	return out, nil
}

// ChangedPromises is what changed in the last run, or in the one that ended at an
// instant.
func (d *Desk) ChangedPromises(ctx context.Context, run time.Time) ([]promise.Change, error) {
	return d.promises().Changes(ctx, run)
}

// AttestPromise keeps somebody's word that a promise is kept, with what shows it.
// It is the word of the contact whom the pack names; by is who wrote it down.
func (d *Desk) AttestPromise(ctx context.Context, by, id, says string) error {
	if _, ok := promise.Say(d.Notice, notice.ID(id)); !ok {
		return d.promiseError(fmt.Errorf("%w: %q", promise.ErrNoPromise, id))
	}
	owner, takes := "", false
	for _, c := range d.Notice.Promises[notice.ID(id)] {
		switch string(c.Check) {
		case promise.AttestName:
			owner, _ = c.With["by"].(string)
			takes = true
		case promise.ReviewName:
			takes = true
		}
	}
	if !takes {
		return &Error{Code: "promise", What: "is not attested by anybody: its checks look for themselves", Where: id, Mend: "run tenet promises " + id}
	}
	return d.promiseError(d.promises().Attest(ctx, d.Notice, promise.Attestation{Promise: notice.ID(id), By: by, Owner: owner, Evidence: says}))
}

// PublishPromises signs promises off: from now on the public may see how they are
// kept, as long as their words stay what they are.
func (d *Desk) PublishPromises(ctx context.Context, by string, ids ...string) error {
	return d.promiseError(d.promises().Publish(ctx, by, d.Notice, true, noticeIDs(ids)...))
}

// WithdrawPromises takes that back.
func (d *Desk) WithdrawPromises(ctx context.Context, by string, ids ...string) error {
	return d.promiseError(d.promises().Publish(ctx, by, d.Notice, false, noticeIDs(ids)...))
}

// PublicPromises are the promises that were signed off, as the public may see them.
func (d *Desk) PublicPromises(ctx context.Context) ([]promise.Public, error) {
	return d.promises().Published(ctx, d.Notice)
}

func noticeIDs(ids []string) []notice.ID {
	out := make([]notice.ID, len(ids))
	for i, id := range ids {
		out[i] = notice.ID(id)
	}
	return out
}

func (d *Desk) promises() *promise.History {
	return &promise.History{Store: d.Store, Landlord: d.Config.Landlord, Now: d.Now}
}

// promiseError says what to do about what promises refuse.
func (d *Desk) promiseError(err error) error {
	switch {
	case errors.Is(err, promise.ErrNoPromise):
		return &Error{Code: "promise", What: err.Error(), Where: filepath.Join("notice", "promises.yaml"), Mend: "tenet promises --last lists those there are"}
	case errors.Is(err, promise.ErrAnswer):
		return &Error{Code: "promise", What: "the answer cannot be taken", Mend: promise.ErrAnswer.Error()}
	case errors.Is(err, promise.ErrEvidence):
		return &Error{Code: "promise", What: "the attestation cannot be taken", Where: "--evidence", Mend: promise.ErrEvidence.Error()}
	}
	return err
}

// The rest is what checks know of the installation: promise.Office.

// Sources reaches for each system.
func (e *evidence) Sources(ctx context.Context) ([]promise.Item, error) {
	checked, err := e.desk.CheckSources(ctx, "")
	var out []promise.Item
	for _, c := range checked {
		i := promise.Item{Name: c.Name}
		switch {
		case !c.OK:
			i.State, i.Why = promise.NotAsPromised, c.Error
		case len(c.Health.Problems) > 0:
			i.State, i.Why = promise.NotAsPromised, fmt.Sprintf("%d things in it cannot be read, or not wholly: tenet source check %s", len(c.Health.Problems), c.Name)
		}
		out = append(out, i)
	}
	return out, err
}

// Maps says of each system whether its map is the one that somebody confirmed.
func (e *evidence) Maps(ctx context.Context) ([]promise.Item, error) {
	s, err := e.open(ctx)
	if err != nil {
		return nil, err
	}
	var out []promise.Item
	for _, sys := range e.desk.Config.Sources {
		i := promise.Item{Name: sys.Name}
		confirmed, err := e.desk.confirmedMap(ctx, sys.Name)
		if err != nil {
			return nil, err
		}
		text, err := os.ReadFile(e.desk.mapFile(sys.Name))
		switch breaks := slices.IndexFunc(s.drift[sys.Name], broken); {
		case errors.Is(err, os.ErrNotExist):
			i.State, i.Why = promise.NotAsPromised, "there is no map"
		case err != nil:
			i.State, i.Why = promise.NotSeen, "its map cannot be read"
		case breaks >= 0:
			i.State, i.Why = promise.NotAsPromised, s.drift[sys.Name][breaks].String()
		case confirmed == "":
			i.State, i.Why = promise.NotAsPromised, "nobody has confirmed its map"
		case confirmed != digestOf(text):
			i.State, i.Why = promise.NotAsPromised, "its map was changed after it was confirmed"
		case s.schemas[sys.Name] == nil:
			i.State, i.Why = promise.NotSeen, "it cannot be reached, so that nobody knows whether its map fits"
		}
		out = append(out, i)
	}
	return out, nil
}

// Index says of each mapped table whether it stands in the index as it is now.
func (e *evidence) Index(ctx context.Context) ([]promise.Item, error) {
	s, err := e.open(ctx)
	if err != nil {
		return nil, err
	}
	x, err := e.desk.openIndex(ctx)
	if err != nil {
		return []promise.Item{{Name: "the index", State: promise.NotSeen, Why: err.Error()}}, ctx.Err()
	}
	defer x.Close()
	var out []promise.Item
	for _, g := range s.gaps {
		out = append(out, promise.Item{Name: placeOf(g.Source, g.Table), State: promise.NotSeen, Why: g.Why})
	}
	for _, name := range slices.Sorted(maps.Keys(s.maps)) {
		for _, table := range slices.Sorted(maps.Keys(s.maps[name].Tables)) {
			t := s.maps[name].Tables[table]
			if !indexed(t) {
				continue
			}
			i := promise.Item{Name: placeOf(name, table)}
			has, err := x.Has(ctx, name, table)
			if err != nil {
				return nil, err
			}
			fresh, err := x.Fresh(ctx, name, table, t, s.sources[name])
			switch print, lost := s.sources[name].Fingerprint(ctx, table); {
			case ctx.Err() != nil:
				return nil, ctx.Err()
			case !has:
				i.State, i.Why = promise.NotAsPromised, "it is not indexed"
			case err != nil || lost != nil:
				i.State, i.Why = promise.NotSeen, errors.Join(err, lost).Error()
			case !fresh && print == "":
				i.State, i.Why = promise.NotSeen, "its system cannot tell whether it has changed since"
			case !fresh:
				i.State, i.Why = promise.NotAsPromised, "it has changed since it was indexed"
			}
			out = append(out, i)
		}
	}
	return out, nil
}

// Lint holds the notice folder, as it lies there, against the law of today.
func (e *evidence) Lint(context.Context) ([]promise.Item, error) {
	n, err := notice.Load(os.DirFS(filepath.Join(e.desk.Dir, "notice")))
	if err != nil {
		return []promise.Item{{Name: "notice", State: promise.NotAsPromised, Why: "the folder cannot be read as a notice: tenet notice check"}}, nil
	}
	found := map[string][]notice.Finding{}
	for _, f := range notice.Lint(n, notice.Date(e.desk.Today().String())) {
		found[f.Rule] = append(found[f.Rule], f)
	}
	var out []promise.Item
	for _, r := range notice.LintRules() {
		i := promise.Item{Name: r.ID}
		if all := found[r.ID]; len(all) > 0 && r.Severity != notice.Suggest {
			i.State, i.Why = promise.NotSeen, fmt.Sprintf("for a person to settle: %s: %s", all[0].Pos, all[0].Why)
			if r.Severity == notice.Wrong {
				i.State, i.Why = promise.NotAsPromised, fmt.Sprintf("%s: %s", all[0].Pos, all[0].Why)
			}
		}
		out = append(out, i)
	}
	return out, nil
}

// Versions are those of the notice that are kept, and can be read.
func (e *evidence) Versions(ctx context.Context) ([]string, error) {
	kept, err := e.desk.Versions(ctx)
	out := []string{e.desk.Notice.Version()}
	for _, v := range kept {
		out = append(out, v.Hash)
	}
	return out, err
}

// Roles are those that an account may have.
func (e *evidence) Roles(context.Context) ([]promise.Role, error) {
	var out []promise.Role
	for _, r := range e.desk.Roles() {
		out = append(out, promise.Role{ID: r.ID, All: r.All, Sees: r.Sees})
	}
	return out, nil
}

var _ promise.Office = (*evidence)(nil)
