package cases

import (
	"fmt"
	"time"
)

// Code is what sort of error it is; stable, for programs.
type Code string

// The codes.
const (
	CodeInput     Code = "input"       // what was given cannot be right
	CodeNotFound  Code = "not-found"   // there is no such case, file or reference
	CodeState     Code = "state"       // it cannot be done while the case stands as it does
	CodeNeeds     Code = "needs"       // something must be done first
	CodeLate      Code = "late"        // the law's time for it is over
	CodeChanged   Code = "changed"     // somebody else changed the case
	CodeForgotten Code = "forgotten"   // the particulars of the case are gone
	CodeKind      Code = "unsupported" // it is not done to a case of this kind
)

// Error is a refusal that the caller can act on. It never holds personal data.
type Error struct {
	Code    Code
	Message string // what stands in the way
	Mend    string // what to do about it
	Need    Need   // the need that is not met, if that is what stands in the way
	Err     error  // what lies beneath, if anything
}

// Error is the message and the mend in one line.
func (e *Error) Error() string {
	s := "cases: " + e.Message
	if e.Message == "" {
		s += string(e.Code)
	}
	if e.Mend != "" {
		s += "; " + e.Mend
	}
	return s
}

// Unwrap is what lies beneath.
func (e *Error) Unwrap() error { return e.Err }

// Is makes errors.Is(err, ErrNotFound) and its like compare codes.
func (e *Error) Is(target error) bool {
	t, ok := target.(*Error)
	return ok && t.Message == "" && t.Code == e.Code
}

// Errors to compare with by errors.Is.
var (
	ErrNotFound  = &Error{Code: CodeNotFound}
	ErrState     = &Error{Code: CodeState}
	ErrNeeds     = &Error{Code: CodeNeeds}
	ErrLate      = &Error{Code: CodeLate}
	ErrChanged   = &Error{Code: CodeChanged}
	ErrForgotten = &Error{Code: CodeForgotten}
	ErrKind      = &Error{Code: CodeKind}
	ErrInput     = &Error{Code: CodeInput}
)

// Changed says who changed a case after the caller saw it; errors.As finds it in
// an error of CodeChanged.
type Changed struct {
	By      string // who acted
	At      time.Time
	Act     string // the ledger's name of the act
	Version int64  // of the case now
}

// Error says who, what and when.
func (c *Changed) Error() string {
	return fmt.Sprintf("%s by %s at %s", c.Act, c.By, c.At.UTC().Format(time.RFC3339))
}

func input(mend, format string, args ...any) *Error {
	return &Error{Code: CodeInput, Message: fmt.Sprintf(format, args...), Mend: mend}
}

func noCase() *Error {
	return &Error{Code: CodeNotFound, Message: "there is no such case", Mend: "check its number or id"}
}
