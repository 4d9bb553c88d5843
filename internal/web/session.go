package web

import (
	"container/list"
	"net/http"
	"sync"
	"time"

	"github.com/alexedwards/scs/v2"
)

// SessionConfig says how long a face remembers a browser, and where.
type SessionConfig struct {
	Name string        // of the cookie
	Idle time.Duration // forgotten after this long without a request
	Life time.Duration // forgotten after this long, come what may
	// Store keeps the sessions; nil keeps up to 10,000 of them in memory, which is
	// right for one process: everyone signs in again after a restart.
	Store scs.Store
	// TLS marks the cookie Secure, bound to this host alone.
	TLS      bool
	SameSite http.SameSite
	OnError  func(http.ResponseWriter, *http.Request, error)
}

// NewSessions returns the sessions of one face. The cookie ends with the
// browser, no script can read it, and the store holds only a hash of it.
func NewSessions(c SessionConfig) *scs.SessionManager {
	s := scs.New()
	s.Store = c.Store
	if s.Store == nil {
		s.Store = NewMemory(10_000, time.Now)
	}
	s.IdleTimeout, s.Lifetime = c.Idle, c.Life
	s.HashTokenInStore = true
	s.Cookie.Name = c.Name
	if c.TLS {
		s.Cookie.Name = "__Host-" + c.Name
		s.Cookie.Secure = true
	}
	s.Cookie.HttpOnly = true
	s.Cookie.Persist = false
	s.Cookie.SameSite = c.SameSite
	if c.OnError != nil {
		s.ErrorFunc = c.OnError
	}
	return s
}

// Memory keeps sessions in memory, and never more than it was made for: the one
// touched longest ago gives way. It is an [scs.Store].
type Memory struct {
	max int
	now func() time.Time

	mu    sync.Mutex
	byKey map[string]*list.Element
	order *list.List // of *kept, the one touched last in front
}

type kept struct {
	key    string
	data   []byte
	expiry time.Time
}

// NewMemory returns an empty store for at most max sessions.
func NewMemory(max int, now func() time.Time) *Memory {
	return &Memory{max: max, now: now, byKey: make(map[string]*list.Element), order: list.New()}
}

// Find returns what was committed under a key and has not expired.
func (m *Memory) Find(key string) ([]byte, bool, error) {
	m.mu.Lock()
	defer m.mu.Unlock()
	e, ok := m.byKey[key]
	if !ok {
		return nil, false, nil
	}
	k := e.Value.(*kept)
	if !k.expiry.After(m.now()) {
		m.remove(e)
		return nil, false, nil
	}
	m.order.MoveToFront(e)
	return k.data, true, nil
}

// Commit keeps data under a key until expiry.
func (m *Memory) Commit(key string, data []byte, expiry time.Time) error {
	m.mu.Lock()
	defer m.mu.Unlock()
	if e, ok := m.byKey[key]; ok {
		*e.Value.(*kept) = kept{key, data, expiry}
		m.order.MoveToFront(e)
		return nil
	}
	m.byKey[key] = m.order.PushFront(&kept{key, data, expiry})
	for m.order.Len() > m.max {
		m.remove(m.order.Back())
	}
	return nil
}

// Delete forgets a key.
func (m *Memory) Delete(key string) error {
	m.mu.Lock()
	defer m.mu.Unlock()
	if e, ok := m.byKey[key]; ok {
		m.remove(e)
	}
	return nil
}

func (m *Memory) remove(e *list.Element) {
	delete(m.byKey, e.Value.(*kept).key)
	m.order.Remove(e)
}
