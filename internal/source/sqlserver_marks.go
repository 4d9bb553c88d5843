package source

import (
	"context"
	"crypto/sha256"
	"database/sql"
	"errors"
	"fmt"
	"iter"
	"slices"

	mssql "github.com/microsoft/go-mssqldb"

	"tenet/internal/rows"
)

// marker is a dialect that has versions of rows.
type marker interface {
	// mark is what must stay the same for two marks of a table to be compared, and
	// how far its history has come. The column is empty where there are no versions.
	mark(ctx context.Context, c *sql.Conn, t *serverTable) (column string, at rows.Value, err error)
	// versioned is the column that holds them.
	versioned(t *serverTable) (serverColumn, bool)
}

// Mark asks the engine, if it has versions of rows: SQL Server alone does.
func (s *server) Mark(ctx context.Context, table string) (column string, at rows.Value, err error) {
	t, err := s.table(ctx, table)
	if err != nil {
		return "", at, err
	}
	m, ok := s.dialect.(marker)
	if !ok || t.View || len(t.Key) == 0 {
		return "", at, nil
	}
	w := wait(ctx, s.opts.Limits.Statement)
	defer w.close()
	conn, err := s.db.Conn(w)
	if err == nil {
		defer conn.Close()
		column, at, err = m.mark(w, conn, t)
	}
	if err != nil {
		return "", at, s.fail(table, "marking", w.explain(err))
	}
	return column, at, nil
}

// Since reads the rows from a version on.
func (s *server) Since(ctx context.Context, table, column string, at rows.Value, columns []string) iter.Seq2[rows.Row, error] {
	t, err := s.table(ctx, table)
	if err != nil {
		return one(err)
	}
	shown, err := narrow(&t.Table, t.Key, columns)
	if err != nil {
		return one(s.fail(table, "reading", err))
	}
	return func(yield func(rows.Row, error) bool) {
		now, _, err := s.Mark(ctx, table)
		if err == nil && (now == "" || now != column) {
			err = &Error{Source: s.name, Table: table, Doing: "reading", Mend: mendMoved, Err: errMoved}
		}
		if err != nil {
			yield(rows.Row{}, err)
			return
		}
		q := t.query(shown, t.Key)
		version, _ := s.dialect.(marker).versioned(t)
		q.since = &serverSince{version, at}
		if t.paged() {
			q.order, q.rows = t.Key, pageRows
		}
		q.patience = patience(s.opts.Limits.Statement, t.Estimate)
		s.scan(ctx, q)(yield)
	}
}

// versioned is the column of the type rowversion, which its old name timestamp
// stands for in the catalogue. A table has one at most.
func (sqlServer) versioned(t *serverTable) (serverColumn, bool) {
	i := slices.IndexFunc(t.columns, func(c serverColumn) bool {
		return (c.Type == "timestamp" || c.Type == "rowversion") && c.lost == "" && !c.Nullable
	})
	if i < 0 {
		return serverColumn{}, false
	}
	return t.columns[i], true
}

// mark is MIN_ACTIVE_ROWVERSION(), below which nothing is still to be committed.
// Two marks can be compared as long as neither the server nor the database was
// started anew, restored or attached, the database can be written to here, and the table has the
// same columns, none of them computed, and the same partitions.
func (d sqlServer) mark(ctx context.Context, c *sql.Conn, t *serverTable) (column string, at rows.Value, err error) {
	version, ok := d.versioned(t)
	if !ok {
		return "", at, nil
	}
	var lowest []byte
	var state sql.NullString
	err = c.QueryRowContext(ctx, `SELECT MIN_ACTIVE_ROWVERSION(), CASE WHEN DATABASEPROPERTYEX(DB_NAME(), 'Updateability') = 'READ_WRITE' THEN
			CONVERT(varchar(36), r.recovery_fork_guid) + ' ' + CONVERT(varchar(33), d.create_date, 126) + ' ' + CONVERT(varchar(33), s.create_date, 126) END
		FROM sys.databases d JOIN sys.database_recovery_status r ON r.database_id = d.database_id JOIN sys.databases s ON s.name = 'tempdb'
		WHERE d.database_id = DB_ID()`).Scan(&lowest, &state)
	var refused mssql.Error
	if errors.Is(err, sql.ErrNoRows) || errors.As(err, &refused) && !d.dropped(err) {
		return "", at, nil // the login may not know, or there is no such view: then the whole table is read
	}
	if err != nil || !state.Valid || len(lowest) != 8 {
		return "", at, err
	}
	h := sha256.New()
	fmt.Fprintf(h, "%q\n", state.String)
	for _, c := range t.columns {
		fmt.Fprintf(h, "%q %q\n", c.Name, c.lost)
	}
	computed := false
	_, err = collect(ctx, c, func(r *sql.Rows) (struct{}, error) {
		var kind, name string
		var id, typ, length int64
		var derived bool
		err := r.Scan(&kind, &id, &name, &typ, &length, &derived)
		fmt.Fprintf(h, "%s %d %q %d %d\n", kind, id, name, typ, length)
		computed = computed || derived
		return struct{}{}, err
	}, `SELECT 'column', column_id, name, user_type_id, max_length, is_computed FROM sys.columns WHERE object_id = OBJECT_ID(@p1)
		UNION ALL SELECT 'part', hobt_id, '', partition_number, object_id, 0 FROM sys.partitions WHERE object_id = OBJECT_ID(@p1) AND index_id IN (0, 1)
		ORDER BY 1, 2`, t.from)
	if err != nil || computed {
		return "", at, err
	}
	return fmt.Sprintf("%s %x", version.Name, h.Sum(nil)[:16]), binary(lowest, 8), nil
}
