package notice

// Sharing is sharing.yaml: who else may see the data, when and on what terms.
type Sharing struct {
	Silent     bool            `yaml:"silent" doc:"true if the notice says nothing of who else sees the data"`
	Recipients []Recipient     `yaml:"recipients" doc:"everyone data may be given to"`
	Agreements []Agreement     `yaml:"agreements" doc:"the contracts and agreements it is given under"`
	Rules      []ShareRule     `yaml:"rules" doc:"what may be given to whom, when and why"`
	Never      []NeverShared   `yaml:"never" doc:"what the notice says is never passed on"`
	Transfers  []TransferLimit `yaml:"transfers" doc:"where the notice says data may be held; one entry for each sentence that says so"`
}

// Recipient is someone outside the controllers who may be given data.
type Recipient struct {
	Pos       `json:"-"`
	ID        ID             `yaml:"id,required" id:"recipient" json:"id" doc:"a short name"`
	Title     string         `yaml:"title,required" json:"title" doc:"who they are, in plain words"`
	Kind      RecipientKind  `yaml:"kind,required" json:"kind" doc:"in what capacity they act"`
	Does      string         `yaml:"does,required" json:"does" doc:"what they do with the data"`
	Agreement ID             `yaml:"agreement" ref:"agreement" json:"agreement,omitempty" doc:"the agreement it is given under"`
	Where     []Country      `yaml:"where" json:"where,omitempty" doc:"countries where the data is held; left out means the United Kingdom"`
	Safeguard Safeguard      `yaml:"safeguard" json:"safeguard,omitempty" doc:"what protects data held outside the United Kingdom"`
	Copy      string         `yaml:"copy" json:"copy,omitempty" doc:"how to get a copy of the safeguard"`
	Group     RecipientGroup `yaml:"group" json:"group,omitempty" doc:"under which heading the notice lists them"`
	Company   ID             `yaml:"company" ref:"controller" json:"company,omitempty" doc:"for a company of our own group: which controller it is"`
	Under     ID             `yaml:"under" ref:"recipient" json:"under,omitempty" doc:"for a sub-contractor: the recipient it works for"`
	Onward    Onward         `yaml:"onward" json:"onward,omitempty" doc:"whether they may pass it on"`
	Control   string         `yaml:"control" json:"control,omitempty" doc:"what shows that their computers are secure and under our control"`
	NoSale    bool           `yaml:"no-sale" json:"no_sale,omitempty" doc:"true if the contract forbids them to sell it"`
	OpenEnded bool           `yaml:"open-ended" json:"open_ended,omitempty" doc:"true for words such as “other third parties”, which name nobody"`
}

// Abroad is the countries outside the United Kingdom where the data is held.
func (r Recipient) Abroad() []Country {
	var out []Country
	for _, c := range r.Where {
		if c != "GB" {
			out = append(out, c)
		}
	}
	return out
}

// RecipientKind is the capacity in which a recipient acts.
type RecipientKind string

// The kinds of recipient.
const (
	Processor          RecipientKind = "processor"
	OwnController      RecipientKind = "controller"
	JointController    RecipientKind = "joint-controller"
	PublicBody         RecipientKind = "public-body"
	CompetentAuthority RecipientKind = "competent-authority" // DPA 2018 s.30: police and the like
	ChosenByPerson     RecipientKind = "chosen-by-person"    // the person's own representative
)

func (RecipientKind) values() []string {
	return []string{string(Processor), string(OwnController), string(JointController), string(PublicBody), string(CompetentAuthority), string(ChosenByPerson)}
}

// Safeguard is what Articles 45A to 49 accept for data leaving the country.
type Safeguard string

// The safeguards.
const (
	Adequacy         Safeguard = "adequacy-regulations"
	TransferDeal     Safeguard = "international-data-transfer-agreement"
	TransferAddendum Safeguard = "addendum-to-eu-clauses"
	BindingRules     Safeguard = "binding-corporate-rules"
	PublicBodies     Safeguard = "instrument-between-public-bodies"
	Derogation       Safeguard = "derogation"
)

func (Safeguard) values() []string {
	return []string{string(Adequacy), string(TransferDeal), string(TransferAddendum), string(BindingRules), string(PublicBodies), string(Derogation)}
}

// Agreement is the paper that data is given under.
type Agreement struct {
	Pos      `json:"-"`
	ID       ID            `yaml:"id,required" id:"agreement" json:"id" doc:"a short name"`
	Title    string        `yaml:"title,required" json:"title" doc:"what it is called"`
	Kind     AgreementKind `yaml:"kind,required" json:"kind" doc:"what sort of agreement"`
	From     Date          `yaml:"from" json:"from,omitempty" doc:"the day it took effect"`
	ReviewBy Date          `yaml:"review-by" json:"review_by,omitempty" doc:"the day by which it is looked at again"`
	Promise  Sentences     `yaml:"promise" ref:"sentence" json:"promise,omitempty" doc:"the sentence it makes good"`
}

// AgreementKind is the sort of agreement.
type AgreementKind string

// The kinds of agreement.
const (
	ProcessorContract AgreementKind = "processor-contract" // Article 28(3)
	DataSharing       AgreementKind = "data-sharing-agreement"
	JointArrangement  AgreementKind = "joint-controller-arrangement" // Article 26
)

func (AgreementKind) values() []string {
	return []string{string(ProcessorContract), string(DataSharing), string(JointArrangement)}
}

// ShareRule allows one kind of disclosure. What no rule allows is refused.
type ShareRule struct {
	Pos        `json:"-"`
	ID         ID                 `yaml:"id,required" id:"sharing rule" json:"id" doc:"a short name"`
	To         ID                 `yaml:"to,required" ref:"recipient" json:"to" doc:"who is given it"`
	For        []ID               `yaml:"for" ref:"use" json:"for,omitempty" doc:"the uses it serves, whose conditions then cover it"`
	Says       string             `yaml:"says,required" json:"says" doc:"what is given and why, in plain words"`
	When       When               `yaml:"when,required" json:"when" doc:"what sets it off"`
	If         Expression         `yaml:"if" json:"if,omitempty" doc:"what must also be true"`
	Categories []ID               `yaml:"categories,required" ref:"category" json:"categories" doc:"the data it may include"`
	People     []ID               `yaml:"people" ref:"people" json:"people,omitempty" doc:"whose data it may include; left out means everyone's"`
	Fields     []ShareField       `yaml:"fields" json:"fields,omitempty" doc:"the only fields it may include; left out means all of these categories"`
	Basis      Basis              `yaml:"basis" json:"basis,omitempty" doc:"the lawful basis of the disclosure"`
	Law        string             `yaml:"law" json:"law,omitempty" doc:"the contract, enactment or power relied on"`
	Special    *SpecialCondition  `yaml:"special" json:"special,omitempty" doc:"what allows special category data here"`
	Criminal   *CriminalCondition `yaml:"criminal" json:"criminal,omitempty" doc:"what allows criminal offence data here"`
	Promise    Sentences          `yaml:"promise" ref:"sentence" json:"promise,omitempty" doc:"the sentence that tells the public"`
	Examples   []ShareExample     `yaml:"examples" json:"examples,omitempty" doc:"cases with the decision that is right"`
	Needs      []Need             `yaml:"needs" json:"needs,omitempty" doc:"what must be there before anything is given"`
	Every      Period             `yaml:"every" json:"every,omitempty" doc:"for a scheduled file: how often it goes"`
	Everyone   bool               `yaml:"everyone" json:"everyone,omitempty" doc:"true if all customers are in it, whether it concerns them or not"`
	Tell       Tell               `yaml:"tell" json:"tell,omitempty" doc:"whether the person hears of it, and when"`
	Exemption  string             `yaml:"exemption" json:"exemption,omitempty" doc:"the exemption relied on where the person is not told"`
	Warns      string             `yaml:"warns" json:"warns,omitempty" doc:"what the person is warned of, such as a mark on a credit file"`
}

// When is what sets a disclosure off.
type When string

// What may set a disclosure off.
const (
	Asked     When = "asked"     // only on a request from the recipient, never pushed
	AsNeeded  When = "as-needed" // case by case, to do the work
	Scheduled When = "scheduled" // a return or file sent at set times
	ByPerson  When = "by-person" // when the person asks for it or agrees to it
)

func (When) values() []string {
	return []string{string(Asked), string(AsNeeded), string(Scheduled), string(ByPerson)}
}

// ShareField is one field that may be shared, or one of several that may.
type ShareField struct {
	Pos   `json:"-"`
	Name  ID   `yaml:"name,short" json:"name,omitempty" doc:"the field"`
	OneOf []ID `yaml:"one-of" json:"one_of,omitempty" doc:"fields of which only one may be given"`
}

// ShareExample is a case with its right answer, kept beside the rule it explains.
type ShareExample struct {
	Pos    `json:"-"`
	Given  map[string]any `yaml:"given,required" json:"given" doc:"the facts of the case"`
	Expect Decision       `yaml:"expect,required" json:"expect" doc:"what the rule should decide"`
}

// Decision is the answer to a proposed disclosure.
type Decision string

// The decisions.
const (
	Allow  Decision = "allow"
	Refuse Decision = "refuse"
	Ask    Decision = "ask"
)

func (Decision) values() []string { return []string{string(Allow), string(Refuse), string(Ask)} }

func (s *Sharing) check(ps *problems) {
	for _, r := range s.Recipients {
		if r.Safeguard != "" && len(r.Abroad()) == 0 {
			ps.add(r.Pos, "recipients["+string(r.ID)+"].safeguard", "protects data that does not leave the United Kingdom", "name the countries in where, or remove it")
		}
	}
	for _, r := range s.Rules {
		for _, f := range r.Fields {
			if (f.Name == "") == (len(f.OneOf) == 0) {
				ps.add(f.Pos, "rules["+string(r.ID)+"].fields", "an entry must be one field, or one-of several", "write a name, or {one-of: [a, b]}")
			}
		}
	}
}
