package app

import (
	"encoding/json"
	"encoding/xml"
	"net/http"
	"strings"
	"testing"
	"time"

	"tenet/internal/desk"
)

// TestNoticeVersionsInPublic: of a version whose day has not come the pages say that it will
// be in force, and the feed never that it was told of tomorrow; what changes names whom it
// goes to and what is counted; and what was withdrawn is gone, unless people had seen it.
func TestNoticeVersionsInPublic(t *testing.T) {
	d, at := noticeSite(t, "")
	d.Now = func() time.Time { return now }
	v := visit(t, at)
	has := func(path string, wants ...string) {
		t.Helper()
		answer, page := v.get(path)
		if answer.StatusCode != http.StatusOK {
			t.Fatalf("%s is %s", path, answer.Status)
		}
		for _, want := range wants {
			if !strings.Contains(page, want) {
				t.Errorf("%s does not say %q:\n%s", path, want, page)
			}
		}
	}
	hasNot := func(path, not string) {
		t.Helper()
		if _, page := v.get(path); strings.Contains(page, not) {
			t.Errorf("%s says %q", path, not)
		}
	}
	has("/notice/changes", "has had one version")
	has("/notice/changes.json", `"from": null`, `"sentences": []`)

	dir := next(t, d, "2027-04-01", "rights.yaml", "clock: {count: 10, unit: working-days, promise: correct-in-ten-days}", "clock: {count: 15, unit: working-days, promise: correct-in-ten-days}")
	police := "    if: request.written && request.reason-given\n"
	replace(t, dir, "sharing.yaml", police, "    if: request.written\n")
	a, err := d.Adopt(t.Context(), "ada", dir, desk.Significance{Decided: true, Significant: true, Why: "People wait longer.", Despite: known(t, d, dir)})
	if err != nil {
		t.Fatal(err)
	}
	has("/notice/versions", "In force from <time", "still to come", "1 April 2027")
	hasNot("/notice/versions", "In force since <time datetime=\"2027")
	has("/notice/changes", "The police: What they say in writing they need", "10 working days before and 15 working days now")
	has("/notice/changes.json", `"effective": "2027-04-01"`)

	var feed struct {
		Updated time.Time `xml:"updated"`
		Entries []struct {
			Title   string    `xml:"title"`
			Updated time.Time `xml:"updated"`
		} `xml:"entry"`
	}
	_, body := v.get("/notice/feed.atom")
	if err := xml.Unmarshal([]byte(body), &feed); err != nil {
		t.Fatal(err)
	}
	for _, e := range feed.Entries {
		if e.Updated.After(now) && e.Updated.After(time.Now()) || feed.Updated.Before(e.Updated) {
			t.Errorf("%s is of %s, the feed of %s, and it is %s", e.Title, e.Updated, feed.Updated, now)
		}
	}
	if len(feed.Entries) != 2 || !strings.HasPrefix(feed.Entries[0].Title, "In force from") || !strings.HasPrefix(feed.Entries[1].Title, "In force since") {
		t.Errorf("the feed has %+v", feed.Entries)
	}

	if _, err := d.Withdraw(t.Context(), "ada", a.Version.Hash, "The board did not agree."); err != nil {
		t.Fatal(err)
	}
	hasNot("/notice/versions", a.Version.Hash[:12])
	if answer, _ := v.get("/notice/versions/" + a.Version.Hash + "/text"); answer.StatusCode != http.StatusNotFound {
		t.Errorf("what nobody was shown is %s", answer.Status)
	}
	// Adopted again, put up, and then withdrawn: whoever saw it finds what became of it.
	if _, err := d.Adopt(t.Context(), "ada", dir, desk.Significance{Decided: true, Significant: true, Why: "People wait longer.", Despite: known(t, d, dir)}); err != nil {
		t.Fatal(err)
	}
	if err := d.ConfirmDisplay(t.Context(), "ada", a.Version.Hash, string(d.Notice.Landlord.Displays[0].ID), "seen"); err != nil {
		t.Fatal(err)
	}
	if _, err := d.Withdraw(t.Context(), "ada", a.Version.Hash, "The board did not agree."); err != nil {
		t.Fatal(err)
	}
	has("/notice/versions", a.Version.Hash[:12], "withdrawn before it came into force")
	hasNot("/notice/versions", "The board did not agree")
	if answer, _ := v.get("/notice/versions/" + a.Version.Hash + "/text"); answer.StatusCode != http.StatusOK {
		t.Errorf("what people were shown is %s", answer.Status)
	}
	has("/notice/changes", "has had one version")
	var machines struct{ From any }
	if _, body := v.get("/notice/changes.json"); json.Unmarshal([]byte(body), &machines) != nil || machines.From != nil {
		t.Errorf("for machines: %s", body)
	}
}
