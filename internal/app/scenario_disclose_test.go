package app

import (
	"fmt"
	"net/url"
	"os"
	"path/filepath"
	"slices"
	"strings"
	"testing"
	"time"

	"tenet/internal/console"
	"tenet/internal/desk"
	"tenet/internal/disclose"
	"tenet/internal/law"
	"tenet/internal/notice"
	"tenet/internal/pack"
	"tenet/internal/rule"
	"tenet/internal/store"
)

// landlordOf is a workspace of a pack, with no systems.
func landlordOf(t *testing.T, pack string) *desk.Desk {
	t.Helper()
	dir := filepath.Join(t.TempDir(), "office")
	if err := desk.Init(t.Context(), dir, pack, os.Getenv); err != nil {
		t.Fatal(err)
	}
	d, err := desk.Open(t.Context(), dir, os.Getenv)
	if err != nil {
		t.Fatal(err)
	}
	t.Cleanup(func() { d.Close() })
	d.Now = func() time.Time { return now }
	return d
}

// disclosing is a disclosure that somebody thinks of: whose it is, what and what is known.
func disclosing(t *testing.T, to, people, fields, facts string) desk.Disclosing {
	t.Helper()
	f, err := desk.SayFields(fields)
	if err != nil {
		t.Fatal(err)
	}
	given, err := desk.SayFacts(strings.Fields(facts))
	if err != nil {
		t.Fatal(err)
	}
	return desk.Disclosing{Ask: rule.Ask{To: notice.ID(to), People: notice.ID(people), Fields: f, Facts: given}, By: "staff-1"}
}

// decides holds a decision against what it should be, and says the sentence it names.
func decides(t *testing.T, d *desk.Desk, what string, x desk.Disclosing, want notice.Decision, goes, clause string) rule.Decision {
	t.Helper()
	_, got, err := d.CheckDisclosure(t.Context(), x)
	if err != nil {
		t.Fatalf("%s: %v", what, err)
	}
	cited := slices.ContainsFunc(got.Reasons, func(r rule.Reason) bool { return string(r.Clause) == clause })
	if got.Decision != want || strings.Join(got.Fields, " ") != goes || !cited {
		t.Errorf("%s: %+v", what, got)
	}
	return got
}

// TestScenario_MHS10: a utility asks, a council asks, and somebody who is no tenant is
// referred: to the council that has an agreement, and to no other.
func TestScenario_MHS10(t *testing.T) {
	d := landlordOf(t, "northmoor")
	decides(t, d, "a tenant already signed up", disclosing(t, "utilities", "tenants", "name,address,tenancy-start", "asked tenancy=new supplier=signed-up"), notice.Refuse, "", "utilities-when")
	left := disclosing(t, "utilities", "tenants", "name,address,tenancy-end", "asked tenancy=ended final-bill=unpaid")
	decides(t, d, "left without paying the final bill", left, notice.Allow, "name address tenancy-end", "utilities-when")
	more := disclosing(t, "utilities", "tenants", "name,address,tenancy-end,phone", "asked tenancy=ended final-bill=unpaid")
	if got := decides(t, d, "and a telephone number", more, notice.Refuse, "name address tenancy-end", "utilities-when"); got.Withheld[0].Field != "phone" {
		t.Errorf("%+v", got.Withheld)
	}
	decides(t, d, "left, and nobody asked", disclosing(t, "utilities", "tenants", "name", "asked=no tenancy=ended final-bill=unpaid"), notice.Refuse, "", "utilities-when")

	referral := func(agreement string) desk.Disclosing {
		x := disclosing(t, "councils", "household-members", "identity,contact-details", "home=at-risk agreement="+agreement)
		x.Person, x.Name, x.Why = desk.Query{Name: "Wren Abara", DOB: "2004-05-06"}, "Calder council, "+agreement, "may lose the home in December"
		return x
	}
	decides(t, d, "a resident, to the council with an agreement", referral("live"), notice.Allow, "identity contact-details", "residents-referred")
	decides(t, d, "a resident, to the one without", referral("none"), notice.Refuse, "", "residents-referred")
	if _, _, err := d.RecordDisclosure(t.Context(), referral("none")); err == nil {
		t.Error("what is refused was recorded")
	}
	e, _, err := d.RecordDisclosure(t.Context(), referral("live"))
	if err != nil {
		t.Fatal(err)
	}
	list, err := d.Disclosures(t.Context(), desk.Query{Name: "Wren Abara", DOB: "2004-05-06"}, disclose.Filter{})
	if err != nil || len(list) != 1 || list[0].N != e.N || !list[0].Sure || list[0].Rule != "commitment-to-refer" {
		t.Errorf("%+v %v", list, err)
	}
}

// TestScenario_SOT9: the file at the year's end has exactly three columns, everybody
// but those who objected, and each finds it in their own list; a column more is refused.
func TestScenario_SOT9(t *testing.T) {
	d := landlordOf(t, "potters-green")
	dir := t.TempDir()
	write := func(name, head, cell string) string {
		var b strings.Builder
		b.WriteString("name,address,rent" + head + ",person.name,person.dob\n")
		for i := range 1000 {
			fmt.Fprintf(&b, "Tester %s,%d Kiln Road,%d.50%s,Tester %s,19%02d-03-01\n", word(i), i+1, 80+i%40, cell, word(i), 40+i%50)
		}
		path := filepath.Join(dir, name)
		if err := os.WriteFile(path, []byte(b.String()), 0o600); err != nil {
			t.Fatal(err)
		}
		return path
	}
	in := write("year-end.csv", "", "")
	objector := desk.Query{Name: "Tester " + word(17), DOB: "1957-03-01"}
	_, err := d.OpenCase(t.Context(), desk.NewCase{Query: objector, Kind: string(law.KindObjection), Received: "2026-11-20", Channel: "letter", Once: "o1", By: "staff-1"})
	if err != nil {
		t.Fatal(err)
	}
	unready := disclosing(t, "benefits-teams", "tenants", "", "scheduled")
	if _, _, err := d.RecordBulk(t.Context(), unready, in, filepath.Join(dir, "unready.csv")); err == nil {
		t.Error("a file went with no agreement, no assessment and no secure way")
	}
	ready := "scheduled agreement=live assessment=done transfer=secure"
	for i, to := range []string{"benefits-teams", "benefits-teams", "benefits-ministry"} { // two councils and the ministry
		x := disclosing(t, to, "tenants", "", ready)
		x.Name = fmt.Sprintf("receiver %d", i)
		out := filepath.Join(dir, fmt.Sprintf("out-%d.csv", i))
		e, b, err := d.RecordBulk(t.Context(), x, in, out)
		if err != nil || b.Allowed != 999 || b.Refused != 1 || e.People != 999 {
			t.Fatalf("%s: %+v %+v %v", to, b, e, err)
		}
		text, err := os.ReadFile(out)
		if err != nil {
			t.Fatal(err)
		}
		lines := strings.Split(strings.TrimSpace(string(text)), "\n")
		if lines[0] != "name,address,rent" || len(lines) != 1000 || strings.Contains(string(text), "Tester "+word(17)+",") || strings.Contains(string(text), "1957-03-01") {
			t.Errorf("%s: %d lines, the first %q", to, len(lines), lines[0])
		}
	}
	for who, want := range map[int]int{16: 3, 17: 0, 999: 3} {
		list, err := d.Disclosures(t.Context(), desk.Query{Name: "Tester " + word(who), DOB: fmt.Sprintf("19%02d-03-01", 40+who%50)}, disclose.Filter{})
		if err != nil || len(list) != want {
			t.Errorf("person %d finds %d files: %v", who, len(list), err)
		}
		for _, e := range list {
			if !e.Sure || strings.Join(e.Fields, " ") != "name address rent" {
				t.Errorf("person %d: %+v", who, e)
			}
		}
	}

	income := write("income.csv", ",income", ",12000")
	x := disclosing(t, "benefits-teams", "tenants", "", ready)
	if _, b, err := d.RecordBulk(t.Context(), x, income, filepath.Join(dir, "no.csv")); err == nil || b.Refused != 1000 {
		t.Errorf("a column more: %+v %v", b, err)
	}
	if _, err := os.Stat(filepath.Join(dir, "no.csv")); err == nil {
		t.Error("a file with a column more was written")
	}
}

// word makes a number a word, so that no two names are alike.
func word(n int) string {
	var b []byte
	for range 3 {
		b = append(b, byte('a'+n%10))
		n /= 10
	}
	return string(b)
}

// TestScenario_WHG12: a police letter, a utility's letter, a council's check of a claim, a
// court's order and a regulator's return: each is known for what it is, power and need
// are written down, and nothing goes by the rule of another.
func TestScenario_WHG12(t *testing.T) {
	d := landlordOf(t, "stonebeck")
	police := disclosing(t, "asking-emergency", "tenants", "identity,asb", "asked request=written approval=given")
	if got := decides(t, d, "the police, no power cited", police, notice.Ask, "identity asb", "others-may-ask"); got.Group != notice.OwnPurposes {
		t.Errorf("they are %s", got.Group)
	}
	police.Power, police.Why = "Data Protection Act 2018, Schedule 2, paragraph 2", "to find who broke into the garages"
	decides(t, d, "the police, in writing, with power and need", police, notice.Allow, "identity asb", "others-may-ask")

	decides(t, d, "a utility, by telephone", disclosing(t, "utilities", "tenants", "identity", "asked request=not-written approval=given"), notice.Refuse, "", "others-may-ask")

	council := disclosing(t, "service-councils", "tenants", "benefits", "")
	council.For = "verify-circumstances"
	if got := decides(t, d, "a council, to verify a claim", council, notice.Allow, "benefits", "partners-see"); got.Group != notice.PartnerGroup {
		t.Errorf("it is %s", got.Group)
	}
	council.For = "publicity"
	decides(t, d, "a council, for something else", council, notice.Refuse, "", "partners-see")

	order := disclosing(t, "powers", "tenants", "identity,rent-transactions", "asked order=made")
	order.Name, order.Person = "Stonebeck County Court", desk.Query{Name: "Wren Abara", DOB: "1984-05-06"}
	if got := decides(t, d, "a court's order", order, notice.Allow, "identity rent-transactions", "law-obliges"); got.Group != notice.CompelledGroup {
		t.Errorf("it is %s", got.Group)
	}
	decides(t, d, "a court that has not ordered it", disclosing(t, "powers", "tenants", "identity", "asked order=not-made"), notice.Refuse, "", "law-obliges")
	decides(t, d, "what their supplier would need, to a supplier of theirs, by no request", disclosing(t, "your-suppliers", "tenants", "asb", "asked request=written approval=given"), notice.Refuse, "", "rights-in-law")

	e, _, err := d.RecordDisclosure(t.Context(), order)
	if err != nil || e.Rule != "ordered" {
		t.Fatalf("%+v %v", e, err)
	}
	police.Person, police.Name = order.Person, "PC Kestrel"
	if _, _, err := d.RecordDisclosure(t.Context(), police); err != nil {
		t.Fatal(err)
	}
	list, err := d.Disclosures(t.Context(), order.Person, disclose.Filter{})
	if err != nil || len(list) != 2 || list[0].Ask.Power == "" || list[0].Why == "" {
		t.Errorf("%+v %v", list, err)
	}
}

// TestDisclosureOnTheConsole: a check by the questions of the page, the entry, and what
// an officer may not do.
func TestDisclosureOnTheConsole(t *testing.T) {
	w := workspace{Desk: landlordOf(t, "larkfield")}
	s := disclosures{staffDesk{w.bureau(t)}}
	officer, ctx := w.hires(t, "ofelia", "Ofelia"), t.Context()
	form, err := s.DisclosureForm(ctx, "utility-suppliers", nil)
	if err != nil {
		t.Fatal(err)
	}
	given := url.Values{"to": {"utility-suppliers"}, "fields": {"name", "address"}, "people": {"tenants"}, "why": {"a new tenancy"},
		"name": {"Wren Abara"}, "born": {"1984-05-06"}, "recipient": {"Calder Water"}}
	for _, f := range form.Fields {
		switch f.Name {
		case factField("asked=yes"), factField("tenancy=new"):
			given.Set(f.Name, "yes")
		case factField("supplier=signed-up"):
			given.Set(f.Name, "no")
		}
	}
	answer, wrong, err := s.CheckDisclosure(ctx, officer, "utility-suppliers", given)
	if err != nil || len(wrong) > 0 || answer.Decision != "allow" || answer.Overruled || len(answer.Record) == 0 {
		t.Fatalf("%+v %v %v", answer, wrong, err)
	}
	if said, wrong, err := s.RecordDisclosure(ctx, officer, "utility-suppliers", given); err != nil || len(wrong) > 0 || !strings.Contains(said, "entry 1") {
		t.Fatalf("%s %v %v", said, wrong, err)
	}
	more := url.Values{}
	for k, v := range given {
		more[k] = v
	}
	more.Set("more", "phone")
	if answer, _, err := s.CheckDisclosure(ctx, officer, "utility-suppliers", more); err != nil || answer.Decision != "refuse" || answer.Record != nil {
		t.Errorf("an officer is offered to overrule: %+v %v", answer, err)
	}
	more.Set("over", "they had it")
	if _, _, err := s.RecordDisclosure(ctx, officer, "utility-suppliers", more); err == nil {
		t.Error("an officer overruled the notice")
	}
	if _, wrong, err := s.RecordDisclosure(ctx, officer, "utility-suppliers", url.Values{"to": {"utility-suppliers"}, "fields": {"name"}}); err != nil || len(wrong) < 3 {
		t.Errorf("recorded for nobody: %v %v", wrong, err)
	}
	log, err := s.DisclosureLog(ctx, console.DisclosureQuery{Name: "Wren Abara", Born: "1984-05-06"})
	if err != nil || len(log.Rows) != 1 || log.Rows[0].Unsure || log.Rows[0].By != "Ofelia" || !strings.Contains(log.Rows[0].To, "Calder Water") {
		t.Errorf("%+v %v", log, err)
	}
	if log, err := s.DisclosureLog(ctx, console.DisclosureQuery{Name: "Wren Abara"}); err != nil || len(log.Wrong) == 0 {
		t.Errorf("%+v %v", log, err)
	}
}

// TestReleasesAreGivenOut: an answer that is sent and one that is collected stand in the
// log, in the answer to the next request and on the page of its case.
func TestReleasesAreGivenOut(t *testing.T) {
	w := open(t)
	ctx := t.Context()
	water := disclosing(t, "utility-suppliers", "tenants", "name,address", "asked tenancy=new supplier=not-signed-up")
	star := w.world.Star()
	water.Person, water.Name = desk.Query{Name: star.Name, DOB: star.DOB}, "Calder Water"
	if _, _, err := w.RecordDisclosure(ctx, water); err != nil {
		t.Fatal(err)
	}
	k := w.approved(t, "staff-1")
	k, err := w.Send(ctx, k, "staff-1", filepath.Join(t.TempDir(), "answer.zip"))
	if err != nil {
		t.Fatal(err)
	}
	given, err := w.GivenIn(ctx, k)
	if err != nil || len(given) != 1 || given[0].Verdict != disclose.Right || given[0].Notice != k.Draft.Notice || given[0].Digest != k.Draft.Digest || len(given[0].Categories) == 0 {
		t.Fatalf("%+v %v", given, err)
	}

	w.Now = func() time.Time { return now.AddDate(0, 4, 0) }
	again, err := w.Access(ctx, desk.AccessRequest{Query: desk.Query{Name: star.Name, DOB: star.DOB, Email: star.Email, Phone: star.Mobile, Ref: star.Ref}, Channel: "telephone", By: "cli"}, nil)
	if err != nil {
		t.Fatal(err)
	}
	if again.Case.Number == k.Number {
		t.Fatal("the second request is the first")
	}
	page, err := caseWork{staffDesk{w.bureau(t)}}.File(ctx, console.Staff{ID: "staff-1"}, again.Case.Number)
	if err != nil {
		t.Fatal(err)
	}
	var told []string
	for _, e := range page.Earlier {
		told = append(told, e.To+": "+e.What)
	}
	if all := strings.Join(told, "\n"); len(told) != 2 || !strings.Contains(all, "Calder Water: name, address") || !strings.Contains(all, "in answer to "+k.Number) {
		t.Errorf("on the page of the case:\n%s", all)
	}
	sealed, err := os.Open(again.Draft)
	if err != nil {
		t.Fatal(err)
	}
	defer sealed.Close()
	files, err := pack.Open(sealed, w.Keys.Pack())
	if err != nil {
		t.Fatal(err)
	}
	letter := ""
	for _, f := range files {
		if f.Name == "your-information.html" {
			letter = string(f.Bytes)
		}
	}
	for _, want := range []string{"Calder Water", "name, address", "in answer to " + k.Number} {
		if !strings.Contains(letter, want) {
			t.Errorf("the later answer does not say %q", want)
		}
	}
	err = w.Store.Read(ctx, func(tx *store.Tx) error {
		acts, err := tx.Acts(ctx, w.Config.Landlord, fmt.Sprintf("disclosure/%d", given[0].N), 0, 10)
		if len(acts) != 1 || acts[0].Act != "disclosure.recorded" {
			t.Errorf("%+v", acts)
		}
		return err
	})
	if err != nil {
		t.Fatal(err)
	}
}
