package law

import (
	"strings"
	"testing"
)

func TestParseDate(t *testing.T) {
	for in, want := range map[string]string{
		"2026-11-22":  "",
		"2028-02-29":  "",
		"":            "is empty",
		"2027-02-29":  "there is no 29 February 2027: the month has 28 days",
		"2026-13-01":  "no month 13",
		"2026-00-01":  "no month 0",
		"2026-01-00":  "there is no 0 January",
		"0000-01-01":  "year 0",
		"22/11/2026":  "write it as YYYY-MM-DD",
		"2026-1-1":    "write it as YYYY-MM-DD",
		"2026-11-2x":  "write it as YYYY-MM-DD",
		"+026-11-22":  "write it as YYYY-MM-DD",
		" 2026-11-22": "write it as YYYY-MM-DD",
	} {
		d, err := ParseDate(in)
		if want == "" {
			if err != nil || d.String() != in {
				t.Errorf("%q: %s, %v", in, d, err)
			}
			continue
		}
		if err == nil || !strings.Contains(err.Error(), want) {
			t.Errorf("%q: got %v, want an error with %q", in, err, want)
		}
	}
}

func TestParseMoment(t *testing.T) {
	for _, tt := range []struct{ in, want string }{
		{"2026-11-27", "2026-11-27"},
		{"2026-11-27T17:30", "2026-11-27T17:30:00Z"},
		{"2026-07-01 09:00", "2026-07-01T09:00:00+01:00"},
		{"2026-07-01T23:30:00-05:00", "2026-07-02T05:30:00+01:00"},
		{"2027-03-28T01:30", "never was"},
		{"2026-10-25T01:30", "came twice"},
		{"2026-10-25T01:30:00Z", "2026-10-25T01:30:00Z"},
		{"2026-10-25T01:30:00+01:00", "2026-10-25T01:30:00+01:00"},
		{"tomorrow at noon", "is not a time"},
		{"0001-01-01T00:00:00Z", "not a time anyone means"},
	} {
		m, err := ParseMoment(tt.in)
		if got := m.String(); err == nil && got != tt.want {
			t.Errorf("%q: got %s, want %s", tt.in, got, tt.want)
		}
		if err != nil && !strings.Contains(err.Error(), tt.want) {
			t.Errorf("%q: got %v, want %q", tt.in, err, tt.want)
		}
	}
}

// A day lasts until its end, and an hour of it comes before that.
func TestMomentsCompare(t *testing.T) {
	noon, err := ParseMoment("2026-07-01T12:00")
	if err != nil {
		t.Fatal(err)
	}
	whole := On(noon.Date)
	if !noon.Before(whole) || whole.Before(noon) || !whole.Before(On(whole.Date.AddDays(1))) {
		t.Error("noon does not come before the end of its day")
	}
}

func TestParseRegime(t *testing.T) {
	for _, r := range append(Regimes(), "promise:answer-in-a-month") {
		if got, err := ParseRegime(string(r)); err != nil || got != r {
			t.Errorf("%s: %s, %v", r, got, err)
		}
	}
	for _, s := range []string{"", "acces", "promise:", "promise:A b"} {
		if _, err := ParseRegime(s); err == nil {
			t.Errorf("%q was taken", s)
		}
	}
}

func FuzzParseDate(f *testing.F) {
	for _, s := range []string{"2026-11-22", "2027-02-29", "", "9999-12-31", "２０２６-11-22"} {
		f.Add(s)
	}
	f.Fuzz(func(t *testing.T, s string) {
		d, err := ParseDate(s)
		if err == nil && (d.String() != s || d.AddDays(1).AddDays(-1) != d || DateOf(d.Start()) != d) {
			t.Errorf("%q reads as %v", s, d)
		}
		if m, err := ParseMoment(s); err == nil {
			if back, err := ParseMoment(m.String()); err != nil || back != m {
				t.Errorf("%q reads as %s and then as %s (%v)", s, m, back, err)
			}
		}
	})
}
