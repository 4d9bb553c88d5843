package redact

import (
	"encoding/json"
	"fmt"
	"strings"
	"testing"

	"github.com/google/go-cmp/cmp"
	"pgregory.net/rapid"

	"tenet/internal/detect"
	"tenet/internal/match"
)

func individual(id, name string, more ...func(*detect.Individual)) detect.Individual {
	p := detect.Individual{ID: id, Known: match.Known{Name: match.ParseName(name)}}
	for _, m := range more {
		m(&p)
	}
	return p
}

var (
	ann = individual("ann", "Mrs Ann Shaw", func(p *detect.Individual) {
		p.Emails, p.Phones, p.Refs, p.DOB = []string{"ann.shaw@example.org"}, []string{"07700 900123"}, []string{"TEN/00123"}, "1985-03-14"
		p.Addresses, p.Postcode, p.NINO = []string{"14 High Street, Oldtown"}, "AB1 2CD", "CE123456A"
	})
	neighbours = []detect.Individual{
		individual("bob", "Mr Bob Shaw", func(p *detect.Individual) { p.Phones = []string{"07700 900456"} }), // the joint tenant
		individual("tyler", "Tyler Shaw"), // the son
		individual("ann2", "Ann Shaw"),    // a namesake
		individual("okonedo", "Grace Okonedo", func(p *detect.Individual) {
			p.Emails, p.Refs = []string{"grace.o@example.com"}, []string{"TEN/00777"}
			p.Addresses = []string{"16 High Street, Oldtown"}
		}),
		individual("officer", "Priya Patel", func(p *detect.Individual) { p.Emails = []string{"priya.patel@landlord.example"} }),
		individual("james", "James Poole"),
	}
	known = detect.NewPeople(append([]detect.Individual{ann}, neighbours...))
)

func annsKeep() Keep {
	return Keep{Own: []match.Known{ann.Known}, OwnIDs: []string{"ann"}, Staff: []string{"officer"}, Domains: []string{"landlord.example"}, Phones: []string{"020 7946 0958"}}
}

func redactor() *Redactor {
	return &Redactor{Detector: detect.Detector{Known: known}, Keep: annsKeep(), Labels: new(Labels)}
}

func TestText(t *testing.T) {
	for text, want := range map[string]string{
		"Ann Shaw rang from 07700 900123.":                              "Ann Shaw rang from 07700 900123.",
		"Mrs Shaw of 14 High Street, AB1 2CD, NI CE 12 34 56 A":         "Mrs Shaw of 14 High Street, AB1 2CD, NI CE 12 34 56 A",
		"Bob Shaw's number is 07700 900456; Bob works nights":           "[Person 1]'s number is [phone withheld]; [Person 1] works nights",
		"Grace Okonedo (16 High Street) complained. Okonedo is at 16.":  "[Person 1] ([address withheld]) complained. [Person 1] is at 16.",
		"From: Grace <grace.o@example.com>":                             "From: [Person 1] <[e-mail address withheld]>",
		"Priya Patel <priya.patel@landlord.example> visited":            "Priya Patel <priya.patel@landlord.example> visited",
		"Call us on 020 7946 0958 or at https://landlord.example/help.": "Call us on 020 7946 0958 or at https://landlord.example/help.",
		"Mrs Baxter and her son Kyle. Baxter shouted.":                  "[Person 1] and her son [Person 2]. [Person 1] shouted.",
		"Bob Shaw and Shaw":          "[Person 1] and Shaw", // her surname too: it gives nobody away
		"Mr Shaw hit Tyler Shaw":     "[one of several people] hit [Person 1]",
		"re TEN/00123 not TEN/00777": "re TEN/00123 not [reference withheld]",
		"card 4111 1111 1111 1111":   "card [card number withheld]", // review: nobody knows whose
		"the lady at number 9":       "the lady at [address withheld]",
		"nothing to hide":            "nothing to hide",
		"":                           "",
	} {
		r := redactor()
		got, withheld := r.Text(text)
		if got != want {
			t.Errorf("%q\n gave %q\n want %q\n from %+v", text, got, want, r.Propose(text))
		}
		for _, w := range withheld {
			if w.Exemption != ThirdParty || w.Reason == "" || !strings.HasPrefix(got[w.At:], w.Label) {
				t.Errorf("%q: %v", text, w)
			}
		}
	}
}

func TestSharedSurnameAndForename(t *testing.T) {
	// James is the requester's surname and somebody else's forename.
	p := individual("tom", "Tom James")
	r := &Redactor{Detector: detect.Detector{Known: detect.NewPeople([]detect.Individual{p, neighbours[5]})}, Keep: Keep{Own: []match.Known{p.Known}, OwnIDs: []string{"tom"}}}
	if got, _ := r.Text("James Poole lives below. James is loud, and Tom James is not."); got != "[Person 1] lives below. [one of several people] is loud, and Tom James is not." {
		t.Error(got)
	}
}

func TestLabelsStayTheSame(t *testing.T) {
	r := redactor()
	first, _ := r.Text("Bob Shaw and Grace Okonedo")
	second, _ := r.Text("Grace Okonedo and Bob Shaw")
	if first != "[Person 1] and [Person 2]" || second != "[Person 2] and [Person 1]" {
		t.Errorf("%q, %q", first, second)
	}
}

func TestKeepByName(t *testing.T) { // nobody is known: as tenet redact FILE --keep NAME
	r := &Redactor{Keep: Keep{Literals: []string{"Elizabeth Shaw", "07700 900123", "9 Low Road, Oldtown"}}}
	got, _ := r.Text("Dear Mrs Elizabeth Shaw, 9 Low Road; Mr Poole of 3 Low Road (07700900456) rang you on 07700-900123. Ms Liz Shaw.")
	if want := "Dear Mrs Elizabeth Shaw, 9 Low Road; [Person 1] of [address withheld] ([phone withheld]) rang you on 07700-900123. Ms Liz Shaw."; got != want {
		t.Errorf("%q, want %q", got, want)
	}
}

func TestStaff(t *testing.T) {
	r := redactor()
	r.Keep.WithholdStaff = true
	p := r.Propose("Priya Patel visited")
	if len(p) != 1 || p[0].Action != Review {
		t.Errorf("%+v", p)
	}
}

func TestValue(t *testing.T) {
	for _, c := range []struct {
		typ         detect.Type
		value, want string
	}{
		{detect.Phone, " 07700900456 ", " [phone withheld] "},
		{detect.Phone, "07700900123", "07700900123"},
		{detect.Person, "OKONEDO, GRACE", "[Person 1]"},
		{detect.Person, "Shaw, Ann", "Shaw, Ann"},
		{detect.Person, "Somebody Unknown", "[Person 1]"},
		{detect.DateOfBirth, "14/03/1985", "14/03/1985"},
		{detect.DateOfBirth, "15/03/1985", "[date of birth withheld]"},
		{"", "Bob Shaw", "[Person 1]"},
		{detect.Phone, "", ""},
	} {
		if got, _ := redactor().Value(c.typ, c.value); got != c.want {
			t.Errorf("Value(%s, %q) = %q, want %q", c.typ, c.value, got, c.want)
		}
	}
}

func TestApplyRefuses(t *testing.T) {
	text := "Bob Shaw was here"
	proposals := redactor().Propose(text)
	for what, bad := range map[string]func() (string, []Proposal){
		"another text":   func() (string, []Proposal) { return "Rob Shaw was here", proposals },
		"a shorter text": func() (string, []Proposal) { return "Bob", proposals },
		"twice the same": func() (string, []Proposal) { return text, append(proposals[:1:1], proposals[0]) },
		"no action":      func() (string, []Proposal) { p := proposals[0]; p.Action = ""; return text, []Proposal{p} },
	} {
		in, decided := bad()
		if clean, _, err := Apply(in, decided, new(Labels)); err == nil || clean != "" || strings.Contains(err.Error(), "Bob") {
			t.Errorf("%s: %q, %v", what, clean, err)
		}
	}
}

func TestDecisionsStand(t *testing.T) {
	text := "Bob Shaw and Grace Okonedo"
	proposals := redactor().Propose(text)
	proposals[0].Action = Reveal // with Bob's consent
	clean, withheld, err := Apply(text, proposals, new(Labels))
	if err != nil || clean != "Bob Shaw and [Person 1]" || len(withheld) != 1 {
		t.Error(clean, withheld, err)
	}
}

func TestWithheldGivesNothingAway(t *testing.T) {
	_, withheld := redactor().Text("Grace Okonedo")
	encoded, err := json.Marshal(withheld)
	if err != nil {
		t.Fatal(err)
	}
	for _, printed := range []string{fmt.Sprint(withheld), fmt.Sprintf("%+v %#v", withheld[0], withheld[0]), string(encoded)} {
		if strings.Contains(printed, "Okonedo") {
			t.Errorf("printed: %s", printed)
		}
	}
	if diff := cmp.Diff([]string{"Grace Okonedo"}, Secrets(withheld)); diff != "" {
		t.Error(diff)
	}
}

// drawText writes notes about the requester and others out of whole pieces, with some that belong to each.
func drawText(t *rapid.T) (text string, others []string) {
	own := []string{"Ann Shaw", "Mrs Shaw", "07700 900123", "ann.shaw@example.org", "14 High Street", "TEN/00123"}
	theirs := []string{"Grace Okonedo", "Okonedo, Grace", "grace.o@example.com", "TEN/00777", "James Poole", "JAMES POOLE", "07700 900456", "Mr. Kwame Baxter", "QQ123456C"}
	plain := []string{"rang about the damp;", "was here.", "\n\n", "at 12:30 on 12/03/2024,", "— café —", "said that", "again", "\"", "(", "Will you", "and"}
	var b strings.Builder
	for _, part := range rapid.SliceOfN(rapid.SampledFrom([]string{"own", "theirs", "plain", "plain"}), 1, 12).Draw(t, "parts") {
		from := map[string][]string{"own": own, "theirs": theirs, "plain": plain}[part]
		piece := rapid.SampledFrom(from).Draw(t, "piece")
		if part == "theirs" {
			others = append(others, piece)
		}
		b.WriteString(piece + rapid.SampledFrom([]string{" ; ", "\n", " said that "}).Draw(t, "joint"))
	}
	return b.String(), others
}

func TestNothingWithheldIsLeft(t *testing.T) {
	rapid.Check(t, func(t *rapid.T) {
		text, others := drawText(t)
		r := redactor()
		clean, withheld := r.Text(text)
		if err := Prove([]byte(clean), append(others, Secrets(withheld)...)); err != nil {
			t.Fatalf("%v\n%q\n%q", err, text, clean)
		}
		for _, own := range []string{"Ann Shaw", "Mrs Shaw", "07700 900123", "ann.shaw@example.org", "14 High Street", "TEN/00123"} {
			if got, want := strings.Count(clean, own), strings.Count(text, own); got != want {
				t.Fatalf("the requester's own %q stood %d times and stands %d times\n%q\n%q", own, want, got, text, clean)
			}
		}
		if again, more := r.Text(clean); again != clean {
			t.Fatalf("not idempotent: %q, then %q (%v)", clean, again, more)
		}
	})
}

func FuzzText(f *testing.F) {
	f.Add("Bob Shaw's number is 07700 900456 \xff Ann Shaw, Grace Okonedo\n'")
	f.Add("[Person 1] [phone withheld] Mr [Person 2]")
	f.Fuzz(func(t *testing.T, text string) {
		r := redactor()
		proposals := r.Propose(text)
		clean, withheld, err := Apply(text, proposals, r.Labels)
		if err != nil {
			t.Fatal(err)
		}
		at := 0
		for i, w := range withheld {
			if w.At < at || !strings.HasPrefix(clean[w.At:], w.Label) {
				t.Fatalf("%d: label %q is not at %d of %q", i, w.Label, w.At, clean)
			}
			at = w.At + len(w.Label)
		}
		if len(withheld) == 0 && clean != text {
			t.Fatalf("%q became %q with nothing withheld", text, clean)
		}
	})
}

// TestSaidWithoutAName: who lives where, or told something, waits for a person; kin
// alone names nobody; and the requester's own flat is theirs, however little of it
// is written.
func TestSaidWithoutAName(t *testing.T) {
	r := redactor()
	r.Detector.Relations = true
	own := ann.Known
	own.Addresses = append(own.Addresses, "Flat 3, 12 Larch Court")
	r.Keep.Own = []match.Known{own}
	for text, want := range map[string]Action{
		"Reported by a neighbour on Friday.": Review,
		"The lady at 16 heard it all.":       Review,
		"She came with her son.":             Reveal,
		"The leak is in flat 3 again.":       Reveal,
		"The leak is in flat 5 again.":       Withhold,
	} {
		got := Action("")
		for _, p := range r.Propose(text) {
			if p.Type == detect.Relation || p.Type == detect.Address {
				got = p.Action
				break
			}
		}
		if got != want {
			t.Errorf("%q: %q, not %q", text, got, want)
		}
	}
	// A number alone is of any street; a house by its name, or with its street, is one.
	for address, secret := range map[string]bool{"flat 3": false, "Number 14": false, "14a": false, "14 Mill Lane": true, "14 Wharfedale": true, "Rose Cottage, Mill Lane": true, "Rose Cottage": true} {
		if got := len(Secrets([]Withheld{{Type: detect.Address, secret: address}})) > 0; got != secret {
			t.Errorf("%q is looked for everywhere: %v", address, got)
		}
	}
	// Words of the language are no secret that is looked for everywhere.
	_, withheld := r.Text("Reported by a neighbour on Friday.")
	if len(withheld) != 1 || !strings.Contains(withheld[0].Label, "Person") && !strings.Contains(withheld[0].Label, "person") {
		t.Errorf("withheld: %+v", withheld)
	}
	if s := Secrets(withheld); len(s) != 0 {
		t.Errorf("secrets: %q", s)
	}
}
