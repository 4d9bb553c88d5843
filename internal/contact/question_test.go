package contact

import (
	"slices"
	"testing"

	"github.com/google/go-cmp/cmp"
	"pgregory.net/rapid"

	"tenet/internal/law"
)

// TestAskable: what everybody knows, what is of a special category and what cannot be
// compared is never asked.
func TestAskable(t *testing.T) {
	held := []string{"held"}
	for _, x := range []struct {
		what string
		fact Fact
		ok   bool
	}{
		{"date of birth", Fact{Kind: Born, Values: held}, true},
		{"National Insurance number", Fact{Kind: NINO, Values: held}, true},
		{"reference", Fact{Kind: Reference, Values: held}, true},
		{"telephone", Fact{Kind: Telephone, Values: held}, true},
		{"e-mail", Fact{Kind: Mailbox, Values: held}, true},
		{"agreed word", Fact{Kind: Word, Values: held}, true},
		{"the landlord's own", Fact{Kind: "record:rent-paid", Ask: "How is the rent paid?", Values: held}, true},
		{"name", Fact{Kind: Name, Ask: "What is the name?", Values: held}, false},
		{"address", Fact{Kind: Address, Ask: "Where do they live?", Values: held}, false},
		{"postcode", Fact{Kind: Postcode, Ask: "What is the postcode?", Values: held}, false},
		{"UPRN", Fact{Kind: Property, Ask: "What is the UPRN?", Values: held}, false},
		{"NHS number", Fact{Kind: Health, Ask: "What is the NHS number?", Values: held}, false},
		{"a special category", Fact{Kind: "record:needs", Ask: "What do they need?", Special: true, Values: held}, false},
		{"a fact known to anybody", Fact{Kind: "record:town", Ask: "Which town?", Known: ByAnybody, Values: held}, false},
		{"a kind there is none of", Fact{Kind: "shoe-size", Ask: "What size?", Values: held}, false},
		{"no question", Fact{Kind: "record:x", Values: held}, false},
		{"nothing held", Fact{Kind: Born}, false},
		{"two letters", Fact{Kind: "record:x", Ask: "Yes or no?", Values: []string{"no"}}, false},
	} {
		ok, why := Askable(x.fact)
		if ok != x.ok || ok != (why == "") {
			t.Errorf("%s: %t, %q", x.what, ok, why)
		}
	}
}

func TestChoose(t *testing.T) {
	facts := []Fact{{Kind: Mailbox}, {Kind: Reference}, {Kind: Born, Values: []string{"1979-03-14"}}, {Kind: Name, Values: []string{"anything"}}, {Kind: Telephone, Values: []string{"+447700900142"}},
		{Kind: NINO, Values: []string{"JX482917"}}, {Kind: "record:a", Ask: "A?", Values: []string{"aaa"}}, {Kind: Born, Values: []string{"1980-01-01"}}}
	kinds := func(list []Fact) (out []FactKind) {
		for _, f := range list {
			out = append(out, f.Kind)
		}
		return out
	}
	// What hardly anybody else knows comes first.
	got := kinds(Choose(facts, nil, Policy{Right: 1}, "seed"))
	if diff := cmp.Diff([]FactKind{NINO, "record:a"}, got); diff != "" {
		t.Error(diff)
	}
	// What they were looked up by is not asked.
	if got := kinds(Choose(facts, []FactKind{NINO, Born}, Policy{}, "seed")); slices.Contains(got, NINO) || slices.Contains(got, Born) || len(got) != 3 {
		t.Errorf("asked %q", got)
	}
}

// TestChooseAlways: whatever is held, as many questions are asked, each once, none that may
// not be, and the same for the same seed.
func TestChooseAlways(t *testing.T) {
	all := []FactKind{Born, NINO, Reference, Telephone, Mailbox, Word, "record:a", "record:b", Name, Address, Postcode, Property, Health}
	rapid.Check(t, func(rt *rapid.T) {
		var facts []Fact
		for range rapid.IntRange(0, 8).Draw(rt, "facts") {
			facts = append(facts, Fact{Kind: rapid.SampledFrom(all).Draw(rt, "kind"), Ask: rapid.SampledFrom([]string{"", "What?"}).Draw(rt, "ask"),
				Special: rapid.Bool().Draw(rt, "special"), Values: rapid.SliceOfN(rapid.StringN(0, 5, 8), 0, 3).Draw(rt, "values")})
		}
		given := rapid.SampledFrom([][]FactKind{nil, {Born}, {Reference, Telephone}}).Draw(rt, "given")
		seed := rapid.String().Draw(rt, "seed")
		for _, k := range all[:7] { // every question there is
			facts = append(facts, Fact{Kind: k, Ask: "Which?"})
		}
		p := Policy{Right: rapid.IntRange(0, 2).Draw(rt, "right")}
		got := Choose(facts, given, p, seed)
		if len(got) != p.Filled().Right+1 {
			rt.Fatalf("%d questions", len(got))
		}
		for i, f := range got {
			if f.Ask == "" || slices.Contains(given, f.Kind) || i > 0 && got[i-1].Kind >= f.Kind {
				rt.Fatalf("asks %+v", got)
			}
			if why := f.unfit(); why != "" {
				rt.Fatalf("asks %s, and %s", f.Kind, why)
			}
		}
		if diff := cmp.Diff(got, Choose(facts, given, p, seed)); diff != "" {
			rt.Fatal(diff)
		}
	})
}

var today = law.Date{Year: 2026, Month: 11, Day: 23}

func TestDiscuss(t *testing.T) {
	topics := []Topic{{ID: "repairs", Title: "Repairs", Scope: law.ForServices}, {ID: "rent", Title: "Rent", Scope: law.ForTenancy},
		{ID: "bank", Title: "Bank", Scope: law.ForTenancy, Holder: "the account holder", Theirs: law.IsSo},
		{ID: "payer", Title: "Another's bank", Scope: law.ForTenancy, Holder: "the account holder", Theirs: law.IsNot},
		{ID: "card", Title: "Card", Scope: law.ForTenancy, Holder: "the card holder"}, {ID: "health", Title: "Health", Scope: law.ForTenancy, Special: true}}
	friend := Mandate{Authority: law.Authority{Role: law.ByTrusted, Seen: true, Scopes: []law.Scope{law.ForServices}}, Name: "Mrs Khan"}
	over, attorney := friend, friend
	over.End = today.AddDays(-1)
	attorney.Role, attorney.Scopes = law.ByAttorney, law.Scopes()
	for _, x := range []struct {
		who  string
		c    Caller
		want []law.Applies
	}{
		{"themselves", Caller{}, []law.Applies{law.Yes, law.Yes, law.Yes, law.No, law.May, law.No}},
		{"a trusted friend", Caller{Mandate: &friend}, []law.Applies{law.Yes, law.No, law.No, law.No, law.No, law.No}},
		{"a friend whose time is up", Caller{Mandate: &over}, []law.Applies{law.No, law.No, law.No, law.No, law.No, law.No}},
		{"an attorney", Caller{Mandate: &attorney}, []law.Applies{law.Yes, law.Yes, law.No, law.No, law.No, law.No}},
		{"an attorney of somebody who died", Caller{Mandate: &attorney, Subject: law.Subject{Died: true}}, []law.Applies{law.No, law.No, law.No, law.No, law.No, law.No}},
		{"somebody who died", Caller{Subject: law.Subject{Died: true}}, []law.Applies{law.No, law.No, law.No, law.No, law.No, law.No}},
	} {
		var got []law.Applies
		for _, l := range Discuss(topics, x.c, today) {
			got = append(got, l.May)
			if l.Words == "" {
				t.Errorf("%s: %s is not explained", x.who, l.Topic)
			}
		}
		if diff := cmp.Diff(x.want, got); diff != "" {
			t.Errorf("%s: %s", x.who, diff)
		}
	}
	if got := Discuss(topics, Caller{Mandate: &friend}, today)[1].Words; got != "Mrs Khan may arrange repairs and services only." {
		t.Errorf("of rent: %s", got)
	}
}

// TestElectedMember: an elected member is answered after the person's own explicit word, and
// after the person was told.
func TestElectedMember(t *testing.T) {
	m := Mandate{Authority: law.Authority{Role: law.ByElected, Seen: true, Scopes: []law.Scope{law.ForCasework}}, Name: "Ada Fenwick MP"}
	may := func() law.Permission { return m.May(law.ForCasework, law.Subject{}, today) }
	if p := may(); p.Applies != law.May || p.Needs != "the person's own explicit word" {
		t.Errorf("without a word of the person: %+v", p)
	}
	m.Agreed = law.IsSo
	if p := may(); p.Applies != law.May || p.Needs != "telling the person first" {
		t.Errorf("before the person was told: %+v", p)
	}
	m.Told = today.AddDays(1)
	if p := may(); p.Applies != law.May {
		t.Errorf("the person is to be told tomorrow: %+v", p)
	}
	m.Told = today
	if p := may(); p.Applies != law.Yes {
		t.Errorf("after both: %+v", p)
	}
	if p := m.May(law.ForTenancy, law.Subject{}, today); p.Applies != law.No {
		t.Errorf("about another matter: %+v", p)
	}
	m.Seen = false
	if p := may(); p.Applies == law.Yes {
		t.Error("without anything to show for it")
	}
}
