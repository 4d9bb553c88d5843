package console

import (
	"net/http"
	"net/url"
	"slices"
	"strconv"
	"strings"

	"tenet/internal/web"
)

type foundView struct {
	caseView
	Found  Found
	Query  FoundQuery
	Back   string // the query, to come back to after a decision
	Filter []web.Link
	Where  []web.Link
	Pager  Pager
	Failed Decision // what was typed in a decision that could not be taken
}

func (c *Console) found(w http.ResponseWriter, r *http.Request, staff Staff) {
	c.showFound(w, r, staff, r.URL.Query(), Decision{}, nil)
}

func (c *Console) showFound(w http.ResponseWriter, r *http.Request, staff Staff, values url.Values, failed Decision, errs web.Errors) {
	v, ok := c.caseOf(w, r)
	if !ok {
		return
	}
	page, _ := strconv.Atoi(values.Get("page"))
	q := FoundQuery{
		Whose: values.Get("whose"), Source: values.Get("source"), Table: values.Get("table"),
		Review: values.Get("review") == "yes", Page: max(page, 1),
	}
	found, err := c.Desk.Found(r.Context(), v.Number, q)
	if err != nil {
		c.pages.Fail(w, r, err)
		return
	}
	at := &url.URL{Path: v.At() + "/found", RawQuery: values.Encode()}
	for i := range v.Tabs {
		v.Tabs[i].Current = strings.HasSuffix(v.Tabs[i].Href, "/found")
	}
	fv := foundView{caseView: v, Found: found, Query: q, Back: values.Encode(), Pager: newPager(at, q.Page, found.Pages), Failed: failed}

	// One row of links chooses whose, the other which source; each keeps the other's choice.
	link := func(text, key, value string, current bool) web.Link {
		to := url.Values{}
		for _, keep := range []string{"whose", "source", "table", "review"} {
			if values.Get(keep) != "" {
				to.Set(keep, values.Get(keep))
			}
		}
		switch key {
		case "whose", "review":
			to.Del("whose")
			to.Del("review")
		case "source":
			to.Del("table")
			to.Del("source")
		}
		if value != "" {
			to.Set(key, value)
		}
		href := at.EscapedPath()
		if len(to) > 0 {
			href += "?" + to.Encode()
		}
		return web.Link{Text: text, Href: href, Current: current}
	}
	fv.Filter = append(fv.Filter, link("All", "whose", "", q.Whose == "" && !q.Review))
	if v.Review > 0 {
		fv.Filter = append(fv.Filter, link("Waiting for a decision ("+web.Thousands(v.Review)+")", "review", "yes", q.Review))
	}
	for _, n := range v.Whose {
		fv.Filter = append(fv.Filter, link(whoseWords(n.Whose)+" ("+web.Thousands(n.Records)+")", "whose", n.Whose, q.Whose == n.Whose))
	}
	fv.Where = append(fv.Where, link("Every source", "source", "", q.Source == ""))
	for _, s := range found.Sources {
		fv.Where = append(fv.Where, link(s, "source", s, q.Source == s))
	}
	c.show(w, r, staff, "found", "/cases", web.Page{Title: v.Number + ": what was found", Errors: errs, Main: fv})
}

const maxReason = 1000 // bytes

func (c *Console) decide(w http.ResponseWriter, r *http.Request, staff Staff) {
	if !c.form(w, r) {
		return
	}
	d := Decision{
		Record:  r.PostForm.Get("record"),
		Release: r.PostForm.Get("decision") == "release",
		Reason:  strings.TrimSpace(r.PostForm.Get("reason")),
	}
	back, err := url.ParseQuery(r.PostForm.Get("back"))
	if err != nil {
		back = url.Values{}
	}
	var errs web.Errors
	if !slices.Contains([]string{"release", "withhold"}, r.PostForm.Get("decision")) {
		errs.Add("record-"+d.Record, "Choose whether the record goes out or is withheld")
	}
	switch {
	case d.Reason == "":
		errs.Add("record-"+d.Record, "Say why, in a sentence: the reason is kept with the decision")
	case len(d.Reason) > maxReason:
		errs.Add("record-"+d.Record, "Say why in fewer words")
	}
	if len(errs) > 0 {
		c.showFound(w, r, staff, back, d, errs)
		return
	}
	number := r.PathValue("number")
	if err := c.Desk.Decide(r.Context(), staff, number, d); err != nil {
		c.pages.Fail(w, r, err)
		return
	}
	said := "The record is withheld."
	if d.Release {
		said = "The record goes out with the answer."
	}
	to := "/cases/" + url.PathEscape(number) + "/found"
	if len(back) > 0 {
		to += "?" + back.Encode()
	}
	c.done(w, r, to, said)
}

// Ways are how identity may be shown, as the form offers them.
func Ways() []string {
	return []string{
		"Called back on the number we already hold, and answered questions only they would know",
		"Photo identity seen in person",
		"Photo identity seen on a video call",
		"Signed in to their account with us",
		"Signed authority from the person, and their representative's own identity",
		"Another way",
	}
}

type identityView struct {
	caseView
	Ways []string
	How  string
	Note string
}

func (c *Console) identityPage(w http.ResponseWriter, r *http.Request, staff Staff) {
	v, ok := c.headOf(w, r)
	if !ok {
		return
	}
	c.show(w, r, staff, "identity", "/cases", web.Page{
		Title: "Record identity: " + v.Number, Back: v.At(), Main: identityView{caseView: v, Ways: Ways()},
	})
}

func (c *Console) identity(w http.ResponseWriter, r *http.Request, staff Staff) {
	if !c.form(w, r) {
		return
	}
	v, ok := c.headOf(w, r)
	if !ok {
		return
	}
	id := Identity{How: r.PostForm.Get("how"), Note: strings.TrimSpace(r.PostForm.Get("note")), By: staff.Name, On: c.Now()}
	ways := Ways()
	var errs web.Errors
	switch {
	case !slices.Contains(ways, id.How):
		errs.Add("how", "Choose how you know who they are")
	case id.How == ways[len(ways)-1] && id.Note == "":
		errs.Add("note", "Say in what other way")
	}
	if len(id.Note) > maxReason {
		errs.Add("note", "Say what you saw in fewer words")
	}
	if len(errs) > 0 {
		c.show(w, r, staff, "identity", "/cases", web.Page{
			Title: "Record identity: " + v.Number, Back: v.At(), Errors: errs,
			Main: identityView{caseView: v, Ways: ways, How: id.How, Note: id.Note},
		})
		return
	}
	if err := c.Desk.RecordIdentity(r.Context(), staff, v.Number, id); err != nil {
		c.pages.Fail(w, r, err)
		return
	}
	c.done(w, r, v.At(), "Identity is recorded.")
}

// ready says why a draft cannot be approved, in the order a person would mend it.
func (v caseView) ready() *web.Refusal {
	switch {
	case v.Draft == nil:
		return &web.Refusal{Why: "There is no draft to approve.", Mend: "Wait until the search has finished and the draft is sealed."}
	case v.Draft.Approved != nil:
		return &web.Refusal{Why: "This draft was approved by " + v.Draft.Approved.By + " on " + web.Date(v.Draft.Approved.On) + ".", Mend: "Nothing more is needed: download it from the case."}
	case v.Identity == nil && !v.Anybody:
		return &web.Refusal{Why: "Nobody has recorded that the person is who they say they are.", Mend: "Record identity first: a draft goes to nobody until then."}
	case v.Draft.Blocked != "":
		return &web.Refusal{Why: v.Draft.Blocked, Mend: "See to that first."}
	}
	return nil
}

// CanApprove says whether the approval page would offer its button.
func (v caseView) CanApprove() bool { return v.ready() == nil }

type approveView struct {
	caseView
	Words *WrittenAnswer // nil where the answer is records
}

func (c *Console) approvePage(w http.ResponseWriter, r *http.Request, staff Staff) {
	v, ok := c.caseOf(w, r)
	if !ok {
		return
	}
	if no := v.ready(); no != nil {
		c.refuse(w, r, v, no)
		return
	}
	view := approveView{caseView: v}
	if v.InWords && c.Letters != nil {
		a, err := c.Letters.Answer(r.Context(), staff, v.Number)
		if err != nil {
			c.pages.Fail(w, r, err)
			return
		}
		view.Words = &a
	}
	c.show(w, r, staff, "approve", "/cases", web.Page{Title: "Approve and release: " + v.Number, Back: v.At(), Main: view})
}

func (c *Console) approve(w http.ResponseWriter, r *http.Request, staff Staff) {
	if !c.form(w, r) {
		return
	}
	v, ok := c.caseOf(w, r)
	if !ok {
		return
	}
	if no := v.ready(); no != nil {
		c.refuse(w, r, v, no)
		return
	}
	// The draft that was looked at, not whichever is there by now.
	if r.PostForm.Get("fingerprint") != v.Draft.Fingerprint {
		c.refuse(w, r, v, &web.Refusal{
			Why:  "The draft was made again after you opened this page, so it is not the one you looked at.",
			Mend: "Look through the new draft, then approve that one.",
		})
		return
	}
	if err := c.Desk.Approve(r.Context(), staff, v.Number, v.Draft.Fingerprint); err != nil {
		c.pages.Fail(w, r, err)
		return
	}
	c.done(w, r, v.At(), "The answer is approved and released.")
}

func (c *Console) refuse(w http.ResponseWriter, r *http.Request, v caseView, no *web.Refusal) {
	p, _ := web.ProblemOf(no)
	p.Links = []web.Link{{Text: "Back to the case", Href: v.At()}}
	if v.Draft != nil && v.Draft.Approved == nil && v.Identity == nil && !v.Anybody {
		p.Links = append([]web.Link{{Text: "Record identity", Href: v.At() + "/identity"}}, p.Links...)
	}
	c.pages.Problem(w, r, p)
}

func (c *Console) download(w http.ResponseWriter, r *http.Request, staff Staff) {
	d, err := c.Desk.Download(r.Context(), staff, r.PathValue("number"))
	if err != nil {
		c.pages.Fail(w, r, err)
		return
	}
	if err := web.Send(w, d); err != nil {
		c.Log.Error("a download broke off", "case", r.PathValue("number"), "error", err)
	}
}
