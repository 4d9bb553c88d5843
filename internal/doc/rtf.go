package doc

import (
	"bytes"
	"errors"
	"fmt"
	"strconv"
	"strings"
	"unicode/utf16"

	"golang.org/x/text/encoding"
	"golang.org/x/text/encoding/charmap"
	"golang.org/x/text/encoding/japanese"
	"golang.org/x/text/encoding/korean"
	"golang.org/x/text/encoding/simplifiedchinese"
	"golang.org/x/text/encoding/traditionalchinese"
	xunicode "golang.org/x/text/encoding/unicode"
)

// rtfDepth is how deep groups may be nested; real documents stay below a hundred.
const rtfDepth = 2000

// rtfGroup is what holds between a { and its }.
type rtfGroup struct {
	skip     bool
	property string // the text is that of a property of the document
	table    rtfTable
	uc       int // characters that stand in for a Unicode one, and follow it
	enc      encoding.Encoding
}

type rtfTable int

const (
	rtfNone rtfTable = iota
	rtfFonts
	rtfField // the instructions of a field
)

// rtfReader reads Rich Text Format, version 1.9.1. It knows the control words that
// say something about text, and skips what the format lets a reader skip. Hidden
// and deleted text is text.
type rtfReader struct {
	w       *reading
	out     *prose
	in      []byte
	at      int
	group   rtfGroup
	outer   []rtfGroup
	over    int // groups open beyond rtfDepth
	base    encoding.Encoding
	fonts   map[int]encoding.Encoding
	font    int
	bytes   []byte   // of text, not yet decoded
	units   []uint16 // of text by \u, not yet decoded
	standin int      // characters to leave out after a \u
	kept    strings.Builder
	drawn   pictures
	objects int
	starred bool
}

func (w *reading) rtf(out *prose, data []byte) error {
	if !bytes.HasPrefix(data, []byte(`{\rtf`)) {
		return errors.New("the file is damaged: it does not begin as Rich Text does")
	}
	r := &rtfReader{w: w, out: out, in: data, base: charmap.Windows1252, fonts: map[int]encoding.Encoding{}}
	r.group = rtfGroup{uc: 1, enc: r.base}
	return r.read()
}

func (r *rtfReader) read() error {
	for n := 0; r.at < len(r.in); n++ {
		if n&0xFFFF == 0 {
			if err := r.w.spent(); err != nil {
				return err
			}
		}
		c := r.in[r.at]
		r.at++
		switch c {
		case '{':
			r.flush()
			r.open()
		case '}':
			r.flush()
			r.close()
			if len(r.outer) == 0 && r.over == 0 {
				if rest := len(bytes.Trim(r.in[r.at:], "\x00 \t\r\n")); rest > 0 {
					r.out.lost("", fmt.Sprintf("%s bytes after the end of the Rich Text were not read", Thousands(int64(rest))))
				}
				r.finish()
				return nil
			}
		case '\\':
			r.control()
		case '\r', '\n':
		default:
			r.byte(c)
		}
	}
	r.flush()
	r.out.lost("", "cut off before its end")
	r.finish()
	return nil
}

func (r *rtfReader) finish() {
	r.drawn.report(r.out)
	if r.objects > 0 {
		r.out.lost("", fmt.Sprintf("%d embedded objects were not read", r.objects))
	}
}

func (r *rtfReader) open() {
	r.standin, r.starred = 0, false
	if len(r.outer) >= rtfDepth {
		if r.over++; r.over == 1 {
			r.out.note("", "groups nested beyond the limit; what they say of their text was not heeded")
		}
		return
	}
	r.outer = append(r.outer, r.group)
}

func (r *rtfReader) close() {
	r.standin, r.starred = 0, false
	if r.over > 0 {
		r.over--
		return
	}
	if len(r.outer) == 0 {
		return
	}
	was := r.group
	r.group, r.outer = r.outer[len(r.outer)-1], r.outer[:len(r.outer)-1]
	if was.property != r.group.property {
		r.out.line(was.property, r.kept.String())
		r.kept.Reset()
	}
	if was.table == rtfField && r.group.table != rtfField {
		for _, f := range strings.Fields(r.kept.String()) {
			if f = strings.Trim(f, `"`); linkScheme.MatchString(f) {
				r.out.gap(spaced)
				r.out.text("<" + f[strings.IndexByte(f, ':')+1:] + ">")
				r.out.gap(spaced)
			}
		}
		r.kept.Reset()
	}
}

// byte is a character in the code page that holds.
func (r *rtfReader) byte(c byte) {
	if r.standin > 0 {
		r.standin--
		return
	}
	if r.group.skip || r.group.table == rtfFonts {
		return
	}
	if len(r.units) > 0 {
		r.flush()
	}
	r.bytes = append(r.bytes, c)
}

// emit is text that needs no decoding.
func (r *rtfReader) emit(s string) {
	r.flush()
	if !r.group.skip && r.group.table != rtfFonts {
		r.write(s)
	}
}

func (r *rtfReader) write(s string) {
	if r.group.property != "" || r.group.table == rtfField {
		r.kept.WriteString(s)
		return
	}
	r.out.text(s)
}

// gap ends a word, a cell or a line.
func (r *rtfReader) gap(g gap) {
	r.flush()
	if r.group.property == "" && !r.group.skip {
		r.out.gap(g)
	}
}

func (r *rtfReader) flush() {
	if len(r.bytes) > 0 {
		s, err := r.group.enc.NewDecoder().Bytes(r.bytes)
		if err != nil {
			s = []byte(DecodeLegacy(string(r.bytes)))
		}
		r.bytes = r.bytes[:0]
		r.write(string(s))
	}
	if len(r.units) > 0 {
		s := string(utf16.Decode(r.units))
		r.units = r.units[:0]
		r.write(s)
	}
}

// control reads what follows a backslash.
func (r *rtfReader) control() {
	if r.at >= len(r.in) {
		return
	}
	c := r.in[r.at]
	r.at++
	switch {
	case c == '\'':
		if r.at+2 <= len(r.in) {
			if n, err := strconv.ParseUint(string(r.in[r.at:r.at+2]), 16, 8); err == nil {
				r.at += 2
				r.byte(byte(n))
			}
		}
		return
	case c == '\\' || c == '{' || c == '}':
		r.byte(c)
		return
	case c == '*':
		r.starred = true
		return
	case c == '~':
		r.emit("\u00A0")
		return
	case c == '_':
		r.emit("-")
		return
	case c == '\r' || c == '\n':
		r.gap(lined)
		return
	case c|0x20 < 'a' || c|0x20 > 'z':
		return // \- is where a word may be broken
	}
	from := r.at - 1
	for r.at < len(r.in) && r.in[r.at]|0x20 >= 'a' && r.in[r.at]|0x20 <= 'z' && r.at-from < 64 {
		r.at++
	}
	word := string(r.in[from:r.at])
	from = r.at
	if r.at < len(r.in) && r.in[r.at] == '-' {
		r.at++
	}
	for r.at < len(r.in) && r.in[r.at] >= '0' && r.in[r.at] <= '9' && r.at-from < 12 {
		r.at++
	}
	n, err := strconv.Atoi(string(r.in[from:r.at]))
	if r.at < len(r.in) && r.in[r.at] == ' ' {
		r.at++
	}
	starred := r.starred
	r.starred = false
	r.word(word, n, err == nil, starred)
}

// rtfText are control words that stand for text, or for a break in it.
var rtfText = map[string]string{
	"emdash": "—", "endash": "–", "lquote": "‘", "rquote": "’", "ldblquote": "“", "rdblquote": "”",
	"bullet": "•", "emspace": " ", "enspace": " ", "qmspace": " ",
}

var rtfGaps = map[string]gap{
	"par": lined, "line": lined, "row": lined, "nestrow": lined, "sect": parted, "page": parted, "column": lined, "lbr": lined, "softline": lined,
	"tab": tabbed, "cell": tabbed, "nestcell": tabbed,
}

// rtfSkipped are destinations that hold no text of the document's.
var rtfSkipped = map[string]bool{
	"colortbl": true, "stylesheet": true, "listtable": true, "listoverridetable": true, "rsidtbl": true, "generator": true,
	"themedata": true, "colorschememapping": true, "datastore": true, "latentstyles": true, "nonshppict": true, "xmlnstbl": true,
	"pgdsctbl": true, "filetbl": true, "bkmkstart": true, "bkmkend": true, "creatim": true, "revtim": true, "printim": true, "buptim": true,
	"objclass": true, "objname": true, "sp": true, "blipuid": true, "panose": true, "falt": true, "listpicture": true, "ftnsep": true, "ftnsepc": true,
	"aftnsep": true, "aftnsepc": true, "ftncn": true, "aftncn": true, "wgrffmtfilter": true, "mmathPr": true, "fontemb": true, "fontfile": true,
}

// rtfKept are destinations that may be skipped by their form and hold text.
var rtfKept = map[string]bool{
	"shpinst": true, "shptxt": true, "ud": true, "annotation": true, "atnid": true, "shppict": true, "userprops": true, "propname": true, "staticval": true,
	"footnote": true, "header": true, "footer": true, "pn": true, "revtbl": true, "docvar": true, "ffdeftext": true, "ffl": true, "formfield": true, "txe": true, "xe": true,
}

var rtfProperties = map[string]string{
	"author": "Author", "operator": "Last saved by", "title": "Title", "subject": "Subject", "company": "Company", "manager": "Manager",
	"category": "Category", "keywords": "Keywords", "comment": "Comment", "doccomm": "Comment", "hlinkbase": "Links",
	"atnauthor": "Comment by", "revtbl": "Changed by", "docvar": "Variable", "template": "Template",
}

func (r *rtfReader) word(word string, n int, has, starred bool) {
	if s, ok := rtfText[word]; ok {
		r.emit(s)
		return
	}
	if g, ok := rtfGaps[word]; ok {
		r.gap(g)
		if strings.HasSuffix(word, "cell") && !r.group.skip && r.group.property == "" {
			r.out.cell()
		}
		return
	}
	switch word {
	case "u":
		if len(r.bytes) > 0 {
			r.flush()
		}
		if !r.group.skip && r.group.table != rtfFonts && has {
			r.units = append(r.units, uint16(n))
		}
		r.standin = r.group.uc
		return
	case "bin":
		r.flush()
		r.at = min(len(r.in), r.at+max(0, n))
		return
	}
	r.flush()
	switch word {
	case "uc":
		r.group.uc = min(max(n, 0), 16)
	case "ansicpg":
		if e := codePage(n); e != nil {
			r.base, r.group.enc = e, e
		}
	case "mac":
		r.base, r.group.enc = charmap.Macintosh, charmap.Macintosh
	case "pc":
		r.base, r.group.enc = charmap.CodePage437, charmap.CodePage437
	case "pca":
		r.base, r.group.enc = charmap.CodePage850, charmap.CodePage850
	case "plain":
		r.group.enc = r.base
	case "f":
		r.font = n
		if e, ok := r.fonts[n]; ok && r.group.table != rtfFonts {
			r.group.enc = e
		} else {
			r.group.enc = r.base
		}
	case "fcharset":
		if e := codePage(charsets[n]); e != nil && r.group.table == rtfFonts && len(r.fonts) < 10000 {
			r.fonts[r.font] = e
		}
	case "fonttbl":
		r.group.table = rtfFonts
	case "fldinst":
		r.group.table = rtfField
	case "pict":
		r.drawn.skipped++
		r.group.skip = true
	case "objdata":
		r.objects++
		r.group.skip = true
	default:
		property, ok := rtfProperties[word]
		switch {
		case ok && !r.group.skip && (word != "comment" || starred || len(r.outer) > 1):
			r.group.property = property
		case rtfSkipped[word], starred && !rtfKept[word]:
			r.group.skip = true
		}
	}
}

// charsets are the code pages of Windows' character sets.
var charsets = map[int]int{
	0: 1252, 77: 10000, 128: 932, 129: 949, 134: 936, 136: 950, 161: 1253, 162: 1254, 163: 1258, 177: 1255, 178: 1256, 186: 1257,
	204: 1251, 222: 874, 238: 1250, 254: 437, 255: 850,
}

// codePage is the encoding that Windows gives a number to, or nil.
func codePage(n int) encoding.Encoding {
	switch n {
	case 437:
		return charmap.CodePage437
	case 850:
		return charmap.CodePage850
	case 852:
		return charmap.CodePage852
	case 855:
		return charmap.CodePage855
	case 866:
		return charmap.CodePage866
	case 874:
		return charmap.Windows874
	case 932:
		return japanese.ShiftJIS
	case 936:
		return simplifiedchinese.GBK
	case 949:
		return korean.EUCKR
	case 950:
		return traditionalchinese.Big5
	case 1250:
		return charmap.Windows1250
	case 1251:
		return charmap.Windows1251
	case 1252:
		return charmap.Windows1252
	case 1253:
		return charmap.Windows1253
	case 1254:
		return charmap.Windows1254
	case 1255:
		return charmap.Windows1255
	case 1256:
		return charmap.Windows1256
	case 1257:
		return charmap.Windows1257
	case 1258:
		return charmap.Windows1258
	case 10000:
		return charmap.Macintosh
	case 65001:
		return xunicode.UTF8
	}
	return nil
}
