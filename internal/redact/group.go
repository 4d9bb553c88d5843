package redact

import (
	"cmp"
	"slices"

	"tenet/internal/detect"
)

// Group is the spans that stand for one person or identifier, or that read the same, wherever they are.
type Group struct {
	ID      string
	Label   string   // of the first of them
	Written []string // the ways in which it is written, the most frequent first, a few of them
	Type    detect.Type
	People  []string // ids of the known people it may stand for
	Spans   int
	Docs    int
	Waiting int
	// Action is what counts for all of them, or empty where they differ.
	Action Action
}

// Where is one span and the place it stands at.
type Where struct {
	Doc, Piece int // in Docs of the work, and in Pieces of the document
	Settled
}

// mostWritten is how many ways of writing one person a group names.
const mostWritten = 4

// all gives every span as it stands, document by document.
func (s *State) all(yield func(Where) bool) {
	at := 0
	for d := range s.Work.Docs {
		for p := range s.Work.Docs[d].Pieces {
			n := len(s.Work.Docs[d].Pieces[p].Spans)
			if len(s.added[[2]int{d, p}]) > 0 {
				at += n
				for _, x := range s.Spans(d, p) {
					if !yield(Where{d, p, x}) {
						return
					}
				}
				continue
			}
			for range n {
				if !yield(Where{d, p, s.settled(at)}) {
					return
				}
				at++
			}
		}
	}
}

// Groups puts the spans together by whom they stand for, or by what is written; those where something waits come first,
// then the largest.
func (s *State) Groups(byPerson bool) []Group {
	type counted struct {
		Group
		doc     int
		written map[string]int
	}
	index := map[string]*counted{}
	for x := range s.all {
		id := x.Words
		if byPerson {
			id = x.Person
		}
		if id == "" {
			continue
		}
		g := index[id]
		if g == nil {
			g = &counted{Group: Group{ID: id, Label: x.Label, Type: x.Type, People: x.People, Action: x.Action}, doc: -1, written: map[string]int{}}
			index[id] = g
		}
		if g.Spans++; x.Doc != g.doc {
			g.doc = x.Doc
			g.Docs++
		}
		if x.Action == Review {
			g.Waiting++
		}
		if x.Action != g.Action {
			g.Action = ""
		}
		g.written[x.Span.Text]++
	}
	out := make([]Group, 0, len(index))
	for _, g := range index {
		for text := range g.written {
			g.Written = append(g.Written, text)
		}
		slices.SortFunc(g.Written, func(a, b string) int {
			return cmp.Or(cmp.Compare(g.written[b], g.written[a]), cmp.Compare(a, b))
		})
		g.Written = g.Written[:min(len(g.Written), mostWritten)]
		out = append(out, g.Group)
	}
	slices.SortFunc(out, func(a, b Group) int {
		waits := func(g Group) int { return min(g.Waiting, 1) }
		return cmp.Or(cmp.Compare(waits(b), waits(a)), cmp.Compare(b.Spans, a.Spans), cmp.Compare(a.ID, b.ID))
	})
	return out
}

// Places are the spans of one group, or of all with an empty id, in the order of the documents.
func (s *State) Places(group string) []Where {
	var out []Where
	for x := range s.all {
		if group == "" || x.Person == group || x.Words == group {
			out = append(out, x)
		}
	}
	return out
}

// Difference is where people departed from what was proposed, or from one another.
type Difference struct {
	Where                 // Piece is -1 for a decision on a whole document or a region, and the Settled then holds none
	Region       *Covered // where it is a region: nothing was proposed there
	First, Last  Verdict  // who decided first and last
	Flag, Former Flag     // of a whole document: the last and the first
}

// Differences are for a second reviewer: spans where what counts is not what was proposed, regions, documents that go out or stay
// against what was proposed, and those on which two people decided differently.
func (s *State) Differences() []Difference {
	first := map[string]Verdict{}
	last := map[string]Verdict{}
	grouped := map[string][]groupMark{}
	type flagged struct{ first, last Flagged }
	flags := map[string]flagged{}
	for _, step := range s.Live {
		for _, m := range step.Marks {
			v := Verdict{m.Action, m.Exemption, m.Reason, step.By, step.Number, step.At}
			switch m.Kind {
			case MarkSpan:
				if _, ok := first[m.Span]; !ok {
					first[m.Span] = v
				}
				last[m.Span] = v
			case MarkGroup:
				grouped[m.Group] = append(grouped[m.Group], groupMark{v, m.Except})
			case MarkFlag:
				f, ok := flags[m.Doc]
				if f.last = (Flagged{m.Flag, v}); !ok {
					f.first = f.last
				}
				flags[m.Doc] = f
			}
		}
	}
	var out []Difference
	for d, doc := range s.Work.Docs {
		for _, g := range s.Regions(d) {
			if g.From == "" {
				out = append(out, Difference{Where: Where{Doc: d, Piece: -1}, Region: &g, First: g.Verdict, Last: g.Verdict})
			}
		}
		f, ok := flags[doc.ID]
		if !ok {
			continue
		}
		goes := s.flags[d].Flag == FlagRelease
		departed := goes && (doc.Waits != "" || doc.Stays != "") || !goes && s.flags[d].Flag != "" && doc.Waits == "" && doc.Stays == ""
		if departed || f.first.By != f.last.By && f.first.Flag != f.last.Flag {
			out = append(out, Difference{Where: Where{Doc: d, Piece: -1}, First: f.first.Verdict, Last: f.last.Verdict, Flag: f.last.Flag, Former: f.first.Flag})
		}
	}
	for x := range s.all {
		if x.By == "" {
			continue
		}
		a, decided := first[x.ID]
		for _, group := range []string{x.Person, x.Words} {
			for _, m := range grouped[group] {
				if !slices.Contains(m.except, x.ID) && (!decided || m.Step < a.Step) {
					a, decided = m.Verdict, true
					break
				}
			}
		}
		if !decided {
			a = x.Verdict
		}
		departed := !x.Added && x.Action != x.Proposal.Action && (x.Action == Reveal || x.Proposal.Action == Reveal)
		if departed || x.Added || a.By != x.By && a.Action != x.Action {
			out = append(out, Difference{Where: x, First: a, Last: x.Verdict})
		}
	}
	return out
}
