package register

import (
	"encoding/csv"
	"errors"
	"strings"
	"testing"
	"unicode"

	"tenet/internal/law"
	"tenet/internal/notice"
)

// TestFormsAreSound: what ships is held to the rules that what a landlord adds is, and
// names only what Go knows.
func TestFormsAreSound(t *testing.T) {
	letters := map[string]string{}
	for _, f := range forms(t) {
		if other := letters[f.Letters]; other != "" || len(f.Letters) != 2 {
			t.Errorf("%s has the letters %q, as %s", f.ID, f.Letters, other)
		}
		letters[f.Letters] = f.ID
		if f.Title == "" || f.One == "" || f.Says == "" || f.Unlocks == "" || len(f.Law) == 0 {
			t.Errorf("%s does not say what it is", f.ID)
		}
		for i, x := range f.Fields {
			before := *f
			before.Fields = f.Fields[:i]
			if what, mend := x.wrong(&before); what != "" && x.Group != "screen" && x.When != whenNoConsent {
				t.Errorf("%s.%s %s; %s", f.ID, x.Name, what, mend)
			}
		}
		for _, e := range f.Entries {
			for _, x := range e.Fields {
				if what, mend := x.wrong(&Form{}); what != "" {
					t.Errorf("%s.%s.%s %s; %s", f.ID, e.ID, x.Name, what, mend)
				}
			}
		}
		for _, w := range f.Wants {
			if wanted[w.Each] == nil || f.Field(w.By) == nil || w.Law == "" {
				t.Errorf("%s wants %+v", f.ID, w)
			}
		}
	}
	if len(letters) != 9 {
		t.Errorf("%d registers", len(letters))
	}
}

// The thirteen questions are those of the notice's schema: three of the statute.
func TestThirteenTriggers(t *testing.T) {
	f := forms(t)[0]
	n := pack(t, "northmoor")
	statute := 0
	for _, trigger := range n.Uses.Screening.Triggers {
		x := f.Field(string(trigger))
		if x == nil || x.Type != YesNo || !x.Must {
			t.Fatalf("no question on %s", trigger)
		}
		if trigger.ByStatute() != (x.Law != "") || (x.Law == "") != (x.Policy != "") {
			t.Errorf("%s is asked by %q and %q", trigger, x.Law, x.Policy)
		}
		if x.Law != "" {
			statute++
		}
		s := f.Screen(n, screened(string(trigger)))
		if !s.Needed || s.Statute != trigger.ByStatute() || len(s.Hits) != 1 || !s.Hits[0].Notice {
			t.Errorf("%s alone comes to %+v", trigger, s)
		}
	}
	if len(n.Uses.Screening.Triggers) != 13 || statute != 3 {
		t.Errorf("%d triggers, %d of statute", len(n.Uses.Screening.Triggers), statute)
	}
	if s := f.Screen(n, screened()); s.Needed || len(s.Left) > 0 {
		t.Errorf("none comes to %+v", s)
	}
}

func TestFieldsOfALandlord(t *testing.T) {
	all, err := Forms("registers.yaml", []byte("dpia:\n  - {name: board-minute, group: about, title: Which minute of the board, type: text, when: kind=project}\nmeasures:\n  - {name: cost, title: What it costs, type: number, must: true}\n"))
	if err != nil {
		t.Fatal(err)
	}
	if x := all[0].Field("board-minute"); x == nil || !x.Added {
		t.Fatalf("%+v", x)
	}
	n := pack(t, "northmoor")
	v, faults := check(n, all[0].Fields, assessed())
	if len(faults) > 0 {
		t.Fatal(faults)
	}
	if lacks := all[0].Lacks(v); len(lacks) != 1 || lacks[0].Field != "board-minute" {
		t.Errorf("lacks %+v", lacks)
	}
	for name, c := range map[string]struct{ text, line, says string }{
		"no register":   {"dpai:\n  - {name: x, title: X, type: text}\n", "registers.yaml:1", "use one of: dpia"},
		"no list":       {"dpia: x\n", "registers.yaml:1", "list of fields"},
		"no name":       {"dpia:\n  - {title: X, type: text}\n", "registers.yaml:2", "no name"},
		"a bad name":    {"dpia:\n  - {name: X Y, title: X, type: text}\n", "registers.yaml:2", "no name"},
		"there already": {"dpia:\n  - {name: necessary, title: X, type: text}\n", "registers.yaml:2", "there already"},
		"no type":       {"dpia:\n\n  - {name: x, title: X, type: words}\n", "registers.yaml:3", "use one of"},
		"a wrong key":   {"dpia:\n  - {name: x, titel: X, type: text}\n", "registers.yaml:2", "is no field"},
		"no choices":    {"dpia:\n  - {name: x, title: X, type: choice}\n", "registers.yaml:2", "fewer than two"},
		"no such ref":   {"dpia:\n  - {name: x, title: X, type: ref, of: person}\n", "registers.yaml:2", "use one of: agreement"},
		"no such group": {"dpia:\n  - {name: x, title: X, type: text, group: other}\n", "registers.yaml:2", "group"},
		"the screening": {"dpia:\n  - {name: x, title: X, type: yes-no, group: screen}\n", "registers.yaml:2", "regulator"},
		"a wrong when":  {"lia:\n  - {name: x, title: X, type: text, when: kind=other}\n", "registers.yaml:2", "no field can say"},
		"no YAML":       {"dpia:\n - {name: x\n", "registers.yaml", ""},
		"too large":     {strings.Repeat("#", mostText+1) + "\nx: y", "registers.yaml", "256 KiB"},
	} {
		_, err := Forms("registers.yaml", []byte(c.text))
		var i *Invalid
		if !errors.As(err, &i) || !strings.Contains(err.Error(), c.line) || !strings.Contains(err.Error(), c.says) {
			t.Errorf("%s: %v", name, err)
		}
	}
}

func FuzzForms(f *testing.F) {
	f.Add("dpia:\n  - {name: x, title: X, type: text}\n")
	f.Add("dpia: [{name: x, title: X, type: table, columns: [{name: y, title: Y, type: date}]}]")
	f.Add("[]")
	f.Add("a: &a [*a]")
	f.Fuzz(func(t *testing.T, text string) {
		if _, err := Forms("registers.yaml", []byte(text)); err != nil && !errors.As(err, new(*Invalid)) {
			t.Errorf("%v", err)
		}
	})
}

func FuzzParse(f *testing.F) {
	f.Add("register: dpia\ntitle: A\nkind: project\nmeasures: [{measure: a, owner: b, by: 2027-01-01}]\n")
	f.Add(`{"register": "lia", "use": ["a"]}`)
	f.Add("register: 7")
	n := pack(f, "northmoor")
	form := forms(f)[0]
	f.Fuzz(func(t *testing.T, text string) {
		in, err := Parse("x.yaml", []byte(text))
		if err != nil {
			if !errors.As(err, new(*Invalid)) {
				t.Error(err)
			}
			return
		}
		v, _ := check(n, form.Fields, in.Values)
		if _, faults := check(n, form.Fields, v); len(faults) > 0 {
			t.Errorf("what was taken is not taken again: %v", faults)
		}
		form.Lacks(v)
		form.MayGoLive(n, Paper{Number: "IA-0001", Versions: []Version{{N: 1, Values: v}}}, law.Date{Year: 2026, Month: 11, Day: 23})
	})
}

func FuzzImport(f *testing.F) {
	f.Add("title,kind\nA,project\n")
	f.Add("title,measures\n\"A\",\"measure: \"\"a; b\"\"; owner: c\"\n")
	f.Add("title,number,version\nA,IA-0001,0\n")
	f.Add("title,measures\nA,measure: `x` y; '\n")
	form := forms(f)[0]
	f.Fuzz(func(t *testing.T, text string) {
		r := csv.NewReader(strings.NewReader(text))
		r.FieldsPerRecord, r.LazyQuotes = -1, true
		lines, _ := r.ReadAll()
		var s Sheet
		for _, l := range lines {
			s.add(l)
		}
		if _, err := form.Import("x.csv", []Sheet{s}); err != nil && (!errors.As(err, new(*Invalid)) || strings.ContainsFunc(err.Error(), unicode.IsControl)) {
			t.Errorf("%q", err)
		}
	})
}

// signedPaper is a paper that holds, of a day.
func signedPaper(register, number string, v Values) Paper {
	at := law.Date{Year: 2026, Month: 11, Day: 1}
	return Paper{Number: number, Register: register, Versions: []Version{{N: 1, State: Signed, Title: "A", Values: v, Decided: at.Start(), DecidedBy: "s2"}}, ReviewBy: at.AddMonths(12)}
}

var today = law.Date{Year: 2026, Month: 11, Day: 23}

func item(t *testing.T, f *Form, n *notice.Notice, id notice.ID, day law.Date, papers ...Paper) Item {
	t.Helper()
	for _, i := range f.Items(n, papers, day) {
		if i.ID == id {
			return i
		}
	}
	t.Fatalf("%s does not call for a %s", id, f.One)
	return Item{}
}

// TestItems: a thing that calls for a paper is missing, only stated, met or late.
func TestItems(t *testing.T) {
	n := pack(t, "northmoor")
	all := forms(t)
	by := map[string]*Form{}
	for _, f := range all {
		by[f.ID] = f
	}
	dpia := by["dpia"]
	if i := item(t, dpia, n, "office-cameras", today); i.Standing != Stated {
		t.Errorf("%+v", i)
	}
	paper := signedPaper("dpia", "IA-0001", Values{"kind": "camera", "recording": "office-cameras"})
	if i := item(t, dpia, n, "office-cameras", today, paper); i.Standing != Met || i.Paper != "IA-0001" {
		t.Errorf("%+v", i)
	}
	late := signedPaper("dpia", "IA-0001", Values{"kind": "camera", "assessment": "office-cameras", "measures": []map[string]string{{"measure": "x", "owner": "y", "by": "2026-11-22"}}})
	if i := item(t, dpia, n, "office-cameras", today, late); i.Standing != AtFault || !strings.Contains(i.Why, "measure 1") {
		t.Errorf("%+v", i)
	}
	late.Entries = []Entry{{N: 1, Kind: "measure-done", Values: Values{"measure": "1"}}}
	if i := item(t, dpia, n, "office-cameras", today, late); i.Standing != Met {
		t.Errorf("%+v", i)
	}
	if i := item(t, dpia, n, "office-cameras", today.AddMonths(13), late); i.Standing != AtFault {
		t.Errorf("a review that is overdue: %+v", i)
	}
	draft := paper
	draft.Versions = []Version{{N: 1, State: Proposed, Values: paper.Versions[0].Values}}
	if i := item(t, dpia, n, "office-cameras", today, draft); i.Standing != Stated || i.Paper != "IA-0001" {
		t.Errorf("one that is not signed counts: %+v", i)
	}
	ended := paper
	ended.Ended = today.Start()
	if i := item(t, dpia, n, "office-cameras", today, ended); i.Standing != Stated {
		t.Errorf("one that has ended counts: %+v", i)
	}
	for _, u := range n.Uses.Uses {
		if u.Basis != notice.LegitimateInterests {
			continue
		}
		may := signedPaper("lia", "LI-0001", Values{"use": string(u.ID), "outcome": "may"})
		if i := item(t, by["lia"], n, u.ID, today, may); i.Standing != Met {
			t.Errorf("%+v", i)
		}
		may.Versions[0].Values["outcome"] = "may-not"
		if i := item(t, by["lia"], n, u.ID, today, may); i.Standing != AtFault {
			t.Errorf("a test that says no: %+v", i)
		}
	}
	// Every form answers for every pack.
	packs := []string{"harbourside", "larkfield", "northmoor", "potters-green", "stonebeck", "wrenfield"}
	counts := map[string]int{}
	for _, name := range packs {
		n := pack(t, name)
		for _, f := range all {
			counts[f.ID] += len(f.Items(n, nil, today))
			if gaps := f.Gaps(n, nil, today); len(gaps) != len(f.Items(n, nil, today)) {
				t.Errorf("%s, %s: %d gaps", name, f.ID, len(gaps))
			}
		}
	}
	for id, c := range counts {
		if c == 0 && id != "advice" && id != "further-use" {
			t.Errorf("no pack calls for %s", id)
		}
	}
}

// TestOneGapForOneThing: an agreement and those it is with are one thing to have a paper
// of, and so are an assessment and what it is of; a paper that waits is not a second gap.
func TestOneGapForOneThing(t *testing.T) {
	by := map[string]*Form{}
	for _, f := range forms(t) {
		by[f.ID] = f
	}
	n := pack(t, "larkfield")
	var with notice.Recipient
	for _, r := range n.Sharing.Recipients {
		if r.Kind == notice.Processor && r.Agreement != "" {
			with = r
		}
	}
	count := func(f *Form, words string, papers ...Paper) (out int) {
		for _, g := range f.Gaps(n, papers, today) {
			if strings.Contains(g.What, words) || strings.Contains(g.Why, words) {
				out++
			}
		}
		return out
	}
	agreements := by["agreements"]
	if got := count(agreements, string(with.Agreement)) + count(agreements, "recipient "+string(with.ID)); got != 1 {
		t.Errorf("%s, which is under %s, is %d gaps: %+v", with.ID, with.Agreement, got, agreements.Gaps(n, nil, today))
	}
	alone := *n
	alone.Sharing.Recipients = []notice.Recipient{{ID: "printer", Title: "A printer", Kind: notice.Processor}}
	if gaps := agreements.Gaps(&alone, nil, today); gaps[len(gaps)-1].What != "recipient printer" {
		t.Errorf("a firm without an agreement is no gap: %+v", gaps)
	}
	paper := signedPaper("agreements", "AG-0001", Values{"agreement": string(with.Agreement)})
	if got := count(agreements, string(with.Agreement), paper); got != 0 {
		t.Errorf("a signed agreement leaves %d gaps", got)
	}
	paper.Versions[0].State = Proposed
	if got := count(agreements, "AG-0001", paper); got != 1 {
		t.Errorf("one that waits for its signature is %d gaps", got)
	}
	dpia := by["dpia"]
	if got := count(dpia, "cameras") + count(dpia, "recording "); got != 1 {
		t.Errorf("the cameras are %d gaps: %+v", got, dpia.Gaps(n, nil, today))
	}
}

// TestMayUse is R12 and Art 8A.
func TestMayUse(t *testing.T) {
	n := pack(t, "harbourside") // data is used only for the service it was given for
	from, to := n.Uses.Uses[0], n.Uses.Uses[1]
	var both notice.ID
	for _, c := range to.Categories {
		for _, d := range from.Categories {
			if c == d && both == "" {
				both = c
			}
		}
	}
	u := Using{Categories: []notice.ID{both}, GivenFor: from.ID, For: to.ID, On: today}
	if v := MayUse(n, nil, Using{Categories: u.Categories, GivenFor: from.ID, For: from.ID, On: today}); !v.Allowed {
		t.Errorf("what it was given for is refused: %+v", v)
	}
	if v := MayUse(n, nil, u); v.Allowed || len(v.Why) != 1 || v.Why[0].Mend == "" {
		t.Errorf("another use is allowed: %+v", v)
	}
	d := signedPaper("further-use", "NP-0001", Values{"use": string(to.ID), "categories": []string{string(both)}, "from": "2026-11-10", "ground": "compatible", "contacted": "yes", "told": "2026-11-20"})
	if v := MayUse(n, []Paper{d}, u); !v.Allowed {
		t.Errorf("a decision covers it, and it is refused: %+v", v)
	}
	for name, change := range map[string]func(p *Paper, u *Using){
		"before the day":       func(_ *Paper, u *Using) { u.On = law.Date{Year: 2026, Month: 11, Day: 9} },
		"before people heard":  func(_ *Paper, u *Using) { u.On = law.Date{Year: 2026, Month: 11, Day: 19} },
		"other data":           func(p *Paper, _ *Using) { p.Versions[0].Values["categories"] = []string{"health"} },
		"given for other uses": func(p *Paper, _ *Using) { p.Versions[0].Values["given-for"] = []string{"something"} },
		"another use":          func(p *Paper, _ *Using) { p.Versions[0].Values["use"] = "something" },
		"not signed":           func(p *Paper, _ *Using) { p.Versions[0].State = Proposed },
		"ended":                func(p *Paper, _ *Using) { p.Ended = today.Start() },
		"overdue":              func(p *Paper, _ *Using) { p.ReviewBy = today.AddDays(-1) },
		"nothing named":        func(_ *Paper, u *Using) { u.Categories = nil },
		"no such use":          func(_ *Paper, u *Using) { u.For = "no-such" },
		"never held":           func(_ *Paper, u *Using) { u.Categories = []notice.ID{"fingerprints"} },
	} {
		p, x := signedPaper("further-use", "NP-0001", Values{}), u
		for k, v := range d.Versions[0].Values {
			p.Versions[0].Values[k] = v
		}
		change(&p, &x)
		if v := MayUse(n, []Paper{p}, x); v.Allowed {
			t.Errorf("%s: allowed: %+v", name, v)
		}
	}
	// What was given by consent goes on by fresh consent, or Annex 2 where that cannot be asked.
	consented := *n
	consented.Uses.Uses = append([]notice.Use{}, n.Uses.Uses...)
	consented.Uses.Uses[0].Basis = notice.Consent
	for ground, want := range map[string]bool{"compatible": false, "consent": true, "annex-2": false, "research": false} {
		d.Versions[0].Values["ground"] = ground
		if v := MayUse(&consented, []Paper{d}, u); v.Allowed != want {
			t.Errorf("given by consent, used on %s: %+v", ground, v)
		}
	}
	d.Versions[0].Values["ground"], d.Versions[0].Values["no-consent"] = "annex-2", "They cannot be reached in an emergency."
	if v := MayUse(&consented, []Paper{d}, u); !v.Allowed {
		t.Errorf("Annex 2 where consent cannot be sought: %+v", v)
	}
}
