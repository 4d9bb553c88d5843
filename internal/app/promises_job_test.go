package app

import (
	"context"
	"errors"
	"os"
	"path/filepath"
	"slices"
	"strings"
	"testing"
	"time"

	"tenet/internal/desk"
	"tenet/internal/job"
	"tenet/internal/notice"
	"tenet/internal/promise"
	"tenet/internal/store"
)

// board is an office whose clock the test sets, and the folder that its e-mail goes to.
func board(t *testing.T) (o *office, at func(string), mail string) {
	t.Helper()
	mail = t.TempDir()
	o, err := bare(t, func(c *desk.Config) { c.Post = "dir:" + mail })
	if err != nil {
		t.Fatal(err)
	}
	return o, func(clock string) {
		t.Helper()
		when, err := time.Parse("2006-01-02 15:04", clock)
		if err != nil {
			t.Fatal(err)
		}
		o.d.Now = func() time.Time { return when }
	}, mail
}

// plan does what the clerk does each minute, and then all that is due.
func (o *office) plan(t *testing.T) {
	t.Helper()
	if err := o.planPromises(t.Context()); err != nil {
		t.Fatal(err)
	}
	o.work(t)
}

// runs is how many runs of the day the ledger has.
func (o *office) runs(t *testing.T) int {
	t.Helper()
	n := 0
	err := o.d.Store.Read(t.Context(), func(tx *store.Tx) error {
		acts, err := tx.Acts(t.Context(), o.d.Config.Landlord, "", 0, 500)
		for _, a := range acts {
			if a.Act == "promises.checked" {
				n++
			}
		}
		return err
	})
	if err != nil {
		t.Fatal(err)
	}
	return n
}

// TestPromisesOnceADay: the board is looked at once a day from the time that tenet.yaml
// says, however often the clerk looks; a day that was missed is made up for once; and the
// next run is always there to be seen.
func TestPromisesOnceADay(t *testing.T) {
	o, at, _ := board(t)
	o.d.Config.Promises.At = "04:30"
	want := 0
	for _, step := range []struct {
		clock string
		runs  int
		next  string
	}{
		{"2026-11-20 09:00", 0, "2026-11-21T04:30:00Z"}, // a new installation begins with the next night
		{"2026-11-21 04:29", 0, "2026-11-21T04:30:00Z"},
		{"2026-11-21 04:31", 1, "2026-11-22T04:30:00Z"},
		{"2026-11-21 04:32", 0, "2026-11-22T04:30:00Z"},
		{"2026-11-21 23:59", 0, "2026-11-22T04:30:00Z"},
		{"2026-11-25 12:00", 1, "2026-11-26T04:30:00Z"}, // nobody was there for three nights
		{"2026-11-25 12:01", 0, "2026-11-26T04:30:00Z"},
		{"2026-11-26 04:30", 1, "2026-11-27T04:30:00Z"},
		{"2027-03-28 03:45", 1, "2027-03-29T03:30:00Z"}, // by the clock in London, which goes forward
	} {
		at(step.clock)
		for range 3 {
			o.plan(t)
		}
		want += step.runs
		if got := o.runs(t); got != want {
			t.Errorf("at %s there were %d runs, not %d", step.clock, got, want)
		}
		have, err := o.queue.Get(t.Context(), jobPromises, "")
		if err != nil || have.State != job.Waiting || have.Due.UTC().Format(time.RFC3339) != step.next {
			t.Errorf("at %s the next is %+v, %v", step.clock, have, err)
		}
	}
	if err := o.runPromises(t.Context(), "s1"); err != nil {
		t.Fatal(err)
	}
	if err := o.runPromises(t.Context(), "s1"); err != nil { // a double click
		t.Fatal(err)
	}
	o.work(t)
	if got := o.runs(t); got != want+1 {
		t.Errorf("asked for twice at once it ran %d times", got-want)
	}
	o.d.Config.Promises.At = "off"
	at("2027-04-05 12:00")
	if err := o.planPromises(t.Context()); err != nil {
		t.Fatal(err)
	}
}

// TestPromisesAreBegunAnew: a run that dies leaves nothing, and the next worker begins
// again; one whose lease is another's keeps nothing.
func TestPromisesAreBegunAnew(t *testing.T) {
	o, at, _ := board(t)
	at("2026-11-20 09:00")
	o.plan(t)
	at("2026-11-21 03:01")
	boom := errors.New("the process died")
	_, err := o.d.RunPromises(t.Context(), desk.PromiseOrder{By: promise.Scheduled, Also: func(_ context.Context, _ *store.Tx, _ *desk.PromiseRun) error { return boom }}, nil)
	if !errors.Is(err, boom) || o.runs(t) != 0 {
		t.Fatalf("%v, and %d runs are on record", err, o.runs(t))
	}
	o.plan(t)
	if o.runs(t) != 1 {
		t.Errorf("%d runs", o.runs(t))
	}
}

// TestWhoIsToldOfPromises: when a promise breaks, falls back to unproven or is kept
// again, its owner and the data protection officer get one message each with all that is
// theirs, in the public's own sentences; and nobody gets anything when nothing changed.
func TestWhoIsToldOfPromises(t *testing.T) {
	o, at, mail := board(t)
	at("2026-11-20 09:00")
	o.plan(t)
	taken := func() []string {
		t.Helper()
		files, err := filepath.Glob(filepath.Join(mail, "*"))
		if err != nil {
			t.Fatal(err)
		}
		var out []string
		for _, f := range files {
			text, err := os.ReadFile(f)
			if err != nil {
				t.Fatal(err)
			}
			out = append(out, strings.ReplaceAll(string(text), "=\r\n", "")) // quoted-printable, RFC 2045 section 6.7
			if err := os.Remove(f); err != nil {
				t.Fatal(err)
			}
		}
		slices.Sort(out)
		return out
	}
	at("2026-11-21 03:01")
	o.plan(t)
	first := taken() // weigh-interests is broken from the first
	if len(first) != 1 || !strings.Contains(first[0], "weigh-interests") {
		t.Fatalf("of the first run %d messages: %q", len(first), first)
	}
	at("2026-11-22 03:01")
	o.plan(t)
	if second := taken(); len(second) != 1 || !strings.Contains(second[0], "old-versions-kept") { // there were no acts by any version before
		t.Errorf("of the second run %q", second)
	}
	at("2026-11-23 03:01")
	o.plan(t)
	if again := taken(); len(again) != 0 {
		t.Errorf("nothing changed, and there were %q", again)
	}
	if err := o.d.AttestPromise(t.Context(), "s1", "tell-callers", "ten calls were heard again, and Ann Larter's was one"); err != nil {
		t.Fatal(err)
	}
	at("2026-11-24 03:01")
	o.plan(t)
	kept := taken()
	if len(kept) != 2 {
		t.Fatalf("%d messages: %q", len(kept), kept)
	}
	for _, m := range kept {
		if !strings.Contains(m, "Kept now") || !strings.Contains(m, "We tell you at the start of a call") || strings.Contains(m, "Larter") || strings.Contains(m, "weigh-interests") {
			t.Errorf("the message says %s", m)
		}
	}
	at("2027-12-01 02:00") // somebody looks before the run of the day, which then finds nothing new
	if _, err := o.d.CheckPromises(t.Context(), "s1", nil, nil); err != nil {
		t.Fatal(err)
	}
	at("2027-12-01 03:01")
	o.plan(t)
	fell := taken()
	if len(fell) != 2 || !strings.Contains(fell[0], "Not known any more") {
		t.Errorf("after its expiry %q", fell)
	}
	to := func(id notice.ID) string {
		for _, c := range o.d.Notice.Landlord.Contacts {
			if c.ID == id {
				return string(c.Email)
			}
		}
		return "nobody"
	}
	all := strings.Join(fell, "")
	for _, id := range []notice.ID{"customer-service", "data-protection"} {
		if !strings.Contains(all, to(id)) {
			t.Errorf("%s was not told at %s", id, to(id))
		}
	}
}
