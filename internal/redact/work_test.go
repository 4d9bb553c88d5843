package redact

import (
	"errors"
	"fmt"
	"math/rand/v2"
	"slices"
	"strings"
	"testing"

	"github.com/google/go-cmp/cmp"
	"pgregory.net/rapid"

	"tenet/internal/detect"
)

// workOf is a case of one-field documents, with what is proposed for each.
func workOf(texts ...string) *Work {
	r := redactor()
	var docs []Document
	for i, text := range texts {
		piece := Piece{Name: "body", Text: text}
		for _, p := range r.Propose(text) {
			piece.Spans = append(piece.Spans, Span{Proposal: p})
		}
		docs = append(docs, Document{ID: fmt.Sprintf("doc-%d", i), Pieces: []Piece{piece}})
	}
	return NewWork(docs, new(Labels))
}

func steps(list ...[]Mark) []Step {
	var out []Step
	for i, marks := range list {
		out = append(out, Step{Number: i + 1, By: fmt.Sprintf("s%d", i%2+1), Marks: marks})
	}
	return out
}

func at(t *testing.T, w *Work, list ...[]Mark) *State {
	t.Helper()
	for _, marks := range list {
		for _, m := range marks {
			if err := w.Check(m); err != nil {
				t.Fatal(err)
			}
		}
	}
	s, err := w.At(steps(list...), nil)
	if err != nil {
		t.Fatal(err)
	}
	return s
}

func copies(s *State) []string {
	var out []string
	for d := range s.Work.Docs {
		clean, _, _, held := s.Clean(d, 0)
		if held != "" {
			clean = "held: " + held
		}
		out = append(out, clean)
	}
	return out
}

// the is the one span of the work that reads so.
func the(t testing.TB, s *State, doc int, text string) Settled {
	t.Helper()
	for _, x := range s.Spans(doc, 0) {
		if x.Span.Text == text {
			return x
		}
	}
	t.Fatalf("document %d has no span %q", doc, text)
	return Settled{}
}

func TestDecisions(t *testing.T) {
	w := workOf("Bob Shaw rang Ann Shaw.", "Bob Shaw and the lady upstairs; call 07700 900456", "card 4111 1111 1111 1111", "Bob  Shaw, and the LADY upstairs")
	start := at(t, w)
	bob, second := the(t, start, 0, "Bob Shaw"), the(t, start, 1, "Bob Shaw")
	card := the(t, start, 2, "4111 1111 1111 1111")
	if _, _, waiting := start.Totals(); waiting != 1 {
		t.Errorf("%d wait", waiting)
	}
	plain := []string{"[Person 1] rang Ann Shaw.", "[Person 1] and the lady upstairs; call [phone withheld]", "card [card number withheld]", "[Person 1], and the LADY upstairs"}
	for name, c := range map[string]struct {
		marks [][]Mark
		want  []string
	}{
		"as proposed": {nil, plain},
		"one span": {[][]Mark{{{Kind: MarkSpan, Span: bob.ID, Action: Reveal, Reason: "consent"}}},
			[]string{"Bob Shaw rang Ann Shaw.", plain[1], plain[2], plain[3]}},
		"a person, and an exception that was made before": {[][]Mark{
			{{Kind: MarkSpan, Span: second.ID, Action: Withhold}},
			{{Kind: MarkGroup, Group: bob.Person, Action: Reveal, Reason: "disclosed before"}}},
			[]string{"Bob Shaw rang Ann Shaw.", "[Person 1] and the lady upstairs; call 07700 900456", plain[2], "Bob  Shaw, and the LADY upstairs"}},
		"what is written, but for one": {[][]Mark{{{Kind: MarkGroup, Group: bob.Words, Except: []string{second.ID}, Action: Reveal, Reason: "consent"}}},
			[]string{"Bob Shaw rang Ann Shaw.", plain[1], plain[2], "Bob  Shaw, and the LADY upstairs"}},
		"words everywhere": {[][]Mark{{{Kind: MarkAdd, Words: "the lady upstairs", Everywhere: true, Reason: "she reported it"}}},
			[]string{plain[0], "[Person 1] and [information withheld]; call [phone withheld]", plain[2], "[Person 1], and [information withheld]"}},
		"words here": {[][]Mark{{{Kind: MarkAdd, Doc: "doc-3", Words: "the lady upstairs", Reason: "she reported it"}}},
			[]string{plain[0], plain[1], plain[2], "[Person 1], and [information withheld]"}},
		"a place that overlaps": {[][]Mark{{{Kind: MarkAdd, Doc: "doc-1", Piece: "body", Start: 4, End: 12, Reason: "r"}}},
			[]string{plain[0], "[information withheld] the lady upstairs; call [phone withheld]", plain[2], plain[3]}},
		"a document": {[][]Mark{{{Kind: MarkFlag, Doc: "doc-0", Flag: FlagWithhold, Exemption: "privilege", Reason: "advice"}}},
			[]string{"held: advice", plain[1], plain[2], plain[3]}},
		"a flag taken away": {[][]Mark{{{Kind: MarkFlag, Doc: "doc-0", Flag: FlagWithhold, Reason: "advice"}}, {{Kind: MarkFlag, Doc: "doc-0"}}}, plain},
		"the rest":          {[][]Mark{{{Kind: MarkRest, Of: w.Digest(), Reason: "nobody came forward"}}}, plain},
		"the rest of another work": {[][]Mark{{{Kind: MarkRest, Of: "0", Reason: "nobody came forward"}}},
			plain},
		"taken out of review": {[][]Mark{{{Kind: MarkSpan, Span: card.ID, Action: Reveal}}},
			[]string{plain[0], plain[1], "card 4111 1111 1111 1111", plain[3]}},
	} {
		s := at(t, w, c.marks...)
		if diff := cmp.Diff(c.want, copies(s)); diff != "" {
			t.Errorf("%s (-want +got):\n%s", name, diff)
		}
		_, _, waiting := s.Totals()
		if want := map[string]int{"the rest": 0, "taken out of review": 0}; waiting != 1 && (waiting != 0 || want[name] != 0) {
			t.Errorf("%s: %d wait", name, waiting)
		}
	}
}

func TestCheckRefuses(t *testing.T) {
	w := workOf("Bob Shaw rang about José")
	bob := the(t, at(t, w), 0, "Bob Shaw")
	for _, m := range []Mark{
		{Kind: MarkSpan, Span: bob.ID, Action: Reveal},
		{Kind: MarkSpan, Span: "gone", Action: Withhold},
		{Kind: MarkGroup, Group: bob.Person, Action: Reveal},
		{Kind: MarkAdd, Doc: "doc-0", Words: "about"},
		{Kind: MarkFlag, Doc: "doc-0", Flag: FlagWithhold, Reason: " "},
		{Kind: MarkRest},
	} {
		if err := w.Check(m); !errors.Is(err, ErrReason) {
			t.Errorf("%+v: %v", m, err)
		}
	}
	for _, m := range []Mark{
		{Kind: "merge"},
		{Kind: MarkSpan, Span: bob.ID, Action: Review, Reason: "r"},
		{Kind: MarkGroup, Group: "p0", Action: Withhold, Reason: "r"},
		{Kind: MarkAdd, Doc: "doc-9", Words: "about", Reason: "r"},
		{Kind: MarkAdd, Doc: "doc-0", Words: "--", Reason: "r"},
		{Kind: MarkAdd, Doc: "doc-0", Words: "nowhere", Reason: "r"},
		{Kind: MarkAdd, Doc: "doc-0", Piece: "body", Start: 3, End: 99, Reason: "r"},
		{Kind: MarkAdd, Doc: "doc-0", Piece: "body", Start: 5, End: len("Bob Shaw rang about Jos") + 1, Reason: "r"},
		{Kind: MarkAdd, Doc: "doc-0", Piece: "other", Start: 0, End: 3, Reason: "r"},
		{Kind: MarkFlag, Doc: "doc-9", Flag: FlagRelease},
		{Kind: MarkFlag, Doc: "doc-0", Flag: "burn"},
	} {
		if err := w.Check(m); err == nil || errors.Is(err, ErrReason) || strings.Contains(err.Error(), "Bob") {
			t.Errorf("%+v: %v", m, err)
		}
	}
	if err := w.Check(Mark{Kind: MarkSpan, Span: bob.ID, Action: Withhold}); err != nil {
		t.Errorf("accepting what is proposed: %v", err)
	}
}

// What waits, stays or is held does as the document says until it is flagged.
func TestWholeDocuments(t *testing.T) {
	docs := func() []Document {
		return []Document{
			{ID: "a", Waits: "names the requester", Exemption: ThirdParty, Pieces: []Piece{{Name: "b", Text: "one"}}},
			{ID: "b", Stays: "written by them", Exemption: "not-yours", Pieces: []Piece{{Name: "b", Text: "two"}}},
			{ID: "c", Pieces: []Piece{{Name: "b", Text: "three", Unread: "free text", Exemption: ThirdParty}, {Name: "k", Text: "key", Held: "a key"}}},
			{ID: "d", Like: "a", Waits: "names the requester", Exemption: ThirdParty, Pieces: []Piece{{Name: "b", Text: "one"}}},
			{ID: "e", Like: "a", Waits: "names the requester", Exemption: ThirdParty, Pieces: []Piece{{Name: "b", Text: "one and more"}}},
		}
	}
	flag := func(doc string, f Flag) []Mark { return []Mark{{Kind: MarkFlag, Doc: doc, Flag: f, Reason: "read"}} }
	for name, c := range map[string]struct {
		marks   [][]Mark
		want    []string
		waiting int
	}{
		"nobody decided": {nil, []string{"held: names the requester", "held: written by them", "held: free text", "held: names the requester", "held: names the requester"}, 4},
		"released, and what reads the same with it": {[][]Mark{flag("a", FlagRelease), flag("b", FlagRelease), flag("c", FlagRelease)},
			[]string{"one", "two", "three", "one", "held: names the requester"}, 1},
		"withheld, and what is like it with it": {[][]Mark{flag("a", FlagNotTheirs), flag("c", FlagWithhold)},
			[]string{"held: read", "held: written by them", "held: read", "held: read", "held: read"}, 0},
		"one like it decided apart": {[][]Mark{flag("a", FlagNotTheirs), flag("e", FlagRelease)},
			[]string{"held: read", "held: written by them", "held: free text", "held: read", "one and more"}, 1},
	} {
		w := NewWork(docs(), new(Labels))
		s := at(t, w, c.marks...)
		if diff := cmp.Diff(c.want, copies(s)); diff != "" {
			t.Errorf("%s (-want +got):\n%s", name, diff)
		}
		if _, _, n := s.Totals(); n != c.waiting {
			t.Errorf("%s: %d wait, not %d", name, n, c.waiting)
		}
		rest := append(slices.Clone(c.marks), []Mark{{Kind: MarkRest, Of: w.Digest(), Reason: "no time"}})
		if _, _, n := at(t, w, rest...).Totals(); n != 0 {
			t.Errorf("%s, and the rest withheld: %d wait", name, n)
		}
	}
}

// Other words take nothing over; the same words of a draft made again take over everything.
func TestDecisionsAndAnotherDraft(t *testing.T) {
	marks := func(s *State) []Step {
		x := the(t, s, 0, "Grace Okonedo")
		return steps([]Mark{{Kind: MarkSpan, Span: x.ID, Action: Reveal, Reason: "consent"}}, []Mark{{Kind: MarkAdd, Doc: "doc-0", Piece: "body", Start: 15, End: 19, Reason: "r"}})
	}
	w := workOf("Grace Okonedo, rang")
	list := marks(at(t, w))
	for text, want := range map[string]string{"Grace Okonedo, rang": "Grace Okonedo, [information withheld]"} {
		s, err := workOf(text).At(list, nil)
		if err != nil || copies(s)[0] != want {
			t.Errorf("%q, %v", copies(s), err)
		}
	}
	s, err := workOf("Grace Okonedo, rangy").At(list[:1], nil)
	if err != nil || copies(s)[0] != "[Person 1], rangy" {
		t.Errorf("%q, %v", copies(s), err)
	}
	group := steps([]Mark{{Kind: MarkGroup, Group: the(t, at(t, w), 0, "Grace Okonedo").Person, Action: Reveal, Reason: "consent"}})
	if s, err = workOf("later: Okonedo, Grace").At(group, nil); err != nil || copies(s)[0] != "later: Okonedo, Grace" {
		t.Errorf("found later: %q, %v", copies(s), err)
	}
}

func TestLive(t *testing.T) {
	back := func(n int) *int { return &n }
	mark := []Mark{{Kind: MarkRest, Reason: "r"}}
	list := []Step{{Number: 1, Marks: mark}, {Number: 2, Marks: mark}, {Number: 3, Marks: mark}, {Number: 4, Back: back(1)}, {Number: 5, Marks: mark}, {Number: 6, Back: back(3)}, {Number: 7, Marks: mark}}
	for n, want := range map[int][]int{4: {1}, 5: {1, 5}, 6: {1, 2, 3}, 7: {1, 2, 3, 7}} {
		live, err := Live(list[:n])
		var got []int
		for _, s := range live {
			got = append(got, s.Number)
		}
		if err != nil || !slices.Equal(got, want) {
			t.Errorf("after %d: %v, %v", n, got, err)
		}
	}
	for _, bad := range [][]Step{list[1:], {{Number: 1, Back: back(1)}}, {list[0], list[0]}} {
		if _, err := Live(bad); err == nil {
			t.Errorf("%v is taken", bad)
		}
	}
}

// drawSteps takes steps at random over what the work has.
func drawSteps(t *rapid.T, w *Work, n int) []Step {
	var list []Step
	start, err := w.At(nil, nil)
	if err != nil {
		t.Fatal(err)
	}
	all := start.Places("")
	for i := range n {
		s := Step{Number: i + 1, By: rapid.SampledFrom([]string{"s1", "s2"}).Draw(t, "by")}
		if i > 0 && rapid.IntRange(0, 4).Draw(t, "undo") == 0 {
			to := rapid.IntRange(0, i-1).Draw(t, "to")
			s.Back = &to
			list = append(list, s)
			continue
		}
		m := Mark{Kind: rapid.SampledFrom([]Kind{MarkSpan, MarkGroup, MarkAdd, MarkDrop, MarkFlag, MarkRest}).Draw(t, "kind"),
			Action: rapid.SampledFrom([]Action{Withhold, Reveal}).Draw(t, "action"), Reason: "r", Of: w.Digest()}
		doc := rapid.IntRange(0, len(w.Docs)-1).Draw(t, "doc")
		m.Doc = w.Docs[doc].ID
		if len(all) > 0 {
			x := rapid.SampledFrom(all).Draw(t, "span")
			m.Span, m.Group = x.ID, x.Words
			if x.Person != "" && rapid.Bool().Draw(t, "person") {
				m.Group = x.Person
			}
			if rapid.Bool().Draw(t, "except") {
				m.Except = []string{rapid.SampledFrom(all).Draw(t, "excepted").ID}
			}
		}
		m.Words, m.Everywhere = rapid.SampledFrom([]string{"rang about", "was here", "Okonedo", "said"}).Draw(t, "words"), rapid.Bool().Draw(t, "everywhere")
		m.Flag = rapid.SampledFrom([]Flag{"", FlagWithhold, FlagRelease}).Draw(t, "flag")
		s.Marks = []Mark{m}
		list = append(list, s)
	}
	return list
}

func drawWork(t *rapid.T) *Work {
	var texts []string
	for range rapid.IntRange(1, 4).Draw(t, "documents") {
		text, _ := drawText(t)
		texts = append(texts, text)
	}
	return workOf(texts...)
}

func fold(t *rapid.T, w *Work, list []Step) *State {
	s, err := w.At(list, nil)
	if err != nil {
		t.Fatal(err)
	}
	return s
}

// Whatever is done, spans stand in order and apart and fit their text; steps fold alike in any order; and going back
// restores the copy that there was.
func TestFoldProperty(t *testing.T) {
	rapid.Check(t, func(t *rapid.T) {
		w := drawWork(t)
		list := drawSteps(t, w, rapid.IntRange(0, 8).Draw(t, "steps"))
		s := fold(t, w, list)
		for d := range w.Docs {
			end, n := 0, 0
			for _, x := range s.Spans(d, 0) {
				if x.Start < end || x.End <= x.Start || w.Docs[d].Pieces[0].Text[x.Start:x.End] != x.Span.Text {
					t.Fatalf("%d to %d of %q is %q after %d", x.Start, x.End, w.Docs[d].Pieces[0].Text, x.Span.Text, end)
				}
				end = x.End
				n++
			}
			if _, spans := s.Waiting(d); spans != n {
				t.Fatalf("%d spans counted, and there are %d", spans, n)
			}
		}
		shuffled := slices.Clone(list)
		rand.Shuffle(len(shuffled), func(i, j int) { shuffled[i], shuffled[j] = shuffled[j], shuffled[i] })
		if diff := cmp.Diff(copies(s), copies(fold(t, w, shuffled))); diff != "" {
			t.Fatalf("in another order:\n%s", diff)
		}
		if len(list) > 0 {
			to := rapid.IntRange(0, len(list)).Draw(t, "back")
			undone := fold(t, w, append(slices.Clone(list), Step{Number: len(list) + 1, By: "s1", Back: &to}))
			if diff := cmp.Diff(copies(fold(t, w, list[:to])), copies(undone)); diff != "" {
				t.Fatalf("back to %d:\n%s", to, diff)
			}
		}
	})
}

// A group and its exception give the same in either order.
func TestExceptionsProperty(t *testing.T) {
	rapid.Check(t, func(t *rapid.T) {
		w := drawWork(t)
		all := fold(t, w, nil).Places("")
		if len(all) == 0 {
			return
		}
		x := rapid.SampledFrom(all).Draw(t, "span")
		group := []Mark{{Kind: MarkGroup, Group: x.Words, Action: Reveal, Reason: "r"}}
		one := []Mark{{Kind: MarkSpan, Span: x.ID, Action: Withhold, Reason: "r"}}
		a, b := fold(t, w, steps(group, one)), fold(t, w, steps(one, group))
		if diff := cmp.Diff(copies(a), copies(b)); diff != "" {
			t.Fatal(diff)
		}
		for _, y := range a.Places(x.Words) {
			if (y.Action == Withhold) != (y.ID == x.ID) {
				t.Fatalf("%s is to %s", y.ID, y.Action)
			}
		}
	})
}

// After what is withheld has been spread, nothing of it can be found in what goes out.
func TestNothingWithheldIsLeftOfTheWork(t *testing.T) {
	rapid.Check(t, func(t *rapid.T) {
		w := drawWork(t)
		list := drawSteps(t, w, rapid.IntRange(0, 6).Draw(t, "steps"))
		s := fold(t, w, list)
		everywhere, _ := s.Secrets(nil, annsOwn)
		if s.Spread(everywhere) {
			w = NewWork(w.Docs, new(Labels))
			s = fold(t, w, list)
		}
		_, proof := s.Secrets(nil, annsOwn)
		for d, clean := range copies(s) {
			if out, _, _ := s.Out(d); out {
				if err := Prove([]byte(clean), proof); err != nil {
					t.Fatalf("%v: %q of %q", err, clean, w.Docs[d].Pieces[0].Text)
				}
			}
			for _, x := range s.Spans(d, 0) {
				if x.Added && x.Action == Withhold && w.Docs[d].Pieces[0].Text[x.Start:x.End] != x.Span.Text {
					t.Fatal("an added span does not fit")
				}
			}
		}
	})
}

var annsOwn = []string{"Ann Shaw", "Mrs Shaw", "07700 900123", "ann.shaw@example.org", "14 High Street", "TEN/00123"}

// A rule that keeps words never overrides a person who withholds them, and one that withholds never takes the
// requester's own.
func TestLessons(t *testing.T) {
	r := redactor()
	r.Keep.Lessons = []Lesson{
		{ID: "l1", Keep: true, Words: "Mrs Baxter", Reason: "our chair, published", By: "s1"},
		{ID: "l2", Words: "the lady upstairs", Reason: "she is known", By: "s1"},
		{ID: "l3", Words: "Ann Shaw", Reason: "slip", By: "s1"},
		{ID: "l4", Keep: true, Words: "James Poole", Reason: "a court of that name", By: "s1"},
	}
	text := "Mrs Baxter told Ann Shaw of the lady upstairs and James Poole"
	proposals := r.Propose(text)
	clean, _, err := Apply(text, proposals, r.labels())
	if want := "Mrs Baxter told Ann Shaw of [information withheld] and [Person 1]"; err != nil || clean != want {
		t.Fatalf("%q, not %q: %v", clean, want, err)
	}
	piece := Piece{Name: "body", Text: text}
	for _, p := range proposals {
		piece.Spans = append(piece.Spans, Span{Proposal: p})
	}
	w := NewWork([]Document{{ID: "doc-0", Pieces: []Piece{piece}}}, new(Labels))
	baxter := the(t, at(t, w), 0, "Mrs Baxter")
	if poole := the(t, at(t, w), 0, "James Poole"); poole.Action != Review {
		t.Errorf("a rule keeps a known person: %s", poole.Action)
	}
	for _, m := range []Mark{{Kind: MarkSpan, Span: baxter.ID, Action: Withhold, Reason: "another Mrs Baxter"}, {Kind: MarkGroup, Group: baxter.Words, Action: Withhold, Reason: "another"}} {
		if got := copies(at(t, w, []Mark{m}))[0]; strings.Contains(got, "Baxter") {
			t.Errorf("%s: %q", m.Kind, got)
		}
	}
	if (Lesson{Words: "Bo", Reason: "r"}).Check() == nil || (Lesson{Words: "Rose Court"}).Check() == nil || (Lesson{Words: "Rose Court", Reason: "r"}).Check() != nil {
		t.Error("rules are not checked")
	}
}

func TestGroupsAndDifferences(t *testing.T) {
	w := workOf("Bob Shaw rang. Mr Bob Shaw again.", "Bob Shaw; card 4111 1111 1111 1111")
	s := at(t, w)
	groups := s.Groups(true)
	i := slices.IndexFunc(groups, func(g Group) bool { return g.Label == "[Person 1]" })
	if i < 0 || groups[i].Spans != 3 || groups[i].Docs != 2 || groups[i].Action != Withhold || groups[i].Written[0] != "Bob Shaw" {
		t.Fatalf("%+v", groups)
	}
	if words := s.Groups(false); words[0].Waiting != 1 || words[0].Type != detect.Card {
		t.Errorf("what waits does not come first: %+v", words)
	}
	if n := len(s.Places(groups[i].ID)); n != 3 {
		t.Errorf("%d places", n)
	}
	one := s.Places(groups[i].ID)[0].ID
	s = at(t, w, []Mark{{Kind: MarkGroup, Group: groups[i].ID, Action: Reveal, Reason: "consent"}}, []Mark{{Kind: MarkSpan, Span: one, Action: Withhold, Reason: "not here"}})
	diffs := s.Differences()
	if len(diffs) != 3 || diffs[0].First.By != "s1" || diffs[0].Last.By != "s2" || diffs[0].Last.Action != Withhold || diffs[1].First.Action != Reveal {
		t.Errorf("%+v", diffs)
	}
	if g := s.Groups(true); g[slices.IndexFunc(g, func(x Group) bool { return x.ID == groups[i].ID })].Action != "" {
		t.Error("a group that is mixed does not say so")
	}
}

func TestMaybeIsReviewed(t *testing.T) {
	spans := []detect.Span{{Start: 0, End: 7, Type: detect.Person, Text: "Bob Shw", Maybe: []string{"bob"}}}
	if p := Propose("Bob Shw", spans, annsKeep()); p[0].Action != Review {
		t.Errorf("%+v", p[0])
	}
	spans[0].Maybe = []string{"ann"}
	if p := Propose("Bob Shw", spans, annsKeep()); p[0].Action != Review || !strings.Contains(p[0].Reason, "requester") {
		t.Errorf("%+v", p[0])
	}
}
