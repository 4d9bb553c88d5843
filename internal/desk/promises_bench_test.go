package desk

import (
	"context"
	"database/sql"
	"os"
	"path/filepath"
	"strconv"
	"strings"
	"testing"
	"time"

	"tenet/internal/demo"
	"tenet/internal/promise"
)

// byHand is what somebody who knows the schema would ask the database, for checks
// that read it: how many violations there are. Where the query looks for what only
// may be one, the check finds no more than it.
var byHand = []struct{ check, query string }{
	{"{check: retention.applied, rule: rent-account}", `SELECT sum(date(entry_date, '+6 years') < '2026-11-21') FROM rent_entry WHERE entry_date IS NOT NULL`},
	{"{check: data.absent, type: CARD}", ""},
	{"{check: data.absent, type: CARD, in: [housing.case_note]}", `SELECT count(*) FROM case_note WHERE body GLOB '*[0-9][0-9][0-9][0-9][ -][0-9][0-9][0-9][0-9][ -][0-9][0-9][0-9][0-9]*' OR body GLOB '*[0-9][0-9][0-9][0-9][0-9][0-9][0-9][0-9][0-9][0-9][0-9][0-9][0-9]*'`},
	{"{check: data.absent, type: CARD, first: 10000}", ""},
	{"{check: special.compartment, in: [housing.person]}", ""},
	{"{check: records.filled, in: housing.person, field: dob}", `SELECT count(*) - count(dob) FROM person`},
	{"{check: records.filled, in: housing.tenancy, field: end_reason, where: type_code=SEC}", `SELECT count(*) - count(end_reason) FROM tenancy WHERE type_code = 'SEC'`},
	{"{check: records.may-be-blank, categories: [ethnicity]}", ""},
	{"{check: ledger.verifies}", ""},
	{"{check: index.fresh}", ""},
	{"{check: sources.readable}", ""},
}

// BenchmarkPromises builds a landlord of TENET_BENCH_HOMES homes (1,000 unless said)
// and makes each check of its database once an iteration, beside what a person who
// knows the schema would ask in SQL. Rows and bytes are those of one check.
func BenchmarkPromises(b *testing.B) {
	ctx, homes := context.Background(), 1000
	if n, err := strconv.Atoi(os.Getenv("TENET_BENCH_HOMES")); err == nil {
		homes = n
	}
	dir := b.TempDir()
	w, err := demo.Build(ctx, filepath.Join(dir, "landlord"), demo.Options{Homes: homes}, nil)
	if err != nil {
		b.Fatal(err)
	}
	if err := Init(ctx, filepath.Join(dir, "office"), "", os.Getenv); err != nil {
		b.Fatal(err)
	}
	d, err := Open(ctx, filepath.Join(dir, "office"), os.Getenv)
	if err != nil {
		b.Fatal(err)
	}
	defer d.Close()
	d.Now = func() time.Time { return w.Today.Add(36 * time.Hour) }
	sys := System{Name: w.Database.Name, URL: w.Database.URL + "?pace=off"}
	if err := d.AddSource(sys); err != nil {
		b.Fatal(err)
	}
	if _, err := d.Discover(ctx, sys, true); err != nil {
		b.Fatal(err)
	}
	m, err := d.Map(sys.Name)
	if err != nil {
		b.Fatal(err)
	}
	m.Tables["rent_entry"].Retention, m.Tables["rent_entry"].RetentionFrom = "rent-account", "entry_date"
	if text, err := m.Marshal(); err != nil {
		b.Fatal(err)
	} else if err := os.WriteFile(d.mapFile(sys.Name), text, 0o600); err != nil {
		b.Fatal(err)
	}
	db, err := sql.Open("sqlite", "file:"+w.Database.Path+"?mode=ro")
	if err != nil {
		b.Fatal(err)
	}
	defer db.Close()
	file := filepath.Join(dir, "office", "notice", "promises.yaml")
	text, err := os.ReadFile(file)
	if err != nil {
		b.Fatal(err)
	}
	for _, x := range byHand {
		bad := int64(0)
		b.Run(x.check, func(b *testing.B) {
			const was = "{check: data.absent, type: CARD, in: [sources, recordings, records]}"
			if err := os.WriteFile(file, []byte(strings.Replace(string(text), was, x.check, 1)), 0o600); err != nil {
				b.Fatal(err)
			}
			one, err := Open(ctx, d.Dir, os.Getenv)
			if err != nil {
				b.Fatal(err)
			}
			defer one.Close()
			one.Now = d.Now
			var e promise.Evidence
			for b.Loop() {
				run, err := one.CheckPromises(ctx, promise.Scheduled, []string{"no-card-numbers"}, nil)
				if err != nil {
					b.Fatal(err)
				}
				e = run.Promises[0].Evidence[0]
				bad = e.Violations
			}
			b.ReportMetric(float64(e.Rows), "rows")
			b.ReportMetric(float64(e.Bytes), "bytes")
			b.Logf("%s: %s (%s)", e.Status, e.Figure, e.Why[:min(200, len(e.Why))])
		})
		if x.query != "" {
			b.Run("SQL "+x.check, func(b *testing.B) {
				var n int64
				for b.Loop() {
					if err := db.QueryRowContext(ctx, x.query).Scan(&n); err != nil {
						b.Fatal(err)
					}
				}
				if n != bad && !strings.Contains(x.check, "data.absent") || bad > n {
					b.Errorf("by hand there are %d violations, and the check found %d", n, bad)
				}
			})
		}
	}
}
