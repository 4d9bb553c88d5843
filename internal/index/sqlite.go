package index

import (
	"context"
	"database/sql"
	"encoding/json"
	"errors"
	"fmt"
	"net/url"
	"os"
	"path/filepath"
	"strings"
	"sync"

	"modernc.org/sqlite"
	sqlite3 "modernc.org/sqlite/lib"
)

// lite is an index in a file.
type lite struct {
	path     string
	building sync.Mutex // between processes, callers keep a lock of their own
}

func openSQLite(path string) (*sql.DB, *lite, error) {
	db, err := sql.Open("sqlite", (&url.URL{Scheme: "file", Opaque: (&url.URL{Path: path}).EscapedPath(), RawQuery: url.Values{
		"_pragma": {"busy_timeout(10000)", "journal_mode(WAL)", "synchronous(FULL)", "temp_store(MEMORY)"}, "_txlock": {"immediate"}}.Encode()}).String())
	return db, &lite{path: path}, err
}

// private makes the file the owner's alone, once it is there.
func (l *lite) private() error { return os.Chmod(l.path, 0o600) }

func (l *lite) dir() string { return filepath.Dir(l.path) }

func (*lite) dialect() *strings.Replacer {
	return strings.NewReplacer("$strict", "STRICT", "$serial", "INTEGER PRIMARY KEY AUTOINCREMENT", "$int", "INTEGER", "$bytes", "BLOB", "$storage", "")
}

func (*lite) tables() string {
	return `SELECT name FROM sqlite_schema WHERE type = 'table' AND name NOT LIKE 'sqlite\_%' ESCAPE '\'`
}

func (*lite) numbers(list []int64) any {
	text, _ := json.Marshal(list) // of numbers: never fails
	return string(text)
}

func (*lite) list() string { return `json_each($1)` }

func (*lite) first(seg int64) string {
	return fmt.Sprintf(`SELECT t.value, b.last, b.id, b.body FROM json_each($1) t
		JOIN posting_%d b ON b.id = (SELECT id FROM posting_%[1]d WHERE last >= t.value ORDER BY last, id LIMIT 1)`, seg)
}

func (*lite) load(ctx context.Context, db *sql.DB, table string, columns []string, rows [][]any) error {
	tx, err := db.BeginTx(ctx, nil)
	if err != nil {
		return err
	}
	defer tx.Rollback()
	marks := "$1"
	for i := range columns[1:] {
		marks += fmt.Sprintf(", $%d", i+2)
	}
	stmt, err := tx.PrepareContext(ctx, fmt.Sprintf(`INSERT INTO %s (%s) VALUES (%s)`, table, strings.Join(columns, ", "), marks))
	if err != nil {
		return err
	}
	defer stmt.Close()
	for _, r := range rows {
		if _, err := stmt.ExecContext(ctx, r...); err != nil {
			return err
		}
	}
	return tx.Commit()
}

func (l *lite) lock(context.Context, *sql.DB, string) (func(), error) {
	l.building.Lock()
	return l.building.Unlock, nil
}

func (*lite) freeze(context.Context, *sql.Tx) error { return nil } // every transaction is immediate

func (*lite) noTable(err error) bool {
	return err != nil && strings.Contains(err.Error(), "no such table")
}

func (*lite) full(err error) bool {
	var e *sqlite.Error
	return errors.As(err, &e) && (e.Code()&0xff == sqlite3.SQLITE_FULL || e.Code() == sqlite3.SQLITE_IOERR_WRITE)
}
