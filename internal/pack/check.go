package pack

import (
	"bytes"
	"encoding/json"
	"errors"
	"fmt"
	"html"
	"slices"
	"strings"
	"time"
	"unicode"
	"unicode/utf8"
)

// Check proves that none of the secrets, which are the texts withheld, is in any
// file or its name: as it stands, as HTML or JSON escape it, and in whatever
// form prove looks for (that of package redact; nil for none). Where a secret
// begins or ends in a letter or digit, it counts only as a whole word there, so
// that "Ann" is not given away by "annual".
//
// A secret that our own words or the public notice hold, such as the name May,
// tells nothing where everyone's answer has it. It is looked for, written just
// so, in the values of the items alone.
//
// The error says where, and which secret by its place in the list, never what
// it is. A pack that does not pass must not be sealed.
func Check(files []File, secrets []string, prove func([]byte, []string) error) error {
	if prove == nil {
		prove = func([]byte, []string) error { return nil }
	}
	c, err := contentOf(files)
	if err != nil {
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
		} else if found(everyones, []string{s}) >= 0 || prove(everyones, []string{s}) != nil {
			telling[i], ordinary[i] = "", s
		}
	}
	for _, f := range files {
		for _, view := range [][]byte{[]byte(f.Name), f.Bytes, []byte(html.UnescapeString(string(f.Bytes)))} {
			if i := found(view, telling); i >= 0 {
				return leak(f.Name, i, secrets)
			}
		}
		if err := prove([]byte(f.Name), telling); err != nil {
			return fmt.Errorf("pack: the name of a file holds what was withheld: %w", err)
		}
		if err := prove(f.Bytes, telling); err != nil {
			return fmt.Errorf("pack: %s holds what was withheld: %w", f.Name, err)
		}
	}
	for _, x := range c.Items {
		for _, f := range slices.Concat(x.Fields, x.Texts) {
			for _, s := range []string{f.Value, f.Note} {
				if i := found([]byte(s), telling); i >= 0 {
					return leak(fmt.Sprintf("item %d", x.Number), i, secrets)
				}
				if i := found([]byte(s), ordinary); i >= 0 {
					return leak(fmt.Sprintf("item %d", x.Number), i, secrets)
				}
			}
		}
	}
	return nil
}

func leak(where string, i int, secrets []string) error {
	return fmt.Errorf("pack: withheld text %d of %d is still in %s: withhold it there too", i+1, len(secrets), where)
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
	for _, s := range []string{pageText, pageStyle, readMe, strings.Join(csvHeader, " ")} {
		b.WriteString(s + "\n")
	}
	for m := time.January; m <= time.December; m++ {
		b.WriteString(m.String() + "\n")
	}
	if err := writeJSON(&b, &content{
		Landlord: c.Landlord, Contact: c.Contact, Searched: c.Searched, Explanation: c.Explanation,
		Items: []item{{Fields: []field{{}}}}, Withheld: []withheld{{}}, NotSearched: []gap{{}}, Index: []entry{{}},
	}); err != nil {
		return nil, err
	}
	return b.Bytes(), nil
}

// found is the place of the first of the secrets that b holds, or -1.
func found(b []byte, secrets []string) int {
	return slices.IndexFunc(secrets, func(s string) bool { return s != "" && holds(b, s) })
}

// holds looks for s in b as whole words.
func holds(b []byte, s string) bool {
	first, _ := utf8.DecodeRuneInString(s)
	last, _ := utf8.DecodeLastRuneInString(s)
	for at := 0; ; {
		i := bytes.Index(b[at:], []byte(s))
		if i < 0 {
			return false
		}
		start, end := at+i, at+i+len(s)
		before, _ := utf8.DecodeLastRune(b[:start])
		after, _ := utf8.DecodeRune(b[end:])
		if !(isWord(first) && isWord(before)) && !(isWord(last) && isWord(after)) {
			return true
		}
		at = start + 1
	}
}

func isWord(r rune) bool {
	return r != utf8.RuneError && (unicode.IsLetter(r) || unicode.IsDigit(r))
}
