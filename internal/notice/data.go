package notice

import (
	"regexp"
	"slices"
)

// Data is data.yaml: whose data is held, where it comes from, and what it is.
type Data struct {
	People     []People    `yaml:"people,required" doc:"kinds of people whose data is held"`
	Sources    []Source    `yaml:"sources" doc:"where data comes from; left out means the notice does not say"`
	Categories []Category  `yaml:"categories,required" doc:"kinds of personal data held"`
	Never      []Never     `yaml:"never" doc:"what is never held"`
	References []Reference `yaml:"references" doc:"what the landlord's own reference numbers look like, for finding them in text"`
}

// People is a kind of person whose data is held.
type People struct {
	Pos      `json:"-"`
	ID       ID         `yaml:"id,required" id:"people" json:"id" doc:"a short name"`
	Title    string     `yaml:"title,required" json:"title" doc:"what the public calls them"`
	Kind     PeopleKind `yaml:"kind,required" json:"kind" doc:"where they stand to the landlord; maps of sources use the same words"`
	Children bool       `yaml:"children" json:"children,omitempty" doc:"true if some of them are under 18"`
}

// PeopleKind is where people stand to the landlord.
type PeopleKind string

// The kinds of people.
const (
	Customers PeopleKind = "customers" // tenants, leaseholders, applicants, those who were
	Household PeopleKind = "household" // those who live with a customer
	Contacts  PeopleKind = "contacts"  // next of kin, representatives, neighbours, other third parties
	Staff     PeopleKind = "staff"     // employees and contractors' operatives
	Others    PeopleKind = "others"    // known by no more than a visit to a website
)

func (PeopleKind) values() []string {
	return []string{string(Customers), string(Household), string(Contacts), string(Staff), string(Others)}
}

// Source is somewhere data comes from: Article 15(1)(g).
type Source struct {
	Pos     `json:"-"`
	ID      ID        `yaml:"id,required" id:"source" json:"id" doc:"a short name"`
	Title   string    `yaml:"title,required" json:"title" doc:"who or what it is, fit to follow “from”"`
	Promise Sentences `yaml:"promise" ref:"sentence" json:"promise,omitempty" doc:"the sentence that names it"`
}

// Category is a kind of personal data. Maps name categories by ID, so the IDs
// are what ties columns in a database to words in a notice.
type Category struct {
	Pos      `json:"-"`
	ID       ID            `yaml:"id,required" id:"category" json:"id" doc:"the name that maps use"`
	Title    string        `yaml:"title,required" json:"title" doc:"a heading"`
	Says     string        `yaml:"says,required" json:"says" doc:"what it is made up of, in plain words"`
	Kind     Kind          `yaml:"kind,required" json:"kind" doc:"ordinary; special (UK GDPR Article 9); criminal (Article 10)"`
	Special  []SpecialKind `yaml:"special" json:"special,omitempty" doc:"which of Article 9(1)'s kinds it reveals; only and always for special"`
	DPV      []DPV         `yaml:"dpv" json:"dpv,omitempty" doc:"the same in the Data Privacy Vocabulary"`
	Children bool          `yaml:"children" json:"children,omitempty" doc:"true if it is about children"`
	Marks    []Mark        `yaml:"marks" json:"marks,omitempty" doc:"what else is to be known of it"`
	With     Holder        `yaml:"discuss-with" json:"discuss_with,omitempty" doc:"the only person it is spoken of with, who may not be the tenant"`
	Review   string        `yaml:"review" json:"review,omitempty" doc:"why a person looks at it before it is released; left out means they need not"`
	Promise  Sentences     `yaml:"promise" ref:"sentence" json:"promise,omitempty" doc:"the sentence that says it is held"`
}

// Kind is the protection the law gives a category.
type Kind string

// The kinds of category: UK GDPR Articles 6, 9 and 10.
const (
	Ordinary Kind = "ordinary"
	Special  Kind = "special"
	Criminal Kind = "criminal"
)

func (Kind) values() []string { return []string{string(Ordinary), string(Special), string(Criminal)} }

// SpecialKind is one of the kinds of data that Article 9(1) protects.
type SpecialKind string

// The kinds of Article 9(1).
const (
	EthnicOrigin      SpecialKind = "ethnic-origin"
	PoliticalOpinion  SpecialKind = "political-opinion"
	Belief            SpecialKind = "belief"
	TradeUnion        SpecialKind = "trade-union"
	Genetic           SpecialKind = "genetic"
	Biometric         SpecialKind = "biometric"
	Health            SpecialKind = "health"
	SexLife           SpecialKind = "sex-life"
	SexualOrientation SpecialKind = "sexual-orientation"
)

func (SpecialKind) values() []string {
	return []string{string(EthnicOrigin), string(PoliticalOpinion), string(Belief), string(TradeUnion), string(Genetic),
		string(Biometric), string(Health), string(SexLife), string(SexualOrientation)}
}

// Never is something the landlord says it does not hold.
type Never struct {
	Pos        `json:"-"`
	ID         ID            `yaml:"id,required" json:"id" doc:"a short name"`
	Says       string        `yaml:"says,required" json:"says" doc:"what is never held"`
	Categories []ID          `yaml:"categories" ref:"category" json:"categories,omitempty" doc:"the categories of this notice it amounts to, if the notice contradicts itself"`
	Special    []SpecialKind `yaml:"special" json:"special,omitempty" doc:"kinds of Article 9(1) that are never held, such as genetic"`
	Unless     string        `yaml:"unless" json:"unless,omitempty" doc:"what the notice takes back: when it is held after all"`
	Promise    Sentences     `yaml:"promise" ref:"sentence" json:"promise,omitempty" doc:"the sentence that says so"`
}

// Mark is something about a category that decides how it is handled.
type Mark string

// The marks of SYSTEMS part B.
const (
	OfThirdParties Mark = "third-party"
	Recorded       Mark = "recording"
	FromSensor     Mark = "sensor"
	OfMoney        Mark = "financial"
	ShowsIdentity  Mark = "identity"
	OfNeed         Mark = "vulnerability"
	SaidAnonymous  Mark = "anonymous"
	Pseudonymised  Mark = "pseudonymised"
)

func (Mark) values() []string {
	return []string{string(OfThirdParties), string(Recorded), string(FromSensor), string(OfMoney), string(ShowsIdentity), string(OfNeed), string(SaidAnonymous), string(Pseudonymised)}
}

// Holder is whose a means of payment is.
type Holder string

// The holders.
const (
	AccountHolder Holder = "account-holder"
	CardHolder    Holder = "card-holder"
)

func (Holder) values() []string { return []string{string(AccountHolder), string(CardHolder)} }

// Reference is what one of the landlord's own reference numbers looks like.
type Reference struct {
	Pos      `json:"-"`
	ID       ID       `yaml:"id,required" id:"reference" json:"id" doc:"a short name"`
	Title    string   `yaml:"title,required" json:"title" doc:"what the number is called"`
	Pattern  Pattern  `yaml:"pattern,required" json:"pattern" doc:"an RE2 expression without end: no *, no +, no {2,}"`
	Names    Named    `yaml:"names,required" json:"names" doc:"what the number stands for"`
	Examples []string `yaml:"examples,required" json:"examples" doc:"numbers of that form, invented; the pattern must match each"`
}

// Named is what a reference number stands for.
type Named string

// What a reference may name.
const (
	NamesPerson   Named = "person"
	NamesTenancy  Named = "tenancy"
	NamesAccount  Named = "account"
	NamesProperty Named = "property"
	NamesCase     Named = "case"
	NamesJob      Named = "job"
)

func (Named) values() []string {
	return []string{string(NamesPerson), string(NamesTenancy), string(NamesAccount), string(NamesProperty), string(NamesCase), string(NamesJob)}
}

func (d *Data) check(ps *problems) {
	for _, r := range d.References {
		whole, err := regexp.Compile("^(?:" + string(r.Pattern) + ")$")
		if err != nil {
			continue // reported when it was read
		}
		for _, e := range r.Examples {
			if !whole.MatchString(e) {
				ps.add(r.Pos, "references["+string(r.ID)+"].examples", quote(e)+" does not match the pattern", "correct the pattern or the example")
			}
		}
	}
	for _, c := range d.Categories {
		field := "categories[" + string(c.ID) + "].special"
		switch {
		case c.Kind == Special && len(c.Special) == 0:
			ps.add(c.Pos, field, "is missing from a special category", "name what it reveals: "+quoteList(SpecialKind("").values()))
		case c.Kind != Special && len(c.Special) > 0 && c.Kind != "":
			ps.add(c.Pos, field, "stands on a category that is "+string(c.Kind), "write kind: special, or remove it")
		}
	}
}

// Category finds a category by its ID.
func (d *Data) Category(id ID) (Category, bool) { return byID(d.Categories, id, Category.id) }

func (c Category) id() ID { return c.ID }

// byID finds the thing of that ID. The lists are short and read seldom.
func byID[T any](list []T, id ID, idOf func(T) ID) (T, bool) {
	i := slices.IndexFunc(list, func(t T) bool { return idOf(t) == id })
	if i < 0 {
		var none T
		return none, false
	}
	return list[i], true
}
