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
	"tenet/internal/incident"
	"tenet/internal/law"
	"tenet/internal/ledger"
	"tenet/internal/notice"
	"tenet/internal/pack"
	"tenet/internal/promise"
	"tenet/internal/register"
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

// planted is a kind of check with a world in which it is kept, what breaks it and what
// is missing of its coverage. Its name is the kind's, and after a comma what else is told
// apart.
type planted struct {
	check  string
	before func(*heldDesk) // nil where the system keeps it as it stands
	plant  func(*heldDesk)
	gap    func(*heldDesk)
	whole  bool // gap takes the place of before
}

var plantedKinds = map[string]planted{
	"retention.own": {check: "{check: retention.own, records: [contacts]}", before: func(h *heldDesk) { h.noted("2026-11-02") }, plant: func(h *heldDesk) { h.noted("2019-03-01") },
		gap: func(h *heldDesk) {
			h.edit("notice/keeping.yaml", "records: [contacts, ", "records: [")
			h.reopen()
		}},
	"retention.applied":    {check: "{check: retention.applied, rule: tenancy-file}", plant: query("UPDATE tenancy SET ended = '2019-01-31' WHERE id = 1"), gap: query("UPDATE tenancy SET ended = 'in spring' WHERE id = 2")},
	"data.absent":          {check: "{check: data.absent, type: CARD}", plant: query("UPDATE policy SET review_by = '4111 1111 1111 1111'"), gap: query("ALTER TABLE visit ADD COLUMN photo BLOB")},
	"special.compartment":  {check: "{check: special.compartment, in: [h.equality]}", plant: query("UPDATE contact SET remark = 'asthma'"), gap: query("CREATE TABLE scratch (id INTEGER)")},
	"records.may-be-blank": {check: "{check: records.may-be-blank, categories: [ethnicity]}", plant: query("DROP TABLE equality; CREATE TABLE equality (id INTEGER PRIMARY KEY, ethnicity TEXT NOT NULL)"), gap: query("CREATE TABLE scratch (id INTEGER)")},
	"markers.ended":        {check: "{check: markers.ended}", plant: query("INSERT INTO marker VALUES (2, '2026-11-21')"), gap: query("INSERT INTO marker VALUES (3, 'next year')")},
	"calls.told":           {check: "{check: calls.told, in: h.call, where: recorded=Y}", plant: query("INSERT INTO call VALUES (3, 'no', 'Y')"), gap: away},
	"cameras.assessed":     {check: "{check: cameras.assessed, in: h.camera}", plant: query("INSERT INTO camera VALUES (2, NULL)"), gap: away},
	"cameras.assessed, by a paper of the register": {check: "{check: cameras.assessed, in: h.camera}", before: func(h *heldDesk) {
		query("ALTER TABLE camera ADD COLUMN place TEXT; UPDATE camera SET assessed_on = '2019-06-01', place = 'Mill Row - bin store'")(h)
		r, err := h.Registers()
		h.must(err)
		f, err := r.Form("dpia")
		h.must(err)
		h.paper(r, "dpia", answers(f, h.Notice, register.Values{"kind": "camera", "place": "Mill Row, bin store"}))
	}, plant: query("INSERT INTO camera VALUES (2, NULL, 'Heron Court, lift')"), gap: away},
	"consent.not-by-browsing": {check: "{check: consent.not-by-browsing, in: h.consent}", plant: query("INSERT INTO consent VALUES (2, 'browsing')"), gap: away},
	"access.reviewed":         {check: "{check: access.reviewed, every: P6M, in: h.review}", plant: query("INSERT INTO review VALUES (2, 'payroll', '2026-01-31')"), gap: away},
	"consent.withdrawn":       {check: "{check: consent.withdrawn, within: P1D, in: h.taken_back}", plant: query("UPDATE taken_back SET stopped_on = '2026-10-09' WHERE id = 1"), gap: query("UPDATE taken_back SET stopped_on = 'soon' WHERE id = 3")},
	"erasure.told":            {check: "{check: erasure.told, in: h.erased}", plant: query("INSERT INTO erased VALUES (2, '2026-09-01', NULL)"), gap: query("INSERT INTO erased VALUES (2, 'in May', '2026-09-01')")},
	"erasure.told, by tasks": {check: "{check: erasure.told}", before: func(h *heldDesk) { h.told(cases.Done) },
		plant: own("UPDATE cases_task SET outcome = '', ended = NULL WHERE sort = 'tell'"), gap: func(h *heldDesk) { h.told(cases.Dropped) }, whole: true},
	"erasure.told, nobody was": {check: "{check: erasure.told}", before: func(h *heldDesk) { h.told(cases.Unable) },
		plant: own("DELETE FROM cases_task"), gap: func(*heldDesk) {}, whole: true},
	"disclosure.logged": {check: "{check: disclosure.logged}", before: gaveAndLogged, plant: query("INSERT INTO given VALUES (9, 'repairs-contractors', '2026-11-22')"), gap: noLog},
	"disclosure.within": {check: "{check: disclosure.within, rule: repairs-to-contractors}", before: gaveAndLogged, plant: query("INSERT INTO given VALUES (9, 'repairs-contractors', '2026-11-22')"), gap: noLog},
	"disclosure.absent": {check: "{check: disclosure.absent, categories: [ethnicity]}", before: gaveAndLogged, plant: func(h *heldDesk) {
		account(h.t, h.Desk, "dora", DPO)
		over := disclosing(h.t, "police", "ethnicity", "asked")
		over.Over, over.OverBy = "it was in the file that went", "dora"
		_, _, err := h.RecordDisclosure(h.t.Context(), over)
		h.must(err)
	}, gap: query("INSERT INTO given VALUES (9, 'police', '2026-11-22')")},
	"records.filled":       {check: "{check: records.filled, in: h.visit, field: outcome}", plant: query("INSERT INTO visit VALUES (2, ' ')"), gap: query("UPDATE visit SET outcome = 'x'; ALTER TABLE visit RENAME COLUMN outcome TO result")},
	"web.forms":            {check: "{check: web.forms, in: h.answer, form: contact-us}", plant: query("UPDATE answer SET health = 'asthma'"), gap: away},
	"web.cookies":          {check: "{check: web.cookies, in: h.cookie, only: [strictly-necessary, appearance]}", plant: query("INSERT INTO cookie VALUES (2, '_tracker')"), gap: away},
	"policy.current":       {check: "{check: policy.current, in: h.policy}", plant: query("INSERT INTO policy VALUES (2, '2026-01-31')"), gap: away},
	"keys.backed-up":       {check: "{check: keys.backed-up, in: h.backup}", plant: query("UPDATE backup SET at = '2026-10-01 03:00:00'"), gap: query("UPDATE backup SET at = 'lately'")},
	"recipients.agreement": {check: "{check: recipients.agreement}", plant: query("INSERT INTO given VALUES (2, 'utility-suppliers', '2026-05-02')"), gap: away},
	"transfers.safeguard":  {check: "{check: transfers.safeguard, countries: [GB, IE], as: A list broker=nobody}", plant: query("INSERT INTO given VALUES (2, 'A list broker', '2026-05-02')"), gap: away},
	"register.complete":    {check: "{check: register.complete, register: agreements, kind: processor, as: A list broker=nobody}", plant: query("INSERT INTO given VALUES (2, 'A list broker', '2026-05-02')"), gap: away},

	"register.complete, transfers":   {check: "{check: register.complete, register: transfers, countries: [GB, IE], as: A list broker=nobody}", plant: query("INSERT INTO given VALUES (2, 'A list broker', '2026-05-02')"), gap: away},
	"register.complete, assessments": {check: "{check: register.complete, register: assessments}", before: func(h *heldDesk) { h.files("lia") }, plant: overdue, gap: noForms},
	"register.complete, breaches": {check: "{check: register.complete, register: breaches}", before: func(h *heldDesk) { h.breach("one", incident.NoRisk) },
		plant: func(h *heldDesk) { h.breach("two", ""); h.at("2026-11-27") }, gap: func(*heldDesk) {}, whole: true},
	"register.complete, people of breaches": {check: "{check: register.complete, register: breaches, told: true}", before: func(h *heldDesk) { h.breach("one", incident.HighRisk, incident.Averted) },
		plant: func(h *heldDesk) { h.breach("two", incident.HighRisk); h.at("2026-11-27") },
		gap:   func(h *heldDesk) { h.breach("two", ""); h.at("2026-11-27") }},
	"register.complete, dpia":        filedKind("dpia"),
	"register.complete, lia":         filedKind("lia"),
	"register.complete, apd":         filedKind("apd"),
	"register.complete, further-use": filedKind("further-use"),
	"register.complete, documents":   filedKind("documents"),
	"register.complete, guidance":    filedKind("guidance"),
	"register.complete, measures":    filedKind("measures"),

	"sources.readable": {check: "{check: sources.readable}", plant: away, gap: func(h *heldDesk) { h.must(h.DropSource("h")) }},
	"index.fresh": {check: "{check: index.fresh}", before: func(h *heldDesk) {
		h.settle(2 * time.Hour)
		_, err := h.Index(h.t.Context(), false, nil)
		h.must(err)
	}, plant: func(h *heldDesk) { query("INSERT INTO visit VALUES (2, 'out')")(h); h.settle(time.Hour) }, gap: away},
	"data.as-told": {check: "{check: data.as-told}", before: confirmed, plant: query("ALTER TABLE equality ADD COLUMN shoe_size TEXT; UPDATE equality SET shoe_size = '9'"),
		gap: func(h *heldDesk) {
			h.edit("maps/h.yaml", "{skip: register, key: id}", "{skip: a list, key: id}")
			h.reopen()
		}},
	"data.as-told, a category that the notice has not": {check: "{check: data.as-told}", before: confirmed, plant: func(h *heldDesk) {
		h.edit("maps/h.yaml", "columns: {ethnicity: {category: ethnicity}}", "columns: {ethnicity: {category: heritage}}")
		h.reopen()
		confirmed(h)
	}, gap: query("CREATE TABLE scratch (id INTEGER)")},
	"data.as-told, one category": {check: "{check: data.as-told, categories: [identity], search: true}", before: confirmed, plant: query("UPDATE answer SET who = '4111 1111 1111 1111'"), gap: away},
	"data.as-told, what a map says more of": {check: "{check: data.as-told, categories: [identity]}", before: confirmed, plant: func(h *heldDesk) {
		h.edit("maps/h.yaml", "columns: {health: {category: health}}", "columns: {health: {category: health}, who: {kind: special}}")
		h.reopen()
		confirmed(h)
	}, gap: query("CREATE TABLE scratch (id INTEGER)")},
	"data.as-told, who sees it": {check: "{check: data.as-told, categories: [ethnicity], seen-by: [officer, dpo]}", before: confirmed, plant: func(h *heldDesk) {
		h.edit("notice/records.yaml", "records:\n", "roles:\n  - {id: clerk, title: Clerk, sees: [ethnicity]}\nrecords:\n")
		h.reopen()
	}, gap: query("DROP TABLE equality; CREATE TABLE equality (id INTEGER PRIMARY KEY)")},
	"maps.confirmed": {check: "{check: maps.confirmed}", before: confirmed, plant: func(h *heldDesk) { h.edit("maps/h.yaml", "{skip: register, key: id}", "{skip: a list, key: id}") }, gap: away},
	"ledger.verifies": {check: "{check: ledger.verifies}", before: func(h *heldDesk) { h.act("s1", "case.opened", "c", "", "x") },
		plant: own(`DROP TRIGGER ledger_payload_fixed; UPDATE ledger_payload SET payload = '"y"'`), gap: own(emptied)},
	"notice.lint-clean": {check: "{check: data.absent, type: CARD}, {check: notice.lint-clean}",
		plant: func(h *heldDesk) { h.edit("notice/uses.yaml", "    basis: legitimate-interests\n", "") },
		gap:   func(h *heldDesk) { h.edit("notice/sharing.yaml", "review-by: 2027-03-31", "review-by: 2026-03-31") }},
	"notice.reviewed": {check: "{check: notice.reviewed, every: P1Y}",
		before: func(h *heldDesk) {
			h.must(h.AttestPromise(h.t.Context(), "s1", "no-card-numbers", "read with the board, minute 7"))
		},
		plant: func(h *heldDesk) { h.at("2028-01-05") }, gap: func(*heldDesk) {}, whole: true},
	"notice.versions-kept": {check: "{check: notice.versions-kept}", before: func(h *heldDesk) { h.act("s1", "case.opened", "c", h.Notice.Version(), nil) },
		plant: func(h *heldDesk) { h.act("s1", "case.opened", "c", strings.Repeat("ab", 32), nil) }, gap: func(*heldDesk) {}, whole: true},
	"views.reasoned": {check: "{check: views.reasoned}", before: func(h *heldDesk) { h.act("s1", "person.searched", "person-1", "", map[string]string{"reason": "rang"}) },
		plant: func(h *heldDesk) { h.act("s1", "person.searched", "person-2", "", map[string]int{"records": 4}) },
		gap: func(h *heldDesk) {
			h.must(h.Store.Write(h.t.Context(), func(tx *store.Tx) error {
				_, err := tx.Forget(h.t.Context(), h.Config.Landlord, "person-1")
				return err
			}))
		}},
	"staff.disabled-out": {check: "{check: staff.disabled-out, in: h.leaver}", before: func(h *heldDesk) {
		for _, login := range []string{"farida", "bede"} {
			_, err := h.AddStaff(h.t.Context(), "s1", login, "F. C.", "officer", "hash")
			h.must(err)
		}
		h.must(h.DisableStaff(h.t.Context(), "s1", "farida"))
	}, plant: query("INSERT INTO leaver VALUES (2, 'Bede', '2026-10-31')"), gap: away},

	"requests.on-time": {check: "{check: requests.on-time, kind: access}", before: func(h *heldDesk) { h.answered(law.Access, "2026-10-01", "2026-10-20") },
		plant: func(h *heldDesk) { h.answered(law.Access, "2026-09-01", "2026-10-20") },
		gap: func(h *heldDesk) {
			h.ask(law.Access, "2026-10-02")
			h.at("2040-01-05")
			h.ask(law.Access, "2040-01-05")
		}},
	"requests.acknowledged": {check: "{check: requests.acknowledged, kind: dp-complaint}", before: func(h *heldDesk) {
		k := h.ask(law.DPComplaint, "2026-10-01")
		_, err := h.Cases.Acknowledge(h.t.Context(), cases.On{Case: k.ID, By: "s1"}, h.Today(), "it came")
		h.must(err)
		h.Now = func() time.Time { return promiseDay }
	}, plant: func(h *heldDesk) {
		h.ask(law.DPComplaint, "2026-09-01")
		h.Now = func() time.Time { return promiseDay }
	}, gap: func(*heldDesk) {}, whole: true},
	"requests.no-fee": {check: "{check: requests.no-fee, kind: access}", before: func(h *heldDesk) { h.answered(law.Access, "2026-10-01", "2026-10-20") },
		plant: func(h *heldDesk) {
			k := h.ask(law.Access, "2026-11-02")
			_, err := h.Cases.Ask(h.t.Context(), cases.On{Case: k.ID, By: "s1"}, cases.ForFee, h.Today(), "a third copy")
			h.must(err)
			h.Now = func() time.Time { return promiseDay }
		}, gap: func(*heldDesk) {}, whole: true},
	"requests.extension-told": {check: "{check: requests.extension-told, kind: access}", before: func(h *heldDesk) {
		k := h.ask(law.Access, "2026-10-01")
		_, err := h.Cases.Extend(h.t.Context(), cases.On{Case: k.ID, By: "s1"}, h.Today(), "nine requests at once")
		h.must(err)
		h.Now = func() time.Time { return promiseDay }
	}, plant: func(h *heldDesk) { h.answered(law.Access, "2026-09-01", "2026-10-20") }, gap: func(h *heldDesk) { h.at("2040-01-05"); h.ask(law.Access, "2040-01-05") }},
	"requests.identity-before-data": {check: "{check: requests.identity-before-data}", before: func(h *heldDesk) {
		k := h.answered(law.Access, "2026-10-01", "2026-10-20")
		h.act("s1", "case.identified", k.ID, "", nil)
		h.act("s1", "case.released", k.ID, "", nil)
	}, plant: func(h *heldDesk) {
		h.act("s1", "case.released", h.answered(law.Access, "2026-10-05", "2026-10-20").ID, "", nil)
	}, gap: func(*heldDesk) {}, whole: true},
	"requests.approved-by-second": {check: "{check: requests.approved-by-second}", before: func(h *heldDesk) { h.released("s1", "s2", "2026-10-01") },
		plant: func(h *heldDesk) { h.released("s1", "s1", "2026-10-05") }, gap: func(*heldDesk) {}, whole: true},
	"packs.verified": {check: "{check: packs.verified}", before: func(h *heldDesk) {
		h.handedOver("one.age", "2026-11-02", "You met [name withheld] on the stair.", "Bede Ottaway")
	},
		plant: func(h *heldDesk) {
			h.handedOver("two.age", "2026-11-03", "You met Bede Ottaway on the stair.", "Bede Ottaway")
		},
		gap: func(h *heldDesk) { h.must(os.WriteFile(h.pack(), []byte("other bytes"), 0o600)) }},
	"packs.sealed": {check: "{check: packs.sealed}", before: func(h *heldDesk) { h.sealed() },
		plant: func(h *heldDesk) { h.must(os.WriteFile(h.pack(), []byte("other bytes"), 0o600)) },
		gap: func(h *heldDesk) {
			pack := h.pack()
			h.must(os.Remove(pack))
			h.must(os.Symlink("../../..", pack)) // out of the storage, which nobody follows
		}},
}

// breach is a breach of which everything is written down, whose risk is decided if it is
// said, and of whose people it is decided why they need not be told, if it is.
func (h *heldDesk) breach(once string, risk incident.Risk, excepted ...incident.Ground) {
	h.t.Helper()
	i := h.wrong(h.t, once, Triage{})
	ctx := h.t.Context()
	h.steps(h.t, i.Number, func(x *incident.Incidents, on incident.On) (incident.Incident, error) {
		return x.Describe(ctx, on, incident.Description{Nature: "A stick was lost.", Effects: "Nobody could read it.", Measures: "Sticks are locked."})
	}, func(x *incident.Incidents, on incident.On) (incident.Incident, error) {
		return x.Assess(ctx, on, incident.Facts{People: 3})
	})
	if risk != "" {
		h.steps(h.t, i.Number, func(x *incident.Incidents, on incident.On) (incident.Incident, error) {
			return x.Decide(ctx, on, risk, "as it was assessed")
		})
	}
	for _, g := range excepted {
		h.steps(h.t, i.Number, func(x *incident.Incidents, on incident.On) (incident.Incident, error) {
			return x.Except(ctx, on, g, "it was wiped from afar")
		})
	}
}

// filedKind is a register in which all that the notice calls for is signed.
func filedKind(id string) planted {
	return planted{check: "{check: register.complete, register: " + id + "}", before: func(h *heldDesk) { h.names(id); h.files(id) }, plant: overdue, gap: noForms}
}

// overdue lets every review be late.
func overdue(h *heldDesk) { h.at("2028-03-01") }

// noForms makes the registers ones that cannot be read.
func noForms(h *heldDesk) {
	h.must(os.WriteFile(filepath.Join(h.Dir, registersFile), []byte("no-such-register: []\n"), 0o600))
}

// confirmed is somebody's word that the map is right as it lies.
func confirmed(h *heldDesk) { h.must(h.ConfirmMap(h.t.Context(), "s1", "h")) }

// told is an erasure of what a contractor was given, and how telling them ended, if it did.
func (h *heldDesk) told(ends cases.Outcome) {
	h.t.Helper()
	ctx := h.t.Context()
	h.at("2026-09-01")
	gave(h.t, h.Desk, ann, "repairs-contractors", "repairs-to-contractors", "Weir Lane Plumbing", "name")
	h.at("2026-09-02")
	k := granted(h.t, h.Desk, law.KindErasure, ann)
	searches, err := h.Cases.Tasks(ctx, k.ID)
	h.must(err)
	for _, x := range searches {
		_, err := h.Cases.Finish(ctx, cases.On{Case: k.ID, By: "s1"}, x.N, cases.Empty, "Nothing.")
		h.must(err)
	}
	k, err = h.Cases.Get(ctx, k.ID)
	h.must(err)
	k, err = h.Approve(ctx, k, "s2", "")
	h.must(err)
	tasks, err := h.Cases.Tasks(ctx, k.ID)
	h.must(err)
	h.at("2026-09-10")
	for _, x := range tasks {
		if x.Outcome == "" && ends != "" {
			_, err := h.Cases.Finish(ctx, cases.On{Case: k.ID, By: "s1"}, x.N, ends, "Their e-mail of 10 September says so.")
			h.must(err)
		}
	}
	h.Now = func() time.Time { return promiseDay }
}

// handedOver is an answer that says something, of which something was withheld.
func (h *heldDesk) handedOver(name, day, says string, withheld ...string) cases.Case {
	h.t.Helper()
	ctx := h.t.Context()
	k := h.ask(law.Access, day)
	files, err := pack.Files(pack.Input{Reference: k.Number, Landlord: h.Notice.Landlord.Name, Person: "Ann Larter", Received: k.Received, Due: k.Received, Searched: h.Today(),
		Items:    []pack.Item{{ID: "x", Source: "h", Table: "tenancy", Texts: []pack.Field{{Name: "note", Value: says}}}},
		Withheld: []pack.Withheld{{Item: "x", What: "part of a text", Exemption: law.ExemptThirdParty, Reason: reasonOther}}, Explanation: h.Notice.Explain(notice.About{Day: notice.Date(day)})})
	h.must(err)
	var sealed bytes.Buffer
	h.must(pack.Seal(&sealed, files, h.Keys.PackRecipient()))
	h.must(h.Packs.Put(ctx, name, bytes.NewReader(sealed.Bytes())))
	digest := digestOf(sealed.Bytes())
	outline, err := json.Marshal(outline{Proof: &proofKept{withheld}})
	h.must(err)
	_, err = h.Cases.Identify(ctx, cases.On{Case: k.ID, By: "s1"}, cases.Proof{How: "passport seen", Arrived: h.Today()})
	h.must(err)
	_, err = h.Cases.SetDraft(ctx, cases.On{Case: k.ID, By: "s1"}, cases.Draft{Pack: name, Digest: digest, Size: int64(sealed.Len()), File: outlineFile, Notice: h.Notice.Version()},
		cases.File{Name: outlineFile, Data: outline})
	h.must(err)
	_, err = h.Cases.Approve(ctx, cases.On{Case: k.ID, By: "s2"}, digest)
	h.must(err)
	k, err = h.Cases.Release(ctx, cases.On{Case: k.ID, By: "s2"}, cases.Sent)
	h.must(err)
	h.Now = func() time.Time { return promiseDay }
	return k
}

// gaveAndLogged records that something was given to a repairs contractor, as the landlord's own log
// has it too.
func gaveAndLogged(h *heldDesk) {
	_, _, err := h.RecordDisclosure(h.t.Context(), disclosing(h.t, "repairs-contractors", "name,address", "repair=open"))
	h.must(err)
	query("INSERT INTO given VALUES (8, 'repairs-contractors', '2026-11-22')")(h)
}

// noLog makes the map one that names no log of disclosures.
func noLog(h *heldDesk) {
	h.edit("maps/h.yaml", "discloses: {to: recipient, at: at}", "columns: {recipient: {category: identity}}")
	h.reopen()
}

// pack is the file of the only pack.
func (h *heldDesk) pack() string {
	var found string
	h.must(filepath.WalkDir(filepath.Join(h.dir, "office", "packs"), func(path string, _ os.DirEntry, err error) error {
		if strings.HasSuffix(path, "one.age") {
			found = path
		}
		return err
	}))
	return found
}

// released is a case that one member of staff decided and another approved.
func (h *heldDesk) released(decided, approved, received string) {
	k := h.answered(law.Access, received, "2026-10-20")
	for _, a := range [][2]string{{decided, "case.drafted"}, {approved, "case.approved"}, {approved, "case.released"}} {
		h.act(a[0], a[1], k.ID, "", nil)
	}
}

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
