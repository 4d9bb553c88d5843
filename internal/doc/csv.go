package doc

import (
	"bufio"
	"bytes"
	"encoding/csv"
	"errors"
	"fmt"
	"io"
	"iter"
	"strings"
	"unicode/utf8"

	"golang.org/x/text/encoding/unicode"
	"golang.org/x/text/transform"
)

// CSV reads comma-separated values as spreadsheets and housing systems write
// them: the separator is taken from the first line, quotes may be loose, rows
// may be short or long, and each field may be UTF-8 or Windows-1252.
type CSV struct {
	Header []string // as in the file; may hold blanks and repeats
	Comma  rune
	r      *csv.Reader
	src    *meter
	limits Limits
	first  Record
	line   int // of the last row
	lost   error
}

// Record is one row of a CSV file or of a sheet.
type Record struct {
	Line     int // where it begins, or its number in the sheet; the first is 1
	Fields   []string
	Problems []Problem
}

// NewCSV reads the header. A file without any line is io.EOF.
func NewCSV(r io.Reader, l Limits) (*CSV, error) {
	l = l.withDefaults()
	src := &meter{left: l.Record}
	br := bufio.NewReaderSize(src, 4096)
	src.r = r
	head, _ := br.Peek(4096)
	if order, ok := guessUTF16(head); ok {
		br = bufio.NewReaderSize(transform.NewReader(br, unicode.UTF16(order, unicode.IgnoreBOM).NewDecoder()), 4096)
	} else if bytes.HasPrefix(head, bomLE) || bytes.HasPrefix(head, bomBE) {
		br = bufio.NewReaderSize(transform.NewReader(br, unicode.UTF16(unicode.LittleEndian, unicode.ExpectBOM).NewDecoder()), 4096)
	}
	if head, _ := br.Peek(3); bytes.Equal(head, bomUTF8) {
		br.Discard(3)
	}
	c := &CSV{src: src, limits: l}
	head, _ = br.Peek(4096)
	c.Comma = separator(head)
	c.r = csv.NewReader(br)
	c.r.Comma = c.Comma
	c.r.LazyQuotes = true
	c.r.FieldsPerRecord = -1
	first, err := c.Next()
	if err != nil {
		return nil, err
	}
	c.Header, c.first = first.Fields, first
	return c, nil
}

// Rows are all the rows of the file, the header among them: for a caller who decides
// for himself where the data begin. It stands in the place of Next.
func (c *CSV) Rows() iter.Seq2[Record, error] {
	return func(yield func(Record, error) bool) {
		for rec, err := c.first, error(nil); err != io.EOF; rec, err = c.Next() {
			if !yield(rec, err) || err != nil {
				return
			}
		}
	}
}

// Next is the next row, or io.EOF at the end. Another error means that nothing
// after it can be read, and names the line.
func (c *CSV) Next() (Record, error) {
	if c.lost != nil {
		return Record{}, c.lost
	}
	c.src.left = c.limits.Record
	fields, err := c.r.Read()
	if err == io.EOF {
		return Record{}, io.EOF
	}
	if err != nil {
		var pe *csv.ParseError
		line := fmt.Sprintf("after line %d", c.line)
		if errors.As(err, &pe) {
			line, err = fmt.Sprintf("line %d", pe.StartLine), pe.Err
		}
		if c.src.left < 0 {
			err = fmt.Errorf("a row of more than %s bytes, probably a quote that is never closed", Thousands(int64(c.limits.Record)))
		}
		c.lost = fmt.Errorf("%s: %w; nothing after it was read", line, err)
		return Record{}, c.lost
	}
	rec := Record{Fields: fields}
	rec.Line, _ = c.r.FieldPos(0)
	c.line = rec.Line
	for i, f := range fields {
		if utf8.ValidString(f) && !strings.Contains(f, "\x00") {
			continue
		}
		var problems []Problem
		fields[i], problems = Decode([]byte(f))
		for _, p := range problems {
			p.Where = fmt.Sprintf("line %d, field %d", rec.Line, i+1)
			rec.Problems = append(rec.Problems, p)
		}
	}
	return rec, nil
}

// separator is the likeliest of the usual ones: the one that the first line
// holds most often outside quotes.
func separator(head []byte) rune {
	count := map[rune]int{}
	quoted := false
	for _, r := range string(head) {
		if r == '"' {
			quoted = !quoted
		}
		if r == '\n' && !quoted {
			break
		}
		if !quoted && strings.ContainsRune(",;\t|", r) {
			count[r]++
		}
	}
	best := ','
	for _, r := range ";\t|" {
		if count[r] > count[best] {
			best = r
		}
	}
	return best
}

// meter stops a reader after so many bytes, so that one row cannot be the size
// of the file.
type meter struct {
	r    io.Reader
	left int
}

var errRecord = errors.New("row too long")

func (m *meter) Read(p []byte) (int, error) {
	if m.left < 0 {
		return 0, errRecord
	}
	n, err := m.r.Read(p)
	m.left -= n
	return n, err
}
