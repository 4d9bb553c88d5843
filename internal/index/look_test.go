package index

import (
	"context"
	"testing"
)

// TestLook: it says what Open would do, and does none of it.
func TestLook(t *testing.T) {
	engines(t, func(t *testing.T, where string) {
		ctx := context.Background()
		says := func(want State) {
			t.Helper()
			for range 2 { // the first would have made it, or emptied it
				if got, err := Look(ctx, where); err != nil || got != want {
					t.Errorf("it is %d, %v; want %d", got, err, want)
				}
			}
		}
		says(Missing)
		x := open(t, where, key, "1")
		refresh(t, x, &fake{})
		says(Current)
		if _, err := x.db.Exec(`UPDATE meta SET value = '1'`); err != nil {
			t.Fatal(err)
		}
		says(Foreign)
		if has, err := x.Has(ctx, "housing", "person"); err != nil || !has {
			t.Errorf("what was indexed is there: %t, %v", has, err)
		}
	})
	for _, where := range []string{"postgres://tenet@[::1/x", "postgres://tenet@127.0.0.1:1/x?connect_timeout=1", t.TempDir()} {
		if _, err := Look(context.Background(), where); err == nil {
			t.Errorf("%s was looked at", where)
		}
	}
}
