package source

import (
	"context"
	"errors"
	"sync"
	"time"

	"github.com/jackc/pgx/v5"
)

// pgPool shares a few connections. It keeps no more open than are in use and
// two besides: the server is somebody else's.
type pgPool struct {
	conf  *pgx.ConnConfig
	slots chan struct{}

	mu     sync.Mutex
	idle   []idleConn
	closed bool
}

type idleConn struct {
	*pgx.Conn
	since time.Time
}

var errClosed = errors.New("the source has been closed")

func newPGPool(conf *pgx.ConnConfig, size int) *pgPool {
	return &pgPool{conf: conf, slots: make(chan struct{}, size)}
}

// acquire gives a connection that works. It waits while all are in use.
func (p *pgPool) acquire(ctx context.Context) (*pgx.Conn, error) {
	select {
	case p.slots <- struct{}{}:
	case <-ctx.Done():
		return nil, ctx.Err()
	}
	for {
		c, err := p.take()
		if err != nil {
			<-p.slots
			return nil, err
		}
		if c == nil {
			break
		}
		// One that has lain idle may be dead and not know it.
		if time.Since(c.since) < time.Second || c.Ping(ctx) == nil {
			return c.Conn, nil
		}
		hangUp(c.Conn)
	}
	conn, err := pgx.ConnectConfig(ctx, p.conf)
	if err != nil {
		<-p.slots
		return nil, err
	}
	return conn, nil
}

// take is an idle connection, or nil if there is none.
func (p *pgPool) take() (*idleConn, error) {
	p.mu.Lock()
	defer p.mu.Unlock()
	if p.closed {
		return nil, errClosed
	}
	if n := len(p.idle); n > 0 {
		c := p.idle[n-1]
		p.idle = p.idle[:n-1]
		return &c, nil
	}
	return nil, nil
}

// release takes a connection back. One in the middle of something is not used
// again.
func (p *pgPool) release(c *pgx.Conn) {
	defer func() { <-p.slots }()
	p.mu.Lock()
	keep := !p.closed && !c.IsClosed() && !c.PgConn().IsBusy() && c.PgConn().TxStatus() == 'I' && len(p.idle) < 2
	if keep {
		p.idle = append(p.idle, idleConn{c, time.Now()})
	}
	p.mu.Unlock()
	if !keep {
		hangUp(c)
	}
}

func (p *pgPool) close() {
	p.mu.Lock()
	idle := p.idle
	p.idle, p.closed = nil, true
	p.mu.Unlock()
	for _, c := range idle {
		hangUp(c.Conn)
	}
}

// hangUp closes a connection without waiting long for a server that may be gone.
func hangUp(c *pgx.Conn) {
	ctx, cancel := context.WithTimeout(context.Background(), time.Second)
	defer cancel()
	c.Close(ctx)
}

// with runs f with a connection.
func (p *pgPool) with(ctx context.Context, f func(*pgx.Conn) error) error {
	c, err := p.acquire(ctx)
	if err != nil {
		return err
	}
	defer p.release(c)
	return f(c)
}
