package source

import (
	"context"
	"fmt"
	"iter"
	"slices"
	"strconv"
	"strings"
	"time"

	"tenet/internal/rows"
)

// In PostgreSQL every row says which transaction wrote it (xmin), and a snapshot
// says which is the oldest under way: whatever is committed after it was
// taken was written by that one or a later one, however long it takes, and
// subtransactions come after their parents. That is a mark. Four things could
// make a row of a later transaction look old, or change one without a
// transaction of its own, and each is seen to:
//
//   - xmin has 32 bits and comes round. A mark has 64, and the column of a mark
//     changes with every 2^30 transactions, so that two which are compared are
//     never half way round from each other. Freezing leaves xmin as it was (since 9.4).
//   - A crash may forget the numbers of the last transactions, and give them again. They
//     are at most as many as a second or two have: a mark is set pgForgotten before.
//   - Restored, failed over or restarted servers may count from elsewhere: the
//     column has the server's identity, its timeline and when it was started. A
//     standby has no marks.
//   - A partition attached, a column with a new default, a right granted change rows
//     that nobody has written: the column has the table's parts, columns
//     and rights. Types whose text may change by itself, such as enums, have no marks.
const pgForgotten = 1 << 16

// pgFar is how many transactions may lie between the oldest under way and the next, at most.
const pgFar = 1 << 29

// pgLasting are types the text of which is the value's alone.
var pgLasting = []string{"bool", "int2", "int4", "int8", "numeric", "float4", "float8", "money", "text", "varchar", "bpchar", "char", "name", "citext", "uuid",
	"date", "time", "timetz", "timestamp", "timestamptz", "interval", "bytea", "json", "jsonb", "xml", "inet", "cidr", "macaddr", "oid"}

// Mark is the oldest transaction under way.
func (p *postgres) Mark(ctx context.Context, table string) (string, rows.Value, error) {
	t, err := p.table(ctx, table)
	if err != nil {
		return "", rows.Value{}, err
	}
	w := wait(ctx, p.opts.Limits.Statement)
	defer w.close()
	column, oldest, err := p.history(w, t)
	if err != nil {
		return "", rows.Value{}, p.fail(table, "marking", w.explain(err))
	}
	return column, rows.Value{Text: strconv.FormatInt(oldest-pgForgotten, 10)}, nil
}

// history is what must stay the same for two marks of a table to be compared, and
// the oldest transaction under way.
func (p *postgres) history(ctx context.Context, t *pgTable) (column string, oldest int64, err error) {
	if t.View || t.elsewhere || len(t.Key) == 0 {
		return "", 0, nil
	}
	for _, c := range t.columns {
		if !slices.Contains(pgLasting, strings.TrimPrefix(c.base, "_")) {
			return "", 0, nil
		}
	}
	var version int
	if err := p.one(ctx, []any{&version}, `SELECT current_setting('server_version_num')::int`); err != nil || version < 130000 {
		return "", 0, err
	}
	var next int64
	var sure bool
	err = p.one(ctx, []any{&oldest, &next, &sure, &column}, `WITH RECURSIVE part AS (
			SELECT $1::oid AS oid UNION SELECT i.inhrelid FROM part JOIN pg_inherits i ON i.inhparent = part.oid WHERE NOT $2::bool)
		SELECT txid_snapshot_xmin(s.now), txid_snapshot_xmax(s.now),
			NOT pg_is_in_recovery()
				AND NOT EXISTS (SELECT 1 FROM part JOIN pg_class c ON c.oid = part.oid LEFT JOIN pg_am m ON m.oid = c.relam
					WHERE c.relkind NOT IN ('r', 'p') OR c.relkind = 'r' AND m.amname <> 'heap')
				AND NOT EXISTS (SELECT 1 FROM part JOIN pg_attribute a ON a.attrelid = part.oid WHERE a.attgenerated = 'v'),
			md5(concat_ws(' ', (SELECT system_identifier FROM pg_control_system()), (SELECT timeline_id FROM pg_control_checkpoint()),
				extract(epoch FROM pg_postmaster_start_time()), (SELECT oid FROM pg_database WHERE datname = current_database()),
				(SELECT string_agg(concat_ws('/', a.attrelid, a.attnum, a.attname, a.atttypid, a.atttypmod, a.attisdropped,
						CASE WHEN NOT a.attisdropped THEN has_column_privilege(a.attrelid, a.attnum, 'SELECT') END), ' ' ORDER BY a.attrelid, a.attnum)
					FROM part JOIN pg_attribute a ON a.attrelid = part.oid WHERE a.attnum > 0)))
		FROM (SELECT txid_current_snapshot() AS now) s`, t.oid, strings.HasPrefix(t.from, "ONLY "))
	if err != nil || !sure || next-oldest > pgFar {
		return "", 0, err
	}
	return fmt.Sprintf("xmin %d %s", oldest>>30, column), oldest, nil
}

// Since reads through the table in the server, which sends what has changed. There is
// no index on xmin.
func (p *postgres) Since(ctx context.Context, table, column string, at rows.Value, columns []string) iter.Seq2[rows.Row, error] {
	t, err := p.table(ctx, table)
	if err != nil {
		return one(err)
	}
	fail := func(err error) iter.Seq2[rows.Row, error] { return one(p.fail(table, "reading", err)) }
	shown, err := narrow(&t.Table, t.Key, columns)
	if err != nil {
		return fail(err)
	}
	return func(yield func(rows.Row, error) bool) {
		w := wait(ctx, p.opts.Limits.Statement)
		now, _, err := p.history(w, t)
		err = w.explain(err)
		w.close()
		from, bad := strconv.ParseInt(at.Text, 10, 64)
		if err == nil && (now == "" || now != column || bad != nil) {
			err = &Error{Source: p.name, Table: table, Doing: "reading", Mend: mendMoved, Err: errMoved}
		}
		if err != nil {
			fail(err)(yield)
			return
		}
		q := p.selectFrom(t, shown)
		q.key = t.Key
		q.where, q.args = []string{pgWritten("r.xmin")}, []any{from % (1 << 32)}
		q.patience = patience(p.opts.Limits.Statement, t.Estimate)
		p.scan(ctx, q)(yield)
	}
}

// pgWritten is the condition that a transaction's 32 bits are not before those of
// the first parameter, half way round at most.
func pgWritten(xmin string) string {
	return "mod(" + xmin + "::text::bigint - $1::bigint + 4294967296, 4294967296) < 2147483648"
}

// patience is how long an engine may take for the next row when it has to look
// for it in the whole table: as long as for any row, and once more for each million
// that there are.
func patience(limit time.Duration, estimate int64) time.Duration {
	return limit * time.Duration(1+max(estimate, 0)/1_000_000)
}
