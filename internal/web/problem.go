package web

import (
	"errors"
	"net/http"
)

// ErrNotFound is what a desk says of a case, file or reference that is not there.
var ErrNotFound = errors.New("not found")

// Refusal is an error that a person can mend: a face shows its words as they
// stand instead of calling it a fault.
type Refusal struct {
	Why  string // what stands in the way, in a sentence
	Mend string // what to do about it
}

func (r *Refusal) Error() string {
	if r.Mend == "" {
		return r.Why
	}
	return r.Why + " " + r.Mend
}

// Problem is a page that says what went wrong and what to do next.
type Problem struct {
	Status int // HTTP status
	Title  string
	Why    string
	Mend   string
	Links  []Link
}

// Problems that read the same on both faces.
var (
	Fault = Problem{
		Status: http.StatusInternalServerError,
		Title:  "Sorry, something went wrong on our side",
		Why:    "The fault is ours and has been written to the log. Nothing was half done: what you asked for was either done whole or not at all.",
		Mend:   "Go back, check whether it was done, and try again if not.",
	}
	NotFound = Problem{
		Status: http.StatusNotFound,
		Title:  "Page not found",
		Why:    "There is nothing at this address.",
		Mend:   "If you typed the address, check it. If you pasted it, check that you copied the whole of it.",
	}
	TooLarge = Problem{
		Status: http.StatusRequestEntityTooLarge,
		Title:  "That is too much to send at once",
		Why:    "What you sent is larger than this form takes, so nothing was kept.",
		Mend:   "Go back and shorten what you wrote.",
	}
	TooMany = Problem{
		Status: http.StatusTooManyRequests,
		Title:  "Too many tries",
		Why:    "There have been too many tries in a short time, so this one was not looked at.",
		Mend:   "Wait a minute, then try again.",
	}
)

// ProblemOf turns an error into the page to show for it: [ErrNotFound], a
// [Refusal] and a body that is too large have pages of their own; all else is a
// [Fault], and known is false so that the caller logs it.
func ProblemOf(err error) (p Problem, known bool) {
	var refusal *Refusal
	var large *http.MaxBytesError
	switch {
	case errors.Is(err, ErrNotFound):
		return NotFound, true
	case errors.As(err, &refusal):
		return Problem{Status: http.StatusConflict, Title: "This cannot be done yet", Why: refusal.Why, Mend: refusal.Mend}, true
	case errors.As(err, &large):
		return TooLarge, true
	}
	return Fault, false
}
