package main

import (
	"cmp"
	"fmt"
	"io"
	"math"
	"math/rand/v2"
	"slices"
	"strings"
	"time"

	"tenet/internal/match"
)

// tally counts pairs by verdict and truth.
type tally struct {
	truth    int // pairs of one person, met by blocking or not
	right    [3]int
	wrong    [3]int
	pairs    int
	duration time.Duration
}

// figures are precision, recall and F1 of taking all pairs of a verdict or better for one person's.
func (t tally) figures(at match.Verdict) (p, r, f float64) {
	right, wrong := 0, 0
	for v := at; v <= match.Same; v++ {
		right, wrong = right+t.right[v], wrong+t.wrong[v]
	}
	if right == 0 {
		return 0, 0, 0
	}
	p, r = float64(right)/float64(right+wrong), float64(right)/float64(t.truth)
	return p, r, 2 * p * r / (p + r)
}

// judged goes through the pairs of a set, calling each with a verdict.
func judged(s set, judge func(a, b int) match.Verdict, each func(a, b int, v match.Verdict)) tally {
	var t tally
	byPerson := map[int]int{}
	for _, r := range s.rows {
		t.truth += byPerson[r.person]
		byPerson[r.person]++
	}
	pairs := s.pairs()
	start := time.Now()
	verdicts := make([]match.Verdict, len(pairs))
	for i, p := range pairs {
		verdicts[i] = judge(p[0], p[1])
	}
	t.duration, t.pairs = time.Since(start), len(pairs)
	for i, p := range pairs {
		v := verdicts[i]
		if s.rows[p[0]].person == s.rows[p[1]].person {
			t.right[v]++
		} else {
			t.wrong[v]++
		}
		if each != nil {
			each(p[0], p[1], v)
		}
	}
	return t
}

func (s set) profiles() []*match.Profile {
	out := make([]*match.Profile, len(s.rows))
	for i, r := range s.rows {
		out[i] = match.NewProfile(r.known)
	}
	return out
}

func (s set) pairs() [][2]int {
	var out [][2]int
	if s.all {
		for i := range s.rows {
			for j := range i {
				out = append(out, [2]int{j, i})
			}
		}
		return out
	}
	for p := range match.Pairs(s.profiles()) {
		out = append(out, [2]int{p.A, p.B})
	}
	return out
}

// scored is a pair and the evidence for it.
type scored struct {
	bits float64
	same bool
}

func (s set) scores(m *match.Model) (list []scored, truth int) {
	profiles := s.profiles()
	for _, p := range s.pairs() {
		_, bits := m.Judge(profiles[p[0]], profiles[p[1]])
		list = append(list, scored{bits, s.rows[p[0]].person == s.rows[p[1]].person})
	}
	byPerson := map[int]int{}
	for _, r := range s.rows {
		truth += byPerson[r.person]
		byPerson[r.person]++
	}
	slices.SortFunc(list, func(a, b scored) int { return cmp.Compare(b.bits, a.bits) })
	return list, truth
}

// alone measures the score without the rules of safety, at the threshold that gives a precision of 0.99 on the first
// half: what other linkers do.
func alone(out io.Writer, s set) {
	m := match.DefaultModel()
	list, _ := s.half(0).scores(m)
	threshold, right := math.Inf(1), 0
	for i, p := range list {
		if p.same {
			right++
		}
		if float64(right)/float64(i+1) >= 0.99 && (i+1 == len(list) || list[i+1].bits < p.bits) {
			threshold = p.bits
		}
	}
	list, truth := s.half(1).scores(m)
	taken, right := 0, 0
	for _, p := range list {
		if p.bits >= threshold {
			if taken++; p.same {
				right++
			}
		}
	}
	p, r := float64(right)/float64(taken), float64(right)/float64(truth)
	fmt.Fprintf(out, "%s, held out, the default model's bits alone, from %.1f as chosen for precision 0.99: precision %.4f, recall %.3f, F1 %.3f\n", s.name, threshold, p, r, 2*p*r/(p+r))
}

// compare measures the rules, the default model and one learned from the rows themselves, without labels.
func compare(out io.Writer, s set, half string) error {
	known := make([]match.Known, len(s.rows))
	for i, r := range s.rows {
		known[i] = r.known
	}
	row := func(by string, t tally) {
		p, r, f := t.figures(match.Same)
		ap, ar, af := t.figures(match.Ask)
		fmt.Fprintf(out, "%s\t%s\t%s\t%d\t%.4f\t%.3f\t%.3f\t%.3f\t%.3f\t%.3f\t%d\t%.0f\t\n", s.name, half, by, t.truth, p, r, f, ap, ar, af, t.pairs, float64(t.pairs)/t.duration.Seconds())
	}
	row("rules", judged(s, func(a, b int) match.Verdict {
		v, _, _ := match.SamePerson(known[a], known[b])
		return v
	}, nil))
	profiles := s.profiles()
	by := func(m *match.Model) func(a, b int) match.Verdict {
		return func(a, b int) match.Verdict {
			v, _ := m.Judge(profiles[a], profiles[b])
			return v
		}
	}
	row("default model", judged(s, by(match.DefaultModel().ForPeople(len(known))), nil))
	own, err := match.Train(known, match.DefaultModel(), rand.New(rand.NewPCG(3, 0)).IntN)
	if err != nil {
		return err
	}
	row("learned from them", judged(s, by(own), nil))
	return nil
}

// traps tells how people came off who are hard to tell apart: pairs of two people of one household.
func traps(out io.Writer, s set) {
	m, profiles := match.DefaultModel().ForPeople(len(s.rows)), s.profiles()
	counts := map[string]*[3]int{}
	judged(s, func(a, b int) match.Verdict {
		v, _ := m.Judge(profiles[a], profiles[b])
		return v
	}, func(a, b int, v match.Verdict) {
		x, y := s.rows[a], s.rows[b]
		if x.person == y.person || x.household != y.household {
			return
		}
		what := "others of one household"
		if x.trap != "" && x.trap == y.trap {
			what = map[string]string{"twin": "twins", "same name": "parent and child of one name"}[x.trap]
		}
		if counts[what] == nil {
			counts[what] = &[3]int{}
		}
		counts[what][v]++
	})
	for _, what := range []string{"twins", "parent and child of one name", "others of one household"} {
		if c := counts[what]; c != nil {
			fmt.Fprintf(out, "%s, %s, held out, default model: %d pairs put together wrongly, %d asked about, %d kept apart\n", s.name, what, c[match.Same], c[match.Ask], c[match.Different])
		}
	}
}

// explain prints pairs that the default model had wrong, for whoever tunes it.
func explain(out io.Writer, s set, most int) {
	m, profiles := match.DefaultModel().ForPeople(len(s.rows)), s.profiles()
	joined, missed := 0, 0
	judged(s, func(a, b int) match.Verdict {
		v, _ := m.Judge(profiles[a], profiles[b])
		return v
	}, func(a, b int, v match.Verdict) {
		same := s.rows[a].person == s.rows[b].person
		switch {
		case !same && v == match.Same && joined < most:
			joined++
			fmt.Fprint(out, "put together wrongly: ")
		case same && v == match.Different && missed < most:
			missed++
			fmt.Fprint(out, "missed: ")
		default:
			return
		}
		fmt.Fprintf(out, "%s\n  %+v\n  %+v\n  %s\n", s.rows[a].trap, s.rows[a].known, s.rows[b].known, strings.Join(m.Compare(profiles[a], profiles[b]).Working(), "\n  "))
	})
}
