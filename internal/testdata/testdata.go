package testdata

import (
	"os"
	"path/filepath"
	"slices"
	"strings"
	"testing"
)

// Shared is the path of one folder of the larger data. A missing folder skips
// the test, saying so, unless Required says that "data" must be there.
func Shared(t testing.TB, name string) string {
	t.Helper()
	if root := os.Getenv("TENET_TEST_DATA"); root != "" {
		if path := filepath.Join(root, name); exists(path) {
			return path
		}
	} else if dir, err := os.Getwd(); err == nil {
		for {
			if path := filepath.Join(dir, "shared", "data", name); exists(path) {
				return path
			}
			up := filepath.Dir(dir)
			if up == dir {
				break
			}
			dir = up
		}
	}
	Missing(t, "data", "the folder shared/data/"+name+" beside the checkout (or TENET_TEST_DATA)")
	return ""
}

// Required says whether this run must not do without a thing: "postgres",
// "chromium", "assets", "data"; see TENET_TEST_REQUIRE in the Makefile.
func Required(thing string) bool {
	return slices.Contains(strings.Split(os.Getenv("TENET_TEST_REQUIRE"), ","), thing)
}

// Missing ends a test that cannot run here: a failure where the thing is
// required, a skip that names it otherwise.
func Missing(t testing.TB, thing, what string) {
	t.Helper()
	if Required(thing) {
		t.Fatalf("%s is required (TENET_TEST_REQUIRE=%s) and not here", what, os.Getenv("TENET_TEST_REQUIRE"))
	}
	t.Skipf("left out: needs %s", what)
}

func exists(path string) bool {
	_, err := os.Stat(path)
	return err == nil
}
