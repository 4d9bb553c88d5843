package index

import (
	"context"
	"database/sql"
	"errors"
	"fmt"
	"io/fs"
	"net/url"
	"os"
	"strings"

	"github.com/jackc/pgx/v5/pgconn"
)

// State is what [Open] would make of an index.
type State int

// The states.
const (
	Missing State = iota // it would make one
	Current              // it would open it
	Foreign              // it would empty it, being of another version's layout
)

// Look says what Open would make of the index at where, by a connection that can
// change nothing.
func Look(ctx context.Context, where string) (State, error) {
	s, err := look(ctx, where)
	if err != nil {
		err = fmt.Errorf("look at the index: %w", err)
	}
	return s, err
}

func look(ctx context.Context, where string) (State, error) {
	db, e, err := openToLook(ctx, where)
	if err != nil || db == nil {
		return Missing, err
	}
	defer db.Close()
	var made string
	switch err := db.QueryRowContext(ctx, `SELECT value FROM meta WHERE name = 'made'`).Scan(&made); {
	case errors.Is(err, sql.ErrNoRows):
		return Foreign, nil
	case err != nil && e.noTable(err):
		return Missing, nil
	case err != nil:
		return Missing, err
	case made != layout:
		return Foreign, nil
	}
	return Current, nil
}

// openToLook gives no database where there is none.
func openToLook(ctx context.Context, where string) (*sql.DB, engine, error) {
	if strings.HasPrefix(where, "postgres:") || strings.HasPrefix(where, "postgresql:") {
		u, err := url.Parse(where)
		if err != nil {
			return nil, nil, errors.New("its URL cannot be read") // err would show it
		}
		q := u.Query()
		q.Set("default_transaction_read_only", "on")
		u.RawQuery = q.Encode()
		db, e, err := openPostgres(ctx, u.String())
		var refused *pgconn.PgError
		if errors.As(err, &refused) && refused.Code == "25006" { // it may not make its schema
			return nil, nil, nil
		}
		return db, e, err
	}
	path := strings.TrimPrefix(where, "sqlite:")
	if _, err := os.Stat(path); errors.Is(err, fs.ErrNotExist) {
		return nil, nil, nil
	} else if err != nil {
		return nil, nil, err
	}
	q := url.Values{"mode": {"ro"}, "_pragma": {"busy_timeout(10000)", "query_only(1)"}}
	if _, err := os.Stat(path + "-wal"); errors.Is(err, fs.ErrNotExist) {
		q.Set("immutable", "1") // nobody has it open, and no file is made beside it
	}
	db, err := sql.Open("sqlite", (&url.URL{Scheme: "file", Opaque: (&url.URL{Path: path}).EscapedPath(), RawQuery: q.Encode()}).String())
	return db, &lite{path: path}, err
}
