package redact

import (
	"cmp"
	"crypto/sha256"
	"encoding/binary"
	"encoding/hex"
	"errors"
	"fmt"
	"slices"
	"strings"
	"sync"
	"time"
	"unicode/utf8"

	"tenet/internal/detect"
	"tenet/internal/match"
)

// Document is one record of a case, as people decide on it.
type Document struct {
	ID string // opaque; another one when the record reads differently
	// Like is the document that this one is nearly the same as and is decided with, by id; empty if none.
	Like string
	// Waits says why a person decides whether it goes out at all, and Stays why it does not unless a person releases it,
	// though nobody has to look. Where both are empty it goes out, with what is withheld taken out of it.
	Waits, Stays string
	Exemption    string // under which it waits or stays
	Pieces       []Piece
}

// Piece is one field of a document.
type Piece struct {
	Name string
	Text string
	// Held says why all of it stays out, whatever people decide; Unread why it does until somebody has read the document
	// and released it. Empty where it goes out.
	Held, Unread string
	Exemption    string // under which it is held or unread; may be empty for what is shown to nobody
	// Whole says that it stays out whole where anything in it is withheld: a key, which a label would break.
	Whole bool
	// Prose says that people write in it: what stands under a region of the document's pages may stand here too.
	Prose bool
	Spans []Span // in order and apart
}

// Span is one proposal that people decide on.
type Span struct {
	Proposal
	ID     string // the same for the same words of the same text of the same record, whenever the draft is made
	Label  string // what stands in the copy where it is withheld
	Person string // the group of all spans that stand for this person, or this identifier; empty for none
	Words  string // the group of all spans that read the same
}

// Step is one thing that somebody did. Steps are only ever added: taking back is a step too.
type Step struct {
	Number int       `json:"number"` // from 1, without gaps
	By     string    `json:"by"`     // a staff id
	At     time.Time `json:"at"`
	Marks  []Mark    `json:"marks,omitempty"`
	// Back goes back to how things stood after the step of this number, 0 being the beginning; nil does not.
	Back *int `json:"back,omitempty"`
	// Agreed is what a second person said who looked at the work; it decides nothing.
	Agreed string `json:"agreed,omitempty"`
	// Waiting is how much waited once it was done: the pace is told from it.
	Waiting int `json:"waiting"`
}

// Kind is what a mark does.
type Kind string

// The kinds of marks.
const (
	MarkSpan   Kind = "span"   // decides one span
	MarkGroup  Kind = "group"  // decides all spans of a group but those excepted, and those found later
	MarkAdd    Kind = "add"    // withholds words that were not proposed
	MarkRegion Kind = "region" // covers a part of a page in the copy of a document
	MarkDrop   Kind = "drop"   // takes back what was added, one span of it or a region
	MarkFlag   Kind = "flag"   // decides a whole document
	MarkRest   Kind = "rest"   // withholds everything that waits still
)

// Flag is what was decided of a whole document.
type Flag string

// The flags. The zero Flag is none.
const (
	FlagWithhold   Flag = "withhold"
	FlagDuplicate  Flag = "duplicate"  // another document says the same
	FlagNotTheirs  Flag = "not-theirs" // it is not about the requester
	FlagPrivileged Flag = "privileged"
	FlagRelease    Flag = "release" // it goes out, with what is withheld taken out
)

// Mark is one decision. Which fields count goes by Kind.
type Mark struct {
	Kind   Kind     `json:"kind"`
	Doc    string   `json:"doc,omitempty"`    // of add, region and flag
	Span   string   `json:"span,omitempty"`   // of span and drop, which takes the id of a region too
	Group  string   `json:"group,omitempty"`  // of group: a Person or Words of spans
	Except []string `json:"except,omitempty"` // of group: spans
	// Piece, Start and End are the place of an add, in bytes of its text. Words is given instead for every place in the
	// document that reads like it, and with Everywhere in all documents, those of later drafts too.
	Piece      string `json:"piece,omitempty"`
	Start      int    `json:"start,omitempty"`
	End        int    `json:"end,omitempty"`
	Words      string `json:"words,omitempty"`
	Everywhere bool   `json:"everywhere,omitempty"`
	// Region is the place of a region.
	Region *Region `json:"region,omitempty"`

	Action    Action `json:"action,omitempty"`    // of span and group: Withhold or Reveal
	Exemption string `json:"exemption,omitempty"` // where empty, that of the proposal
	Reason    string `json:"reason,omitempty"`    // where empty, that of the proposal
	Flag      Flag   `json:"flag,omitempty"`      // of flag; empty takes the flag away
	Of        string `json:"of,omitempty"`        // of rest: the Digest of the work it was said of
}

// Work is the documents of a case, made ready for decisions. It does not change, and may be used by many goroutines.
type Work struct {
	Docs   []Document
	byDoc  map[string]int
	spans  []spanAt
	bySpan map[string]int // in spans
	groups map[string][]int
	alike  map[string][2]string // by words group: the one person group and label of its spans; empty where they differ
	likes  map[int][]int        // those that are like each document that others are like
	same   []string             // of each document, a digest of how it reads
	digest string

	mu     sync.Mutex
	found  map[string][]addition // where phrases stand, by key
	folded [][]string            // of each piece of each document, its key; made at the first search
}

// addition is a place, and the span that a person adds there.
type addition struct {
	place
	span Settled
}

// place is a stretch of a piece of a document.
type place struct{ doc, piece, start, end int }

type spanAt struct {
	doc, piece, at int
}

// NewWork gives the spans of docs their ids and groups, and their labels from labels, those that are proposed to be
// withheld first. Labels that spans have already stay.
func NewWork(docs []Document, labels *Labels) *Work {
	w := &Work{Docs: docs, byDoc: make(map[string]int, len(docs)), bySpan: map[string]int{}, groups: map[string][]int{},
		alike: map[string][2]string{}, same: make([]string, len(docs)), found: map[string][]addition{}}
	all := sha256.New()
	type reading struct{ typ, text, people string }
	type grouped struct{ person, words string }
	known := map[reading]grouped{} // most of what is written is written often
	for d := range docs {
		w.byDoc[docs[d].ID] = d
		fmt.Fprintf(all, "%q", docs[d].ID)
		reads := sha256.New()
		for p := range docs[d].Pieces {
			piece := &docs[d].Pieces[p]
			digest := sha256.Sum256([]byte(piece.Text))
			fmt.Fprintf(reads, "%q %x", piece.Name, digest)
			for i := range piece.Spans {
				s := &piece.Spans[i]
				s.ID = spanID(docs[d].ID, piece.Name, digest, s.Start, s.End)
				r := reading{string(s.Type), s.Text, strings.Join(s.People, "\x00")}
				g, ok := known[r]
				if !ok {
					g.person, g.words = groupsOf(s.Span)
					known[r] = g
				}
				s.Person, s.Words = g.person, g.words
				n := len(w.spans)
				w.spans = append(w.spans, spanAt{d, p, i})
				w.bySpan[s.ID] = n
				if s.Person != "" {
					w.groups[s.Person] = append(w.groups[s.Person], n)
				}
				w.groups[s.Words] = append(w.groups[s.Words], n)
			}
		}
		w.same[d] = string(reads.Sum(nil))
	}
	w.likes = map[int][]int{}
	for d := range docs {
		if rep := w.Doc(docs[d].Like); rep >= 0 && rep != d {
			w.likes[rep] = append(w.likes[rep], d)
		}
	}
	w.digest = hex.EncodeToString(all.Sum(nil)[:12])
	for _, revealed := range []bool{false, true} {
		for _, at := range w.spans {
			if s := w.span(at); s.Label == "" && (s.Action == Reveal) == revealed {
				s.Label = labels.For(s.Span)
			}
		}
	}
	for _, at := range w.spans {
		s := w.span(at)
		if have, ok := w.alike[s.Words]; !ok {
			w.alike[s.Words] = [2]string{s.Person, s.Label}
		} else if have != [2]string{s.Person, s.Label} {
			w.alike[s.Words] = [2]string{}
		}
	}
	return w
}

func (w *Work) span(at spanAt) *Span { return &w.Docs[at.doc].Pieces[at.piece].Spans[at.at] }

// Digest is the same for the same documents that read the same.
func (w *Work) Digest() string { return w.digest }

// Doc is the place of a document in Docs, or -1.
func (w *Work) Doc(id string) int {
	if i, ok := w.byDoc[id]; ok {
		return i
	}
	return -1
}

// spanID names a stretch of one text of one record. It holds the digest of the text, so that no decision is handed on to
// other words.
func spanID(doc, piece string, text [sha256.Size]byte, start, end int) string {
	b := make([]byte, 0, 256)
	b = append(append(append(append(append(b, doc...), 0), piece...), 0), text[:]...)
	b = binary.BigEndian.AppendUint64(binary.BigEndian.AppendUint64(b, uint64(start)), uint64(end))
	sum := sha256.Sum256(b)
	return hex.EncodeToString(sum[:12])
}

// groupsOf are the groups of a span: who it stands for as far as is known, and what is written.
func groupsOf(s detect.Span) (person, words string) {
	who := ""
	switch {
	case len(s.People) > 0:
		who = "id " + strings.Join(s.People, "\x00")
	case s.Type == detect.Person:
		who = "name " + lastWord(s.Text)
	default:
		for _, c := range detect.Canonical(s.Type, s.Text) {
			who += string(s.Type) + " " + c + "\x00"
		}
	}
	if who != "" {
		person = groupID("p", who)
	}
	return person, groupID("w", key(s.Text))
}

func groupID(kind, of string) string {
	sum := sha256.Sum256([]byte(kind + " " + of))
	return kind + hex.EncodeToString(sum[:10])
}

// places are where words stand, in one document or, with doc -1, in all.
func (w *Work) places(words string, doc int) (out []addition) {
	sought, k := phrases{}, key(words)
	if !sought.add(words, "", "") {
		return nil
	}
	in := func(d, p int) {
		end := 0
		for _, f := range sought.in(w.Docs[d].Pieces[p].Text) {
			if f.start >= end {
				at := place{d, p, f.start, f.end}
				out = append(out, addition{at, w.addSpan(at)})
				end = f.end
			}
		}
	}
	if doc >= 0 {
		for p := range w.Docs[doc].Pieces {
			in(doc, p)
		}
		return out
	}
	w.mu.Lock()
	defer w.mu.Unlock()
	if have, ok := w.found[k]; ok {
		return have
	}
	w.holding(k, in)
	w.found[k] = out
	return out
}

// holding gives the pieces that hold a phrase, by its key. The texts are folded once,
// half of them by each of two.
func (w *Work) holding(k string, each func(d, p int)) {
	if w.folded == nil {
		w.folded = make([][]string, len(w.Docs))
		var both sync.WaitGroup
		for half := range 2 {
			both.Go(func() {
				for d := half; d < len(w.Docs); d += 2 {
					for _, p := range w.Docs[d].Pieces {
						w.folded[d] = append(w.folded[d], " "+key(p.Text))
					}
				}
			})
		}
		both.Wait()
	}
	for d, pieces := range w.folded {
		for p, folded := range pieces {
			if strings.Contains(folded, " "+k) {
				each(d, p)
			}
		}
	}
}

// Check refuses a mark that nothing in the work can be meant by, or that lacks its reason. Whether an exemption is one of
// the law's is for the caller to say.
func (w *Work) Check(m Mark) error {
	switch m.Kind {
	case MarkSpan, MarkDrop, MarkGroup:
		if m.Kind == MarkGroup && w.groups[m.Group] == nil && !strings.HasPrefix(m.Group, "w") {
			return fmt.Errorf("redact: there is no group %.30q", m.Group)
		}
		if m.Kind != MarkDrop && m.Action != Withhold && m.Action != Reveal {
			return fmt.Errorf("redact: a decision is to %s or to %s, not to %.20q", Withhold, Reveal, m.Action)
		}
		if m.Kind != MarkDrop && m.Reason == "" && w.unlike(m) {
			return fmt.Errorf("redact: %w: say why, for it is not what was proposed", ErrReason)
		}
	case MarkAdd:
		d := w.Doc(m.Doc)
		if d < 0 && !m.Everywhere {
			return fmt.Errorf("redact: there is no document %.40q", m.Doc)
		}
		if strings.TrimSpace(m.Reason) == "" {
			return fmt.Errorf("redact: %w: nothing is withheld without one", ErrReason)
		}
		if m.Words != "" {
			if key(m.Words) == "" {
				return fmt.Errorf("redact: words to be withheld have letters or digits")
			}
			if !m.Everywhere && len(w.places(m.Words, d)) == 0 {
				return fmt.Errorf("redact: the document does not hold these words")
			}
			return nil
		}
		if d < 0 {
			return fmt.Errorf("redact: there is no document %.40q", m.Doc)
		}
		i := slices.IndexFunc(w.Docs[d].Pieces, func(p Piece) bool { return p.Name == m.Piece })
		if i < 0 || !fits(w.Docs[d].Pieces[i].Text, m.Start, m.End) {
			return fmt.Errorf("redact: there are no bytes %d to %d in this field of the document", m.Start, m.End)
		}
	case MarkRegion:
		switch {
		case w.Doc(m.Doc) < 0:
			return fmt.Errorf("redact: there is no document %.40q", m.Doc)
		case m.Region == nil:
			return errors.New("redact: there is no region in the mark")
		case strings.TrimSpace(m.Reason) == "":
			return fmt.Errorf("redact: %w: nothing is withheld without one", ErrReason)
		}
		return m.Region.check()
	case MarkFlag:
		if w.Doc(m.Doc) < 0 {
			return fmt.Errorf("redact: there is no document %.40q", m.Doc)
		}
		switch m.Flag {
		case "", FlagDuplicate, FlagNotTheirs, FlagPrivileged, FlagRelease:
		case FlagWithhold:
			if strings.TrimSpace(m.Reason) == "" {
				return fmt.Errorf("redact: %w: nothing is withheld without one", ErrReason)
			}
		default:
			return fmt.Errorf("redact: %.20q is no flag", m.Flag)
		}
	case MarkRest:
		if strings.TrimSpace(m.Reason) == "" {
			return fmt.Errorf("redact: %w: nothing is withheld without one", ErrReason)
		}
	default:
		return fmt.Errorf("redact: %.20q is no kind of mark", m.Kind)
	}
	return nil
}

// unlike reports whether a mark departs from what is proposed for any span it decides, or decides one that nothing was
// proposed for. To accept what is proposed takes no other reason than the proposal's.
func (w *Work) unlike(m Mark) bool {
	hits := w.groups[m.Group]
	if m.Kind == MarkSpan {
		i, ok := w.bySpan[m.Span]
		if !ok {
			return m.Action == Withhold
		}
		hits = []int{i}
	}
	return slices.ContainsFunc(hits, func(i int) bool {
		s := w.span(w.spans[i])
		if slices.Contains(m.Except, s.ID) {
			return false
		}
		return s.Action == Withhold && m.Action == Reveal || s.Action != Withhold && m.Action == Withhold
	})
}

func fits(text string, start, end int) bool {
	return start >= 0 && start < end && end <= len(text) && utf8.RuneStart(text[start]) && (end == len(text) || utf8.RuneStart(text[end]))
}

// Live are the steps that count, in order: those that were not taken back. Steps may come in any order; one that is
// missing is an error.
func Live(steps []Step) ([]Step, error) {
	all := slices.Clone(steps)
	slices.SortFunc(all, func(a, b Step) int { return cmp.Compare(a.Number, b.Number) })
	for i, s := range all {
		if s.Number != i+1 || s.Back != nil && (*s.Back < 0 || *s.Back > i) {
			return nil, fmt.Errorf("redact: step %d of %d is not there, or goes back to one that is not", i+1, len(all))
		}
	}
	var live []Step
	for n := len(all); n > 0; {
		s := all[n-1]
		if s.Back != nil {
			n = *s.Back
			continue
		}
		live = append(live, s)
		n--
	}
	slices.Reverse(live)
	return live, nil
}

// typed is the type that most of a group has; words of nobody's kind have none.
func (w *Work) typed(group string) detect.Type {
	if hits := w.groups[group]; len(hits) > 0 {
		return w.span(w.spans[hits[0]]).Type
	}
	return ""
}

// solid is a stretch of a text without what is neither letter nor digit at its edges; ok is false if nothing is left.
func solid(text string, start, end int) (from, to int, ok bool) {
	for word := range match.Words(text[start:end]) {
		if !ok {
			from, ok = start+word.Start, true
		}
		to = start + word.End
	}
	return from, to, ok
}

// Holding are the documents that hold words, however they are written.
func (w *Work) Holding(words string) map[int]bool {
	out := map[int]bool{}
	if k := key(words); k != "" {
		w.mu.Lock()
		defer w.mu.Unlock()
		w.holding(k, func(d, _ int) { out[d] = true })
	}
	return out
}

// Size is how many spans are proposed in a group.
func (w *Work) Size(group string) int { return len(w.groups[group]) }

// Likes is how many other documents are decided with this one.
func (w *Work) Likes(doc int) int { return len(w.likes[doc]) }
