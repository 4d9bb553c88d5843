package letter

import (
	"embed"
	"errors"
	"fmt"
	"io"
	"io/fs"
	"path"
	"reflect"
	"regexp"
	"slices"
	"strings"
	"text/template"
	"text/template/parse"
	"unicode/utf8"
)

//go:embed templates
var shipped embed.FS

// Lang is a language that letters are written in.
type Lang string

// The languages.
const (
	English Lang = "en"
	Welsh   Lang = "cy"
)

// Langs is every language.
func Langs() []Lang { return []Lang{English, Welsh} }

// LangOf is the language of a tag such as "cy" or "cy-GB", and English for any
// that letters are not written in.
func LangOf(tag string) Lang {
	if base, _, _ := strings.Cut(strings.ToLower(tag), "-"); base == string(Welsh) {
		return Welsh
	}
	return English
}

// Problem is a template that may not be used.
type Problem struct {
	File string
	Line int // 0 where it is the file as a whole
	What string
	Mend string
}

func (p Problem) Error() string {
	at := p.File
	if p.Line > 0 {
		at = fmt.Sprintf("%s:%d", p.File, p.Line)
	}
	return at + ": " + p.What + "; " + p.Mend
}

// block is a piece of a template under its name.
type block struct {
	id   string
	line int // of its head
	body *template.Template
}

// text is one template, read.
type text struct {
	file    string
	title   string // the subject as it is written
	subject *template.Template
	blocks  []block
}

// Set is every letter in every language, as the landlord has them.
type Set struct {
	texts map[Lang]map[Kind]*text
	words map[Lang]map[string]string
}

// maxTemplate is the most bytes a template may have.
const maxTemplate = 64 << 10

// Load reads our templates and, in their place where it has one, those of a folder:
// <language>/<kind>.txt. own may be nil. The error holds every [Problem] of every
// file.
func Load(own fs.FS) (*Set, error) {
	s := &Set{texts: map[Lang]map[Kind]*text{}, words: map[Lang]map[string]string{}}
	ours, err := fs.Sub(shipped, "templates")
	if err != nil {
		return nil, err
	}
	var problems []error
	for _, lang := range Langs() {
		s.texts[lang] = map[Kind]*text{}
		for _, k := range templates() {
			var bad []Problem
			s.texts[lang][k], _, bad = parsed(own, lang, k)
			for _, p := range bad {
				problems = append(problems, p)
			}
		}
		if s.words[lang], err = readNames(ours, lang); err != nil {
			problems = append(problems, err)
		}
	}
	if own != nil {
		problems = append(problems, strangers(own)...)
	}
	if len(problems) > 0 {
		return nil, errors.Join(problems...)
	}
	return s, nil
}

// read is a file of at most maxTemplate bytes.
func read(from fs.FS, name string) (string, error) {
	if at, err := fs.Stat(from, name); err == nil && !at.Mode().IsRegular() {
		return "", errors.New("it is no regular file") // a pipe would be waited for
	}
	f, err := from.Open(name)
	if err != nil {
		return "", errors.New("it cannot be read")
	}
	defer f.Close()
	raw, err := io.ReadAll(io.LimitReader(f, maxTemplate+1))
	switch {
	case err != nil:
		return "", errors.New("it cannot be read")
	case len(raw) > maxTemplate:
		return "", errors.New("it is too long")
	case !utf8.Valid(raw) || strings.ContainsRune(string(raw), 0):
		return "", errors.New("it is not text")
	}
	return strings.TrimPrefix(strings.ReplaceAll(string(raw), "\r\n", "\n"), "\ufeff"), nil
}

// strangers is the files of a landlord's folder that are no letter of ours: left
// alone, a name spelt wrongly would mean our words instead of the landlord's.
func strangers(own fs.FS) []error {
	var all []error
	err := fs.WalkDir(own, ".", func(name string, d fs.DirEntry, err error) error {
		if err != nil || d.IsDir() {
			return err
		}
		dir, base := path.Split(name)
		kind, txt := strings.CutSuffix(base, ".txt")
		if strings.HasPrefix(base, ".") || txt && slices.Contains(templates(), Kind(kind)) && slices.Contains(Langs(), Lang(strings.TrimSuffix(dir, "/"))) {
			return nil
		}
		all = append(all, Problem{"letters/" + name, 0, "there is no letter of this name", "call it LANGUAGE/KIND.txt: a language is one of " + list(Langs()) + ", a kind one of " + list(templates())})
		return nil
	})
	if err != nil && !errors.Is(err, fs.ErrNotExist) {
		all = append(all, Problem{"letters", 0, "the folder cannot be read", "see that Tenet may read it"})
	}
	return all
}

func list[S ~string](all []S) string {
	out := make([]string, len(all))
	for i, s := range all {
		out[i] = string(s)
	}
	return strings.Join(out, ", ")
}

var (
	heading = regexp.MustCompile(`^\[([a-z][a-z0-9-]*)\]\s*$`)
	where   = regexp.MustCompile(`^template: [^:]*:(\d+)(?::\d+)?: `)
)

// parseText reads a template and says what is wrong with it.
func parseText(file string, k Kind, raw string) (*text, []Problem) {
	t := &text{file: file}
	var bad []Problem
	say := func(line int, what, mend string) { bad = append(bad, Problem{file, line, what, mend}) }

	lines := strings.Split(raw, "\n")
	subject, ok := strings.CutPrefix(lines[0], "subject:")
	if !ok || strings.TrimSpace(subject) == "" {
		say(1, "the first line is not the subject", "begin with: subject: and a few words")
	} else {
		t.subject = parseBlock(file, 1, strings.TrimSpace(subject), say)
	}
	head, id := 0, ""
	flush := func(end int) {
		if id == "" {
			for i := 1; i < end; i++ {
				if strings.TrimSpace(lines[i]) != "" {
					say(i+1, "there are words before the first block", "put a line such as ["+k.Elements()[0].ID+"] above them")
					return
				}
			}
			return
		}
		body := strings.Join(lines[head+1:end], "\n")
		t.blocks = append(t.blocks, block{id, head + 1, parseBlock(file, head+2, body, say)})
	}
	for i := 1; i < len(lines); i++ {
		if m := heading.FindStringSubmatch(lines[i]); m != nil {
			flush(i)
			head, id = i, m[1]
		}
	}
	flush(len(lines))
	return t, append(bad, t.lacks(k)...)
}

// parseBlock reads the words of a block whose first line is the given one.
func parseBlock(file string, line int, body string, say func(int, string, string)) *template.Template {
	t, err := template.New("block").Option("missingkey=error").Parse(body)
	if err != nil {
		what, at := err.Error(), line
		if m := where.FindStringSubmatch(what); m != nil {
			var n int
			fmt.Sscan(m[1], &n)
			at, what = line+n-1, strings.TrimPrefix(what, m[0])
		}
		say(at, "it cannot be read: "+what, "write fields as {{.Due}}, and close each {{if .Due}} with {{end}}")
		return nil
	}
	if t.Tree == nil { // nothing stands in it
		return t
	}
	walk(t.Root, func(n parse.Node) {
		what := ""
		switch n := n.(type) {
		case *parse.TextNode, *parse.CommentNode:
		case *parse.FieldNode:
			if len(n.Ident) != 1 || !slices.Contains(fieldNames(), n.Ident[0]) {
				what = fmt.Sprintf("there is no field %.60q", n.String())
			}
		default:
			what = fmt.Sprintf("%.60q is more than a letter may do", n.String())
		}
		if what != "" {
			at := line + strings.Count(body[:min(int(n.Position()), len(body))], "\n")
			say(at, what, "use {{.Field}} and {{if .Field}} alone; the fields are "+strings.Join(fieldNames(), ", "))
		}
	})
	return t
}

// walk goes through the nodes of a template. Of what a letter may not do it gives
// the whole.
func walk(n parse.Node, do func(parse.Node)) {
	each := func(l *parse.ListNode) {
		if l != nil {
			for _, c := range l.Nodes {
				walk(c, do)
			}
		}
	}
	pipe := func(p *parse.PipeNode) {
		if len(p.Decl) > 0 || len(p.Cmds) != 1 || len(p.Cmds[0].Args) != 1 {
			do(p)
			return
		}
		do(p.Cmds[0].Args[0])
	}
	switch n := n.(type) {
	case *parse.ListNode:
		each(n)
	case *parse.ActionNode:
		pipe(n.Pipe)
	case *parse.IfNode:
		pipe(n.Pipe)
		each(n.List)
		each(n.ElseList)
	default:
		do(n)
	}
}

// uses reports whether a block shows a field, or asks whether it is there.
func (b block) uses(field string) bool {
	if b.body == nil {
		return true // it was refused for another reason
	}
	found := false
	if b.body.Tree != nil {
		walk(b.body.Root, func(n parse.Node) {
			if f, ok := n.(*parse.FieldNode); ok && len(f.Ident) == 1 && f.Ident[0] == field {
				found = true
			}
		})
	}
	return found
}

// empty reports whether a block has neither words nor fields.
func (b block) empty() bool {
	return b.body != nil && (b.body.Tree == nil || parse.IsEmptyTree(b.body.Root))
}

// lacks is what a template leaves out that its letter has to say.
func (t *text) lacks(k Kind) []Problem {
	var all []Problem
	want := k.Elements()
	for i, b := range t.blocks {
		at := func(what, mend string) { all = append(all, Problem{t.file, b.line, what, mend}) }
		e := slices.IndexFunc(want, func(e Element) bool { return e.ID == b.id })
		switch {
		case b.empty():
			at("the block ["+b.id+"] is empty", "write it, or take its heading out if it is one of your own")
		case b.id == ownWords:
		case e < 0:
			at("this letter has no block ["+b.id+"]", "call words of your own [also]; the others are "+ids(want))
		case slices.ContainsFunc(t.blocks[:i], func(o block) bool { return o.id == b.id }):
			at("the block ["+b.id+"] is there twice", "put both into one, or call this one [also]")
		default:
			for _, f := range want[e].Uses {
				if !b.uses(f) {
					at("the block ["+b.id+"] does not use {{."+f+"}}", "put it in. "+want[e].Says+" ("+want[e].Cite+")")
				}
			}
		}
	}
	for _, e := range want {
		if !slices.ContainsFunc(t.blocks, func(b block) bool { return b.id == e.ID }) {
			all = append(all, Problem{t.file, 0, "the letter leaves out [" + e.ID + "]", "add that block. " + e.Says + " (" + e.Cite + ")"})
		}
	}
	return all
}

func ids(all []Element) string {
	out := make([]string, len(all))
	for i, e := range all {
		out[i] = "[" + e.ID + "]"
	}
	return strings.Join(out, " ")
}

// fieldNames is what a template may show.
func fieldNames() []string {
	t := reflect.TypeFor[Fields]()
	out := make([]string, t.NumField())
	for i := range out {
		out[i] = t.Field(i).Name
	}
	return out
}

// readNames is how a language speaks of the kinds of case, and what stands around a
// letter: a key, a colon and the words in each line.
func readNames(from fs.FS, lang Lang) (map[string]string, error) {
	name := path.Join(string(lang), "names")
	raw, err := read(from, name)
	if err != nil {
		return nil, Problem{name, 0, err.Error(), "restore it"}
	}
	out := map[string]string{}
	for i, line := range strings.Split(raw, "\n") {
		if strings.TrimSpace(line) == "" {
			continue
		}
		key, words, ok := strings.Cut(line, ": ")
		if !ok || out[key] != "" {
			return nil, Problem{name, i + 1, "the line is not a key and its words, or the key is there twice", "write key: words"}
		}
		out[key] = words
	}
	return out, nil
}
