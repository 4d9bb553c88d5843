package app

import (
	"context"
	"fmt"
	"strings"

	"tenet/internal/cases"
	"tenet/internal/console"
	"tenet/internal/desk"
	"tenet/internal/law"
)

// kind is what a regime is called.
type kind struct {
	request string // in a list of cases
	title   string // to the person
	article string // where the right stands, or the duty
}

func kindOf(r law.Regime) kind {
	k, ok := map[law.Regime]kind{
		law.Access:            {"Access request", "Access to your information", "UK GDPR Article 15"},
		law.Rectification:     {"Request to put right", "Putting your information right", "UK GDPR Article 16"},
		law.Erasure:           {"Request to delete", "Deleting your information", "UK GDPR Article 17"},
		law.Restriction:       {"Request to restrict", "Restricting the use of your information", "UK GDPR Article 18"},
		law.Portability:       {"Request to take away", "Taking your information with you", "UK GDPR Article 20"},
		law.Objection:         {"Objection", "Your objection", "UK GDPR Article 21"},
		law.AutomatedDecision: {"Decision by machine", "A person to decide", "UK GDPR Articles 22A to 22D"},
		law.FOI:               {"Freedom of information", "Freedom of information", "the Freedom of Information Act of the nation"},
		law.EIR:               {"Environmental information", "Environmental information", "the Environmental Information Regulations of the nation"},
		law.STAIRs:            {"Information for tenants", "How we run your homes", "the Social Tenant Access to Information Requirements"},
		law.DPComplaint:       {"Data protection complaint", "Your complaint about how we used your information", "DPA 2018 section 164A"},
		law.Breach:            {"Personal data breach", "A personal data breach", "UK GDPR Article 33"},
		law.OmbudsmanAck:      {"Complaint, to acknowledge", "Your complaint", "the Housing Ombudsman's Code"},
		law.Ombudsman1:        {"Complaint, stage 1", "Your complaint", "the Housing Ombudsman's Code"},
		law.Ombudsman2:        {"Complaint, stage 2", "Your complaint", "the Housing Ombudsman's Code"},
		law.FOIReview:         {"Freedom of information, review", "A review of our answer", "the section 45 code of practice"},
		law.EIRReview:         {"Environmental information, review", "A review of our answer", "the Environmental Information Regulations of the nation"},
		law.WithoutDelay:      {"Without delay", "What is to be done without delay", "no date in law"},
	}[r]
	if !ok {
		id, _ := r.Promise()
		return kind{"Promise: " + id, "Your request", "the notice's own promise"}
	}
	return k
}

// kindWords is what staff call a case: several kinds may run by one clock.
func kindWords(k cases.Case) string {
	if words, ok := map[law.Kind]string{
		law.KindCopy: "Copy of a paper", law.KindCCTV: "Camera pictures", law.KindCalls: "Call recordings", law.KindMarketing: "Objection to marketing",
		law.KindWithdrawal: "Consent withdrawn", law.KindEstate: "Estate enquiry", law.KindComplaint: "Complaint",
	}[k.Kind]; ok {
		return words
	}
	return kindOf(k.Regime).request
}

// titleOf is what a case is called to the person.
func titleOf(k cases.Case) string {
	if h, ok := k.Kind.Handling(); ok && h.Title != "" {
		return h.Title
	}
	return kindOf(k.Regime).title
}

// person is how staff know whom a case is about.
func person(k cases.Case) string {
	about, by := k.Person.Name, k.Requester.Name
	switch {
	case !k.Forgotten.IsZero():
		return "Forgotten"
	case about == "" && by == "":
		return "A person who gave no name"
	case about == "":
		return by
	case by == "" || by == about:
		return about
	}
	return about + ", asked for by " + by
}

// things is what a person may have been asked for.
var things = map[cases.Thing]string{
	cases.ForIdentity:      "proof of who they are",
	cases.ForAuthority:     "authority to act for the person",
	cases.ForFee:           "a fee",
	cases.ForClarification: "an answer to our question",
}

// paused says what the clock waits for; empty if it runs.
func paused(waiting []cases.Thing) string {
	var out []string
	for _, t := range waiting {
		out = append(out, things[t])
	}
	if out == nil {
		return ""
	}
	return "Waiting for " + strings.Join(out, " and ")
}

func state(k cases.Case) string {
	switch k.State {
	case cases.Received:
		return "Received"
	case cases.Drafted:
		switch {
		case stale(k):
			return "Draft to be made again"
		case k.Identity == nil:
			return "Draft ready, identity not recorded"
		}
		return "Draft ready, waiting for approval"
	case cases.Approved:
		return "Approved"
	case cases.Released:
		return "Answered"
	}
	return strings.ToUpper(string(k.State[:1])) + string(k.State[1:])
}

// next is the next thing to do, in a sentence or two.
func (s staffDesk) next(ctx context.Context, k cases.Case, c console.Case) string {
	review := ""
	switch {
	case c.Review == 1:
		review = " One record waits for a decision: what nobody has decided to let out stays out."
	case c.Review > 1:
		review = fmt.Sprintf(" %d records wait for a decision: what nobody has decided to let out stays out.", c.Review)
	}
	switch {
	case !desk.HasPack(k) && k.State.Running() && k.Draft == nil && c.Paused == "":
		return "Do what its tasks say, then write the answer in words."
	case desk.InWords(k) && k.State == cases.Drafted && (k.Identity != nil || c.Anybody):
		return "Look through the words of the answer, then approve it."
	case k.State == cases.Approved && desk.InWords(k):
		return "Send the answer: its letter has the words that were approved."
	case k.State == cases.Approved:
		if waits, err := s.d.Waiting(ctx, k); err == nil && waits {
			return "A link to the answer waits for the person. When they have downloaded it, it stands on the page Hand over."
		}
		return "Give the answer to the person, on the page Hand over: by a link, on paper or in person."
	case c.Paused != "" && k.Draft == nil:
		return c.Paused + "."
	case k.Draft == nil:
		if trouble := s.troubleOf(ctx, k); trouble != "" {
			return trouble
		}
		if k.Channel == channel {
			return "Wait for the search to finish: it began by itself when the request came."
		}
		return "Search and draft the answer: tenet case answer " + k.Number + "."
	case k.Identity == nil:
		return "Record how you know that the person is who they say they are. Nothing goes out until then." + review
	case c.Draft.Blocked != "":
		return c.Draft.Blocked + " " + s.troubleOf(ctx, k)
	}
	return "Look through what was found and what is withheld, then approve the answer." + review
}

// came is how a request came, in the notice's own words where it has them.
func (s staffDesk) came(channel string) string {
	for _, c := range s.d.Notice.Rights.Channels {
		if string(c.ID) == channel {
			return c.Title
		}
	}
	return map[string]string{
		"console": "Entered by staff", "cli": "Entered at the command line", "api": "Another system", "counter": "Over the counter",
		"email": "E-mail", "phone": "Telephone", "letter": "Letter",
	}[channel]
}

func clockWords(r law.Result) console.Clock {
	k := kindOf(r.Regime)
	c := console.Clock{
		Regime: k.title + " (" + k.article + ")", Started: when(r.Started), Due: when(r.Due), Target: when(r.Target),
		Governs: r.Governs, Working: r.Working, Law: console.Deadline{Says: "No law sets a date."},
		Holidays: "bank holidays of version " + r.Holidays.ID,
	}
	if until, ok := r.Holidays.Covers[r.Nation]; ok {
		c.Holidays += ", known until " + until.Words()
	}
	c.Holidays += "."
	if r.Law != nil {
		c.Law = console.Deadline{Due: when(r.Law.Due), Says: r.Law.Cite}
	}
	if r.Promise != nil {
		c.Promise = &console.Deadline{Due: when(r.Promise.Due), Says: r.Promise.Says}
	}
	if x := r.Extension; x != nil && x.Given == nil {
		c.Extend = &console.Extension{NoticeBy: when(x.NoticeBy), Due: when(x.Due)}
	}
	c.Working = append(c.Working, r.Warnings...)
	for _, u := range r.Unverified {
		c.Working = append(c.Working, "Not verified: "+u)
	}
	return c
}

// eventWords is an act in plain words, with what was said.
func eventWords(e cases.Event) string {
	what := map[string]string{
		cases.Opens.Entry(): "The request was received", cases.Notes.Entry(): "A note was written", cases.Describes.Entry(): "More became known of the person",
		cases.Asks.Entry(): "The person was asked for", cases.Receives.Entry(): "There came",
		cases.Identifies.Entry(): "Identity was recorded", cases.Extends.Entry(): "The person was told that the answer takes longer",
		cases.Reclocks.Entry(): "The due date moved with the bank holidays", cases.Codes.Entry(): "A new code was given",
		cases.Decides.Entry(): "Records were decided on", cases.Drafts.Entry(): "A draft was sealed", cases.Approves.Entry(): "The draft was approved",
		cases.Releases.Entry(): "The answer was sent", cases.Takes.Entry(): "The answer was downloaded",
		cases.Refuses.Entry(): "The request was refused", cases.Withdraws.Entry(): "The request was withdrawn",
		cases.Closes.Entry(): "The case was closed", cases.Forgets.Entry(): "The particulars were destroyed",
		cases.Tells.Entry(): "The person was written to on the portal", cases.Attaches.Entry(): "A paper was added", cases.Represents.Entry(): "Somebody acts for the person",
		cases.Safeguards.Entry(): "Where they may be reached safely was recorded", cases.Acknowledges.Entry(): "It was acknowledged", cases.Spends.Entry(): "Time was spent",
		cases.Assigns.Entry(): "A task was given", cases.Chases.Entry(): "A task was chased", cases.Raises.Entry(): "A task was raised", cases.Finishes.Entry(): "A task was finished",
		cases.Transfers.Entry(): "The case was transferred", cases.Lapses.Entry(): "The case lapsed", cases.Reviews.Entry(): "A review was asked for", cases.Concludes.Entry(): "The review ended",
		cases.Escalates.Entry(): "It went to the second stage", cases.Reopens.Entry(): "The case was opened again",
		"letter.queued": "A letter was written", "letters.queued": "Letters were written", "letter.sent": "A letter was sent", "letter.posted": "A letter was posted", "letter.failed": "A letter could not be sent", "letter.dropped": "A letter was dropped", "letter.retried": "A letter is tried again by e-mail",
		"link.made": "A link to the answer was made", "link.code-sent": "A code for the link was sent", "link.code-read-out": "A code for the link was made to be read out",
		"link.download-began": "The answer began to be downloaded", "link.download-completed": "The answer was downloaded by the person", "link.download-broke-off": "A download broke off",
		"link.ended": "The link ended", "link.destroyed": "What was left of the link was destroyed",
		"case.reviewers-copy": "A sealed copy was made for a reviewer", "staff.looked": "A member of staff looked", "staff.refused": "A member of staff was refused", "staff.opened-sensitive": "Sensitive records were opened",
	}[e.Act]
	facts := e.Payload.Facts
	switch e.Act {
	case cases.Asks.Entry(), cases.Receives.Entry():
		thing, _ := facts["for"].(string)
		what += " " + things[cases.Thing(thing)]
	case cases.Decides.Entry():
		if items, _ := facts["items"].([]any); len(items) == 1 {
			what = "A record was decided on"
		}
	case cases.Releases.Entry():
		if facts["way"] == string(cases.Collected) {
			what = "The answer was collected"
		}
	}
	if what == "" {
		what = e.Act // of another room; its name says what it is
	}
	if e.Words != "" {
		what += ": " + strings.ReplaceAll(strings.TrimSpace(e.Words), "\n", ". ")
	}
	return sentence(what)
}
