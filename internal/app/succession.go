package app

import (
	"context"
	"net/http"
	"sync"
	"sync/atomic"
	"time"
)

// turning is how often it is looked whether another version of the notice has come into
// force: soon after midnight, and soon after somebody adopted one for today.
const turning = time.Minute

// front is a face as it is now. Requests that are under way when it changes are finished
// by the one they came to.
type front struct{ now atomic.Pointer[http.Handler] }

func (f *front) show(h http.Handler) { f.now.Store(&h) }

func (f *front) ServeHTTP(w http.ResponseWriter, r *http.Request) { (*f.now.Load()).ServeHTTP(w, r) }

// terms does what goes on behind the faces until ctx ends. Each version of the notice has
// its term: when another comes into force an office under that one is seated, and the work
// goes on there. Work that was cut short is taken up again, as it is after a restart.
func (o *office) terms(ctx context.Context, every time.Duration, seat func(*office) error) error {
	for {
		term, end := context.WithCancel(ctx)
		var next *office
		var watch sync.WaitGroup
		watch.Go(func() {
			next = o.successor(term, every, seat)
			end()
		})
		err := o.behind(term)
		end()
		watch.Wait()
		if next == nil {
			return err
		}
		o = next
	}
}

// successor waits for a version of the notice to come into force, and gives the office
// under it, seated; nil if ctx ends first. One that cannot be seated is told of once, and
// the version that there is goes on deciding.
func (o *office) successor(ctx context.Context, every time.Duration, seat func(*office) error) *office {
	tick := time.NewTicker(every)
	defer tick.Stop()
	said := ""
	for {
		select {
		case <-ctx.Done():
			return nil
		case <-tick.C:
		}
		next, err := o.next(ctx, seat)
		switch {
		case ctx.Err() != nil:
			return nil
		case err != nil && err.Error() != said:
			said = err.Error()
			o.log.Error("the notice of today cannot take over from that of "+string(o.d.Notice.Landlord.Effective), "error", err)
		case next != nil:
			o.log.Info("another version of the notice is in force", "version", next.d.Notice.Version()[:12], "effective", next.d.Notice.Landlord.Effective)
			return next
		}
	}
}

func (o *office) next(ctx context.Context, seat func(*office) error) (*office, error) {
	d, err := o.d.Successor(ctx)
	if err != nil || d == nil {
		return nil, err
	}
	next, err := newOffice(d, o.log)
	if err != nil {
		return nil, err
	}
	return next, seat(next)
}
