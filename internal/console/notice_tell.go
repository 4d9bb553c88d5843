package console

import (
	"net/http"
	"net/url"
	"strings"

	"tenet/internal/web"
)

type tellView struct {
	NoticeTelling
	Fields []FormField
}

// tellFields are what somebody fills in to have people told.
func tellFields(w NoticeWords) []FormField {
	return []FormField{
		{Name: "what", Label: "What changes", Hint: "As somebody who gets the letter would want to read it. This is proposed from the rules that change.", As: "words", Must: true, Value: w.What, Lack: "Say what changes"},
		{Name: "why", Label: "Why it changes", As: "words", Must: true, Value: w.Why, Lack: "Say why it changes"},
		{Name: "what-cy", Label: "What changes, in Welsh", Hint: "For those who chose Welsh. Left empty, they get the English.", As: "words", Value: w.WhatWelsh},
		{Name: "why-cy", Label: "Why it changes, in Welsh", As: "words", Value: w.WhyWelsh},
	}
}

func (c *Console) tellPage(w http.ResponseWriter, r *http.Request, staff Staff) {
	c.showTell(w, r, staff, nil, nil)
}

func (c *Console) showTell(w http.ResponseWriter, r *http.Request, staff Staff, typed url.Values, errs web.Errors) {
	t, err := c.Notices.CountedTelling(r.Context(), r.PathValue("version"))
	if err != nil {
		c.pages.Fail(w, r, err)
		return
	}
	if t.Counting && typed == nil && t.Taken.IsZero() {
		w.Header().Set("Refresh", "3")
	}
	v := tellView{NoticeTelling: t, Fields: tellFields(t.Words)}
	for i := range v.Fields {
		if given, is := typed[v.Fields[i].Name]; is {
			v.Fields[i].Value = strings.Join(given, "\n")
		}
	}
	c.show(w, r, staff, "notice-tell", noticeAt, web.Page{Title: "Tell people what changes", Back: publishAt(t.Version), Errors: errs, Main: v})
}

func (c *Console) tellCount(w http.ResponseWriter, r *http.Request, staff Staff) {
	if !c.form(w, r) {
		return
	}
	version := r.PathValue("version")
	if err := c.Notices.CountTelling(r.Context(), staff, version); err != nil {
		c.pages.Fail(w, r, err)
		return
	}
	c.done(w, r, tellAt(version), "They are being counted. This page says how far it has come.")
}

func tellAt(version string) string { return noticeAt + "/tell/" + url.PathEscape(version) }

func (c *Console) tellPeople(w http.ResponseWriter, r *http.Request, staff Staff) {
	if !c.form(w, r) {
		return
	}
	given, errs := readFields(r.PostForm, tellFields(NoticeWords{}))
	if len(errs) == 0 {
		version := r.PathValue("version")
		err := c.Notices.BeginTelling(r.Context(), staff, version, NoticeWords{What: given.Get("what"), Why: given.Get("why"), WhatWelsh: given.Get("what-cy"), WhyWelsh: given.Get("why-cy")})
		if err == nil {
			c.done(w, r, publishAt(version), "The letters are being written. This page says how far they have come.")
			return
		}
		if errs = mistakes(err); len(errs) == 0 {
			c.pages.Fail(w, r, err)
			return
		}
	}
	c.showTell(w, r, staff, r.PostForm, errs)
}

func (c *Console) tellPrint(w http.ResponseWriter, r *http.Request, staff Staff) {
	if !c.form(w, r) {
		return
	}
	f, err := c.Notices.PrintTelling(r.Context(), staff, r.PathValue("version"), r.PostForm.Get("to"))
	if err != nil {
		c.pages.Fail(w, r, err)
		return
	}
	if err := web.Send(w, f); err != nil {
		c.Log.Error("a list of letters to print broke off", "error", err)
	}
}

func (c *Console) tellPosted(w http.ResponseWriter, r *http.Request, staff Staff) {
	if !c.form(w, r) {
		return
	}
	day, ok := readDay(r.PostForm, "day")
	if !ok || day == "" {
		c.showPublish(w, r, staff, web.Errors{{Field: "day-day", Text: "Enter the day on which they went to the post"}})
		return
	}
	version := r.PathValue("version")
	n, err := c.Notices.PostedTelling(r.Context(), staff, version, day)
	if errs := mistakes(err); len(errs) > 0 {
		c.showPublish(w, r, staff, errs)
		return
	}
	if err != nil {
		c.pages.Fail(w, r, err)
		return
	}
	c.done(w, r, publishAt(version), web.Count(n, "letter is", "letters are")+" recorded as posted.")
}
