package notice

import (
	"bytes"
	"regexp"
	"strings"
	"testing"
	"testing/fstest"

	"github.com/google/go-cmp/cmp"
)

// bilingual copies the default pack with its Welsh, for a test to spoil.
func bilingual(t *testing.T) fstest.MapFS {
	t.Helper()
	fsys := pack(t)
	edit(t, fsys, landlordFile, "languages: [en]", "languages: [en, cy]")
	from, err := Pack(DefaultPack)
	if err != nil {
		t.Fatal(err)
	}
	src, err := from.Open(translationOf("cy"))
	if err != nil {
		t.Fatal(err)
	}
	defer src.Close()
	var b bytes.Buffer
	if _, err := b.ReadFrom(src); err != nil {
		t.Fatal(err)
	}
	fsys[translationOf("cy")] = &fstest.MapFile{Data: b.Bytes()}
	return fsys
}

const welsh = "notice.cy.md"

var ofAnywhere = regexp.MustCompile(`\{of: [^}]*\}`)

// A pack with a translation has it whole: the same promises, made of the words as they are.
func TestPacksTranslationsAreWhole(t *testing.T) {
	some := 0
	eachPack(t, func(t *testing.T, n *Notice) {
		for _, f := range Check(n) {
			if strings.HasPrefix(f.Rule, "translation-") {
				t.Errorf("%s: %s: %s", f.Pos, f.Rule, f.Why+"; "+f.Mend)
			}
		}
		for language, w := range n.Translations {
			some++
			if a, b := len(n.Words.All()), len(w.All()); a != b {
				t.Errorf("in %s it has %d sentences, and %d in the language it was written in", language, b, a)
			}
			if a, b := len(n.Words.headings()), len(w.headings()); a != b {
				t.Errorf("in %s it has %d headings, and %d in the language it was written in", language, b, a)
			}
		}
	})
	if some < 2 {
		t.Errorf("%d packs have a translation", some)
	}
}

func TestTranslationFindings(t *testing.T) {
	type found struct {
		Rule, File string
		ID         ID
	}
	tests := []struct {
		name  string
		spoil func(fsys fstest.MapFS)
		want  []found
	}{
		{"whole", func(fstest.MapFS) {}, nil},
		{"no file", func(f fstest.MapFS) { delete(f, welsh) }, []found{{"translation-missing", landlordFile, "cy"}}},
		{"a promise less", func(f fstest.MapFS) { edit(t, f, welsh, " {#never-sold}", "") }, []found{{"translation-lacks-promise", welsh, "never-sold"}}},
		{"a promise more", func(f fstest.MapFS) {
			edit(t, f, welsh, "Mae ein swyddog diogelu data yn gofalu am bopeth ar y dudalen hon.", "Mae ein swyddog diogelu data yn gofalu am bopeth ar y dudalen hon. {#only-here}")
		}, []found{{"translation-adds-promise", welsh, "only-here"}}},
		{"words that have moved on", func(f fstest.MapFS) { edit(t, f, wordsFile, "We never sell it.", "We never sell or lend it.") }, []found{{"translation-older", welsh, "cy"}}},
		{"of nothing", func(f fstest.MapFS) {
			f[welsh] = &fstest.MapFile{Data: ofAnywhere.ReplaceAll(f[welsh].Data, nil)}
		}, []found{{"translation-older", welsh, "cy"}}},
	}
	for _, tt := range tests {
		t.Run(tt.name, func(t *testing.T) {
			fsys := bilingual(t)
			tt.spoil(fsys)
			var got []found
			for _, f := range Lint(load(t, fsys), today) {
				if f.Mend == "" || f.Why == "" || f.File == welsh && f.Line == 0 {
					t.Errorf("it leaves something out: %+v", f)
				}
				got = append(got, found{f.Rule, f.File, f.ID})
			}
			if diff := cmp.Diff(tt.want, got); diff != "" {
				t.Errorf("findings (-want +got):\n%s", diff)
			}
		})
	}
	// The mend of an older one is the line that mends it.
	fsys := bilingual(t)
	edit(t, fsys, wordsFile, "We never sell it.", "We never sell or lend it.")
	for _, f := range Lint(load(t, fsys), today) {
		_, of, _ := strings.Cut(f.Mend, "{of: ")
		of, _, _ = strings.Cut(of, "}")
		fsys[welsh] = &fstest.MapFile{Data: ofAnywhere.ReplaceAll(fsys[welsh].Data, []byte("{of: "+of+"}"))}
	}
	if found := Lint(load(t, fsys), today); len(found) > 0 {
		t.Errorf("mended as it says, it finds %+v", found)
	}
	// Another breaking of lines is not another word.
	edit(t, fsys, wordsFile, "Larkfield Homes Limited is your landlord.\n", "Larkfield Homes Limited\nis your landlord.\n")
	if found := Lint(load(t, fsys), today); len(found) > 0 {
		t.Errorf("lines that break elsewhere: %+v", found)
	}
}

func TestTranslationsAreReadStrictly(t *testing.T) {
	for name, tt := range map[string]struct {
		spoil func(fstest.MapFS)
		at    string
		says  string
	}{
		"not offered":    {func(f fstest.MapFS) { edit(t, f, landlordFile, "[en, cy]", "[en]") }, welsh, "does not offer"},
		"twice the same": {func(f fstest.MapFS) { f["notice.en.md"] = f[wordsFile] }, "notice.en.md", "in this language already"},
		"no phrases":     {func(f fstest.MapFS) { f["notice.pl.md"] = f[welsh]; edit(t, f, landlordFile, "cy]", "cy, pl]") }, "notice.pl.md", "no headings and phrases"},
		"an id twice":    {func(f fstest.MapFS) { edit(t, f, welsh, "{#free-of-charge}", "{#ask-any-way}") }, welsh, "two sentences have the id"},
		"of no digest": {func(f fstest.MapFS) {
			f[welsh] = &fstest.MapFile{Data: ofAnywhere.ReplaceAll(f[welsh].Data, []byte("{of: yesterday}"))}
		}, welsh, "names no words"},
		"of twice": {func(f fstest.MapFS) {
			f[welsh] = &fstest.MapFile{Data: append(bytes.Clone(f[welsh].Data), "\n{of: 0123456789ab}\n"...)}
		}, welsh, "a second line"},
		"of the original": {func(f fstest.MapFS) {
			f[wordsFile] = &fstest.MapFile{Data: append(bytes.Clone(f[wordsFile].Data), "\n{of: 0123456789ab}\n"...)}
		}, wordsFile, "the words themselves"},
		"not text": {func(f fstest.MapFS) { f[welsh] = &fstest.MapFile{Data: []byte{'#', ' ', 0xff}} }, welsh, "not valid UTF-8"},
		"empty":    {func(f fstest.MapFS) { f[welsh] = &fstest.MapFile{} }, welsh, "the file is empty"},
	} {
		t.Run(name, func(t *testing.T) {
			fsys := bilingual(t)
			tt.spoil(fsys)
			_, err := Load(fsys)
			if err == nil || !strings.Contains(err.Error(), tt.says) || !strings.Contains(err.Error(), tt.at) {
				t.Errorf("error %v, want %q of %s", err, tt.says, tt.at)
			}
		})
	}
}

// A change in a translation alone is a change of words; where what it is made of changed
// too, it is that change and no other.
func TestCompareTranslations(t *testing.T) {
	before := load(t, bilingual(t))
	compare := func(spoil func(fstest.MapFS)) Comparison {
		fsys := bilingual(t)
		spoil(fsys)
		after := load(t, fsys)
		if after.Version() == before.Version() {
			t.Error("it is the same version")
		}
		return Compare(before, after)
	}
	c := compare(func(f fstest.MapFS) { edit(t, f, welsh, "Nid ydym byth yn ei gwerthu.", "Ni werthwn hi byth.") })
	if len(c.Changes) != 1 || c.Changes[0].Kind != Rewords || c.Changes[0].ID != "never-sold" || c.Changes[0].File != welsh || c.Changes[0].Line == 0 || c.Significant {
		t.Errorf("the Welsh alone: %+v", c.Changes)
	}
	c = compare(func(f fstest.MapFS) {
		edit(t, f, welsh, "Nid ydym byth yn ei gwerthu.", "Gallwn ei gwerthu.")
		edit(t, f, wordsFile, "We never sell it.", "We may sell it.")
	})
	if len(c.Changes) != 1 || c.Changes[0].Kind != RewordsPromise || c.Changes[0].File != wordsFile {
		t.Errorf("both: %+v", c.Changes)
	}
	c = compare(func(f fstest.MapFS) { delete(f, welsh) })
	if len(c.Changes) != 1 || c.Changes[0].Thing != "translation" || c.Changes[0].New != "" {
		t.Errorf("the Welsh gone: %+v", c.Changes)
	}
	without := bilingual(t)
	delete(without, welsh)
	if c := Compare(load(t, without), before); len(c.Changes) != 1 || c.Changes[0].Old != "" || c.Significant {
		t.Errorf("the Welsh added: %+v", c.Changes)
	}
}

// Every form has the words of its language, leads to the other, and where there are no words
// in it says so in both.
func TestPublishInBothLanguages(t *testing.T) {
	const english, cymraeg = "We never sell it.", "Nid ydym byth yn ei gwerthu."
	const inWelsh, inEnglish = "Mae’r hysbysiad hwn ar gael yn Gymraeg hefyd.", "This notice is in English too."
	at := func(to Language) string { return "https://www.larkfield.example/notice?in=" + string(to) }
	n, alone := load(t, bilingual(t)), load(t, pack(t))
	for name, write := range forms {
		en, cy := publishedAs(t, write, n, Publication{Language: "en", At: at}), publishedAs(t, write, n, Publication{Language: "cy", At: at})
		if !strings.Contains(en, english) || strings.Contains(en, cymraeg) {
			t.Errorf("%s in English has not the English words", name)
		}
		if !strings.Contains(cy, cymraeg) || strings.Contains(cy, english) {
			t.Errorf("%s in Welsh has not the Welsh words", name)
		}
		if name == "json" {
			for _, text := range []string{en, cy} {
				if !strings.Contains(strings.Join(strings.Fields(text), ""), `"tenet:languages":["en","cy"]`) {
					t.Errorf("JSON does not name the languages")
				}
			}
		} else {
			if !strings.Contains(en, inWelsh) || !strings.Contains(en, at("cy")) {
				t.Errorf("%s in English does not lead to the Welsh", name)
			}
			if !strings.Contains(cy, inEnglish) || !strings.Contains(cy, at("en")) {
				t.Errorf("%s in Welsh does not lead to the English", name)
			}
		}
		if not := phrases()["cy"]["original"]; strings.Contains(cy, not) || !strings.Contains(cy, phrases()["cy"]["rules-original"]) {
			t.Errorf("%s in Welsh does not say what of it is in English", name)
		}
		missing := publishedAs(t, write, alone, Publication{Language: "cy", At: at})
		for _, language := range []Language{"en", "cy"} {
			if !strings.Contains(missing, phrases()[language]["original"]) {
				t.Errorf("%s without a translation does not say so in %s", name, language)
			}
		}
		if strings.Contains(missing, inWelsh) || !strings.Contains(missing, english) {
			t.Errorf("%s without a translation has other words than it should", name)
		}
	}
}
