package law

import (
	"fmt"
	"slices"
)

// Effort is time that staff spent, or expect to spend, on a case.
type Effort struct {
	Day     Date
	Minutes int
	Work    Work
}

// Work is what the time went on, as far as a limit of cost asks.
type Work string

// The work.
const (
	Searching Work = "searching" // finding out whether it is held, finding it, drawing it out: counts towards the limit
	Deciding  Work = "deciding"  // reading, redacting, weighing exemptions, writing the answer: does not
)

// hoursOfLimit is the eighteen hours of both limits: £450 at £25 an hour (SI
// 2004/3244, for bodies other than central government), and what providers have published for
// STAIRs.
const hoursOfLimit = 18

// aggregateDays is the working days within which like requests may be added up.
const aggregateDays = 60

// CostLimit is how near a request is to the limit of cost.
type CostLimit struct {
	Limit    int      `json:"limit"`   // minutes
	Counted  int      `json:"counted"` // minutes that count
	Left     int      `json:"left"`    // 0 when it is used up
	Over     bool     `json:"over"`    // it may be refused, with advice on what can be done inside the limit
	Cite     string   `json:"cite"`
	Verified bool     `json:"verified"`
	Working  []string `json:"working"`
}

// Limit counts the efforts spent on a request, and on like requests by the same
// person or people acting together, against the limit of cost of its kind. Only kinds with
// such a limit have one: the others give false. A right to one's own data has none.
func Limit(h *Holidays, k Kind, day Date, efforts []Effort) (CostLimit, bool, error) {
	var l CostLimit
	switch k {
	case KindFOI:
		l.Cite = "FOIA 2000 s.12; SI 2004/3244 regs 3–5"
	case KindSTAIRs:
		l.Cite = "STAIRs chapter 2, as providers have published it"
	default:
		return l, false, nil
	}
	l.Limit = hoursOfLimit * 60
	other, early := 0, 0
	for _, e := range efforts {
		if e.Minutes < 0 {
			return l, true, fmt.Errorf("an effort of %d minutes: give 0 or more", e.Minutes)
		}
		switch {
		case e.Work != Searching:
			other += e.Minutes
		case k == KindFOI && e.Day.Before(day):
			last, err := h.AnyPart().AddWorking(e.Day, aggregateDays)
			if err != nil {
				return l, true, err
			}
			if last.Before(day) {
				early += e.Minutes
				continue
			}
			l.Counted += e.Minutes
		default:
			l.Counted += e.Minutes
		}
	}
	l.Left, l.Over = max(0, l.Limit-l.Counted), l.Counted > l.Limit
	l.Working = append(l.Working, fmt.Sprintf("The limit is %d hours of finding out whether it is held, finding it and drawing it out (%s).", hoursOfLimit, l.Cite))
	l.Working = append(l.Working, fmt.Sprintf("%s of that work count; %s are left.", hours(l.Counted), hours(l.Left)))
	if other > 0 {
		l.Working = append(l.Working, fmt.Sprintf("%s of reading, redacting and weighing do not count.", hours(other)))
	}
	if early > 0 {
		l.Working = append(l.Working, fmt.Sprintf("%s are older than %d working days and do not count with this.", hours(early), aggregateDays))
	}
	return l, true, nil
}

func hours(minutes int) string {
	if minutes%60 == 0 {
		return plural(minutes/60, "hour")
	}
	return fmt.Sprintf("%s %s", plural(minutes/60, "hour"), plural(minutes%60, "minute"))
}

// Recent is how long ago, in calendar days, an answered request counts as a recent one
// of the same person: a sign that there may be a repeat, never a rule. The
// law says "a reasonable interval" and no number (UK GDPR Art 12(5)).
const Recent = 90

// Earlier is what is known of another case of the same person.
type Earlier struct {
	Kind     Kind
	Running  bool
	Received Date
	Ended    Date // zero while it runs
}

// Repeat is how a request stands to an earlier one.
type Repeat string

// The ways a request may repeat another.
const (
	NotRepeat Repeat = ""
	Duplicate Repeat = "duplicate" // the same is asked already and not answered: handle as one, if the person agrees
	Again     Repeat = "again"     // the same was answered lately
	Beside    Repeat = "beside"    // another right of the same person, running: the number of requests may justify an extension (Art 12A(3))
)

// Repeats says how a request of a kind received on a day stands to an earlier one
// of the same person. It is for people to look at, and refuses nothing by itself.
func Repeats(k Kind, received Date, e Earlier) Repeat {
	alike := k == e.Kind || slices.Contains(copiesOf, k) && slices.Contains(copiesOf, e.Kind)
	switch {
	case e.Running && alike:
		return Duplicate
	case alike && !e.Ended.IsZero() && received.DaysSince(e.Ended) <= Recent:
		return Again
	case e.Running:
		a, _ := k.Handling()
		b, _ := e.Kind.Handling()
		if a.Right != "" && b.Right != "" {
			return Beside
		}
	}
	return NotRepeat
}

// copiesOf is the kinds that ask for everything or a part of it, of which one may hold
// the other.
var copiesOf = []Kind{KindAccess, KindCopy}
