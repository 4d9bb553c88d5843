package doc

import (
	"errors"
	"fmt"
	"image"
	"image/color"
	"image/draw"
	"math"
	"slices"
	"strings"
	"unicode"

	"github.com/klippa-app/go-pdfium/enums"
	"github.com/klippa-app/go-pdfium/references"
	"github.com/klippa-app/go-pdfium/requests"
	"github.com/klippa-app/go-pdfium/responses"
)

// redrawing is what more is asked of PDFium for a copy.
type redrawing interface {
	FPDF_LoadPage(*requests.FPDF_LoadPage) (*responses.FPDF_LoadPage, error)
	FPDF_ClosePage(*requests.FPDF_ClosePage) (*responses.FPDF_ClosePage, error)
	FPDF_PageToDevice(*requests.FPDF_PageToDevice) (*responses.FPDF_PageToDevice, error)
	FPDFPage_Flatten(*requests.FPDFPage_Flatten) (*responses.FPDFPage_Flatten, error)
	FPDFPage_GetObject(*requests.FPDFPage_GetObject) (*responses.FPDFPage_GetObject, error)
	FPDFPageObj_GetType(*requests.FPDFPageObj_GetType) (*responses.FPDFPageObj_GetType, error)
	FPDFPageObj_SetIsActive(*requests.FPDFPageObj_SetIsActive) (*responses.FPDFPageObj_SetIsActive, error)
	FPDFPageObj_CountMarks(*requests.FPDFPageObj_CountMarks) (*responses.FPDFPageObj_CountMarks, error)
	FPDFPageObj_GetMark(*requests.FPDFPageObj_GetMark) (*responses.FPDFPageObj_GetMark, error)
	FPDFPageObj_RemoveMark(*requests.FPDFPageObj_RemoveMark) (*responses.FPDFPageObj_RemoveMark, error)
	FPDFPageObjMark_GetName(*requests.FPDFPageObjMark_GetName) (*responses.FPDFPageObjMark_GetName, error)
	FPDFPageObjMark_CountParams(*requests.FPDFPageObjMark_CountParams) (*responses.FPDFPageObjMark_CountParams, error)
	FPDFPageObjMark_GetParamKey(*requests.FPDFPageObjMark_GetParamKey) (*responses.FPDFPageObjMark_GetParamKey, error)
	FPDFFormObj_CountObjects(*requests.FPDFFormObj_CountObjects) (*responses.FPDFFormObj_CountObjects, error)
	FPDFFormObj_GetObject(*requests.FPDFFormObj_GetObject) (*responses.FPDFFormObj_GetObject, error)
}

const (
	redrawDPI    = 150
	objectLimit  = 200_000 // on one page, those in forms included
	redrawnLimit = 1 << 30 // bytes of a redrawn PDF
	outlineLimit = 300     // lines and shapes on a page, more of which may be letters drawn as such
)

// pdfCopy draws every page again. Of the file nothing is carried over: what goes out are the points of each page, and a
// layer of the words that can be seen on it and stay.
func (k *cleaning) pdfCopy(data []byte) (copied, error) {
	out := newPDF()
	err := k.openPDF(data, func(p *pdf) error {
		more, ok := p.calls.(redrawing)
		switch {
		case !ok:
			return errors.New("the PDF reader is not the one that this program was written for")
		case p.more > 0:
			return fmt.Errorf("%d pages, over the limit of %d: split it", p.pages+p.more, k.limits.Pages)
		case p.pages == 0:
			return errors.New("it has no pages")
		}
		if err := k.regions(p.pages); err != nil {
			return err
		}
		if n, err := p.calls.FPDFDoc_GetAttachmentCount(&requests.FPDFDoc_GetAttachmentCount{Document: p.doc}); err == nil && n.AttachmentCount > 0 {
			k.drop("", fmt.Sprintf("attached files: %d", n.AttachmentCount))
		}
		k.drop("", "properties, bookmarks, links, layers, forms and earlier versions, as far as it had any")
		for i := range p.pages {
			page := &redrawn{cleaning: k, pdf: p, redrawing: more, index: i, where: fmt.Sprintf("page %d", i+1)}
			if err := page.draw(out); err != nil {
				if err := k.spent(); err != nil {
					return err
				}
				return fmt.Errorf("%s: %w", page.where, err)
			}
			k.report.Pages++
			k.step(page.where)
			if out.b.Len() > redrawnLimit {
				return fmt.Errorf("the copy is over %s bytes: split the document", Thousands(redrawnLimit))
			}
		}
		return nil
	})
	if err != nil {
		return copied{}, err
	}
	data, err = out.close()
	return copied{data, typePDF, ".pdf"}, err
}

// redrawn is one page as it is drawn again.
type redrawn struct {
	*cleaning
	*pdf
	redrawing
	index         int
	where         string
	dpi           int
	width, height float64 // in points, as it is seen
	text          []references.FPDF_PAGEOBJECT
	pictures      []references.FPDF_PAGEOBJECT
	others        int // objects that are neither
}

func (r *redrawn) draw(out *pdfWriter) error {
	// What stands on the page as an annotation is made a part of it: a black box may be one, and what is under
	// it must not come to light.
	flat, err := r.flatten()
	if err != nil {
		return err
	}
	if flat {
		r.keep(r.where, "annotations and form fields, as they look on paper")
	}
	// Before its words are read, so that they are those to be seen.
	if err := r.collect(); err != nil {
		return err
	}
	said, err := r.structured(r.index)
	if err != nil {
		return err
	}
	r.width, r.height = said.Width, said.Height
	if !(r.width > 1 && r.height > 1) || r.width > 20000 || r.height > 20000 {
		return fmt.Errorf("a page of %.0f by %.0f points", r.width, r.height)
	}
	if r.dpi = resolution(r.width, r.height); r.dpi < 36 {
		return errors.New("too large a page to draw again")
	}
	full, err := r.render()
	if err != nil {
		return err
	}
	words, err := r.placed(said, full.Bounds())
	if err != nil {
		return err
	}
	visible, err := r.visible(words, full)
	if err != nil {
		return err
	}
	// What is hidden is looked through with the rest: the words behind a scan tell where its words are.
	text := spoken(words)
	cuts, err := r.find(r.where, text.b.String())
	if err != nil {
		return err
	}
	gone := make([]bool, len(words))
	for i := range words {
		gone[i] = isCut(cuts, text.pieces[i])
	}
	drawn := len(r.text)+len(r.pictures)+r.others > 0
	dumb := drawn && (!slices.Contains(visible, true) || unmapped(words, visible))
	outlined := r.others > outlineLimit && r.ocr != nil
	areas := r.areas(r.index+1, full.Bounds())
	blacken(full, areas) // before OCR reads the page
	for i, w := range words {
		visible[i] = visible[i] && !touches(areas, w.at)
	}
	switch {
	case !dumb && len(r.pictures) == 0 && !outlined:
		if r.Reset && drawn && len(areas) == 0 && out.set(text.without(cuts), words, visible) {
			r.keep(r.where, "its words, set anew line by line")
			return nil
		}
	case r.ocr != nil:
		if words, gone, visible, err = r.read(full, words, gone, visible); err != nil {
			return err
		}
	case dumb:
		r.drop(r.where, "withheld whole, because its words cannot be read; for that, "+installOCR)
		out.notice(r.width, r.height, "This page is withheld: its words could not be read.")
		return nil
	default:
		if err := r.grey(full); err != nil {
			return err
		}
	}
	if r.Reset && drawn {
		r.drop(r.where, "not set anew, because it has regions, pictures, shapes or letters that the typeface lacks: it is drawn again, and its bars may tell how long a name was")
	}
	blacken(full, areas)
	r.regioned(r.where, areas)
	var layer []seen
	for i, covered := range paint(full, words, gone) {
		if !covered && visible[i] {
			layer = append(layer, words[i])
		}
	}
	return out.page(r.width, r.height, full, layer)
}

// resolution is at what a page of so many points is drawn, in dots to the inch.
func resolution(width, height float64) int {
	const most = 40_000_000 // dots
	if n := width / 72 * height / 72 * redrawDPI * redrawDPI; n > most {
		return int(redrawDPI * math.Sqrt(most/n))
	}
	return redrawDPI
}

// collect notes the objects on the page, those in forms included.
func (r *redrawn) collect() error {
	n, err := r.calls.FPDFPage_CountObjects(&requests.FPDFPage_CountObjects{Page: r.page(r.index)})
	if err != nil {
		return err
	}
	left := objectLimit
	for i := range n.Count {
		o, err := r.FPDFPage_GetObject(&requests.FPDFPage_GetObject{Page: r.page(r.index), Index: i})
		if err != nil {
			return err
		}
		if err := r.note(o.PageObject, 0, &left); err != nil {
			return err
		}
	}
	return nil
}

// note notes one object, or those in it.
func (r *redrawn) note(o references.FPDF_PAGEOBJECT, depth int, left *int) error {
	if *left--; *left < 0 || depth > 64 {
		return fmt.Errorf("more than %s objects, or forms in forms too deep", Thousands(objectLimit))
	}
	if *left%1024 == 0 {
		if err := r.spent(); err != nil {
			return err
		}
	}
	is, err := r.FPDFPageObj_GetType(&requests.FPDFPageObj_GetType{PageObject: o})
	if err != nil {
		return err
	}
	switch is.Type {
	case enums.FPDF_PAGEOBJ_TEXT:
		r.text = append(r.text, o)
		return r.unsay(o)
	case enums.FPDF_PAGEOBJ_IMAGE:
		r.pictures = append(r.pictures, o)
	case enums.FPDF_PAGEOBJ_FORM:
		n, err := r.FPDFFormObj_CountObjects(&requests.FPDFFormObj_CountObjects{PageObject: o})
		if err != nil {
			return nil // an empty form
		}
		for i := range n.Count {
			in, err := r.FPDFFormObj_GetObject(&requests.FPDFFormObj_GetObject{PageObject: o, Index: uint64(i)})
			if err != nil {
				return err
			}
			if err := r.note(in.PageObject, depth+1, left); err != nil {
				return err
			}
		}
	default:
		r.others++
	}
	return nil
}

// render draws the page as it is now.
func (r *redrawn) render() (*image.RGBA, error) {
	drawn, err := r.calls.RenderPageInDPI(&requests.RenderPageInDPI{Page: r.page(r.index), DPI: r.dpi})
	if err != nil {
		return nil, err
	}
	defer drawn.CleanupFunc() // the points are PDFium's until then
	from := drawn.Result.RenderedImage
	b := from.Bounds()
	to := image.NewRGBA(image.Rect(0, 0, b.Dx(), b.Dy()))
	draw.Draw(to, to.Rect, image.White, image.Point{}, draw.Src)
	draw.Draw(to, to.Rect, from, b.Min, draw.Over)
	return to, nil
}

// drawWithout draws the page without some of its objects.
func (r *redrawn) drawWithout(objects []references.FPDF_PAGEOBJECT) (*image.RGBA, error) {
	activate := func(active bool) error {
		for _, o := range objects {
			if _, err := r.FPDFPageObj_SetIsActive(&requests.FPDFPageObj_SetIsActive{PageObject: o, Active: active}); err != nil {
				return err
			}
		}
		return nil
	}
	if err := activate(false); err != nil {
		return nil, err
	}
	m, err := r.render()
	if err != nil {
		return nil, err
	}
	return m, activate(true)
}

// placed are the words of the page and where they stand on its picture.
func (r *redrawn) placed(said Page, canvas image.Rectangle) ([]seen, error) {
	// Three points tell how the page lies: it may be turned, or cut out of a larger one.
	const scale = 1 << 20
	var at [3][2]float64
	for i, p := range [3][2]float64{{0, 0}, {1000, 0}, {0, 1000}} {
		d, err := r.FPDF_PageToDevice(&requests.FPDF_PageToDevice{Page: r.page(r.index), SizeX: scale, SizeY: scale, PageX: p[0], PageY: p[1]})
		if err != nil {
			return nil, err
		}
		at[i] = [2]float64{float64(d.DeviceX) / scale * float64(canvas.Dx()), float64(d.DeviceY) / scale * float64(canvas.Dy())}
	}
	point := func(x, y float64) (int, int) {
		px := at[0][0] + (at[1][0]-at[0][0])*x/1000 + (at[2][0]-at[0][0])*y/1000
		py := at[0][1] + (at[1][1]-at[0][1])*x/1000 + (at[2][1]-at[0][1])*y/1000
		return int(math.Round(min(max(px, -1e6), 1e6))), int(math.Round(min(max(py, -1e6), 1e6)))
	}
	words := make([]seen, len(said.Words))
	line, rest := 0, said.Text
	for i, w := range said.Words {
		x0, y0 := point(w.Box.Left, w.Box.Bottom)
		x1, y1 := point(w.Box.Right, w.Box.Top)
		box := image.Rect(x0, y0, x1, y1)
		box.Max = image.Pt(max(box.Max.X, box.Min.X+1), max(box.Max.Y, box.Min.Y+1))
		if i > 0 {
			was := words[i-1].at
			shared := min(was.Max.Y, box.Max.Y) - max(was.Min.Y, box.Min.Y)
			if 10*shared < 7*min(was.Dy(), box.Dy()) {
				line++
			}
		}
		sep := " "
		if n := strings.Index(rest, w.Text); n >= 0 { // the words stand in the text in their order
			if sep, rest = rest[:n], rest[n+len(w.Text):]; strings.TrimSpace(sep) != "" {
				sep = " "
			}
		}
		words[i] = seen{w.Text, box, line, true, sep}
	}
	return words, nil
}

// visible says of each word whether it can be seen: whether the page looks different there when its text is not drawn. Words
// under a black box cannot, nor those in white on white, behind a picture, in a layer that is off or beside the page.
func (r *redrawn) visible(words []seen, full *image.RGBA) ([]bool, error) {
	out := make([]bool, len(words))
	if len(words) == 0 {
		return out, nil
	}
	bare, err := r.drawWithout(r.text)
	if err != nil {
		return nil, err
	}
	for i, w := range words {
		out[i] = shows(w, full, bare)
	}
	// Of words on top of each other nobody can tell which is seen.
	for i, w := range words {
		for j := i + 1; j < len(words) && j < i+200; j++ {
			if in := w.at.Intersect(words[j].at); 2*in.Dx()*in.Dy() > min(w.at.Dx()*w.at.Dy(), words[j].at.Dx()*words[j].at.Dy()) {
				out[i], out[j] = false, false
			}
		}
	}
	return out, nil
}

// shows says that a word leaves its mark from end to end and from top to bottom. One that a box covers in part does not.
func shows(w seen, full, bare *image.RGBA) bool {
	at := w.at.Intersect(full.Rect)
	if at.Empty() || 2*at.Dx()*at.Dy() < w.at.Dx()*w.at.Dy() {
		return false
	}
	columns, rows := make([]bool, at.Dx()), make([]bool, at.Dy())
	for y := at.Min.Y; y < at.Max.Y; y++ {
		for x := at.Min.X; x < at.Max.X; x++ {
			if differ(full, bare, x, y) {
				columns[x-at.Min.X], rows[y-at.Min.Y] = true, true
			}
		}
	}
	if strings.IndexFunc(w.text, func(r rune) bool { return unicode.IsLetter(r) || unicode.IsDigit(r) }) < 0 {
		return slices.Contains(rows, true)
	}
	blank := 2 + w.at.Dy()*2/5
	return longest(columns) <= blank && longest(rows) <= blank
}

// longest is the longest run of places without a mark.
func longest(marks []bool) int {
	most, run := 0, 0
	for _, m := range marks {
		if run++; m {
			run = 0
		}
		most = max(most, run)
	}
	return most
}

func differ(a, b *image.RGBA, x, y int) bool {
	i := a.PixOffset(x, y)
	for c := range 3 {
		if d := int(a.Pix[i+c]) - int(b.Pix[i+c]); d > 24 || d < -24 {
			return true
		}
	}
	return false
}

// unmapped says that the file does not tell which letters it shows: its text is not what is to be seen.
func unmapped(words []seen, visible []bool) bool {
	letters, strange := 0, 0
	for i, w := range words {
		if !visible[i] {
			continue
		}
		for _, c := range w.text {
			if letters++; c == unicode.ReplacementChar || unicode.In(c, unicode.Co, unicode.Cc, unicode.Cs) {
				strange++
			}
		}
	}
	return strange*20 > letters
}

// read adds what OCR sees on the page and its text does not say.
func (r *redrawn) read(full *image.RGBA, words []seen, gone, visible []bool) ([]seen, []bool, []bool, error) {
	if r.reading.pictures++; r.reading.pictures > r.limits.Pictures {
		return nil, nil, nil, fmt.Errorf("more than %d scanned pages and pictures in the document", r.limits.Pictures)
	}
	read, err := r.look(full, r.dpi)
	if err != nil {
		return nil, nil, nil, err
	}
	text := spoken(read)
	cuts, err := r.find(r.where+", as OCR reads it", text.b.String())
	if err != nil {
		return nil, nil, nil, err
	}
	unsure, said := 0, len(words)
	for i, w := range read {
		known := false // as a word of the page's text
		for j := range said {
			in := w.at.Intersect(words[j].at)
			known = known || visible[j] && 3*in.Dx()*in.Dy() > w.at.Dx()*w.at.Dy()
		}
		cut := isCut(cuts, text.pieces[i])
		if !w.sure && !known {
			cut, unsure = true, unsure+1
		}
		if known && !cut {
			continue
		}
		w.line += 1 << 20 // none of those before
		words, gone, visible = append(words, w), append(gone, cut), append(visible, true)
	}
	if unsure > 0 {
		r.drop(r.where, fmt.Sprintf("words that OCR could not read for sure, covered: %d", unsure))
	}
	r.keep(r.where, "read by OCR, which may miss words")
	return words, gone, visible, nil
}

// grey covers the pictures on the page, as far as they are to be seen.
func (r *redrawn) grey(full *image.RGBA) error {
	bare, err := r.drawWithout(r.pictures)
	if err != nil {
		return err
	}
	for y := range full.Rect.Dy() {
		for x := range full.Rect.Dx() {
			if differ(full, bare, x, y) {
				full.SetRGBA(x, y, color.RGBA{0xB0, 0xB0, 0xB0, 0xFF})
			}
		}
	}
	r.drop(r.where, fmt.Sprintf("pictures, covered because their words cannot be read: %d; for that, %s", len(r.pictures), installOCR))
	return nil
}
