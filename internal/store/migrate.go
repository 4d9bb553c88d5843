package store

import (
	"context"
	"database/sql"
	"embed"
	"fmt"
	"io/fs"
	"strings"

	"github.com/pressly/goose/v3"
)

//go:embed migrations
var migrations embed.FS

// latest is the version of the schema this program knows, the same on both
// engines.
func latest() (int64, error) {
	names, err := fs.Glob(migrations, "migrations/sqlite/*.sql")
	if err != nil {
		return 0, fmt.Errorf("store: %w", err)
	}
	last := names[len(names)-1] // Glob sorts, and the numbers have four digits.
	return goose.NumericComponent(last[strings.LastIndexByte(last, '/')+1:])
}

// migrate brings the schema up to a version, unless the place is not a Tenet
// store or is past that version.
func migrate(ctx context.Context, e engine, upTo int64) error {
	have, err := e.version(ctx)
	if err != nil {
		return err
	}
	switch {
	case have == upTo:
		return nil
	case have > upTo:
		return fmt.Errorf("store: %w: %s has schema %d, and this one knows up to %d; run that version", ErrNewer, e.name(), have, upTo)
	}
	// Of several processes that open an old store at once, one migrates.
	p, release, err := e.migrator(ctx)
	if err != nil {
		return fmt.Errorf("store: prepare to migrate %s: %w", e.name(), err)
	}
	defer release()
	if _, err := p.UpTo(ctx, upTo); err != nil {
		return fmt.Errorf("store: bring %s from schema %d to %d: %w", e.name(), have, upTo, err)
	}
	return nil
}

// provider is goose over the migrations in one folder. Closing it would close
// the database, so nobody does.
func provider(folder string, dialect goose.Dialect, db *sql.DB) (*goose.Provider, error) {
	files, err := fs.Sub(migrations, "migrations/"+folder)
	if err != nil {
		return nil, err
	}
	return goose.NewProvider(dialect, db, files, goose.WithDisableGlobalRegistry(true))
}
