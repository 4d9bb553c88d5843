package app

import (
	"encoding/json"
	"encoding/xml"
	"log/slog"
	"net/http"
	"os"
	"path/filepath"
	"slices"
	"strings"
	"testing"
	"time"

	"tenet/internal/console"
	"tenet/internal/desk"
	"tenet/internal/letter"
	"tenet/internal/notice"
	"tenet/internal/store"
)

// packOf is the notice of a pack, as published.
func packOf(t *testing.T, name string) *notice.Notice {
	t.Helper()
	from, err := notice.Pack(name)
	if err != nil {
		t.Fatal(err)
	}
	n, err := notice.Load(from)
	if err != nil {
		t.Fatal(err)
	}
	return n
}

// finds holds what the checker finds in a notice against rules that must find something.
func finds(t *testing.T, n *notice.Notice, rules ...string) map[string][]notice.Finding {
	t.Helper()
	out := map[string][]notice.Finding{}
	for _, f := range notice.Lint(n, "2026-11-23") {
		out[f.Rule] = append(out[f.Rule], f)
	}
	for _, r := range rules {
		if len(out[r]) == 0 {
			t.Errorf("%s: %s finds nothing", n.Landlord.Name, r)
		}
	}
	return out
}

// TestScenario_MET4: the checker sees that the notice says both that addresses are logged
// and that they are not collected, and the rest that is wrong with it; the pack loads all
// the same, and the stricter reading applies.
func TestScenario_MET4(t *testing.T) {
	n := packOf(t, "wrenfield")
	found := finds(t, n, "ip-claims-differ", "empty-list", "repealed-law", "promise-weaker-than-law", "fee-not-lawful", "complaint-route-missing", "use-without-basis")
	for _, f := range found["ip-claims-differ"] {
		if f.Line == 0 || f.Source == "" || f.Mend == "" {
			t.Errorf("it does not say where, why and what mends it: %+v", f)
		}
	}
	if text := found["repealed-law"][0].Why; !strings.Contains(text, "1998") {
		t.Errorf("of the repealed law it says %q", text)
	}
}

// next is a folder with the notice in force, one edit, and a day to begin on.
func next(t *testing.T, d *desk.Desk, effective, file, old, new string) string {
	t.Helper()
	dir := filepath.Join(t.TempDir(), "next")
	if err := d.NewNotice(t.Context(), dir, notice.Date(effective)); err != nil {
		t.Fatal(err)
	}
	replace(t, dir, file, old, new)
	return dir
}

// replace edits a file of a notice's folder.
func replace(t *testing.T, dir, file, old, new string) {
	t.Helper()
	path := filepath.Join(dir, file)
	text, err := os.ReadFile(path)
	if err != nil {
		t.Fatal(err)
	}
	if !strings.Contains(string(text), old) {
		t.Fatalf("%s does not hold %q", file, old)
	}
	if err := os.WriteFile(path, []byte(strings.Replace(string(text), old, new, 1)), 0o600); err != nil {
		t.Fatal(err)
	}
}

// known are the rules by which the linter finds errors in a notice: those of the examples
// are wrong on purpose.
func known(t *testing.T, d *desk.Desk, dir string) []string {
	t.Helper()
	n, err := notice.Load(os.DirFS(dir))
	if err != nil {
		t.Fatal(err)
	}
	found, err := d.LintNotice(n)
	if err != nil {
		t.Fatal(err)
	}
	var rules []string
	for _, f := range found.Errors() {
		if !slices.Contains(rules, f.Rule) {
			rules = append(rules, f.Rule)
		}
	}
	return rules
}

// TestScenario_MET11: an updated notice replaces the old one on its day; both stay to be read
// and compared by anybody, with no login.
func TestScenario_MET11(t *testing.T) {
	d, at := noticeSite(t, "wrenfield")
	d.Now = func() time.Time { return now }
	first := d.Notice.Version()
	says := d.Notice.Words.Promises()[0]
	text := says.Text
	dir := next(t, d, "2026-11-23", "notice.md", strings.TrimSuffix(text, ".")+".", "From now on we say it in another way.")
	a, err := d.Adopt(t.Context(), "ada", dir, desk.Significance{Decided: true, Significant: false, Why: "The words alone differ.", Despite: known(t, d, dir)})
	if err != nil {
		t.Fatal(err)
	}
	after, err := d.Successor(t.Context())
	if err != nil || after == nil || after.Notice.Version() != a.Version.Hash {
		t.Fatalf("the new version does not take over: %v", err)
	}
	v := visit(t, at)
	if _, page := v.get("/notice/versions"); !strings.Contains(page, first[:12]) || !strings.Contains(page, a.Version.Hash[:12]) || !strings.Contains(page, "/notice/changes?from="+first) {
		t.Error("the history does not have both, with what was changed")
	}
	res, page := v.get("/notice/changes?from=" + first + "&to=" + a.Version.Hash)
	if res.StatusCode != http.StatusOK || !strings.Contains(page, "<del>") || !strings.Contains(page, "<ins>From now on we say it in another way.</ins>") {
		t.Errorf("they are not beside each other: %s", res.Status)
	}
	for _, hash := range []string{first, a.Version.Hash} {
		if res, _ := v.get("/notice/versions/" + hash + "/print"); res.StatusCode != http.StatusOK {
			t.Errorf("version %.12s cannot be read: %s", hash, res.Status)
		}
	}
	if res, _ := v.get("/notice/changes?from=000000000000&to=" + first); res.StatusCode != http.StatusNotFound {
		t.Errorf("a version that there is not is compared: %s", res.Status)
	}
	var c struct {
		Sentences []struct{ Old, New string }
		Same      int
	}
	if _, text := v.get("/notice/changes.json?to=" + a.Version.Hash[:12] + "&from=" + first[:12]); json.Unmarshal([]byte(text), &c) != nil || len(c.Sentences) == 0 || c.Same == 0 {
		t.Errorf("for machines it is %.200s", text)
	}
	var feed struct {
		Entries []struct {
			ID string `xml:"id"`
		} `xml:"entry"`
	}
	if _, text := v.get("/notice/feed.atom"); xml.Unmarshal([]byte(text), &feed) != nil || len(feed.Entries) != 2 || feed.Entries[0].ID != "urn:tenet:notice:"+a.Version.Hash {
		t.Errorf("the feed has %+v", feed)
	}
}

// TestScenario_WHG1: a new statement is published when each place of display was confirmed by
// somebody with what was seen; the pages keep the language and the display that were chosen.
func TestScenario_WHG1(t *testing.T) {
	d, at := noticeSite(t, "stonebeck")
	d.Now = func() time.Time { return now }
	o, err := newOffice(d, slog.New(slog.DiscardHandler))
	if err != nil {
		t.Fatal(err)
	}
	s := noticeDesk{staffDesk{o}}
	by := console.Staff{ID: "ada", Name: "Ada", Role: "admin"}
	p, err := s.NoticePublication(t.Context(), d.Notice.Version())
	if err != nil {
		t.Fatal(err)
	}
	if len(p.Places) < 3 || p.Whole {
		t.Fatalf("website, offices and outlets are %+v, published %v", p.Places, p.Whole)
	}
	for i, x := range p.Places {
		if now, err := s.NoticePublication(t.Context(), p.Version); err != nil || now.Whole {
			t.Errorf("it is published after %d of %d places, %v", i, len(p.Places), err)
		}
		if err := s.ConfirmNotice(t.Context(), by, p.Version, false, x.ID, "Seen there today."); err != nil {
			t.Fatal(err)
		}
	}
	if p, err = s.NoticePublication(t.Context(), p.Version); err != nil || !p.Whole || p.Places[0].Done == nil || p.Places[0].Done.Proof != "Seen there today." {
		t.Errorf("it is not published: %+v, %v", p, err)
	}
	v := visit(t, at)
	v.get("/notice?lang=cy")
	if _, page := v.get("/notice/versions"); !strings.Contains(page, `lang="cy"`) {
		t.Error("the language that was chosen is not kept")
	}
	officer := ""
	for _, c := range d.Notice.Landlord.Contacts {
		if c.DPO {
			officer = c.Who
		}
	}
	if _, page := v.get("/contact"); officer != "" && !strings.Contains(page, strings.TrimPrefix(officer, "The ")) {
		t.Errorf("the page does not name %q from the register", officer)
	}
}

// TestScenario_MHS1_Told: a version with a new recipient is significant; every customer of each
// company that holds them gets one letter by the channel they gave, with proof; the page
// opens without login, and each company has its registration and regulators.
func TestScenario_MHS1_Told(t *testing.T) {
	d, at := noticeSite(t, "northmoor")
	d.Now = func() time.Time { return now }
	d.Config.Post, d.Config.Public = "smtp://mail.example.org", at
	var sheet strings.Builder
	sheet.WriteString("name,email,address,reference,language,company\n")
	for _, c := range d.Notice.Landlord.Controllers {
		if c.ICO == "" || len(c.Regulators) == 0 {
			t.Errorf("%s has no registration or no regulator", c.Name)
		}
		sheet.WriteString("Ann Larter,ann@example.org,,T1,cy," + string(c.ID) + "\n" + "Ann Larter,ann@example.org,,T1,cy," + string(c.ID) + "\n")
		sheet.WriteString("Bob Tull,,\"2 Example Road, Northmoor, NM1 1AA\",T2,," + string(c.ID) + "\n")
	}
	dir := next(t, d, "2027-03-01", "sharing.yaml", "recipients:\n", "recipients:\n  - {id: night-wardens, title: The firm that looks after our halls at night, kind: processor, does: They look after halls.}\n")
	if _, err := d.Adopt(t.Context(), "ada", dir, desk.Significance{}); err == nil {
		t.Fatal("a new recipient is not proposed as significant")
	}
	a, err := d.Adopt(t.Context(), "ada", dir, desk.Significance{Decided: true, Significant: true, Why: "Somebody else sees names.", Despite: known(t, d, dir)})
	if err != nil {
		t.Fatal(err)
	}
	order := desk.TellOrder{Version: a.Version.Hash, By: "ada", Sheet: []byte(sheet.String()), SheetName: "customers.csv",
		Words: map[letter.Lang]string{"en": "A firm looks after our halls at night."}, Why: map[letter.Lang]string{"en": "To keep them safe."}}
	got, err := d.TellChange(t.Context(), order)
	if err != nil {
		t.Fatal(err)
	}
	if len(got.Companies) != len(d.Notice.Landlord.Controllers) {
		t.Errorf("%d companies tell people, of %d", len(got.Companies), len(d.Notice.Landlord.Controllers))
	}
	for _, c := range got.Companies {
		if c.Email != 1 || c.Post != 1 || c.Twice != 1 {
			t.Errorf("%s: %+v", c.Name, c)
		}
	}
	told, err := d.ToldOf(t.Context(), a.Version.Hash)
	if err != nil || len(told) != len(got.Companies) || !strings.Contains(desk.TellWords(told), "on their way") {
		t.Errorf("the proof is %q, %v", desk.TellWords(told), err)
	}
	queued, err := d.Outbox(t.Context(), desk.Queued, 1)
	if err != nil || len(queued) != 1 || queued[0].Lang != letter.Welsh || !strings.Contains(queued[0].Content.Mail.Text, "A firm looks after our halls") {
		t.Errorf("the first letter is %+v, %v", queued, err)
	}
	if res, _ := visit(t, at).get("/notice"); res.StatusCode != http.StatusOK {
		t.Errorf("the page is %s", res.Status)
	}
}

// TestScenario_SOT1: the controller is the society, its address from the pack; consent by
// visiting, silence on an officer, the regulator, keeping and rights, and a body that is no
// more are found; and visits create no consent.
func TestScenario_SOT1(t *testing.T) {
	n := packOf(t, "potters-green")
	finds(t, n, "consent-by-conduct", "officer-missing", "category-without-retention", "right-missing", "renamed-body", "complaint-route-missing")
	lead := slices.IndexFunc(n.Landlord.Controllers, func(c notice.Controller) bool { return c.Lead })
	if lead < 0 || n.Landlord.Controllers[lead].Address == "" {
		t.Error("no controller leads, or it has no address")
	}
	d, at := noticeSite(t, "potters-green")
	v := visit(t, at)
	for _, path := range []string{"/", "/notice", "/contact"} {
		v.get(path)
	}
	err := d.Store.Read(t.Context(), func(tx *store.Tx) error {
		all, err := tx.Acts(t.Context(), d.Config.Landlord, "", 0, 100)
		for _, a := range all {
			if strings.HasPrefix(a.Act, "consent") {
				t.Errorf("a visit was taken for consent: %s", a.Act)
			}
		}
		return err
	})
	if err != nil {
		t.Fatal(err)
	}
}
