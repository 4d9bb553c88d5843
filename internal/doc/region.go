package doc

import (
	"bytes"
	"errors"
	"fmt"
	"image"
	"image/draw"
	"math"
	"slices"

	"github.com/klippa-app/go-pdfium/requests"
	"github.com/klippa-app/go-pdfium/responses"
)

// Region is a part of a page or of a picture that is to go, whatever stands there: a photograph, handwriting, a
// signature. Its sides are fractions of the page as a person sees it, from its upper left corner.
type Region struct {
	Page                     int // from 1; a picture has the one
	Left, Top, Right, Bottom float64
}

// regionKind is how the Report counts regions.
const regionKind = "REGION"

// check refuses a region that covers nothing, or that nobody can place.
func (g Region) check() error {
	for _, v := range []float64{g.Left, g.Top, g.Right, g.Bottom} {
		if !(v >= 0 && v <= 1) {
			return errors.New("its sides must be fractions of the page, from 0 to 1")
		}
	}
	if g.Right-g.Left < 1e-4 || g.Bottom-g.Top < 1e-4 {
		return errors.New("it covers nothing: its right and bottom sides must be beyond its left and top ones")
	}
	if g.Page < 1 {
		return errors.New("its page must be 1 or more")
	}
	return nil
}

// on is where the region is on a canvas, with every point that it touches.
func (g Region) on(canvas image.Rectangle) image.Rectangle {
	w, h := float64(canvas.Dx()), float64(canvas.Dy())
	return image.Rect(int(math.Floor(g.Left*w)), int(math.Floor(g.Top*h)), int(math.Ceil(g.Right*w)), int(math.Ceil(g.Bottom*h))).Add(canvas.Min).Intersect(canvas)
}

// regions holds the regions given against the number of pages that a document turned out to have.
func (k *cleaning) regions(pages int) error {
	for i, g := range k.Regions {
		err := g.check()
		if err == nil && g.Page > pages {
			err = fmt.Errorf("there is no page %d: the last is %d", g.Page, pages)
		}
		if err != nil {
			return fmt.Errorf("region %d of %d: %w", i+1, len(k.Regions), err)
		}
	}
	return nil
}

// areas are the regions of a page of the outermost document, on a canvas.
func (k *cleaning) areas(page int, canvas image.Rectangle) (out []image.Rectangle) {
	for _, g := range k.Regions {
		if g.Page == page && k.depth <= 1 {
			out = append(out, g.on(canvas))
		}
	}
	return out
}

// blacken covers areas of a canvas.
func blacken(canvas draw.Image, areas []image.Rectangle) {
	for _, a := range areas {
		draw.Draw(canvas, a, image.Black, image.Point{}, draw.Src)
	}
}

// touches says that a word stands in one of the areas, in part at least.
func touches(areas []image.Rectangle, at image.Rectangle) bool {
	return slices.ContainsFunc(areas, at.Overlaps)
}

// regioned counts the regions that were covered.
func (k *cleaning) regioned(where string, areas []image.Rectangle) {
	if n := len(areas); n > 0 {
		k.report.Cuts[regionKind] += n
		k.keep(where, fmt.Sprintf("with regions covered that a person chose: %d", n))
	}
}

// dark says that nothing is to be seen in the areas of a picture: a margin of two points is for what packs pictures and
// what scales them.
func dark(m image.Image, areas []image.Rectangle) bool {
	for _, a := range areas {
		if inner := a.Inset(2); !inner.Empty() {
			a = inner
		}
		for y := a.Min.Y; y < a.Max.Y; y++ {
			for x := a.Min.X; x < a.Max.X; x++ {
				if r, g, b, _ := m.At(m.Bounds().Min.X+x, m.Bounds().Min.Y+y).RGBA(); max(r, g, b) > 0x5000 {
					return false
				}
			}
		}
	}
	return true
}

var errBare = fmt.Errorf("%w: a region that a person chose is not covered", ErrLeak)

// covered proves that the regions of a page are black on the copy, drawn again from its bytes, and that no word of its
// layer reaches into one.
func (r *redrawn) covered() error {
	if len(r.areas(r.index+1, image.Rect(0, 0, 1000, 1000))) == 0 || len(r.pictures) == 0 {
		return nil // nothing to cover, or a page that is withheld whole
	}
	said, err := r.structured(r.index)
	if err != nil {
		return err
	}
	r.dpi = max(resolution(said.Width, said.Height), 36)
	drawn, err := r.render()
	if err != nil {
		return err
	}
	if !dark(drawn, r.areas(r.index+1, drawn.Bounds())) {
		return errBare
	}
	words, err := r.placed(said, drawn.Bounds())
	if err != nil {
		return err
	}
	for _, a := range r.areas(r.index+1, drawn.Bounds()) {
		if a = a.Inset(2); slices.ContainsFunc(words, func(w seen) bool { return w.at.Overlaps(a) }) {
			return fmt.Errorf("%w: words are left under a region that a person chose", ErrLeak)
		}
	}
	return nil
}

// coveredPicture is covered of a picture.
func (k *cleaning) coveredPicture(data []byte) error {
	m, _, err := image.Decode(bytes.NewReader(data))
	if err != nil {
		return fmt.Errorf("the clean copy cannot be read again: %w", err)
	}
	for _, g := range k.Regions {
		if !dark(m, []image.Rectangle{g.on(image.Rect(0, 0, m.Bounds().Dx(), m.Bounds().Dy()))}) {
			return errBare
		}
	}
	return nil
}

// flatten makes what stands on the page as an annotation a part of it, and says whether there was any.
func (r *redrawn) flatten() (bool, error) {
	loaded, err := r.FPDF_LoadPage(&requests.FPDF_LoadPage{Document: r.doc, Index: r.index})
	if err != nil {
		return false, err
	}
	flat, err := r.FPDFPage_Flatten(&requests.FPDFPage_Flatten{Page: requests.Page{ByReference: &loaded.Page}})
	if _, closing := r.FPDF_ClosePage(&requests.FPDF_ClosePage{Page: loaded.Page}); err == nil {
		err = closing
	}
	if err != nil {
		return false, err
	}
	return flat.Result == responses.FPDFPage_FlattenResultSuccess, nil
}
