package detect

import (
	"bytes"
	"strings"
	"testing"

	"github.com/google/go-cmp/cmp"
)

func TestUnknownNames(t *testing.T) {
	for text, want := range map[string][]string{
		"Spoke to Janet Hartley about the leak.":                            {"PERSON Janet Hartley"},
		"Ngozi Okafor and her husband Chidi attended.":                      {"PERSON Ngozi Okafor", "PERSON Chidi"},
		"spoke to janet hartley, she said kyle was out":                     {"PERSON janet hartley", "PERSON kyle"},
		"JANET HARTLEY CALLED AGAIN ABOUT THE LEAK":                         {"PERSON JANET HARTLEY"},
		"Will you mark the wall? May is fine. Rose bushes need cutting.":    nil,
		"Visited with Will Mark. He will mark the wall.":                    {"PERSON Will Mark"},
		"Works at Baxter House, Baxter Road, by Baxter & Sons Ltd.":         nil,
		"Tenant: Hodan Warsame\nJoint tenant: WARSAME, Abdi":                {"PERSON Hodan Warsame", "PERSON WARSAME, Abdi"},
		"No access. Card left. Second visit booked for Monday.":             nil,
		"Universal Credit claim closed, Housing Officer to visit.":          nil,
		"Kind regards\nSteph Kirkby\nIncome Team":                           {"PERSON Steph Kirkby"},
		"the boiler is broken and nobody has come out all week":             nil,
		"Tyler Baxter rang. Advised TB to ring again. Baxter's dog barked.": {"PERSON Tyler Baxter", "PERSON TB", "PERSON Baxter"},
	} {
		if diff := cmp.Diff(want, found(Detect(text, nil))); diff != "" {
			t.Errorf("%q: %s", text, diff)
		}
	}
}

func TestNamesSayWhy(t *testing.T) {
	spans := ShippedNames().Find("Met Mrs Hartley at noon. Hartley agreed that Hartley's fence is hers.")
	if len(spans) != 3 {
		t.Fatal(found(spans))
	}
	for _, want := range []string{`follows "mrs"`, "3 times"} {
		if !strings.Contains(spans[0].Why, want) {
			t.Errorf("%q does not say %q", spans[0].Why, want)
		}
	}
	for _, s := range spans {
		if strings.Contains(strings.ToLower(s.Why), "hartley") {
			t.Errorf("the reason holds the name: %q", s.Why)
		}
	}
}

func TestNoNames(t *testing.T) {
	if got := (Detector{NoNames: true}).Detect("Spoke to Janet Hartley about the leak."); len(got) > 0 {
		t.Error(found(got))
	}
}

// A guess stands beside a known person's name, and never takes it in.
func TestGuessesDoNotWidenWhatIsKnown(t *testing.T) {
	got := found(Detect("Elizabeth Shaw Okonkwo-Braithwaite came", people))
	if diff := cmp.Diff([]string{"PERSON Elizabeth Shaw: p1", "PERSON Okonkwo-Braithwaite"}, got); diff != "" {
		t.Error(diff)
	}
}

func TestLearnNames(t *testing.T) {
	examples := []Labelled{{Text: "Spoke to Ann today", Spans: []Span{{Start: 9, End: 12, Type: Person}}}, {Text: "Went to Leeds today", Spans: []Span{{Start: 8, End: 13, Type: Location}}}}
	lists := NameLists{Forenames: []string{"ann"}, Ordinary: []string{"spoke", "today"}, Places: []string{"leeds"}}
	n := LearnNames(lists, examples, 40, 1)
	if diff := cmp.Diff([]string{"PERSON Ann"}, found(n.Find("Spoke to Ann today"))); diff != "" {
		t.Error(diff)
	}
	if got := n.Find("Went to Leeds today"); len(got) > 0 {
		t.Error(found(got))
	}
	b, err := n.Bytes()
	if err != nil {
		t.Fatal(err)
	}
	again, err := LearnNames(lists, examples, 40, 1).Bytes()
	if err != nil || !bytes.Equal(b, again) {
		t.Errorf("the same examples and seed give another model: %v", err)
	}
	loaded, err := LoadNames(b)
	if err != nil {
		t.Fatal(err)
	}
	if back, err := loaded.Bytes(); err != nil || !bytes.Equal(b, back) {
		t.Errorf("what is loaded is written differently: %v", err)
	}
}

func TestLoadNamesRefuses(t *testing.T) {
	for name, data := range map[string][]byte{
		"nothing": nil, "another format": []byte("tenet-names-0\nabc"), "cut short": shipped[:len(shipped)/2],
		"no compression": []byte(namesFormat + "plain"),
	} {
		if _, err := LoadNames(data); err == nil {
			t.Errorf("%s: loaded", name)
		}
	}
}

func BenchmarkNames(b *testing.B) {
	n, text := ShippedNames(), benchText()
	b.SetBytes(int64(len(text)))
	for b.Loop() {
		n.Find(text)
	}
}

func BenchmarkKnownOnly(b *testing.B) {
	text := benchText()
	b.SetBytes(int64(len(text)))
	for b.Loop() {
		Detector{Known: people, NoNames: true}.Detect(text)
	}
}

func BenchmarkLoadNames(b *testing.B) {
	for b.Loop() {
		if _, err := LoadNames(shipped); err != nil {
			b.Fatal(err)
		}
	}
}
