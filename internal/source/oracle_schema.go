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

// oracleOwners are the users whose tables are not the server's own.
const oracleOwners = `(SELECT username FROM all_users WHERE oracle_maintained = 'N')`

// oracleGrants are the rights on tables that the login has, itself or by a role.
const oracleGrants = `SELECT g.table_schema, g.table_name, MAX(CASE WHEN g.privilege IN ('SELECT', 'READ') THEN 1 ELSE 0 END) AS readable,
		MAX(CASE WHEN g.privilege IN ('INSERT', 'UPDATE', 'DELETE', 'ALTER') THEN 1 ELSE 0 END) AS writable
	FROM all_tab_privs g WHERE g.grantee IN (USER, 'PUBLIC') OR g.grantee IN (SELECT role FROM session_roles) GROUP BY g.table_schema, g.table_name`

// catalogue reads the tables and views of all users but the server's own. Those of the URL's
// schema go by their names, others by owner.name. The server shows only those on which the login has some right.
func (d oracle) catalogue(ctx context.Context, c *sql.Conn, limits Limits) ([]*serverTable, error) {
	home := d.schema
	if home == "" {
		if err := c.QueryRowContext(ctx, "SELECT USER FROM dual").Scan(&home); err != nil {
			return nil, err
		}
	}
	byName := map[[2]string]*serverTable{}
	list, err := collect(ctx, c, func(r *sql.Rows) (*serverTable, error) {
		t := &serverTable{}
		var owner, kind string
		var count sql.NullInt64
		var comment sql.NullString
		err := r.Scan(&owner, &t.Name, &kind, &count, &comment, &t.readable, &t.writable)
		byName[[2]string{owner, t.Name}] = t
		t.from = d.quote(owner) + "." + d.quote(t.Name)
		if owner != home || strings.Contains(t.Name, ".") {
			t.Name = owner + "." + t.Name
		}
		t.View, t.Comment, t.Estimate = kind == "VIEW", comment.String, -1
		if count.Valid {
			t.Estimate = count.Int64
		}
		return t, err
	}, `SELECT o.owner, o.name, o.kind, o.num_rows, m.comments,
			CASE WHEN o.owner = USER OR g.readable = 1 OR EXISTS (SELECT 1 FROM session_privs WHERE privilege IN ('SELECT ANY TABLE', 'READ ANY TABLE')) THEN 1 ELSE 0 END,
			CASE WHEN o.owner = USER OR g.writable = 1 OR EXISTS (SELECT 1 FROM session_privs WHERE privilege IN ('INSERT ANY TABLE', 'UPDATE ANY TABLE', 'DELETE ANY TABLE', 'DROP ANY TABLE')) THEN 1 ELSE 0 END
		FROM (SELECT owner, table_name AS name, 'TABLE' AS kind, num_rows FROM all_tables
				WHERE nested = 'NO' AND secondary = 'N' AND temporary = 'N' AND dropped = 'NO' AND (iot_type IS NULL OR iot_type = 'IOT')
			UNION ALL SELECT owner, view_name, 'VIEW', NULL FROM all_views) o
			LEFT JOIN all_tab_comments m ON m.owner = o.owner AND m.table_name = o.name
			LEFT JOIN (`+oracleGrants+`) g ON g.table_schema = o.owner AND g.table_name = o.name
		WHERE o.owner IN `+oracleOwners+` ORDER BY o.owner, o.name`)
	if err != nil {
		return nil, err
	}
	if err := d.columns(ctx, c, byName, limits); err != nil {
		return nil, err
	}
	return list, d.keys(ctx, c, byName)
}

// oracleType is a column's type as the catalogue has it.
type oracleType struct {
	name             string // "TIMESTAMP(6) WITH TIME ZONE"
	owner            string // of an object type
	length           int64  // in characters, or in bytes if it holds no characters
	precision, scale sql.NullInt64
}

func (t oracleType) declared() string {
	switch t.name {
	case "VARCHAR2", "NVARCHAR2", "CHAR", "NCHAR", "RAW":
		return fmt.Sprintf("%s(%d)", t.name, t.length)
	case "NUMBER":
		if t.precision.Valid {
			return fmt.Sprintf("NUMBER(%d,%d)", t.precision.Int64, t.scale.Int64)
		}
	}
	return t.name
}

func (d oracle) columns(ctx context.Context, c *sql.Conn, byName map[[2]string]*serverTable, limits Limits) error {
	_, err := collect(ctx, c, func(r *sql.Rows) (struct{}, error) {
		var owner, table, name string
		var typ oracleType
		var of sql.NullString
		var nullable bool
		err := r.Scan(&owner, &table, &name, &typ.name, &of, &typ.length, &typ.precision, &typ.scale, &nullable)
		if t := byName[[2]string{owner, table}]; t != nil && err == nil {
			typ.owner = of.String
			col := d.column(name, typ, limits)
			col.Nullable = nullable
			t.columns = append(t.columns, col)
		}
		return struct{}{}, err
	}, `SELECT owner, table_name, column_name, data_type, data_type_owner, CASE WHEN char_length > 0 THEN char_length ELSE data_length END, data_precision, data_scale,
			CASE nullable WHEN 'Y' THEN 1 ELSE 0 END
		FROM all_tab_cols WHERE hidden_column = 'NO' AND owner IN `+oracleOwners+` ORDER BY owner, table_name, column_id`)
	return err
}

var oracleWidth = regexp.MustCompile(`\(\d+\)`)

// column is how a column of a type is read and compared.
func (d oracle) column(name string, typ oracleType, limits Limits) serverColumn {
	ref := "r." + d.quote(name)
	c := serverColumn{Column: rows.Column{Name: name, Type: typ.declared()}, ref: ref, value: ref}
	const (
		second   = `'YYYY-MM-DD"T"HH24:MI:SS'`
		fraction = `'YYYY-MM-DD"T"HH24:MI:SS.FF9'`
		layout   = "2006-01-02T15:04:05.000000000"
	)
	long := func(size, start string) { c.size, c.start = size, start }
	start := strconv.Itoa(max(min(limits.Value/4, 1000), 1)) // SUBSTR of a CLOB gives no more than 4,000 bytes
	clob := func(value string) {
		c.value = value
		c.asText = func(p string) string { return "DBMS_LOB.COMPARE(" + value + ", TO_CLOB(" + p + ")) = 0" }
		// Of text this is a length in characters.
		long("DBMS_LOB.GETLENGTH("+value+")", "TO_CLOB(DBMS_LOB.SUBSTR("+value+", "+start+", 1))")
	}
	as := func(f, format string) {
		c.cast = func(p string) string { return f + "(" + p + ", " + format + ")" }
	}
	switch base := oracleWidth.ReplaceAllString(typ.name, ""); base {
	case "NUMBER", "FLOAT":
		c.value = "TO_CHAR(" + ref + ", 'TM9')"
		c.Kind, c.ordered, c.arg, c.canon = rows.Number, true, decimalArg, numeral
		c.cast = func(p string) string { return "TO_NUMBER(" + p + ")" }
	case "BINARY_FLOAT", "BINARY_DOUBLE":
		bits := 64
		if base == "BINARY_FLOAT" {
			bits = 32
		}
		c.Kind, c.arg, c.canon = rows.Number, floatArg(bits), floatText(bits)
		c.cast = func(p string) string { return "TO_" + base + "(" + p + ")" }
	case "VARCHAR2", "NVARCHAR2", "CHAR", "NCHAR":
		c.Kind, c.ordered = rows.Text, typ.length*4 <= int64(limits.Value)
		c.arg = func(s string) (any, bool) { return s, s != "" } // which is null here
		if strings.HasSuffix(base, "CHAR") {
			// Padded as the column is: without that a shorter text is not equal.
			c.cast = func(p string) string { return fmt.Sprintf("CAST(%s AS %s(%d))", p, base, typ.length) }
		}
		if typ.length > 1000 {
			long("LENGTHB("+ref+")", "SUBSTR("+ref+", 1, "+start+")")
			c.ordered = false
			c.asText = func(p string) string { return ref + " = " + p }
		}
	case "DATE":
		// Which has a time of day as well; midnight is taken for a date alone.
		c.value = "TO_CHAR(" + ref + ", " + second + ")"
		c.Kind, c.ordered, c.arg, c.canon = rows.Date, true, localArg("2006-01-02T15:04:05"), timeText(rows.Date, "")
		as("TO_DATE", second)
	case "TIMESTAMP":
		c.value = "TO_CHAR(" + ref + ", " + fraction + ")"
		c.Kind, c.ordered, c.arg, c.canon = rows.Time, true, localArg(layout), timeText(rows.Time, "")
		as("TO_TIMESTAMP", fraction)
	case "TIMESTAMP WITH TIME ZONE", "TIMESTAMP WITH LOCAL TIME ZONE":
		c.value = "TO_CHAR(SYS_EXTRACT_UTC(" + ref + "), " + fraction + ")"
		c.Kind, c.arg, c.canon = rows.Time, instantArg(layout), timeText(rows.Time, "Z")
		c.cast = func(p string) string { return "FROM_TZ(TO_TIMESTAMP(" + p + ", " + fraction + "), 'UTC')" }
	case "RAW":
		c.Kind, c.arg, c.ordered = rows.Bytes, bytesArg, true
		if typ.length > hexLimit {
			long("UTL_RAW.LENGTH("+ref+")", "NULL")
		}
	case "BLOB":
		c.Kind, c.value = rows.Bytes, "DBMS_LOB.SUBSTR("+ref+", "+strconv.Itoa(hexLimit)+", 1)"
		long("DBMS_LOB.GETLENGTH("+ref+")", "NULL")
	case "CLOB":
		c.Kind = rows.Text
		clob(ref)
	case "NCLOB":
		c.Kind = rows.Text
		clob("TO_CLOB(" + ref + ")")
	case "XMLTYPE":
		c.Kind = rows.Text
		clob(ref + ".getClobVal()")
	case "JSON":
		c.Kind = rows.JSON
		clob("JSON_SERIALIZE(" + ref + " RETURNING CLOB)")
	case "BOOLEAN":
		c.Kind = rows.Bool
		c.value = "CASE WHEN " + ref + " THEN 'true' WHEN NOT " + ref + " THEN 'false' END"
		c.asText = func(p string) string { return c.value + " = " + p }
	case "ROWID", "UROWID":
		c.value = "ROWIDTOCHAR(" + ref + ")"
		c.asText = func(p string) string { return "ROWIDTOCHAR(" + ref + ") = " + p }
	case "INTERVAL YEAR TO MONTH", "INTERVAL DAY TO SECOND":
		c.value = "TO_CHAR(" + ref + ")"
		c.asText = func(p string) string { return "TO_CHAR(" + ref + ") = " + p }
	default: // LONG, BFILE, object types
		if typ.owner != "" {
			base = typ.owner + "." + base
		}
		c.lost = "of the type " + base + ", which is not read; a view that turns it into text is"
	}
	return c
}

// keys reads keys, unique sets, foreign keys and what leads an index.
func (d oracle) keys(ctx context.Context, c *sql.Conn, byName map[[2]string]*serverTable) error {
	type entry struct {
		owner, table, name, kind, column string
		toOwner, to, toColumn            sql.NullString
	}
	list, err := collect(ctx, c, func(r *sql.Rows) (e entry, err error) {
		return e, r.Scan(&e.owner, &e.table, &e.name, &e.kind, &e.column, &e.toOwner, &e.to, &e.toColumn)
	}, `SELECT k.owner, k.table_name, k.constraint_name, k.constraint_type, x.column_name, y.owner, y.table_name, y.column_name
		FROM all_constraints k JOIN all_cons_columns x ON x.owner = k.owner AND x.constraint_name = k.constraint_name
			LEFT JOIN all_cons_columns y ON y.owner = k.r_owner AND y.constraint_name = k.r_constraint_name AND y.position = x.position
		WHERE k.constraint_type IN ('P', 'U', 'R') AND k.status = 'ENABLED' AND k.owner IN `+oracleOwners+`
		ORDER BY k.owner, k.table_name, k.constraint_type, k.constraint_name, x.position`)
	if err != nil {
		return err
	}
	for i, e := range list {
		t := byName[[2]string{e.owner, e.table}]
		if t == nil {
			continue
		}
		first := i == 0 || list[i-1].name != e.name || list[i-1].owner != e.owner
		switch e.kind {
		case "P":
			t.Key = append(t.Key, e.column)
		case "U":
			if first {
				t.Unique = append(t.Unique, nil)
			}
			t.Unique[len(t.Unique)-1] = append(t.Unique[len(t.Unique)-1], e.column)
		case "R":
			to := byName[[2]string{e.toOwner.String, e.to.String}]
			if to == nil {
				continue
			}
			if first {
				t.Foreign = append(t.Foreign, rows.Foreign{Table: to.Name})
			}
			f := &t.Foreign[len(t.Foreign)-1]
			f.Columns, f.References = append(f.Columns, e.column), append(f.References, e.toColumn.String)
		}
	}
	_, err = collect(ctx, c, func(r *sql.Rows) (struct{}, error) {
		var owner, table, column string
		err := r.Scan(&owner, &table, &column)
		if t := byName[[2]string{owner, table}]; t != nil && !strings.HasPrefix(column, "SYS_NC") && !slices.Contains(t.Indexed, column) {
			t.Indexed = append(t.Indexed, column)
		}
		return struct{}{}, err
	}, `SELECT x.table_owner, x.table_name, x.column_name FROM all_ind_columns x JOIN all_indexes i ON i.owner = x.index_owner AND i.index_name = x.index_name
		WHERE x.column_position = 1 AND i.index_type IN ('NORMAL', 'NORMAL/REV') AND i.status <> 'UNUSABLE' AND x.table_owner IN `+oracleOwners+` ORDER BY 1, 2, x.index_name`)
	return err
}

func (d oracle) check(ctx context.Context, c *sql.Conn, tables []*serverTable, h *Health) error {
	var admin bool
	err := c.QueryRowContext(ctx, `SELECT USER, (SELECT MAX(version) FROM product_component_version WHERE product LIKE 'Oracle%'),
		CASE WHEN EXISTS (SELECT 1 FROM session_privs WHERE privilege IN ('ALTER SYSTEM', 'ALTER DATABASE', 'DROP ANY TABLE', 'ALTER ANY TABLE')) THEN 1 ELSE 0 END FROM dual`).Scan(&h.Login, &h.Engine, &admin)
	if err != nil {
		return err
	}
	h.Engine = "Oracle " + h.Engine
	if admin {
		h.ReadOnly = false
		h.Problems = append(h.Problems, Problem{Why: "the login may administer the database", Mend: "give Tenet a login of its own with CREATE SESSION and SELECT only"})
	}
	guarded, err := collect(ctx, c, func(r *sql.Rows) (from string, err error) {
		var owner, name string
		err = r.Scan(&owner, &name)
		return d.quote(owner) + "." + d.quote(name), err
	}, `SELECT DISTINCT object_owner, object_name FROM all_policies WHERE sel = 'YES' AND enable = 'YES'`)
	for _, t := range tables {
		if slices.Contains(guarded, t.from) {
			h.Problems = append(h.Problems, Problem{Table: t.Name, Why: "a policy may hide rows from the search without a word", Mend: "GRANT EXEMPT ACCESS POLICY to Tenet's login"})
		}
	}
	return err
}
