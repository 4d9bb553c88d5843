package redact

import (
	"errors"
	"testing"

	"github.com/google/go-cmp/cmp"
	"pgregory.net/rapid"
)

func TestCopy(t *testing.T) {
	r := redactor()
	c := r.Copy()
	const page = "Ann Shaw met Mr James Poole on Monday."
	c.Learn(page)
	apply := func(text string) string {
		end, out := 0, ""
		for _, x := range c.Cuts(text) {
			out, end = out+text[end:x.Start]+x.Label, x.End
		}
		return out + text[end:]
	}
	clean, _ := r.Text(page)
	for text, want := range map[string]string{
		page:                  clean, // as it stands in the rest of the pack
		"Signed: JAMES-POOLE": "Signed: [Person 1]",
		"Ann Shaw":            "Ann Shaw",
	} {
		if got := apply(text); got != want {
			t.Errorf("%q: got %q, want %q", text, got, want)
		}
	}
	c.Withhold("14 Elm Row", "[withheld]", "WITHHELD")
	if got, want := apply("as agreed at 14 elm  row"), "as agreed at [withheld]"; got != want {
		t.Errorf("what is withheld elsewhere: got %q, want %q", got, want)
	}
}

// What people decided takes the place of what is proposed, in the whole document.
func TestCopyAsDecided(t *testing.T) {
	const text = "Mr James Poole and Bob Shaw met Ann Shaw."
	r := redactor()
	c := r.Copy()
	for _, p := range r.Propose(text) {
		switch p.Text {
		case "Bob Shaw", "Ann Shaw":
			p.Action = map[string]Action{"Bob Shaw": Reveal, "Ann Shaw": Withhold}[p.Text]
			c.Decide([]Proposal{p}, nil)
		}
	}
	var got []string
	const page = "BOB SHAW rang. Ann Shaw rang. James Poole rang."
	for _, x := range c.Cuts(page) {
		got = append(got, page[x.Start:x.End])
	}
	if diff := cmp.Diff([]string{"Ann Shaw", "James Poole"}, got); diff != "" {
		t.Error(diff)
	}
	if diff := cmp.Diff([]string{"Ann Shaw", "James Poole"}, c.Secrets()); diff != "" {
		t.Error(diff)
	}
	if diff := cmp.Diff([]string{"James Poole"}, c.Secrets("Ann Shaw")); diff != "" {
		t.Error(diff)
	}
	// What goes by one decision and stays by another goes.
	p := r.Propose("James Poole")[0]
	for _, action := range []Action{Reveal, Withhold, Reveal} {
		p.Action = action
		c.Decide([]Proposal{p}, nil)
	}
	if got := c.Cuts("James Poole"); len(got) != 1 {
		t.Errorf("two decisions on the same words: %v", got)
	}
	bob := r.Propose("Bob Shaw")[0]
	other := bob
	if bob.Action = Reveal; other.Action == Reveal {
		t.Fatal("a neighbour is revealed")
	}
	c = r.Copy()
	c.Decide([]Proposal{bob}, []Proposal{other}) // let go in one place alone
	if got := c.Cuts("Bob Shaw"); len(got) != 1 {
		t.Errorf("revealed in one place, and gone from none: %v", got)
	}
}

func TestCopyProves(t *testing.T) {
	c := redactor().Copy()
	c.Withhold("Shaw", "[withheld]", "WITHHELD")
	c.Withhold("Poole", "[withheld]", "WITHHELD")
	gone := []string{"Shaw", "Poole"}
	var leak *LeakError
	if err := c.Prove([]byte("Ann Shaw met poole"), gone); !errors.As(err, &leak) {
		t.Errorf("a leak was not seen: %v", err)
	}
	if err := c.Prove([]byte("Ann met Shaw"), gone); err == nil {
		t.Error("a name that is nowhere revealed passed")
	}
	c.Reveal("Ann Shaw")
	if err := c.Prove([]byte("Ann Shaw met [withheld]"), gone); err != nil || c.NotProven() != 1 {
		t.Errorf("the requester's surname: %v, %d not proven", err, c.NotProven())
	}
	// Will, and will: the word stays, and is no leak.
	c.Withhold("Will", "[withheld]", "WITHHELD")
	if got := c.Cuts("we will call"); len(got) != 0 {
		t.Errorf("a word was cut for a name: %v", got)
	}
	if err := c.Prove([]byte("we will call"), []string{"Will"}); err != nil {
		t.Errorf("a word counted as a leak: %v", err)
	}
}

// Whatever the text, cuts are in order, apart and within it, and nothing withheld before is left out of them.
func TestCopyCutsFit(t *testing.T) {
	word := rapid.SampledFrom([]string{"Poole", "James", "Ann", "Shaw", "07700900123", "will", "é", "\xff", "\n", "14", "Elm", "Row"})
	rapid.Check(t, func(t *rapid.T) {
		c := redactor().Copy()
		c.Withhold("Elm Row", "[withheld]", "WITHHELD")
		text := ""
		for range rapid.IntRange(0, 3).Draw(t, "texts") {
			text = ""
			for _, w := range rapid.SliceOfN(word, 0, 12).Draw(t, "words") {
				text += w + rapid.SampledFrom([]string{" ", ", ", "", "\t"}).Draw(t, "sep")
			}
			end, rest := 0, ""
			for _, x := range c.Cuts(text) {
				if x.Start < end || x.End <= x.Start || x.End > len(text) {
					t.Fatalf("%+v does not fit a text of %d bytes after %d", x, len(text), end)
				}
				rest, end = rest+text[end:x.Start]+x.Label, x.End
			}
			rest += text[end:]
			if at := c.secrets.in(rest); len(at) > 0 && at[0].text == "Elm Row" {
				t.Fatalf("%q still holds what is withheld", rest)
			}
		}
	})
}

func TestBlank(t *testing.T) {
	got, n := Blank("Ann-Bell, annual, ANN BELL; Ann.", []string{"Ann", "Ann Bell", "..."}, "[withheld]")
	if want := "[withheld], annual, [withheld]; [withheld]."; got != want || n != 3 {
		t.Errorf("got %q, %d places, want %q", got, n, want)
	}
}

func TestPhrases(t *testing.T) {
	p := phrases{}
	if !p.add("Ann Bell", "[Person 1]", "PERSON") || p.add("ANN  BELL", "[Person 2]", "PERSON") || p.add("...", "", "") || !p.add("Ann", "[Person 3]", "PERSON") {
		t.Error("what is new was not told from what is not")
	}
	var got []string
	for _, f := range p.in("ann-bell, Annual, Ann") {
		got = append(got, f.label)
	}
	if diff := cmp.Diff([]string{"[Person 1]", "[Person 3]", "[Person 3]"}, got); diff != "" {
		t.Error(diff)
	}
}
