package letter

import (
	"bytes"
	_ "embed"
	"fmt"
	"html/template"
	"strings"
)

//go:embed page.tmpl
var pageTemplate string

// sheet is a page to print.
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
	t, err := template.New("page").Parse(pageTemplate)
	if err != nil {
		return nil, fmt.Errorf("the page of a letter: %w", err)
	}
	words := s.words[l.Lang]
	var b bytes.Buffer
	if err := t.Execute(&b, sheet{l, words, cover, lines(append([]string{words["letter"]}, enclosed...))}); err != nil {
		return nil, fmt.Errorf("the page of a letter: %w", err)
	}
	return b.Bytes(), nil
}
