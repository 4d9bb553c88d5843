package notice

import "strconv"

// Uses is uses.yaml: what the data is for, and what makes that lawful.
type Uses struct {
	Uses      []Use              `yaml:"uses,required" doc:"one entry for each purpose and the basis it rests on"`
	Stated    []StatedBases      `yaml:"stated-bases" doc:"lists of lawful bases or conditions as the words give them, for holding against the uses and against each other"`
	Further   *FurtherUse        `yaml:"further-use" doc:"what happens before data is used for something it was not given for"`
	Screening *Screening         `yaml:"screening" doc:"when the notice says an impact assessment is made"`
	Impact    []ImpactAssessment `yaml:"impact-assessments" doc:"assessments that have been made"`
	Marketing []Marketing        `yaml:"marketing" doc:"messages people may stop"`
	Messages  []MessageKind      `yaml:"service-messages" doc:"ways in which messages about the service itself are sent"`
}

// Use is one purpose with everything the law wants known of it. It is a line of
// the record of processing (Article 30) as well as of the notice.
type Use struct {
	Pos         `json:"-"`
	ID          ID                 `yaml:"id,required" id:"use" json:"id" doc:"a short name"`
	Purpose     string             `yaml:"purpose,required" json:"purpose" doc:"what for, in plain words"`
	DPV         []DPV              `yaml:"dpv" json:"dpv,omitempty" doc:"the same in the Data Privacy Vocabulary"`
	Controllers []ID               `yaml:"controllers" ref:"controller" json:"controllers,omitempty" doc:"who does it; left out means all of them"`
	Categories  []ID               `yaml:"categories,required" ref:"category" json:"categories" doc:"the data used"`
	People      []ID               `yaml:"people,required" ref:"people" json:"people" doc:"whose data it is"`
	Sources     []ID               `yaml:"sources" ref:"source" json:"sources" doc:"where the data comes from; left out means the notice does not say"`
	Basis       Basis              `yaml:"basis" json:"basis,omitempty" doc:"the lawful basis of Article 6(1)"`
	Law         string             `yaml:"law" json:"law,omitempty" doc:"the contract, enactment or power relied on"`
	Interest    string             `yaml:"interest" json:"interest,omitempty" doc:"for legitimate interests: whose interest and which"`
	Recognised  Recognised         `yaml:"recognised" json:"recognised,omitempty" doc:"for recognised legitimate interests: the condition of Annex 1"`
	Special     *SpecialCondition  `yaml:"special" json:"special,omitempty" doc:"what allows special category data here"`
	Criminal    *CriminalCondition `yaml:"criminal" json:"criminal,omitempty" doc:"what allows criminal offence data here"`
	Needed      *Needed            `yaml:"needed" json:"needed,omitempty" doc:"whether the person must give the data; left out means they need not"`
	Automated   *Automated         `yaml:"automated" json:"automated,omitempty" doc:"a decision made with no person involved; left out means there is none"`
	Role        UseRole            `yaml:"role" json:"role,omitempty" doc:"whether we decide, or act for a client; left out means we decide"`
	Clients     []ID               `yaml:"clients" ref:"client" json:"clients,omitempty" doc:"for a processor: the clients who decide"`
	Consent     *ConsentTerms      `yaml:"consent" json:"consent,omitempty" doc:"for consent: whose, how it is given and how it is taken back"`
	Balancing   *Balancing         `yaml:"balancing" json:"balancing,omitempty" doc:"for legitimate interests: the test that was made"`
	Policy      *PolicyDocument    `yaml:"policy-document" json:"policy_document,omitempty" doc:"the appropriate policy document its condition wants"`
	New         *NewPurpose        `yaml:"new" json:"new,omitempty" doc:"for a purpose added later: what people were told first"`
	Promise     Sentences          `yaml:"promise" ref:"sentence" json:"promise,omitempty" doc:"the sentence that tells the public"`
}

// Basis is a lawful basis of UK GDPR Article 6(1).
type Basis string

// The lawful bases.
const (
	Consent             Basis = "consent"                         // 6(1)(a)
	Contract            Basis = "contract"                        // 6(1)(b)
	LegalObligation     Basis = "legal-obligation"                // 6(1)(c)
	VitalInterests      Basis = "vital-interests"                 // 6(1)(d)
	PublicTask          Basis = "public-task"                     // 6(1)(e)
	RecognisedInterests Basis = "recognised-legitimate-interests" // 6(1)(ea)
	LegitimateInterests Basis = "legitimate-interests"            // 6(1)(f)
)

func (Basis) values() []string {
	return []string{string(Consent), string(Contract), string(LegalObligation), string(VitalInterests), string(PublicTask), string(RecognisedInterests), string(LegitimateInterests)}
}

// Cite is the provision the basis stands in.
func (b Basis) Cite() string {
	switch b {
	case Consent:
		return "UK GDPR Article 6(1)(a)"
	case Contract:
		return "UK GDPR Article 6(1)(b)"
	case LegalObligation:
		return "UK GDPR Article 6(1)(c)"
	case VitalInterests:
		return "UK GDPR Article 6(1)(d)"
	case PublicTask:
		return "UK GDPR Article 6(1)(e)"
	case RecognisedInterests:
		return "UK GDPR Article 6(1)(ea)"
	case LegitimateInterests:
		return "UK GDPR Article 6(1)(f)"
	}
	return ""
}

// Recognised is a condition of UK GDPR Annex 1, which needs no balancing test.
type Recognised string

// The conditions of Annex 1.
const (
	PublicTaskRequest Recognised = "public-task-request"
	PublicSecurity    Recognised = "public-security"
	Emergency         Recognised = "emergency"
	Crime             Recognised = "crime"
	Safeguarding      Recognised = "safeguarding"
)

func (Recognised) values() []string {
	return []string{string(PublicTaskRequest), string(PublicSecurity), string(Emergency), string(Crime), string(Safeguarding)}
}

// SpecialCondition is what lifts the ban of Article 9(1).
type SpecialCondition struct {
	Pos       `json:"-"`
	Article9  Article9   `yaml:"article-9,required" json:"article_9" doc:"the condition of Article 9(2)"`
	Schedule1 int        `yaml:"schedule-1" min:"1" max:"28" json:"schedule_1,omitempty" doc:"the paragraph of Schedule 1 to the Data Protection Act 2018, where Article 9 needs one"`
	Or        []Article9 `yaml:"or" json:"or,omitempty" doc:"other conditions the notice offers for the same thing, undecided"`
	Why       string     `yaml:"why" json:"why,omitempty" doc:"why it fits, in plain words"`
	Promise   Sentences  `yaml:"promise" ref:"sentence" json:"promise,omitempty" doc:"the sentence that names it"`
}

// Cite is the provisions the condition stands in.
func (c SpecialCondition) Cite() string {
	return "UK GDPR Article 9(2)(" + c.Article9.letter() + ")" + scheduleOne(c.Schedule1)
}

// CriminalCondition is what Article 10 and section 10(5) want.
type CriminalCondition struct {
	Pos       `json:"-"`
	Schedule1 int    `yaml:"schedule-1" min:"1" max:"37" json:"schedule_1,omitempty" doc:"the paragraph of Schedule 1 to the Data Protection Act 2018"`
	Authority string `yaml:"authority" json:"authority,omitempty" doc:"the official authority under whose control it is done, instead of a paragraph"`
	Why       string `yaml:"why" json:"why,omitempty" doc:"why it fits, in plain words"`
}

// Cite is the provisions the condition stands in.
func (c CriminalCondition) Cite() string { return "UK GDPR Article 10" + scheduleOne(c.Schedule1) }

func scheduleOne(paragraph int) string {
	if paragraph == 0 {
		return ""
	}
	return "; DPA 2018 Schedule 1 paragraph " + strconv.Itoa(paragraph)
}

// Article9 is a condition of Article 9(2). Legitimate interests is not one.
type Article9 string

// The conditions of Article 9(2), in its order.
const (
	ExplicitConsent           Article9 = "explicit-consent"
	SocialProtection          Article9 = "employment-and-social-protection"
	VitalInterestsOfThePerson Article9 = "vital-interests"
	NotForProfit              Article9 = "not-for-profit-body"
	MadePublic                Article9 = "made-public"
	LegalClaims               Article9 = "legal-claims"
	SubstantialPublicInterest Article9 = "substantial-public-interest"
	HealthOrSocialCare        Article9 = "health-or-social-care"
	PublicHealth              Article9 = "public-health"
	Research                  Article9 = "archiving-and-research"
)

func (Article9) values() []string {
	return []string{string(ExplicitConsent), string(SocialProtection), string(VitalInterestsOfThePerson), string(NotForProfit), string(MadePublic),
		string(LegalClaims), string(SubstantialPublicInterest), string(HealthOrSocialCare), string(PublicHealth), string(Research)}
}

// letter is the point of Article 9(2).
func (a Article9) letter() string {
	for i, v := range a.values() {
		if v == string(a) {
			return string(rune('a' + i))
		}
	}
	return "?"
}

// needsSchedule1 reports whether the condition works only together with a
// paragraph of Schedule 1: DPA 2018 s.10(2) and (3).
func (a Article9) needsSchedule1() bool {
	switch a {
	case SocialProtection, SubstantialPublicInterest, HealthOrSocialCare, PublicHealth, Research:
		return true
	}
	return false
}

// Needed says who requires the data, and what happens without it: Article 13(2)(e).
type Needed struct {
	Pos     `json:"-"`
	By      NeededBy  `yaml:"by,required" json:"by" doc:"what requires it"`
	Without string    `yaml:"without,required" json:"without" doc:"what happens if the person does not give it"`
	Promise Sentences `yaml:"promise" ref:"sentence" json:"promise,omitempty" doc:"the sentence that says so"`
}

// NeededBy is what requires data to be given.
type NeededBy string

// What may require data.
const (
	ByContract NeededBy = "contract"
	ByStatute  NeededBy = "statute"
)

func (NeededBy) values() []string { return []string{string(ByContract), string(ByStatute)} }

// Automated is a significant decision made with no meaningful human part:
// Articles 15(1)(h) and 22A to 22D.
type Automated struct {
	Decision string `yaml:"decision,required" json:"decision" doc:"what is decided"`
	Logic    string `yaml:"logic,required" json:"logic" doc:"how it is arrived at, in plain words"`
	Effect   string `yaml:"effect,required" json:"effect" doc:"what follows for the person"`
	Ask      ID     `yaml:"ask,required" ref:"contact" json:"ask" doc:"whom to ask for a person to look at it"`
}

func (u *Uses) check(ps *problems) {
	for _, use := range u.Uses {
		field := "uses[" + string(use.ID) + "]"
		if use.Recognised != "" && use.Basis != RecognisedInterests {
			ps.add(use.Pos, field+".recognised", "stands on a use whose basis is "+orNone(string(use.Basis)), "write basis: recognised-legitimate-interests, or remove it")
		}
		if use.Interest != "" && use.Basis != LegitimateInterests {
			ps.add(use.Pos, field+".interest", "stands on a use whose basis is "+orNone(string(use.Basis)), "write basis: legitimate-interests, or remove it")
		}
		if c := use.Criminal; c != nil && c.Schedule1 == 0 && c.Authority == "" {
			ps.add(c.Pos, field+".criminal", "names neither a paragraph of Schedule 1 nor an authority", "add schedule-1 or authority")
		}
	}
}

func orNone(s string) string {
	if s == "" {
		return "not given"
	}
	return s
}
