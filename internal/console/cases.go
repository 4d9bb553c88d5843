package console

import (
	"cmp"
	"context"
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
	Query  CaseQuery
	Chart  *Chart // nil where no clock is running
	Pager  Pager
	Sorts  []Choice
	Menu   []web.Link // other pages about cases
	Export string     // the address of this list as a spreadsheet
}

// list is the cases that a query chooses, as somebody may see them: what is marked of a
// person is not for whoever has some kinds of case alone.
func (c *Console) list(r *http.Request, staff Staff, q CaseQuery) (CaseList, error) {
	list, err := c.Desk.Cases(r.Context(), q)
	if staff.Limited {
		list.Flags = nil
		for i := range list.Cases {
			list.Cases[i].Flags = nil
		}
	}
	return list, err
}

// caseQuery is which cases a request chooses.
func caseQuery(r *http.Request, staff Staff) CaseQuery {
	q := r.URL.Query()
	if staff.Limited {
		q.Del("flag")
	}
	return CaseQuery{Closed: q.Get("show") == "closed", Kind: q.Get("kind"), Holder: q.Get("holder"), Flag: q.Get("flag"), Sort: q.Get("sort"), Page: pageNumber(r)}
}

func (c *Console) cases(w http.ResponseWriter, r *http.Request, staff Staff) {
	q := caseQuery(r, staff)
	list, err := c.list(r, staff, q)
	if err != nil {
		c.pages.Fail(w, r, err)
		return
	}
	v := casesView{CaseList: list, Closed: q.Closed, Query: q, Pager: newPager(r.URL, q.Page, list.Pages), Export: "/cases/export?" + r.URL.Query().Encode(),
		Sorts: []Choice{{"", "The soonest due first"}, {"received", "The oldest first"}, {"person", "By person"}, {"holder", "By whom it is with"}}}
	if q.Closed {
		v.Sorts[0].Text = "The last to end first"
	} else {
		v.Chart = newChart(c.Now(), list.Due)
	}
	if c.Intake != nil {
		v.Menu = append(v.Menu, web.Link{Text: "Enter a request", Href: "/cases/new"}, web.Link{Text: "Bring in open cases", Href: importAt})
	}
	if c.Calendar != nil {
		v.Menu = append(v.Menu, web.Link{Text: "Calendar", Href: "/cases/calendar"})
	}
	c.show(w, r, staff, "cases", "/cases", web.Page{Title: "Cases", Main: v})
}

// caseView is what the pages of one case have in common.
type caseView struct {
	Case
	Tabs  []web.Link
	Strip Strip
	File  *CaseFile // on the first page of a case; nil where nothing keeps one
}

// caseOf fetches the case that a path names; where it cannot, it has answered already.
func (c *Console) caseOf(w http.ResponseWriter, r *http.Request) (caseView, bool) {
	return c.caseBy(c.Desk.Case, w, r)
}

// headOf is caseOf for pages that show nothing of the draft but its head.
func (c *Console) headOf(w http.ResponseWriter, r *http.Request) (caseView, bool) {
	return c.caseBy(c.Desk.Head, w, r)
}

func (c *Console) caseBy(get func(context.Context, string) (Case, error), w http.ResponseWriter, r *http.Request) (caseView, bool) {
	number := r.PathValue("number")
	k, err := get(r.Context(), number)
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
		{Text: "Tasks", Href: at + "/tasks"},
		{Text: "Hand over", Href: at + "/release"},
		{Text: "History", Href: at + "/history"},
		{Text: "Who looked", Href: at + "/access"},
	} {
		if strings.HasSuffix(l.Href, "/who") && c.People == nil || strings.HasSuffix(l.Href, "/redact") && c.Workbench == nil || strings.HasSuffix(l.Href, "/tasks") && c.Work == nil ||
			strings.HasSuffix(l.Href, "/release") && c.Releases == nil {
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
	if c.Work != nil {
		f, err := c.Work.File(r.Context(), staff, v.Number)
		if err != nil {
			c.pages.Fail(w, r, err)
			return
		}
		v.File = &f
	}
	c.show(w, r, staff, "case", "/cases", web.Page{Title: v.Number + ": " + v.Person, Main: v})
}

func (c *Console) withheld(w http.ResponseWriter, r *http.Request, staff Staff) {
	v, ok := c.headOf(w, r)
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
	v, ok := c.headOf(w, r)
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
