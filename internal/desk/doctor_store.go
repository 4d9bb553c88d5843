package desk

import (
	"context"
	"database/sql"
	"errors"
	"fmt"
	"io/fs"
	"net/url"
	"os"
	"path/filepath"

	_ "modernc.org/sqlite" // the engine of the store in the workspace

	"tenet/internal/store"
)

// store looks at the store without opening it as a store, which would bring its
// schema up to date, and says whether it may be opened as one.
func (c *doctor) store(ctx context.Context, conf Config) bool {
	if conf.Store != "" {
		return true // the engine says the rest when it is opened
	}
	path := filepath.Join(c.dir, "tenet.db")
	info, err := os.Stat(path)
	if errors.Is(err, fs.ErrNotExist) {
		c.add(Finding{Check: "store", Status: Fail, What: "the workspace has lost its store, tenet.db", Mend: "restore it from its backup"})
		return false
	}
	if err != nil {
		c.add(Finding{Check: "store", Status: Fail, What: "cannot be looked at", Err: err})
		return false
	}
	have, damage, err := look(ctx, path)
	if err != nil {
		c.add(Finding{Check: "store", Status: Fail, What: "cannot be read", Err: err, Mend: "if it is damaged, keep it and restore the last backup"})
		return false
	}
	if damage != "" {
		c.add(Finding{Check: "store", Status: Fail, What: "damaged: " + damage, Mend: "stop Tenet, keep the file, and restore the last backup"})
		return false
	}
	knows, err := known(ctx)
	switch {
	case err != nil:
		c.add(Finding{Check: "store", Status: Fail, What: "the schema of this version cannot be told", Err: err})
		return false
	case have > knows:
		c.add(Finding{Check: "store", Status: Fail, What: fmt.Sprintf("has schema %d, and this Tenet knows up to %d", have, knows),
			Why: "a later version opened it", Mend: "run the newer version of Tenet that opened this workspace last"})
		return false
	case have < knows:
		c.add(Finding{Check: "store", Status: Warn, What: fmt.Sprintf("has schema %d, and this Tenet works with %d", have, knows),
			Why: "the first other command brings it up to date, after which an older Tenet refuses it; what is in it was not looked at", Mend: "back it up first: see docs/upgrading.md"})
		return false
	}
	if open, err := openToOthers(path); err == nil && open {
		c.add(Finding{Check: "store", Status: Warn, What: "others on this machine may read " + path, Mend: "chmod 600 " + path})
		return true
	}
	c.well("store", "SQLite, schema %d, %.1f MiB, whole", have, float64(info.Size())/(1<<20))
	return true
}

// look reads the version of the schema of a store, and what SQLite finds damaged
// in it, by a connection that can change nothing.
func look(ctx context.Context, path string) (version int64, damage string, err error) {
	abs, err := filepath.Abs(path)
	if err != nil {
		return 0, "", err
	}
	name := url.URL{Scheme: "file", Path: filepath.ToSlash(abs), RawQuery: "mode=ro&_busy_timeout=5000&_query_only=1"}
	if _, err := os.Stat(abs + "-wal"); errors.Is(err, fs.ErrNotExist) {
		// Nobody has it open. A reader of a log that was not there would make one, and
		// being a reader could not take it away again.
		name.RawQuery += "&immutable=1"
	}
	db, err := sql.Open("sqlite", name.String())
	if err != nil {
		return 0, "", err
	}
	defer db.Close()
	if err := db.QueryRowContext(ctx, `SELECT coalesce(max(version_id), 0) FROM goose_db_version WHERE is_applied = 1`).Scan(&version); err != nil {
		return 0, "", fmt.Errorf("not a store of Tenet's, or damaged: %w", err)
	}
	if err := db.QueryRowContext(ctx, `PRAGMA quick_check(1)`).Scan(&damage); err != nil {
		return 0, "", err
	}
	if damage == "ok" {
		damage = ""
	}
	return version, damage, nil
}

// known is the schema that this program brings a store to. It is read off a new
// store, so that there is no second list of what the store's own room knows.
func known(ctx context.Context) (int64, error) {
	dir, err := os.MkdirTemp("", "tenet-doctor-")
	if err != nil {
		return 0, err
	}
	defer os.RemoveAll(dir)
	path := filepath.Join(dir, "tenet.db")
	s, err := store.Open(ctx, "sqlite:"+path)
	if err != nil {
		return 0, err
	}
	if err := s.Close(); err != nil {
		return 0, err
	}
	version, _, err := look(ctx, path)
	return version, err
}
