package find

import (
	"encoding/xml"
	"errors"
	"io"
	"slices"
	"strings"
	"testing"
)

// TestSVG: the picture is well-formed, says in words what it shows, tells whose a
// thing is without colours, and names nobody unless it is asked to.
func TestSVG(t *testing.T) {
	w := tied()
	a, err := w.finder().Find(t.Context(), ask("name=Ann Shaw", "dob=1985-03-14"))
	if err != nil {
		t.Fatal(err)
	}
	draw := func(names bool) string {
		var b strings.Builder
		if err := a.SVG(&b, names); err != nil {
			t.Fatal(err)
		}
		return b.String()
	}
	plain := draw(false)
	elements := map[string]int{}
	for d := xml.NewDecoder(strings.NewReader(plain)); ; {
		x, err := d.Token()
		if errors.Is(err, io.EOF) {
			break
		} else if err != nil {
			t.Fatal(err)
		}
		if e, ok := x.(xml.StartElement); ok {
			elements[e.Name.Local]++
			for _, at := range e.Attr {
				if (at.Name.Local == "fill" || at.Name.Local == "stroke") && !slices.Contains([]string{"none", "#ffffff", "#f3f2f1", "#0b0c0c", "#505a5f"}, at.Value) {
					t.Errorf("the colour %s says something that words do not", at.Value)
				}
			}
		}
	}
	if elements["title"] != 1 || elements["desc"] != 1 || elements["rect"] != 1+9 {
		t.Errorf("%v", elements)
	}
	for _, has := range []string{`role="img"`, "h.tenancy", "1, shared", "1, self", "joint, since 2020-02-01", "household", "contact", "reporter", "another person", "under h.tenancy"} {
		if !strings.Contains(plain, has) {
			t.Errorf("%q is not in it", has)
		}
	}
	for _, name := range []string{"Ann", "Shaw", "Bob", "Larter", "Zoe", "Carol", "Oswin", "1985"} {
		if strings.Contains(plain, name) {
			t.Errorf("%q is in it", name)
		}
	}
	if named := draw(true); !strings.Contains(named, "Ann Shaw") || !strings.Contains(named, "Bob Larter") {
		t.Error("names were asked for and are not in it")
	}
	a.Links[0].name, a.Person.Name = `<script>"&'`, "]]><b>"
	if d := xml.NewDecoder(strings.NewReader(draw(true))); d != nil {
		for {
			x, err := d.Token()
			if errors.Is(err, io.EOF) {
				break
			} else if err != nil {
				t.Fatal(err)
			}
			if e, ok := x.(xml.StartElement); ok && (e.Name.Local == "script" || e.Name.Local == "b") {
				t.Errorf("a name became <%s>", e.Name.Local)
			}
		}
	}
}
