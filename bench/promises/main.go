// Promises measures what it costs to look whether a notice is kept at a landlord of a
// given size: for each check the time, the rows and the bytes that it reads, and beside it
// the query that somebody who knows the schema would write, in the same run.
//
//	go run ./bench/promises -homes 100000
//
// The registers of the landlord and Tenet's own store are filled to the same size. The ratio
// of the two holds from machine to machine where times do not. Where the two come to
// different numbers the program fails.
package main

import (
	"context"
	"database/sql"
	"errors"
	"flag"
	"fmt"
	"os"
	"path/filepath"
	"strings"
	"time"

	_ "modernc.org/sqlite" // the driver named "sqlite"

	"tenet/internal/demo"
	"tenet/internal/desk"
	"tenet/internal/promise"
)

// measured is a check with the query that finds the same violations. At most says that the
// query finds what may be one, so that the check may find fewer; at least, that the check
// looks at more.
type measured struct {
	check, query string
	in           string // the database that the query is for: registers, or tenet; empty is the landlord's
	atMost       bool
	atLeast      bool // the check counts more than the query does, as what the notice itself says
}

var checks = []measured{
	{check: "{check: retention.applied, rule: rent-account}", query: `SELECT count(*) FROM rent_entry WHERE date(entry_date, '+6 years') < '2026-11-21'`},
	{check: "{check: retention.applied, rule: tenancy-file}", query: `SELECT count(*) FROM tenancy WHERE date(end_date, '+6 years') < '2026-11-21'`},
	{check: "{check: data.absent, type: CARD}"},
	{check: "{check: data.absent, type: CARD, in: [housing.case_note]}", atMost: true,
		query: `SELECT count(*) FROM case_note WHERE body GLOB '*[0-9][0-9][0-9][0-9][ -][0-9][0-9][0-9][0-9][ -][0-9][0-9][0-9][0-9]*' OR body GLOB '*[0-9][0-9][0-9][0-9][0-9][0-9][0-9][0-9][0-9][0-9][0-9][0-9][0-9]*'`},
	{check: "{check: data.absent, type: CARD, first: 10000}"},
	{check: "{check: special.compartment, in: [housing.warning_flag]}", query: `SELECT count(*) FROM person WHERE trim(coalesce(ethnicity, '')) <> '' OR trim(coalesce(disability_notes, '')) <> ''`},
	{check: "{check: records.filled, in: housing.person, field: dob}", query: `SELECT count(*) - count(dob) FROM person`},
	{check: "{check: records.filled, in: housing.tenancy, field: end_reason, where: type_code=SEC}", query: `SELECT count(*) - count(end_reason) FROM tenancy WHERE type_code = 'SEC'`},
	{check: "{check: records.filled, in: housing.warning_flag, field: person_informed}", query: `SELECT count(*) - count(person_informed) FROM warning_flag`},
	{check: "{check: markers.ended, in: housing.warning_flag, ends: review_on}", query: `SELECT count(*) FROM warning_flag WHERE review_on IS NULL OR review_on < '2026-11-21'`},
	{check: "{check: recipients.agreement, as: [East Wolds Water=nobody]}", query: `SELECT count(*) FROM disclosure_log WHERE recipient = 'East Wolds Water'`},
	{check: "{check: records.may-be-blank, categories: [ethnicity]}", query: `SELECT count(*) FROM pragma_table_info('person') WHERE name = 'ethnicity' AND "notnull"`},
	{check: "{check: data.as-told}"},
	{check: "{check: data.as-told, categories: [contact-details], search: true}"},
	{check: "{check: index.fresh}"},
	{check: "{check: sources.readable}"},
	{check: "{check: maps.confirmed}"},

	{in: "registers", check: "{check: calls.told, in: registers.call_log, told: announced, where: recorded=Y}", query: `SELECT count(*) FROM call_log WHERE recorded = 'Y' AND coalesce(announced, 'N') = 'N'`},
	{in: "registers", check: "{check: cameras.assessed, in: registers.camera}", query: `SELECT count(*) FROM camera WHERE assessed_on IS NULL OR date(assessed_on, '+3 years') < '2026-11-22'`, atLeast: true},
	{in: "registers", check: "{check: consent.not-by-browsing, in: registers.consent_record}", query: `SELECT count(*) FROM consent_record WHERE how NOT IN ('asked', 'in-writing')`},
	{in: "registers", check: "{check: consent.withdrawn, in: registers.consent_record, within: P1D}", query: `SELECT count(*) FROM consent_record WHERE stopped_on > date(withdrawn_on, '+1 day') OR withdrawn_on < '2026-11-20' AND stopped_on IS NULL`},
	{in: "registers", check: "{check: access.reviewed, in: registers.access_review, every: P6M}", query: `SELECT count(*) FROM access_review WHERE date(reviewed_on, '+6 months') < '2026-11-22'`},
	{in: "registers", check: "{check: web.cookies, in: registers.cookie_scan}", query: `SELECT count(*) FROM cookie_scan WHERE name = '_followme'`},
	{in: "registers", check: "{check: web.forms, in: registers.contact_form, form: contact-us}", query: `SELECT count(DISTINCT date_of_birth IS NOT NULL) FROM contact_form WHERE date_of_birth IS NOT NULL`, atMost: true},
	{in: "registers", check: "{check: policy.current, in: registers.policy, review: review_by}"},
	{in: "registers", check: "{check: keys.backed-up, in: registers.key_backup, at: finished_at}", query: `SELECT max(finished_at) < '2026-11-15' FROM key_backup`},
	{in: "registers", check: "{check: staff.disabled-out, in: registers.leaver}"},
	{in: "registers", check: "{check: erasure.told, in: registers.erasure}", query: `SELECT count(*) FROM erasure WHERE told_on > date(done_on, '+1 month') OR told_on IS NULL AND date(done_on, '+1 month') < '2026-11-22'`},

	{in: "tenet", check: "{check: requests.on-time, kind: access}", query: `SELECT count(*) FROM cases WHERE regime = 'access' AND julianday(ended / 1000000, 'unixepoch') - julianday(received) > 45`},
	{in: "tenet", check: "{check: requests.no-fee, kind: access}"},
	{in: "tenet", check: "{check: requests.extension-told, kind: access}", query: `SELECT count(*) FROM cases WHERE regime = 'access' AND julianday(ended / 1000000, 'unixepoch') - julianday(received) > 45`},
	{in: "tenet", check: "{check: requests.identity-before-data}", query: `SELECT count(*) FROM ledger_entry r WHERE act = 'case.released' AND NOT EXISTS (SELECT 1 FROM ledger_entry i WHERE i.landlord = r.landlord AND i.subject = r.subject AND i.act = 'case.identified' AND i.id < r.id)`},
	{in: "tenet", check: "{check: requests.approved-by-second}", query: `SELECT count(DISTINCT a.subject) FROM ledger_entry a JOIN ledger_entry d ON d.landlord = a.landlord AND d.subject = a.subject AND d.actor = a.actor AND d.act IN ('case.drafted', 'case.decided') WHERE a.act = 'case.approved'`},
	{in: "tenet", check: "{check: packs.sealed}"},
	{in: "tenet", check: "{check: packs.verified}"},
	{in: "tenet", check: "{check: packs.verified, within: P1Y}"}, // again: what was proved is not opened
	{in: "tenet", check: "{check: disclosure.within, rule: repairs-to-contractors, as: [Wolds Building Ltd=repairs-contractors]}", query: `SELECT count(*) FROM disclose_entry WHERE rule = 'repairs-to-contractors' AND verdict = 'against'`, atLeast: true},
	{in: "tenet", check: "{check: disclosure.absent, categories: [ethnicity]}"},
	{in: "tenet", check: "{check: disclosure.logged}"},
	{in: "tenet", check: "{check: views.reasoned}", query: `SELECT count(*) FROM ledger_entry e JOIN ledger_payload p ON p.landlord = e.landlord AND p.entry = e.id WHERE e.act = 'person.searched' AND coalesce(json_extract(CAST(p.payload AS TEXT), '$.reason'), '') = ''`},
	{in: "tenet", check: "{check: ledger.verifies}"},
}

func main() {
	homes := flag.Int("homes", 1000, "homes of the landlord")
	only := flag.String("only", "", "measure only the checks that have this in them")
	flag.Parse()
	if err := run(context.Background(), *homes, *only); err != nil {
		fmt.Fprintln(os.Stderr, "bench/promises:", err)
		os.Exit(1)
	}
}

func run(ctx context.Context, homes int, only string) (err error) {
	dir, err := os.MkdirTemp("", "tenet-bench-")
	if err != nil {
		return err
	}
	defer func() { err = errors.Join(err, os.RemoveAll(dir)) }()
	w, err := demo.Build(ctx, filepath.Join(dir, "landlord"), demo.Options{Homes: homes}, nil)
	if err != nil {
		return err
	}
	rows := int64(0)
	for table, n := range w.Counts {
		if table != "letters" && table != "mail" {
			rows += n
		}
	}
	size, err := os.Stat(w.Database.Path)
	if err != nil {
		return err
	}
	office := filepath.Join(dir, "office")
	registers, err := prepare(ctx, office, w, homes)
	if err != nil {
		return err
	}
	if err := plant(ctx, office, homes, w.Today, os.Getenv); err != nil {
		return err
	}
	byHand := map[string]*sql.DB{}
	for name, path := range map[string]string{"": w.Database.Path, "registers": registers, "tenet": filepath.Join(office, "tenet.db")} {
		db, err := sql.Open("sqlite", "file:"+path+"?mode=ro")
		if err != nil {
			return err
		}
		defer db.Close()
		byHand[name] = db
	}
	fmt.Printf("%d homes, %d rows, %d MB of SQLite, pace=off; %d cases, %d disclosures and as many look-ups in Tenet's own store\n\n", homes, rows, size.Size()>>20, homes/homesACase, homes)
	fmt.Print("| check | rows read | bytes read | time | SQL by hand | ratio |\n|---|--:|--:|--:|--:|--:|\n")
	file := filepath.Join(office, "notice", "promises.yaml")
	pack, err := os.ReadFile(file)
	if err != nil {
		return err
	}
	for _, m := range checks {
		if !strings.Contains(m.check, only) {
			continue
		}
		// The promise that asks for card numbers asks for this.
		const was = "{check: data.absent, type: CARD, in: [sources, recordings, records]}"
		if err := os.WriteFile(file, []byte(strings.Replace(string(pack), was, m.check, 1)), 0o600); err != nil {
			return err
		}
		if err := m.measure(ctx, office, w.Today, byHand[m.in]); err != nil {
			return fmt.Errorf("%s: %w", m.check, err)
		}
	}
	return nil
}

// prepare makes a workspace with the landlord's database and its registers in it, and says
// where the registers are.
func prepare(ctx context.Context, office string, w *demo.World, homes int) (string, error) {
	if err := desk.Init(ctx, office, "", os.Getenv); err != nil {
		return "", err
	}
	d, err := desk.Open(ctx, office, os.Getenv)
	if err != nil {
		return "", err
	}
	defer d.Close()
	registers, err := w.Registers(ctx, []string{"session"})
	if err != nil {
		return "", err
	}
	if err := more(ctx, registers.Path, homes); err != nil {
		return "", err
	}
	for _, s := range []demo.Source{w.Database, registers} {
		sys := desk.System{Name: s.Name, URL: s.URL + "?pace=off"}
		if err := d.AddSource(sys); err != nil {
			return "", err
		}
		if _, err := d.Discover(ctx, sys, true); err != nil {
			return "", err
		}
	}
	m, err := d.Map(w.Database.Name)
	if err != nil {
		return "", err
	}
	m.Tables["rent_entry"].Retention, m.Tables["rent_entry"].RetentionFrom = "rent-account", "entry_date"
	m.Tables["tenancy"].Retention = "tenancy-file"
	text, err := m.Marshal()
	if err != nil {
		return "", err
	}
	if err := os.WriteFile(filepath.Join(office, "maps", w.Database.Name+".yaml"), text, 0o600); err != nil {
		return "", err
	}
	for _, s := range []demo.Source{w.Database, registers} {
		if err := d.ConfirmMap(ctx, "cli", s.Name); err != nil {
			return "", err
		}
	}
	return registers.Path, nil
}

// more makes the registers as large as they are at a landlord of so many homes: five
// calls and a consent a year for each, and what a scan of the sites sees in a year.
func more(ctx context.Context, path string, homes int) error {
	db, err := sql.Open("sqlite", path)
	if err != nil {
		return err
	}
	defer db.Close()
	for _, x := range []struct {
		text string
		n    int
	}{
		{`INSERT INTO call_log (started_at, line, recorded, announced) SELECT datetime('2025-11-25', '+' || (i % 500000) || ' minutes'), 'Repairs', CASE i % 5 WHEN 0 THEN 'N' ELSE 'Y' END, CASE i % 5 WHEN 0 THEN NULL ELSE 'Y' END FROM n`, 5 * homes},
		{`INSERT INTO consent_record (purpose, how, given_on) SELECT 'Surveys', CASE i % 2 WHEN 0 THEN 'asked' ELSE 'in-writing' END, date('2025-11-25', '+' || (i % 300) || ' days') FROM n`, homes},
		{`INSERT INTO cookie_scan (seen_on, name) SELECT date('2025-11-25', '+' || (i % 300) || ' days'), 'session' FROM n`, homes / 10},
	} {
		if _, err := db.ExecContext(ctx, fmt.Sprintf("WITH RECURSIVE n(i) AS (SELECT 1 UNION ALL SELECT i + 1 FROM n WHERE i < %d) ", x.n)+x.text); err != nil {
			return fmt.Errorf("fill the registers: %w", err)
		}
	}
	return nil
}

// measure makes one check and asks its query, and prints both in a row.
func (m measured) measure(ctx context.Context, office string, today time.Time, db *sql.DB) error {
	d, err := desk.Open(ctx, office, os.Getenv)
	if err != nil {
		return err
	}
	defer d.Close()
	d.Now = func() time.Time { return today.Add(36 * time.Hour) }
	began := time.Now()
	run, err := d.CheckPromises(ctx, promise.Scheduled, []string{"no-card-numbers"}, nil)
	took := time.Since(began)
	if err != nil {
		return err
	}
	e := run.Promises[0].Evidence[0]
	if e.Cause == promise.AskedWrongly || e.Cause == promise.NotBuilt {
		return fmt.Errorf("it cannot be made: %s", e.Why)
	}
	byHand, ratio := "–", "–"
	if m.query != "" {
		var n int64
		began := time.Now()
		if err := db.QueryRowContext(ctx, m.query).Scan(&n); err != nil {
			return fmt.Errorf("by hand: %w", err)
		}
		asked := time.Since(began)
		if e.Violations > n && !m.atLeast || e.Violations < n && !m.atMost {
			return fmt.Errorf("it found %d, and the query %d", e.Violations, n)
		}
		byHand, ratio = seconds(asked), fmt.Sprintf("%.1f", took.Seconds()/asked.Seconds())
	}
	fmt.Printf("| `%s` | %d | %.1f MB | %s | %s | %s |\n", strings.Trim(strings.TrimPrefix(m.check, "{check: "), "}"), e.Rows, float64(e.Bytes)/1e6, seconds(took), byHand, ratio)
	return nil
}

func seconds(d time.Duration) string {
	if d < time.Second {
		return fmt.Sprintf("%.4f s", d.Seconds())
	}
	return fmt.Sprintf("%.1f s", d.Seconds())
}
