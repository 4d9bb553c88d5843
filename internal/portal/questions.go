package portal

import (
	"net/url"
	"slices"
	"strings"
	"time"

	"tenet/internal/web"
)

// answers are what a person has filled in so far. They stand in the session as JSON.
type answers struct {
	Token, Code string // made when the form is begun

	What   string
	Unsure string // what they wrote where they did not know what to choose

	About, Other string // what it is about; what is right, for what is to be put right
	Described    bool   // that question was seen, even if left empty

	For             string // "self" or "other"
	By, Role, Shows string // who asks for somebody else, and by what right

	Name  string
	Email string
	Phone string
	Post  string

	Safe  string   // "yes" or "some"
	Only  []string // "email", "phone", "post": those that are safe
	Never string

	Reference        string
	Homes            string
	Day, Month, Year string
	Helped           bool
}

// unsure is the choice of those who do not know what to choose.
const unsure = "unsure"

// roles are what somebody may be to the person they ask for.
var roles = []string{"representative", "parent", "solicitor", "attorney", "deputy", "elected-member", "trusted-contact", "executor"}

// required are the kinds that cannot be dealt with without a word of what they are about.
var required = []string{"cctv", "calls", "copy", "rectification", "objection", "automated-decision", "consent-withdrawal", "dp-complaint", "complaint", "foi", "eir", "stairs", "estate"}

// general are the kinds that are about no person's data.
var general = []string{"foi", "eir", "stairs"}

// The longest answers taken, in characters.
const (
	maxLine = 200
	maxText = 2000
)

// asking is one posting of a form.
type asking struct {
	*words
	form url.Values
	now  time.Time
	may  []Form // what can be asked for here
	errs web.Errors
}

// step is one page of the form: one question.
type step struct {
	name string // of its template, in its address, and of its words
	read func(*answers, *asking)
	done func(answers) bool       // has it been answered?
	asks func(answers, Form) bool // is it asked at all? nil is always
}

// steps are the questions in their order; after the last come the answers to check.
var steps = []step{
	{"what", (*answers).readWhat, func(a answers) bool { return a.What != "" && a.What != unsure }, nil},
	{"about", (*answers).readAbout, func(a answers) bool { return a.Described }, nil},
	{"who", (*answers).readWho, func(a answers) bool { return a.For != "" }, func(a answers, _ Form) bool { return !slices.Contains(general, a.What) && a.What != "estate" }},
	{"acting", (*answers).readActing, func(a answers) bool { return a.By != "" }, func(a answers, _ Form) bool { return a.For == "other" || a.What == "estate" }},
	{"name", (*answers).readName, func(a answers) bool { return a.Name != "" }, nil},
	{"reach", (*answers).readReach, func(a answers) bool { return a.Email+a.Phone+a.Post != "" }, nil},
	{"safe", (*answers).readSafe, func(a answers) bool { return a.Safe != "" }, nil},
	{"help", (*answers).readHelp, func(a answers) bool { return a.Helped }, func(a answers, _ Form) bool { return !slices.Contains(general, a.What) }},
}

// way is the questions that these answers lead to.
func (a answers) way(f Form) []step {
	return slices.DeleteFunc(slices.Clone(steps), func(s step) bool { return s.asks != nil && !s.asks(a, f) })
}

// missing is the first question that has no answer yet; ok is false if none.
func (a answers) missing(f Form) (s step, ok bool) {
	for _, s := range a.way(f) {
		if !s.done(a) {
			return s, true
		}
	}
	return step{}, false
}

// form is what the notice lets the form for a kind ask.
func form(may []Form, kind string) Form {
	for _, f := range may {
		if f.Kind == kind {
			return f
		}
	}
	return Form{Kind: kind}
}

func (a *answers) readWhat(q *asking) {
	what := q.form.Get("what")
	if what != unsure && !slices.ContainsFunc(q.may, func(f Form) bool { return f.Kind == what }) {
		q.errs.Add("what", q.say("what.choose"))
		return
	}
	if what != a.What {
		a.Described = a.Described && a.Unsure != "" // the question is another now
	}
	a.What = what
}

// readUnsure reads what somebody wrote who did not know what to choose.
func (a *answers) readUnsure(q *asking) {
	a.Unsure = text(q.form, "unsure")
	if a.Unsure == "" {
		q.errs.Add("unsure", q.say("unsure.empty"))
	}
	q.tooLong("unsure", a.Unsure, maxText)
	if a.About == "" {
		a.About = a.Unsure
	}
}

func (a *answers) readAbout(q *asking) {
	a.About, a.Other, a.Described = text(q.form, "about"), text(q.form, "other"), true
	if a.About == "" && slices.Contains(required, a.What) {
		q.errs.Add("about", q.say("about.empty"))
		a.Described = false
	}
	q.tooLong("about", a.About, maxText)
	q.tooLong("other", a.Other, maxText)
}

func (a *answers) readWho(q *asking) {
	who := q.form.Get("who")
	if who != "self" && who != "other" {
		q.errs.Add("who", q.say("who.choose"))
		return
	}
	if a.For = who; who == "self" {
		a.By, a.Role, a.Shows = "", "", ""
	}
}

func (a *answers) readActing(q *asking) {
	a.By, a.Role, a.Shows = line(q.form, "by"), q.form.Get("role"), text(q.form, "shows")
	if a.What == "estate" {
		a.Role = "executor"
	}
	if a.By == "" {
		q.errs.Add("by", q.say("acting.name"))
	}
	if !slices.Contains(roles, a.Role) {
		a.Role = ""
		q.errs.Add("role", q.say("acting.role"))
	}
	q.tooLong("by", a.By, maxLine)
	q.tooLong("shows", a.Shows, maxText)
}

func (a *answers) readName(q *asking) {
	a.Name = line(q.form, "name")
	if a.Name == "" {
		q.errs.Add("name", q.say("name.empty"))
	}
	q.tooLong("name", a.Name, maxLine)
}

func (a *answers) readReach(q *asking) {
	f := form(q.may, a.What)
	was := a.Email + "\n" + a.Phone + "\n" + a.Post
	a.Email, a.Phone, a.Post = "", "", ""
	if f.Email {
		a.Email = line(q.form, "email")
	}
	if f.Phone {
		a.Phone = line(q.form, "phone")
	}
	if f.Post {
		a.Post = text(q.form, "post")
	}
	if a.Email+"\n"+a.Phone+"\n"+a.Post != was {
		a.Safe, a.Only = "", nil // it was said of other addresses
	}
	if a.Email+a.Phone+a.Post == "" {
		q.errs.Add(f.first(), q.say("reach.none"))
		return
	}
	if at := strings.LastIndex(a.Email, "@"); a.Email != "" && (at < 1 || at == len(a.Email)-1 || strings.ContainsAny(a.Email, " \t,;<>")) {
		q.errs.Add("email", q.say("reach.email"))
	}
	digits := 0
	for _, r := range a.Phone {
		if r >= '0' && r <= '9' {
			digits++
		}
	}
	if a.Phone != "" && digits < 6 {
		q.errs.Add("phone", q.say("reach.phone"))
	}
	q.tooLong("email", a.Email, maxLine)
	q.tooLong("phone", a.Phone, maxLine)
	q.tooLong("post", a.Post, maxText)
}

// first is the first way to reach somebody that the form asks for.
func (f Form) first() string {
	switch {
	case f.Email:
		return "email"
	case f.Phone:
		return "phone"
	}
	return "post"
}

func (a *answers) readSafe(q *asking) {
	a.Safe, a.Only, a.Never = q.form.Get("safe"), nil, text(q.form, "never")
	q.tooLong("never", a.Never, maxText)
	switch a.Safe {
	case "yes":
		return
	case "some":
		for way, given := range map[string]string{"email": a.Email, "phone": a.Phone, "post": a.Post} {
			if given != "" && slices.Contains(q.form["only"], way) {
				a.Only = append(a.Only, way)
			}
		}
		slices.Sort(a.Only)
		if len(a.Only) > 0 {
			return
		}
		q.errs.Add("only", q.say("safe.which"))
	default:
		q.errs.Add("safe", q.say("safe.choose"))
	}
	a.Safe = ""
}

func (a *answers) readHelp(q *asking) {
	f := form(q.may, a.What)
	a.Reference, a.Helped = line(q.form, "reference"), true
	if f.Homes {
		a.Homes = text(q.form, "homes")
	}
	if f.Born {
		a.Day, a.Month, a.Year = line(q.form, "born-day"), line(q.form, "born-month"), line(q.form, "born-year")
	}
	if born, ok := a.born(); !ok {
		q.errs.Add("born-day", q.say("help.no-day"))
	} else if born.After(q.now) {
		q.errs.Add("born-day", q.say("help.future"))
	}
	q.tooLong("reference", a.Reference, maxLine)
	q.tooLong("homes", a.Homes, maxText)
}

func (q *asking) tooLong(field, s string, most int) {
	if len([]rune(s)) > most {
		q.errs.Add(field, q.say("too-long", "most", most))
	}
}
