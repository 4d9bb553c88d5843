package app

import (
	"bytes"
	"crypto/rand"
	"errors"
	"net/http"
	"os"
	"path/filepath"
	"regexp"
	"strconv"
	"strings"
	"testing"
	"time"

	"tenet/internal/cases"
	"tenet/internal/contact"
	"tenet/internal/demo"
	"tenet/internal/desk"
	"tenet/internal/law"
	"tenet/internal/store"
)

// like is the demo's landlord under another landlord's notice.
func like(t *testing.T, pack string) workspace {
	t.Helper()
	w := open(t)
	ctx, dir := t.Context(), filepath.Join(t.TempDir(), pack)
	if err := desk.Init(ctx, dir, pack, os.Getenv); err != nil {
		t.Fatal(err)
	}
	if err := os.CopyFS(filepath.Join(dir, "maps"), os.DirFS(filepath.Join(w.Dir, "maps"))); err != nil {
		t.Fatal(err)
	}
	d, err := desk.Open(ctx, dir, os.Getenv)
	if err != nil {
		t.Fatal(err)
	}
	t.Cleanup(func() { d.Close() })
	d.Now = w.Now
	for _, s := range w.Config.Sources {
		if err := d.AddSource(s); err != nil {
			t.Fatal(err)
		}
	}
	if _, err := d.Index(ctx, true, nil); err != nil {
		t.Fatal(err)
	}
	return workspace{d, w.world}
}

// truth is what somebody who knows the person answers, by the words of the question.
func truth(p demo.Person, page string) []string {
	var pairs []string
	for kind, v := range map[string]string{"born": p.DOB, "nino": p.NINO, "reference": p.Ref, "telephone": p.Mobile, "email": p.Email} {
		if strings.Contains(page, `name="said-`+kind+`"`) {
			pairs = append(pairs, "said-"+kind, v)
		}
	}
	return pairs
}

// rings begins a call at the console and gives its page and address.
func (v visitor) rings(p demo.Person, pairs ...string) (at, page string) {
	v.t.Helper()
	d, err := law.ParseDate(p.DOB)
	if err != nil {
		v.t.Fatal(err)
	}
	form := append([]string{"once", rand.Text(), "channel", "phone", "name", p.Name, "born-day", strconv.Itoa(d.Day), "born-month", strconv.Itoa(int(d.Month)), "born-year", strconv.Itoa(d.Year)}, pairs...)
	res, page := v.post("/contact", form...)
	if res.StatusCode != http.StatusOK {
		v.t.Fatalf("the call gives %d:\n%s", res.StatusCode, page)
	}
	return res.Request.URL.Path, page
}

var onceOut = regexp.MustCompile(`name="once" value="[^"]*"`)

// records is what the ledger has of acts, newest first.
func (w workspace) records(t *testing.T) []store.Recorded {
	t.Helper()
	var all []store.Recorded
	err := w.Store.Read(t.Context(), func(tx *store.Tx) (err error) {
		all, err = tx.Acts(t.Context(), w.Config.Landlord, "", 0, 500)
		return err
	})
	if err != nil {
		t.Fatal(err)
	}
	return all
}

// TestScenario_MBM3: the recorded call. Callers are told of recording before anything is
// said; identity comes before the balance; the purposes are on the log; a dated entry exists.
func TestScenario_MBM3(t *testing.T) {
	w := like(t, "harbourside")
	v := w.clerkOf(t, "farida", "Farida Choudhury")
	_, page := v.get("/contact")
	if strings.Contains(page, "..") || strings.Contains(page, ".;") || !strings.Contains(page, "We use recordings to ") {
		t.Errorf("what is to be said is no sentence:\n%.600s", textOf(page))
	}
	said, form := strings.Index(page, "This call is recorded"), strings.Index(page, `name="name"`)
	if said < 0 || form < said {
		t.Fatal("the page does not begin with what the caller is told")
	}
	star := w.world.Star()
	if res, page := v.post("/contact", "once", "1", "channel", "phone", "name", star.Name, "tenancy", star.Ref); res.StatusCode != http.StatusUnprocessableEntity || !strings.Contains(page, "Tell them that the call is recorded") {
		t.Errorf("a caller who was not told is looked up: %d", res.StatusCode)
	}
	at, page := v.rings(star, "told", "yes")
	if strings.Contains(page, "Rent and the tenancy") {
		t.Error("the balance may be talked about before the questions")
	}
	_, page = v.post(at, truth(star, page)...)
	if !strings.Contains(page, "What you may talk about") || !strings.Contains(page, "Rent and the tenancy") {
		t.Fatalf("what is true is not enough:\n%s", page)
	}
	_, page = v.post(at+"/note", "once", "2", "channel", "phone", "happened", "Reported a leak under the sink; told the balance.", "done", "Plumber booked.")
	if !strings.Contains(page, "Reported a leak under the sink") || !strings.Contains(page, "They were told that the call was recorded for:") {
		t.Error("no entry stands there")
	}
	got, err := w.ContactsOf(t.Context(), "s1", "", desk.Query{Name: star.Name, DOB: star.DOB})
	if err != nil || len(got) != 1 || !got[0].Told || !got[0].At.Equal(now) || len(got[0].For) == 0 || got[0].Check == "" {
		t.Errorf("the entry is %+v, %v", got, err)
	}
	asked := false
	for _, r := range w.records(t) {
		asked = asked || r.Act == "contact.checked" && strings.Contains(string(r.Payload), `"passed":true`)
		for _, secret := range []string{star.NINO, star.DOB, star.Mobile, star.Surname} {
			if strings.HasPrefix(r.Act, "contact.") && strings.Contains(string(r.Payload)+r.Subject, secret) {
				t.Errorf("%s holds %q", r.Act, secret)
			}
		}
	}
	if !asked {
		t.Error("that the caller showed who they are is on no record")
	}
}

// TestScenario_WHG3: bank and card rules at the till. A daughter pays and later asks about
// the direct debit: that is discussed with the account holder alone, and no card number is
// anywhere.
func TestScenario_WHG3(t *testing.T) {
	w := like(t, "stonebeck")
	v := w.clerkOf(t, "farida", "Farida Choudhury")
	star := w.world.Star()
	const card = "4111 1111 1111 1111"
	at, page := v.rings(star, "told", "yes", "who", "Zofia Kowalczyk", "as", "representative")
	_, page = v.post(at, truth(star, page)...)
	_, page = v.post(at, truth(star, page)...)
	if !strings.Contains(page, "On hold: checking") || !strings.Contains(page, "Anybody may make a payment") || strings.Contains(page, "Your bank") {
		t.Errorf("the daughter, whom nobody named, is told\n%s", page)
	}
	if res, page := v.post(at+"/note", "once", "n", "channel", "phone", "happened", "Paid £40 with card "+card); res.StatusCode != http.StatusUnprocessableEntity || !strings.Contains(page, "number of a payment card") {
		t.Errorf("a card's number is written down: %d", res.StatusCode)
	}
	v.post(at+"/note", "once", "n", "channel", "phone", "happened", "Paid £40 by card; asked about the direct debit.")

	// Named for the tenancy, she may talk of the rent, and of the bank still not.
	if _, err := w.Trust(t.Context(), "s1", desk.NewTrust{Once: "z", About: desk.Query{Name: star.Name, DOB: star.DOB}, Mandate: contact.Mandate{Name: "Zofia Kowalczyk", Appointed: "Her mother",
		Phone: "07700 900233", Word: "marzipan", Evidence: "A signed letter.", Authority: law.Authority{Role: law.ByRepresentative, Seen: true, Scopes: []law.Scope{law.ForTenancy, law.ForServices}}}}); err != nil {
		t.Fatal(err)
	}
	w.Desk.Now = func() time.Time { return now.Add(24 * time.Hour) } // the tries of yesterday are over
	at, _ = v.rings(star, "told", "yes", "who", "Zofia Kowalczyk", "as", "representative")
	_, page = v.post(at, "said-telephone", "07700 900233", "said-word", "Marzipan")
	lines := textOf(page)
	for _, want := range []string{"Rent and the tenancy Yes", "Your bank No Only with the account holder", "Payments by card No Only with the card holder"} {
		if !strings.Contains(lines, want) {
			t.Errorf("the page does not say %q:\n%s", want, lines)
		}
	}
	// The mother herself: her own bank where the records say so, else whose it is is asked.
	at, page = v.rings(star, "told", "yes")
	_, page = v.post(at, truth(star, page)...)
	if lines = textOf(page); !strings.Contains(lines, "account holder") || strings.Contains(lines, "Your bank No Only") {
		t.Errorf("the account holder is told\n%s", lines)
	}
	if err := w.Store.Close(); err != nil {
		t.Fatal(err)
	}
	files, err := filepath.Glob(filepath.Join(w.Dir, "tenet.db*"))
	if err != nil || len(files) == 0 {
		t.Fatal(files, err)
	}
	for _, f := range files {
		data, err := os.ReadFile(f)
		if err != nil {
			t.Fatal(err)
		}
		for _, n := range []string{card, strings.ReplaceAll(card, " ", "")} {
			if bytes.Contains(data, []byte(n)) {
				t.Errorf("the card's number stands in %s", filepath.Base(f))
			}
		}
	}
}

// TestScenario_WHG4: the trusted neighbour. Mrs Khan books the repair and is refused the
// arrears; a stranger hears “on hold: checking”, and not whether the customer exists.
func TestScenario_WHG4(t *testing.T) {
	w := like(t, "stonebeck")
	v := w.clerkOf(t, "farida", "Farida Choudhury")
	star := w.world.Star()
	// The customer names her in a call of her own.
	at, page := v.rings(star, "told", "yes")
	v.post(at, truth(star, page)...)
	if _, page = v.post(at+"/trust", "once", "k", "trusted", "Sadia Khan", "trusted-as", "trusted-contact", "trusted-for", "services", "trusted-phone", "07700 900611", "trusted-word", "Marzipan"); !strings.Contains(page, "Sadia Khan") {
		t.Fatalf("the customer cannot name her:\n%s", page)
	}
	v.post(at + "/finish")

	at, _ = v.rings(star, "told", "yes", "who", "Mrs Khan", "as", "trusted-contact")
	_, page = v.post(at, "said-telephone", "+44 7700 900611", "said-word", "marzipan")
	if lines := textOf(page); !strings.Contains(lines, "Repairs and services Yes") || !strings.Contains(lines, "Rent and the tenancy No Sadia Khan may arrange repairs and services only.") || strings.Contains(page, star.NINO) {
		t.Errorf("Mrs Khan may talk about\n%s", lines)
	}
	if _, page = v.post(at+"/note", "once", "r", "channel", "phone", "happened", "Booked the plumber. Asked about arrears, and was told that we may not say."); !strings.Contains(page, "It is written down.") {
		t.Error("the repair is not written down")
	}

	// A stranger, about her and about somebody who is not there.
	nephew := func(p demo.Person) string {
		at, page := v.rings(p, "told", "yes", "who", "Piotr Nowak", "as", "trusted-contact")
		for range 2 {
			_, page = v.post(at, "said-telephone", "07700 900999", "said-word", "please", "said-email", "p@example.org", "said-reference", p.Ref)
		}
		return strings.NewReplacer(p.Name, "NAME", at, "AT").Replace(onceOut.ReplaceAllString(page, ""))
	}
	nobody := demo.Person{Name: "Ignatius Featherstonehaugh", DOB: "1961-02-03", Ref: "LKF-000001"}
	of, none := nephew(star), nephew(nobody)
	if of != none {
		t.Errorf("the pages differ:\n%s\n---\n%s", of, none)
	}
	if !strings.Contains(of, "On hold: checking") || !strings.Contains(of, "take a little while") || strings.Contains(of, "Khan") {
		t.Errorf("the nephew is told\n%s", of)
	}

	// The customer ends it, and it does not count from then.
	at, page = v.rings(star, "told", "yes")
	v.post(at, truth(star, page)...)
	all, err := w.TrustedBy(t.Context(), "s1", "", desk.Query{Name: star.Name, DOB: star.DOB})
	if err != nil || len(all) != 1 {
		t.Fatalf("%+v, %v", all, err)
	}
	if _, page = v.post(at+"/untrust", "authority", all[0].ID); !strings.Contains(page, "Does not count") {
		t.Error("it is not ended")
	}
	at, _ = v.rings(star, "told", "yes", "who", "Mrs Khan", "as", "trusted-contact")
	if _, page = v.post(at, "said-telephone", "07700 900611", "said-word", "marzipan"); strings.Contains(page, "What you may talk about") {
		t.Error("it counts after it was ended")
	}
}

// TestScenario_MHS6: the MP gets an answer after explicit consent alone, and the person is
// told first; until then there is nothing to use in the case, and one click afterwards.
func TestScenario_MHS6(t *testing.T) {
	w := like(t, "northmoor")
	ctx := t.Context()
	star := w.world.Star()
	q := desk.Query{Name: star.Name, DOB: star.DOB, Ref: star.Ref}
	name := func(once string, spoil func(*contact.Mandate)) contact.Authority {
		t.Helper()
		m := contact.Mandate{Name: "Ada Fenwick MP", Body: "House of Commons", Appointed: "Member for Northmoor", Evidence: "Her letter of 20 November on headed paper.",
			Authority: law.Authority{Role: law.ByElected, Seen: true, Scopes: []law.Scope{law.ForCasework}}}
		spoil(&m)
		a, err := w.Trust(ctx, "s1", desk.NewTrust{Once: once, About: q, Mandate: m})
		if err != nil {
			t.Fatal(err)
		}
		return a
	}
	k, err := w.OpenCase(ctx, desk.NewCase{Query: q, Kind: "ombudsman-1", Channel: "letter", By: "s1", Asked: "What became of the noise?", Requester: cases.Requester{Name: "Ada Fenwick MP", Email: "ada@example.org"}})
	if err != nil {
		t.Fatal(err)
	}
	lacks := func(a contact.Authority) string {
		_, err := w.ActingBy(a)
		var told *desk.Error
		if !errors.As(err, &told) {
			return ""
		}
		return told.Mend
	}
	first := name("a", func(*contact.Mandate) {})
	if got := lacks(first); got != "first: the person's own explicit word" {
		t.Errorf("her letter alone lacks %q", got)
	}
	if _, err := w.Untrust(ctx, "s1", first.ID); err != nil {
		t.Fatal(err)
	}
	second := name("b", func(m *contact.Mandate) { m.Agreed = law.IsSo })
	if got := lacks(second); got != "first: telling the person first" {
		t.Errorf("with consent it lacks %q", got)
	}
	v := w.clerkOf(t, "farida", "Farida Choudhury")
	_, page := v.get("/cases/" + k.Number + "/do/authority")
	if res, page := v.fill(page, "/cases/"+k.Number+"/do/authority", "record", second.ID); res.StatusCode != http.StatusUnprocessableEntity || !strings.Contains(page, "telling the person first") {
		t.Errorf("it is used before the person is told: %d", res.StatusCode)
	}
	if _, err := w.Untrust(ctx, "s1", second.ID); err != nil {
		t.Fatal(err)
	}
	third := name("c", func(m *contact.Mandate) { m.Agreed, m.Told = law.IsSo, w.Today() })
	_, page = v.get("/cases/" + k.Number + "/do/authority")
	if !strings.Contains(page, "Ada Fenwick MP") {
		t.Fatalf("it is not offered:\n%s", page)
	}
	if res, page := v.fill(page, "/cases/"+k.Number+"/do/authority", "record", third.ID); res.StatusCode != http.StatusOK {
		t.Errorf("one click gives %d\n%s", res.StatusCode, page)
	}
	if k, err = w.Cases.Get(ctx, k.ID); err != nil || k.Acting == nil || k.Acting.Role != law.ByElected || k.Acting.Agreed != law.IsSo || !strings.Contains(k.Acting.Evidence, "Her letter") {
		t.Errorf("the case has %+v, %v", k.Acting, err)
	}
	// She is no way to the rest of the record.
	if p := third.May(law.ForRights, law.Subject{}, w.Today()); p.Applies != law.No {
		t.Errorf("she may have a copy of everything: %+v", p)
	}
}

// TestScenario_MET14: where a link leads out, the visitor is shown that the notice stops.
func TestScenario_MET14(t *testing.T) {
	w := under(t, "wrenfield")
	_, public, _ := w.office(t)
	v := visit(t, public)
	_, page := v.get("/terms")
	for _, want := range []string{"It does not cover:", "Websites that we link to", "Other parts of our own sites"} {
		if !strings.Contains(page, want) {
			t.Errorf("the page of what the notice covers does not say %q", want)
		}
	}
	for _, path := range []string{"/contact", "/terms"} {
		_, page := v.get(path)
		for _, a := range strings.Split(page, "<a ")[1:] {
			if strings.Contains(a[:strings.Index(a, ">")], `href="http`) && !strings.Contains(a, "leaves this site") {
				t.Errorf("%s: a link out is not marked: %s", path, a)
			}
		}
	}
}

// TestScenario_SOT13: the own-risk text shows, without the part that nobody can disclaim.
func TestScenario_SOT13(t *testing.T) {
	w := under(t, "potters-green")
	_, public, _ := w.office(t)
	_, page := visit(t, public).get("/terms")
	for _, want := range []string{"At your own risk", "Loss or damage from attacks", "Computer Misuse Act 1990", "may no longer use the site", "read before you give it anything"} {
		if !strings.Contains(page, want) {
			t.Errorf("the page does not say %q", want)
		}
	}
	if strings.Contains(page, "Loss of data from using the website") {
		t.Error("it disclaims the protection of personal data")
	}
}
