package source

import (
	"context"
	"database/sql"
	"database/sql/driver"
	"errors"
	"fmt"
	"io"
	"slices"
	"strings"
	"sync"
	"testing"
	"time"

	"github.com/google/go-cmp/cmp"
	"github.com/sijms/go-ora/v2/network"

	"tenet/internal/rows"
)

// cannedDriver is a database driver that answers each statement as a function says. It stands
// where Oracle's driver does; what that would send is not seen.
type cannedDriver struct {
	answer func(query string, args []driver.NamedValue) ([][]driver.Value, error)

	mu    sync.Mutex
	asked []string
}

func (d *cannedDriver) Connect(context.Context) (driver.Conn, error) { return cannedConn{d}, nil }
func (d *cannedDriver) Driver() driver.Driver                        { return nil }

type cannedConn struct{ *cannedDriver }

func (c cannedConn) Prepare(string) (driver.Stmt, error) { return nil, errors.New("not prepared") }
func (c cannedConn) Begin() (driver.Tx, error)           { return nil, errors.New("not begun") }
func (c cannedConn) Close() error                        { return nil }

func (c cannedConn) ExecContext(_ context.Context, query string, args []driver.NamedValue) (driver.Result, error) {
	c.mu.Lock()
	defer c.mu.Unlock()
	c.asked = append(c.asked, query)
	return driver.ResultNoRows, nil
}

func (c cannedConn) QueryContext(_ context.Context, query string, args []driver.NamedValue) (driver.Rows, error) {
	c.mu.Lock()
	defer c.mu.Unlock()
	for _, a := range args {
		query += fmt.Sprintf(" <%v>", a.Value)
	}
	c.asked = append(c.asked, query)
	list, err := c.answer(query, args)
	return &cannedRows{list}, err
}

type cannedRows struct{ list [][]driver.Value }

func (r *cannedRows) Columns() []string {
	if len(r.list) == 0 {
		return nil
	}
	return make([]string, len(r.list[0]))
}

func (r *cannedRows) Close() error { return nil }

func (r *cannedRows) Next(dest []driver.Value) error {
	if len(r.list) == 0 {
		return io.EOF
	}
	copy(dest, r.list[0])
	r.list = r.list[1:]
	return nil
}

func openCanned(t *testing.T, answer func(string, []driver.NamedValue) ([][]driver.Value, error)) (*server, *cannedDriver, *told) {
	t.Helper()
	said := &told{}
	d := &cannedDriver{answer: answer}
	opts := Options{Limits: Limits{Value: 1 << 20, Statement: time.Minute}, Report: said.add, Keys: func(string) []string { return nil }}
	s := newServer(base{name: "test", opts: opts, conns: serverConns}, oracle{}, session{d, oracleSession})
	t.Cleanup(func() { s.Close() })
	return s, d, said
}

func cannedHousing(query string, args []driver.NamedValue) ([][]driver.Value, error) {
	has := func(s string) bool { return strings.Contains(query, s) }
	switch {
	case has("SELECT USER FROM dual"):
		return [][]driver.Value{{"HOUSING"}}, nil
	case has("FROM all_tables"):
		return [][]driver.Value{{"HOUSING", "PERSON", "TABLE", int64(1200), "people we house", int64(1), int64(0)}, {"HR", "STAFF", "VIEW", nil, nil, int64(0), int64(0)}}, nil
	case has("FROM all_tab_cols"):
		col := func(owner, table, name, typ string, length int64) []driver.Value {
			return []driver.Value{owner, table, name, typ, nil, length, nil, nil, int64(0)}
		}
		return [][]driver.Value{col("HOUSING", "PERSON", "ID", "NUMBER", 22), col("HOUSING", "PERSON", "NAME", "VARCHAR2", 40), col("HOUSING", "PERSON", "NOTE", "CLOB", 4000), col("HR", "STAFF", "A", "NUMBER", 22)}, nil
	case has("FROM all_constraints"):
		return [][]driver.Value{{"HOUSING", "PERSON", "PK", "P", "ID", nil, nil, nil}, {"HOUSING", "PERSON", "FK", "R", "ID", "HR", "STAFF", "A"},
			{"HOUSING", "PERSON", "UQ", "U", "NAME", nil, nil, nil}, {"HOUSING", "PERSON", "UQ", "U", "ID", nil, nil, nil}}, nil
	case has("FROM all_ind_columns"):
		return [][]driver.Value{{"HOUSING", "PERSON", "ID"}, {"HOUSING", "PERSON", "SYS_NC00007$"}}, nil
	case has("product_component_version"):
		return [][]driver.Value{{"TENET", "19.0.0.0.0", int64(0)}}, nil
	case has("FROM all_policies"):
		return [][]driver.Value{{"HOUSING", "PERSON"}}, nil
	case has(`FROM "HOUSING"."PERSON" r`):
		first := int64(1)
		if len(args) > 0 {
			fmt.Sscan(fmt.Sprint(args[0].Value), &first)
			first++
		}
		var out [][]driver.Value
		for n := first; n <= 1200 && len(out) < pageRows; n++ {
			var note, over driver.Value = "a note", nil
			if n == 2 {
				over = int64(3000000)
			}
			out = append(out, []driver.Value{fmt.Sprint(n), "Zoë", note, over})
		}
		return out, nil
	}
	return nil, fmt.Errorf("unforeseen: %s", query)
}

func TestOracleSchemaAndPages(t *testing.T) {
	s, d, said := openCanned(t, cannedHousing)
	ctx := context.Background()
	schema, err := s.Schema(ctx)
	if err != nil {
		t.Fatal(err)
	}
	person := schema.Table("PERSON")
	if person == nil || schema.Table("HR.STAFF") == nil || !schema.Table("HR.STAFF").View || schema.Engine != "oracle" {
		t.Fatalf("%+v", schema)
	}
	if diff := cmp.Diff([]any{[]string{"ID"}, [][]string{{"NAME", "ID"}}, []string{"ID"}, int64(1200), "people we house", []rows.Foreign{{Columns: []string{"ID"}, Table: "HR.STAFF", References: []string{"A"}}}},
		[]any{person.Key, person.Unique, person.Indexed, person.Estimate, person.Comment, person.Foreign}); diff != "" {
		t.Error(diff)
	}
	got := lines(t, s.Scan(ctx, "PERSON", ScanOptions{}))
	if len(got) != 1200 || got[0] != "1|Zoë|a note" || got[1] != "2|Zoë|a note{3,000,000 bytes, over the limit of 1,048,576}" || got[1199] != "1200|Zoë|a note" {
		t.Errorf("%d rows: %q", len(got), got[:2])
	}
	said.must(t, "PERSON.NOTE", "3,000,000", "PERSON/ID=2")
	pages := slices.DeleteFunc(slices.Clone(d.asked), func(q string) bool { return !strings.Contains(q, `"PERSON" r`) })
	if len(pages) != 3 || !strings.HasSuffix(pages[1], `WHERE r."ID" > TO_NUMBER(:1) ORDER BY r."ID" FETCH FIRST 500 ROWS ONLY <500>`) {
		t.Errorf("%d pages: %q", len(pages), pages)
	}
	for _, stmt := range append(slices.Clone(oracleSession), "SET TRANSACTION READ ONLY", "ROLLBACK") {
		if !slices.Contains(d.asked, stmt) {
			t.Errorf("never said: %s", stmt)
		}
	}
	h, err := s.Check(ctx)
	if err != nil || h.Engine != "Oracle 19.0.0.0.0" || h.Login != "TENET" || h.Tables != 1 || !h.ReadOnly {
		t.Errorf("%+v %v", h, err)
	}
	told := &told{list: h.Problems}
	told.must(t, "HR.STAFF", "may not read it")
	told.must(t, "PERSON", "policy", "EXEMPT ACCESS POLICY")
}

func TestOracleDropped(t *testing.T) {
	drops := 1
	s, _, said := openCanned(t, func(query string, args []driver.NamedValue) ([][]driver.Value, error) {
		if strings.Contains(query, "<500>") && drops > 0 {
			drops--
			return nil, &network.OracleError{ErrCode: 3113, ErrMsg: "ORA-03113: end-of-file on communication channel"}
		}
		return cannedHousing(query, args)
	})
	if got := lines(t, s.Scan(context.Background(), "PERSON", ScanOptions{})); len(got) != 1200 || drops != 0 {
		t.Errorf("%d rows", len(got))
	}
	said.must(t, "PERSON", "connection was lost", "PERSON/ID=500")
}

func TestOracleErrors(t *testing.T) {
	for _, tt := range []struct {
		code    int
		message string
		want    error
		mend    string
	}{
		{942, "ORA-00942: table or view does not exist", nil, "GRANT SELECT"},
		{1017, "ORA-01017: invalid username/password; logon denied", ErrRefused, "password"},
		{12514, "ORA-12514: no such service", ErrUnreachable, "service"},
		{3113, "ORA-03113: end-of-file on communication channel", ErrUnreachable, "log"},
		{1555, "ORA-01555: snapshot too old", nil, "scan it again"},
		{99999, "ORA-99999: about \"O'Hara\"", nil, ""},
	} {
		s, _, _ := openCanned(t, func(query string, args []driver.NamedValue) ([][]driver.Value, error) {
			if strings.Contains(query, `"PERSON" r`) {
				return nil, &network.OracleError{ErrCode: tt.code, ErrMsg: tt.message}
			}
			return cannedHousing(query, args)
		})
		err := failure(s.Scan(context.Background(), "PERSON", ScanOptions{}))
		var e *Error
		if !errors.As(err, &e) || tt.want != nil && !errors.Is(err, tt.want) || !strings.Contains(e.Mend, tt.mend) || strings.Contains(e.Error(), "Hara") {
			t.Errorf("%d: %v", tt.code, err)
		}
	}
}

func TestOracleUnreachable(t *testing.T) {
	for _, tt := range []struct {
		url  string
		want error
		says string
	}{
		{"oracle://locked:wr0ng-secret@127.0.0.1:1/x", ErrUnreachable, "host and port"},
		{"oracle://locked:wr0ng-secret@db.invalid", nil, "names no database"},
		{"oracle://locked:wr0ng-secret@db.invalid/x?TRACE%20FILE=/tmp/x", nil, "not known"},
		{"oracle:locked/wr0ng-secret@db.invalid", nil, "oracle://USER"},
	} {
		s, err := Open(context.Background(), "test", tt.url, Options{Limits: Limits{Statement: 5 * time.Second}})
		if err == nil {
			_, err = s.Check(context.Background())
			s.Close()
		}
		if err == nil || tt.want != nil && !errors.Is(err, tt.want) || !strings.Contains(err.Error(), tt.says) || strings.Contains(err.Error(), "wr0ng-secret") {
			t.Errorf("%s: %v", tt.url, err)
		}
	}
}

// Every type of Oracle, how it is read and compared. No server has seen these; they
// are here to be read beside its manual.
func TestOracleTypes(t *testing.T) {
	l := Limits{Value: 1 << 20}
	for _, tt := range []struct {
		typ                      oracleType
		declared, kind           string
		value, cond              string
		text, canonical, example string
	}{
		{oracleType{name: "NUMBER", precision: sql.NullInt64{Int64: 8, Valid: true}, scale: sql.NullInt64{Int64: 2, Valid: true}}, "NUMBER(8,2)", "number",
			`TO_CHAR(r."C", 'TM9')`, `r."C" = TO_NUMBER(:1)`, "-.5", "-0.5", "-0.5"},
		{oracleType{name: "BINARY_FLOAT"}, "BINARY_FLOAT", "number", `r."C"`, `r."C" = TO_BINARY_FLOAT(:1)`, "850.0999755859375", "850.1", "850.1"},
		{oracleType{name: "VARCHAR2", length: 40}, "VARCHAR2(40)", "text", `r."C"`, `r."C" = :1`, "", "", "a"},
		{oracleType{name: "CHAR", length: 6}, "CHAR(6)", "text", `r."C"`, `r."C" = CAST(:1 AS CHAR(6))`, "", "", "ab"},
		{oracleType{name: "DATE"}, "DATE", "date", `TO_CHAR(r."C", 'YYYY-MM-DD"T"HH24:MI:SS')`, `r."C" = TO_DATE(:1, 'YYYY-MM-DD"T"HH24:MI:SS')`, "1980-03-01T00:00:00", "1980-03-01", "1980-03-01"},
		{oracleType{name: "TIMESTAMP(6)"}, "TIMESTAMP(6)", "time", `TO_CHAR(r."C", 'YYYY-MM-DD"T"HH24:MI:SS.FF9')`, `r."C" = TO_TIMESTAMP(:1, 'YYYY-MM-DD"T"HH24:MI:SS.FF9')`,
			"2026-03-01T09:30:00.250000000", "2026-03-01T09:30:00.25", "2026-03-01T09:30:00.25"},
		{oracleType{name: "TIMESTAMP(6) WITH TIME ZONE"}, "TIMESTAMP(6) WITH TIME ZONE", "time", `TO_CHAR(SYS_EXTRACT_UTC(r."C"), 'YYYY-MM-DD"T"HH24:MI:SS.FF9')`,
			`r."C" = FROM_TZ(TO_TIMESTAMP(:1, 'YYYY-MM-DD"T"HH24:MI:SS.FF9'), 'UTC')`, "2026-07-01T08:30:00.000000000", "2026-07-01T08:30:00Z", "2026-07-01T08:30:00Z"},
		{oracleType{name: "CLOB"}, "CLOB", "text", `r."C"`, `DBMS_LOB.COMPARE(r."C", TO_CLOB(:1)) = 0`, "", "", "a"},
		{oracleType{name: "RAW", length: 16}, "RAW(16)", "bytes", `r."C"`, `r."C" = :1`, "", "", `\x01ff`},
		{oracleType{name: "XMLTYPE", owner: "SYS"}, "XMLTYPE", "text", `r."C".getClobVal()`, `DBMS_LOB.COMPARE(r."C".getClobVal(), TO_CLOB(:1)) = 0`, "", "", "<a/>"},
	} {
		c := oracle{}.column("C", tt.typ, l)
		if c.Type != tt.declared || c.Kind.String() != tt.kind || c.value != tt.value || c.lost != "" {
			t.Errorf("%s: %s %s %s", tt.declared, c.Type, c.Kind, c.value)
		}
		st := &statement{dialect: oracle{}}
		if cond, ok := st.condition(c, rows.Value{Text: tt.example}); !ok || cond != tt.cond {
			t.Errorf("%s: %s", tt.declared, cond)
		}
		if c.canon != nil && c.canon(tt.text).Text != tt.canonical {
			t.Errorf("%s: %q is %q", tt.declared, tt.text, c.canon(tt.text).Text)
		}
	}
	for _, typ := range []oracleType{{name: "LONG"}, {name: "BFILE"}, {name: "SDO_GEOMETRY", owner: "MDSYS"}} {
		if c := (oracle{}).column("C", typ, l); !strings.Contains(c.lost, typ.name) {
			t.Errorf("%s is read: %+v", typ.name, c)
		}
	}
}
