package cases

import (
	"time"
	"unicode/utf8"

	"tenet/internal/law"
)

// Case is one request, complaint or incident. What is marked sealed is empty once
// the case is forgotten.
type Case struct {
	ID       string     `json:"id"`     // opaque and unguessable; the ledger knows the case by it
	Number   string     `json:"number"` // for people: "AR-2026-0001"
	Kind     law.Kind   `json:"kind"`
	Regime   law.Regime `json:"regime"`           // the clock that the case goes by; see Case.Clocks for others
	Entity   string     `json:"entity,omitempty"` // the legal entity it was put to, where that matters; an id of the notice
	State    State      `json:"state"`
	Version  int64      `json:"version"` // the number of the last step
	Received law.Date   `json:"received"`
	At       time.Time  `json:"at,omitzero"` // the instant of receipt, UTC; zero where only the day is known
	Channel  string     `json:"channel"`     // a channel of the notice, or "console", "cli", "api"
	Notice   string     `json:"notice"`      // hash of the version in force at receipt
	Inputs   Inputs     `json:"inputs"`
	Due      law.Moment `json:"due,omitzero"` // as last counted, for lists; zero where the holidays do not reach. See Cases.Clock
	Decided  int64      `json:"decided"`      // the last step that an answer rests on: a decision on an item, a new description of the person; 0 if none

	Minutes   int `json:"minutes"`   // of staff, in all
	Searching int `json:"searching"` // of them, those that count towards a limit of cost

	Opened    time.Time `json:"opened"`
	Changed   time.Time `json:"changed"`
	ChangedBy string    `json:"changed_by"`
	Ended     time.Time `json:"ended,omitzero"`     // when the person had their answer, or wanted none
	Forgotten time.Time `json:"forgotten,omitzero"` // when the particulars were destroyed

	Particulars

	changedAct string
}

// Particulars is the part of a case that is sealed.
type Particulars struct {
	Requester Requester  `json:"requester,omitzero"`
	Person    Person     `json:"person,omitzero"`
	Identity  *Identity  `json:"identity,omitempty"`
	Extension *Extension `json:"extension,omitempty"`
	Draft     *Draft     `json:"draft,omitempty"` // the latest; earlier ones are in the ledger by digest
	Ending    *Ending    `json:"ending,omitempty"`
	Reviewed  *Review    `json:"reviewed,omitempty"` // the last one
	Acting    *Acting    `json:"acting,omitempty"`   // who acts for the person; nil if they ask for themselves
	Safety    *Safety    `json:"safety,omitempty"`   // nil if any way is safe
	Second    bool       `json:"second,omitempty"`   // the notice wants a second person to approve
	Deciders  []string   `json:"deciders,omitempty"` // who decided items of the answer
	Original  string     `json:"original,omitempty"` // what it was known by where it was imported from
	Scope     string     `json:"scope,omitempty"`    // the part of what is held that was asked for; empty is all
	Mind      string     `json:"mind,omitempty"`     // what staff were told to mind when it was opened
}

// Requester is who asked, and how to reach them.
type Requester struct {
	Name    string `json:"name,omitempty"`
	Email   string `json:"email,omitempty"`
	Phone   string `json:"phone,omitempty"`
	Address string `json:"address,omitempty"` // in lines
	// Language is the one they chose to be written to in, as BCP 47 has it: "cy"; empty
	// leaves it to the landlord.
	Language string `json:"language,omitempty"`
}

// Person is whose information it is about, as the requester described them.
type Person struct {
	Name      string   `json:"name,omitempty"`
	Email     string   `json:"email,omitempty"`
	Phone     string   `json:"phone,omitempty"`
	Born      law.Date `json:"born,omitzero"`
	NINO      string   `json:"nino,omitempty"`
	NHS       string   `json:"nhs,omitempty"`
	Postcode  string   `json:"postcode,omitempty"`
	Reference string   `json:"reference,omitempty"` // of a tenancy, account or case
	Homes     string   `json:"homes,omitempty"`     // addresses they have lived at, in lines
	Asked     string   `json:"asked,omitempty"`     // what they are looking for, in their words
}

// Inputs is what the clock counts from: days, and the promise in force at
// receipt.
type Inputs struct {
	Nation         law.Nation   `json:"nation"`
	Identity       law.Span     `json:"identity,omitzero"` // asked for, arrived; zero where it was never asked for
	Authority      law.Span     `json:"authority,omitzero"`
	Fee            law.Span     `json:"fee,omitzero"`
	Clarifications []law.Span   `json:"clarifications,omitempty"`
	Extension      law.Date     `json:"extension,omitzero"` // when the person was told
	Promise        *law.Promise `json:"promise,omitempty"`
	TargetDays     int          `json:"target_days,omitempty"` // what staff aim for; 0 leaves it to the landlord's settings
	Acknowledged   law.Date     `json:"acknowledged,omitzero"` // what the clock of the case's own regime counts from, for a complaint
	Met            law.Date     `json:"met,omitzero"`          // when what that clock asks for was done
	Also           []Clock      `json:"also,omitempty"`        // the case's other clocks
	// Standing is what the regime is to the entity it was put to, where that is not
	// what it is to the landlord; empty leaves it to the settings.
	Standing law.Standing `json:"standing,omitempty"`
}

// Clock is one of the clocks of a case.
type Clock struct {
	Regime       law.Regime   `json:"regime"`
	From         law.Date     `json:"from,omitzero"` // the day it counts from; zero for the case's receipt
	Promise      *law.Promise `json:"promise,omitempty"`
	TargetDays   int          `json:"target_days,omitempty"`
	Acknowledged law.Date     `json:"acknowledged,omitzero"`
	Extension    law.Date     `json:"extension,omitzero"`
	Met          law.Date     `json:"met,omitzero"` // when what it asks for was done; it runs no more
}

// Identity is how it is known that the person is who they say they are. What was
// seen is described, never copied.
type Identity struct {
	How     string    `json:"how"`            // a way of the notice, or other words
	Note    string    `json:"note,omitempty"` // what was seen
	Arrived law.Date  `json:"arrived"`        // the day the proof came in
	By      string    `json:"by"`
	At      time.Time `json:"at"`                // when it was recorded
	Factors []Factor  `json:"factors,omitempty"` // what was passed; none where whoever recorded it attests to it
}

// Review is what a second look at an answer found.
type Review struct {
	Upheld bool      `json:"upheld"` // the answer stands
	Found  string    `json:"found"`
	By     string    `json:"by"`
	At     time.Time `json:"at"`
}

// Extension is more time, taken by telling the person why.
type Extension struct {
	Told    law.Date  `json:"told"`
	Reasons string    `json:"reasons"`
	By      string    `json:"by"`
	At      time.Time `json:"at"`
}

// Ending is how a case came to its end.
type Ending struct {
	How     State     `json:"how"` // Released, Refused, Withdrawn, Transferred or Lapsed
	Way     Way       `json:"way,omitempty"`
	Reason  string    `json:"reason,omitempty"`
	Grounds []string  `json:"grounds,omitempty"` // of law.Grounds, for a refusal
	Routes  []string  `json:"routes,omitempty"`  // that a refusal named
	Client  string    `json:"client,omitempty"`  // who has it now
	By      string    `json:"by"`
	At      time.Time `json:"at"`
}

// Way is how an answer reached the person.
type Way string

// The ways.
const (
	Sent      Way = "sent"      // by post or e-mail, by a member of staff
	Collected Way = "collected" // on the portal, or over the counter
)

// Draft is the sealed answer, waiting for approval.
type Draft struct {
	Pack      string         `json:"pack"`   // the name of the sealed file, in the workspace or the blob store
	Digest    string         `json:"digest"` // SHA-256 of the sealed bytes, in hexadecimal
	Size      int64          `json:"size"`   // bytes
	File      string         `json:"file,omitempty"`
	Counts    map[string]int `json:"counts,omitempty"` // items found, by "source.table"
	Whose     map[string]int `json:"whose,omitempty"`  // items found, by whose
	Beside    string         `json:"beside,omitempty"` // what is handed over beside an answer in words
	Withheld  int            `json:"withheld"`         // items left out, whole or in part
	Undecided int            `json:"undecided"`        // items that wait for a person's decision
	Notice    string         `json:"notice"`           // hash of the version that the draft explains
	Index     string         `json:"index,omitempty"`  // the state of the index it was found with
	// Decided is Case.Decided as it was when the decisions were read: a draft made
	// from older decisions is refused.
	Decided  int64     `json:"decided"`
	By       string    `json:"by"`
	At       time.Time `json:"at"`
	Approved *Approval `json:"approved,omitempty"`
}

// Approval is who let a draft out, and when.
type Approval struct {
	By string    `json:"by"`
	At time.Time `json:"at"`
}

// Decision is what becomes of one item of an answer.
type Decision struct {
	Item      string    `json:"item"` // opaque: 16 to 64 letters, digits, - and _; never a name or a key
	Release   bool      `json:"release"`
	Exemption string    `json:"exemption,omitempty"` // id of a law.Exemption; needed to withhold, empty to release
	Reason    string    `json:"reason"`
	By        string    `json:"by"` // set by Decide
	At        time.Time `json:"at"` // set by Decide
}

// Waiting is what was asked for and has not come, in order of need.
func (k *Case) Waiting() []Thing {
	var all []Thing
	for _, t := range []Thing{ForIdentity, ForAuthority, ForFee} {
		if open(*k.span(t)) {
			all = append(all, t)
		}
	}
	if n := len(k.Inputs.Clarifications); n > 0 && open(k.Inputs.Clarifications[n-1]) {
		all = append(all, ForClarification)
	}
	return all
}

func open(s law.Span) bool { return !s.IsZero() && s.To.IsZero() }

const (
	maxLine  = 500    // bytes in a name, a reference, a line
	maxWords = 20_000 // bytes in what a person writes
)

// checkText refuses what no store or letter can hold, without repeating it.
func checkText(field, s string, most int) error {
	switch {
	case len(s) > most:
		return input("shorten it, and keep the rest as a working file", "%s has %d bytes, more than %d", field, len(s), most)
	case !utf8.ValidString(s):
		return input("send it as UTF-8", "%s is not valid text", field)
	}
	for i := range len(s) {
		if s[i] < ' ' && s[i] != '\n' && s[i] != '\t' && s[i] != '\r' {
			return input("remove control characters", "%s has a control character at byte %d", field, i+1)
		}
	}
	return nil
}

func (r Requester) check() error {
	for _, f := range []struct {
		name, value string
		most        int
	}{{"the requester's name", r.Name, maxLine}, {"the requester's e-mail address", r.Email, maxLine},
		{"the requester's telephone number", r.Phone, maxLine}, {"the requester's address", r.Address, maxWords}, {"the requester's language", r.Language, 35}} {
		if err := checkText(f.name, f.value, f.most); err != nil {
			return err
		}
	}
	return nil
}

func (p Person) check() error {
	for _, f := range []struct {
		name, value string
		most        int
	}{{"the person's name", p.Name, maxLine}, {"the person's e-mail address", p.Email, maxLine},
		{"the person's telephone number", p.Phone, maxLine}, {"the person's NI number", p.NINO, maxLine}, {"the person's NHS number", p.NHS, maxLine}, {"the person's postcode", p.Postcode, maxLine},
		{"the person's reference", p.Reference, maxLine}, {"the person's homes", p.Homes, maxWords}, {"what is asked for", p.Asked, maxWords}} {
		if err := checkText(f.name, f.value, f.most); err != nil {
			return err
		}
	}
	return nil
}
