// Command own makes corpus.jsonl of documents.txt, in the form that bench/detect reads:
//
//	go run ./bench/detect/own bench/detect/own
//
// The documents are what the detector is developed on; how good it is, the sealed documents say.
package main

import (
	"encoding/json"
	"fmt"
	"os"
	"path/filepath"
	"strings"
)

type span struct {
	Start  int    `json:"start"`
	End    int    `json:"end"`
	Type   string `json:"type"`
	Text   string `json:"text"`
	Person string `json:"person,omitempty"`
	Origin string `json:"origin,omitempty"`
}

type known struct {
	Name string `json:"name"`
}

type person struct {
	Person string `json:"person"`
	Name   string `json:"name"`
	Origin string `json:"origin"`
	Known  known  `json:"known"`
}

type document struct {
	ID      string   `json:"id"`
	Kind    string   `json:"kind"`
	Origins []string `json:"origins"`
	Text    string   `json:"text"`
	Spans   []span   `json:"spans"`
	People  []person `json:"people"`
}

func main() {
	if err := run(os.Args[len(os.Args)-1]); err != nil {
		fmt.Fprintln(os.Stderr, "own:", err)
		os.Exit(1)
	}
}

func run(folder string) error {
	b, err := os.ReadFile(filepath.Join(folder, "documents.txt"))
	if err != nil {
		return err
	}
	var out strings.Builder
	for _, part := range strings.Split(string(b), "\n=== ")[1:] {
		d, err := parse(part)
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

func parse(part string) (document, error) {
	head, body, _ := strings.Cut(part, "\n")
	d := document{Spans: []span{}, People: []person{}, Origins: []string{}}
	d.ID, d.Kind, _ = strings.Cut(head, " ")
	origin := make(map[string]string)
	for strings.HasPrefix(body, "@") {
		var line string
		line, body, _ = strings.Cut(body, "\n")
		f := strings.SplitN(line[1:], " ", 3)
		if len(f) != 3 {
			return d, fmt.Errorf("%s: %q does not say id, origin and name", d.ID, line)
		}
		d.People = append(d.People, person{f[0], f[2], f[1], known{f[2]}})
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
		s := span{Start: text.Len(), Type: what, Text: words}
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
