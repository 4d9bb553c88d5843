package detect

import (
	"strings"
	"testing"

	"github.com/google/go-cmp/cmp"
)

func shapes(t testing.TB, patterns ...string) (out []Shape) {
	t.Helper()
	for _, p := range patterns {
		s, err := NewShape("tenancy number", p)
		if err != nil {
			t.Fatal(err)
		}
		out = append(out, s)
	}
	return out
}

func TestReferences(t *testing.T) {
	d := Detector{NoNames: true, Shapes: shapes(t, `T\d{6}`, `(?:RA|RB)[- ]?\d{2}[A-Z]{2}`, `\d{3} é\d{2}`)}
	for text, want := range map[string][]string{
		"tenancy T123456 ends":                      {"REFERENCE T123456"},
		"T123456,T654321":                           {"REFERENCE T123456", "REFERENCE T654321"},
		"AXT123456 T1234567 T12345":                 nil,
		"RA 12XY and RB-34AB":                       {"REFERENCE RA 12XY", "REFERENCE RB-34AB"},
		"éT123456 123 é45":                          {"REFERENCE 123 é45"},
		strings.Repeat("Tenant ", 2000):             nil,
		strings.Repeat("Tenant ", 2000) + "T123456": {"REFERENCE T123456"},
		"T12345\xff T123456\xff":                    {"REFERENCE T123456"},
	} {
		if diff := cmp.Diff(want, found(d.Detect(text))); diff != "" {
			t.Errorf("%.40q: %s", text, diff)
		}
	}
	if got := (Detector{NoNames: true, Shapes: []Shape{{}}}).Detect("T123456"); len(got) > 0 {
		t.Errorf("the zero Shape finds %v", got)
	}
}

func TestNewShapeRefuses(t *testing.T) {
	for pattern, why := range map[string]string{
		`T\d+`: "no end", `T\d*`: "no end", `T\d{2,}`: "no end", `^T\d{6}$`: "leave out", `(`: "missing", `\d\d`: "at least 3", `[A-Z]{6}`: "digit",
		`[A-Z0-9]{6}`: "digit", `\d{50}`: "at most", `(?:\d{1,9}){40}`: "at most", `.{3,9}`: "digit", `(?:a|1)bcd`: "digit", `\d{4}\b\z`: "leave out",
		`(?:(?:[a-e]|[c-g]|x{0,9}){0,3}\d){1,1}(?:a?b?c?d?e?f?g?){2}`: "", strings.Repeat("1", 1001): "1000",
		`(?:ab|cd|ef|gh|ij|kl|mn|op|qr|st|uv|wx){19}\d`: "simpler", `1\C\C`: "escape",
	} {
		_, err := NewShape("rent account", pattern)
		if why != "" && (err == nil || !strings.Contains(err.Error(), why) || !strings.Contains(err.Error(), "rent account")) {
			t.Errorf("%s: %v, want something about %q", pattern, err, why)
		}
	}
}

func FuzzShape(f *testing.F) {
	f.Add(`T\d{6}`, "tenancy T123456 ends")
	f.Add(`(?i:ra|é)[- ]?\d{2}.?`, "RA 12\xff É34é")
	f.Add(`\b\d{3}\b`, "1 123 1234")
	f.Fuzz(func(t *testing.T, pattern, text string) {
		s, err := NewShape("x", pattern)
		if err != nil {
			return
		}
		check(t, text, Detector{NoNames: true, Shapes: []Shape{s}}.Detect(text))
		for _, span := range s.find(text, nil) {
			if !strings.ContainsAny(text[span.Start:span.End], "0123456789") || span.End-span.Start > s.most {
				t.Fatalf("%q matched %q", pattern, text[span.Start:span.End])
			}
		}
	})
}

func BenchmarkReferences(b *testing.B) {
	list, text := shapes(b, `T\d{6}`, `(?:RA|RB)-\d{7}`, `[A-Z]{3}/\d{2}/\d{4}`, `\d{10}`, `WO\d{6,8}`), benchText()
	b.SetBytes(int64(len(text)))
	for b.Loop() {
		for i := range list {
			list[i].find(text, nil)
		}
	}
}
