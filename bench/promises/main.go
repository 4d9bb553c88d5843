// Promises measures what it costs to look whether a notice is kept at a landlord of a
// given size: for each check the time, the rows and the bytes that it reads, and beside it
// the query that somebody who knows the schema would write, in the same run.
//
//	go run ./bench/promises -homes 100000
//
// The ratio of the two holds from machine to machine where times do not. A check reads row
// by row, because it must say which rows are not as promised and that all were read; the
// query counts. Where the two come to different numbers the program fails.
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
// query finds what may be one, so that the check may find fewer.
type measured struct {
	check, query string
	atMost       bool
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
	{check: "{check: index.fresh}"},
	{check: "{check: sources.readable}"},
}

func main() {
	homes := flag.Int("homes", 1000, "homes of the landlord")
	flag.Parse()
	if err := run(context.Background(), *homes); err != nil {
		fmt.Fprintln(os.Stderr, "bench/promises:", err)
		os.Exit(1)
	}
}

func run(ctx context.Context, homes int) (err error) {
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
	if err := prepare(ctx, office, w); err != nil {
		return err
	}
	db, err := sql.Open("sqlite", "file:"+w.Database.Path+"?mode=ro")
	if err != nil {
		return err
	}
	defer db.Close()
	fmt.Printf("%d homes, %d rows, %d MB of SQLite, pace=off\n\n", homes, rows, size.Size()>>20)
	fmt.Print("| check | rows read | bytes read | time | SQL by hand | ratio |\n|---|--:|--:|--:|--:|--:|\n")
	file := filepath.Join(office, "notice", "promises.yaml")
	pack, err := os.ReadFile(file)
	if err != nil {
		return err
	}
	for _, m := range checks {
		// The promise that asks for card numbers asks for this.
		const was = "{check: data.absent, type: CARD, in: [sources, recordings, records]}"
		if err := os.WriteFile(file, []byte(strings.Replace(string(pack), was, m.check, 1)), 0o600); err != nil {
			return err
		}
		if err := m.measure(ctx, office, w.Today, db); err != nil {
			return fmt.Errorf("%s: %w", m.check, err)
		}
	}
	return nil
}

// prepare makes a workspace with the landlord's database in it.
func prepare(ctx context.Context, office string, w *demo.World) error {
	if err := desk.Init(ctx, office, "", os.Getenv); err != nil {
		return err
	}
	d, err := desk.Open(ctx, office, os.Getenv)
	if err != nil {
		return err
	}
	defer d.Close()
	sys := desk.System{Name: w.Database.Name, URL: w.Database.URL + "?pace=off"}
	if err := d.AddSource(sys); err != nil {
		return err
	}
	if _, err := d.Discover(ctx, sys, true); err != nil {
		return err
	}
	m, err := d.Map(sys.Name)
	if err != nil {
		return err
	}
	m.Tables["rent_entry"].Retention, m.Tables["rent_entry"].RetentionFrom = "rent-account", "entry_date"
	m.Tables["tenancy"].Retention = "tenancy-file"
	text, err := m.Marshal()
	if err != nil {
		return err
	}
	return os.WriteFile(filepath.Join(office, "maps", sys.Name+".yaml"), text, 0o600)
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
		if e.Violations > n || e.Violations < n && !m.atMost {
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
