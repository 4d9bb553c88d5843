package source

import (
	"encoding/hex"
	"fmt"
	"math"
	"math/big"
	"regexp"
	"strconv"
	"strings"
	"time"

	"tenet/internal/doc"
	"tenet/internal/rows"
)

// number is how a number is written canonically: no sign but a minus, no
// zeros in front. Exponents are what the engines write for very large and small ones.
var number = regexp.MustCompile(`^-?(0|[1-9][0-9]*)(\.[0-9]+)?([eE][-+]?[0-9]{1,3})?$`)

// sameNumber says that two canonical numbers are equal: 850.5 and 850.50.
func sameNumber(a, b string) bool {
	if !number.MatchString(a) || !number.MatchString(b) {
		return false
	}
	x, ok1 := new(big.Rat).SetString(a)
	y, ok2 := new(big.Rat).SetString(b)
	return ok1 && ok2 && x.Cmp(y) == 0
}

// float writes a float as people write numbers, exactly, and a whole one
// without a point: a telephone number that went through a spreadsheet is one again.
func float(f float64) string {
	if a := math.Abs(f); a != 0 && (a >= 1e21 || a < 1e-7) {
		return strconv.FormatFloat(f, 'g', -1, 64)
	}
	return strconv.FormatFloat(f, 'f', -1, 64)
}

// hexLimit is how long a binary value may be and still be shown: keys are (a
// UUID is 16), pictures are not.
const hexLimit = 64

// binary makes a value of bytes that are no text: short ones in hexadecimal as
// PostgreSQL writes them, long ones by their length alone.
func binary(b []byte, size int64) rows.Value {
	if size <= hexLimit {
		return rows.Value{Text: `\x` + hex.EncodeToString(b)}
	}
	return rows.Value{Lost: fmt.Sprintf("binary, %s bytes", doc.Thousands(size))}
}

// unhex reads back what binary wrote.
func unhex(s string) ([]byte, bool) {
	s, ok := strings.CutPrefix(s, `\x`)
	if !ok {
		return nil, false
	}
	b, err := hex.DecodeString(s)
	return b, err == nil
}

const (
	dateLayout = "2006-01-02"
	timeLayout = "2006-01-02T15:04:05.999999999"
)

// Layouts in which databases keep dates and times as text, those with a zone
// first. Ambiguous ones (01/02/2026) are not among them and stay as they are.
var (
	zonedLayouts = []string{
		"2006-01-02T15:04:05.999999999Z07:00",
		"2006-01-02 15:04:05.999999999Z07:00",
		"2006-01-02 15:04:05.999999999Z07",
		"2006-01-02 15:04:05.999999999Z07:00:00",
		"2006-01-02 15:04:05.999999999 Z07:00",
	}
	localLayouts = []string{
		"2006-01-02 15:04:05.999999999",
		"2006-01-02T15:04:05.999999999",
		"2006-01-02 15:04",
		"2006-01-02T15:04",
		dateLayout, // the last, for canonicalTime
	}
)

// canonicalTime is the canonical text of a date or time; what cannot be read as
// one stays as it is. Layouts that cannot fit are not tried: to be told so by
// time.Parse took a third of the time of a scan.
func canonicalTime(kind rows.Kind, s string) string {
	local := localLayouts
	switch {
	case len(s) < len(dateLayout):
		return s
	case len(s) == len(dateLayout):
		local = local[len(local)-1:]
	case strings.ContainsAny(s[len(dateLayout):], "Z+-"):
		for _, l := range zonedLayouts {
			if t, err := time.Parse(l, s); err == nil {
				return t.UTC().Format(time.RFC3339Nano)
			}
		}
	}
	for _, l := range local {
		t, err := time.Parse(l, s)
		if err != nil {
			continue
		}
		if l == dateLayout || kind == rows.Date && t.Equal(t.Truncate(24*time.Hour)) {
			return t.Format(dateLayout)
		}
		return t.Format(timeLayout)
	}
	return s
}

// timeForms are the usual spellings of a canonical date or time.
func timeForms(text string) []string {
	if t, err := time.Parse(dateLayout, text); err == nil && len(text) == len(dateLayout) {
		return []string{t.Format("2006-01-02 15:04:05"), t.Format("2006-01-02T15:04:05"), t.Format("2006-01-02 15:04"),
			t.Format("2006-01-02 15:04:05.000"), t.Format("2006-01-02T15:04:05.000"), t.Format("2006-01-02 15:04:05.000000")}
	}
	if t, err := time.Parse(timeLayout, text); err == nil {
		out := []string{t.Format("2006-01-02 15:04:05.999999999"), t.Format("2006-01-02 15:04:05.000"), t.Format("2006-01-02T15:04:05.000"),
			t.Format("2006-01-02 15:04:05.000000"), t.Format("2006-01-02T15:04:05.000000")}
		if t.Second() == 0 && t.Nanosecond() == 0 {
			out = append(out, t.Format("2006-01-02 15:04"), t.Format("2006-01-02T15:04"))
		}
		if t.Equal(t.Truncate(24 * time.Hour)) {
			out = append(out, t.Format(dateLayout))
		}
		return out
	}
	if t, err := time.Parse(time.RFC3339Nano, text); err == nil {
		t = t.UTC()
		var out []string
		for _, zone := range []string{"Z", "+00:00", "+00"} {
			for _, l := range []string{"2006-01-02 15:04:05.999999999", "2006-01-02T15:04:05.999999999", "2006-01-02T15:04:05.000",
				"2006-01-02 15:04:05.000", "2006-01-02T15:04:05.000000", "2006-01-02 15:04:05.000000"} {
				out = append(out, t.Format(l)+zone)
			}
		}
		// British Summer Time, and the same written with its zone.
		bst := t.In(time.FixedZone("", 3600))
		for _, l := range []string{"2006-01-02 15:04:05.999999999Z07:00", "2006-01-02T15:04:05.999999999Z07:00", "2006-01-02T15:04:05.000Z07:00"} {
			out = append(out, bst.Format(l))
		}
		return out
	}
	return nil
}

var fixed = regexp.MustCompile(`(?i)^(?:n?char|character|nchar|national char(?:acter)?|native character)\s*(?:\(\s*(\d{1,5})\s*\))?$`)

// fixedWidth is the width of a fixed-width character type; 0 for any other.
func fixedWidth(declared string) int {
	m := fixed.FindStringSubmatch(strings.TrimSpace(declared))
	if m == nil {
		return 0
	}
	n, err := strconv.Atoi(m[1])
	if err != nil {
		return 1
	}
	return n
}

// trimFixed takes the padding off a value of a fixed-width character column.
func trimFixed(c rows.Column, s string) string {
	if c.Kind == rows.Text && strings.HasSuffix(s, " ") && fixedWidth(c.Type) > 0 {
		return strings.TrimRight(s, " ")
	}
	return s
}
