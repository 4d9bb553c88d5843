package doc

import (
	"bytes"
	"fmt"
	stdhtml "html"
	"io"
	"maps"
	"regexp"
	"slices"
	"strings"

	"golang.org/x/net/html"
	"golang.org/x/net/html/atom"
)

// pageCopying is the building of a page anew: its words, in the elements that give them their order.
type pageCopying struct {
	words passage
	bits  []pageBit
	open  []atom.Atom    // elements of the copy
	sep   string         // due before the next word
	title int            // the piece that is the title; -1 if there is none
	left  map[string]int // what was left out
}

// pageBit is a tag, or the number of a piece of the words.
type pageBit struct {
	tag   string
	piece int
}

// What every copied page is made of.
const (
	pageHead = "<!DOCTYPE html>\n<html><head><meta charset=\"utf-8\"><title>"
	pageBody = "</title></head><body>\n"
	pageTail = "\n</body></html>\n"
)

func (k *cleaning) htmlCopy(data []byte) (copied, error) {
	out := copied{nil, "text/html", ".html"}
	src, _ := decodeHTML(data)
	h := &pageCopying{title: -1, left: map[string]int{}}
	if err := h.walk(src, k); err != nil {
		return out, err
	}
	clean, err := k.clean("page", &h.words)
	if err != nil {
		return out, err
	}
	title := "Clean copy"
	if h.title >= 0 {
		title = strings.Join(strings.Fields(clean[h.title]), " ")
	}
	var b bytes.Buffer
	b.WriteString(pageHead + stdhtml.EscapeString(title) + pageBody)
	for _, bit := range h.bits {
		if b.WriteString(bit.tag); bit.tag == "" {
			b.WriteString(stdhtml.EscapeString(clean[bit.piece]))
		}
	}
	b.WriteString(pageTail)
	out.data = b.Bytes()
	k.keep("page", "its words, lists and tables")
	for _, what := range slices.Sorted(maps.Keys(h.left)) {
		k.drop("page", fmt.Sprintf("%s: %d", what, h.left[what]))
	}
	return out, nil
}

// elementLimit is how deep a copied page may be nested; what is deeper stands at that depth.
const elementLimit = 256

func (h *pageCopying) walk(src string, k *cleaning) error {
	z := html.NewTokenizer(strings.NewReader(src))
	skip, depth := atom.Atom(0), 0 // the element that is left out, and how often it is open in itself
	inTitle := false
	for {
		kind := z.Next()
		if err := k.spent(); err != nil {
			return err
		}
		if kind == html.ErrorToken {
			if err := z.Err(); err != io.EOF {
				return fmt.Errorf("the HTML cannot be read further: %w", err)
			}
			h.close(0)
			return nil
		}
		if kind == html.TextToken {
			if skip == 0 {
				h.text(string(z.Text()), inTitle)
			}
			continue
		}
		t := z.Token()
		switch {
		case kind == html.CommentToken:
			h.left["comments"]++
		case skip != 0:
			if t.DataAtom == skip && kind == html.StartTagToken {
				depth++
			} else if t.DataAtom == skip && kind == html.EndTagToken {
				if depth--; depth == 0 {
					skip = 0
				}
			}
		case kind == html.EndTagToken:
			if t.DataAtom == atom.Title {
				inTitle = false
			}
			if i := lastIndex(h.open, t.DataAtom); i >= 0 {
				h.close(i)
			} else if breaks(t.DataAtom) {
				h.sep = "\n"
			}
		case kind == html.StartTagToken || kind == html.SelfClosingTagToken:
			why := hiddenElement(t)
			if why != "" {
				h.left[why]++
				if !isVoid(t.DataAtom) && kind == html.StartTagToken {
					skip, depth = t.DataAtom, 1
				}
				continue
			}
			inTitle = t.DataAtom == atom.Title
			h.start(t)
		}
	}
}

func lastIndex(open []atom.Atom, a atom.Atom) int {
	for i := len(open) - 1; i >= 0; i-- {
		if open[i] == a {
			return i
		}
	}
	return -1
}

func (h *pageCopying) start(t html.Token) {
	if breaks(t.DataAtom) {
		h.sep = "\n"
	}
	if cell := t.DataAtom == atom.Td || t.DataAtom == atom.Th; cell {
		h.sep = "\t"
	}
	switch {
	case t.DataAtom == atom.Br || t.DataAtom == atom.Hr:
		h.bits = append(h.bits, pageBit{tag: "<" + t.Data + ">"})
	case isKept(t.DataAtom) && len(h.open) < elementLimit:
		tag := "<" + t.Data
		for _, a := range t.Attr {
			if (a.Key == "colspan" || a.Key == "rowspan") && smallNumber.MatchString(a.Val) {
				tag += " " + a.Key + `="` + a.Val + `"`
			}
		}
		h.bits = append(h.bits, pageBit{tag: tag + ">"})
		h.open = append(h.open, t.DataAtom)
	}
	// What a reader sees or hears of a tag's own.
	for _, a := range t.Attr {
		switch {
		case a.Key == "alt" && strings.TrimSpace(a.Val) != "":
			h.aside(" [picture: ", a.Val, "] ")
		case a.Key == "value" && (t.DataAtom == atom.Input || t.DataAtom == atom.Button):
			h.aside(" ", a.Val, " ")
		case a.Key == "href" && linkScheme.MatchString(a.Val):
			_, to, _ := strings.Cut(a.Val, ":")
			to, _, _ = strings.Cut(to, "?")
			h.aside(" <", to, "> ")
		}
	}
	if t.DataAtom == atom.Img {
		h.left["pictures"]++
	}
}

var smallNumber = regexp.MustCompile(`^[0-9]{1,3}$`)

// aside is text that a tag says, set among the words.
func (h *pageCopying) aside(before, s, after string) {
	h.bits = append(h.bits, pageBit{tag: stdhtml.EscapeString(before)})
	h.sep = "\n"
	h.text(s, false)
	h.sep = "\n"
	h.bits = append(h.bits, pageBit{tag: stdhtml.EscapeString(after)})
}

func (h *pageCopying) text(s string, title bool) {
	s = strings.ToValidUTF8(cleanText.Replace(s), "\uFFFD")
	if s == "" {
		return
	}
	h.words.add(h.sep, s)
	h.sep = ""
	n := len(h.words.pieces) - 1
	if title {
		h.title, h.sep = n, "\n"
		return
	}
	h.bits = append(h.bits, pageBit{piece: n})
}

// close ends the elements of the copy from the one at i on.
func (h *pageCopying) close(i int) {
	for _, a := range slices.Backward(h.open[i:]) {
		h.bits = append(h.bits, pageBit{tag: "</" + a.String() + ">"})
		if breaks(a) {
			h.sep = "\n"
		}
	}
	h.open = h.open[:i]
}

// hiddenElement says why an element is left out with all that is in it; "" if it is not.
func hiddenElement(t html.Token) string {
	switch t.DataAtom {
	case atom.Script, atom.Style, atom.Template, atom.Noscript, atom.Object, atom.Applet, atom.Svg, atom.Math, atom.Iframe, atom.Noframes, atom.Noembed,
		atom.Audio, atom.Video, atom.Canvas, atom.Xmp, atom.Plaintext, atom.Datalist:
		return "scripts, styles and embedded objects"
	case atom.Meta, atom.Link, atom.Base:
		return "what the page says of itself"
	}
	for _, a := range t.Attr {
		if a.Key == "hidden" || a.Key == "style" && hiding.MatchString(a.Val) || a.Key == "type" && t.DataAtom == atom.Input && strings.EqualFold(a.Val, "hidden") {
			return "hidden elements"
		}
	}
	return ""
}

var hiding = regexp.MustCompile(`(?i)display\s*:\s*none|visibility\s*:\s*hidden|font-size\s*:\s*0*\.?0+\s*(?:[a-z%]|;|$)|opacity\s*:\s*0*\.?0+\s*(?:;|$)|mso-hide\s*:\s*all`)

// isKept are the elements that a copied page may have.
func isKept(a atom.Atom) bool {
	switch a {
	case atom.Span, atom.B, atom.I, atom.Strong, atom.Em, atom.U, atom.S, atom.Sub, atom.Sup, atom.Code, atom.Thead, atom.Tbody, atom.Tfoot, atom.Td, atom.Th:
		return true
	}
	return breaks(a) && a != atom.Br && a != atom.Hr
}

// breaks says that an element begins and ends a line.
func breaks(a atom.Atom) bool {
	switch a {
	case atom.P, atom.Div, atom.H1, atom.H2, atom.H3, atom.H4, atom.H5, atom.H6, atom.Ul, atom.Ol, atom.Li, atom.Dl, atom.Dt, atom.Dd, atom.Table, atom.Tr,
		atom.Caption, atom.Blockquote, atom.Pre, atom.Br, atom.Hr, atom.Section, atom.Article, atom.Header, atom.Footer, atom.Main, atom.Nav, atom.Aside, atom.Address:
		return true
	}
	return false
}

func isVoid(a atom.Atom) bool {
	switch a {
	case atom.Area, atom.Base, atom.Br, atom.Col, atom.Embed, atom.Hr, atom.Img, atom.Input, atom.Link, atom.Meta, atom.Param, atom.Source, atom.Track, atom.Wbr:
		return true
	}
	return false
}
