package desk

import (
	"bytes"
	"crypto/sha256"
	"database/sql"
	"encoding/hex"
	"encoding/json"
	"fmt"
	"maps"
	"os"
	"path/filepath"
	"slices"
	"strings"
	"testing"
	"time"

	"tenet/internal/cases"
	"tenet/internal/contact"
	"tenet/internal/law"
	"tenet/internal/ledger"
	"tenet/internal/promise"
	"tenet/internal/store"
)

// promiseDDL is a system in which every promise is kept.
const promiseDDL = `
CREATE TABLE tenancy (id INTEGER PRIMARY KEY, ended DATE, note TEXT);
INSERT INTO tenancy VALUES (1, '2024-03-01', 'Rang about the gas check.'), (2, NULL, 'Order 4111 of 2026.');
CREATE TABLE camera (id INTEGER PRIMARY KEY, assessed_on DATE); INSERT INTO camera VALUES (1, '2025-06-01');
CREATE TABLE call (id INTEGER PRIMARY KEY, told TEXT, recorded TEXT); CREATE INDEX call_recorded ON call (recorded);
INSERT INTO call VALUES (1, 'yes', 'Y'), (2, 'no', 'N');
CREATE TABLE consent (id INTEGER PRIMARY KEY, how TEXT); INSERT INTO consent VALUES (1, 'asked');
CREATE TABLE review (id INTEGER PRIMARY KEY, system TEXT, reviewed_on DATE); INSERT INTO review VALUES (1, 'housing', '2026-10-01');
CREATE TABLE taken_back (id INTEGER PRIMARY KEY, withdrawn_on DATE, stopped_on DATE); INSERT INTO taken_back VALUES (1, '2026-10-01', '2026-10-02'), (2, NULL, NULL), (3, '2026-11-22', NULL);
CREATE TABLE erased (id INTEGER PRIMARY KEY, done_on DATE, told_on DATE); INSERT INTO erased VALUES (1, '2026-09-01', '2026-09-20');
CREATE TABLE marker (id INTEGER PRIMARY KEY, ends DATE); INSERT INTO marker VALUES (1, '2027-01-31');
CREATE TABLE visit (id INTEGER PRIMARY KEY, outcome TEXT); INSERT INTO visit VALUES (1, 'seen');
CREATE TABLE answer (id INTEGER PRIMARY KEY, who TEXT, health TEXT); INSERT INTO answer VALUES (1, 'Ann Larter', NULL);
CREATE TABLE cookie (id INTEGER PRIMARY KEY, name TEXT); INSERT INTO cookie VALUES (1, 'session');
CREATE TABLE policy (id INTEGER PRIMARY KEY, review_by DATE); INSERT INTO policy VALUES (1, '2027-01-31');
CREATE TABLE backup (id INTEGER PRIMARY KEY, at DATETIME); INSERT INTO backup VALUES (1, '2026-11-20 03:00:00');
CREATE TABLE leaver (id INTEGER PRIMARY KEY, login TEXT, left_on DATE); INSERT INTO leaver VALUES (1, 'farida', '2026-01-31');
CREATE TABLE given (id INTEGER PRIMARY KEY, recipient TEXT, at DATE); INSERT INTO given VALUES (1, 'Repairs-Contractors', '2026-05-01');
CREATE TABLE equality (id INTEGER PRIMARY KEY, ethnicity TEXT); INSERT INTO equality VALUES (1, 'White Irish');
CREATE TABLE contact (id INTEGER PRIMARY KEY, remark TEXT); INSERT INTO contact VALUES (1, '');`

const promiseMap = `
  tenancy: {category: tenancy, retention: tenancy-file, retention-from: ended, key: id}
  camera: {category: images, key: id, skip: register}
  call: {category: call-recordings, key: id}
  consent: {category: requests, key: id}
  review: {skip: register, key: id}
  taken_back: {category: requests, key: id}
  erased: {category: requests, key: id}
  marker: {category: warning-markers, key: id, retention-from: ends}
  visit: {category: repairs, key: id}
  answer: {category: identity, key: id, columns: {health: {category: health}}}
  cookie: {skip: register, key: id}
  policy: {skip: register, key: id}
  backup: {skip: register, key: id}
  leaver: {skip: register, key: id}
  given: {category: identity, key: id, discloses: {to: recipient, at: at}}
  equality: {key: id, columns: {ethnicity: {category: ethnicity}}}
  contact: {category: contact-details, key: id, columns: {remark: {category: health}}}
`

// heldDesk is a workspace with its system beside it, and the clock it goes by.
type heldDesk struct {
	*Desk
	t   *testing.T
	db  *sql.DB
	dir string
}

var promiseDay = time.Date(2026, 11, 22, 12, 0, 0, 0, time.UTC)

// hold opens a copy of the workspace in a folder, with a check for one promise.
func hold(t *testing.T, from, check string) *heldDesk {
	t.Helper()
	dir := t.TempDir()
	if err := os.CopyFS(dir, os.DirFS(from)); err != nil {
		t.Fatal(err)
	}
	// CopyFS gives every copy the widest rights, and keys are for their owner alone.
	for _, pattern := range []string{"office/keys", "office/keys/*"} {
		paths, err := filepath.Glob(filepath.Join(dir, pattern))
		if err != nil {
			t.Fatal(err)
		}
		for _, p := range paths {
			if err := os.Chmod(p, 0o700); err != nil {
				t.Fatal(err)
			}
		}
	}
	h := &heldDesk{t: t, dir: dir}
	h.edit("notice/promises.yaml", "no-card-numbers: [{check: data.absent, type: CARD, in: [sources, recordings, records]}]", "no-card-numbers: ["+check+"]")
	h.edit("tenet.yaml", from, dir)
	h.reopen()
	return h
}

func (h *heldDesk) reopen() {
	h.t.Helper()
	d, err := Open(h.t.Context(), filepath.Join(h.dir, "office"), func(string) string { return "" })
	if err != nil {
		h.t.Fatal(err)
	}
	h.t.Cleanup(func() { d.Close() })
	h.Desk = d
	h.Now = func() time.Time { return promiseDay }
	if h.db, err = sql.Open("sqlite", "file:"+filepath.Join(h.dir, "h.db")); err != nil {
		h.t.Fatal(err)
	}
	h.t.Cleanup(func() { h.db.Close() })
}

func (h *heldDesk) edit(file, was, is string) {
	h.t.Helper()
	file = filepath.Join(h.dir, "office", file)
	text, err := os.ReadFile(file)
	if err != nil {
		h.t.Fatal(err)
	}
	if !strings.Contains(string(text), was) {
		h.t.Fatalf("%s does not hold %q", file, was)
	}
	if err := os.WriteFile(file, []byte(strings.Replace(string(text), was, is, 1)), 0o600); err != nil {
		h.t.Fatal(err)
	}
}

func (h *heldDesk) must(err error) {
	h.t.Helper()
	if err != nil {
		h.t.Fatal(err)
	}
}

// status checks the promise.
func (h *heldDesk) status() promise.Result {
	h.t.Helper()
	run, err := h.CheckPromises(h.t.Context(), promise.Scheduled, []string{"no-card-numbers"}, nil)
	h.must(err)
	if len(run.Promises) != 1 {
		h.t.Fatalf("%d promises", len(run.Promises))
	}
	return run.Promises[0]
}

// sql changes the landlord's system.
func query(text string) func(*heldDesk) {
	return func(h *heldDesk) {
		_, err := h.db.Exec(text)
		h.must(err)
	}
}

// away takes the landlord's system away.
func away(h *heldDesk) {
	h.db.Close()
	h.must(os.Rename(filepath.Join(h.dir, "h.db"), filepath.Join(h.dir, "gone.db")))
}

// settle makes the system one that was last written to some time ago: of a file that
// has just been written SQLite's reader does not say that it has not changed.
func (h *heldDesk) settle(ago time.Duration) {
	h.t.Helper()
	then := time.Now().Add(-ago)
	h.must(os.Chtimes(filepath.Join(h.dir, "h.db"), then, then))
}

// own changes Tenet's own tables behind its back.
func own(text string) func(*heldDesk) {
	return func(h *heldDesk) {
		db, err := sql.Open("sqlite", "file:"+filepath.Join(h.dir, "office", "tenet.db"))
		h.must(err)
		_, err = db.Exec(text)
		h.must(err)
		h.must(db.Close())
	}
}

// act writes an entry of the ledger.
func (h *heldDesk) act(by, name, subject, version string, payload any) {
	h.t.Helper()
	h.must(h.Store.Write(h.t.Context(), func(tx *store.Tx) error {
		return tx.Record(h.t.Context(), ledger.Act{Landlord: h.Config.Landlord, Actor: by, Name: name, Subject: subject, Notice: version}, payload)
	}))
}

// ask opens a case and gives it back as it was on a day.
func (h *heldDesk) ask(regime law.Regime, received string) cases.Case {
	h.t.Helper()
	day, err := law.ParseDate(received)
	h.must(err)
	h.at(received)
	k, err := h.Cases.Open(h.t.Context(), cases.Request{Once: fmt.Sprint(regime, received), Regime: regime, Received: day, Channel: "letter", By: "s1",
		Notice: h.Notice.Version(), Nation: law.Nation(h.Notice.Landlord.Nation), Requester: cases.Requester{Name: "Ann Larter"}})
	h.must(err)
	return k
}

// at sets the clock.
func (h *heldDesk) at(day string) {
	t, err := time.Parse(time.DateOnly, day)
	h.must(err)
	h.Now = func() time.Time { return t.Add(12 * time.Hour) }
}

// answered is a case that ended on a day.
func (h *heldDesk) answered(regime law.Regime, received, ended string) cases.Case {
	h.t.Helper()
	k := h.ask(regime, received)
	h.at(ended)
	k, err := h.Cases.Withdraw(h.t.Context(), cases.On{Case: k.ID, By: "s1"}, "has what she needed")
	h.must(err)
	h.Now = func() time.Time { return promiseDay }
	return k
}

// noted writes down on a day that somebody rang.
func (h *heldDesk) noted(day string) {
	h.t.Helper()
	h.at(day)
	x, err := contact.New(contact.Config{Store: h.Store, Ring: h.Keys, Landlord: h.Config.Landlord, Now: h.Now})
	h.must(err)
	_, err = x.Write(h.t.Context(), contact.NewEntry{Once: "call of " + day, By: "s1", Channel: contact.Phone, Particulars: contact.Particulars{About: contact.Person{Name: "Ann Larter"}, Facts: "Rang about the tap."}})
	h.must(err)
	h.Now = func() time.Time { return promiseDay }
}

// sealed is a case with an approved answer.
func (h *heldDesk) sealed() cases.Case {
	h.t.Helper()
	ctx, data := h.t.Context(), []byte("sealed bytes")
	sum := sha256.Sum256(data)
	h.must(h.Packs.Put(ctx, "one.age", bytes.NewReader(data)))
	k := h.ask(law.Access, "2026-11-02")
	_, err := h.Cases.Identify(ctx, cases.On{Case: k.ID, By: "s1"}, cases.Proof{How: "passport seen", Arrived: h.Today()})
	h.must(err)
	_, err = h.Cases.SetDraft(ctx, cases.On{Case: k.ID, By: "s1"}, cases.Draft{Pack: "one.age", Digest: hex.EncodeToString(sum[:]), Size: int64(len(data)), File: "found.json", Notice: h.Notice.Version()},
		cases.File{Name: "found.json", Data: []byte("{}")})
	h.must(err)
	k, err = h.Cases.Approve(ctx, cases.On{Case: k.ID, By: "s2"}, hex.EncodeToString(sum[:]))
	h.must(err)
	h.Now = func() time.Time { return promiseDay }
	return k
}

const emptied = `PRAGMA foreign_keys = off; DROP TRIGGER ledger_entry_stays; DROP TRIGGER ledger_checkpoint_stays; DROP TRIGGER ledger_node_stays;
	DELETE FROM ledger_payload; DELETE FROM ledger_entry; DELETE FROM ledger_checkpoint; DELETE FROM ledger_node`

// promiseWorld is the workspace of which each test has a copy.
func promiseWorld(t *testing.T) string {
	t.Helper()
	d, db, dir := bureau(t, promiseDDL, promiseMap)
	if err := d.Close(); err != nil {
		t.Fatal(err)
	}
	if err := db.Close(); err != nil {
		t.Fatal(err)
	}
	return dir
}

// TestEveryKindOfCheck plants a violation, and a gap in coverage, for every kind of
// check that is built: a kind that is not in the table fails.
func TestEveryKindOfCheck(t *testing.T) {
	var built []string
	for _, k := range promise.Kinds() {
		if k.Look != nil {
			built = append(built, k.Name)
		}
	}
	slices.Sort(built)
	var tested []string
	for name := range plantedKinds {
		kind, _, _ := strings.Cut(name, ",")
		tested = append(tested, kind)
	}
	slices.Sort(tested)
	if tested = slices.Compact(tested); !slices.Equal(built, tested) {
		t.Errorf("built are %q\ntested are %q", built, tested)
	}
	world := promiseWorld(t)
	for _, name := range slices.Sorted(maps.Keys(plantedKinds)) {
		p := plantedKinds[name]
		t.Run(name, func(t *testing.T) {
			stage := func(t *testing.T, want promise.Status, steps ...func(*heldDesk)) {
				t.Helper()
				h := hold(t, world, p.check)
				for _, s := range steps {
					if s != nil {
						s(h)
					}
				}
				r := h.status()
				e := r.Evidence[len(r.Evidence)-1]
				if e.Status != want {
					t.Errorf("%s, and not %s: %s (%s; %s)", e.Status, want, e.Why, e.Figure, e.Coverage)
				}
				if e.Method == "" || e.Coverage == "" || want == promise.Broken && len(e.Examples) == 0 {
					t.Errorf("it does not say how, over what, or which: %+v", e)
				}
				if said, err := json.Marshal(r); err != nil || strings.Contains(string(said), "Larter") || strings.Contains(string(said), "asthma") || strings.Contains(string(said), "4111 1") {
					t.Errorf("what it says holds personal data: %s %v", said, err)
				}
			}
			t.Run("kept", func(t *testing.T) { stage(t, promise.Kept, p.before) })
			t.Run("broken", func(t *testing.T) { stage(t, promise.Broken, p.before, p.plant) })
			t.Run("unproven", func(t *testing.T) {
				if p.whole {
					stage(t, promise.Unproven, p.gap)
				} else {
					stage(t, promise.Unproven, p.before, p.gap)
				}
			})
			// What was read breaks it, whatever else could not be.
			if name == "data.absent" || name == "retention.applied" || name == "markers.ended" || name == "special.compartment" {
				t.Run("broken with a gap", func(t *testing.T) { stage(t, promise.Broken, p.before, p.gap, p.plant) })
			}
		})
	}
}

// TestWhatWasProvedIsNotOpenedAgain: an answer whose digest is the same is opened again
// only when its time is over; one whose bytes have changed is, and cannot be.
func TestWhatWasProvedIsNotOpenedAgain(t *testing.T) {
	h := hold(t, promiseWorld(t), "{check: packs.verified, every: P10D}")
	k := h.handedOver("one.age", "2026-11-02", "You met [name withheld] on the stair.", "Bede Ottaway")
	proofs := func() (n int) {
		t.Helper()
		h.must(h.Store.Read(t.Context(), func(tx *store.Tx) error {
			return tx.QueryRowContext(t.Context(), `SELECT count(*) FROM ledger_entry WHERE act = 'pack.proved'`).Scan(&n)
		}))
		return n
	}
	for _, x := range []struct {
		day    string
		proofs int
	}{{"2026-11-22", 1}, {"2026-11-30", 1}, {"2026-12-03", 2}} {
		h.at(x.day)
		if r := h.status(); r.Status != promise.Kept || proofs() != x.proofs {
			t.Errorf("on %s it is %s after %d proofs: %s", x.day, r.Status, proofs(), r.Why)
		}
	}
	h.must(os.WriteFile(h.pack(), []byte("other bytes"), 0o600))
	if r := h.status(); r.Status != promise.Unproven {
		t.Errorf("of another file it is %s", r.Status)
	}
	_, err := h.Cases.Close(t.Context(), cases.On{Case: k.ID, By: "s1"})
	h.must(err)
	_, err = h.Cases.Forget(t.Context(), cases.On{Case: k.ID, By: "s1"})
	h.must(err)
	if r := h.status(); r.Status != promise.Unproven || !strings.Contains(strings.Join(r.Evidence[0].Notes, " "), "not kept any more") || len(r.Evidence[0].Gaps) > 0 {
		t.Errorf("of what was forgotten it is %s: %+v", r.Status, r.Evidence[0])
	}
}
