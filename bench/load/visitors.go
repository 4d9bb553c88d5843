package main

import (
	"context"
	"errors"
	"fmt"
	"io"
	"math/rand/v2"
	"net"
	"net/http"
	"net/http/cookiejar"
	"net/url"
	"regexp"
	"strings"
	"sync"
	"sync/atomic"
	"time"

	"tenet/bench/served"
)

// step is one request that somebody makes. It says which page it was for.
type step func(context.Context) (page string, status int, err error)

// load is those who ask: who is idle waits in a channel for their next step.
type load struct {
	sent    atomic.Int64 // requests that came to their end
	born    atomic.Int64
	idle    chan *visitor
	friends sync.Pool
}

func newLoad() *load { return &load{idle: make(chan *visitor, 4096)} }

// visitor is a browser with an address of its own and something to do.
type visitor struct {
	http *http.Client
	at   string
	todo []call
	page string // what the last answer said
}

// call is a page to open, or a form to send.
type call struct {
	page string
	path string
	form url.Values // nil opens the page
}

func (l *load) visitor(at string) *visitor {
	n := l.born.Add(1)
	jar, err := cookiejar.New(nil)
	if err != nil {
		panic(err) // it has no options, and fails only for those
	}
	from := &net.TCPAddr{IP: net.IPv4(127, byte(1+n>>16&63), byte(n>>8), byte(n))}
	d := &net.Dialer{LocalAddr: from, Timeout: 10 * time.Second}
	return &visitor{at: at, http: &http.Client{
		Jar: jar, Timeout: 30 * time.Second,
		CheckRedirect: func(*http.Request, []*http.Request) error { return http.ErrUseLastResponse },
		Transport:     &http.Transport{DialContext: d.DialContext, MaxIdleConnsPerHost: 1, IdleConnTimeout: 20 * time.Second},
	}}
}

var errStatus = errors.New("not the status that was expected")

// does makes one request. Where it is sent elsewhere, that is the next thing to do.
func (v *visitor) does(ctx context.Context, c call) (int, error) {
	method, body := http.MethodGet, io.Reader(nil)
	if c.form != nil {
		method, body = http.MethodPost, strings.NewReader(c.form.Encode())
	}
	req, err := http.NewRequestWithContext(ctx, method, v.at+c.path, body)
	if err != nil {
		return 0, err
	}
	if c.form != nil {
		req.Header.Set("Content-Type", "application/x-www-form-urlencoded")
	}
	res, err := v.http.Do(req)
	if err != nil {
		return 0, err
	}
	defer res.Body.Close()
	text, err := io.ReadAll(res.Body)
	if err != nil {
		return res.StatusCode, err
	}
	v.page = string(text)
	if to := res.Header.Get("Location"); res.StatusCode == http.StatusSeeOther && to != "" {
		v.todo = append([]call{{page: c.page + ", shown", path: to}}, v.todo...)
		return res.StatusCode, nil
	}
	if res.StatusCode != http.StatusOK {
		return res.StatusCode, fmt.Errorf("%w: %s %s is a %d", errStatus, method, c.path, res.StatusCode)
	}
	return res.StatusCode, nil
}

func form(pairs ...string) url.Values {
	f := url.Values{}
	for i := 0; i+1 < len(pairs); i += 2 {
		f.Set(pairs[i], pairs[i+1])
	}
	return f
}

// atPortal is the next step of somebody at the portal.
func (l *load) atPortal(at string) step {
	return func(ctx context.Context) (string, int, error) {
		var v *visitor
		select {
		case v = <-l.idle:
		default:
			v = l.visitor(at)
			v.todo = errand()
		}
		c := v.todo[0]
		v.todo = v.todo[1:]
		status, err := v.does(ctx, c)
		if err == nil && strings.HasSuffix(c.page, "sent, shown") && reference.MatchString(v.page) {
			l.sent.Add(1)
		}
		if len(v.todo) > 0 && err == nil {
			l.idle <- v
		} else {
			v.http.CloseIdleConnections()
		}
		return "portal " + strings.TrimSuffix(c.page, ", shown"), status, err
	}
}

var reference = regexp.MustCompile(`[A-Z]{2,4}-\d{4}-\d{4}`)

// errand is what one visitor of the portal does: nineteen in twenty look around and
// leave, and one asks for something.
func errand() []call {
	look := []call{{"home", "/", nil}, {"notice", "/notice", nil}, {"contact", "/contact", nil}, {"form", "/request/what", nil}, {"follow", "/follow", nil}}
	if rand.IntN(20) > 0 {
		rand.Shuffle(len(look), func(i, j int) { look[i], look[j] = look[j], look[i] })
		return look[:2+rand.IntN(4)]
	}
	name := fmt.Sprintf("%s %s", pick("Aled", "Bronwen", "Chidi", "Dilys", "Ewan", "Farah", "Grainne", "Hamza"), pick("Inkpen", "Jarrold", "Kettley", "Lomas", "Marchbank", "Nuttall"))
	return []call{
		{"home", "/", nil},
		{"form", "/request/what", form("what", pick("access", "rectification", "erasure", "objection"))},
		{"form", "/request/about", form("about", "What I have been told about the repairs")},
		{"form", "/request/who", form("who", "self")},
		{"form", "/request/name", form("name", name)},
		{"form", "/request/reach", form("email", fmt.Sprintf("visitor%d@example.org", rand.IntN(1e9)))},
		{"form", "/request/safe", form("safe", "yes")},
		{"form", "/request/help", form("born-day", "2", "born-month", "3", "born-year", "1970")},
		{"sent", "/request/check", form()},
	}
}

func pick(of ...string) string { return of[rand.IntN(len(of))] }

// colleagues signs staff in, which takes a slow hash each and is not measured.
func (l *load) colleagues(ctx context.Context, at string, n int) (chan *visitor, error) {
	all := make(chan *visitor, n)
	for i := range n {
		v := l.visitor(at)
		if _, err := v.does(ctx, call{"sign in", "/sign-in", form("name", served.Login(i), "password", served.Password)}); err != nil {
			return nil, err
		}
		if len(v.todo) != 1 {
			return nil, fmt.Errorf("%s is not let in", served.Login(i))
		}
		if _, err := v.does(ctx, v.todo[0]); err != nil && !errors.Is(err, errStatus) {
			return nil, err
		}
		v.todo = nil
		all <- v
	}
	return all, nil
}

var (
	once    = regexp.MustCompile(`name="once" value="([^"]*)"`)
	ofCases = regexp.MustCompile(`href="(/cases/[A-Z]{2,4}-\d{4}-\d{4})"`)
)

// atConsole is the next step of a member of staff, who does one thing at a time: where
// all are busy, one waits, as they would.
func (l *load) atConsole(staff chan *visitor) step {
	return func(ctx context.Context) (string, int, error) {
		var v *visitor
		select {
		case v = <-staff:
		case <-ctx.Done():
			return "console", 0, ctx.Err()
		}
		defer func() { staff <- v }()
		if len(v.todo) == 0 {
			v.todo = chore()
		}
		c := v.todo[0]
		v.todo = v.todo[1:]
		if c.path == "" { // one of the cases on the list that was opened before
			all := ofCases.FindAllStringSubmatch(v.page, -1)
			if len(all) == 0 {
				c.path = "/cases"
			} else {
				c.path = all[rand.IntN(len(all))][1] + pick("", "/tasks", "/history", "/do/clarify")
			}
		}
		if c.page == "enter" {
			if m := once.FindStringSubmatch(v.page); m != nil {
				c.form.Set("once", m[1])
			}
		}
		status, err := v.does(ctx, c)
		if err == nil && c.page == "enter, shown" {
			l.sent.Add(1)
		}
		if err != nil {
			v.todo = nil
		}
		return "console " + strings.TrimSuffix(c.page, ", shown"), status, err
	}
}

// chore is what a member of staff does next: one in fifty times they enter a request.
func chore() []call {
	switch n := rand.IntN(50); {
	case n == 0:
		f := form("asked", "Everything about my complaint", "kind", pick("access", "rectification", "foi"), "channel", "phone", "received-day", time.Now().Format("2"), "received-month", time.Now().Format("January"),
			"received-year", time.Now().Format("2006"), "name", fmt.Sprintf("Caller %x", rand.Uint64()), "email", fmt.Sprintf("caller%x@example.org", rand.Uint64()))
		return []call{{"new case", "/cases/new", nil}, {"enter", "/cases/new", f}}
	case n < 5:
		return []call{{"figures", "/cases/figures", nil}}
	case n < 10:
		return []call{{"tasks", "/cases/tasks", nil}}
	}
	return []call{{"list", "/cases", nil}, {"case", "", nil}}
}

// plain asks a server that does nothing but answer.
func (l *load) plain(at string, n int) step {
	return func(ctx context.Context) (string, int, error) {
		v, _ := l.friends.Get().(*visitor)
		if v == nil {
			v = l.visitor(at)
		}
		defer l.friends.Put(v)
		status, err := v.does(ctx, call{"plain", fmt.Sprint("/", n), nil})
		return "plain", status, err
	}
}
