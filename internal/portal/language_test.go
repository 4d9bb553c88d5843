package portal

import (
	"io/fs"
	"maps"
	"os"
	"regexp"
	"slices"
	"strings"
	"testing"
	"time"

	"tenet/internal/web"
)

var (
	filled  = regexp.MustCompile(`\{[a-z]+\}`)
	formOf  = regexp.MustCompile(`\[[a-z]+\]$`)
	plurals = map[string][]string{"en": {"one", "other"}, "cy": {"one", "two", "few", "many", "other"}}
)

func read(t *testing.T, lang string) *words {
	t.Helper()
	w, err := readWords(lang)
	if err != nil {
		t.Fatal(err)
	}
	return w
}

// TestLanguagesAreOfOnePiece: each language says everything that the others say, tells the
// same, and has all its plurals.
func TestLanguagesAreOfOnePiece(t *testing.T) {
	keys := func(w *words) []string {
		set := map[string]bool{}
		for k := range w.texts {
			set[formOf.ReplaceAllString(k, "")] = true
		}
		return slices.Sorted(maps.Keys(set))
	}
	en := read(t, "en")
	for _, lang := range languages {
		w := read(t, lang)
		if got, want := keys(w), keys(en); !slices.Equal(got, want) {
			t.Errorf("%s and en do not say the same", lang)
			for _, k := range want {
				if !slices.Contains(got, k) {
					t.Errorf("%s lacks %s", lang, k)
				}
			}
			for _, k := range got {
				if !slices.Contains(want, k) {
					t.Errorf("only %s has %s", lang, k)
				}
			}
		}
		for _, k := range keys(w) {
			if en.texts[k+"[other]"] != "" {
				for _, f := range plurals[lang] {
					if w.texts[k+"["+f+"]"] == "" {
						t.Errorf("%s: %s has no form [%s]", lang, k, f)
					}
				}
				continue
			}
			told := func(s string) []string { return slices.Sorted(slices.Values(filled.FindAllString(s, -1))) }
			if got, want := told(w.texts[k]), told(en.texts[k]); !slices.Equal(got, want) {
				t.Errorf("%s: %s tells %v, and English %v", lang, k, got, want)
			}
			if lang != "en" && w.texts[k] == en.texts[k] && !slices.Contains([]string{"post", "reach.post-label"}, k) {
				t.Errorf("%s: %s is not translated", lang, k)
			}
		}
	}
}

// TestWordsAreThere: what templates and code say is in the files.
func TestWordsAreThere(t *testing.T) {
	en := read(t, "en")
	said := regexp.MustCompile(`(?:\{\{-? ?|\()t "([a-z.-]+)"|say\("([a-z.-]+)"|again\("([a-z.-]+)"|did\(w, r, "([a-z.-]+)"`)
	count := 0
	see := func(name string, data []byte) {
		for _, m := range said.FindAllStringSubmatch(string(data), -1) {
			count++
			key := strings.Join(m[1:], "")
			if key != "" && !en.has(key) && !en.has(key+"[other]") {
				t.Errorf("%s says %s, which is nowhere", name, key)
			}
		}
	}
	for _, dir := range []string{".", "templates"} {
		files, err := os.ReadDir(dir)
		if err != nil {
			t.Fatal(err)
		}
		for _, f := range files {
			if strings.HasSuffix(f.Name(), "_test.go") || f.IsDir() {
				continue
			}
			data, err := fs.ReadFile(os.DirFS(dir), f.Name())
			if err != nil {
				t.Fatal(err)
			}
			see(f.Name(), data)
		}
	}
	if count < 150 {
		t.Errorf("only %d keys were seen", count)
	}
	for _, key := range []string{"title"} {
		for _, s := range steps {
			if !en.has(s.name + "." + key) {
				t.Errorf("the question %s has no words", s.name)
			}
		}
	}
	for _, p := range []web.Problem{web.Fault, web.NotFound, web.TooLarge, web.TooMany} {
		for _, text := range []string{p.Title, p.Why, p.Mend} {
			if !slices.Contains(slices.Collect(maps.Values(en.texts)), text) {
				t.Errorf("another room says %q, which is not translated", text)
			}
		}
	}
}

func TestWelsh(t *testing.T) {
	w := read(t, "cy")
	day := time.Date(2027, 1, 4, 0, 0, 0, 0, time.UTC)
	for _, tc := range []struct{ got, want string }{
		{w.date(day), "4 Ionawr 2027"},
		{w.moment(day.Add(15 * time.Hour)), "4 Ionawr 2027, 3:00pm"},
		{w.left(day, day), "i'w ateb heddiw"},
		{w.left(day, day.AddDate(0, 0, 1)), "1 diwrnod ar ôl"},
		{w.left(day, day.AddDate(0, 0, 2)), "2 ddiwrnod ar ôl"},
		{w.left(day, day.AddDate(0, 0, -2)), "2 ddiwrnod yn hwyr"},
		{w.left(day, day.AddDate(0, 0, 6)), "6 diwrnod ar ôl"},
		{w.say("progress.waited", "n", 0), "Nid ydych wedi aros yr un diwrnod"},
		{w.say("due.by", "day", day), "Byddwn yn ateb erbyn 4 Ionawr 2027."},
	} {
		if tc.got != tc.want {
			t.Errorf("%q, wanted %q", tc.got, tc.want)
		}
	}
	for in, want := range map[string]int{"Mai": 5, "mehefin": 6, "chwe": 2, "June": 6, "Dec": 12} {
		if got, ok := month(in); !ok || got != want {
			t.Errorf("month(%q) is %d, %v", in, got, ok)
		}
	}
}

func FuzzSniff(f *testing.F) {
	f.Add([]byte("%PDF-1.7"))
	f.Add([]byte("\x89PNG\r\n\x1a\n"))
	f.Add([]byte("PK\x03\x04"))
	f.Fuzz(func(t *testing.T, data []byte) {
		if kind, ok := sniff(data); ok && kind == "" {
			t.Error("a paper of no kind is taken")
		}
	})
}
