package console

import (
	"net/http"
	"net/url"
	"strconv"
	"time"

	"tenet/internal/web"
)

// TaskQuery chooses tasks. Without a number it is the open tasks of all cases.
type TaskQuery struct {
	Number string // of the case
	Show   string // "mine", "overdue", "holds" or "" for all
	Page   int    // from 1, of the tasks of all cases
}

// tasksPage is how many tasks of all cases one page shows.
const tasksPage = 100

// Task is work that a case waits for.
type Task struct {
	Number  string // of the case
	N       int64
	Sort    string // "Search", "Recording to save", …
	Place   string
	Owner   string // in words
	What    string // to do; empty in the list of all cases
	Due     time.Time
	Hours   string // how long there is, in hours, where hours count
	Late    bool
	Chased  int
	Raised  string // whom it was taken to
	Outcome string // in words; empty while it is open
	Result  string
}

// Of names the task in an address.
func (t Task) Of() string { return strconv.FormatInt(t.N, 10) }

// At is the path of its case.
func (t Task) At() string { return "/cases/" + url.PathEscape(t.Number) }

type caseTasksView struct {
	caseView
	Tasks []Task
	File  CaseFile
}

func (c *Console) caseTasks(w http.ResponseWriter, r *http.Request, staff Staff) {
	v, ok := c.headOf(w, r)
	if !ok {
		return
	}
	tasks, err := c.Work.Tasks(r.Context(), staff, TaskQuery{Number: v.Number})
	if err != nil {
		c.pages.Fail(w, r, err)
		return
	}
	file, err := c.Work.File(r.Context(), staff, v.Number)
	if err != nil {
		c.pages.Fail(w, r, err)
		return
	}
	c.show(w, r, staff, "case-tasks", "/cases", web.Page{Title: v.Number + ": tasks", Main: caseTasksView{v, tasks, file}})
}

type allTasksView struct {
	Tasks  []Task
	Filter []web.Link
	Pager  Pager
}

func (c *Console) allTasks(w http.ResponseWriter, r *http.Request, staff Staff) {
	show, page := r.URL.Query().Get("show"), pageNumber(r)
	tasks, err := c.Work.Tasks(r.Context(), staff, TaskQuery{Show: show, Page: page})
	if err != nil {
		c.pages.Fail(w, r, err)
		return
	}
	pages := page
	if len(tasks) > tasksPage { // one more than a page says that there is another
		tasks, pages = tasks[:tasksPage], page+1
	}
	v := allTasksView{Tasks: tasks, Pager: newPager(r.URL, page, pages)}
	for _, f := range []web.Link{{Text: "All", Href: "/cases/tasks"}, {Text: "Mine", Href: "/cases/tasks?show=mine"},
		{Text: "Overdue", Href: "/cases/tasks?show=overdue"}, {Text: "Recordings to save", Href: "/cases/tasks?show=holds"}} {
		to, err := url.Parse(f.Href)
		f.Current = err == nil && to.Query().Get("show") == show
		v.Filter = append(v.Filter, f)
	}
	c.show(w, r, staff, "all-tasks", "/cases/tasks", web.Page{Title: "Tasks", Main: v})
}

// number64 is a whole number, or 0.
func number64(s string) int64 {
	n, err := strconv.ParseInt(s, 10, 64)
	if err != nil {
		return 0
	}
	return n
}
