package main

import (
	"encoding/json"
	"fmt"
	"os"
	"path/filepath"
	"strings"
)

type markedSpan struct {
	Start  int    `json:"start"`
	End    int    `json:"end"`
	Type   string `json:"type"`
	Text   string `json:"text"`
	Person string `json:"person,omitempty"`
	Origin string `json:"origin,omitempty"`
}

type markedKnown struct {
	Name string `json:"name"`
}

type markedPerson struct {
	Person string      `json:"person"`
	Name   string      `json:"name"`
	Origin string      `json:"origin"`
	Known  markedKnown `json:"known"`
}

type markedDocument struct {
	ID      string         `json:"id"`
	Kind    string         `json:"kind"`
	Origins []string       `json:"origins"`
	Text    string         `json:"text"`
	Spans   []markedSpan   `json:"spans"`
	People  []markedPerson `json:"people"`
}

// makeOwn makes corpus.jsonl of documents.txt, where {id|words} and {TYPE|words} are the labels. The documents are what the
// detector is developed on; how good it is, the sealed documents say.
func makeOwn(folder string) error {
	b, err := os.ReadFile(filepath.Join(folder, "documents.txt"))
	if err != nil {
		return err
	}
	var out strings.Builder
	for _, part := range strings.Split(string(b), "\n=== ")[1:] {
		d, err := parseMarked(part)
		if err != nil {
			return err
		}
		line, err := json.Marshal(d)
		if err != nil {
			return err
		}
		out.Write(append(line, '\n'))
	}
	return os.WriteFile(filepath.Join(folder, "corpus.jsonl"), []byte(out.String()), 0o644)
}

func parseMarked(part string) (markedDocument, error) {
	head, body, _ := strings.Cut(part, "\n")
	d := markedDocument{Spans: []markedSpan{}, People: []markedPerson{}, Origins: []string{}}
	d.ID, d.Kind, _ = strings.Cut(head, " ")
	origin := make(map[string]string)
	for strings.HasPrefix(body, "@") {
		var line string
		line, body, _ = strings.Cut(body, "\n")
		f := strings.SplitN(line[1:], " ", 3)
		if len(f) != 3 {
			return d, fmt.Errorf("%s: %q does not say id, origin and name", d.ID, line)
		}
		d.People = append(d.People, markedPerson{f[0], f[2], f[1], markedKnown{f[2]}})
		origin[f[0]] = f[1]
	}
	for _, p := range d.People {
		if !strings.Contains(strings.Join(d.Origins, " "), p.Origin) {
			d.Origins = append(d.Origins, p.Origin)
		}
	}
	body = strings.TrimRight(body, "\n")
	var text strings.Builder
	for {
		before, rest, ok := strings.Cut(body, "{")
		text.WriteString(before)
		if !ok {
			break
		}
		mark, after, ok := strings.Cut(rest, "}")
		what, words, two := strings.Cut(mark, "|")
		if !ok || !two || words == "" {
			return d, fmt.Errorf("%s: %q is not {what|words}", d.ID, mark)
		}
		s := markedSpan{Start: text.Len(), Type: what, Text: words}
		if o, ok := origin[what]; ok {
			s.Type, s.Person, s.Origin = "PERSON", what, o
		} else if what != strings.ToUpper(what) {
			return d, fmt.Errorf("%s: nobody is %q", d.ID, what)
		}
		text.WriteString(words)
		s.End = text.Len()
		d.Spans = append(d.Spans, s)
		body = after
	}
	d.Text = text.String()
	return d, nil
}
