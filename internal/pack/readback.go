package pack

import (
	"archive/zip"
	"bytes"
	"encoding/hex"
	"errors"
	"fmt"
	"html"
	"io"
	"strings"
	"unicode/utf16"
)

// view is a text to look for secrets in.
type view struct {
	text []byte
	ends map[int]bool // where lines ended, of a text that they were taken out of
}

// views are what a file says, and the same in other forms. The bytes of what is
// compressed say nothing, and would hold any short name by chance; what they
// inflate to is looked at.
func (k Checker) views(f File) (says [][]byte, forms []view, err error) {
	pdf, book := strings.HasSuffix(f.Name, ".pdf"), strings.HasSuffix(f.Name, ".xlsx")
	if !pdf && !book {
		return [][]byte{f.Bytes}, []view{{text: []byte(html.UnescapeString(string(f.Bytes)))}}, nil
	}
	if k.Text == nil {
		return nil, nil, fmt.Errorf("there is nothing to read %s back with, so it is not known what it says", f.Name)
	}
	text, err := k.Text(f.Name, f.Bytes)
	if err == nil && strings.IndexFunc(text, isWord) < 0 {
		err = errors.New("no words were found in it")
	}
	if err != nil {
		return nil, nil, fmt.Errorf("%s cannot be read back: %w", f.Name, err)
	}
	if pdf {
		says = [][]byte{outline(f.Bytes)}
	} else if says, err = parts(f.Bytes); err != nil {
		return nil, nil, fmt.Errorf("%s cannot be read back: %w", f.Name, err)
	}
	// A line may end where a space was, or within a word that was too long.
	return append(says, []byte(text)), []view{{text: []byte(strings.Join(strings.Fields(text), " "))}, unparted(text)}, nil
}

// unparted is a text without the ends of its lines.
func unparted(text string) view {
	v := view{ends: make(map[int]bool)}
	for i := range len(text) {
		if c := text[i]; c == '\n' || c == '\r' || c == '\f' {
			v.ends[len(v.text)] = true
		} else {
			v.text = append(v.text, c)
		}
	}
	return v
}

// parts are the names and texts of the parts of a workbook.
func parts(book []byte) ([][]byte, error) {
	z, err := zip.NewReader(bytes.NewReader(book), int64(len(book)))
	if err != nil {
		return nil, err
	}
	var out [][]byte
	left := int64(maxBytes)
	for _, f := range z.File {
		r, err := f.Open()
		if err != nil {
			return nil, err
		}
		b, err := io.ReadAll(io.LimitReader(r, left))
		if cerr := r.Close(); err == nil {
			err = cerr
		}
		if err != nil {
			return nil, err
		}
		if left -= int64(len(b)); left <= 0 {
			return nil, fmt.Errorf("it unpacks to more than the limit of %d MiB", maxBytes>>20)
		}
		out = append(out, []byte(f.Name), []byte(html.UnescapeString(string(b))))
	}
	return out, nil
}

// outline is the strings of a PDF outside its streams, a line each: properties,
// bookmarks, where links lead (ISO 32000-2, 7.3.4 and 7.9.2).
func outline(pdf []byte) []byte {
	var out bytes.Buffer
	for len(pdf) > 0 {
		plain, stream, _ := bytes.Cut(pdf, []byte("\nstream\n"))
		_, pdf, _ = bytes.Cut(stream, []byte("\nendstream"))
		for i := 0; i < len(plain); i++ {
			switch plain[i] {
			case '(':
				s, n := literal(plain[i+1:])
				out.WriteString(decoded(s) + "\n")
				i += n
			case '<':
				if end := bytes.IndexByte(plain[i:], '>'); end > 0 {
					if s, err := hex.DecodeString(string(bytes.Join(bytes.Fields(plain[i+1:i+end]), nil))); err == nil {
						out.WriteString(decoded(s) + "\n")
					}
				}
			}
		}
	}
	return out.Bytes()
}

// literal is a string up to its closing bracket, and how many bytes it took.
func literal(b []byte) (s []byte, n int) {
	depth := 1
	for n < len(b) {
		c := b[n]
		n++
		switch c {
		case '\\':
			if n < len(b) {
				c = b[n]
				n++
				if c == 'r' {
					c = '\r'
				} else if c == 'n' {
					c = '\n'
				}
			}
		case '(':
			depth++
		case ')':
			if depth--; depth == 0 {
				return s, n
			}
		}
		s = append(s, c)
	}
	return s, n
}

// decoded is a string of a PDF as text: UTF-16 if it begins with its mark.
func decoded(s []byte) string {
	rest, wide := bytes.CutPrefix(s, []byte{0xFE, 0xFF})
	if !wide {
		return string(s)
	}
	var units []uint16
	for ; len(rest) > 1; rest = rest[2:] {
		units = append(units, uint16(rest[0])<<8|uint16(rest[1]))
	}
	return string(utf16.Decode(units))
}
