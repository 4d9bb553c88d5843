package letter

import (
	"bytes"
	"crypto/sha256"
	_ "embed"
	"encoding/base64"
	"errors"
	"fmt"
	"html/template"
	"strings"
)

//go:embed page.tmpl
var pageTemplate string

// Sheet is a letter to print: with a cover sheet or without, which names what else
// is in the envelope.
type Sheet struct {
	Letter   Letter
	Cover    bool
	Enclosed []string
}

// sheet is one of the pages to print.
type sheet struct {
	Letter
	Words    map[string]string
	Cover    bool
	Enclosed []string
}

// Address is whom the letter is to, below one another.
func (s sheet) Address() []string { return s.To }

// Paragraphs is the letter's words; a paragraph's lines stand below one another.
func (s sheet) Paragraphs() [][]string {
	var out [][]string
	for _, p := range s.Parts {
		for para := range strings.SplitSeq(p.Text, "\n\n") {
			out = append(out, strings.Split(para, "\n"))
		}
	}
	return out
}

// Page is the letter as a page of HTML to print on A4, with nothing outside itself:
// the address stands where a DL or C5 window shows it. With cover there is a sheet
// in front that says no more than whom it is for, where it came from, and what is in
// the envelope: the letter, and whatever is enclosed.
func (s *Set) Page(l Letter, cover bool, enclosed ...string) ([]byte, error) {
	return s.Pages(Sheet{l, cover, enclosed})
}

// Pages is [Set.Page] of several letters, each on sheets of its own.
func (s *Set) Pages(all ...Sheet) ([]byte, error) {
	if len(all) == 0 {
		return nil, errors.New("there is no letter to print")
	}
	t, err := template.New("page").Parse(pageTemplate)
	if err != nil {
		return nil, fmt.Errorf("the page of a letter: %w", err)
	}
	view := struct {
		Lang    Lang
		Subject string
		Sheets  []sheet
	}{Lang: all[0].Letter.Lang, Subject: all[0].Letter.Subject}
	for _, x := range all {
		words := s.words[x.Letter.Lang]
		view.Sheets = append(view.Sheets, sheet{x.Letter, words, x.Cover, lines(append([]string{words["letter"]}, x.Enclosed...))})
	}
	var b bytes.Buffer
	if err := t.Execute(&b, view); err != nil {
		return nil, fmt.Errorf("the page of a letter: %w", err)
	}
	return b.Bytes(), nil
}

// PagePolicy is the Content-Security-Policy under which a page to print shows as it
// should: its own style, and nothing else.
func PagePolicy() string {
	_, style, _ := strings.Cut(pageTemplate, "<style>")
	style, _, _ = strings.Cut(style, "</style>")
	sum := sha256.Sum256([]byte(style))
	return "default-src 'none'; style-src 'sha256-" + base64.StdEncoding.EncodeToString(sum[:]) + "'; frame-ancestors 'none'; base-uri 'none'; form-action 'none'"
}
