// Telling measures what it costs to tell the people of a landlord of a given size of a change
// of the notice: to count them, to write their letters, to begin again when all are written,
// and to prove each letter from the ledger. Beside each stands what it cannot be quicker
// than, in the same run on the same engine: reading the same rows once, and bare inserts of
// as many rows of the same bytes in transactions of the same size.
//
//	go run ./bench/telling -people 100000
//	TENET_STORE=postgres://… go run ./bench/telling -people 100000
//
// Of the people seven in ten have e-mail, two an address in their record, and one the
// address of their tenancy's home alone. Ratios hold from machine to machine where times do
// not. The program fails where somebody has no letter, or the ledger does not prove one.
package main

import (
	"context"
	"crypto/rand"
	"database/sql"
	"errors"
	"flag"
	"fmt"
	"os"
	"path/filepath"
	"runtime"
	"strings"
	"time"

	_ "modernc.org/sqlite" // the driver named "sqlite"

	"tenet/internal/desk"
	"tenet/internal/store"
)

const (
	homesMap = `source: homes
tables:
  tenant: {people: customers, identifiers: {name: [forename, surname], dob: born, email: email, address: [address], postcode: postcode}}
  tenancy: {owned-by: [{table: tenant, on: {tenant_id: id}}], occupies: [{place: property, on: {property_id: id}, from: start_date, until: end_date}]}
  property: {refers: true}
`
	schema = `CREATE TABLE tenant (id INTEGER PRIMARY KEY, forename TEXT, surname TEXT, born TEXT, email TEXT, address TEXT, postcode TEXT);
CREATE TABLE tenancy (id INTEGER PRIMARY KEY, tenant_id INTEGER, property_id INTEGER, start_date DATE, end_date DATE);
CREATE TABLE property (id INTEGER PRIMARY KEY, address_line_1 TEXT, town TEXT, postcode TEXT)`
	atOnce = 500 // letters in a transaction, as the desk writes them
)

func main() {
	people := flag.Int("people", 10_000, "people who are told")
	flag.Parse()
	if err := run(context.Background(), *people); err != nil {
		fmt.Fprintln(os.Stderr, "bench/telling:", err)
		os.Exit(1)
	}
}

func run(ctx context.Context, people int) (err error) {
	dir, err := os.MkdirTemp("", "tenet-bench-")
	if err != nil {
		return err
	}
	defer func() { err = errors.Join(err, os.RemoveAll(dir)) }()
	db, err := landlord(ctx, filepath.Join(dir, "homes.db"), people)
	if err != nil {
		return err
	}
	defer db.Close()
	d, version, err := office(ctx, filepath.Join(dir, "office"), filepath.Join(dir, "homes.db"))
	if err != nil {
		return err
	}
	defer d.Close()

	read, _, err := measured(func() error { return once(ctx, db) })
	if err != nil {
		return err
	}
	fmt.Printf("%d people, store on %s\n\n| | time | a second | heap | limit | ratio |\n|---|--:|--:|--:|--:|--:|\n", people, strings.SplitN(d.Store.String(), ":", 2)[0])
	row := func(what string, took time.Duration, heap float64, limit time.Duration) {
		fmt.Printf("| %s | %.2f s | %.0f | %.0f MiB | %.2f s | %.1f |\n", what, took.Seconds(), float64(people)/took.Seconds(), heap, limit.Seconds(), took.Seconds()/limit.Seconds())
	}
	took, heap, err := measured(func() error { _, err := d.CountTelling(ctx, version, "system", nil, nil); return err })
	if err != nil {
		return err
	}
	row("count them; limit: read their rows once", took, heap, read)

	o := desk.TellOrder{Version: version, By: "system", Words: desk.InEach("We keep films from our cameras for ninety days, and kept them for thirty.", ""), Why: desk.InEach("Crimes are reported late.", "")}
	tell := func(written int) func() error {
		return func() error {
			got, err := d.TellChange(ctx, o)
			if err != nil {
				return err
			}
			if c := got.Companies[0]; c.Email+c.Post != written || c.Before != people-written || c.Home != written/10 {
				return fmt.Errorf("of %d people %d have letters by e-mail, %d by post, %d of them at home, %d before", people, c.Email, c.Post, c.Home, c.Before)
			}
			return nil
		}
	}
	took, heap, err = measured(tell(people))
	if err != nil {
		return err
	}
	size, bare, err := inserts(ctx, d, people)
	if err != nil {
		return err
	}
	row("write their letters; limit: read once, and bare inserts of the same bytes", took, heap, read+bare)
	if took, heap, err = measured(tell(0)); err != nil {
		return err
	}
	row("begin again when all are written; limit: read once", took, heap, read)
	var proof desk.TellProof
	if took, heap, err = measured(func() (err error) { proof, err = d.ProveTelling(ctx, version); return err }); err != nil {
		return err
	}
	if proof.Proved != people || len(proof.Faults) > 0 {
		return fmt.Errorf("the ledger proves %d letters of %d: %v", proof.Proved, people, proof.Faults)
	}
	fmt.Printf("| prove each from the ledger | %.2f s | %.0f | %.0f MiB | | |\n", took.Seconds(), float64(people)/took.Seconds(), heap)
	if took, heap, err = measured(func() error { _, err := d.CountedTelling(ctx, version); return err }); err != nil {
		return err
	}
	fmt.Printf("| what the page asks for | %.4f s | | %.0f MiB | | |\n", took.Seconds(), heap)
	fmt.Printf("\n%.1f KB a letter.\n", size/1000)
	return nil
}

// landlord makes the landlord's database.
func landlord(ctx context.Context, path string, people int) (*sql.DB, error) {
	db, err := sql.Open("sqlite", "file:"+path)
	if err != nil {
		return nil, err
	}
	if _, err := db.ExecContext(ctx, schema); err != nil {
		return nil, errors.Join(err, db.Close())
	}
	tx, err := db.BeginTx(ctx, nil)
	if err != nil {
		return nil, errors.Join(err, db.Close())
	}
	for i := range people {
		name := strings.Map(func(r rune) rune { return r - '0' + 'a' }, fmt.Sprintf("%07d", i))
		email, address := "", ""
		switch {
		case i%10 < 7:
			email = fmt.Sprintf("%s@example.org", name)
		case i%10 < 9:
			address = fmt.Sprintf("%d Example Road, Larkfield", i)
		}
		for _, x := range []struct {
			sql  string
			args []any
		}{
			{`INSERT INTO tenant VALUES (?, 'Ann', ?, ?, ?, ?, 'LK1 1AA')`, []any{i, name, fmt.Sprintf("19%02d-01-%02d", i%90, 1+i%28), email, address}},
			{`INSERT INTO tenancy VALUES (?, ?, ?, '2020-01-01', NULL)`, []any{i, i, i}},
			{`INSERT INTO property VALUES (?, ?, 'Larkfield', 'LK1 1AB')`, []any{i, fmt.Sprintf("%d Home Road", i)}},
		} {
			if _, err := tx.ExecContext(ctx, x.sql, x.args...); err != nil {
				return nil, errors.Join(err, db.Close())
			}
		}
	}
	if err := tx.Commit(); err != nil {
		return nil, errors.Join(err, db.Close())
	}
	return db, nil
}

// once reads the rows of all tables, once.
func once(ctx context.Context, db *sql.DB) error {
	for _, table := range []string{"tenant", "tenancy", "property"} {
		rows, err := db.QueryContext(ctx, `SELECT * FROM `+table)
		if err != nil {
			return err
		}
		columns, err := rows.Columns()
		if err != nil {
			return err
		}
		values := make([]any, len(columns))
		for i := range values {
			values[i] = new(sql.RawBytes)
		}
		for rows.Next() {
			if err := rows.Scan(values...); err != nil {
				return err
			}
		}
		if err := errors.Join(rows.Err(), rows.Close()); err != nil {
			return err
		}
	}
	return nil
}

// office makes a workspace with that system, and a significant change of its notice.
func office(ctx context.Context, dir, homes string) (*desk.Desk, string, error) {
	if err := desk.Init(ctx, dir, "", os.Getenv); err != nil {
		return nil, "", err
	}
	d, err := desk.Open(ctx, dir, os.Getenv)
	if err != nil {
		return nil, "", err
	}
	fail := func(err error) (*desk.Desk, string, error) { return nil, "", errors.Join(err, d.Close()) }
	d.Config.Post, d.Config.Public = "smtp://mail.example.org", "https://privacy.example.org"
	if err := d.AddSource(desk.System{Name: "homes", URL: "sqlite:" + homes + "?pace=off"}); err != nil {
		return fail(err)
	}
	if err := os.MkdirAll(filepath.Join(dir, "maps"), 0o700); err != nil {
		return fail(err)
	}
	if err := os.WriteFile(filepath.Join(dir, "maps", "homes.yaml"), []byte(homesMap), 0o600); err != nil {
		return fail(err)
	}
	next := filepath.Join(dir, "next")
	if err := d.NewNotice(ctx, next, "2099-03-01"); err != nil {
		return fail(err)
	}
	for name, edit := range map[string][2]string{
		"keeping.yaml": {"    period: P30D\n", "    period: P90D\n"},
		"notice.md":    {"film from cameras for 30 days", "film from cameras for 90 days"},
	} {
		file := filepath.Join(next, name)
		text, err := os.ReadFile(file)
		if err != nil {
			return fail(err)
		}
		if err := os.WriteFile(file, []byte(strings.Replace(string(text), edit[0], edit[1], 1)), 0o600); err != nil {
			return fail(err)
		}
	}
	a, err := d.Adopt(ctx, "system", next, desk.Significance{Decided: true, Significant: true, Why: "Films are kept for longer."})
	if err != nil {
		return fail(err)
	}
	return d, a.Version.Hash, nil
}

// inserts puts as many rows of as many bytes into a table of its own in the same store.
func inserts(ctx context.Context, d *desk.Desk, n int) (size float64, took time.Duration, err error) {
	blob := "BLOB"
	if strings.HasPrefix(d.Store.String(), "postgres") {
		blob = "bytea"
	}
	err = d.Store.Write(ctx, func(tx *store.Tx) error {
		if err := tx.QueryRowContext(ctx, `SELECT avg(length(sealed)) FROM desk_letter`).Scan(&size); err != nil {
			return err
		}
		_, err := tx.ExecContext(ctx, `CREATE TABLE bare_letter (n BIGINT PRIMARY KEY, once TEXT NOT NULL, sealed `+blob+` NOT NULL)`)
		return err
	})
	if err != nil {
		return size, 0, err
	}
	bytes, mark := make([]byte, int(size)), strings.Repeat("ab", 35)
	rand.Read(bytes)
	took, _, err = measured(func() error {
		for first := 0; first < n; first += atOnce {
			err := d.Store.Write(ctx, func(tx *store.Tx) error {
				insert, err := tx.PrepareContext(ctx, `INSERT INTO bare_letter VALUES ($1, $2, $3)`)
				if err != nil {
					return err
				}
				defer insert.Close()
				for i := first; i < min(first+atOnce, n); i++ {
					if _, err := insert.ExecContext(ctx, i, mark, bytes); err != nil {
						return err
					}
				}
				return nil
			})
			if err != nil {
				return err
			}
		}
		return nil
	})
	if err != nil {
		return size, took, err
	}
	return size, took, d.Store.Write(ctx, func(tx *store.Tx) error {
		_, err := tx.ExecContext(ctx, `DROP TABLE bare_letter`)
		return err
	})
}

// measured is how long something takes, and how far the heap grows meanwhile, in MiB.
func measured(does func() error) (took time.Duration, heap float64, err error) {
	runtime.GC()
	var at runtime.MemStats
	runtime.ReadMemStats(&at)
	before := at.HeapInuse
	done, watched := make(chan struct{}), make(chan uint64)
	go func() {
		most := before
		tick := time.NewTicker(50 * time.Millisecond)
		defer tick.Stop()
		for {
			select {
			case <-done:
				watched <- most
				return
			case <-tick.C:
				var now runtime.MemStats
				runtime.ReadMemStats(&now)
				most = max(most, now.HeapInuse)
			}
		}
	}()
	began := time.Now()
	err = does()
	took = time.Since(began)
	close(done)
	return took, float64(<-watched-before) / (1 << 20), err
}
