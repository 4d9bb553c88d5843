package pack_test

import (
	"bytes"
	"cmp"
	"os"
	"path/filepath"
	"slices"
	"strconv"
	"strings"
	"testing"

	"golang.org/x/net/html"

	"tenet/internal/pack"
	"tenet/internal/testbrowser"
)

func parse(t testing.TB, page []byte) *html.Node {
	t.Helper()
	root, err := html.Parse(bytes.NewReader(page))
	if err != nil {
		t.Fatal(err)
	}
	return root
}

func attr(n *html.Node, key string) string {
	for _, a := range n.Attr {
		if a.Key == key {
			return a.Val
		}
	}
	return ""
}

func text(n *html.Node) string {
	var b strings.Builder
	for d := range n.Descendants() {
		if d.Type == html.TextNode {
			b.WriteString(d.Data)
		}
	}
	return b.String()
}

// every is the elements of these names below n, in order.
func every(n *html.Node, names ...string) []*html.Node {
	var out []*html.Node
	for d := range n.Descendants() {
		if d.Type == html.ElementNode && slices.Contains(names, d.Data) {
			out = append(out, d)
		}
	}
	return out
}

// shown is the value that a cell or definition shows, without its note.
func shown(n *html.Node) string {
	for c := range n.ChildNodes() {
		switch {
		case c.Data == "time":
			return attr(c, "datetime")
		case attr(c, "class") == "none":
			return ""
		case attr(c, "class") == "v", attr(c, "class") == "withheld":
			return text(c)
		}
	}
	return "nothing that a value is shown in"
}

// fromPage reads the values back from the page, in the order of the JSON. What a
// table says that none of its rows has is put back as an empty value of each.
func fromPage(t testing.TB, page []byte, order []value) []value {
	t.Helper()
	var out []value
	number := func(n *html.Node) int {
		i, err := strconv.Atoi(strings.TrimPrefix(attr(n, "id"), "item-"))
		if err != nil {
			t.Fatalf("an item has the id %q", attr(n, "id"))
		}
		return i
	}
	for n := range parse(t, page).Descendants() {
		switch {
		case n.Data == "div" && attr(n, "class") == "item":
			for _, row := range every(n, "div") {
				out = append(out, value{number(n), text(every(row, "dt")[0]), shown(every(row, "dd")[0])})
			}
		case n.Data == "table" && len(every(n, "tr")) > 1 && strings.HasPrefix(attr(every(n, "tr")[1], "id"), "item-"):
			rows := every(n, "tr")
			head := every(rows[0], "th")[1:]
			skip := 0
			if len(head) > 0 && len(every(rows[1], "td")) != len(head) {
				t.Errorf("a table has %d headings over %d cells", len(head), len(every(rows[1], "td")))
			}
			var blank []string
			if p := n.Parent.NextSibling.NextSibling; p != nil {
				for _, s := range every(p, "span") {
					if attr(s, "class") == "blank" {
						blank = append(blank, text(s))
					}
				}
			}
			for _, r := range rows[1:] {
				for i, cell := range every(r, "td")[skip:] {
					out = append(out, value{number(r), text(head[skip+i]), shown(cell)})
				}
				for _, label := range blank {
					out = append(out, value{number(r), label, ""})
				}
			}
		}
	}
	// Blank columns stand at the end here; put each item's values in order.
	place := make(map[value]int)
	for i, v := range order {
		place[v] = i
	}
	slices.SortStableFunc(out, func(a, b value) int {
		return cmp.Or(cmp.Compare(a.Item, b.Item), cmp.Compare(place[a], place[b]))
	})
	return out
}

// structure checks what holds of every page, whatever is in it.
func structure(t testing.TB, page []byte) {
	t.Helper()
	if !bytes.HasPrefix(page, []byte("<!DOCTYPE html>")) {
		t.Errorf("the page begins with %.40q", page)
	}
	root := parse(t, page)
	if lang := attr(every(root, "html")[0], "lang"); lang != "en-GB" {
		t.Errorf("the language is %q", lang)
	}
	for _, name := range []string{"header", "nav", "main", "footer", "h1", "title", "style"} {
		if n := len(every(root, name)); n != 1 {
			t.Errorf("there are %d of %s", n, name)
		}
	}
	ids := make(map[string]bool)
	var targets []string
	level := 0
	for n := range root.Descendants() {
		if n.Type != html.ElementNode {
			continue
		}
		switch n.Data {
		case "script", "link", "img", "iframe", "object", "embed", "base", "form", "svg", "video", "audio", "source":
			t.Errorf("there is a %s", n.Data)
		case "h1", "h2", "h3", "h4", "h5", "h6":
			next := int(n.Data[1] - '0')
			if next > level+1 {
				t.Errorf("heading %q of level %d follows one of level %d", text(n), next, level)
			}
			level = next
			if strings.TrimSpace(text(n)) == "" {
				t.Errorf("a heading of level %d has no words", next)
			}
		case "table":
			if c := every(n, "caption"); len(c) != 1 || strings.TrimSpace(text(c[0])) == "" {
				t.Error("a table has no caption")
			}
			for _, th := range every(n, "th") {
				if s := attr(th, "scope"); s != "col" && s != "row" {
					t.Errorf("a heading of a table has the scope %q", s)
				}
			}
		}
		for _, a := range n.Attr {
			switch {
			case strings.HasPrefix(a.Key, "on"), a.Key == "style", a.Key == "src", a.Key == "srcset", a.Key == "srcdoc", a.Key == "background":
				t.Errorf("%s has the attribute %s", n.Data, a.Key)
			case a.Key == "id":
				if ids[a.Val] {
					t.Errorf("two elements have the id %q", a.Val)
				}
				ids[a.Val] = true
			case a.Key == "href":
				if name, ok := strings.CutPrefix(a.Val, "#"); ok {
					targets = append(targets, name)
				} else if !strings.HasPrefix(a.Val, "mailto:") && !strings.HasPrefix(a.Val, "https://") {
					t.Errorf("a link leads to %q", a.Val)
				}
			case a.Key == "aria-labelledby":
				targets = append(targets, a.Val)
			}
		}
	}
	for _, name := range targets {
		if !ids[name] {
			t.Errorf("there is nothing with the id %q", name)
		}
	}
	style := text(every(root, "style")[0])
	if strings.Contains(style, "url(") || strings.Contains(style, "@import") {
		t.Error("the style sheet fetches something")
	}
}

func TestPage(t *testing.T) {
	page := files(t, answer(t))[pack.PageName]
	structure(t, page)
	words := strings.Join(strings.Fields(text(every(parse(t, page), "body")[0])), " ")
	for _, want := range []string{
		"Folake Akande, you asked", "You asked on21 September 2026", "We must answer by21 October 2026", "that day counts",
		"We found 28 items in 2 systems", "We left out 5 things", "Items 2 to 25", "Amount (pence)",
		"1 April 2019, 10:30am", // 09:30 UTC, in summer time
		"Nothing is recorded in any of these for: Payer reference",
		"Our log of what we give to others begins on 1 July 2026", "Northgate Water",
		"Someone else's information mixed with yours (DPA 2018 Sch 2 para 16)", "A name in a letter (2 times)",
		"Call recordings: No recordings are connected yet.", "Tell us first", "Housing Ombudsman Service", "Ireland",
		"without saying so, because saying so would itself do harm",
	} {
		if !strings.Contains(words, want) {
			t.Errorf("the page does not say %q", want)
		}
	}
	for _, not := range []string{"no date", "{{", "%!", "ZgotmplZ", "<no value>"} {
		if bytes.Contains(page, []byte(not)) {
			t.Errorf("the page says %q", not)
		}
	}
}

func TestPageWithoutALog(t *testing.T) {
	in := answer(t)
	in.Disclosures = pack.Disclosures{}
	if page := files(t, in)[pack.PageName]; !bytes.Contains(page, []byte("We have not kept a log of each time")) {
		t.Error("the page does not say that there is no log")
	}
}

func TestPageInABrowser(t *testing.T) {
	path := filepath.Join(t.TempDir(), pack.PageName)
	in := answer(t)
	in.Items = append(in.Items, pack.Item{ID: "wide", Source: "housing", Table: "wide", Category: "case-notes",
		Texts: []pack.Field{{Name: "body", Value: strings.Repeat("x", 3000)}}})
	if err := os.WriteFile(path, files(t, in)[pack.PageName], 0o600); err != nil {
		t.Fatal(err)
	}
	b := testbrowser.Start(t)
	for name, o := range map[string]testbrowser.Options{
		"desk": {}, "desk, dark": {Dark: true}, "phone": testbrowser.Phone, "phone, dark": {Width: 320, Height: 640, Dark: true},
	} {
		t.Run(name, func(t *testing.T) {
			p := b.Page(t, o)
			p.Goto("file://" + path)
			for _, v := range p.Axe() {
				t.Error(v)
			}
			if over := p.Overflow(); over > 0 {
				t.Errorf("the page is %d pixels wider than the screen", over)
			}
		})
	}
}
