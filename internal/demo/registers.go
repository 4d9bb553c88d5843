package demo

import (
	"context"
	"database/sql"
	_ "embed"
	"errors"
	"fmt"
	"os"
	"path/filepath"
	"strings"
	"time"
)

//go:embed registers.sql
var registersSQL string

// Registers makes the landlord's own registers and logs beside a world: reviews of access,
// calls, cameras, consents, what the sites were seen to set. Nobody is named in them. The
// same world and the same cookies, which are those that its notice lists, give the same
// bytes. Some rows are not as a notice promises, so that there is something to find.
func (w *World) Registers(ctx context.Context, cookies []string) (_ Source, err error) {
	path := filepath.Join(w.Dir, "registers.db")
	out := Source{Name: "registers", Path: path, URL: "sqlite:" + path}
	if err := os.Remove(path); err != nil && !errors.Is(err, os.ErrNotExist) {
		return out, fmt.Errorf("demo: clearing the registers: %w", err)
	}
	db, err := sql.Open("sqlite", path)
	if err != nil {
		return out, fmt.Errorf("demo: opening the registers: %w", err)
	}
	defer func() {
		if err = errors.Join(err, db.Close()); err == nil {
			err = w.dated(path)
		}
	}()
	db.SetMaxOpenConns(1)
	today := w.Today.Format(time.DateOnly)
	text, err := w.Landlord.Say(registersSQL)
	if err != nil {
		return out, err
	}
	if besides, ok := w.Landlord.file("registers.sql"); ok {
		text += string(besides)
	}
	if _, err := db.ExecContext(ctx, strings.ReplaceAll(text, "$TODAY", today)); err != nil {
		return out, fmt.Errorf("demo: writing the registers: %w", err)
	}
	for _, name := range cookies {
		if _, err := db.ExecContext(ctx, `INSERT INTO cookie_scan (seen_on, name) VALUES (?, ?)`, today, name); err != nil {
			return out, fmt.Errorf("demo: writing what the sites set: %w", err)
		}
	}
	return out, nil
}
