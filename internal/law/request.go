package law

import (
	"errors"
	"fmt"
	"time"
)

// Request is what is known about one clock. Dates are civil dates in London; a
// zero date is one that has not happened. What a regime does not ask about is
// left out, or is answered with a warning that it changes nothing.
type Request struct {
	Regime   Regime
	Received Date      // the actual day, working day or not; may be left out where At is given
	At       time.Time // the instant, for clocks that count hours: when the landlord became aware of a breach
	Nation   Nation

	// Three things that may have to arrive first: asked for on From, arrived on
	// To. Where only the arrival is known, From is zero.
	Identity  Span // proof of identity (UK GDPR Art 12(6))
	Authority Span // proof that someone may act for the person
	Fee       Span // payment (UK GDPR Art 12(5); for FOI the fees notice and the payment, both needed)

	Clarifications  []Span
	Acknowledged    Date // when the complaint was acknowledged; ombudsman-1 and -2
	ExtensionNotice Date // when the person was told of an extension, with reasons

	Promise  *Promise  // the period the notice sets for this; needed for promise:ID
	Settings *Settings // nil means Defaults

	// AsOf lets what is still awaited be counted up to a day, as a case page
	// does. Without it an open wait counts as if it ended on the day it began,
	// so that the date shown is the earliest that can turn out to be right.
	AsOf Date
}

// Result is one clock, counted. Its JSON is the shape that scripts rely on.
type Result struct {
	Regime    Regime     `json:"regime"`
	Received  Moment     `json:"received"`
	Started   Moment     `json:"started"` // when time began to run: the relevant time
	Due       Moment     `json:"due"`     // the last day, or the last instant, that keeps both law and promise
	Target    Moment     `json:"target"`  // the day to work to; never after Due
	Nation    Nation     `json:"nation"`
	Governs   string     `json:"governs"`   // GovernsLaw or GovernsPromise
	Law       *Law       `json:"law"`       // nil where no law sets a date
	Promise   *Promised  `json:"promise"`   // nil where nothing is promised
	Extension *Extension `json:"extension"` // nil where there is none to be had, or it is too late for it
	Working   []string   `json:"working"`   // one step a sentence

	Waiting    []string `json:"waiting"`    // what has not arrived; while there is any, Due may still move later
	Warnings   []string `json:"warnings"`   // what a person should look at
	Unverified []string `json:"unverified"` // the doubts this result rests on; see Doubts
	Holidays   Version  `json:"holidays"`
}

// What governs.
const (
	GovernsLaw     = "law"
	GovernsPromise = "promise" // also where the landlord answers by choice and no law binds it
	GovernsTarget  = "target"  // nothing sets a date: what staff aim for stands in for one
)

// Law is the date the law sets.
type Law struct {
	Due  Moment `json:"due"`
	Cite string `json:"cite"`
}

// Promised is the date the notice sets.
type Promised struct {
	ID   string `json:"id,omitempty"`
	Due  Moment `json:"due"`
	Says string `json:"says"`
}

// Extension is more time: to be had by telling the person on or before
// NoticeBy, or already taken.
type Extension struct {
	NoticeBy Moment `json:"notice_by"`
	Due      Moment `json:"due"`
	Given    *Date  `json:"given,omitempty"` // when notice was given; nil if the extension has not been taken
}

// check refuses what cannot be counted, and fills in what follows from the rest.
func (q *Request) check() error {
	if _, err := ParseRegime(string(q.Regime)); err != nil {
		return err
	}
	if _, err := ParseNation(string(q.Nation)); err != nil {
		return err
	}
	if !q.At.IsZero() {
		q.At = At(q.At).At
		day := DateOf(q.At)
		if !q.Received.IsZero() && q.Received != day {
			return fmt.Errorf("received on %s, and at an instant of %s: give one of them", q.Received, day)
		}
		q.Received = day
	}
	if q.Received.IsZero() {
		return errors.New("the date of receipt is missing")
	}
	if err := valid("the date of receipt", q.Received); err != nil {
		return err
	}
	for _, f := range []struct {
		what string
		d    Date
	}{{"the extension notice", q.ExtensionNotice}, {"the acknowledgement", q.Acknowledged}} {
		if err := valid(f.what, f.d); err != nil {
			return err
		}
		if !f.d.IsZero() && f.d.Before(q.Received) {
			return fmt.Errorf("%s is dated %s, before receipt on %s", f.what, f.d, q.Received)
		}
	}
	if err := valid("the day up to which to count", q.AsOf); err != nil {
		return err
	}
	for i, s := range q.Clarifications {
		if s.From.IsZero() {
			return fmt.Errorf("clarification %d: the day it was asked for is missing", i+1)
		}
		if err := s.check(fmt.Sprintf("clarification %d", i+1), q.Received); err != nil {
			return err
		}
	}
	if err := errors.Join(q.Identity.check("identity", q.Received), q.Authority.check("authority", q.Received), q.Fee.check("a fee", q.Received)); err != nil {
		return err
	}
	if q.Promise != nil {
		if err := q.Promise.Validate(); err != nil {
			return fmt.Errorf("promise %s: %w", q.Promise.ID, err)
		}
	}
	if id, ok := q.Regime.Promise(); ok {
		if q.Promise == nil {
			return fmt.Errorf("regime %s counts only what the notice promises: give the promise", q.Regime)
		}
		if q.Promise.ID != "" && q.Promise.ID != id {
			return fmt.Errorf("regime %s was given the promise %s", q.Regime, q.Promise.ID)
		}
	}
	return nil
}

// valid refuses a date that no calendar has; the zero Date passes.
func valid(what string, d Date) error {
	if d.IsZero() {
		return nil
	}
	if _, err := NewDate(d.Year, d.Month, d.Day); err != nil {
		return fmt.Errorf("%s: %w", what, err)
	}
	return nil
}
