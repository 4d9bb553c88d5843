package console

import (
	"context"
	"errors"
	"net/http"
	"slices"
	"strings"
	"time"

	"tenet/internal/web"
)

// Gate decides what a member of staff may open and do. The console asks it once for
// every page and every act, before the page sees the request; no page decides for
// itself.
type Gate interface {
	// As is a context in which all that is asked for is asked for by somebody: what their role
	// does not see of the records does not come back.
	As(ctx context.Context, staff Staff) context.Context
	// Admit lets somebody have a page or do an act, or says why not: an error that is
	// a [*Denied] is shown as that, and the others as those of a [Desk] are.
	Admit(ctx context.Context, staff Staff, ask Ask) error
	// Looked notes that somebody looked at a case, or at an incident.
	Looked(ctx context.Context, staff Staff, ask Ask) error
	// Refused notes that somebody was refused a page of one, or an act in it.
	Refused(ctx context.Context, staff Staff, ask Ask) error
	// Closed is which of the records of a case somebody may not read, or not yet.
	Closed(ctx context.Context, staff Staff, number string) (Closed, error)
	// Open opens the sensitive records of a case to somebody for a while, where the
	// purpose fits their role and the case.
	Open(ctx context.Context, staff Staff, number, purpose, reason string) error
	// Seen is who looked at a case, and who opened its sensitive records.
	Seen(ctx context.Context, staff Staff, number string) (Seen, error)
}

// Duty is what a page or an act takes. [AnyStaff] takes no more than an account.
type Duty string

// The duties that pages take.
const (
	AnyStaff      Duty = ""
	SeeCases      Duty = "cases"
	Decide        Duty = "decide"
	Release       Duty = "approve"
	Map           Duty = "maps"
	SeeLedger     Duty = "ledger"
	Manage        Duty = "accounts"
	KeepRegisters Duty = "registers"
	SignPapers    Duty = "sign"

	SeeIncidents    Duty = "incidents"
	HandleIncidents Duty = "handle-incidents"
	SeeAffected     Duty = "incident-people"

	Everything Duty = "everything" // a page that nobody has named a duty for
)

// Ask is what somebody asks for.
type Ask struct {
	Duty   Duty
	Number string // of the case; empty where it is about none
	// Incident is the number of an incident; empty where it is about none.
	Incident string
	Page     string // which of its pages is looked at; empty if it is no look at one
	Item     string // which record of it; empty for the page
	// Whole says that it shows or hands over everything in the case at once, so that
	// the role must reach to all of it. Open says that the sensitive records must have
	// been opened with a reason besides.
	Whole, Open bool
}

// Denied is a refusal because of who asks. It names who may.
type Denied struct{ Why, Mend string }

func (e *Denied) Error() string { return e.Why + " " + e.Mend }

// ErrClosed is what a [Gate] says where sensitive records must be opened first.
var ErrClosed = errors.New("the sensitive records of this case are closed")

// Closed is what somebody may not read in a case. The zero Closed is nothing.
type Closed struct {
	// Tables names the tables whose records are closed, as "source.table", and says why.
	Tables map[string]Closure
	// Items names the records that are closed, by id.
	Items map[string]Closure
}

// Closure is why a record is closed to somebody.
type Closure struct {
	Why    string // "It holds health information."
	Reason bool   // true if it opens to them once they have said what for
}

// Any says whether anything is closed.
func (c Closed) Any() bool { return len(c.Tables) > 0 }

// forever says whether anything is closed that a reason does not open.
func (c Closed) forever() bool {
	for _, x := range c.Tables {
		if !x.Reason {
			return true
		}
	}
	return false
}

// Seen is who looked at a case.
type Seen struct {
	Looks    []Look
	Openings []Opening
	// Closed is what is closed to whoever asks, and Purposes what they may open it
	// for; there may be none that fits.
	Closed   Closed
	Purposes []Purpose
}

// Look is one person's looks at one page on one day.
type Look struct {
	By, Page, Item string
	Began, Ended   time.Time
	Times          int
}

// Opening is leave that was taken to open sensitive records.
type Opening struct {
	By      string
	On      time.Time
	Purpose string // in words
	Reason  string // in theirs
}

// Purpose is one that can be chosen.
type Purpose struct{ ID, Words string }

// duty is what the pages below a pattern take, to look and to act.
type duty struct {
	below     string
	look, act Duty
	page      string // what a look is called in the list of who looked; empty if none is kept
	whole     bool   // see Ask.Whole
	open      bool   // see Ask.Open
}

// duties is what each part of the console takes; the longest that fits counts. What
// is not below any takes everything there is, so that a page somebody adds is closed
// until it stands here.
var duties = []duty{
	{below: "/", look: AnyStaff, act: AnyStaff}, // itself, and what is not there
	{below: "/account", look: AnyStaff, act: AnyStaff},
	{below: "/second-factor", look: AnyStaff, act: AnyStaff},
	{below: "/cases", look: SeeCases, act: Decide},
	{below: "/cases/{number}", look: SeeCases, act: Decide, page: "The case"},
	{below: "/cases/{number}/found", look: SeeCases, act: Decide, page: "What was found"},
	{below: "/cases/{number}/withheld", look: SeeCases, act: Decide, page: "What is withheld"},
	{below: "/cases/{number}/history", look: SeeCases, act: Decide, page: "History"},
	{below: "/cases/{number}/reply", look: SeeCases, act: Decide, page: "The answer in words"},
	{below: "/cases/{number}/who", look: Decide, act: Decide, page: "Who is who"},
	{below: "/cases/{number}/redact", look: Decide, act: Decide, page: "Redaction", whole: true, open: true},
	{below: "/cases/{number}/redact/sheet/{id}", look: Decide, act: Decide, page: "A document", whole: true, open: true},
	// What hands over, or says no, is as grave as approving it.
	{below: "/cases/{number}/do/sent", look: Release, act: Release, page: "The case"},
	{below: "/cases/{number}/do/refuse", look: Release, act: Release, page: "The case"},
	{below: "/cases/{number}/approve", look: Release, act: Release, page: "Approval", whole: true},
	{below: "/cases/{number}/download", look: Release, act: Release, page: "The answer, downloaded", whole: true},
	{below: "/letters", look: SeeCases, act: SeeCases},
	{below: "/letters/{number}/{n}", look: SeeCases, act: Decide, page: "A letter"},
	{below: "/mail", look: Decide, act: Decide},
	{below: "/cases/{number}/release", look: Release, act: Release, page: "Handing over"},
	{below: "/cases/{number}/release/print", look: Release, act: Release, page: "The answer, printed", whole: true},
	{below: "/cases/{number}/access", look: SeeLedger, act: SeeCases},
	{below: "/cases/new", look: SeeCases, act: SeeCases}, // any colleague may take a request
	{below: "/contact", look: SeeCases, act: SeeCases},
	{below: "/lessons", look: Decide, act: Decide},
	{below: "/who", look: Decide, act: Decide},
	{below: "/maps", look: Map, act: Map},
	{below: "/sources", look: Map, act: Map},
	{below: "/registers", look: KeepRegisters, act: KeepRegisters},
	{below: "/papers", look: KeepRegisters, act: KeepRegisters},
	{below: "/papers/{paper}/do/sign", look: SignPapers, act: SignPapers},
	{below: "/papers/{paper}/do/refuse", look: SignPapers, act: SignPapers},
	{below: "/keeping", look: KeepRegisters, act: KeepRegisters},
	{below: "/keeping/sign", look: SignPapers, act: SignPapers},
	{below: "/keeping/lift", look: SignPapers, act: SignPapers},
	{below: "/registers/processing", look: Map, act: Map}, // it names systems and their tables
	{below: "/promises", look: SeeLedger, act: Release},
	{below: "/notice", look: SeeLedger, act: KeepRegisters},
	{below: "/notice/adopt", look: SignPapers, act: SignPapers},
	{below: "/notice/withdraw", look: SignPapers, act: SignPapers},
	{below: "/notice/tell", look: KeepRegisters, act: SignPapers}, // to write to everybody is as grave as to sign
	{below: "/incidents", look: SeeIncidents, act: HandleIncidents},
	{below: "/incidents/new", look: AnyStaff, act: AnyStaff}, // any colleague may report
	{below: "/incidents/{incident}", look: SeeIncidents, act: HandleIncidents, page: "The incident"},
	{below: "/incidents/{incident}/report", look: SeeIncidents, act: HandleIncidents, page: "What the regulator is told"},
	{below: "/incidents/{incident}/do", look: HandleIncidents, act: HandleIncidents, page: "The incident"},
	{below: "/incidents/{incident}/people", look: SeeAffected, act: SeeAffected, page: "Whom it touches"},
	{below: "/incidents/{incident}/looks", look: SeeLedger, act: SeeLedger},
	{below: "/disclosures", look: SeeCases, act: SeeCases}, // any colleague is asked for data
	{below: "/disclosures/record", look: SeeCases, act: Decide},
	{below: clientsAt, look: SeeLedger, act: Release}, // the figures of the office, and giving them out
	{below: "/ledger", look: SeeLedger, act: SeeLedger},
	{below: "/staff", look: Manage, act: Manage},
}

// askOf is what a request asks for, by the pattern of its route.
func askOf(r *http.Request) Ask {
	method, path, ok := strings.Cut(r.Pattern, " ")
	if !ok {
		method, path = r.Method, r.Pattern
	}
	path = strings.TrimSuffix(path, "{$}")
	path = strings.Replace(path, "{act}", r.PathValue("act"), 1) // which step it is says what it takes
	best := duty{look: Everything, act: Everything}
	for _, d := range duties {
		if (path == d.below || d.below != "/" && strings.HasPrefix(path, d.below+"/")) && len(d.below) > len(best.below) {
			best = d
		}
	}
	ask := Ask{Duty: best.act, Number: r.PathValue("number"), Incident: r.PathValue("incident"), Whole: best.whole, Open: best.open}
	if method == http.MethodGet {
		ask.Duty = best.look
	}
	if ask.Number+ask.Incident != "" && (method == http.MethodGet || best.below == "/cases/{number}/download" || best.below == "/cases/{number}/release/print") {
		ask.Page, ask.Item = best.page, r.PathValue("id")
	}
	return ask
}

// admit asks whether a request may go on, and notes it where it is a look at a case or
// an incident.
// It is the one place where that is asked. Where the answer is no it has answered
// already.
func (c *Console) admit(w http.ResponseWriter, r *http.Request, staff Staff) bool {
	ask := askOf(r)
	err := c.Gate.Admit(r.Context(), staff, ask)
	if err == nil && ask.Page != "" {
		err = c.Gate.Looked(r.Context(), staff, ask)
	}
	var denied *Denied
	if errors.As(err, &denied) && ask.Number+ask.Incident != "" {
		if err := c.Gate.Refused(r.Context(), staff, ask); err != nil {
			c.Log.Error("a refused look is not noted", "error", err)
		}
	}
	if err != nil {
		c.deny(w, r, staff, err)
	}
	return err == nil
}

// deny answers with what stands in the way.
func (c *Console) deny(w http.ResponseWriter, r *http.Request, staff Staff, err error) {
	var denied *Denied
	switch {
	case errors.Is(err, ErrClosed) && r.Method == http.MethodGet:
		http.Redirect(w, r, caseAt(r)+"/access", http.StatusSeeOther)
		return
	case errors.Is(err, ErrClosed):
		err = decisionBlind()
		fallthrough
	case !errors.As(err, &denied):
		c.pages.Fail(w, r, err)
		return
	}
	p := web.Problem{Status: http.StatusForbidden, Title: "This is not for your role", Why: denied.Why, Mend: denied.Mend,
		Links: []web.Link{{Text: "Your account, and what your role may do", Href: "/account"}}}
	c.showAs(w, r, staff, p.Status, "problem", "", web.Page{Title: p.Title, Main: p})
}

// mayOpen says whether a link of the menu leads somewhere for this person.
func (c *Console) mayOpen(ctx context.Context, staff Staff, href string) bool {
	ask := askOf(&http.Request{Method: http.MethodGet, Pattern: href})
	return c.Gate.Admit(ctx, staff, ask) == nil
}

// viewer is who looks, for what screens what they may not read.
type viewer struct{}

func withViewer(ctx context.Context, staff Staff) context.Context {
	return context.WithValue(ctx, viewer{}, staff)
}

func viewerOf(ctx context.Context) Staff {
	s, _ := ctx.Value(viewer{}).(Staff)
	return s
}

func (c *Console) accessRoutes() map[string]page {
	return map[string]page{
		"GET /cases/{number}/access":  c.accessPage,
		"POST /cases/{number}/access": c.openSensitive,
	}
}

type accessView struct {
	caseView
	Seen
	Whys   []string // what is closed, each reason once
	Never  bool     // some of it is closed to their role for good
	Failed string   // the reason that was typed
}

func (c *Console) accessPage(w http.ResponseWriter, r *http.Request, staff Staff) {
	c.showAccess(w, r, staff, "", nil)
}

func (c *Console) showAccess(w http.ResponseWriter, r *http.Request, staff Staff, typed string, errs web.Errors) {
	k, ok := c.headOf(w, r)
	if !ok {
		return
	}
	seen, err := c.Gate.Seen(r.Context(), staff, k.Number)
	if err != nil {
		c.deny(w, r, staff, err)
		return
	}
	v := accessView{caseView: k, Seen: seen, Never: seen.Closed.forever(), Failed: typed}
	for _, x := range seen.Closed.Tables {
		if x.Reason && !slices.Contains(v.Whys, x.Why) {
			v.Whys = append(v.Whys, x.Why)
		}
	}
	slices.Sort(v.Whys)
	c.show(w, r, staff, "access", "/cases", web.Page{Title: k.Number + ": who looked", Errors: errs, Main: v})
}

func (c *Console) openSensitive(w http.ResponseWriter, r *http.Request, staff Staff) {
	if !c.form(w, r) {
		return
	}
	purpose, reason := r.PostForm.Get("purpose"), strings.TrimSpace(r.PostForm.Get("reason"))
	var errs web.Errors
	if purpose == "" {
		errs.Add("purpose", "Choose what you open them for")
	}
	switch {
	case len(strings.Fields(reason)) < 2:
		errs.Add("reason", "Say in a few words what you need to see, and why: it is kept")
	case len(reason) > maxReason:
		errs.Add("reason", "Say it in fewer words")
	}
	if len(errs) > 0 {
		c.showAccess(w, r, staff, reason, errs)
		return
	}
	number := r.PathValue("number")
	if err := c.Gate.Open(r.Context(), staff, number, purpose, reason); err != nil {
		c.deny(w, r, staff, err)
		return
	}
	c.done(w, r, caseAt(r)+"/found", "The sensitive records of this case are open to you for four hours.")
}
