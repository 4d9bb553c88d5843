package notice

import "strconv"

// Rights is rights.yaml: what people may ask for, how, and how soon they are
// answered.
type Rights struct {
	Channels   []Channel       `yaml:"channels,required" doc:"ways to ask"`
	Identity   []IdentityStep  `yaml:"identity" doc:"ways to show who is asking, easiest first"`
	Rights     []Right         `yaml:"rights,required" doc:"what may be asked for"`
	Complaints []ComplaintStep `yaml:"complaints" doc:"where to turn, in the order of the notice; left out means the notice does not say"`
	Clocks     []OwnClock      `yaml:"clocks" doc:"other promises of a time: to tell, to pass on, to begin, to report"`
}

// Channel is a way to ask.
type Channel struct {
	Pos     `json:"-"`
	ID      ID          `yaml:"id,required" id:"channel" json:"id" doc:"a short name"`
	Title   string      `yaml:"title,required" json:"title" doc:"the way, in plain words"`
	Kind    ChannelKind `yaml:"kind,required" json:"kind" doc:"what sort of way"`
	At      string      `yaml:"at" json:"at,omitempty" doc:"the address, number or page"`
	Subject string      `yaml:"subject" json:"subject,omitempty" doc:"for e-mail or a letter: the heading asked for; one without it counts all the same"`
	Record  bool        `yaml:"written-record" json:"written_record,omitempty" doc:"true for speech that is written down at once, for the person to have"`
	Form    ID          `yaml:"form" ref:"form" json:"form,omitempty" doc:"for a form on our site: which"`
	Promise Sentences   `yaml:"promise" ref:"sentence" json:"promise,omitempty" doc:"the sentence that offers it"`
}

// ChannelKind is the sort of way to ask.
type ChannelKind string

// The kinds of channel.
const (
	Online   ChannelKind = "online"
	ByEmail  ChannelKind = "email"
	ByPhone  ChannelKind = "phone"
	ByPost   ChannelKind = "post"
	InPerson ChannelKind = "in-person"
	Counter  ChannelKind = "counter"       // at an office or outlet
	AnyOne   ChannelKind = "any-colleague" // whoever of the staff is told
	ByForm   ChannelKind = "paper-form"
	ByText   ChannelKind = "text-message"
	ByChat   ChannelKind = "chat"
	Social   ChannelKind = "social-media"
)

func (ChannelKind) values() []string {
	return []string{string(Online), string(ByEmail), string(ByPhone), string(ByPost), string(InPerson),
		string(Counter), string(AnyOne), string(ByForm), string(ByText), string(ByChat), string(Social)}
}

// IdentityStep is a way to show who is asking.
type IdentityStep struct {
	Pos     `json:"-"`
	ID      ID        `yaml:"id,required" id:"identity step" json:"id" doc:"a short name"`
	Title   string    `yaml:"title,required" json:"title" doc:"what the person does"`
	Says    string    `yaml:"says" json:"says,omitempty" doc:"what is looked at, and what becomes of it"`
	Facts   int       `yaml:"facts" min:"1" max:"5" json:"facts,omitempty" doc:"for questions: how many must be right"`
	Keeping ID        `yaml:"keeping" ref:"retention rule" json:"keeping,omitempty" doc:"for papers: the rule that says when the copy goes"`
	Doubt   bool      `yaml:"only-in-doubt" json:"only_in_doubt,omitempty" doc:"true if it is asked for only when there is reasonable doubt"`
	Promise Sentences `yaml:"promise" ref:"sentence" json:"promise,omitempty" doc:"the sentence that asks it"`
}

// Regime names a kind of request, and with it the clock that runs.
type Regime string

// The regimes, as the clock command names them.
const (
	Access            Regime = "access"
	Rectification     Regime = "rectification"
	Erasure           Regime = "erasure"
	Restriction       Regime = "restriction"
	Objection         Regime = "objection"
	Portability       Regime = "portability"
	AutomatedDecision Regime = "automated-decision"
	FOI               Regime = "foi"
	EIR               Regime = "eir"
	STAIRs            Regime = "stairs"
	DPComplaint       Regime = "dp-complaint"
	Breach            Regime = "breach"
	OmbudsmanAck      Regime = "ombudsman-ack"
	OmbudsmanOne      Regime = "ombudsman-1"
	OmbudsmanTwo      Regime = "ombudsman-2"
)

func (Regime) values() []string {
	return []string{string(Access), string(Rectification), string(Erasure), string(Restriction), string(Objection), string(Portability), string(AutomatedDecision),
		string(FOI), string(EIR), string(STAIRs), string(DPComplaint), string(Breach), string(OmbudsmanAck), string(OmbudsmanOne), string(OmbudsmanTwo)}
}

// Right is one thing people may ask for.
type Right struct {
	Pos      `json:"-"`
	Right    Regime      `yaml:"right,required" id:"right" json:"right" doc:"which"`
	Title    string      `yaml:"title,required" json:"title" doc:"a heading"`
	Says     string      `yaml:"says,required" json:"says" doc:"what it means for the person, in plain words"`
	Channels []ID        `yaml:"channels,required" ref:"channel" json:"channels" doc:"ways to ask"`
	Clock    *Clock      `yaml:"clock" json:"clock,omitempty" doc:"when the landlord promises to have answered; left out means only the law's limit"`
	Target   *Clock      `yaml:"target" json:"target,omitempty" doc:"what staff aim for inside that; not a promise to the public"`
	Identity []ID        `yaml:"identity" ref:"identity step" json:"identity,omitempty" doc:"how the person may show who they are; left out means they need not"`
	Fee      string      `yaml:"fee" json:"fee,omitempty" doc:"what it may cost and when; left out means nothing"`
	Decides  ID          `yaml:"decides,required" ref:"contact" json:"decides" doc:"who decides"`
	Charge   *Charge     `yaml:"charge" json:"charge,omitempty" doc:"the fee as an amount, with when it is asked"`
	Written  bool        `yaml:"only-in-writing" json:"only_in_writing,omitempty" doc:"true if the notice wants it in writing"`
	Locate   []string    `yaml:"locate" json:"locate,omitempty" doc:"details that help to find it, such as the time and place of a recording; a request without them is a request"`
	Limits   []Limit     `yaml:"limits" json:"limits,omitempty" doc:"when the notice says it may refuse"`
	Informal *Informal   `yaml:"informal" json:"informal,omitempty" doc:"a quicker way the notice offers beside the formal one"`
	Refusal  RefusalWord `yaml:"refusal-word" json:"refusal_word,omitempty" doc:"what a reason to refuse is called: EIR have exceptions, all else exemptions"`
	Others   OthersData  `yaml:"other-people" json:"other_people,omitempty" doc:"what is done with what it says about other people"`
	Tells    bool        `yaml:"tells-recipients" json:"tells_recipients,omitempty" doc:"true if the notice promises to tell those who were given the data"`
	Format   string      `yaml:"format" json:"format,omitempty" doc:"for portability: the form it comes in"`
	Binding  Duty        `yaml:"binding" json:"binding,omitempty" doc:"whether the law requires it of us, or the notice offers it"`
	Promise  Sentences   `yaml:"promise" ref:"sentence" json:"promise,omitempty" doc:"the sentence that offers it"`
}

// Clock is a promised length of time. The law's own limit is not here: whichever
// is better for the person governs.
type Clock struct {
	Pos     `json:"-"`
	Count   int       `yaml:"count,required" min:"1" max:"400" json:"count" doc:"how many"`
	Unit    ClockUnit `yaml:"unit,required" json:"unit" doc:"of what"`
	Start   Start     `yaml:"start" json:"start,omitempty" doc:"what starts it; left out means the day the request arrives"`
	AsLaw   bool      `yaml:"as-law" json:"as_law,omitempty" doc:"true if it starts, pauses and rolls forward as the law's own clock does"`
	Promise ID        `yaml:"promise" ref:"sentence" json:"promise,omitempty" doc:"the sentence that promises it"`
}

// ClockUnit is what a clock counts.
type ClockUnit string

// The units.
const (
	Hours        ClockUnit = "hours"
	CalendarDays ClockUnit = "calendar-days"
	WorkingDays  ClockUnit = "working-days"
	Months       ClockUnit = "months"
)

func (ClockUnit) values() []string {
	return []string{string(Hours), string(CalendarDays), string(WorkingDays), string(Months)}
}

// Start is what starts a clock.
type Start string

// What may start a clock.
const (
	FromReceived Start = "received" // the request, whatever else is awaited
	FromIdentity Start = "identity" // the later of the request and proof of identity and authority
	FromFee      Start = "fee"      // the later of the request and the fee
	FromCleared  Start = "cleared"  // the latest of all of these
)

func (Start) values() []string {
	return []string{string(FromReceived), string(FromIdentity), string(FromFee), string(FromCleared)}
}

// ComplaintStep is one rung of the ladder.
type ComplaintStep struct {
	Pos       `json:"-"`
	Title     string    `yaml:"title,required" json:"title" doc:"a heading"`
	Says      string    `yaml:"says,required" json:"says" doc:"what happens there"`
	Route     Route     `yaml:"route,required" json:"route" doc:"whose step it is"`
	Contact   ID        `yaml:"contact" ref:"contact" json:"contact,omitempty" doc:"for our own step: whom to reach"`
	Regulator ID        `yaml:"regulator" ref:"regulator" json:"regulator,omitempty" doc:"for a regulator's step: which"`
	Clock     *Clock    `yaml:"clock" json:"clock,omitempty" doc:"when the landlord promises to answer"`
	Promise   Sentences `yaml:"promise" ref:"sentence" json:"promise,omitempty" doc:"the sentence that sends people there"`
}

// Route is whose step of the ladder it is.
type Route string

// The routes.
const (
	OurOwn      Route = "our-own"   // DPA 2018 s.164A: the complaint to the controller
	ToRegulator Route = "regulator" // DPA 2018 s.165
	ToCourt     Route = "court"     // DPA 2018 s.167; UK GDPR Article 79
)

func (Route) values() []string { return []string{string(OurOwn), string(ToRegulator), string(ToCourt)} }

// Right finds a right by its regime.
func (r *Rights) Right(regime Regime) (Right, bool) {
	for _, right := range r.Rights {
		if right.Right == regime {
			return right, true
		}
	}
	return Right{}, false
}

func (r *Rights) check(ps *problems) {
	for _, c := range r.Clocks {
		if c.Clock.AsLaw {
			ps.add(c.Clock.Pos, "clocks["+string(c.ID)+"].clock.as-law", "belongs to no right, so the law has no clock for it", "remove as-law, and give a start if it is not the day itself")
		}
	}
	for _, right := range r.Rights {
		field := "rights[" + string(right.Right) + "]"
		right.Clock.check(field+".clock", ps)
		if right.Informal != nil {
			right.Informal.Clock.check(field+".informal.clock", ps)
		}
		right.Target.check(field+".target", ps)
		if t := right.Target; t != nil && t.Promise != "" {
			ps.add(t.Pos, field+".target.promise", "a target is for staff and promises nothing", "move the promise to the clock, or remove it")
		}
	}
	for i, s := range r.Complaints {
		field := "complaints[" + strconv.Itoa(i) + "]"
		s.Clock.check(field+".clock", ps)
		switch {
		case s.Route == OurOwn && (s.Contact == "" || s.Regulator != ""):
			ps.add(s.Pos, field, "our own step must name a contact, and no regulator", "add contact: and remove regulator:")
		case s.Route == ToRegulator && (s.Regulator == "" || s.Contact != ""):
			ps.add(s.Pos, field, "a regulator's step must name a regulator, and no contact", "add regulator: and remove contact:")
		case s.Route == ToCourt && (s.Regulator != "" || s.Contact != ""):
			ps.add(s.Pos, field, "the court's step names nobody", "remove contact: and regulator:")
		}
	}
}

func (c *Clock) check(field string, ps *problems) {
	if c == nil || !c.AsLaw {
		return
	}
	if c.Start != "" {
		ps.add(c.Pos, field, "start and as-law are both given, and as-law starts when the law's clock does", "remove one of them")
	}
	if c.Unit == Hours {
		ps.add(c.Pos, field, "as-law cannot count hours", "count days, or remove as-law")
	}
}
