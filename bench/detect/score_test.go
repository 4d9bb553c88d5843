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
	s := score(docs, [][]found{{{4, 12, detect.Person}, {17, 20, detect.Person}, {32, 36, detect.Person}}})
	p := at(s.types, detect.Person)
	// "Mrs" need not go; of Tom Poole half is left; the second Ann survives, and so does she.
	want := tally{gold: 3, hit: 1, right: 2, proposed: 3, tokens: 5, covered: 3, people: 2, leaked: 2}
	if *p != want {
		t.Errorf("%+v, want %+v", *p, want)
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
