package console

import (
	"encoding/json"
	"errors"
	"io"
	"mime"
	"net/http"
	"net/url"
	"slices"
	"strconv"
	"strings"

	"tenet/internal/web"
)

const (
	maxMarks = 200 // in one step
	maxWords = 500 // bytes
)

// partHeader on a request asks for the element "work" alone, in the place of a
// page; on the answer it says that this is one.
const partHeader = "Tenet-Part"

// sent is what a script sends to marks.
type sent struct {
	Revision int    `json:"revision"`
	Marks    []Mark `json:"marks"`
}

// marks takes marks as one step: JSON from a script, with the document it has in
// hand in the query, or the form of one mark. A script is answered with the
// element "work" as it is now, whether the marks were taken (200) or not (409).
func (c *Console) marks(w http.ResponseWriter, r *http.Request, staff Staff) {
	if kind, _, _ := mime.ParseMediaType(r.Header.Get("Content-Type")); kind == "application/json" {
		s, err := readMarks(r.Body)
		if err != nil {
			c.pages.Fail(w, r, err)
			return
		}
		r.Header.Set(partHeader, "1")
		c.take(w, r, staff, s, r.URL.Query())
		return
	}
	if !c.form(w, r) {
		return
	}
	c.take(w, r, staff, sent{revision(r.PostForm), []Mark{formMark(r.PostForm)}}, r.PostForm)
}

// readMarks reads what a script sent; the guard bounds how much.
func readMarks(body io.Reader) (sent, error) {
	var s sent
	d := json.NewDecoder(body)
	d.DisallowUnknownFields()
	err := d.Decode(&s)
	if err == nil {
		if _, more := d.Token(); more != io.EOF {
			err = errors.New("more than one value")
		}
	}
	if err != nil {
		if _, known := web.ProblemOf(err); known {
			return sent{}, err
		}
		return sent{}, &web.Refusal{Why: "What the page sent could not be read.", Mend: "Open the page again."}
	}
	return s, nil
}

// revision is the step that a form was made on. A form without one was made on
// none, and is refused as late.
func revision(form url.Values) int {
	n, err := strconv.Atoi(form.Get("revision"))
	if err != nil {
		return -1
	}
	return n
}

// formMark is the mark that a form makes. A button says what to do in "action"
// or, in a list, what to do with which in "do".
func formMark(form url.Values) Mark {
	m := Mark{
		Kind: form.Get("kind"), Sheet: form.Get("sheet"), Span: form.Get("span"), Group: form.Get("group"), Except: form["except"],
		Words: strings.TrimSpace(form.Get("words")), Everywhere: form.Get("everywhere") == "yes",
		Action: form.Get("action"), Exemption: form.Get("exemption"), Reason: strings.TrimSpace(form.Get("reason")), Flag: form.Get("flag"), Thread: form.Get("thread") == "yes",
	}
	if action, id, ok := strings.Cut(form.Get("do"), " "); ok {
		m.Action = action
		if m.Kind == "group" {
			m.Group = id
		} else {
			m.Span = id
		}
	}
	if m.Kind == "span" && form.Get("all") == "yes" {
		m.Kind, m.Span = "group", ""
	}
	if m.Kind == "region" {
		m.Region = formBox(form)
	}
	switch m.Kind { // what a form sends along and its kind does not count
	case "span":
		m.Group = ""
	case "group":
		m.Sheet = ""
	}
	return m
}

// checkMarks says what no workbench need be asked.
func checkMarks(marks []Mark) error {
	if len(marks) == 0 || len(marks) > maxMarks {
		return &web.Refusal{Why: "That is " + web.Count(len(marks), "mark", "marks") + " at once, and a step has from 1 to 200.", Mend: "Do it in smaller steps."}
	}
	for _, m := range marks {
		if err := checkMark(m); err != nil {
			return err
		}
	}
	return nil
}

func checkMark(m Mark) error {
	unread := &web.Refusal{Why: "What was sent names no place, or nothing to do with it.", Mend: "Open the page again and choose there."}
	if len(m.Reason) > maxReason || len(m.Words) > maxWords {
		return &web.Refusal{Why: "That is too long to keep.", Mend: "Use fewer words."}
	}
	decided := m.Action == "withhold" || m.Action == "reveal"
	ok := false
	switch m.Kind {
	case "span":
		ok = decided && m.Sheet != "" && m.Span != ""
	case "group":
		ok = decided && m.Group != ""
	case "add":
		if m.Words == "" && m.Piece == "" {
			return &web.Refusal{Why: "There are no words to mark.", Mend: "Write the words as they stand in the document."}
		}
		ok = m.Sheet != "" && (m.Words != "" || 0 <= m.Start && m.Start < m.End)
	case "region":
		if err := m.Region.check(); err != nil {
			return err
		}
		ok = m.Sheet != ""
	case "drop":
		ok = m.Sheet != "" && m.Span != ""
	case "flag":
		known := []string{"", FlagWithhold, FlagDuplicate, FlagNotTheirs, FlagPrivileged, FlagRelease}
		if m.Thread && m.Flag == FlagRelease {
			return &web.Refusal{Why: "A conversation is not let out as a whole: nobody has read all of it.", Mend: "Release its documents one by one."}
		}
		ok = m.Sheet != "" && slices.Contains(known, m.Flag)
	case "seen":
		ok = m.Sheet != ""
	case "rest":
		ok = true
	}
	if !ok {
		return unread
	}
	return nil
}

// take has marks taken, and answers with where they were made.
func (c *Console) take(w http.ResponseWriter, r *http.Request, staff Staff, s sent, at url.Values) {
	var p Progress
	err := checkMarks(s.Marks)
	if err == nil {
		p, err = c.Workbench.Mark(r.Context(), staff, r.PathValue("number"), s.Revision, s.Marks)
	}
	var tried Mark
	if len(s.Marks) > 0 {
		tried = s.Marks[0]
	}
	c.answer(w, r, staff, at, tried, said(s.Marks)+" "+stillWaiting(p), err)
}

// answer shows what an act has changed: the element "work" to a script, and
// otherwise the page that the form was on. An act that was refused is shown in
// its own words beside what is so now.
func (c *Console) answer(w http.ResponseWriter, r *http.Request, staff Staff, at url.Values, tried Mark, done string, err error) {
	var problem *web.Refusal
	if err != nil && !errors.As(err, &problem) {
		c.pages.Fail(w, r, err)
		return
	}
	back, _ := url.ParseQuery(at.Get("back")) // of the groups; what cannot be read is dropped
	switch id := at.Get("sheet"); {
	case id != "" && (problem != nil || r.Header.Get(partHeader) != ""):
		q := sheetQueryOf(id, at)
		if problem != nil && tried.Span != "" {
			q.span = tried.Span // to be decided again
		}
		v, err := c.sheetView(r, q)
		if err != nil {
			c.pages.Fail(w, r, err)
			return
		}
		if v.Problem, v.Tried, v.Said = problem, tried, done; problem != nil {
			v.Said = problem.Error()
			if v.Page != nil && tried.Region != nil {
				v.Page.Tried = *tried.Region
			}
		}
		if r.Header.Get(partHeader) == "" {
			c.showSheet(w, r, staff, http.StatusConflict, v)
			return
		}
		w.Header().Set(partHeader, "1")
		c.pages.ShowPart(w, statusOf(problem), "workbench-sheet", "work", v)
	case id != "":
		q := url.Values{}
		for _, key := range []string{"part", "span", "page"} {
			if at.Get(key) != "" {
				q.Set(key, at.Get(key))
			}
		}
		to := "#decide"
		switch {
		case tried.Kind == "region" || at.Get("of") == "pages":
			q.Del("span")
			to = "#pages"
		case at.Get("next") != "":
			q.Set("span", at.Get("next"))
		case at.Get("do") != "":
			q.Set("span", tried.Span)
			to = "#row-" + url.PathEscape(tried.Span)
		}
		c.done(w, r, sheetAt(benchAt(r), id)+"?"+q.Encode()+to, done)
	case tried.Kind == "rest" && problem != nil:
		c.showOutline(w, r, staff, url.Values{}, tried, problem)
	case tried.Kind == "rest":
		c.done(w, r, benchAt(r), done)
	case problem != nil:
		c.showGroups(w, r, staff, back, tried, problem)
	default:
		c.done(w, r, benchAt(r)+"/groups?"+back.Encode(), done)
	}
}

// said is what a step did, in words.
func said(marks []Mark) string {
	if len(marks) != 1 {
		return web.Count(len(marks), "mark", "marks") + " saved."
	}
	m := marks[0]
	action := map[string]string{"withhold": "Withheld", "reveal": "Goes out"}[m.Action]
	switch {
	case m.Kind == "group":
		return action + ", wherever it stands."
	case m.Kind == "add" && m.Everywhere:
		return "Marked, in every document."
	case m.Kind == "add":
		return "Marked."
	case m.Kind == "region" && m.Region.Whole():
		return "The whole page is covered."
	case m.Kind == "region":
		return "The region is covered."
	case m.Kind == "drop":
		return "The mark is gone."
	case m.Kind == "flag" && m.Thread:
		return "The whole conversation: " + flagWords(m.Flag) + "."
	case m.Kind == "flag":
		return "The document: " + flagWords(m.Flag) + "."
	case m.Kind == "seen":
		return "Your place is kept."
	case m.Kind == "rest":
		return "All that nobody had decided is withheld."
	}
	return action + "."
}

func stillWaiting(p Progress) string {
	if p.Waiting == 0 {
		return "Nothing waits in this case."
	}
	return web.Count(p.Waiting, "mark waits", "marks wait") + " in this case."
}

// undo takes back every step after the one given, or where none is given the
// newest that stands, if it is one's own.
func (c *Console) undo(w http.ResponseWriter, r *http.Request, staff Staff) {
	if !c.form(w, r) {
		return
	}
	number := r.PathValue("number")
	step, what := 0, ""
	var err error
	if given := r.PostForm.Get("step"); given != "" {
		if step, err = strconv.Atoi(given); err != nil || step < 0 {
			err = &web.Refusal{Why: "There is no such step.", Mend: "Choose one from the list."}
		}
		what = "Back to step " + strconv.Itoa(step) + "."
	} else {
		var last Step
		last, err = c.lastStep(r, staff)
		step, what = last.Number-1, "Taken back: "+last.What+"."
	}
	var p Progress
	if err == nil {
		p, err = c.Workbench.Undo(r.Context(), staff, number, revision(r.PostForm), step)
	}
	if r.PostForm.Get("sheet") != "" {
		c.answer(w, r, staff, r.PostForm, Mark{}, what+" "+stillWaiting(p), err)
		return
	}
	var problem *web.Refusal
	switch {
	case err == nil:
		c.done(w, r, benchAt(r)+"/steps", what+" "+stillWaiting(p))
	case errors.As(err, &problem):
		c.showSteps(w, r, staff, -1, problem)
	default:
		c.pages.Fail(w, r, err)
	}
}

// lastStep is the newest step that stands. A single key must not take back what
// somebody else did.
func (c *Console) lastStep(r *http.Request, staff Staff) (Step, error) {
	for page := 1; ; page++ {
		steps, err := c.Workbench.Steps(r.Context(), r.PathValue("number"), page)
		if err != nil {
			return Step{}, err
		}
		for _, s := range steps.Steps {
			switch {
			case s.Undone, s.Back:
			case s.By != staff.Name:
				return Step{}, &web.Refusal{
					Why:  "The last step is " + s.By + "'s: " + s.What + ".",
					Mend: "If it must go, take it back on the page of steps, where it says what goes with it.",
				}
			default:
				return s, nil
			}
		}
		if page >= steps.Pages {
			return Step{}, &web.Refusal{Why: "There is no step to take back.", Mend: "Nothing more is needed."}
		}
	}
}

func (c *Console) agree(w http.ResponseWriter, r *http.Request, staff Staff) {
	if !c.form(w, r) {
		return
	}
	words := strings.TrimSpace(r.PostForm.Get("words"))
	var err error
	switch {
	case words == "":
		err = &web.Refusal{Why: "Say what you looked at and what you think of it.", Mend: "A sentence is enough: it is kept with your name."}
	case len(words) > maxReason:
		err = &web.Refusal{Why: "That is too long to keep.", Mend: "Use fewer words."}
	default:
		_, err = c.Workbench.Agree(r.Context(), staff, r.PathValue("number"), revision(r.PostForm), words)
	}
	var problem *web.Refusal
	switch {
	case err == nil:
		c.done(w, r, benchAt(r)+"/second", "Your second review is recorded.")
	case errors.As(err, &problem):
		c.showSecond(w, r, staff, words, problem)
	default:
		c.pages.Fail(w, r, err)
	}
}

func (c *Console) learn(w http.ResponseWriter, r *http.Request, staff Staff) {
	if !c.form(w, r) {
		return
	}
	keep := r.PostForm.Get("keep")
	l := Lesson{
		Keep: keep == "keep", Words: strings.TrimSpace(r.PostForm.Get("words")), Reason: strings.TrimSpace(r.PostForm.Get("reason")),
		By: staff.Name, On: c.Now(), Number: r.PostForm.Get("case"), Set: r.PostForm.Get("set"),
	}
	sets, err := c.Workbench.LessonSets(r.Context())
	if err != nil {
		c.pages.Fail(w, r, err)
		return
	}
	var errs web.Errors
	if len(sets) > 0 && l.Number == "" && !slices.ContainsFunc(sets, func(x Choice) bool { return x.ID == l.Set }) {
		errs.Add("set", "Choose whose answers it is for")
	}
	if l.Words == "" || len(l.Words) > maxWords {
		errs.Add("words", "Enter the words as they are written, in up to 500 letters")
	}
	if keep != "keep" && keep != "withhold" {
		errs.Add("keep", "Choose whether the words stay or are proposed to be withheld")
	}
	if l.Reason == "" || len(l.Reason) > maxReason {
		errs.Add("reason", "Say why, in a sentence: the reason is shown beside the rule")
	}
	if len(errs) == 0 {
		err := c.Workbench.Learn(r.Context(), staff, l)
		var problem *web.Refusal
		switch {
		case err == nil:
			c.done(w, r, "/lessons", "The rule is added, for drafts made from now on.")
			return
		case errors.As(err, &problem):
			errs.Add("words", problem.Error())
		default:
			c.pages.Fail(w, r, err)
			return
		}
	}
	c.showLessons(w, r, staff, lessonsView{Tried: l, Keep: keep}, errs)
}

func (c *Console) unlearn(w http.ResponseWriter, r *http.Request, staff Staff) {
	if err := c.Workbench.Unlearn(r.Context(), staff, r.PathValue("id")); err != nil {
		c.pages.Fail(w, r, err)
		return
	}
	c.done(w, r, "/lessons", "The rule is removed. Drafts made from now on do not have it.")
}
