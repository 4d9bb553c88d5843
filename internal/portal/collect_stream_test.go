package portal

import (
	"bytes"
	"context"
	"log/slog"
	"net/http"
	"net/http/httptest"
	"os"
	"testing"
	"testing/synctest"
	"time"
)

// slow is a network that takes so long over each piece, as long as it is let.
type slow struct {
	*httptest.ResponseRecorder
	each  time.Duration
	until time.Time
}

func (s *slow) SetWriteDeadline(t time.Time) error { s.until = t; return nil }

func (s *slow) Write(b []byte) (int, error) {
	if time.Now().Add(s.each).After(s.until) {
		time.Sleep(time.Until(s.until))
		return len(b) / 2, os.ErrDeadlineExceeded
	}
	time.Sleep(s.each)
	return s.ResponseRecorder.Write(b)
}

func (s *slow) FlushError() error { return nil }

// TestSlowReaders: who reads slowly has the file, and it is said that it goes on; who does
// not read has lost it after a minute, and nobody waits for ever.
func TestSlowReaders(t *testing.T) {
	data := bytes.Repeat([]byte("x"), 10*chunk+7)
	for name, tc := range map[string]struct {
		each  time.Duration
		whole bool
		least int // times that it is said to go on
	}{
		"at once":          {0, true, 0},
		"slowly":           {20 * time.Second, true, 4},
		"not at all":       {2 * time.Minute, false, 0},
		"for longer still": {50 * time.Second, true, 9},
	} {
		t.Run(name, func(t *testing.T) {
			synctest.Test(t, func(t *testing.T) {
				p := &face{Portal: &Portal{Config: Config{Log: slog.New(slog.DiscardHandler)}}}
				said := 0
				h := Handing{Bytes: data, Going: func(context.Context) error { said++; return nil }}
				w := &slow{ResponseRecorder: httptest.NewRecorder(), each: tc.each}
				sent := p.stream(w, httptest.NewRequest(http.MethodPost, "/", nil), h)
				if whole := sent == int64(len(data)); whole != tc.whole || whole && !bytes.Equal(w.Body.Bytes(), data) {
					t.Errorf("%d of %d bytes went", sent, len(data))
				}
				if said < tc.least {
					t.Errorf("it is said %d times that it goes on", said)
				}
			})
		})
	}
}

// TestNotForEver: a download that goes on and on ends.
func TestNotForEver(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		p := &face{Portal: &Portal{Config: Config{Log: slog.New(slog.DiscardHandler)}}}
		h := Handing{Bytes: bytes.Repeat([]byte("x"), 100*chunk), Going: func(context.Context) error { return nil }}
		w := &slow{ResponseRecorder: httptest.NewRecorder(), each: 55 * time.Second}
		if sent := p.stream(w, httptest.NewRequest(http.MethodPost, "/", nil), h); sent >= int64(len(h.Bytes)) || sent < 60*chunk {
			t.Errorf("%d bytes went", sent)
		}
	})
}

// TestEvenly: whatever a try took, its answer comes at a whole beat.
func TestEvenly(t *testing.T) {
	for _, took := range []time.Duration{0, time.Millisecond, 399 * time.Millisecond, 400 * time.Millisecond, 1234 * time.Millisecond} {
		synctest.Test(t, func(t *testing.T) {
			p := &Portal{Config: Config{Beat: usualBeat}}
			began := time.Now()
			time.Sleep(took)
			p.evenly(t.Context(), began)
			if all := time.Since(began); all%usualBeat != 0 || all == 0 {
				t.Errorf("what took %v is answered after %v", took, all)
			}
		})
	}
}
