package console

import (
	"context"
	"html/template"
	"net/http"
	"net/url"
	"slices"
	"strings"
	"time"

	"tenet/internal/web"
)

// Notices is the privacy notice as staff look after it: what is wrong with it, what
// another version changes, where it is put up, and who is told of it.
type Notices interface {
	// NoticeBoard is the version in force, those to come, and what is found in it.
	NoticeBoard(ctx context.Context) (NoticeBoard, error)
	// NoticeChanges holds two versions against each other; [DraftVersion] is the notice in
	// the workspace's folder.
	NoticeChanges(ctx context.Context, before, after string) (NoticeChanges, error)
	// AdoptNotice keeps the draft as the version that is in force from its day on.
	AdoptNotice(ctx context.Context, by Staff, d NoticeDecision) (version string, err error)
	// WithdrawNotice takes a version back before its day.
	WithdrawNotice(ctx context.Context, by Staff, version, why string) error
	// NoticePublication is how far a version has been published, and people told of it.
	NoticePublication(ctx context.Context, version string) (NoticePublication, error)
	// ConfirmNotice records that a version is put up at a place, or that people of a kind
	// were told of it.
	ConfirmNotice(ctx context.Context, by Staff, version string, people bool, id, proof string) error
	// CountedTelling is whom a telling would reach, as it was counted last, and what it might
	// say.
	CountedTelling(ctx context.Context, version string) (NoticeTelling, error)
	// CountTelling has it counted whom a telling would reach, in the background.
	CountTelling(ctx context.Context, by Staff, version string) error
	// BeginTelling has everybody written to, in the background.
	BeginTelling(ctx context.Context, by Staff, version string, words NoticeWords) error
	// PrintTelling is the list of letters to print. to is the firm that prints them, empty for
	// ourselves.
	PrintTelling(ctx context.Context, by Staff, version, to string) (web.File, error)
	// PostedTelling records that the letters of the list were posted on a day.
	PostedTelling(ctx context.Context, by Staff, version, day string) (int, error)
}

// DraftVersion is how the notice in the workspace's folder is asked for.
const DraftVersion = "folder"

// NoticeBoard is the notice as it stands.
type NoticeBoard struct {
	Versions []NoticeEdition // the one that comes into force last first
	Draft    *NoticeEdition  // in the folder, where it is another version
	Now      string          // the version that is in force
	Groups   []NoticeGroup
	Waived   []NoticeWaived
	Coming   []NoticeComing // versions to come, and the draft
	Coverage []NoticeCover
	Ease     NoticeEase
}

// NoticeEdition is a version.
type NoticeEdition struct {
	Version     string
	From        string // in words
	State       string // "in force", "to come", "past", "withdrawn"
	Adopted     bool
	Significant bool
	By, Reason  string
	Despite     []string // rules of the linter that were overruled
	Withdrawn   *NoticeDone
}

// ToCome says whether it may still be taken back.
func (e NoticeEdition) ToCome() bool { return e.State == "to come" && e.Adopted }

// NoticeDecision is what somebody decides of a new version.
type NoticeDecision struct {
	Significant bool
	Why         string
	People      []string // the kinds whom it concerns; empty is those whom its changes touch
	Despite     []string // the rules of the linter that are overruled
}

// NoticeComing is what is found in a version whose day has not come.
type NoticeComing struct {
	Version, Title string
	Groups         []NoticeGroup
	Waived         int
}

// NoticeGroup is the findings of one severity.
type NoticeGroup struct {
	Severity, Title string
	Found           []NoticeFinding
}

// NoticeFinding is something that is wrong with the notice.
type NoticeFinding struct{ Rule, At, Why, Source, Sure, Mend string }

// NoticeWaived is a finding that may stand for a time.
type NoticeWaived struct {
	NoticeFinding
	Owner, Until, Reason string
}

// NoticeCover is how much of the notice is held to what is done.
type NoticeCover struct {
	Title string
	N     int
	Says  string
	Which []string
}

// NoticeEase is how easily the notice is read.
type NoticeEase struct {
	Score, Sentences, Words, Longest int
	Plain                            bool
}

// NoticeChanges is two versions beside each other.
type NoticeChanges struct {
	Before, After NoticeEdition
	Sentences     []NoticeSentence // that differ
	Same          int              // sentences that do not
	Rules         []NoticeRule
	Replay        []string // what it would have changed, in sentences, of all rules
	Span          string   // of the replay, in words
	Proposed      bool     // as significant
	Reasons       []string
	Ours          bool // After is the draft, so that it can be adopted
	// People are the kinds of people whom it may concern, and Errors the rules of the linter
	// that find errors in it; both for the draft alone.
	People []Choice
	Errors []NoticeErrors
}

// NoticeErrors are the errors that one rule of the linter finds.
type NoticeErrors struct {
	Rule  string
	Found []NoticeFinding
}

// NoticeSentence is a sentence that was, and the one that is.
type NoticeSentence struct{ ID, Old, New string }

// NoticeRule is a rule that differs.
type NoticeRule struct {
	Thing, ID, Title string
	Kind             string // "narrows"
	Means            string // for people
	Old, New, Field  string
	At               string
	Significant      bool
	Why              string
	Replay           []string
}

// NoticePublication is how far a version has been published.
type NoticePublication struct {
	NoticeEdition
	Before string // the version that it follows; empty where it is the first
	Whole  bool
	Places []NoticePlace
	People []NoticePeople
	Told   []NoticeTold
	Busy   bool   // letters are being written, or are on their way
	Failed string // why they could not be
	// Printers are the firms that the notice says may be given letters to print.
	Printers []Choice
}

// NoticePlace is a place of display.
type NoticePlace struct {
	ID, Title, At string
	Done          *NoticeDone
}

// NoticePeople are people of a kind who are to be told.
type NoticePeople struct {
	ID, Title string
	Why       []string
	Done      *NoticeDone
}

// NoticeDone is who said that something was done, and what shows it.
type NoticeDone struct {
	At        time.Time
	By, Proof string
}

// NoticeTold is how far the letters of one company have come.
type NoticeTold struct {
	Name, Case                                     string
	Queued, Sent, Print, Posted, Dropped, Failures int
}

// NoticeTelling is whom a telling would reach.
type NoticeTelling struct {
	NoticeEdition
	Taken    time.Time // when it was counted; zero where it never was
	Old      string    // how old that is: "3 hours ago"
	Counting bool      // it is being counted, or waits for it
	Since    time.Time // when that began; zero where it has not
	Read     int       // records looked at so far
	Failed   string    // why it could not be counted
	Counts   []NoticeCount
	Kinds    []NoticeKind
	Gaps     []string
	Words    NoticeWords // what it might say
}

// NoticeKind is a kind of people, and the tables that hold them.
type NoticeKind struct{ Title, Tables string }

// NoticeCount is how many people of one company would be told.
type NoticeCount struct {
	Name                                           string
	People, Email, Post, Home, Before, Twice, None int
	Left                                           []Count
}

// NoticeWords are what people are told, in English and Welsh.
type NoticeWords struct{ What, Why, WhatWelsh, WhyWelsh string }

// Printable says whether any of the letters wait to be printed.
func (p NoticePublication) Printable() bool {
	for _, t := range p.Told {
		if t.Print > 0 {
			return true
		}
	}
	return false
}

// PostedField is where the day goes on which they were posted.
func (NoticePublication) PostedField() FormField {
	return FormField{Name: "day", Label: "When did they go to the post?", As: "day"}
}

// confirmFor is the form by which somebody confirms a thing that was done.
type confirmFor struct{ Version, What, ID, Title, Label, Wrong string }

func noticeFuncs() template.FuncMap {
	return template.FuncMap{"confirmFor": func(version, what, id, title, label, wrong string) confirmFor {
		return confirmFor{version, what, id, title, label, wrong}
	}}
}

const noticeAt = "/notice"

func (c *Console) noticeRoutes() map[string]page {
	if c.Notices == nil {
		return nil
	}
	return map[string]page{
		"GET /notice":                            c.noticeBoard,
		"GET /notice/compare":                    c.noticeCompare,
		"POST /notice/adopt":                     c.adoptNotice,
		"POST /notice/withdraw/{version}":        c.withdrawNotice,
		"GET /notice/publish/{version}":          c.noticePublish,
		"POST /notice/publish/{version}/confirm": c.confirmNotice,
		"GET /notice/tell/{version}":             c.tellPage,
		"POST /notice/tell/{version}/count":      c.tellCount,
		"POST /notice/tell/{version}":            c.tellPeople,
		"POST /notice/tell/{version}/print":      c.tellPrint,
		"POST /notice/tell/{version}/posted":     c.tellPosted,
	}
}

func publishAt(version string) string { return noticeAt + "/publish/" + url.PathEscape(version) }

func (c *Console) noticeBoard(w http.ResponseWriter, r *http.Request, staff Staff) {
	b, err := c.Notices.NoticeBoard(r.Context())
	if err != nil {
		c.pages.Fail(w, r, err)
		return
	}
	c.show(w, r, staff, "notice", noticeAt, web.Page{Title: "Privacy notice", Main: b})
}

type compareView struct {
	NoticeChanges
	Errs             web.Errors
	Why, Significant string // as they were typed
	Named, Despite   []string
}

// Has says whether something was ticked.
func (compareView) Has(all []string, one string) bool { return slices.Contains(all, one) }

func (c *Console) noticeCompare(w http.ResponseWriter, r *http.Request, staff Staff) {
	q := r.URL.Query()
	c.showCompare(w, r, staff, q.Get("old"), q.Get("new"), compareView{})
}

func (c *Console) showCompare(w http.ResponseWriter, r *http.Request, staff Staff, before, after string, v compareView) {
	var err error
	if v.NoticeChanges, err = c.Notices.NoticeChanges(r.Context(), before, after); err != nil {
		c.pages.Fail(w, r, err)
		return
	}
	c.show(w, r, staff, "notice-compare", noticeAt, web.Page{Title: "What another version changes", Back: noticeAt, Errors: v.Errs, Main: v})
}

func (c *Console) adoptNotice(w http.ResponseWriter, r *http.Request, staff Staff) {
	if !c.form(w, r) {
		return
	}
	v := compareView{Why: strings.TrimSpace(r.PostForm.Get("why")), Significant: r.PostForm.Get("significant"), Named: r.PostForm["people"], Despite: r.PostForm["despite"]}
	if v.Significant != "yes" && v.Significant != "no" {
		v.Errs.Add("significant", "Choose whether people are told of it")
	}
	if len(strings.Fields(v.Why)) < 2 || len(v.Why) > maxReason {
		v.Errs.Add("why", "Say in a sentence or two why, or why not")
	}
	if len(v.Errs) == 0 {
		d := NoticeDecision{Significant: v.Significant == "yes", Why: v.Why, Despite: v.Despite}
		if d.Significant {
			d.People = v.Named
		}
		version, err := c.Notices.AdoptNotice(r.Context(), staff, d)
		if err == nil {
			c.done(w, r, publishAt(version), "The version is kept, and is in force from its day on.")
			return
		}
		if v.Errs = mistakes(err); len(v.Errs) == 0 {
			c.pages.Fail(w, r, err)
			return
		}
	}
	c.showCompare(w, r, staff, r.PostForm.Get("old"), DraftVersion, v)
}

// withdrawNotice takes a version back before its day.
func (c *Console) withdrawNotice(w http.ResponseWriter, r *http.Request, staff Staff) {
	if !c.form(w, r) {
		return
	}
	why := strings.TrimSpace(r.PostForm.Get("why"))
	if len(strings.Fields(why)) < 2 || len(why) > maxReason {
		c.showPublish(w, r, staff, web.Errors{{Field: "why", Text: "Say in a sentence why it is not to come into force"}})
		return
	}
	if err := c.Notices.WithdrawNotice(r.Context(), staff, r.PathValue("version"), why); err != nil {
		if errs := mistakes(err); len(errs) > 0 {
			c.showPublish(w, r, staff, errs)
			return
		}
		c.pages.Fail(w, r, err)
		return
	}
	c.done(w, r, noticeAt, "The version is withdrawn, and will not come into force.")
}

func (c *Console) noticePublish(w http.ResponseWriter, r *http.Request, staff Staff) {
	c.showPublish(w, r, staff, nil)
}

func (c *Console) showPublish(w http.ResponseWriter, r *http.Request, staff Staff, errs web.Errors) {
	p, err := c.Notices.NoticePublication(r.Context(), r.PathValue("version"))
	if err != nil {
		c.pages.Fail(w, r, err)
		return
	}
	c.show(w, r, staff, "notice-publish", noticeAt, web.Page{Title: "Where version " + short(p.Version) + " is", Back: noticeAt, Errors: errs, Main: p})
}

func (c *Console) confirmNotice(w http.ResponseWriter, r *http.Request, staff Staff) {
	if !c.form(w, r) {
		return
	}
	version, id, proof := r.PathValue("version"), r.PostForm.Get("id"), strings.TrimSpace(r.PostForm.Get("proof"))
	if proof == "" || len(proof) > maxReason {
		c.showPublish(w, r, staff, web.Errors{{Field: "proof-" + id, Text: "Say in a few words what was seen, and where"}})
		return
	}
	if err := c.Notices.ConfirmNotice(r.Context(), staff, version, r.PostForm.Get("what") == "people", id, proof); err != nil {
		c.pages.Fail(w, r, err)
		return
	}
	c.done(w, r, publishAt(version), "It is recorded, with your name.")
}
