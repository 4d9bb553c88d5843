package law

import (
	"strings"
	"testing"

	"pgregory.net/rapid"
)

func TestAvailable(t *testing.T) {
	for _, tt := range []struct {
		right Right
		basis Basis
		c     Circumstances
		want  Applies
		says  string
		asks  int
	}{
		{RightErasure, LegalObligation, Circumstances{}, No, "a law says that we must", 0},
		{RightErasure, LegalObligation, Circumstances{Ground: "a", Exception: IsNot}, No, "law", 0},
		{RightErasure, Contract, Circumstances{}, May, "legal claim", 2},
		{RightErasure, Contract, Circumstances{Ground: "a"}, May, "legal claim", 1},
		{RightErasure, Contract, Circumstances{Ground: "a", Exception: IsNot}, Yes, "no longer need", 0},
		{RightErasure, Contract, Circumstances{Ground: "a", Exception: IsSo}, No, "lets us keep", 0},
		{RightErasure, LegitimateInterests, Circumstances{Ground: "none"}, No, "object to it instead", 0},
		{RightRestriction, PublicTask, Circumstances{}, May, "", 1},
		{RightRestriction, PublicTask, Circumstances{Ground: "d"}, Yes, "before that ends", 0},
		{RightPortability, Contract, Circumstances{Automated: IsSo}, May, "", 1},
		{RightPortability, Contract, Circumstances{Automated: IsSo, Provided: IsSo}, Yes, "computers can read", 0},
		{RightPortability, Consent, Circumstances{Automated: IsNot}, No, "a copy", 0},
		{RightPortability, LegitimateInterests, Circumstances{Automated: IsSo, Provided: IsSo}, No, "a copy", 0},
		{RightObject, RecognisedLegitimateInterests, Circumstances{}, Yes, "unless we show", 1},
		{RightObject, LegitimateInterests, Circumstances{Overriding: IsSo}, No, "override", 0},
		{RightObject, LegitimateInterests, Circumstances{Overriding: IsNot}, Yes, "We stop.", 0},
		{RightObject, Consent, Circumstances{}, No, "take your consent back", 0},
		{RightObject, Contract, Circumstances{}, No, "put it right", 0},
		{RightObjectMarketing, Contract, Circumstances{Overriding: IsSo}, Yes, "do not weigh", 0},
		{RightWithdraw, Consent, Circumstances{}, Yes, "at any time", 0},
		{RightWithdraw, LegitimateInterests, Circumstances{}, No, "no consent", 0},
		{RightDecision, Contract, Circumstances{}, May, "", 2},
		{RightDecision, Contract, Circumstances{Solely: IsSo, Important: IsSo}, Yes, "looks again", 0},
		{RightDecision, RecognisedLegitimateInterests, Circumstances{Solely: IsSo, Important: IsSo}, Yes, "should not", 0},
		{RightDecision, Contract, Circumstances{Solely: IsNot}, No, "complain", 0},
	} {
		a, err := Available(tt.right, tt.basis, tt.c)
		if err != nil {
			t.Errorf("%s under %s: %v", tt.right, tt.basis, err)
		} else if a.Applies != tt.want || !strings.Contains(a.Words, tt.says) || len(a.Ask) != tt.asks {
			t.Errorf("%s under %s, %+v: %s, %q, asks %q", tt.right, tt.basis, tt.c, a.Applies, a.Words, a.Ask)
		}
	}
	for _, c := range []Circumstances{{Ground: "z"}, {Ground: "e"}} {
		if _, err := Available(RightRestriction, Consent, c); err == nil {
			t.Errorf("restriction on ground %s", c.Ground)
		}
	}
	if _, err := Available("tea", Consent, Circumstances{}); err == nil {
		t.Error("a right to tea")
	}
	if _, err := Available(RightAccess, "because", Circumstances{}); err == nil {
		t.Error("a basis of because")
	}
}

// Whatever is known, access is never refused by the basis, marketing never goes
// on, an answer has words and a citation, and learning more never turns a plain
// answer back into a question.
func TestAvailableAlways(t *testing.T) {
	fact := rapid.SampledFrom([]Fact{Unknown, IsSo, IsNot})
	rapid.Check(t, func(t *rapid.T) {
		c := Circumstances{Automated: fact.Draw(t, "automated"), Provided: fact.Draw(t, "provided"), Exception: fact.Draw(t, "exception"),
			Overriding: fact.Draw(t, "overriding"), Solely: fact.Draw(t, "solely"), Important: fact.Draw(t, "important"),
			Ground: rapid.SampledFrom([]string{"", "none", "a", "d"}).Draw(t, "ground")}
		b := rapid.SampledFrom(Bases()).Draw(t, "basis")
		for _, r := range []Right{RightInformed, RightAccess, RightRectification, RightErasure, RightRestriction, RightPortability, RightObject, RightObjectMarketing, RightDecision, RightWithdraw} {
			a, err := Available(r, b, c)
			if err != nil {
				t.Fatal(err)
			}
			if a.Words == "" || a.Cite == "" || a.Ask == nil {
				t.Fatalf("%s says too little: %+v", r, a)
			}
			if (r == RightAccess || r == RightRectification || r == RightObjectMarketing) && a.Applies != Yes {
				t.Fatalf("%s under %s: %s", r, b, a.Applies)
			}
			if a.Applies == May && len(a.Ask) == 0 {
				t.Fatalf("%s under %s depends, and on nothing: %+v", r, b, a)
			}
			all, err := AvailableOver(r, c, b, b)
			if err != nil || all.Applies != a.Applies || all.Words != a.Words {
				t.Fatalf("%s over the same twice: %+v, %v", r, all, err)
			}
		}
	})
	mixed, err := AvailableOver(RightObject, Circumstances{Overriding: IsNot}, Contract, LegitimateInterests)
	if err != nil || mixed.Applies != May || !strings.Contains(mixed.Words, "We stop.") || !strings.Contains(mixed.Words, "cannot object") {
		t.Errorf("%+v, %v", mixed, err)
	}
	if _, err := AvailableOver(RightObject, Circumstances{}); err == nil {
		t.Error("over nothing")
	}
}

func TestPermits(t *testing.T) {
	on := day(t, "2026-11-23")
	form := func(r Role, scopes ...Scope) Authority { return Authority{Role: r, Seen: true, Scopes: scopes} }
	ended, later, unseen := form(ByRepresentative, ForRights), form(ByRepresentative, ForRights), form(ByRepresentative, ForRights)
	ended.End, later.Start, unseen.Seen = day(t, "2026-11-22"), day(t, "2026-11-24"), false
	agreed, revoked := form(ByParent, ForRights), form(ByAttorney, ForRights)
	agreed.Agreed, revoked.Ended = IsSo, on
	born := func(d string, n Nation) Subject { return Subject{Born: day(t, d), Nation: n} }
	with := func(s Subject, change func(*Subject)) Subject { change(&s); return s }
	for _, tt := range []struct {
		name string
		a    Authority
		what Scope
		s    Subject
		want Applies
	}{
		{"oneself", Authority{}, ForRights, Subject{}, Yes},
		{"the dead", Authority{}, ForRights, Subject{Died: true}, No},
		{"a signed form", form(ByRepresentative, ForRights), ForRights, Subject{}, Yes},
		{"a form for another thing", form(BySolicitor, ForTenancy), ForRights, Subject{}, No},
		{"an old form", ended, ForRights, Subject{}, No},
		{"a form for tomorrow", later, ForRights, Subject{}, No},
		{"no form", unseen, ForRights, Subject{}, May},
		{"a power that was ended", revoked, ForRights, Subject{}, No},
		{"somebody who said no", form(BySolicitor, ForRights), ForRights, Subject{Refuses: true}, No},
		{"said no without capacity", form(ByAttorney, ForRights), ForRights, Subject{Refuses: true, Capacity: IsNot}, Yes},
		{"a deputy, and capacity", form(ByDeputy, ForRights), ForRights, Subject{Capacity: IsSo}, No},
		{"WHG-4: a neighbour books a repair", form(ByTrusted, ForServices), ForServices, Subject{}, Yes},
		{"WHG-4: and asks about arrears", form(ByTrusted, ForServices), ForTenancy, Subject{}, No},
		{"a trusted contact never has a copy", form(ByTrusted, ForServices, ForRights), ForRights, Subject{}, No},
		{"an MP about the matter", form(ByElected, ForCasework), ForCasework, Subject{}, Yes},
		{"an MP for everything", form(ByElected, ForRights), ForRights, Subject{}, No},
		{"a parent of four", form(ByParent, ForRights), ForRights, with(born("2022-05-01", EnglandAndWales), func(s *Subject) { s.Understands = IsNot }), Yes},
		{"a parent of four, nobody looked", form(ByParent, ForRights), ForRights, born("2022-05-01", EnglandAndWales), May},
		{"a parent of thirteen in Scotland", form(ByParent, ForRights), ForRights, born("2013-05-01", Scotland), May},
		{"who agrees", agreed, ForRights, born("2013-05-01", Scotland), Yes},
		{"who said no", agreed, ForRights, with(born("2013-05-01", Scotland), func(s *Subject) { s.Refuses = true }), No},
		{"a day under twelve in Scotland", agreed, ForRights, born("2014-11-24", Scotland), May},
		{"twelve today in Scotland", agreed, ForRights, born("2014-11-23", Scotland), Yes},
		{"sixteen in Scotland", agreed, ForRights, born("2010-11-23", Scotland), No},
		{"sixteen in England", agreed, ForRights, with(born("2010-11-23", EnglandAndWales), func(s *Subject) { s.Understands = IsSo }), Yes},
		{"eighteen", agreed, ForRights, born("2008-11-23", EnglandAndWales), No},
		{"no birthday known", agreed, ForRights, Subject{}, May},
		{"a parent books a repair", form(ByParent, ForServices), ForServices, born("2013-05-01", EnglandAndWales), Yes},
		{"an executor for rights", form(ByExecutor, ForRights), ForRights, Subject{Died: true}, No},
		{"an executor about the rent", form(ByExecutor, ForTenancy), ForTenancy, Subject{Died: true}, Yes},
		{"an executor of the living", form(ByExecutor, ForTenancy), ForTenancy, Subject{}, No},
		{"an attorney of the dead", form(ByAttorney, ForRights), ForRights, Subject{Died: true}, No},
		{"a police officer", form("police", ForRights), ForRights, Subject{}, No},
	} {
		p := tt.a.Permits(tt.what, tt.s, on)
		if p.Applies != tt.want || p.Words == "" || p.Cite == "" || p.Applies == May && p.Needs == "" {
			t.Errorf("%s: %+v, want %s", tt.name, p, tt.want)
		}
	}
}

// Nobody gets anything for another without evidence that was seen, within its
// time and scope.
func TestNothingWithoutEvidence(t *testing.T) {
	rapid.Check(t, func(t *rapid.T) {
		on := Date{2026, 11, 23}
		a := Authority{Role: rapid.SampledFrom(Roles()).Draw(t, "role"), Seen: rapid.Bool().Draw(t, "seen"),
			Scopes: rapid.SliceOfN(rapid.SampledFrom(Scopes()), 0, 3).Draw(t, "scopes"),
			Agreed: rapid.SampledFrom([]Fact{Unknown, IsSo, IsNot}).Draw(t, "agreed")}
		if rapid.Bool().Draw(t, "begins") {
			a.Start = on.AddDays(rapid.IntRange(-5, 5).Draw(t, "start"))
		}
		if rapid.Bool().Draw(t, "ends") {
			a.End = on.AddDays(rapid.IntRange(-5, 5).Draw(t, "end"))
		}
		s := Subject{Nation: rapid.SampledFrom(Nations()).Draw(t, "nation"), Born: Date{rapid.IntRange(1930, 2026).Draw(t, "born"), 2, 28},
			Understands: rapid.SampledFrom([]Fact{Unknown, IsSo, IsNot}).Draw(t, "understands"), Refuses: rapid.Bool().Draw(t, "refuses"),
			Capacity: rapid.SampledFrom([]Fact{Unknown, IsSo, IsNot}).Draw(t, "capacity"), Died: rapid.Bool().Draw(t, "died")}
		what := rapid.SampledFrom(Scopes()).Draw(t, "what")
		if p := a.Permits(what, s, on); p.Applies == Yes {
			scoped := false
			for _, x := range a.Scopes {
				scoped = scoped || x == what
			}
			if !a.Seen || !scoped || a.Start.After(on) || !a.End.IsZero() && a.End.Before(on) || s.Died && what == ForRights {
				t.Fatalf("%+v for %s of %+v: %+v", a, what, s, p)
			}
		}
	})
}

func TestClassify(t *testing.T) {
	for _, tt := range []struct {
		says string
		want Kind
	}{
		{"Subject Access Request", KindAccess},
		{"I want to see what you hold about me", KindAccess},
		{"Under the Freedom of Information Act please send me my housing file and everything you hold about me.", KindAccess},
		{"FOI: how many evictions were there last year?", KindFOI},
		{"I make this FOI request for the asbestos survey of Larch House", KindEIR},
		{"What water testing did you do, and is there land contamination?", KindEIR},
		{"Please send the CCTV of the lobby from 20 November", KindCCTV},
		{"Can I get the recording of my call on Friday", KindCalls},
		{"You have the wrong date of birth for me", KindRectification},
		{"Delete everything, I have a right to be forgotten", KindErasure},
		{"stop sending me emails please!!", KindMarketing},
		{"I object to you sharing with other landlords; my interests override yours", KindObjection},
		{"send my data to my new landlord", KindPortability},
		{"A computer decided I can’t have the flat. I want a human to look", KindDecision},
		{"I withdraw my consent to the photos", KindWithdrawal},
		{"You told my neighbour about my arrears and I want to complain about my data", KindDataComplaint},
		{"I want to escalate my complaint to stage 2", KindComplaint},
		{"Request under STAIRs: the repairs budget", KindSTAIRs},
		{"I am the executor of my late mother", KindEstate},
		{"The stairs are dirty", ""},
		{"My boiler is broken", ""},
		{"", ""},
	} {
		got := Classify(tt.says)
		if tt.want == "" {
			if len(got) != 0 {
				t.Errorf("%q: %+v", tt.says, got)
			}
			continue
		}
		if len(got) == 0 || got[0].Kind != tt.want || len(got[0].Why) == 0 {
			t.Errorf("%q: %+v, want %s", tt.says, got, tt.want)
		}
	}
	if got := Classify("FOI request for my file")[0]; got.Kind != KindAccess || !strings.Contains(got.Note, "valid whatever it cites") {
		t.Errorf("%+v", got)
	}
}

func FuzzClassify(f *testing.F) {
	f.Add("FOI my file")
	f.Add("\xff stairs ’ ")
	f.Fuzz(func(t *testing.T, s string) {
		for _, p := range Classify(s) {
			if _, ok := p.Kind.Handling(); !ok || len(p.Why) == 0 || p.Score <= 0 {
				t.Fatalf("%q: %+v", s, p)
			}
		}
	})
}

func TestLimit(t *testing.T) {
	h, on := Embedded(), day(t, "2026-11-23")
	l, ok, err := Limit(h, KindFOI, on, []Effort{
		{day(t, "2026-11-23"), 17 * 60, Searching}, {day(t, "2026-11-20"), 60, Searching}, {day(t, "2026-11-20"), 600, Deciding},
		{day(t, "2026-06-01"), 999, Searching}}) // long before the sixty days
	if err != nil || !ok || l.Over || l.Left != 0 || l.Counted != 18*60 || len(l.Working) != 4 || l.Verified {
		t.Errorf("%+v, %v, %v", l, ok, err)
	}
	if l, _, _ = Limit(h, KindFOI, on, []Effort{{on, 18*60 + 1, Searching}}); !l.Over {
		t.Errorf("%+v", l)
	}
	if l, ok, _ = Limit(h, KindSTAIRs, on, []Effort{{on, 90, Searching}}); !ok || l.Left != 18*60-90 || !strings.Contains(l.Working[1], "1 hour 30 minutes") {
		t.Errorf("%+v", l)
	}
	if _, ok, _ = Limit(h, KindAccess, on, nil); ok {
		t.Error("a limit of cost on one's own data")
	}
	if _, _, err := Limit(h, KindFOI, on, []Effort{{on, -1, Searching}}); err == nil {
		t.Error("less than no time")
	}
}

func TestRepeats(t *testing.T) {
	on := day(t, "2026-11-23")
	for _, tt := range []struct {
		kind Kind
		e    Earlier
		want Repeat
	}{
		{KindAccess, Earlier{KindAccess, true, on, Date{}}, Duplicate},
		{KindCopy, Earlier{KindAccess, true, on, Date{}}, Duplicate},
		{KindAccess, Earlier{KindAccess, false, on, day(t, "2026-10-01")}, Again},
		{KindAccess, Earlier{KindAccess, false, on, day(t, "2026-01-01")}, NotRepeat},
		{KindErasure, Earlier{KindAccess, true, on, Date{}}, Beside},
		{KindErasure, Earlier{KindAccess, false, on, on}, NotRepeat},
		{KindComplaint, Earlier{KindAccess, true, on, Date{}}, NotRepeat},
		{KindCCTV, Earlier{KindCalls, true, on, Date{}}, Beside},
	} {
		if got := Repeats(tt.kind, on, tt.e); got != tt.want {
			t.Errorf("%s after %+v: %q, want %q", tt.kind, tt.e, got, tt.want)
		}
	}
}

func TestStandingOfBodies(t *testing.T) {
	for _, tt := range []struct {
		body   Body
		regime Regime
		want   Standing
	}{
		{Body{EnglandAndWales, false, true}, STAIRs, Statutory},
		{Body{EnglandAndWales, false, false}, STAIRs, None}, // the parent that is not registered
		{Body{EnglandAndWales, true, true}, STAIRs, None},   // a council
		{Body{Scotland, false, true}, STAIRs, None},
		{Body{EnglandAndWales, false, true}, FOI, None},
		{Body{Scotland, true, true}, FOI, Statutory},
		{Body{EnglandAndWales, true, false}, EIRReview, Statutory},
		{Body{EnglandAndWales, false, false}, Access, Statutory},
	} {
		if got := tt.body.Standing(tt.regime); got != tt.want {
			t.Errorf("%+v, %s: %s, want %s", tt.body, tt.regime, got, tt.want)
		}
	}
}
