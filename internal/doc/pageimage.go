package doc

import (
	"bytes"
	"context"
	"errors"
	"fmt"
	"image"
	"image/draw"
	"image/png"
	"io"
)

// PageImage is one page as a picture, for a person to choose a Region on.
type PageImage struct {
	PNG           []byte
	Width, Height int // in points of the picture
	Page, Pages   int // which of how many; a picture is one page
}

// What the longer side of a PageImage may be, in points.
const (
	pageImageLeast = 32
	pageImageMost  = 4000
)

// PageImage draws a page of a PDF, counted from 1, or a picture, as a Cleaner sees it: annotations as they look
// on paper, photographs turned as their camera says. Its longer side has most points, or fewer where a picture has fewer;
// most is held to 32 to 4,000. The error for what has no pages wraps ErrUnsupported.
func (rd *Reader) PageImage(ctx context.Context, r io.Reader, name string, page, most int) (PageImage, error) {
	l := rd.Limits.withDefaults()
	data, over, err := readAll(r, l.Bytes)
	switch {
	case err != nil:
		return PageImage{}, err
	case over:
		return PageImage{}, errors.New(overLimit(l.Bytes))
	}
	ctx, cancel := context.WithTimeout(ctx, l.Time)
	defer cancel()
	most = min(max(most, pageImageLeast), pageImageMost)
	k := &cleaning{reading: &reading{ctx: ctx, limits: l, packed: int64(len(data))}, Cleaner: &Cleaner{}, report: &Report{}}
	out := PageImage{Page: page, Pages: 1}
	missing := func() error { return fmt.Errorf("there is no page %d: the last is %d", page, out.Pages) }
	var m image.Image
	switch t, _ := kindOf(data, name, ""); {
	case t == typePDF:
		err = k.openPDF(data, func(p *pdf) error {
			more, ok := p.calls.(redrawing)
			if !ok {
				return errors.New("the PDF reader is not the one that this program was written for")
			}
			if out.Pages = p.pages; page < 1 || page > p.pages {
				return missing()
			}
			m, err = (&redrawn{cleaning: k, pdf: p, redrawing: more, index: page - 1}).fitted(most)
			return err
		})
	case drawable[t]:
		if page != 1 {
			return PageImage{}, missing()
		}
		m, err = uprightPicture(data)
	default:
		return PageImage{}, fmt.Errorf("%w: it has no pages to draw", ErrUnsupported)
	}
	if err != nil {
		return PageImage{}, err
	}
	small := shrunk(m, most)
	var b bytes.Buffer
	if err := (&png.Encoder{CompressionLevel: png.BestSpeed}).Encode(&b, small); err != nil {
		return PageImage{}, err
	}
	out.PNG, out.Width, out.Height = b.Bytes(), small.Bounds().Dx(), small.Bounds().Dy()
	return out, nil
}

// fitted draws the page at the least resolution that makes its longer side most points.
func (r *redrawn) fitted(most int) (image.Image, error) {
	if _, err := r.flatten(); err != nil {
		return nil, err
	}
	said, err := r.structured(r.index)
	if err != nil {
		return nil, err
	}
	long := max(said.Width, said.Height)
	if !(said.Width > 1 && said.Height > 1) || long > 20000 {
		return nil, fmt.Errorf("a page of %.0f by %.0f points", said.Width, said.Height)
	}
	r.dpi = max(1, int(float64(most)*72/long)+1)
	return r.render()
}

// uprightPicture decodes a picture and turns it as its camera says, on white.
func uprightPicture(data []byte) (*image.RGBA, error) {
	size, _, err := image.DecodeConfig(bytes.NewReader(data))
	switch {
	case err != nil:
		return nil, fmt.Errorf("the picture is damaged: %w", err)
	case int64(size.Width)*int64(size.Height) > pixelLimit:
		return nil, fmt.Errorf("a picture of %d by %d points, over the limit of %s", size.Width, size.Height, Thousands(pixelLimit))
	}
	from, _, err := image.Decode(bytes.NewReader(data))
	if err != nil {
		return nil, fmt.Errorf("the picture is damaged: %w", err)
	}
	turned := upright(from, orientation(data))
	canvas := image.NewRGBA(image.Rect(0, 0, turned.Bounds().Dx(), turned.Bounds().Dy()))
	draw.Draw(canvas, canvas.Bounds(), image.White, image.Point{}, draw.Src) // what was transparent may have words under it
	draw.Draw(canvas, canvas.Bounds(), turned, turned.Bounds().Min, draw.Over)
	return canvas, nil
}

// shrunk is a picture whose longer side is at most so many points: each is the mean of those that it stands for.
func shrunk(m image.Image, most int) image.Image {
	b := m.Bounds()
	from, ok := m.(*image.RGBA)
	long := max(b.Dx(), b.Dy())
	if long <= most || !ok {
		return m
	}
	to := image.NewRGBA(image.Rect(0, 0, max(1, b.Dx()*most/long), max(1, b.Dy()*most/long)))
	for y := range to.Rect.Dy() {
		y0, y1 := y*b.Dy()/to.Rect.Dy(), (y+1)*b.Dy()/to.Rect.Dy()
		for x := range to.Rect.Dx() {
			x0, x1 := x*b.Dx()/to.Rect.Dx(), (x+1)*b.Dx()/to.Rect.Dx()
			var sum [4]int
			for sy := y0; sy < y1; sy++ {
				row := from.Pix[from.PixOffset(b.Min.X+x0, b.Min.Y+sy):]
				for i := range 4 * (x1 - x0) {
					sum[i%4] += int(row[i])
				}
			}
			at := to.PixOffset(x, y)
			for c := range 4 {
				to.Pix[at+c] = uint8(sum[c] / max(1, (x1-x0)*(y1-y0)))
			}
		}
	}
	return to
}
