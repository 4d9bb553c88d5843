package index

import (
	"bytes"
	"context"
	"database/sql"
	"encoding/base64"
	"encoding/hex"
	"fmt"
	"io"
	"os"
	"path/filepath"
	"runtime"
	"slices"
	"strings"
	"testing"
	"unicode/utf16"

	"github.com/google/go-cmp/cmp"

	"tenet/internal/match"
	"tenet/internal/rows"
	"tenet/internal/source"
)

// canaries are what must not be seen: names, a number, words of a note and the
// row's own key, which is in the locators alone.
var canaries = []string{"Quillfeather", "Zebediah", "07700900987", "marmalade", "canary-row-4417", "zq.feather@example.org"}

func canaryRows(n int) *fake {
	f := &fake{}
	for i := range n {
		f.rows = append(f.rows, person(fmt.Sprint("canary-row-4417-", i), "Zebediah", "Quillfeather", "07700900987", "marmalade on the stairs, write to zq.feather@example.org"))
	}
	return f
}

// disguises are the forms in which a word may stand in a file.
func disguises(word string) map[string][]byte {
	out := map[string][]byte{"clear": []byte(word), "hex": []byte(hex.EncodeToString([]byte(word)))}
	wide := utf16.Encode([]rune(word))
	var little, big []byte
	for _, u := range wide {
		little = append(little, byte(u), byte(u>>8))
		big = append(big, byte(u>>8), byte(u))
	}
	out["UTF-16LE"], out["UTF-16BE"] = little, big
	for shift := range 3 { // base64 looks different at each place in a group of three
		b := base64.StdEncoding.EncodeToString(append(make([]byte, shift), word...))
		from := (shift*8 + 5) / 6
		out[fmt.Sprint("base64 at ", shift)] = []byte(b[from : len(b)-4])
	}
	backwards := []byte(word)
	slices.Reverse(backwards)
	out["backwards"] = backwards
	return out
}

// expose reports what can be seen in data, in any case of letters.
func expose(t *testing.T, where string, data []byte) {
	t.Helper()
	low := bytes.ToLower(data)
	for _, word := range canaries {
		for _, w := range []string{word, strings.ToLower(word), strings.ToUpper(word)} {
			for how, form := range disguises(w) {
				if bytes.Contains(data, form) || !strings.HasPrefix(how, "base64") && bytes.Contains(low, bytes.ToLower(form)) {
					t.Errorf("%s holds %q in %s", where, w, how)
				}
			}
		}
	}
}

// TestExpose: the net has no holes.
func TestExpose(t *testing.T) {
	for how, form := range disguises("Quillfeather") {
		if len(form) < 8 {
			t.Errorf("%s is %q", how, form)
		}
	}
	for shift := range 3 {
		text := []byte(base64.StdEncoding.EncodeToString(append(bytes.Repeat([]byte{'x'}, shift), "Quillfeather and more"...)))
		if !bytes.Contains(text, disguises("Quillfeather")[fmt.Sprint("base64 at ", shift)]) {
			t.Errorf("base64 at %d would not be seen in %s", shift, text)
		}
	}
}

// TestBlind: nothing of what is indexed can be seen, while it is built or after:
// in the file and its log, in the sorted runs, in any column of PostgreSQL.
func TestBlind(t *testing.T) { engines(t, testBlind) }

func testBlind(t *testing.T, where string) {
	x := open(t, where, key, "1")
	x.dir, x.held = t.TempDir(), 500
	looked := map[string]int{}
	look := func() {
		for name, data := range everything(t, x, where) {
			looked[name]++
			expose(t, name, data)
		}
	}
	x.engine = watched{x.engine, look}
	f := canaryRows(400)
	unread := []source.Problem{{Source: "housing", Table: "person", Key: f.rows[3].ID(), Why: "Quillfeather is too long"}}
	if _, err := x.Refresh(context.Background(), "housing", "person", mapped, f, true, func() []source.Problem { return unread }, nil); err != nil {
		t.Fatal(err)
	}
	look()
	if runtime.GOOS == "linux" && looked["run"] == 0 || len(looked) < 2 {
		t.Errorf("looked at %v: something was not seen at all", looked)
	}
	if got := search(t, x, words("marmalade")...); len(got) != 400 {
		t.Errorf("%d rows: the canaries were not indexed", len(got))
	}
	name := Term{Text, "word", "boiler"}
	e := x.epochs[0]
	if e.tokener("larkfield", "housing", "person").token(name) == e.tokener("other", "housing", "person").token(name) {
		t.Error("two landlords share a token")
	}
}

// everything is the bytes of an index, by where they stand.
func everything(t *testing.T, x *Index, where string) map[string][]byte {
	t.Helper()
	out := map[string][]byte{}
	if path, ok := strings.CutPrefix(where, "sqlite:"); ok {
		for _, suffix := range []string{"", "-wal", "-shm"} {
			data, err := os.ReadFile(path + suffix)
			if err != nil && !os.IsNotExist(err) {
				t.Fatal(err)
			}
			out[filepath.Base(path)+suffix] = data
		}
	} else {
		names, err := column[string](context.Background(), x.db, x.engine.tables())
		if err != nil {
			t.Fatal(err)
		}
		for _, name := range names {
			out[strings.TrimRight(name, "0123456789")] = columnsOf(t, x, name)
		}
	}
	// Runs have no name: they are open files of this process.
	open, _ := filepath.Glob("/proc/self/fd/*")
	for _, fd := range open {
		to, err := os.Readlink(fd)
		if err != nil || !strings.HasPrefix(to, x.dir) {
			continue
		}
		f, err := os.Open(fd)
		if err != nil {
			continue // it was closed meanwhile
		}
		data, err := io.ReadAll(f)
		f.Close()
		if err != nil {
			t.Fatal(err)
		}
		out["run"] = append(out["run"], data...)
	}
	return out
}

// columnsOf is every value of a table.
func columnsOf(t *testing.T, x *Index, table string) (out []byte) {
	t.Helper()
	rs, err := x.db.Query(`SELECT * FROM ` + table)
	if err != nil {
		t.Fatal(err)
	}
	defer rs.Close()
	names, err := rs.Columns()
	if err != nil {
		t.Fatal(err)
	}
	values, into := make([]sql.RawBytes, len(names)), make([]any, len(names))
	for i := range values {
		into[i] = &values[i]
	}
	for rs.Next() {
		if err := rs.Scan(into...); err != nil {
			t.Fatal(err)
		}
		for _, v := range values {
			out = append(out, v...)
		}
	}
	if err := rs.Err(); err != nil {
		t.Fatal(err)
	}
	return out
}

// TestAnotherKey: with another key nothing is found, and what is sealed does not
// open; nor where it has been moved.
func TestAnotherKey(t *testing.T) {
	x := open(t, filepath.Join(t.TempDir(), "index.db"), key, "1")
	refresh(t, x, &fake{rows: []rows.Row{person("1", "Ann", "Shaw", "", "boiler")}})
	other, err := newEpoch(Key{"1", bytes.Repeat([]byte{1}, 32)})
	if err != nil {
		t.Fatal(err)
	}
	sealed, err := column[[]byte](context.Background(), x.db, `SELECT sealed FROM locator_1`)
	if err != nil || len(sealed) != 1 {
		t.Fatal(len(sealed), err)
	}
	if got, err := x.epochs[0].unseal(locators, 1, 1, sealed[0]); err != nil {
		t.Error(err)
	} else if ids, err := unpackKeys(got); err != nil || !cmp.Equal(ids, []string{"person/id=1"}) {
		t.Error(ids, err)
	}
	for what, err := range map[string]error{
		"another key":     second(other.unseal(locators, 1, 1, sealed[0])),
		"another block":   second(x.epochs[0].unseal(locators, 1, 2, sealed[0])),
		"another segment": second(x.epochs[0].unseal(locators, 2, 1, sealed[0])),
		"another use":     second(x.epochs[0].unseal(unread, 1, 1, sealed[0])),
		"nothing":         second(x.epochs[0].unseal(locators, 1, 1, nil)),
	} {
		if err != ErrKey {
			t.Errorf("%s: %v", what, err)
		}
	}
	if _, err := Open(context.Background(), "index.db", "larkfield", []byte("short"), "1"); err == nil {
		t.Error("a short key was taken")
	}
	for _, term := range Terms(Person, match.Known{Name: match.ParseName("Ann Shaw")}) {
		if x.epochs[0].tokener("l", "s", "t").token(term) == other.tokener("l", "s", "t").token(term) {
			t.Errorf("%v has one token under two keys", term)
		}
	}
}

func second[T any](_ T, err error) error { return err }
