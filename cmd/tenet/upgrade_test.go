package main

import (
	"database/sql"
	"os"
	"path/filepath"
	"strings"
	"sync"
	"testing"

	_ "github.com/jackc/pgx/v5/stdlib"
	"github.com/pressly/goose/v3"

	"tenet/internal/testpg"
)

// TestUpgradeAtOnce has several processes open a store of the first schema at once:
// it is brought up to date once, and all of them go on with it.
func TestUpgradeAtOnce(t *testing.T) {
	made, err := makeLandlord(t.TempDir())
	if err != nil {
		t.Fatal(err)
	}
	for _, engine := range []string{"sqlite", "postgres"} {
		t.Run(engine, func(t *testing.T) {
			o := newOffice(t, made, nil)
			landlord := o.desk.Config.Landlord
			if err := o.desk.Close(); err != nil {
				t.Fatal(err)
			}
			own := filepath.Join(o.desk.Dir, "tenet.db")
			if err := os.Remove(own); err != nil {
				t.Fatal(err)
			}
			driver, at, dialect := "sqlite", own, goose.DialectSQLite3
			first := `PRAGMA application_id = 0x54656e74` // by which a file is known as Tenet's
			if engine == "postgres" {
				o.env["TENET_STORE"] = testpg.Database(t)
				driver, at, dialect = "pgx", o.env["TENET_STORE"]+"&search_path=tenet", goose.DialectPostgres
				first = `CREATE SCHEMA tenet`
			}
			db, err := sql.Open(driver, at)
			if err != nil {
				t.Fatal(err)
			}
			defer db.Close()
			if _, err := db.Exec(first); err != nil {
				t.Fatal(err)
			}
			p, err := goose.NewProvider(dialect, db, os.DirFS(filepath.FromSlash("../../internal/store/migrations/"+engine)), goose.WithDisableGlobalRegistry(true))
			if err != nil {
				t.Fatal(err)
			}
			if _, err := p.UpTo(t.Context(), 1); err != nil {
				t.Fatal(err)
			}
			if _, err := db.Exec(`INSERT INTO landlord (landlord, name) VALUES ($1, 'Larkfield Homes')`, landlord); err != nil {
				t.Fatal(err)
			}

			var together sync.WaitGroup
			for range 4 {
				together.Go(func() {
					out, err := o.command(o.desk.Dir, "--json", "case", "list").CombinedOutput()
					if err != nil || !strings.Contains(string(out), `"cases":[]`) {
						t.Errorf("tenet case list: %v\n%s", err, out)
					}
				})
			}
			together.Wait()
			var applied, newest int
			if err := db.QueryRow(`SELECT count(*), max(version_id) FROM goose_db_version WHERE version_id > 0`).Scan(&applied, &newest); err != nil {
				t.Fatal(err)
			}
			if steps := len(p.ListSources()); applied != steps || newest != steps {
				t.Errorf("%d of %d steps were applied, up to %d", applied, steps, newest)
			}
		})
	}
}
