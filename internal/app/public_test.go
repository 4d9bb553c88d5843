package app

import (
	"context"
	"fmt"
	"log/slog"
	"net/http"
	"net/http/httptest"
	"regexp"
	"slices"
	"strings"
	"testing"
	"time"

	"github.com/google/go-cmp/cmp"

	"tenet/internal/cases"
	"tenet/internal/job"
	"tenet/internal/portal"
	"tenet/internal/testbrowser"
)

// office serves the two faces of a workspace without what runs in the background,
// so that a test says when that is done.
// bureau is what the faces share.
func (w workspace) bureau(t testing.TB) *office {
	t.Helper()
	o, err := newOffice(w.Desk, slog.New(slog.DiscardHandler))
	if err != nil {
		t.Fatal(err)
	}
	return o
}

// work has the clerk look through the cases, and do what there is to do.
func (o *office) work(t testing.TB) {
	t.Helper()
	if err := o.lookOver(t.Context()); err != nil {
		t.Fatal(err)
	}
	ctx, stop := context.WithCancel(t.Context())
	ended := make(chan error, 1)
	go func() { ended <- o.queue.Run(ctx, workers) }()
	tick := time.NewTicker(5 * time.Millisecond)
	defer tick.Stop()
	for {
		all, err := o.queue.List(ctx, "", "", "", 1000)
		if err != nil {
			t.Fatal(err)
		}
		if !slices.ContainsFunc(all, func(i job.Info) bool {
			return i.State == job.Running || i.State == job.Waiting && !i.Due.After(o.d.Now())
		}) {
			break
		}
		<-tick.C
	}
	stop()
	if err := <-ended; err != nil {
		t.Fatal(err)
	}
}

func (w workspace) office(t testing.TB) (o *office, portal, console string) {
	t.Helper()
	o = w.bureau(t)
	p, c, err := o.faces(t.Context())
	if err != nil {
		t.Fatal(err)
	}
	public, staff := httptest.NewServer(p), httptest.NewServer(c)
	t.Cleanup(public.Close)
	t.Cleanup(staff.Close)
	return o, public.URL, staff.URL
}

// requester is someone who asked on the portal, with what they were given.
type requester struct {
	visitor
	reference, code string
	receipt         *http.Response
	page            string
}

var (
	referenceForm = regexp.MustCompile(`AR-\d{4}-\d{4}`)
	codeForm      = regexp.MustCompile(`[0-9A-Z]{4}(-[0-9A-Z]{4}){3}`)
)

// request fills in the portal's form to its end.
func request(t testing.TB, at, name, email, born string) requester {
	t.Helper()
	r := requester{visitor: visit(t, at)}
	day, err := time.Parse(time.DateOnly, born)
	if err != nil {
		t.Fatal(err)
	}
	r.post("/request/what", "what", "access")
	r.post("/request/about")
	r.post("/request/who", "who", "self")
	r.post("/request/name", "name", name)
	r.post("/request/reach", "email", email)
	r.post("/request/safe", "safe", "yes")
	r.post("/request/help", "born-day", fmt.Sprint(day.Day()), "born-month", fmt.Sprint(int(day.Month())), "born-year", fmt.Sprint(day.Year()))
	r.receipt, r.page = r.post("/request/check")
	if r.reference, r.code = referenceForm.FindString(r.page), codeForm.FindString(r.page); r.reference == "" || r.code == "" {
		t.Fatalf("there is no reference and code on the page after sending (%d):\n%s", r.receipt.StatusCode, r.page)
	}
	return r
}

// follows opens the request with its reference and code, in another browser.
func (r requester) follows() (requester, *http.Response, string) {
	r.t.Helper()
	r.visitor = visit(r.t, r.at)
	res, page := r.post("/follow", "reference", r.reference, "code", r.code)
	return r, res, page
}

// blank is a page without what is any request's own.
func blank(page string) string {
	return codeForm.ReplaceAllString(referenceForm.ReplaceAllString(page, "REFERENCE"), "CODE")
}

// headers are those that a page came with, but for the moment and the session.
func headers(res *http.Response) http.Header {
	h := res.Header.Clone()
	h.Del("Date")
	h.Del("Set-Cookie")
	return h
}

// TestSilence: to someone unverified everything is the same whether the person is
// known or not: what they are told at once, and what they are told after the
// clerk has searched and found the one and not the other.
func TestSilence(t *testing.T) {
	w := open(t)
	o, at, _ := w.office(t)
	star := w.world.Star()
	known := request(t, at, star.Name, star.Email, star.DOB)
	unknown := request(t, at, "Zebedee Nowhere", "zebedee@example.org", "1971-02-03")
	same := func(when string, a *http.Response, pageA string, b *http.Response, pageB string) {
		t.Helper()
		if a.StatusCode != http.StatusOK || a.StatusCode != b.StatusCode {
			t.Errorf("%s: the status is %d for the known and %d for the unknown", when, a.StatusCode, b.StatusCode)
		}
		if diff := cmp.Diff(headers(a), headers(b)); diff != "" {
			t.Errorf("%s: the headers differ (-known +unknown):\n%s", when, diff)
		}
		if diff := cmp.Diff(blank(pageA), blank(pageB)); diff != "" {
			t.Errorf("%s: the pages differ (-known +unknown):\n%s", when, diff)
		}
	}
	same("the receipt", known.receipt, known.page, unknown.receipt, unknown.page)

	following := func(when string) (string, string) {
		t.Helper()
		_, a, pageA := known.follows()
		_, b, pageB := unknown.follows()
		same(when, a, pageA, b, pageB)
		return pageA, pageB
	}
	before, _ := following("before the search")

	o.work(t)
	drafted := func(reference string) cases.Case {
		t.Helper()
		k, err := w.Cases.ByNumber(t.Context(), reference)
		if err != nil {
			t.Fatal(err)
		}
		return k
	}
	if k := drafted(known.reference); k.Draft == nil || k.ChangedBy != "system" {
		t.Fatalf("the clerk drafted nothing for the known: %+v", k)
	}
	if k := drafted(unknown.reference); k.Draft != nil || !strings.Contains(o.troubleOf(t.Context(), k), "found nobody") {
		t.Fatalf("the clerk does not say that it found nobody: %q", o.troubleOf(t.Context(), k))
	}
	after, _ := following("after the search")
	if diff := cmp.Diff(blank(before), blank(after)); diff != "" {
		t.Errorf("the search shows on the page (-before +after):\n%s", diff)
	}
	if !strings.Contains(before, "23 December 2026") {
		t.Errorf("the page does not say when the answer is due:\n%s", before)
	}

	a, _, _ := known.follows()
	b, _, _ := unknown.follows()
	resA, notA := a.post("/follow/collect")
	resB, notB := b.post("/follow/collect")
	if resA.StatusCode != http.StatusConflict || resB.StatusCode != http.StatusConflict || notA != notB {
		t.Errorf("collecting too early gives %d and %d", resA.StatusCode, resB.StatusCode)
	}
}

// TestWrongCode: a wrong code, another's code and a reference that there is not
// are answered alike.
func TestWrongCode(t *testing.T) {
	w := open(t)
	_, at, _ := w.office(t)
	star := w.world.Star()
	mine := request(t, at, star.Name, star.Email, star.DOB)
	theirs := request(t, at, "Zebedee Nowhere", "zebedee@example.org", "1971-02-03")
	var first string
	for _, try := range []struct{ what, reference, code string }{
		{"a wrong code", mine.reference, "0000-0000-0000-0000"},
		{"another's code", mine.reference, theirs.code},
		{"no code at all", mine.reference, "AR"},
		{"no such reference", "AR-2026-9999", mine.code},
	} {
		v := visit(t, at)
		res, page := v.post("/follow", "reference", try.reference, "code", try.code)
		if first == "" {
			first = blank(page)
		}
		if res.StatusCode != http.StatusUnprocessableEntity || blank(page) != first {
			t.Errorf("%s gives %d and another page:\n%s", try.what, res.StatusCode, cmp.Diff(first, blank(page)))
		}
		if _, page := v.get("/follow/request"); strings.Contains(page, "How far it has come") {
			t.Errorf("%s opens the request", try.what)
		}
	}
}

// TestAskFollowCollect is a request on the portal to its end, with a member of
// staff at the console between.
func TestAskFollowCollect(t *testing.T) {
	w := open(t)
	o, at, staff := w.office(t)
	rosalind := w.hires(t, "rosalind", "Rosalind Achebe")
	star := w.world.Star()
	r := request(t, at, star.Name, star.Email, star.DOB)
	o.work(t)

	v := visit(t, staff)
	home := "/cases/" + r.reference
	v.post("/sign-in", "name", "rosalind", "password", password)
	_, page := v.get(home)
	if !strings.Contains(page, star.Name) || !strings.Contains(page, "Fill in the form on our website") || !strings.Contains(page, "14 December 2026") {
		t.Errorf("the case does not say who asked, how, or what to aim for:\n%s", page)
	}
	if res, body := v.post(home + "/download"); res.StatusCode != http.StatusConflict {
		t.Errorf("a sealed draft is downloaded: %d\n%s", res.StatusCode, body)
	}
	desk := staffDesk{o}
	ctx := t.Context()
	if err := desk.Approve(ctx, rosalind, r.reference, ""); err == nil {
		t.Error("an approval of nothing in particular is taken")
	}
	v.post(home+"/identity", "how", "Photo identity seen in person")
	if f, _, page := r.follows(); true {
		if !strings.Contains(page, "How far it has come") || strings.Contains(page, "Collect your answer") {
			t.Errorf("after identity the page is:\n%s", page)
		}
		if res, _ := f.post("/follow/collect"); res.StatusCode != http.StatusConflict {
			t.Errorf("an answer that is not approved is collected: %d", res.StatusCode)
		}
	}
	k, err := w.Cases.ByNumber(ctx, r.reference)
	if err != nil {
		t.Fatal(err)
	}
	w.rest(t, k)
	o.work(t)
	if k, err = w.Cases.ByNumber(ctx, r.reference); err != nil {
		t.Fatal(err)
	}
	if res, page := v.post(home+"/approve", "fingerprint", k.Draft.Digest); res.StatusCode != http.StatusOK || !strings.Contains(page, "approved and released") {
		t.Fatalf("approving gives %d:\n%s", res.StatusCode, page)
	}

	f, _, page := r.follows()
	if strings.Contains(page, "Something is ready for you") || strings.Contains(page, "/follow/collect") {
		t.Errorf("after approval, and before anybody hands it over, the page is:\n%s", page)
	}
	if res, _ := f.post("/follow/collect"); res.StatusCode != http.StatusConflict {
		t.Errorf("the code of the request alone collects a personal answer: %d", res.StatusCode)
	}
	words, code := linked(t, v, home, f.visitor)
	f.post("/collect/code", "code", code)
	f.post("/collect/words", "words", words)
	res, body := f.post("/collect/file")
	w.isAnswer(t, res, body)
	if res, page := f.post("/collect/file"); res.StatusCode != http.StatusGone {
		t.Errorf("a second download gives %d:\n%s", res.StatusCode, page)
	}
	_, history := v.get(home + "/history")
	if strings.Count(history, "The answer was collected.") != 1 || strings.Count(history, "The answer was downloaded by the person.") != 1 || !strings.Contains(history, "by the person, on the portal") {
		t.Errorf("the history does not say that the answer was collected:\n%s", history)
	}
	_, closed := v.get("/cases?show=closed")
	if !strings.Contains(closed, r.reference) || !strings.Contains(closed, "Answered") {
		t.Error("an answered case is not among the closed ones")
	}
}

// TestProgress is what a person is told in every state of a case.
func TestProgress(t *testing.T) {
	w := open(t)
	o, _, _ := w.office(t)
	ctx := t.Context()
	hash, err := portal.HashCode("7KQM-3XTP-9HRA-2WVD")
	if err != nil {
		t.Fatal(err)
	}
	p := publicDesk{o}
	receipt, err := p.Receive(ctx, portal.Request{Kind: "access", Name: "Zebedee Nowhere", Email: "zebedee@example.org", Received: now, Token: "t1", Code: hash})
	if err != nil {
		t.Fatal(err)
	}
	again, err := p.Receive(ctx, portal.Request{Kind: "access", Name: "Zebedee Nowhere", Email: "zebedee@example.org", Received: now, Token: "t1", Code: hash})
	if err != nil || again.Reference != receipt.Reference {
		t.Errorf("sending twice gives %s and %s, %v", receipt.Reference, again.Reference, err)
	}
	k, err := w.Cases.ByNumber(ctx, receipt.Reference)
	if err != nil {
		t.Fatal(err)
	}
	on := cases.On{Case: k.ID, By: "staff-1"}
	for _, step := range []struct {
		what   string
		do     func() error
		state  portal.State
		needs  string
		paused bool
	}{
		{"received", func() error { return nil }, portal.Received, "", false},
		{"asked who they are", func() error { _, err := w.Cases.Ask(ctx, on, cases.ForIdentity, w.Today(), "Passport?"); return err }, portal.Identity, "show us who you are", true},
		{"identified", func() error {
			_, err := w.Cases.Identify(ctx, on, cases.Proof{How: "passport", Arrived: w.Today()})
			return err
		}, portal.Working, "", false},
		{"asked what is meant", func() error {
			_, err := w.Cases.Ask(ctx, on, cases.ForClarification, w.Today(), "Which of your two flats?")
			return err
		}, portal.Working, "a question about what you want", true},
		{"withdrawn", func() error { _, err := w.Cases.Withdraw(ctx, on, "They moved."); return err }, portal.Closed, "", false},
		{"closed", func() error { _, err := w.Cases.Close(ctx, on); return err }, portal.Closed, "", false},
	} {
		if err := step.do(); err != nil {
			t.Fatalf("%s: %v", step.what, err)
		}
		got, err := p.Progress(ctx, k.Number)
		if err != nil {
			t.Fatalf("%s: %v", step.what, err)
		}
		if got.State != step.state || got.Paused != step.paused || !strings.Contains(got.Needs, step.needs) || (step.needs == "") != (got.Needs == "") {
			t.Errorf("%s: %+v", step.what, got)
		}
		if strings.Contains(got.Needs, "flats") || strings.Contains(got.Needs, "Passport") {
			t.Errorf("%s: the words of the question are shown: %s", step.what, got.Needs)
		}
	}
	if _, err := w.Cases.Forget(ctx, on); err != nil {
		t.Fatal(err)
	}
	for what, err := range map[string]error{
		"the progress of": second(p.Progress(ctx, k.Number)),
		"the code of":     second(p.Secret(ctx, k.Number)),
		"the answer of":   second(p.Collect(ctx, k.Number)),
	} {
		if err == nil || !strings.Contains(err.Error(), "not found") {
			t.Errorf("%s a forgotten case gives %v", what, err)
		}
	}
}

func second[T any](_ T, err error) error { return err }

// TestNoticeInLayers: every promise of the notice is on the page, marked as long
// as it is, and no sentence is lost.
func TestNoticeInLayers(t *testing.T) {
	w := open(t)
	n, err := (publicDesk{w.bureau(t)}).Notice(context.Background(), "en")
	if err != nil {
		t.Fatal(err)
	}
	promises := map[string]string{}
	var text strings.Builder
	take := func(s portal.Sentence) {
		text.WriteString(s.Text + " ")
		if s.Promise != "" {
			promises[s.Promise] = s.Text
		}
	}
	for _, s := range n.Short {
		take(s)
	}
	for _, s := range n.Sections {
		for _, b := range append(s.Lead, s.More...) {
			for _, x := range b.Sentences {
				take(x)
			}
		}
	}
	want := map[string]string{}
	for _, s := range w.Notice.Words.All() {
		if s.ID != "" {
			want[string(s.ID)] = s.Text
		}
		if !strings.Contains(text.String(), s.Text) {
			t.Errorf("the page lacks %q", s.Text)
		}
	}
	if diff := cmp.Diff(want, promises); diff != "" || len(want) == 0 {
		t.Errorf("the promises on the page (-notice +page):\n%s", diff)
	}
	if len(n.Short) == 0 || n.From.IsZero() || n.Version == "" {
		t.Errorf("the notice lacks its beginning: %+v", n)
	}
}

// TestPortalPagesForEveryone holds the portal's pages, with the real notice and a
// real request on them, against axe and the width of a phone.
func TestPortalPagesForEveryone(t *testing.T) {
	w := open(t)
	_, at, _ := w.office(t)
	star := w.world.Star()
	r := request(t, at, star.Name, star.Email, star.DOB)
	b := testbrowser.Start(t)
	for name, o := range map[string]testbrowser.Options{"desk": {}, "phone": testbrowser.Phone} {
		p := b.Page(t, o)
		for _, path := range []string{"/", "/notice", "/contact", "/cookies", "/request/what", "/follow"} {
			p.Goto(at + path)
			look(t, p, name+" portal "+path)
		}
		p.Fill("#reference", r.reference)
		p.Fill("#code", r.code)
		p.Click("main button")
		if got := p.Text("h1"); got != "Your request "+r.reference {
			t.Errorf("%s: following leads to %q", name, got)
		}
		look(t, p, name+" portal progress")
	}
}
