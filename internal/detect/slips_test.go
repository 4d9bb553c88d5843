package detect

import (
	"testing"

	"github.com/google/go-cmp/cmp"
)

func TestSlips(t *testing.T) {
	known := NewPeople([]Individual{individual("p1", "Janet Hartley"), individual("p2", "Mohamed Abdullahi"), individual("p3", "Ann Shaw")})
	for text, want := range map[string][]string{
		"Janet Hartly rang":                        {"p1"}, // one letter missing
		"Janet Harltey rang":                       {"p1"}, // two exchanged
		"Janet Hartleyy rang":                      {"p1"},
		"Janet Bartley rang":                       {"p1"},
		"Jamet Hartley rang":                       {"p1"},
		"janet hartly rang":                        {"p1"},
		"HARTLY, Janet":                            {"p1"},
		"Mohamed Abdul1ahi came":                   {"p2"}, // as a scanner reads it
		"Mrs Hartly rang":                          {"p1"},
		"Ann Shah rang":                            nil, // too short: another name
		"Jamet Hartly rang":                        nil, // two slips
		"Hartly Road is closed, and the harley":    nil,
		"Janet Hartley rang. Hartly was very rude": {"p1"}, // the second time
	} {
		var got []string
		for _, s := range known.Find(text, nil) {
			got = append(got, s.Maybe...)
		}
		if diff := cmp.Diff(want, got); diff != "" {
			t.Errorf("%q: %s", text, diff)
		}
	}
}

// A name with a slip may be a stranger's: it is nobody's for certain.
func TestSlipIsNobodysForCertain(t *testing.T) {
	known := NewPeople([]Individual{individual("p1", "Janet Hartley")})
	for _, s := range Detect("Janet Hartly rang", known) {
		if len(s.People) > 0 || s.Score >= 0.97 {
			t.Errorf("%+v", s)
		}
	}
}
