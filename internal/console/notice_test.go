package console_test

import (
	"context"
	"io"
	"net/http"
	"strings"
	"testing"

	"tenet/internal/console"
	"tenet/internal/testbrowser"
	"tenet/internal/web"
)

const (
	oldNotice = "aaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaa"
	newNotice = "bbbbbbbbbbbbbbbbbbbbbbbbbbbbbbbbbbbbbbbbbbbbbbbbbbbbbbbbbbbbbbbb"
)

// fakeNotices is a notice with one version to come, that keeps what was done to it.
type fakeNotices struct{ did []string }

func (f *fakeNotices) NoticeBoard(context.Context) (console.NoticeBoard, error) {
	finding := console.NoticeFinding{Rule: "use-without-basis", At: "uses.yaml:12:5", Why: "The use <b> has no basis.", Source: "UK GDPR Art 6(1)", Sure: "read", Mend: "Name one"}
	return console.NoticeBoard{Now: oldNotice, Versions: []console.NoticeEdition{{Version: newNotice, From: "Monday 1 March 2027", State: "to come", Adopted: true, Significant: true, By: "Rosalind", Reason: "People wait longer."},
		{Version: oldNotice, From: "Thursday 1 January 2026", State: "in force"},
		{Version: strings.Repeat("d", 64), From: "Monday 1 February 2027", State: "withdrawn", Adopted: true, By: "Rosalind", Despite: []string{"repealed-law"}, Withdrawn: &console.NoticeDone{At: now, By: "Bea", Proof: "The board did not agree."}}},
		Coming:   []console.NoticeComing{{Version: newNotice, Title: "the version of Monday 1 March 2027", Groups: []console.NoticeGroup{{Severity: "error", Title: "Errors", Found: []console.NoticeFinding{finding}}}}},
		Draft:    &console.NoticeEdition{Version: strings.Repeat("c", 64), From: "Thursday 1 April 2027"},
		Groups:   []console.NoticeGroup{{Severity: "error", Title: "Errors", Found: []console.NoticeFinding{finding}}},
		Waived:   []console.NoticeWaived{{NoticeFinding: finding, Owner: "Communications", Until: "Sunday 31 January 2027", Reason: "A rewrite is under way."}},
		Coverage: []console.NoticeCover{{Title: "Promises", N: 12, Says: "Words."}, {Title: "Promises without a check", N: 1, Says: "Words.", Which: []string{"kind (notice.md:3)"}}},
		Ease:     console.NoticeEase{Score: 64, Sentences: 40, Words: 400, Longest: 30, Plain: true}}, nil
}

func (f *fakeNotices) NoticeChanges(_ context.Context, before, after string) (console.NoticeChanges, error) {
	if before != oldNotice {
		return console.NoticeChanges{}, web.ErrNotFound
	}
	return console.NoticeChanges{Before: console.NoticeEdition{Version: oldNotice, From: "1 January"}, After: console.NoticeEdition{Version: newNotice, From: "1 March"}, Same: 39, Ours: after == console.DraftVersion, Proposed: true,
		People: []console.Choice{{ID: "tenants", Text: "Tenants"}}, Errors: []console.NoticeErrors{{Rule: "use-without-basis", Found: []console.NoticeFinding{{At: "uses.yaml:12:5", Why: "The use has no basis."}}}},
		Reasons:   []string{"People may get less, or later, than they were promised."},
		Sentences: []console.NoticeSentence{{ID: "correct", Old: "We put it right in ten days.", New: "We put it right in <fifteen> days."}, {New: "A new one."}, {Old: "An old one."}},
		Rules: []console.NoticeRule{{Thing: "sharing rule", ID: "crime-to-police", Title: "To the police", Kind: "narrows", Means: "Less is done with information about you.", Field: "needs", Old: "", New: "written-request", At: "sharing.yaml:9:5",
			Why: "People lose nothing by it.", Replay: []string{"12 disclosures of 30 would have been refused."}}},
		Replay: []string{"No date changes."}, Span: "from one day to another"}, nil
}

func (f *fakeNotices) AdoptNotice(_ context.Context, by console.Staff, d console.NoticeDecision) (string, error) {
	if d.Why == "No good." {
		return "", &web.Refusal{Why: "It is too soon.", Mend: "Write a later day."}
	}
	f.did = append(f.did, by.Name+" adopts: "+d.Why+" For "+strings.Join(d.People, ",")+", despite "+strings.Join(d.Despite, ","))
	return newNotice, nil
}

func (f *fakeNotices) WithdrawNotice(_ context.Context, by console.Staff, version, why string) error {
	if why == "They have it." {
		return &web.Refusal{Why: "3 letters about it are on the way.", Mend: "Wait."}
	}
	f.did = append(f.did, by.Name+" withdraws: "+why)
	return nil
}

func (f *fakeNotices) NoticePublication(_ context.Context, version string) (console.NoticePublication, error) {
	if version != newNotice {
		return console.NoticePublication{}, web.ErrNotFound
	}
	return console.NoticePublication{NoticeEdition: console.NoticeEdition{Version: newNotice, From: "Monday 1 March 2027", State: "to come", Adopted: true, Significant: true}, Before: oldNotice,
		Places: []console.NoticePlace{{ID: "site", Title: "Our website", At: "https://example.org/privacy"}, {ID: "office", Title: "The office", At: "By the door", Done: &console.NoticeDone{At: now, By: "Rosalind", Proof: "Seen by the door"}}},
		People: []console.NoticePeople{{ID: "tenants", Title: "Tenants", Why: []string{"the clock is slower"}}}, Told: []console.NoticeTold{{Name: "Alder Vale Homes", Case: "PM-2026-0001", Queued: 1, Sent: 2, Print: 3, Posted: 4, Failures: 1}},
		Printers: []console.Choice{{ID: "printers", Text: "The firm that prints"}}}, nil
}

func (f *fakeNotices) ConfirmNotice(_ context.Context, by console.Staff, version string, people bool, id, proof string) error {
	f.did = append(f.did, by.Name+" confirms "+id+": "+proof)
	return nil
}

func (f *fakeNotices) CountTelling(_ context.Context, by console.Staff, version string) error {
	f.did = append(f.did, by.Name+" counts")
	return nil
}

func (f *fakeNotices) CountedTelling(_ context.Context, version string) (console.NoticeTelling, error) {
	if version == oldNotice {
		return console.NoticeTelling{NoticeEdition: console.NoticeEdition{Version: version, From: "Monday 1 March 2027"}, Counting: true, Since: now, Read: 41_500}, nil
	}
	return console.NoticeTelling{NoticeEdition: console.NoticeEdition{Version: version, From: "Monday 1 March 2027"}, Taken: now, Old: "3 hours ago", Counts: []console.NoticeCount{{Name: "Alder Vale Homes", People: 10, Email: 6, Post: 3, Home: 2, Twice: 1, None: 1, Left: []console.Count{{Table: "they have died", Records: 1}}}},
		Kinds: []console.NoticeKind{{Title: "Tenants", Tables: "housing.tenant"}, {Title: "Visitors"}}, Gaps: []string{"repairs: it is down"}, Words: console.NoticeWords{What: "- You may wait longer.", Why: "People wait longer."}}, nil
}

func (f *fakeNotices) BeginTelling(_ context.Context, by console.Staff, version string, w console.NoticeWords) error {
	f.did = append(f.did, by.Name+" tells: "+w.What)
	return nil
}

func (f *fakeNotices) PrintTelling(_ context.Context, by console.Staff, version, to string) (web.File, error) {
	return web.File{Name: "letters.csv", Type: "text/csv", Body: io.NopCloser(strings.NewReader("for " + to))}, nil
}

func (f *fakeNotices) PostedTelling(_ context.Context, by console.Staff, version, day string) (int, error) {
	f.did = append(f.did, "posted "+day)
	return 3, nil
}

func serveNotices(t testing.TB) (face, *fakeNotices) {
	t.Helper()
	n := &fakeNotices{}
	return serveOne(t, func(c *console.Config) { c.Notices = n }), n
}

func TestNoticePages(t *testing.T) {
	f, n := serveNotices(t)
	v := f.staff(t)
	for path, wants := range map[string][]string{
		"/notice": {"The use &lt;b&gt; has no basis.", "uses.yaml:12:5", "UK GDPR Art 6(1)", "Name one", "Communications", "until Sunday 31 January 2027", "is another version", "kind (notice.md:3)", "64", "What is found in the version of Monday 1 March 2027", "Withdrawn by Bea", "The board did not agree.", "repealed-law"},
		"/notice/compare?old=" + oldNotice + "&new=" + newNotice: {"<del><span class=\"govuk-visually-hidden\">Taken out: ", "We put it right in &lt;fifteen&gt; days.", "12 disclosures of 30 would have been refused.", "likely to be significant", "39 sentences are the same"},
		"/notice/compare?old=" + oldNotice + "&new=folder":       {"Adopt this version", "whom does it concern?", "Tenants", "The linter finds errors in it", "use-without-basis"},
		"/notice/publish/" + newNotice:                           {"Withdraw this version", "Seen by the door", "Our website", "What was seen there?", "PM-2026-0001", "The firm that prints"},
		"/notice/tell/" + newNotice:                              {"Counted 3 hours ago", "2 to the home of their tenancy", "1: they have died", "housing.tenant", "repairs: it is down", "You may wait longer"},
		"/notice/tell/" + oldNotice:                              {"41,500 records so far"},
	} {
		status, page := v.get(path)
		if status != http.StatusOK {
			t.Errorf("%s is %d", path, status)
		}
		for _, want := range wants {
			if !strings.Contains(page, want) {
				t.Errorf("%s does not say %q", path, want)
			}
		}
	}
	if _, page := v.get("/notice/compare?old=" + oldNotice + "&new=" + newNotice); strings.Contains(page, "Adopt this version") {
		t.Error("a version that is kept can be adopted again")
	}
	if status, _ := v.get("/notice/publish/nothing"); status != http.StatusNotFound {
		t.Errorf("a version that there is not is %d", status)
	}
	for _, c := range []struct {
		path string
		form []string
		want int
		says string
	}{
		{"/notice/adopt", []string{"old", oldNotice}, 422, "Choose whether people are told of it"},
		{"/notice/adopt", []string{"old", oldNotice, "significant", "yes", "why", "No good."}, 422, "It is too soon."},
		{"/notice/adopt", []string{"old", oldNotice, "significant", "yes", "why", "People wait longer.", "people", "tenants", "despite", "use-without-basis"}, 200, "The version is kept"},
		{"/notice/withdraw/" + newNotice, []string{"why", "No"}, 422, "Say in a sentence why it is not"},
		{"/notice/withdraw/" + newNotice, []string{"why", "They have it."}, 422, "3 letters about it are on the way."},
		{"/notice/withdraw/" + newNotice, []string{"why", "The board did not agree."}, 200, "The version is withdrawn"},
		{"/notice/publish/" + newNotice + "/confirm", []string{"what", "display", "id", "site"}, 422, "Say in a few words what was seen"},
		{"/notice/publish/" + newNotice + "/confirm", []string{"what", "display", "id", "site", "proof", "Seen"}, 200, "It is recorded"},
		{"/notice/tell/" + newNotice + "/count", nil, 200, "They are being counted"},
		{"/notice/tell/" + newNotice, []string{"what", "It changes."}, 422, "Say why it changes"},
		{"/notice/tell/" + newNotice, []string{"what", "It changes.", "why", "The law did."}, 200, "are being written"},
		{"/notice/tell/" + newNotice + "/posted", []string{"day-day", "31", "day-month", "2", "day-year", "2026"}, 422, "Enter the day"},
		{"/notice/tell/" + newNotice + "/posted", []string{"day-day", "20", "day-month", "11", "day-year", "2026"}, 200, "3 letters are recorded as posted."},
		{"/notice/tell/" + newNotice + "/print", []string{"to", "printers"}, 200, "for printers"},
	} {
		if status, page := v.post(c.path, c.form...); status != c.want || !strings.Contains(page, c.says) {
			t.Errorf("%s %v: %d, does not say %q", c.path, c.form, status, c.says)
		}
	}
	if got := strings.Join(n.did, "\n"); !strings.Contains(got, "adopts: People wait longer. For tenants, despite use-without-basis") || !strings.Contains(got, "withdraws: The board") || !strings.Contains(got, "confirms site: Seen") || !strings.Contains(got, "tells: It changes.") || !strings.Contains(got, "posted 2026-11-20") || !strings.Contains(got, "counts") || len(n.did) != 6 {
		t.Errorf("done: %s", got)
	}
}

func TestNoticeForEveryone(t *testing.T) {
	needAssets(t)
	f, _ := serveNotices(t)
	b := testbrowser.Start(t)
	for name, o := range map[string]testbrowser.Options{"desk": {}, "phone, dark": {Width: 320, Height: 640, Dark: true}, "no script": {NoScript: true}} {
		t.Run(name, func(t *testing.T) {
			p := b.Page(t, o)
			signInWith(p, f)
			for _, path := range []string{"/notice", "/notice/compare?old=" + oldNotice + "&new=folder", "/notice/publish/" + newNotice, "/notice/tell/" + newNotice, "/notice/tell/" + oldNotice} {
				p.Goto(f.URL + path)
				if !o.NoScript {
					for _, v := range p.Axe() {
						t.Errorf("%s: %s", path, v)
					}
				}
				if n := p.Overflow(); n > 0 {
					t.Errorf("%s is %d pixels wider than the screen", path, n)
				}
			}
		})
	}
}
