package register

import (
	"context"
	"database/sql"
	"fmt"
	"strings"
	"time"

	"tenet/internal/law"
	"tenet/internal/notice"
	"tenet/internal/store"
)

// On is the paper that somebody acts on, as they looked at it.
type On struct {
	Number string
	Step   int64 // 0 acts on it as it is, for a command that looked at nothing
	By     string
}

// act reads a paper, lets do change it, and writes what it became: its step, its day
// of review and its end, and the entry of the ledger.
func (r *Registers) act(ctx context.Context, on On, name string, do func(tx *store.Tx, f *Form, p *paper) (payload map[string]any, err error)) (Paper, error) {
	var out Paper
	err := r.Store.Write(ctx, func(tx *store.Tx) error {
		p, err := r.read(ctx, tx, on.Number)
		switch {
		case err != nil:
			return err
		case on.By == "":
			return fmt.Errorf("%w: say who acts", ErrInput)
		case on.Step != 0 && on.Step != p.Step:
			return ErrChanged
		case !p.Ended.IsZero():
			return fmt.Errorf("%w: it has ended", ErrState)
		}
		f, err := r.Form(p.Register)
		if err != nil {
			return err
		}
		before := p.Step
		p.Step++
		p.Changed = store.Time(store.Micros(r.Now()))
		payload, err := do(tx, f, p)
		if err != nil {
			return err
		}
		review, ended := "", sql.NullInt64{}
		if !p.ReviewBy.IsZero() {
			review = p.ReviewBy.String()
		}
		if !p.Ended.IsZero() {
			ended = sql.NullInt64{Int64: store.Micros(p.Ended), Valid: true}
		}
		done, err := tx.ExecContext(ctx, `UPDATE register_paper SET step = $4, review = $5, changed = $6, ended = $7 WHERE landlord = $1 AND id = $2 AND step = $3`,
			r.Landlord, p.ID, before, p.Step, review, store.Micros(p.Changed), ended)
		if err != nil {
			return err
		}
		if n, err := done.RowsAffected(); err != nil || n != 1 {
			return ErrChanged
		}
		if payload == nil {
			payload = map[string]any{}
		}
		out = p.Paper
		return r.record(ctx, tx, p, on.By, name, payload)
	})
	if err != nil {
		return Paper{}, fmt.Errorf("%s: %w", on.Number, err)
	}
	return out, nil
}

// setState writes how a version stands.
func (r *Registers) setState(ctx context.Context, tx *store.Tx, p *paper, v Version) error {
	decided := sql.NullInt64{}
	if !v.Decided.IsZero() {
		decided = sql.NullInt64{Int64: store.Micros(v.Decided), Valid: true}
	}
	_, err := tx.ExecContext(ctx, `UPDATE register_version SET state = $4, proposer = $5, decided = $6, decided_by = $7 WHERE landlord = $1 AND paper = $2 AND n = $3`,
		r.Landlord, p.ID, v.N, string(v.State), v.Proposed, decided, v.DecidedBy)
	if err != nil {
		return fmt.Errorf("version %d: %w", v.N, err)
	}
	p.Versions[v.N-1] = v
	return nil
}

// enter adds an entry, and gives the digest of what is sealed.
func (r *Registers) enter(ctx context.Context, tx *store.Tx, p *paper, by, kind string, v Values) (map[string]any, error) {
	return r.enterOf(ctx, tx, p, p.Latest().N, by, kind, v)
}

// enterOf adds an entry that is about a version.
func (r *Registers) enterOf(ctx context.Context, tx *store.Tx, p *paper, version int64, by, kind string, v Values) (map[string]any, error) {
	e := Entry{N: int64(len(p.Entries)) + 1, Kind: kind, Version: version, At: p.Changed, By: by, Values: v}
	sealed, err := r.seal(p, "entry", e.N, said{Values: v})
	if err != nil {
		return nil, err
	}
	_, err = tx.ExecContext(ctx, `INSERT INTO register_entry (landlord, paper, n, kind, version, at, actor, sealed) VALUES ($1, $2, $3, $4, $5, $6, $7, $8)`,
		r.Landlord, p.ID, e.N, kind, e.Version, store.Micros(e.At), by, sealed)
	if err != nil {
		return nil, fmt.Errorf("keep the entry: %w", err)
	}
	p.Entries = append(p.Entries, e)
	if err := r.mark(ctx, tx, p, "entry", e.N, v); err != nil {
		return nil, err
	}
	return map[string]any{"entry": e.N, "kind": kind, "sealed": digest(sealed)}, nil
}

// Edit writes the next version, a draft. One that was signed stands until this one
// is; one that was not is replaced.
func (r *Registers) Edit(ctx context.Context, on On, title string, values Values) (Paper, error) {
	return r.act(ctx, on, "register.edited", func(tx *store.Tx, f *Form, p *paper) (map[string]any, error) {
		title, values, err := r.take(f, title, values)
		if err != nil {
			return nil, err
		}
		if last := p.Latest(); last.State == Draft || last.State == Proposed {
			last.State = Replaced
			if err := r.setState(ctx, tx, p, last); err != nil {
				return nil, err
			}
		}
		sum, err := r.addVersion(ctx, tx, p, on.By, title, values)
		return map[string]any{"sealed": sum}, err
	})
}

// Propose lays the newest version before whoever signs. What its form needs must be
// there.
func (r *Registers) Propose(ctx context.Context, on On) (Paper, error) {
	return r.act(ctx, on, "register.proposed", func(tx *store.Tx, f *Form, p *paper) (map[string]any, error) {
		v := p.Latest()
		if v.State != Draft {
			return nil, fmt.Errorf("%w: version %d is %s, and only a draft is proposed", ErrState, v.N, v.State)
		}
		if lacks := f.Lacks(v.Values); len(lacks) > 0 {
			return nil, fmt.Errorf("%w: %w", ErrInput, lacks)
		}
		v.State, v.Proposed = Proposed, on.By
		if err := r.setState(ctx, tx, p, v); err != nil {
			return nil, err
		}
		return r.enter(ctx, tx, p, on.By, DidPropose, Values{})
	})
}

// Signature is what a signature comes with.
type Signature struct {
	Why string // may be empty
	// ReviewBy is the day by which the paper is looked at again; zero is as its form
	// says, which it may not be later than.
	ReviewBy law.Date
}

// Sign signs the version that was proposed; the one that stood is replaced. Whether
// a role may is for the caller to say; where the form wants a second person, whoever
// wrote or proposed the version may not.
func (r *Registers) Sign(ctx context.Context, on On, s Signature) (Paper, error) {
	return r.act(ctx, on, "register.signed", func(tx *store.Tx, f *Form, p *paper) (map[string]any, error) {
		v := p.Latest()
		switch {
		case v.State != Proposed:
			return nil, fmt.Errorf("%w: version %d is %s, and only what is proposed is signed", ErrState, v.N, v.State)
		case f.Second && (on.By == v.Proposed || on.By == v.By):
			return nil, ErrSecond
		}
		next, err := r.nextReview(f, s.ReviewBy)
		if err != nil {
			return nil, err
		}
		if old, ok := p.Standing(); ok {
			old.State = Replaced
			if err := r.setState(ctx, tx, p, old); err != nil {
				return nil, err
			}
		}
		v.State, v.Decided, v.DecidedBy = Signed, p.Changed, on.By
		if err := r.setState(ctx, tx, p, v); err != nil {
			return nil, err
		}
		p.ReviewBy = next
		return r.enter(ctx, tx, p, on.By, DidSign, words(map[string]string{"why": s.Why, "for": string(f.Signer(r.Notice())), "review-by": dayText(next)}))
	})
}

// nextReview is the day by which a paper is looked at again.
func (r *Registers) nextReview(f *Form, want law.Date) (law.Date, error) {
	if f.Every == "" {
		return want, nil
	}
	last := after(r.today(), f.Every)
	switch {
	case want.IsZero():
		return last, nil
	case want.After(last):
		return want, fmt.Errorf("%w: %w", ErrInput, Faults{{"review-by", "is later than " + last.String() + ", by when a " + f.One + " is looked at again", "name a day up to that one"}})
	case want.Before(r.today()):
		return want, fmt.Errorf("%w: %w", ErrInput, Faults{{"review-by", "is over", "name a day to come"}})
	}
	return want, nil
}

// Refuse refuses to sign the version that was proposed, and says why.
func (r *Registers) Refuse(ctx context.Context, on On, why string) (Paper, error) {
	return r.act(ctx, on, "register.refused", func(tx *store.Tx, f *Form, p *paper) (map[string]any, error) {
		v := p.Latest()
		if v.State != Proposed {
			return nil, fmt.Errorf("%w: version %d is %s, and only what is proposed is refused", ErrState, v.N, v.State)
		}
		if err := needWhy(why); err != nil {
			return nil, err
		}
		v.State, v.Decided, v.DecidedBy = Refused, p.Changed, on.By
		if err := r.setState(ctx, tx, p, v); err != nil {
			return nil, err
		}
		return r.enter(ctx, tx, p, on.By, DidRefuse, words(map[string]string{"why": why}))
	})
}

// Review records that the paper that holds was looked at again and left as it is.
// Where something has changed it is edited instead.
func (r *Registers) Review(ctx context.Context, on On, why string, next law.Date) (Paper, error) {
	return r.act(ctx, on, "register.reviewed", func(tx *store.Tx, f *Form, p *paper) (map[string]any, error) {
		if _, ok := p.Standing(); !ok {
			return nil, fmt.Errorf("%w: nothing of it is signed", ErrState)
		}
		err := needWhy(why)
		if err == nil {
			p.ReviewBy, err = r.nextReview(f, next)
		}
		if err != nil {
			return nil, err
		}
		return r.enter(ctx, tx, p, on.By, DidReview, words(map[string]string{"why": why, "review-by": dayText(p.ReviewBy)}))
	})
}

// End ends a paper: nothing of it holds from then on, and nothing is done with it.
func (r *Registers) End(ctx context.Context, on On, why string) (Paper, error) {
	return r.act(ctx, on, "register.ended", func(tx *store.Tx, f *Form, p *paper) (map[string]any, error) {
		if err := needWhy(why); err != nil {
			return nil, err
		}
		for _, v := range p.Versions {
			switch v.State {
			case Signed:
				v.State = Ended
			case Draft, Proposed:
				v.State = Replaced
			default:
				continue
			}
			if err := r.setState(ctx, tx, p, v); err != nil {
				return nil, err
			}
		}
		p.Ended, p.ReviewBy = p.Changed, law.Date{}
		return r.enter(ctx, tx, p, on.By, DidEnd, words(map[string]string{"why": why}))
	})
}

// Enter adds an entry of a kind that the form takes.
func (r *Registers) Enter(ctx context.Context, on On, kind string, values Values) (Paper, error) {
	return r.add(ctx, on, kind, values, false)
}

// Looked adds an entry of a kind that Tenet itself writes: that a page was looked at.
func (r *Registers) Looked(ctx context.Context, on On, kind string, values Values) (Paper, error) {
	return r.add(ctx, on, kind, values, true)
}

func (r *Registers) add(ctx context.Context, on On, kind string, values Values, own bool) (Paper, error) {
	return r.act(ctx, on, "register.entered", func(tx *store.Tx, f *Form, p *paper) (map[string]any, error) {
		e := f.Entry(kind)
		if e == nil || e.Act != own || kind == DidLive {
			return nil, fmt.Errorf("%w: a %s takes no entry %q; it takes: %s", ErrNone, f.One, short(kind), strings.Join(f.takes(), ", "))
		}
		version := p.Latest().N
		if v, ok := p.Standing(); e.Standing && !ok {
			return nil, fmt.Errorf("%w: nothing of it is signed, and “%s” is entered of what is; propose it and have it signed first", ErrState, e.Title)
		} else if e.Standing {
			version = v.N
		}
		fine, faults := check(r.Notice(), e.Fields, values)
		faults = append(faults, lacking(e.Fields, fine, func(string) bool { return false })...)
		if len(faults) == 0 {
			faults = answers(p.Paper, kind, fine)
		}
		if len(faults) > 0 {
			return nil, fmt.Errorf("%w: %w", ErrInput, faults)
		}
		return r.enterOf(ctx, tx, p, version, on.By, kind, fine)
	})
}

// answers says what is wrong with an entry that points at something of its paper.
func answers(p Paper, kind string, v Values) Faults {
	switch kind {
	case "measure-done":
		standing, _ := p.Standing()
		if n := len(standing.Values.Rows("measures")); !within(v.Text("measure"), n) {
			return Faults{{"measure", fmt.Sprintf("is no measure of what is signed, which has %d", n), "give its number, counted from 1"}}
		}
	case "sent":
		for _, e := range p.Of("asked") {
			if fmt.Sprint(e.N) == v.Text("asked") {
				return nil
			}
		}
		return Faults{{"asked", "is no entry of somebody asking", "give the number of the entry that it answers"}}
	}
	return nil
}

func within(s string, most int) bool {
	for i := 1; i <= most; i++ {
		if fmt.Sprint(i) == s {
			return true
		}
	}
	return false
}

func (f *Form) takes() []string {
	out := []string{}
	for _, e := range f.Entries {
		if !e.Act {
			out = append(out, e.ID)
		}
	}
	return out
}

// GoLive records that what a paper is about begins on a day, or refuses with a
// [*BlockedError]: see [Form.MayGoLive], which decides in the same transaction.
func (r *Registers) GoLive(ctx context.Context, on On, day law.Date) (Paper, error) {
	return r.act(ctx, on, "register.live", func(tx *store.Tx, f *Form, p *paper) (map[string]any, error) {
		if day.IsZero() {
			return nil, fmt.Errorf("%w: %w", ErrInput, Faults{{"on", "is missing", "say from which day"}})
		}
		if v := f.MayGoLive(r.Notice(), p.Paper, day); !v.Allowed {
			return nil, &BlockedError{p.Number, v.Why}
		}
		return r.enter(ctx, tx, p, on.By, DidLive, Values{"on": day.String()})
	})
}

// Live is the day from which what a paper is about has gone live; zero if it has not.
func (p Paper) Live() law.Date {
	if all := p.Of(DidLive); len(all) > 0 {
		return all[len(all)-1].Values.Day("on")
	}
	return law.Date{}
}

// OpenNew begins an entry for each use that a new version of the notice has and the
// one before had not, each once, in the transaction that adopts the version: what
// people must be told of first.
func (r *Registers) OpenNew(ctx context.Context, tx *store.Tx, by string, before, now *notice.Notice) ([]Paper, error) {
	had := map[notice.ID]bool{}
	for _, u := range before.Uses.Uses {
		had[u.ID] = true
	}
	var out []Paper
	for _, u := range now.Uses.Uses {
		if had[u.ID] {
			continue
		}
		v := Values{"use": string(u.ID), "from": string(now.Landlord.Effective)}
		var categories []string
		for _, c := range u.Categories {
			categories = append(categories, string(c))
		}
		v["categories"] = categories
		if u.New != nil && u.New.Since != "" {
			v["from"] = string(u.New.Since)
		}
		on := r.Config
		on.Notice = func() *notice.Notice { return now } // the use is in no other yet
		p, err := (&Registers{on}).begin(ctx, tx, NewPaper{In: In{Register: "further-use", Title: clip(u.Purpose, mostTitle), Values: v}, By: by, Once: "new-use/" + string(u.ID)})
		if err != nil {
			return out, err
		}
		out = append(out, p)
	}
	return out, nil
}

func clip(s string, most int) string {
	for len(s) > most {
		r := []rune(s)
		s = string(r[:len(r)-1])
	}
	return s
}

func needWhy(why string) error {
	if len(strings.Fields(why)) < 2 || len(why) > mostLong {
		return fmt.Errorf("%w: %w", ErrInput, Faults{{"why", "is missing or too long", "say why in a sentence: it is kept, sealed"}})
	}
	return nil
}

// words are values without those that are empty.
func words(m map[string]string) Values {
	v := Values{}
	for k, s := range m {
		if s = strings.TrimSpace(s); s != "" {
			v[k] = s
		}
	}
	return v
}

func dayText(d law.Date) string {
	if d.IsZero() {
		return ""
	}
	return d.String()
}

// moment is a time as a sheet writes it.
func moment(t time.Time) string {
	if t.IsZero() {
		return ""
	}
	return t.In(law.London()).Format("2006-01-02 15:04")
}
