package desk

import (
	"context"
	"errors"
	"fmt"
	"os"
	"path/filepath"
	"strings"
	"testing"

	"github.com/google/go-cmp/cmp"

	"tenet/internal/cases"
	"tenet/internal/disclose"
	"tenet/internal/law"
	"tenet/internal/notice"
	"tenet/internal/promise"
	"tenet/internal/rule"
	"tenet/internal/store"
)

// disclosing is a disclosure of Ann Larter's data: to whom, what and the facts.
func disclosing(t *testing.T, to, fields string, facts ...string) Disclosing {
	t.Helper()
	f, err := SayFields(fields)
	if err != nil {
		t.Fatal(err)
	}
	given, err := SayFacts(facts)
	if err != nil {
		t.Fatal(err)
	}
	return Disclosing{Ask: rule.Ask{To: notice.ID(to), People: "tenants", Fields: f, Facts: given},
		Person: Query{Name: "Ann Larter", DOB: "1980-01-02", Phone: "01632 960 001"}, Name: "Calder Water", By: "s1"}
}

// account adds an account of staff.
func account(t *testing.T, d *Desk, id, role string) {
	t.Helper()
	err := d.Store.Write(t.Context(), func(tx *store.Tx) error {
		return tx.AddStaff(t.Context(), store.Staff{Landlord: d.Config.Landlord, ID: id, Login: id, Name: id, Role: role, Password: "hash", Created: d.Now()})
	})
	if err != nil {
		t.Fatal(err)
	}
}

func codeOf(err error) string {
	var e *Error
	if errors.As(err, &e) {
		return e.Code
	}
	return fmt.Sprint(err)
}

// TestDisclosureIsCheckedFirst: what is refused is not recorded, and against the rules
// only by somebody whose role reaches to it, with the reason.
func TestDisclosureIsCheckedFirst(t *testing.T) {
	d, _ := versioned(t, "larkfield", "2026-11-23")
	account(t, d, "ofelia", Officer)
	account(t, d, "dora", DPO)
	ctx := t.Context()

	good := disclosing(t, "utility-suppliers", "name,address,tenancy-start", "asked", "tenancy=new", "supplier=not-signed-up")
	good.Once = "call-1"
	e, x, err := d.RecordDisclosure(ctx, good)
	if err != nil || x.Decision != notice.Allow || e.N != 1 || e.Verdict != disclose.Within || e.Notice != d.Notice.Version() || e.People != 1 {
		t.Fatalf("%+v %+v %v", e, x, err)
	}
	if again, _, err := d.RecordDisclosure(ctx, good); err != nil || again.N != 1 {
		t.Errorf("recorded twice: %+v %v", again, err)
	}
	bad := disclosing(t, "utility-suppliers", "name,phone", "asked", "tenancy=new", "supplier=not-signed-up")
	if _, _, err := d.RecordDisclosure(ctx, bad); codeOf(err) != "refused" || !strings.Contains(err.Error(), "More was asked") {
		t.Errorf("more than the fields: %v", err)
	}
	if _, _, err := d.RecordDisclosure(ctx, disclosing(t, "utility-suppliers", "name")); codeOf(err) != "refused" || !strings.Contains(err.Error(), "found out first") {
		t.Errorf("nothing known: %v", err)
	}
	bad.Over = "they had it before anybody asked"
	for by, want := range map[string]string{"": "usage", "ofelia": "role", "nobody": "account"} {
		if bad.OverBy = by; true {
			if _, _, err := d.RecordDisclosure(ctx, bad); codeOf(err) != want {
				t.Errorf("decided by %q: %v", by, err)
			}
		}
	}
	bad.OverBy = "dora"
	if e, _, err = d.RecordDisclosure(ctx, bad); err != nil || e.N != 2 || e.Verdict != disclose.Against || e.By != "dora" || strings.Join(e.Fields, " ") != "name phone" {
		t.Errorf("%+v %v", e, err)
	}
	good.Once, good.Over, good.OverBy = "", "why not", "dora"
	if _, _, err := d.RecordDisclosure(ctx, good); codeOf(err) != "usage" {
		t.Errorf("against rules that allow it: %v", err)
	}
	for what, change := range map[string]func(*Disclosing){
		"recipient": func(x *Disclosing) { x.To = "newspapers" }, "day": func(x *Disclosing) { x.Day = d.Today().AddDays(1) },
		"person": func(x *Disclosing) { x.Person.DOB = "yesterday" },
	} {
		x := disclosing(t, "police", "identity", "asked")
		change(&x)
		if _, _, err := d.CheckDisclosure(ctx, x); err == nil {
			t.Errorf("no such %s, and it was decided", what)
		}
	}

	// By person, and for staff who search by half of it.
	for what, c := range map[string]struct {
		q    Query
		want string
	}{
		"by name and birthday":  {Query{Name: "Ann Larter", DOB: "1980-01-02"}, "2 true, 1 true"},
		"by telephone":          {Query{Phone: "+44 1632 960001"}, "2 false, 1 false"},
		"by telephone and name": {Query{Name: "ann larter", Phone: "01632 960001"}, "2 true, 1 true"},
		"another":               {Query{Name: "Bob Larter", Phone: "01632 960001"}, "2 false, 1 false"},
	} {
		list, err := d.Disclosures(ctx, c.q, disclose.Filter{})
		var got []string
		for _, e := range list {
			got = append(got, fmt.Sprint(e.N, " ", e.Sure))
		}
		if err != nil || strings.Join(got, ", ") != c.want {
			t.Errorf("%s: %v %v", what, got, err)
		}
	}
	if v, err := d.WithdrawDisclosure(ctx, "s1", 1, "it was never sent"); err != nil || v.Corrects != 1 {
		t.Fatal(v, err)
	}
	if _, err := d.WithdrawDisclosure(ctx, "s1", 1, "twice"); codeOf(err) != "disclosure" {
		t.Errorf("withdrawn twice: %v", err)
	}
}

// TestObjectionHoldsBack: somebody whose case of objection is open is in no file.
func TestObjectionHoldsBack(t *testing.T) {
	d, _ := versioned(t, "potters-green", "2026-11-23")
	x := disclosing(t, "benefits-teams", "name,address,rent", "scheduled", "agreement=live", "assessment=done", "transfer=secure")
	if _, got, err := d.CheckDisclosure(t.Context(), x); err != nil || got.Decision != notice.Allow {
		t.Fatalf("%+v %v", got, err)
	}
	_, err := d.OpenCase(t.Context(), NewCase{Query: x.Person, Kind: string(law.KindObjection), Received: "2026-11-20", Channel: "letter", Once: "o1", By: "s1"})
	if err != nil {
		t.Fatal(err)
	}
	if _, got, err := d.CheckDisclosure(t.Context(), x); err != nil || got.Decision != notice.Refuse || got.Reasons[0].Law != "UK GDPR Article 21(1)" {
		t.Errorf("%+v %v", got, err)
	}
	neighbour := x
	neighbour.Person = Query{Name: "Bo Larter", Phone: x.Person.Phone}
	if _, got, err := d.CheckDisclosure(t.Context(), neighbour); err != nil || got.Decision != notice.Allow {
		t.Errorf("somebody with the same telephone: %+v %v", got, err)
	}
}

// TestReplayFindsTheTwelve: of what was given out in a year, a police rule that
// narrows would have refused exactly those that it no longer covers.
func TestReplayFindsTheTwelve(t *testing.T) {
	d, edit := versioned(t, "larkfield", "2026-11-23")
	ctx := t.Context()
	give := func(fields string, facts ...string) int64 {
		x := disclosing(t, "police", fields, append(facts, "asked", "request=written,reason-given")...)
		x.Power, x.Why = "Police and Criminal Evidence Act 1984", "a burglary"
		e, _, err := d.RecordDisclosure(ctx, x)
		if err != nil {
			t.Fatal(err)
		}
		return e.N
	}
	var want []int64
	for i := range 12 {
		give("identity")
		want = append([]int64{give("identity,images")}, want...)
		if i%3 == 0 {
			x := disclosing(t, "utility-suppliers", "name,address", "asked", "tenancy=new", "supplier=not-signed-up")
			if _, _, err := d.RecordDisclosure(ctx, x); err != nil {
				t.Fatal(err)
			}
		}
	}
	// One that was withdrawn is none that anybody has to count.
	if _, err := d.WithdrawDisclosure(ctx, "s1", give("images"), "it was never sent"); err != nil {
		t.Fatal(err)
	}
	next, err := notice.Load(os.DirFS(edit("next", "2027-03-01", "sharing.yaml", "    categories: [identity, contact-details, tenancy, images, asb, criminal]\n    basis: recognised-legitimate-interests\n    promise: police-in-writing",
		"    categories: [identity, contact-details, tenancy, asb, criminal]\n    basis: recognised-legitimate-interests\n    promise: police-in-writing")))
	if err != nil {
		t.Fatal(err)
	}
	got, err := d.ReplayNotice(ctx, d.Notice, next, d.Today().AddMonths(-12), d.Today())
	if err != nil {
		t.Fatal(err)
	}
	none := Decided{Examples: []int64{}}
	if diff := cmp.Diff([]ReplayedRule{
		{Rule: "crime-to-police", To: "police", Disclosures: 24, Refused: Decided{12, want}, Asked: none, Allowed: none},
		{Rule: "new-home-to-utility", To: "utility-suppliers", Disclosures: 4, Refused: none, Asked: none, Allowed: none},
	}, got.Rules); diff != "" {
		t.Error(diff)
	}
	if words := strings.Join(got.Words(), "\n"); !strings.Contains(words, "The rule crime-to-police: 12 disclosures (in the log: ") || len(got.Unproven) != 0 {
		t.Error(words)
	}
	if got, err := d.ReplayNotice(ctx, d.Notice, d.Notice, d.Today().AddMonths(-12), d.Today()); err != nil || !strings.Contains(strings.Join(got.Words(), " "), "No decision changes: 28 disclosures") {
		t.Errorf("the same notice: %v %v", got.Words(), err)
	}
}

// TestBulk: a file goes with its fields alone, less those who may not be in it, and
// everybody in it finds it in their own list.
func TestBulk(t *testing.T) {
	d, _ := versioned(t, "potters-green", "2026-11-23")
	ctx, dir := t.Context(), t.TempDir()
	write := func(name, text string) string {
		path := filepath.Join(dir, name)
		if err := os.WriteFile(path, []byte(text), 0o600); err != nil {
			t.Fatal(err)
		}
		return path
	}
	x := disclosing(t, "benefits-teams", "", "scheduled", "agreement=live", "assessment=done", "transfer=secure")
	x.Person = Query{}
	in := write("people.csv", "\ufeffname,address,rent,person.name,person.dob,given.person\n"+
		"Ann Larter,\"1 Mill Lane, Potters Green\",98.50,Ann Larter,1980-01-02,\nBob Fell,2 Mill Lane,99.00,Bob Fell,1979-05-06,Objected\nCy Dunn,3 Mill Lane,97.25,Cy Dunn,1971-09-09,\n")
	out := filepath.Join(dir, "out.csv")
	e, b, err := d.RecordBulk(ctx, x, in, out)
	if err != nil || b.Allowed != 2 || b.Refused != 1 || e.People != 2 || e.Rule != "year-end-to-benefits-teams" || e.Digest != b.Digest {
		t.Fatalf("%+v %+v %v", e, b, err)
	}
	got, err := os.ReadFile(out)
	if err != nil || string(got) != "name,address,rent\nAnn Larter,\"1 Mill Lane, Potters Green\",98.50\nCy Dunn,3 Mill Lane,97.25\n" {
		t.Errorf("%s %v", got, err)
	}
	for name, want := range map[string]int{"Ann Larter 1980-01-02": 1, "Bob Fell 1979-05-06": 0, "Cy Dunn 1971-09-09": 1} {
		i := strings.LastIndex(name, " ")
		list, err := d.Disclosures(ctx, Query{Name: name[:i], DOB: name[i+1:]}, disclose.Filter{})
		if err != nil || len(list) != want || want == 1 && !list[0].Sure {
			t.Errorf("%s: %+v %v", name, list, err)
		}
	}
	if _, _, err := d.RecordBulk(ctx, x, in, out); codeOf(err) != "file" {
		t.Errorf("a file was written over: %v", err)
	}

	// A column more, and no row may go; nothing is written and nothing recorded.
	income := write("income.csv", "name,address,rent,income\nAnn Larter,1 Mill Lane,98.50,12000\n")
	var rows []BulkRow
	f, err := os.Open(income)
	if err != nil {
		t.Fatal(err)
	}
	defer f.Close()
	b, err = d.CheckBulk(ctx, x.Ask, "income.csv", f, func(r BulkRow) error { rows = append(rows, r); return nil })
	if err != nil || b.Refused != 1 || len(rows) != 1 || rows[0].Row != 2 || rows[0].Withheld[0].Field != "income" {
		t.Errorf("%+v %+v %v", b, rows, err)
	}
	if _, _, err := d.RecordBulk(ctx, x, income, filepath.Join(dir, "no.csv")); codeOf(err) != "refused" {
		t.Error(err)
	}
	if left, _ := filepath.Glob(filepath.Join(dir, ".new-*")); len(left) != 0 {
		t.Errorf("left behind: %v", left)
	}
	if list, err := d.Disclosures(ctx, Query{}, disclose.Filter{}); err != nil || len(list) != 1 {
		t.Errorf("%+v %v", list, err)
	}

	for what, text := range map[string]string{
		"no head": "", "a row too short": "name,rent\nAnn\n", "a bare quote": "name\n\"Ann\n", "two alike": "name,name\n", "no field": "person.name\nAnn\n",
		"no identifier": "name,person.shoe\nAnn,7\n", "no fact": "name,given.person\nAnn,what is this?\n", "no birthday": "name,person.dob\nAnn,yesterday\n",
		"a row without an end": "name\n\"" + strings.Repeat("x", mostRow+10_000),
	} {
		_, err := d.CheckBulk(ctx, x.Ask, "people.csv", strings.NewReader(text), func(BulkRow) error { return nil })
		var e *Error
		if !errors.As(err, &e) || !strings.HasPrefix(e.Where, "people.csv:") || e.Mend == "" || strings.Contains(err.Error(), "yesterday") {
			t.Errorf("%s: %v", what, err)
		}
	}
}

// TestReleaseIsLogged: what an answer gives is in the log with the very step that
// released it, once for each time; words alone are not.
func TestReleaseIsLogged(t *testing.T) {
	d, _ := versioned(t, "larkfield", "2026-11-23")
	ctx := t.Context()
	k, err := d.OpenCase(ctx, NewCase{Query: Query{Name: "Ann Larter", DOB: "1980-01-02"}, Kind: string(law.KindAccess), Received: "2026-11-20", Channel: "letter", Once: "a1", By: "s1"})
	if err != nil {
		t.Fatal(err)
	}
	release := func(counts map[string]int) (n int) {
		k.Draft = nil
		draft := draftOf(counts)
		k.Draft = &draft
		err := d.Store.Write(ctx, func(tx *store.Tx) error { return d.logRelease(ctx, tx, k, deliveredByPost, "s1") })
		if err != nil {
			t.Fatal(err)
		}
		list, err := d.GivenIn(ctx, k)
		if err != nil {
			t.Fatal(err)
		}
		return len(list)
	}
	for i, want := range []struct {
		counts map[string]int
		n      int
	}{{nil, 0}, {map[string]int{"housing.person": 1, "crm.note": 3}, 1}, {map[string]int{"housing.person": 1, "crm.note": 3}, 1}} {
		if n := release(want.counts); n != want.n {
			t.Errorf("%d: %d entries", i, n)
		}
	}
	k.Version++ // another handing over
	if n := release(map[string]int{"housing.person": 1}); n != 2 {
		t.Errorf("%d entries", n)
	}
	for o, want := range map[law.Outcome]bool{law.Granted: true, law.Partly: true, law.Denied: false} {
		if got := givenWith(law.KindCCTV, o) != ""; got != want {
			t.Errorf("pictures that were %s go: %v", o, got)
		}
	}
	if givenWith(law.KindObjection, law.Granted) != "" {
		t.Error("something goes beside an answer to an objection")
	}
	list, err := d.Disclosures(ctx, Query{Name: "Ann Larter", DOB: "1980-01-02"}, disclose.Filter{})
	if err != nil || len(list) != 2 || !list[0].Sure || list[1].What != "4 records of 2 systems, 2 of them held back in whole or in part" || list[1].Verdict != disclose.Right {
		t.Errorf("%+v %v", list, err)
	}
}

// TestDisclosurePromises: a row of a landlord's own log that Tenet's does not have
// breaks the promise, and a map that names no log leaves it unproven.
func TestDisclosurePromises(t *testing.T) {
	world := promiseWorld(t)
	for _, c := range []struct {
		name, check, plant string
	}{
		{"logged", "{check: disclosure.logged}", "INSERT INTO given VALUES (9, 'repairs-contractors', '2026-11-22')"},
		{"within", "{check: disclosure.within, rule: repairs-to-contractors}", "INSERT INTO given VALUES (9, 'repairs-contractors', '2026-11-22')"},
	} {
		h := hold(t, world, c.check)
		repair := disclosing(t, "repairs-contractors", "name,address", "repair=open")
		_, _, err := h.RecordDisclosure(t.Context(), repair)
		h.must(err)
		query("INSERT INTO given VALUES (8, 'repairs-contractors', '2026-11-22')")(h)
		h.is(promise.Kept, c.name+", given and logged")
		query(c.plant)(h)
		h.is(promise.Broken, c.name+", given and not logged")
		query("DELETE FROM given WHERE id = 9")(h)
		h.edit("maps/h.yaml", "discloses: {to: recipient, at: at}", "columns: {recipient: {category: identity}}")
		h.reopen()
		h.is(promise.Unproven, c.name+", and no map names a log")
	}

	absent := hold(t, world, "{check: disclosure.absent, categories: [ethnicity]}")
	_, _, err := absent.RecordDisclosure(t.Context(), disclosing(t, "repairs-contractors", "name,address", "repair=open"))
	absent.must(err)
	absent.is(promise.Kept, "given, and not of those")
	query("INSERT INTO given VALUES (9, 'police', '2026-11-22')")(absent)
	absent.is(promise.Unproven, "given, and nobody knows what")
	query("DELETE FROM given WHERE id = 9")(absent)
	account(t, absent.Desk, "dora", DPO)
	over := disclosing(t, "police", "ethnicity", "asked")
	over.Over, over.OverBy = "it was in the file that went", "dora"
	_, _, err = absent.RecordDisclosure(t.Context(), over)
	absent.must(err)
	absent.is(promise.Broken, "given")

	against := hold(t, world, "{check: disclosure.within, rule: crime-to-police}")
	account(t, against.Desk, "dora", DPO)
	_, _, err = against.RecordDisclosure(t.Context(), over)
	against.must(err)
	against.is(promise.Broken, "given against the rules")

	for _, check := range []string{"{check: recipients.agreement, kind: controller}", "{check: transfers.safeguard}"} {
		h := hold(t, world, check)
		account(t, h.Desk, "dora", DPO)
		_, _, err := h.RecordDisclosure(t.Context(), disclosing(t, "utility-suppliers", "name", "asked", "tenancy=new", "supplier=not-signed-up"))
		h.must(err)
		r := h.status()
		if r.Evidence[0].Rows < 2 { // the system's own row, and Tenet's
			t.Errorf("%s did not read Tenet's log: %+v", check, r)
		}
	}
}

// is checks the promise.
func (h *heldDesk) is(want promise.Status, when string) {
	h.t.Helper()
	if r := h.status(); r.Status != want {
		h.t.Errorf("%s: %s, not %s: %s", when, r.Status, want, r.Why)
	}
}

// TestSilentRuleIsInNoAnswer: what the notice says the person is not told of is in no answer.
func TestSilentRuleIsInNoAnswer(t *testing.T) {
	d, _ := versioned(t, "northmoor", "2026-11-23")
	x := disclosing(t, "investigators", "identity", "asked", "request=lawful,written", "telling=would-harm", "approval=given")
	if _, _, err := d.RecordDisclosure(context.Background(), x); err != nil {
		t.Fatal(err)
	}
	if _, _, err := d.RecordDisclosure(t.Context(), disclosing(t, "banks", "identity")); err != nil {
		t.Fatal(err)
	}
	known, err := x.Person.Known()
	if err != nil {
		t.Fatal(err)
	}
	got, err := d.ownLog(t.Context(), caseOf(x), "", known)
	if err != nil || len(got) != 1 || got[0].Recipient != "Banks and building societies: Calder Water" {
		t.Errorf("%+v %v", got, err)
	}
}

var deliveredByPost = cases.Delivery{Way: cases.Sent}

func draftOf(counts map[string]int) cases.Draft {
	return cases.Draft{Counts: counts, Withheld: 2, Digest: strings.Repeat("ab", 32), Notice: "v1"}
}

func caseOf(x Disclosing) cases.Case {
	return cases.Case{Particulars: cases.Particulars{Person: cases.Person{Name: x.Person.Name}}}
}
