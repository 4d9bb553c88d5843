package desk

import (
	"context"
	"encoding/json"
	"errors"
	"fmt"
	"slices"
	"strings"
	"sync"
	"time"

	"tenet/internal/cases"
	"tenet/internal/find"
	"tenet/internal/law"
	"tenet/internal/redact"
	"tenet/internal/rows"
)

// Bench is the work on what the draft of one case leaves out, as it stands. It
// does not change.
type Bench struct {
	Case  cases.Case
	State *redact.State
	Steps []redact.Step // all of them, those that were taken back too
	*benchDraft
}

// benchDraft is the part of a bench that one draft has for good.
type benchDraft struct {
	outline
	texts string
	work  *redact.Work
	base  map[string]redact.Flagged

	once sync.Once
	list []Disposition // with what was decided when the draft was made
	full *find.Answer
	err  error
}

// Item is one record of a bench, as a list shows it.
type Item struct {
	ID, Title, Source string
	Table             *rows.Table
	On                law.Date
	Like              string // the record that it is nearly the same as, and is decided with
	Thread            string
}

// Item is the i-th record, in the order of the documents of the state.
func (b *Bench) Item(i int) Item {
	x := &b.Items[i]
	t := &b.Tables[x.Table]
	return Item{x.ID, x.Title, t.Source, &t.Table, x.On, x.Like, b.Words[x.Thread]}
}

// Found is what was found when the draft was made, and what became of each record
// in it.
func (b *benchDraft) found(steps []redact.Step) (*find.Answer, []Disposition, error) {
	b.once.Do(func() {
		var drafted *redact.State
		if b.full, b.err = b.outline.found(b.texts); b.err != nil {
			return
		}
		if drafted, b.err = b.work.At(steps[:b.Revision], b.base); b.err == nil {
			b.list = dispositions(b.full.Records, drafted)
		}
	})
	return b.full, slices.Clone(b.list), b.err
}

// Bench is the work on the answer of a case. A draft that an earlier version made
// has none.
func (d *Desk) Bench(ctx context.Context, k cases.Case) (*Bench, error) {
	if err := d.withinCase(ctx, k); err != nil {
		return nil, err
	}
	if k.Draft == nil {
		return nil, &Error{Code: "no-draft", What: "there is no draft yet", Where: k.Number, Mend: "make one: tenet case answer " + k.Number}
	}
	if k.Draft.File == answerFile {
		return nil, &Error{Code: "old-draft", What: "the draft was made by an earlier version of Tenet, which proposed nothing to decide on", Where: k.Number, Mend: "make it again: tenet case answer " + k.Number}
	}
	b := d.benches.get(k)
	if b == nil {
		var err error
		if b, err = d.openBench(ctx, k); err != nil {
			return nil, fmt.Errorf("read what was found for %s: %w", k.Number, err)
		}
	}
	more, err := d.stepsAfter(ctx, k, len(b.Steps))
	if err != nil {
		return nil, err
	}
	next := &Bench{Case: k, State: b.State, Steps: b.Steps, benchDraft: b.benchDraft}
	if len(more) > 0 || next.State == nil {
		next.Steps = append(slices.Clip(b.Steps), more...)
		if next.State, err = b.work.At(next.Steps, b.base); err != nil {
			return nil, fmt.Errorf("the work on %s: %w", k.Number, err)
		}
	}
	if len(next.Steps) < b.Revision {
		return nil, fmt.Errorf("the work on %s: the draft has %d steps in it, and there are %d", k.Number, b.Revision, len(next.Steps))
	}
	d.benches.put(next)
	return next, nil
}

// openBench reads the working files of a draft. Where another draft takes its
// place meanwhile they do not fit each other, and it is tried again.
func (d *Desk) openBench(ctx context.Context, k cases.Case) (*Bench, error) {
	torn := errors.New("its parts are of different drafts")
	read := func() (*Bench, error) {
		data, err := d.Cases.GetFile(ctx, k.ID, outlineFile)
		if err != nil {
			return nil, err
		}
		b := &benchDraft{}
		if err := json.Unmarshal(data, &b.outline); err != nil {
			return nil, err
		}
		var texts strings.Builder
		texts.Grow(min(max(b.Bytes, 0), 1<<30))
		for i := range b.Files {
			data, err := d.Cases.GetFile(ctx, k.ID, textFile(i))
			if err != nil && !errors.Is(err, cases.ErrNotFound) {
				return nil, err
			}
			rest, ok := strings.CutPrefix(string(data), b.Stamp)
			if !ok || b.Stamp == "" {
				return nil, torn
			}
			texts.WriteString(rest)
		}
		b.texts = texts.String()
		if err := b.check(b.texts); err != nil {
			return nil, err
		}
		decisions, _, err := d.Cases.Decisions(ctx, k.ID)
		if err != nil {
			return nil, err
		}
		b.base = flagged(decisions)
		b.work = redact.NewWork(b.documents(b.texts), new(redact.Labels))
		return &Bench{Case: k, benchDraft: b}, nil
	}
	b, err := read()
	if errors.Is(err, torn) {
		b, err = read()
	}
	return b, err
}

// stepsAfter are the steps of the work on a case from that after the given one.
func (d *Desk) stepsAfter(ctx context.Context, k cases.Case, after int) ([]redact.Step, error) {
	kept, err := d.Cases.WorkAfter(ctx, k.ID, after)
	if err != nil {
		return nil, err
	}
	out := make([]redact.Step, len(kept))
	for i, data := range kept {
		if err := json.Unmarshal(data, &out[i]); err != nil {
			return nil, fmt.Errorf("step %d of the work on %s: %w", after+i+1, k.Number, err)
		}
	}
	return out, nil
}

// mostMarks is how many marks one step may have.
const mostMarks = 1000

// Mark takes marks as one step, made on the work as it was after the given one.
// Marks that change nothing are no step.
func (d *Desk) Mark(ctx context.Context, k cases.Case, on cases.On, revision int, marks []redact.Mark) (*Bench, error) {
	b, err := d.Bench(ctx, k)
	if err != nil {
		return nil, err
	}
	if len(marks) == 0 || len(marks) > mostMarks {
		return nil, &Error{Code: "usage", What: fmt.Sprintf("%d marks were given", len(marks)), Where: k.Number, Mend: fmt.Sprintf("give 1 to %d", mostMarks)}
	}
	marks = slices.Clone(marks)
	for i := range marks {
		if marks[i], err = b.prepare(marks[i]); err != nil {
			return nil, err
		}
		if marks[i].Kind == redact.MarkRegion {
			if err := d.drawable(ctx, b, marks[i]); err != nil {
				return nil, err
			}
		}
	}
	return d.step(ctx, b, on, revision, redact.Step{Marks: marks})
}

// prepare is a mark with what follows from its kind, checked.
func (b *Bench) prepare(m redact.Mark) (redact.Mark, error) {
	switch {
	case m.Kind == redact.MarkRest:
		m.Of = b.work.Digest()
	case m.Kind == redact.MarkFlag && m.Flag == redact.FlagPrivileged:
		m.Exemption, m.Reason = or(m.Exemption, law.ExemptPrivilege), or(m.Reason, "legal advice, or made for proceedings")
	case m.Kind == redact.MarkFlag && m.Flag == redact.FlagNotTheirs:
		m.Exemption, m.Reason = or(m.Exemption, law.ExemptNotYours), or(m.Reason, "it is not about the requester")
	case m.Kind == redact.MarkFlag && m.Flag == redact.FlagDuplicate:
		m.Exemption, m.Reason = "", or(m.Reason, "another record says the same")
	case m.Kind == redact.MarkFlag && m.Flag == redact.FlagWithhold:
		m.Exemption = or(m.Exemption, law.ExemptThirdParty)
	}
	if m.Action == redact.Reveal || m.Flag == redact.FlagRelease {
		m.Exemption = ""
	}
	if _, known := law.ExemptionByID(m.Exemption); m.Exemption != "" && !known {
		return m, &Error{Code: "usage", What: "there is no such exemption", Where: fmt.Sprintf("%.40q", m.Exemption), Mend: "name one by its id, such as " + law.ExemptThirdParty}
	}
	if len(m.Reason)+len(m.Words) > 20_000 || len(m.Except) > 10_000 {
		return m, &Error{Code: "usage", What: "a mark says too much", Where: string(m.Kind), Mend: "shorten the reason or the words"}
	}
	err := b.work.Check(m)
	switch {
	case errors.Is(err, redact.ErrReason):
		return m, &Error{Code: "reason", What: "a reason is needed", Where: string(m.Kind), Mend: "say in a few words why; nobody but staff reads it"}
	case err != nil:
		return m, &Error{Code: "mark", What: strings.TrimPrefix(err.Error(), "redact: "), Where: string(m.Kind), Mend: "look at the document again"}
	}
	return m, nil
}

func or(s, otherwise string) string {
	if strings.TrimSpace(s) == "" {
		return otherwise
	}
	return s
}

// Undo takes back every step after the one given.
func (d *Desk) Undo(ctx context.Context, k cases.Case, on cases.On, revision, to int) (*Bench, error) {
	b, err := d.Bench(ctx, k)
	if err != nil {
		return nil, err
	}
	if to < 0 || to >= len(b.Steps) {
		return nil, &Error{Code: "usage", What: fmt.Sprintf("there is no step %d to go back to", to), Where: k.Number, Mend: "name one before the last"}
	}
	return d.step(ctx, b, on, revision, redact.Step{Back: &to})
}

// Agree records that a second person looked at the work, and what they say of it.
func (d *Desk) Agree(ctx context.Context, k cases.Case, on cases.On, revision int, words string) (*Bench, error) {
	b, err := d.Bench(ctx, k)
	if err != nil {
		return nil, err
	}
	if strings.TrimSpace(words) == "" {
		return nil, &Error{Code: "reason", What: "nothing is said", Where: k.Number, Mend: "say what you looked at, and whether you agree"}
	}
	if by := deciders(b.State); len(by) > 0 && !slices.ContainsFunc(by, func(id string) bool { return id != on.By }) {
		return nil, &Error{Code: "second", What: "whoever decided cannot look second", Where: k.Number, Mend: "ask a colleague to look"}
	}
	return d.step(ctx, b, on, revision, redact.Step{Agreed: words})
}

// deciders are those whose decisions stand.
func deciders(s *redact.State) []string {
	var by []string
	for _, x := range s.Live {
		if len(x.Marks) > 0 && !slices.Contains(by, x.By) {
			by = append(by, x.By)
		}
	}
	return by
}

// step records a step, sealed, with its entry in the ledger, which has counts of it,
// the opaque ids of whole records, and no words.
func (d *Desk) step(ctx context.Context, b *Bench, on cases.On, revision int, s redact.Step) (*Bench, error) {
	if revision != len(b.Steps) {
		return nil, &cases.Error{Code: cases.CodeChanged, Message: fmt.Sprintf("somebody else decided meanwhile: step %d was the last, and is %d now", revision, len(b.Steps)), Mend: "look at it again, then decide"}
	}
	on.Case = b.Case.ID
	s.Number, s.By, s.At = len(b.Steps)+1, on.By, d.Now().UTC().Truncate(time.Second)
	steps := append(slices.Clip(b.Steps), s)
	state, err := b.work.At(steps, b.base)
	if err != nil {
		return nil, err
	}
	_, _, s.Waiting = state.Totals()
	steps[len(steps)-1].Waiting = s.Waiting
	data, err := json.Marshal(s)
	if err != nil {
		return nil, fmt.Errorf("keep a step of the work: %w", err)
	}
	w := cases.Work{After: revision, Data: data, Decides: s.Agreed == "", Words: s.Agreed, Facts: map[string]any{"waiting": s.Waiting}}
	if s.Back != nil {
		w.Facts["back"] = *s.Back
	}
	kinds := map[redact.Kind]int{}
	var items []map[string]any
	for _, m := range s.Marks {
		if kinds[m.Kind]++; m.Kind == redact.MarkFlag {
			items = append(items, map[string]any{"item": m.Doc, "flag": m.Flag, "exemption": m.Exemption})
		}
	}
	if len(kinds) > 0 {
		w.Facts["marks"] = kinds
	}
	if len(items) > 0 {
		w.Facts["items"] = items
	}
	k, err := d.Cases.AddWork(ctx, on, w)
	if err != nil {
		return nil, err
	}
	if k.Draft == nil || k.Draft.Digest != b.Case.Draft.Digest {
		return d.Bench(ctx, k) // another draft was made meanwhile
	}
	next := &Bench{Case: k, State: state, Steps: steps, benchDraft: b.benchDraft}
	d.benches.put(next)
	return next, nil
}

// Seen notes that somebody looked at a record, so that the work can be taken up
// there. It decides nothing.
func (d *Desk) Seen(k cases.Case, item string) { d.benches.see(k.ID, item) }

// Resume is the record that was looked at last, or decided on; empty if none.
func (d *Desk) Resume(b *Bench) string {
	if id := d.benches.seeing(b.Case.ID); b.work.Doc(id) >= 0 {
		return id
	}
	for _, s := range slices.Backward(b.State.Live) {
		for _, m := range slices.Backward(s.Marks) {
			if b.work.Doc(m.Doc) >= 0 {
				return m.Doc
			}
		}
	}
	return ""
}

// Left is how long the rest will take at the pace so far: zero while that cannot be
// said. Pauses of more than a quarter of an hour are no work.
func (b *Bench) Left() time.Duration {
	const pause, few = 15 * time.Minute, 5
	_, _, waiting := b.State.Totals()
	var worked time.Duration
	decided := 0
	for i := 1; i < len(b.State.Live); i++ {
		was, is := b.State.Live[i-1], b.State.Live[i]
		if took := is.At.Sub(was.At); took >= 0 && took < pause && is.Waiting < was.Waiting {
			worked += took
			decided += was.Waiting - is.Waiting
		}
	}
	if decided < few || waiting == 0 {
		return 0
	}
	return (worked * time.Duration(waiting) / time.Duration(decided)).Round(time.Minute)
}

// Decide records what becomes of whole records of the answer. They must be of the
// draft, so that a slip of the pen decides nothing; the one item "rest" withholds all
// that nobody has decided.
func (d *Desk) Decide(ctx context.Context, k cases.Case, on cases.On, items []string, release bool, exemption, reason string) (cases.Case, error) {
	b, err := d.Bench(ctx, k)
	if err != nil {
		return k, err
	}
	if release {
		exemption = ""
	}
	if strings.TrimSpace(reason) == "" {
		return k, &Error{Code: "reason", What: "a decision needs its reason", Where: k.Number, Mend: "say why, in words"}
	}
	var marks []redact.Mark
	for _, id := range items {
		if id == "rest" && !release {
			marks = append(marks, redact.Mark{Kind: redact.MarkRest, Exemption: exemption, Reason: reason})
			continue
		}
		i := b.work.Doc(id)
		if i < 0 {
			return k, &Error{Code: "no-item", What: fmt.Sprintf("%s has no item %q", k.Number, id), Where: "ITEMS", Mend: "see tenet case show " + k.Number}
		}
		m := redact.Mark{Kind: redact.MarkFlag, Doc: id, Flag: redact.FlagWithhold, Exemption: exemption, Reason: reason}
		if release {
			m.Flag = redact.FlagRelease
		}
		if f := b.State.Flag(i); f.Flag == m.Flag && f.Exemption == m.Exemption && f.Reason == m.Reason && f.By == on.By {
			continue
		}
		marks = append(marks, m)
	}
	if len(items) > 0 && len(marks) == 0 {
		return k, nil // it is decided so already
	}
	next, err := d.Mark(ctx, k, on, len(b.Steps), marks)
	if err != nil {
		return k, err
	}
	return next.Case, nil
}

// Decisions is what stands of whole records of a case, by their items.
func (d *Desk) Decisions(ctx context.Context, k cases.Case) (map[string]cases.Decision, error) {
	out := map[string]cases.Decision{}
	if k.Draft == nil || k.Draft.File == answerFile {
		old, _, err := d.Cases.Decisions(ctx, k.ID)
		for _, x := range old {
			out[x.Item] = x
		}
		return out, err
	}
	b, err := d.Bench(ctx, k)
	if err != nil {
		return nil, err
	}
	for i := range b.Items {
		if f := b.State.Flag(i); f.Flag != "" {
			out[b.Items[i].ID] = cases.Decision{Item: b.Items[i].ID, Release: f.Flag == redact.FlagRelease, Exemption: f.Exemption, Reason: f.Reason, By: f.By, At: f.At}
		}
	}
	return out, nil
}

// undecided refuses an approval while something waits that a person has to see, and
// where a second person is needed and it would be the same one.
func (d *Desk) undecided(b *Bench, by string) error {
	if _, _, waiting := b.State.Totals(); waiting > 0 {
		n := b.Case.Number
		return &Error{Code: "undecided", What: fmt.Sprintf("%d places or records wait for a person's decision", waiting), Where: n,
			Mend: "decide them, or withhold all that is left: tenet case decide " + n + ` rest --withhold --reason "…"`}
	}
	if d.Config.Redaction.SecondPerson && slices.Contains(deciders(b.State), by) {
		return &Error{Code: "second", What: "whoever decided what is left out cannot approve it", Where: b.Case.Number, Mend: "ask a colleague to look and approve; redaction: second-person in " + configFile + " says so"}
	}
	return nil
}

// Holding says which records hold these words, in any way of writing them; with none
// all do.
func (b *Bench) Holding(words string) func(i int) bool {
	if strings.TrimSpace(words) == "" {
		return func(int) bool { return true }
	}
	holds := b.work.Holding(words)
	return func(i int) bool { return holds[i] }
}

// Likes is how many records are decided with the i-th, being like it.
func (b *Bench) Likes(i int) int { return b.work.Likes(i) }

// Whose is whose the i-th record is, in words.
func (b *Bench) Whose(i int) (string, error) {
	r, err := b.record(b.texts, i)
	if err != nil {
		return "", err
	}
	return whoseWords(r), nil
}
