package app

import (
	"database/sql"
	"errors"
	"net/http"
	"net/url"
	"os"
	"path/filepath"
	"slices"
	"strconv"
	"strings"
	"testing"
	"time"

	"tenet/internal/cases"
	"tenet/internal/desk"
	"tenet/internal/law"
	"tenet/internal/rule"
)

// mapped is the workspace of a landlord with one database of its own, mapped as given.
func mapped(t *testing.T, pack, tables string, statements ...string) workspace {
	t.Helper()
	ctx, at := t.Context(), t.TempDir()
	if err := desk.Init(ctx, filepath.Join(at, "office"), pack, os.Getenv); err != nil {
		t.Fatal(err)
	}
	d, err := desk.Open(ctx, filepath.Join(at, "office"), os.Getenv)
	if err != nil {
		t.Fatal(err)
	}
	t.Cleanup(func() { d.Close() })
	d.Now = func() time.Time { return now }
	file := filepath.Join(at, "own.db")
	db, err := sql.Open("sqlite", "file:"+file)
	if err != nil {
		t.Fatal(err)
	}
	defer db.Close()
	for _, s := range statements {
		if _, err := db.Exec(s); err != nil {
			t.Fatal(err)
		}
	}
	if err := os.WriteFile(filepath.Join(d.Dir, "maps", "own.yaml"), []byte("source: own\ntables:\n"+tables), 0o600); err != nil {
		t.Fatal(err)
	}
	if err := d.AddSource(desk.System{Name: "own", URL: "sqlite:" + file}); err != nil {
		t.Fatal(err)
	}
	if _, err := d.Index(ctx, false, nil); err != nil {
		t.Fatal(err)
	}
	return workspace{Desk: d}
}

// given is everything that goes out to whoever asks by name and birthday, once a person
// has released what the notice wants a person to look at.
func (w workspace) given(t *testing.T, name, born string) string {
	t.Helper()
	ctx := t.Context()
	a, err := w.Access(ctx, desk.AccessRequest{Query: desk.Query{Name: name, DOB: born}, Received: w.Today(), Channel: "mail", By: "staff-1"}, nil)
	if err != nil {
		t.Fatal(err)
	}
	list := a.List
	var waiting []string
	for _, x := range list {
		if x.Waits != "" {
			waiting = append(waiting, x.Item)
		}
	}
	if len(waiting) > 0 {
		k, err := w.Decide(ctx, a.Case, cases.On{Case: a.Case.ID, By: "staff-1"}, waiting, true, "", "It is about them.")
		if err == nil {
			_, err = w.Redraft(ctx, k, cases.On{By: "staff-1"})
		}
		if err == nil {
			k, err = w.Cases.Get(ctx, k.ID)
		}
		if err == nil {
			_, list, err = w.Dispositions(ctx, k)
		}
		if err != nil {
			t.Fatal(err)
		}
	}
	var out []string
	for _, x := range list {
		for _, f := range x.Fields {
			if x.Out && f.Out {
				out = append(out, f.Clean)
			}
		}
	}
	return strings.Join(out, "\n")
}

// identified records that it is known who asks.
func (w workspace) identified(t *testing.T, k cases.Case) cases.Case {
	t.Helper()
	k, err := w.Cases.Identify(t.Context(), cases.On{Case: k.ID, By: "staff-1"}, cases.Proof{How: "Called back on the number we hold", Arrived: w.Today()})
	if err != nil {
		t.Fatal(err)
	}
	return k
}

// searchedBy ends the searches of a case by hand.
func (w workspace) searchedBy(t *testing.T, k cases.Case, how cases.Outcome) cases.Case {
	t.Helper()
	for _, n := range w.openTasks(t, k) {
		task, err := strconv.ParseInt(n, 10, 64)
		if err == nil {
			_, err = w.Cases.Finish(t.Context(), cases.On{Case: k.ID, By: "staff-1"}, task, how, "Looked.")
		}
		if err != nil {
			t.Fatal(err)
		}
	}
	k, err := w.Cases.Get(t.Context(), k.ID)
	if err != nil {
		t.Fatal(err)
	}
	return k
}

// says is an answer of an outcome that says what it has to.
func says(k law.Kind, o law.Outcome, more ...desk.Part) desk.Reply {
	r := desk.Reply{Outcome: o, Parts: more}
	for _, c := range law.Contents(k, o) {
		if !slices.ContainsFunc(more, func(p desk.Part) bool { return p.ID == c.ID }) {
			r.Parts = append(r.Parts, desk.Part{ID: c.ID, Words: "Of " + c.ID + " we say this."})
		}
	}
	return r
}

// TestScenario_MBM11: a wrong date of birth was given to the landlord last month. It is
// corrected: what was held, where it came from and since when stay on record; the
// landlord is on the list of those to be told, is reminded, and its confirmation is filed.
func TestScenario_MBM11(t *testing.T) {
	w := workspace{Desk: agent(t)}
	ctx := t.Context()
	orla := desk.Query{Name: "Orla Finch", DOB: "1971-05-06", Email: "orla@example.org"}
	w.Desk.Now = func() time.Time { return now.AddDate(0, -1, 0) }
	_, _, err := w.RecordDisclosure(ctx, desk.Disclosing{Ask: rule.Ask{To: "landlords", People: "tenants", Fields: []rule.Field{{Name: "date-of-birth", Category: "identity"}}},
		Person: orla, Name: "Lantern Row Housing Co-operative Limited", Way: "secure file", By: "staff-1"})
	if err != nil {
		t.Fatal(err)
	}
	w.Desk.Now = func() time.Time { return now }
	v := w.clerkOf(t, "rosalind", "Rosalind Achebe")
	k := w.opens(t, "rectification", "", "My date of birth is wrong", byWay("mail"), func(n *desk.NewCase) { n.Query = orla })
	k = w.searchedBy(t, w.identified(t, k), cases.Found)
	page := v.does(k.Number, "correct", "fact", "date of birth", "was", "6 May 1971", "from", "the application form of 3 March 2020", "is", "5 June 1971", "shown", "the birth certificate, seen on 23 November 2026")
	must(t, page, "It is on record what was put right", "It was: 6 May 1971; from: the application form of 3 March 2020. It is: 5 June 1971")
	_, form := v.get("/cases/" + k.Number + "/do/answer?of=granted")
	must(t, form, "The log has these, who are told once this is approved:", "Lantern Row Housing Co-operative Limited")
	k, _ = w.Cases.Get(ctx, k.ID)
	if k, err = w.Reply(ctx, k, says(k.Kind, law.Granted), cases.On{By: "staff-1"}); err != nil {
		t.Fatal(err)
	}
	if k, err = w.Approve(ctx, k, "staff-2", ""); err != nil {
		t.Fatal(err)
	}
	tell := w.taskAt(t, k, "landlords")
	if tell.Sort != cases.TaskTell || !strings.Contains(tell.What, "5 June 1971") || !strings.Contains(tell.What, "23 October 2026") {
		t.Fatalf("the landlord is to be told %+v", tell)
	}
	of := "?of=" + strconv.FormatInt(tell.N, 10)
	v.does(k.Number, "chase"+of, "words", "Rang the data protection officer.")
	if k, err = w.Cases.Release(ctx, cases.On{Case: k.ID, By: "staff-2"}, cases.Sent); err != nil {
		t.Fatal(err)
	}
	_, page = v.get("/cases/" + k.Number + "/do/close")
	must(t, page, "Whoever was to be told of it was")
	if _, err := w.CloseCase(ctx, cases.On{Case: k.ID, By: "staff-1"}); !errors.Is(err, cases.ErrNeeds) {
		t.Errorf("it is closed before the landlord knows: %v", err)
	}
	if _, err := w.AddPaper(ctx, cases.On{Case: k.ID, By: "staff-1"}, "their-mail", "pdf", []byte("%PDF-1.4 confirmation"), "The landlord's confirmation of 24 November."); err != nil {
		t.Fatal(err)
	}
	v.does(k.Number, "finish"+of, "how", string(cases.Done), "words", "Their e-mail of 24 November says it is corrected; it is with the papers.")
	_, page = v.get("/cases/" + k.Number)
	must(t, page, "Who was given it, and is told", "it is with the papers")
	_, page = v.get("/cases/" + k.Number + "/do/who-told")
	if !strings.Contains(page, "told, and confirmed on Monday 23 November 2026") {
		t.Errorf("the person who asks who was told would read\n%s", textOf(page))
	}
	if k, err = w.CloseCase(ctx, cases.On{Case: k.ID, By: "staff-1"}); err != nil || k.State != cases.Closed {
		t.Errorf("%s, %v", k.State, err)
	}
}

// TestScenario_MBM9_Solicitor: consent is taken back through a solicitor. The landlord
// and its agent both have it the same day; it is acted on once authority was seen; what
// it means for the service is said, and whoever answers sees which uses the notice
// names no basis for.
func TestScenario_MBM9_Solicitor(t *testing.T) {
	w := workspace{Desk: agent(t)}
	ctx := t.Context()
	v := w.clerkOf(t, "rosalind", "Rosalind Achebe")
	k := w.opens(t, "consent-withdrawal", "", "Our client withdraws consent", byWay("write-landlord"), func(n *desk.NewCase) {
		n.Query = desk.Query{Name: "Piers Wren", Email: "piers@example.org"}
		n.Requester = cases.Requester{Name: "J. Penrose, solicitor", Email: "penrose@example.com"}
		n.Acting = &cases.Acting{Authority: law.Authority{Role: law.BySolicitor, Scopes: []law.Scope{law.ForRights}}}
	})
	task := passed(t, w.Desk, k) // by itself, at receipt
	if task.Place != "netmakers-yard" || law.DateOf(task.Due) != w.Today() {
		t.Errorf("the landlord has %+v", task)
	}
	_, page := v.get("/cases/" + k.Number + "/tasks")
	must(t, page, "netmakers-yard", "Keep a copy")
	_, form := v.get("/cases/" + k.Number + "/do/answer?of=granted")
	must(t, form, "On consent alone rests: To do what rests on your consent", "The notice has no basis for these uses of the same data")

	k, err := w.Reply(ctx, k, says(k.Kind, law.Granted), cases.On{By: "staff-1"})
	if err != nil {
		t.Fatal(err)
	}
	r, err := w.ReplyOf(ctx, k)
	if last := r.Parts[len(r.Parts)-1]; err != nil || last.ID != "more" || !strings.Contains(last.Words, "We may not be able to serve you as well") {
		t.Errorf("what it means for the service is not said: %+v, %v", r.Parts, err)
	}
	k = w.searchedBy(t, k, cases.Found)
	if _, err := w.Approve(ctx, k, "staff-2", ""); !errors.Is(err, cases.ErrNeeds) {
		t.Errorf("approved for a solicitor whose authority nobody saw: %v", err)
	}
	acting := &cases.Acting{Authority: law.Authority{Role: law.BySolicitor, Seen: true, Scopes: []law.Scope{law.ForRights}}, Evidence: "A signed form of authority of 20 November."}
	if k, err = w.Cases.Represent(ctx, cases.On{Case: k.ID, By: "staff-1"}, acting); err != nil {
		t.Fatal(err)
	}
	if k, err = w.Approve(ctx, k, "staff-2", ""); err != nil || k.State != cases.Approved {
		t.Errorf("with authority it is %s, %v", k.State, err)
	}
}

// TestScenario_MHS3_Contested: an outcome that a computer made can be contested; a
// person who can change it looks again, and what they found is on record before any
// answer goes.
func TestScenario_MHS3_Contested(t *testing.T) {
	c := openCounter(t, "northmoor", nil)
	ctx := t.Context()
	k := c.opens(t, "automated-decision", "", "A computer decided that I cannot have the flat", byWay("mail"))
	look := c.taskAt(t, k, "human-review")
	if look.Owner != "officer" || !strings.Contains(look.What, "able to change it") {
		t.Fatalf("nobody is to look again: %+v", look)
	}
	k, err := c.Reply(ctx, c.identified(t, k), says(k.Kind, law.Granted), cases.On{By: "staff-1"})
	if err != nil {
		t.Fatal(err)
	}
	if _, err := c.Approve(ctx, k, "staff-2", ""); err == nil || !strings.Contains(err.Error(), "looked again") {
		t.Errorf("answered and nobody looked: %v", err)
	}
	c.visitor.does(k.Number, "finish?of="+strconv.FormatInt(look.N, 10), "how", string(cases.Done), "words", "I weighed the debt anew: it was paid in May. The offer stands. R. Achebe, lettings manager.")
	k, _ = c.Cases.Get(ctx, k.ID)
	if k, err = c.Approve(ctx, k, "staff-2", ""); err != nil || k.State != cases.Approved {
		t.Errorf("it is %s, %v", k.State, err)
	}
	on := false
	for _, e := range c.records(t) {
		on = on || e.Act == cases.Finishes.Entry() && strings.Contains(string(e.Payload), "human-review")
	}
	if !on {
		t.Error("that a person looked is on no record")
	}
}

// TestScenario_SOT4_Partner: a tenant named a partner and two children. The partner, who
// asks later, gets their own data and nothing of the tenant's or the children's.
func TestScenario_SOT4_Partner(t *testing.T) {
	w := mapped(t, "potters-green", `  person: {people: customers, key: id, category: identity, identifiers: {name: name, dob: dob, email: email}}
  tenancy: {key: id, category: tenancy, owned-by: {table: person, on: {person: id}}}
  household: {people: household, key: id, category: household, identifiers: {name: name, dob: dob, phone: phone}}
`, `CREATE TABLE person (id INTEGER PRIMARY KEY, name TEXT, dob TEXT, email TEXT)`,
		`CREATE TABLE tenancy (id INTEGER PRIMARY KEY, person INTEGER, rent TEXT, arrears TEXT)`,
		`CREATE TABLE household (id INTEGER PRIMARY KEY, tenancy INTEGER, name TEXT, dob TEXT, relation TEXT, phone TEXT)`,
		`INSERT INTO person VALUES (1, 'Maud Tellwright', '1970-03-04', 'maud@example.org')`,
		`INSERT INTO tenancy VALUES (1, 1, '101.55', '612.80')`,
		`INSERT INTO household VALUES (1, 1, 'Edwin Clayhanger', '1969-08-09', 'partner', '07700 900411'), (2, 1, 'Hilda Clayhanger', '2015-01-02', 'child', ''), (3, 1, 'Ada Clayhanger', '2017-05-06', 'child', '')`)
	got := w.given(t, "Edwin Clayhanger", "1969-08-09")
	if !strings.Contains(got, "07700 900411") || !strings.Contains(got, "partner") {
		t.Errorf("the partner does not get their own: %q", got)
	}
	for _, never := range []string{"Maud", "maud@", "101.55", "612.80", "Hilda", "Ada"} {
		if strings.Contains(got, never) {
			t.Errorf("the partner gets %q: %s", never, got)
		}
	}
}

// TestScenario_MET5_Forum: a member of the forum who asks for their data gets their posts
// and the history of the addresses they wrote from, and nobody else's.
func TestScenario_MET5_Forum(t *testing.T) {
	w := mapped(t, "wrenfield", `  account: {people: customers, key: id, category: online-account, identifiers: {name: name, dob: dob, email: email}}
  post: {key: id, category: online-account, owned-by: {table: account, on: {account: id}}, columns: {body: {free-text: true}}}
  visit: {key: id, category: online-account, owned-by: {table: account, on: {account: id}}, columns: {ip: {role: subject}}}
`, `CREATE TABLE account (id INTEGER PRIMARY KEY, handle TEXT, name TEXT, dob TEXT, email TEXT)`,
		`CREATE TABLE post (id INTEGER PRIMARY KEY, account INTEGER, at TEXT, body TEXT)`,
		`CREATE TABLE visit (id INTEGER PRIMARY KEY, account INTEGER, at TEXT, ip TEXT)`,
		`INSERT INTO account VALUES (1, 'loom', 'Nesta Farrow', '1991-02-03', 'nesta@example.org'), (2, 'bargains', 'Gil Pratt', '1980-10-11', 'gil@example.org')`,
		`INSERT INTO post VALUES (1, 1, '2026-05-01', 'Is the hall open on Sundays'), (2, 2, '2026-05-02', 'Cheap watches here')`,
		`INSERT INTO visit VALUES (1, 1, '2026-05-01', '192.0.2.10'), (2, 1, '2026-06-01', '192.0.2.77'), (3, 2, '2026-05-02', '198.51.100.5')`)
	got := w.given(t, "Nesta Farrow", "1991-02-03")
	for _, want := range []string{"Is the hall open on Sundays", "192.0.2.10", "192.0.2.77"} {
		if !strings.Contains(got, want) {
			t.Errorf("the member does not get %q: %s", want, got)
		}
	}
	for _, never := range []string{"Gil", "watches", "198.51.100.5"} {
		if strings.Contains(got, never) {
			t.Errorf("the member gets %q", never)
		}
	}
}

// TestScenario_MET2_Identity: a customer complains of the advice on a call. The handler
// knows who it is before anything is said of them; the recording is held from the
// moment it is asked for.
func TestScenario_MET2_Identity(t *testing.T) {
	w := like(t, "wrenfield")
	v := w.clerkOf(t, "farida", "Farida Choudhury")
	star := w.world.Star()
	at, page := v.rings(star, "told", "yes")
	if strings.Contains(page, "Rent and the tenancy") {
		t.Error("the tenancy may be talked about before the questions")
	}
	_, page = v.post(at, truth(star, page)...)
	must(t, page, "What you may talk about")
	k := w.opens(t, "calls", "", "Listen to my call of 9 December: the advice was wrong", byWay("service-centre"))
	all, err := w.Cases.Tasks(t.Context(), k.ID)
	if err != nil || !slices.ContainsFunc(all, func(x cases.Task) bool { return x.Sort == cases.TaskHold && x.Outcome == "" }) {
		t.Errorf("the recording is not held: %+v, %v", all, err)
	}
}

// TestScenario_MHS7_Identity: somebody pays on a recorded call: their account is talked of
// only once they have shown who they are, what happened is filed, and no card number is.
func TestScenario_MHS7_Identity(t *testing.T) {
	w := like(t, "northmoor")
	v := w.clerkOf(t, "farida", "Farida Choudhury")
	star := w.world.Star()
	at, page := v.rings(star, "told", "yes")
	if strings.Contains(page, "Rent and the tenancy") {
		t.Error("the account may be talked about before they have shown who they are")
	}
	_, page = v.post(at, truth(star, page)...)
	must(t, page, "What you may talk about", "Rent and the tenancy")
	if res, page := v.post(at+"/note", "once", "n", "channel", "phone", "happened", "Paid £50 with 4111 1111 1111 1111"); res.StatusCode != http.StatusUnprocessableEntity || !strings.Contains(page, "number of a payment card") {
		t.Errorf("a card's number is written down: %d", res.StatusCode)
	}
	_, page = v.post(at+"/note", "once", "n", "channel", "phone", "happened", "Paid £50 by card; the recording was paused.")
	must(t, page, "the recording was paused")
}

// TestScenario_MHS12_ToldAndChased: a leaver who owes asks for deletion: it is refused for
// what recovers the debt, by name and with the routes; paid, she asks again, and
// everybody who was given it is asked to delete it too, and chased.
func TestScenario_MHS12_ToldAndChased(t *testing.T) {
	c := openCounter(t, "northmoor", func(cfg *desk.Config) {
		cfg.Stores = []desk.Place{{Name: "paper", How: "Look in the file of the tenancy on paper.", Owner: "officer"}}
	})
	ctx := t.Context()
	who := desk.Query{Name: "Ada Larkin", DOB: "1966-07-08"}
	_, _, err := c.RecordDisclosure(ctx, desk.Disclosing{Ask: rule.Ask{To: "contractors", People: "tenants", Fields: []rule.Field{{Name: "name"}, {Name: "address"}},
		Facts: rule.Facts{"repair": {"open"}, "contractor": {"signed"}, "agreement": {"live"}, "undertaking": {"signed"}}}, Person: who, Name: "Weir Lane Plumbing", By: "staff-1"})
	if err != nil {
		t.Fatal(err)
	}
	asks := func(once string) cases.Case {
		k := c.opens(t, "erasure", "", "Delete everything", byWay("mail"), func(n *desk.NewCase) { n.Query, n.Once = who, once })
		if h := k.Hold(); h != law.HoldRecords {
			t.Errorf("while it is asked %q is held", h)
		}
		if x := c.taskAt(t, k, "paper"); x.Sort != cases.TaskSearch {
			t.Errorf("paper: %+v", x)
		}
		return c.searchedBy(t, c.identified(t, k), cases.Found)
	}
	k := asks("first")
	r := says(k.Kind, law.Denied, desk.Part{ID: "reasons", Words: "We need your name, address and the account to recover £400 of arrears, and nothing else is kept."})
	r.Grounds = []string{law.GroundUnavailable}
	if k, err = c.Reply(ctx, k, r, cases.On{By: "staff-1"}); err == nil {
		k, err = c.Approve(ctx, k, "staff-2", "")
	}
	if err != nil || k.State != cases.Refused || len(k.Ending.Routes) == 0 || !strings.Contains(k.Ending.Reason, "arrears") {
		t.Fatalf("while she owes it is %s, %v", k.State, err)
	}

	k = asks("paid")
	if k, err = c.Reply(ctx, k, says(k.Kind, law.Granted), cases.On{By: "staff-1"}); err == nil {
		k, err = c.Approve(ctx, k, "staff-2", "")
	}
	if err != nil {
		t.Fatal(err)
	}
	tell := c.taskAt(t, k, "contractors")
	if !strings.Contains(tell.What, "Ask them to delete it too") || !strings.Contains(tell.What, "The notice promises") {
		t.Errorf("the contractor is asked %q", tell.What)
	}
	of := "?of=" + strconv.FormatInt(tell.N, 10)
	c.visitor.does(k.Number, "chase"+of, "words", "Wrote again.")
	if tell = c.taskAt(t, k, "contractors"); tell.Chased != 1 {
		t.Errorf("they were reminded %d times", tell.Chased)
	}
	c.visitor.does(k.Number, "finish"+of, "how", string(cases.Unable), "words", "The firm was wound up in June and has no successor.")
	words, err := c.ToldWords(ctx, k)
	if err != nil || !strings.Contains(words, "Weir Lane Plumbing") || !strings.Contains(words, "could not tell them") {
		t.Errorf("she reads %q, %v", words, err)
	}
}

// TestScenario_MBM6_NoAccount: nobody has an account here. A cookie leads only to what is
// being filled in, ends with the browser, and is on the list that anyone reads; nothing
// is kept of who looked, and a page that is only read sets none.
func TestScenario_MBM6_NoAccount(t *testing.T) {
	w := mapped(t, "harbourside", "  person: {people: customers, key: id, category: identity, identifiers: {name: name}}\n", `CREATE TABLE person (id INTEGER PRIMARY KEY, name TEXT)`)
	_, at, _ := w.office(t)
	v := visit(t, at)
	for _, path := range []string{"/sign-in", "/account", "/register", "/survey"} {
		if res, _ := v.get(path); res.StatusCode != http.StatusNotFound {
			t.Errorf("%s is a %d", path, res.StatusCode)
		}
	}
	_, list := v.get("/cookies")
	var set []*http.Cookie
	for _, path := range []string{"/", "/notice", "/cookies"} {
		if res, _ := v.get(path); len(res.Cookies()) > 0 {
			t.Errorf("reading %s sets %v", path, res.Cookies())
		}
	}
	before := len(w.records(t))
	bare := &http.Client{CheckRedirect: func(*http.Request, []*http.Request) error { return http.ErrUseLastResponse }}
	begun, err := bare.PostForm(at+"/request/what", url.Values{"what": {"access"}})
	if err != nil {
		t.Fatal(err)
	}
	chosen, err := bare.Get(at + "/?lang=cy")
	if err != nil {
		t.Fatal(err)
	}
	for _, res := range []*http.Response{begun, chosen} {
		res.Body.Close()
		if len(res.Cookies()) != 1 {
			t.Errorf("%s sets %v", res.Request.URL.Path, res.Cookies())
		}
		set = append(set, res.Cookies()...)
	}
	for _, c := range set {
		if !strings.Contains(list, strings.TrimPrefix(c.Name, "__Host-")) {
			t.Errorf("the cookie %s is not on the list", c.Name)
		}
		if c.Name != "tenet-language" && (c.MaxAge != 0 || !c.Expires.IsZero()) {
			t.Errorf("the cookie %s outlives the browser: %v", c.Name, c)
		}
		if !c.HttpOnly || c.SameSite == http.SameSiteNoneMode {
			t.Errorf("the cookie %s is loose: %v", c.Name, c)
		}
	}
	if got := len(w.records(t)); got != before {
		t.Errorf("looking around wrote %d acts", got-before)
	}
}
