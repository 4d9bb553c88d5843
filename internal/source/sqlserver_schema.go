package source

import (
	"context"
	"database/sql"
	"fmt"
	"slices"
	"strconv"
	"strings"

	"tenet/internal/rows"
)

// catalogue reads the tables and views of all schemas. A table of the schema dbo goes
// by its name, others by schema.name. The server shows only those on which the login has some right.
func (d sqlServer) catalogue(ctx context.Context, c *sql.Conn, limits Limits) ([]*serverTable, error) {
	byID := map[int64]*serverTable{}
	list, err := collect(ctx, c, func(r *sql.Rows) (*serverTable, error) {
		t := &serverTable{}
		var id int64
		var schema, kind string
		err := r.Scan(&id, &schema, &t.Name, &kind, &t.Estimate, &t.Comment, &t.readable, &t.writable)
		t.from = d.quote(schema) + "." + d.quote(t.Name)
		if schema != "dbo" {
			t.Name = schema + "." + t.Name
		} else if strings.Contains(t.Name, ".") {
			t.Name = "dbo." + t.Name // would read as a schema's
		}
		t.View = strings.TrimSpace(kind) == "V"
		byID[id] = t
		return t, err
	}, `SELECT o.object_id, s.name, o.name, o.type,
			CASE o.type WHEN 'U' THEN COALESCE((SELECT SUM(p.rows) FROM sys.partitions p WHERE p.object_id = o.object_id AND p.index_id IN (0, 1)), -1) ELSE -1 END,
			COALESCE((SELECT CONVERT(nvarchar(4000), e.value) FROM sys.extended_properties e WHERE e.class = 1 AND e.major_id = o.object_id AND e.minor_id = 0 AND e.name = 'MS_Description'), ''),
			CASE WHEN HAS_PERMS_BY_NAME(q.name, 'OBJECT', 'SELECT', NULL, NULL) = 1 OR EXISTS (SELECT 1 FROM sys.columns c WHERE c.object_id = o.object_id
				AND HAS_PERMS_BY_NAME(q.name, 'OBJECT', 'SELECT', c.name, 'COLUMN') = 1) THEN 1 ELSE 0 END,
			CASE WHEN HAS_PERMS_BY_NAME(q.name, 'OBJECT', 'INSERT') = 1 OR HAS_PERMS_BY_NAME(q.name, 'OBJECT', 'UPDATE') = 1 OR HAS_PERMS_BY_NAME(q.name, 'OBJECT', 'DELETE') = 1
				OR HAS_PERMS_BY_NAME(q.name, 'OBJECT', 'ALTER') = 1 THEN 1 ELSE 0 END
		FROM sys.objects o JOIN sys.schemas s ON s.schema_id = o.schema_id CROSS APPLY (SELECT QUOTENAME(s.name) + '.' + QUOTENAME(o.name) AS name) q
		WHERE o.type IN ('U', 'V') AND o.is_ms_shipped = 0 ORDER BY CASE s.name WHEN 'dbo' THEN 0 ELSE 1 END, s.name, o.name`)
	if err != nil {
		return nil, err
	}
	if err := d.columns(ctx, c, byID, limits); err != nil {
		return nil, err
	}
	if err := d.indexes(ctx, c, byID); err != nil {
		return nil, err
	}
	return list, d.foreign(ctx, c, byID)
}

// sqlServerType is a column's type as the catalogue has it.
type sqlServerType struct {
	name             string // the system's name for it: "nvarchar"
	length           int64  // in bytes; -1 for max
	precision, scale int64
	collation        string
	assembly         bool // made of .NET: geography, hierarchyid
}

// declared is the type as one would declare it: nvarchar(20).
func (t sqlServerType) declared() string {
	switch t.name {
	case "char", "varchar", "binary", "varbinary":
		if t.length < 0 {
			return t.name + "(max)"
		}
		return fmt.Sprintf("%s(%d)", t.name, t.length)
	case "nchar", "nvarchar":
		if t.length < 0 {
			return t.name + "(max)"
		}
		return fmt.Sprintf("%s(%d)", t.name, t.length/2)
	case "decimal", "numeric":
		return fmt.Sprintf("%s(%d,%d)", t.name, t.precision, t.scale)
	case "datetime2", "datetimeoffset", "time":
		return fmt.Sprintf("%s(%d)", t.name, t.scale)
	}
	return t.name
}

func (d sqlServer) columns(ctx context.Context, c *sql.Conn, byID map[int64]*serverTable, limits Limits) error {
	_, err := collect(ctx, c, func(r *sql.Rows) (struct{}, error) {
		var id int64
		var name string
		var typ sqlServerType
		var nullable, readable, masked, encrypted bool
		err := r.Scan(&id, &name, &typ.name, &typ.assembly, &typ.length, &typ.precision, &typ.scale, &typ.collation, &nullable, &readable, &masked, &encrypted)
		t := byID[id]
		if err != nil || t == nil {
			return struct{}{}, err
		}
		col := d.column(name, typ, limits)
		col.Nullable = nullable
		switch {
		case !readable:
			col.lost = "the login may not read this column"
		case masked:
			col.lost = "the server masks this column for the login; GRANT UNMASK to it"
		case encrypted:
			col.lost = "encrypted with a key that the server does not have (Always Encrypted)"
		}
		t.columns = append(t.columns, col)
		return struct{}{}, nil
	}, `SELECT c.object_id, c.name, CASE WHEN t.is_assembly_type = 1 THEN t.name ELSE COALESCE(TYPE_NAME(c.system_type_id), t.name) END, t.is_assembly_type,
			c.max_length, c.precision, c.scale, COALESCE(c.collation_name, ''), c.is_nullable, COALESCE(HAS_PERMS_BY_NAME(QUOTENAME(s.name) + '.' + QUOTENAME(o.name), 'OBJECT', 'SELECT', c.name, 'COLUMN'), 0),
			CASE WHEN c.is_masked = 1 AND COALESCE(HAS_PERMS_BY_NAME(DB_NAME(), 'DATABASE', 'UNMASK'), 0) = 0 THEN 1 ELSE 0 END, CASE WHEN c.encryption_type IS NULL THEN 0 ELSE 1 END
		FROM sys.columns c JOIN sys.objects o ON o.object_id = c.object_id JOIN sys.schemas s ON s.schema_id = o.schema_id JOIN sys.types t ON t.user_type_id = c.user_type_id
		WHERE o.type IN ('U', 'V') AND o.is_ms_shipped = 0 ORDER BY c.object_id, c.column_id`)
	return err
}

// column is how a column of a type is read and compared.
func (d sqlServer) column(name string, typ sqlServerType, limits Limits) serverColumn {
	ref := "r." + d.quote(name)
	c := serverColumn{Column: rows.Column{Name: name, Type: typ.declared()}, ref: ref}
	try := func(as string) {
		style := ""
		switch {
		case strings.HasPrefix(as, "date"):
			style = ", 126"
		case strings.HasPrefix(as, "time"):
			style = ", 121"
		}
		// What is no value of the type makes null, and so no row, where CONVERT would make an error.
		c.cast = func(p string) string { return "TRY_CONVERT(" + as + ", " + p + style + ")" }
	}
	read := func(as, style string) { c.value = "CONVERT(" + as + ", " + ref + style + ")" }
	const local = "2006-01-02T15:04:05.9999999"
	switch typ.name {
	case "tinyint", "smallint", "int", "bigint":
		read("varchar(20)", "")
		bits := map[string]int{"tinyint": 8, "smallint": 16, "int": 32, "bigint": 64}[typ.name]
		c.Kind, c.ordered, c.arg = rows.Number, true, wholeArg(bits, false)
		if typ.name == "tinyint" { // which has no sign; the driver takes no unsigned parameters
			c.arg = wholeArg(16, false)
		}
	case "bit":
		read("varchar(1)", "")
		c.Kind, c.arg, c.canon = rows.Bool, boolArg, boolText
	case "decimal", "numeric":
		read("varchar(50)", "")
		c.Kind, c.ordered, c.arg, c.canon = rows.Number, true, decimalArg, numeral
		try(fmt.Sprintf("decimal(%d, %d)", typ.precision, typ.scale))
	case "money", "smallmoney":
		read("varchar(50)", ", 2") // with all four places
		c.Kind, c.ordered, c.arg, c.canon = rows.Number, true, decimalArg, numeral
		try(typ.name)
	case "float", "real":
		bits := 64
		if typ.name == "real" {
			bits = 32
		}
		// The driver writes it exactly, which no style of CONVERT does before 2016 SP1.
		c.value = ref
		c.Kind, c.arg, c.canon = rows.Number, floatArg(bits), floatText(bits)
	case "date":
		read("varchar(10)", ", 23")
		c.Kind, c.ordered, c.arg, c.canon = rows.Date, true, dateArg, timeText(rows.Date, "")
		try("date")
	case "datetime", "smalldatetime", "datetime2":
		read("varchar(33)", ", 126")
		c.Kind, c.ordered, c.arg, c.canon = rows.Time, true, localArg(local), timeText(rows.Time, "")
		if typ.name == "datetime2" {
			try("datetime2(7)")
		} else {
			try("datetime")
		}
	case "datetimeoffset":
		read("varchar(40)", ", 126")
		c.Kind, c.arg, c.canon = rows.Time, instantArg(local+"Z07:00"), timeText(rows.Time, "")
		c.cast = func(p string) string { return "TRY_CONVERT(datetimeoffset(7), " + p + ", 127)" }
	case "time":
		read("varchar(16)", ", 121")
		c.arg, c.canon = clockArg, clockText
		try("time(7)")
	case "uniqueidentifier":
		read("varchar(36)", "")
		// In lower case, as other engines write it.
		c.Kind, c.ordered, c.arg, c.canon = rows.Text, true, uuidArg, func(s string) rows.Value { return plain(strings.ToLower(s)) }
		try("uniqueidentifier")
	case "binary", "varbinary", "image", "timestamp", "rowversion":
		c.Kind = rows.Bytes
		c.value = "CONVERT(varbinary(" + strconv.Itoa(hexLimit) + "), " + ref + ")"
		c.size, c.start = "DATALENGTH("+ref+")", "NULL"
		if typ.name != "image" {
			c.arg = bytesArg
		}
		if typ.length > 0 && typ.length <= hexLimit && typ.name != "image" {
			c.size, c.start, c.ordered = "", "", true
		}
	case "char", "varchar", "nchar", "nvarchar":
		d.text(&c, typ, limits)
	case "text", "ntext", "xml", "json", "vector", "sql_variant":
		c.value = "CONVERT(nvarchar(max), " + ref + ")"
		if typ.name == "sql_variant" {
			c.value = "CONVERT(nvarchar(4000), " + ref + ")"
		}
		switch typ.name {
		case "text", "ntext", "xml":
			c.Kind = rows.Text
		case "json":
			c.Kind = rows.JSON
		}
		c.asText = d.exactly(c.value)
		d.long(&c, limits)
	default:
		if !typ.assembly {
			c.lost = "of the type " + typ.name + ", which is not known here"
			break
		}
		c.value = "CONVERT(nvarchar(max), " + ref + ".ToString())"
		c.asText = d.exactly(c.value)
		d.long(&c, limits)
	}
	return c
}

// text reads characters: short ones whole, others as far as the limit. A
// parameter takes the column's own charset and collation, so that an index serves.
func (d sqlServer) text(c *serverColumn, typ sqlServerType, limits Limits) {
	wide := strings.HasPrefix(typ.name, "n")
	chars := typ.length
	if wide && chars > 0 {
		chars /= 2
	}
	c.Kind, c.arg = rows.Text, textArg
	c.value = "CONVERT(nvarchar(max), " + c.ref + ")"
	c.asText = d.exactly(c.value)
	if plainName.MatchString(typ.collation) {
		c.cast = func(p string) string {
			if wide {
				return p + " COLLATE " + typ.collation
			}
			return "CONVERT(varchar(8000), " + p + " COLLATE " + typ.collation + ")"
		}
		if typ.length < 0 && !wide {
			c.cast = func(p string) string { return "CONVERT(varchar(max), " + p + " COLLATE " + typ.collation + ")" }
		}
	}
	if chars > 0 && chars <= 1000 {
		c.value = fmt.Sprintf("CONVERT(nvarchar(%d), %s)", chars, c.ref)
		c.ordered = c.cast != nil && chars*4 <= int64(limits.Value)
		return
	}
	d.long(c, limits)
}

// exactly is the condition that a text is a parameter, letter by letter. = alone overlooks blanks
// at the end.
func (d sqlServer) exactly(value string) func(string) string {
	return func(p string) string {
		p = "CONVERT(nvarchar(max), " + p + ")"
		return "(" + value + " = " + p + " COLLATE Latin1_General_100_BIN2 AND DATALENGTH(" + value + ") = DATALENGTH(" + p + "))"
	}
}

// long has only the beginning of long text sent.
func (d sqlServer) long(c *serverColumn, limits Limits) {
	c.size = "DATALENGTH(" + c.value + ")"
	c.start = "LEFT(" + c.value + ", " + strconv.Itoa(max(limits.Value/4, 1)) + ")"
}

// indexes reads keys, unique sets and what leads an index.
func (d sqlServer) indexes(ctx context.Context, c *sql.Conn, byID map[int64]*serverTable) error {
	type entry struct {
		table, index    int64
		primary, unique bool
		column          string
	}
	list, err := collect(ctx, c, func(r *sql.Rows) (e entry, err error) {
		return e, r.Scan(&e.table, &e.index, &e.primary, &e.unique, &e.column)
	}, `SELECT i.object_id, i.index_id, i.is_primary_key, i.is_unique, c.name
		FROM sys.indexes i JOIN sys.index_columns x ON x.object_id = i.object_id AND x.index_id = i.index_id AND x.key_ordinal > 0
			JOIN sys.columns c ON c.object_id = i.object_id AND c.column_id = x.column_id
		WHERE i.type IN (1, 2) AND i.has_filter = 0 AND i.is_disabled = 0 AND i.is_hypothetical = 0
		ORDER BY i.object_id, i.is_primary_key DESC, i.index_id, x.key_ordinal`)
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
		t := byID[index[0].table]
		if t == nil {
			continue
		}
		var cols []string
		for _, e := range index {
			cols = append(cols, e.column)
		}
		if !slices.Contains(t.Indexed, cols[0]) {
			t.Indexed = append(t.Indexed, cols[0])
		}
		switch {
		case index[0].primary:
			t.Key = cols
		case index[0].unique:
			t.Unique = append(t.Unique, cols)
		}
	}
	return nil
}

func (d sqlServer) foreign(ctx context.Context, c *sql.Conn, byID map[int64]*serverTable) error {
	type entry struct {
		name, table, to  int64
		column, toColumn string
	}
	list, err := collect(ctx, c, func(r *sql.Rows) (e entry, err error) {
		return e, r.Scan(&e.name, &e.table, &e.column, &e.to, &e.toColumn)
	}, `SELECT f.constraint_object_id, f.parent_object_id, a.name, f.referenced_object_id, b.name
		FROM sys.foreign_key_columns f JOIN sys.columns a ON a.object_id = f.parent_object_id AND a.column_id = f.parent_column_id
			JOIN sys.columns b ON b.object_id = f.referenced_object_id AND b.column_id = f.referenced_column_id
		ORDER BY f.parent_object_id, f.constraint_object_id, f.constraint_column_id`)
	if err != nil {
		return err
	}
	for i, e := range list {
		t, to := byID[e.table], byID[e.to]
		if t == nil || to == nil {
			continue
		}
		if i == 0 || list[i-1].name != e.name {
			t.Foreign = append(t.Foreign, rows.Foreign{Table: to.Name})
		}
		f := &t.Foreign[len(t.Foreign)-1]
		f.Columns = append(f.Columns, e.column)
		f.References = append(f.References, e.toColumn)
	}
	return nil
}

func (d sqlServer) check(ctx context.Context, c *sql.Conn, _ []*serverTable, h *Health) error {
	var version string
	var admin, shut bool
	err := c.QueryRowContext(ctx, `SELECT CONVERT(nvarchar(128), SERVERPROPERTY('ProductVersion')), USER_NAME(),
		CASE WHEN IS_SRVROLEMEMBER('sysadmin') = 1 OR IS_ROLEMEMBER('db_owner') = 1 THEN 1 ELSE 0 END,
		CASE WHEN DATABASEPROPERTYEX(DB_NAME(), 'Updateability') = 'READ_ONLY' THEN 1 ELSE 0 END`).Scan(&version, &h.Login, &admin, &shut)
	if err != nil {
		return err
	}
	h.Engine = "SQL Server " + version
	h.ReadOnly = h.ReadOnly || shut
	if admin {
		h.Problems = append(h.Problems, Problem{Why: "the login owns the database, or the server", Mend: "give Tenet a login of its own with SELECT only"})
	}
	guarded, err := collect(ctx, c, func(r *sql.Rows) (name string, err error) {
		return name, r.Scan(&name)
	}, `SELECT DISTINCT CASE s.name WHEN 'dbo' THEN '' ELSE s.name + '.' END + o.name FROM sys.security_predicates p JOIN sys.security_policies q ON q.object_id = p.object_id AND q.is_enabled = 1
		JOIN sys.objects o ON o.object_id = p.target_object_id JOIN sys.schemas s ON s.schema_id = o.schema_id WHERE p.predicate_type = 0`)
	for _, name := range guarded {
		h.Problems = append(h.Problems, Problem{Table: name, Why: "a security policy may hide rows from the search without a word", Mend: "let the policy's function give Tenet's user all rows"})
	}
	return err
}
