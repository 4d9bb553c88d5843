package notice

import (
	"fmt"
	"reflect"
	"regexp"
	"strings"
	"sync"
	"time"
)

// text is a stretch of plain text somewhere in the YAML files.
type text struct {
	Pos
	field, words string
}

// textsOf gathers what the YAML files say in plain words, with the place of the
// thing that says it.
func textsOf(n *Notice) []text {
	var out []text
	plain := reflect.TypeFor[string]()
	var walk func(v reflect.Value, at Pos, field string)
	walk = func(v reflect.Value, at Pos, field string) {
		switch v.Kind() {
		case reflect.Pointer:
			if !v.IsNil() {
				walk(v.Elem(), at, field)
			}
		case reflect.Slice:
			for i := range v.Len() {
				walk(v.Index(i), at, field)
			}
		case reflect.Struct:
			for i := range v.NumField() {
				if v.Type().Field(i).Type == posType {
					at = v.Field(i).Interface().(Pos)
				}
			}
			for _, f := range specs(v.Type()) {
				walk(v.Field(f.index), at, f.name)
			}
		case reflect.String:
			if v.Type() == plain && v.String() != "" {
				out = append(out, text{at, field, v.String()})
			}
		}
	}
	for _, p := range n.parts() {
		if v := reflect.ValueOf(p.into).Elem(); v.Kind() == reflect.Struct {
			walk(v, Pos{File: p.file}, "")
		}
	}
	return out
}

// outdated is something a notice may name that is law, or a body, no more.
type outdated struct {
	rule    string
	names   *regexp.Regexp
	but     *regexp.Regexp // where this matches close by, it is something else
	since   Date           // the first day on which it is out of date
	instead string
	cite    string // what changed it
}

// outdatedLaw is dated, so that a notice is judged by the law of its day.
// How sure each row is, is in docs/notice-coverage.md.
var outdatedLaw = sync.OnceValue(func() []outdated {
	re := regexp.MustCompile
	return []outdated{
		{"repealed-law", re(`Data Protection Act,? 1998|DPA 1998`), nil, "2018-05-25", "the UK GDPR and the Data Protection Act 2018", "DPA 2018 s.211 and Schedule 19"},
		{"law-without-year", re(`Data Protection Acts?\b`), re(`Data Protection Acts?( \(DPA\))?,? (1984|1998|2018)`), "", "the UK GDPR and the Data Protection Act 2018", "there have been three Acts of that name"},
		{"repealed-law", re(`\bGeneral Data Protection Regulations?\b( \([“"']?(the )?GDPR\b)?|\bGDPR\b`), re(`(?i)UK (GDPR|General Data Protection)|EU GDPR|United Kingdom General Data Protection`), "2021-01-01", "the UK GDPR", "European Union (Withdrawal) Act 2018 s.3; SI 2019/419"},
		{"renamed-body", re(`(?i)English data protection laws?`), nil, "", "the data protection law of the United Kingdom", "DPA 2018 s.207"},
		{"renamed-body", re(`Criminal Records Bureau|\bCRB\b`), nil, "2012-12-01", "the Disclosure and Barring Service", "Protection of Freedoms Act 2012 s.87; SI 2012/3006"},
		{"renamed-body", re(`Homes (and|&) Communities Agency|\bHCA\b`), nil, "2018-10-01", "the Regulator of Social Housing (and Homes England for grants)", "Legislative Reform (Regulator of Social Housing) (England) Order 2018"},
		{"renamed-body", re(`Tenant Services Authority|\bTSA\b`), nil, "2012-04-01", "the Regulator of Social Housing", "Localism Act 2011 s.178"},
		{"renamed-body", re(`Housing Corporation`), nil, "2008-12-01", "the Regulator of Social Housing", "Housing and Regeneration Act 2008 s.64"},
		{"renamed-body", re(`Departments? (of|for) Works (and|&) Pensions?|Department of Work (and|&) Pensions?`), nil, "", "the Department for Work and Pensions", "its name since 2001"},
		{"renamed-body", re(`Department for Communities and Local Government|\bDCLG\b`), nil, "2018-01-08", "the Ministry of Housing, Communities and Local Government", "its name since July 2024, and from 2018 to 2021"},
		{"renamed-body", re(`Department for Levelling Up|\bDLUHC\b`), nil, "2024-07-09", "the Ministry of Housing, Communities and Local Government", "its name since July 2024"},
		{"renamed-body", re(`Data Protection (Commissioner|Registrar)\b`), nil, "2001-01-30", "the Information Commissioner", "Freedom of Information Act 2000 s.18"},
		{"repealed-law", re(`(?i)section 3 of the Housing Act 1996|register of social landlords`), nil, "2010-04-01", "the register under section 111 of the Housing and Regeneration Act 2008", "Housing and Regeneration Act 2008 Part 2"},
		{"repealed-law", re(`(?i)council tax benefit`), nil, "2013-04-01", "council tax reduction (council tax support)", "Welfare Reform Act 2012 s.33"},
		{"repealed-law", re(`(?i)working tax credits?|child tax credits?`), nil, "2025-04-06", "Universal Credit", "Welfare Reform Act 2012 s.33"},
		{"repealed-law", re(`(?i)privacy shield`), nil, "2020-07-16", "adequacy regulations, such as the UK-US data bridge", "Case C-311/18"},
		{"repealed-law", re(`(?i)safe harbou?r`), nil, "2015-10-06", "adequacy regulations, such as the UK-US data bridge", "Case C-362/14"},
		{"outdated-wording", re(`(?i)standard contractual clauses|model (contract )?clauses`), nil, "2024-03-21", "the International Data Transfer Agreement, or the Addendum to the EU's clauses", "DPA 2018 s.119A"},
		{"outdated-wording", re(`(?i)(eight|\b8) (data protection |of the )?principles|not (be )?transferred to (other )?countries without|principles of (good information handling|the Data Protection Act)`), nil, "2018-05-25", "the seven principles of UK GDPR Article 5, of which accountability is one", "UK GDPR Article 5"},
		{"outdated-wording", re(`(?i)ICO notification|notification (ref|number)|notified (to|with) the (ICO|Information Commissioner)|regist(er|ered|ration).{0,60} under .{0,25}(GDPR|General Data Protection)`), nil, "2018-05-25", "an entry on the register of those who pay the data protection fee", "Data Protection (Charges and Information) Regulations 2018"},
		{"outdated-wording", re(`(?i)nominated representative`), nil, "2018-05-25", "the data protection officer, or the role that answers for data protection", "UK GDPR Articles 37 to 39"},
		{"outdated-wording", re(`(?i)not (to )?be subject(ed)? to .{0,80}(automat|profiling)|decisions? .{0,30}made (only |solely )?by (a )?computers?`), nil, "2026-02-05", "Articles 22A to 22D: to be told, to answer, to have a person decide, to contest", "Data (Use and Access) Act 2025 s.80"},
		{"regulator-details-stale", re(`(?i)casework@ico\.org\.uk|01625 ?545 ?745`), nil, "2019-01-01", "what its own page says today", "the regulator's contact page"},
	}
})

// in finds the first naming in words that is not something else.
func (o outdated) in(words string) string {
	const close = 20 // bytes before and after: room for “UK” and for a year
	for _, at := range o.names.FindAllStringIndex(words, -1) {
		around := words[max(0, at[0]-close):min(len(words), at[1]+close)]
		if o.but == nil || !o.but.MatchString(around) {
			return words[at[0]:at[1]]
		}
	}
	return ""
}

// law looks for law and bodies that are no more, in the words and in the files.
func (l *linter) law() {
	for _, o := range outdatedLaw() {
		if l.day < o.since {
			continue
		}
		check := func(at Pos, id ID, words string) {
			where := o.in(words)
			if where == "" {
				return
			}
			since := ""
			if o.since != "" {
				since = " since " + string(o.since)
			}
			l.find(o.rule, at, id, fmt.Sprintf("%s is out of date%s (%s)", quote(where), since, o.cite), "write "+o.instead)
		}
		for _, s := range l.n.Words.All() {
			check(wordsAt(s.Line), s.ID, s.Text)
		}
		for _, h := range l.n.Words.headings() {
			check(wordsAt(h.Line), ID(h.Anchor), h.Title)
		}
		for _, t := range l.texts {
			if !l.past(t) {
				check(t.Pos, ID(t.field), t.words)
			}
		}
	}
}

// past reports whether a text is a name a regulator had once, and is said so.
func (l *linter) past(t text) bool {
	for _, r := range l.n.Landlord.Regulators {
		for _, name := range r.Names {
			if name.Pos == t.Pos && name.Until != "" && name.Until < l.day {
				return true
			}
		}
	}
	return false
}

var (
	futureFrom  = regexp.MustCompile(`(?i)\b(from|on|starting|as of) ((?:[0-9]{1,2} )?(?:january|february|march|april|may|june|july|august|september|october|november|december) (?:19|20)[0-9]{2})\b.{0,80}\b(will|shall|going to|plan)\b`)
	trialIn     = regexp.MustCompile(`(?i)\b(?:pilot|trial|phase|exercise|scheme)\b.{0,60}\b(?:during|in|for|until|throughout) ((?:19|20)[0-9]{2})\b`)
	untilPast   = regexp.MustCompile(`(?i)\b(?:until|by|before|up to) ((?:[0-9]{1,2} )?(?:(?:january|february|march|april|may|june|july|august|september|october|november|december) )?(?:19|20)[0-9]{2})\b`)
	dateFormats = []string{"2 January 2006", "January 2006", "2006"}
)

// endOf is the last day of a date as people write it: of 2024 its last day.
func endOf(written string) Date {
	for i, format := range dateFormats {
		t, err := time.Parse(format, written)
		if err != nil {
			continue
		}
		switch i {
		case 1:
			t = t.AddDate(0, 1, -1)
		case 2:
			t = t.AddDate(1, 0, -1)
		}
		return Date(t.Format(time.DateOnly))
	}
	return ""
}

// dates: what was to happen and has, reviews not made, a notice that is over.
func (l *linter) dates() {
	n := l.n
	if n.Landlord.Until != "" && n.Landlord.Until < l.day {
		l.find("notice-expired", Pos{File: landlordFile}, n.Landlord.ID, "its last day was "+string(n.Landlord.Until), "bring the next version into force")
	}
	overdue := func(at Pos, id ID, by Date, what string) {
		if by != "" && by < l.day {
			l.find("review-overdue", at, id, what+" was to be looked at again by "+string(by), "look at it, and write the next date")
		}
	}
	for _, a := range n.Sharing.Agreements {
		overdue(a.Pos, a.ID, a.ReviewBy, "the agreement")
	}
	for _, d := range n.Landlord.Documents {
		overdue(d.Pos, d.ID, d.ReviewBy, "the document")
	}
	for _, a := range n.Uses.Impact {
		overdue(a.Pos, a.ID, a.ReviewBy, "the impact assessment")
	}
	for _, u := range n.Uses.Uses {
		if u.Balancing != nil {
			overdue(u.Balancing.Pos, u.ID, u.Balancing.ReviewBy, "the balancing test")
		}
		if u.Policy != nil {
			overdue(u.Policy.Pos, u.ID, u.Policy.ReviewBy, "the policy document")
		}
	}
	for _, s := range n.Words.All() {
		l.expired(wordsAt(s.Line), s.ID, s.Text)
	}
	for _, t := range l.texts {
		l.expired(t.Pos, ID(t.field), t.words)
	}
}

func (l *linter) expired(at Pos, id ID, words string) {
	written := ""
	if m := futureFrom.FindStringSubmatch(words); m != nil {
		written = m[2]
	} else if m := trialIn.FindStringSubmatch(words); m != nil {
		written = m[1]
	} else if m := untilPast.FindStringSubmatch(words); m != nil {
		written = m[1]
	}
	if end := endOf(capitals(written)); end != "" && end < l.day {
		l.find("expired-statement", at, id, "it speaks of "+written+" as still to come: "+quote(words), "say what is so now, or take it out")
	}
}

// capitals writes a month as time.Parse wants it.
func capitals(s string) string {
	words := strings.Fields(strings.ToLower(s))
	for i, w := range words {
		words[i] = strings.ToUpper(w[:1]) + w[1:]
	}
	return strings.Join(words, " ")
}
