package demo

import (
	"bytes"
	"io/fs"
	"os"
	"path/filepath"
	"strings"
	"testing"
	"unicode/utf16"
)

// TestAnotherLandlord: nothing in the sources of another landlord speaks of Larkfield, in
// any encoding, and the truth names the files as they lie there.
func TestAnotherLandlord(t *testing.T) {
	who := Landlord{Name: "Wrenfield Housing Association", Domain: "wrenfield.example", Prefix: "WRE", Street: "2 Wren Street", Town: "Wrenfield WF1 1AA"}
	w, err := Build(t.Context(), filepath.Join(t.TempDir(), "landlord"), Options{Homes: 8, Landlord: who}, nil)
	if err != nil {
		t.Fatal(err)
	}
	if got := w.Star(); got.Ref != "WRE-104417" || got.Former != "WRE-088203" {
		t.Errorf("the star's references are %s and %s", got.Ref, got.Former)
	}
	wide := func(s string) []byte {
		var out []byte
		for _, u := range utf16.Encode([]rune(s)) {
			out = append(out, byte(u), byte(u>>8))
		}
		return out
	}
	theirs := 0
	err = filepath.WalkDir(w.Dir, func(path string, d fs.DirEntry, err error) error {
		if err != nil || d.IsDir() {
			return err
		}
		body, err := os.ReadFile(path)
		if err != nil {
			return err
		}
		for _, word := range []string{"Larkfield", "larkfield", "LKF-"} {
			if bytes.Contains(body, []byte(word)) || bytes.Contains(body, wide(word)) || strings.Contains(path[len(w.Dir):], word) {
				t.Errorf("%s speaks of %s", path[len(w.Dir):], word)
			}
		}
		if bytes.Contains(body, []byte("Wrenfield")) {
			theirs++
		}
		return nil
	})
	if err != nil {
		t.Fatal(err)
	}
	if theirs < 5 {
		t.Errorf("only %d files name the landlord", theirs)
	}
	for _, x := range w.Truth {
		if path := x.Key["path"]; path != "" {
			if _, err := os.Stat(filepath.Join(w.Letters.Path, filepath.FromSlash(path))); err != nil {
				t.Errorf("the truth names a letter that is not there: %v", err)
			}
		}
	}
}
