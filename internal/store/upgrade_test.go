package store

import (
	"bytes"
	"context"
	"errors"
	"fmt"
	"io/fs"
	"path/filepath"
	"regexp"
	"strings"
	"testing"

	"github.com/google/go-cmp/cmp"

	"tenet/internal/ledger"
)

// row is a row of an old store: SQL of that version, and its arguments.
type row struct {
	sql  string
	args []any
}

// oldRows are what a store of each released version may hold. Each is put in at
// its version and must be there at the newest.
var oldRows = map[int64][]row{
	1: {
		{`INSERT INTO landlord (landlord, name) VALUES ('vale', 'Vale Housing')`, nil},
		{`INSERT INTO staff (landlord, id, login, name, role, password, created, disabled)
			VALUES ('vale', 's1', 'ada', 'Ada Fenwick', 'dpo', 'hash', 1, NULL)`, nil},
		{`INSERT INTO session (landlord, token, data, expires) VALUES ('vale', 't', $1, 9)`, []any{[]byte{0}}},
		{`INSERT INTO ledger_entry (landlord, time, actor, act, subject, notice, commitment, once)
			VALUES ('default', 1767225600000000, 'system', 'case.opened', 'case-1', '', $1, 'first')`, []any{make([]byte, 32)}},
		{`INSERT INTO ledger_payload (landlord, entry, nonce, payload) VALUES ('default', 1, $1, '{}')`, []any{make([]byte, 32)}},
	},
	2: {
		{`INSERT INTO cases_series (landlord, series, last) VALUES ('vale', 'AR-2026', 2)`, nil},
		{`INSERT INTO cases (landlord, id, number, once, regime, state, version, received, received_at, channel, notice, clock, due, deadline,
				decided, opened, changed, changed_by, changed_act, ended, forgotten, secret, wrapped, sealed)
			VALUES ('vale', 'c1', 'AR-2026-0001', 'form-1', 'access', 'received', 3, '2026-11-22', 1795340000000000, 'online', 'aa', '{}', '2026-12-22', 1797980000000000,
				0, 1795340000000000, 1795340000000000, 's1', 'case.opened', NULL, NULL, $1, $2, $3)`, []any{make([]byte, 32), []byte("wrapped"), []byte("sealed")}},
		{`INSERT INTO cases (landlord, id, number, once, regime, state, version, received, received_at, channel, notice, clock, due, deadline,
				decided, opened, changed, changed_by, changed_act, ended, forgotten, secret, wrapped, sealed)
			VALUES ('vale', 'c2', 'AR-2026-0002', 'form-2', 'access', 'closed', 9, '2026-01-05', NULL, 'letter', 'aa', '{}', NULL, 0,
				1, 1767600000000000, 1770000000000000, 's1', 'case.forgotten', 1769000000000000, 1770000000000000, NULL, NULL, NULL)`, nil},
		{`INSERT INTO cases_words (landlord, case_id, step, sealed) VALUES ('vale', 'c1', 2, $1)`, []any{[]byte("said")}},
		{`INSERT INTO cases_decision (landlord, case_id, item, step, release, exemption, decided, actor, sealed)
			VALUES ('vale', 'c1', 'item-1', 3, 0, 'third-party', 1795340000000000, 's1', $1)`, []any{[]byte("why")}},
		{`INSERT INTO cases_file (landlord, case_id, name, part, parts, size, revision, sealed)
			VALUES ('vale', 'c1', 'found.json', 0, 1, 2, 'r1', $1)`, []any{[]byte{0, 1, 255}}},
	},
	3: {
		{`INSERT INTO job (landlord, kind, key, args, state, due, tries, added, worker, lease, again, error)
			VALUES ('vale', 'index', 'housing', '{}', 'waiting', 1795340000000000, 0, 1795340000000000, '', NULL, NULL, '')`, nil},
		{`INSERT INTO job (landlord, kind, key, args, state, due, tries, added, worker, lease, again, error)
			VALUES ('vale', 'index', 'repairs', '{}', 'running', 1795340060000000, 1, 1795340000000000, 'w1', 'l1', 1795340001000000, '')`, nil},
	},
	4: {
		{`INSERT INTO identity_key (landlord, wrapped, sealed) VALUES ('vale', $1, $2)`, []any{[]byte("wrapped"), []byte("sealed")}},
		{`INSERT INTO identity_decision (landlord, row_a, row_b, n, same, decided, actor, sealed, withdrawn)
			VALUES ('vale', $1, $2, 1, 1, 1795340000000000, 's1', $3, 1795350000000000)`, []any{make([]byte, 32), bytes.Repeat([]byte{255}, 32), []byte("why")}},
		{`INSERT INTO identity_decision (landlord, row_a, row_b, n, same, decided, actor, sealed, withdrawn)
			VALUES ('vale', $1, $2, 2, 0, 1795360000000000, 's2', $3, NULL)`, []any{make([]byte, 32), bytes.Repeat([]byte{255}, 32), []byte("why not")}},
	},
	6: {
		{`INSERT INTO cases (landlord, id, number, once, regime, state, version, received, received_at, channel, notice, clock, due, deadline,
				decided, opened, changed, changed_by, changed_act, ended, forgotten, secret, wrapped, sealed, kind, entity, minutes, searching)
			VALUES ('vale', 'c3', 'CV-2026-0001', 'form-3', 'access', 'received', 1, '2026-11-22', NULL, 'letter', 'aa', '{}', NULL, 0,
				0, 1795340000000000, 1795340000000000, 's1', 'case.opened', NULL, NULL, NULL, $1, $2, 'cctv', 'homes', 90, 60)`, []any{[]byte("wrapped"), []byte("sealed")}},
		{`INSERT INTO cases_key (landlord, wrapped, sealed) VALUES ('vale', $1, $2)`, []any{[]byte("wrapped"), []byte("sealed")}},
		{`INSERT INTO cases_mark (landlord, mark, case_id) VALUES ('vale', $1, 'c3')`, []any{bytes.Repeat([]byte{7}, 32)}},
		{`INSERT INTO cases_task (landlord, case_id, task, step, sort, place, owner, due, opened, chased, reminded, raised, outcome, ended, sealed)
			VALUES ('vale', 'c3', 1, 1, 'hold', 'lobby-cameras', 's2', 1795354400000000, 1795340000000000, 0, NULL, '', '', NULL, $1)`, []any{[]byte("what")}},
	},
	7: {
		{`INSERT INTO staff (landlord, id, login, name, role, password, created, disabled, tries, locked)
			VALUES ('vale', 's9', 'bede', 'Bede Larter', 'dpo', '', 1, NULL, 10, 1795340000000000)`, nil},
		{`INSERT INTO staff_factor (landlord, staff, wrapped, sealed, step, begun, confirmed)
			VALUES ('vale', 's9', $1, $2, 59844666, 1795340000000000, 1795340060000000)`, []any{[]byte("wrapped"), []byte("secret")}},
		{`INSERT INTO staff_code (landlord, staff, code, used) VALUES ('vale', 's9', $1, NULL)`, []any{bytes.Repeat([]byte{5}, 32)}},
		{`INSERT INTO staff_outside (landlord, issuer, subject, staff) VALUES ('vale', 'https://sign-in.example.org', 'sub-1', 's9')`, nil},
		{`INSERT INTO staff_session (landlord, id, staff, browser, started, seen, vouched)
			VALUES ('vale', 'sit-1', 's9', 'Firefox on Linux', 1795340000000000, 1795340060000000, NULL)`, nil},
		{`INSERT INTO staff_look (landlord, case_id, staff, day, page, item, began, ended, times)
			VALUES ('vale', 'c1', 's9', '2026-11-22', 'found', '', 1795340000000000, 1795340060000000, 4)`, nil},
		{`INSERT INTO staff_opening (landlord, case_id, staff, opened, until, purpose, wrapped, sealed)
			VALUES ('vale', 'c1', 's9', 1795340000000000, 1795354400000000, 'answer', $1, $2)`, []any{[]byte("wrapped"), []byte("why")}},
	}, 8: {
		{`INSERT INTO promise_run (landlord, run, notice, actor) VALUES ('vale', 1795340000000000, 'aa', 'system')`, nil},
		{`INSERT INTO promise_result (landlord, promise, run, status, before, result) VALUES ('vale', 'answer-in-a-month', 1795340000000000, 'kept', '', '{}')`, nil},
		{`INSERT INTO promise_attestation (landlord, promise, at, actor, owner, evidence) VALUES ('vale', 'tell-callers', 1795340000000000, 's1', 'officer', 'ten calls heard')`, nil},
		{`INSERT INTO promise_public (landlord, promise, words, at, actor) VALUES ('vale', 'answer-in-a-month', 'bb', 1795340000000000, 's1')`, nil},
	},
	9: {
		{`INSERT INTO desk_letter (landlord, case_id, n, once, kind, language, way, state, latest, written, actor, tries, why, ended, ended_by, sealed)
			VALUES ('vale', 'c1', 1, 'acknowledge', 'acknowledge', 'cy', 'email', 'sent', '', 1795340000000000, 'system', 1, '', 1795340060000000, 'system', $1)`, []any{[]byte("letter")}},
		{`INSERT INTO desk_letter (landlord, case_id, n, once, kind, language, way, state, latest, written, actor, tries, why, ended, ended_by, sealed)
			VALUES ('vale', 'c1', 2, 'extend', 'extend', 'en', 'post', 'print', '2026-12-22', 1795340000000000, 's1', 0, '', NULL, '', $1)`, []any{[]byte("letter")}},
		{`INSERT INTO desk_mail (landlord, id, taken, state, case_id, ended, ended_by, wrapped, sealed)
			VALUES ('vale', 'm1', 1795340000000000, 'new', NULL, NULL, '', $1, $2)`, []any{[]byte("wrapped"), []byte("mail")}},
		{`INSERT INTO desk_mail (landlord, id, taken, state, case_id, ended, ended_by, wrapped, sealed)
			VALUES ('vale', 'm2', 1795340000000000, 'opened', 'c1', 1795340060000000, 's1', NULL, NULL)`, nil},
	},
	10: {
		{`INSERT INTO desk_notice (landlord, version, effective, until, kept, actor, adopted, significant, reason, files)
			VALUES ('vale', $1, '2026-07-01', '', 1795340000000000, 's1', 1, 1, 'people wait longer', $2)`, []any{strings.Repeat("ab", 32), []byte("zip")}},
		{`INSERT INTO desk_notice_done (landlord, version, what, id, at, actor, proof)
			VALUES ('vale', $1, 'display', 'site', 1795340000000000, 's1', 'seen')`, []any{strings.Repeat("ab", 32)}},
	},
	11: {
		{`INSERT INTO disclose_series (landlord, last) VALUES ('vale', 2)`, nil},
		{`INSERT INTO disclose_entry (landlord, n, once, at, day, actor, kind, verdict, recipient, rule, case_id, notice, people, corrects, wrapped, sealed)
			VALUES ('vale', 1, 'call-1', 1795340000000000, '2026-11-22', 's1', 'shared', 'within', 'police', 'crime-to-police', 'c1', $1, 1, NULL, $2, $3)`,
			[]any{strings.Repeat("ab", 32), []byte("wrapped"), []byte("what")}},
		{`INSERT INTO disclose_entry (landlord, n, once, at, day, actor, kind, verdict, recipient, rule, case_id, notice, people, corrects, wrapped, sealed)
			VALUES ('vale', 2, '', 1795340060000000, '2026-11-22', 's1', 'void', 'within', 'police', '', NULL, $1, 0, 1, NULL, NULL)`, []any{strings.Repeat("ab", 32)}},
		{`INSERT INTO disclose_mark (landlord, mark, n, person, strong) VALUES ('vale', $1, 1, 0, 1)`, []any{bytes.Repeat([]byte{5}, 32)}},
	},
	15: {
		{`INSERT INTO contact_entry (landlord, id, once, happened, written, actor, channel, outward, case_id, corrects, wrapped, sealed)
			VALUES ('vale', 'ct1', 'call-1', 1795340000000000, 1795340060000000, 's1', 'phone', 0, 'c1', NULL, $1, $2)`, []any{[]byte("wrapped"), []byte("facts")}},
		{`INSERT INTO contact_entry (landlord, id, once, happened, written, actor, channel, outward, case_id, corrects, wrapped, sealed)
			VALUES ('vale', 'ct2', 'call-2', 1795340000000000, 1795340120000000, 's1', 'phone', 0, NULL, 'ct1', $1, $2)`, []any{[]byte("wrapped"), []byte("facts")}},
		{`INSERT INTO contact_authority (landlord, id, once, added, actor, ended, ended_at, ended_by, wrapped, sealed)
			VALUES ('vale', 'au1', 'form-1', 1795340000000000, 's1', '2026-12-01', 1796100000000000, 's1', $1, $2)`, []any{[]byte("wrapped"), []byte("who")}},
		{`INSERT INTO contact_check (landlord, id, once, subject, day, begun, until, actor, caller, state, passed, tries, asked, answered, wrapped, sealed)
			VALUES ('vale', 'cc1', 'check-1', 'person-aa', '2026-11-22', 1795340000000000, 1795392000000000, 's1', '', 'passed', 1, 1, 'born nino', 'born nino', $1, $2)`, []any{[]byte("wrapped"), []byte("call")}},
		{`INSERT INTO contact_mark (landlord, mark, what, id) VALUES ('vale', $1, 'entry', 'ct1')`, []any{bytes.Repeat([]byte{7}, 32)}},
	},
	16: {
		{`INSERT INTO contact_entry (landlord, id, once, happened, written, actor, channel, outward, case_id, corrects, wrapped, sealed, client)
			VALUES ('vale', 'ct3', 'call-3', 1795340000000000, 1795340060000000, 's1', 'phone', 0, NULL, NULL, $1, $2, 'lantern-row')`, []any{[]byte("wrapped"), []byte("facts")}},
		{`INSERT INTO contact_mark (landlord, mark, what, id, client) VALUES ('vale', $1, 'entry', 'ct3', 'lantern-row')`, []any{bytes.Repeat([]byte{7}, 32)}},
		{`INSERT INTO disclose_entry (landlord, n, once, at, day, actor, kind, verdict, recipient, rule, case_id, notice, people, corrects, wrapped, sealed, client)
			VALUES ('vale', 3, 'call-2', 1795340000000000, '2026-11-22', 's1', 'shared', 'within', 'police', 'crime-to-police', NULL, $1, 1, NULL, $2, $3, 'lantern-row')`,
			[]any{strings.Repeat("ab", 32), []byte("wrapped"), []byte("what")}},
	},
	12: {
		{`INSERT INTO desk_link (landlord, id, case_id, made, actor, factor, draft, expires, state, ended, ended_by, asked, sends, tries, code, until, words, holder, opened, began, lease, claims, sealed)
			VALUES ('vale', 'l1', 'c1', 1795340000000000, 's1', 'email-code', 'ab', 1795940000000000, 'open', NULL, '', 1795340060000000, 1, 2, $1, 1795340960000000, $1, $1, 1, 1795340120000000, NULL, 1, $2)`,
			[]any{bytes.Repeat([]byte{3}, 32), []byte("whom for")}},
		{`INSERT INTO desk_link (landlord, id, case_id, made, actor, factor, draft, expires, state, ended, ended_by, asked, sends, tries, code, until, words, holder, opened, began, lease, claims, sealed)
			VALUES ('vale', 'l0', 'c1', 1795240000000000, 's1', 'phone-code', 'aa', 1795840000000000, 'withdrawn', 1795250000000000, 's1', NULL, 0, 0, NULL, NULL, NULL, NULL, 0, NULL, NULL, 0, NULL)`, nil},
		{`INSERT INTO desk_link_token (landlord, token, link) VALUES ('vale', $1, 'l1')`, []any{bytes.Repeat([]byte{4}, 32)}},
		{`INSERT INTO desk_download (landlord, link, n, began, size, ended, bytes, complete) VALUES ('vale', 'l1', 1, 1795340120000000, 900, 1795340130000000, 400, 0)`, nil},
		{`INSERT INTO desk_posted (landlord, case_id, n, day, actor, sealed) VALUES ('vale', 'c1', 1, '2026-11-23', 's1', $1)`, []any{[]byte("number")}},
	},
	14: {
		{`INSERT INTO incident_series (landlord, series, last) VALUES ('vale', 'IN-2026', 1)`, nil},
		{`INSERT INTO incident (landlord, id, number, once, kind, state, version, risk, opened, aware, notified, ended, changed, actor, notice, wrapped, sealed)
			VALUES ('vale', 'i1', 'IN-2026-0001', 'aa', 'lost', 'notified', 4, 'high', 1795340000000000, 1795340000000000, 1795340060000000, NULL, 1795340060000000, 's1', 'aa', $1, $2)`,
			[]any{[]byte("wrapped"), []byte("details")}},
		{`INSERT INTO incident_step (landlord, incident, n, at, actor, action, once, sealed) VALUES ('vale', 'i1', 1, 1795340000000000, 's1', 'open', NULL, NULL)`, nil},
		{`INSERT INTO incident_person (landlord, incident, n, whole, letter, way, told, sealed) VALUES ('vale', 'i1', 1, $1, 'BR-2026-0001-1', 'email', 1795340060000000, $2)`,
			[]any{bytes.Repeat([]byte{9}, 32), []byte("person")}},
		{`INSERT INTO incident_mark (landlord, mark, incident, n) VALUES ('vale', $1, 'i1', 1)`, []any{bytes.Repeat([]byte{8}, 32)}},
		{`INSERT INTO incident_key (landlord, wrapped, sealed) VALUES ('vale', $1, $2)`, []any{[]byte("wrapped"), []byte("sealed")}},
		{`INSERT INTO incident_ban (landlord, digest, incident, since, until, actor) VALUES ('vale', $1, 'i1', 1795340000000000, 1797340000000000, 's1')`, []any{bytes.Repeat([]byte{6}, 32)}},
	},
	17: {
		{`INSERT INTO incident (landlord, id, number, once, kind, state, version, risk, opened, aware, notified, ended, changed, actor, notice, wrapped, sealed, listed, told, client, forgotten)
			VALUES ('vale', 'i2', 'IN-2026-0002', 'bb', 'seen', 'closed', 9, 'none', 1795340000000000, 1795340000000000, NULL, 1795340060000000, 1795340060000000, 's1', 'aa', $1, $2, 3, 2, 'lantern-row', 1797340000000000)`,
			[]any{[]byte("wrapped"), []byte("what stays")}},
		{`INSERT INTO incident_look (landlord, incident, staff, day, page, began, ended, times) VALUES ('vale', 'i2', 's1', '2026-11-22', 'The people', 1795340000000000, 1795340060000000, 2)`, nil},
	},
	18: {
		{`INSERT INTO keep_leave (landlord, record, rule, number, at, actor) VALUES ('vale', 'cases', 'ab', 12, 1795340000000000, 's1')`, nil},
		{`INSERT INTO keep_run (landlord, run, ended, actor, notice, result) VALUES ('vale', 1795340000000000, 1795340060000000, 'system', 'aa', '{}')`, nil},
		{`INSERT INTO keep_run (landlord, run, ended, actor, notice, result) VALUES ('vale', 1795426400000000, NULL, 'system', 'aa', '')`, nil},
		{`INSERT INTO keep_count (landlord, run, record, rule, before, number, digest) VALUES ('vale', 1795340000000000, 'cases', 'ab', 1600000000000000, 3, $1)`, []any{bytes.Repeat([]byte{2}, 32)}},
		{`INSERT INTO keep_file (landlord, name) VALUES ('vale', 'AR-2026-0002.aa.draft.age')`, nil},
		{`INSERT INTO keep_hold (landlord, id, kind, records, everybody, placed, actor, review, ended, ended_by, wrapped, sealed)
			VALUES ('vale', 'h1', 'claim', 'cases contacts', 0, 1795340000000000, 's1', '2027-11-23', NULL, '', $1, $2)`, []any{[]byte("wrapped"), []byte("whose")}},
		{`INSERT INTO keep_hold_mark (landlord, mark, hold) VALUES ('vale', $1, 'h1')`, []any{bytes.Repeat([]byte{7}, 32)}},
		{`INSERT INTO register_series (landlord, register, last) VALUES ('vale', 'guidance', 4)`, nil},
		{`INSERT INTO register_mark (landlord, mark, paper, part, n) VALUES ('vale', $1, 'paper-1', 'entry', 1)`, []any{bytes.Repeat([]byte{7}, 32)}},
	},
	19: {
		{`INSERT INTO desk_notice_count (landlord, version, actor, begun, read, taken, counts) VALUES ('vale', $1, 's1', 1795340000000000, 812, 1795340060000000, '{}')`, []any{strings.Repeat("ab", 32)}},
	},
	20: {
		{`INSERT INTO desk_notice (landlord, version, effective, until, kept, actor, adopted, significant, reason, files, concerns, despite, withdrawn, withdrawn_by, withdrawn_why)
			VALUES ('vale', $1, '2027-07-01', '', 1795340000000000, 's1', 1, 1, 'people wait longer', $2, 'tenants applicants', 'reading-ease', 1795350000000000, 's1', 'not yet')`, []any{strings.Repeat("cd", 32), []byte("zip")}},
	},
	13: {
		{`INSERT INTO register_paper (landlord, id, once, register, number, step, review, opened, changed, ended, wrapped)
			VALUES ('vale', 'paper-1', 'form-1', 'dpia', 1, 3, '2027-11-22', 1795340000000000, 1795340060000000, NULL, $1)`, []any{[]byte("wrapped")}},
		{`INSERT INTO register_version (landlord, paper, n, state, written, actor, proposer, decided, decided_by, sealed)
			VALUES ('vale', 'paper-1', 1, 'signed', 1795340000000000, 's1', 's1', 1795340060000000, 's2', $1)`, []any{[]byte("paper")}},
		{`INSERT INTO register_entry (landlord, paper, n, kind, version, at, actor, sealed)
			VALUES ('vale', 'paper-1', 1, 'signed', 1, 1795340060000000, 's2', $1)`, []any{[]byte("why")}},
	},
}

// oldTables is which tables those rows stand in, and how many.
var oldTables = map[int64]map[string]int64{
	1:  {"landlord": 2, "staff": 1, "session": 1, "ledger_payload": 1},
	2:  {"cases_series": 1, "cases": 2, "cases_words": 1, "cases_decision": 1, "cases_file": 1},
	3:  {"job": 2},
	4:  {"identity_key": 1, "identity_decision": 2},
	6:  {"cases": 3, "cases_key": 1, "cases_mark": 1, "cases_task": 1},
	7:  {"staff": 2, "staff_factor": 1, "staff_code": 1, "staff_outside": 1, "staff_session": 1, "staff_look": 1, "staff_opening": 1},
	8:  {"promise_run": 1, "promise_result": 1, "promise_attestation": 1, "promise_public": 1},
	9:  {"desk_letter": 2, "desk_mail": 2},
	10: {"desk_notice": 1, "desk_notice_done": 1},
	11: {"disclose_series": 1, "disclose_entry": 2, "disclose_mark": 1},
	15: {"contact_entry": 2, "contact_authority": 1, "contact_check": 1, "contact_mark": 1},
	16: {"contact_entry": 3, "contact_mark": 2, "disclose_entry": 3},
	12: {"desk_link": 2, "desk_link_token": 1, "desk_download": 1, "desk_posted": 1},
	14: {"incident_series": 1, "incident": 1, "incident_step": 1, "incident_person": 1, "incident_mark": 1, "incident_key": 1, "incident_ban": 1},
	17: {"incident": 2, "incident_look": 1},
	18: {"keep_leave": 1, "keep_run": 2, "keep_count": 1, "keep_file": 1, "keep_hold": 1, "keep_hold_mark": 1, "register_series": 2, "register_mark": 1},
	19: {"desk_notice_count": 1},
	20: {"desk_notice": 2},
	13: {"register_paper": 1, "register_version": 1, "register_entry": 1},
}

// age makes a store whose schema is of an earlier version, with its rows in it.
func age(t *testing.T, at place, version int64) {
	t.Helper()
	ctx := context.Background()
	s := at.raw(t)
	for v := int64(1); v <= version; v++ {
		if err := migrate(ctx, s.engine, v); err != nil {
			t.Fatal(err)
		}
		for _, r := range oldRows[v] {
			if _, err := database(s).Exec(r.sql, r.args...); err != nil {
				t.Fatalf("row of version %d: %v\n%s", v, err, r.sql)
			}
		}
	}
}

// aged checks that the rows of a version are there.
func aged(t *testing.T, s *Store, version int64) {
	t.Helper()
	for v := int64(1); v <= version; v++ {
		for table, want := range oldTables[v] {
			if n := number(t, s, `SELECT count(*) FROM `+table); n < want {
				t.Errorf("table %s has %d rows, and had %d in version %d", table, n, want, v)
			}
		}
	}
	if n := number(t, s, `SELECT count(*) FROM staff WHERE landlord = 'vale' AND id = 's1' AND name = 'Ada Fenwick'`); n != 1 {
		t.Error("the account of version 1 is gone")
	}
	if version >= 2 {
		if n := number(t, s, `SELECT count(*) FROM cases_file WHERE case_id = 'c1' AND sealed = $1`, []byte{0, 1, 255}); n != 1 {
			t.Error("the file of version 2 is not as it was")
		}
	}
}

// schema is every object of the database, as text.
func schema(t *testing.T, s *Store) []string {
	t.Helper()
	query := `SELECT type || ' ' || name || ': ' || coalesce(sql, '') FROM sqlite_master ORDER BY 1`
	if _, ok := s.engine.(*postgres); ok {
		query = `WITH ours AS (SELECT oid, relname FROM pg_class WHERE relnamespace = 'tenet'::regnamespace AND relkind = 'r')
			SELECT 'column ' || relname || ' ' || attnum || ' ' || attname || ' ' || format_type(atttypid, atttypmod) || ' ' || attnotnull || attidentity::text || coalesce(collname, '')
				FROM ours JOIN pg_attribute ON attrelid = ours.oid AND attnum > 0 LEFT JOIN pg_collation c ON c.oid = attcollation
			UNION ALL SELECT 'constraint ' || relname || ' ' || pg_get_constraintdef(c.oid) FROM ours JOIN pg_constraint c ON conrelid = ours.oid
			UNION ALL SELECT 'index ' || pg_get_indexdef(indexrelid) FROM ours JOIN pg_index ON indrelid = ours.oid
			UNION ALL SELECT 'trigger ' || pg_get_triggerdef(t.oid) FROM ours JOIN pg_trigger t ON tgrelid = ours.oid AND NOT tgisinternal
			ORDER BY 1`
	}
	rows, err := database(s).Query(query)
	if err != nil {
		t.Fatal(err)
	}
	defer rows.Close()
	var all []string
	for rows.Next() {
		var one string
		if err := rows.Scan(&one); err != nil {
			t.Fatal(err)
		}
		all = append(all, one)
	}
	if err := rows.Err(); err != nil {
		t.Fatal(err)
	}
	return all
}

func newest(t *testing.T) int64 {
	t.Helper()
	known, err := latest()
	if err != nil {
		t.Fatal(err)
	}
	return known
}

func testUpgradeFromEveryVersion(t *testing.T, at place) {
	fresh := at.fresh(t).open(t)
	for v := int64(1); v <= newest(t); v++ {
		t.Run(fmt.Sprint("from ", v), func(t *testing.T) {
			at := at.fresh(t)
			age(t, at, v)
			s := at.open(t)
			sound(t, s)
			if diff := cmp.Diff(schema(t, fresh), schema(t, s)); diff != "" {
				t.Errorf("the schema is not that of a new store:\n%s", diff)
			}
			aged(t, s, v)
			record(t, s, 2, 4)
			sequence(t, s)
			_, vkey := testKey(t)
			if r := verify(t, s, false, ledger.Trust{Key: vkey}); !r.OK() || r.Entries != 3 {
				t.Errorf("report %+v", r)
			}
		})
	}
}

func testNewerStoreIsRefused(t *testing.T, at place) {
	s := at.open(t)
	known := newest(t)
	if _, err := database(s).Exec(`INSERT INTO goose_db_version (version_id, is_applied) VALUES ($1, $2)`, known+1, true); err != nil {
		t.Fatal(err)
	}
	_, err := Open(context.Background(), at.url)
	if !errors.Is(err, ErrNewer) || !strings.Contains(err.Error(), fmt.Sprintf("has schema %d, and this one knows up to %d", known+1, known)) {
		t.Errorf("error %v", err)
	}
}

// The rules for migrations in doc.go.
func TestMigrationsKeepTheRules(t *testing.T) {
	var files [2][]string
	for i, engine := range engines {
		names, err := fs.Glob(migrations, "migrations/"+engine+"/*")
		if err != nil {
			t.Fatal(err)
		}
		for n, name := range names {
			base := filepath.Base(name)
			files[i] = append(files[i], base)
			if !regexp.MustCompile(fmt.Sprintf(`^%04d_[a-z0-9_]+\.sql$`, n+1)).MatchString(base) {
				t.Errorf("%s: the next is named %04d_words.sql", name, n+1)
			}
			text, err := fs.ReadFile(migrations, name)
			if err != nil {
				t.Fatal(err)
			}
			if !strings.HasPrefix(string(text), "-- +goose Up\n") || strings.Contains(string(text), "goose Down") {
				t.Errorf("%s: begins with -- +goose Up, and has no Down", name)
			}
		}
	}
	if diff := cmp.Diff(files[0], files[1]); diff != "" {
		t.Errorf("each migration is written for both engines:\n%s", diff)
	}
	const belongs = "every row belongs to one landlord: give it a column landlord, text and not null, that references landlord, alone or in a composite key"
	t.Run("sqlite", func(t *testing.T) {
		s := newStore(t)
		none(t, s, `SELECT name FROM pragma_table_list WHERE schema = 'main' AND type = 'table' AND strict = 0
			AND name NOT LIKE 'sqlite%' AND name <> 'goose_db_version'`, "is not STRICT")
		none(t, s, `SELECT m.name FROM sqlite_master m WHERE m.type = 'table' AND m.name NOT LIKE 'sqlite%' AND m.name NOT IN ('goose_db_version', 'landlord')
			AND NOT EXISTS (SELECT 1 FROM pragma_foreign_key_list(m.name) f JOIN pragma_table_info(m.name) c ON c.name = f."from"
				WHERE f."from" = 'landlord' AND c."notnull" = 1)`, belongs)
	})
	t.Run("postgres", func(t *testing.T) {
		s := newPlace(t, "postgres").open(t)
		none(t, s, `SELECT c.relname || '.' || a.attname FROM pg_class c JOIN pg_attribute a ON a.attrelid = c.oid AND a.attnum > 0
				JOIN pg_collation l ON l.oid = a.attcollation
			WHERE c.relnamespace = 'tenet'::regnamespace AND c.relkind = 'r' AND l.collname <> 'C'`, `is not COLLATE "C"`)
		none(t, s, `SELECT c.relname FROM pg_class c WHERE c.relnamespace = 'tenet'::regnamespace AND c.relkind = 'r' AND c.relname NOT IN ('goose_db_version', 'landlord')
			AND NOT EXISTS (SELECT 1 FROM pg_constraint f JOIN pg_attribute a ON a.attrelid = c.oid AND a.attnum = ANY (f.conkey)
				WHERE f.conrelid = c.oid AND f.contype = 'f' AND a.attname = 'landlord' AND a.attnotnull)`, belongs)
	})
}

// none fails for each that a query finds.
func none(t *testing.T, s *Store, query, rule string) {
	t.Helper()
	ctx := context.Background()
	err := s.Read(ctx, func(tx *Tx) error {
		all, err := tx.words(ctx, query)
		for _, one := range all {
			t.Errorf("%s: %s", one, rule)
		}
		return err
	})
	if err != nil {
		t.Fatal(err)
	}
}

// The tables are the same on both engines, to the column.
func TestSchemasAreAlike(t *testing.T) {
	tables := func(s *Store) (all []table) {
		ctx := context.Background()
		err := s.Read(ctx, func(tx *Tx) (err error) {
			all, err = tx.engine.tables(ctx, tx)
			return err
		})
		if err != nil {
			t.Fatal(err)
		}
		return all
	}
	one, two := tables(newStore(t)), tables(newPlace(t, "postgres").open(t))
	if diff := cmp.Diff(one, two, cmp.AllowUnexported(table{})); diff != "" {
		t.Errorf("SQLite (-) and PostgreSQL (+) differ:\n%s", diff)
	}
	if len(one) < 12 {
		t.Errorf("%d tables", len(one))
	}
}
