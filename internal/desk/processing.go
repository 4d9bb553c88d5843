package desk

import (
	"cmp"
	"context"
	"errors"
	"fmt"
	"io/fs"
	"maps"
	"os"
	"path/filepath"
	"slices"

	"tenet/internal/datamap"
	"tenet/internal/notice"
	"tenet/internal/processing"
)

// Processing is the record of processing activities of UK GDPR Article 30, as it
// follows from the notice in force, the maps and the registers: as controller or as processor,
// of one body or, where it is empty, of each.
func (d *Desk) Processing(ctx context.Context, as notice.UseRole, body notice.ID) (*processing.Register, error) {
	return d.ProcessingOf(ctx, d.Notice, as, body)
}

// ProcessingOf is the record as another version of the notice would have it, with
// the maps and the registers as they are.
func (d *Desk) ProcessingOf(ctx context.Context, n *notice.Notice, as notice.UseRole, body notice.ID) (*processing.Register, error) {
	h, err := d.holdings()
	if err != nil {
		return nil, err
	}
	filed, err := d.filed(ctx)
	if err != nil {
		return nil, err
	}
	if as == "" {
		as = notice.AsController
	}
	r, err := processing.Make(n, h, filed, processing.Scope{As: as, Body: body})
	if err != nil {
		return nil, &Error{Code: "no-body", What: err.Error(), Where: map[bool]string{true: "--client", false: "--controller"}[as == notice.AsProcessor], Mend: "name one that landlord.yaml has, or leave it out for all of them"}
	}
	return r, nil
}

// holdings is what the maps of the workspace say that each system holds. No system
// is opened.
func (d *Desk) holdings() (processing.Holdings, error) {
	h := processing.Holdings{}
	for _, sys := range d.Config.Sources {
		m, err := d.Map(sys.Name)
		if errors.Is(err, fs.ErrNotExist) {
			h.Unmapped = append(h.Unmapped, sys.Name)
			continue
		}
		if err != nil {
			return h, err
		}
		h.Looked = true
		for _, name := range slices.Sorted(maps.Keys(m.Tables)) {
			h.Tables = append(h.Tables, held(sys.Name, name, m.Tables[name], m.SetsOf(name))...)
		}
	}
	return h, nil
}

// held is what one table holds: a category of its own, and those of its columns. A
// table that only joins others, or describes what nobody owns, may have none. What it
// holds of clients is theirs, beside what is our own.
func held(system, table string, t *datamap.Table, sets []string) []processing.Holding {
	if t.Skip != "" {
		return nil
	}
	var categories []string
	add := func(id string) {
		if id != "" && !slices.Contains(categories, id) {
			categories = append(categories, id)
		}
	}
	add(t.Category)
	for _, c := range slices.Sorted(maps.Keys(t.Columns)) {
		add(t.Columns[c].Category)
	}
	if len(categories) == 0 && !t.Bridge && !t.Refers {
		categories = []string{""}
	}
	var clients []notice.ID
	for _, s := range sets {
		if s != "" {
			clients = append(clients, notice.ID(s))
		}
	}
	var out []processing.Holding
	for _, c := range categories {
		h := processing.Holding{System: system, Table: table, Category: notice.ID(c), Retention: notice.ID(t.Retention)}
		if len(clients) == 0 || slices.Contains(sets, "") {
			out = append(out, h)
		}
		if h.Clients = clients; len(clients) > 0 {
			out = append(out, h)
		}
	}
	return out
}

// ProcessingCheck is what a sheet has otherwise than the record.
type ProcessingCheck struct {
	File        string                  `json:"file"`
	Rows        int                     `json:"rows"` // of the record
	Differences []processing.Difference `json:"differences"`
	// Proposed is the folder of a changed copy of the notice, where one was asked for and
	// could be made. Follows is what the record then says otherwise than the sheet
	// because of what was changed: a category has its retention with it.
	Proposed string                  `json:"proposed,omitempty"`
	Follows  []processing.Difference `json:"follows,omitempty"`

	sheet *processing.Sheet
}

// CheckProcessing holds a sheet that somebody edited against the record. It writes
// nothing.
func (d *Desk) CheckProcessing(ctx context.Context, name string, data []byte, as notice.UseRole, body notice.ID) (*ProcessingCheck, error) {
	r, err := d.Processing(ctx, as, body)
	if err != nil {
		return nil, err
	}
	s, err := readProcessing(ctx, name, data, r.As)
	if err != nil {
		return nil, err
	}
	diffs := processing.Check(d.Notice, r, s)
	return &ProcessingCheck{File: filepath.Base(name), Rows: len(r.Rows), Differences: append([]processing.Difference{}, diffs...), sheet: s}, nil
}

// ProposeProcessing writes a copy of the notice in which uses.yaml says what the
// sheet says. It is written only where that can be done without losing anything:
// every line but the changed ones stays, and the record of the copy says in every
// cell that was changed what the sheet says. Otherwise nothing is left behind, and the
// error says what must be changed by hand.
func (d *Desk) ProposeProcessing(ctx context.Context, check *ProcessingCheck, as notice.UseRole, body notice.ID, dir string) (err error) {
	if _, err := os.Stat(dir); !errors.Is(err, fs.ErrNotExist) {
		return &Error{Code: "occupied", What: "there is something there already", Where: dir, Mend: "name a new folder", Err: err}
	}
	from := filepath.Join(d.Dir, "notice")
	if d.Folder == nil || d.Folder.Version() != d.Notice.Version() {
		return &Error{Code: "propose", What: "the folder notice/ is being written on and is not the notice in force", Where: from, Mend: "adopt what stands there, or put the version in force back, then propose again"}
	}
	uses, err := os.ReadFile(filepath.Join(from, "uses.yaml"))
	if err != nil {
		return fmt.Errorf("read the notice: %w", err)
	}
	byHand := func(err error) error {
		return &Error{Code: "by-hand", What: "the sheet cannot be written into uses.yaml faithfully", Where: check.File, Mend: "change by hand what --check names; nothing was written", Err: err}
	}
	changed, err := processing.Propose(d.Notice, uses, check.Differences)
	if err != nil {
		return byHand(err)
	}
	if err := os.CopyFS(dir, os.DirFS(from)); err != nil {
		return errors.Join(fmt.Errorf("write the proposal: %w", err), os.RemoveAll(dir))
	}
	defer func() {
		if err != nil {
			err = errors.Join(err, os.RemoveAll(dir))
		}
	}()
	if err := replaceFile(filepath.Join(dir, "uses.yaml"), changed); err != nil {
		return err
	}
	n, err := notice.Load(os.DirFS(dir))
	if err != nil {
		return byHand(err)
	}
	r, err := d.ProcessingOf(ctx, n, as, body)
	if err != nil {
		return err
	}
	for _, x := range processing.Check(n, r, check.sheet) {
		if slices.ContainsFunc(check.Differences, func(o processing.Difference) bool { return o.Use == x.Use && o.Column == x.Column }) {
			return byHand(fmt.Errorf("%s would still differ: %s", cmp.Or(x.Title, string(x.Use)), x.What))
		}
		check.Follows = append(check.Follows, x)
	}
	check.Proposed = dir
	return nil
}

// ProcessingChanges are what the record of one version of the notice has otherwise than
// that of another.
type ProcessingChanges struct {
	From        string                  `json:"from"` // versions
	To          string                  `json:"to"`
	Differences []processing.Difference `json:"differences"` // line by line
	Told        []processing.Change     `json:"-"`           // each once, for a reader
}

// CompareProcessing is what the record of a newer version of the notice has
// otherwise than that of an older, over the same maps and registers.
func (d *Desk) CompareProcessing(ctx context.Context, old, new *notice.Notice, as notice.UseRole) (ProcessingChanges, error) {
	out := ProcessingChanges{From: old.Version(), To: new.Version()}
	a, err := d.ProcessingOf(ctx, old, as, "")
	if err != nil {
		return out, err
	}
	b, err := d.ProcessingOf(ctx, new, as, "")
	if err != nil {
		return out, err
	}
	out.Differences = append([]processing.Difference{}, processing.Compare(a, b)...)
	out.Told = processing.Together(out.Differences)
	return out, nil
}
