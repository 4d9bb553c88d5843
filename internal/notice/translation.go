package notice

import (
	"crypto/sha256"
	"encoding/hex"
	"fmt"
	"io/fs"
	"maps"
	"regexp"
	"slices"
	"strings"
)

var (
	translationFile = regexp.MustCompile(`^notice\.([a-z]{2,3})\.md$`)
	ofLine          = regexp.MustCompile(`^\{of:\s*([^}]*)\}$`)
	ofDigest        = regexp.MustCompile(`^[0-9a-f]{12}$`)
)

// translationOf is the file of the words in another language: notice.cy.md.
func translationOf(language Language) string { return "notice." + string(language) + ".md" }

// FilesOf names the files of one folder, in order: [Files], and the words in other
// languages that stand beside notice.md, such as notice.cy.md.
func FilesOf(fsys fs.FS) ([]string, error) {
	entries, err := fs.ReadDir(fsys, ".")
	if err != nil {
		return nil, err
	}
	out := Files()
	for _, e := range entries { // in the order of their names
		if translationFile.MatchString(e.Name()) {
			out = append(out, e.Name())
		}
	}
	return out, nil
}

// placeOf is where a file stands in the order of a folder: translations after all others.
func placeOf(file string) int {
	if at := slices.Index(Files(), file); at >= 0 || !translationFile.MatchString(file) {
		return at
	}
	return len(Files())
}

// In gives the words in a language, and the language they are in: where there are none
// in it, or none is named, those that the notice was written in.
func (n *Notice) In(language Language) (*Words, Language) {
	if w, ok := n.Translations[language]; ok {
		return &w, language
	}
	if len(n.Landlord.Languages) > 0 {
		language = n.Landlord.Languages[0]
	}
	return &n.Words, language
}

// Offered are the languages that the words are there in, that they were written in first.
func (n *Notice) Offered() []Language {
	_, written := n.In("")
	return append([]Language{written}, slices.Sorted(maps.Keys(n.Translations))...)
}

// Digest stands for what words say: headings, sentences, links and ids, however the file
// breaks its lines. A translation says which words it was made of by it.
func (w *Words) Digest() string {
	h := sha256.New()
	fmt.Fprintf(h, "%q\n", w.Title)
	for _, s := range w.headings() {
		fmt.Fprintf(h, "%d %q\n", s.Level, s.Title)
		for _, b := range s.Blocks {
			for _, i := range b.Items {
				for _, x := range i.Sentences {
					fmt.Fprintf(h, "%t %q %q\n", b.List, x.ID, x.Text)
					for _, r := range x.Runs {
						fmt.Fprintf(h, "%q\n", r.Link)
					}
				}
			}
		}
	}
	return hex.EncodeToString(h.Sum(nil)[:6])
}

// translates reads the line by which a translation says of which words it is one.
func (r *wordsReader) translates(digest string, at Pos) {
	digest = strings.TrimSpace(digest)
	switch {
	case r.file == wordsFile:
		r.add(at, "", "{of: …} stands in a translation, and these are the words themselves", "take the line out")
	case !ofDigest.MatchString(digest):
		r.add(at, "", quote(digest)+" names no words", "write {of: …} with the twelve letters and digits that tenet notice check gives")
	case r.words.Of != "":
		r.add(at, "", "a second line that says of which words this is a translation", "leave one of them")
	default:
		r.words.Of, r.words.OfLine = digest, at.Line
	}
}

// translate reads the words in other languages. Their ids are those of notice.md, so that
// they define none.
func (n *Notice) translate(files []string, contents map[string][]byte, ps *problems) {
	for _, file := range files {
		m := translationFile.FindStringSubmatch(file)
		if m == nil {
			continue
		}
		language, at := Language(m[1]), Pos{File: file}
		offered := n.Landlord.Languages
		switch {
		case len(offered) > 0 && language == offered[0]:
			ps.add(at, "", "notice.md is in this language already", "take one of them away, or put the language of notice.md first in languages of landlord.yaml")
		case phrases()[language] == nil:
			ps.add(at, "", "there are no headings and phrases in "+quote(string(language))+", so that it cannot be shown", "the languages are "+quoteList(wordsOfIDs(PhraseLanguages()))+"; move anything else out of the folder")
		case len(offered) > 0 && !slices.Contains(offered, language):
			ps.add(at, "", "landlord.yaml does not offer the notice in "+quote(string(language)), "add it to languages there, or take the file away")
		}
		if n.Translations == nil {
			n.Translations = make(map[Language]Words)
		}
		n.Translations[language] = parseWords(file, contents[file], ps, newReferences())
	}
}

// translations: what the notice says in one language it says in each.
func (l *linter) translations() {
	for i, language := range l.n.Landlord.Languages {
		if _, ok := l.n.Translations[language]; i > 0 && !ok {
			l.find("translation-missing", Pos{File: landlordFile}, ID(language), "the notice is offered in "+quote(string(language))+", and its words are not there", "write "+translationOf(language)+" beside notice.md, or take the language out of languages")
		}
	}
	for _, language := range slices.Sorted(maps.Keys(l.n.Translations)) {
		w, file := l.n.Translations[language], translationOf(language)
		line := 1 // of the promise before the one that is missing
		for _, s := range l.n.Words.Promises() {
			if there, ok := w.Sentence(s.ID); ok {
				line = there.Line
				continue
			}
			l.find("translation-lacks-promise", Pos{File: file, Line: line}, s.ID, "the promise of "+wordsAt(s.Line).String()+" is not here: "+quote(s.Text), "write it in this language after this line, with {#"+string(s.ID)+"}")
		}
		for _, s := range w.Promises() {
			if _, ok := l.n.Words.Sentence(s.ID); !ok {
				l.find("translation-adds-promise", Pos{File: file, Line: s.Line}, s.ID, "notice.md has no promise of this id, so that nothing checks it: "+quote(s.Text), "write it in notice.md too, or take the id away")
			}
		}
		switch digest := l.n.Words.Digest(); {
		case w.Of == "":
			l.find("translation-older", Pos{File: file, Line: 1}, ID(language), "it does not say of which words it is a translation", "hold it against notice.md, and write {of: "+digest+"} on a line of its own under the title")
		case w.Of != digest:
			l.find("translation-older", Pos{File: file, Line: w.OfLine}, ID(language), "notice.md says something else since this was made of it", "put right what has changed (tenet notice diff shows it), and write {of: "+digest+"} here")
		}
	}
}

// translations reports what a translation alone says otherwise: where the words that it is
// made of have changed too, that is the change.
func (c *comparer) translations(old, new *Notice, pairs []Aligned) {
	moved := make(map[ID]bool)
	for _, p := range pairs {
		if p.New != nil && (p.Old == nil || p.Old.Text != p.New.Text) {
			moved[p.New.ID] = true
		}
		if p.New == nil {
			moved[p.Old.ID] = true
		}
	}
	delete(moved, "")
	all := maps.Clone(old.Translations)
	if all == nil {
		all = make(map[Language]Words)
	}
	maps.Copy(all, new.Translations)
	for _, language := range slices.Sorted(maps.Keys(all)) {
		was, had := old.Translations[language]
		is, has := new.Translations[language]
		x := Change{Pos: Pos{File: translationOf(language)}, Kind: Rewords, Thing: "translation", ID: ID(language)}
		switch {
		case !had:
			x.Title, x.New, x.Says = is.Title, is.Title, "the words are there in "+quote(string(language))
			c.add(x, false)
			continue
		case !has:
			x.Title, x.Old, x.Says = was.Title, was.Title, "the words are no longer there in "+quote(string(language))
			c.add(x, false)
			continue
		}
		for _, p := range align(was.All(), is.All()) {
			x := Change{Kind: Rewords, Thing: "translation", Field: string(language)}
			at := p.New
			if p.New != nil {
				x.New = p.New.Text
			} else {
				at = p.Old
			}
			if p.Old != nil {
				x.Old = p.Old.Text
			}
			if x.Old == x.New || moved[at.ID] {
				continue
			}
			x.Pos, x.ID, x.Title = Pos{File: translationOf(language), Line: at.Line}, at.ID, at.Text
			x.Says = "in " + quote(string(language)) + " alone it is in other words: " + quote(at.Text)
			c.add(x, false)
		}
	}
}
