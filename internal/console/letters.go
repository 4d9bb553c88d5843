package console

import (
	"context"
	"net/http"
	"net/url"
	"slices"
	"strings"
	"time"

	"tenet/internal/web"
)

// Letters is what the landlord writes to people about their cases: before it goes, in
// the outbox, and gone.
type Letters interface {
	// Letter is the letter of an act as it would go. Nothing is written.
	Letter(ctx context.Context, by Staff, number string, d Doing) (LetterPreview, error)
	// Answer is the answer in words that a case has as its draft, as it would go.
	Answer(ctx context.Context, by Staff, number string) (WrittenAnswer, error)
	// Keep keeps an answer that is not finished, to go on with later.
	Keep(ctx context.Context, by Staff, number string, d Doing) error

	// Letters lists a part of the outbox: one more than a page says that there is another.
	Letters(ctx context.Context, by Staff, q LetterQuery) ([]LetterRow, error)
	// One is a letter, whole.
	One(ctx context.Context, by Staff, number, n string) (SentLetter, error)
	// Print is letters as pages to print. Those that may not go where they were to go are
	// left out, and named.
	Print(ctx context.Context, by Staff, references []string, cover bool) (page []byte, left []string, err error)
	// PrintPolicy is the Content-Security-Policy that pages to print are shown under.
	PrintPolicy() string
	// Posted records that a letter was posted on a day, with the number by which the post
	// follows it, if any.
	Posted(ctx context.Context, by Staff, number, n, day, recorded string) error
	// Retry has a letter go by e-mail again; Drop says that it is not to go out.
	Retry(ctx context.Context, by Staff, number, n string) error
	Drop(ctx context.Context, by Staff, number, n, why string) error
	// Templates is every letter in every language, and whose words it has.
	Templates(ctx context.Context) ([]LetterTemplate, []string, error)
	// Waiting counts the letters that wait for somebody, and the messages that came.
	Waiting(ctx context.Context) (letters, mail int, err error)
}

// LetterQuery chooses letters.
type LetterQuery struct {
	Show   string // one of [LetterShows]
	Number string // of one case, all of them
	Page   int    // from 1
}

// LetterShows are the parts of the outbox, the first of which is shown unasked.
func LetterShows() []Choice {
	return []Choice{{"print", "To print and post"}, {"waiting", "Waiting to go"}, {"failed", "Failed"}, {"sent", "Sent"}, {"dropped", "Dropped"}}
}

const lettersPage = 50 // how many letters one page lists

// LetterRow is a letter in a list. What is not for whoever looks is left out.
type LetterRow struct {
	Number, N string // of its case; of the letter within it
	Kind      string // in words
	To        string // whom it is to; empty where that is not for whoever looks
	Way       string // in words
	State     string // in words
	Written   time.Time
	By        string
	Latest    time.Time // the last day on which it may go out for the law's sake
	Late      bool
	Why       string // it did not go by e-mail, or was dropped
	Ended     time.Time
	EndedBy   string
	Recorded  string
	// What can be done with it.
	CanPost, CanRetry, CanDrop bool
}

// Reference names the letter to people.
func (l LetterRow) Reference() string { return l.Number + "-" + l.N }

// At is its path.
func (l LetterRow) At() string { return "/letters/" + url.PathEscape(l.Number) + "/" + l.N }

// LetterText is what a letter says.
type LetterText struct {
	Lang, Subject, Date, Reference string
	From, To, Paragraphs           []string
}

// SentLetter is a letter of the outbox, whole.
type SentLetter struct {
	LetterRow
	LetterText
	Mail string // what the e-mail says, where that is not the letter
}

// LetterPreview is a letter before it is written, and where it would go.
type LetterPreview struct {
	LetterText
	Kind     string   // in words
	Way      string   // in words
	Where    []string // it goes to: an e-mail address, or a postal address in lines
	Mail     string   // what the e-mail says, where that is not the letter
	Blocks   []LetterBlock
	Lacks    []LetterLack
	Latest   time.Time
	Warnings []string
	Fixed    bool   // its words were approved and are not to be changed
	Unsafe   string // why no letter can go; empty if one can
}

// LetterBlock is a part of a letter whose words staff may change.
type LetterBlock struct {
	Name, Text string
	Says, Cite string // what it is there to say, and where that stands
}

// LetterLack is something that a letter has to say and does not.
type LetterLack struct{ Block, Says, Cite string }

// LetterTemplate is one letter in one language.
type LetterTemplate struct {
	Kind, Name, Lang, Subject string
	Own                       bool
	Says                      []LetterBlock
	Problems                  []string
}

// WrittenAnswer is an answer in words: as it is drafted, and as far as somebody has got
// with one that is not finished.
type WrittenAnswer struct {
	Outcome string // in words; empty while there is no draft
	Words   []Row  // by what they are there to say
	Letter  LetterPreview
	KeptBy  string // whoever kept one that is not finished; empty for nobody
	KeptOn  time.Time
	KeptOf  string  // the outcome of it, as an act names it
	Offers  []Offer // to write one
}

func (c *Console) letterRoutes() map[string]page {
	if c.Letters == nil {
		return nil
	}
	return map[string]page{
		"GET /letters":                       c.letters,
		"GET /letters/templates":             c.letterTemplates,
		"POST /letters/print":                c.printLetters,
		"GET /letters/{number}/{n}":          c.letter,
		"GET /letters/{number}/{n}/print":    c.printLetter,
		"POST /letters/{number}/{n}/posted":  c.postedLetter,
		"POST /letters/{number}/{n}/retry":   c.retryLetter,
		"POST /letters/{number}/{n}/dropped": c.dropLetter,
		"GET /cases/{number}/reply":          c.reply,
	}
}

// letterFirst shows the letter of an act before it is taken, and says whether it has
// answered. An act that cannot be without its letter always shows it; others do where that is
// asked for.
func (c *Console) letterFirst(w http.ResponseWriter, r *http.Request, staff Staff, s Act, d *Doing) bool {
	step := r.PostForm.Get("go")
	if !s.Letter || c.Letters == nil || !s.Only && !slices.Contains([]string{"letter", "send"}, step) {
		return false
	}
	d.Blocks = readBlocks(r.PostForm)
	if step == "send" {
		p, err := c.Letters.Letter(r.Context(), staff, r.PathValue("number"), *d)
		if errs := mistakes(err); errs != nil {
			c.showAct(w, r, staff, withOnce(d), errs)
			return true
		}
		if err == nil && len(p.Lacks) == 0 {
			d.Letter = true
			return false
		}
	}
	c.showLetter(w, r, staff, s, *d)
	return true
}

func withOnce(d *Doing) url.Values {
	typed := url.Values{"once": {d.Once}}
	for k, v := range d.Given {
		typed[k] = v
	}
	return typed
}

const block = "block-" // how the fields of a letter's blocks begin

// readBlocks is the words of a letter's blocks as they were typed; nil where none were.
func readBlocks(form url.Values) map[string]string {
	var out map[string]string
	for name, v := range form {
		if name, ok := strings.CutPrefix(name, block); ok && len(v) == 1 && len(v[0]) <= maxTyped {
			if out == nil {
				out = map[string]string{}
			}
			out[name] = strings.TrimSpace(strings.ReplaceAll(v[0], "\r\n", "\n"))
		}
	}
	return out
}

// hidden is a field that a form carries on.
type hidden struct{ Name, Value string }

// carried is what was filled in, for the next form to carry on.
func carried(given url.Values, fields []FormField) []hidden {
	var out []hidden
	for _, f := range fields {
		if f.As == "day" {
			f.Value = given.Get(f.Name)
			for i, part := range f.Date() {
				out = append(out, hidden{f.Name + []string{"-day", "-month", "-year"}[i], part})
			}
			continue
		}
		for _, v := range given[f.Name] {
			out = append(out, hidden{f.Name, v})
		}
	}
	return out
}

type letterPreviewView struct {
	caseView
	Act     Act
	Letter  LetterPreview
	Carried []hidden
}

// showLetter shows a letter before it goes.
func (c *Console) showLetter(w http.ResponseWriter, r *http.Request, staff Staff, s Act, d Doing) {
	v, ok := c.headOf(w, r)
	if !ok {
		return
	}
	p, err := c.Letters.Letter(r.Context(), staff, v.Number, d)
	if errs := mistakes(err); errs != nil {
		c.showAct(w, r, staff, withOnce(&d), errs)
		return
	}
	if err != nil {
		c.pages.Fail(w, r, err)
		return
	}
	s.Version, s.Once = d.Version, d.Once
	var errs web.Errors
	for _, l := range p.Lacks {
		field := "words-lack"
		for _, b := range p.Blocks {
			if b.Name == l.Block {
				field = block + b.Name
			}
		}
		errs.Add(field, l.Says+" "+l.Cite)
	}
	c.show(w, r, staff, "letter-preview", "/cases", web.Page{Title: "The letter: " + v.Number, Back: v.At() + "/do/" + s.ID, Errors: errs, Main: letterPreviewView{v, s, p, carried(d.Given, s.Fields)}})
}

type lettersView struct {
	Rows   []LetterRow
	Query  LetterQuery
	Filter []web.Link
	Pager  Pager
	Batch  bool // they can be printed together
}

func (c *Console) letters(w http.ResponseWriter, r *http.Request, staff Staff) {
	q := LetterQuery{Show: r.URL.Query().Get("show"), Number: strings.ToUpper(strings.TrimSpace(r.URL.Query().Get("case"))), Page: pageNumber(r)}
	if !slices.ContainsFunc(LetterShows(), func(x Choice) bool { return x.ID == q.Show }) {
		q.Show = LetterShows()[0].ID
	}
	rows, err := c.Letters.Letters(r.Context(), staff, q)
	if err != nil {
		c.pages.Fail(w, r, err)
		return
	}
	v := lettersView{Query: q}
	pages := q.Page
	if len(rows) > lettersPage {
		rows, pages = rows[:lettersPage], q.Page+1
	}
	v.Rows, v.Pager = rows, newPager(r.URL, q.Page, pages)
	for _, l := range rows {
		v.Batch = v.Batch || l.CanPost
	}
	for _, x := range LetterShows() {
		v.Filter = append(v.Filter, web.Link{Text: x.Text, Href: "/letters?show=" + x.ID, Current: q.Number == "" && q.Show == x.ID})
	}
	title := "Letters"
	if q.Number != "" {
		title += ": " + q.Number
	}
	c.show(w, r, staff, "letters", "/letters", web.Page{Title: title, Main: v})
}

type letterView struct {
	Letter   SentLetter
	Today    FormField
	Recorded string
	Why      string
}

func (c *Console) letter(w http.ResponseWriter, r *http.Request, staff Staff) {
	c.showSent(w, r, staff, nil)
}

func (c *Console) showSent(w http.ResponseWriter, r *http.Request, staff Staff, errs web.Errors) {
	l, err := c.Letters.One(r.Context(), staff, r.PathValue("number"), r.PathValue("n"))
	if err != nil {
		c.pages.Fail(w, r, err)
		return
	}
	v := letterView{Letter: l, Today: FormField{Name: "day", Label: "When did it go to the post?", As: "day", Must: true, Value: web.ISO(c.Now())}}
	if len(errs) > 0 {
		v.Today.Value, _ = readDay(r.PostForm, "day")
		v.Recorded, v.Why = r.PostForm.Get("recorded"), r.PostForm.Get("why")
	}
	c.show(w, r, staff, "letter", "/letters", web.Page{Title: "Letter " + l.LetterRow.Reference(), Back: "/letters", Errors: errs, Main: v})
}

func (c *Console) printLetter(w http.ResponseWriter, r *http.Request, staff Staff) {
	c.print(w, r, staff, []string{r.PathValue("number") + "-" + r.PathValue("n")}, r.URL.Query().Get("cover") == "yes")
}

// printLetters prints the letters that were chosen.
func (c *Console) printLetters(w http.ResponseWriter, r *http.Request, staff Staff) {
	if !c.form(w, r) {
		return
	}
	chosen := r.PostForm["letter"]
	if len(chosen) == 0 || len(chosen) > lettersPage {
		c.pages.Fail(w, r, &web.Refusal{Why: "No letter was chosen.", Mend: "Go back and choose those that you want to print."})
		return
	}
	c.print(w, r, staff, chosen, r.PostForm.Get("cover") == "yes")
}

// print shows letters as pages to print, by themselves: what is printed is the letters
// and nothing of the console.
func (c *Console) print(w http.ResponseWriter, r *http.Request, staff Staff, references []string, cover bool) {
	page, left, err := c.Letters.Print(r.Context(), staff, references, cover)
	if err == nil && len(left) > 0 {
		err = &web.Refusal{Why: "These may not go where they were to go: " + strings.Join(left, ", ") + ".", Mend: "Choose the others alone, and reach these people in the way they chose."}
	}
	if err != nil {
		c.pages.Fail(w, r, err)
		return
	}
	w.Header().Set("Content-Type", "text/html; charset=utf-8")
	w.Header().Set("Content-Security-Policy", c.Letters.PrintPolicy())
	if _, err := w.Write(page); err != nil {
		c.Log.Warn("letters to print were not taken whole", "error", err)
	}
}

// with does something with a letter; a mistake is shown on its page.
func (c *Console) with(w http.ResponseWriter, r *http.Request, staff Staff, said string, do func() error) {
	if !c.form(w, r) {
		return
	}
	err := do()
	if errs := mistakes(err); errs != nil {
		c.showSent(w, r, staff, errs)
		return
	}
	if err != nil {
		c.pages.Fail(w, r, err)
		return
	}
	c.done(w, r, "/letters/"+url.PathEscape(r.PathValue("number"))+"/"+url.PathEscape(r.PathValue("n")), said)
}

func (c *Console) postedLetter(w http.ResponseWriter, r *http.Request, staff Staff) {
	c.with(w, r, staff, "It is recorded that the letter went to the post.", func() error {
		day, ok := readDay(r.PostForm, "day")
		if !ok || day == "" {
			return &Mistake{"day", "Enter the day it went to the post, such as 23 11 2026"}
		}
		return c.Letters.Posted(r.Context(), staff, r.PathValue("number"), r.PathValue("n"), day, strings.TrimSpace(r.PostForm.Get("recorded")))
	})
}

func (c *Console) retryLetter(w http.ResponseWriter, r *http.Request, staff Staff) {
	c.with(w, r, staff, "The letter goes by e-mail again.", func() error {
		return c.Letters.Retry(r.Context(), staff, r.PathValue("number"), r.PathValue("n"))
	})
}

func (c *Console) dropLetter(w http.ResponseWriter, r *http.Request, staff Staff) {
	c.with(w, r, staff, "The letter does not go out. What it told of stands in the case all the same.", func() error {
		why := strings.TrimSpace(r.PostForm.Get("why"))
		if why == "" || len(why) > maxReason {
			return &Mistake{"why", "Say in a few words why it is not to go out"}
		}
		return c.Letters.Drop(r.Context(), staff, r.PathValue("number"), r.PathValue("n"), why)
	})
}

func (c *Console) letterTemplates(w http.ResponseWriter, r *http.Request, staff Staff) {
	all, strange, err := c.Letters.Templates(r.Context())
	if err != nil {
		c.pages.Fail(w, r, err)
		return
	}
	c.show(w, r, staff, "letter-templates", "/letters", web.Page{Title: "The words of our letters", Back: "/letters", Main: struct {
		All     []LetterTemplate
		Strange []string
	}{all, strange}})
}

// postLinks lead to the outbox and the mailbox, with what waits in each.
func (c *Console) postLinks(ctx context.Context, staff Staff) []web.Link {
	if c.Letters == nil {
		return nil
	}
	letters, mail, err := c.Letters.Waiting(ctx)
	if err != nil { // a page is shown without the counts rather than not at all
		c.Log.Error("what waits in the outbox and the mailbox cannot be counted", "error", err)
	}
	with := func(text string, n int) string {
		if n == 0 {
			return text
		}
		return text + " (" + web.Thousands(n) + ")"
	}
	all := []web.Link{{Text: with("Letters", letters), Href: "/letters"}}
	if c.Mail != nil && !staff.Limited {
		all = append(all, web.Link{Text: with("Mail", mail), Href: "/mail"})
	}
	return all
}
