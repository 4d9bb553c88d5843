package source

import (
	"context"
	"database/sql/driver"
	"net"
	"sync"
	"time"
)

// inTime is a connector that gives up in time. Some drivers look at neither clock nor
// context once they have a connection, and would wait for ever, in a login or
// a TLS handshake, for a server that says nothing.
type inTime struct {
	driver  driver.Driver
	timeout time.Duration
	// with makes the driver's connector, which dials by d.
	with func(d *dialer) (driver.Connector, error)
}

func (b inTime) Driver() driver.Driver { return b.driver }

func (b inTime) Connect(ctx context.Context) (driver.Conn, error) {
	ctx, cancel := context.WithTimeoutCause(ctx, b.timeout, errSlow)
	defer cancel()
	d := &dialer{}
	c, err := b.with(d)
	if err != nil {
		return nil, err
	}
	stop := context.AfterFunc(ctx, d.hangUp)
	conn, err := c.Connect(ctx)
	if !stop() { // the connection has been closed under the driver's hands
		if err == nil {
			conn.Close()
		}
		return nil, context.Cause(ctx)
	}
	return conn, err
}

// dialer keeps the connections that it makes within reach.
type dialer struct {
	mu   sync.Mutex
	made []net.Conn
	done bool
}

func (d *dialer) DialContext(ctx context.Context, network, addr string) (net.Conn, error) {
	c, err := new(net.Dialer).DialContext(ctx, network, addr)
	if err != nil {
		return nil, err
	}
	d.mu.Lock()
	defer d.mu.Unlock()
	if d.done {
		c.Close()
		return nil, context.Canceled
	}
	d.made = append(d.made, c)
	return c, nil
}

func (d *dialer) hangUp() {
	d.mu.Lock()
	defer d.mu.Unlock()
	d.done = true
	for _, c := range d.made {
		c.Close()
	}
}
