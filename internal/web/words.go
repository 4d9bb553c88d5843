package web

import (
	"fmt"
	"strconv"
	"strings"
	"time"
	_ "time/tzdata" // London is London on a machine without zone files too
)

// London is where dates are decided.
var London = mustLoad("Europe/London")

func mustLoad(name string) *time.Location {
	l, err := time.LoadLocation(name)
	if err != nil {
		panic(err) // the zones are compiled in
	}
	return l
}

// Date is a day in words, "25 November 2026"; the zero time is "not known".
func Date(t time.Time) string {
	if t.IsZero() {
		return "not known"
	}
	return t.In(London).Format("2 January 2006")
}

// DateTime is a moment in words, "25 November 2026, 3:04pm".
func DateTime(t time.Time) string {
	if t.IsZero() {
		return "not known"
	}
	return t.In(London).Format("2 January 2006, 3:04pm")
}

// ISO is the day as machines write it, for the datetime attribute of <time>.
func ISO(t time.Time) string { return t.In(London).Format(time.DateOnly) }

// Days is how many calendar days in London lie between now and due: negative
// once due has passed.
func Days(now, due time.Time) int {
	day := func(t time.Time) time.Time {
		y, m, d := t.In(London).Date()
		return time.Date(y, m, d, 0, 0, 0, 0, time.UTC)
	}
	return int(day(due).Sub(day(now)) / (24 * time.Hour))
}

// DaysLeft says [Days] in words.
func DaysLeft(now, due time.Time) string {
	switch n := Days(now, due); {
	case n > 1:
		return strconv.Itoa(n) + " days left"
	case n == 1:
		return "due tomorrow"
	case n == 0:
		return "due today"
	case n == -1:
		return "1 day late"
	default:
		return strconv.Itoa(-n) + " days late"
	}
}

// Soon is how many days before a due date the faces begin to press.
const Soon = 5

// Urgency is "late", "soon" or "calm": the ending of the class that colours it.
// What it says is always in words beside it.
func Urgency(now, due time.Time) string {
	switch n := Days(now, due); {
	case n < 0:
		return "late"
	case n <= Soon:
		return "soon"
	}
	return "calm"
}

// Count is a number with its noun: "1 record", "1,204 records".
func Count(n int, one, many string) string {
	if n == 1 {
		return "1 " + one
	}
	return Thousands(n) + " " + many
}

// Thousands is a number with commas.
func Thousands(n int) string {
	s := strconv.Itoa(n)
	sign := ""
	if strings.HasPrefix(s, "-") {
		sign, s = "-", s[1:]
	}
	for i := len(s) - 3; i > 0; i -= 3 {
		s = s[:i] + "," + s[i:]
	}
	return sign + s
}

// Size is a number of bytes in words.
func Size(n int64) string {
	switch {
	case n < 1000:
		return Count(int(n), "byte", "bytes")
	case n < 1_000_000:
		return fmt.Sprintf("%.0f KB", float64(n)/1000)
	default:
		return fmt.Sprintf("%.1f MB", float64(n)/1_000_000)
	}
}
