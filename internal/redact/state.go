package redact

import (
	"cmp"
	"crypto/sha256"
	"errors"
	"slices"
	"time"

	"tenet/internal/detect"
)

// ErrReason says that a decision lacks its reason.
var ErrReason = errors.New("a reason is needed")

// errShort says that a rule is of too few letters.
var errShort = errors.New("redact: a rule is for words of four letters or more")

// Verdict is what somebody decided, and when.
type Verdict struct {
	Action    Action
	Exemption string
	Reason    string
	By        string // empty while nobody has decided
	Step      int
	At        time.Time
}

// Settled is a span as it stands: what was proposed, and what counts.
type Settled struct {
	Span
	Verdict
	Added bool // by a person
	here  bool // by a person, for this place alone
}

// Flagged is what stands of a whole document.
type Flagged struct {
	Flag Flag
	Verdict
}

// State is the work as the steps leave it. It does not change.
type State struct {
	Work     *Work
	Revision int    // the number of the last step
	Live     []Step // those that count
	flags    []Flagged
	verdicts []Verdict // of each span of the work; By is empty where nobody decided
	added    map[[2]int][]Settled
	regions  map[int][]Covered // of each document that has any
	rest     *Verdict
	waiting  []int // of each document
	spans    []int
}

// groupMark is a decision on a group.
type groupMark struct {
	Verdict
	except []string
}

// At folds steps over the work, in whatever order they come. What was decided of one span counts before what was decided
// of a group of them, and within each the later before the earlier; base are flags from before there were steps.
func (w *Work) At(steps []Step, base map[string]Flagged) (*State, error) {
	live, err := Live(steps)
	if err != nil {
		return nil, err
	}
	s := &State{Work: w, Revision: len(steps), Live: live, flags: make([]Flagged, len(w.Docs)), verdicts: make([]Verdict, len(w.spans)),
		added: map[[2]int][]Settled{}, regions: map[int][]Covered{}, waiting: make([]int, len(w.Docs)), spans: make([]int, len(w.Docs))}
	single := map[string]Verdict{}
	grouped := map[string][]groupMark{}
	type alike struct {
		doc          int
		piece, words string
	}
	like := map[alike]Verdict{}
	adds := map[string]Settled{}
	where := map[string]place{}
	for id, f := range base {
		if d := w.Doc(id); d >= 0 {
			s.flags[d] = f
		}
	}
	for _, step := range live {
		for _, m := range step.Marks {
			v := Verdict{m.Action, m.Exemption, m.Reason, step.By, step.Number, step.At}
			switch m.Kind {
			case MarkSpan:
				single[m.Span] = v
				if i, ok := w.bySpan[m.Span]; ok {
					at := w.spans[i]
					like[alike{at.doc, w.Docs[at.doc].Pieces[at.piece].Name, w.span(at).Words}] = v
				}
			case MarkGroup:
				grouped[m.Group] = append(grouped[m.Group], groupMark{v, m.Except})
			case MarkAdd:
				v.Action = Withhold
				for _, add := range w.addPlaces(m) {
					x := add.span.decided(v)
					x.here = !m.Everywhere
					adds[x.ID], where[x.ID] = x, add.place
					delete(single, x.ID)
				}
			case MarkRegion:
				if d := w.Doc(m.Doc); d >= 0 && m.Region != nil {
					s.cover(d, *m.Region, v)
				}
			case MarkDrop:
				delete(adds, m.Span)
				s.uncover(m.Span)
			case MarkFlag:
				if d := w.Doc(m.Doc); d >= 0 {
					s.flags[d] = Flagged{m.Flag, v}
					if m.Flag == "" {
						s.flags[d] = Flagged{}
					}
				}
			case MarkRest:
				if v.Action = Withhold; m.Of == w.digest {
					s.rest = &v
				}
			}
		}
	}
	s.inheritFlags()
	for i, at := range w.spans {
		x := w.span(at)
		v, ok := single[x.ID]
		if !ok {
			if rep := w.Doc(w.Docs[at.doc].Like); rep >= 0 {
				v, ok = like[alike{rep, w.Docs[at.doc].Pieces[at.piece].Name, x.Words}]
			}
		}
		if !ok {
			v, ok = latest(x.ID, grouped[x.Person], grouped[x.Words])
		}
		if !ok && s.rest != nil && x.Action == Review {
			v, ok = *s.rest, true
		}
		if ok {
			s.verdicts[i] = v.filled(x.Proposal)
		}
	}
	for id, x := range adds {
		if v, ok := single[id]; ok {
			x.Verdict = v.filled(x.Proposal)
		}
		p := where[id]
		s.added[[2]int{p.doc, p.piece}] = append(s.added[[2]int{p.doc, p.piece}], x)
	}
	for _, list := range s.added {
		slices.SortFunc(list, func(a, b Settled) int {
			return cmp.Or(cmp.Compare(a.Start, b.Start), cmp.Compare(b.End, a.End), cmp.Compare(a.Step, b.Step))
		})
	}
	s.count()
	return s, nil
}

// latest is the last decision on any of the groups of a span that does not except it.
func latest(id string, groups ...[]groupMark) (v Verdict, ok bool) {
	for _, marks := range groups {
		for _, m := range slices.Backward(marks) {
			if !slices.Contains(m.except, id) {
				if !ok || m.Step > v.Step {
					v, ok = m.Verdict, true
				}
				break
			}
		}
	}
	return v, ok
}

// filled is a verdict with what the proposal says where the person said nothing.
func (v Verdict) filled(p Proposal) Verdict {
	if v.Action == Reveal {
		v.Exemption = ""
	} else if v.Exemption == "" {
		if v.Exemption = p.Exemption; v.Exemption == "" {
			v.Exemption = ThirdParty
		}
	}
	if v.Reason == "" {
		v.Reason = p.Reason
	}
	return v
}

// inheritFlags hands a document's flag on to those like it that have none. A release is handed on only to what reads the
// very same: nobody has read the rest.
func (s *State) inheritFlags() {
	own := slices.Clone(s.flags)
	for d, doc := range s.Work.Docs {
		rep := s.Work.Doc(doc.Like)
		if rep < 0 || rep == d || own[d].Flag != "" || own[rep].Flag == "" {
			continue
		}
		if own[rep].Flag != FlagRelease || s.Work.same[rep] == s.Work.same[d] {
			s.flags[d] = own[rep]
		}
	}
}

// addPlaces are where an add mark withholds.
func (w *Work) addPlaces(m Mark) []addition {
	d := w.Doc(m.Doc)
	switch {
	case m.Words != "" && m.Everywhere:
		return w.places(m.Words, -1)
	case d < 0:
		return nil
	case m.Words != "":
		return w.places(m.Words, d)
	}
	i := slices.IndexFunc(w.Docs[d].Pieces, func(p Piece) bool { return p.Name == m.Piece })
	if i < 0 || !fits(w.Docs[d].Pieces[i].Text, m.Start, m.End) {
		return nil
	}
	at := place{d, i, m.Start, m.End}
	here := []addition{{at, w.addSpan(at)}}
	if !m.Everywhere {
		return here
	}
	// The place itself, and wherever its words stand.
	return append(here, slices.DeleteFunc(slices.Clone(w.places(w.Docs[d].Pieces[i].Text[m.Start:m.End], -1)), func(p addition) bool {
		return p.doc == d && p.piece == i && p.start < m.End && m.Start < p.end
	})...)
}

// addSpan is what a person adds at a place. Words that are a known person's elsewhere are theirs here too.
func (w *Work) addSpan(at place) Settled {
	piece := w.Docs[at.doc].Pieces[at.piece]
	text := piece.Text[at.start:at.end]
	x := Settled{Added: true}
	x.Span.Span = detect.Span{Start: at.start, End: at.end, Text: text, Score: 1, Why: "added by a person"}
	x.ID = spanID(w.Docs[at.doc].ID, piece.Name, sha256.Sum256([]byte(piece.Text)), at.start, at.end)
	x.Words = groupID("w", key(text))
	x.Type, x.Label = w.typed(x.Words), "[information withheld]"
	if a := w.alike[x.Words]; a[1] != "" {
		x.Person, x.Label = a[0], a[1]
	}
	return x
}

// decided is a span that was added, by this verdict.
func (x Settled) decided(v Verdict) Settled {
	x.Proposal.Action, x.Proposal.Exemption, x.Proposal.Reason = Withhold, v.Exemption, v.Reason
	if x.Proposal.Exemption == "" {
		x.Proposal.Exemption = ThirdParty
	}
	x.Verdict = v.filled(x.Proposal)
	return x
}

// settled is one span of the work as it stands.
func (s *State) settled(i int) Settled {
	x := Settled{Span: *s.Work.span(s.Work.spans[i]), Verdict: s.verdicts[i]}
	if x.By == "" {
		x.Verdict = Verdict{Action: x.Proposal.Action, Exemption: x.Proposal.Exemption, Reason: x.Proposal.Reason}
	}
	return x
}

// Spans are the spans of a piece as they stand, in order and apart. What a person added covers what it overlaps: with a
// span that is withheld it becomes one, and one that stays gives way to it.
func (s *State) Spans(doc, piece int) []Settled {
	list, added := s.Work.Docs[doc].Pieces[piece].Spans, s.added[[2]int{doc, piece}]
	if len(list)+len(added) == 0 {
		return nil
	}
	out := make([]Settled, 0, len(list)+len(added))
	next := 0
	if len(list) > 0 {
		next = s.Work.bySpan[list[0].ID]
	}
	end := next + len(list) // the spans of a piece are numbered in order
	text := s.Work.Docs[doc].Pieces[piece].Text
	for _, a := range added {
		for ; next < end && s.Work.span(s.Work.spans[next]).End <= a.Start; next++ {
			out = append(out, s.settled(next))
		}
		for len(out) > 0 && out[len(out)-1].End > a.Start {
			a = a.over(out[len(out)-1])
			out = out[:len(out)-1]
		}
		for ; next < end && s.Work.span(s.Work.spans[next]).Start < a.End; next++ {
			a = a.over(s.settled(next))
		}
		a.Span.Text = text[a.Start:a.End]
		out = append(out, a)
	}
	for ; next < end; next++ {
		out = append(out, s.settled(next))
	}
	return out
}

// over is what an added span makes of one that it overlaps.
func (a Settled) over(x Settled) Settled {
	switch {
	case a.ID == x.ID && a.Start == x.Start && a.End == x.End: // it was proposed too: the later decision counts
		if x.By == "" || x.Step < a.Step {
			x.Verdict, x.here = a.Verdict, a.here
		}
		return x
	case a.Action != Reveal && x.Action == Reveal:
		return a
	case a.Action == Reveal && x.Action != Reveal:
		return x // taken back, and still withheld for another reason
	}
	a.Start, a.End = min(a.Start, x.Start), max(a.End, x.End)
	return a
}

// Flag is what was decided of a whole document.
func (s *State) Flag(doc int) Flagged { return s.flags[doc] }

// Out reports whether a document goes out, in whole or in part; if not, under which exemption and why.
func (s *State) Out(doc int) (out bool, exemption, reason string) {
	d, f := &s.Work.Docs[doc], s.flags[doc]
	switch {
	case f.Flag == FlagRelease:
		return true, "", ""
	case f.Flag != "":
		return false, f.Exemption, f.Reason
	case d.Waits != "" && s.rest != nil:
		return false, cmp.Or(s.rest.Exemption, d.Exemption), s.rest.Reason
	case d.Waits != "":
		return false, d.Exemption, d.Waits
	case d.Stays != "":
		return false, d.Exemption, d.Stays
	}
	return true, "", ""
}

// Clean is a piece as it goes out with what was taken out of it, or why it does not go out.
func (s *State) Clean(doc, piece int) (clean string, taken []Settled, exemption, held string) {
	if out, exemption, reason := s.Out(doc); !out {
		return "", nil, exemption, reason
	}
	return s.Field(doc, piece)
}

// Field is [State.Clean] for a document as if it went out.
func (s *State) Field(doc, piece int) (clean string, taken []Settled, exemption, held string) {
	p := &s.Work.Docs[doc].Pieces[piece]
	if p.Held != "" {
		return "", nil, p.Exemption, p.Held
	}
	if why := s.Unread(doc, piece); why != "" {
		if s.rest != nil {
			return "", nil, cmp.Or(s.rest.Exemption, p.Exemption), s.rest.Reason
		}
		return "", nil, cmp.Or(p.Exemption, ThirdParty), why
	}
	spans := s.Spans(doc, piece)
	var b []byte
	end := 0
	for _, x := range spans {
		if x.Action == Reveal {
			continue
		}
		b = append(append(b, p.Text[end:x.Start]...), x.Label...)
		end = x.End
		taken = append(taken, x)
	}
	if p.Whole && len(taken) > 0 {
		return "", nil, taken[0].Exemption, "it is made of something withheld"
	}
	return string(append(b, p.Text[end:]...)), taken, "", ""
}

// underRegion is why words stay out after a region of their page was covered.
const underRegion = "a region of a page is covered, and nobody has said since that the words below may go"

// Unread is why a piece stays out until somebody has read the document and released it, or empty. A release from before
// a region was drawn is none: whoever covers a part of a page means its words too, and which of them stand there is not
// known.
func (s *State) Unread(doc, piece int) string {
	p, f := &s.Work.Docs[doc].Pieces[piece], s.flags[doc]
	switch {
	case p.Unread != "" && f.Flag != FlagRelease:
		return p.Unread
	case p.Prose && slices.ContainsFunc(s.regions[doc], func(x Covered) bool { return f.Flag != FlagRelease || f.Step < x.Step }):
		return underRegion
	}
	return ""
}

// count finds what waits in each document.
func (s *State) count() {
	at := 0
	for d := range s.Work.Docs {
		doc, flag := &s.Work.Docs[d], s.flags[d].Flag
		silent := flag != "" && flag != FlagRelease || flag == "" && doc.Waits == "" && doc.Stays != ""
		whole := flag == "" && doc.Waits != ""
		for p := range doc.Pieces {
			piece := &doc.Pieces[p]
			whole = whole || piece.Held == "" && s.Unread(d, p) != ""
			changed := len(s.added[[2]int{d, p}]) > 0
			if changed {
				for _, x := range s.Spans(d, p) {
					s.spans[d]++
					if !silent && piece.Held == "" && x.Action == Review {
						s.waiting[d]++
					}
				}
			}
			for range piece.Spans {
				if v := &s.verdicts[at]; !changed {
					s.spans[d]++
					if !silent && piece.Held == "" && v.By == "" && s.Work.span(s.Work.spans[at]).Action == Review {
						s.waiting[d]++
					}
				}
				at++
			}
		}
		if whole && !silent && s.rest == nil {
			s.waiting[d]++
		}
	}
}

// Waiting is how much of a document nobody has decided that a person has to: whether it goes out, and each span that is
// put up for review. Spans is how many there are in it.
func (s *State) Waiting(doc int) (waiting, spans int) { return s.waiting[doc], s.spans[doc] }

// Totals are the documents where nothing waits, all spans, and all that waits.
func (s *State) Totals() (done, spans, waiting int) {
	for d := range s.Work.Docs {
		if s.waiting[d] == 0 {
			done++
		}
		spans += s.spans[d]
		waiting += s.waiting[d]
	}
	return done, spans, waiting
}

// Rest is the decision to withhold all that was left; nil where nobody took it.
func (s *State) Rest() *Verdict { return s.rest }

// Agreed are the steps of those who looked second, and have not been taken back.
func (s *State) Agreed() []Step {
	return slices.DeleteFunc(slices.Clone(s.Live), func(x Step) bool { return x.Agreed == "" })
}
