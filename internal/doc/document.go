package doc

import (
	"bytes"
	"errors"
	"fmt"
	"io"
	"mime"
	"net/http"
	"path"
	"strings"
)

// Limits bound what one document may cost. The zero value means the defaults.
type Limits struct {
	Bytes   int64 // read from one document; default 64 MiB
	Nesting int   // of multiparts and messages in messages; default 32
	Parts   int   // of one message, those of nested messages included; default 1,000
	Record  int   // bytes of one CSV record; default 4 MiB
}

func (l Limits) withDefaults() Limits {
	if l.Bytes <= 0 {
		l.Bytes = 64 << 20
	}
	if l.Nesting <= 0 {
		l.Nesting = 32
	}
	if l.Parts <= 0 {
		l.Parts = 1000
	}
	if l.Record <= 0 {
		l.Record = 4 << 20
	}
	return l
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

// types are the media types of the file names Read goes by. Mail and CSV read
// by Read are text like any other; ReadMail and NewCSV know more.
var types = map[string]string{
	".txt": "text/plain", ".text": "text/plain", ".md": "text/plain", ".log": "text/plain",
	".html": "text/html", ".htm": "text/html", ".xhtml": "text/html",
	".csv": "text/csv", ".tsv": "text/tab-separated-values",
	".eml":  "message/rfc822",
	".json": "application/json", ".xml": "application/xml",
	".ics": "text/calendar", ".vcf": "text/vcard",
	".rtf": "application/rtf", ".pdf": "application/pdf", ".doc": "application/msword",
	".docx": "application/vnd.openxmlformats-officedocument.wordprocessingml.document",
	".xls":  "application/vnd.ms-excel",
	".xlsx": "application/vnd.openxmlformats-officedocument.spreadsheetml.sheet",
	".msg":  "application/vnd.ms-outlook", ".mbox": "application/mbox",
	".jpg": "image/jpeg", ".jpeg": "image/jpeg", ".png": "image/png", ".tif": "image/tiff", ".tiff": "image/tiff",
	".zip": "application/zip",
}

// TypeOf is the media type that a file's name and its first bytes (512 are
// enough) speak for; the name decides where it is known.
func TypeOf(name string, head []byte) string {
	if t, ok := types[strings.ToLower(path.Ext(name))]; ok {
		return t
	}
	t, _, err := mime.ParseMediaType(http.DetectContentType(head))
	if err != nil {
		return "application/octet-stream"
	}
	return t
}

// readable says that the bytes of the type are text as they stand.
func readable(mediaType string) bool {
	switch mediaType {
	case "application/json", "application/xml", "message/delivery-status", "message/disposition-notification", "text/rfc822-headers":
		return true
	case "text/rtf", "text/richtext":
		return false
	}
	return strings.HasPrefix(mediaType, "text/")
}

// Read takes the text out of one document. The media type may be left empty,
// in which case the name and the first bytes decide. A type that it cannot read
// is an error wrapping ErrUnsupported, with Document.Type set; so is one whose
// bytes are not what its type says. Other errors are those of the reader.
func Read(r io.Reader, name, mediaType string, l Limits) (Document, error) {
	l = l.withDefaults()
	data, over, err := readAll(r, l.Bytes)
	if err != nil {
		return Document{}, err
	}
	mediaType = strings.ToLower(mediaType)
	if mediaType == "" || mediaType == "application/octet-stream" {
		mediaType = TypeOf(name, data[:min(len(data), 512)])
	}
	d := Document{Type: mediaType}
	switch {
	case mediaType == "message/rfc822":
		m := ReadMail(bytes.NewReader(data), l)
		d.Text, d.Problems = m.Flat(), m.Problems
		for _, a := range m.Attachments {
			d.Problems = append(d.Problems, Problem{Where: "part " + a.Part, Why: "an attachment, not part of this text", Lost: true})
		}
	case mediaType == "text/html" || mediaType == "application/xhtml+xml":
		var err error
		d.Text, d.Problems, err = HTMLText(bytes.NewReader(data), l)
		if err != nil {
			return d, err
		}
	case readable(mediaType):
		if looksBinary(data) {
			return d, fmt.Errorf("%w: it is called %s and holds binary data", ErrUnsupported, mediaType)
		}
		d.Text, d.Problems = Decode(data)
	default:
		return d, fmt.Errorf("%w: %s", ErrUnsupported, mediaType)
	}
	if over {
		d.Problems = append(d.Problems, Problem{Lost: true, Why: overLimit(l.Bytes)})
	}
	return d, nil
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
