package rule

import (
	"slices"
	"strings"
	"testing"

	"github.com/google/go-cmp/cmp"
	"pgregory.net/rapid"

	"tenet/internal/law"
	"tenet/internal/notice"
)

var packs = []string{"larkfield", "wrenfield", "harbourside", "stonebeck", "potters-green", "northmoor"}

func load(t testing.TB, pack string) *notice.Notice {
	t.Helper()
	from, err := notice.Pack(pack)
	if err != nil {
		t.Fatal(err)
	}
	n, err := notice.Load(from)
	if err != nil {
		t.Fatal(err)
	}
	return n
}

func day(t testing.TB, text string) law.Date {
	t.Helper()
	d, err := law.ParseDate(text)
	if err != nil {
		t.Fatal(err)
	}
	return d
}

// ask is an Ask of the text "to: field, field; people; fact fact".
func ask(t testing.TB, to, fields, people, facts string) Ask {
	t.Helper()
	a := Ask{To: notice.ID(to), People: notice.ID(people), Facts: Facts{}, Day: day(t, "2026-11-23")}
	for f := range strings.FieldsSeq(fields) {
		one, err := ParseField(f)
		if err != nil {
			t.Fatal(err)
		}
		a.Fields = append(a.Fields, one)
	}
	for f := range strings.FieldsSeq(facts) {
		if err := a.Facts.Say(f); err != nil {
			t.Fatal(err)
		}
	}
	return a
}

// TestExamples: every rule of every pack decides its own examples as it says, and
// an example turned round is told of.
func TestExamples(t *testing.T) {
	for _, pack := range packs {
		n := load(t, pack)
		if got := Examples(n); len(got) != 0 {
			t.Errorf("%s: %v", pack, got)
		}
		for i, r := range n.Sharing.Rules {
			for j, e := range r.Examples {
				was := n.Sharing.Rules[i].Examples[j].Expect
				n.Sharing.Rules[i].Examples[j].Expect = map[notice.Decision]notice.Decision{notice.Allow: notice.Refuse}[e.Expect]
				if was != notice.Allow {
					n.Sharing.Rules[i].Examples[j].Expect = notice.Allow
				}
				if got := Examples(n); len(got) != 1 || !strings.Contains(got[0].Field, string(r.ID)) {
					t.Errorf("%s: an example of %s turned round: %v", pack, r.ID, got)
				}
				n.Sharing.Rules[i].Examples[j].Expect = was
			}
		}
	}
}

// TestNeverHolds: a condition that no case satisfies is told of, and no other.
func TestNeverHolds(t *testing.T) {
	for text, never := range map[notice.Expression]bool{
		"": false, "tenancy.new": false, "!tenancy.new": false, "tenancy.new && !tenancy.ended": false, "(repair.open || !repair.open) && risk.serious": false,
		"tenancy.new && !tenancy.new": true, "(repair.open || risk.serious) && !repair.open && !risk.serious": true, "!(repair.open || !repair.open)": true,
	} {
		n := load(t, packs[0])
		if len(n.Sharing.Rules) == 0 {
			t.Fatal("the pack shares nothing")
		}
		n.Sharing.Rules[0].If, n.Sharing.Rules[0].Examples = text, nil
		if got := Examples(n); (len(got) == 1 && strings.Contains(got[0].What, "no case")) != never || !never && len(got) > 0 {
			t.Errorf("%q: %v", text, got)
		}
	}
}

// TestUnknownFacts: a fact that is misspelt is told of with the one that was meant, and one
// that an example gives is known.
func TestUnknownFacts(t *testing.T) {
	for _, x := range []struct {
		text notice.Expression
		what string // the fact, or "" where all are known
		mend string
	}{
		{"request.written && request.reason-given", "", ""},
		{"asked && !person.objected", "", ""},
		{"request.writen && request.reason-given", "request.writen", "“request.written”"},
		{"!persn.opted-out", "persn.opted-out", "“person.opted-out”"},
		{"tenancy.new || (repair.opne && risk.serious)", "repair.opne", "“repair.open”"},
		{"lift.stuck", "", ""}, // of an example
		{"lift.stuk", "lift.stuk", "“lift.stuck”"},
		{"zebra.striped", "zebra.striped", "an example beside a rule gives it"},
	} {
		n := load(t, packs[0])
		n.Sharing.Rules[0].If, n.Sharing.Rules[0].Examples = x.text, nil
		n.Sharing.Rules[1].Examples = append(n.Sharing.Rules[1].Examples, notice.ShareExample{Given: map[string]any{"lift": "not-stuck"}, Expect: notice.Refuse})
		got := Examples(n)
		switch {
		case x.what == "" && len(got) > 0:
			t.Errorf("%q: %v", x.text, got)
		case x.what != "" && (len(got) != 1 || !strings.Contains(got[0].What, x.what) || !strings.Contains(got[0].Mend, x.mend) || got[0].Line == 0):
			t.Errorf("%q: %v", x.text, got)
		}
	}
}

func TestMayDisclose(t *testing.T) {
	for _, c := range []struct {
		name, pack, to, fields, people, facts string
		want                                  notice.Decision
		goes                                  string // fields that may go
		clause                                notice.ID
		says                                  string // in a reason or a condition
	}{
		{"utility, all is known", "larkfield", "utility-suppliers", "name address tenancy-start", "tenants", "asked tenancy=new supplier=not-signed-up", "allow", "name address tenancy-start", "utilities-only-when-asked", ""},
		{"utility, signed up", "larkfield", "utility-suppliers", "name address", "tenants", "asked tenancy=new supplier=signed-up", "refuse", "", "utilities-only-when-asked", "not so here"},
		{"utility, nobody asked", "larkfield", "utility-suppliers", "name", "tenants", "asked=no tenancy=new supplier=not-signed-up", "refuse", "", "utilities-only-when-asked", "never pushed"},
		{"utility, nothing known", "larkfield", "utility-suppliers", "name", "tenants", "", "ask", "name", "utilities-only-when-asked", "Find out"},
		{"utility, more than the fields", "larkfield", "utility-suppliers", "name phone address", "tenants", "asked tenancy=new supplier=not-signed-up", "refuse", "name address", "utilities-only-when-asked", "More was asked"},
		{"utility, both days", "larkfield", "utility-suppliers", "name tenancy-start tenancy-end", "tenants", "asked tenancy=new supplier=not-signed-up", "refuse", "name tenancy-start", "", ""},
		{"police by telephone", "larkfield", "police", "identity", "tenants", "asked request=verbal", "ask", "identity", "police-in-writing", "request.written"},
		{"police in writing, no power cited", "larkfield", "police", "identity", "tenants", "asked request=written,reason-given", "ask", "identity", "police-in-writing", "power"},
		{"survey, silence is no leave", "larkfield", "survey-firms", "name email", "tenants", "scheduled person=adult", "ask", "name email", "leave-out-of-surveys", "opted-out"},
		{"survey, opted out", "larkfield", "survey-firms", "name email", "tenants", "scheduled person=opted-out", "refuse", "", "leave-out-of-surveys", ""},
		{"survey", "larkfield", "survey-firms", "name email", "tenants", "scheduled person=not-opted-out", "allow", "name email", "leave-out-of-surveys", ""},
		{"sold", "larkfield", "utility-suppliers", "name", "tenants", "asked tenancy=new supplier=not-signed-up never=sold", "refuse", "", "never-sold", "never passed on"},
		{"special data under its condition", "larkfield", "social-care", "identity health", "tenants", "risk=serious", "allow", "identity health", "share-to-prevent-harm", ""},
		{"nobody of that name", "larkfield", "newspapers", "name", "", "", "refuse", "", "", "no such recipient"},
		{"court order to one whom no rule serves", "larkfield", "utility-suppliers", "health", "tenants", "order=made", "ask", "", "", "court"},
		{"council, agreement of the notice", "northmoor", "councils", "contact-details", "tenants", "home=at-risk council=agreed", "allow", "contact-details", "council-under-agreement", ""},
		{"council without agreement", "northmoor", "councils", "contact-details", "tenants", "home=at-risk council=agreed agreement=none", "refuse", "", "council-under-agreement", "agreement"},
		{"a resident who is no tenant: the looser sentence is bound too", "northmoor", "councils", "contact-details", "household-members", "home=at-risk agreement=none", "refuse", "", "residents-referred", "agreement"},
		{"a resident, agreement live", "northmoor", "councils", "contact-details", "household-members", "home=at-risk agreement=live", "allow", "contact-details", "residents-referred", ""},
		{"never for others' marketing, though a rule allows it", "northmoor", "partners", "contact-details", "tenants", "", "refuse", "", "never-for-others-marketing", "never passed on"},
		{"clickwell, other people's data", "northmoor", "clickwell", "web-visits", "tenants", "", "refuse", "", "clickwell-sees", "other people"},
		{"sub-contractor not approved", "northmoor", "sub-contractors", "name address", "tenants", "repair=open sub-contractor=approved undertaking=signed", "ask", "name address", "onward-if-approved", "approved it"},
		{"credit search without the warning", "northmoor", "credit-agencies", "identity", "applicants", "application=open person=not-warned", "refuse", "", "search-leaves-a-mark", ""},
		{"year-end file, nothing prepared", "potters-green", "benefits-teams", "name address rent", "tenants", "scheduled", "ask", "name address rent", "year-end-file", "assessed"},
		{"year-end file", "potters-green", "benefits-teams", "name address rent", "tenants", "scheduled agreement=live assessment=done transfer=secure", "allow", "name address rent", "year-end-file", ""},
		{"year-end file with a column", "potters-green", "benefits-teams", "name address rent income", "tenants", "scheduled agreement=live assessment=done transfer=secure", "refuse", "name address rent", "year-end-file", "More was asked"},
		{"year-end file, objector", "potters-green", "benefits-teams", "name address rent", "tenants", "scheduled agreement=live assessment=done transfer=secure person=objected", "refuse", "", "year-end-file", "objected"},
		{"processor with no contract named", "potters-green", "contractors", "identity", "tenants", "", "ask", "identity", "shared-in-some-cases", "contract"},
		{"unlisted debt agency", "potters-green", "debt-recovery", "identity", "tenants", "tenancy=terms-broken agency=unknown person=warned agreement=live", "refuse", "", "debts-to-agencies", ""},
		{"own purposes, no power cited", "stonebeck", "utilities", "identity", "tenants", "asked request=written approval=given", "ask", "identity", "others-may-ask", "power"},
		{"a partner, for its purpose", "stonebeck", "outside-help", "identity", "customers", "person=agreed", "allow", "identity", "help-if-you-agreed", ""},
		{"repairs", "harbourside", "contractors", "repairs", "tenants", "repair=open", "allow", "repairs", "shared-for-repairs", ""},
		{"repairs, closed", "harbourside", "contractors", "repairs", "tenants", "repair=closed", "refuse", "", "shared-for-repairs", ""},
		{"representative", "harbourside", "representatives", "tenancy", "tenants", "person=not-agreed", "refuse", "", "bases-named", ""},
		{"pixels", "wrenfield", "advertisers", "device-notes", "visitors", "", "allow", "device-notes", "pixels-name-nobody", ""},
		{"names in pixels", "wrenfield", "advertisers", "contact-details", "visitors", "", "refuse", "", "pixels-name-nobody", ""},
	} {
		d := MayDisclose(load(t, c.pack), ask(t, c.to, c.fields, c.people, c.facts))
		all := ""
		var clauses []notice.ID
		for _, r := range d.Reasons {
			clauses, all = append(clauses, r.Clause), all+r.Words+"\n"
		}
		for _, u := range d.Conditions {
			all += u.Says + "\n"
		}
		if d.Decision != c.want || strings.Join(d.Fields, " ") != c.goes || c.clause != "" && !slices.Contains(clauses, c.clause) || !strings.Contains(all, c.says) {
			t.Errorf("%s: %+v", c.name, d)
		}
		if len(d.Reasons) == 0 || len(d.Fields)+len(d.Withheld) < len(strings.Fields(c.fields)) {
			t.Errorf("%s: no reason, or a field without an answer: %+v", c.name, d)
		}
	}
}

// TestAgreementsEnd: an agreement counts from its day to the day by which it is
// looked at again.
func TestAgreementsEnd(t *testing.T) {
	n := load(t, "northmoor") // council-agreement: 2024-09-02 to 2027-09-01
	for on, want := range map[string]notice.Decision{"2024-09-01": "refuse", "2024-09-02": "allow", "2027-09-01": "allow", "2027-09-02": "refuse"} {
		a := ask(t, "councils", "contact-details", "tenants", "home=at-risk council=agreed")
		a.Day = day(t, on)
		if d := MayDisclose(n, a); d.Decision != want {
			t.Errorf("on %s: %+v", on, d)
		}
	}
}

// TestAbroad: a transfer without safeguard is refused by law, and one beyond a line
// of the notice by the notice.
func TestAbroad(t *testing.T) {
	for _, c := range []struct {
		where     notice.Country
		safeguard notice.Safeguard
		facts     string
		want      notice.Decision
	}{
		{"IE", notice.Adequacy, "", notice.Allow},
		{"IE", "", "", notice.Refuse},
		{"IN", notice.Adequacy, "permission=given", notice.Refuse},
		{"IN", notice.TransferDeal, "", notice.Ask},
		{"IN", notice.TransferDeal, "permission=given", notice.Allow},
		{"US", notice.Adequacy, "", notice.Ask},
		{"US", notice.Adequacy, "adequacy=us", notice.Allow},
	} {
		n := load(t, "larkfield")
		i := slices.IndexFunc(n.Sharing.Recipients, func(r notice.Recipient) bool { return r.ID == "computer-suppliers" })
		n.Sharing.Recipients[i].Where, n.Sharing.Recipients[i].Safeguard = []notice.Country{"GB", c.where}, c.safeguard
		if d := MayDisclose(n, ask(t, "computer-suppliers", "identity", "tenants", "support-ticket=open "+c.facts)); d.Decision != c.want {
			t.Errorf("%s %s %s: %+v", c.where, c.safeguard, c.facts, d)
		}
	}
}

// anything draws an Ask about a notice: names it knows, and some that it does not.
func anything(n *notice.Notice, on law.Date) *rapid.Generator[Ask] {
	var to, people, fields, uses []string
	facts := []string{"asked", "asked=no", "scheduled", "request=written", "request=verbal", "approval=given", "undertaking=signed", "agreement=live", "agreement=none",
		"person=agreed", "person=objected", "person=told", "person=warned", "consent=explicit", "order=made", "life=in-danger", "assessment=done", "transfer=secure"}
	for _, r := range n.Sharing.Recipients {
		to = append(to, string(r.ID))
	}
	for _, r := range n.Sharing.Rules {
		for _, f := range r.Fields {
			if f.Name != "" {
				fields = append(fields, string(f.Name))
			}
			for _, o := range f.OneOf {
				fields = append(fields, string(o))
			}
		}
		c, _ := ParseCondition(r.If)
		_, open := c.Holds(nil)
		facts = append(facts, open...)
	}
	for _, p := range n.Data.People {
		people = append(people, string(p.ID))
	}
	for _, c := range n.Data.Categories {
		fields = append(fields, string(c.ID), string(c.ID)+".name")
	}
	for _, u := range n.Uses.Uses {
		uses = append(uses, string(u.ID))
	}
	return rapid.Custom(func(rt *rapid.T) Ask {
		a := Ask{To: notice.ID(rapid.SampledFrom(append(to, "nobody")).Draw(rt, "to")), Facts: Facts{}, Day: on,
			People: notice.ID(rapid.SampledFrom(append(people, "")).Draw(rt, "people")),
			For:    notice.ID(rapid.SampledFrom(append(uses, "", "", "")).Draw(rt, "for"))}
		for _, f := range rapid.SliceOfNDistinct(rapid.SampledFrom(append(fields, "shoe-size")), 0, 5, rapid.ID[string]).Draw(rt, "fields") {
			one, _ := ParseField(f)
			a.Fields = append(a.Fields, one)
		}
		for _, f := range rapid.SliceOfN(rapid.SampledFrom(facts), 0, 14).Draw(rt, "facts") {
			if a.Facts.Say(f) != nil {
				rt.Fatalf("fact %q", f)
			}
		}
		if rapid.Bool().Draw(rt, "cited") {
			a.Power, a.Why = "Social Security Administration Act 1992 s.122C", "to check a claim"
		}
		return a
	})
}

// TestProperties of every decision over every pack.
func TestProperties(t *testing.T) {
	for _, pack := range packs {
		n, on := load(t, pack), day(t, "2026-11-23")
		gen := anything(n, on)
		rapid.Check(t, func(rt *rapid.T) {
			a := gen.Draw(rt, "ask")
			d := MayDisclose(n, a)
			if diff := cmp.Diff(d, MayDisclose(n, a)); diff != "" {
				rt.Fatalf("another answer: %s", diff)
			}
			if len(d.Reasons) == 0 {
				rt.Fatalf("no reason: %+v", d)
			}
			switch d.Decision {
			case notice.Allow:
				if len(d.Withheld)+len(d.Conditions) > 0 || len(d.Fields) == 0 {
					rt.Fatalf("allowed with something left: %+v", d)
				}
				if len(a.Fields) > 1 {
					i := rapid.IntRange(0, len(a.Fields)-1).Draw(rt, "without")
					less := a
					less.Fields = slices.Delete(slices.Clone(a.Fields), i, i+1)
					if got := MayDisclose(n, less); got.Decision != notice.Allow {
						rt.Fatalf("%+v was allowed, and less is not: %+v", a, got)
					}
				}
			case notice.Ask:
				if len(d.Conditions) == 0 {
					rt.Fatalf("asks for nothing: %+v", d)
				}
			case notice.Refuse:
				if len(a.Fields) > 0 && len(d.Fields) >= len(a.Fields) {
					rt.Fatalf("refused, and all may go: %+v", d)
				}
			default:
				rt.Fatalf("no decision: %+v", d)
			}
			// Never wins, over whatever allowed it.
			banned := *n
			banned.Sharing.Never = append(slices.Clone(n.Sharing.Never), notice.NeverShared{ID: "planted", Says: "Anything", To: []notice.ID{a.To}, Promise: notice.Sentences{"planted"}})
			if got := MayDisclose(&banned, a); got.Decision != notice.Refuse || len(got.Fields) > 0 {
				rt.Fatalf("never, and yet: %+v", got)
			}
			// What the notice does not allow by a rule is not allowed.
			bare := *n
			bare.Sharing.Rules = nil
			if got := MayDisclose(&bare, a); got.Decision == notice.Allow {
				rt.Fatalf("no rule, and yet: %+v", got)
			}
		})
	}
}

func TestCondition(t *testing.T) {
	for _, c := range []struct {
		text, facts string
		want        Truth
	}{
		{"", "", Yes},
		{"a.b", "a=b", Yes},
		{"a.b", "a=c", No},
		{"a.b", "", Unknown},
		{"!a.b", "a=c", Unknown}, // a reason to hold back is not absent because of something else
		{"!a.b", "a=not-b", Yes},
		{"a", "a", Yes},
		{"a", "a=no", No},
		{"a.b || c.d && e.f", "c=d e=f", Yes},
		{"(a.b || c.d) && e.f", "a=b", Unknown},
		{"(a.b || c.d) && e.f", "a=b e=x", No},
		{"request.written", "request=verbal", Unknown},
		{"request.written", "request=not-written", No},
		{"a.b", "a=b a=not-b", Unknown},
		{"!(a.b && c.d)", "a=x", Unknown},
		{"!!a.b", "a=x", No},
	} {
		parsed, err := ParseCondition(notice.Expression(c.text))
		if err != nil {
			t.Fatal(err)
		}
		if got, open := parsed.Holds(ask(t, "x", "", "", c.facts).Facts); got != c.want || (got == Unknown) != (len(open) > 0) {
			t.Errorf("%s with %s: %v %v", c.text, c.facts, got, open)
		}
	}
	for _, text := range []string{"a.", "a.b &&", "a.b c.d", "(a.b", "a.b)", "a == 'b'", "!", "A.b", strings.Repeat("(", 2000)} {
		if _, err := ParseCondition(notice.Expression(text)); err == nil {
			t.Errorf("%q was read", text)
		}
	}
}

func TestSay(t *testing.T) {
	for text, want := range map[string]string{"tenancy=new,joint": "tenancy=joint tenancy=new", "tenancy.new": "tenancy=new", "tenancy.new=no": "tenancy=not-new", "asked": "asked=yes", "asked=false": "asked=no"} {
		f := Facts{}
		if err := f.Say(text); err != nil || strings.Join(f.Strings(), " ") != want {
			t.Errorf("%s: %v %v", text, f.Strings(), err)
		}
	}
	for _, text := range []string{"", "=", "a=", "A=b", "a=B", "a b", "a=b c", "a=,"} {
		if err := (Facts{}).Say(text); err == nil {
			t.Errorf("%q was taken", text)
		}
	}
}

func TestCheck(t *testing.T) {
	n := load(t, "larkfield")
	good := ask(t, "police", "identity", "tenants", "asked")
	if err := good.Check(n); err != nil {
		t.Fatal(err)
	}
	for what, change := range map[string]func(*Ask){
		"recipient": func(a *Ask) { a.To = "newspapers" }, "use": func(a *Ask) { a.For = "fun" }, "people": func(a *Ask) { a.People = "martians" },
		"category": func(a *Ask) { a.Fields = []Field{{"name", "dreams"}} }, "day": func(a *Ask) { a.Day = law.Date{} },
	} {
		a := good
		change(&a)
		if err := a.Check(n); err == nil || !strings.Contains(err.Error(), what) {
			t.Errorf("%s: %v", what, err)
		}
	}
}

// FuzzMayDisclose: nothing that is asked ends the program, and nothing that no rule
// names is allowed.
func FuzzMayDisclose(f *testing.F) {
	f.Add("police", "identity", "tenants", "asked,request=written", "(a.b || !c.d) && e")
	f.Add("", ".", "", "never=sold", "((")
	n := load(f, "larkfield")
	f.Fuzz(func(t *testing.T, to, fields, people, facts, condition string) {
		a := Ask{To: notice.ID(to), People: notice.ID(people), Facts: Facts{}, Day: day(t, "2026-11-23")}
		for x := range strings.FieldsSeq(fields) {
			if one, err := ParseField(x); err == nil {
				a.Fields = append(a.Fields, one)
			}
		}
		for x := range strings.FieldsSeq(facts) {
			a.Facts.Say(x)
		}
		m := *n
		m.Sharing.Rules = slices.Clone(n.Sharing.Rules)
		for i := range m.Sharing.Rules {
			m.Sharing.Rules[i].If = notice.Expression(condition)
		}
		d := MayDisclose(&m, a)
		if _, err := ParseCondition(notice.Expression(condition)); err != nil && d.Decision == notice.Allow {
			t.Errorf("allowed by a condition that cannot be read: %+v", d)
		}
		if len(d.Reasons) == 0 {
			t.Errorf("no reason: %+v", d)
		}
	})
}

// TestQuestionsSettleEverything: for every recipient of every pack, a decision never
// asks for a fact that was not among the questions.
func TestQuestionsSettleEverything(t *testing.T) {
	for _, pack := range packs {
		n, on := load(t, pack), day(t, "2026-11-23")
		asked := map[notice.ID][]string{}
		for _, r := range n.Sharing.Recipients {
			for _, q := range Questions(n, r.ID, on) {
				if err := (Facts{}).Say(q.Fact); err != nil || q.Says == "" {
					t.Errorf("%s: %+v %v", pack, q, err)
				}
				asked[r.ID] = append(asked[r.ID], q.Fact)
			}
		}
		gen := anything(n, on)
		rapid.Check(t, func(rt *rapid.T) {
			a := gen.Draw(rt, "ask")
			for _, u := range MayDisclose(n, a).Conditions {
				for _, f := range u.Facts {
					if strings.Contains(f, "=") && !slices.Contains(asked[a.To], f) {
						rt.Fatalf("%s asks for %s, which is no question: %v", a.To, f, asked[a.To])
					}
				}
			}
		})
	}
}

func TestOffers(t *testing.T) {
	fields, people := Offers(load(t, "potters-green"), "benefits-teams")
	if strings.Join(fields, " ") != "name address rent" || words(people) != "tenants" {
		t.Errorf("%v of %v", fields, people)
	}
}
