package notice

import "slices"

// OwnRecord is something that Tenet keeps itself, beside the landlord's systems.
type OwnRecord string

// What Tenet keeps itself.
const (
	OwnCases         OwnRecord = "cases"            // requests and complaints, with their letters, files and drafts
	OwnContacts      OwnRecord = "contacts"         // what happened when somebody was in touch
	OwnAuthorities   OwnRecord = "authorities"      // who may act for whom
	OwnChecks        OwnRecord = "checks"           // callers showing who they are
	OwnIncidents     OwnRecord = "incidents"        // whom incidents touched, and who said what of them
	OwnIncidentsBare OwnRecord = "incident-records" // what is left of an incident then: what the law wants on record (UK GDPR Art 33(5))
	OwnPapers        OwnRecord = "papers"           // of the registers of accountability
	OwnEntries       OwnRecord = "paper-entries"    // people named beside papers: who asked, who read
	OwnDisclosures   OwnRecord = "disclosures"      // whose data was given out, and what
	OwnLooks         OwnRecord = "looks"            // which pages of a case staff looked at, and why they opened more
	OwnMail          OwnRecord = "mail"             // messages that came to the mailbox
)

// OwnRecords is every kind of them.
func OwnRecords() []OwnRecord {
	return []OwnRecord{OwnCases, OwnContacts, OwnAuthorities, OwnChecks, OwnIncidents, OwnIncidentsBare, OwnPapers, OwnEntries, OwnDisclosures, OwnLooks, OwnMail}
}

func (OwnRecord) values() []string { return valuesOf(OwnRecords()) }

// OwnEvent is what happens to a record of Tenet's own.
type OwnEvent string

// The events.
const (
	OwnMade  OwnEvent = "made"  // it was written, received or given out
	OwnEnded OwnEvent = "ended" // it was closed, answered or withdrawn
)

func (OwnEvent) values() []string { return valuesOf([]OwnEvent{OwnMade, OwnEnded}) }

func valuesOf[T ~string](all []T) []string {
	out := make([]string, len(all))
	for i, x := range all {
		out[i] = string(x)
	}
	return out
}

// Own is the rule that says how long a record of Tenet's own stays; false where none does.
func (k *Keeping) Own(r OwnRecord) (KeepRule, bool) {
	i := slices.IndexFunc(k.Rules, func(x KeepRule) bool { return slices.Contains(x.Records, r) })
	if i < 0 {
		return KeepRule{}, false
	}
	return k.Rules[i], true
}

// Counted is how the time of a rule is counted for records of Tenet's own: from which
// event, and the periods one after another, the rule's own last. It is false where the
// rule hangs on an event that Tenet cannot see in them.
func (k *Keeping) Counted(r KeepRule) (from OwnEvent, periods []Period, ok bool) {
	for range len(k.Rules) + 1 { // Load has made sure that chains of rules end
		periods = append(periods, r.Period)
		if t, found := k.Trigger(r.Trigger); found {
			slices.Reverse(periods)
			return t.Own, periods, t.Own != ""
		}
		if r, ok = k.Rule(r.After); !ok {
			break
		}
	}
	return "", nil, false
}

// checkOwn holds the rules for Tenet's own records to what Tenet can count.
func (k *Keeping) checkOwn(ps *problems) {
	ruled := map[OwnRecord]ID{}
	for _, r := range k.Rules {
		if len(r.Records) == 0 {
			continue
		}
		field := "rules[" + string(r.ID) + "]"
		if _, _, ok := k.Counted(r); !ok {
			ps.add(r.Pos, field+".records", "cannot be counted: nothing says what its trigger is for a record of Tenet's own", "add own: made or own: ended to the trigger, or use a trigger that has it")
		}
		if len(r.People) > 0 {
			ps.add(r.Pos, field+".people", "does not go with records: Tenet does not keep its own records by kinds of people", "leave people out, or give the records a rule of their own")
		}
		for _, x := range r.Records {
			if first, twice := ruled[x]; twice {
				ps.add(r.Pos, field+".records", quote(string(x))+" is under the rule "+quote(string(first))+" already", "leave it in one of the two")
			}
			ruled[x] = r.ID
		}
	}
}
