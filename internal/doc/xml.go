package doc

import (
	"bufio"
	"bytes"
	"encoding/xml"
	"errors"
	"fmt"
	"io"

	"golang.org/x/net/html/charset"
	"golang.org/x/text/encoding/unicode"
	"golang.org/x/text/transform"
)

// walkXML shows the tokens of a document to visit, in their order. Names are
// local: the prefixes of Office are chosen by whoever wrote the file. Entities
// that a document declares are never expanded, and no element is kept.
func (w *reading) walkXML(r io.Reader, visit func(xml.Token)) error {
	src := &meter{r: r, left: w.limits.Record}
	br := bufio.NewReader(src)
	if head, _ := br.Peek(2); bytes.Equal(head, bomLE) || bytes.Equal(head, bomBE) {
		br = bufio.NewReader(transform.NewReader(br, unicode.UTF16(unicode.LittleEndian, unicode.ExpectBOM).NewDecoder()))
	}
	d := xml.NewDecoder(br)
	d.Strict = false
	d.CharsetReader = func(label string, in io.Reader) (io.Reader, error) {
		if e, name := charset.Lookup(label); e == nil || name == "utf-16le" || name == "utf-16be" {
			return in, nil // turned into UTF-8 above
		}
		return charset.NewReaderLabel(label, in)
	}
	depth, declared := 0, false
	for {
		src.left = w.limits.Record
		t, err := d.RawToken()
		switch {
		case err == io.EOF && depth > 0:
			return errors.New("cut off before its end")
		case err == io.EOF && declared:
			return errors.New("it declares a document type of its own; entities of it are left as they stand")
		case err == io.EOF:
			return nil
		case src.left < 0:
			return fmt.Errorf("one element of more than %s bytes; nothing after it was read", Thousands(int64(w.limits.Record)))
		case w.stopped(err):
			return err
		case err != nil:
			return fmt.Errorf("not well-formed: %w; nothing after it was read", err)
		}
		switch t.(type) {
		case xml.StartElement:
			depth++
		case xml.EndElement:
			depth--
		case xml.Directive:
			declared = true
		}
		visit(t)
	}
}

// attr is the value of an attribute by its local name.
func attr(e xml.StartElement, name string) string {
	for _, a := range e.Attr {
		if a.Name.Local == name {
			return a.Value
		}
	}
	return ""
}
