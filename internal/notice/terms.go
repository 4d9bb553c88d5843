package notice

// RecipientGroup is the heading a notice lists recipients under.
type RecipientGroup string

// The headings.
const (
	SupplierGroup  RecipientGroup = "supplier"
	PartnerGroup   RecipientGroup = "partner"
	OwnPurposes    RecipientGroup = "own-purposes"
	CompelledGroup RecipientGroup = "compelled"
	CompanyGroup   RecipientGroup = "group-company"
	PurchaserGroup RecipientGroup = "purchaser"
)

func (RecipientGroup) values() []string {
	return []string{string(SupplierGroup), string(PartnerGroup), string(OwnPurposes), string(CompelledGroup), string(CompanyGroup), string(PurchaserGroup)}
}

// Onward is whether a recipient may pass data on.
type Onward string

// The answers.
const (
	NeverOnward    Onward = "never"
	OnwardApproved Onward = "with-our-approval"
	OnwardFreely   Onward = "freely"
)

func (Onward) values() []string {
	return []string{string(NeverOnward), string(OnwardApproved), string(OnwardFreely)}
}

// Need is something that must be there before data is given.
type Need string

// What may be needed.
const (
	NeedAgreement Need = "agreement"
	NeedSigned    Need = "signed-undertaking"
	NeedWritten   Need = "written-request"
	NeedConsent   Need = "explicit-consent"
	NeedAgreed    Need = "persons-agreement" // to a referral; not consent in law
	NeedApproval  Need = "approval"
	NeedOrder     Need = "court-order"
)

func (Need) values() []string {
	return []string{string(NeedAgreement), string(NeedSigned), string(NeedWritten), string(NeedConsent), string(NeedAgreed), string(NeedApproval), string(NeedOrder)}
}

// Tell is whether the person hears of a disclosure.
type Tell string

// When the person is told.
const (
	TellBefore  Tell = "before"
	TellAtStart Tell = "at-collection"
	TellAfter   Tell = "after"
	TellNever   Tell = "never"
)

func (Tell) values() []string {
	return []string{string(TellBefore), string(TellAtStart), string(TellAfter), string(TellNever)}
}

// NeverShared is something the landlord says it does not pass on.
type NeverShared struct {
	Pos        `json:"-"`
	ID         ID        `yaml:"id,required" id:"never shared" json:"id" doc:"a short name"`
	Says       string    `yaml:"says,required" json:"says" doc:"what is not passed on, or not for what"`
	To         []ID      `yaml:"to" ref:"recipient" json:"to,omitempty" doc:"to whom; left out means anyone"`
	Categories []ID      `yaml:"categories" ref:"category" json:"categories,omitempty" doc:"what; left out means anything"`
	Unless     string    `yaml:"unless" json:"unless,omitempty" doc:"what the notice takes back"`
	Promise    Sentences `yaml:"promise" ref:"sentence" json:"promise,omitempty" doc:"the sentence that says so"`
}

// TransferLimit is where a sentence says that data may be held.
type TransferLimit struct {
	Pos        `json:"-"`
	Within     []Perimeter `yaml:"within,required" json:"within" doc:"where it may be without more"`
	Permission bool        `yaml:"our-permission" json:"our_permission,omitempty" doc:"true if a supplier must ask us before going beyond"`
	Safeguards []Safeguard `yaml:"safeguards" json:"safeguards,omitempty" doc:"what must protect it beyond"`
	Mend       string      `yaml:"mend" json:"mend,omitempty" doc:"what is done about a supplier that went beyond"`
	Promise    Sentences   `yaml:"promise" ref:"sentence" json:"promise,omitempty" doc:"the sentence that says so"`
}

// Perimeter is a part of the world a notice draws a line round.
type Perimeter string

// The perimeters.
const (
	InUK       Perimeter = "uk"
	InEU       Perimeter = "eu"
	InEEA      Perimeter = "eea"
	InAdequate Perimeter = "adequate"
)

func (Perimeter) values() []string {
	return []string{string(InUK), string(InEU), string(InEEA), string(InAdequate)}
}

// Leaving is what is looked at when someone stops being a customer.
type Leaving struct {
	Pos     `json:"-"`
	Asks    string    `yaml:"asks,required" json:"asks" doc:"the question put"`
	Within  Period    `yaml:"within" json:"within,omitempty" doc:"how soon"`
	Decides ID        `yaml:"decides" ref:"contact" json:"decides,omitempty" doc:"who answers it"`
	Holds   []ID      `yaml:"holds" ref:"hold" json:"holds,omitempty" doc:"reasons to keep something"`
	Promise Sentences `yaml:"promise" ref:"sentence" json:"promise,omitempty" doc:"the sentence that says so"`
}

// Storage is somewhere the data lies.
type Storage struct {
	Pos       `json:"-"`
	ID        ID          `yaml:"id,required" id:"store" json:"id" doc:"a short name"`
	Title     string      `yaml:"title,required" json:"title" doc:"the place"`
	Kind      StorageKind `yaml:"kind,required" json:"kind" doc:"what sort of place"`
	Recipient ID          `yaml:"recipient" ref:"recipient" json:"recipient,omitempty" doc:"the supplier whose it is"`
	If        string      `yaml:"if" json:"if,omitempty" doc:"the condition the notice puts on it"`
	Promise   Sentences   `yaml:"promise" ref:"sentence" json:"promise,omitempty" doc:"the sentence that says so"`
}

// StorageKind is the sort of place data lies in.
type StorageKind string

// The kinds of storage.
const (
	OurComputers   StorageKind = "our-computers"
	TheirComputers StorageKind = "supplier-computers"
	OnPaper        StorageKind = "paper"
)

func (StorageKind) values() []string {
	return []string{string(OurComputers), string(TheirComputers), string(OnPaper)}
}

// Measure is something done to keep data safe: UK GDPR Article 32.
type Measure struct {
	Pos      `json:"-"`
	ID       ID          `yaml:"id,required" id:"measure" json:"id" doc:"a short name"`
	Says     string      `yaml:"says,required" json:"says" doc:"what is done, or against what"`
	Kind     MeasureKind `yaml:"kind,required" json:"kind" doc:"what sort of measure"`
	Evidence string      `yaml:"evidence" json:"evidence,omitempty" doc:"what shows it"`
	Promise  Sentences   `yaml:"promise" ref:"sentence" json:"promise,omitempty" doc:"the sentence that says so"`
}

// MeasureKind is the sort of measure.
type MeasureKind string

// The kinds of measure.
const (
	Organisational MeasureKind = "organisational"
	Technical      MeasureKind = "technical"
	Physical       MeasureKind = "physical"
	Contractual    MeasureKind = "contractual"
)

func (MeasureKind) values() []string {
	return []string{string(Organisational), string(Technical), string(Physical), string(Contractual)}
}

// Charge is a fee as an amount.
type Charge struct {
	Pos   `json:"-"`
	Pence int        `yaml:"pence" min:"0" max:"1000000" json:"pence,omitempty" doc:"how much; left out means the notice does not say"`
	When  ChargeWhen `yaml:"when,required" json:"when" doc:"when it is asked"`
}

// ChargeWhen is when a fee is asked.
type ChargeWhen string

// The occasions. For rights over one's own data the law leaves only the
// last three: UK GDPR Articles 12(5) and 15(3).
const (
	ChargeAlways     ChargeWhen = "always"
	ChargePerhaps    ChargeWhen = "may"
	ChargeUnfounded  ChargeWhen = "manifestly-unfounded"
	ChargeExcessive  ChargeWhen = "excessive"
	ChargeMoreCopies ChargeWhen = "further-copies"
)

func (ChargeWhen) values() []string {
	return []string{string(ChargeAlways), string(ChargePerhaps), string(ChargeUnfounded), string(ChargeExcessive), string(ChargeMoreCopies)}
}

// lawful reports whether the law knows the occasion.
func (w ChargeWhen) lawful() bool {
	return w == ChargeUnfounded || w == ChargeExcessive || w == ChargeMoreCopies
}

// Limit is when a notice says it may refuse.
type Limit struct {
	Pos     `json:"-"`
	Says    string    `yaml:"says,required" json:"says" doc:"when it may refuse, in plain words"`
	Law     string    `yaml:"law" json:"law,omitempty" doc:"the exemption it rests on; without one it is no reason to refuse"`
	Promise Sentences `yaml:"promise" ref:"sentence" json:"promise,omitempty" doc:"the sentence that says so"`
}

// Informal is a quicker way to ask that a notice offers. In law it is a request
// like any other, and the same clock runs.
type Informal struct {
	Pos      `json:"-"`
	Says     string    `yaml:"says,required" json:"says" doc:"what it is for"`
	Channels []ID      `yaml:"channels" ref:"channel" json:"channels,omitempty" doc:"ways to ask"`
	Clock    *Clock    `yaml:"clock" json:"clock,omitempty" doc:"when it is answered; left out means the notice gives no time"`
	Promise  Sentences `yaml:"promise" ref:"sentence" json:"promise,omitempty" doc:"the sentence that offers it"`
}

// RefusalWord is what a regime calls a reason to refuse.
type RefusalWord string

// The words: exceptions are those of the EIR alone.
const (
	ExemptionWord RefusalWord = "exemption"
	ExceptionWord RefusalWord = "exception"
)

func (RefusalWord) values() []string { return []string{string(ExemptionWord), string(ExceptionWord)} }

// OthersData is what a notice says is done with what an answer says about others.
type OthersData string

// What may be done.
const (
	EditOut      OthersData = "edit-out"
	WithholdAll  OthersData = "withhold-all"
	AskThemFirst OthersData = "ask-them"
)

func (OthersData) values() []string {
	return []string{string(EditOut), string(WithholdAll), string(AskThemFirst)}
}

// OwnClock is a promise of a time that belongs to no right: to pass on, to
// tell, to report under a contract, to begin on a day.
type OwnClock struct {
	Pos   `json:"-"`
	ID    ID     `yaml:"id,required" id:"clock" json:"id" doc:"a short name"`
	Title string `yaml:"title,required" json:"title" doc:"what is to be done in time"`
	From  string `yaml:"from,required" json:"from" doc:"the event it counts from, fit to follow “after”"`
	Clock Clock  `yaml:"clock,required" json:"clock" doc:"how long"`
	To    ID     `yaml:"to" ref:"recipient" json:"to,omitempty" doc:"for a report under a contract: to whom"`
}
