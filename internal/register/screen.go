package register

import (
	"fmt"
	"slices"

	"tenet/internal/law"
	"tenet/internal/notice"
)

// Hit is a question of the screening that was answered with yes.
type Hit struct {
	Trigger string `json:"trigger"`
	Title   string `json:"title"`
	Law     string `json:"law,omitempty"`    // the statute that requires an assessment
	Policy  string `json:"policy,omitempty"` // whose list asks for one, where no statute does
	Notice  bool   `json:"notice"`           // the landlord's own notice says that it makes one always
}

// Screening is what the questions of a screening come to.
type Screening struct {
	Left      []string `json:"left,omitempty"` // questions that are not answered
	Hits      []Hit    `json:"hits"`
	Camera    bool     `json:"camera"`    // the place of a camera, which is assessed in any case
	Voluntary bool     `json:"voluntary"` // nothing calls for an assessment, and one is made
	Needed    bool     `json:"needed"`    // a full assessment must be made
	Statute   bool     `json:"statute"`   // because statute requires it, and not policy alone
}

// Screen reads the screening of a paper, by the landlord's notice where n is not nil.
// One yes is enough.
func (f *Form) Screen(n *notice.Notice, v Values) Screening {
	s := Screening{Hits: []Hit{}}
	for _, x := range f.Fields {
		if x.Type != YesNo || x.Law == "" && x.Policy == "" || x.Group != "screen" {
			continue
		}
		switch v.Text(x.Name) {
		case "":
			s.Left = append(s.Left, x.Name)
		case "yes":
			h := Hit{Trigger: x.Name, Title: x.Title, Law: x.Law, Policy: x.Policy}
			if n != nil && n.Uses.Screening != nil {
				h.Notice = slices.Contains(n.Uses.Screening.Triggers, notice.DPIATrigger(x.Name))
			}
			s.Hits, s.Statute = append(s.Hits, h), s.Statute || h.Law != ""
		}
	}
	s.Camera = v.Text("kind") == "camera"
	s.Needed = len(s.Hits) > 0 || s.Camera
	s.Voluntary = !s.Needed && v.Text("voluntary") == "yes"
	return s
}

// Reason is one reason of a decision.
type Reason struct {
	Says string `json:"says"`
	Law  string `json:"law,omitempty"`  // what it rests on: an Article, or where the notice says so
	Mend string `json:"mend,omitempty"` // of a refusal: what would mend it
}

// Verdict is whether something may be done, and why.
type Verdict struct {
	Allowed bool     `json:"allowed"`
	Why     []Reason `json:"why"`
}

func (v *Verdict) no(says, cite, mend string) {
	v.Allowed = false
	v.Why = append(v.Why, Reason{says, cite, mend})
}

// MayGoLive decides whether what a paper is about may begin on a day: its screening
// is answered, and where that, or its being a camera, calls for an assessment, the
// newest version is signed, before the day, and not overdue for review.
func (f *Form) MayGoLive(n *notice.Notice, p Paper, day law.Date) Verdict {
	v := Verdict{Allowed: true}
	if !f.Live {
		v.no("A "+f.One+" is about nothing that goes live.", "", "Name a paper of a register that is.")
		return v
	}
	last := p.Latest()
	s := f.Screen(n, last.Values)
	if !p.Ended.IsZero() {
		v.no(p.Number+" has ended.", "", "Write a new paper.")
	}
	if len(s.Left) > 0 {
		v.no(fmt.Sprintf("The screening is not answered: %d questions are open.", len(s.Left)), "UK GDPR Art 35(1)", "Answer every question with yes or no.")
	}
	if !s.Needed && !s.Voluntary {
		if v.Allowed {
			v.Why = []Reason{{Says: "The screening is answered, and nothing in it calls for an assessment.", Law: "UK GDPR Art 35(1)"}}
		}
		return v
	}
	why := "An assessment is made of free will, and then it is finished first."
	cite := ""
	for _, h := range s.Hits {
		why, cite = "The screening calls for an assessment: "+h.Title, h.Law
		if cite == "" {
			cite = h.Policy
		}
		if h.Law != "" {
			break
		}
	}
	if s.Camera {
		why, cite = "The place of a camera is assessed before it is put up.", "UK GDPR Art 35(1)"
		if sc := n.Uses.Screening; sc != nil && sc.Cameras {
			cite = sc.Pos.String()
		}
	}
	for _, lack := range f.Lacks(last.Values) {
		if !slices.Contains(s.Left, lack.Field) {
			v.no("The assessment lacks "+lack.Field+".", "UK GDPR Art 35(7)", lack.Mend)
		}
	}
	signed, ok := p.Standing()
	switch {
	case !ok || signed.N != last.N:
		v.no(why+" It is not signed: it is "+string(last.State)+".", cite, "Propose it, and have it signed.")
	case law.DateOf(signed.Decided).After(day):
		v.no("It was signed on "+law.DateOf(signed.Decided).Words()+", after the day from which it is to begin.", cite, "Name a later day.")
	case !p.ReviewBy.IsZero() && day.After(p.ReviewBy):
		v.no("Its review was due by "+p.ReviewBy.Words()+".", "UK GDPR Art 35(11)", "Look at it again, and record the review.")
	}
	if last.Values.Text("residual") == "high" && !last.Values.given("consultation") {
		v.no("The risk that is left is high, and the regulator has not answered.", "UK GDPR Art 36(1)", "Consult the regulator first, or lower the risk.")
	}
	if v.Allowed {
		v.Why = []Reason{{Says: "The assessment was signed on " + law.DateOf(signed.Decided).Words() + ".", Law: cite}}
	}
	return v
}
