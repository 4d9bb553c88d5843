package web

import (
	"container/list"
	"net"
	"net/http"
	"net/netip"
	"slices"
	"strings"
	"sync"
	"time"

	"golang.org/x/time/rate"
)

// Limiter counts tries by key (an address, an account, a reference), so that
// nobody guesses a secret by trying. It remembers a bounded number of keys.
type Limiter struct {
	every rate.Limit
	burst int
	max   int
	now   func() time.Time

	mu    sync.Mutex
	byKey map[string]*list.Element
	order *list.List // of *tries, the one used last in front
}

type tries struct {
	key string
	lim *rate.Limiter
}

// NewLimiter allows burst tries at once for a key, and then one in each every.
func NewLimiter(every time.Duration, burst int, now func() time.Time) *Limiter {
	return &Limiter{
		every: rate.Every(every), burst: burst, max: 10_000, now: now,
		byKey: make(map[string]*list.Element), order: list.New(),
	}
}

// Allow says whether every one of the keys may have another try, and counts it.
func (l *Limiter) Allow(keys ...string) bool {
	l.mu.Lock()
	defer l.mu.Unlock()
	ok := true
	for _, key := range keys {
		// Each key is counted even when another has already refused, so that the
		// answer does not say which of them it was.
		ok = l.get(key).AllowN(l.now(), 1) && ok
	}
	return ok
}

func (l *Limiter) get(key string) *rate.Limiter {
	if e, ok := l.byKey[key]; ok {
		l.order.MoveToFront(e)
		return e.Value.(*tries).lim
	}
	t := &tries{key, rate.NewLimiter(l.every, l.burst)}
	l.byKey[key] = l.order.PushFront(t)
	if l.order.Len() > l.max {
		last := l.order.Back()
		delete(l.byKey, last.Value.(*tries).key)
		l.order.Remove(last)
	}
	return t.lim
}

// HostBehind is [RemoteHost] where requests come through proxies of one's own: what
// such a proxy says in X-Forwarded-For is believed as far as proxies of one's own said it,
// which is the last address that is none of theirs. From anybody else the header says
// nothing. A proxy has to add to the header, or set it, and not hand on what it was given.
func HostBehind(proxies []netip.Prefix) func(*http.Request) string {
	own := func(host string) bool {
		a, err := netip.ParseAddr(host)
		return err == nil && slices.ContainsFunc(proxies, func(p netip.Prefix) bool { return p.Contains(a.Unmap()) })
	}
	return func(r *http.Request) string {
		host := RemoteHost(r)
		said := strings.Split(strings.Join(r.Header.Values("X-Forwarded-For"), ","), ",")
		for i := len(said) - 1; i >= 0 && own(host); i-- {
			a, err := netip.ParseAddr(strings.TrimSpace(said[i]))
			if err != nil {
				break
			}
			host = a.Unmap().WithZone("").String()
		}
		return host
	}
}

// RemoteHost is the address a request came from, as the connection has it. What
// a header says is not believed: anyone can write one.
func RemoteHost(r *http.Request) string {
	host, _, err := net.SplitHostPort(r.RemoteAddr)
	if err != nil {
		return r.RemoteAddr
	}
	return host
}
