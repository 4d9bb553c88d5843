package portal

import (
	"net/url"
	"strconv"
	"strings"
	"time"
	"unicode/utf8"

	"tenet/internal/web"
)

// answers are what a person has filled in so far. They stand in the session as JSON.
type answers struct {
	Token, Code string // made when the form is begun

	What  string
	Name  string
	Email string
	Phone string
	Post  string

	Reference        string
	Homes            string
	Day, Month, Year string
	Anything         string
	Helped           bool // the last question was seen, even if left empty
}

// kinds are what a person may want, as the first question offers them. Only the
// first can be asked for here so far; the others lead to the ways to reach us.
var kinds = []struct{ ID, Text, Hint string }{
	{"access", "A copy of the information you hold about me", "This is called an access request. It is free."},
	{"rectification", "Information about me put right", ""},
	{"erasure", "Information about me deleted", ""},
	{"objection", "You to stop using information about me", ""},
	{"complaint", "To complain about how you have used my information", ""},
	{"other", "Something else", ""},
}

// The longest answers taken, in characters.
const (
	maxLine = 200
	maxText = 2000
)

// step is one page of the form: one question.
type step struct {
	name  string // of its template, and in its address
	title string
	read  func(*answers, url.Values, time.Time) web.Errors
	done  func(answers) bool // has it been answered?
}

// steps are the questions in their order; after the last come the answers to check.
var steps = []step{
	{"what", "What do you want?", (*answers).readWhat, func(a answers) bool { return a.What == "access" }},
	{"name", "What is your full name?", (*answers).readName, func(a answers) bool { return a.Name != "" }},
	{"reach", "How can we reach you?", (*answers).readContact, func(a answers) bool { return a.Email+a.Phone+a.Post != "" }},
	{"help", "Is there anything that would help us find your information?", (*answers).readHelp, func(a answers) bool { return a.Helped }},
}

// missing is the first question that has no answer yet; ok is false if none.
func (a answers) missing() (s step, ok bool) {
	for _, s := range steps {
		if !s.done(a) {
			return s, true
		}
	}
	return step{}, false
}

func (a *answers) readWhat(v url.Values, _ time.Time) (errs web.Errors) {
	a.What = v.Get("what")
	for _, k := range kinds {
		if k.ID == a.What {
			return nil
		}
	}
	errs.Add("what", "Choose what you want")
	return errs
}

func (a *answers) readName(v url.Values, _ time.Time) (errs web.Errors) {
	a.Name = line(v, "name")
	if a.Name == "" {
		errs.Add("name", "Enter your full name")
	}
	tooLong(&errs, "name", "Your name", a.Name, maxLine)
	return errs
}

func (a *answers) readContact(v url.Values, _ time.Time) (errs web.Errors) {
	a.Email, a.Phone, a.Post = line(v, "email"), line(v, "phone"), text(v, "post")
	if a.Email+a.Phone+a.Post == "" {
		errs.Add("email", "Give us one way to reach you: an email address, a phone number or a postal address")
		return errs
	}
	if at := strings.LastIndex(a.Email, "@"); a.Email != "" && (at < 1 || at == len(a.Email)-1 || strings.ContainsAny(a.Email, " \t,;<>")) {
		errs.Add("email", "Enter an email address like name@example.com, or leave it empty")
	}
	if digits := strings.Count(strings.Map(func(r rune) rune {
		if r >= '0' && r <= '9' {
			return '0'
		}
		return r
	}, a.Phone), "0"); a.Phone != "" && digits < 6 {
		errs.Add("phone", "Enter a phone number like 01632 960 001, or leave it empty")
	}
	tooLong(&errs, "email", "The email address", a.Email, maxLine)
	tooLong(&errs, "phone", "The phone number", a.Phone, maxLine)
	tooLong(&errs, "post", "The postal address", a.Post, maxText)
	return errs
}

func (a *answers) readHelp(v url.Values, now time.Time) (errs web.Errors) {
	a.Reference, a.Homes, a.Anything = line(v, "reference"), text(v, "homes"), text(v, "anything")
	a.Day, a.Month, a.Year = line(v, "born-day"), line(v, "born-month"), line(v, "born-year")
	a.Helped = true
	if born, ok := a.born(); !ok {
		errs.Add("born-day", "Enter a real date of birth, like 27 3 1984, or leave all three boxes empty")
	} else if born.After(now) {
		errs.Add("born-day", "Enter a date of birth that is in the past")
	}
	tooLong(&errs, "reference", "The reference", a.Reference, maxLine)
	tooLong(&errs, "homes", "The addresses", a.Homes, maxText)
	tooLong(&errs, "anything", "What you wrote", a.Anything, maxText)
	return errs
}

// born is the date of birth; the zero time if it was left out, false if it is no date.
func (a answers) born() (time.Time, bool) {
	if a.Day+a.Month+a.Year == "" {
		return time.Time{}, true
	}
	d, err1 := strconv.Atoi(a.Day)
	m, err2 := strconv.Atoi(a.Month)
	y, err3 := strconv.Atoi(a.Year)
	if err2 != nil && utf8.RuneCountInString(a.Month) >= 3 {
		// Names of months are taken too, whole or short.
		for month := time.January; month <= time.December; month++ {
			if strings.HasPrefix(strings.ToLower(month.String()), strings.ToLower(a.Month)) {
				m, err2 = int(month), nil
			}
		}
	}
	if err1 != nil || err2 != nil || err3 != nil || y < 1880 || y > 9999 {
		return time.Time{}, false
	}
	t := time.Date(y, time.Month(m), d, 0, 0, 0, 0, time.UTC)
	return t, t.Day() == d && int(t.Month()) == m
}

// request is what to send to the desk.
func (a answers) request(now time.Time) (Request, error) {
	hash, err := HashCode(a.Code)
	if err != nil {
		return Request{}, err
	}
	born, _ := a.born() // it was checked when it was read
	return Request{
		Kind: a.What, Name: a.Name, Email: a.Email, Phone: a.Phone, Address: a.Post,
		Help:     Help{Reference: a.Reference, Homes: a.Homes, Born: born, Anything: a.Anything},
		Received: now, Token: a.Token, Code: hash,
	}, nil
}

// line is an answer on one line.
func line(v url.Values, name string) string {
	return strings.Join(strings.Fields(valid(v.Get(name))), " ")
}

// text is an answer of several lines.
func text(v url.Values, name string) string {
	return strings.TrimSpace(strings.ReplaceAll(valid(v.Get(name)), "\r\n", "\n"))
}

// valid is what is fit to keep of what was sent: valid UTF-8 without control
// characters, which no keyboard types and which no system downstream should meet.
func valid(s string) string {
	return strings.Map(func(r rune) rune {
		if r == utf8.RuneError || r < ' ' && r != '\n' && r != '\r' && r != '\t' || r == 0x7f {
			return -1
		}
		return r
	}, s)
}

func tooLong(errs *web.Errors, field, what, s string, most int) {
	if utf8.RuneCountInString(s) > most {
		errs.Add(field, what+" must be "+web.Thousands(most)+" characters or fewer")
	}
}
