package index

import (
	"context"
	"database/sql"
	"sync"
)

// mostPrepared is how many statements stay prepared: those of the few hundred
// tables that searches keep coming back to.
const mostPrepared = 512

// statements keeps prepared what every search asks again with other values: to
// prepare one costs SQLite more than to answer it. When there are too many all of
// them go: those of segments that have been replaced are of no use.
type statements struct {
	db *sql.DB

	mu   sync.RWMutex // held to read while one of kept is begun, so that none is closed under it
	kept map[string]*sql.Stmt
}

func (s *statements) QueryContext(ctx context.Context, query string, args ...any) (*sql.Rows, error) {
	s.mu.RLock()
	if stmt := s.kept[query]; stmt != nil {
		defer s.mu.RUnlock()
		return stmt.QueryContext(ctx, args...)
	}
	s.mu.RUnlock()
	stmt, err := s.db.PrepareContext(ctx, query)
	if err != nil {
		return nil, err
	}
	rs, err := stmt.QueryContext(ctx, args...)
	s.keep(query, stmt)
	return rs, err
}

// keep takes a statement in. One that is closed while its rows are read goes when
// they have been.
func (s *statements) keep(query string, stmt *sql.Stmt) {
	s.mu.Lock()
	defer s.mu.Unlock()
	if s.kept[query] != nil {
		stmt.Close()
		return
	}
	if len(s.kept) >= mostPrepared {
		for _, old := range s.kept {
			old.Close()
		}
		clear(s.kept)
	}
	s.kept[query] = stmt
}
