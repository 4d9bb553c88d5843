package desk

import (
	"bytes"
	"encoding/json"
	"os"
	"path/filepath"
	"strings"
	"time"

	"tenet/internal/cases"
	"tenet/internal/incident"
	"tenet/internal/law"
	"tenet/internal/notice"
	"tenet/internal/pack"
	"tenet/internal/register"
	"tenet/internal/store"
)

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
