package pack

import (
	"bytes"
	"encoding/json"
	"errors"
	"fmt"
	"slices"
	"strings"
	"time"
	"unicode"
	"unicode/utf8"
)

// A Checker looks for what was withheld in what is about to go out.
type Checker struct {
	// Prove looks for the secrets in bytes in whatever other form it knows: that
	// of package redact. None is looked for if it is nil.
	Prove func(data []byte, secrets []string) error
	// Text reads a PDF, a workbook or a document back, by a path that is not the one
	// that wrote it. If it is nil, files of these kinds do not pass.
	Text func(name string, data []byte) (string, error)
}

// Check is that of a Checker that cannot read PDFs and workbooks back.
func Check(files []File, secrets []string, prove func([]byte, []string) error) error {
	return Checker{Prove: prove}.Check(files, secrets)
}

// Check proves that none of the secrets, which are the texts withheld, is in any
// file or its name: as it stands, as HTML or JSON escape it, in what a reader of
// PDFs and workbooks finds, though a line end stands in it, and in whatever form
// Prove looks for. Where a secret begins or ends in a letter or digit, it counts
// only as a whole word there, so that "Ann" is not given away by "annual".
//
// A secret that our own words or the public notice hold, such as the name May,
// tells nothing where everyone's answer has it. It is looked for, written just
// so, in the values of the items alone.
//
// The error says where, and which secret by its place in the list, never what
// it is: a *[LeakError], or what Prove gave. Any other error says that a file could not be
// read back. A pack that does not pass must not be sealed.
func (k Checker) Check(files []File, secrets []string) error {
	prove := k.Prove
	if prove == nil {
		prove = func([]byte, []string) error { return nil }
	}
	if p, ok, err := portableOf(files); ok || err != nil {
		if err == nil {
			err = Checker{prove, k.Text}.checkPortable(p, files, secrets)
		}
		if err != nil {
			return fmt.Errorf("pack: check: %w", err)
		}
		return nil
	}
	c, err := contentOf(files)
	if err != nil {
		return fmt.Errorf("pack: check: %w", err)
	}
	if c.Reviewer {
		return errors.New("pack: check: this is a reviewer's copy, which is not for the requester")
	}
	if err := c.listed(files); err != nil {
		return fmt.Errorf("pack: check: %w", err)
	}
	everyones, err := c.everyones()
	if err != nil {
		return fmt.Errorf("pack: check: %w", err)
	}
	// Both lists keep the places of the secrets; those that are not in a list are
	// empty there.
	telling, ordinary := slices.Clone(secrets), make([]string, len(secrets))
	for i, s := range secrets {
		if strings.IndexFunc(s, isWord) < 0 {
			telling[i] = "" // Marks and spaces give nothing away, and stand everywhere.
		} else if holds(view{text: everyones}, s) || prove(everyones, []string{s}) != nil {
			telling[i], ordinary[i] = "", s
		}
	}
	for _, f := range files {
		if strings.HasPrefix(f.Name, DocumentFolder) {
			exact := slices.Clone(telling)
			for i := range exact {
				exact[i] += ordinary[i] // one of them is empty
			}
			if err := k.document(f, exact, telling); err != nil {
				return fmt.Errorf("pack: check: %w", err)
			}
			continue
		}
		says, forms, err := k.views(f)
		if err != nil {
			return fmt.Errorf("pack: check: %w", err)
		}
		forms = append(forms, view{text: []byte(f.Name)})
		for _, b := range says {
			forms = append(forms, view{text: b})
		}
		for _, v := range forms {
			if i := v.found(telling); i >= 0 {
				return leak(f.Name, i, secrets)
			}
		}
		if err := prove([]byte(f.Name), telling); err != nil {
			return fmt.Errorf("pack: the name of a file holds what was withheld: %w", err)
		}
		for _, b := range says {
			if err := prove(b, telling); err != nil {
				return fmt.Errorf("pack: %s holds what was withheld: %w", f.Name, err)
			}
		}
	}
	for _, x := range c.Items {
		for _, f := range slices.Concat(x.Fields, x.Texts) {
			for _, s := range []string{f.Value, f.Note} {
				if i := (view{text: []byte(s)}).found(telling); i >= 0 {
					return leak(fmt.Sprintf("item %d", x.Number), i, secrets)
				}
				if i := (view{text: []byte(s)}).found(ordinary); i >= 0 {
					return leak(fmt.Sprintf("item %d", x.Number), i, secrets)
				}
			}
		}
	}
	return nil
}

// LeakError says that something withheld stands in what was checked. It never says what.
type LeakError struct {
	Secret, Of int    // which, by its place in the list, from 1
	Where      string // a file of the pack, or an item
}

// Error is the find in words.
func (e *LeakError) Error() string {
	return fmt.Sprintf("withheld text %d of %d is still in %s: withhold it there too", e.Secret, e.Of, e.Where)
}

func leak(where string, i int, secrets []string) error {
	return fmt.Errorf("pack: %w", &LeakError{Secret: i + 1, Of: len(secrets), Where: where})
}

// contentOf reads what the files say back from the JSON among them.
func contentOf(files []File) (*content, error) {
	for _, f := range files {
		if f.Name == JSONName {
			c := new(content)
			if err := json.Unmarshal(f.Bytes, c); err != nil {
				return nil, fmt.Errorf("%s cannot be read back: %w", JSONName, err)
			}
			return c, nil
		}
	}
	return nil, errors.New("there is no " + JSONName + " among the files")
}

// everyones is the text that the answer to anyone may have: our own words, what
// dates are written with, and the notice.
func (c *content) everyones() ([]byte, error) {
	var b bytes.Buffer
	for _, s := range slices.Concat([]string{pageText, pageStyle, readMe, contentsTitle, printCopy, cannotShow, footWords, givenSheet, withheldSheet, sourcesSheet, cutText,
		searchedYes, searchedNot, followedNot}, csvHeader, givenHead, withheldHead, sourcesHead, []string{documentLabel, DocumentFolder}) {
		b.WriteString(s + "\n")
	}
	for m := time.January; m <= time.December; m++ {
		b.WriteString(m.String() + "\n")
	}
	blank := &content{
		Landlord: c.Landlord, Contact: c.Contact, Searched: c.Searched, Explanation: c.Explanation,
		Items: []item{{Fields: []field{{}}, Documents: []document{{}}}}, Withheld: []withheld{{}}, NotSearched: []gap{{}}, Index: []entry{{}},
	}
	if err := writeJSON(&b, blank); err != nil {
		return nil, err
	}
	var book bytes.Buffer // What Excel's own parts say.
	if err := writeSheet(&book, blank); err != nil {
		return nil, err
	}
	says, err := parts(book.Bytes())
	if err != nil {
		return nil, err
	}
	return slices.Concat(b.Bytes(), bytes.Join(says, []byte("\n"))), nil
}

// found is the place of the first of the secrets that a text holds, or -1.
func (v view) found(secrets []string) int {
	return slices.IndexFunc(secrets, func(s string) bool { return s != "" && holds(v, s) })
}

// holds looks for s in a text as whole words. A word ends where a line did.
func holds(v view, s string) bool {
	first, _ := utf8.DecodeRuneInString(s)
	last, _ := utf8.DecodeLastRuneInString(s)
	for at := 0; ; {
		i := bytes.Index(v.text[at:], []byte(s))
		if i < 0 {
			return false
		}
		start, end := at+i, at+i+len(s)
		before, _ := utf8.DecodeLastRune(v.text[:start])
		after, _ := utf8.DecodeRune(v.text[end:])
		if (v.ends[start] || !isWord(first) || !isWord(before)) && (v.ends[end] || !isWord(last) || !isWord(after)) {
			return true
		}
		at = start + 1
	}
}

func isWord(r rune) bool {
	return r != utf8.RuneError && (unicode.IsLetter(r) || unicode.IsDigit(r))
}
