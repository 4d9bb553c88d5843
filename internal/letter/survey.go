package letter

import (
	"errors"
	"io/fs"
	"path"
	"strings"
)

// File is one letter in one language as the landlord has it.
type File struct {
	Lang     Lang
	Kind     Kind
	Own      bool // the words are the landlord's, and not ours
	Subject  string
	Blocks   []string // their headings, in order
	Problems []Problem
}

// Survey is every letter in every language, with what is wrong with it, and the files
// of the landlord's folder that are no letter. own may be nil.
func Survey(own fs.FS) (files []File, strange []Problem) {
	for _, k := range templates() {
		for _, lang := range Langs() {
			t, mine, bad := parsed(own, lang, k)
			f := File{Lang: lang, Kind: k, Own: mine, Problems: bad}
			if t != nil {
				f.Subject = t.title
				for _, b := range t.blocks {
					f.Blocks = append(f.Blocks, b.id)
				}
			}
			files = append(files, f)
		}
	}
	if own != nil {
		for _, err := range strangers(own) {
			var p Problem
			if errors.As(err, &p) {
				strange = append(strange, p)
			}
		}
	}
	return files, strange
}

// parsed is a letter in a language, from the landlord's folder where that has it, and
// what is wrong with it.
func parsed(own fs.FS, lang Lang, k Kind) (t *text, mine bool, bad []Problem) {
	name := path.Join(string(lang), string(k)+".txt")
	from, err := fs.Sub(shipped, "templates")
	at := "letter/templates/" + name
	if own != nil {
		if _, err := fs.Stat(own, name); err == nil {
			from, at, mine = own, "letters/"+name, true
		} else if !errors.Is(err, fs.ErrNotExist) {
			return nil, true, []Problem{{"letters/" + name, 0, "it cannot be read", "see that Tenet may read it"}}
		}
	}
	var raw string
	if err == nil {
		raw, err = read(from, name)
	}
	if err != nil {
		return nil, mine, []Problem{{at, 0, err.Error(), "write plain text in UTF-8, at most 65536 bytes"}}
	}
	t, bad = parseText(at, k, raw)
	first, _, _ := strings.Cut(raw, "\n")
	t.title = strings.TrimSpace(strings.TrimPrefix(first, "subject:"))
	return t, mine, bad
}
