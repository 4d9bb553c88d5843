package source

import (
	"context"
	"database/sql"
	"fmt"
	"regexp"
	"slices"
	"strconv"
	"strings"

	"tenet/internal/rows"
)

// catalogue reads the tables of the URL's database. The server shows only those on which the
// login has some right.
func (m mysqlDialect) catalogue(ctx context.Context, c *sql.Conn, limits Limits) ([]*serverTable, error) {
	list, err := collect(ctx, c, func(r *sql.Rows) (*serverTable, error) {
		t := &serverTable{}
		var count sql.NullInt64
		var kind string
		err := r.Scan(&t.Name, &kind, &count, &t.Comment)
		t.from = m.quote(t.Name)
		t.View = kind == "VIEW"
		t.Estimate = -1
		if t.View {
			t.Comment = ""
		} else if count.Valid {
			t.Estimate = count.Int64
		}
		return t, err
	}, `SELECT TABLE_NAME, TABLE_TYPE, TABLE_ROWS, TABLE_COMMENT FROM information_schema.TABLES
		WHERE TABLE_SCHEMA = DATABASE() AND TABLE_TYPE IN ('BASE TABLE', 'VIEW', 'SYSTEM VERSIONED') ORDER BY TABLE_NAME`)
	if err != nil {
		return nil, err
	}
	byName := make(map[string]*serverTable, len(list))
	for _, t := range list {
		byName[t.Name] = t
	}
	if err := m.columns(ctx, c, byName, limits); err != nil {
		return nil, err
	}
	if err := m.indexes(ctx, c, byName); err != nil {
		return nil, err
	}
	if err := m.foreign(ctx, c, list); err != nil {
		return nil, err
	}
	return list, m.rights(ctx, c, list)
}

// mysqlType is a column's type as the catalogue has it.
type mysqlType struct {
	name               string // "varchar", without widths
	declared           string // "varchar(20)", "int(10) unsigned"
	charset, collation string
	width, scale       int64
	json               bool // a text that a rule keeps to JSON, which is MariaDB's JSON
}

func (m mysqlDialect) columns(ctx context.Context, c *sql.Conn, byName map[string]*serverTable, limits Limits) error {
	isJSON, err := m.jsonColumns(ctx, c)
	if err != nil {
		return err
	}
	_, err = collect(ctx, c, func(r *sql.Rows) (struct{}, error) {
		var table, name, nullable, rights string
		var typ mysqlType
		var width, precision, scale sql.NullInt64
		var charset, collation sql.NullString
		err := r.Scan(&table, &name, &typ.name, &typ.declared, &nullable, &charset, &collation, &width, &precision, &scale, &rights)
		t := byName[table]
		if err != nil || t == nil {
			return struct{}{}, err
		}
		typ.name = strings.ToLower(typ.name)
		typ.charset, typ.collation = charset.String, collation.String
		if typ.width = width.Int64; precision.Valid {
			typ.width, typ.scale = precision.Int64, scale.Int64
		}
		typ.json = isJSON[[2]string{table, name}]
		col := m.column(name, typ, limits)
		col.Nullable = nullable == "YES"
		if has := strings.Split(rights, ","); !slices.Contains(has, "select") {
			col.lost = "the login may not read this column"
		} else {
			t.readable = true
		}
		if strings.Contains(rights, "insert") || strings.Contains(rights, "update") {
			t.writable = true
		}
		t.columns = append(t.columns, col)
		return struct{}{}, nil
	}, `SELECT TABLE_NAME, COLUMN_NAME, DATA_TYPE, COLUMN_TYPE, IS_NULLABLE, CHARACTER_SET_NAME, COLLATION_NAME,
			CHARACTER_MAXIMUM_LENGTH, NUMERIC_PRECISION, NUMERIC_SCALE, PRIVILEGES
		FROM information_schema.COLUMNS WHERE TABLE_SCHEMA = DATABASE() ORDER BY TABLE_NAME, ORDINAL_POSITION`)
	return err
}

var jsonRule = regexp.MustCompile("^\\s*json_valid\\(`((?:[^`]|``)*)`\\)\\s*$")

// jsonColumns are the columns, by table and name, that MariaDB was told are JSON: it keeps them as text with a
// rule.
func (m mysqlDialect) jsonColumns(ctx context.Context, c *sql.Conn) (map[[2]string]bool, error) {
	out := map[[2]string]bool{}
	var version string
	if err := c.QueryRowContext(ctx, "SELECT VERSION()").Scan(&version); err != nil || !strings.Contains(version, "MariaDB") {
		return out, err
	}
	_, err := collect(ctx, c, func(r *sql.Rows) (struct{}, error) {
		var table, rule string
		err := r.Scan(&table, &rule)
		if found := jsonRule.FindStringSubmatch(rule); found != nil {
			out[[2]string{table, strings.ReplaceAll(found[1], "``", "`")}] = true
		}
		return struct{}{}, err
	}, `SELECT TABLE_NAME, CHECK_CLAUSE FROM information_schema.CHECK_CONSTRAINTS WHERE CONSTRAINT_SCHEMA = DATABASE() AND CHECK_CLAUSE LIKE 'json\_valid(%'`)
	return out, err
}

var plainName = regexp.MustCompile(`^[A-Za-z0-9_]+$`)

// column is how a column of a type is read and compared.
func (m mysqlDialect) column(name string, typ mysqlType, limits Limits) serverColumn {
	ref := "r." + m.quote(name)
	c := serverColumn{Column: rows.Column{Name: name, Type: typ.declared}, ref: ref}
	c.value = "CAST(" + ref + " AS CHAR)"
	as := func(t string) func(string) string {
		return func(p string) string { return "CAST(" + p + " AS " + t + ")" }
	}
	unsigned := strings.Contains(typ.declared, "unsigned")
	bits := map[string]int{"tinyint": 8, "smallint": 16, "mediumint": 24, "int": 32, "bigint": 64}[typ.name]
	text := func() {
		c.asText = func(p string) string {
			return "CAST(CONVERT(" + c.value + " USING utf8mb4) AS BINARY) = CAST(" + p + " AS BINARY)"
		}
	}
	switch typ.name {
	case "tinyint", "smallint", "mediumint", "int", "bigint":
		c.ordered, c.canon = true, numeral
		if c.Kind, c.arg = rows.Number, wholeArg(bits, unsigned); typ.declared == "tinyint(1)" {
			c.Kind, c.canon, c.ordered = rows.Bool, boolText, false
			number := c.arg
			c.arg = func(s string) (any, bool) {
				if b, ok := boolArg(s); ok {
					return b, true
				}
				return number(s)
			}
		}
	case "bit":
		c.value = "CAST(" + ref + " + 0 AS CHAR)"
		if c.Kind, c.arg, c.canon = rows.Number, wholeArg(64, true), numeral; typ.width == 1 {
			c.Kind, c.arg, c.canon = rows.Bool, boolArg, boolText
		}
	case "decimal":
		c.Kind, c.arg, c.ordered, c.canon = rows.Number, decimalArg, true, numeral
		c.cast = as(fmt.Sprintf("DECIMAL(%d, %d)", typ.width, typ.scale))
	case "float", "double":
		bits := 64
		if typ.name == "float" {
			bits = 32
		}
		// As CHAR a float would have six digits.
		c.value = "CAST(" + ref + " + 0E0 AS CHAR)"
		c.Kind, c.arg, c.canon = rows.Number, floatArg(bits), floatText(bits)
	case "year":
		c.Kind, c.arg, c.canon = rows.Number, wholeArg(16, true), numeral
	case "date":
		c.Kind, c.arg, c.cast, c.ordered, c.canon = rows.Date, dateArg, as("DATE"), true, timeText(rows.Date, "")
		text()
	case "datetime":
		c.Kind, c.arg, c.cast, c.ordered, c.canon = rows.Time, localArg("2006-01-02 15:04:05.000000"), as("DATETIME(6)"), true, timeText(rows.Time, "")
		text()
	case "timestamp": // the session's zone is UTC
		c.Kind, c.arg, c.cast, c.ordered, c.canon = rows.Time, instantArg("2006-01-02 15:04:05.000000"), as("DATETIME(6)"), true, timeText(rows.Time, "Z")
		text()
	case "time":
		c.arg, c.cast, c.canon = clockArg, as("TIME(6)"), clockText
	case "binary", "varbinary", "tinyblob", "blob", "mediumblob", "longblob":
		c.Kind, c.value, c.arg, c.ordered = rows.Bytes, ref, bytesArg, true
		if typ.width > hexLimit || strings.Contains(typ.name, "blob") {
			c.size, c.start = "OCTET_LENGTH("+ref+")", "NULL"
		}
	case "char", "varchar", "tinytext", "text", "mediumtext", "longtext", "enum", "set":
		c.Kind, c.value, c.arg = rows.Text, ref, textArg
		if typ.json {
			c.Kind = rows.JSON
		}
		text()
		if plainName.MatchString(typ.charset) && plainName.MatchString(typ.collation) {
			// In the column's own charset and collation, for which there may be an index.
			c.cast = func(p string) string { return "CONVERT(" + p + " USING " + typ.charset + ") COLLATE " + typ.collation }
			c.ordered = strings.HasSuffix(typ.name, "char") && typ.width*4 <= int64(limits.Value)
		}
		if typ.name != "enum" && typ.name != "set" && typ.width > 1000 {
			m.long(&c, ref, typ.charset, limits)
		}
	case "json":
		c.Kind = rows.JSON
		text()
		m.long(&c, c.value, "utf8mb4", limits)
	case "geometry", "point", "linestring", "polygon", "multipoint", "multilinestring", "multipolygon", "geometrycollection", "geomcollection":
		c.value = "ST_AsText(" + ref + ")"
		text()
		m.long(&c, c.value, "utf8mb4", limits)
	case "uuid":
		c.Kind = rows.Text
		text()
	default: // what the server can write as text, and no more is known of
		text()
		m.long(&c, c.value, "utf8mb4", limits)
	}
	return c
}

// long has only the beginning of long text sent.
func (m mysqlDialect) long(c *serverColumn, text, charset string, limits Limits) {
	if charset == "utf16" || charset == "utf16le" || charset == "ucs2" || charset == "utf32" {
		text = "CONVERT(" + text + " USING utf8mb4)" // in which it is sent, and which may be half as long
	}
	c.size = "OCTET_LENGTH(" + text + ")"
	c.start = "LEFT(" + text + ", " + strconv.Itoa(max(limits.Value/4, 1)) + ")"
}

// indexes reads keys, unique sets and what leads an index.
func (m mysqlDialect) indexes(ctx context.Context, c *sql.Conn, byName map[string]*serverTable) error {
	type entry struct {
		table, index, kind string
		unique, whole      bool
		column             sql.NullString // null for an expression
	}
	list, err := collect(ctx, c, func(r *sql.Rows) (e entry, err error) {
		return e, r.Scan(&e.table, &e.index, &e.kind, &e.unique, &e.whole, &e.column)
	}, `SELECT TABLE_NAME, INDEX_NAME, INDEX_TYPE, NON_UNIQUE = 0, SUB_PART IS NULL, COLUMN_NAME FROM information_schema.STATISTICS
		WHERE TABLE_SCHEMA = DATABASE() ORDER BY TABLE_NAME, INDEX_NAME = 'PRIMARY' DESC, INDEX_NAME, SEQ_IN_INDEX`)
	if err != nil {
		return err
	}
	for len(list) > 0 {
		n := 1
		for n < len(list) && list[n].table == list[0].table && list[n].index == list[0].index {
			n++
		}
		index := list[:n]
		list = list[n:]
		t := byName[index[0].table]
		if t == nil || index[0].kind != "BTREE" && index[0].kind != "HASH" {
			continue
		}
		if lead := index[0].column; lead.Valid && !slices.Contains(t.Indexed, lead.String) {
			t.Indexed = append(t.Indexed, lead.String)
		}
		var cols []string
		for _, e := range index {
			if e.column.Valid && (e.whole || e.index == "PRIMARY") {
				cols = append(cols, e.column.String)
			}
		}
		switch {
		case index[0].index == "PRIMARY":
			t.Key = cols
		case index[0].unique && len(cols) == n:
			t.Unique = append(t.Unique, cols)
		}
	}
	return nil
}

// foreign reads foreign keys to tables of the same database.
func (m mysqlDialect) foreign(ctx context.Context, c *sql.Conn, tables []*serverTable) error {
	type entry struct{ name, table, column, to, toColumn string }
	list, err := collect(ctx, c, func(r *sql.Rows) (e entry, err error) {
		return e, r.Scan(&e.name, &e.table, &e.column, &e.to, &e.toColumn)
	}, `SELECT CONSTRAINT_NAME, TABLE_NAME, COLUMN_NAME, REFERENCED_TABLE_NAME, REFERENCED_COLUMN_NAME FROM information_schema.KEY_COLUMN_USAGE
		WHERE TABLE_SCHEMA = DATABASE() AND REFERENCED_TABLE_SCHEMA = DATABASE() ORDER BY TABLE_NAME, CONSTRAINT_NAME, ORDINAL_POSITION`)
	if err != nil {
		return err
	}
	// On some platforms the server keeps the names of tables in lower case, and what refers to them as it was written.
	find := func(name string) *serverTable {
		i := slices.IndexFunc(tables, func(t *serverTable) bool { return strings.EqualFold(t.Name, name) })
		if i < 0 {
			return nil
		}
		return tables[i]
	}
	for i, e := range list {
		t, to := find(e.table), find(e.to)
		if t == nil || to == nil {
			continue
		}
		if i == 0 || list[i-1].name != e.name || list[i-1].table != e.table {
			t.Foreign = append(t.Foreign, rows.Foreign{Table: to.Name})
		}
		f := &t.Foreign[len(t.Foreign)-1]
		f.Columns = append(f.Columns, e.column)
		f.References = append(f.References, e.toColumn)
	}
	return nil
}

// grantee is the login as the catalogue writes it: 'tenet'@'%'.
const grantee = `GRANTEE = CONCAT('''', REPLACE(CURRENT_USER(), '@', '''@'''), '''')`

// rights adds to what the columns say: a login that can delete rows or drop a
// table can change it too.
func (m mysqlDialect) rights(ctx context.Context, c *sql.Conn, tables []*serverTable) error {
	const mine = grantee + ` AND PRIVILEGE_TYPE IN ('DELETE', 'DROP', 'ALTER')`
	list, err := collect(ctx, c, func(r *sql.Rows) (table string, err error) {
		return table, r.Scan(&table)
	}, `SELECT '' FROM information_schema.USER_PRIVILEGES WHERE `+mine+`
		UNION SELECT '' FROM information_schema.SCHEMA_PRIVILEGES WHERE DATABASE() LIKE TABLE_SCHEMA AND `+mine+`
		UNION SELECT TABLE_NAME FROM information_schema.TABLE_PRIVILEGES WHERE TABLE_SCHEMA = DATABASE() AND `+mine)
	for _, t := range tables {
		t.writable = t.writable || slices.Contains(list, "") || slices.Contains(list, t.Name)
	}
	return err
}

func (m mysqlDialect) check(ctx context.Context, c *sql.Conn, _ []*serverTable, h *Health) error {
	var refuses, admin bool
	err := c.QueryRowContext(ctx, `SELECT VERSION(), CURRENT_USER(), @@GLOBAL.read_only,
		EXISTS (SELECT 1 FROM information_schema.USER_PRIVILEGES
			WHERE `+grantee+` AND PRIVILEGE_TYPE IN ('SUPER', 'READ_ONLY ADMIN', 'CREATE USER', 'FILE', 'SHUTDOWN'))`).Scan(&h.Engine, &h.Login, &refuses, &admin)
	if err != nil {
		return err
	}
	version, rest, _ := strings.Cut(h.Engine, "-")
	if h.Engine = "MySQL " + version; strings.Contains(rest, "MariaDB") {
		h.Engine = "MariaDB " + version
	}
	switch {
	case admin:
		h.ReadOnly = false
		h.Problems = append(h.Problems, Problem{Why: "the login may administer the server", Mend: "give Tenet a login of its own with SELECT only"})
	case refuses: // a replica
		h.ReadOnly = true
	}
	versioned, err := collect(ctx, c, func(r *sql.Rows) (table string, err error) {
		return table, r.Scan(&table)
	}, `SELECT TABLE_NAME FROM information_schema.TABLES WHERE TABLE_SCHEMA = DATABASE() AND TABLE_TYPE = 'SYSTEM VERSIONED'`)
	for _, table := range versioned {
		h.Problems = append(h.Problems, Problem{Table: table, Why: "keeps old versions of its rows, which are not read",
			Mend: "give Tenet a view of it FOR SYSTEM_TIME ALL, if what rows were counts as held"})
	}
	return err
}
