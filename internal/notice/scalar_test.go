package notice

import (
	"fmt"
	"os"
	"path/filepath"
	"strings"
	"testing"
	"testing/fstest"

	"pgregory.net/rapid"

	"tenet/internal/testdata"
)

func TestPeriodParts(t *testing.T) {
	tests := []struct {
		p       Period
		y, m, d int
		words   string
	}{
		{"P6Y", 6, 0, 0, "6 years"},
		{"P1M", 0, 1, 0, "1 month"},
		{"P2W", 0, 0, 14, "14 days"},
		{"P1Y6M", 1, 6, 0, "1 year and 6 months"},
		{"P1Y1M1W1D", 1, 1, 8, "1 year, 1 month and 8 days"},
		{"P0D", 0, 0, 0, "no time"},
		{"nonsense", 0, 0, 0, "no time"},
	}
	for _, tt := range tests {
		y, m, d := tt.p.Parts()
		if y != tt.y || m != tt.m || d != tt.d || tt.p.Words() != tt.words {
			t.Errorf("%s: %d years %d months %d days, %q; want %d %d %d, %q", tt.p, y, m, d, tt.p.Words(), tt.y, tt.m, tt.d, tt.words)
		}
	}
}

func TestPeriodSaysWhatWasWritten(t *testing.T) {
	rapid.Check(t, func(t *rapid.T) {
		y, m, d := rapid.IntRange(0, 999).Draw(t, "y"), rapid.IntRange(0, 9999).Draw(t, "m"), rapid.IntRange(0, 99999).Draw(t, "d")
		gy, gm, gd := Period(fmt.Sprintf("P%dY%dM%dD", y, m, d)).Parts()
		if gy != y || gm != m || gd != d {
			t.Fatalf("P%dY%dM%dD read as %d %d %d", y, m, d, gy, gm, gd)
		}
	})
}

func TestDistance(t *testing.T) {
	for _, tt := range []struct {
		a, b string
		want int
	}{{"", "", 0}, {"a", "", 1}, {"basis", "basis", 0}, {"bassi", "basis", 1}, {"purpos", "purpose", 1}, {"period", "people", 4}} {
		if got := distance(tt.a, tt.b); got != tt.want {
			t.Errorf("distance(%q, %q) = %d, want %d", tt.a, tt.b, got, tt.want)
		}
	}
	rapid.Check(t, func(t *rapid.T) {
		a, b := rapid.StringMatching(`[a-d-]{0,12}`).Draw(t, "a"), rapid.StringMatching(`[a-d-]{0,12}`).Draw(t, "b")
		d := distance(a, b)
		if d != distance(b, a) || (d == 0) != (a == b) || d > max(len(a), len(b)) {
			t.Fatalf("distance(%q, %q) = %d", a, b, d)
		}
	})
}

func TestVersionIsOfTheContentAlone(t *testing.T) {
	fsys := pack(t)
	v := load(t, fsys).Version()
	if len(v) != 64 {
		t.Fatalf("version %q", v)
	}
	fsys["README.md"] = &fstest.MapFile{Data: []byte("not part of the notice")}
	if got := load(t, fsys).Version(); got != v {
		t.Error("a file beside the notice changed its version")
	}
	dir := t.TempDir()
	for _, name := range Files() {
		if err := os.WriteFile(filepath.Join(dir, name), fsys[name].Data, 0o600); err != nil {
			t.Fatal(err)
		}
	}
	if got := load(t, os.DirFS(dir)).Version(); got != v {
		t.Error("the same folder elsewhere has another version")
	}
	for _, name := range Files() {
		changed := pack(t)
		changed[name] = &fstest.MapFile{Data: append([]byte(nil), append(changed[name].Data, '\n')...)}
		if load(t, changed).Version() == v {
			t.Errorf("a change to %s left the version as it was", name)
		}
	}
}

func TestInForce(t *testing.T) {
	n := load(t, pack(t))
	n.Landlord.Until = "2027-01-31"
	for day, want := range map[Date]bool{"2026-06-30": false, "2026-07-01": true, "2027-01-31": true, "2027-02-01": false} {
		if n.InForce(day) != want {
			t.Errorf("InForce(%s) = %v", day, !want)
		}
	}
}

func TestPacks(t *testing.T) {
	if _, err := Pack("larkfeild"); err == nil || !strings.Contains(err.Error(), "did you mean “larkfield”?") {
		t.Errorf("error %v", err)
	}
}

// Each Data Privacy Vocabulary term in the default pack exists in DPV 2.3.
func TestDefaultPackSpeaksDPV(t *testing.T) {
	dir := testdata.Shared(t, "vocab")
	terms := make(map[DPV]bool)
	for prefix, file := range map[string]string{"dpv": "dpv-2.3-dpv_dpv.csv", "dpv-pd": "dpv-2.3-pd_pd.csv"} {
		src, err := os.ReadFile(filepath.Join(dir, file))
		if err != nil {
			t.Fatal(err)
		}
		for _, line := range strings.Split(string(src), "\n") {
			if term, _, ok := strings.Cut(strings.TrimPrefix(line, `"`), `"`); ok {
				terms[DPV(prefix+":"+term)] = true
			}
		}
	}
	n := load(t, pack(t))
	for _, c := range n.Data.Categories {
		for _, d := range c.DPV {
			if !terms[d] {
				t.Errorf("category %s: DPV has no %s", c.ID, d)
			}
		}
	}
	for _, u := range n.Uses.Uses {
		for _, d := range u.DPV {
			if !terms[d] {
				t.Errorf("use %s: DPV has no %s", u.ID, d)
			}
		}
	}
}
