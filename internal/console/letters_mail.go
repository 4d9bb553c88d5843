package console

import (
	"context"
	"net/http"
	"net/url"
	"strings"
	"time"

	"tenet/internal/web"
)

// Mailbox is the messages that came by e-mail and wait for somebody to say what they
// are. Nothing is ever chosen for them.
type Mailbox interface {
	// Inbox lists the messages that wait, oldest first: one more than a page says that
	// there is another.
	Inbox(ctx context.Context, page int) ([]MailRow, error)
	// Mail is one message, whole.
	Mail(ctx context.Context, id string) (MailMessage, error)
	// OpenMail opens a case of a message as it was filled in, and gives its number.
	OpenMail(ctx context.Context, by Staff, id string, given url.Values) (string, error)
	// AttachMail puts a message to a case that there is.
	AttachMail(ctx context.Context, by Staff, id, number string) error
	// DismissMail says that a message asks for nothing here, for one of the reasons that
	// the message gives; HandOverMail gives it to whoever sees to it, as the message offers.
	DismissMail(ctx context.Context, by Staff, id, why string) error
	HandOverMail(ctx context.Context, by Staff, id string) (string, error)
}

// MailRow is a message in a list.
type MailRow struct {
	ID, From, Name, Subject string
	Came                    time.Time
	Perhaps                 string // what it may ask for, in words; empty if nothing says so
	About                   string // the number of the case that it names
	Attached                int
}

// MailMessage is a message that came.
type MailMessage struct {
	MailRow
	Text        string
	Cut         bool // Text is not all of it
	Machine     bool // a machine seems to have sent it, or it answers another
	Files       []string
	Suggestions []Suggestion // what it may ask for, likeliest first, with the words that say so
	Phishing    []string     // the words by which it may report a message that pretends to be ours
	HandOver    string       // the button that hands a report of that over; empty where nobody takes it
	Dismissals  []Choice
	Fill        url.Values // what a case of it begins with
	State       string     // in words, where somebody has dealt with it; empty while it waits
}

const mailPage = 25 // how many messages one page lists

func (c *Console) mailRoutes() map[string]page {
	if c.Mail == nil {
		return nil
	}
	routes := map[string]page{
		"GET /mail":                 c.inbox,
		"GET /mail/{id}":            c.mail,
		"POST /mail/{id}/attach":    c.attachMail,
		"POST /mail/{id}/dismiss":   c.dismissMail,
		"POST /mail/{id}/hand-over": c.handOverMail,
	}
	if c.Intake != nil {
		routes["GET /mail/{id}/open"] = c.openMailPage
		routes["POST /mail/{id}/open"] = c.openMail
	}
	for pattern, next := range routes {
		routes[pattern] = c.wholeOffice(next)
	}
	return routes
}

// wholeOffice keeps the mailbox from those whose role is for some kinds of case: what a
// message asks for is not known before somebody has read it.
func (c *Console) wholeOffice(next page) page {
	return func(w http.ResponseWriter, r *http.Request, staff Staff) {
		if staff.Limited {
			c.deny(w, r, staff, &Denied{Why: "The mailbox is for those who may see cases of every kind.", Mend: "Ask a colleague who may to put the message to its case."})
			return
		}
		next(w, r, staff)
	}
}

type inboxView struct {
	Rows  []MailRow
	Pager Pager
}

func (c *Console) inbox(w http.ResponseWriter, r *http.Request, staff Staff) {
	page := pageNumber(r)
	rows, err := c.Mail.Inbox(r.Context(), page)
	if err != nil {
		c.pages.Fail(w, r, err)
		return
	}
	pages := page
	if len(rows) > mailPage {
		rows, pages = rows[:mailPage], page+1
	}
	c.show(w, r, staff, "mail", "/mail", web.Page{Title: "Mail that came", Main: inboxView{rows, newPager(r.URL, page, pages)}})
}

type mailView struct {
	MailMessage
	Number string // that was typed
	Why    FormField
}

func (c *Console) mail(w http.ResponseWriter, r *http.Request, staff Staff) {
	c.showMail(w, r, staff, nil)
}

func (c *Console) showMail(w http.ResponseWriter, r *http.Request, staff Staff, errs web.Errors) {
	m, err := c.Mail.Mail(r.Context(), r.PathValue("id"))
	if err != nil {
		c.pages.Fail(w, r, err)
		return
	}
	v := mailView{MailMessage: m, Number: m.About, Why: FormField{Name: "why", Label: "Why is there nothing to do here?", As: "one", Must: true}}
	for _, d := range m.Dismissals {
		v.Why.Options = append(v.Why.Options, Option{ID: d.ID, Text: d.Text})
	}
	if len(errs) > 0 {
		v.Number = r.PostForm.Get("number")
	}
	c.show(w, r, staff, "mail-message", "/mail", web.Page{Title: "A message that came", Back: "/mail", Errors: errs, Main: v})
}

// dealt goes on from a message that was dealt with, or shows what stood in the way.
func (c *Console) dealt(w http.ResponseWriter, r *http.Request, staff Staff, to, said, field string, err error) {
	if errs := mistakes(err); errs != nil {
		for i := range errs {
			errs[i].Field = field
		}
		c.showMail(w, r, staff, errs)
		return
	}
	if err != nil {
		c.pages.Fail(w, r, err)
		return
	}
	c.done(w, r, to, said)
}

func (c *Console) attachMail(w http.ResponseWriter, r *http.Request, staff Staff) {
	if !c.form(w, r) {
		return
	}
	number := strings.ToUpper(strings.TrimSpace(r.PostForm.Get("number")))
	if number == "" {
		c.dealt(w, r, staff, "", "", "number", &Mistake{"number", "Enter the number of the case, such as AR-2026-0001"})
		return
	}
	err := c.Mail.AttachMail(r.Context(), staff, r.PathValue("id"), number)
	c.dealt(w, r, staff, "/cases/"+url.PathEscape(number), "The message and its address are kept with this case.", "number", err)
}

func (c *Console) dismissMail(w http.ResponseWriter, r *http.Request, staff Staff) {
	if !c.form(w, r) {
		return
	}
	err := c.Mail.DismissMail(r.Context(), staff, r.PathValue("id"), r.PostForm.Get("why"))
	c.dealt(w, r, staff, "/mail", "The message is dismissed. It stays in your mailbox, and what it said is destroyed here.", "why", err)
}

func (c *Console) handOverMail(w http.ResponseWriter, r *http.Request, staff Staff) {
	said, err := c.Mail.HandOverMail(r.Context(), staff, r.PathValue("id"))
	c.dealt(w, r, staff, "/mail", said, "hand-over", err)
}

// openMailPage is the form of a request, filled in as far as a message tells. What kind
// it is, nobody has chosen.
func (c *Console) openMailPage(w http.ResponseWriter, r *http.Request, staff Staff) {
	m, ok := c.mailToOpen(w, r)
	if !ok {
		return
	}
	c.showIntake(w, r, staff, m.Fill, intakeView{Suggestions: m.Suggestions, Asked: true, Action: mailAt(m.ID) + "/open", From: m.From}, nil)
}

func mailAt(id string) string { return "/mail/" + url.PathEscape(id) }

// mailToOpen is a message that waits; where it does not, it has answered already.
func (c *Console) mailToOpen(w http.ResponseWriter, r *http.Request) (MailMessage, bool) {
	m, err := c.Mail.Mail(r.Context(), r.PathValue("id"))
	if err == nil && m.State != "" {
		err = &web.Refusal{Why: "Somebody has dealt with this message: it is " + m.State + ".", Mend: "Look at the mail that waits."}
	}
	if err != nil {
		c.pages.Fail(w, r, err)
		return m, false
	}
	return m, true
}

func (c *Console) openMail(w http.ResponseWriter, r *http.Request, staff Staff) {
	if !c.form(w, r) {
		return
	}
	m, ok := c.mailToOpen(w, r)
	if !ok {
		return
	}
	v := intakeView{Suggestions: m.Suggestions, Asked: true, Action: mailAt(m.ID) + "/open", From: m.From}
	c.enterWith(w, r, staff, v, func(given url.Values) (string, error) {
		return c.Mail.OpenMail(r.Context(), staff, m.ID, given)
	})
}
