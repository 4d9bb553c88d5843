package doc

import (
	"context"
	"errors"
	"fmt"
	"io"
	"time"
)

// Limits bound what one document may cost, with all that is within it. The zero
// value means the defaults.
type Limits struct {
	Bytes    int64         // read from one document; default 64 MiB
	Unpacked int64         // that decompression may make of one document; default 256 MiB
	Ratio    int           // unpacked bytes to one packed, minded from 16 MiB on; default 200
	Text     int64         // bytes of text taken out of one document; default 64 MiB
	Nesting  int           // of multiparts and messages in messages; default 32
	Archives int           // documents within documents, archives in archives; default 5
	Parts    int           // of one message, those of nested messages included; default 1,000
	Files    int           // in one archive, those of archives in it included; default 10,000
	Record   int           // bytes of one CSV record or one XML element's text; default 4 MiB
	Pages    int           // of one PDF; default 5,000
	Pictures int           // in one document, scanned pages included, read for words; default 200
	Time     time.Duration // spent on one document; default 2 minutes
}

func (l Limits) withDefaults() Limits {
	orDefault(&l.Bytes, 64<<20)
	orDefault(&l.Unpacked, 256<<20)
	orDefault(&l.Ratio, 200)
	orDefault(&l.Text, 64<<20)
	orDefault(&l.Nesting, 32)
	orDefault(&l.Archives, 5)
	orDefault(&l.Parts, 1000)
	orDefault(&l.Files, 10000)
	orDefault(&l.Record, 4<<20)
	orDefault(&l.Pages, 5000)
	orDefault(&l.Pictures, 200)
	orDefault(&l.Time, 2*time.Minute)
	return l
}

func orDefault[T int | int64 | time.Duration](limit *T, def T) {
	if *limit <= 0 {
		*limit = def
	}
}

// Problem is something about a document that could not be read, or was read
// on an assumption.
type Problem struct {
	Where string // "header Date", "part 2.1", "line 7"; empty for the whole document
	Why   string
	Lost  bool // some content is missing from what was returned
}

// String is the problem in one line.
func (p Problem) String() string {
	if p.Where == "" {
		return p.Why
	}
	return p.Where + ": " + p.Why
}

// Document is what could be read of a document.
type Document struct {
	Type     string // media type without parameters: "text/html"
	Text     string // valid UTF-8 without NUL, lines ended by "\n"
	Problems []Problem
}

// ErrUnsupported is wrapped by Read for a type whose text it cannot take out.
var ErrUnsupported = errors.New("this type of document cannot be read yet")

// Reader reads documents. Its zero value reads every kind but pictures.
type Reader struct {
	Limits Limits
	// OCR finds the words of pictures and scanned pages. Where it is nil they are
	// reported as not read.
	OCR *OCR
	// Apart leaves out the cells of a workbook, for whoever reads those with
	// OpenWorkbook. A workbook within another document is read whole.
	Apart bool
}

// Read is Reader.Read without OCR.
func Read(r io.Reader, name, mediaType string, l Limits) (Document, error) {
	return (&Reader{Limits: l}).Read(context.Background(), r, name, mediaType)
}

// Read takes the text out of one document and of the documents in it. Media
// type and name are what others say of it, and either may be empty: where the bytes say
// otherwise they are believed. A type that it cannot read is an error wrapping
// ErrUnsupported, with Document.Type set; so is one whose bytes are not what its type
// says. Other errors are those of the reader, or say why nothing could be taken
// out. What could be read only in part is returned with its Problems.
func (rd *Reader) Read(ctx context.Context, r io.Reader, name, mediaType string) (Document, error) {
	l := rd.Limits.withDefaults()
	data, over, err := readAll(r, l.Bytes)
	if err != nil {
		return Document{}, err
	}
	ctx, cancel := context.WithTimeout(ctx, l.Time)
	defer cancel()
	w := &reading{ctx: ctx, limits: l, ocr: rd.OCR, apart: rd.Apart, packed: int64(len(data))}
	d, err := w.document(data, name, mediaType)
	if over {
		d.Problems = append(d.Problems, Problem{Lost: true, Why: overLimit(l.Bytes)})
	}
	return d, err
}

// readAll reads at most limit bytes and says whether there were more.
func readAll(r io.Reader, limit int64) (data []byte, over bool, err error) {
	data, err = io.ReadAll(io.LimitReader(r, limit+1))
	if int64(len(data)) > limit {
		return data[:limit], true, err
	}
	return data, false, err
}

func overLimit(limit int64) string {
	return fmt.Sprintf("longer than the limit of %s bytes; the rest was not read", Thousands(limit))
}

// Thousands writes a count the way people read it: 1,048,576.
func Thousands(n int64) string {
	s := fmt.Sprint(n)
	for i := len(s) - 3; i > 0 && s[i-1] != '-'; i -= 3 {
		s = s[:i] + "," + s[i:]
	}
	return s
}
