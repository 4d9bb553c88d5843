package letter

import (
	"errors"
	"fmt"
	"os"
	"path/filepath"
	"regexp"
	"slices"
	"strings"
	"testing"
	"testing/fstest"

	"github.com/google/go-cmp/cmp"
	"pgregory.net/rapid"

	"tenet/internal/law"
	"tenet/internal/notice"
)

func load(t testing.TB, own map[string]string) (*Set, error) {
	t.Helper()
	if own == nil {
		return Load(nil)
	}
	files := fstest.MapFS{}
	for name, text := range own {
		files[name] = &fstest.MapFile{Data: []byte(text)}
	}
	return Load(files)
}

func ours(t testing.TB) *Set {
	t.Helper()
	s, err := load(t, nil)
	if err != nil {
		t.Fatal(err)
	}
	return s
}

// day is a day that has both a weekday and a month to get wrong.
var day = law.Date{Year: 2026, Month: 12, Day: 25}

// full is what a letter of a kind about a case of a kind is filled in with.
func full(k Kind, lang Lang, about law.Kind) Input {
	in := Input{Kind: k, Lang: lang, About: about, To: "Ann Larter", At: []string{"3 Example Road", "Larkfield", "LK1 1AA"}, Day: day,
		From: Sender{Name: "Larkfield Homes", Address: []string{"Lark House", "LK1 1AA"}, Contact: "The data protection officer", Officer: true, Reach: []string{"01632 960110", "data@example.org"},
			Regulator: "the regulator on 01632 960111", Ombudsman: "the Ombudsman on 01632 960112"},
		Reference: "AR-2026-0001", Received: day.AddDays(-30), Due: day, Until: day.AddDays(30), Words: "The words of staff are here.",
		Ways: []string{"Sign in to your account", "Show a paper"}, Who: "Harbour Homes", Link: "https://privacy.example.org/track"}
	if k == Breach {
		in.Says = map[string]string{"effects": "Somebody may write to you.", "measures": "We locked the door.", "advice": "Look at your bank's letters."}
	}
	if k == NoticeChanged {
		in.Says = map[string]string{"why": "The law changed."}
	}
	if k.Answers() {
		in.Says = map[string]string{}
		for _, c := range in.Contents() {
			in.Says[c.ID] = "About " + c.ID + " we say this."
		}
		in.Says["answer"] = "Here is what we did."
	}
	return in
}

// answering is the kinds of case that a kind of letter may answer.
func answering(k Kind) []law.Kind {
	switch k {
	case ComplaintReply:
		return []law.Kind{law.KindComplaint, law.KindDataComplaint}
	case Withdrawal:
		return []law.Kind{law.KindWithdrawal}
	case Answer, Partly, Refuse:
		return slices.DeleteFunc(law.Kinds(), func(c law.Kind) bool {
			return c == law.KindComplaint || c == law.KindDataComplaint || c == law.KindBreach || c == law.KindWithdrawal && k != Answer
		})
	}
	return []law.Kind{law.KindAccess, law.KindFOI, law.KindRectification}
}

// TestEveryLetterSaysAllItHasTo: ours do, in each language, about each kind of case, and
// whatever the outcome.
func TestEveryLetterSaysAllItHasTo(t *testing.T) {
	s := ours(t)
	for _, lang := range Langs() {
		for _, k := range append(Kinds(), Waiting) {
			for _, about := range answering(k) {
				outcomes := []law.Outcome{""}
				if k == ComplaintReply {
					outcomes = []law.Outcome{law.Granted, law.Partly, law.Denied}
				}
				for _, o := range outcomes {
					in := full(k, lang, about)
					in.Outcome = o
					if k == ComplaintReply {
						for _, c := range in.Contents() {
							in.Says[c.ID] = "Said."
						}
					}
					l, err := s.Write(in)
					if err != nil {
						t.Errorf("%s %s about %s, %s: %v", lang, k, about, o, err)
						continue
					}
					if strings.Contains(l.Text()+l.Subject, "<no value>") || strings.Contains(l.Text(), "{{") || !strings.Contains(l.Subject, "AR-2026-0001") {
						t.Errorf("%s %s: %s\n%s", lang, k, l.Subject, l.Text())
					}
					for _, e := range in.Kind.Elements() {
						shown := slices.ContainsFunc(l.Parts, func(p Part) bool { return p.ID == e.ID })
						wanted := slices.ContainsFunc(in.Contents(), func(c law.Content) bool { return c.ID == e.ID })
						if shown != (!e.choice || wanted) {
							t.Errorf("%s %s about %s: block %s is shown: %v", lang, k, about, e.ID, shown)
						}
					}
				}
			}
		}
	}
}

// TestRoutes: a refusal names exactly the routes that the law has for the kind.
func TestRoutes(t *testing.T) {
	s := ours(t)
	for _, about := range answering(Refuse) {
		l, err := s.Write(full(Refuse, English, about))
		if err != nil {
			t.Fatalf("%s: %v", about, err)
		}
		var got []string
		for _, p := range l.Parts {
			if strings.HasPrefix(p.ID, "route-") {
				got = append(got, p.ID)
			}
		}
		want := law.Routes(about)
		slices.Sort(got)
		slices.Sort(want)
		if diff := cmp.Diff(want, got); diff != "" {
			t.Errorf("%s: %s", about, diff)
		}
	}
}

// TestEachElementCounts: a letter without any one field that an element is about is
// not written, and the error says which.
func TestEachElementCounts(t *testing.T) {
	s := ours(t)
	clear := map[string]func(*Input){
		"Reference": func(in *Input) { in.Reference = " " }, "Received": func(in *Input) { in.Received = law.Date{} },
		"Due": func(in *Input) { in.Due = law.Date{} }, "Until": func(in *Input) { in.Until = law.Date{} },
		"Words":  func(in *Input) { in.Words = "\n \u200b"; delete(in.Says, "reasons") },
		"Answer": func(in *Input) { in.Says = nil }, "Ways": func(in *Input) { in.Ways = nil }, "Who": func(in *Input) { in.Who = "" },
		"Effects": func(in *Input) { delete(in.Says, "effects") }, "Steps": func(in *Input) { delete(in.Says, "measures") },
		"Why":  func(in *Input) { delete(in.Says, "why") },
		"Link": func(in *Input) { in.Link = "" }, "Landlord": func(in *Input) {},
		"Contact": func(in *Input) { in.From.Contact = "" }, "Regulator": func(in *Input) { in.From.Regulator = "" }, "Ombudsman": func(in *Input) { in.From.Ombudsman = "" },
	}
	for _, k := range append(Kinds(), Waiting) {
		about := answering(k)[0]
		if k == Clarify {
			about = law.KindRectification // whose clock does not stop
		}
		for _, e := range k.Elements() {
			for _, f := range e.Uses {
				if f == "Pauses" || f == "Restarts" || e.choice && !slices.ContainsFunc(full(k, English, about).Contents(), func(c law.Content) bool { return c.ID == e.ID }) {
					continue
				}
				in := full(k, English, about)
				clear[f](&in)
				_, err := s.Write(in)
				var m *Missing
				if !errors.As(err, &m) || !slices.ContainsFunc(m.Says, func(x Element) bool { return x.ID == e.ID }) {
					t.Errorf("%s without %s: %v", k, f, err)
				} else if !strings.Contains(err.Error(), e.Cite) {
					t.Errorf("%s without %s does not cite the law: %v", k, f, err)
				}
			}
		}
	}
	// An answer lacks whatever of law.Contents nobody said, and a pack may say it.
	in := full(Answer, English, law.KindErasure)
	delete(in.Says, "recipients-told")
	var m *Missing
	if _, err := s.Write(in); !errors.As(err, &m) || m.Says[0].ID != "recipients-told" || m.Says[0].Cite == "" {
		t.Errorf("an erasure without word of the recipients: %v", err)
	}
	in.Enclosed = []string{"recipients-told"}
	if _, err := s.Write(in); err != nil {
		t.Errorf("what is enclosed says it: %v", err)
	}
}

// TestClocks: what waiting does to the time is what the law says for the kind.
func TestClocks(t *testing.T) {
	s := ours(t)
	for about, says := range map[law.Kind]string{law.KindAccess: "stops today", law.KindFOI: "begins when", law.KindErasure: "does not stop. You will have our answer by Friday 25 December 2026"} {
		l, err := s.Write(full(Clarify, English, about))
		if err != nil || !strings.Contains(l.Text(), says) {
			t.Errorf("%s: %v\n%s", about, err, l.Text())
		}
	}
}

// TestParity: the two languages have the same letters, with the same blocks that show
// the same fields, and the same words around them.
func TestParity(t *testing.T) {
	s := ours(t)
	shape := func(x *text) []string {
		var out []string
		for _, b := range x.blocks {
			line := b.id
			for _, f := range fieldNames() {
				if b.uses(f) {
					line += " " + f
				}
			}
			out = append(out, line)
		}
		return out
	}
	for _, k := range templates() {
		en, cy := s.texts[English][k], s.texts[Welsh][k]
		if diff := cmp.Diff(shape(en), shape(cy)); diff != "" {
			t.Errorf("%s: English (-) and Welsh (+) differ:\n%s", k, diff)
		}
		for i := range en.blocks {
			if k != frame && en.blocks[i].body.Root.String() == cy.blocks[i].body.Root.String() && en.blocks[i].id != "answer" {
				t.Errorf("%s [%s] is not in Welsh", k, en.blocks[i].id)
			}
		}
	}
	for key := range s.words[English] {
		if s.words[Welsh][key] == "" {
			t.Errorf("%s is not in Welsh", key)
		}
	}
	for _, k := range law.Kinds() {
		if s.words[English][string(k)] == "" {
			t.Errorf("cases of kind %s have no name", k)
		}
	}
	if len(s.words[English]) != len(s.words[Welsh]) {
		t.Error("the languages have not the same names")
	}
}

func TestDate(t *testing.T) {
	for lang, want := range map[Lang]string{English: "Friday 25 December 2026", Welsh: "dydd Gwener 25 Rhagfyr 2026"} {
		if got := lang.Date(day); got != want {
			t.Errorf("%s: %q", lang, got)
		}
	}
	if got := Welsh.Date(law.Date{Year: 2027, Month: 1, Day: 3}); got != "dydd Sul 3 Ionawr 2027" {
		t.Error(got)
	}
	for tag, want := range map[string]Lang{"": English, "cy": Welsh, "cy-GB": Welsh, "CY": Welsh, "fr": English} {
		if LangOf(tag) != want {
			t.Errorf("%q is %s", tag, LangOf(tag))
		}
	}
}

var sentences = regexp.MustCompile(`[.?!:](\s|$)|\n\n`)

// TestPlainWords: every English letter reads as plainly as its bar says. Flesch's
// formula is for English alone.
func TestPlainWords(t *testing.T) {
	const leastEase, longest = 70, 28 // 60 is plain English; words in a sentence
	s := ours(t)
	for _, k := range append(Kinds(), Waiting) {
		l, err := s.Write(full(k, English, answering(k)[0]))
		if err != nil {
			t.Fatal(err)
		}
		var all []notice.Sentence
		for _, p := range l.Parts {
			for _, one := range sentences.Split(p.Text, -1) {
				all = append(all, notice.Sentence{Text: one})
			}
		}
		if r := notice.Ease(all); r.Flesch < leastEase || r.Longest > longest {
			t.Errorf("%s has reading ease %.0f, and %d words in a sentence", k, r.Flesch, r.Longest)
		}
	}
}

// TestLandlordsOwn: a landlord's words stand in the place of ours, in one language and
// one letter; what leaves out an element is refused with its file, line and mend.
func TestLandlordsOwn(t *testing.T) {
	const good = "subject: Got it {{.Reference}}\n\n[also]\nOur office is shut on Friday.\n\n[received]\nIt came {{.Received}}: {{.Reference}}.\n\n[due]\nBy {{.Due}}.\n\n[contact]\nAsk {{.Contact}}.\n"
	s, err := load(t, map[string]string{"en/acknowledge.txt": "\ufeff" + strings.ReplaceAll(good, "\n", "\r\n"), ".DS_Store": "x"})
	if err != nil {
		t.Fatal(err)
	}
	l, err := s.Write(full(Acknowledge, English, law.KindAccess))
	if err != nil || l.Subject != "Got it AR-2026-0001" || !strings.Contains(l.Text(), "shut on Friday.\n\nIt came") || !strings.Contains(l.Text(), "Yours sincerely") {
		t.Errorf("%v %q\n%s", err, l.Subject, l.Text())
	}
	if l, err := s.Write(full(Acknowledge, Welsh, law.KindAccess)); err != nil || !strings.Contains(l.Text(), "Daeth eich cais") {
		t.Errorf("the Welsh one is ours: %v", err)
	}
	for name, c := range map[string]struct{ text, at, says, mend string }{
		"leaves out":      {strings.Replace(good, "[due]\nBy {{.Due}}.\n", "", 1), "letters/en/acknowledge.txt: ", "leaves out [due]", "UK GDPR Arts 12(3), 12A"},
		"in name alone":   {strings.Replace(good, "By {{.Due}}.", "Soon.", 1), "letters/en/acknowledge.txt:9: ", "does not use {{.Due}}", "put it in"},
		"empty":           {strings.Replace(good, "By {{.Due}}.", " ", 1), "letters/en/acknowledge.txt:9: ", "[due] is empty", "write it"},
		"twice":           {good + "\n[due]\nOr {{.Due}}.\n", "letters/en/acknowledge.txt:15: ", "there twice", "[also]"},
		"stranger":        {good + "\n[advert]\nBuy now.\n", "letters/en/acknowledge.txt:15: ", "no block [advert]", "[also]"},
		"no subject":      {strings.Replace(good, "subject: Got it {{.Reference}}", "Dear all", 1), "letters/en/acknowledge.txt:1: ", "not the subject", "begin with"},
		"words before":    {strings.Replace(good, "\n\n[also]", "\nHello\n\n[also]", 1), "letters/en/acknowledge.txt:2: ", "before the first block", "put a line"},
		"unknown field":   {strings.Replace(good, "{{.Due}}", "{{.Due}} {{.Salary}}", 1), "letters/en/acknowledge.txt:10: ", `no field ".Salary"`, "Reference"},
		"does more":       {strings.Replace(good, "{{.Due}}", "{{.Due}}\n{{range .Name}}x{{end}}", 1), "letters/en/acknowledge.txt:11: ", "more than a letter may do", "{{if .Field}}"},
		"a function":      {strings.Replace(good, "{{.Due}}", `{{.Due}}{{printf "%s" .Name}}`, 1), "letters/en/acknowledge.txt:10: ", "more than a letter may do", "{{.Field}}"},
		"a pipe":          {strings.Replace(good, "{{.Due}}", `{{.Due | html}}`, 1), "letters/en/acknowledge.txt:10: ", "more than a letter may do", "{{.Field}}"},
		"within a field":  {strings.Replace(good, "{{.Due}}", `{{.Due}}{{.Due.Year}}`, 1), "letters/en/acknowledge.txt:10: ", "no field", "{{.Field}}"},
		"not closed":      {strings.Replace(good, "{{.Due}}", "{{if .Due}}", 1), "letters/en/acknowledge.txt:", "cannot be read", "{{end}}"},
		"not text":        {"subject: \xff", "letters/en/acknowledge.txt: ", "not text", "UTF-8"},
		"too long":        {good + strings.Repeat("x", maxTemplate), "letters/en/acknowledge.txt: ", "too long", "at most"},
		"the subject too": {strings.Replace(good, "{{.Reference}}\n", "{{.Reference}} {{len .Name}}\n", 1), "letters/en/acknowledge.txt:1: ", "more than a letter may do", "{{.Field}}"},
	} {
		t.Run(name, func(t *testing.T) {
			_, err := load(t, map[string]string{"en/acknowledge.txt": c.text})
			if err == nil || !strings.Contains(err.Error(), c.at) || !strings.Contains(err.Error(), c.says) || !strings.Contains(err.Error(), c.mend) {
				t.Errorf("%v", err)
			}
		})
	}
	for _, name := range []string{"en/acknowlege.txt", "fr/acknowledge.txt", "acknowledge.txt", "en/acknowledge.md"} {
		var p Problem
		if _, err := load(t, map[string]string{name: good}); !errors.As(err, &p) || p.File != "letters/"+name {
			t.Errorf("%s: %v", name, err)
		}
	}
}

// TestLeavingOut takes each element out of each of our letters, in each language.
func TestLeavingOut(t *testing.T) {
	for _, lang := range Langs() {
		for _, k := range templates() {
			raw, err := shipped.ReadFile(fmt.Sprintf("templates/%s/%s.txt", lang, k))
			if err != nil {
				t.Fatal(err)
			}
			for _, e := range k.Elements() {
				cut := regexp.MustCompile(`(?s)\n\[`+e.ID+`\]\n.*?(\n\[|$)`).ReplaceAllString(string(raw), "$1")
				_, err := load(t, map[string]string{fmt.Sprintf("%s/%s.txt", lang, k): cut})
				if err == nil || !strings.Contains(err.Error(), "leaves out ["+e.ID+"]") {
					t.Errorf("%s %s without [%s]: %v", lang, k, e.ID, err)
				}
			}
		}
	}
}

// TestHostile: whatever people write, a letter's subject is one line, its words change
// no template, and its page has no mark-up of theirs.
func TestHostile(t *testing.T) {
	s := ours(t)
	rapid.Check(t, func(t *rapid.T) {
		nasty := rapid.SampledFrom([]string{"<script>alert(1)</script>", "a\r\nBcc: x@example.org", "{{.Contact}}", "\u202eevil", "\x00", "\xff", "[due]"})
		in := full(Refuse, English, law.KindErasure)
		in.To = rapid.String().Draw(t, "to") + nasty.Draw(t, "in the name")
		in.Words = rapid.StringN(1, 400, 2000).Draw(t, "words") + nasty.Draw(t, "in the words") + "."
		in.At = []string{nasty.Draw(t, "in the address")}
		l, err := s.Write(in)
		if err != nil {
			t.Fatal(err)
		}
		page, err := s.Page(l, true, nasty.Draw(t, "enclosed"))
		if err != nil {
			t.Fatal(err)
		}
		for _, bad := range []string{"\r", "\x00", "\u202e"} {
			if strings.Contains(l.Subject+l.Text()+string(page), bad) {
				t.Fatalf("%q is in it", bad)
			}
		}
		if strings.ContainsAny(l.Subject, "\n") || strings.Contains(string(page), "<script") || strings.Count(l.Text(), "01632 960110") > 3 {
			t.Fatalf("%s\n%s", l.Subject, page)
		}
	})
}

func TestSafeName(t *testing.T) {
	for name, want := range map[string]string{"Ann Larter": "Ann Larter", "Mrs. A. O'Brien-Łódź": "Mrs. A. O'Brien-Łódź", "Siân  Evans ": "Siân Evans",
		"Win £100 at http://x.example": "", "see evil.example": "", "a b c d e f g h i": "", "Ann\nLarter": "Ann Larter", "": "", strings.Repeat("a", 81): ""} {
		if got := SafeName(name); got != want {
			t.Errorf("%q is %q", name, got)
		}
	}
}

// TestPage: what is printed has the address in its window, the letter's words, and a
// cover that says nothing of the matter.
func TestPage(t *testing.T) {
	s := ours(t)
	l, err := s.Write(full(Extend, Welsh, law.KindAccess))
	if err != nil {
		t.Fatal(err)
	}
	both, err1 := s.Page(l, true, "43 tudalen")
	alone, err2 := s.Page(l, false)
	if err := errors.Join(err1, err2); err != nil {
		t.Fatal(err)
	}
	if n := strings.Count(string(both), `<p>Ann Larter</p><p>3 Example Road</p>`); n != 2 {
		t.Errorf("%d address blocks", n)
	}
	cover, _, _ := strings.Cut(string(both), "<h1>")
	_, cover, _ = strings.Cut(cover, "<main>")
	for _, want := range []string{"Preifat", "43 tudalen", "AR-2026-0001", "dydd Gwener 25 Rhagfyr 2026"} {
		if !strings.Contains(cover, want) {
			t.Errorf("the cover does not say %q", want)
		}
	}
	if strings.Contains(cover, "amser") || strings.Contains(string(alone), "Preifat") || !strings.Contains(string(alone), `lang="cy"`) {
		t.Error("the cover says too much, or is there unasked")
	}
}

// FuzzTemplate: no template makes loading fail in any way but by problems, or makes
// writing do more than write.
func FuzzTemplate(f *testing.F) {
	for _, k := range []Kind{Acknowledge, Clarify, frame} {
		raw, _ := shipped.ReadFile("templates/en/" + string(k) + ".txt")
		f.Add(string(raw))
	}
	f.Add("subject: {{define \"x\"}}{{end}}\n[received]\n{{template \"x\"}}")
	f.Add("subject: {{if .Due}}\n[due]\n{{end}}")
	f.Fuzz(func(t *testing.T, raw string) {
		s, err := load(t, map[string]string{"en/acknowledge.txt": raw})
		if err != nil {
			var p Problem
			if !errors.As(err, &p) || p.What == "" || p.Mend == "" {
				t.Fatalf("%v", err)
			}
			return
		}
		l, err := s.Write(full(Acknowledge, English, law.KindAccess))
		var m *Missing
		if err != nil && !errors.As(err, &m) {
			t.Fatal(err)
		}
		if strings.Contains(l.Subject, "\n") {
			t.Errorf("subject %q", l.Subject)
		}
	})
}

// TestDocs: docs/letters.md lists for each letter what it has to say.
func TestDocs(t *testing.T) {
	raw, err := os.ReadFile(filepath.Join("..", "..", "docs", "letters.md"))
	if err != nil {
		t.Fatal(err)
	}
	for _, k := range templates() {
		var all []string
		for _, e := range k.Elements() {
			all = append(all, e.ID)
		}
		if row := fmt.Sprintf("| %s | %s", k, strings.Join(all, ", ")); !strings.Contains(string(raw), row) {
			t.Errorf("docs/letters.md has no row that begins %q", row)
		}
	}
}
