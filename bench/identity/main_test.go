package main

import (
	"testing"

	"github.com/google/go-cmp/cmp"

	"tenet/internal/match"
)

func TestLandlordIsMadeFromItsSeed(t *testing.T) {
	written := func(seed uint64) (out []string) {
		for _, r := range landlord(300, seed) {
			out = append(out, r.known.Name.Written+" "+r.known.DOB)
		}
		return out
	}
	if diff := cmp.Diff(written(5), written(5)); diff != "" {
		t.Error(diff)
	}
	if cmp.Equal(written(5), written(6)) {
		t.Error("two seeds give one landlord")
	}
}

// What the whole bench reports at its full size must hold of a small landlord too, made from a seed nothing was tuned on.
func TestNobodyIsMergedLightly(t *testing.T) {
	s := set{rows: landlord(2500, 11)}
	m, profiles := match.DefaultModel().ForPeople(len(s.rows)), s.profiles()
	got := judged(s, func(a, b int) match.Verdict {
		v, _ := m.Judge(profiles[a], profiles[b])
		return v
	}, nil)
	if p, r, _ := got.figures(match.Same); p < 0.99 || r < 0.45 {
		t.Errorf("accepted with precision %.4f and recall %.3f", p, r)
	}
	if _, r, _ := got.figures(match.Ask); r < 0.9 {
		t.Errorf("of pairs of one person %.3f are accepted or asked about", r)
	}
}
