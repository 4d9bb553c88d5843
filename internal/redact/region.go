package redact

import (
	"cmp"
	"crypto/sha256"
	"encoding/hex"
	"errors"
	"fmt"
	"slices"
)

// Region is a part of a page of a document that is to go, whatever stands there. Its sides are fractions of the page as a
// person sees it, from its upper left corner.
type Region struct {
	Page   int     `json:"page"` // from 1; a picture has the one
	Left   float64 `json:"left"`
	Top    float64 `json:"top"`
	Right  float64 `json:"right"`
	Bottom float64 `json:"bottom"`
}

// leastSide is how much of a page a region covers at least, each way, and mostPages the last page that one can be on.
const (
	leastSide = 1e-4
	mostPages = 100_000
)

// Whole says that the region is all of its page.
func (g Region) Whole() bool {
	return g.Left <= 0 && g.Top <= 0 && g.Right >= 1 && g.Bottom >= 1
}

// check refuses a region that covers nothing, or that nobody can place.
func (g Region) check() error {
	for _, v := range []float64{g.Left, g.Top, g.Right, g.Bottom} {
		if !(v >= 0 && v <= 1) { // nor is it where it is no number
			return errors.New("redact: the sides of a region are from 0 to 100 per cent of its page")
		}
	}
	switch {
	case g.Right-g.Left < leastSide || g.Bottom-g.Top < leastSide:
		return errors.New("redact: the region covers nothing: its right and bottom sides must be beyond its left and top ones")
	case g.Page < 1 || g.Page > mostPages:
		return fmt.Errorf("redact: there is no page %d", g.Page)
	}
	return nil
}

// Covered is a region as it stands.
type Covered struct {
	ID string // by which it is dropped
	Region
	Verdict
	From string // the document that it was drawn on, where that is another, which this one is nearly the same as
	of   string // the id that it has there
}

// regionID names a region of a document.
func regionID(doc string, g Region) string {
	sum := sha256.Sum256(fmt.Appendf(nil, "region %q %d %g %g %g %g", doc, g.Page, g.Left, g.Top, g.Right, g.Bottom))
	return "r" + hex.EncodeToString(sum[:12])
}

// cover covers a region of a document, and of those that are decided with it: their photographs are the same, or what is
// under the region is withheld for nothing, which can be taken back one by one.
func (s *State) cover(doc int, g Region, v Verdict) {
	v.Action = Withhold
	if v.Exemption == "" {
		v.Exemption = ThirdParty
	}
	own := regionID(s.Work.Docs[doc].ID, g)
	put := func(d int, x Covered) {
		list := slices.DeleteFunc(s.regions[d], func(have Covered) bool { return have.ID == x.ID })
		s.regions[d] = append(list, x)
	}
	put(doc, Covered{ID: own, Region: g, Verdict: v})
	for _, d := range s.Work.likes[doc] {
		put(d, Covered{ID: regionID(s.Work.Docs[d].ID, g), Region: g, Verdict: v, From: s.Work.Docs[doc].ID, of: own})
	}
}

// uncover takes a region away, and where it was drawn on a document that others are decided with, theirs too.
func (s *State) uncover(id string) {
	for d, list := range s.regions {
		s.regions[d] = slices.DeleteFunc(list, func(x Covered) bool { return x.ID == id || x.of == id })
	}
}

// Regions are the regions of a document that are covered, page by page from the top.
func (s *State) Regions(doc int) []Covered {
	return slices.SortedFunc(slices.Values(s.regions[doc]), func(a, b Covered) int {
		return cmp.Or(cmp.Compare(a.Page, b.Page), cmp.Compare(a.Top, b.Top), cmp.Compare(a.Left, b.Left), cmp.Compare(a.ID, b.ID))
	})
}
