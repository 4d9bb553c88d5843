package testpg_test

import (
	"context"
	"os"
	"path/filepath"
	"testing"

	"github.com/jackc/pgx/v5"

	"tenet/internal/testpg"
)

func TestDatabase(t *testing.T) {
	file := filepath.Join(t.TempDir(), "a.sql")
	if err := os.WriteFile(file, []byte("CREATE TABLE a (b int); INSERT INTO a VALUES (7);"), 0o644); err != nil {
		t.Fatal(err)
	}
	ctx := context.Background()
	one, two := testpg.Database(t, file), testpg.Database(t)
	if one == two {
		t.Fatal("two tests were given one database")
	}
	conn, err := pgx.Connect(ctx, one)
	if err != nil {
		t.Fatal(err)
	}
	defer conn.Close(ctx)
	var b int
	if err := conn.QueryRow(ctx, "SELECT b FROM a").Scan(&b); err != nil || b != 7 {
		t.Errorf("b = %d, %v", b, err)
	}
	if _, err := pgx.Connect(ctx, "postgres://postgres:wrong@"+testpg.Addr(t)+"/postgres"); err == nil {
		t.Error("a wrong password was taken")
	}
}
