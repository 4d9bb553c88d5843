package store

import "time"

// Kept is something that a room keeps, as whatever deletes on schedule asks for it.
type Kept struct {
	ID string    `json:"id"` // opaque
	At time.Time `json:"at"` // of the event from which its time is counted
	// Held says why it does not go although its time is over; empty if nothing is known
	// that holds it. It names nobody.
	Held string `json:"held,omitempty"`
}

// Page asks for a part of what a room keeps, in order of an instant and an id.
type Page struct {
	Before time.Time // only what was before
	After  Place     // the zero Place begins at the beginning
	Limit  int
}

// Place is where a page ends.
type Place struct {
	At int64 // microseconds since 1970, as rows have them
	ID string
}

// Next is where the page after this one begins, whose rows were n and ended at a place.
// The zero Place says that there is none.
func (p Page) Next(n int, last Place) Place {
	if n < p.Limit {
		return Place{}
	}
	return last
}
