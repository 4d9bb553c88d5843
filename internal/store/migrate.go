package store

import (
	"context"
	"embed"
	"errors"
	"fmt"
	"io/fs"
	"strings"
	"time"

	"github.com/pressly/goose/v3"
)

//go:embed migrations
var migrations embed.FS

// provider is goose over the migrations of this engine. Closing it would close
// the database, so nobody does.
func (s *Store) provider() (*goose.Provider, error) {
	files, err := fs.Sub(migrations, "migrations/sqlite")
	if err != nil {
		return nil, err
	}
	return goose.NewProvider(goose.DialectSQLite3, s.writer, files, goose.WithDisableGlobalRegistry(true))
}

// latest is the version of the schema this program knows.
func latest() (int64, error) {
	names, err := fs.Glob(migrations, "migrations/sqlite/*.sql")
	if err != nil {
		return 0, err
	}
	last := names[len(names)-1] // Glob sorts, and the numbers have four digits.
	return goose.NumericComponent(last[strings.LastIndexByte(last, '/')+1:])
}

// migrate brings the schema up to date, unless the file is not a Tenet store or
// belongs to a later Tenet.
func (s *Store) migrate(ctx context.Context) error {
	known, err := latest()
	if err != nil {
		return fmt.Errorf("store: %w", err)
	}
	have, err := s.version(ctx)
	if err != nil {
		return err
	}
	switch {
	case have == known:
		return nil
	case have > known:
		return fmt.Errorf("store: %w: %s has schema %d, and this one knows up to %d; run that version", ErrNewer, s.path, have, known)
	}

	// Of several processes that open an old store at once, one migrates.
	release, err := waitFor(ctx, s.path+".migrating")
	if err != nil {
		return fmt.Errorf("store: wait to migrate %s: %w", s.path, err)
	}
	defer release()
	if _, err := s.writer.ExecContext(ctx, fmt.Sprintf(`PRAGMA application_id = %d`, applicationID)); err != nil {
		return fmt.Errorf("store: mark %s: %w", s.path, err)
	}
	p, err := s.provider()
	if err != nil {
		return fmt.Errorf("store: %w", err)
	}
	if _, err := p.Up(ctx); err != nil {
		return fmt.Errorf("store: bring %s from schema %d to %d: %w", s.path, have, known, err)
	}
	return nil
}

// version is the version of the schema in the file, 0 for an empty file. It is
// an error if the file is somebody else's.
func (s *Store) version(ctx context.Context) (int64, error) {
	var id, tables int64
	if err := s.writer.QueryRowContext(ctx, `PRAGMA application_id`).Scan(&id); err != nil {
		return 0, fmt.Errorf("store: open %s: %w", s.path, err)
	}
	if err := s.writer.QueryRowContext(ctx, `SELECT count(*) FROM sqlite_master`).Scan(&tables); err != nil {
		return 0, fmt.Errorf("store: open %s: %w", s.path, err)
	}
	if id != applicationID && (id != 0 || tables != 0) {
		return 0, fmt.Errorf("store: %s is a database, but not one of Tenet's; name another file", s.path)
	}
	var there int
	err := s.writer.QueryRowContext(ctx, `SELECT count(*) FROM sqlite_master WHERE name = 'goose_db_version'`).Scan(&there)
	if err != nil || there == 0 {
		return 0, err
	}
	var v int64
	err = s.writer.QueryRowContext(ctx, `SELECT coalesce(max(version_id), 0) FROM goose_db_version WHERE is_applied = 1`).Scan(&v)
	return v, err
}

// waitFor is flock for those who wait their turn.
func waitFor(ctx context.Context, path string) (release func() error, err error) {
	tick := time.NewTicker(10 * time.Millisecond)
	defer tick.Stop()
	for {
		f, err := flock(path)
		if err == nil {
			return f.Close, nil
		}
		if !errors.Is(err, errHeld) {
			return nil, err
		}
		select {
		case <-ctx.Done():
			return nil, ctx.Err()
		case <-tick.C:
		}
	}
}
