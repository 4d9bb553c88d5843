package source

import (
	"regexp"
	"strconv"
	"strings"
	"time"

	"tenet/internal/rows"
)

// What the dialects share of types: how a canonical text becomes a parameter,
// and how a server's text becomes canonical.

func wholeArg(bits int, unsigned bool) func(string) (any, bool) {
	return func(s string) (any, bool) {
		if !whole.MatchString(s) {
			return nil, false
		}
		if unsigned {
			n, err := strconv.ParseUint(s, 10, bits)
			return n, err == nil
		}
		n, err := strconv.ParseInt(s, 10, bits)
		return n, err == nil
	}
}

// decimalArg stays text, which holds any number of digits.
func decimalArg(s string) (any, bool) {
	return s, len(s) <= 100 && decimal.MatchString(s)
}

func floatArg(bits int) func(string) (any, bool) {
	return func(s string) (any, bool) {
		f, err := strconv.ParseFloat(s, bits)
		return f, err == nil && number.MatchString(s)
	}
}

func boolArg(s string) (any, bool) {
	switch s {
	case "true":
		return int64(1), true
	case "false":
		return int64(0), true
	}
	return nil, false
}

func textArg(s string) (any, bool) { return s, true }

func bytesArg(s string) (any, bool) {
	b, ok := unhex(s)
	return b, ok && strings.ToLower(s) == s
}

// dateArg takes a date in which the time of day is midnight.
func dateArg(s string) (any, bool) {
	_, err := time.Parse(dateLayout, s)
	return s, err == nil
}

// localArg takes a time without a zone, and writes it as out.
func localArg(out string) func(string) (any, bool) {
	return func(s string) (any, bool) {
		for _, l := range []string{timeLayout, dateLayout} {
			if t, err := time.Parse(l, s); err == nil {
				return t.Format(out), true
			}
		}
		return nil, false
	}
}

// instantArg takes an instant in UTC, and writes it as out.
func instantArg(out string) func(string) (any, bool) {
	return func(s string) (any, bool) {
		t, err := time.Parse(time.RFC3339Nano, s)
		return t.UTC().Format(out), err == nil && strings.HasSuffix(s, "Z")
	}
}

func clockArg(s string) (any, bool) { return s, clock.MatchString(s) }

func uuidArg(s string) (any, bool) { return s, pgUUID.MatchString(s) }

var (
	whole   = regexp.MustCompile(`^(0|-?[1-9][0-9]*)$`)
	decimal = regexp.MustCompile(`^-?(0|[1-9][0-9]*)(\.[0-9]+)?$`)
	clock   = regexp.MustCompile(`^-?[0-9]{2,3}:[0-9]{2}:[0-9]{2}(\.[0-9]{0,6}[1-9])?$`)
	padded  = regexp.MustCompile(`^(-?)0*([0-9].*)$`)
)

func plain(s string) rows.Value { return rows.Value{Text: s} }

// numeral takes zeros off the front of a number, and puts one before its point.
func numeral(s string) rows.Value {
	if rest, ok := strings.CutPrefix(s, "-."); ok {
		return plain("-0." + rest)
	}
	if strings.HasPrefix(s, ".") {
		return plain("0" + s)
	}
	return plain(padded.ReplaceAllString(s, "$1$2"))
}

// floatText writes a float of so many bits as people write numbers.
func floatText(bits int) func(string) rows.Value {
	return func(s string) rows.Value {
		f, err := strconv.ParseFloat(s, 64)
		if err != nil {
			return plain(s)
		}
		if bits == 32 { // 850.1 and not 850.0999755859375
			f, _ = strconv.ParseFloat(strconv.FormatFloat(f, 'g', -1, 32), 64)
		}
		return plain(float(f))
	}
}

func boolText(s string) rows.Value {
	switch s {
	case "0":
		s = "false"
	case "1":
		s = "true"
	}
	return plain(s)
}

// timeText reads dates and times; zone is what the server leaves off: "Z" or nothing.
func timeText(kind rows.Kind, zone string) func(string) rows.Value {
	return func(s string) rows.Value {
		if strings.HasPrefix(s, "0000-00-00") {
			return rows.Value{Text: s, Lost: zeroDate}
		}
		return plain(canonicalTime(kind, s+zone))
	}
}

// clockText is a time of day, or a length of time, without zeros at its end.
func clockText(s string) rows.Value {
	if strings.Contains(s, ".") {
		s = strings.TrimSuffix(strings.TrimRight(s, "0"), ".")
	}
	return plain(s)
}
