package source

import (
	"context"
	"errors"
	"io"
	"os"
	"path/filepath"
	"strings"
	"testing"
	"time"

	"github.com/google/go-cmp/cmp"

	"tenet/internal/rows"
)

// original is the document of a row, or what the error says.
func original(t *testing.T, s Source, r rows.Row) (string, error) {
	t.Helper()
	o, err := s.(Originals).Original(t.Context(), r)
	if err != nil {
		return "", err
	}
	data, err := io.ReadAll(o)
	if err == nil {
		err = o.Close()
	}
	if err != nil {
		t.Fatal(err)
	}
	if int64(len(data)) != o.Size {
		t.Errorf("%s has %d bytes, and said %d", o.Name, len(data), o.Size)
	}
	return string(data), nil
}

// all are the rows of a table.
func all(t *testing.T, s Source, table string) []rows.Row {
	t.Helper()
	var out []rows.Row
	for r, err := range s.Scan(context.Background(), table, ScanOptions{}) {
		if err != nil {
			t.Fatal(err)
		}
		out = append(out, r)
	}
	return out
}

func TestDirOriginals(t *testing.T) {
	dir := makeDir(t)
	s, _ := open(t, "dir:"+dir, Options{})
	got := map[string]string{}
	for _, r := range all(t, s, "file") {
		data, err := original(t, s, r)
		if err != nil {
			t.Fatal(err)
		}
		got[r.Get("path").Text] = data
	}
	for _, name := range []string{"letters/ann.txt", "letters/old.txt", "letters/page.html", "scan.pdf", "box.mbox"} {
		want, err := os.ReadFile(filepath.Join(dir, filepath.FromSlash(name)))
		if err != nil {
			t.Fatal(err)
		}
		if diff := cmp.Diff(string(want), got[name]); diff != "" {
			t.Errorf("%s: %s", name, diff)
		}
	}
	for _, r := range all(t, s, "message") {
		if _, err := original(t, s, r); !errors.Is(err, ErrNoOriginal) {
			t.Errorf("a message: %v", err)
		}
	}
	// What was read is not what is there now.
	for _, r := range all(t, s, "file") {
		switch r.Get("path").Text {
		case "letters/ann.txt":
			write(t, filepath.Join(dir, "letters", "ann.txt"), "Dear Bob,\r\nyour rent is due.\n")
			if err := os.Chtimes(filepath.Join(dir, "letters", "ann.txt"), time.Time{}, time.Date(2026, 4, 1, 0, 0, 0, 0, time.UTC)); err != nil {
				t.Fatal(err)
			}
		case "scan.pdf":
			if err := os.Remove(filepath.Join(dir, "scan.pdf")); err != nil {
				t.Fatal(err)
			}
		default:
			continue
		}
		if _, err := original(t, s, r); !errors.Is(err, ErrChanged) {
			t.Errorf("%s: %v", r.Get("path").Text, err)
		}
	}
}

// A source with hours hands its documents out at any time, and a database has none.
func TestGentleOriginals(t *testing.T) {
	s, _ := open(t, "dir:"+makeDir(t)+"?hours=22:00-06:00", Options{})
	plain := s.(*gentle).Source
	for _, r := range all(t, plain, "file")[:1] {
		if _, err := original(t, s, r); err != nil {
			t.Error(err)
		}
	}
	db, _ := open(t, "sqlite:"+filepath.Join(t.TempDir(), "a.db"), Options{})
	if _, err := original(t, db, rows.Row{Table: &rows.Table{Name: "file"}}); !errors.Is(err, ErrNoOriginal) {
		t.Errorf("a database: %v", err)
	}
}

// A row names a file of the folder and nothing else, whatever it says.
func TestDirOriginalsStayInside(t *testing.T) {
	dir := makeDir(t)
	outside := write(t, filepath.Join(t.TempDir(), "outside.txt"), "not yours")
	if err := os.Symlink(outside, filepath.Join(dir, "link.txt")); err != nil {
		t.Fatal(err)
	}
	s, _ := open(t, "dir:"+dir, Options{})
	r := all(t, s, "file")[0]
	for _, path := range []string{"link.txt", "../" + filepath.Base(filepath.Dir(outside)) + "/outside.txt", outside, "", ".", "letters", "data/contacts.csv", "mail/one.eml"} {
		r.Values[0].Text = path
		if data, err := original(t, s, r); err == nil {
			t.Errorf("%q was opened: %q", path, data)
		}
	}
}

// A workbook whose sheets are tables has other people's rows in it.
func TestWorkbooksAreNoOriginals(t *testing.T) {
	at := t.TempDir()
	write(t, filepath.Join(at, "rent.xlsx"), packed(t, "xl/workbook.xml", "x"))
	s, _ := open(t, "dir:"+at, Options{})
	d := s.(*dir)
	if _, err := s.Schema(t.Context()); err != nil {
		t.Fatal(err)
	}
	d.last.apart["rent.xlsx"] = true
	for _, r := range all(t, s, "file") {
		if _, err := original(t, s, r); !errors.Is(err, ErrNoOriginal) {
			t.Errorf("%v", err)
		}
	}
}

// What is attached to the twelve messages is handed out alike, whatever they are kept in.
func TestMailOriginals(t *testing.T) {
	for _, u := range mailSources() {
		t.Run(u.name, func(t *testing.T) {
			s, _ := open(t, u.url(t), Options{})
			defer s.Close()
			var want, got int
			for _, l := range twelve {
				for _, f := range l.files {
					if !strings.Contains(f, "message/rfc822") {
						want++
					}
				}
			}
			for _, r := range all(t, s, "attachment") {
				data, err := original(t, s, r)
				if errors.Is(err, ErrNoOriginal) && strings.HasPrefix(r.Get("type").Text, "message/") {
					continue
				}
				if err != nil {
					t.Fatalf("%s: %v", r.ID(), err)
				}
				if got++; r.Get("type").Text == "text/plain" && !strings.Contains(data, strings.TrimSpace(r.Get("text").Text)) {
					t.Errorf("%s: %q", r.Get("name").Text, data)
				}
				r.Values[4].Text = "1"
				if _, err := original(t, s, r); !errors.Is(err, ErrChanged) {
					t.Errorf("another document in its place: %v", err)
				}
				r.Values[1].Text = "99"
				if _, err := original(t, s, r); !errors.Is(err, ErrChanged) {
					t.Errorf("no such part: %v", err)
				}
				r.Values[0].Text = "nobody@example.org/x"
				if _, err := original(t, s, r); err == nil {
					t.Error("no such message, and it was opened")
				}
			}
			if got < want {
				t.Errorf("%d documents, want %d", got, want)
			}
			for _, r := range all(t, s, "message")[:1] {
				if _, err := original(t, s, r); !errors.Is(err, ErrNoOriginal) {
					t.Errorf("a message: %v", err)
				}
			}
		})
	}
}

func TestPurviewOriginal(t *testing.T) {
	dir := searchExport(t)
	s, _ := open(t, "purview:"+dir, Options{})
	files := all(t, s, "file")
	if len(files) == 0 {
		t.Fatal("no loose files in the export")
	}
	for _, r := range files {
		data, err := original(t, s, r)
		if err != nil || data == "" {
			t.Errorf("%s: %v, %d bytes", r.Get("path").Text, err, len(data))
		}
		r.Values[3].Text = "1"
		if _, err := original(t, s, r); !errors.Is(err, ErrChanged) {
			t.Errorf("another document in its place: %v", err)
		}
	}
}
