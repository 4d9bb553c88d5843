package demo

import (
	"bytes"
	"cmp"
	"context"
	"crypto/sha256"
	"database/sql"
	"errors"
	"fmt"
	"io/fs"
	"os"
	"path/filepath"
	"slices"
	"strings"
	"testing"
	"time"

	gocmp "github.com/google/go-cmp/cmp"
)

func mustBuild(t *testing.T, dir string, opt Options) *World {
	t.Helper()
	w, err := Build(context.Background(), dir, opt, nil)
	if err != nil {
		t.Fatal(err)
	}
	return w
}

// digest is the hash of every file below dir, by relative path.
func digest(t *testing.T, dir string) map[string]string {
	t.Helper()
	out := map[string]string{}
	err := filepath.WalkDir(dir, func(path string, d fs.DirEntry, err error) error {
		if err != nil || d.IsDir() {
			return err
		}
		body, err := os.ReadFile(path)
		rel, _ := filepath.Rel(dir, path)
		out[rel] = fmt.Sprintf("%x", sha256.Sum256(body))
		return err
	})
	if err != nil {
		t.Fatal(err)
	}
	return out
}

func openDB(t *testing.T, w *World) *sql.DB {
	t.Helper()
	db, err := sql.Open("sqlite", "file:"+w.Database.Path+"?mode=ro")
	if err != nil {
		t.Fatal(err)
	}
	t.Cleanup(func() { db.Close() })
	return db
}

func TestSameSeedSameBytes(t *testing.T) {
	a, b, c := t.TempDir(), t.TempDir(), t.TempDir()
	wa, wb := mustBuild(t, a, Options{Seed: 7}), mustBuild(t, b, Options{Seed: 7})
	mustBuild(t, c, Options{Seed: 8})
	da := digest(t, a)
	if diff := gocmp.Diff(da, digest(t, b)); diff != "" {
		t.Errorf("two builds of one seed differ:\n%s", diff)
	}
	if diff := gocmp.Diff(wa.Truth, wb.Truth); diff != "" {
		t.Errorf("two builds of one seed differ in truth:\n%s", diff)
	}
	dc := digest(t, c)
	for _, f := range []string{"housing.db", filepath.Join("mail", "housing-officers.mbox"), filepath.Join("letters", "arrears", "arrears_list.csv")} {
		if da[f] == "" || da[f] == dc[f] {
			t.Errorf("%s is the same for seeds 7 and 8, or missing", f)
		}
	}
}

func TestCastIsAlwaysThere(t *testing.T) {
	for _, homes := range []int{1, 5, 6, 60, 300} {
		t.Run(fmt.Sprint(homes), func(t *testing.T) {
			w := mustBuild(t, t.TempDir(), Options{Homes: homes})
			for _, p := range players() {
				got := w.Cast[p.Member]
				if got.Name != p.Forename+" "+p.Surname || got.Table == "" || len(got.Key) != 1 {
					t.Errorf("%s is not whole: %+v", p.Member, got)
				}
				if len(w.Of(p.Member)) == 0 {
					t.Errorf("no truth about %s", p.Member)
				}
			}
			if got, want := w.Counts["property"], int64(max(homes, castHomes)); got != want {
				t.Errorf("%d properties, want %d", got, want)
			}
			checkDatabase(t, w)
			checkTruth(t, w)
		})
	}
}

// checkDatabase holds the keys, declared or not, and what no fixture may hold.
func checkDatabase(t *testing.T, w *World) {
	t.Helper()
	db := openDB(t, w)
	for _, q := range []string{
		"SELECT count(*) FROM pragma_foreign_key_check",
		"SELECT count(*) FROM pragma_integrity_check WHERE integrity_check <> 'ok'",
		orphans("household_member", "person_id", "person"),
		orphans("rent_entry", "payer_person_id", "person"),
		orphans("repair", "property_id", "property"),
		orphans("repair", "reported_by_person_id", "person"),
		orphans("case_note", "tenancy_id", "tenancy"),
		orphans("case_note", "person_id", "person"),
		orphans("case_note", "author_staff_id", "staff"),
		orphans("asb_case", "officer_staff_id", "staff"),
		orphans("asb_witness", "person_id", "person"),
		orphans("warning_flag", "raised_by_staff_id", "staff"),
		orphans("complaint", "person_id", "person"),
		orphans("disclosure_log", "person_id", "person"),
		orphans("disclosure_log", "staff_id", "staff"),
		orphans("damp_survey", "property_id", "property"),
		orphans("sensor_reading", "property_id", "property"),
		"SELECT count(*) FROM case_note WHERE tenancy_id IS NULL AND person_id IS NULL",
		"SELECT count(*) FROM case_note WHERE body LIKE '%{%' OR body LIKE '%}%'",
		"SELECT count(*) FROM tenancy WHERE end_date < start_date",
		"SELECT count(*) - count(DISTINCT email) FROM person WHERE email IS NOT NULL",
		"SELECT count(*) - count(DISTINCT mobile) FROM person WHERE mobile IS NOT NULL",
		"SELECT count(*) - count(DISTINCT nino) FROM person WHERE nino IS NOT NULL",
		"SELECT count(*) - count(DISTINCT address_line_1 || address_line_2 || town) FROM property",
		"SELECT count(*) FROM repair WHERE reported_on > '" + iso(w.Today) + "' OR completed_on > '" + iso(w.Today) + "'",
	} {
		var n int
		if err := db.QueryRow(q).Scan(&n); err != nil {
			t.Errorf("%s: %v", q, err)
		} else if n != 0 {
			t.Errorf("%s: %d, want none", q, n)
		}
	}
}

func orphans(table, column, parent string) string {
	return fmt.Sprintf("SELECT count(*) FROM %s WHERE %s IS NOT NULL AND %s NOT IN (SELECT %s_id FROM %s)", table, column, column, parent, parent)
}

// checkTruth finds every row that the truth names, exactly once.
func checkTruth(t *testing.T, w *World) {
	t.Helper()
	db := openDB(t, w)
	mail, err := os.ReadFile(w.Mailbox.Path)
	if err != nil {
		t.Fatal(err)
	}
	seen := map[string]bool{}
	for _, tr := range w.Truth {
		id := fmt.Sprint(tr.Member, tr.Source, tr.Table, tr.Key)
		if seen[id] {
			t.Errorf("two truths about %s", id)
		}
		seen[id] = true
		if tr.Trap != (len(tr.Whose) == 0) {
			t.Errorf("%s: trap %v with whose %v", id, tr.Trap, tr.Whose)
		}
		switch tr.Source {
		case w.Database.Name:
			var where []string
			var args []any
			for c, v := range tr.Key {
				where, args = append(where, `CAST("`+c+`" AS TEXT) = ?`), append(args, v)
			}
			var n int
			if err := db.QueryRow(`SELECT count(*) FROM "`+tr.Table+`" WHERE `+strings.Join(where, " AND "), args...).Scan(&n); err != nil || n != 1 {
				t.Errorf("%s: %d rows, %v", id, n, err)
			}
		case w.Letters.Name:
			path := tr.Key["path"]
			switch tr.Table {
			case "message":
				path = "incoming/2024-01-22_sister.eml" // the only letter saved as a message
			case "arrears/arrears_list":
				path = tr.Table + ".csv"
			}
			body, err := os.ReadFile(filepath.Join(w.Letters.Path, filepath.FromSlash(path)))
			if err != nil {
				t.Errorf("%s: %v", id, err)
			}
			if tr.Table == "message" && !bytes.Contains(body, []byte("Message-ID: <"+tr.Key["id"]+">\r\n")) {
				t.Errorf("%s: no such message in %s", id, path)
			}
		case w.Mailbox.Name:
			if n := bytes.Count(mail, []byte("Message-ID: <"+cmp.Or(tr.Key["id"], tr.Key["message"])+">")); n != 1 {
				t.Errorf("%s: %d messages", id, n)
			}
		default:
			i := slices.IndexFunc(w.Others, func(s Source) bool { return s.Name == tr.Source })
			if i < 0 {
				t.Errorf("%s: no such source", id)
				continue
			}
			own, err := sql.Open("sqlite", "file:"+w.Others[i].Path+"?mode=ro")
			if err != nil {
				t.Fatal(err)
			}
			for c, v := range tr.Key {
				var n int
				if err := own.QueryRow(`SELECT count(*) FROM "`+tr.Table+`" WHERE CAST("`+c+`" AS TEXT) = ?`, v).Scan(&n); err != nil || n != 1 {
					t.Errorf("%s: %d rows, %v", id, n, err)
				}
			}
			own.Close()
		}
	}
	for _, u := range w.Unreadable {
		if _, err := os.Stat(filepath.Join(w.Letters.Path, filepath.FromSlash(u.Path))); err != nil {
			t.Error(err)
		}
	}
}

func TestHomeAddressesDiffer(t *testing.T) {
	seen := map[string]int{}
	for i := range 60_000 {
		p := homeAddress(i)
		id := p.one() + p.town + p.postcode
		if j, ok := seen[id]; ok {
			t.Fatalf("homes %d and %d are both at %s", j, i, id)
		}
		seen[id] = i
	}
}

func TestFolder(t *testing.T) {
	ctx := context.Background()
	dir := filepath.Join(t.TempDir(), "new", "demo")
	first := mustBuild(t, dir, Options{Homes: 6})
	before := digest(t, dir)

	again := mustBuild(t, dir, Options{Homes: 6})
	if diff := gocmp.Diff(first, again); diff != "" {
		t.Errorf("the former demo came back otherwise:\n%s", diff)
	}
	for name, opt := range map[string]Options{"homes": {Homes: 7}, "seed": {Homes: 6, Seed: 2}, "today": {Homes: 6, Today: day(2026, time.December, 1)}} {
		if _, err := Build(ctx, dir, opt, nil); !errors.Is(err, ErrOccupied) {
			t.Errorf("other %s: %v, want ErrOccupied", name, err)
		}
	}
	if diff := gocmp.Diff(before, digest(t, dir)); diff != "" {
		t.Errorf("the folder was touched:\n%s", diff)
	}

	other := t.TempDir()
	if err := os.WriteFile(filepath.Join(other, "thesis.txt"), []byte("mine"), 0o644); err != nil {
		t.Fatal(err)
	}
	if _, err := Build(ctx, other, Options{}, nil); !errors.Is(err, ErrOccupied) {
		t.Errorf("somebody's folder: %v, want ErrOccupied", err)
	}
	if got := digest(t, other); len(got) != 1 {
		t.Errorf("somebody's folder now holds %d files", len(got))
	}
	if _, err := Build(ctx, t.TempDir(), Options{Homes: -1}, nil); err == nil {
		t.Error("minus one homes were built")
	}
	if err := os.WriteFile(filepath.Join(dir, marker), []byte("{"), 0o644); err != nil {
		t.Fatal(err)
	}
	if _, err := Build(ctx, dir, Options{Homes: 6}, nil); !errors.Is(err, ErrOccupied) {
		t.Errorf("a damaged marker: %v, want ErrOccupied", err)
	}
}

// TestBuildStoppedAndBuiltAgain: a build that was stopped leaves a folder that the
// next one takes over, and ends as if it had never been stopped.
func TestBuildStoppedAndBuiltAgain(t *testing.T) {
	dir, want := t.TempDir(), t.TempDir()
	ctx, stop := context.WithCancel(context.Background())
	_, err := Build(ctx, dir, Options{Homes: 120}, func(stage string, done, total int) {
		if done > 0 {
			stop()
		}
	})
	if !errors.Is(err, context.Canceled) {
		t.Fatalf("stopped build: %v, want context.Canceled", err)
	}
	mustBuild(t, dir, Options{Homes: 120})
	mustBuild(t, want, Options{Homes: 120})
	if diff := gocmp.Diff(digest(t, want), digest(t, dir)); diff != "" {
		t.Errorf("not as an undisturbed build:\n%s", diff)
	}
}

func TestTodayMovesTheStory(t *testing.T) {
	w := mustBuild(t, t.TempDir(), Options{Homes: 1, Today: time.Date(2028, time.March, 3, 15, 0, 0, 0, time.UTC)})
	var latest string
	if err := openDB(t, w).QueryRow("SELECT CAST(max(reported_on) AS TEXT) FROM repair").Scan(&latest); err != nil {
		t.Fatal(err)
	}
	if latest != "2028-02-21" { // eleven days before today, as in the story
		t.Errorf("the latest repair is of %s", latest)
	}
}
