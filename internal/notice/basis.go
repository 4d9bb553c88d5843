package notice

// UseRole is whether we decide what data is used for.
type UseRole string

// The roles of UK GDPR Articles 4(7), 4(8) and 26.
const (
	AsController UseRole = "controller"
	AsProcessor  UseRole = "processor"
	AsJoint      UseRole = "joint-controller"
)

func (UseRole) values() []string {
	return []string{string(AsController), string(AsProcessor), string(AsJoint)}
}

// ConsentTerms is whose consent a use rests on, how the notice says it is given,
// and how it is taken back: UK GDPR Articles 4(11) and 7.
type ConsentTerms struct {
	Pos      `json:"-"`
	By       ConsentBy  `yaml:"by" json:"by,omitempty" doc:"whose consent it is; left out means the person's"`
	How      ConsentHow `yaml:"how,required" json:"how" doc:"how the notice says it is given"`
	Withdraw []ID       `yaml:"withdraw" ref:"channel" json:"withdraw,omitempty" doc:"ways to take it back"`
	Effect   string     `yaml:"effect" json:"effect,omitempty" doc:"what follows for the person who takes it back"`
	Promise  Sentences  `yaml:"promise" ref:"sentence" json:"promise,omitempty" doc:"the sentence that says so"`
}

// ConsentBy is whose consent is meant.
type ConsentBy string

// Those a notice may claim consent of.
const (
	ByThePerson      ConsentBy = "person"
	ByParent         ConsentBy = "parent"
	ByRepresentative ConsentBy = "representative"
	ByLandlord       ConsentBy = "landlord" // an instruction of the controller, and nobody's consent
)

func (ConsentBy) values() []string {
	return []string{string(ByThePerson), string(ByParent), string(ByRepresentative), string(ByLandlord)}
}

// ConsentHow is how consent is said to be given.
type ConsentHow string

// The ways. Only the first two are consent: Article 4(11) wants a clear
// affirmative act.
const (
	ByAsking    ConsentHow = "asked"
	InWriting   ConsentHow = "in-writing"
	ByBrowsing  ConsentHow = "browsing"
	ByVisiting  ConsentHow = "visiting"
	ByAttending ConsentHow = "attending"
	BySilence   ConsentHow = "silence"
)

func (ConsentHow) values() []string {
	return []string{string(ByAsking), string(InWriting), string(ByBrowsing), string(ByVisiting), string(ByAttending), string(BySilence)}
}

// isConsent reports whether it is consent at all.
func (h ConsentHow) isConsent() bool { return h == ByAsking || h == InWriting }

// Balancing is the test of Article 6(1)(f): our interest against the person's.
type Balancing struct {
	Pos      `json:"-"`
	On       Date   `yaml:"on,required" json:"on" doc:"the day it was made"`
	By       ID     `yaml:"by,required" ref:"contact" json:"by" doc:"who made it"`
	Outcome  string `yaml:"outcome,required" json:"outcome" doc:"why the person's interests do not override ours"`
	ReviewBy Date   `yaml:"review-by" json:"review_by,omitempty" doc:"the day by which it is looked at again"`
}

// PolicyDocument is the appropriate policy document of DPA 2018 Schedule 1
// paragraphs 38 to 41.
type PolicyDocument struct {
	Pos      `json:"-"`
	Title    string     `yaml:"title,required" json:"title" doc:"what it is called"`
	At       WebAddress `yaml:"at" json:"at,omitempty" doc:"the page it is on"`
	From     Date       `yaml:"from" json:"from,omitempty" doc:"the day it took effect"`
	ReviewBy Date       `yaml:"review-by" json:"review_by,omitempty" doc:"the day by which it is looked at again"`
}

// NewPurpose is what was done before a purpose was added.
type NewPurpose struct {
	Pos       `json:"-"`
	Since     Date   `yaml:"since,required" json:"since" doc:"the day the use began"`
	Told      Date   `yaml:"told" json:"told,omitempty" doc:"the day people were told"`
	Exemption string `yaml:"exemption" json:"exemption,omitempty" doc:"the exemption relied on instead of telling them"`
	Decides   ID     `yaml:"decides" ref:"contact" json:"decides,omitempty" doc:"who decided"`
}

// StatedBases is one list of bases as the words give it.
type StatedBases struct {
	Pos      `json:"-"`
	Promise  ID         `yaml:"promise,required" ref:"sentence" json:"promise" doc:"the sentence that gives the list, or begins it"`
	Bases    []Basis    `yaml:"bases" json:"bases,omitempty" doc:"the lawful bases in it"`
	Article9 []Article9 `yaml:"article-9" json:"article_9,omitempty" doc:"the conditions for special data in it"`
}

// FurtherUse is what happens before data is used for something else:
// UK GDPR Article 8A.
type FurtherUse struct {
	Pos       `json:"-"`
	Decides   ID        `yaml:"decides,required" ref:"contact" json:"decides" doc:"who decides"`
	Contact   bool      `yaml:"contact-first" json:"contact_first,omitempty" doc:"true if the notice promises to contact people first"`
	OnlyGiven bool      `yaml:"only-as-given" json:"only_as_given,omitempty" doc:"true if the notice says that data is used only for the service it was given for"`
	Anonymous bool      `yaml:"anonymous-freely" json:"anonymous_freely,omitempty" doc:"true if the notice says that anonymous data may be used for anything"`
	Test      string    `yaml:"anonymity-test" json:"anonymity_test,omitempty" doc:"what shows that data cannot be linked to anyone"`
	Promise   Sentences `yaml:"promise" ref:"sentence" json:"promise,omitempty" doc:"the sentence that says so"`
}

// Screening is when the notice says that an impact assessment is made.
type Screening struct {
	Pos      `json:"-"`
	Triggers []DPIATrigger `yaml:"triggers,required" json:"triggers" doc:"what makes an assessment compulsory"`
	Changes  bool          `yaml:"changes-too" json:"changes_too,omitempty" doc:"true if changes to what exists are screened as well"`
	Cameras  bool          `yaml:"every-camera" json:"every_camera,omitempty" doc:"true if each camera's place is assessed before the camera is put up"`
	Signs    ID            `yaml:"signs" ref:"contact" json:"signs,omitempty" doc:"who signs before anything goes live"`
	Promise  Sentences     `yaml:"promise" ref:"sentence" json:"promise,omitempty" doc:"the sentence that says so"`
}

// DPIATrigger is something that calls for an impact assessment.
type DPIATrigger string

// The triggers: three of UK GDPR Article 35(3), ten of the regulator's list.
const (
	SystematicProfiling DPIATrigger = "systematic-profiling"
	LargeScaleSensitive DPIATrigger = "large-scale-sensitive"
	PublicMonitoring    DPIATrigger = "public-monitoring"
	InnovativeTech      DPIATrigger = "innovative-technology"
	DenialOfService     DPIATrigger = "denial-of-service"
	LargeScaleProfiling DPIATrigger = "large-scale-profiling"
	BiometricData       DPIATrigger = "biometrics"
	GeneticData         DPIATrigger = "genetic"
	DataMatching        DPIATrigger = "data-matching"
	InvisibleUse        DPIATrigger = "invisible-processing"
	Tracking            DPIATrigger = "tracking"
	ChildrenVulnerable  DPIATrigger = "children-or-vulnerable"
	PhysicalHarm        DPIATrigger = "physical-harm"
)

func (DPIATrigger) values() []string {
	return []string{string(SystematicProfiling), string(LargeScaleSensitive), string(PublicMonitoring), string(InnovativeTech), string(DenialOfService),
		string(LargeScaleProfiling), string(BiometricData), string(GeneticData), string(DataMatching), string(InvisibleUse), string(Tracking),
		string(ChildrenVulnerable), string(PhysicalHarm)}
}

// ByStatute reports whether Article 35(3) itself names the trigger. The other
// ten are the regulator's, some of which bind only beside another criterion:
// a notice that says "always" promises more.
func (t DPIATrigger) ByStatute() bool {
	return t == SystematicProfiling || t == LargeScaleSensitive || t == PublicMonitoring
}

// ImpactAssessment is an assessment that has been made: Article 35(7).
type ImpactAssessment struct {
	Pos           `json:"-"`
	ID            ID            `yaml:"id,required" id:"impact assessment" json:"id" doc:"a short name"`
	Title         string        `yaml:"title,required" json:"title" doc:"what was assessed"`
	For           []ID          `yaml:"for" ref:"use" json:"for,omitempty" doc:"the uses it covers"`
	On            Date          `yaml:"on,required" json:"on" doc:"the day it was signed"`
	Triggers      []DPIATrigger `yaml:"triggers" json:"triggers,omitempty" doc:"what called for it; left out means nothing did"`
	Justified     string        `yaml:"justified" json:"justified,omitempty" doc:"why it is done at all"`
	Necessary     string        `yaml:"necessary" json:"necessary,omitempty" doc:"why nothing less will do"`
	Proportionate string        `yaml:"proportionate" json:"proportionate,omitempty" doc:"why it does not go too far"`
	Least         string        `yaml:"least-intrusive" json:"least_intrusive,omitempty" doc:"what was done to disturb people least"`
	Signed        ID            `yaml:"signed-by" ref:"contact" json:"signed_by,omitempty" doc:"who signed it"`
	ReviewBy      Date          `yaml:"review-by" json:"review_by,omitempty" doc:"the day by which it is looked at again"`
	Promise       Sentences     `yaml:"promise" ref:"sentence" json:"promise,omitempty" doc:"the sentence that promises it"`
}

// Marketing is a kind of message that a person may stop: PECR regs 19 to 24.
type Marketing struct {
	Pos       `json:"-"`
	By        MessageKind   `yaml:"by,required" json:"by" doc:"how it is sent"`
	When      MarketingWhen `yaml:"when,required" json:"when" doc:"what allows it"`
	Stop      []ID          `yaml:"stop" ref:"channel" json:"stop,omitempty" doc:"ways to stop it"`
	ForOthers bool          `yaml:"third-party" json:"third_party,omitempty" doc:"true if it is for somebody else's goods"`
	Promise   Sentences     `yaml:"promise" ref:"sentence" json:"promise,omitempty" doc:"the sentence that says so"`
}

// MessageKind is how a message is sent.
type MessageKind string

// The ways.
const (
	MessagePost   MessageKind = "post"
	MessagePhone  MessageKind = "phone"
	MessageEmail  MessageKind = "email"
	MessageText   MessageKind = "text"
	MessageSocial MessageKind = "social-media"
	MessageApp    MessageKind = "app"
)

func (MessageKind) values() []string {
	return []string{string(MessagePost), string(MessagePhone), string(MessageEmail), string(MessageText), string(MessageSocial), string(MessageApp)}
}

// MarketingWhen is what a notice says allows marketing.
type MarketingWhen string

// What may be said. By e-mail and text only the first three are enough: PECR reg 22.
const (
	OnConsent        MarketingWhen = "consent"
	SoftOptIn        MarketingWhen = "soft-opt-in"
	CharitySoftOptIn MarketingWhen = "charity-soft-opt-in"
	UnlessRefused    MarketingWhen = "unless-refused"
	IfRegistered     MarketingWhen = "registered-or-asked"
)

func (MarketingWhen) values() []string {
	return []string{string(OnConsent), string(SoftOptIn), string(CharitySoftOptIn), string(UnlessRefused), string(IfRegistered)}
}
