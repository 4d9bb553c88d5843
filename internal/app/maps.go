package app

import (
	"context"
	"errors"
	"io/fs"
	"slices"
	"sync"
	"time"

	"tenet/internal/console"
	"tenet/internal/desk"
	"tenet/internal/web"
)

// mapDesk is the confirming of maps as staff meet it. Reading a source can take
// minutes, so it goes on behind the page, and what came of it is kept while
// somebody works with it.
type mapDesk struct {
	*office
	background context.Context // ends when the faces do

	mu   sync.Mutex
	held map[string]*heldReview
}

// idle is how long a review is kept that nobody touches: its sample of the
// source grows old.
const idle = 30 * time.Minute

// heldReview is one source's review. The desk's review is for one person at a
// time: whoever has the lock.
type heldReview struct {
	done    chan struct{} // closed when the reading has ended
	touched time.Time     // under mapDesk's lock

	mu     sync.Mutex
	review *desk.Review // nil where it failed
	err    error
}

func newMapDesk(background context.Context, o *office) *mapDesk {
	return &mapDesk{office: o, background: background, held: map[string]*heldReview{}}
}

func (m *mapDesk) Maps(context.Context) ([]console.MapState, error) {
	var out []console.MapState
	for _, sys := range m.d.Config.Sources {
		s := console.MapState{Source: sys.Name}
		switch _, err := m.d.Map(sys.Name); {
		case err == nil:
			s.Mapped = true
		case !errors.Is(err, fs.ErrNotExist):
			return nil, m.told(context.Background(), err)
		}
		if h := m.holding(sys.Name); h != nil {
			select {
			case <-h.done:
				h.mu.Lock()
				if h.review != nil {
					s.Answered = h.review.Answered()
				}
				h.mu.Unlock()
			default:
				s.Reading = true
			}
		}
		out = append(out, s)
	}
	return out, nil
}

// holding is the review of a source that is kept, if there is one.
func (m *mapDesk) holding(source string) *heldReview {
	m.mu.Lock()
	defer m.mu.Unlock()
	return m.held[source]
}

// hold is the review of a source; it begins to read the source where it must.
func (m *mapDesk) hold(source string, again bool) (*heldReview, error) {
	i := slices.IndexFunc(m.d.Config.Sources, func(s desk.System) bool { return s.Name == source })
	if i < 0 {
		return nil, web.ErrNotFound
	}
	m.mu.Lock()
	defer m.mu.Unlock()
	now := m.d.Now()
	h := m.held[source]
	if h != nil {
		select {
		case <-h.done:
			again = again || now.Sub(h.touched) > idle
		default:
			again = false // one reading at a time
		}
	}
	if h == nil || again {
		h = &heldReview{done: make(chan struct{})}
		m.held[source] = h
		go func() {
			defer close(h.done)
			h.review, h.err = m.d.Review(m.background, m.d.Config.Sources[i])
			if h.err != nil && m.background.Err() == nil {
				m.log.Warn("a source could not be read for its map", "source", source, "error", h.err)
			}
		}()
	}
	h.touched = now
	return h, nil
}

func (m *mapDesk) ReadAgain(_ context.Context, source string) error {
	_, err := m.hold(source, true)
	return err
}

func (m *mapDesk) Map(ctx context.Context, source string) (console.MapReview, error) {
	out := console.MapReview{Source: source}
	h, err := m.hold(source, false)
	if err != nil {
		return out, err
	}
	select {
	case <-h.done:
	case <-time.After(time.Second): // most are read by then
		out.Reading = true
		return out, nil
	case <-ctx.Done():
		return out, ctx.Err()
	}
	h.mu.Lock()
	defer h.mu.Unlock()
	if h.review == nil {
		out.Failed = m.told(ctx, h.err).Error()
		return out, nil
	}
	out.Answered = h.review.Answered()
	for _, d := range h.review.Open() {
		out.Open = append(out.Open, console.MapQuestion{ID: d.ID, Kind: d.Kind, Says: d.Says, Of: d.Of, Why: d.Why, Proposed: d.Answer, Options: d.Options})
	}
	for _, p := range h.review.Problems {
		out.Problems = append(out.Problems, p.String())
	}
	return out, nil
}

// with does something with the review of a source that has been read.
func (m *mapDesk) with(ctx context.Context, source string, do func(*desk.Review) error) error {
	h, err := m.hold(source, false)
	if err != nil {
		return err
	}
	select {
	case <-h.done:
	default:
		return &web.Refusal{Why: "The source is still being read.", Mend: "Wait until its questions are there."}
	}
	h.mu.Lock()
	defer h.mu.Unlock()
	if h.review == nil {
		return m.told(ctx, h.err)
	}
	return m.told(ctx, do(h.review))
}

func (m *mapDesk) AnswerMap(ctx context.Context, _ console.Staff, source, question, answer string) error {
	return m.with(ctx, source, func(r *desk.Review) error {
		for _, d := range r.Open() {
			if d.ID == question {
				return r.Answer(d, answer)
			}
		}
		return &web.Refusal{Why: "That question is answered already.", Mend: "Go on with the next one, or take the last answer back."}
	})
}

func (m *mapDesk) AcceptMap(ctx context.Context, _ console.Staff, source string) error {
	return m.with(ctx, source, (*desk.Review).AcceptRest)
}

func (m *mapDesk) UndoMap(ctx context.Context, _ console.Staff, source string) (what string, err error) {
	err = m.with(ctx, source, func(r *desk.Review) error {
		id, ok, err := r.Undo()
		if err != nil || !ok {
			return err
		}
		for _, d := range r.Open() {
			if d.ID == id {
				what = d.Kind
			}
		}
		return nil
	})
	return what, err
}

func (m *mapDesk) WriteMap(ctx context.Context, by console.Staff, source string) error {
	return m.with(ctx, source, func(r *desk.Review) error {
		_, err := m.d.FinishReview(ctx, by.ID, r)
		return err
	})
}
