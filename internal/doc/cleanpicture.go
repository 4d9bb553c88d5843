package doc

import (
	"bytes"
	"context"
	"errors"
	"fmt"
	"image"
	"image/draw"
	"image/jpeg"
	"image/png"
	"slices"
	"strconv"
	"strings"
)

// seen is a word that OCR saw in a picture.
type seen struct {
	text string
	at   image.Rectangle
	line int    // words beside each other have the same
	sure bool   // that it is this word
	sep  string // what parts it from the word before
}

// surely is how sure OCR must be of a word, of 100. What it takes for a word and cannot read is covered: it
// may be the very word that was to go.
const surely = 40

// words are those that OCR sees in a picture, and where. dpi is its resolution, 0 if that is not known.
func (o *OCR) words(ctx context.Context, picture []byte, dpi int) ([]seen, error) {
	out, err := o.run(ctx, picture, dpi, 32<<20, "tsv")
	if err != nil {
		return nil, err
	}
	return parseTSV(string(out)), nil
}

// parseTSV reads Tesseract's table: level, page, block, paragraph, line, word, left, top, width, height, confidence, text.
func parseTSV(table string) []seen {
	var words []seen
	line, last := 0, ""
	for row := range strings.SplitSeq(table, "\n") {
		f := strings.SplitN(strings.TrimRight(row, "\r"), "\t", 12)
		if len(f) < 12 || f[0] != "5" || strings.TrimSpace(f[11]) == "" {
			continue
		}
		sep := " "
		if of := strings.Join(f[1:5], " "); of != last {
			last, line, sep = of, line+1, "\n"
		}
		var n [4]int
		for i := range n {
			n[i], _ = strconv.Atoi(f[6+i])
		}
		confidence, _ := strconv.ParseFloat(f[10], 64)
		words = append(words, seen{strings.ToValidUTF8(strings.TrimSpace(f[11]), "\uFFFD"), image.Rect(n[0], n[1], n[0]+n[2], n[1]+n[3]), line, confidence >= surely, sep})
	}
	return words
}

// cover finds what is to go among the words that OCR saw, and covers it.
func (k *cleaning) cover(where string, words []seen, canvas draw.Image) error {
	p := spoken(words)
	cuts, err := k.find(where, p.b.String())
	if err != nil {
		return err
	}
	gone := make([]bool, len(words))
	unsure := 0
	for i, w := range words {
		gone[i] = !w.sure || isCut(cuts, p.pieces[i])
		if !w.sure {
			unsure++
		}
	}
	if unsure > 0 {
		k.drop(where, fmt.Sprintf("words that OCR could not read for sure, covered: %d", unsure))
	}
	paint(canvas, words, gone)
	return nil
}

// spoken is the text of words, line by line.
func spoken(words []seen) *passage {
	var p passage
	for _, w := range words {
		p.add(w.sep, w.text)
	}
	return &p
}

// isCut says that a cut reaches into a piece.
func isCut(cuts []Cut, at [2]int) bool {
	i, _ := slices.BinarySearchFunc(cuts, at[0], func(c Cut, from int) int {
		if c.End <= from {
			return -1
		}
		return 1
	})
	return i < len(cuts) && cuts[i].Start < at[1]
}

// paint puts bars over the words that are gone, and says of each word whether a bar touches it.
func paint(canvas draw.Image, words []seen, gone []bool) []bool {
	drawn := bars(words, gone, canvas.Bounds())
	for _, bar := range drawn {
		draw.Draw(canvas, bar, image.Black, image.Point{}, draw.Src)
	}
	covered := slices.Clone(gone)
	for i, w := range words {
		for _, b := range drawn {
			in := w.at.Intersect(b)
			covered[i] = covered[i] || in.Dx()*in.Dy()*5 > w.at.Dx()*w.at.Dy()
		}
	}
	return covered
}

// bars are the marks over words that go. Words beside each other on a line have one mark. It is as high as the line,
// whatever letters stood under it, and where there is room its width is one of a few, so that it tells little of
// how long they were.
func bars(words []seen, gone []bool, page image.Rectangle) []image.Rectangle {
	lines := map[int]image.Rectangle{}
	for _, w := range words {
		lines[w.line] = lines[w.line].Union(w.at)
	}
	var out []image.Rectangle
	last := -1 // the line of the last bar
	for i, w := range words {
		if !gone[i] {
			last = -1
			continue
		}
		line := lines[w.line]
		pad := 2 + line.Dy()/8
		bar := image.Rect(w.at.Min.X-pad, line.Min.Y-pad, w.at.Max.X+pad, line.Max.Y+pad)
		if n := len(out) - 1; last == w.line && bar.Min.X <= out[n].Max.X+2*line.Dy() && out[n].Min.X <= bar.Max.X+2*line.Dy() {
			out[n] = out[n].Union(bar)
		} else {
			out = append(out, bar)
		}
		last = w.line
	}
	for i, bar := range out {
		out[i] = widened(bar, words, gone).Intersect(page)
	}
	return out
}

// widened is a bar made as wide as a multiple of three times its height, as far as no word that stays is in the way.
func widened(bar image.Rectangle, words []seen, gone []bool) image.Rectangle {
	step := max(3*bar.Dy(), 1)
	want := (bar.Dx()+step-1)/step*step - bar.Dx()
	right, left := want, want
	for i, w := range words {
		if gone[i] || w.at.Min.Y >= bar.Max.Y || w.at.Max.Y <= bar.Min.Y {
			continue
		}
		if w.at.Max.X > bar.Max.X {
			right = min(right, max(0, w.at.Min.X-bar.Max.X-2))
		}
		if w.at.Min.X < bar.Min.X {
			left = min(left, max(0, bar.Min.X-w.at.Max.X-2))
		}
	}
	bar.Max.X += right
	bar.Min.X -= min(left, want-right)
	return bar
}

// drawable are the types of the pictures that can be drawn again.
var drawable = map[string]bool{"image/png": true, "image/jpeg": true, "image/gif": true}

// errUnreadPicture is why pictures are withheld.
var errUnreadPicture = errors.New("a picture, which is withheld whole because its words cannot be read; for that, " + installOCR)

// pictureCopy draws a picture again, with bars over the words that go. Nothing but its points is carried over.
func (k *cleaning) pictureCopy(data []byte) (copied, error) {
	_, format, err := image.DecodeConfig(bytes.NewReader(data))
	switch {
	case err != nil:
		return copied{}, fmt.Errorf("the picture is damaged: %w", err)
	case k.ocr == nil:
		return copied{}, errUnreadPicture
	}
	if k.pictures++; k.pictures > k.limits.Pictures {
		return copied{}, fmt.Errorf("more than %d pictures; this one was not looked into for words", k.limits.Pictures)
	}
	if err := k.regions(1); k.depth == 1 && err != nil {
		return copied{}, err
	}
	canvas, err := uprightPicture(data)
	if err != nil {
		return copied{}, err
	}
	areas := k.areas(1, canvas.Rect)
	blacken(canvas, areas)
	k.regioned("picture", areas)
	words, err := k.look(canvas, 0)
	if err != nil {
		return copied{}, err
	}
	if err := k.cover("picture", words, canvas); err != nil {
		return copied{}, err
	}
	if words, err = k.look(canvas, 0); err != nil { // a different sight: the bars change what is read beside them
		return copied{}, err
	}
	if err := k.cover("picture, read again", words, canvas); err != nil {
		return copied{}, err
	}
	k.keep("picture", "its points, words covered by OCR, which may miss some; all that was stored with it is left out")
	var b bytes.Buffer
	if format == "jpeg" {
		err = jpeg.Encode(&b, canvas, &jpeg.Options{Quality: 88})
		return copied{b.Bytes(), "image/jpeg", ".jpg"}, err
	}
	err = png.Encode(&b, canvas)
	return copied{b.Bytes(), "image/png", ".png"}, err
}

// look reads the words of a picture.
func (k *cleaning) look(picture image.Image, dpi int) ([]seen, error) {
	var b bytes.Buffer
	if err := (&png.Encoder{CompressionLevel: png.BestSpeed}).Encode(&b, picture); err != nil {
		return nil, err
	}
	return k.ocr.words(k.ctx, b.Bytes(), dpi)
}

// orientation is how a camera says that its picture is to be turned, by EXIF (JEITA CP-3451, 4.6.4): 1 is upright.
func orientation(data []byte) int {
	at := bytes.Index(data[:min(len(data), 1<<16)], []byte("Exif\x00\x00"))
	if at < 0 {
		return 1
	}
	tiff := data[at+6:]
	if len(tiff) < 8 {
		return 1
	}
	number := func(b []byte) int {
		n := 0
		for i := range b {
			if tiff[0] == 'I' {
				n |= int(b[i]) << (8 * i)
			} else {
				n = n<<8 | int(b[i])
			}
		}
		return n
	}
	start := number(tiff[4:8])
	if start < 8 || start+2 > len(tiff) {
		return 1
	}
	for i := range number(tiff[start : start+2]) {
		e := start + 2 + 12*i
		if e+12 > len(tiff) {
			break
		}
		if number(tiff[e:e+2]) == 0x0112 {
			return number(tiff[e+8 : e+10])
		}
	}
	return 1
}

// upright turns and mirrors a picture as its orientation says.
func upright(m image.Image, orientation int) image.Image {
	if orientation < 2 || orientation > 8 {
		return m
	}
	b := m.Bounds()
	w, h := b.Dx(), b.Dy()
	size := image.Rect(0, 0, w, h)
	if orientation >= 5 {
		size = image.Rect(0, 0, h, w)
	}
	out := image.NewRGBA(size)
	for y := range h {
		for x := range w {
			var tx, ty int
			switch orientation {
			case 2:
				tx, ty = w-1-x, y
			case 3:
				tx, ty = w-1-x, h-1-y
			case 4:
				tx, ty = x, h-1-y
			case 5:
				tx, ty = y, x
			case 6:
				tx, ty = h-1-y, x
			case 7:
				tx, ty = h-1-y, w-1-x
			case 8:
				tx, ty = y, w-1-x
			}
			out.Set(tx, ty, m.At(b.Min.X+x, b.Min.Y+y))
		}
	}
	return out
}
