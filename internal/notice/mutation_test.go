package notice

import (
	"fmt"
	"io/fs"
	"math/rand/v2"
	"regexp"
	"slices"
	"strings"
	"testing"
	"testing/fstest"
)

// mutant changes a pack in one way, drawn by r; false where this place has nothing of that
// sort.
type mutant func(r *rand.Rand, fsys fstest.MapFS) bool

// one replaces one match of a pattern in one of the files, drawn by r.
func one(files []string, pattern string, with func(r *rand.Rand, match string) string) mutant {
	re := regexp.MustCompile(pattern)
	return func(r *rand.Rand, fsys fstest.MapFS) bool {
		file := files[r.IntN(len(files))]
		text := string(fsys[file].Data)
		all := re.FindAllStringIndex(text, -1)
		if len(all) == 0 {
			return false
		}
		at := all[r.IntN(len(all))]
		fsys[file] = &fstest.MapFile{Data: []byte(text[:at[0]] + with(r, text[at[0]:at[1]]) + text[at[1]:])}
		return true
	}
}

// mutants are what befalls a folder in somebody's hands: a line lost, a list emptied, a date
// or a number that is another, an id that is misspelt, a sentence that says the contrary.
func mutants() map[string]mutant {
	var yaml []string
	for _, f := range Files() {
		if strings.HasSuffix(f, ".yaml") {
			yaml = append(yaml, f)
		}
	}
	gone := func(*rand.Rand, string) string { return "" }
	contrary := []string{"We never keep anything.", "We do not collect IP addresses. We log the IP address of everybody.", "You agree by continuing to browse this site.", "You pay £10 for a copy.",
		"We give it to no one. We give it to other third parties.", "For more information please see:", "We act under the Data Protection Act 1998."}
	return map[string]mutant{
		"a line lost":      one(yaml, `(?m)^ +[a-z-]+: .*\n`, gone),
		"an entry lost":    one(yaml, `(?m)^  - .*\n(    .*\n)*`, gone),
		"a list emptied":   one(yaml, `\[[^\]\n]*\]`, func(*rand.Rand, string) string { return "[]" }),
		"a list shortened": one(yaml, `, [a-z-]+\]`, func(*rand.Rand, string) string { return "]" }),
		"another date": one(yaml, `\b20\d\d-\d\d-\d\d\b`, func(r *rand.Rand, _ string) string {
			return fmt.Sprintf("%d-%02d-%02d", 1990+r.IntN(60), 1+r.IntN(12), 1+r.IntN(31))
		}),
		"another number":    one(yaml, `count: \d+`, func(r *rand.Rand, _ string) string { return fmt.Sprintf("count: %d", r.IntN(1000)-10) }),
		"another period":    one(yaml, `\bP\d+[YMDW]\b`, func(r *rand.Rand, _ string) string { return fmt.Sprintf("P%d%c", r.IntN(300), "YMDWX"[r.IntN(5)]) }),
		"another basis":     one(yaml, `basis: [a-z-]+`, func(r *rand.Rand, _ string) string { return "basis: " + Basis("").values()[r.IntN(7)] }),
		"an id misspelt":    one(yaml, `id: [a-z-]+`, func(r *rand.Rand, id string) string { return id + "x" }),
		"a sentence lost":   one([]string{wordsFile}, `(?m)^[A-Z-].*\n`, gone),
		"a promise unnamed": one([]string{wordsFile}, ` \{#[a-z0-9-]+\}`, gone),
		"a contradiction": func(r *rand.Rand, fsys fstest.MapFS) bool {
			fsys[wordsFile] = &fstest.MapFile{Data: append(slices.Clone(fsys[wordsFile].Data), "\n"+contrary[r.IntN(len(contrary))]+"\n"...)}
			return true
		},
	}
}

// TestMutants: 200 mutants of each pack are either refused with words that say where and how
// to mend it, or loaded and linted; none makes the linter fall over. Of one seed they are
// the same each time.
func TestMutants(t *testing.T) {
	packs, err := fs.ReadDir(Packs(), ".")
	if err != nil {
		t.Fatal(err)
	}
	kinds := mutants()
	var names []string
	for name := range kinds {
		names = append(names, name)
	}
	slices.Sort(names)
	for p, entry := range packs {
		t.Run(entry.Name(), func(t *testing.T) {
			from, err := Pack(entry.Name())
			if err != nil {
				t.Fatal(err)
			}
			r := rand.New(rand.NewPCG(7, uint64(p)))
			loaded, refused := 0, 0
			for i := range 200 {
				fsys := fstest.MapFS{}
				for _, f := range Files() {
					text, err := fs.ReadFile(from, f)
					if err != nil {
						t.Fatal(err)
					}
					fsys[f] = &fstest.MapFile{Data: text}
				}
				name := names[i%len(names)]
				if !kinds[name](r, fsys) {
					continue
				}
				n, err := Load(fsys)
				if err != nil {
					refused++
					if text := err.Error(); !strings.Contains(text, ".yaml") && !strings.Contains(text, ".md") {
						t.Errorf("mutant %d, %s: the refusal does not say where: %v", i, name, err)
					}
					continue
				}
				loaded++
				for _, f := range Lint(n, today) {
					if f.Rule == "" || f.Why == "" || f.Mend == "" || f.File == "" {
						t.Errorf("mutant %d, %s: a finding lacks something: %+v", i, name, f)
					}
				}
			}
			if loaded < 40 || refused < 10 {
				t.Errorf("%d mutants were loaded and %d refused: they try too little", loaded, refused)
			}
		})
	}
}

// TestNamedMutants: each of these faults, put into a pack that has it not, is found by its
// rule, and the default pack has none of them.
func TestNamedMutants(t *testing.T) {
	clean := make(map[string]bool)
	for _, f := range Lint(load(t, pack(t)), today) {
		clean[f.Rule] = true
	}
	if len(clean) > 0 {
		t.Errorf("the default pack is not clean: %v", clean)
	}
	words := func(sentence string) func(fstest.MapFS) {
		return func(fsys fstest.MapFS) {
			fsys[wordsFile] = &fstest.MapFile{Data: append(slices.Clone(fsys[wordsFile].Data), "\n"+sentence+"\n"...)}
		}
	}
	swap := func(file, pattern, with string) func(fstest.MapFS) {
		return func(fsys fstest.MapFS) {
			fsys[file] = &fstest.MapFile{Data: regexp.MustCompile(pattern).ReplaceAll(fsys[file].Data, []byte(with))}
		}
	}
	for rule, spoils := range map[string][]func(fstest.MapFS){
		"use-without-basis":          {swap(usesFile, `    basis: consent\n`, "")},
		"special-without-condition":  {swap(usesFile, `(?m)^    special:\n(      .*\n)*`, "")},
		"category-without-retention": {swap(keepingFile, `categories: \[call-recordings\]`, "categories: [images]")},
		"recipient-without-rule":     {swap(sharingFile, `    to: printers\n`, "    to: telephone-suppliers\n")},
		"sentence-without-check":     {swap(promisesFile, `(?m)^never-sold: .*\n`, "")},
		"repealed-law":               {words("We keep to the Data Protection Act 1998.")},
		"renamed-body":               {words("The Criminal Records Bureau checks our staff."), words("We are registered with the Homes and Communities Agency.")},
		"consent-by-conduct":         {words("By continuing to browse the site you are agreeing to our cookies.")},
		"fee-not-lawful":             {words("We charge £10 for a copy of your file.")},
		"promise-weaker-than-law":    {words("You get your copy within 40 calendar days.")},
		"empty-list":                 {words("For more information please see:")},
		"broken-cross-reference":     {words("See section 41.")},
		"interests-for-special":      {words("We use special category data in our legitimate business interest.")},
		"scope-too-narrow":           {words("This notice is limited to this website only.")},
		"notice-expired":             {swap(landlordFile, `(?m)^effective: .*$`, "effective: 2020-01-01\nuntil: 2021-01-01")},
	} {
		for i, spoil := range spoils {
			fsys := pack(t)
			spoil(fsys)
			n, err := Load(fsys)
			if err != nil {
				t.Errorf("%s, %d: %v", rule, i, err)
				continue
			}
			if !slices.ContainsFunc(Lint(n, today), func(f Finding) bool { return f.Rule == rule }) {
				t.Errorf("%s does not find mutant %d", rule, i)
			}
		}
	}
}
