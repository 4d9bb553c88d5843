package notice

import (
	"strings"
	"testing"

	"github.com/google/go-cmp/cmp"
)

func wordsOf(t testing.TB, text string) (Words, []Problem) {
	t.Helper()
	ps := &problems{}
	return parseWords(wordsFile, []byte(text), ps, newReferences()), ps.list
}

func TestSentences(t *testing.T) {
	tests := []struct {
		name, text string
		want       []Sentence // Runs left out
	}{
		{"one", "We listen.", []Sentence{{Text: "We listen.", Line: 3}}},
		{"two on a line", "We listen. We answer.", []Sentence{{Text: "We listen.", Line: 3}, {Text: "We answer.", Line: 3}}},
		{"with an id", "We listen. {#listen}", []Sentence{{ID: "listen", Text: "We listen.", Line: 3}}},
		{"the id goes to the last sentence", "We listen. We answer. {#answer}", []Sentence{{Text: "We listen.", Line: 3}, {ID: "answer", Text: "We answer.", Line: 3}}},
		{"an id in the middle", "We listen. {#listen} We answer.", []Sentence{{ID: "listen", Text: "We listen.", Line: 3}, {Text: "We answer.", Line: 3}}},
		{"an id on the next line", "We listen.\n{#listen}", []Sentence{{ID: "listen", Text: "We listen.", Line: 3}}},
		{"over two lines", "We listen to\nyou. We\nanswer.", []Sentence{{Text: "We listen to you.", Line: 3}, {Text: "We answer.", Line: 4}}},
		{"no full stop", "We listen {#listen}", []Sentence{{ID: "listen", Text: "We listen", Line: 3}}},
		{"a stop that is none", "Pay 3.50 at larkfield.example, e.g. by card.", []Sentence{{Text: "Pay 3.50 at larkfield.example, e.g. by card.", Line: 3}}},
		{"question, exclamation and quotation", "Is it right? Say “No!” We answer.", []Sentence{{Text: "Is it right?", Line: 3}, {Text: "Say “No!”", Line: 3}, {Text: "We answer.", Line: 3}}},
		{"marks", "**Say no.** Ask [us](https://a.example/b). {#us}", []Sentence{{Text: "Say no.", Line: 3}, {ID: "us", Text: "Ask us.", Line: 3}}},
		{"lonely marks stay", "2 ** 3 and [this] (that).", []Sentence{{Text: "2 ** 3 and [this] (that).", Line: 3}}},
		{"HTML within a line is text", "We like <b>you</b>.", []Sentence{{Text: "We like <b>you</b>.", Line: 3}}},
	}
	for _, tt := range tests {
		t.Run(tt.name, func(t *testing.T) {
			w, problems := wordsOf(t, "# Title\n\n"+tt.text+"\n")
			if len(problems) > 0 {
				t.Fatalf("problems: %v", problems)
			}
			got := w.All()
			for i := range got {
				got[i].Runs = nil
			}
			if diff := cmp.Diff(tt.want, got); diff != "" {
				t.Errorf("sentences (-want +got):\n%s", diff)
			}
		})
	}
}

func TestWordsTree(t *testing.T) {
	w, problems := wordsOf(t, `# Title

Before.

## Who we are

One.

- a thing
- **another** thing
  that goes on

### Deeper

Two.

## Who we are

See [here](/notice#top).
`)
	if len(problems) > 0 {
		t.Fatal(problems)
	}
	text := func(line int, s string) []Item {
		return []Item{{Sentences: []Sentence{{Text: s, Line: line, Runs: []Run{{Text: s}}}}}}
	}
	want := Words{Title: "Title", Sections: []Section{
		{Anchor: "top", Level: 2, Line: 3, Blocks: []Block{{Items: text(3, "Before.")}}},
		{Title: "Who we are", Anchor: "who-we-are", Level: 2, Line: 5, Blocks: []Block{
			{Items: text(7, "One.")},
			{List: true, Items: []Item{
				text(9, "a thing")[0],
				{Sentences: []Sentence{{Text: "another thing that goes on", Line: 10, Runs: []Run{{Text: "another", Strong: true}, {Text: " thing that goes on"}}}}},
			}},
		}, Sections: []Section{
			{Title: "Deeper", Anchor: "deeper", Level: 3, Line: 13, Blocks: []Block{{Items: text(15, "Two.")}}},
		}},
		{Title: "Who we are", Anchor: "who-we-are-2", Level: 2, Line: 17, Blocks: []Block{{Items: []Item{{Sentences: []Sentence{
			{Text: "See here.", Line: 19, Runs: []Run{{Text: "See "}, {Text: "here", Link: "/notice#top"}, {Text: "."}}},
		}}}}}},
	}}
	if diff := cmp.Diff(want, w); diff != "" {
		t.Errorf("tree (-want +got):\n%s", diff)
	}
}

// FuzzWords: no sentence is empty, each id is unique, and every word of the
// text is in some sentence, heading or problem.
func FuzzWords(f *testing.F) {
	f.Add("# T\n\nWe listen. {#a} We **answer.** [x](https://y.example)\n\n- z\n")
	f.Add("****")
	f.Add("{#a} {#a}\n**\n[a](b)(c)")
	f.Fuzz(func(t *testing.T, text string) {
		w, problems := wordsOf(t, text)
		ids := make(map[ID]bool)
		for _, s := range w.All() {
			if strings.TrimSpace(s.Text) == "" && len(s.Runs) == 0 {
				t.Errorf("empty sentence at line %d", s.Line)
			}
			if s.Line < 1 || s.Line > strings.Count(text, "\n")+1 {
				t.Errorf("sentence at line %d of %d", s.Line, strings.Count(text, "\n")+1)
			}
			if ids[s.ID] && s.ID != "" {
				t.Errorf("id %s twice", s.ID)
			}
			ids[s.ID] = true
			for _, r := range s.Runs {
				if strings.HasPrefix(strings.ToLower(r.Link), "javascript:") && len(problems) == 0 {
					t.Errorf("link %q got through", r.Link)
				}
			}
		}
	})
}
