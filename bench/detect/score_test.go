package main

import (
	"path/filepath"
	"strings"
	"testing"

	"tenet/internal/detect"
)

func TestScore(t *testing.T) {
	text := "Mrs Ann Shaw met Tom Poole. Ann left."
	label := func(words string, from int, person string) Span {
		start := from + strings.Index(text[from:], words)
		return Span{Start: start, End: start + len(words), Type: detect.Person, Text: words, Person: person, Origin: "english"}
	}
	docs := []Document{{ID: "d", Text: text, Spans: []Span{label("Mrs Ann Shaw", 0, "a"), label("Tom Poole", 0, "t"), label("Ann", 20, "a")}}}
	s := score(docs, [][]found{{{4, 12, detect.Person, 0.9}, {17, 20, detect.Person, 0.8}, {32, 36, detect.Person, 0.7}}})
	p := at(s.types, detect.Person)
	// "Mrs" need not go; of Tom Poole half is left; the second Ann survives, and so does she.
	want := tally{gold: 3, hit: 1, right: 2, proposed: 3, tokens: 5, covered: 3, people: 2, leaked: 2}
	if *p != want {
		t.Errorf("%+v, want %+v", *p, want)
	}
}

// The least sure finds are left out until recall would be too low.
func TestAtRecall(t *testing.T) {
	text := "Ann met Tom and Sue at ten"
	label := func(at int) Span { return Span{Start: at, End: at + 3, Type: detect.Person, Text: text[at : at+3]} }
	docs := []Document{{ID: "d", Text: text, Spans: []Span{label(0), label(8), label(16)}}}
	all := [][]found{{{0, 3, detect.Person, 0.9}, {4, 7, detect.Person, 0.5}, {8, 11, detect.Person, 0.6}, {23, 26, detect.Person, 0.3}}}
	for _, c := range []struct {
		recall, score, precision float64
	}{{0.1, 0.9, 1}, {0.5, 0.6, 1}, {2.0 / 3, 0.6, 1}} {
		got, score, ok := atRecall(docs, all, c.recall)
		if !ok || score != c.score || got.precision() != c.precision {
			t.Errorf("at %v: %+v from %v, %v", c.recall, got, score, ok)
		}
	}
	if _, _, ok := atRecall(docs, all, 0.7); ok {
		t.Error("a recall that is never reached is said to be")
	}
}

// What is held back stays held back: a change of the rule would let the recogniser be reported on what it was trained on.
func TestHeldBack(t *testing.T) {
	for id, want := range map[string]bool{"btc-a-0": true, "wg-1": false, "tmpl-100": false, "btc-a-4": true} {
		if got := (Document{Doc: id}).HeldBack(); got != want {
			t.Errorf("%s: %v", id, got)
		}
	}
}

func TestOwnCorpusIsLabelledRight(t *testing.T) {
	docs, err := read(filepath.Join("own", "corpus.jsonl"), false)
	if err != nil {
		t.Fatal(err)
	}
	if len(docs) < 60 {
		t.Errorf("%d documents", len(docs))
	}
	for _, d := range docs {
		end := 0
		for _, s := range d.Spans {
			if s.Start < end || d.Text[s.Start:s.End] != s.Text {
				t.Errorf("%s: %+v", d.ID, s)
			}
			end = s.End
		}
	}
}
