package console

import (
	"strings"
	"testing"
)

func TestPassword(t *testing.T) {
	hash, err := HashPassword("kettle-harbour-lantérn")
	if err != nil {
		t.Fatal(err)
	}
	if !strings.HasPrefix(hash, "$argon2id$v=19$m=19456,t=2,p=1$") {
		t.Errorf("the hash is %q", hash)
	}
	for name, tc := range map[string]struct {
		hash, password string
		ok, fails      bool
	}{
		"right":                     {hash, "kettle-harbour-lantérn", true, false},
		"typed on another keyboard": {hash, "kettle-harbour-lante\u0301rn", true, false},
		"wrong":                     {hash, "kettle-harbour-lantern", false, false},
		"no account":                {"", "kettle-harbour-lantérn", false, false},
		"far too long":              {hash, strings.Repeat("x", 1<<16), false, false},
		"no hash":                   {"hunter2", "x", false, true},
		"another kind":              {"$2a$10$abcdefghijklmnopqrstuv", "x", false, true},
		"another version":           {strings.Replace(hash, "v=19", "v=16", 1), "x", false, true},
		"ruinous costs":             {strings.Replace(hash, "m=19456", "m=99999999", 1), "x", false, true},
		"no passes":                 {strings.Replace(hash, "t=2", "t=0", 1), "x", false, true},
		"no key":                    {hash[:strings.LastIndex(hash, "$")+1], "x", false, true},
		"cut short":                 {hash[:20], "x", false, true},
	} {
		t.Run(name, func(t *testing.T) {
			ok, err := CheckPassword(tc.hash, tc.password)
			if ok != tc.ok || (err != nil) != tc.fails {
				t.Errorf("got %v, %v", ok, err)
			}
			if err != nil && strings.Contains(err.Error(), "hunter2") {
				t.Errorf("the error tells the stored password: %v", err)
			}
		})
	}
	again, err := HashPassword("kettle-harbour-lantérn")
	if err != nil || again == hash {
		t.Errorf("two hashes of one password are the same, or %v", err)
	}
	for _, bad := range []string{"", "elevenchars", strings.Repeat("é", 257)} {
		if _, err := HashPassword(bad); err == nil {
			t.Errorf("a password of %d bytes is taken", len(bad))
		}
	}
}

// FuzzParseHash: whatever stands in the store, reading it neither fails hard nor
// asks for more than the bounds.
func FuzzParseHash(f *testing.F) {
	for _, s := range []string{
		"$argon2id$v=19$m=19456,t=2,p=1$AAAAAAAAAAAAAAAAAAAAAA$AAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAA",
		"$argon2id$v=19$m=8,t=1,p=1$AAAAAAAAAAA$AAAAAAAAAAAAAAAAAAAAAA", "$$$$$", "", "$argon2id$v=19$m=-1,t=1,p=300$$",
	} {
		f.Add(s)
	}
	f.Fuzz(func(t *testing.T, s string) {
		h, err := parseHash(s)
		if err == nil && (h.memory > argonMaxMemory || h.passes > argonMaxPasses || h.lanes == 0 || len(h.key) > 64) {
			t.Errorf("%q asks for too much: %+v", s, h)
		}
	})
}
