package console

import (
	"context"
	"io"
	"net/http"
	"net/url"
	"slices"
	"strconv"
	"strings"

	"tenet/internal/web"
)

// Registers are the registers of accountability. Whatever refuses an act is in words;
// what is wrong with something that was filled in is in Errors, by its field.
type Registers interface {
	// RegisterCards are all registers, each with its counts.
	RegisterCards(ctx context.Context) ([]RegisterCard, error)
	// Register is one register by its id.
	Register(ctx context.Context, id string) (Register, error)
	// Paper is a paper by its number, with what somebody may do with it.
	Paper(ctx context.Context, by Staff, number string) (Paper, error)
	// PaperForm is what a new paper of a register asks, or an old one by its number, as it is.
	PaperForm(ctx context.Context, register, number string) (PaperForm, error)
	// SavePaper writes a version. It gives the number of the paper.
	SavePaper(ctx context.Context, by Staff, given PaperGiven) (number string, wrong web.Errors, err error)
	// PaperAct is one thing that can be done with a paper, by its id.
	PaperAct(ctx context.Context, number, act string) (PaperAct, error)
	// DoPaper does it, and says what was done.
	DoPaper(ctx context.Context, by Staff, given PaperGiven) (said string, wrong web.Errors, err error)
	// Changed holds two versions of a paper against each other.
	Changed(ctx context.Context, number string, from, to int64) (PaperChanges, error)
	// ExportRegister writes a register: csv, xlsx or json.
	ExportRegister(ctx context.Context, id, format string, w io.Writer) error
}

// RegisterCard is one register in a line.
type RegisterCard struct {
	ID, Title, Says      string
	Papers, Signed, Gaps int
}

// Register is one register.
type Register struct {
	RegisterCard
	One     string // "impact assessment"
	Law     []string
	Signs   string // who signs, by the notice
	Unlocks string
	Papers  []PaperRow
	Lacks   []RegisterGap
}

// PaperRow is one paper in a list.
type PaperRow struct {
	Number, Title, State, Review string
	Late                         []string
}

// RegisterGap is what a register lacks.
type RegisterGap struct {
	Kind, What, Why, Where, Law string
	Paper                       string // its number, where one is meant
}

// Paper is one paper.
type Paper struct {
	PaperRow
	Register, RegisterTitle string
	Step                    int64
	Version                 int64 // the newest
	Groups                  []PaperGroup
	Versions                []PaperVersion // the newest first
	Entries                 []PaperEntry   // the newest first
	Screening               *PaperScreening
	Live                    string  // since when what it is about is live
	Offers                  []Offer // to whoever looks
}

// PaperGroup is a part of a paper, with what was answered.
type PaperGroup struct {
	Title   string
	Answers []PaperAnswer
}

// PaperAnswer is a question with its answer: words, or rows of a table.
type PaperAnswer struct {
	Title, Law string
	Says       []string
	Columns    []string
	Rows       [][]string
}

// PaperVersion is one version of a paper.
type PaperVersion struct {
	N                      int64
	State, At, By, Decided string
	Compare                int64 // the version before it; 0 for the first
}

// PaperEntry is something that was entered beside a paper.
type PaperEntry struct {
	N            int64
	What, At, By string
	Answers      []PaperAnswer
}

// PaperScreening is what the screening of a project comes to.
type PaperScreening struct {
	Says    string
	Statute []string // what statute requires an assessment for
	Policy  []string // what policy does, ours or the regulator's
	Blocks  []string // what keeps it from going live; none if it may
}

// PaperForm is what a paper asks.
type PaperForm struct {
	Register, RegisterTitle, One string
	Number                       string // empty for a new one
	Step                         int64
	Once                         string // names this doing of it
	Groups                       []PaperFormGroup
}

// paperPart is a part of a form that opens and shuts.
type paperPart struct {
	PaperFormGroup
	N    int // of those that have a title, from 1; 0 for what comes before them
	Open bool
}

// Parts are the groups of a form: what is wrong stands open, and the first in which
// something must be answered.
func (f PaperForm) Parts(wrong web.Errors) []paperPart {
	var out []paperPart
	n, found := 0, false
	for _, g := range f.Groups {
		p := paperPart{PaperFormGroup: g}
		if g.Title != "" {
			n++
			p.N = n
		}
		p.Open = slices.ContainsFunc(g.Fields, func(x PaperField) bool { return wrong.For(x.Name) != "" })
		if !found && p.N > 0 && g.Missing() > 0 {
			p.Open, found = true, true
		}
		out = append(out, p)
	}
	return out
}

// Stands is how far a part is.
func (p paperPart) Stands() string {
	out := strconv.Itoa(p.Answered()) + " of " + strconv.Itoa(len(p.Fields)) + " answered"
	if n := p.Missing(); n > 0 {
		out += ", " + strconv.Itoa(n) + " still needed"
	}
	return out
}

// Titled says whether the form has parts.
func (f PaperForm) Titled() bool {
	return slices.ContainsFunc(f.Groups, func(g PaperFormGroup) bool { return g.Title != "" })
}

// Answered is how many of the questions of a group have an answer.
func (g PaperFormGroup) Answered() int { return g.count(PaperField.answered) }

// Missing is how many must have one before the paper is proposed, and have none.
func (g PaperFormGroup) Missing() int {
	return g.count(func(x PaperField) bool { return x.Missing && !x.answered() })
}

func (g PaperFormGroup) count(is func(PaperField) bool) int {
	n := 0
	for _, x := range g.Fields {
		if is(x) {
			n++
		}
	}
	return n
}

// PaperFormGroup is a part of it.
type PaperFormGroup struct {
	Title, Says string
	Fields      []PaperField
}

// PaperField is one question, or a table of them: Rows then has the questions of each row.
type PaperField struct {
	FormField
	Law     string
	Rows    [][]FormField
	Missing bool // it must be answered before the paper is proposed, and as it is kept it is not
}

// Shown are the rows of a table that are filled in, and the next.
func (x PaperField) Shown() [][]FormField { return x.Rows[:x.filled()] }

// Spare are the other rows of a table.
func (x PaperField) Spare() [][]FormField { return x.Rows[x.filled():] }

// filled is how many rows stand open.
func (x PaperField) filled() int {
	n := 0
	for i, row := range x.Rows {
		if slices.ContainsFunc(row, FormField.given) {
			n = i + 1
		}
	}
	return min(n+1, len(x.Rows))
}

func (x PaperField) answered() bool {
	return x.given() || slices.ContainsFunc(x.Rows, func(row []FormField) bool { return slices.ContainsFunc(row, FormField.given) })
}

// PaperAct is one thing that can be done with a paper.
type PaperAct struct {
	ID, Name, Button string
	Number, Title    string
	Does             []string // what it does
	Lacks            []string // why it cannot be done
	Step             int64
	Grave            bool
	Fields           []FormField
}

// PaperGiven is what somebody filled in.
type PaperGiven struct {
	Register, Number, Act, Once string
	Step                        int64
	Given                       url.Values // by field; days are 2026-11-22
}

// PaperChanges is what two versions of a paper differ in.
type PaperChanges struct {
	Number, Title string
	From, To      int64
	Fields        []PaperChange
}

// PaperChange is one field that differs.
type PaperChange struct{ Title, Was, Is string }

// registerRoutes are there where registers are kept.
func (c *Console) registerRoutes() map[string]page {
	if c.Registers == nil {
		return nil
	}
	return map[string]page{
		"GET /registers":                        c.registers,
		"GET /registers/{register}":             c.register,
		"GET /registers/{register}/print":       c.registerPrint,
		"GET /registers/{register}/as/{format}": c.registerExport,
		"GET /registers/{register}/new":         c.paperForm,
		"POST /registers/{register}/new":        c.paperSave,
		"GET /papers/{paper}":                   c.paper,
		"GET /papers/{paper}/edit":              c.paperForm,
		"POST /papers/{paper}/edit":             c.paperSave,
		"GET /papers/{paper}/compare":           c.paperCompare,
		"GET /papers/{paper}/do/{act}":          c.paperActPage,
		"POST /papers/{paper}/do/{act}":         c.paperAct,
	}
}

func paperAt(number string) string { return "/papers/" + url.PathEscape(number) }

func (c *Console) registers(w http.ResponseWriter, r *http.Request, staff Staff) {
	cards, err := c.Registers.RegisterCards(r.Context())
	if err != nil {
		c.pages.Fail(w, r, err)
		return
	}
	c.show(w, r, staff, "registers", "/registers", web.Page{Title: "Registers", Main: cards})
}

func (c *Console) register(w http.ResponseWriter, r *http.Request, staff Staff) {
	x, err := c.Registers.Register(r.Context(), r.PathValue("register"))
	if err != nil {
		c.pages.Fail(w, r, err)
		return
	}
	c.show(w, r, staff, "register", "/registers", web.Page{Title: x.Title, Main: x})
}

type registerPrintView struct {
	Register
	Papers []Paper
}

// registerPrint is every paper of a register in full, on one page.
func (c *Console) registerPrint(w http.ResponseWriter, r *http.Request, staff Staff) {
	x, err := c.Registers.Register(r.Context(), r.PathValue("register"))
	v := registerPrintView{Register: x}
	for _, row := range x.Papers {
		if err != nil {
			break
		}
		var p Paper
		if p, err = c.Registers.Paper(r.Context(), staff, row.Number); err == nil {
			v.Papers = append(v.Papers, p)
		}
	}
	if err != nil {
		c.pages.Fail(w, r, err)
		return
	}
	c.show(w, r, staff, "register-print", "/registers", web.Page{Title: x.Title + ", to print", Main: v})
}

// registerKinds are the kinds of file that a register is exported as.
var registerKinds = map[string]string{
	"csv": "text/csv; charset=utf-8", "json": "application/json",
	"xlsx": "application/vnd.openxmlformats-officedocument.spreadsheetml.sheet",
}

func (c *Console) registerExport(w http.ResponseWriter, r *http.Request, _ Staff) {
	id, format := r.PathValue("register"), r.PathValue("format")
	kind, ok := registerKinds[format]
	if !ok {
		c.pages.Problem(w, r, web.NotFound)
		return
	}
	var file strings.Builder
	if err := c.Registers.ExportRegister(r.Context(), id, format, &file); err != nil {
		c.pages.Fail(w, r, err)
		return
	}
	w.Header().Set("Content-Type", kind)
	w.Header().Set("Content-Disposition", `attachment; filename="`+url.PathEscape(id)+"."+format+`"`)
	io.WriteString(w, file.String()) //nolint:errcheck // the browser has gone
}

func (c *Console) paper(w http.ResponseWriter, r *http.Request, staff Staff) {
	p, err := c.Registers.Paper(r.Context(), staff, r.PathValue("paper"))
	if err != nil {
		c.pages.Fail(w, r, err)
		return
	}
	c.show(w, r, staff, "paper", "/registers", web.Page{Title: p.Number + ": " + p.Title, Main: p})
}

func (c *Console) paperForm(w http.ResponseWriter, r *http.Request, staff Staff) {
	f, err := c.Registers.PaperForm(r.Context(), r.PathValue("register"), r.PathValue("paper"))
	if err != nil {
		c.pages.Fail(w, r, err)
		return
	}
	c.showPaperForm(w, r, staff, f, nil)
}

func (c *Console) showPaperForm(w http.ResponseWriter, r *http.Request, staff Staff, f PaperForm, wrong web.Errors) {
	title := "New " + f.One
	if f.Number != "" {
		title = f.Number + ": change it"
	}
	c.show(w, r, staff, "paper-form", "/registers", web.Page{Title: title, Errors: wrong, Main: f})
}

// paperSave writes a version; where something is wrong the form is shown as it was
// filled in.
func (c *Console) paperSave(w http.ResponseWriter, r *http.Request, staff Staff) {
	if !c.form(w, r) {
		return
	}
	f, err := c.Registers.PaperForm(r.Context(), r.PathValue("register"), r.PathValue("paper"))
	if err != nil {
		c.pages.Fail(w, r, err)
		return
	}
	given := PaperGiven{Register: r.PathValue("register"), Number: r.PathValue("paper"), Once: r.PostForm.Get("once"), Step: stepOf(r), Given: url.Values{}}
	for g := range f.Groups {
		for i := range f.Groups[g].Fields {
			x := &f.Groups[g].Fields[i]
			if len(x.Rows) == 0 {
				x.FormField = typed(r.PostForm, x.FormField, given.Given)
			}
			for _, row := range x.Rows {
				for j := range row {
					row[j] = typed(r.PostForm, row[j], given.Given)
				}
			}
		}
	}
	number, wrong, err := c.Registers.SavePaper(r.Context(), staff, given)
	switch {
	case err != nil:
		c.pages.Fail(w, r, err)
	case len(wrong) > 0:
		f.Step, f.Once = given.Step, given.Once
		c.showPaperForm(w, r, staff, f, wrong)
	default:
		c.done(w, r, paperAt(number), "The draft is kept. Nothing holds before it is proposed and signed.")
	}
}

// typed reads one field as it was filled in, into given and back into the field.
func typed(form url.Values, f FormField, given url.Values) FormField {
	var list []string
	switch f.As {
	case "day":
		day, _ := readDay(form, f.Name) // one that is none is refused with the rest
		list = []string{day}
	default:
		list = form[f.Name]
	}
	list = slices.DeleteFunc(slices.Clone(list), func(s string) bool { return strings.TrimSpace(s) == "" })
	f.Value, f.Chosen = "", nil
	if len(list) > 0 {
		given[f.Name] = list
		f.Value, f.Chosen = list[0], list
	}
	return f
}

func (c *Console) paperActPage(w http.ResponseWriter, r *http.Request, staff Staff) {
	a, err := c.Registers.PaperAct(r.Context(), r.PathValue("paper"), r.PathValue("act"))
	if err != nil {
		c.pages.Fail(w, r, err)
		return
	}
	c.show(w, r, staff, "paper-act", "/registers", web.Page{Title: a.Number + ": " + a.Name, Main: a})
}

func (c *Console) paperAct(w http.ResponseWriter, r *http.Request, staff Staff) {
	if !c.form(w, r) {
		return
	}
	number, act := r.PathValue("paper"), r.PathValue("act")
	a, err := c.Registers.PaperAct(r.Context(), number, act)
	if err != nil {
		c.pages.Fail(w, r, err)
		return
	}
	given := PaperGiven{Number: number, Act: act, Step: stepOf(r), Given: url.Values{}}
	for i := range a.Fields {
		a.Fields[i] = typed(r.PostForm, a.Fields[i], given.Given)
	}
	said, wrong, err := c.Registers.DoPaper(r.Context(), staff, given)
	switch {
	case err != nil:
		c.pages.Fail(w, r, err)
	case len(wrong) > 0:
		a.Step = given.Step
		c.show(w, r, staff, "paper-act", "/registers", web.Page{Title: a.Number + ": " + a.Name, Errors: wrong, Main: a})
	default:
		c.done(w, r, paperAt(number), said)
	}
}

func (c *Console) paperCompare(w http.ResponseWriter, r *http.Request, staff Staff) {
	from, to := number64(r.URL.Query().Get("from")), number64(r.URL.Query().Get("to"))
	x, err := c.Registers.Changed(r.Context(), r.PathValue("paper"), from, to)
	if err != nil {
		c.pages.Fail(w, r, err)
		return
	}
	c.show(w, r, staff, "paper-compare", "/registers", web.Page{Title: x.Number + ": versions compared", Main: x})
}

// stepOf is the step of the paper that was looked at; -1, which is none, where the form
// does not say.
func stepOf(r *http.Request) int64 {
	if n := number64(r.PostForm.Get("step")); n > 0 {
		return n
	}
	return -1
}
