package source

import (
	"context"
	"fmt"
	"slices"
	"strings"

	"github.com/jackc/pgx/v5"

	"tenet/internal/rows"
)

// pgSchema is a schema with what reading its tables needs besides.
type pgSchema struct {
	rows.Schema
	tables map[string]*pgTable
}

type pgTable struct {
	rows.Table
	oid       uint32
	from      string // as it stands after FROM
	schema    string
	columns   []pgColumn // in the order of Columns
	readable  bool
	elsewhere bool // a foreign table
	writable  bool
}

type pgColumn struct {
	name     string
	declared string // "character varying(20)"
	base     string // the catalogue's name for the type, that of a domain's base: "varchar"
	cast     string // the same, quoted for SQL
	kind     rows.Kind
	bounded  bool // can be only so long
	nullable bool
	readable bool
}

// Schema lists tables, partitioned ones without their partitions, views and
// foreign tables, of all schemas but the server's own. A table of the schema
// public goes by its name, others by schema.name. It lists tables that the login may
// not read as well: that they are there must be known.
func (p *postgres) Schema(ctx context.Context) (*rows.Schema, error) {
	s, err := p.readSchema(ctx)
	if err != nil {
		return nil, err
	}
	out := s.Schema
	return &out, nil
}

func (p *postgres) readSchema(ctx context.Context) (*pgSchema, error) {
	w := wait(ctx, 2*p.opts.Limits.Statement)
	defer w.close()
	var s *pgSchema
	err := p.pool.with(w, func(c *pgx.Conn) error {
		return pgx.BeginTxFunc(w, c, pgx.TxOptions{IsoLevel: pgx.RepeatableRead, AccessMode: pgx.ReadOnly}, func(tx pgx.Tx) (err error) {
			s, err = p.catalogue(w, tx)
			return err
		})
	})
	if err != nil {
		return nil, p.fail("", "reading the schema", w.explain(err))
	}
	p.mu.Lock()
	p.schema = s
	p.mu.Unlock()
	return s, nil
}

// table finds a table in the schema last read; one that is new since then is
// looked for again.
func (p *postgres) table(ctx context.Context, name string) (*pgTable, error) {
	p.mu.Lock()
	s := p.schema
	p.mu.Unlock()
	if s != nil {
		if t, ok := s.tables[name]; ok {
			return t, nil
		}
	}
	s, err := p.readSchema(ctx)
	if err != nil {
		return nil, err
	}
	if t, ok := s.tables[name]; ok {
		return t, nil
	}
	return nil, p.fail(name, "reading", ErrNoTable)
}

func (p *postgres) catalogue(ctx context.Context, tx pgx.Tx) (*pgSchema, error) {
	tables, err := p.relations(ctx, tx)
	if err != nil {
		return nil, err
	}
	byOID := make(map[uint32]*pgTable, len(tables))
	for _, t := range tables {
		byOID[t.oid] = t
	}
	covered, err := inheritance(ctx, tx, byOID)
	if err != nil {
		return nil, err
	}
	if err := columns(ctx, tx, byOID); err != nil {
		return nil, err
	}
	if err := keys(ctx, tx, byOID, covered); err != nil {
		return nil, err
	}
	s := &pgSchema{Schema: rows.Schema{Source: p.name, Engine: "postgres"}, tables: map[string]*pgTable{}}
	for _, t := range tables {
		if _, ok := covered[t.oid]; ok {
			continue
		}
		if len(t.columns) == 0 {
			p.report(Problem{Table: t.Name, Why: "has no columns"})
			continue
		}
		s.tables[t.Name] = t
		s.Tables = append(s.Tables, t.Table)
	}
	return s, nil
}

// relations are the tables, without their columns.
func (p *postgres) relations(ctx context.Context, tx pgx.Tx) ([]*pgTable, error) {
	res, err := tx.Query(ctx, `SELECT c.oid, n.nspname, c.relname, c.relkind::text,
			CASE c.relkind WHEN 'p' THEN (SELECT CASE WHEN min(l.reltuples) < 0 THEN -1 ELSE sum(l.reltuples) END
				FROM pg_partition_tree(c.oid) pt JOIN pg_class l ON l.oid = pt.relid WHERE pt.isleaf) ELSE c.reltuples END, coalesce(obj_description(c.oid, 'pg_class'), ''),
			has_schema_privilege(n.oid, 'USAGE') AND has_any_column_privilege(c.oid, 'SELECT'),
			c.relkind IN ('r', 'p', 'f') AND has_schema_privilege(n.oid, 'USAGE') AND (has_any_column_privilege(c.oid, 'INSERT, UPDATE') OR has_table_privilege(c.oid, 'DELETE, TRUNCATE'))
		FROM pg_class c JOIN pg_namespace n ON n.oid = c.relnamespace
		WHERE c.relkind IN ('r', 'p', 'v', 'm', 'f') AND NOT c.relispartition AND c.relpersistence <> 't'
			AND n.nspname NOT IN ('pg_catalog', 'information_schema') AND n.nspname NOT LIKE 'pg\_toast%' AND n.nspname NOT LIKE 'pg\_temp%'
		ORDER BY n.nspname <> 'public', n.nspname, c.relname`)
	if err != nil {
		return nil, err
	}
	return pgx.CollectRows(res, func(r pgx.CollectableRow) (*pgTable, error) {
		t := &pgTable{}
		var name, kind string
		var tuples *float32 // null for a table without partitions
		err := r.Scan(&t.oid, &t.schema, &name, &kind, &tuples, &t.Comment, &t.readable, &t.writable)
		t.Name = name
		if t.schema != "public" {
			t.Name = t.schema + "." + name
		} else if strings.Contains(name, ".") {
			t.Name = "public." + name // would read as a schema's
		}
		t.from = quoteIdent(t.schema) + "." + quoteIdent(name)
		t.View = kind == "v" || kind == "m"
		t.elsewhere = kind == "f"
		t.Estimate = -1
		if kind != "v" && tuples != nil && *tuples >= 0 {
			t.Estimate = int64(*tuples)
		}
		return t, err
	})
}

// inheritance deals with tables that inherit from others in the old way, which
// many databases use as partitions. Reading such a parent reads its children
// too. Children that add no column are covered by their parent and not listed;
// where one does add some, all are listed, and parent and children are read
// each by itself. The result is the parent of each covered child.
func inheritance(ctx context.Context, tx pgx.Tx, byOID map[uint32]*pgTable) (map[uint32]uint32, error) {
	res, err := tx.Query(ctx, `WITH RECURSIVE down AS (
			SELECT inhparent AS top, inhrelid AS child FROM pg_inherits i
				WHERE NOT EXISTS (SELECT 1 FROM pg_inherits u WHERE u.inhrelid = i.inhparent)
			UNION SELECT d.top, i.inhrelid FROM down d JOIN pg_inherits i ON i.inhparent = d.child)
		SELECT d.top, d.child, bool_or(a.attislocal AND a.attinhcount = 0)
		FROM down d JOIN pg_class c ON c.oid = d.child AND c.relkind IN ('r', 'f') AND NOT c.relispartition
			JOIN pg_attribute a ON a.attrelid = c.oid AND a.attnum > 0 AND NOT a.attisdropped
		GROUP BY 1, 2 ORDER BY 1, 2`)
	if err != nil {
		return nil, err
	}
	type link struct {
		top, child uint32
		adds       bool
	}
	links, err := pgx.CollectRows(res, func(r pgx.CollectableRow) (l link, err error) {
		return l, r.Scan(&l.top, &l.child, &l.adds)
	})
	if err != nil {
		return nil, err
	}
	apart := map[uint32]bool{}
	tops := map[uint32]int{}
	for _, l := range links {
		tops[l.child]++
	}
	for _, l := range links {
		if l.adds || tops[l.child] > 1 {
			apart[l.top] = true
		}
	}
	covered := map[uint32]uint32{}
	for _, l := range links {
		top, child := byOID[l.top], byOID[l.child]
		switch {
		case top == nil || child == nil:
		case apart[l.top]:
			for _, t := range []*pgTable{top, child} {
				if !strings.HasPrefix(t.from, "ONLY ") {
					t.from = "ONLY " + t.from
				}
			}
		default:
			covered[l.child] = l.top
			if top.Estimate += child.Estimate; child.Estimate < 0 || top.Estimate < 0 {
				top.Estimate = -1
			}
		}
	}
	return covered, nil
}

// columns reads the columns of all tables.
func columns(ctx context.Context, tx pgx.Tx, byOID map[uint32]*pgTable) error {
	res, err := tx.Query(ctx, `WITH RECURSIVE base AS (
			SELECT oid AS type, oid AS at, typtype, typbasetype, typtypmod FROM pg_type
			UNION ALL SELECT b.type, t.oid, t.typtype, t.typbasetype, CASE WHEN b.typtypmod <> -1 THEN b.typtypmod ELSE t.typtypmod END
				FROM base b JOIN pg_type t ON t.oid = b.typbasetype WHERE b.typtype = 'd')
		SELECT a.attrelid, a.attname, format_type(a.atttypid, a.atttypmod), t.typname,
			quote_ident(tn.nspname) || '.' || quote_ident(t.typname), t.typtype::text, t.typcategory::text,
			CASE WHEN a.atttypmod <> -1 THEN a.atttypmod ELSE b.typtypmod END, NOT a.attnotnull, has_column_privilege(a.attrelid, a.attnum, 'SELECT')
		FROM pg_attribute a JOIN base b ON b.type = a.atttypid AND b.typtype <> 'd' JOIN pg_type t ON t.oid = b.at
			JOIN pg_namespace tn ON tn.oid = t.typnamespace
		WHERE a.attnum > 0 AND NOT a.attisdropped AND a.attrelid = ANY($1::oid[])
		ORDER BY a.attrelid, a.attnum`, oids(byOID))
	if err != nil {
		return err
	}
	var (
		rel            uint32
		c              pgColumn
		class, catgory string
		width          int32
	)
	_, err = pgx.ForEachRow(res, []any{&rel, &c.name, &c.declared, &c.base, &c.cast, &class, &catgory, &width, &c.nullable, &c.readable}, func() error {
		c.kind = pgKind(c.base, class, catgory)
		c.bounded = pgBounded(c.base, class, width)
		t := byOID[rel]
		t.columns = append(t.columns, c)
		t.Columns = append(t.Columns, rows.Column{Name: c.name, Type: c.declared, Kind: c.kind, Nullable: c.nullable})
		return nil
	})
	return err
}

func oids(byOID map[uint32]*pgTable) []uint32 {
	out := make([]uint32, 0, len(byOID))
	for oid := range byOID {
		out = append(out, oid)
	}
	slices.Sort(out)
	return out
}

func pgKind(base, class, category string) rows.Kind {
	switch base {
	case "bool":
		return rows.Bool
	case "date":
		return rows.Date
	case "timestamp", "timestamptz":
		return rows.Time
	case "bytea":
		return rows.Bytes
	case "json", "jsonb":
		return rows.JSON
	case "uuid", "xml":
		return rows.Text
	case "oid":
		return rows.Number
	}
	switch {
	case category == "N":
		return rows.Number
	case category == "S", class == "e":
		return rows.Text
	}
	return rows.Other
}

// pgBounded says that no value of a type is long: numbers, dates, and characters of a
// declared width of at most 1,000.
func pgBounded(base, class string, width int32) bool {
	switch base {
	case "int2", "int4", "int8", "float4", "float8", "bool", "date", "time", "timetz", "timestamp", "timestamptz", "interval",
		"uuid", "oid", "name", "char", "money", "inet", "cidr", "macaddr":
		return true
	case "varchar", "bpchar":
		return width >= 0 && width <= 1000+4
	case "numeric":
		return width >= 0
	}
	return class == "e"
}

// keys reads primary keys, unique sets, foreign keys and indexes. What children
// declare counts for the parent that covers them: in the old way of partitioning
// foreign keys stand on the children alone.
func keys(ctx context.Context, tx pgx.Tx, byOID map[uint32]*pgTable, covered map[uint32]uint32) error {
	owner := func(oid uint32) (t *pgTable, child bool) {
		if top, ok := covered[oid]; ok {
			return byOID[top], true
		}
		return byOID[oid], false
	}
	res, err := tx.Query(ctx, `SELECT c.conrelid, c.contype::text,
			(SELECT array_agg(a.attname::text ORDER BY k.n) FROM unnest(c.conkey) WITH ORDINALITY k(num, n) JOIN pg_attribute a ON a.attrelid = c.conrelid AND a.attnum = k.num),
			c.confrelid,
			coalesce((SELECT array_agg(a.attname::text ORDER BY k.n) FROM unnest(c.confkey) WITH ORDINALITY k(num, n) JOIN pg_attribute a ON a.attrelid = c.confrelid AND a.attnum = k.num), '{}')
		FROM pg_constraint c WHERE c.contype IN ('p', 'u', 'f') AND c.conrelid = ANY($1::oid[]) ORDER BY c.conrelid, c.conname`, oids(byOID))
	if err != nil {
		return err
	}
	var (
		rel, ref   uint32
		kind       string
		cols, ref2 []string
	)
	_, err = pgx.ForEachRow(res, []any{&rel, &kind, &cols, &ref, &ref2}, func() error {
		t, child := owner(rel)
		switch {
		case kind == "p" && !child:
			t.Key = cols
		case kind == "u" && !child:
			t.Unique = append(t.Unique, cols)
		case kind == "f":
			to, _ := owner(ref)
			if to == nil {
				break
			}
			f := rows.Foreign{Columns: cols, Table: to.Name, References: ref2}
			same := func(g rows.Foreign) bool {
				return g.Table == f.Table && slices.Equal(g.Columns, f.Columns) && slices.Equal(g.References, f.References)
			}
			if !slices.ContainsFunc(t.Foreign, same) {
				t.Foreign = append(t.Foreign, f)
			}
		}
		return nil
	})
	if err != nil {
		return err
	}

	res, err = tx.Query(ctx, `SELECT i.indrelid, i.indisunique AND NOT i.indisprimary AND NOT EXISTS (SELECT 1 FROM pg_constraint c WHERE c.conindid = i.indexrelid),
			(SELECT array_agg(a.attname::text ORDER BY k.n) FROM unnest(i.indkey::int2[]) WITH ORDINALITY k(num, n) LEFT JOIN pg_attribute a ON a.attrelid = i.indrelid AND a.attnum = k.num AND k.num > 0
				WHERE k.n <= i.indnkeyatts)
		FROM pg_index i JOIN pg_class x ON x.oid = i.indexrelid JOIN pg_am m ON m.oid = x.relam
		WHERE i.indpred IS NULL AND i.indisvalid AND m.amname IN ('btree', 'hash') AND i.indrelid = ANY($1::oid[]) ORDER BY i.indrelid, x.relname`, oids(byOID))
	if err != nil {
		return err
	}
	var unique bool
	var names []*string // nil for an expression
	_, err = pgx.ForEachRow(res, []any{&rel, &unique, &names}, func() error {
		t, child := owner(rel)
		if child || len(names) == 0 || names[0] == nil {
			return nil
		}
		if !slices.Contains(t.Indexed, *names[0]) {
			t.Indexed = append(t.Indexed, *names[0])
		}
		if unique && !slices.Contains(names, nil) {
			var set []string
			for _, n := range names {
				set = append(set, *n)
			}
			t.Unique = append(t.Unique, set)
		}
		return nil
	})
	return err
}

// Check reaches for the server and goes by its privileges: it reads no rows.
func (p *postgres) Check(ctx context.Context) (Health, error) {
	var h Health
	var version string
	var super, bypass, readOnly bool
	var large int64
	err := p.one(ctx, []any{&version, &h.Login, &super, &bypass, &readOnly, &large}, `SELECT current_setting('server_version'), current_user, r.rolsuper, r.rolsuper OR r.rolbypassrls,
			EXISTS (SELECT 1 FROM pg_db_role_setting s, unnest(s.setconfig) c WHERE s.setrole IN (0, r.oid) AND lower(c) IN ('default_transaction_read_only=on', 'default_transaction_read_only=true')),
			(SELECT count(*) FROM pg_largeobject_metadata)
		FROM pg_roles r WHERE r.rolname = current_user`)
	if err != nil {
		return h, p.fail("", "connecting", err)
	}
	h.Engine = "PostgreSQL " + version
	s, err := p.readSchema(ctx)
	if err != nil {
		return h, err
	}
	found := func(table, why, mend string) {
		h.Problems = append(h.Problems, Problem{Source: p.name, Table: table, Why: why, Mend: mend})
	}
	w := wait(ctx, p.opts.Limits.Statement)
	defer w.close()
	guarded, err := p.guarded(w)
	if err != nil {
		return h, p.fail("", "checking", err)
	}
	for i := range s.Tables {
		t := s.tables[s.Tables[i].Name]
		switch {
		case !t.readable:
			found(t.Name, "the login may not read it", fmt.Sprintf("GRANT USAGE ON SCHEMA %s, and SELECT ON %s, TO %s", quoteIdent(t.schema), t.from, quoteIdent(h.Login)))
		case !bypass && guarded[t.oid]:
			found(t.Name, "row-level security would hide rows, so it cannot be read", "ALTER ROLE "+quoteIdent(h.Login)+" BYPASSRLS")
		default:
			h.Tables++
		}
		for _, c := range t.columns {
			if t.readable && !c.readable {
				h.Problems = append(h.Problems, Problem{Source: p.name, Table: t.Name, Column: c.name, Why: "the login may not read this column",
					Mend: fmt.Sprintf("GRANT SELECT ON %s TO %s", t.from, quoteIdent(h.Login))})
			}
		}
		if t.writable {
			h.Writable = append(h.Writable, t.Name)
		}
		if _, err := p.keyOf(&t.Table); err != nil {
			found(t.Name, err.Error(), "name the key's columns in the map as they stand in the table")
		}
	}
	h.ReadOnly = !super && len(h.Writable) == 0
	switch {
	case super:
		found("", "the login is a superuser, who can change everything", "give Tenet a login of its own with SELECT only")
	case len(h.Writable) > 0:
		found("", fmt.Sprintf("the login could change %d tables", len(h.Writable)), "revoke INSERT, UPDATE, DELETE and TRUNCATE from "+quoteIdent(h.Login))
	case !readOnly:
		found("", "the login is not set to read-only transactions", "ALTER ROLE "+quoteIdent(h.Login)+" SET default_transaction_read_only = on")
	}
	if large > 0 {
		found("", fmt.Sprintf("%d large objects, which are not read", large), "say where what they hold is kept otherwise, or have it exported to a folder")
	}
	return h, nil
}

// guarded are the tables whose rows a policy chooses for this login.
func (p *postgres) guarded(ctx context.Context) (map[uint32]bool, error) {
	out := map[uint32]bool{}
	err := p.pool.with(ctx, func(c *pgx.Conn) error {
		res, err := c.Query(ctx, `SELECT oid FROM pg_class WHERE relrowsecurity AND (relforcerowsecurity OR NOT pg_has_role(relowner, 'USAGE'))`)
		if err != nil {
			return err
		}
		var oid uint32
		_, err = pgx.ForEachRow(res, []any{&oid}, func() error {
			out[oid] = true
			return nil
		})
		return err
	})
	return out, err
}
