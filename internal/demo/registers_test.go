package demo

import (
	"bytes"
	"database/sql"
	"os"
	"path/filepath"
	"strings"
	"testing"
)

// TestRegisters: the same world has the same registers, nobody is named in them, and what
// the landlord has said is of tables and columns that there are.
func TestRegisters(t *testing.T) {
	ctx := t.Context()
	w, err := Build(ctx, filepath.Join(t.TempDir(), "demo"), Options{Homes: 5}, nil)
	if err != nil {
		t.Fatal(err)
	}
	made := func() []byte {
		t.Helper()
		s, err := w.Registers(ctx, []string{"session", "it's"})
		if err != nil {
			t.Fatal(err)
		}
		b, err := os.ReadFile(s.Path)
		if err != nil {
			t.Fatal(err)
		}
		return b
	}
	if first := made(); !bytes.Equal(first, made()) {
		t.Error("the same world has other registers")
	} else {
		for _, m := range w.Cast {
			if m.Surname != "" && bytes.Contains(first, []byte(m.Surname)) {
				t.Errorf("the registers name %s", m.Surname)
			}
		}
	}
	said, err := Sayings()
	if err != nil {
		t.Fatal(err)
	}
	columns := map[string]bool{}
	for source, path := range map[string]string{"housing": w.Database.Path, "registers": filepath.Join(w.Dir, "registers.db")} {
		db, err := sql.Open("sqlite", "file:"+path+"?mode=ro")
		if err != nil {
			t.Fatal(err)
		}
		defer db.Close()
		rows, err := db.QueryContext(ctx, `SELECT m.name, c.name FROM sqlite_schema m, pragma_table_info(m.name) c WHERE m.type = 'table'`)
		if err != nil {
			t.Fatal(err)
		}
		defer rows.Close()
		for rows.Next() {
			var table, column string
			if err := rows.Scan(&table, &column); err != nil {
				t.Fatal(err)
			}
			columns[source+"."+table], columns[source+"."+table+"."+column] = true, true
		}
		if err := rows.Err(); err != nil {
			t.Fatal(err)
		}
	}
	for name, s := range said.Tables {
		if !columns[name] {
			t.Errorf("there is no table %s", name)
		}
		if s.From != "" && !columns[name+"."+s.From] {
			t.Errorf("%s has no column %s", name, s.From)
		}
		for c := range s.Columns {
			if !columns[name+"."+c] {
				t.Errorf("%s has no column %s", name, c)
			}
		}
	}
	for kind, with := range said.Checks {
		if !columns[with["in"]] {
			t.Errorf("%s looks in %q", kind, with["in"])
		}
		for param, c := range with {
			if !strings.Contains("in where form", param) && !columns[with["in"]+"."+c] {
				t.Errorf("%s: %s: %s has no column %s", kind, param, with["in"], c)
			}
		}
	}
	for record, with := range said.Records {
		if !columns[with["in"]+"."+with["field"]] {
			t.Errorf("%s is in %s, which has no column %s", record, with["in"], with["field"])
		}
	}
}
