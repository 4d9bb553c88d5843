package console

import (
	"cmp"
	"net/http"
	"net/url"
	"slices"
	"strconv"
	"strings"

	"tenet/internal/web"
)

type casesView struct {
	CaseList
	Closed bool
	Chart  *Chart // nil where no clock is running
	Pager  Pager
}

func (c *Console) cases(w http.ResponseWriter, r *http.Request, staff Staff) {
	q := CaseQuery{Closed: r.URL.Query().Get("show") == "closed", Page: pageNumber(r)}
	list, err := c.Desk.Cases(r.Context(), q)
	if err != nil {
		c.pages.Fail(w, r, err)
		return
	}
	v := casesView{CaseList: list, Closed: q.Closed, Pager: newPager(r.URL, q.Page, list.Pages)}
	if !q.Closed {
		v.Chart = newChart(c.Now(), list.Due)
	}
	c.show(w, r, staff, "cases", "/cases", web.Page{Title: "Cases", Main: v})
}

// caseView is what the pages of one case have in common.
type caseView struct {
	Case
	Tabs  []web.Link
	Strip Strip
}

// caseOf fetches the case that a path names; where it cannot, it has answered already.
func (c *Console) caseOf(w http.ResponseWriter, r *http.Request) (caseView, bool) {
	number := r.PathValue("number")
	k, err := c.Desk.Case(r.Context(), number)
	if err != nil {
		c.pages.Fail(w, r, err)
		return caseView{}, false
	}
	at := "/cases/" + url.PathEscape(number)
	var records int
	for _, n := range k.Counts {
		records += n.Records
	}
	v := caseView{Case: k, Strip: newStrip(k.Clock.Started, k.Clock.Due, c.Now())}
	for _, l := range []web.Link{
		{Text: "Overview", Href: at},
		{Text: "Found (" + web.Thousands(records) + ")", Href: at + "/found"},
		{Text: "Withheld (" + web.Thousands(k.Withheld) + ")", Href: at + "/withheld"},
		{Text: "Redact", Href: at + "/redact"},
		{Text: "Who is who", Href: at + "/who"},
		{Text: "History", Href: at + "/history"},
		{Text: "Who looked", Href: at + "/access"},
	} {
		if strings.HasSuffix(l.Href, "/who") && c.People == nil || strings.HasSuffix(l.Href, "/redact") && c.Workbench == nil {
			continue
		}
		l.Current = l.Href == r.URL.EscapedPath()
		v.Tabs = append(v.Tabs, l)
	}
	slices.SortStableFunc(v.Whose, func(a, b WhoseCount) int {
		return cmp.Compare(slices.Index(whoseOrder, a.Whose), slices.Index(whoseOrder, b.Whose))
	})
	return v, true
}

// At is the path of the case.
func (v caseView) At() string { return "/cases/" + url.PathEscape(v.Number) }

// Records is how many were found in all.
func (v caseView) Records() int {
	n := 0
	for _, k := range v.Counts {
		n += k.Records
	}
	return n
}

// SourceCount is how many sources gave a record.
func (v caseView) SourceCount() int {
	seen := make(map[string]bool)
	for _, k := range v.Counts {
		seen[k.Source] = true
	}
	return len(seen)
}

func (c *Console) overview(w http.ResponseWriter, r *http.Request, staff Staff) {
	v, ok := c.caseOf(w, r)
	if !ok {
		return
	}
	c.show(w, r, staff, "case", "/cases", web.Page{Title: v.Number + ": " + v.Person, Main: v})
}

func (c *Console) withheld(w http.ResponseWriter, r *http.Request, staff Staff) {
	v, ok := c.caseOf(w, r)
	if !ok {
		return
	}
	held, err := c.Desk.Withheld(r.Context(), v.Number)
	if err != nil {
		c.pages.Fail(w, r, err)
		return
	}
	c.show(w, r, staff, "withheld", "/cases", web.Page{Title: v.Number + ": what is withheld", Main: struct {
		caseView
		Held Withheld
	}{v, held}})
}

func (c *Console) history(w http.ResponseWriter, r *http.Request, staff Staff) {
	v, ok := c.caseOf(w, r)
	if !ok {
		return
	}
	events, err := c.Desk.History(r.Context(), v.Number)
	if err != nil {
		c.pages.Fail(w, r, err)
		return
	}
	c.show(w, r, staff, "history", "/cases", web.Page{Title: v.Number + ": history", Main: struct {
		caseView
		Events []Event
	}{v, events}})
}

// Pager leads from one page of a list to the next.
type Pager struct {
	Page, Pages    int
	Previous, Next string // links; empty at the ends
}

func newPager(at *url.URL, page, pages int) Pager {
	p := Pager{Page: page, Pages: pages}
	link := func(n int) string {
		q := at.Query()
		q.Set("page", strconv.Itoa(n))
		return at.EscapedPath() + "?" + q.Encode()
	}
	if page > 1 {
		p.Previous = link(page - 1)
	}
	if page < pages {
		p.Next = link(page + 1)
	}
	return p
}

func pageNumber(r *http.Request) int {
	n, err := strconv.Atoi(r.URL.Query().Get("page"))
	if err != nil || n < 1 {
		return 1
	}
	return n
}
