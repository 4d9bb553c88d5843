package source

import (
	"container/list"
	"context"
	"database/sql"
	"sync"
)

// statements keeps prepared what is asked again and again with other values: a
// search looks up the same few hundred things for each person. To prepare such a
// statement costs SQLite more than to answer it, and MariaDB a round trip more. It
// is bounded by the text of what it keeps, since what a prepared statement takes
// grows with its text.
//
// A statement that is running is not in it, so that none is closed under a
// reader's hands; what is asked twice at the same time is prepared twice. Engines
// prepare again by themselves what a change of the schema has overtaken.
type statements struct {
	db    *sql.DB
	limit int // bytes of SQL

	mu     sync.Mutex
	idle   map[string]*list.Element // by text
	order  list.List                // of prepared, the one used last in front
	size   int                      // bytes of SQL that are idle
	closed bool
}

type prepared struct {
	text string
	stmt *sql.Stmt
}

func newStatements(db *sql.DB, limit int) *statements {
	return &statements{db: db, limit: limit, idle: map[string]*list.Element{}}
}

// take gives a prepared statement.
func (s *statements) take(ctx context.Context, text string) (prepared, error) {
	s.mu.Lock()
	if e := s.idle[text]; e != nil {
		p := s.remove(e)
		s.mu.Unlock()
		return p, nil
	}
	s.mu.Unlock()
	stmt, err := s.db.PrepareContext(ctx, text)
	return prepared{text, stmt}, err
}

// give keeps a statement for the next who takes it.
func (s *statements) give(p prepared) {
	s.mu.Lock()
	var drop []prepared
	if s.closed || s.idle[p.text] != nil {
		drop = append(drop, p)
	} else {
		s.idle[p.text] = s.order.PushFront(p)
		s.size += len(p.text)
		for s.size > s.limit {
			drop = append(drop, s.remove(s.order.Back()))
		}
	}
	s.mu.Unlock()
	for _, p := range drop {
		p.stmt.Close()
	}
}

func (s *statements) remove(e *list.Element) prepared {
	p := s.order.Remove(e).(prepared)
	delete(s.idle, p.text)
	s.size -= len(p.text)
	return p
}

// close lets go of all, and of those that are running when they are given back.
func (s *statements) close() {
	s.mu.Lock()
	s.closed = true
	var drop []prepared
	for s.order.Len() > 0 {
		drop = append(drop, s.remove(s.order.Front()))
	}
	s.mu.Unlock()
	for _, p := range drop {
		p.stmt.Close()
	}
}

// again is a querier for one statement that will be asked again. done must be
// called when its rows are closed.
type again struct {
	kept *statements
	prepared
}

func (a *again) QueryContext(ctx context.Context, text string, args ...any) (*sql.Rows, error) {
	var err error
	if a.prepared, err = a.kept.take(ctx, text); err != nil {
		return nil, err
	}
	return a.stmt.QueryContext(ctx, args...)
}

func (a *again) done() {
	if a.stmt != nil {
		a.kept.give(a.prepared)
	}
}
