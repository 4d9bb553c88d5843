package desk

import (
	"context"
	"errors"
	"fmt"
	"io/fs"
	"os"
	"path/filepath"
	"slices"
	"strings"
	"time"

	"tenet/internal/law"
	"tenet/internal/notice"
	"tenet/internal/promise"
	"tenet/internal/register"
	"tenet/internal/store"
)

// registersFile is where a landlord adds fields to the registers.
const registersFile = "registers.yaml"

// Registers are the registers of accountability, with the fields that the workspace
// adds in registers.yaml.
func (d *Desk) Registers() (*register.Registers, error) {
	text, err := os.ReadFile(filepath.Join(d.Dir, registersFile))
	if err != nil && !errors.Is(err, fs.ErrNotExist) {
		return nil, fmt.Errorf("read %s: %w", registersFile, err)
	}
	forms, err := register.Forms(registersFile, text)
	if err != nil {
		return nil, RegisterError(err)
	}
	return register.New(register.Config{Store: d.Store, Ring: d.Keys, Landlord: d.Config.Landlord, Forms: forms,
		Notice: func() *notice.Notice { return d.Notice }, Marks: d.namedMarks, Now: func() time.Time { return d.Now() }})
}

// RegisterError says what to do about what registers refuse.
func RegisterError(err error) error {
	var (
		invalid *register.Invalid
		faults  register.Faults
		blocked *register.BlockedError
	)
	switch {
	case err == nil:
		return nil
	case errors.As(err, &invalid):
		p := invalid.Problems[0]
		return &Error{Code: "register", What: strings.TrimSpace(p.Field + " " + p.What), Where: p.Pos.String(), Mend: p.Mend, Err: others(len(invalid.Problems) - 1)}
	case errors.As(err, &faults):
		f := faults[0]
		return &Error{Code: "register", What: f.Field + " " + f.What, Where: "the paper", Mend: f.Mend, Err: others(len(faults) - 1)}
	case errors.As(err, &blocked):
		return &Error{Code: "refused", What: blocked.Error(), Where: blocked.Number, Mend: blocked.Why[0].Mend}
	case errors.Is(err, register.ErrNone):
		return &Error{Code: "register", What: err.Error(), Where: "the registers", Mend: "tenet register list shows those there are"}
	case errors.Is(err, register.ErrChanged):
		return &Error{Code: "refused", What: err.Error(), Where: "the paper", Mend: "look at it as it is now, then act"}
	case errors.Is(err, register.ErrSecond):
		return &Error{Code: "refused", What: err.Error(), Where: "the paper", Mend: "ask a colleague who may sign"}
	case errors.Is(err, register.ErrState), errors.Is(err, register.ErrInput):
		return &Error{Code: "refused", What: err.Error(), Where: "the paper", Mend: "tenet register show says how it stands"}
	}
	return err
}

func others(n int) error {
	if n < 1 {
		return nil
	}
	return fmt.Errorf("and %d more", n)
}

// RegisterGaps are what registers lack, all of them where register is empty.
func (d *Desk) RegisterGaps(ctx context.Context, id string) ([]register.Gap, error) {
	r, err := d.Registers()
	if err != nil {
		return nil, err
	}
	papers, err := r.Papers(ctx, id)
	if err != nil {
		return nil, RegisterError(err)
	}
	out := []register.Gap{}
	for _, f := range r.Forms {
		if id == "" || f.ID == id {
			out = append(out, f.Gaps(d.Notice, papers, d.Today())...)
		}
	}
	return out, nil
}

// MayUse decides whether data that was given for one use may be used for another
// today: rule R12 of the notice, and UK GDPR Art 8A.
func (d *Desk) MayUse(ctx context.Context, categories []notice.ID, givenFor, use notice.ID, given law.Date) (register.Verdict, error) {
	r, err := d.Registers()
	if err != nil {
		return register.Verdict{}, err
	}
	papers, err := r.Papers(ctx, "further-use")
	if err != nil {
		return register.Verdict{}, RegisterError(err)
	}
	return register.MayUse(d.Notice, papers, register.Using{Categories: categories, GivenFor: givenFor, For: use, Given: given, On: d.Today()}), nil
}

// openNew opens an entry of the register of new purposes for each use that a version
// of the notice adds, in the transaction that adopts it.
func (d *Desk) openNew(ctx context.Context, tx *store.Tx, by string, before, now *notice.Notice) error {
	r, err := d.Registers()
	if err == nil {
		_, err = r.OpenNew(ctx, tx, by, before, now)
	}
	return err
}

// Register is what the notice calls for in a register, and what is late in it, as
// checks of promises count it.
func (e *evidence) Register(ctx context.Context, id string) ([]promise.Item, error) {
	d := e.desk
	r, err := d.Registers()
	if err != nil {
		return []promise.Item{{Name: registersFile, State: promise.Unread, Why: err.Error()}}, ctx.Err()
	}
	f, err := r.Form(id)
	if err != nil {
		return nil, err
	}
	papers, err := r.Papers(ctx, id)
	if err != nil {
		if ctx.Err() != nil {
			return nil, ctx.Err()
		}
		return []promise.Item{{Name: id, State: promise.Unread, Why: err.Error()}}, nil
	}
	states := map[register.Standing]promise.State{register.Met: promise.AsPromised, register.Stated: promise.NotSeen, register.AtFault: promise.NotAsPromised, register.Missing: promise.NotAsPromised}
	var out []promise.Item
	for _, i := range f.Items(d.Notice, papers, d.Today()) {
		out = append(out, promise.Item{Name: string(i.ID), State: states[i.Standing], Why: i.Why, Paper: i.Paper})
	}
	for _, g := range f.Gaps(d.Notice, papers, d.Today()) {
		if g.Paper == "" || g.Kind == string(register.AtFault) && slices.ContainsFunc(out, func(i promise.Item) bool { return i.Paper == g.Paper }) {
			continue // it is counted with what calls for it
		}
		switch g.Kind {
		case "late", "live", "unsent", "unread":
			out = append(out, promise.Item{Name: g.Paper, State: promise.NotAsPromised, Why: g.Why, Paper: g.Paper})
		}
	}
	return out, nil
}

// ImportedPaper is a paper, and what a line of a sheet made of it.
type ImportedPaper struct {
	Row   int            `json:"row"`
	Taken register.Taken `json:"taken"`
	Paper register.Paper `json:"paper"`
}

// ImportPapers takes the sheet of a register, a CSV file or a workbook: see
// [register.Registers.Take]. A line that cannot be taken stops it, and the error says
// which; those before it stand.
func (d *Desk) ImportPapers(ctx context.Context, by, id, file string, data []byte) ([]ImportedPaper, error) {
	r, err := d.Registers()
	if err != nil {
		return nil, err
	}
	f, err := r.Form(id)
	if err != nil {
		return nil, RegisterError(err)
	}
	sheets, err := readSheets(ctx, file, data, register.MostLines, register.Undefused)
	if err != nil {
		return nil, sheetError(file, "the register "+id, err)
	}
	list, err := f.Import(file, sheets)
	if err != nil {
		return nil, RegisterError(err)
	}
	out := []ImportedPaper{}
	for _, in := range list {
		p, taken, err := r.Take(ctx, by, in)
		if err != nil {
			err = RegisterError(err)
			if e := (*Error)(nil); errors.As(err, &e) {
				e.Where = fmt.Sprintf("%s: row %d", file, in.Row)
				if len(out) > 0 {
					e.Mend += "; the rows above are taken, and are passed over next time"
				}
			}
			return out, err
		}
		out = append(out, ImportedPaper{in.Row, taken, p})
	}
	return out, nil
}

var _ promise.Registers = (*evidence)(nil)
