package demo

import (
	"bytes"
	"context"
	"crypto/sha256"
	"database/sql"
	"encoding/binary"
	"errors"
	"fmt"
	"io/fs"
	"mime/quotedprintable"
	"os"
	"path/filepath"
	"regexp"
	"strings"
	"testing"
	"time"
	"unicode/utf16"

	"github.com/google/go-cmp/cmp"
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
	if diff := cmp.Diff(da, digest(t, b)); diff != "" {
		t.Errorf("two builds of one seed differ:\n%s", diff)
	}
	if diff := cmp.Diff(wa.Truth, wb.Truth); diff != "" {
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
			if _, err := os.Stat(filepath.Join(w.Letters.Path, filepath.FromSlash(tr.Key["path"]))); err != nil {
				t.Errorf("%s: %v", id, err)
			}
		case w.Mailbox.Name:
			if n := bytes.Count(mail, []byte("Message-ID: <"+tr.Key["message_id"]+">")); n != 1 {
				t.Errorf("%s: %d messages", id, n)
			}
		default:
			t.Errorf("%s: no such source", id)
		}
	}
	for _, u := range w.Unreadable {
		if _, err := os.Stat(filepath.Join(w.Letters.Path, filepath.FromSlash(u.Path))); err != nil {
			t.Error(err)
		}
	}
}

// words is all that the sources say, with encodings and line breaks undone, by
// row, file and mailbox.
func words(t *testing.T, w *World) map[string]string {
	t.Helper()
	out := map[string]string{}
	db := openDB(t, w)
	for table := range w.Counts {
		if table == "letters" || table == "mail" {
			continue
		}
		rows, err := db.Query(`SELECT * FROM "` + table + `"`)
		if err != nil {
			t.Fatal(err)
		}
		columns, _ := rows.Columns()
		for n := 0; rows.Next(); n++ {
			values, into := make([]sql.RawBytes, len(columns)), make([]any, len(columns))
			for i := range values {
				into[i] = &values[i]
			}
			if err := rows.Scan(into...); err != nil {
				t.Fatal(err)
			}
			var text []string
			for _, v := range values {
				text = append(text, string(v))
			}
			out[fmt.Sprint(table, " ", n)] = strings.Join(text, " | ")
		}
		if err := errors.Join(rows.Err(), rows.Close()); err != nil {
			t.Fatal(err)
		}
	}
	for path := range digest(t, w.Letters.Path) {
		body, err := os.ReadFile(filepath.Join(w.Letters.Path, path))
		if err != nil {
			t.Fatal(err)
		}
		if bytes.HasPrefix(body, []byte{0xff, 0xfe}) {
			units := make([]uint16, len(body)/2-1)
			for i := range units {
				units[i] = binary.LittleEndian.Uint16(body[2+2*i:])
			}
			body = []byte(string(utf16.Decode(units)))
		}
		out[path] = strings.Join(strings.Fields(string(body)), " ")
	}
	body, err := os.ReadFile(w.Mailbox.Path)
	if err != nil {
		t.Fatal(err)
	}
	plain := bytes.ReplaceAll(body, []byte("=\n"), nil)
	out["mailbox"] = strings.Join(strings.Fields(string(plain)), " ")
	return out
}

// TestPhrases: what must or must not go out is really there, and none of it
// stands in the crowd's data, where it would mean something else.
func TestPhrases(t *testing.T) {
	w := mustBuild(t, t.TempDir(), Options{Homes: 150})
	all := words(t, w)
	count := func(phrase string) (n int) {
		for _, text := range all {
			n += strings.Count(text, phrase)
		}
		return n
	}
	alone := words(t, mustBuild(t, t.TempDir(), Options{Homes: 1}))
	check := func(list string, phrases []Phrase) {
		if len(phrases) == 0 {
			t.Errorf("no phrases under %s", list)
		}
		for _, p := range phrases {
			n := 0
			for _, text := range alone {
				n += strings.Count(text, p.Text)
			}
			switch got := count(p.Text); {
			case n == 0:
				t.Errorf("%s: %q stands nowhere", list, p.Text)
			case got != n && list != "hints":
				t.Errorf("%s: %q stands %d times with the crowd and %d without", list, p.Text, got, n)
			}
		}
	}
	check("always", w.Phrases.Always)
	check("never", w.Phrases.Never)
	check("decide", w.Phrases.Decide)
	check("hints", w.Phrases.Hints)
	for _, a := range w.Phrases.Always {
		for _, n := range w.Phrases.Never {
			if strings.Contains(a.Text, n.Text) {
				t.Errorf("%q must always appear and holds %q, which must never", a.Text, n.Text)
			}
		}
	}
}

// TestAlwaysIsHersAlone: each phrase that must be in her copy stands in a row
// of the database, or a letter, that is hers and nobody else's.
func TestAlwaysIsHersAlone(t *testing.T) {
	w := mustBuild(t, t.TempDir(), Options{Homes: 1})
	db := openDB(t, w)
	var hers []string
	for _, tr := range w.Of(Star) {
		if len(tr.Whose) != 1 || tr.Whose[0] != Self || tr.Source == w.Mailbox.Name {
			continue
		}
		if tr.Source == w.Letters.Name {
			body, err := os.ReadFile(filepath.Join(w.Letters.Path, filepath.FromSlash(tr.Key["path"])))
			if err != nil {
				t.Fatal(err)
			}
			hers = append(hers, strings.Join(strings.Fields(string(body)), " "))
			continue
		}
		for c, v := range tr.Key { // the key's first column is enough: these rows' keys are numbers
			rows, err := db.Query(`SELECT * FROM "`+tr.Table+`" WHERE "`+c+`" = ?`, v)
			if err != nil {
				t.Fatal(err)
			}
			columns, _ := rows.Columns()
			for rows.Next() {
				values, into := make([]sql.RawBytes, len(columns)), make([]any, len(columns))
				for i := range values {
					into[i] = &values[i]
				}
				if err := rows.Scan(into...); err != nil {
					t.Fatal(err)
				}
				for _, v := range values {
					hers = append(hers, string(v))
				}
			}
			rows.Close()
			break
		}
	}
	for _, p := range w.Phrases.Always {
		if !strings.Contains(strings.Join(hers, "\n"), p.Text) {
			t.Errorf("%q stands in no row that is hers alone", p.Text)
		}
	}
}

var (
	phoneLike = regexp.MustCompile(`\b0\d[\d ]{8,11}\d\b`)
	drama     = regexp.MustCompile(`^(07700 900\d{3}|020 7946 0\d{3}|01632 960\d{3})$`)
	mailLike  = regexp.MustCompile(`[\w.+-]+@([\w-]+(?:\.[\w-]+)+)`)
	safeMail  = regexp.MustCompile(`^(example\.(org|com|net)|.*\.example)$`)
)

func TestNothingReal(t *testing.T) {
	w := mustBuild(t, t.TempDir(), Options{Homes: 300})
	phones, mails := 0, 0
	for where, text := range words(t, w) {
		if strings.HasSuffix(where, ".bin") || strings.HasSuffix(where, ".docx") {
			continue
		}
		for _, p := range phoneLike.FindAllString(text, -1) {
			if phones++; !drama.MatchString(p) {
				t.Errorf("%s: the number %q is not of a drama range", where, p)
			}
		}
		for _, m := range mailLike.FindAllStringSubmatch(text, -1) {
			if mails++; !safeMail.MatchString(m[1]) {
				t.Errorf("%s: the address %q is not of an example domain", where, m[0])
			}
		}
	}
	if phones < 100 || mails < 100 {
		t.Errorf("looked at %d numbers and %d addresses only", phones, mails)
	}
}

func TestPoolsLeaveTheCastAlone(t *testing.T) {
	cast := map[string]bool{}
	for _, p := range players() {
		cast[p.Forename], cast[p.Surname] = true, true
	}
	for _, c := range communities() {
		for _, list := range [][]string{c.women, c.men, c.surnames} {
			for _, n := range list {
				if cast[n] {
					t.Errorf("%s is of the cast and of the crowd's %s names", n, c.ethnicity)
				}
				if folded := asciiFold.Replace(strings.ToLower(n)); !regexp.MustCompile(`^[a-z]+$`).MatchString(folded) {
					t.Errorf("%s folds to %q, which no e-mail address may hold", n, folded)
				}
			}
		}
	}
	if n := len(templates()); n < 40 {
		t.Errorf("%d templates of notes, want 40 at least", n)
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
	if diff := cmp.Diff(first, again); diff != "" {
		t.Errorf("the former demo came back otherwise:\n%s", diff)
	}
	for name, opt := range map[string]Options{"homes": {Homes: 7}, "seed": {Homes: 6, Seed: 2}, "today": {Homes: 6, Today: day(2026, time.December, 1)}} {
		if _, err := Build(ctx, dir, opt, nil); !errors.Is(err, ErrOccupied) {
			t.Errorf("other %s: %v, want ErrOccupied", name, err)
		}
	}
	if diff := cmp.Diff(before, digest(t, dir)); diff != "" {
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
	if diff := cmp.Diff(digest(t, want), digest(t, dir)); diff != "" {
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

func TestMailboxQuotesFromLines(t *testing.T) {
	w := mustBuild(t, t.TempDir(), Options{})
	body, err := os.ReadFile(w.Mailbox.Path)
	if err != nil {
		t.Fatal(err)
	}
	if !bytes.Contains(body, []byte("\n>From my bed")) {
		t.Error("a line of a body that begins with From is not quoted")
	}
	starts := regexp.MustCompile(`(?m)^From \S+@\S+ \w{3} \w{3} [ \d]\d \d\d:\d\d:\d\d \d{4}$`).FindAll(body, -1)
	if int64(len(starts)) != w.Counts["mail"] {
		t.Errorf("%d messages begin in the mailbox, %d were written", len(starts), w.Counts["mail"])
	}
	if all := regexp.MustCompile(`(?m)^From `).FindAll(body, -1); len(all) != len(starts) {
		t.Errorf("%d lines begin with From, %d messages", len(all), len(starts))
	}
}

func TestEncodings(t *testing.T) {
	if got, want := windows1252("£5 – “yes”"), []byte("\xa35 \x96 \x93yes\x94"); !bytes.Equal(got, want) {
		t.Errorf("windows1252 = %q, want %q", got, want)
	}
	if got, want := utf16le("ł\n"), []byte{0xff, 0xfe, 0x42, 0x01, 0x0d, 0, 0x0a, 0}; !bytes.Equal(got, want) {
		t.Errorf("utf16le = %x, want %x", got, want)
	}
	var b strings.Builder
	part(&b, "text/plain", "", "Dziękuję = thanks")
	_, body, _ := strings.Cut(b.String(), "\n\n")
	plain := make([]byte, 64)
	n, _ := quotedprintable.NewReader(strings.NewReader(body)).Read(plain)
	if got := strings.TrimSpace(string(plain[:n])); got != "Dziękuję = thanks" {
		t.Errorf("quoted-printable came back as %q", got)
	}
}
