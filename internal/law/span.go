package law

import (
	"errors"
	"fmt"
	"slices"
)

// Span is a stretch of waiting, both days included: from the day something was
// asked for to the day it arrived. A zero To means it is still awaited.
type Span struct {
	From Date `json:"from,omitzero" yaml:"from,omitempty"`
	To   Date `json:"to,omitzero" yaml:"to,omitempty"`
}

// IsZero reports whether nothing was asked for.
func (s Span) IsZero() bool { return s == Span{} }

func (s Span) open() bool { return !s.IsZero() && s.To.IsZero() }

func (s Span) contains(d Date) bool { return !d.Before(s.From) && !d.After(s.To) }

// days is the length of the span: both end days where inclusive, otherwise what
// lies between asking and answer.
func (s Span) days(inclusive bool) int {
	n := s.To.DaysSince(s.From)
	if inclusive {
		n++
	}
	return n
}

// check refuses a span that ends before it begins or begins before received.
func (s Span) check(what string, received Date) error {
	if err := errors.Join(valid(what, s.From), valid(what, s.To)); err != nil {
		return err
	}
	switch {
	case s.From.IsZero():
		return nil // nothing was asked for; or only the arrival is known; it may be older than the request
	case s.From.Before(received):
		return fmt.Errorf("%s was asked for on %s, before the request was received on %s", what, s.From, received)
	case !s.To.IsZero() && s.To.Before(s.From):
		return fmt.Errorf("%s was asked for on %s and arrived on %s, which is earlier", what, s.From, s.To)
	}
	return nil
}

// union merges spans that overlap, in order of their first day, leaving out
// whatever lies before start.
func union(spans []Span, start Date) []Span {
	sorted := slices.Clone(spans)
	slices.SortFunc(sorted, func(a, b Span) int { return a.From.Compare(b.From) })
	var out []Span
	for _, s := range sorted {
		if s.To.Before(start) {
			continue
		}
		s.From = later(s.From, start)
		if n := len(out); n > 0 && !s.From.After(out[n-1].To) {
			out[n-1].To = later(out[n-1].To, s.To)
			continue
		}
		out = append(out, s)
	}
	return out
}
