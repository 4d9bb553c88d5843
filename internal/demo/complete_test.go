package demo

import (
	"database/sql"
	"fmt"
	"os"
	"path/filepath"
	"slices"
	"strings"
	"testing"
)

// TestTruthIsComplete looks for the cast from the other side: whatever row,
// letter or message names one of them, or points at their row, has its truth
// written down, if only to say that it is not about the one it seems to be.
func TestTruthIsComplete(t *testing.T) {
	for _, who := range everyLandlord(t) {
		t.Run(who.Name, func(t *testing.T) {
			checkTruthIsComplete(t, mustBuild(t, t.TempDir(), Options{Homes: 1, Landlord: who}))
		})
	}
}

func checkTruthIsComplete(t *testing.T, w *World) {
	known := map[string]bool{}
	for _, tr := range w.Truth {
		known[fmt.Sprint(tr.Member, tr.Source, tr.Table, tr.Key)] = true
	}
	looked := 0
	hold := func(source, table string, key map[string]string, text string, points map[Member]bool) {
		for m, p := range w.Cast {
			marks := []string{p.Forename, p.NINO, p.Email, p.Mobile, p.Ref, p.Former}
			switch m {
			case Joint: // the star's reference is his too
				marks = marks[:4]
			case Star, Namesake: // told apart by all but their names
				marks = marks[1:]
			}
			named := points[m]
			for _, mark := range marks {
				named = named || mark != "" && strings.Contains(text, mark)
			}
			if !named {
				continue
			}
			looked++
			if !known[fmt.Sprint(m, source, table, key)] {
				t.Errorf("no truth says what %s %s %v is to %s: %q", source, table, key, m, text)
			}
		}
		if strings.Contains(text, w.Star().Forename) {
			if id := fmt.Sprint(source, table, key); !known[string(Star)+id] && !known[string(Namesake)+id] {
				t.Errorf("no truth says what %s %s %v is to either Marta: %q", source, table, key, text)
			}
		}
	}

	byKey := map[string]Member{}
	for m, p := range w.Cast {
		for _, v := range p.Key {
			byKey[p.Table+v] = m
		}
	}
	db := openDB(t, w)
	for table := range w.Counts {
		if table == "letters" || table == "mail" {
			continue
		}
		eachRow(t, db, table, func(columns, values []string, key map[string]string) {
			points := map[Member]bool{}
			for i, c := range columns {
				for _, parent := range []string{"person", "staff"} {
					if m, ok := byKey[parent+values[i]]; ok && strings.HasSuffix(c, parent+"_id") {
						points[m] = true
					}
				}
			}
			hold(w.Database.Name, table, key, strings.Join(values, " | "), points)
		})
	}

	for path, text := range words(t, w) {
		_, err := os.Stat(filepath.Join(w.Letters.Path, path))
		switch {
		case err != nil || path == filepath.Join("incoming", "scan_0017.bin") || strings.HasSuffix(path, ".docx"):
		case strings.HasSuffix(path, ".eml"):
			hold(w.Letters.Name, "message", map[string]string{"id": "sister-1@example.com"}, text, nil)
		case strings.HasSuffix(path, ".csv"):
			body, err := os.ReadFile(filepath.Join(w.Letters.Path, path))
			if err != nil {
				t.Fatal(err)
			}
			for i, line := range strings.Split(string(body), "\n") {
				hold(w.Letters.Name, strings.TrimSuffix(filepath.ToSlash(path), ".csv"), map[string]string{"row": fmt.Sprint(i + 1)}, line, nil)
			}
		default:
			hold(w.Letters.Name, "file", map[string]string{"path": filepath.ToSlash(path)}, text, nil)
		}
	}

	body, err := os.ReadFile(w.Mailbox.Path)
	if err != nil {
		t.Fatal(err)
	}
	plain := strings.ReplaceAll("\n"+string(body), "=\n", "")
	for _, m := range strings.Split(plain, "\nFrom ")[1:] {
		_, id, _ := strings.Cut(m, "Message-ID: <")
		id, _, _ = strings.Cut(id, ">")
		hold(w.Mailbox.Name, "message", map[string]string{"id": id}, m, nil)
	}
	if looked < 150 {
		t.Errorf("only %d rows, letters and messages name the cast", looked)
	}
}

// eachRow gives every row of a table as text, with its key.
func eachRow(t *testing.T, db *sql.DB, table string, see func(columns, values []string, key map[string]string)) {
	t.Helper()
	var keys []string
	found, err := db.Query(`SELECT name FROM pragma_table_info(?) WHERE pk > 0`, table)
	if err != nil {
		t.Fatal(err)
	}
	for found.Next() {
		var name string
		if err := found.Scan(&name); err != nil {
			t.Fatal(err)
		}
		keys = append(keys, name)
	}
	found.Close()
	all, err := db.Query(`SELECT * FROM "` + table + `"`)
	if err != nil {
		t.Fatal(err)
	}
	defer all.Close()
	columns, err := all.Columns()
	if err != nil {
		t.Fatal(err)
	}
	for all.Next() {
		raw, into := make([]sql.NullString, len(columns)), make([]any, len(columns))
		for i := range raw {
			into[i] = &raw[i]
		}
		if err := all.Scan(into...); err != nil {
			t.Fatal(err)
		}
		values, key := make([]string, len(columns)), map[string]string{}
		for i, c := range columns {
			values[i] = strings.TrimSuffix(raw[i].String, "T00:00:00Z") // the driver makes instants of dates
			if raw[i].Valid && (len(keys) == 0 || slices.Contains(keys, c)) {
				key[c] = values[i]
			}
		}
		see(columns, values, key)
	}
	if err := all.Err(); err != nil {
		t.Fatal(err)
	}
}
