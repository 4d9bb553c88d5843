package expiry

import (
	"crypto/sha256"
	"encoding/hex"
	"fmt"
	"slices"
	"time"

	"tenet/internal/law"
	"tenet/internal/notice"
)

// Rule is how long one kind of record of Tenet's own stays.
type Rule struct {
	Record  notice.OwnRecord
	ID      notice.ID // of the rule in keeping.yaml
	Says    string    // "3 years after your request is answered"
	Why     string    // what the landlord says it rests on
	From    notice.OwnEvent
	Periods []notice.Period // one after another
	// Looks says that the landlord wants somebody to look before anything goes. Then
	// Tenet lists what is due, and deletes nothing.
	Looks bool
	// Lacks says why nothing can be counted, and Mend what to write; both are empty for a
	// rule that holds.
	Lacks, Mend string
	// Digest is of how the time is counted and what then happens. What somebody signed
	// stands for this digest and no other.
	Digest string
}

// events are what happens in the life of each kind of record.
var events = map[notice.OwnRecord][]notice.OwnEvent{
	notice.OwnCases:         {notice.OwnMade, notice.OwnEnded},
	notice.OwnContacts:      {notice.OwnMade},
	notice.OwnAuthorities:   {notice.OwnEnded},
	notice.OwnChecks:        {notice.OwnMade},
	notice.OwnIncidents:     {notice.OwnEnded},
	notice.OwnIncidentsBare: {notice.OwnEnded},
	notice.OwnPapers:        {notice.OwnEnded},
	notice.OwnEntries:       {notice.OwnMade},
	notice.OwnDisclosures:   {notice.OwnMade},
	notice.OwnLooks:         {notice.OwnMade},
	notice.OwnMail:          {notice.OwnMade},
}

// Rules are those of a notice, one for each kind of record, also where it has none.
func Rules(n *notice.Notice) []Rule {
	var out []Rule
	for _, record := range notice.OwnRecords() {
		r := Rule{Record: record}
		k, ok := n.Keeping.Own(record)
		if !ok {
			r.Lacks, r.Mend = "no rule of keeping.yaml is for them", fmt.Sprintf("add records: [%s] to a rule whose trigger says own: %s", record, events[record][0])
			out = append(out, r)
			continue
		}
		r.ID, r.Says, r.Why, r.Looks = k.ID, n.Keeping.Says(k), k.Why, k.Action == notice.LookAgain
		r.From, r.Periods, ok = n.Keeping.Counted(k)
		if !ok || !slices.Contains(events[record], r.From) {
			r.Lacks = fmt.Sprintf("the rule %s counts from an event that Tenet does not see in them", k.ID)
			r.Mend = fmt.Sprintf("give them a rule whose trigger says own: %s", events[record][0])
		}
		sum := sha256.Sum256(fmt.Appendf(nil, "tenet expiry v1\n%s\n%s\n%s\n%q\n%s", record, k.ID, r.From, r.Periods, k.Action))
		r.Digest = hex.EncodeToString(sum[:])
		out = append(out, r)
	}
	return out
}

// until is the last day on which a record stays whose time began on a day.
func (r Rule) until(day law.Date) law.Date {
	for _, p := range r.Periods {
		years, months, days := p.Parts()
		day = day.AddMonths(12*years + months).AddDays(days)
	}
	return day
}

// Before is the instant before which the event of a record was whose last day is over.
func (r Rule) Before(today law.Date) time.Time {
	day := today
	for _, p := range r.Periods {
		years, months, days := p.Parts()
		day = day.AddDays(-days).AddMonths(-12*years - months)
	}
	// Months are not of one length: the way back may be some days off.
	for !r.until(day).Before(today) {
		day = day.AddDays(-1)
	}
	for r.until(day.AddDays(1)).Before(today) {
		day = day.AddDays(1)
	}
	return day.AddDays(1).Start().UTC()
}
