package letter

import (
	"errors"
	"slices"
	"strings"
	"testing"
	"testing/fstest"

	"pgregory.net/rapid"

	"tenet/internal/law"
)

// TestRevise: other words may stand in a letter, but not the loss of what a block is
// there to say: a date, a number, whom to ask.
func TestRevise(t *testing.T) {
	s := ours(t)
	in := full(Extend, English, law.KindAccess)
	until := English.Date(in.Until)
	for name, c := range map[string]struct {
		edits map[string]string
		lacks string // the element; empty where it may go
		says  string
	}{
		"nothing":                       {nil, "", "The words of staff are here."},
		"other reasons":                 {map[string]string{"reasons": "There are\r\nmany letters."}, "", "many letters."},
		"no reasons":                    {map[string]string{"reasons": " \n"}, "reasons", ""},
		"no date":                       {map[string]string{"new-date": "You will hear from us soon."}, "new-date", until},
		"another date":                  {map[string]string{"new-date": "You will hear by Monday 1 February 2027."}, "new-date", until},
		"the date in other words":       {map[string]string{"new-date": "We shall answer you by " + until + " at the latest."}, "", "at the latest"},
		"one way to reach us is enough": {map[string]string{"contact": "Ring us on 01632 960110."}, "", "Ring us"},
		"no way to reach us":            {map[string]string{"contact": "Do not ask."}, "contact", ""},
		"a block that is not there":     {map[string]string{"nothing": "x"}, "", "The words of staff"},
		"no greeting":                   {map[string]string{"greeting": ""}, "greeting", ""},
	} {
		t.Run(name, func(t *testing.T) {
			l, err := s.Revise(in, c.edits)
			var m *Missing
			switch {
			case c.lacks == "" && err != nil:
				t.Fatal(err)
			case c.lacks == "":
				if !strings.Contains(l.Text(), c.says) {
					t.Errorf("it says:\n%s", l.Text())
				}
			case !errors.As(err, &m) || len(m.Says) != 1 || m.Says[0].ID != c.lacks || m.Says[0].Cite == "" || !strings.Contains(m.Says[0].Says, c.says):
				t.Errorf("%v", err)
			case len(l.Parts) == 0:
				t.Error("the letter is not given with what it lacks")
			}
		})
	}
}

// TestReviseKeepsDates: whatever is put into its blocks, a letter that is let through
// shows the date, the number and something in each block that it has to have.
func TestReviseKeepsDates(t *testing.T) {
	s := ours(t)
	rapid.Check(t, func(t *rapid.T) {
		in := full(rapid.SampledFrom(Kinds()).Draw(t, "kind"), rapid.SampledFrom(Langs()).Draw(t, "lang"), law.KindAccess)
		if !slices.Contains(answering(in.Kind), in.About) {
			in = full(in.Kind, in.Lang, answering(in.Kind)[0])
		}
		was, err := s.Write(in)
		if err != nil {
			t.Fatal(err)
		}
		edits := map[string]string{}
		for _, b := range was.Blocks() {
			if rapid.Bool().Draw(t, "edit") {
				edits[b.Name] = rapid.OneOf(rapid.Just(b.Text+" More."), rapid.String(), rapid.Just("")).Draw(t, b.Name)
			}
		}
		l, err := s.Revise(in, edits)
		var m *Missing
		if err != nil {
			if !errors.As(err, &m) {
				t.Fatal(err)
			}
			return
		}
		for _, date := range []string{in.Lang.Date(in.Until), in.Lang.Date(in.Due), in.Lang.Date(in.Received)} {
			for _, b := range was.Blocks() { // what the landlord added may be taken away, its dates with it
				if _, has := in.Kind.Element(b.ID); has && strings.Contains(b.Text, date) && !strings.Contains(l.Text(), date) {
					t.Fatalf("the date %s of [%s] is lost:\n%s", date, b.ID, l.Text())
				}
			}
		}
		for _, e := range in.Kind.Elements() {
			had := slices.ContainsFunc(was.Parts, func(p Part) bool { return p.ID == e.ID })
			if has := slices.ContainsFunc(l.Parts, func(p Part) bool { return p.ID == e.ID && p.Text != "" }); had != has {
				t.Fatalf("[%s] is lost", e.ID)
			}
		}
	})
}

// TestSurvey: each letter in each language is there once, with whose words it has and
// what is wrong with it.
func TestSurvey(t *testing.T) {
	own := fstest.MapFS{
		"en/extend.txt": {Data: []byte("subject: Later\n\n[reasons]\n{{.Words}}\n")},
		"cy/ready.txt":  {Data: mustRead(t, "templates/cy/ready.txt")},
		"en/extnd.txt":  {Data: []byte("subject: x")},
	}
	files, strange := Survey(own)
	if len(files) != 2*len(templates()) || len(strange) != 1 || strange[0].File != "letters/en/extnd.txt" {
		t.Fatalf("%d files, %v", len(files), strange)
	}
	for _, f := range files {
		name := string(f.Lang) + "/" + string(f.Kind) + ".txt"
		_, mine := own[name]
		if f.Own != mine || (len(f.Problems) > 0) != (name == "en/extend.txt") || f.Subject == "" || len(f.Blocks) == 0 {
			t.Errorf("%+v", f)
		}
	}
	if _, err := Load(own); err == nil {
		t.Error("it is used all the same")
	}
}

func mustRead(t testing.TB, name string) []byte {
	t.Helper()
	raw, err := shipped.ReadFile(name)
	if err != nil {
		t.Fatal(err)
	}
	return raw
}

// TestPages: letters that are printed together stand on sheets of their own, under the
// policy that lets their style through and nothing else.
func TestPages(t *testing.T) {
	s := ours(t)
	one, err1 := s.Write(full(Extend, English, law.KindAccess))
	two, err2 := s.Write(full(Refuse, Welsh, law.KindAccess))
	if err := errors.Join(err1, err2); err != nil {
		t.Fatal(err)
	}
	page, err := s.Pages(Sheet{Letter: one, Cover: true}, Sheet{Letter: two})
	if err != nil {
		t.Fatal(err)
	}
	if n := strings.Count(string(page), `<section class="sheet"`); n != 3 || !strings.Contains(string(page), `<section class="sheet" lang="cy">`) {
		t.Errorf("%d sheets", n)
	}
	if !strings.HasPrefix(PagePolicy(), "default-src 'none'; style-src 'sha256-") || strings.Contains(string(page), "style=") {
		t.Error(PagePolicy())
	}
	if _, err := s.Pages(); err == nil {
		t.Error("a page of nothing is made")
	}
}
