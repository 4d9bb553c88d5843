package testmaria_test

import (
	"context"
	"os"
	"path/filepath"
	"testing"

	"tenet/internal/testmaria"
)

func TestDatabase(t *testing.T) {
	file := filepath.Join(t.TempDir(), "a.sql")
	if err := os.WriteFile(file, []byte("CREATE TABLE a (b int); INSERT INTO a VALUES (7);"), 0o644); err != nil {
		t.Fatal(err)
	}
	one, two := testmaria.Database(t, file), testmaria.Database(t)
	if one == two {
		t.Fatal("two tests were given one database")
	}
	testmaria.Exec(t, two, "CREATE TABLE a (b int)")
	for url, want := range map[string]int{one: 7, two: 0} {
		var b int
		if err := testmaria.Session(t, url).QueryRowContext(context.Background(), "SELECT coalesce(sum(b), 0) FROM a").Scan(&b); err != nil || b != want {
			t.Errorf("b = %d, %v; want %d", b, err, want)
		}
	}
}
