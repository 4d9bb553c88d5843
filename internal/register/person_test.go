package register

import (
	"testing"

	"github.com/google/go-cmp/cmp"

	"tenet/internal/law"
)

func TestReadSomebody(t *testing.T) {
	for said, want := range map[string]Somebody{
		"":                             {},
		"Ann Larter":                   {Name: "Ann Larter"},
		" Ann  Larter , , ":            {Name: "Ann  Larter"},
		"Ann Larter, 1979-03-14":       {Name: "Ann Larter", Born: law.Date{Year: 1979, Month: 3, Day: 14}},
		"Ann Larter, ann@example.org":  {Name: "Ann Larter", Email: "ann@example.org"},
		"ann@example.org":              {Email: "ann@example.org"},
		"Ann Larter, 07700 900123":     {Name: "Ann Larter", Phone: "07700 900123"},
		"Ann Larter, jx 48 29 17 b":    {Name: "Ann Larter", NINO: "JX482917B"},
		"Ann Larter, LKF-104417":       {Name: "Ann Larter", Reference: "LKF-104417"},
		"Ann Larter, +44 7700 900 123": {Name: "Ann Larter", Phone: "+44 7700 900 123"},
	} {
		got := ReadSomebody(said)
		if diff := cmp.Diff(want, got); diff != "" {
			t.Errorf("%q: %s", said, diff)
		}
		if alone := got.NameAlone(); alone != (got == Somebody{Name: got.Name}) {
			t.Errorf("%q: only a name is %v", said, alone)
		}
	}
}

// FuzzReadSomebody: whatever is written, no name is lost and nothing panics.
func FuzzReadSomebody(f *testing.F) {
	for _, s := range []string{"Ann Larter, 1979-03-14", ",,,", "\x00,@,QQ123456C", "1979-03-14, Ann"} {
		f.Add(s)
	}
	f.Fuzz(func(t *testing.T, s string) {
		if n := ReadSomebody(s); s == "" && n != (Somebody{}) {
			t.Errorf("nothing gives %+v", n)
		}
	})
}
