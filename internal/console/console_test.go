package console_test

import (
	"errors"
	"io"
	"net/http"
	"net/http/cookiejar"
	"net/url"
	"strings"
	"testing"

	"github.com/google/go-cmp/cmp"

	"tenet/internal/console"
)

// visitor is one person with one browser.
type visitor struct {
	t    testing.TB
	http *http.Client
	at   string
}

func (f face) visitor(t testing.TB) visitor {
	t.Helper()
	jar, err := cookiejar.New(nil)
	if err != nil {
		t.Fatal(err)
	}
	return visitor{t, &http.Client{Jar: jar}, f.URL}
}

// staff is a visitor who has signed in.
func (f face) staff(t testing.TB) visitor {
	t.Helper()
	v := f.visitor(t)
	if status, page := v.post("/sign-in", "name", "rosalind", "password", password); status != http.StatusOK || !strings.Contains(page, "Rosalind Achebe") {
		t.Fatalf("signing in gave %d:\n%s", status, page)
	}
	return v
}

// get is the status and the page at the end of any redirects.
func (v visitor) get(path string) (int, string) {
	v.t.Helper()
	return v.read(v.http.Get(v.at + path))
}

func (v visitor) post(path string, pairs ...string) (int, string) {
	v.t.Helper()
	return v.read(v.http.PostForm(v.at+path, form(pairs...)))
}

func (v visitor) read(res *http.Response, err error) (int, string) {
	v.t.Helper()
	if err != nil {
		v.t.Fatal(err)
	}
	defer res.Body.Close()
	body, err := io.ReadAll(res.Body)
	if err != nil {
		v.t.Fatal(err)
	}
	return res.StatusCode, string(body)
}

func TestNothingWithoutAnAccount(t *testing.T) {
	f := serve(t)
	v := f.visitor(t)
	for _, path := range everyPage {
		if _, page := v.get(path); !strings.Contains(page, "<h1 class=\"govuk-heading-l\">Sign in</h1>") || strings.Contains(page, "Pascoe") {
			t.Errorf("%s is shown to someone who is not signed in", path)
		}
	}
	f.desk.set(&theirIdentity, nil)
	for _, path := range []string{"/cases/" + number + "/approve", "/cases/" + number + "/identity", "/cases/" + number + "/decide", "/cases/" + number + "/download", "/ledger/verify"} {
		v.post(path, "fingerprint", f.desk.draft, "how", console.Ways()[0], "record", "r3", "decision", "release", "reason", "x")
	}
	if f.desk.released() != nil || len(f.desk.decided) > 0 {
		t.Error("someone who is not signed in changed a case")
	}
}

func TestSignIn(t *testing.T) {
	f := serve(t)
	s1, unknown := f.visitor(t).post("/sign-in", "name", "tomos", "password", password)
	s2, wrong := f.visitor(t).post("/sign-in", "name", "rosalind", "password", "not the password")
	if s1 != http.StatusUnauthorized || s1 != s2 || strings.ReplaceAll(unknown, "tomos", "rosalind") != wrong {
		t.Errorf("an unknown name and a wrong password differ: %d %d\n%s", s1, s2, cmp.Diff(unknown, wrong))
	}
	v := f.visitor(t)
	v.get("/ledger")
	if _, page := v.post("/sign-in", "name", "rosalind", "password", password); !strings.Contains(page, "<h1 class=\"govuk-heading-l\">Ledger</h1>") {
		t.Error("signing in does not lead to the page that was asked for")
	}
	if diff := cmp.Diff([]bool{false, false, true}, f.accounts.tries); diff != "" {
		t.Errorf("the tries that were told of (-want +got):\n%s", diff)
	}
	v.post("/sign-out")
	if _, page := v.get("/cases"); !strings.Contains(page, "Sign in") || strings.Contains(page, "Pascoe") {
		t.Error("signing out leaves the cases open")
	}
}

func TestFirstAccountIsExplained(t *testing.T) {
	f := serve(t)
	f.accounts.none = true
	_, page := f.visitor(t).get("/sign-in")
	if !strings.Contains(page, "tenet account add NAME") || strings.Contains(page, `type="password"`) {
		t.Errorf("the page does not say how to make the first account:\n%s", page)
	}
}

func TestSomeoneRemovedIsOutAtOnce(t *testing.T) {
	f := serve(t)
	v := f.staff(t)
	f.accounts.mu.Lock()
	f.accounts.gone = true
	f.accounts.mu.Unlock()
	if _, page := v.get("/cases"); strings.Contains(page, "Pascoe") {
		t.Error("someone whose account is gone still sees cases")
	}
}

func TestGuessingPasswordsIsSlowed(t *testing.T) {
	f := serve(t)
	v := f.visitor(t)
	for i := range 11 {
		status, _ := v.post("/sign-in", "name", "rosalind", "password", "a wrong password")
		if want := map[bool]int{true: http.StatusUnauthorized, false: http.StatusTooManyRequests}[i < 10]; status != want {
			t.Fatalf("try %d gives %d, wanted %d", i+1, status, want)
		}
	}
	if status, _ := v.post("/sign-in", "name", "rosalind", "password", password); status != http.StatusTooManyRequests {
		t.Errorf("the right password right after too many wrong ones gives %d", status)
	}
}

// TestCookie: a new one after signing in, that no script reads and no other site sends.
func TestCookie(t *testing.T) {
	f := serve(t)
	v := f.visitor(t)
	home, err := url.Parse(f.URL)
	if err != nil {
		t.Fatal(err)
	}
	v.get("/ledger")
	before := v.http.Jar.Cookies(home)[0].Value
	v.http.CheckRedirect = func(*http.Request, []*http.Request) error { return http.ErrUseLastResponse }
	res, err := v.http.PostForm(f.URL+"/sign-in", form("name", "rosalind", "password", password))
	if err != nil {
		t.Fatal(err)
	}
	res.Body.Close()
	c := res.Cookies()[0]
	if c.Value == before || !c.HttpOnly || c.SameSite != http.SameSiteLaxMode || c.Path != "/" || !c.Expires.IsZero() {
		t.Errorf("the cookie is %v, and was %q before", c, before)
	}
}

func TestApprovalTakesIdentityAndTheDraftThatWasSeen(t *testing.T) {
	f := serve(t)
	v := f.staff(t)
	approve := "/cases/" + number + "/approve"
	if status, page := v.get(approve); status != http.StatusConflict || !strings.Contains(page, "Record identity") {
		t.Errorf("approving without identity gives %d", status)
	}
	if status, _ := v.post(approve, "fingerprint", f.desk.draft); status != http.StatusConflict || f.desk.released() != nil {
		t.Fatalf("a draft was released without identity: %d", status)
	}
	v.post("/cases/"+number+"/identity", "how", console.Ways()[0], "note", "Called back.")
	if status, page := v.post(approve, "fingerprint", "sha256:anotherdraft"); status != http.StatusConflict || f.desk.released() != nil || !strings.Contains(page, "made again") {
		t.Fatalf("a draft nobody looked at was released: %d", status)
	}
	if status, page := v.post(approve, "fingerprint", f.desk.draft); status != http.StatusOK || !strings.Contains(page, "approved and released") {
		t.Fatalf("approving gives %d", status)
	}
	if status, _ := v.post(approve, "fingerprint", f.desk.draft); status != http.StatusConflict {
		t.Errorf("approving twice gives %d", status)
	}
	if status, body := v.post("/cases/" + number + "/download"); status != http.StatusOK || body != "PK…" {
		t.Errorf("the download is %d %q", status, body)
	}
}

func TestDownloadOfASealedDraftIsRefused(t *testing.T) {
	status, page := serve(t).staff(t).post("/cases/" + number + "/download")
	if status != http.StatusConflict || !strings.Contains(page, "The draft is sealed.") || !strings.Contains(page, "Approve it first.") {
		t.Errorf("got %d:\n%s", status, page)
	}
}

func TestDecisions(t *testing.T) {
	f := serve(t)
	v := f.staff(t)
	decide := "/cases/" + number + "/decide"
	for name, pairs := range map[string][]string{
		"no choice": {"record", "r3", "reason", "Because."},
		"no reason": {"record", "r3", "decision", "release"},
		"too long":  {"record", "r3", "decision", "release", "reason", strings.Repeat("x", 1001)},
	} {
		if status, page := v.post(decide, pairs...); status != http.StatusUnprocessableEntity || !strings.Contains(page, "There is a problem") {
			t.Errorf("%s gives %d", name, status)
		}
	}
	if len(f.desk.decided) > 0 {
		t.Fatal("a decision without a choice or a reason was taken")
	}
	_, page := v.post(decide, "record", "r3", "decision", "release", "reason", " He agreed. ", "back", "whose=mention")
	want := console.Decision{Record: "r3", Release: true, Reason: "He agreed.", By: "Rosalind Achebe", On: now}
	if diff := cmp.Diff(want, f.desk.decided["r3"]); diff != "" {
		t.Errorf("the decision (-want +got):\n%s", diff)
	}
	if f.desk.asked.Whose != "mention" || !strings.Contains(page, "The record goes out with the answer.") {
		t.Errorf("after deciding, the choice of records is lost: %+v", f.desk.asked)
	}
}

func TestFoundIsChosenByQuery(t *testing.T) {
	f := serve(t)
	v := f.staff(t)
	_, page := v.get("/cases/" + number + "/found?whose=shared&source=housing&table=rent_entry&review=yes&page=3")
	want := console.FoundQuery{Whose: "shared", Source: "housing", Table: "rent_entry", Review: true, Page: 3}
	if diff := cmp.Diff(want, f.desk.asked); diff != "" {
		t.Errorf("the desk was asked (-want +got):\n%s", diff)
	}
	for _, want := range []string{"page=2", "page=4", "Page 3 of 10", "This person&#39;s own (24)", "joint holder", "Withheld: another person&#39;s name and address"} {
		if !strings.Contains(page, want) {
			t.Errorf("the page has no %q", want)
		}
	}
	v.get("/cases/" + number + "/found?page=-4")
	if f.desk.asked.Page != 1 {
		t.Errorf("page -4 is page %d", f.desk.asked.Page)
	}
}

func TestIdentityNeedsAWay(t *testing.T) {
	f := serve(t)
	v := f.staff(t)
	ways := console.Ways()
	for name, pairs := range map[string][]string{
		"none":                     {},
		"one that is not there":    {"how", "They sounded right"},
		"another, without a word":  {"how", ways[len(ways)-1]},
		"a note that is very long": {"how", ways[0], "note", strings.Repeat("x", 1001)},
	} {
		if status, _ := v.post("/cases/"+number+"/identity", pairs...); status != http.StatusUnprocessableEntity {
			t.Errorf("%s gives %d", name, status)
		}
	}
	if f.desk.identity != nil {
		t.Error("identity was recorded without a way")
	}
}

func TestCasePageSaysWhy(t *testing.T) {
	_, page := serve(t).staff(t).get("/cases/" + number)
	for _, want := range []string{
		"30 November 2026", "5 days left", "rolled to the next working day", "That is a Sunday",
		"We answer a request for your information within one month.", "version of 3 November 2026",
		"They are pictures", "nothing is followed down from it", "This date governs",
	} {
		if !strings.Contains(page, want) {
			t.Errorf("the page has no %q", want)
		}
	}
}

func TestLedgerSaysWhatIsWrong(t *testing.T) {
	f := serve(t)
	v := f.staff(t)
	if _, page := v.post("/ledger/verify"); !strings.Contains(page, "The ledger is whole") {
		t.Error("a whole ledger is not called so")
	}
	f.desk.tampered = true
	if _, page := v.post("/ledger/verify"); !strings.Contains(page, "The ledger has been changed") || !strings.Contains(page, "Entry 212") {
		t.Error("a changed ledger is not called so")
	}
}

func TestErrorsArePages(t *testing.T) {
	f := serve(t)
	v := f.staff(t)
	if status, page := v.get("/cases/AVH-1999-0001"); status != http.StatusNotFound || !strings.Contains(page, "Page not found") {
		t.Errorf("a case that is not there gives %d", status)
	}
	f.desk.fail = errors.New("dial tcp 192.0.2.7:5432: secret detail")
	if status, page := v.get("/cases"); status != http.StatusInternalServerError || strings.Contains(page, "secret detail") {
		t.Errorf("a fault gives %d:\n%s", status, page)
	}
}

func TestConfigIsChecked(t *testing.T) {
	if _, err := console.New(console.Config{}); err == nil {
		t.Error("a console of nothing is made")
	}
}
