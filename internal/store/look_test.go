package store

import (
	"context"
	"errors"
	"io/fs"
	"os"
	"path/filepath"
	"strings"
	"testing"
)

// testLook looks at a store that stands well, at an old, a newer, a moved and an
// empty one. None of them is another afterwards.
func testLook(t *testing.T, at place) {
	ctx := context.Background()
	look := func(at place) Looked {
		t.Helper()
		l, err := Look(ctx, at.url)
		if err != nil {
			t.Fatal(err)
		}
		if l.Damage != "" || l.Known == 0 || l.Place == "" || !strings.HasPrefix(strings.ToLower(l.Engine), at.engine) {
			t.Errorf("looked: %+v", l)
		}
		return l
	}
	if at.engine == "postgres" { // a file that is not there is an error: see TestLookRefuses
		if l := look(at); l.Schema != 0 || l.Moved != "" || len(l.Connected) != 0 {
			t.Errorf("of an empty place: %+v", l)
		}
	}
	s := at.open(t)
	record(t, s, 0, 1)
	l := look(at)
	if l.Schema != l.Known || l.Moved != "" || l.Bytes == 0 || l.Place != s.String() {
		t.Errorf("of a store that is whole: %+v", l)
	}
	switch {
	case at.engine == "sqlite" && l.Connected != nil:
		t.Errorf("SQLite knows of %+v", l.Connected)
	case at.engine == "postgres" && (len(l.Connected) != 1 || l.Connected[0].Number == 0 || l.Connected[0].Since.IsZero()):
		t.Errorf("one process is connected: %+v", l.Connected)
	}

	for _, schema := range []int64{1, 99999} {
		write(t, s, func(ctx context.Context, tx *Tx) error {
			_, err := tx.ExecContext(ctx, `DELETE FROM goose_db_version WHERE version_id > 1`)
			if err == nil && schema > 1 {
				_, err = tx.ExecContext(ctx, `INSERT INTO goose_db_version (version_id, is_applied) SELECT 99999, is_applied FROM goose_db_version`)
			}
			return err
		})
		if l := look(at); l.Schema != schema {
			t.Errorf("schema %d, want %d", l.Schema, schema)
		}
	}

	moved, to := at.fresh(t), at.fresh(t)
	if _, err := Move(ctx, moved.open(t), to.url, "test", nil); err != nil {
		t.Fatal(err)
	}
	if l := look(moved); l.Moved != look(to).Place || l.Moved == "" {
		t.Errorf("of a store that was moved: %+v", l)
	}
}

func TestLookRefuses(t *testing.T) {
	dir := t.TempDir()
	if _, err := Look(t.Context(), "sqlite:"+filepath.Join(dir, "none.db")); !errors.Is(err, fs.ErrNotExist) {
		t.Errorf("of no file: %v", err)
	}
	letters := filepath.Join(dir, "letters.db")
	if err := os.WriteFile(letters, []byte(strings.Repeat("letter ", 1000)), 0o600); err != nil {
		t.Fatal(err)
	}
	if _, err := Look(t.Context(), "sqlite:"+letters); err == nil || !strings.Contains(err.Error(), "not a SQLite file") {
		t.Errorf("of what is no database: %v", err)
	}
	for _, url := range []string{"mysql://tenet:hidden@127.0.0.1/tenet", "postgres://tenet:hidden@127.0.0.1:1/tenet?connect_timeout=1", "postgres://tenet:hidden@[::1/tenet"} {
		if _, err := Look(t.Context(), url); err == nil || strings.Contains(err.Error(), "hidden") {
			t.Errorf("of %s: %v", url, err)
		}
	}
	if names, err := os.ReadDir(dir); err != nil || len(names) != 1 {
		t.Errorf("looking left %v (%v)", names, err)
	}
}
