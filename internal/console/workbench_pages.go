package console

import (
	"html/template"
	"net/http"
	"net/url"
	"strconv"
	"strings"
	"time"

	"tenet/internal/web"
)

// benchRoutes are the pages of the redaction workbench; none where there is none.
func (c *Console) benchRoutes() map[string]page {
	if c.Workbench == nil {
		return nil
	}
	const at = "/cases/{number}/redact"
	return map[string]page{
		"GET " + at:                             c.outline,
		"GET " + at + "/sheet":                  c.firstSheet,
		"GET " + at + "/sheet/{id}":             c.sheet,
		"GET " + at + "/sheet/{id}/page/{page}": c.picture,
		"GET " + at + "/groups":                 c.groups,
		"GET " + at + "/steps":                  c.steps,
		"GET " + at + "/second":                 c.second,
		"POST " + at + "/marks":                 c.marks,
		"POST " + at + "/undo":                  c.undo,
		"POST " + at + "/second":                c.agree,
		"GET /lessons":                          c.lessons,
		"POST /lessons":                         c.learn,
		"POST /lessons/{id}/unlearn":            c.unlearn,
	}
}

// benchAt is the workbench of the case that a path names.
func benchAt(r *http.Request) string {
	return "/cases/" + url.PathEscape(r.PathValue("number")) + "/redact"
}

// benchView is what the pages of one case's workbench have in common.
type benchView struct {
	caseView
	Menu []web.Link // within the workbench
}

// benchOf fetches the case whose workbench a path names; where it cannot, it has
// answered already.
func (c *Console) benchOf(w http.ResponseWriter, r *http.Request) (benchView, bool) {
	k, ok := c.headOf(w, r)
	if !ok {
		return benchView{}, false
	}
	at := benchAt(r)
	for i := range k.Tabs {
		k.Tabs[i].Current = k.Tabs[i].Href == at
	}
	by := r.URL.Query().Get("by")
	here := r.URL.EscapedPath()
	return benchView{k, []web.Link{
		{Text: "Documents", Href: at, Current: here == at || strings.HasPrefix(here, at+"/sheet/") || strings.HasSuffix(here, "/marks")},
		{Text: "By person", Href: at + "/groups?by=person", Current: here == at+"/groups" && by != "text"},
		{Text: "By words", Href: at + "/groups?by=text", Current: here == at+"/groups" && by == "text"},
		{Text: "Second review", Href: at + "/second", Current: here == at+"/second"},
		{Text: "Steps", Href: at + "/steps", Current: here == at+"/steps"},
	}}, true
}

type outlineView struct {
	benchView
	Bench  Bench
	Query  BenchQuery
	People []Group // to choose documents by
	Resume string
	Pager  Pager
	Tried  Mark
}

func (c *Console) outline(w http.ResponseWriter, r *http.Request, staff Staff) {
	c.showOutline(w, r, staff, r.URL.Query(), Mark{}, nil)
}

func (c *Console) showOutline(w http.ResponseWriter, r *http.Request, staff Staff, values url.Values, tried Mark, problem *web.Refusal) {
	v, ok := c.benchOf(w, r)
	if !ok {
		return
	}
	page, _ := strconv.Atoi(values.Get("page"))
	q := BenchQuery{
		Open: values.Get("open") == "yes", Person: values.Get("person"),
		Text: strings.TrimSpace(values.Get("text")), Page: max(page, 1),
	}
	bench, err := c.Workbench.Bench(r.Context(), v.Number, q)
	if err != nil {
		c.pages.Fail(w, r, err)
		return
	}
	people, err := c.Workbench.Groups(r.Context(), v.Number, GroupQuery{By: "person", Page: 1})
	if err != nil {
		c.pages.Fail(w, r, err)
		return
	}
	o := outlineView{benchView: v, Bench: bench, Query: q, People: people.Groups, Tried: tried}
	o.Pager = newPager(&url.URL{Path: benchAt(r), RawQuery: values.Encode()}, q.Page, bench.Pages)
	if bench.Resume != "" {
		o.Resume = sheetAt(benchAt(r), bench.Resume) + "#work"
	}
	c.showAs(w, r, staff, statusOf(problem), "workbench", "/cases", web.Page{Title: v.Number + ": redact", Errors: problemErrors(problem), Script: true, Main: o})
}

type groupsView struct {
	benchView
	Groups     Groups
	Query      GroupQuery
	Exemptions []ExemptionChoice
	Back       string // the query, to come back to
	Pager      Pager
	Tried      Mark
}

func (c *Console) groups(w http.ResponseWriter, r *http.Request, staff Staff) {
	c.showGroups(w, r, staff, r.URL.Query(), Mark{}, nil)
}

// showGroups shows the groups, and where something could not be done, what was
// sent and why not.
func (c *Console) showGroups(w http.ResponseWriter, r *http.Request, staff Staff, values url.Values, tried Mark, problem *web.Refusal) {
	v, ok := c.benchOf(w, r)
	if !ok {
		return
	}
	page, _ := strconv.Atoi(values.Get("page"))
	q := GroupQuery{By: "person", Open: values.Get("open") == "yes", Group: values.Get("group"), Page: max(page, 1)}
	if values.Get("by") == "text" {
		q.By = "text"
	}
	groups, err := c.Workbench.Groups(r.Context(), v.Number, q)
	if err == nil && q.Group != "" && len(groups.Groups) == 0 && values.Get("by") == "" {
		q.By = "text" // a mark of nobody in particular leads here too
		groups, err = c.Workbench.Groups(r.Context(), v.Number, q)
	}
	if err != nil {
		c.pages.Fail(w, r, err)
		return
	}
	bench, err := c.Workbench.Bench(r.Context(), v.Number, BenchQuery{Page: 1})
	if err != nil {
		c.pages.Fail(w, r, err)
		return
	}
	at := &url.URL{Path: benchAt(r) + "/groups", RawQuery: values.Encode()}
	c.showAs(w, r, staff, statusOf(problem), "workbench-groups", "/cases", web.Page{
		Title: v.Number + ": redact by " + map[string]string{"person": "person", "text": "words"}[q.By], Errors: problemErrors(problem), Script: true,
		Main: groupsView{
			benchView: v, Groups: groups, Query: q, Exemptions: bench.Exemptions, Back: values.Encode(),
			Pager: newPager(at, q.Page, groups.Pages), Tried: tried,
		},
	})
}

type stepsView struct {
	benchView
	Steps Steps
	Pager Pager
	Back  int // the step that one asks to go back to; -1 while nobody asks
}

func (c *Console) steps(w http.ResponseWriter, r *http.Request, staff Staff) {
	back, err := strconv.Atoi(r.URL.Query().Get("back"))
	if err != nil || back < 0 {
		back = -1
	}
	c.showSteps(w, r, staff, back, nil)
}

func (c *Console) showSteps(w http.ResponseWriter, r *http.Request, staff Staff, back int, problem *web.Refusal) {
	v, ok := c.benchOf(w, r)
	if !ok {
		return
	}
	page := pageNumber(r)
	steps, err := c.Workbench.Steps(r.Context(), v.Number, page)
	if err != nil {
		c.pages.Fail(w, r, err)
		return
	}
	at := &url.URL{Path: benchAt(r) + "/steps"}
	c.showAs(w, r, staff, statusOf(problem), "workbench-steps", "/cases", web.Page{
		Title: v.Number + ": steps of redaction", Errors: problemErrors(problem),
		Main: stepsView{v, steps, newPager(at, page, steps.Pages), back},
	})
}

type secondView struct {
	benchView
	Second Second
	Pager  Pager
	Words  string
}

func (c *Console) second(w http.ResponseWriter, r *http.Request, staff Staff) {
	c.showSecond(w, r, staff, "", nil)
}

func (c *Console) showSecond(w http.ResponseWriter, r *http.Request, staff Staff, words string, problem *web.Refusal) {
	v, ok := c.benchOf(w, r)
	if !ok {
		return
	}
	page := pageNumber(r)
	second, err := c.Workbench.Second(r.Context(), v.Number, page)
	if err != nil {
		c.pages.Fail(w, r, err)
		return
	}
	c.showAs(w, r, staff, statusOf(problem), "workbench-second", "/cases", web.Page{
		Title: v.Number + ": second review", Errors: problemErrors(problem),
		Main: secondView{v, second, newPager(&url.URL{Path: benchAt(r) + "/second"}, page, second.Pages), words},
	})
}

// Place leads to a span in its document.
func (v benchView) Place(p Place) string {
	return sheetAt(v.At()+"/redact", p.Sheet) + "?" + url.Values{"span": {p.Span}}.Encode() + "#decide"
}

// SheetAt leads to a document.
func (v benchView) SheetAt(id string) string { return sheetAt(v.At()+"/redact", id) + "#work" }

// rowView is a document of the list, and where it is.
type rowView struct {
	SheetRow
	Href string
}

// Row is a document with where it is.
func (v benchView) Row(s SheetRow) rowView { return rowView{s, v.SheetAt(s.ID)} }

type lessonsView struct {
	Lessons []Lesson
	Tried   Lesson
	Keep    string // "keep", "withhold", or neither yet
	Sets    []Choice
}

func (c *Console) lessons(w http.ResponseWriter, r *http.Request, staff Staff) {
	c.showLessons(w, r, staff, lessonsView{}, nil)
}

func (c *Console) showLessons(w http.ResponseWriter, r *http.Request, staff Staff, v lessonsView, errs web.Errors) {
	var err error
	if v.Lessons, err = c.Workbench.Lessons(r.Context()); err == nil {
		v.Sets, err = c.Workbench.LessonSets(r.Context())
	}
	if err != nil {
		c.pages.Fail(w, r, err)
		return
	}
	c.show(w, r, staff, "workbench-lessons", "/lessons", web.Page{Title: "Redaction rules", Errors: errs, Main: v})
}

// statusOf is 409 where something could not be done: what it was asked for is
// no longer so, and is shown as it is now.
func statusOf(problem *web.Refusal) int {
	if problem != nil {
		return http.StatusConflict
	}
	return http.StatusOK
}

func problemErrors(problem *web.Refusal) web.Errors {
	if problem == nil {
		return nil
	}
	return web.Errors{{Field: "decide", Text: problem.Error()}}
}

// benchFuncs are the words of the workbench.
func benchFuncs() template.FuncMap {
	return template.FuncMap{
		"markState": markState, "flagWords": flagWords, "about": about, "seen": seen, "clip": clip,
		"perCent": perCent,
		"percent": func(done, all int) int { return 100 * done / max(all, 1) },
	}
}

// markState is what becomes of what is marked, in words: never by colour alone.
func markState(action string) string {
	switch action {
	case "withhold":
		return "withheld"
	case "reveal":
		return "goes out"
	case "review":
		return "to decide"
	case "mixed":
		return "some withheld, some not"
	}
	return action
}

func flagWords(flag string) string {
	switch flag {
	case "":
		return "No flag: what is marked is taken out"
	case FlagWithhold:
		return "Withheld whole"
	case FlagDuplicate:
		return "Duplicate: another document says the same"
	case FlagNotTheirs:
		return "Not about this person"
	case FlagPrivileged:
		return "Legal advice or litigation"
	case FlagRelease:
		return "Goes out, with what is marked taken out"
	}
	return flag
}

// clip is enough of what somebody is called for a list to choose from.
func clip(s string) string {
	const most = 60 // code points
	if text := []rune(seen(s)); len(text) > most {
		return string(text[:most]) + "…"
	}
	return seen(s)
}

// about is a length of time as people say it.
func about(d time.Duration) string {
	minutes := int(d.Round(time.Minute) / time.Minute)
	switch {
	case minutes < 1:
		return "less than a minute"
	case minutes < 60:
		return "about " + web.Count(minutes, "minute", "minutes")
	}
	return "about " + web.Count((minutes+30)/60, "hour", "hours")
}
