package promise

import (
	"fmt"
	"strings"
	"time"
)

// Status is whether a promise is kept.
type Status string

// The statuses of DESIGN section 1.
const (
	Kept         Status = "kept"
	Broken       Status = "broken"
	Unproven     Status = "unproven"
	Attested     Status = "attested"
	NotCheckable Status = "not-checkable"
)

// Statuses are all of them, the worst first: of several checks of one promise the
// worst counts.
func Statuses() []Status { return []Status{Broken, Unproven, Attested, Kept, NotCheckable} }

// Share is a part of a whole in hundredths of a per cent: 10000 is all of it.
type Share int

// All is the whole.
const All Share = 10000

// String is the share as a pack writes it: "99.5%".
func (s Share) String() string {
	if s%100 == 0 {
		return fmt.Sprintf("%d%%", s/100)
	}
	return strings.TrimRight(fmt.Sprintf("%d.%02d", s/100, s%100), "0") + "%"
}

// Found is what looking showed: how much is as promised, how much is not, and of
// what there was to look at how much was looked at. The zero Found saw nothing.
type Found struct {
	Good, Bad int64  // things as promised, and things that are not
	Unit      string // of those: "rows", "requests"

	Looked, Of int64  // places looked at, of those that belong to it
	Places     string // of those: "tables", "registers"
	Gaps       []string
	apart      bool      // clients' sets were left out, over which they decide
	set        string    // the client whose set alone was looked at; empty for our own
	causes     []Cause   // of the gaps
	until      time.Time // when a system may be read that was put off; zero where none was

	Examples []string // opaque: a case number, or a table and a digest of the row's key
	Notes    []string // what a reader must know besides
	Method   string   // how it was counted, in words
	Rows     int64    // read
	Bytes    int64    // read, of values as text
}

// Bounds of what is kept of one check.
const (
	mostExamples = 5
	mostGaps     = 20
)

// good and bad count one thing; example names a bad one, opaquely.
func (f *Found) good() { f.Good++ }

func (f *Found) bad(example string) {
	f.Bad++
	if len(f.Examples) < mostExamples {
		f.Examples = append(f.Examples, example)
	}
}

// saw counts a place that was looked at.
func (f *Found) saw() { f.Looked++; f.Of++ }

// gap counts a place that belongs to the check and was not looked at, or not wholly,
// because it could not be read.
func (f *Found) gap(format string, args ...any) { f.lacks(NotRead, format, args...) }

// lacks is gap, for another reason.
func (f *Found) lacks(why Cause, format string, args ...any) {
	f.Of++
	f.causes = append(f.causes, why)
	switch {
	case len(f.Gaps) < mostGaps:
		f.Gaps = append(f.Gaps, fmt.Sprintf(format, args...))
	case len(f.Gaps) == mostGaps:
		f.Gaps = append(f.Gaps, "and more")
	}
}

// cause is why a finding that shows nothing shows nothing.
func (f *Found) cause() Cause {
	if len(f.causes) > 0 {
		return cause(f.causes)
	}
	return NothingToCount
}

// Judge says what a finding shows of a check that wants at least a share to be as
// promised, and why.
func Judge(f Found, least Share) (Status, string) {
	total := f.Good + f.Bad
	short := total > 0 && f.Good*int64(All) < int64(least)*total
	whole := f.Looked == f.Of && len(f.Gaps) == 0
	switch {
	// What was not read can add things as promised. It mends a share, and never a
	// promise about each of them.
	case short && (whole || least == All):
		return Broken, fmt.Sprintf("%s of %s %s %s not as promised", count(f.Bad), count(total), f.Unit, are(f.Bad))
	case !whole && short:
		return Unproven, fmt.Sprintf("what was read falls short of %s, and not all was read: %s", least, strings.Join(f.Gaps, "; "))
	case !whole:
		return Unproven, strings.Join(f.Gaps, "; ")
	case total == 0:
		return Unproven, "there was nothing to count"
	}
	return Kept, fmt.Sprintf("%s of %s %s %s as promised", count(f.Good), count(total), f.Unit, are(f.Good))
}

// Together is the status of a promise that has checks with these.
func Together(of []Status) Status {
	for _, s := range Statuses() {
		for _, one := range of {
			if one == s {
				return s
			}
		}
	}
	return Unproven
}

// coverage is how much was looked at, in words.
func (f *Found) coverage() string {
	if f.Of == 0 {
		return "nothing to look at"
	}
	s := fmt.Sprintf("%s of %s %s", count(f.Looked), count(f.Of), f.Places)
	if len(f.Gaps) > 0 {
		s += "; not: " + strings.Join(f.Gaps, "; ")
	}
	switch {
	case f.set != "":
		s += "; the set of " + f.set + " alone"
	case f.apart:
		s += "; clients’ sets are not counted"
	}
	return s
}

func (f *Found) figure() string {
	if f.Good+f.Bad == 0 {
		return ""
	}
	return fmt.Sprintf("%s of %s %s", count(f.Good), count(f.Good+f.Bad), f.Unit)
}

// count writes a number with a comma between thousands.
func count(n int64) string {
	s := fmt.Sprint(n)
	for i := len(s) - 3; i > 0; i -= 3 {
		s = s[:i] + "," + s[i:]
	}
	return s
}

// are is the verb that goes with a number.
func are(n int64) string {
	if n == 1 {
		return "is"
	}
	return "are"
}
