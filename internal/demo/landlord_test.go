package demo

import (
	"bytes"
	"database/sql"
	"io/fs"
	"os"
	"path/filepath"
	"strings"
	"testing"
	"unicode"
	"unicode/utf16"
)

// others are the landlords that have something of their own.
func others(t *testing.T) []Landlord {
	t.Helper()
	found, err := fs.ReadDir(landlords, "landlords")
	if err != nil {
		t.Fatal(err)
	}
	var out []Landlord
	for _, f := range found {
		out = append(out, Landlord{Pack: f.Name(), Name: "Other Homes of " + f.Name(), Domain: f.Name() + ".example", Prefix: strings.ToUpper(f.Name()[:3]), Street: "2 Example Street", Town: "Elsewhere EX1 1AA"})
	}
	if len(out) < 5 {
		t.Fatalf("only %d landlords have a folder", len(out))
	}
	return out
}

// everyLandlord is Larkfield and the others.
func everyLandlord(t *testing.T) []Landlord { return append([]Landlord{Larkfield()}, others(t)...) }

// TestEachLandlordsOwn: nothing in the sources of another landlord speaks of Larkfield or of
// anybody and any place there, in any encoding; the truth names what is there; and no two
// have the same people.
func TestEachLandlordsOwn(t *testing.T) {
	people := map[string]string{}
	for _, who := range others(t) {
		t.Run(who.Pack, func(t *testing.T) {
			own, err := who.Own()
			if err != nil {
				t.Fatal(err)
			}
			w := mustBuild(t, filepath.Join(t.TempDir(), "landlord"), Options{Homes: 60, Landlord: who})
			checkDatabase(t, w)
			checkTruth(t, w)
			if _, err := w.Registers(t.Context(), nil); err != nil {
				t.Fatal(err)
			}
			var homes int64
			if err := openDB(t, w).QueryRow(`SELECT count(*) FROM property`).Scan(&homes); err != nil || w.Counts["property"] != homes {
				t.Errorf("%d properties are counted, and %d are there: %v", w.Counts["property"], homes, err)
			}
			if got := w.Star(); got.Ref != who.Prefix+"-104417" || got.Former != who.Prefix+"-088203" || got.Forename == "Marta" {
				t.Errorf("the star is %s, with %s and %s", got.Name, got.Ref, got.Former)
			}
			words := []string{"Larkfield", "larkfield", "LKF-"}
			for word := range own.Words {
				words = append(words, word)
			}
			theirs := 0
			for path := range digest(t, w.Dir) {
				body, err := os.ReadFile(filepath.Join(w.Dir, path))
				if err != nil {
					t.Fatal(err)
				}
				for _, word := range words {
					if bytes.Contains(body, []byte(word)) || bytes.Contains(body, wide(word)) || strings.Contains(path, word) {
						t.Errorf("%s speaks of %s", path, word)
					}
				}
				if bytes.Contains(body, []byte(who.Name)) {
					theirs++
				}
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
			if len(w.Others) == 0 {
				t.Error("it has no system of its own")
			}
			for _, s := range w.Others {
				if who.OwnMap(s.Name) == nil {
					t.Errorf("nothing is said of the map of %s", s.Name)
				}
			}
			same := 0
			eachRow(t, openDB(t, w), "person", func(columns, values []string, _ map[string]string) {
				name := strings.Join(values[1:6], " ") // from the title to the date of birth
				if people[name] != "" {
					same++
				}
				people[name] = who.Pack
			})
			if same > 0 {
				t.Errorf("%d people are another landlord's too", same)
			}
		})
	}
}

// TestOwnWords: what stands in the place of a word can be written in every encoding, and is
// not replaced again.
func TestOwnWords(t *testing.T) {
	for _, who := range others(t) {
		own, err := who.Own()
		if err != nil {
			t.Fatal(err)
		}
		if len(own.Try) == 0 {
			t.Errorf("%s has nothing to try", who.Pack)
		}
		ours := who.replacer(own)
		for word, as := range own.Words {
			if strings.ContainsFunc(as, func(r rune) bool { return r > unicode.MaxASCII }) {
				t.Errorf("%s: %s has letters that not every encoding has", who.Pack, as)
			}
			if got := ours.Replace(ours.Replace(word)); got != as {
				t.Errorf("%s: %s becomes %s and then %s", who.Pack, word, as, got)
			}
		}
	}
}

// TestNearPost: where the other homes are other landlords', the letters and the mailbox have
// nobody of theirs.
func TestNearPost(t *testing.T) {
	for _, who := range others(t) {
		own, err := who.Own()
		if err != nil {
			t.Fatal(err)
		}
		if !own.NearPost {
			continue
		}
		w := mustBuild(t, t.TempDir(), Options{Homes: 60, Landlord: who})
		post, err := os.ReadFile(filepath.Join(w.Letters.Path, "arrears", "arrears_list.csv"))
		if err != nil {
			t.Fatal(err)
		}
		star, others := 0, 0
		err = openDB(t, w).QueryRow(`SELECT count(*) FILTER (WHERE landlord_code = 'LR'), count(*) FILTER (WHERE landlord_code <> 'LR') FROM person`).Scan(&star, &others)
		if err != nil || star < 10 || others < 30 {
			t.Errorf("%s has %d people of the star's landlord and %d of others: %v", who.Pack, star, others, err)
		}
		rows, err := openDB(t, w).Query(`SELECT tenancy_ref FROM tenancy WHERE landlord_code IS NOT 'LR'`)
		if err != nil {
			t.Fatal(err)
		}
		defer rows.Close()
		for rows.Next() {
			var ref sql.NullString
			if err := rows.Scan(&ref); err != nil {
				t.Fatal(err)
			}
			if bytes.Contains(post, []byte(ref.String)) {
				t.Errorf("%s is another landlord's, and in the post", ref.String)
			}
			if found, _ := filepath.Glob(filepath.Join(w.Letters.Path, "*", ref.String+"_*")); len(found) > 0 {
				t.Errorf("%v are another landlord's", found)
			}
		}
		if err := rows.Err(); err != nil {
			t.Fatal(err)
		}
	}
}

// wide is a text as UTF-16.
func wide(s string) []byte {
	var out []byte
	for _, u := range utf16.Encode([]rune(s)) {
		out = append(out, byte(u), byte(u>>8))
	}
	return out
}
