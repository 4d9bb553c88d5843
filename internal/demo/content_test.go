package demo

import (
	"bytes"
	"database/sql"
	"encoding/binary"
	"errors"
	"fmt"
	"mime/quotedprintable"
	"os"
	"path/filepath"
	"regexp"
	"strings"
	"testing"
	"unicode/utf16"
	"unicode/utf8"
)

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
	for _, who := range everyLandlord(t) {
		t.Run(who.Name, func(t *testing.T) { checkPhrases(t, who) })
	}
}

func checkPhrases(t *testing.T, who Landlord) {
	w := mustBuild(t, t.TempDir(), Options{Homes: 150, Landlord: who})
	all := words(t, w)
	count := func(phrase string) (n int) {
		for _, text := range all {
			n += strings.Count(text, phrase)
		}
		return n
	}
	alone := words(t, mustBuild(t, t.TempDir(), Options{Homes: 1, Landlord: who}))
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
	eachRow(t, openDB(t, w), "rent_entry", func(_, values []string, _ map[string]string) {
		if text := strings.Join(values, " "); !utf8.ValidString(text) {
			t.Errorf("%q is not UTF-8", text)
		}
	})
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
	for _, who := range everyLandlord(t) {
		for _, p := range players() {
			for _, name := range []string{p.Forename, p.Surname} {
				called, err := who.Say(name)
				if err != nil {
					t.Fatal(err)
				}
				cast[called] = true
			}
		}
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
