package pack

import (
	"bytes"
	"compress/gzip"
	_ "embed"
	"encoding/binary"
	"errors"
	"fmt"
	"io"
	"strings"
	"sync"
	"unicode"
	"unicode/utf8"

	"golang.org/x/text/unicode/norm"
)

// The typeface of the PDF: DejaVu Sans Condensed, whose licence is beside it. It
// has the letters of every language of Europe, and of Vietnamese.
var (
	//go:embed fonts/DejaVuSansCondensed.ttf.gz
	regularFile []byte
	//go:embed fonts/DejaVuSansCondensed-Bold.ttf.gz
	boldFile []byte
)

// face is one font: its file, and the widths of the characters it can set.
type face struct {
	ttf    []byte
	widths []uint16 // by character of the basic plane, in thousandths of the size; see unset
}

// unset is the width of a character that a face has no glyph for.
const unset = 0xFFFF

// faces are the regular and the bold face, read once.
var faces = sync.OnceValues(func() ([2]*face, error) {
	var out [2]*face
	for i, file := range [][]byte{regularFile, boldFile} {
		z, err := gzip.NewReader(bytes.NewReader(file))
		if err != nil {
			return out, fmt.Errorf("the typeface cannot be read: %w", err)
		}
		ttf, err := io.ReadAll(z)
		if err != nil {
			return out, fmt.Errorf("the typeface cannot be read: %w", err)
		}
		if out[i], err = newFace(ttf); err != nil {
			return out, fmt.Errorf("the typeface cannot be used: %w", err)
		}
	}
	return out, nil
})

// newFace reads the widths out of a TrueType file of ours (ISO/IEC 14496-22:
// head, hhea, hmtx, and cmap in format 4). It is embedded, so that its offsets
// are believed.
func newFace(ttf []byte) (*face, error) {
	u16 := func(at int) int { return int(binary.BigEndian.Uint16(ttf[at:])) }
	u32 := func(at int) int { return int(binary.BigEndian.Uint32(ttf[at:])) }
	tables := make(map[string]int)
	for i := range u16(4) {
		at := 12 + 16*i
		tables[string(ttf[at:at+4])] = u32(at + 8)
	}
	em, metrics := u16(tables["head"]+18), u16(tables["hhea"]+34)
	width := func(glyph int) uint16 {
		w := u16(tables["hmtx"] + 4*min(glyph, metrics-1))
		return uint16((w*1000 + em/2) / em)
	}
	cmap := tables["cmap"]
	for i := range u16(cmap + 2) {
		at := cmap + u32(cmap+8+8*i)
		if u16(at) != 4 {
			continue
		}
		f := &face{ttf: ttf, widths: make([]uint16, 1<<16)}
		for r := range f.widths {
			f.widths[r] = unset
		}
		twice := u16(at + 6) // twice the number of segments
		for s := 0; s < twice; s += 2 {
			end, start := u16(at+14+s), u16(at+16+twice+s)
			delta, offset := u16(at+16+2*twice+s), u16(at+16+3*twice+s)
			for r := start; r <= end && r < 0xFFFF; r++ {
				glyph := r
				if offset > 0 {
					if glyph = u16(at + 16 + 3*twice + s + offset + 2*(r-start)); glyph == 0 {
						continue
					}
				}
				if glyph = (glyph + delta) & 0xFFFF; glyph > 0 {
					f.widths[r] = width(glyph)
				}
			}
		}
		return f, nil
	}
	return nil, errors.New("it has no table of characters in format 4")
}

// width of a text of characters that the face can set, for a size of 1.
func (f *face) width(s string) float64 {
	n := 0
	for _, r := range s {
		if r < 1<<16 && f.widths[r] != unset {
			n += int(f.widths[r])
		}
	}
	return float64(n) / 1000
}

// plainly are the scripts that stand as they are written: a glyph for each
// character, from left to right. The letters of others change with their
// neighbours, or run the other way; set one by one they would be wrong.
var plainly = []*unicode.RangeTable{unicode.Latin, unicode.Greek, unicode.Cyrillic, unicode.Armenian, unicode.Georgian, unicode.Common, unicode.Inherited}

// sets says that a character can be set as it should be.
func sets(f [2]*face, r rune) bool {
	if r < 0x7F {
		return r >= ' '
	}
	return r < 0xFFFE && f[0].widths[r] != unset && f[1].widths[r] != unset && unicode.In(r, plainly...)
}

// joins says that a character is not seen, and only tells how its neighbours
// are joined or drawn.
func joins(r rune) bool {
	return unicode.Is(unicode.Cf, r) || r >= 0xFE00 && r <= 0xFE0F
}

// scrap is a piece of a text: as it is set, or what stands in the place of
// characters that cannot be.
type scrap struct {
	text    string
	missing bool
}

// settable is a text in pieces that can be set. In the place of characters that
// cannot be stands what they are, in square brackets: "[Arabic]", "[sign]".
// Nothing that is seen is dropped.
func settable(f [2]*face, s string) []scrap {
	plain := true
	for i := 0; i < len(s) && plain; i++ {
		plain = s[i] < 0x7F && s[i] >= ' '
	}
	if plain {
		return []scrap{{text: s}}
	}
	s = norm.NFC.String(s)
	var out []scrap
	var b strings.Builder
	end := func() {
		if b.Len() > 0 {
			out = append(out, scrap{text: b.String()})
			b.Reset()
		}
	}
	for i := 0; i < len(s); {
		r, n := utf8.DecodeRuneInString(s[i:])
		switch {
		case r == '\n' || sets(f, r):
			b.WriteRune(r)
		case r == '\t':
			b.WriteString("    ")
		case unicode.IsSpace(r):
			b.WriteByte(' ')
		case joins(r):
		default:
			end()
			name, length := strange(f, s[i:])
			out = append(out, scrap{"[" + name + "]", true})
			n = length
		}
		i += n
	}
	end()
	return out
}

// strange is what kind of characters that cannot be set s begins with, and how
// many bytes of them there are, with the spaces and marks between them.
func strange(f [2]*face, s string) (name string, length int) {
	name = "sign"
	for i, r := range s {
		own := !sets(f, r) && !joins(r) && !unicode.IsSpace(r)
		if own {
			script := scriptOf(r)
			if script == "" && unicode.IsMark(r) {
				script = name
			}
			if script != "" && name != "sign" && script != name {
				return name, length
			}
			if script != "" && script != "sign" {
				name = script
			}
			length = i + utf8.RuneLen(r)
		} else if !joins(r) && r != ' ' {
			return name, length
		}
	}
	return name, length
}

// scriptOf is what the script of a character is called, or "" for a sign that
// belongs to none.
func scriptOf(r rune) string {
	if unicode.In(r, unicode.Common, unicode.Inherited) {
		return ""
	}
	for name, table := range unicode.Scripts { // No character is in two.
		if unicode.Is(table, r) {
			return strings.ReplaceAll(name, "_", " ")
		}
	}
	return ""
}

// oneLine is a text in what can be set, on one line: for a bookmark or a footer.
func oneLine(f [2]*face, s string) string {
	var b strings.Builder
	for _, p := range settable(f, line(s)) {
		b.WriteString(p.text)
	}
	return b.String()
}
