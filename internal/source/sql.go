package source

import (
	"context"
	"errors"
	"fmt"
	"strings"
	"time"
)

// quoteIdent is a name as SQL takes it, whatever is in it.
func quoteIdent(name string) string {
	return `"` + strings.ReplaceAll(name, `"`, `""`) + `"`
}

func quoteIdents(names []string) string {
	out := make([]string, len(names))
	for i, n := range names {
		out[i] = quoteIdent(n)
	}
	return strings.Join(out, ", ")
}

var errSlow = errors.New("no answer within the time-out")

// waiting is a context that ends when an engine takes too long over one step.
// The clock runs only between begin and end, so that a reader who is slow to
// take rows does not count against the engine.
type waiting struct {
	context.Context
	cancel context.CancelCauseFunc
	timer  *time.Timer
	limit  time.Duration
}

func wait(ctx context.Context, limit time.Duration) *waiting {
	w := &waiting{limit: limit}
	w.Context, w.cancel = context.WithCancelCause(ctx)
	w.timer = time.AfterFunc(limit, func() { w.cancel(errSlow) })
	return w
}

func (w *waiting) begin() { w.timer.Reset(w.limit) }
func (w *waiting) end()   { w.timer.Stop() }

func (w *waiting) close() {
	w.timer.Stop()
	w.cancel(nil)
}

// explain puts the reason why the context has ended in place of what that leads
// to: "context canceled", or a connection that is gone.
func (w *waiting) explain(err error) error {
	cause := context.Cause(w.Context)
	if errors.Is(cause, errSlow) {
		return fmt.Errorf("%w of %s", errSlow, w.limit)
	}
	if cause != nil {
		return cause
	}
	return err
}
