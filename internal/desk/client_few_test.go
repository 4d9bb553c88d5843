package desk

import (
	"fmt"
	"strings"
	"testing"
)

// tallyOf is a tally of things that are split in each of these ways.
func tallyOf(splits ...[]int) Tally {
	t := Tally{}
	for i, parts := range splits {
		s := Split{}
		t.Total.N = 0
		for j, n := range parts {
			s.Parts = append(s.Parts, Portion{fmt.Sprint(i, ".", j), Count{N: n}})
			t.Total.N += n
		}
		t.By = append(t.By, s)
	}
	return t
}

func (t Tally) shown() string {
	out := []string{t.Total.String()}
	for _, s := range t.By {
		for _, p := range s.Parts {
			out = append(out, p.String())
		}
	}
	return strings.ReplaceAll(strings.Join(out, " "), "not given", "-")
}

func TestFewAreNotGiven(t *testing.T) {
	for _, x := range []struct {
		splits [][]int
		want   string
	}{
		{[][]int{{0, 0}}, "0 0 0"},
		{[][]int{{7, 5, 0}}, "12 7 5 0"},
		{[][]int{{3}}, "-"},
		{[][]int{{1, 1, 0}}, "-"},
		{[][]int{{2, 18, 30}}, "50 - 18 -"},        // otherwise what is left would be two
		{[][]int{{2, 30, 30}}, "62 - - -"},         // each may be the two
		{[][]int{{4, 4, 7}}, "15 - - -"},           // two that come to eight
		{[][]int{{2, 18}, {20, 0}}, "20 - - 20 0"}, // the other way to split gives nothing away
		{[][]int{{1, 1, 1, 1, 1}, {5}}, "-"},       // five of five, so not even the sum
	} {
		if got := tallyOf(x.splits...).few().shown(); got != x.want {
			t.Errorf("%v reads %q, and not %q", x.splits, got, x.want)
		}
	}
}

// TestFewCannotBeWorkedOut has somebody who knows how it is done look for every tally that
// reads the same: no number that was too small to be given is the same in all of them.
func TestFewCannotBeWorkedOut(t *testing.T) {
	const parts, most = 4, 9
	reads := map[string][][parts]int{}
	var each func(at int, v [parts]int)
	each = func(at int, v [parts]int) {
		if at == parts {
			s := tallyOf(v[:]).few().shown()
			reads[s] = append(reads[s], v)
			return
		}
		for v[at] = 0; v[at] <= most; v[at]++ {
			each(at+1, v)
		}
	}
	each(0, [parts]int{})
	for shown, all := range reads {
		for at := range parts {
			v := all[0][at]
			same := true
			for _, o := range all {
				same = same && o[at] == v
			}
			if same && few(v) {
				t.Fatalf("%q can only mean %d in place %d", shown, v, at)
			}
		}
	}
}

// TestFewAcrossSplits: that is so of two ways to split the same things together, too.
func TestFewAcrossSplits(t *testing.T) {
	const parts, most = 2, 8
	reads := map[string][][2 * parts]int{}
	for a := range most {
		for b := range most {
			for c := range a + b + 1 {
				v := [2 * parts]int{a, b, c, a + b - c}
				s := tallyOf(v[:2], v[2:]).few().shown()
				reads[s] = append(reads[s], v)
			}
		}
	}
	for shown, all := range reads {
		for at := range all[0] {
			same := true
			for _, o := range all {
				same = same && o[at] == all[0][at]
			}
			if same && few(all[0][at]) {
				t.Fatalf("%q can only mean %d in place %d", shown, all[0][at], at)
			}
		}
	}
}
