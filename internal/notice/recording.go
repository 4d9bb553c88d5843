package notice

// StaffRole is a kind of staff, what they may see and what they do. Names of
// people are not for a notice.
type StaffRole struct {
	Pos          `json:"-"`
	ID           ID        `yaml:"id,required" id:"staff role" json:"id" doc:"a short name"`
	Title        string    `yaml:"title,required" json:"title" doc:"the role"`
	Does         string    `yaml:"does" json:"does,omitempty" doc:"what they need data for"`
	Sees         []ID      `yaml:"sees" ref:"category" json:"sees,omitempty" doc:"the categories they may open"`
	Compartments []ID      `yaml:"compartments" ref:"compartment" json:"compartments,omitempty" doc:"the compartments they may open"`
	Promise      Sentences `yaml:"promise" ref:"sentence" json:"promise,omitempty" doc:"the sentence that says so"`
}

// Recording is a way in which people are heard or seen.
type Recording struct {
	Pos        `json:"-"`
	ID         ID            `yaml:"id,required" id:"recording" json:"id" doc:"a short name"`
	Title      string        `yaml:"title,required" json:"title" doc:"what is recorded"`
	Kind       RecordingKind `yaml:"kind,required" json:"kind" doc:"what sort of recording"`
	For        []ID          `yaml:"for" ref:"use" json:"for,omitempty" doc:"the uses it serves"`
	Category   ID            `yaml:"category,required" ref:"category" json:"category" doc:"the category it is"`
	Keeping    ID            `yaml:"keeping" ref:"retention rule" json:"keeping,omitempty" doc:"the rule that says how long it stays"`
	Inbound    Date          `yaml:"inbound-from" json:"inbound_from,omitempty" doc:"for calls: the day calls to us began to be recorded"`
	Outbound   Date          `yaml:"outbound-from" json:"outbound_from,omitempty" doc:"for calls: the day calls by us began to be recorded"`
	Told       Told          `yaml:"told,required" json:"told" doc:"how people learn of it"`
	Where      []string      `yaml:"where" json:"where,omitempty" doc:"the places"`
	Pause      bool          `yaml:"pause-for-cards" json:"pause_for_cards,omitempty" doc:"true if it stops while a card is read out"`
	Assessment ID            `yaml:"assessment" ref:"impact assessment" json:"assessment,omitempty" doc:"the impact assessment made before it began"`
	Consent    *ConsentTerms `yaml:"consent" json:"consent,omitempty" doc:"for pictures: whose consent, and how it is given"`
	Object     []ID          `yaml:"object" ref:"channel" json:"object,omitempty" doc:"ways to say no on the spot"`
	Parents    bool          `yaml:"parents-told" json:"parents_told,omitempty" doc:"true if a parent is told for someone under 18"`
	Listens    []ID          `yaml:"listens" ref:"staff role" json:"listens,omitempty" doc:"who may play it back"`
	Documents  []ID          `yaml:"documents" ref:"document" json:"documents,omitempty" doc:"the policy about it"`
	Promise    Sentences     `yaml:"promise" ref:"sentence" json:"promise,omitempty" doc:"the sentence that tells the public"`
}

// RecordingKind is the sort of recording.
type RecordingKind string

// The kinds of recording.
const (
	CallRecording   RecordingKind = "calls"
	CameraRecording RecordingKind = "cctv"
	BodyRecording   RecordingKind = "body-worn"
	DroneRecording  RecordingKind = "drone"
	DoorRecording   RecordingKind = "doorbell"
	EventPictures   RecordingKind = "event-pictures"
	SessionReplay   RecordingKind = "session-replay"
	CustomersOwn    RecordingKind = "made-by-customers"
)

func (RecordingKind) values() []string {
	return []string{string(CallRecording), string(CameraRecording), string(BodyRecording), string(DroneRecording), string(DoorRecording),
		string(EventPictures), string(SessionReplay), string(CustomersOwn)}
}

// Told is how people learn that they are recorded.
type Told string

// The ways.
const (
	ToldOnCall  Told = "at-the-start"
	ToldBySign  Told = "signs"
	ToldOnSpot  Told = "on-the-spot"
	ToldByWords Told = "this-notice-only"
	NotTold     Told = "not-told"
)

func (Told) values() []string {
	return []string{string(ToldOnCall), string(ToldBySign), string(ToldOnSpot), string(ToldByWords), string(NotTold)}
}

// Indicator is a mark on a person's record. Two things are called by one word
// in practice: a warning about safety, and a prompt about a need. They are
// different records with different readers.
type Indicator struct {
	Pos        `json:"-"`
	ID         ID            `yaml:"id,required" id:"indicator" json:"id" doc:"a short name"`
	Title      string        `yaml:"title,required" json:"title" doc:"what the notice calls it"`
	Kind       IndicatorKind `yaml:"kind,required" json:"kind" doc:"a warning about safety, or a prompt about a need"`
	When       string        `yaml:"when,required" json:"when" doc:"what leads to it"`
	Category   ID            `yaml:"category" ref:"category" json:"category,omitempty" doc:"the category it is"`
	Record     ID            `yaml:"record" ref:"record" json:"record,omitempty" doc:"the kind of record it is kept as"`
	TellPerson bool          `yaml:"tell-person" json:"tell_person,omitempty" doc:"true if the person is told when it applies and for how long"`
	Lasts      Period        `yaml:"lasts" json:"lasts,omitempty" doc:"how long before it is looked at again"`
	Roles      []ID          `yaml:"roles" ref:"staff role" json:"roles,omitempty" doc:"staff who see it"`
	To         []ID          `yaml:"to" ref:"recipient" json:"to,omitempty" doc:"others who are told of it"`
	Promise    Sentences     `yaml:"promise" ref:"sentence" json:"promise,omitempty" doc:"the sentence that says so"`
}

// IndicatorKind is what an indicator is about.
type IndicatorKind string

// The kinds of indicator.
const (
	SafetyWarning IndicatorKind = "safety"
	SupportPrompt IndicatorKind = "support"
)

func (IndicatorKind) values() []string { return []string{string(SafetyWarning), string(SupportPrompt)} }

// Guidance is what staff are taught and reminded of.
type Guidance struct {
	Pos      `json:"-"`
	ID       ID           `yaml:"id,required" id:"guidance" json:"id" doc:"a short name"`
	Says     string       `yaml:"says,required" json:"says" doc:"what staff do or never do"`
	Kind     GuidanceKind `yaml:"kind,required" json:"kind" doc:"what sort of guidance"`
	Every    Period       `yaml:"every" json:"every,omitempty" doc:"how often it is renewed"`
	Roles    []ID         `yaml:"roles" ref:"staff role" json:"roles,omitempty" doc:"for whom; left out means all staff"`
	Document ID           `yaml:"document" ref:"document" json:"document,omitempty" doc:"the paper it is in"`
	Promise  Sentences    `yaml:"promise" ref:"sentence" json:"promise,omitempty" doc:"the sentence that says so"`
}

// GuidanceKind is the sort of guidance.
type GuidanceKind string

// The kinds of guidance.
const (
	Training        GuidanceKind = "training"
	Script          GuidanceKind = "script"
	OfficerAdvice   GuidanceKind = "officer-advice"
	Confidentiality GuidanceKind = "confidentiality"
	Equality        GuidanceKind = "equality"
)

func (GuidanceKind) values() []string {
	return []string{string(Training), string(Script), string(OfficerAdvice), string(Confidentiality), string(Equality)}
}

// Incidents is what is recorded when something goes wrong. The law's own 72
// hours are not here.
type Incidents struct {
	Pos     `json:"-"`
	Records []IncidentKind `yaml:"records,required" json:"records" doc:"what counts as an incident"`
	Reports ID             `yaml:"report-to" ref:"contact" json:"report_to,omitempty" doc:"whom to tell of one"`
	Clocks  []ID           `yaml:"clocks" ref:"clock" json:"clocks,omitempty" doc:"clocks of contracts that then run"`
	Promise Sentences      `yaml:"promise" ref:"sentence" json:"promise,omitempty" doc:"the sentence that says so"`
}

// IncidentKind is something that can go wrong.
type IncidentKind string

// The kinds of incident.
const (
	Lost         IncidentKind = "loss"
	Misused      IncidentKind = "misuse"
	Altered      IncidentKind = "alteration"
	Unauthorised IncidentKind = "unauthorised-access"
	Disclosed    IncidentKind = "disclosure"
	SupplierFail IncidentKind = "supplier-failure"
	SiteAttack   IncidentKind = "site-attack"
	PhishingMail IncidentKind = "phishing"
)

func (IncidentKind) values() []string {
	return []string{string(Lost), string(Misused), string(Altered), string(Unauthorised), string(Disclosed), string(SupplierFail), string(SiteAttack), string(PhishingMail)}
}
