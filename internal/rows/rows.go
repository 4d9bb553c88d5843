package rows

import (
	"errors"
	"fmt"
	"sort"
	"strconv"
	"strings"
)

// Kind is what a column's values mean, whatever the engine calls its type.
type Kind int

// The kinds. Everything an engine knows and Tenet does not is Other, which is
// read as text where the engine can render it and reported where it cannot.
const (
	Other Kind = iota
	Text
	Number
	Bool
	Date
	Time
	Bytes
	JSON
)

var kindNames = [...]string{"other", "text", "number", "bool", "date", "time", "bytes", "json"}

// String is the kind's name in maps and reports.
func (k Kind) String() string {
	if int(k) < len(kindNames) {
		return kindNames[k]
	}
	return "kind " + strconv.Itoa(int(k))
}

// Column is one column as its engine declares it.
type Column struct {
	Name     string
	Type     string // the engine's own word: "character(12)", "NVARCHAR(20)"
	Kind     Kind
	Nullable bool
}

// Foreign is a declared foreign key: Columns of this table name References of
// the other. Engines that let References be left out have it filled in.
type Foreign struct {
	Columns    []string
	Table      string
	References []string
}

// Table is one table, view, folder of files or mailbox.
type Table struct {
	// Name as used in maps: "tenant", or "dbo.dm_persons" where the table stands
	// outside the engine's default schema.
	Name     string
	Columns  []Column
	Key      []string   // the declared primary key, in order; empty if none
	Unique   [][]string // other declared unique column sets
	Foreign  []Foreign
	Indexed  []string // columns that lead some index: a lookup on them is cheap
	View     bool
	Estimate int64  // rows, roughly; -1 if unknown
	Comment  string // the engine's own comment on the table
	// Asked names the columns that every lookup must give, where the system answers
	// about one person at a time and cannot be read through: such a table is never
	// scanned and never indexed. Empty for all others.
	Asked []string
}

// Column finds a column by name, exactly.
func (t *Table) Column(name string) (Column, bool) {
	if i := t.Index(name); i >= 0 {
		return t.Columns[i], true
	}
	return Column{}, false
}

// Index is the position of a column, or -1.
func (t *Table) Index(name string) int {
	for i := range t.Columns {
		if t.Columns[i].Name == name {
			return i
		}
	}
	return -1
}

// Schema is what a source holds, by its own account.
type Schema struct {
	Source string
	Engine string // sqlite, postgres, mysql, sqlserver, oracle, dir, mbox
	Tables []Table
}

// Table finds a table by name, exactly; nil if there is none.
func (s *Schema) Table(name string) *Table {
	for i := range s.Tables {
		if s.Tables[i].Name == name {
			return &s.Tables[i]
		}
	}
	return nil
}

// Value is one value in canonical text: whole numbers in decimal without
// padding, decimals as stored, booleans "true" and "false", dates
// "2006-01-02", instants RFC 3339 in UTC, times without a zone
// "2006-01-02T15:04:05", fixed-width character values without the padding.
type Value struct {
	Text string
	Null bool
	// Lost says in words why Text is not the whole value ("1,073,741,824 bytes,
	// over the limit of 1,048,576"; "binary, 5,120 bytes"). Empty if it is whole.
	Lost string
}

// String is the text, or "" for a null.
func (v Value) String() string { return v.Text }

// Empty says that there is nothing to match on: null, or blank.
func (v Value) Empty() bool { return v.Null || strings.TrimSpace(v.Text) == "" }

// Row is one row. Values stand in the order of Table.Columns. Rows that a
// source yields may be kept: nothing is reused behind them.
type Row struct {
	Table  *Table
	Values []Value
	// Key names the columns that identify the row: the table's declared key, or
	// the key a map gives it. Never empty: a table without any has the columns
	// of its whole row here.
	Key []string
}

// Get is the value of a column; a null where the table has no such column.
func (r Row) Get(column string) Value {
	if i := r.Table.Index(column); i >= 0 && i < len(r.Values) {
		return r.Values[i]
	}
	return Value{Null: true}
}

// KeyMap is the row's key as column and value.
func (r Row) KeyMap() map[string]string {
	m := make(map[string]string, len(r.Key))
	for _, c := range r.Key {
		m[c] = r.Get(c).Text
	}
	return m
}

// KeyMatch is the row's key as conditions that find it again.
func (r Row) KeyMatch() []Match {
	out := make([]Match, len(r.Key))
	for i, c := range r.Key {
		out[i] = Match{Column: c, Value: r.Get(c)}
	}
	return out
}

// ID names the row within its source, in one string that no two rows share:
// the table and the key values, each quoted as needed.
func (r Row) ID() string {
	return EncodeID(r.Table.Name, r.KeyMatch())
}

// Match is one condition: the column has exactly this value. A null value
// matches nulls. Engines compare in the column's own type where the text can
// be read as one, so that 7 finds a number and "07" does not.
type Match struct {
	Column string
	Value  Value
}

// EncodeID and DecodeID turn a table and key into one string and back. The
// string is canonical: the columns are in alphabetical order.
func EncodeID(table string, key []Match) string {
	sorted := append([]Match(nil), key...)
	sort.Slice(sorted, func(i, j int) bool { return sorted[i].Column < sorted[j].Column })
	var b strings.Builder
	b.WriteString(quote(table))
	for _, m := range sorted {
		b.WriteByte('/')
		b.WriteString(quote(m.Column))
		if m.Value.Null {
			b.WriteByte('!')
			continue
		}
		b.WriteByte('=')
		b.WriteString(quote(m.Value.Text))
	}
	return b.String()
}

// ErrID is returned by DecodeID for a string that EncodeID did not make.
var ErrID = errors.New("not a row id")

// DecodeID reads back what EncodeID wrote.
func DecodeID(id string) (table string, key []Match, err error) {
	parts := strings.Split(id, "/")
	if table, err = unquote(parts[0]); err != nil {
		return "", nil, fmt.Errorf("%w: %q", ErrID, id)
	}
	for _, p := range parts[1:] {
		m := Match{}
		name, text, ok := strings.Cut(p, "=")
		if !ok {
			if name, ok = strings.CutSuffix(p, "!"); !ok {
				return "", nil, fmt.Errorf("%w: %q", ErrID, id)
			}
			m.Value.Null = true
		}
		var err1, err2 error
		m.Column, err1 = unquote(name)
		m.Value.Text, err2 = unquote(text)
		if err := errors.Join(err1, err2); err != nil {
			return "", nil, fmt.Errorf("%w: %q: %w", ErrID, id, err)
		}
		key = append(key, m)
	}
	return table, key, nil
}

const special = "/=!%"

func quote(s string) string {
	if !strings.ContainsAny(s, special) {
		return s
	}
	var b strings.Builder
	for i := 0; i < len(s); i++ {
		if strings.IndexByte(special, s[i]) >= 0 {
			fmt.Fprintf(&b, "%%%02X", s[i])
			continue
		}
		b.WriteByte(s[i])
	}
	return b.String()
}

func unquote(s string) (string, error) {
	if !strings.Contains(s, "%") {
		return s, nil
	}
	var b strings.Builder
	for i := 0; i < len(s); i++ {
		if s[i] != '%' {
			b.WriteByte(s[i])
			continue
		}
		if i+2 >= len(s) {
			return "", fmt.Errorf("cut off after %%")
		}
		n, err := strconv.ParseUint(s[i+1:i+3], 16, 8)
		if err != nil {
			return "", fmt.Errorf("%%%s is no byte", s[i+1:i+3])
		}
		b.WriteByte(byte(n))
		i += 2
	}
	return b.String(), nil
}
