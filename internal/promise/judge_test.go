package promise

import (
	"fmt"
	"os"
	"path/filepath"
	"strings"
	"testing"

	"pgregory.net/rapid"

	"tenet/internal/law"
	"tenet/internal/notice"
)

func TestJudge(t *testing.T) {
	for _, c := range []struct {
		name  string
		found Found
		least Share
		want  Status
		says  string
	}{
		{"all good", Found{Good: 7, Looked: 2, Of: 2}, All, Kept, "7 of 7"},
		{"one bad", Found{Good: 6, Bad: 1, Looked: 2, Of: 2}, All, Broken, "1 of 7"},
		{"nothing to count", Found{Looked: 2, Of: 2}, All, Unproven, "nothing to count"},
		{"nothing to look at", Found{}, All, Unproven, "nothing to count"},
		{"a gap", Found{Good: 7, Looked: 1, Of: 2, Gaps: []string{"crm cannot be reached"}}, All, Unproven, "crm cannot be reached"},
		{"a gap, and broken all the same", Found{Good: 6, Bad: 1, Looked: 1, Of: 2, Gaps: []string{"crm"}}, All, Broken, "1 of 7"},
		{"enough", Found{Good: 95, Bad: 5, Looked: 1, Of: 1}, 9500, Kept, "95 of 100"},
		{"just short", Found{Good: 9499, Bad: 501, Looked: 1, Of: 1}, 9500, Broken, "501 of 10,000"},
		// What was not read could make it enough.
		{"short with a gap", Found{Good: 90, Bad: 10, Looked: 1, Of: 2, Gaps: []string{"crm"}}, 9500, Unproven, "falls short of 95%"},
		{"enough with a gap", Found{Good: 99, Bad: 1, Looked: 1, Of: 2, Gaps: []string{"crm"}}, 9500, Unproven, "crm"},
		{"all bad", Found{Bad: 3, Looked: 1, Of: 1}, 1, Broken, "3 of 3"},
	} {
		got, why := Judge(c.found, c.least)
		if got != c.want || !strings.Contains(why, c.says) {
			t.Errorf("%s: %s (%s), not %s (%s)", c.name, got, why, c.want, c.says)
		}
	}
}

// someFinding draws a finding that a check could come to.
func someFinding(t *rapid.T) Found {
	f := Found{Good: rapid.Int64Range(0, 200).Draw(t, "good"), Bad: rapid.Int64Range(0, 5).Draw(t, "bad")}
	for range rapid.IntRange(0, 4).Draw(t, "saw") {
		f.saw()
	}
	for range rapid.IntRange(0, 3).Draw(t, "gaps") {
		f.gap("a gap")
	}
	return f
}

func TestJudgeNeverSaysKeptWithoutHavingLooked(t *testing.T) {
	rapid.Check(t, func(t *rapid.T) {
		f, least := someFinding(t), Share(rapid.IntRange(1, int(All)).Draw(t, "least"))
		s, why := Judge(f, least)
		if why == "" {
			t.Fatal("it does not say why")
		}
		if s == Kept && (f.Good == 0 || f.Looked != f.Of || f.Looked+f.Good == 0 || len(f.Gaps) > 0) {
			t.Fatalf("kept: %+v", f)
		}
		if s == Broken && f.Bad == 0 {
			t.Fatalf("broken by nothing: %+v", f)
		}
		// A gap more never helps, and a promise about each is not mended by what is unread.
		wider := f
		wider.gap("another")
		switch w, _ := Judge(wider, least); {
		case w == Kept, s != Broken && w == Broken, s == Broken && least == All && w != Broken:
			t.Fatalf("%s, and with a gap more %s: %+v", s, w, f)
		}
		// One bad thing more never makes it better.
		worse := f
		worse.Bad++
		if w, _ := Judge(worse, least); s == Broken && w != Broken || s == Unproven && w == Kept {
			t.Fatalf("%s, and with one bad more %s: %+v", s, w, f)
		}
		if w, _ := Judge(worse, All); w != Broken {
			t.Fatalf("one is bad, and of all it is %s: %+v", w, worse)
		}
	})
}

func TestTogetherIsTheWorst(t *testing.T) {
	for _, c := range []struct {
		of   []Status
		want Status
	}{
		{nil, Unproven},
		{[]Status{Kept, Kept}, Kept},
		{[]Status{Kept, Attested}, Attested},
		{[]Status{Kept, NotCheckable}, Kept},
		{[]Status{NotCheckable}, NotCheckable},
		{[]Status{Attested, Unproven, Kept}, Unproven},
		{[]Status{Unproven, Broken}, Broken},
	} {
		if got := Together(c.of); got != c.want {
			t.Errorf("%v: %s, not %s", c.of, got, c.want)
		}
	}
	rapid.Check(t, func(t *rapid.T) {
		all := rapid.SliceOfN(rapid.SampledFrom(Statuses()), 1, 6).Draw(t, "statuses")
		if got, back := Together(all), Together(append(all[1:], all[0])); got != back {
			t.Fatalf("the order decides: %s, %s", got, back)
		}
	})
}

func TestShare(t *testing.T) {
	p := Param{Type: AShare}
	for text, want := range map[string]Share{"100%": All, "99.5%": 9950, "99.05%": 9905, "1%": 100, "0.01%": 1} {
		got, wrong := p.value(text)
		if wrong != "" || got != want || got.(Share).String() != text {
			t.Errorf("%s: %v %q", text, got, wrong)
		}
	}
	for _, text := range []any{"0%", "101%", "100.01%", "-1%", "1", "", "half", 100, "1e2%", nil, []any{"1%"}} {
		if got, wrong := p.value(text); wrong == "" {
			t.Errorf("%v was taken for %v", text, got)
		}
	}
}

// FuzzParameters: whatever a pack gives a check is read, or refused in words.
func FuzzParameters(f *testing.F) {
	for _, seed := range []string{"100%", "P1Y", "h.call", "a=b", "access", "", "\x00", "P999999999999Y"} {
		f.Add("at-least", seed)
	}
	f.Fuzz(func(t *testing.T, name, value string) {
		for _, k := range append(said(), Kinds()...) {
			v, faults := k.read(&notice.Notice{}, map[string]any{name: value})
			for _, x := range faults {
				if x.what == "" || x.mend == "" {
					t.Errorf("%s: %+v", k.Name, x)
				}
			}
			if s := v.least(); s < 1 || s > All {
				t.Errorf("a share of %d", s)
			}
		}
	})
}

func TestDays(t *testing.T) {
	for text, want := range map[string]string{
		"2026-11-22": "2026-11-22", "2026-06-30T23:30:00Z": "2026-07-01", "2026-06-30T23:30:00": "2026-06-30", "2026-06-30 23:30:00": "2026-06-30",
		"22/11/2026": "2026-11-22", "20261122": "2026-11-22", "1900-01-01": "", "0001-01-01": "", "22/13/2026": "", "soon": "",
	} {
		d, ok := day(text)
		if got := d.String(); ok && got != want || ok != (want != "") {
			t.Errorf("%s: %s %v, not %s", text, got, ok, want)
		}
	}
}

// TestPeriodsFollowEachOther: a rule that begins at the end of another is kept for
// both.
func TestPeriodsFollowEachOther(t *testing.T) {
	n := &notice.Notice{Keeping: notice.Keeping{Rules: []notice.KeepRule{{ID: "file", Trigger: "end", Period: "P6Y"}, {ID: "debt", After: "file", Period: "P1Y6M"}}}}
	l := &Look{Board: &Board{Notice: n}}
	from, err := law.ParseDate("2018-01-31")
	if err != nil {
		t.Fatal(err)
	}
	if got := l.end(n.Keeping.Rules[1], from).String(); got != "2025-07-31" {
		t.Errorf("it may be kept until %s", got)
	}
}

// TestEveryKindIsDescribed: what docs and editors show is there, and each kind is
// there once, in words or with what it lacks.
func TestEveryKindIsDescribed(t *testing.T) {
	seen := map[string]bool{}
	looks := 0
	for _, k := range append(said(), Kinds()...) {
		if seen[k.Name] || k.Says == "" || k.Look != nil && k.Lacks != "" {
			t.Errorf("%s: twice, or not described", k.Name)
		}
		seen[k.Name] = true
		if k.Look != nil {
			looks++
		} else if k.Lacks == "" && k.Name != AttestName && k.Name != NotCheckableName {
			t.Errorf("%s looks at nothing and does not say what it lacks", k.Name)
		}
		for _, p := range k.Params {
			if p.Name == "" || p.Says == "" || p.Type == "" {
				t.Errorf("%s: a parameter is not described: %+v", k.Name, p)
			}
		}
	}
	if looks < 20 {
		t.Errorf("%d kinds look", looks)
	}
}

func TestGapsAreBounded(t *testing.T) {
	var f Found
	for i := range 1000 {
		f.gap("gap %d", i)
		f.bad(fmt.Sprint(i))
	}
	if f.Of != 1000 || len(f.Gaps) != mostGaps+1 || f.Bad != 1000 || len(f.Examples) != mostExamples {
		t.Errorf("%d gaps of %d, %d examples of %d", len(f.Gaps), f.Of, len(f.Examples), f.Bad)
	}
}

// The table of kinds in docs/promises.md is drawn from them. TENET_UPDATE=1 writes it anew.
func TestDocsListTheKinds(t *testing.T) {
	path := filepath.Join("..", "..", "docs", "promises.md")
	text, err := os.ReadFile(path)
	if err != nil {
		t.Fatal(err)
	}
	const begin, end = "<!-- kinds -->\n", "<!-- end of kinds -->"
	head, rest, ok := strings.Cut(string(text), begin)
	_, tail, also := strings.Cut(rest, end)
	if !ok || !also {
		t.Fatal("docs/promises.md has no place for the kinds")
	}
	want := head + begin + Reference() + end + tail
	if os.Getenv("TENET_UPDATE") != "" {
		if err := os.WriteFile(path, []byte(want), 0o644); err != nil {
			t.Fatal(err)
		}
		return
	}
	if string(text) != want {
		t.Error("docs/promises.md does not list the kinds as they are: TENET_UPDATE=1 go test ./internal/promise -run Docs")
	}
}

// TestEveryKindSaysWhatWouldMendIt: nobody is left with a broken promise and no next step.
func TestEveryKindSaysWhatWouldMendIt(t *testing.T) {
	for _, k := range Kinds() {
		if mends[k.Name] == "" {
			t.Errorf("%s has no mend", k.Name)
		}
	}
	if len(mends) != len(Kinds()) {
		t.Errorf("%d mends for %d kinds", len(mends), len(Kinds()))
	}
	for _, c := range Causes() {
		if c.Says() == "" || c.Mend() == "" {
			t.Errorf("%s says nothing", c)
		}
	}
}
