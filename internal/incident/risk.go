package incident

import (
	"fmt"
	"slices"
)

// Risk is how much harm a breach may do to people.
type Risk string

// The risks, as the law tells them apart.
const (
	NoRisk   Risk = "none" // unlikely to result in a risk: recorded, not reported (UK GDPR Art 33(1))
	SomeRisk Risk = "risk" // the regulator is told (Art 33)
	HighRisk Risk = "high" // the people too (Art 34)
)

// Risks is all of them, the least first.
func Risks() []Risk { return []Risk{NoRisk, SomeRisk, HighRisk} }

// Data is a sort of data that a breach touches.
type Data string

// The sorts of data, and how identifiable people are in it.
const (
	Contact     Data = "contact"     // names, addresses, telephone numbers
	Tenancy     Data = "tenancy"     // the home, the household, repairs
	Financial   Data = "financial"   // rent, arrears, benefits, bank details
	Credentials Data = "credentials" // passwords, security answers, copies of identity papers
	Special     Data = "special"     // health, ethnicity and the like: UK GDPR Art 9
	Criminal    Data = "criminal"    // offences, allegations: Art 10
	Refuge      Data = "refuge"      // an address that somebody must not learn; reports about violence
)

// Identifiable is how easily somebody who has the data knows whom it is about.
type Identifiable string

// The degrees.
const (
	Directly   Identifiable = "directly"   // names stand in it
	Inferably  Identifiable = "inferably"  // with what others know or can look up
	Hardly     Identifiable = "hardly"     // references that only we can resolve
	NotAtAll   Identifiable = "not-at-all" // encrypted, and the key is safe
	NotAskedID Identifiable = ""           // not known: counts as directly
)

// Severity is the worst that is likely to come of it for somebody.
type Severity string

// The severities.
const (
	Slight      Severity = "slight"     // annoyance, time lost
	Noticeable  Severity = "noticeable" // fraud tried, distress, cost
	Serious     Severity = "serious"    // money or home lost, stigma
	Grave       Severity = "grave"      // physical harm, somebody found who hides
	NotAskedHow Severity = ""           // not known: counts as noticeable
)

// Facts are what is known of a breach. What is left out is not known.
type Facts struct {
	Data         []Data       `json:"data,omitempty"`
	People       int          `json:"people,omitempty"`  // about; 0 is not known
	Records      int          `json:"records,omitempty"` // about; 0 is not known
	Identifiable Identifiable `json:"identifiable,omitempty"`
	Severity     Severity     `json:"severity,omitempty"`
	Vulnerable   bool         `json:"vulnerable,omitempty"` // children, people at risk, people who cannot look after themselves
	Malicious    bool         `json:"malicious,omitempty"`  // somebody took it on purpose, or misuses it
	Lasting      bool         `json:"lasting,omitempty"`    // what is gone or changed cannot be had again
	Trusted      bool         `json:"trusted,omitempty"`    // whoever had it is known, can be trusted and says that it is destroyed or was never opened
	Recovered    bool         `json:"recovered,omitempty"`  // it was back before anybody could look, or whole from a copy before anybody missed it
}

// Line is one row of the working.
type Line struct {
	What   string `json:"what"`
	Points int    `json:"points"` // hundredths; a factor where Factor is set
	Factor bool   `json:"factor,omitempty"`
	Why    string `json:"why"`
}

// Proposal is what an assessment comes to. It binds nobody.
type Proposal struct {
	Risk    Risk     `json:"risk"`
	Score   int      `json:"score"` // hundredths
	Working []Line   `json:"working"`
	Unknown []string `json:"unknown"` // what was not known, and was taken for bad
	Says    string   `json:"says"`
}

// The scores, in hundredths, from which a risk and a high risk are proposed.
const (
	riskFrom = 100
	highFrom = 300
)

// Method says where the table comes from, for pages and the record.
const Method = "Points for the data times how identifiable people are, plus points for the circumstances, after the method that ENISA published in 2013, with thresholds of our own that propose a report sooner. " +
	"Neither law nor the regulator sets points: the law's question is how likely and how severe a risk to people is (UK GDPR recitals 75, 76 and 85), and a person answers it."

// weights of data: what it lends itself to in the wrong hands. They never change.
var weights = []struct {
	data   Data
	points int
	why    string
}{
	{Contact, 100, "names and ways to reach people"},
	{Tenancy, 150, "how and with whom people live"},
	{Financial, 300, "money: fraud becomes possible"},
	{Credentials, 350, "lets somebody pass for the person"},
	{Special, 400, "special category data (UK GDPR Art 9)"},
	{Criminal, 400, "offences or allegations (UK GDPR Art 10)"},
	{Refuge, 500, "leads somebody to a person who must not be found"},
}

// Assess proposes how great the risk to people is, and says why. What makes a breach
// worse never makes the proposal less.
func Assess(harms []Harm, f Facts) Proposal {
	p := Proposal{Unknown: []string{}}
	add := func(what string, points int, why string) {
		p.Score += points
		p.Working = append(p.Working, Line{What: what, Points: points, Why: why})
	}
	worst, kinds := 0, 0
	for _, w := range weights {
		if !slices.Contains(f.Data, w.data) {
			continue
		}
		kinds++
		if w.points > worst {
			worst = w.points
		}
	}
	if kinds == 0 {
		worst = 300
		p.Unknown = append(p.Unknown, "what data it is")
		add("Data", worst, "nobody has said what data it is: taken for such as makes fraud possible")
	} else {
		for _, w := range weights {
			if w.points == worst && slices.Contains(f.Data, w.data) {
				add("Data", worst, w.why)
				break
			}
		}
	}
	if kinds > 1 {
		add("Data together", 25*(kinds-1), fmt.Sprintf("%d sorts of data say more together than apart", kinds))
	}
	percent, why := 100, "people are named in it"
	switch f.Identifiable {
	case Inferably:
		percent, why = 75, "with what others know, people can be told from it"
	case Hardly:
		percent, why = 25, "only we can tell whom it is about"
	case NotAtAll:
		percent, why = 0, "it is encrypted and the key is safe: nobody can read it (UK GDPR Art 34(3)(a))"
	case NotAskedID:
		why = "nobody has said how identifiable people are: taken as if they were named"
		p.Unknown = append(p.Unknown, "how identifiable people are")
	}
	// What is gone or changed harms people whether or not anybody can read it.
	readable := slices.Contains(harms, Confidentiality) || len(harms) == 0
	if len(harms) == 0 {
		p.Unknown = append(p.Unknown, "what was done to the data")
	}
	if !readable {
		percent, why = 50, "nobody saw it who should not: what counts is that it is gone or wrong"
	}
	p.Score = p.Score * percent / 100
	p.Working = append(p.Working, Line{What: "Identifiable", Points: percent, Factor: true, Why: why})
	hidden := readable && f.Identifiable == NotAtAll
	if f.Lasting && (slices.Contains(harms, Availability) || slices.Contains(harms, Integrity)) {
		add("Lasting", 150, "what is gone or changed cannot be had again")
	}
	if !hidden {
		circumstances(f, &p, add)
	}
	p.Score = max(p.Score, 0)
	switch {
	case p.Score >= highFrom:
		p.Risk = HighRisk
	case p.Score >= riskFrom:
		p.Risk = SomeRisk
	default:
		p.Risk = NoRisk
	}
	// Some things are grave whatever the sum says.
	exposed := readable && !hidden
	if exposed && (f.Severity == Grave || slices.Contains(f.Data, Refuge)) && !f.Recovered {
		p.Risk = HighRisk
	}
	if p.Risk == NoRisk && len(p.Unknown) > 0 && !hidden {
		p.Risk = SomeRisk
	}
	p.Says = fmt.Sprintf("%d.%02d points: %s", p.Score/100, p.Score%100, map[Risk]string{
		NoRisk:   "a risk to people is unlikely. Record it, with the reasons.",
		SomeRisk: "a risk to people is likely enough to tell the regulator.",
		HighRisk: "a high risk is likely: tell the regulator, and the people without undue delay.",
	}[p.Risk])
	return p
}

// circumstances are points for how it happened and what may come of it.
func circumstances(f Facts, p *Proposal, add func(string, int, string)) {
	switch {
	case f.People == 0:
		p.Unknown = append(p.Unknown, "how many people")
		add("People", 50, "nobody has said how many: taken for a hundred or more")
	case f.People >= 1000:
		add("People", 75, "a thousand or more")
	case f.People >= 100:
		add("People", 50, "a hundred or more")
	case f.People >= 10:
		add("People", 25, "ten or more")
	}
	switch f.Severity {
	case Noticeable:
		add("Harm", 50, "fraud tried, distress, cost")
	case Serious:
		add("Harm", 125, "money or home lost, stigma")
	case Grave:
		add("Harm", 250, "physical harm, or somebody found who hides")
	case NotAskedHow:
		p.Unknown = append(p.Unknown, "what is likely to come of it")
		add("Harm", 50, "nobody has said what may come of it: taken for distress or cost")
	}
	if f.Vulnerable {
		add("Vulnerable people", 75, "children or people who cannot look after themselves well")
	}
	if f.Malicious {
		add("On purpose", 75, "somebody wants the data or misuses it")
	}
	// What makes it better never outweighs that somebody means harm.
	if f.Trusted && !f.Malicious {
		add("Trusted", -150, "whoever had it is known, can be trusted and has destroyed or not opened it")
	}
	if f.Recovered && !f.Malicious {
		add("Recovered", -150, "it was back, or whole again, before harm could come of it")
	}
}
