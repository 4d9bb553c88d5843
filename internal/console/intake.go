package console

import (
	"context"
	"errors"
	"io"
	"net/http"
	"net/url"
	"slices"
	"strings"

	"tenet/internal/web"
)

// Intake is how staff enter requests that came by letter, telephone or over the
// counter, and bring in those that are open elsewhere.
type Intake interface {
	// Form is what can be filled in about a request.
	Form(ctx context.Context) (IntakeForm, error)
	// Suggest is what words may ask for, likeliest first. Nobody is held to it.
	Suggest(words string) []Suggestion
	// Same is the cases that may be of the same person, before one is opened.
	Same(ctx context.Context, given url.Values) ([]SimilarCase, error)
	// Enter opens a case, once for each once, and gives its number.
	Enter(ctx context.Context, by Staff, once string, given url.Values) (string, error)
	// Columns is what a sheet of open cases may have.
	Columns() []Column
	// Import opens the cases of a sheet, none if any row is wrong.
	Import(ctx context.Context, by Staff, name string, sheet []byte) (Imported, error)
}

// IntakeForm is what can be filled in about a request, in groups.
type IntakeForm struct {
	Groups []FieldGroup
	Once   string // names this filling in
}

// FieldGroup is some fields under a heading.
type FieldGroup struct {
	Title, Hint string
	Folded      bool // it is rarely needed
	Fields      []FormField
}

// Suggestion is a kind that words may ask for.
type Suggestion struct {
	ID, Name string
	Why      []string // the words that say so
	Note     string
}

// Column is one of a sheet of open cases.
type Column struct {
	Name     string
	Required bool
	Says     string
}

// Imported is what came of a sheet.
type Imported struct {
	Problems []SheetProblem // while there is any, nothing was opened
	Rows     []ImportedRow
}

// SheetProblem is something in a sheet to be mended.
type SheetProblem struct {
	Line               int // 0 where it is about the whole sheet
	Column, What, Mend string
}

// ImportedRow is what came of a row.
type ImportedRow struct {
	Line   int
	Number string
	New    bool // false where it was imported before
}

const (
	importAt = "/cases/import"
	maxSheet = 4 << 20 // bytes of a sheet
)

func (c *Console) intakeRoutes() map[string]page {
	if c.Intake == nil {
		return nil
	}
	routes := map[string]page{
		"GET /cases/new":   c.newCase,
		"POST /cases/new":  c.enter,
		"GET " + importAt:  c.importPage,
		"POST " + importAt: c.importSheet,
	}
	if c.Work != nil {
		routes["GET /cases/{number}/opened"] = c.opened
	}
	return routes
}

type intakeView struct {
	IntakeForm
	Suggestions []Suggestion
	Asked       bool // suggestions were asked for
	Same        []SimilarCase
	Seen        string // the numbers that were shown as perhaps the same
	Action      string // where the form goes; empty is here
	From        string // whose message it is filled in from, if it is
}

func (c *Console) newCase(w http.ResponseWriter, r *http.Request, staff Staff) {
	c.showIntake(w, r, staff, nil, intakeView{}, nil)
}

func (c *Console) showIntake(w http.ResponseWriter, r *http.Request, staff Staff, typed url.Values, v intakeView, errs web.Errors) {
	f, err := c.Intake.Form(r.Context())
	if err != nil {
		c.pages.Fail(w, r, err)
		return
	}
	if typed != nil {
		if once := r.PostForm.Get("once"); once != "" {
			f.Once = once
		}
		for g := range f.Groups {
			for i := range f.Groups[g].Fields {
				x := &f.Groups[g].Fields[i]
				x.Value, x.Chosen = strings.Join(typed[x.Name], "\n"), typed[x.Name]
				f.Groups[g].Folded = f.Groups[g].Folded && (x.Value == "" || x.As == "some") && errs.For(x.Name) == ""
			}
		}
	}
	v.IntakeForm = f
	c.show(w, r, staff, "intake", "/cases", web.Page{Title: "Enter a request", Back: "/cases", Errors: errs, Main: v})
}

func (f IntakeForm) fields() (all []FormField) {
	for _, g := range f.Groups {
		all = append(all, g.Fields...)
	}
	return all
}

// enter opens a case; before it does it shows those that may be the same person's, and
// opens the case all the same once they were seen.
func (c *Console) enter(w http.ResponseWriter, r *http.Request, staff Staff) {
	if !c.form(w, r) {
		return
	}
	c.enterWith(w, r, staff, intakeView{}, func(given url.Values) (string, error) {
		return c.Intake.Enter(r.Context(), staff, r.PostForm.Get("once"), given)
	})
}

// enterWith is enter for a form that begins as v has it, and a case that open opens.
func (c *Console) enterWith(w http.ResponseWriter, r *http.Request, staff Staff, v intakeView, open func(url.Values) (string, error)) {
	f, err := c.Intake.Form(r.Context())
	if err != nil {
		c.pages.Fail(w, r, err)
		return
	}
	given, errs := readFields(r.PostForm, f.fields())
	v.Suggestions = c.Intake.Suggest(given.Get("asked"))
	if r.PostForm.Get("go") == "suggest" {
		v.Asked = true
		c.showIntake(w, r, staff, given, v, nil)
		return
	}
	if len(errs) > 0 {
		c.showIntake(w, r, staff, given, v, errs)
		return
	}
	if v.Same, err = c.Intake.Same(r.Context(), given); err != nil {
		if errs = mistakes(err); errs == nil {
			c.pages.Fail(w, r, err)
			return
		}
		c.showIntake(w, r, staff, given, v, errs)
		return
	}
	for _, s := range v.Same {
		v.Seen += s.Number + " "
	}
	if v.Seen != "" && r.PostForm.Get("seen") != v.Seen {
		c.showIntake(w, r, staff, given, v, nil)
		return
	}
	number, err := open(given)
	if errs := mistakes(err); errs != nil {
		c.showIntake(w, r, staff, given, v, errs)
		return
	}
	if err != nil {
		c.pages.Fail(w, r, err)
		return
	}
	to := "/cases/" + url.PathEscape(number)
	if c.Work != nil {
		to += "/opened"
	}
	http.Redirect(w, r, to, http.StatusSeeOther)
}

// opened is what to know of a case just after it was entered.
func (c *Console) opened(w http.ResponseWriter, r *http.Request, staff Staff) {
	v, ok := c.headOf(w, r)
	if !ok {
		return
	}
	f, err := c.Work.File(r.Context(), staff, v.Number)
	if err != nil {
		c.pages.Fail(w, r, err)
		return
	}
	v.File = &f
	c.show(w, r, staff, "opened", "/cases", web.Page{Title: "Case opened: " + v.Number, Main: v})
}

type importView struct {
	Columns []Column
	Done    *Imported
}

// Opened is how many cases an import opened.
func (m Imported) Opened() int {
	n := 0
	for _, r := range m.Rows {
		if r.New {
			n++
		}
	}
	return n
}

func (c *Console) importPage(w http.ResponseWriter, r *http.Request, staff Staff) {
	c.showImport(w, r, staff, nil, nil)
}

func (c *Console) showImport(w http.ResponseWriter, r *http.Request, staff Staff, done *Imported, errs web.Errors) {
	c.show(w, r, staff, "import", "/cases", web.Page{Title: "Bring in open cases", Back: "/cases", Errors: errs, Main: importView{c.Intake.Columns(), done}})
}

func (c *Console) importSheet(w http.ResponseWriter, r *http.Request, staff Staff) {
	var errs web.Errors
	file, head, err := r.FormFile("sheet")
	if err != nil {
		if _, known := web.ProblemOf(err); known {
			c.pages.Fail(w, r, err)
			return
		}
		if !errors.Is(err, http.ErrMissingFile) {
			c.pages.Fail(w, r, &web.Refusal{Why: "The form that was sent could not be read.", Mend: "Go back, choose the sheet and send it again."})
			return
		}
		errs.Add("sheet", "Choose a sheet: a CSV file or an Excel workbook")
		c.showImport(w, r, staff, nil, errs)
		return
	}
	defer func() {
		file.Close()
		r.MultipartForm.RemoveAll()
	}()
	sheet, err := io.ReadAll(io.LimitReader(file, maxSheet+1))
	switch {
	case err != nil:
		c.pages.Fail(w, r, err)
		return
	case len(sheet) > maxSheet:
		errs.Add("sheet", "The sheet has more than "+web.Size(maxSheet)+": split it")
		c.showImport(w, r, staff, nil, errs)
		return
	}
	done, err := c.Intake.Import(r.Context(), staff, head.Filename, sheet)
	if errs := mistakes(err); errs != nil {
		for i := range errs {
			errs[i].Field = "sheet"
		}
		c.showImport(w, r, staff, nil, errs)
		return
	}
	if err != nil {
		c.pages.Fail(w, r, err)
		return
	}
	slices.SortStableFunc(done.Problems, func(a, b SheetProblem) int { return a.Line - b.Line })
	if n := len(done.Problems); n > 0 {
		errs.Add("problems", web.Count(n, "thing is", "things are")+" to be mended in the sheet. Nothing was opened.")
	}
	c.showImport(w, r, staff, &done, errs)
}
