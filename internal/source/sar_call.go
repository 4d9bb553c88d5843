package source

import (
	"context"
	"crypto/tls"
	"errors"
	"fmt"
	"io"
	"math/rand/v2"
	"net/http"
	"net/url"
	"strconv"
	"sync"
	"time"

	"tenet/internal/doc"
)

// What an *Error of a service over HTTP may wrap besides.
var (
	// ErrSuspended: it failed several times in a row, and is left alone for a while.
	ErrSuspended = errors.New("asking it is suspended")
	// ErrAnswer: it answered, and not as the contract has it.
	ErrAnswer = errors.New("the answer is not one of the contract")
)

const (
	callTries   = 4                // of one call, the first among them
	callWait    = 30 * time.Second // the longest wait between two of them
	circuitTrip = 5                // calls that fail in a row before it opens
	circuitMin  = time.Minute      // for which it opens first, and twice as long each time
	circuitMax  = time.Hour
)

// tryAgain is a failure that may pass.
type tryAgain struct {
	err   error
	after time.Duration // what the service asks to be left alone for; 0 if it does not say
}

func (t *tryAgain) Error() string { return t.err.Error() }
func (t *tryAgain) Unwrap() error { return t.err }

// call sends a request, waits for its turn before and goes on trying while that may help.
// The token goes to the service's own server alone. Errors name neither
// the address nor who was asked about.
func (s *sar) call(ctx context.Context, method string, u *url.URL, accept string, read func(*http.Response) error) error {
	for n := 1; ; n++ {
		reserved := s.limiter.ReserveN(s.now(), 1)
		if err := s.sleep(ctx, reserved.DelayFrom(s.now())); err != nil {
			reserved.CancelAt(s.now())
			return err
		}
		err := s.callOnce(ctx, method, u, accept, read)
		var again *tryAgain
		if !errors.As(err, &again) || n == callTries || again.after > callWait || ctx.Err() != nil {
			return err
		}
		wait := again.after
		if wait == 0 { // half a second, one, two, and up to half as much again
			wait = time.Second / 2 << (n - 1)
			wait += rand.N(wait / 2)
		}
		if err := s.sleep(ctx, wait); err != nil {
			return err
		}
	}
}

func (s *sar) callOnce(ctx context.Context, method string, u *url.URL, accept string, read func(*http.Response) error) error {
	within, cancel := context.WithTimeout(ctx, s.opts.Limits.Statement)
	defer cancel()
	defer context.AfterFunc(s.life, cancel)()
	req, err := http.NewRequestWithContext(within, method, u.String(), nil)
	if err != nil {
		return errors.New("its address cannot be called")
	}
	req.Header.Set("Accept", accept)
	req.Header.Set("User-Agent", "tenet")
	if s.at.token != "" && sameOrigin(u, s.at.base) {
		req.Header.Set("Authorization", "Bearer "+s.at.token)
	}
	res, err := s.client.Do(req)
	if err == nil {
		err = read(res)
		res.Body.Close()
	}
	var wrapped *url.Error // it quotes the address, and so whom it was about
	if errors.As(err, &wrapped) && wrapped.Err != nil {
		err = unreachable(wrapped.Err)
	}
	switch {
	case ctx.Err() != nil:
		return ctx.Err()
	case s.life.Err() != nil:
		return errors.New("the source was closed")
	case within.Err() != nil:
		return fmt.Errorf("%w: no whole answer within %s", ErrUnreachable, s.opts.Limits.Statement)
	}
	return err
}

func unreachable(err error) error {
	if errors.Is(err, errRedirect) {
		return fmt.Errorf("%w: %w", ErrAnswer, err)
	}
	err = fmt.Errorf("%w: %w", ErrUnreachable, err)
	var untrusted *tls.CertificateVerificationError
	if errors.As(err, &untrusted) {
		return err // and will be so next time
	}
	return &tryAgain{err: err}
}

// refusal is the error for a status that is no answer. Of the body nothing is shown.
func refusal(r *http.Response, now time.Time) error {
	status := fmt.Sprintf("it answered %d %s", r.StatusCode, http.StatusText(r.StatusCode))
	switch r.StatusCode {
	case http.StatusUnauthorized, http.StatusForbidden:
		return fmt.Errorf("%w: %s", ErrRefused, status)
	case http.StatusTooManyRequests, http.StatusServiceUnavailable, http.StatusBadGateway, http.StatusGatewayTimeout:
		return &tryAgain{err: fmt.Errorf("%w: %s", ErrUnreachable, status), after: retryAfter(r.Header.Get("Retry-After"), now)}
	}
	if r.StatusCode >= 500 {
		return fmt.Errorf("%w: %s", ErrUnreachable, status)
	}
	return fmt.Errorf("%w: %s", ErrAnswer, status)
}

// retryAfter reads the header of that name (RFC 9110, 10.2.3): seconds, or a date.
func retryAfter(v string, now time.Time) time.Duration {
	if n, err := strconv.ParseUint(v, 10, 31); err == nil {
		return time.Duration(n) * time.Second
	}
	if at, err := http.ParseTime(v); err == nil && at.After(now) {
		return at.Sub(now)
	}
	return 0
}

func mendCall(err error) string {
	switch {
	case errors.Is(err, ErrSuspended):
		return "see to the service; tenet source check asks how it is"
	case errors.Is(err, ErrRefused):
		return "see that the token is right and has not run out: token=env:NAME in the source's URL"
	case errors.Is(err, ErrAnswer):
		return "see that the URL is the one at which the service answers access requests"
	}
	return ""
}

// sleep waits, unless the context ends first.
func sleep(ctx context.Context, d time.Duration) error {
	if d <= 0 {
		return ctx.Err()
	}
	t := time.NewTimer(d)
	defer t.Stop()
	select {
	case <-t.C:
		return nil
	case <-ctx.Done():
		return ctx.Err()
	}
}

// circuit leaves a service alone that has failed several times in a row: for a
// minute, then twice as long each time that a single trial fails again. The zero value is closed.
type circuit struct {
	mu       sync.Mutex
	failures int // in a row
	opened   int // times since it last worked
	until    time.Time
	trying   bool
}

// enter asks to make a call; leave must be told how it went. An error is ErrSuspended.
func (c *circuit) enter(now time.Time) (leave func(now time.Time, err error, cancelled bool), err error) {
	c.mu.Lock()
	defer c.mu.Unlock()
	trial := c.opened > 0
	if trial && now.Before(c.until) {
		return nil, fmt.Errorf("%w after %d failures in a row; it will be tried again at %s, in %s", ErrSuspended, c.failures, clockTime(c.until), c.until.Sub(now).Round(time.Second))
	}
	if trial && c.trying {
		return nil, fmt.Errorf("%w after %d failures in a row; it is being tried again just now", ErrSuspended, c.failures)
	}
	c.trying = trial
	return func(now time.Time, err error, cancelled bool) { c.leave(now, err, cancelled, trial) }, nil
}

func (c *circuit) leave(now time.Time, err error, cancelled, trial bool) {
	c.mu.Lock()
	defer c.mu.Unlock()
	if trial {
		c.trying = false
	}
	switch {
	case err == nil:
		c.failures, c.opened = 0, 0
		return
	case cancelled: // which says nothing about the service
		return
	case !trial && c.opened > 0: // set out before it opened
		return
	}
	c.failures++
	var again *tryAgain
	asked := time.Duration(0)
	if errors.As(err, &again) && again.after > callWait {
		asked = min(again.after, 24*time.Hour)
	}
	if c.failures < circuitTrip && asked == 0 && !trial {
		return
	}
	open := min(circuitMin<<min(c.opened, 10), circuitMax)
	c.opened++
	c.until = now.Add(max(open, asked))
}

// suspended says until when no calls are made.
func (c *circuit) suspended(now time.Time) (time.Time, bool) {
	c.mu.Lock()
	defer c.mu.Unlock()
	return c.until, c.opened > 0 && now.Before(c.until)
}

func clockTime(t time.Time) string { return t.UTC().Format("15:04:05 UTC on 2 January 2006") }

// answers holds what was answered a moment ago, so that the lookups of one search in several
// tables make one call.
type answers struct {
	mu    sync.Mutex
	live  map[string]*asked
	order []string // of coming, the oldest first
	size  int
}

// asked is one question: done is closed when it is answered, or has failed.
type asked struct {
	done   chan struct{}
	answer *answer
	err    error
	came   time.Time
}

const (
	answerAge  = time.Minute
	answerSize = 32 << 20 // bytes of all that are kept; the last one may be larger alone
)

// get is the answer about an id: one on its way or of a moment ago, else that of fetch.
func (a *answers) get(ctx context.Context, id string, now func() time.Time, fetch func() (*answer, error)) (*answer, error) {
	for {
		a.mu.Lock()
		a.shed(now())
		q, ok := a.live[id]
		if !ok {
			q = &asked{done: make(chan struct{})}
			a.live[id] = q
			a.mu.Unlock()
			q.answer, q.err = fetch()
			a.keep(id, q, now())
			close(q.done)
			return q.answer, q.err
		}
		a.mu.Unlock()
		select {
		case <-q.done:
		case <-ctx.Done():
			return nil, ctx.Err()
		}
		if q.err == nil || !errors.Is(q.err, context.Canceled) && !errors.Is(q.err, context.DeadlineExceeded) {
			return q.answer, q.err
		}
		// Whoever asked gave up, which is not for us to do.
	}
}

func (a *answers) keep(id string, q *asked, now time.Time) {
	a.mu.Lock()
	defer a.mu.Unlock()
	if a.live[id] != q { // forgotten meanwhile
		return
	}
	if q.err != nil {
		delete(a.live, id)
		return
	}
	q.came = now
	a.order = append(a.order, id)
	a.size += q.answer.size
	a.shed(now)
}

// shed lets go of what is old, or too much.
func (a *answers) shed(now time.Time) {
	for len(a.order) > 0 {
		q := a.live[a.order[0]]
		if now.Sub(q.came) < answerAge && (a.size <= answerSize || len(a.order) == 1) {
			return
		}
		a.size -= q.answer.size
		delete(a.live, a.order[0])
		a.order = a.order[1:]
	}
}

func (a *answers) forget() {
	a.mu.Lock()
	defer a.mu.Unlock()
	a.live, a.order, a.size = map[string]*asked{}, nil, 0
}

// bounded reads no more than so many bytes; left is negative if there were more. It keeps the
// error that ended it.
type bounded struct {
	r    io.Reader
	left int64
	err  error
}

var errTooLong = errors.New("longer than the limit")

func (b *bounded) Read(p []byte) (int, error) {
	if b.left < 0 {
		return 0, errTooLong
	}
	if int64(len(p)) > b.left+1 {
		p = p[:b.left+1]
	}
	n, err := b.r.Read(p)
	b.left -= int64(n)
	if err != nil && err != io.EOF {
		b.err = err
	}
	return n, err
}

func orDefault(n, def int64) int64 {
	if n <= 0 {
		return def
	}
	return n
}

func thousands(n int64) string { return doc.Thousands(n) }
