package console

import (
	"errors"
	"net/http"
	"net/url"
	"slices"
	"strconv"
	"strings"

	"tenet/internal/web"
)

// markView is one span as the sheet shows it.
type markView struct {
	*Span
	Text          []bit
	Before, After string // the words around it, for the list
	Place         int    // from 1, among those on the page
	Next          string // the id of the span after it
	Href          string // the sheet with this one in hand
	Cite          string // of its exemption, in words
}

// sheetView is what stands in the element "work": all of the sheet that a
// decision can change, so that a script can put a new one in its place.
type sheetView struct {
	Number     string // of the case
	At         string // its workbench
	Here       string // this document in it
	Sheet      Sheet
	Exemptions []ExemptionChoice
	Part       int // from 1
	Parts      Pager
	Passages   []passage
	Page       *pageView // nil where there are no pages to be drawn
	Marks      []*markView
	Waiting    int          // marks that wait, in all parts
	Current    *markView    // the one in hand; nil where there is none
	Said       string       // what was just done
	Problem    *web.Refusal // why what was sent was not done
	Tried      Mark         // what was sent then, so that nobody types it twice
}

// sheetQuery says which part of a document is looked at.
type sheetQuery struct {
	sheet, span string
	part        int // 0: wherever the span is, or what waits
	page        int // of the original
}

func sheetQueryOf(sheet string, v url.Values) sheetQuery {
	part, err := strconv.Atoi(v.Get("part"))
	if err != nil || part < 1 {
		part = 0
	}
	page, err := strconv.Atoi(v.Get("page"))
	if err != nil || page < 1 {
		page = 1
	}
	return sheetQuery{sheet: sheet, span: v.Get("span"), part: part, page: page}
}

func (c *Console) firstSheet(w http.ResponseWriter, r *http.Request, _ Staff) {
	s, err := c.Workbench.Sheet(r.Context(), r.PathValue("number"), "")
	if errors.Is(err, web.ErrNotFound) { // nothing waits, or there is no such case
		http.Redirect(w, r, benchAt(r), http.StatusSeeOther)
		return
	}
	if err != nil {
		c.pages.Fail(w, r, err)
		return
	}
	http.Redirect(w, r, sheetAt(benchAt(r), s.ID)+"#work", http.StatusSeeOther)
}

func (c *Console) sheet(w http.ResponseWriter, r *http.Request, staff Staff) {
	v, err := c.sheetView(r, sheetQueryOf(r.PathValue("id"), r.URL.Query()))
	if err != nil {
		c.pages.Fail(w, r, err)
		return
	}
	c.showSheet(w, r, staff, http.StatusOK, v)
}

func (c *Console) showSheet(w http.ResponseWriter, r *http.Request, staff Staff, status int, v *sheetView) {
	k, ok := c.benchOf(w, r)
	if !ok {
		return
	}
	title := seen(v.Sheet.Title)
	if v.Problem != nil {
		title = "Not done: " + title
	}
	c.showAs(w, r, staff, status, "workbench-sheet", "/cases", web.Page{Title: k.Number + ": " + title, Script: true, Main: struct {
		benchView
		Work *sheetView
	}{k, v}})
}

// sheetView fetches a document and sets the part that is looked at.
func (c *Console) sheetView(r *http.Request, q sheetQuery) (*sheetView, error) {
	number := r.PathValue("number")
	s, err := c.Workbench.Sheet(r.Context(), number, q.sheet)
	if err != nil {
		return nil, err
	}
	if err := whole(s); err != nil {
		return nil, err
	}
	bench, err := c.Workbench.Bench(r.Context(), number, BenchQuery{Page: 1})
	if err != nil {
		return nil, err
	}
	v := &sheetView{Number: r.PathValue("number"), At: benchAt(r), Sheet: s, Exemptions: bench.Exemptions}
	v.Here = sheetAt(v.At, s.ID)
	for _, p := range s.Pieces {
		for _, span := range p.Spans {
			if span.Action == "review" {
				v.Waiting++
			}
		}
	}
	all := parts(s.Pieces)
	if q.part == 0 {
		q.part = partOf(s.Pieces, all, q.span)
	}
	v.Part = min(q.part, len(all))
	v.Parts = newPager(&url.URL{Path: v.Here}, v.Part, len(all))
	if v.Parts.Previous != "" {
		v.Parts.Previous += "#work"
	}
	if v.Parts.Next != "" {
		v.Parts.Next += "#work"
	}
	for _, ct := range all[v.Part-1] {
		piece := s.Pieces[ct.piece]
		text := []rune(piece.Text)
		v.Passages = append(v.Passages, passageOf(piece, ct, func(span *Span, shown []bit) *markView {
			return v.mark(span, shown, text, ct)
		}))
	}
	for i, m := range v.Marks[:max(len(v.Marks)-1, 0)] {
		m.Next = v.Marks[i+1].ID
	}
	v.take(q.span)
	v.page(r, c, q.page)
	return v, nil
}

const around = 40 // code points of the words around a mark in the list

func (v *sheetView) mark(s *Span, shown []bit, text []rune, c cut) *markView {
	m := &markView{Span: s, Text: shown, Place: len(v.Marks) + 1}
	m.Before = seen(string(text[max(c.from, s.Start-around):s.Start]))
	m.After = seen(string(text[s.End:min(c.to, s.End+around)]))
	m.Href = v.Here + "?" + url.Values{"part": {strconv.Itoa(v.Part)}, "span": {s.ID}}.Encode() + "#decide"
	for _, e := range v.Exemptions {
		if e.ID == s.Exemption {
			m.Cite = e.Words()
		}
	}
	v.Marks = append(v.Marks, m)
	return m
}

// take takes a mark in hand: the one with this id, else the first that waits, else
// the first.
func (v *sheetView) take(id string) {
	i := slices.IndexFunc(v.Marks, func(m *markView) bool { return m.ID == id })
	if i < 0 {
		i = slices.IndexFunc(v.Marks, func(m *markView) bool { return m.Action == "review" })
	}
	if i < 0 && len(v.Marks) > 0 {
		i = 0
	}
	if i >= 0 {
		v.Current = v.Marks[i]
	}
}

// partOf is the part that holds a span, or the first where something waits, or the first.
func partOf(pieces []Piece, all [][]cut, id string) int {
	waits := 0
	for n, part := range all {
		for _, c := range part {
			for _, s := range pieces[c.piece].Spans {
				switch {
				case s.Start < c.from || s.End > c.to:
				case id != "" && s.ID == id:
					return n + 1
				case waits == 0 && s.Action == "review":
					waits = n + 1
				}
			}
		}
	}
	return max(waits, 1)
}

// Chosen is the exemption that the form offers first: what was just tried, else
// what the mark has.
func (v *sheetView) Chosen() string {
	if v.Problem != nil && v.Tried.Exemption != "" {
		return v.Tried.Exemption
	}
	if v.Current != nil {
		return v.Current.Exemption
	}
	return ""
}

// InHand says whether a mark is the one in hand.
func (v *sheetView) InHand(m *markView) bool { return m == v.Current }

// Flags are the flags that a document can have, in the order of the form.
func (v *sheetView) Flags() []string {
	return []string{"", FlagWithhold, FlagDuplicate, FlagNotTheirs, FlagPrivileged, FlagRelease}
}

// Open leads to the next document where something waits; empty if there is none.
func (v *sheetView) Open() string { return v.to(v.Sheet.NextOpen) }

// Previous and Following lead along the order of review; empty at the ends.
func (v *sheetView) Previous() string { return v.to(v.Sheet.Prev) }

// Following is explained at Previous.
func (v *sheetView) Following() string { return v.to(v.Sheet.Next) }

func (v *sheetView) to(id string) string {
	if id == "" {
		return ""
	}
	return sheetAt(v.At, id) + "#work"
}

func sheetAt(at, id string) string { return at + "/sheet/" + url.PathEscape(id) }

// Words is an exemption as a form or a list says it: one that nobody has checked
// against the law is never shown as law.
func (e ExemptionChoice) Words() string {
	switch {
	case !e.Verified:
		return e.Name + " (working rule, not checked against the law)"
	case e.Cite != "":
		return e.Name + " (" + e.Cite + ")"
	}
	return e.Name
}

// Plain is the text of a mark without what nobody would see, for a rule.
func (m *markView) Plain() string {
	var b strings.Builder
	for _, x := range m.Text {
		if x.Points == 0 {
			b.WriteString(x.Text)
		}
	}
	return b.String()
}
