package redact

import (
	"encoding/base64"
	"encoding/hex"
	"errors"
	"html"
	"net/url"
	"slices"
	"strings"
	"testing"
	"unicode/utf16"

	"pgregory.net/rapid"
)

func utf16Bytes(s string, big bool) string {
	var b strings.Builder
	for _, u := range utf16.Encode([]rune(s)) {
		if big {
			b.WriteString(string([]byte{byte(u >> 8), byte(u)}))
		} else {
			b.WriteString(string([]byte{byte(u), byte(u >> 8)}))
		}
	}
	return b.String()
}

func escapeJSON(s string) string {
	var b strings.Builder
	for _, u := range utf16.Encode([]rune(s)) {
		b.WriteString(`\u` + hex.EncodeToString([]byte{byte(u >> 8), byte(u)}))
	}
	return b.String()
}

// hiding is every way in which something withheld is known to survive.
var hiding = map[string]func(string) string{
	"as it was":            func(s string) string { return s },
	"capitals":             strings.ToUpper,
	"small":                strings.ToLower,
	"other spaces":         func(s string) string { return strings.ReplaceAll(s, " ", "\u00a0\n\t") },
	"no spaces":            func(s string) string { return strings.ReplaceAll(s, " ", "") },
	"URL query":            url.QueryEscape,
	"URL path":             url.PathEscape,
	"every byte for a URL": func(s string) string { return percent(s, "%") },
	"quoted-printable":     func(s string) string { return percent(s, "=") },
	"soft line breaks":     func(s string) string { return s[:3] + "=\r\n" + s[3:] },
	"HTML":                 html.EscapeString,
	"HTML numbers":         func(s string) string { return strings.ReplaceAll(strings.ReplaceAll(s, "a", "&#97;"), "o", "&#x6f;") },
	"HTML tags within":     func(s string) string { return s[:3] + "<b>" + s[3:] + "</b>" },
	"JSON":                 escapeJSON,
	"base64":               func(s string) string { return base64.StdEncoding.EncodeToString([]byte(s)) },
	"base64 off by one":    func(s string) string { return base64.StdEncoding.EncodeToString([]byte("x" + s + "yz")) },
	"base64 off by two":    func(s string) string { return base64.URLEncoding.EncodeToString([]byte("xx" + s + "y")) },
	"base64 over lines": func(s string) string {
		b := base64.StdEncoding.EncodeToString([]byte(s))
		return b[:5] + "\r\n" + b[5:]
	},
	"hex":                    func(s string) string { return strings.ToUpper(hex.EncodeToString([]byte(s))) },
	"UTF-16 little":          func(s string) string { return utf16Bytes("x "+s+" y", false) },
	"UTF-16 big":             func(s string) string { return utf16Bytes("x "+s+" y", true) },
	"UTF-16 at an odd place": func(s string) string { return "%" + utf16Bytes("x "+s+" y", false) },
}

func percent(s, mark string) string {
	var b strings.Builder
	for i := range len(s) {
		b.WriteString(mark + strings.ToUpper(hex.EncodeToString([]byte{s[i]})))
	}
	return b.String()
}

var secrets = []string{"Grace Okonedo", "07700 900456", "o'neill.grace@example.com", "Seán O'Neill & Co"}

func TestProveFinds(t *testing.T) {
	for how, hide := range hiding {
		for i, secret := range secrets {
			out := "before, " + hide(secret) + "; after"
			if strings.Contains(how, "base64") || strings.Contains(how, "odd") {
				out = strings.Replace(out, ", ", ",", 1)
			}
			err := Prove([]byte(out), secrets)
			var leak *LeakError
			if !errors.As(err, &leak) || leak.Leaks[0].Secret != i {
				t.Errorf("%s: secret %d in %q: %v", how, i, out, err)
				continue
			}
			for _, part := range []string{"Okonedo", "900456", "neill"} {
				if strings.Contains(err.Error(), part) {
					t.Errorf("%s: the error gives it away: %v", how, err)
				}
			}
		}
	}
	if err := Prove([]byte("odenokO ecarG"), secrets); err == nil {
		t.Error("backwards is not found")
	}
	if err := Prove([]byte("call 0770-0900.456"), secrets); err == nil {
		t.Error("a number with other separators is not found")
	}
}

func TestProvePasses(t *testing.T) {
	for _, out := range []string{"", "graceful Okonedos 07700 900457", "the annual plan", "[Person 1] rang", strings.Repeat("\x00\xff", 100), "%zz =\n \\u12 &#; <"} {
		if err := Prove([]byte(out), append(secrets, "Ann", "", " - ")); err != nil {
			t.Errorf("%q: %v", out, err)
		}
	}
}

func TestProveProperty(t *testing.T) {
	ways := make([]string, 0, len(hiding))
	for how := range hiding {
		ways = append(ways, how)
	}
	rapid.Check(t, func(t *rapid.T) {
		secret := rapid.StringMatching(`[A-Z][a-z]{3,8} [A-Z][a-z]{3,8}`).Draw(t, "secret")
		how := rapid.SampledFrom(ways).Draw(t, "how")
		noise := rapid.StringMatching(`[a-z0-9 .,]{0,40}`).Draw(t, "noise")
		out := noise + " " + hiding[how](secret)
		if strings.HasPrefix(how, "UTF-16") {
			out = utf16Bytes(noise+" "+secret+" ", how == "UTF-16 big")
		}
		if err := Prove([]byte(out), []string{secret}); err == nil {
			t.Fatalf("%s: %q is not found in %q", how, secret, out)
		}
	})
}

func FuzzProve(f *testing.F) {
	f.Add([]byte("Grace Okonedo \x00\xff %4 =\r \\u"), "Grace Okonedo")
	f.Add([]byte("\xff\xfeG\x00"), "a")
	f.Fuzz(func(t *testing.T, clean []byte, secret string) {
		first := Prove(clean, []string{secret})
		second := Prove(append([]byte(nil), clean...), []string{secret})
		if (first == nil) != (second == nil) {
			t.Fatalf("%v, then %v", first, second)
		}
		if first == nil && len(foldedWords(secret)) > 0 && Prove(append(clean, " "+secret+" "...), []string{secret}) == nil && !strings.Contains(string(clean), "\x00") {
			t.Fatalf("%q is not found at the end of %q", secret, clean)
		}
	})
}

func BenchmarkProve(b *testing.B) {
	out := []byte(strings.Repeat("Rang about the damp in the back bedroom; nobody in. [Person 1] will call 020 7946 0958 again. ", 2000))
	b.SetBytes(int64(len(out)))
	for b.Loop() {
		if err := Prove(out, secrets); err != nil {
			b.Fatal(err)
		}
	}
}

// What stands in every answer of a person, and every text, is nothing to look for.
func TestSecretsThatTellNothing(t *testing.T) {
	list := []Withheld{{secret: "CAMPBELL S"}, {secret: "Grace"}, {secret: "Mr Surchi"}, {secret: "S Okafor"}, {secret: "Campbell Surchi"}}
	got := Secrets(list, "Merlene Campbell")
	if want := []string{"Mr Surchi", "S Okafor", "Campbell Surchi"}; !slices.Equal(got, want) {
		t.Errorf("%q, not %q", got, want)
	}
}
