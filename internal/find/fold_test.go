package find

import (
	"fmt"
	"math/rand/v2"
	"slices"
	"strings"
	"testing"

	"github.com/google/go-cmp/cmp"
	"pgregory.net/rapid"

	"tenet/internal/match"
)

// docsOf are documents named a, b, c.
func docsOf(texts ...string) []document {
	out := make([]document, len(texts))
	for i, t := range texts {
		out[i] = document{id: string(rune('a' + i)), text: t, folds: true}
	}
	return out
}

const notice = `Dear Mr Berg
We will be carrying out work to the lift in Fern Court from 3 March 2026. Ann Shaw at number 12 has asked for it to be quiet
before nine, and the contractor has agreed. The lift will be out of use for two days, and the stairs will be kept clear.
Yours sincerely`

func TestFold(t *testing.T) {
	for name, c := range map[string]struct {
		texts []string
		like  []string // which each is like
	}{
		"the same":                       {[]string{"met Ann Shaw", "met Ann Shaw"}, []string{"", "a"}},
		"saved again":                    {[]string{"Met Ann  Shaw.\r\n", "met Ann Shaw"}, []string{"", "a"}},
		"a small word":                   {[]string{"met Ann Shaw", "we met Ann Shaw"}, []string{"", ""}},
		"another name":                   {[]string{"met Ann Shaw", "met Ann Shah"}, []string{"", ""}},
		"a name more":                    {[]string{"met Ann Shaw", "met Ann Shaw and Bo"}, []string{"", ""}},
		"names the other way round":      {[]string{"Ann hit Bo", "Bo hit Ann"}, []string{"", ""}},
		"another number":                 {[]string{"owes 120", "owes 121"}, []string{"", ""}},
		"a digit":                        {[]string{"flat 1 is empty", "flat 2 is empty"}, []string{"", ""}},
		"another date":                   {[]string{"on 3 March 2026", "on 4 March 2026"}, []string{"", ""}},
		"an initial":                     {[]string{"A Shaw hit out", "B Shaw hit out"}, []string{"", ""}},
		"a name that is a word too":      {[]string{"saw Will there", "saw there"}, []string{"", ""}},
		"more is quoted":                 {[]string{"I agree.", "I agree.\n> Ann Shaw is noisy"}, []string{"b", ""}},
		"a whole mail is quoted":         {[]string{"I agree.", "I agree.\n\nOn 3 March 2026 at 10:12 Bo Berg wrote:\nAnn Shaw is noisy"}, []string{"b", ""}},
		"other things are quoted":        {[]string{"I agree.\n> Ann", "I agree.\n> Bo"}, []string{"", ""}},
		"the other's own words":          {[]string{"I agree.\nAnn is noisy", "I agree.\n> Ann is noisy"}, []string{"", ""}},
		"nothing":                        {[]string{"", ""}, []string{"", ""}},
		"a denial":                       {[]string{"Ann did hit Bo", "Ann did not hit Bo"}, []string{"", ""}},
		"a minus":                        {[]string{"balance 50", "balance -50", "balance (50).", "balance 50-", "balance 50%"}, []string{"", "", "a", "", ""}},
		"a point":                        {[]string{"owes 1.50 now", "owes 1,50 now", "owes 1 50 now", "owes 1.50, now"}, []string{"", "", "", "a"}},
		"nothing but common words":       {[]string{"and the", "and that"}, []string{"", ""}},
		"one letter to two people":       {[]string{notice, strings.Replace(notice, "Berg", "Carr", 1)}, []string{"", ""}},
		"a chain, folded into its whole": {[]string{"Agreed\n> two\n> three", "Agreed", "Agreed\n> three"}, []string{"", "a", "a"}},
	} {
		var got []string
		for _, f := range fold(docsOf(c.texts...)) {
			got = append(got, f.like)
		}
		if diff := cmp.Diff(c.like, got); diff != "" {
			t.Errorf("%s: want -, got +\n%s", name, diff)
		}
	}
}

func TestThreads(t *testing.T) {
	mail := func(id string, keys ...string) document { return document{id: id, text: "about " + id, keys: keys} }
	var letters []document
	for i := range 40 {
		letters = append(letters, document{id: fmt.Sprintf("letter %02d", i), text: strings.Replace(notice, "Berg", fmt.Sprint("Berg", i), 1)})
	}
	noise := "Ann Shaw has the music on until two in the morning and nobody on the stairs can sleep"
	for name, c := range map[string]struct {
		docs []document
		want []string
	}{
		"by what they answer":   {[]document{mail("a", "1"), mail("b", "2", "1"), mail("c", "3", "2"), mail("d", "4")}, []string{"a", "a", "a", ""}},
		"by what they quote":    {[]document{{id: "b", text: noise}, {id: "a", text: "I know.\n> " + noise}, {id: "c", text: "Ann Shaw"}}, []string{"a", "a", ""}},
		"by a subject":          {[]document{{id: "a", topic: "lift"}, {id: "b", topic: "lift", reply: true}, {id: "c", topic: "rent"}, {id: "d", topic: "rent"}}, []string{"a", "a", "", ""}},
		"one letter to many":    {append(letters, document{id: "else", text: strings.Repeat("the boiler of Ann Shaw was looked at and is in order ", 4)}), append(slices.Repeat([]string{"letter 00"}, 40), "")},
		"short ones, by chance": {[]document{{id: "a", text: "met Ann Shaw"}, {id: "b", text: "met Ann Shah"}}, []string{"", ""}},
	} {
		var got []string
		for _, f := range fold(c.docs) {
			got = append(got, f.thread)
		}
		if diff := cmp.Diff(c.want, got); diff != "" {
			t.Errorf("%s: want -, got +\n%s", name, diff)
		}
	}
}

// said are the words of a text: its own, and all.
func said(text string) (own, all []string) {
	for line := range strings.Lines(text) {
		for w := range match.Words(line) {
			all = append(all, w.Text)
			if !strings.HasPrefix(line, ">") {
				own = append(own, w.Text)
			}
		}
	}
	return own, all
}

// TestFoldHidesNothing: whatever is folded differs from what stands for it in no
// name, number or date of its own, and says none, quoted or not, that the other
// does not say; what stands for others is itself not folded; and the order in which
// documents come makes no difference.
func TestFoldHidesNothing(t *testing.T) {
	rapid.Check(t, func(r *rapid.T) {
		word := rapid.SampledFrom([]string{"Ann", "Ann", "Bo", "the", "and", "1", "2", "2026-03-01", "Shaw", "O'Neill", "is", "\n", "\n> ", "\n> ", ",", ".", "a"})
		docs := docsOf(rapid.SliceOfN(rapid.Map(rapid.SliceOfN(word, 0, 7), func(w []string) string { return strings.Join(w, " ") }), 1, 20).Draw(r, "texts")...)
		got := map[string]folded{}
		for i, f := range fold(docs) {
			got[docs[i].id] = f
			if f.like == "" {
				continue
			}
			own, all := said(docs[i].text)
			other := docs[f.like[0]-'a'].text
			itsOwn, itsAll := said(other)
			if !slices.Equal(own, itsOwn) {
				t.Fatalf("%q was folded into %q", docs[i].text, other)
			}
			for _, w := range all {
				if !slices.Contains(itsAll, w) {
					t.Fatalf("%q says %q and was folded into %q", docs[i].text, w, other)
				}
			}
		}
		for id, f := range got {
			if f.like != "" && (f.like == id || got[f.like].like != "") {
				t.Fatalf("%s is like %s, which is like %s", id, f.like, got[f.like].like)
			}
		}
		rand.Shuffle(len(docs), func(i, j int) { docs[i], docs[j] = docs[j], docs[i] })
		for i, f := range fold(docs) {
			if f != got[docs[i].id] {
				t.Fatalf("%s: %+v, and in another order %+v", docs[i].id, got[docs[i].id], f)
			}
		}
	})
}

func FuzzPart(f *testing.F) {
	f.Add("I agree.\n> Ann\n\nOn 3 March Bo wrote:\nno\x00\xff")
	f.Fuzz(func(t *testing.T, text string) {
		n := 0
		for range match.Words(text) {
			n++
		}
		if p := part(text); len(p.own)+len(p.quoted) != n {
			t.Errorf("%d words: %d its own and %d quoted", n, len(p.own), len(p.quoted))
		}
	})
}
