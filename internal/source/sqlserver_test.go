package source

import (
	"context"
	"errors"
	"fmt"
	"strings"
	"testing"
	"time"

	"github.com/google/go-cmp/cmp"

	"tenet/internal/rows"
)

// cannedPeople is a database of one table with 1,200 rows, and a view that may not be read, as the catalogue tells
// of them.
func cannedPeople(sql string) wireReply {
	switch {
	case strings.Contains(sql, "FROM sys.objects o JOIN sys.schemas"):
		return wireReply{rows: [][]any{{"1", "dbo", "person", "U ", "1200", "people we house", "1", "0"}, {"2", "hr", "secret", "V ", "-1", "", "0", "0"}}}
	case strings.Contains(sql, "FROM sys.columns c JOIN sys.objects"):
		col := func(id, name, typ, length string, more ...string) []any {
			row := []any{id, name, typ, "0", length, "0", "0", "", "1", "1", "0", "0"}
			for i, m := range more {
				row[5+i] = m
			}
			return row
		}
		return wireReply{rows: [][]any{
			col("1", "id", "int", "4"), col("1", "code", "char", "6", "0", "0", "SQL_Latin1_General_CP1_CI_AS"), col("1", "note", "nvarchar", "-1", "0", "0", "Latin1_General_CI_AS"),
			col("1", "born", "date", "3"), col("1", "at", "datetime2", "8", "0", "7"), col("1", "seen", "datetimeoffset", "10", "0", "7"), col("1", "guid", "uniqueidentifier", "16"),
			col("1", "rent", "decimal", "9", "10", "2"), col("1", "yes", "bit", "1"), col("1", "photo", "varbinary", "-1"),
			col("1", "pay", "int", "4", "0", "0", "", "1", "1", "1"), col("2", "a", "int", "4", "0", "0", "", "1", "0")}}
	case strings.Contains(sql, "FROM sys.indexes"):
		return wireReply{rows: [][]any{{"1", "1", "1", "1", "id"}, {"1", "2", "0", "1", "guid"}, {"1", "3", "0", "0", "code"}}}
	case strings.Contains(sql, "FROM sys.foreign_key_columns"):
		return wireReply{rows: [][]any{{"9", "1", "id", "2", "a"}}}
	case strings.Contains(sql, "snapshot_isolation_state"):
		return wireReply{rows: [][]any{{"51", "1"}}}
	case strings.Contains(sql, "SERVERPROPERTY"):
		return wireReply{rows: [][]any{{"16.0.1000.6", "tenet", "0", "0"}}}
	case strings.Contains(sql, "FROM sys.security_predicates"):
		return wireReply{rows: [][]any{{"person"}}}
	}
	return wireReply{}
}

func cannedRow(n int) []any {
	note, over := any(fmt.Sprintf("Zoë %d", n)), any(nil)
	if n == 2 {
		over = "3000000"
	}
	return []any{fmt.Sprint(n), "ab    ", note, over, "1980-03-01", "2026-03-01T09:30:00.2500000", "2026-07-01T09:30:00.0000000+01:00", "6CCD780C-BABA-1026-9564-5B8C656024DB",
		"850.50", "1", []byte{1, 255}, nil, nil}
}

// paging wraps cannedPeople to serve 1,200 rows in order of asking.
func paging(cut *int) func(string) wireReply {
	next := 1
	return func(sql string) wireReply {
		r := cannedPeople(sql)
		if !strings.Contains(sql, "FROM [dbo].[person] r") {
			return r
		}
		if !strings.Contains(sql, "r.[id] > @p1") {
			next = 1
		}
		r = wireReply{columns: len(cannedRow(1))}
		for ; next <= 1200 && len(r.rows) < pageRows; next++ {
			r.rows = append(r.rows, cannedRow(next))
		}
		if *cut > 0 && next > 600 {
			r.cut = *cut
			next += *cut - len(r.rows)
			*cut = 0
		}
		return r
	}
}

func TestSQLServerOverTheWire(t *testing.T) {
	none := 0
	f := newFakeTDS(t, paging(&none))
	s, said := open(t, "sqlserver://tenet:s3cret@"+f.addr+"/housing?tls=false", Options{})
	ctx := context.Background()
	schema, err := s.Schema(ctx)
	if err != nil {
		t.Fatal(err)
	}
	person := schema.Table("person")
	if person == nil || schema.Table("hr.secret") == nil || schema.Engine != "sqlserver" {
		t.Fatalf("%+v", schema)
	}
	if diff := cmp.Diff([]any{[]string{"id"}, [][]string{{"guid"}}, []string{"id", "guid", "code"}, int64(1200), "people we house", []rows.Foreign{{Columns: []string{"id"}, Table: "hr.secret", References: []string{"a"}}}},
		[]any{person.Key, person.Unique, person.Indexed, person.Estimate, person.Comment, person.Foreign}); diff != "" {
		t.Error(diff)
	}
	got := lines(t, s.Scan(ctx, "person", ScanOptions{}))
	if len(got) != 1200 {
		t.Fatalf("%d rows", len(got))
	}
	if diff := cmp.Diff([]string{
		`1|ab|Zoë 1|1980-03-01|2026-03-01T09:30:00.25|2026-07-01T08:30:00Z|6ccd780c-baba-1026-9564-5b8c656024db|850.50|true|\x01ff|{the server masks this column for the login; GRANT UNMASK to it}`,
		`2|ab|Zoë 2{3,000,000 bytes, over the limit of 1,048,576}|1980-03-01|2026-03-01T09:30:00.25|2026-07-01T08:30:00Z|6ccd780c-baba-1026-9564-5b8c656024db|850.50|true|\x01ff|{the server masks this column for the login; GRANT UNMASK to it}`,
	}, got[:2]); diff != "" {
		t.Error(diff)
	}
	said.must(t, "person.note", "3,000,000", "person/id=2")
	about := func(word string) func(string) bool {
		return func(s string) bool { return strings.Contains(s, word) }
	}
	if n := len(f.said(about("SET LOCK_TIMEOUT 60000"))); n == 0 {
		t.Error("the session was not set up")
	}
	if n := len(f.said(about("ISOLATION LEVEL SNAPSHOT; BEGIN TRANSACTION"))); n != 1 {
		t.Errorf("%d snapshots", n)
	}
	pages := f.said(about("FROM [dbo].[person] r"))
	if len(pages) != 3 || !strings.Contains(pages[0], "ORDER BY r.[id] OFFSET 0 ROWS FETCH NEXT 500 ROWS ONLY") || !strings.Contains(pages[1], "WHERE r.[id] > @p1 ORDER BY") {
		t.Errorf("%d pages: %.2000s", len(pages), pages)
	}

	h, err := s.Check(ctx)
	if err != nil || h.Engine != "SQL Server 16.0.1000.6" || h.Login != "tenet" || h.Tables != 1 || !h.ReadOnly {
		t.Errorf("%+v %v", h, err)
	}
	told := &told{list: h.Problems}
	told.must(t, "hr.secret", "may not read it", "GRANT SELECT ON [hr].[secret]")
	told.must(t, "person.pay", "UNMASK")
	told.must(t, "person", "security policy")
}

// A connection that ends in the middle of a page: reading goes on after the last
// row, once.
func TestSQLServerDropped(t *testing.T) {
	cut := 150
	f := newFakeTDS(t, paging(&cut))
	s, said := open(t, "sqlserver://tenet@"+f.addr+"/housing?tls=false", Options{})
	seen := map[string]int{}
	for r, err := range s.Scan(context.Background(), "person", ScanOptions{Columns: []string{"id"}}) {
		if err != nil {
			t.Fatal(err)
		}
		seen[r.ID()]++
	}
	if len(seen) != 1200 {
		t.Errorf("%d rows", len(seen))
	}
	for id, n := range seen {
		if n != 1 {
			t.Errorf("%s %d times", id, n)
		}
	}
	said.must(t, "person", "connection was lost", "person/id=")
}

func TestSQLServerLookup(t *testing.T) {
	f := newFakeTDS(t, func(sql string) wireReply {
		if strings.Contains(sql, "FROM [dbo].[person] r WHERE") {
			// The server's comparison has folded case; the source's does not.
			other := cannedRow(8)
			other[1] = "AB    "
			return wireReply{rows: [][]any{cannedRow(7), other}}
		}
		return cannedPeople(sql)
	})
	s, _ := open(t, "sqlserver://tenet@"+f.addr+"/housing?tls=false", Options{})
	got := lines(t, s.Lookup(context.Background(), "person", []rows.Match{is("code", "ab"), null("pay")}))
	if len(got) != 0 { // pay is masked, and so in no row
		t.Errorf("found %q", got)
	}
	got = lines(t, s.Lookup(context.Background(), "person", []rows.Match{is("code", "ab"), is("rent", "850.5")}))
	if len(got) != 1 || !strings.HasPrefix(got[0], "7|ab|") {
		t.Errorf("found %q", got)
	}
	asked := f.said(func(s string) bool { return strings.Contains(s, "FROM [dbo].[person] r WHERE") })
	const want = "WHERE r.[code] = CONVERT(varchar(8000), @p1 COLLATE SQL_Latin1_General_CP1_CI_AS) AND r.[rent] = TRY_CONVERT(decimal(10, 2), @p2)"
	if len(asked) != 1 || !strings.Contains(asked[0], want) || !strings.Contains(asked[0], "850.5") {
		t.Errorf("asked %q", asked)
	}
}

func TestSQLServerErrors(t *testing.T) {
	for _, tt := range []struct {
		number  int32
		message string
		want    error
		mend    string
	}{
		{229, "The SELECT permission was denied on the object 'person'", nil, "GRANT SELECT"},
		{1222, "Lock request time out period exceeded.", errSlow, "locked"},
		{4060, "Cannot open database \"housing\" requested by the login.", ErrUnreachable, "CREATE USER"},
		{18456, "Login failed for user 'tenet'.", ErrRefused, "password"},
		{245, "Conversion failed when converting the varchar value 'Ann O'Hara' to data type int.", nil, ""},
	} {
		f := newFakeTDS(t, func(sql string) wireReply {
			if strings.Contains(sql, "FROM [dbo].[person] r") {
				return wireReply{err: tt.number, message: tt.message}
			}
			return cannedPeople(sql)
		})
		s, _ := open(t, "sqlserver://tenet@"+f.addr+"/housing?tls=false", Options{})
		err := failure(s.Scan(context.Background(), "person", ScanOptions{}))
		var e *Error
		if !errors.As(err, &e) || tt.want != nil && !errors.Is(err, tt.want) || !strings.Contains(e.Mend, tt.mend) || strings.Contains(e.Error(), "Hara") {
			t.Errorf("%d: %v", tt.number, err)
		}
	}
}

// A server that never answers is given up on, and told so.
func TestSQLServerTimeOut(t *testing.T) {
	f := newFakeTDS(t, func(sql string) wireReply {
		if strings.Contains(sql, "FROM [dbo].[person] r") {
			return wireReply{hang: true}
		}
		return cannedPeople(sql)
	})
	s := inHaste(t, "sqlserver://tenet@"+f.addr+"/housing?tls=false")
	if err := failure(s.Scan(context.Background(), "person", ScanOptions{})); !errors.Is(err, errSlow) {
		t.Errorf("%v", err)
	}
}

func TestSQLServerUnreachable(t *testing.T) {
	for _, tt := range []struct {
		url  string
		want error
		says string
	}{
		{"sqlserver://locked:wr0ng-secret@127.0.0.1:1/x", ErrUnreachable, "host and port"},
		{"mssql://locked:wr0ng-secret@db.invalid/x", ErrUnreachable, "host and port"},
		{"sqlserver://locked:wr0ng-secret@db.invalid", nil, "names no database"},
		{"sqlserver://locked:wr0ng-secret@db.invalid/x?encrypt=disable", nil, "not known"},
		{"sqlserver://locked:wr0ng-secret@db.invalid:99999/x", nil, "port"},
		{"sqlserver:server=db.invalid;password=wr0ng-secret", nil, "sqlserver://USER"},
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

// Every type of SQL Server, how it is read and compared. No server has seen these; they
// are here to be read beside its manual.
func TestSQLServerTypes(t *testing.T) {
	l := Limits{Value: 1 << 20}
	for _, tt := range []struct {
		typ                      sqlServerType
		declared, kind           string
		value, cond              string
		text, canonical, example string
	}{
		{sqlServerType{name: "bigint"}, "bigint", "number", "CONVERT(varchar(20), r.[c])", "r.[c] = @p1", "-7", "-7", "7"},
		{sqlServerType{name: "decimal", precision: 10, scale: 2}, "decimal(10,2)", "number", "CONVERT(varchar(50), r.[c])", "r.[c] = TRY_CONVERT(decimal(10, 2), @p1)", ".50", "0.50", "0.5"},
		{sqlServerType{name: "money"}, "money", "number", "CONVERT(varchar(50), r.[c], 2)", "r.[c] = TRY_CONVERT(money, @p1)", "850.5000", "850.5000", "850.5"},
		{sqlServerType{name: "real"}, "real", "number", "r.[c]", "r.[c] = @p1", "850.0999755859375", "850.1", "850.1"},
		{sqlServerType{name: "bit"}, "bit", "bool", "CONVERT(varchar(1), r.[c])", "r.[c] = @p1", "1", "true", "true"},
		{sqlServerType{name: "date"}, "date", "date", "CONVERT(varchar(10), r.[c], 23)", "r.[c] = TRY_CONVERT(date, @p1, 126)", "1980-03-01", "1980-03-01", "1980-03-01"},
		{sqlServerType{name: "datetime"}, "datetime", "time", "CONVERT(varchar(33), r.[c], 126)", "r.[c] = TRY_CONVERT(datetime, @p1, 126)", "2026-03-01T09:30:00.003", "2026-03-01T09:30:00.003", "2026-03-01T09:30:00"},
		{sqlServerType{name: "datetimeoffset", scale: 7}, "datetimeoffset(7)", "time", "CONVERT(varchar(40), r.[c], 126)", "r.[c] = TRY_CONVERT(datetimeoffset(7), @p1, 127)", "2026-07-01T09:30:00.0000000+01:00", "2026-07-01T08:30:00Z", "2026-07-01T08:30:00Z"},
		{sqlServerType{name: "time", scale: 7}, "time(7)", "other", "CONVERT(varchar(16), r.[c], 121)", "r.[c] = TRY_CONVERT(time(7), @p1, 121)", "09:30:00.2500000", "09:30:00.25", "09:30:00"},
		{sqlServerType{name: "uniqueidentifier"}, "uniqueidentifier", "text", "CONVERT(varchar(36), r.[c])", "r.[c] = TRY_CONVERT(uniqueidentifier, @p1)", "6CCD780C-BABA-1026-9564-5B8C656024DB", "6ccd780c-baba-1026-9564-5b8c656024db", "6ccd780c-baba-1026-9564-5b8c656024db"},
		{sqlServerType{name: "nvarchar", length: 40, collation: "Latin1_General_CI_AS"}, "nvarchar(20)", "text", "CONVERT(nvarchar(20), r.[c])", "r.[c] = @p1 COLLATE Latin1_General_CI_AS", "a", "a", "a"},
		{sqlServerType{name: "varchar", length: 20, collation: "x; DROP"}, "varchar(20)", "text", "CONVERT(nvarchar(20), r.[c])", "r.[c] = @p1", "a", "a", "a"},
		{sqlServerType{name: "xml"}, "xml", "text", "CONVERT(nvarchar(max), r.[c])",
			"(CONVERT(nvarchar(max), r.[c]) = CONVERT(nvarchar(max), @p1) COLLATE Latin1_General_100_BIN2 AND DATALENGTH(CONVERT(nvarchar(max), r.[c])) = DATALENGTH(CONVERT(nvarchar(max), @p1)))", "<a/>", "<a/>", "<a/>"},
		{sqlServerType{name: "binary", length: 2}, "binary(2)", "bytes", "CONVERT(varbinary(64), r.[c])", "r.[c] = @p1", "", "", `\x01ff`},
	} {
		c := sqlServer{}.column("c", tt.typ, l)
		if c.Type != tt.declared || c.Kind.String() != tt.kind || c.value != tt.value || c.lost != "" {
			t.Errorf("%s: %s %s %s", tt.declared, c.Type, c.Kind, c.value)
		}
		st := &statement{dialect: sqlServer{}}
		if cond, ok := st.condition(c, rows.Value{Text: tt.example}); !ok || cond != tt.cond {
			t.Errorf("%s: %s", tt.declared, cond)
		}
		if c.canon != nil && c.canon(tt.text).Text != tt.canonical {
			t.Errorf("%s: %q is %q", tt.declared, tt.text, c.canon(tt.text).Text)
		}
	}
	if c := (sqlServer{}).column("c", sqlServerType{name: "frobnitz"}, l); c.lost == "" {
		t.Error("a type that is not known is read")
	}
	if c := (sqlServer{}).column("c", sqlServerType{name: "geography", assembly: true}, l); c.lost != "" || !strings.Contains(c.value, "r.[c].ToString()") {
		t.Errorf("%+v", c)
	}
}
