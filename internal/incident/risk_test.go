package incident

import (
	"slices"
	"testing"

	"pgregory.net/rapid"
)

func TestAssess(t *testing.T) {
	open, gone := []Harm{Confidentiality}, []Harm{Availability}
	for _, c := range []struct {
		name  string
		harms []Harm
		f     Facts
		want  Risk
	}{
		{"a lost stick, unencrypted, 40 tenants", []Harm{Confidentiality, Availability}, stick, SomeRisk},
		{"the same, encrypted", open, Facts{Data: []Data{Contact, Tenancy}, People: 40, Identifiable: NotAtAll}, NoRisk},
		{"health of a thousand, taken", open, Facts{Data: []Data{Contact, Special}, People: 1000, Identifiable: Directly, Severity: Serious, Malicious: true}, HighRisk},
		{"one letter to a colleague next door, unopened", open, Facts{Data: []Data{Contact}, People: 1, Identifiable: Directly, Severity: Slight, Trusted: true}, NoRisk},
		{"where somebody hides", open, Facts{Data: []Data{Refuge}, People: 1, Identifiable: Inferably, Severity: Slight}, HighRisk},
		{"the same, back before anybody looked", open, Facts{Data: []Data{Refuge}, People: 1, Identifiable: Hardly, Severity: Slight, Recovered: true}, NoRisk},
		{"nothing is known", nil, Facts{}, HighRisk},
		{"an hour without the repairs system", gone, Facts{Data: []Data{Tenancy}, People: 900, Identifiable: Directly, Severity: Slight, Recovered: true}, NoRisk},
		{"bank details sent to another tenant", open, Facts{Data: []Data{Contact, Financial}, People: 1, Identifiable: Directly, Severity: Noticeable}, HighRisk},
		{"passwords, but nobody can be told from them", open, Facts{Data: []Data{Credentials}, People: 5, Identifiable: Hardly, Severity: Slight}, NoRisk},
	} {
		p := Assess(c.harms, c.f)
		if p.Risk != c.want || p.Says == "" || len(p.Working) == 0 {
			t.Errorf("%s: %s, want %s: %+v", c.name, p.Risk, c.want, p)
		}
	}
}

var severities = []Severity{Slight, Noticeable, Serious, Grave}

func factsOf(t *rapid.T) ([]Harm, Facts) {
	some := func(name string) bool { return rapid.Bool().Draw(t, name) }
	var f Facts
	for _, w := range weights {
		if some(string(w.data)) {
			f.Data = append(f.Data, w.data)
		}
	}
	var h []Harm
	for _, x := range Harms() {
		if some(string(x)) {
			h = append(h, x)
		}
	}
	f.People = rapid.IntRange(1, 3000).Draw(t, "people")
	f.Identifiable = rapid.SampledFrom([]Identifiable{Directly, Inferably, Hardly, NotAtAll}).Draw(t, "identifiable")
	f.Severity = rapid.SampledFrom(severities).Draw(t, "severity")
	f.Vulnerable, f.Malicious, f.Lasting, f.Trusted, f.Recovered = some("vulnerable"), some("malicious"), some("lasting"), some("trusted"), some("recovered")
	return h, f
}

func rank(r Risk) int { return slices.Index(Risks(), r) }

// TestWorseIsNeverLess: what makes a breach worse never makes the proposal less.
func TestWorseIsNeverLess(t *testing.T) {
	rapid.Check(t, func(t *rapid.T) {
		h, f := factsOf(t)
		before := Assess(h, f)
		w := f
		w.Data = slices.Clone(f.Data)
		switch rapid.IntRange(0, 7).Draw(t, "worse") {
		case 0:
			w.Vulnerable = true
		case 1:
			w.Malicious = true
		case 2:
			w.Lasting = true
		case 3:
			w.Trusted = false
		case 4:
			w.Recovered = false
		case 5:
			w.People *= 10
		case 6:
			w.Severity = severities[min(slices.Index(severities, f.Severity)+1, len(severities)-1)]
		case 7:
			more := rapid.SampledFrom(weights).Draw(t, "more").data
			if len(f.Data) > 0 && !slices.Contains(f.Data, more) { // the first that is named replaces what nobody knew
				w.Data = append(w.Data, more)
			}
		}
		if after := Assess(h, w); rank(after.Risk) < rank(before.Risk) || after.Score < before.Score {
			t.Fatalf("worse, and less: %+v then %+v", before, after)
		}
	})
}

// TestUnknownIsNeverHarmless: where something is not known, and it is not locked away,
// nobody is told that there is no risk.
func TestUnknownIsNeverHarmless(t *testing.T) {
	rapid.Check(t, func(t *rapid.T) {
		h, f := factsOf(t)
		switch rapid.IntRange(0, 3).Draw(t, "unknown") {
		case 0:
			f.Data = nil
		case 1:
			f.People = 0
		case 2:
			f.Severity = ""
		case 3:
			f.Identifiable = ""
		}
		if p := Assess(h, f); f.Identifiable != NotAtAll && p.Risk == NoRisk {
			t.Fatalf("%+v", p)
		}
	})
}
