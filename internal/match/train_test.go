package match

import (
	"fmt"
	"math/rand/v2"
	"slices"
	"testing"

	"github.com/google/go-cmp/cmp"
	"github.com/google/go-cmp/cmp/cmpopts"
	"pgregory.net/rapid"
)

func seeded() func(int) int { return rand.New(rand.NewPCG(7, 0)).IntN }

// crowd is people of whom some stand there twice, the second time with or without their e-mail address changed.
func crowd(n int, changed float64) []Known {
	r := rand.New(rand.NewPCG(1, 2))
	var out []Known
	for i := range n {
		k := Known{Name: ParseName(fmt.Sprintf("%s %s", []string{"Ann", "Bob", "Eve", "Ivo", "Ida"}[r.IntN(5)], []string{"Shaw", "Barlow", "Wilk", "Popa", "Reed", "Ngata", "Oduya"}[r.IntN(7)])),
			DOB: fmt.Sprintf("%d-%02d-%02d", 1940+r.IntN(70), 1+r.IntN(12), 1+r.IntN(28)), Emails: []string{fmt.Sprintf("p%dx@example.org", i)}, Postcode: fmt.Sprintf("M%d %dAE", 1+r.IntN(9), r.IntN(9))}
		out = append(out, k)
		if i%3 == 0 {
			if r.Float64() < changed {
				k.Emails = []string{fmt.Sprintf("q%dy@example.com", i)}
			}
			out = append(out, k)
		}
	}
	return out
}

func TestTrainLearns(t *testing.T) {
	start := DefaultModel()
	weigh := func(changed float64) Weight {
		m, err := Train(crowd(1200, changed), start, seeded())
		if err != nil {
			t.Fatal(err)
		}
		for _, w := range m.Weights {
			if w.Field == "e-mail" && w.Level == "differs" {
				return w
			}
		}
		t.Fatal("no such weight")
		return Weight{}
	}
	seldom, often := weigh(0.1), weigh(0.7)
	if seldom.M < 0.03 || seldom.M > 0.2 || often.M < 0.55 || often.M > 0.8 {
		t.Errorf("of addresses changed in 0.1 and 0.7 of duplicates, %v and %v was learned", seldom.M, often.M)
	}
}

func TestTrainIsDeterministic(t *testing.T) {
	people := crowd(900, 0.3)
	a, err1 := Train(people, DefaultModel(), seeded())
	b, err2 := Train(people, DefaultModel(), seeded())
	if err1 != nil || err2 != nil {
		t.Fatal(err1, err2)
	}
	if diff := cmp.Diff(a, b, cmpopts.IgnoreUnexported(Model{})); diff != "" {
		t.Error(diff)
	}
	for name := range a.Surnames.Share {
		if n := count(people, name); n < fewestBearers {
			t.Errorf("a surname of %d people stands in the model", n)
		}
	}
	if _, err := Train(people[:3], DefaultModel(), seeded()); err == nil {
		t.Error("a model was learned from three people")
	}
}

func count(people []Known, surname string) (n int) {
	for _, k := range people {
		if slices.Equal(k.Name.Family, []string{surname}) {
			n++
		}
	}
	return n
}

func TestPairsMeet(t *testing.T) {
	profiles := []*Profile{}
	for _, k := range []Known{
		{Name: ParseName("Oleksandr Koval"), DOB: "1985-03-14"}, {Name: ParseName("Koval, Alexander"), DOB: "1985-03-14"}, {Name: ParseName("Alexander Koval"), Emails: []string{"a@example.org"}},
		{Name: ParseName("Tom Barlow"), Emails: []string{"A@example.org"}}, {Name: ParseName("Ida Reed")},
	} {
		profiles = append(profiles, NewProfile(k))
	}
	var got []string
	for p := range Pairs(profiles) {
		got = append(got, fmt.Sprint(p.A, p.B, p.Rules))
	}
	if diff := cmp.Diff([]string{"0 1 [birth and name forename and surname]", "0 2 [forename and surname]", "1 2 [forename and surname]", "2 3 [e-mail]"}, got); diff != "" {
		t.Error(diff)
	}
}

func TestClusters(t *testing.T) {
	same := func(a, b int, bits float64) Joint { return Joint{A: a, B: b, Verdict: Same, Bits: bits} }
	diff := func(a, b int) Joint { return Joint{A: a, B: b, Verdict: Different, Bits: -10} }
	by := func(j Joint) Joint { j.Decided = true; return j }
	for what, c := range map[string]struct {
		joints  []Joint
		want    [][]int
		refused int
	}{
		"nothing":                           {nil, [][]int{{0}, {1}, {2}, {3}}, 0},
		"a chain":                           {[]Joint{same(0, 1, 30), same(2, 1, 30)}, [][]int{{0, 1, 2}, {3}}, 0},
		"a contradiction across a chain":    {[]Joint{same(0, 1, 30), same(1, 2, 28), diff(0, 2)}, [][]int{{0, 1}, {2}, {3}}, 1},
		"the stronger first":                {[]Joint{same(0, 1, 27), same(1, 2, 28), diff(0, 2)}, [][]int{{0}, {1, 2}, {3}}, 1},
		"to be asked joins nothing":         {[]Joint{{A: 0, B: 1, Verdict: Ask, Bits: 20}}, [][]int{{0}, {1}, {2}, {3}}, 0},
		"a person puts together":            {[]Joint{diff(0, 1), by(same(0, 1, 0))}, [][]int{{0, 1}, {2}, {3}}, 0},
		"and outvotes the model in a chain": {[]Joint{diff(0, 2), by(same(0, 1, 0)), by(same(1, 2, 0))}, [][]int{{0, 1, 2}, {3}}, 0},
		"a person parts":                    {[]Joint{same(0, 1, 40), by(diff(0, 1))}, [][]int{{0}, {1}, {2}, {3}}, 0},
		"a person parts across a chain":     {[]Joint{same(0, 1, 40), same(1, 2, 30), by(diff(0, 2))}, [][]int{{0, 1}, {2}, {3}}, 1},
		"decisions that contradict":         {[]Joint{by(same(0, 1, 0)), by(same(1, 2, 0)), by(diff(0, 2))}, [][]int{{0, 1}, {2}, {3}}, 1},
		"out of range":                      {[]Joint{same(0, 9, 30), same(-1, 0, 30), same(2, 2, 30)}, [][]int{{0}, {1}, {2}, {3}}, 0},
	} {
		got, refused := Clusters(4, c.joints)
		if d := cmp.Diff(c.want, got); d != "" || len(refused) != c.refused {
			t.Errorf("%s: refused %v; %s", what, refused, d)
		}
	}
}

func TestClustersProperties(t *testing.T) {
	rapid.Check(t, func(t *rapid.T) {
		n := rapid.IntRange(1, 8).Draw(t, "n")
		joints := rapid.SliceOfN(rapid.Custom(func(t *rapid.T) Joint {
			return Joint{A: rapid.IntRange(0, n-1).Draw(t, "a"), B: rapid.IntRange(0, n-1).Draw(t, "b"), Verdict: Verdict(rapid.IntRange(0, 2).Draw(t, "verdict")),
				Bits: float64(rapid.IntRange(0, 3).Draw(t, "bits")), Decided: rapid.IntRange(0, 4).Draw(t, "decided") == 0}
		}), 0, 14).Draw(t, "joints")
		got, _ := Clusters(n, joints)
		shuffled := rapid.Permutation(joints).Draw(t, "shuffled")
		if again, _ := Clusters(n, shuffled); !cmp.Equal(got, again) {
			t.Fatalf("in another order: %v, %v", got, again)
		}
		where, seen := make([]int, n), 0
		for i, c := range got {
			for _, r := range c {
				where[r] = i
				seen++
			}
		}
		if seen != n {
			t.Fatalf("%d of %d records are in clusters", seen, n)
		}
		decided := func(a, b int, v Verdict) bool {
			return slices.ContainsFunc(joints, func(j Joint) bool {
				return j.Decided && j.Verdict == v && (j.A == a && j.B == b || j.A == b && j.B == a)
			})
		}
		for _, j := range joints {
			if j.Decided && j.Verdict == Different && j.A != j.B && where[j.A] == where[j.B] && !decided(j.A, j.B, Same) && !decided(j.A, j.B, Ask) {
				t.Fatalf("%v was decided, and they are together: %v", j, got)
			}
		}
	})
}
