package notice

import (
	"bytes"
	"encoding/csv"
	"encoding/json"
	"errors"
	"io"
	"io/fs"
	"maps"
	"os"
	"path/filepath"
	"regexp"
	"slices"
	"strings"
	"testing"

	"github.com/google/go-cmp/cmp"

	"tenet/internal/testdata"
)

func TestPhrasesAreTheSameInEachLanguage(t *testing.T) {
	all := phrases()
	want := slices.Sorted(maps.Keys(all["en"]))
	placeholder := regexp.MustCompile(`\{[a-z]+\}`)
	for language, in := range all {
		if diff := cmp.Diff(want, slices.Sorted(maps.Keys(in))); diff != "" {
			t.Errorf("%s (-en +%s):\n%s", language, language, diff)
		}
		for key, words := range in {
			if strings.TrimSpace(words) == "" {
				t.Errorf("%s: %s is empty", language, key)
			}
			if diff := cmp.Diff(placeholder.FindAllString(all["en"][key], -1), placeholder.FindAllString(words, -1)); diff != "" {
				t.Errorf("%s: placeholders of %s:\n%s", language, key, diff)
			}
			if language != "en" && words == all["en"][key] {
				t.Errorf("%s: %s is in English", language, key)
			}
		}
	}
}

// Every word of a schema that a table prints has a phrase.
func TestPhrasesCoverTheSchema(t *testing.T) {
	for prefix, values := range map[string][]string{"basis-": Basis("").values(), "when-": When("").values(), "action-": Action("").values()} {
		for _, v := range values {
			if phrases()["en"][prefix+v] == "" {
				t.Errorf("no phrase %s%s", prefix, v)
			}
		}
	}
}

func publishedAs(t *testing.T, write func(io.Writer, *Notice, Publication) error, n *Notice, as Publication) string {
	t.Helper()
	var b bytes.Buffer
	if err := write(&b, n, as); err != nil {
		t.Fatal(err)
	}
	return b.String()
}

func TestPublish(t *testing.T) {
	n := load(t, pack(t))
	for name, write := range map[string]func(io.Writer, *Notice, Publication) error{"fragment": PublishFragment, "print": PublishPrint, "text": PublishText} {
		t.Run(name, func(t *testing.T) {
			en := publishedAs(t, write, n, Publication{})
			for _, want := range []string{"How Larkfield Homes uses your information", "What we use it for", "6 years", "only when they ask", "it is deleted", "Information Commissioner’s Office", n.Version()} {
				if !strings.Contains(en, want) {
					t.Errorf("it does not say %q", want)
				}
			}
			for _, s := range n.Words.All() {
				if name == "text" && !strings.Contains(en, s.Text) {
					t.Errorf("it leaves out %q", s.Text)
				}
			}
			cy := publishedAs(t, write, n, Publication{Language: "cy"})
			for _, want := range []string{"6 o flynyddoedd", "Mewn grym o", "caiff ei dileu"} {
				if !strings.Contains(cy, want) {
					t.Errorf("in Welsh it does not say %q", want)
				}
			}
			if strings.Contains(en, "<script") || name == "fragment" && strings.Contains(en, "<style") {
				t.Error("it has a script or a style")
			}
		})
	}
}

// The tables are made from the rules: a rule that changes changes them.
func TestPublishFollowsTheRules(t *testing.T) {
	fsys := pack(t)
	before := publishedAs(t, PublishText, load(t, fsys), Publication{})
	edit(t, fsys, keepingFile, "    period: P30D\n", "    period: P1Y6M\n")
	after := publishedAs(t, PublishText, load(t, fsys), Publication{})
	if strings.Contains(before, "1 year and 6 months") || !strings.Contains(after, "1 year and 6 months") {
		t.Error("a changed period does not change the table")
	}
}

func TestPublishEscapes(t *testing.T) {
	fsys := pack(t)
	edit(t, fsys, wordsFile, "## Who we are", "## Who <b>we</b> are")
	edit(t, fsys, dataFile, "title: Who you are", "title: <img src=x onerror=alert(1)>")
	page := publishedAs(t, PublishFragment, load(t, fsys), Publication{})
	if strings.Contains(page, "<img") || strings.Contains(page, "<b>we") {
		t.Error("what the folder says got into the page as HTML")
	}
}

func TestPublishUnknownLanguage(t *testing.T) {
	err := PublishFragment(io.Discard, load(t, pack(t)), Publication{Language: "gd"})
	if err == nil || !strings.Contains(err.Error(), "no phrases in that language") {
		t.Errorf("error %v", err)
	}
}

type fullDisk struct{}

func (fullDisk) Write([]byte) (int, error) { return 0, fs.ErrInvalid }

func TestPublishSaysWhenItCannotWrite(t *testing.T) {
	n := load(t, pack(t))
	for name, err := range map[string]error{
		"fragment": PublishFragment(fullDisk{}, n, Publication{}), "print": PublishPrint(fullDisk{}, n, Publication{}),
		"text": PublishText(fullDisk{}, n, Publication{}), "json": PublishJSON(fullDisk{}, n, Publication{}),
		"sarif": WriteSARIF(fullDisk{}, "", nil, nil),
	} {
		if !errors.Is(err, fs.ErrInvalid) {
			t.Errorf("%s: error %v", name, err)
		}
	}
}

// Every term of the vocabulary that is published is in the vocabulary.
func TestPublishJSONUsesTermsThatExist(t *testing.T) {
	known := make(map[string]bool)
	dir := testdata.Shared(t, "vocab")
	for prefix, file := range map[string]string{
		"dpv:": "dpv-2.3-dpv_dpv.csv", "dpv-pd:": "dpv-2.3-pd_pd.csv", "eu-gdpr:": "dpv-2.3-legal_eu_gdpr_eu-gdpr.csv", "legal-gb:": "dpv-2.3-legal_gb_legal-gb.csv",
	} {
		src, err := os.ReadFile(filepath.Join(dir, file))
		if err != nil {
			t.Fatal(err)
		}
		rows, err := csv.NewReader(bytes.NewReader(src)).ReadAll()
		if err != nil {
			t.Fatal(err)
		}
		for _, row := range rows {
			known[prefix+row[0]] = true
		}
	}
	var b bytes.Buffer
	if err := PublishJSON(&b, load(t, pack(t)), Publication{}); err != nil {
		t.Fatal(err)
	}
	if !json.Valid(b.Bytes()) {
		t.Fatal("not JSON")
	}
	terms := regexp.MustCompile(`"((?:dpv|dpv-pd|eu-gdpr|legal-gb):[^"]+)"`).FindAllStringSubmatch(b.String(), -1)
	if len(terms) < 50 {
		t.Fatalf("%d terms", len(terms))
	}
	for _, m := range terms {
		if !known[m[1]] {
			t.Errorf("there is no term %s", m[1])
		}
	}
	for _, b := range Basis("").values() {
		if term := Basis(b).dpv(); term != "" && !known[term] {
			t.Errorf("there is no term %s", term)
		}
	}
	for _, r := range Regime("").values() {
		if term := Regime(r).dpv(); term != "" && !known[term] {
			t.Errorf("there is no term %s", term)
		}
	}
}
