package main

import (
	"encoding/csv"
	"fmt"
	"io"
	"os"
	"path/filepath"
	"slices"
	"strings"
	"unicode"

	"tenet/internal/detect"
	"tenet/internal/match"
)

// How the recogniser that ships is trained.
const (
	passes = 8     // times over the examples
	made   = 16000 // documents to make of the templates
	bias   = 4     // how far it leans towards people
)

// learn makes the recogniser of unknown names that is part of the program. It learns from openly licensed text only (CC BY
// 4.0; see NOTICE), from what is not held back of it, and from sentences of invented housing documents that it makes of
// templates and lists of names. The same input gives the same bytes.
func learn(data, words, out string) error {
	sets, err := shared(data)
	if err != nil {
		return err
	}
	var examples []detect.Labelled
	small, capital := make(map[string]int), make(map[string]int)
	for _, s := range sets {
		if !s.Trained {
			continue
		}
		var text strings.Builder
		var spans []detect.Span
		for _, d := range s.Half(false) {
			count(d, small, capital)
			start := text.Len()
			text.WriteString(d.Text)
			for _, l := range d.Spans {
				if !l.Handle {
					spans = append(spans, detect.Span{Start: start + l.Start, End: start + l.End, Type: l.Type})
				}
			}
			examples = append(examples, detect.Labelled{Text: text.String(), Spans: spans})
			text.Reset()
			spans = nil
		}
	}
	g, err := newGenerator(filepath.Join(data, "names"))
	if err != nil {
		return err
	}
	for _, line := range g.templates {
		for w := range match.Words(slot.ReplaceAllString(line, " ")) {
			if unicode.IsLower(rune(line[min(w.Start, len(line)-1)])) {
				small[w.Text] += 3
			}
		}
	}
	listing, err := listed(words)
	if err != nil {
		return fmt.Errorf("read ordinary words (apt install wbritish-small): %w", err)
	}
	for _, w := range listing {
		if w != "" && unicode.IsLower(rune(w[0])) && !strings.Contains(w, "'") {
			small[match.Fold(w)] += 3
		}
	}
	var ordinary []string
	for w, n := range small {
		if n >= 3 && n*3 > capital[w] {
			ordinary = append(ordinary, w)
		}
	}
	slices.Sort(ordinary)
	for range made {
		examples = append(examples, g.document())
	}
	lists := detect.NameLists{Forenames: g.allForenames, Surnames: g.allSurnames, Ordinary: ordinary, Places: g.places}
	names := detect.LearnNames(lists, examples, passes, 1).WithBias(bias)
	b, err := names.Bytes()
	if err != nil {
		return err
	}
	fmt.Printf("%d examples, %d forenames, %d surnames, %d ordinary words: %d bytes\n", len(examples), len(g.allForenames), len(g.allSurnames), len(ordinary), len(b))
	return os.WriteFile(out, b, 0o644)
}

// count notes how often words stand in small letters and, inside a sentence and outside a label, with a capital.
func count(d Document, small, capital map[string]int) {
	for w := range match.Words(d.Text) {
		first := []rune(d.Text[w.Start:w.End])[0]
		inLabel := slices.ContainsFunc(d.Spans, func(s Span) bool { return s.Start < w.End && w.Start < s.End })
		switch {
		case unicode.IsLower(first) && !inLabel:
			small[w.Text]++
		case unicode.IsUpper(first) && inLabel:
			capital[w.Text]++
		}
	}
}

// listed reads the words of a list, one a line, without names that hold spaces.
func listed(file string) ([]string, error) {
	b, err := os.ReadFile(file)
	if err != nil {
		return nil, err
	}
	var out []string
	for line := range strings.Lines(string(b)) {
		out = append(out, strings.Trim(line, "\ufeff \r\n"))
	}
	return out, nil
}

// column reads one column of a CSV file with a header.
func column(file, name string) ([]string, error) {
	f, err := os.Open(file)
	if err != nil {
		return nil, err
	}
	defer f.Close()
	r := csv.NewReader(f)
	r.FieldsPerRecord = -1
	header, err := r.Read()
	if err != nil {
		return nil, fmt.Errorf("%s: %w", file, err)
	}
	at := slices.Index(header, name)
	if at < 0 {
		return nil, fmt.Errorf("%s has no column %s", file, name)
	}
	var out []string
	for {
		row, err := r.Read()
		if err == io.EOF {
			return out, nil
		}
		if err != nil {
			return nil, fmt.Errorf("%s: %w", file, err)
		}
		if at < len(row) {
			out = append(out, row[at])
		}
	}
}
