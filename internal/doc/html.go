package doc

import (
	"bytes"
	"io"
	"regexp"
	"strings"

	"golang.org/x/net/html"
	"golang.org/x/net/html/atom"
	"golang.org/x/net/html/charset"
)

// HTMLText is the text of an HTML page as a reader would come by it, script and
// style left out. Text that a style sheet hides is kept: whoever searches or
// withholds must see it. So are the words in alt and title, and the addresses of mailto:
// and tel: links, which often say more than the link's own words.
func HTMLText(r io.Reader, l Limits) (string, []Problem, error) {
	l = l.withDefaults()
	data, over, err := readAll(r, l.Bytes)
	if err != nil {
		return "", nil, err
	}
	src, problems := decodeHTML(data)
	text, more := htmlText(src)
	problems = append(problems, more...)
	if over {
		problems = append(problems, Problem{Lost: true, Why: overLimit(l.Bytes)})
	}
	return text, problems, nil
}

func htmlText(src string) (text string, problems []Problem) {
	// A tokenizer, not a tree: ten thousand nested elements cost nothing.
	z := html.NewTokenizer(strings.NewReader(src))
	var w textWriter
	var skip atom.Atom // the element whose content is being left out
	for {
		kind := z.Next()
		if kind == html.ErrorToken {
			if err := z.Err(); err != io.EOF {
				problems = append(problems, Problem{Lost: true, Why: "the HTML cannot be read further: " + err.Error()})
			}
			return w.String(), problems
		}
		name, more := z.TagName()
		tag := atom.Lookup(name)
		switch kind {
		case html.TextToken:
			if skip == 0 {
				w.text(string(z.Text()))
			}
		case html.StartTagToken, html.SelfClosingTagToken:
			if skip != 0 {
				break
			}
			if (tag == atom.Script || tag == atom.Style) && kind == html.StartTagToken {
				skip = tag
				break
			}
			w.tag(tag)
			for more {
				var key, val []byte
				key, val, more = z.TagAttr()
				w.attribute(string(key), string(val))
			}
		case html.EndTagToken:
			switch {
			case skip == tag:
				skip = 0
			case skip == 0:
				w.tag(tag)
			}
		}
	}
}

// decodeHTML goes by the byte order mark, else by UTF-8 if it is that, else by what the page
// says of itself.
func decodeHTML(data []byte) (string, []Problem) {
	head := data[:min(len(data), 1024)]
	enc, name, certain := charset.DetermineEncoding(head, "")
	if certain && name != "utf-8" && !bytes.HasPrefix(data, bomLE) && !bytes.HasPrefix(data, bomBE) {
		if out, err := enc.NewDecoder().Bytes(data); err == nil {
			data = out
		}
	}
	return Decode(data)
}

// textWriter gathers words as a browser would lay them out: blanks run
// together, block elements begin a new line, table cells are set apart.
type textWriter struct {
	b     strings.Builder
	space bool // a blank is due before the next word
	lines int  // line ends that are due
}

func (w *textWriter) String() string { return strings.TrimSpace(w.b.String()) }

func (w *textWriter) tag(a atom.Atom) {
	switch a {
	case atom.Br:
		w.lines++
	case atom.P, atom.H1, atom.H2, atom.H3, atom.H4, atom.H5, atom.H6, atom.Table, atom.Ul, atom.Ol, atom.Dl, atom.Blockquote, atom.Pre:
		w.lines = max(w.lines, 2)
	case atom.Div, atom.Tr, atom.Li, atom.Dt, atom.Dd, atom.Title, atom.Head, atom.Body, atom.Section, atom.Article, atom.Header,
		atom.Footer, atom.Address, atom.Form, atom.Fieldset, atom.Option, atom.Hr, atom.Caption, atom.Main, atom.Nav, atom.Aside, atom.Textarea:
		w.lines = max(w.lines, 1)
	case atom.Td, atom.Th:
		w.space = true
	}
}

func (w *textWriter) attribute(key, val string) {
	switch key {
	case "alt", "title", "value", "placeholder":
	case "href":
		if _, address, ok := strings.Cut(val, ":"); ok && linkScheme.MatchString(val) {
			val, _, _ = strings.Cut(address, "?")
			val = "<" + val + ">"
		} else {
			return
		}
	default:
		return
	}
	w.space = true
	w.text(val)
	w.space = true
}

var linkScheme = regexp.MustCompile(`(?i)^(mailto|tel|sms):`)

func (w *textWriter) text(s string) {
	const blanks = " \t\n\r\f"
	for s != "" {
		i := strings.IndexAny(s, blanks)
		if i == 0 {
			w.space = true
			s = strings.TrimLeft(s, blanks)
			continue
		}
		if i < 0 {
			i = len(s)
		}
		w.word(s[:i])
		s = s[i:]
	}
}

func (w *textWriter) word(s string) {
	switch {
	case w.b.Len() == 0:
	case w.lines > 0:
		w.b.WriteString("\n\n"[:min(w.lines, 2)])
	case w.space:
		w.b.WriteByte(' ')
	}
	w.lines, w.space = 0, false
	w.b.WriteString(s)
}
