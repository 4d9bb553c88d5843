package store

import (
	"context"
	"net"
	"net/url"
	"path/filepath"
	"strings"
	"sync"
	"sync/atomic"
	"testing"

	"github.com/jackc/pgx/v5/pgproto3"
)

// wire stands between a store and its server, and cuts connections.
type wire struct {
	net.Listener
	server string // the server's socket
	// cut is asked for every message of a client, until it cuts.
	cut    atomic.Pointer[func(pgproto3.FrontendMessage) cut]
	closed atomic.Bool // nobody new is let through
}

type cut int

const (
	keep   cut = iota
	before     // the server never sees the message
	after      // the client never sees the answer
)

// through is a place whose connections go over a wire.
func through(t *testing.T, at place) (place, *wire) {
	t.Helper()
	u, err := url.Parse(at.url)
	if err != nil {
		t.Fatal(err)
	}
	q := u.Query()
	listener, err := net.Listen("tcp", "127.0.0.1:0")
	if err != nil {
		t.Fatal(err)
	}
	w := &wire{Listener: listener, server: filepath.Join(q.Get("host"), ".s.PGSQL."+q.Get("port"))}
	var wg sync.WaitGroup
	ctx, cancel := context.WithCancel(context.Background())
	t.Cleanup(func() {
		cancel()
		w.Close()
		wg.Wait()
	})
	wg.Go(func() {
		for {
			client, err := w.Accept()
			if err != nil {
				return
			}
			wg.Go(func() { w.carry(ctx, client) })
		}
	})
	host, port, err := net.SplitHostPort(w.Addr().String())
	if err != nil {
		t.Fatal(err)
	}
	q.Set("host", host)
	q.Set("port", port)
	q.Set("sslmode", "disable")
	u.RawQuery = q.Encode()
	return place{"postgres", u.String()}, w
}

// carry carries one connection until either side ends it, or it is cut.
func (w *wire) carry(ctx context.Context, client net.Conn) {
	defer client.Close()
	if w.closed.Load() {
		return
	}
	server, err := net.Dial("unix", w.server)
	if err != nil {
		return
	}
	defer server.Close()
	defer context.AfterFunc(ctx, func() {
		client.Close()
		server.Close()
	})()
	from := pgproto3.NewBackend(client, client)
	start, err := from.ReceiveStartupMessage()
	if err != nil || send(server, start) != nil {
		return
	}
	var deaf atomic.Bool
	answered := make(chan struct{})
	go func() {
		defer close(answered)
		defer client.Close()
		buf := make([]byte, 1<<16)
		for {
			n, err := server.Read(buf)
			if err != nil || deaf.Load() {
				return
			}
			if _, err := client.Write(buf[:n]); err != nil {
				return
			}
		}
	}()
	defer func() {
		server.Close()
		<-answered
	}()
	for {
		m, err := from.Receive()
		if err != nil {
			return
		}
		what := keep
		if ask := w.cut.Load(); ask != nil {
			if what = (*ask)(m); what != keep {
				w.cut.Store(nil)
			}
		}
		if what == before {
			return
		}
		deaf.Store(what == after)
		if send(server, m) != nil {
			return
		}
		if what == after {
			if _, ok := m.(*pgproto3.Query); !ok && send(server, &pgproto3.Sync{}) != nil {
				return
			}
			<-answered // The server's answer shows that it was done.
			return
		}
	}
}

func send(to net.Conn, m pgproto3.FrontendMessage) error {
	b, err := m.Encode(nil)
	if err == nil {
		_, err = to.Write(b)
	}
	return err
}

// on cuts at the next message that begins so, having done more if more is given.
func (w *wire) on(what cut, words string, more ...func()) {
	ask := func(m pgproto3.FrontendMessage) cut {
		var said string
		switch m := m.(type) {
		case *pgproto3.Query:
			said = m.String
		case *pgproto3.Parse:
			said = m.Query
		}
		if !strings.HasPrefix(said, words) {
			return keep
		}
		for _, f := range more {
			f()
		}
		return what
	}
	w.cut.Store(&ask)
}
