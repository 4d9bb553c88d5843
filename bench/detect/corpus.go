package main

import (
	"bufio"
	"crypto/sha256"
	"encoding/json"
	"errors"
	"fmt"
	"os"
	"path/filepath"
	"slices"
	"strings"
	"unicode/utf8"

	"tenet/internal/detect"
)

// Document is one labelled text. Offsets are bytes.
type Document struct {
	ID, Doc, Kind string
	Text          string
	Spans         []Span
	People        []Person
}

// Span is one thing that stands in a text.
type Span struct {
	Start, End int
	Type       detect.Type
	Text       string
	Person     string // who it names, where that is labelled
	Origin     string
	Handle     bool // a name on a social network: neither asked for nor counted as an error
}

// Person is somebody whom a document names, and what a landlord would know of them.
type Person struct {
	Person string `json:"person"`
	Name   string `json:"name"`
	Origin string `json:"origin"`
	Known  Known  `json:"known"`
}

// Known is what a landlord's systems hold of a person.
type Known struct {
	Name    string   `json:"name"`
	KnownAs []string `json:"known_as"`
	Emails  []string `json:"emails"`
	Phones  []string `json:"phones"`
	Refs    []string `json:"refs"`
}

// Set is one corpus.
type Set struct {
	Name     string
	Licence  string
	Trained  bool // what is not held back of it, the recogniser learns from
	Complete bool // every identifier in it is labelled too, not names only
	Docs     []Document
}

// shared reads the sets in the folder that hold labelled text.
func shared(folder string) ([]Set, error) {
	var sets []Set
	for _, s := range []Set{
		{Name: "btc-uk", Licence: "CC BY 4.0", Trained: true}, {Name: "btc-other", Licence: "CC BY 4.0", Trained: true},
		{Name: "wnut17", Licence: "CC BY 4.0", Trained: true}, {Name: "wikigold", Licence: "CC BY 4.0", Trained: true},
		{Name: "uner-ewt", Licence: "CC BY-SA 4.0"}, {Name: "re3d-uk", Licence: "OGL v3"}, {Name: "presidio-research", Licence: "MIT, names CC BY-SA 3.0"},
	} {
		files, err := filepath.Glob(filepath.Join(folder, s.Name, "*.jsonl"))
		if err != nil {
			return nil, err
		}
		if len(files) == 0 {
			return nil, fmt.Errorf("there is no labelled text of %s in %s", s.Name, folder)
		}
		for _, file := range files {
			docs, err := read(file, true)
			if err != nil {
				return nil, err
			}
			s.Docs = append(s.Docs, docs...)
		}
		sets = append(sets, s)
	}
	return sets, nil
}

// read reads JSON lines; runes says that offsets count code points, as in the shared sets, and not bytes.
func read(file string, runes bool) ([]Document, error) {
	f, err := os.Open(file)
	if err != nil {
		return nil, err
	}
	defer f.Close()
	lines := bufio.NewScanner(f)
	lines.Buffer(nil, 16<<20)
	var docs []Document
	var problems []error
	for n := 1; lines.Scan(); n++ {
		var in struct {
			ID, Doc, Genre, Kind, Text string
			Spans                      []struct {
				Start, End                 int
				Type, Text, Person, Origin string
			}
			People []Person
		}
		if err := json.Unmarshal(lines.Bytes(), &in); err != nil {
			problems = append(problems, fmt.Errorf("%s:%d: %w", file, n, err))
			continue
		}
		d := Document{ID: in.ID, Doc: in.Doc, Kind: in.Kind + in.Genre, Text: in.Text, People: in.People}
		if d.Doc == "" {
			d.Doc = d.ID
		}
		at := offsets(in.Text, runes)
		for _, s := range in.Spans {
			if s.Start < 0 || s.End <= s.Start || s.End >= len(at) || at[s.Start] < 0 || at[s.End] < 0 {
				problems = append(problems, fmt.Errorf("%s:%d: %s is labelled from %d to %d, which is not in the text", file, n, s.Type, s.Start, s.End))
				continue
			}
			span := Span{Start: at[s.Start], End: at[s.End], Type: typeOf(s.Type), Person: s.Person, Origin: s.Origin}
			span.Text = in.Text[span.Start:span.End]
			if s.Text != "" && s.Text != span.Text {
				problems = append(problems, fmt.Errorf("%s:%d: %d to %d reads %q, and is labelled %q", file, n, s.Start, s.End, span.Text, s.Text))
			}
			span.Handle = span.Type == detect.Person && strings.HasSuffix(strings.TrimRight(in.Text[:span.Start]+firstAt(span.Text), " "), "@")
			if span.Type != "" {
				d.Spans = append(d.Spans, span)
			}
		}
		slices.SortStableFunc(d.Spans, func(a, b Span) int { return a.Start - b.Start })
		docs = append(docs, d)
	}
	return docs, errors.Join(append(problems, lines.Err())...)
}

func firstAt(s string) string {
	if strings.HasPrefix(s, "@") {
		return "@"
	}
	return ""
}

// offsets gives the byte at which each place of the text stands; -1 inside a rune.
func offsets(text string, runes bool) []int {
	var at []int
	for i, r := range text {
		at = append(at, i)
		if !runes {
			for range utf8.RuneLen(r) - 1 {
				at = append(at, -1)
			}
		}
	}
	return append(at, len(text))
}

// typeOf gives the type by our name; "" where we have none.
func typeOf(t string) detect.Type {
	switch strings.ToUpper(t) {
	case "PER", "PERSON":
		return detect.Person
	case "ORG", "ORGANISATION", "ORGANIZATION", "CORPORATION", "GROUP":
		return detect.Organisation
	case "LOC", "LOCATION":
		return detect.Location
	case "EMAIL_ADDRESS":
		return detect.Email
	case "PHONE_NUMBER":
		return detect.Phone
	case "CREDIT_CARD":
		return detect.Card
	case "IBAN_CODE":
		return detect.IBAN
	case "IP_ADDRESS":
		return detect.IP
	case "DATE_TIME", "TITLE", "AGE", "NRP", "US_SSN", "ZIP_CODE", "STREET_ADDRESS", "GPE", "DOMAIN_NAME", "US_DRIVER_LICENSE", "MISC",
		"NATIONALITY", "TEMPORAL", "QUANTITY", "DOCUMENTREFERENCE", "WEAPON", "MONEY", "COMMSIDENTIFIER", "MILITARYPLATFORM", "FREQUENCY", "COORDINATES",
		"PRODUCT", "CREATIVE-WORK":
		return ""
	}
	return detect.Type(strings.ToUpper(t))
}

// HeldBack reports whether a document may only be reported on, never tuned or trained on: three in ten, by a hash of its
// id that was fixed before anything was tuned. Texts made from one template share an id.
func (d Document) HeldBack() bool {
	sum := sha256.Sum256([]byte("tenet held back: " + d.Doc))
	return sum[0] < 77
}

// Half gives the documents that are held back, or those that are not.
func (s Set) Half(heldBack bool) []Document {
	var out []Document
	for _, d := range s.Docs {
		if d.HeldBack() == heldBack {
			out = append(out, d)
		}
	}
	return out
}
