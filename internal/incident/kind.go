package incident

import (
	"slices"

	"tenet/internal/notice"
)

// Kind is what went wrong, in the words of whoever reports it.
type Kind string

// The kinds.
const (
	Lost        Kind = "lost"
	Stolen      Kind = "stolen"
	Misdirected Kind = "misdirected" // sent to the wrong person
	Seen        Kind = "seen"        // by the wrong person
	Altered     Kind = "altered"
	Destroyed   Kind = "destroyed" // or out of reach
	Misused     Kind = "misused"   // by somebody who was let in
	Supplier    Kind = "supplier"  // at a firm that works for us
	Attack      Kind = "attack"    // on the site, or misuse of it
	Phishing    Kind = "phishing"  // somebody pretends to be us
	Other       Kind = "other"
)

// Harm is what a breach does to data: UK GDPR Art 4(12).
type Harm string

// The harms.
const (
	Confidentiality Harm = "confidentiality" // disclosed, or open to somebody who should not see it
	Integrity       Harm = "integrity"       // altered
	Availability    Harm = "availability"    // lost, destroyed, out of reach
)

// Harms is all of them.
func Harms() []Harm { return []Harm{Confidentiality, Integrity, Availability} }

// Sort is what a kind is.
type Sort struct {
	Kind  Kind
	Title string              // as somebody who reports it chooses it
	Of    notice.IncidentKind // what a notice calls it
	Harms []Harm              // that it usually does, proposed at triage
}

// Sorts is every kind, in the order in which it is offered.
func Sorts() []Sort {
	return []Sort{
		{Lost, "Something with information on it was lost", notice.Lost, []Harm{Confidentiality, Availability}},
		{Stolen, "Something with information on it was stolen", notice.Lost, []Harm{Confidentiality, Availability}},
		{Misdirected, "Information was sent to the wrong person", notice.Disclosed, []Harm{Confidentiality}},
		{Seen, "The wrong person saw information", notice.Unauthorised, []Harm{Confidentiality}},
		{Altered, "Information was changed that should not have been", notice.Altered, []Harm{Integrity}},
		{Destroyed, "Information was destroyed, or cannot be reached", notice.Lost, []Harm{Availability}},
		{Misused, "Information was used for something it was not given for", notice.Misused, []Harm{Confidentiality}},
		{Supplier, "Something went wrong at a firm that works for us", notice.SupplierFail, []Harm{Confidentiality}},
		{Attack, "An attack on the website, or misuse of it", notice.SiteAttack, nil},
		{Phishing, "A message or caller who pretends to be us", notice.PhishingMail, nil},
		{Other, "Something else", "", nil},
	}
}

// Sort is what the kind is; false for one that there is not.
func (k Kind) Sort() (Sort, bool) {
	all := Sorts()
	i := slices.IndexFunc(all, func(s Sort) bool { return s.Kind == k })
	if i < 0 {
		return Sort{}, false
	}
	return all[i], true
}

// Title is the kind in words.
func (k Kind) Title() string {
	s, _ := k.Sort()
	return s.Title
}

// Opens is what a notice calls an incident of the kind, and whether it says that it
// records those. One that it does not name is recorded all the same: the law wants
// every breach recorded (UK GDPR Art 33(5)).
func (k Kind) Opens(n *notice.Notice) (of notice.IncidentKind, named bool) {
	s, _ := k.Sort()
	return s.Of, n != nil && n.Records.Incidents != nil && slices.Contains(n.Records.Incidents.Records, s.Of)
}
