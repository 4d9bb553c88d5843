package store

import (
	"context"
	"database/sql"
	"errors"
	"fmt"
	"sync"
	"time"

	"github.com/jackc/pgx/v5"
	"github.com/jackc/pgx/v5/pgconn"
	"github.com/jackc/pgx/v5/stdlib"
)

// begin begins a transaction. A write is serialisable, and begins with the gate:
// locks of whole tables, taken before its snapshot is, by which those that must
// be alone keep out the others, and which no reader ever meets.
func (p *postgres) begin(ctx context.Context, a access) (_ *work, err error) {
	db, options := p.reader, &sql.TxOptions{Isolation: sql.LevelRepeatableRead, ReadOnly: true}
	if a.write {
		db, options = p.writer, &sql.TxOptions{Isolation: sql.LevelSerializable}
	}
	wait, cancelWait := context.WithTimeout(ctx, patience)
	defer cancelWait()
	conn, err := db.Conn(wait)
	if err != nil {
		if ctx.Err() == nil && wait.Err() != nil {
			err = fmt.Errorf("store: %w: all %d connections of this process to %s were in use for %v: %w", ErrBusy, pool, p.place, patience, err)
		}
		return nil, err
	}
	// The transaction ends with the caller's context, save that a commit under way
	// is not cut off by it.
	own, cancel := context.WithCancel(context.WithoutCancel(ctx))
	stop := context.AfterFunc(ctx, cancel)
	w := &work{conn: conn}
	w.end = sync.OnceFunc(func() {
		if w.tx != nil {
			w.tx.Rollback()
		}
		stop()
		cancel()
		conn.Close()
	})
	w.failed = func(err error) error {
		if ctx.Err() == nil && closed(conn) {
			return lost{err}
		}
		return err
	}
	defer func() {
		if err != nil {
			err = w.failed(err)
			w.end()
		}
	}()
	if w.tx, err = conn.BeginTx(own, options); err != nil {
		return nil, err
	}
	var number string
	if number, w.moved, err = p.gate(own, conn, a); err != nil {
		return nil, err
	}
	w.commit = func() error {
		if !stop() {
			return ctx.Err()
		}
		late := time.AfterFunc(p.patience, cancel)
		err := w.tx.Commit()
		late.Stop()
		if err == nil || refused(err) {
			return err
		}
		return p.settle(ctx, number, err)
	}
	return w, nil
}

// gate takes the locks of a transaction in one message. It returns the
// transaction's number, by which the server can be asked what became of it, and
// whether the store was moved.
func (p *postgres) gate(ctx context.Context, conn *sql.Conn, a access) (number string, moved bool, err error) {
	var words string
	if a.long {
		words += "SET LOCAL statement_timeout = 0; SET LOCAL idle_in_transaction_session_timeout = 0;"
	}
	switch {
	case a.alone:
		words += "LOCK TABLE landlord IN EXCLUSIVE MODE;"
	case a.write:
		words += "LOCK TABLE landlord IN ROW SHARE MODE;"
	}
	if a.sequencing {
		words += "LOCK TABLE ledger_checkpoint IN SHARE ROW EXCLUSIVE MODE;"
	}
	if a.write {
		words += "SELECT pg_current_xact_id()::text, to_regclass('" + movedTable + "') IS NOT NULL"
	}
	if words == "" {
		return "", false, nil
	}
	err = conn.Raw(func(driver any) error {
		results, err := driver.(*stdlib.Conn).Conn().PgConn().Exec(ctx, words).ReadAll()
		if err != nil {
			return err
		}
		if rows := results[len(results)-1].Rows; len(rows) == 1 {
			number, moved = string(rows[0][0]), string(rows[0][1]) == "t"
		}
		return nil
	})
	return number, moved, err
}

// lost is an error of a transaction that was not committed, and whose connection
// is gone.
type lost struct{ error }

func (l lost) Unwrap() error { return l.error }

// closed says whether a connection is gone.
func closed(conn *sql.Conn) bool {
	gone := true
	conn.Raw(func(driver any) error {
		gone = driver.(*stdlib.Conn).Conn().IsClosed()
		return nil
	})
	return gone
}

// refused says whether the server answered a commit that it was not done. If its
// last word was that the connection ends, it may have been done.
func refused(err error) bool {
	var e *pgconn.PgError
	if errors.As(err, &e) {
		return e.SeverityUnlocalized == "ERROR"
	}
	return errors.Is(err, pgx.ErrTxCommitRollback)
}

// settle learns what became of the transaction of this number, whose commit had
// no answer: nil if it was committed, lost if it was not.
func (p *postgres) settle(ctx context.Context, number string, cause error) error {
	ctx, cancel := context.WithTimeout(context.WithoutCancel(ctx), p.patience)
	defer cancel()
	tick := time.NewTicker(50 * time.Millisecond)
	defer tick.Stop()
	unknown := fmt.Errorf("store: %w: the connection to %s was lost while it committed; do it again with the same Once: %w", ErrUnknown, p.place, cause)
	for {
		var status sql.NullString
		var history string
		err := p.reader.QueryRowContext(ctx, `SELECT pg_xact_status($1::text::xid8), `+timeline, number).Scan(&status, &history)
		switch {
		case err != nil: // Not there yet.
		case history != p.timeline, !status.Valid:
			return unknown // Another server has taken over, and may not have what this one had.
		case status.String == "committed":
			return nil
		case status.String == "aborted":
			return lost{cause}
		}
		select {
		case <-tick.C:
		case <-ctx.Done():
			return unknown
		}
	}
}
