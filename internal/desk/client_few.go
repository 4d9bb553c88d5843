package desk

import (
	"slices"
	"strconv"

	"tenet/internal/promise"
)

// Tally is how many there are of something, and the same things split in one way or more.
type Tally struct {
	Title string  `json:"title"`
	Total Count   `json:"total"`
	By    []Split `json:"by,omitempty"` // the parts of each come to the total
	Says  string  `json:"says,omitempty"`
}

// Split is one way in which things are told apart.
type Split struct {
	Title string    `json:"title"`
	Parts []Portion `json:"parts"`
}

// Portion is how many of them are of one sort.
type Portion struct {
	Title string `json:"title"`
	Count `json:"count"`
}

// Count is a number, or one that is not given.
type Count struct {
	N      int  `json:"n"`
	Hidden bool `json:"hidden,omitempty"` // it is above zero and not given; N is 0 then
}

// String is the number in words.
func (c Count) String() string {
	if c.Hidden {
		return "not given"
	}
	return strconv.Itoa(c.N)
}

// add counts one thing: one sort for each split, in their order.
func (t *Tally) add(sorts ...string) {
	t.Total.N++
	for i, sort := range sorts {
		s := &t.By[i]
		at := slices.IndexFunc(s.Parts, func(p Portion) bool { return p.Title == sort })
		if at < 0 {
			at = len(s.Parts)
			s.Parts = append(s.Parts, Portion{Title: sort})
		}
		s.Parts[at].N++
	}
}

// few is the tally as it may leave the house: without a number from one up to
// [promise.Few], with which somebody who knows one of those concerned learns of them, and
// without what it could be worked out from. In a split that has such a number the largest
// are not given either, so that any of those left out may be the small one. Where that is
// not enough, because there are too few in all or one of each, there is no more than that
// there are some. Zero is given: it tells of nobody apart.
func (t Tally) few() Tally {
	if few(t.Total.N) {
		t.Total, t.By = Count{Hidden: true}, nil
		return t
	}
	out := t
	out.By = nil
	for _, s := range t.By {
		split, ones := s.few()
		if ones {
			t.Total, t.By = Count{Hidden: true}, nil
			return t
		}
		out.By = append(out.By, split)
	}
	return out
}

func few(n int) bool { return 0 < n && n < promise.Few }

// few is the split without small parts and the largest beside them. ones says that there is
// one of each, which the sum would tell.
func (s Split) few() (out Split, ones bool) {
	some, most, sum, kinds := false, 0, 0, 0
	for _, p := range s.Parts {
		if p.N > 0 {
			sum, kinds = sum+p.N, kinds+1
		}
		some, most = some || few(p.N), max(most, p.N)
	}
	s.Parts = slices.Clone(s.Parts)
	for i, p := range s.Parts {
		if few(p.N) || some && p.N == most {
			s.Parts[i].Count = Count{Hidden: true}
		}
	}
	return s, some && sum == kinds
}
