package store

import (
	"context"
	"database/sql"
	"fmt"
	"io/fs"
	"path/filepath"
	"regexp"
	"strings"
	"testing"

	"github.com/google/go-cmp/cmp"
	_ "modernc.org/sqlite"

	"tenet/internal/ledger"
)

// oldRows are what a store of each released version may hold, in the SQL of that
// version. Each is put in at its version and must be there at the newest.
var oldRows = map[int64][]string{
	1: {
		`INSERT INTO landlord (landlord, name) VALUES ('vale', 'Vale Housing')`,
		`INSERT INTO staff (landlord, id, login, name, role, password, created, disabled)
			VALUES ('vale', 's1', 'ada', 'Ada Fenwick', 'dpo', 'hash', 1, NULL)`,
		`INSERT INTO session (landlord, token, data, expires) VALUES ('vale', 't', x'00', 9)`,
		`INSERT INTO ledger_entry (landlord, time, actor, act, subject, notice, commitment, once)
			VALUES ('default', 1767225600000000, 'system', 'case.opened', 'case-1', '', zeroblob(32), 'first')`,
		`INSERT INTO ledger_payload (landlord, entry, nonce, payload) VALUES ('default', 1, zeroblob(32), '{}')`,
	},
}

// at is the database of a store whose schema is of an earlier version, with its
// rows in it.
func at(t *testing.T, path string, version int64) {
	t.Helper()
	ctx := context.Background()
	db, err := sql.Open("sqlite", dsn(path))
	if err != nil {
		t.Fatal(err)
	}
	defer db.Close()
	if _, err := db.Exec(fmt.Sprintf(`PRAGMA application_id = %d`, applicationID)); err != nil {
		t.Fatal(err)
	}
	p, err := (&Store{path: path, writer: db}).provider()
	if err != nil {
		t.Fatal(err)
	}
	for v := int64(1); v <= version; v++ {
		if _, err := p.UpTo(ctx, v); err != nil {
			t.Fatal(err)
		}
		for _, row := range oldRows[v] {
			if _, err := db.Exec(row); err != nil {
				t.Fatalf("row of version %d: %v\n%s", v, err, row)
			}
		}
	}
}

// schema is every object of the database, as SQL.
func schema(t *testing.T, s *Store) []string {
	t.Helper()
	rows, err := s.writer.Query(`SELECT type || ' ' || name || ': ' || coalesce(sql, '') FROM sqlite_master ORDER BY 1`)
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
	return all
}

func TestUpgradeFromEveryVersion(t *testing.T) {
	known, err := latest()
	if err != nil {
		t.Fatal(err)
	}
	fresh := newStore(t)
	for v := int64(1); v <= known; v++ {
		t.Run(fmt.Sprint("from ", v), func(t *testing.T) {
			path := filepath.Join(t.TempDir(), "tenet.db")
			at(t, path, v)
			s := open(t, path)
			sound(t, s)
			if diff := cmp.Diff(schema(t, fresh), schema(t, s)); diff != "" {
				t.Errorf("the schema is not that of a new store:\n%s", diff)
			}
			if n := number(t, s, `SELECT count(*) FROM staff WHERE landlord = 'vale' AND id = 's1' AND name = 'Ada Fenwick'`); n != 1 {
				t.Error("the account of version 1 is gone")
			}
			record(t, s, 2, 4)
			sequence(t, s)
			_, vkey := testKey(t)
			if r := verify(t, s, false, ledger.Trust{Key: vkey}); !r.OK() || r.Entries != 3 {
				t.Errorf("report %+v", r)
			}
		})
	}
}

func TestNewerStoreIsRefused(t *testing.T) {
	s := newStore(t)
	known, err := latest()
	if err != nil {
		t.Fatal(err)
	}
	if _, err := s.writer.Exec(`INSERT INTO goose_db_version (version_id, is_applied) VALUES ($1, 1)`, known+1); err != nil {
		t.Fatal(err)
	}
	_, err = Open(context.Background(), "sqlite:"+s.path)
	if err == nil || !strings.Contains(err.Error(), fmt.Sprintf("has schema %d, and this one knows up to %d", known+1, known)) {
		t.Errorf("error %v", err)
	}
}

// The rules for migrations in doc.go.
func TestMigrationsKeepTheRules(t *testing.T) {
	names, err := fs.Glob(migrations, "migrations/sqlite/*")
	if err != nil {
		t.Fatal(err)
	}
	for i, name := range names {
		base := filepath.Base(name)
		if !regexp.MustCompile(fmt.Sprintf(`^%04d_[a-z0-9_]+\.sql$`, i+1)).MatchString(base) {
			t.Errorf("%s: the next is named %04d_words.sql", base, i+1)
		}
		text, err := fs.ReadFile(migrations, name)
		if err != nil {
			t.Fatal(err)
		}
		if !strings.HasPrefix(string(text), "-- +goose Up\n") || strings.Contains(string(text), "goose Down") {
			t.Errorf("%s: begins with -- +goose Up, and has no Down", base)
		}
	}

	s := newStore(t)
	rows, err := s.writer.Query(`SELECT name, strict,
			(SELECT count(*) FROM pragma_table_info(l.name) c WHERE c.name = 'landlord' AND c."notnull" = 1),
			(SELECT count(*) FROM pragma_foreign_key_list(l.name) f WHERE f."from" = 'landlord')
		FROM pragma_table_list l
		WHERE schema = 'main' AND type = 'table' AND name NOT LIKE 'sqlite%' AND name <> 'goose_db_version'`)
	if err != nil {
		t.Fatal(err)
	}
	defer rows.Close()
	seen := 0
	for rows.Next() {
		var table string
		var strict, landlord, references int
		if err := rows.Scan(&table, &strict, &landlord, &references); err != nil {
			t.Fatal(err)
		}
		seen++
		if strict != 1 {
			t.Errorf("table %s is not STRICT", table)
		}
		if landlord != 1 || references == 0 && table != "landlord" {
			t.Errorf("table %s: every row belongs to one landlord; give it a column landlord TEXT NOT NULL that references landlord, "+
				"alone or in a composite key", table)
		}
	}
	if err := rows.Err(); err != nil || seen < 7 {
		t.Errorf("looked at %d tables, %v", seen, err)
	}
}
