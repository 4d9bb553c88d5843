package doc

import (
	"bytes"
	"compress/zlib"
	"fmt"
	"image"
	"image/jpeg"
	"strings"
	"unicode"
	"unicode/utf16"

	"golang.org/x/text/encoding/charmap"
)

// pdfWriter writes a PDF of pictures of pages, each with a layer of words that can be found and copied and are not drawn. It
// writes nothing else: no properties, no dates, no names but its own.
//
// The letters of the layer are those of Type 3 fonts (ISO 32000-1, 9.6.5) whose letters draw
// nothing: the file holds no outline of any letter, and every viewer knows what each is.
type pdfWriter struct {
	b       bytes.Buffer
	offsets []int // of objects, from number 1 on
	pages   []int // their numbers
	layer   map[rune]int
	letters []rune // of the layer, in the order of their codes; 255 to a font
	err     error
}

// The objects that every page refers to. Their content is known last.
const (
	pdfCatalog = iota + 1
	pdfTree
	pdfFonts
	pdfFixed
)

func newPDF() *pdfWriter {
	w := &pdfWriter{layer: map[rune]int{}, offsets: make([]int, pdfFixed)}
	w.b.WriteString("%PDF-1.7\n%\xE2\xE3\xCF\xD3\n")
	w.object(pdfFixed, "<< /Type /Font /Subtype /Type1 /BaseFont /Courier /Encoding /WinAnsiEncoding >>")
	return w
}

func (w *pdfWriter) object(number int, body string) {
	w.offsets[number-1] = w.b.Len()
	fmt.Fprintf(&w.b, "%d 0 obj\n%s\nendobj\n", number, body)
}

func (w *pdfWriter) add(body string) int {
	w.offsets = append(w.offsets, 0)
	w.object(len(w.offsets), body)
	return len(w.offsets)
}

// stream adds a stream; its data are packed unless dict says how they are already.
func (w *pdfWriter) stream(dict string, data []byte) int {
	if !strings.Contains(dict, "/Filter") {
		var b bytes.Buffer
		z, err := zlib.NewWriterLevel(&b, zlib.BestSpeed)
		if err == nil {
			_, err = z.Write(data)
		}
		if err == nil {
			err = z.Close()
		}
		if err != nil && w.err == nil {
			w.err = err
		}
		data, dict = b.Bytes(), dict+" /Filter /FlateDecode"
	}
	return w.add(fmt.Sprintf("<< %s /Length %d >>\nstream\n%s\nendstream", dict, len(data), data))
}

// page adds a page: its picture, and the words of its layer in their places on the picture.
func (w *pdfWriter) page(width, height float64, m *image.RGBA, words []seen) error {
	dict := fmt.Sprintf("/Type /XObject /Subtype /Image /Width %d /Height %d", m.Rect.Dx(), m.Rect.Dy())
	var picture int
	if grey, ok := greys(m); ok {
		picture = w.stream(dict+" /ColorSpace /DeviceGray /BitsPerComponent 4", grey)
	} else {
		var b bytes.Buffer
		if err := jpeg.Encode(&b, m, &jpeg.Options{Quality: 85}); err != nil {
			return err
		}
		picture = w.stream(dict+" /ColorSpace /DeviceRGB /BitsPerComponent 8 /Filter /DCTDecode", b.Bytes())
	}
	var c bytes.Buffer
	fmt.Fprintf(&c, "q %.2f 0 0 %.2f 0 0 cm /P Do Q\nBT 3 Tr\n", width, height)
	sx, sy := width/float64(m.Rect.Dx()), height/float64(m.Rect.Dy())
	for i, word := range words {
		text := word.text
		if i+1 < len(words) && words[i+1].line == word.line {
			text += " "
		}
		w.word(&c, text, len([]rune(word.text)), float64(word.at.Min.X)*sx, height-float64(word.at.Max.Y)*sy, float64(word.at.Dx())*sx, float64(word.at.Dy())*sy)
	}
	c.WriteString("ET\n")
	w.finish(width, height, fmt.Sprintf("/XObject << /P %d 0 R >>", picture), c.Bytes())
	return w.err
}

// word writes a word of n letters, and what follows it, over a box.
func (w *pdfWriter) word(c *bytes.Buffer, text string, n int, x, y, width, height float64) {
	size := max(height, 1)
	fmt.Fprintf(c, "1 0 0 1 %.2f %.2f Tm %.2f Tz\n", x, y, width/(float64(max(n, 1))*size*0.5)*100)
	font := -1
	for _, r := range text {
		code, ok := w.layer[r]
		if !ok {
			code = len(w.letters)
			w.layer[r] = code
			w.letters = append(w.letters, r)
		}
		if f := code / 255; f != font {
			if font >= 0 {
				c.WriteString("> Tj ")
			}
			fmt.Fprintf(c, "/L%d %.2f Tf <", f, size)
			font = f
		}
		fmt.Fprintf(c, "%02X", code%255+1)
	}
	if font >= 0 {
		c.WriteString("> Tj\n")
	}
}

// finish adds the page itself.
func (w *pdfWriter) finish(width, height float64, resources string, content []byte) {
	at := w.stream("", content)
	w.pages = append(w.pages, w.add(fmt.Sprintf("<< /Type /Page /Parent %d 0 R /MediaBox [0 0 %.2f %.2f] /Resources << /Font %d 0 R %s >> /Contents %d 0 R >>",
		pdfTree, width, height, pdfFonts, resources, at)))
}

// notice adds a page of the size of the one that it stands for, with a line on it.
func (w *pdfWriter) notice(width, height float64, line string) {
	size := min(11, (width-20)/(0.6*float64(len(line))))
	w.finish(width, height, "", fmt.Appendf(nil, "BT /C %.2f Tf 10 %.2f Td (%s) Tj ET\n", max(size, 1), height/2, line))
}

// A page that is set anew, in points.
const (
	setWidth, setHeight = 595.0, 842.0 // A4
	setMargin           = 50.0
	typeSize, typeLine  = 10.0, 13.0
	lineLetters         = 82 // of them to a line: 0.6 of typeSize is the width of one
	setLines            = 57
)

// set sets the visible words of a page anew, line by line, in letters that are all of one width. texts are the
// words as they are to stand. A sign that the typeface lacks is an asterisk; where it lacks a letter, nothing is set and
// it is false.
func (w *pdfWriter) set(texts []string, words []seen, visible []bool) bool {
	var lines []string
	var line strings.Builder
	width, last := 0, -1
	end := func() {
		lines = append(lines, line.String())
		line.Reset()
		width = 0
	}
	for i, text := range texts {
		if !visible[i] || text == "" {
			continue
		}
		if last >= 0 && words[i].line != last {
			end()
		}
		last = words[i].line
		for _, word := range strings.Fields(text) {
			legacy, ok := EncodeLegacy(strings.Map(plainSign, word))
			if !ok {
				return false
			}
			if width > 0 && width+1+len(legacy) > lineLetters {
				end()
			}
			if width > 0 {
				line.WriteByte(' ')
				width++
			}
			for ; len(legacy) > lineLetters; legacy = legacy[lineLetters:] {
				line.WriteString(legacy[:lineLetters])
				end()
			}
			line.WriteString(legacy)
			width += len(legacy)
		}
	}
	end()
	for len(lines) > 0 {
		n := min(len(lines), setLines)
		var c bytes.Buffer
		fmt.Fprintf(&c, "BT /C %.1f Tf %.1f TL %.1f %.1f Td\n", typeSize, typeLine, setMargin, setHeight-setMargin)
		for _, l := range lines[:n] {
			fmt.Fprintf(&c, "<%X> Tj T*\n", l)
		}
		c.WriteString("ET\n")
		w.finish(setWidth, setHeight, "", c.Bytes())
		lines = lines[n:]
	}
	return true
}

// plainSign is an asterisk for what is no letter and not in Windows-1252.
func plainSign(r rune) rune {
	if _, ok := charmap.Windows1252.EncodeRune(r); ok || unicode.IsLetter(r) || unicode.IsMark(r) || unicode.IsDigit(r) {
		return r
	}
	return '*'
}

// close ends the file and gives it.
func (w *pdfWriter) close() ([]byte, error) {
	var fonts strings.Builder
	fmt.Fprintf(&fonts, "<< /C %d 0 R", pdfFixed)
	if len(w.letters) > 0 {
		// A letter half as wide as high that draws nothing.
		nothing := w.stream("", []byte("500 0 0 0 500 1000 d1\n"))
		for f := 0; f*255 < len(w.letters); f++ {
			letters := w.letters[f*255 : min(len(w.letters), f*255+255)]
			names := strings.TrimSpace(strings.Repeat("/n ", len(letters)))
			widths := strings.TrimSpace(strings.Repeat("500 ", len(letters)))
			fmt.Fprintf(&fonts, " /L%d %d 0 R", f, w.add(fmt.Sprintf("<< /Type /Font /Subtype /Type3 /FontBBox [0 0 500 1000] /FontMatrix [0.001 0 0 0.001 0 0] /Resources << >> /CharProcs << /n %d 0 R >> "+
				"/Encoding << /Type /Encoding /Differences [1 %s] >> /FirstChar 1 /LastChar %d /Widths [%s] /ToUnicode %d 0 R >>",
				nothing, names, len(letters), widths, w.stream("", toUnicode(letters)))))
		}
	}
	w.object(pdfFonts, fonts.String()+" >>")
	var kids strings.Builder
	for _, p := range w.pages {
		fmt.Fprintf(&kids, "%d 0 R ", p)
	}
	w.object(pdfTree, fmt.Sprintf("<< /Type /Pages /Kids [%s] /Count %d >>", strings.TrimSpace(kids.String()), len(w.pages)))
	w.object(pdfCatalog, fmt.Sprintf("<< /Type /Catalog /Pages %d 0 R >>", pdfTree))
	start := w.b.Len()
	fmt.Fprintf(&w.b, "xref\n0 %d\n0000000000 65535 f \n", len(w.offsets)+1)
	for _, at := range w.offsets {
		fmt.Fprintf(&w.b, "%010d 00000 n \n", at)
	}
	fmt.Fprintf(&w.b, "trailer\n<< /Size %d /Root %d 0 R >>\nstartxref\n%d\n%%%%EOF\n", len(w.offsets)+1, pdfCatalog, start)
	return w.b.Bytes(), w.err
}

// toUnicode says which letters the codes of a font are (Adobe Technical Note 5411).
func toUnicode(letters []rune) []byte {
	var b bytes.Buffer
	b.WriteString("/CIDInit /ProcSet findresource begin 12 dict begin begincmap /CMapType 2 def\n1 begincodespacerange <00> <FF> endcodespacerange\n")
	for from := 0; from < len(letters); from += 100 {
		some := letters[from:min(len(letters), from+100)]
		fmt.Fprintf(&b, "%d beginbfchar\n", len(some))
		for i, r := range some {
			fmt.Fprintf(&b, "<%02X> <", from+i+1)
			for _, u := range utf16.Encode([]rune{r}) {
				fmt.Fprintf(&b, "%04X", u)
			}
			b.WriteString(">\n")
		}
		b.WriteString("endbfchar\n")
	}
	b.WriteString("endcmap CMapName currentdict /CMap defineresource pop end end\n")
	return b.Bytes()
}

// greys packs a picture in sixteen greys, two points to a byte; false if it has colours.
func greys(m *image.RGBA) ([]byte, bool) {
	w, h := m.Rect.Dx(), m.Rect.Dy()
	stride := (w + 1) / 2
	out := make([]byte, stride*h)
	for y := range h {
		row := m.Pix[y*m.Stride : y*m.Stride+4*w]
		for x := range w {
			r, g, b := int(row[4*x]), int(row[4*x+1]), int(row[4*x+2])
			if d := max(r, g, b) - min(r, g, b); d > 16 {
				return nil, false
			}
			grey := byte((r + g + b) / 3 * 15 / 255)
			if x&1 == 0 {
				grey <<= 4
			}
			out[y*stride+x/2] |= grey
		}
	}
	return out, true
}
