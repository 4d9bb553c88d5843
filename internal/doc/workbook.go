package doc

import (
	"archive/zip"
	"context"
	"errors"
	"fmt"
	"io"
	"iter"
	"math"
	"strings"
)

// Workbook is an Excel workbook (.xlsx, .xlsm) whose sheets are read as tables, row by row. Of the
// file only the strings that cells share are held in memory, up to Limits.Unpacked; a sheet may unpack
// to any size, as long as it keeps within Limits.Ratio.
type Workbook struct {
	Sheets []Sheet

	book   *book
	files  map[string]*zip.File
	limits Limits
	size   int64
}

// Sheet is one sheet of a workbook.
type Sheet struct {
	Name   string
	Hidden bool // from whoever opens the workbook, or kept in the file and taken off its list
}

// OpenWorkbook reads what the sheets of a workbook share. A file that is no workbook is
// an error wrapping ErrUnsupported.
func OpenWorkbook(ctx context.Context, r io.ReaderAt, size int64, l Limits) (*Workbook, error) {
	l = l.withDefaults()
	head := make([]byte, 8)
	n, err := r.ReadAt(head, 0)
	if err != nil && err != io.EOF {
		return nil, err
	}
	switch t := signature(head[:n]); t {
	case typeZip:
	case typeOLE: // a workbook with a password is wrapped in one
		return nil, fmt.Errorf("%w: an Excel workbook of the old binary kind or with a password; save it as .xlsx without one", ErrUnsupported)
	default:
		return nil, fmt.Errorf("%w: it does not begin as a workbook does", ErrUnsupported)
	}
	// The directory of a zip costs many times its own size in memory.
	dir := &directory{r: r, left: 1<<20 + int64(l.Files)*256}
	zr, err := zip.NewReader(dir, size)
	switch {
	case dir.left < 0:
		return nil, errors.New("its directory of contents is longer than the limit")
	case err != nil && !errors.Is(err, zip.ErrInsecurePath):
		return nil, errors.New("the file is damaged: its directory of contents is missing or broken")
	}
	dir.left = math.MaxInt64
	b := &Workbook{files: map[string]*zip.File{}, limits: l, size: size}
	for _, f := range zr.File {
		if name := strings.ToLower(strings.TrimPrefix(f.Name, "/")); b.files[name] == nil {
			b.files[name] = f
		}
	}
	main := b.files["xl/workbook.xml"]
	if main == nil {
		return nil, fmt.Errorf("%w: it is a zip file, and no workbook that can be read as tables is in it", ErrUnsupported)
	}
	o := b.office(ctx, l)
	b.book = o.book(main)
	if err := o.failed(); err != nil {
		return nil, err
	}
	b.book.yes, b.book.no = "true", "false"
	for _, s := range b.book.sheets {
		b.Sheets = append(b.Sheets, Sheet{Name: s.name, Hidden: s.hidden})
	}
	return b, nil
}

// directory reads a file of which no more than so much may be read at first.
type directory struct {
	r    io.ReaderAt
	left int64
}

func (d *directory) ReadAt(p []byte, at int64) (int, error) {
	if d.left -= int64(len(p)); d.left < 0 {
		return 0, errors.New("directory too long")
	}
	return d.r.ReadAt(p, at)
}

func (b *Workbook) office(ctx context.Context, l Limits) *office {
	return &office{w: &reading{ctx: ctx, limits: l, packed: b.size, depth: 1}, out: &prose{max: l.Text}, files: b.files}
}

// failed is the first thing that was lost.
func (o *office) failed() error {
	for _, p := range o.out.problems {
		if p.Lost {
			return errors.New(p.String())
		}
	}
	return nil
}

// Rows are the rows of a sheet that hold something, by the sheet's place in Sheets. Record.Line is the row's
// number, and Fields begin with column A. A cell is what it holds and not what it looks like: numbers in
// decimal, dates as 2006-01-02 or 2006-01-02T15:04:05, times as 15:04:05, true and false, a formula
// as what it came to. An error ends the rows.
func (b *Workbook) Rows(ctx context.Context, sheet int) iter.Seq2[Record, error] {
	return func(yield func(Record, error) bool) {
		s := b.book.sheets[sheet]
		if s.file == nil {
			yield(Record{}, errors.New("the sheet is missing from the file"))
			return
		}
		within, stop := context.WithCancel(ctx)
		defer stop()
		l := b.limits
		l.Unpacked = math.MaxInt64 // none of it is kept
		o := b.office(within, l)
		enough := false
		o.sheetRows(b.book, s, func(number int, cells []cell) {
			if enough {
				return
			}
			width := 0
			for _, c := range cells {
				width = max(width, c.column+1)
			}
			rec := Record{Line: number, Fields: make([]string, width)}
			for _, c := range cells {
				rec.Fields[c.column] = c.text
			}
			if !yield(rec, nil) {
				enough = true
				stop()
			}
		})
		switch err := o.failed(); {
		case enough:
		case ctx.Err() != nil:
			yield(Record{}, ctx.Err())
		case err != nil:
			yield(Record{}, err)
		}
	}
}
