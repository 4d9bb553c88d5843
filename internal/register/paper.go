package register

import (
	"cmp"
	"errors"
	"fmt"
	"strconv"
	"strings"
	"time"

	"tenet/internal/law"
	"tenet/internal/notice"
)

// State is where a version stands.
type State string

// The states.
const (
	Draft    State = "draft"
	Proposed State = "proposed" // for signature
	Signed   State = "signed"   // the one that holds
	Refused  State = "refused"  // to be signed
	Replaced State = "replaced" // by a later version
	Ended    State = "ended"    // it held, and nothing does now
)

// Version is what a paper said at a time. What it says is never changed.
type Version struct {
	N         int64     `json:"n"` // from 1
	State     State     `json:"state"`
	Title     string    `json:"title"`
	Values    Values    `json:"values"`
	At        time.Time `json:"at"`
	By        string    `json:"by"` // a staff id, "cli:1000"
	Proposed  string    `json:"proposed_by,omitempty"`
	Decided   time.Time `json:"decided,omitzero"` // signed, or refused
	DecidedBy string    `json:"decided_by,omitempty"`
}

// Entry is something that was done with a paper, or that its form takes besides.
type Entry struct {
	N       int64     `json:"n"` // from 1
	Kind    string    `json:"kind"`
	Version int64     `json:"version"` // that it is about: the one that held, or the newest at the time
	At      time.Time `json:"at"`
	By      string    `json:"by"`
	Values  Values    `json:"values"`
}

// The entries that acts write.
const (
	DidPropose = "proposed"
	DidSign    = "signed"
	DidRefuse  = "refused"
	DidReview  = "reviewed"
	DidEnd     = "ended"
	DidLive    = "live"
)

// Paper is one paper of a register.
type Paper struct {
	ID       string    `json:"id"`       // opaque: as the ledger knows it
	Number   string    `json:"number"`   // as people know it: "IA-0001"
	Register string    `json:"register"` // the id of its form
	Step     int64     `json:"step"`     // how often it was acted on: what to act on it with
	Versions []Version `json:"versions"` // the oldest first
	Entries  []Entry   `json:"entries"`  // the oldest first
	ReviewBy law.Date  `json:"review_by,omitzero"`
	Opened   time.Time `json:"opened"`
	Changed  time.Time `json:"changed"`
	Ended    time.Time `json:"ended,omitzero"`
}

// Latest is the newest version.
func (p Paper) Latest() Version { return p.Versions[len(p.Versions)-1] }

// Standing is the version that holds; false where none does.
func (p Paper) Standing() (Version, bool) {
	for _, v := range p.Versions {
		if v.State == Signed {
			return v, true
		}
	}
	return Version{}, false
}

// Version is a version by its number; false where there is none.
func (p Paper) Version(n int64) (Version, bool) {
	if n < 1 || n > int64(len(p.Versions)) {
		return Version{}, false
	}
	return p.Versions[n-1], true
}

// Of are the entries of a kind.
func (p Paper) Of(kind string) []Entry {
	var out []Entry
	for _, e := range p.Entries {
		if e.Kind == kind {
			out = append(out, e)
		}
	}
	return out
}

// Late are what a paper that holds is late with, or has against it, in words: its
// review, its measures, its tests, its end.
func (f *Form) Late(p Paper, today law.Date) []string {
	v, ok := p.Standing()
	if !ok {
		return nil
	}
	var out []string
	add := func(format string, args ...any) { out = append(out, fmt.Sprintf(format, args...)) }
	if !p.ReviewBy.IsZero() && today.After(p.ReviewBy) {
		add("its review was due by %s", p.ReviewBy)
	}
	done := map[string]bool{}
	for _, e := range p.Of("measure-done") {
		done[e.Values.Text("measure")] = true
	}
	for i, row := range v.Values.Rows("measures") {
		if by, err := law.ParseDate(row["by"]); err == nil && today.After(by) && !done[strconv.Itoa(i+1)] {
			add("measure %d was to be done by %s, and nothing shows that it was", i+1, by)
		}
	}
	if every := v.Values.Text("test-every"); every != "" {
		last, good := law.DateOf(v.Decided), true
		for _, e := range p.Of("tested") {
			if on := e.Values.Day("on"); !on.Before(last) {
				last, good = on, e.Values.Text("good") == "yes"
			}
		}
		if by := after(last, notice.Period(every)); today.After(by) {
			add("its test was due by %s", by)
		}
		if !good {
			add("its last test, on %s, failed", last)
		}
	}
	if ends := v.Values.Day("ends"); !ends.IsZero() && today.After(ends) {
		add("it ended on %s", ends)
	}
	if links := p.Of("link"); len(links) > 0 && links[len(links)-1].Values.Text("good") == "no" {
		add("its page was not there on %s", law.DateOf(links[len(links)-1].At))
	}
	if v.Values.Text("outcome") == "may-not" {
		add("it says that the ground may not be relied on")
	}
	return out
}

// after is the last day of a period from a day.
func after(day law.Date, p notice.Period) law.Date {
	years, months, days := p.Parts()
	return day.AddMonths(12*years + months).AddDays(days)
}

// What acts refuse.
var (
	// ErrNone says that there is no such paper, register or kind of entry.
	ErrNone = errors.New("there is none")
	// ErrChanged says that somebody else acted on the paper in the meantime.
	ErrChanged = errors.New("somebody else changed the paper in the meantime: look at it again")
	// ErrState says that the paper is not in a state for it.
	ErrState = errors.New("the paper is not in a state for this")
	// ErrSecond says that somebody else must do it.
	ErrSecond = errors.New("nobody signs what they wrote or proposed: somebody else must")
	// ErrInput says that what was given cannot be taken.
	ErrInput = errors.New("this cannot be taken")
)

// BlockedError says that what a paper is about may not go live.
type BlockedError struct {
	Number string
	Why    []Reason
}

// Error is the reasons.
func (e *BlockedError) Error() string {
	var why []string
	for _, r := range e.Why {
		why = append(why, r.Says)
	}
	return e.Number + " may not go live: " + strings.Join(why, " ")
}

// cutNumber takes the number of a paper apart.
func cutNumber(s string) (letters string, n int64, ok bool) {
	letters, digits, found := strings.Cut(s, "-")
	n, err := strconv.ParseInt(digits, 10, 32)
	return letters, n, found && err == nil && n > 0 && len(letters) == 2 && len(digits) >= 4 && number(letters, n) == s
}

func number(letters string, n int64) string { return fmt.Sprintf("%s-%04d", letters, n) }

// byNumber orders papers as their numbers count.
func byNumber(a, b Paper) int {
	la, na, _ := cutNumber(a.Number)
	lb, nb, _ := cutNumber(b.Number)
	return cmp.Or(strings.Compare(la, lb), cmp.Compare(na, nb))
}
