package notice

import (
	"fmt"
	"reflect"
	"regexp"
	"regexp/syntax"
	"slices"
	"strconv"
	"strings"
	"time"
)

// maxID and maxText bound what one name and one stretch of text may be, in bytes.
const (
	maxID   = 64
	maxText = 4000
)

// A shaped type is text that must look a certain way. The pattern serves the
// loader and the JSON Schema alike.
type shaped interface {
	// shape gives a regular expression that the whole text matches, and what such
	// text is called with an example.
	shape() (pattern, what string)
}

// An enum is text that must be one of a few words.
type enum interface {
	values() []string
}

// ID names something in the folder so that something else can point to it.
type ID string

func (ID) shape() (string, string) {
	return `^[a-z][a-z0-9]*(-[a-z0-9]+)*$`, "a name in small letters, digits and single hyphens, such as contact-details"
}

// Sentences are the sentences of the notice that a rule carries out. A file writes one as
// a word, and several as a list.
type Sentences []ID

// First is the sentence to quote where only one can be, or "" if no sentence is named.
func (s Sentences) First() ID {
	if len(s) == 0 {
		return ""
	}
	return s[0]
}

var sentencesType = reflect.TypeFor[Sentences]()

// Date is a day in Europe/London as YYYY-MM-DD. Dates in this form order as
// text, and the zero Date comes before all others.
type Date string

func (Date) shape() (string, string) {
	return `^[0-9]{4}-[0-9]{2}-[0-9]{2}$`, "a date such as 2026-11-22"
}

// Time is midnight UTC at the start of the day; the zero Time for the zero Date.
func (d Date) Time() time.Time {
	t, err := time.Parse(time.DateOnly, string(d))
	if err != nil {
		return time.Time{}
	}
	return t
}

// Email is an address that mail can be sent to.
type Email string

func (Email) shape() (string, string) {
	return `^[^@\s<>]+@[^@\s<>]+\.[^@\s<>.]+$`, "an e-mail address"
}

// Phone is a number as people write it.
type Phone string

func (Phone) shape() (string, string) {
	return `^\+?[0-9][0-9 ()-]{4,24}[0-9]$`, "a phone number such as 01632 960 100"
}

// WebAddress is a page the public can open.
type WebAddress string

func (WebAddress) shape() (string, string) {
	return `^https?://[^\s<>"]+$`, "a web address beginning https://"
}

// Country is an ISO 3166-1 alpha-2 code.
type Country string

func (Country) shape() (string, string) {
	return `^[A-Z]{2}$`, "a two-letter country code such as GB"
}

// Language is a BCP 47 primary tag.
type Language string

func (Language) shape() (string, string) {
	return `^[a-z]{2,3}$`, "a language code such as en or cy"
}

// DPV is a term of the W3C Data Privacy Vocabulary with its prefix.
type DPV string

func (DPV) shape() (string, string) {
	return `^(dpv|dpv-pd|eu-gdpr|legal-gb):[A-Za-z0-9-]+$`, "a Data Privacy Vocabulary term such as dpv-pd:Name"
}

// CheckName names a check that the installation registers: what it looks at,
// a full stop, what must hold.
type CheckName string

func (CheckName) shape() (string, string) {
	return `^[a-z][a-z0-9-]*(\.[a-z][a-z0-9-]*)?$`, "the name of a check such as requests.on-time"
}

// Expression is a condition in the rule language. This room keeps it as text;
// package rule gives it meaning.
type Expression string

func (Expression) shape() (string, string) {
	return `^[a-z0-9 .()!&|<>=_'"-]+$`, "a condition such as tenancy.new && !supplier.signed-up"
}

// Period is a length of time in whole days or longer, as ISO 8601 writes it:
// P6Y, P30D, P1Y6M.
type Period string

var periodPattern = regexp.MustCompile(`^P(?:([0-9]{1,3})Y)?(?:([0-9]{1,4})M)?(?:([0-9]{1,4})W)?(?:([0-9]{1,5})D)?$`)

func (Period) shape() (string, string) {
	return `^P([0-9]{1,3}Y)?([0-9]{1,4}M)?([0-9]{1,4}W)?([0-9]{1,5}D)?$`, "a period such as P6Y, P18M or P30D"
}

func (p Period) valid() error {
	if len(p) < 3 {
		return fmt.Errorf("%s has no length", quote(string(p)))
	}
	return nil
}

// Parts are the years, months and days of the period; a week is seven days.
func (p Period) Parts() (years, months, days int) {
	m := periodPattern.FindStringSubmatch(string(p))
	if m == nil {
		return 0, 0, 0
	}
	n := func(i int) int {
		v, _ := strconv.Atoi(m[i]) // the pattern leaves only short runs of digits, or nothing
		return v
	}
	return n(1), n(2), 7*n(3) + n(4)
}

// Words says the period in English: "6 years", "1 year and 6 months".
func (p Period) Words() string {
	y, m, d := p.Parts()
	var parts []string
	for _, part := range []struct {
		n    int
		noun string
	}{{y, "year"}, {m, "month"}, {d, "day"}} {
		if part.n > 0 {
			parts = append(parts, plural(part.n, part.noun))
		}
	}
	switch len(parts) {
	case 0:
		return "no time"
	case 1:
		return parts[0]
	}
	last := len(parts) - 1
	return strings.Join(parts[:last], ", ") + " and " + parts[last]
}

func (d Date) valid() error {
	if _, err := time.Parse(time.DateOnly, string(d)); err != nil {
		return fmt.Errorf("%s is not a day in the calendar", quote(string(d)))
	}
	return nil
}

// Lasts is how long a cookie stays: "session", or a Period.
type Lasts string

func (Lasts) shape() (string, string) {
	return `^(session|never|PT[0-9]{1,4}[HM]|P([0-9]{1,3}Y)?([0-9]{1,4}M)?([0-9]{1,4}W)?([0-9]{1,5}D)?)$`, "“session”, “never”, or a period such as P1Y or PT2H"
}

// Pattern is an RE2 expression for the landlord's own references. It cannot
// match without end, nor match nothing.
type Pattern string

const maxPattern = 200

func (p Pattern) valid() error {
	if len(p) > maxPattern {
		return fmt.Errorf("the pattern is longer than %d bytes", maxPattern)
	}
	re, err := syntax.Parse(string(p), syntax.Perl)
	if err != nil {
		return fmt.Errorf("%s is not an RE2 expression: %w", quote(string(p)), err)
	}
	if endless(re) {
		return fmt.Errorf("%s can match without end; say how many at most: {1,8}", quote(string(p)))
	}
	if whole, err := regexp.Compile(string(p)); err != nil || whole.MatchString("") {
		return fmt.Errorf("%s matches nothing at all, and so everywhere", quote(string(p)))
	}
	return nil
}

func endless(re *syntax.Regexp) bool {
	return re.Op == syntax.OpStar || re.Op == syntax.OpPlus || re.Op == syntax.OpRepeat && re.Max < 0 || slices.ContainsFunc(re.Sub, endless)
}
