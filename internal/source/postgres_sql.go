package source

import (
	"fmt"
	"regexp"
	"strconv"
	"strings"
	"time"

	"tenet/internal/rows"
)

// pgQuery is a SELECT of a table in parts, and how to read what it gives.
type pgQuery struct {
	table *rows.Table // as rows will have it
	key   []string
	cols  []pgColumn // of table
	from  string
	list  []string // expressions: for each column its value and, if unbounded, its excess length
	where []string
	args  []any
	order []string
	after []rows.Match // rows beyond this key; needs order

	patience time.Duration // with the server; 0 is the limit of a statement
}

// selectFrom asks for the columns of a table as text. Of what can be of any
// length the server cuts off all but the beginning, and says how long it was: a value of a
// gigabyte never leaves it.
func (p *postgres) selectFrom(t *pgTable, shown *rows.Table) pgQuery {
	q := pgQuery{table: shown, from: t.from}
	for _, sc := range shown.Columns {
		c := t.columns[t.Index(sc.Name)]
		q.cols = append(q.cols, c)
		id := c.ref()
		limit := p.opts.Limits.Value
		switch {
		case !c.readable:
			q.list = append(q.list, "NULL")
		case c.base == "bytea":
			q.list = append(q.list,
				fmt.Sprintf("CASE WHEN octet_length(%s) <= %d THEN %s::text END", id, hexLimit, id),
				fmt.Sprintf("CASE WHEN octet_length(%s) > %d THEN octet_length(%s) END::text", id, hexLimit, id))
		case c.bounded:
			q.list = append(q.list, c.text(id))
		default:
			text := c.text(id)
			q.list = append(q.list,
				fmt.Sprintf("CASE WHEN octet_length(%s) > %d THEN left(%s, %d) ELSE %s END", text, limit, text, max(limit/4, 1), text),
				fmt.Sprintf("CASE WHEN octet_length(%s) > %d THEN octet_length(%s) END::text", text, limit, text))
		}
	}
	return q
}

// ref is the column in the table. A bare name in ORDER BY would mean the text
// that is selected under it, and put 10 before 9.
func (c pgColumn) ref() string { return "r." + quoteIdent(c.name) }

// text is the expression for a column's value as text.
func (c pgColumn) text(id string) string {
	if c.base == "money" { // which is written by the server's locale
		return id + "::numeric::text"
	}
	return id + "::text"
}

// sql puts the query together.
func (q pgQuery) sql() (string, []any) {
	where, args := q.where, q.args
	if len(q.after) > 0 {
		var ids, params []string
		for _, m := range q.after {
			c := q.cols[q.table.Index(m.Column)]
			args = append(args, m.Value.Text)
			ids = append(ids, c.ref())
			params = append(params, fmt.Sprintf("$%d::text::%s", len(args), c.castType()))
		}
		where = append(where, fmt.Sprintf("(%s) > (%s)", strings.Join(ids, ", "), strings.Join(params, ", ")))
	}
	s := "SELECT " + strings.Join(q.list, ", ") + " FROM " + q.from + " AS r"
	if len(where) > 0 {
		s += " WHERE " + strings.Join(where, " AND ")
	}
	if len(q.order) > 0 {
		var ids []string
		for _, name := range q.order {
			ids = append(ids, q.cols[q.table.Index(name)].ref())
		}
		s += " ORDER BY " + strings.Join(ids, ", ")
	}
	return s, args
}

// resumable says that the rest of a scan can be asked for by the last key: that it has
// one, whole, and of a type whose canonical text the server reads back.
func (q pgQuery) resumable(last rows.Row) bool {
	if last.Table == nil {
		return true // from the beginning
	}
	if len(q.order) == 0 || len(last.Key) != len(q.order) {
		return false
	}
	for _, c := range q.order {
		if v := last.Get(c); v.Null || v.Lost != "" || strings.Contains(v.Text, "\x00") {
			return false
		}
	}
	return true
}

// row reads one row of the query. The raw values are the server's text.
func (p *postgres) row(q pgQuery, raw [][]byte) rows.Row {
	r := rows.Row{Table: q.table, Values: make([]rows.Value, len(q.cols))}
	i := 0
	for n, c := range q.cols {
		v := raw[i]
		i++
		var over []byte
		if c.readable && (c.base == "bytea" || !c.bounded) {
			over = raw[i]
			i++
		}
		switch {
		case !c.readable:
			r.Values[n] = rows.Value{Lost: "the login may not read this column"}
		case over != nil:
			size, _ := strconv.ParseInt(string(over), 10, 64)
			if c.base == "bytea" {
				r.Values[n] = binary(nil, size)
				break
			}
			r.Values[n] = p.text(string(v))
			r.Values[n].Lost = overLimit(size, p.opts.Limits.Value)
		case v == nil:
			r.Values[n] = rows.Value{Null: true}
		default:
			r.Values[n] = p.pgValue(c, string(v))
		}
	}
	return keyed(r, q.key)
}

// pgValue makes the server's text canonical.
func (p *postgres) pgValue(c pgColumn, s string) rows.Value {
	switch c.kind {
	case rows.Date, rows.Time:
		return rows.Value{Text: canonicalTime(c.kind, s)}
	}
	if c.base == "bpchar" { // the cast has dropped the padding, save in old versions
		s = strings.TrimRight(s, " ")
	}
	return p.text(s)
}

// castType is the type as which a parameter for the column is read. It comes from
// the catalogue, quoted there.
func (c pgColumn) castType() string {
	if c.base == "bpchar" {
		return "bpchar" // without a width: character(1) would cut "ab" to "a"
	}
	return c.cast
}

var (
	pgDecimal = regexp.MustCompile(`^-?[0-9]+(\.[0-9]+)?([eE][-+]?[0-9]{1,3})?$`)
	pgUUID    = regexp.MustCompile(`^[0-9a-f]{8}-[0-9a-f]{4}-[0-9a-f]{4}-[0-9a-f]{4}-[0-9a-f]{12}$`)
)

// pgCondition is a condition on a column as SQL. possible is false where the
// column's type has no such value, so that no row can have it: asking the server would be
// an error. Types that Go cannot check are compared as text, which cannot fail.
func pgCondition(c pgColumn, v rows.Value, param int) (cond string, args []any, possible bool) {
	id := c.ref()
	if !c.readable {
		return "", nil, false
	}
	if v.Null {
		return id + " IS NULL", nil, true
	}
	typed := func(text string) (string, []any, bool) {
		return fmt.Sprintf("%s = $%d::text::%s", id, param, c.castType()), []any{text}, true
	}
	asText := func() (string, []any, bool) {
		return fmt.Sprintf("%s = $%d", c.text(id), param), []any{v.Text}, true
	}
	none := func() (string, []any, bool) { return "", nil, false }
	if strings.Contains(v.Text, "\x00") {
		return none() // PostgreSQL has no NUL
	}
	switch c.base {
	case "int2", "int4", "int8":
		bits := int(c.base[3]-'0') * 8
		if _, err := strconv.ParseInt(v.Text, 10, bits); err != nil || !number.MatchString(v.Text) {
			return none()
		}
		return typed(v.Text)
	case "numeric":
		if v.Text == "NaN" {
			return typed(v.Text)
		}
		if !pgDecimal.MatchString(v.Text) || len(v.Text) > 1000 {
			return none()
		}
		return typed(v.Text)
	case "float4", "float8":
		switch v.Text {
		case "NaN", "Infinity", "-Infinity":
			return typed(v.Text)
		}
		bits := int(c.base[5]-'0') * 8
		if _, err := strconv.ParseFloat(v.Text, bits); err != nil || !pgDecimal.MatchString(v.Text) {
			return none()
		}
		return typed(v.Text)
	case "oid":
		if _, err := strconv.ParseUint(v.Text, 10, 32); err != nil {
			return none()
		}
		return typed(v.Text)
	case "bool":
		if v.Text != "true" && v.Text != "false" {
			return none()
		}
		return typed(v.Text)
	case "uuid":
		if !pgUUID.MatchString(v.Text) {
			return none()
		}
		return typed(v.Text)
	case "bytea":
		if _, ok := unhex(v.Text); !ok {
			return none()
		}
		return typed(v.Text)
	case "date":
		if _, err := time.Parse(dateLayout, v.Text); err == nil {
			return typed(v.Text)
		}
		return asText() // infinity, and dates before Christ
	case "timestamp":
		for _, l := range []string{timeLayout, dateLayout} {
			if _, err := time.Parse(l, v.Text); err == nil {
				return typed(v.Text)
			}
		}
		return asText()
	case "timestamptz":
		if _, err := time.Parse(time.RFC3339Nano, v.Text); err == nil {
			return typed(v.Text)
		}
		return asText()
	case "text", "varchar", "bpchar", "name", "citext":
		return typed(v.Text)
	}
	return asText()
}
