package desk

import (
	"errors"
	"fmt"
	"io/fs"
	"os"
	"path/filepath"
	"slices"
	"strings"
	"testing"
	"time"

	"tenet/internal/notice"
	"tenet/internal/promise"
)

// TestPromisesOverTime: what changed is told once, the trend grows, a person's word
// expires, and the public sees what was signed off and nothing else.
func TestPromisesOverTime(t *testing.T) {
	ctx := t.Context()
	h := hold(t, promiseWorld(t), "{check: data.absent, type: CARD}")
	ids := []string{"no-card-numbers", "tell-callers"}
	check := func(changed ...string) []promise.Result {
		t.Helper()
		run, err := h.CheckPromises(ctx, promise.Scheduled, ids, nil)
		h.must(err)
		var got []string
		for _, c := range run.Changed {
			got = append(got, fmt.Sprintf("%s %s>%s", c.ID, c.From, c.To))
		}
		slices.Sort(got)
		if !slices.Equal(got, changed) {
			t.Errorf("changed are %q, not %q", got, changed)
		}
		last, err := h.ChangedPromises(ctx, time.Time{})
		h.must(err)
		if len(last) != len(changed) {
			t.Errorf("the last run's changes are %+v", last)
		}
		return run.Promises
	}
	check("no-card-numbers >kept", "tell-callers >unproven")
	check()
	h.must(h.AttestPromise(ctx, "s1", "tell-callers", "ten calls heard again on 20 November"))
	h.at("2026-11-23")
	if r := check("tell-callers unproven>attested"); r[1].Evidence[0].Owner != "customer-service" || r[1].Evidence[0].Expires != "2027-11-22" {
		t.Errorf("attested: %+v", r[1].Evidence[0])
	}
	h.at("2027-11-23")
	check("tell-callers attested>unproven")
	query("UPDATE visit SET outcome = 'paid by 4111 1111 1111 1111'")(h)
	check("no-card-numbers kept>broken")

	all, err := h.Promises(ctx)
	h.must(err)
	if len(all) != len(h.Notice.Promises) {
		t.Errorf("%d promises of %d", len(all), len(h.Notice.Promises))
	}
	for _, s := range all {
		switch s.ID {
		case "no-card-numbers":
			if len(s.Trend) != 4 || s.Trend[2].Status != promise.Kept || s.Trend[3].Status != promise.Broken || s.Since != s.Trend[3].At {
				t.Errorf("the trend is %+v since %s", s.Trend, s.Since)
			}
		case "answer-in-a-month":
			if s.Status != promise.Unproven || s.Why != "not checked yet" {
				t.Errorf("never checked, and %s: %s", s.Status, s.Why)
			}
		}
	}

	public := func() []promise.Public { p, err := h.PublicPromises(ctx); h.must(err); return p }
	if p := public(); len(p) != 0 {
		t.Errorf("nobody signed off, and public are %+v", p)
	}
	h.must(h.PublishPromises(ctx, "s2", "no-card-numbers", "answer-in-a-month"))
	if p := public(); len(p) != 1 || p[0].Status != promise.Broken {
		t.Errorf("public are %+v", p)
	}
	h.edit("notice/notice.md", "{#no-card-numbers}", "Truly. {#no-card-numbers}")
	h.reopen()
	if p := public(); len(p) != 0 {
		t.Errorf("other words were signed off, and public are %+v", p)
	}
	h.must(h.PublishPromises(ctx, "s2", "no-card-numbers"))
	h.must(h.WithdrawPromises(ctx, "s2", "no-card-numbers"))
	if p := public(); len(p) != 0 {
		t.Errorf("it was taken back, and public are %+v", p)
	}

	for id, refused := range map[string]error{"no-such": h.AttestPromise(ctx, "s1", "no-such", "x"), "no-card-numbers": h.AttestPromise(ctx, "s1", "no-card-numbers", "x"), "tell-callers": h.AttestPromise(ctx, "s1", "tell-callers", " ")} {
		var said *Error
		if !errors.As(refused, &said) || said.Mend == "" {
			t.Errorf("attesting %s: %v", id, refused)
		}
	}
	if _, err := h.CheckPromises(ctx, promise.Scheduled, []string{"no-such"}, nil); err == nil {
		t.Error("a promise that there is not was checked")
	}
}

// TestPromisesSayWhatIsWrong: a check that cannot be made says why, and does not keep
// the others from being made.
func TestPromisesSayWhatIsWrong(t *testing.T) {
	world := promiseWorld(t)
	for check, says := range map[string]string{
		"{check: data.present, type: CARD}":                        "no check is called",
		"{check: disclosure.logged}":                               "nothing has been written into Tenet's log of disclosures yet",
		"{check: requests.on-time}":                                "promises.yaml:6:19: kind: is missing",
		"{check: requests.on-time, kind: axcess}":                  "is not one of those there are",
		"{check: requests.on-time, kind: access, at-least: 110%}":  "a share above 0% and up to 100%",
		"{check: requests.on-time, kind: access, colour: red}":     "takes no",
		"{check: data.absent, type: CARD, first: 1}":               "only the first 1 rows were read",
		"{check: data.absent, type: CARD, in: [recordings]}":       "recordings is not searched yet",
		"{check: data.absent, type: CARD, in: [h.nothing]}":        "there is no table h.nothing",
		"{check: calls.told}":                                      "add in: SOURCE.TABLE",
		"{check: calls.told, in: h.call, told: was_told}":          "has no column",
		"{check: recipients.agreement, as: [A firm=nobody-known]}": "is no recipient of sharing.yaml",
		"{check: not-checkable, why: An aim.}":                     "An aim.",
		"{check: retention.applied}":                               "no map puts a table under",
	} {
		h := hold(t, world, check)
		r := h.status()
		if want := promise.Unproven; r.Status != want && !strings.Contains(check, "not-checkable") || !strings.Contains(r.Why, says) {
			t.Errorf("%s: %s: %s", check, r.Status, r.Why)
		}
	}
	named := hold(t, world, "{check: recipients.agreement}")
	query("INSERT INTO given VALUES (2, 'Sparrow Repairs Ltd', '2026-05-02')")(named)
	if r := named.status(); r.Status != promise.Unproven || !strings.Contains(r.Why, "1 names in it are none of") || strings.Contains(r.Why, "Sparrow") {
		t.Errorf("a firm that the notice does not name: %s: %s", r.Status, r.Why)
	}
	h := hold(t, world, "{check: requests.on-time, kind: axcess}")
	run, err := h.CheckPromises(t.Context(), promise.Scheduled, nil, nil)
	h.must(err)
	if len(run.Problems) != 1 || run.Problems[0].Line != 6 || len(run.Promises) != len(h.Notice.Promises) {
		t.Errorf("problems %+v, and %d promises", run.Problems, len(run.Promises))
	}
}

// TestPacksAskForWhatChecksTake: the packs that come with Tenet name kinds that there
// are, with parameters that fit.
func TestPacksAskForWhatChecksTake(t *testing.T) {
	names := map[string]bool{promise.AttestName: true, promise.NotCheckableName: true}
	for _, k := range promise.Kinds() {
		names[k.Name] = true
	}
	packs, err := fs.ReadDir(notice.Packs(), ".")
	if err != nil {
		t.Fatal(err)
	}
	for _, p := range packs {
		from, err := notice.Pack(p.Name())
		if err != nil {
			t.Fatal(err)
		}
		n, err := notice.Load(from)
		if err != nil {
			t.Fatal(err)
		}
		for _, problem := range promise.Problems(n) {
			t.Errorf("%s: %v", p.Name(), problem)
		}
		for id, checks := range n.Promises {
			for _, c := range checks {
				if !names[string(c.Check)] {
					t.Errorf("%s: %s: no check is called %s", p.Name(), id, c.Check)
				}
			}
		}
	}
}

// TestPromisesReadSpreadsheets: a register that is a file in a folder is as good as a
// table, and is read again each time.
func TestPromisesReadSpreadsheets(t *testing.T) {
	h := hold(t, promiseWorld(t), "{check: web.cookies, in: scans.cookies, name: cookie}")
	folder := filepath.Join(h.dir, "scans")
	h.must(os.Mkdir(folder, 0o700))
	write := func(lines string) {
		h.must(os.WriteFile(filepath.Join(folder, "cookies.csv"), []byte("cookie,host,seen on\n"+lines), 0o600))
	}
	write("session,homes.example.org,2026-11-20\n")
	h.must(h.AddSource(System{Name: "scans", URL: "dir:" + folder}))
	if r := h.status(); r.Status != promise.Unproven || !strings.Contains(r.Why, "there is no table scans.cookies") {
		t.Errorf("without a map it is %s: %s", r.Status, r.Why)
	}
	h.must(os.WriteFile(h.mapFile("scans"), []byte("source: scans\ntables:\n  cookies: {skip: register}\n"), 0o600))
	if r := h.status(); r.Status != promise.Kept || r.Evidence[0].Rows != 1 {
		t.Errorf("it is %s: %s", r.Status, r.Why)
	}
	write("session,homes.example.org,2026-11-20\n_tracker,homes.example.org,2026-11-20\n")
	if r := h.status(); r.Status != promise.Broken {
		t.Errorf("with a cookie that is not on the list it is %s: %s", r.Status, r.Why)
	}
}
