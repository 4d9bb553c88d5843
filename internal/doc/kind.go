package doc

import (
	"bytes"
	"fmt"
	"mime"
	"net/http"
	"path"
	"strings"
	"unicode/utf16"
)

// The types that have a reader of their own.
const (
	typeDOCX  = "application/vnd.openxmlformats-officedocument.wordprocessingml.document"
	typeXLSX  = "application/vnd.openxmlformats-officedocument.spreadsheetml.sheet"
	typePPTX  = "application/vnd.openxmlformats-officedocument.presentationml.presentation"
	typeXLSB  = "application/vnd.ms-excel.sheet.binary.macroenabled.12"
	typeODT   = "application/vnd.oasis.opendocument.text"
	typeODS   = "application/vnd.oasis.opendocument.spreadsheet"
	typeODP   = "application/vnd.oasis.opendocument.presentation"
	typeRTF   = "application/rtf"
	typePDF   = "application/pdf"
	typeMSG   = "application/vnd.ms-outlook"
	typeDOC   = "application/msword"
	typeXLS   = "application/vnd.ms-excel"
	typePPT   = "application/vnd.ms-powerpoint"
	typeOLE   = "application/x-ole-storage"
	typeSeal  = "application/encrypted"
	typeZip   = "application/zip"
	typeTar   = "application/x-tar"
	typeGzip  = "application/gzip"
	typeBzip2 = "application/x-bzip2"
	type7z    = "application/x-7z-compressed"
	typeRAR   = "application/vnd.rar"
	typeXZ    = "application/x-xz"
	typeMbox  = "application/mbox"
	typePST   = "application/vnd.ms-outlook-pst"
)

// types are the media types of the file names Read goes by. Mail and CSV read
// by Read are text like any other; ReadMail and NewCSV know more.
var types = map[string]string{
	".txt": "text/plain", ".text": "text/plain", ".md": "text/plain", ".log": "text/plain",
	".html": "text/html", ".htm": "text/html", ".xhtml": "text/html",
	".csv": "text/csv", ".tsv": "text/tab-separated-values",
	".eml":  "message/rfc822",
	".json": "application/json", ".xml": "application/xml",
	".ics": "text/calendar", ".vcf": "text/vcard",
	".rtf": typeRTF, ".pdf": typePDF,
	".docx": typeDOCX, ".docm": typeDOCX, ".dotx": typeDOCX, ".dotm": typeDOCX,
	".xlsx": typeXLSX, ".xlsm": typeXLSX, ".xltx": typeXLSX, ".xltm": typeXLSX, ".xlsb": typeXLSB,
	".pptx": typePPTX, ".pptm": typePPTX, ".potx": typePPTX, ".ppsx": typePPTX, ".ppsm": typePPTX,
	".odt": typeODT, ".ott": typeODT, ".ods": typeODS, ".ots": typeODS, ".odp": typeODP, ".otp": typeODP,
	".doc": typeDOC, ".dot": typeDOC, ".xls": typeXLS, ".ppt": typePPT, ".pps": typePPT,
	".msg": typeMSG, ".mbox": typeMbox, ".pst": typePST, ".ost": typePST,
	".jpg": "image/jpeg", ".jpeg": "image/jpeg", ".png": "image/png", ".tif": "image/tiff", ".tiff": "image/tiff",
	".gif": "image/gif", ".bmp": "image/bmp", ".webp": "image/webp", ".heic": "image/heic",
	".zip": typeZip, ".tar": typeTar, ".gz": typeGzip, ".tgz": typeGzip, ".bz2": typeBzip2,
	".7z": type7z, ".rar": typeRAR, ".xz": typeXZ,
}

// words name the types that cannot be read, for people.
var words = map[string]string{
	typeDOC:  "a Word document of the old binary kind (.doc); save it as .docx",
	typeXLS:  "an Excel workbook of the old binary kind (.xls); save it as .xlsx",
	typeXLSB: "an Excel workbook of the binary kind (.xlsb); save it as .xlsx",
	typePPT:  "a PowerPoint presentation of the old binary kind (.ppt); save it as .pptx",
	typeOLE:  "a compound file of no known kind",
	typeSeal: "protected by a password; save it without one",
	type7z:   "a 7-Zip archive; unpack it, or make it a .zip",
	typeRAR:  "a RAR archive; unpack it, or make it a .zip",
	typeXZ:   "an XZ archive; unpack it, or make it a .zip",
	typeMbox: "a mailbox; add it as a source of its own, mbox:PATH",
	typePST:  "an Outlook data file; add it as a source of its own",
}

// errSealed is the error for what needs a password that nobody has given.
var errSealed = fmt.Errorf("%w: %s", ErrUnsupported, words[typeSeal])

func describe(t string) string {
	if w, ok := words[t]; ok {
		return t + ", " + w
	}
	return t
}

// TypeOf is the media type that a file's name and its first bytes (512 are
// enough) speak for. Bytes that only one kind of document begins with decide; then
// the name, where it is known.
func TypeOf(name string, head []byte) string {
	named, known := types[strings.ToLower(path.Ext(name))]
	if t := signature(head); t != "" {
		if known && container(named) == t {
			return named // which kind of it cannot be told from the beginning
		}
		return t
	}
	if known {
		return named
	}
	t, _, err := mime.ParseMediaType(http.DetectContentType(head))
	if err != nil {
		return "application/octet-stream"
	}
	return t
}

// signatures are beginnings that no other kind of document has.
var signatures = []struct{ magic, t string }{
	{"%PDF-", typePDF}, {`{\rtf`, typeRTF}, {"PK\x03\x04", typeZip}, {"PK\x05\x06", typeZip},
	{"\xD0\xCF\x11\xE0\xA1\xB1\x1A\xE1", typeOLE}, {"\x1F\x8B\x08", typeGzip}, {"BZh91AY&SY", typeBzip2},
	{"7z\xBC\xAF\x27\x1C", type7z}, {"Rar!\x1A\x07", typeRAR}, {"\xFD7zXZ\x00", typeXZ}, {"!BDN", typePST},
	{"\x89PNG\r\n\x1A\n", "image/png"}, {"\xFF\xD8\xFF", "image/jpeg"}, {"GIF87a", "image/gif"}, {"GIF89a", "image/gif"},
	{"II*\x00", "image/tiff"}, {"MM\x00*", "image/tiff"},
}

func signature(head []byte) string {
	for _, s := range signatures {
		if bytes.HasPrefix(head, []byte(s.magic)) {
			return s.t
		}
	}
	if len(head) > 262 && string(head[257:262]) == "ustar" {
		return typeTar
	}
	// Some programs put blanks or a line of their own before it.
	if i := bytes.Index(head, []byte("%PDF-")); i > 0 && len(bytes.TrimSpace(head[:i])) == 0 {
		return typePDF
	}
	return ""
}

// container is the outer form of a type's files, where several share one.
func container(t string) string {
	switch t {
	case typeDOCX, typeXLSX, typePPTX, typeXLSB, typeODT, typeODS, typeODP:
		return typeZip
	case typeDOC, typeXLS, typePPT, typeMSG:
		return typeOLE
	}
	return t
}

// kindOf is the type by which a document is read, and the one that it is said to
// have. Its bytes count first, then what was declared of it, then its name.
func kindOf(data []byte, name, declared string) (is, claimed string) {
	declared = strings.ToLower(declared)
	if t, ok := synonyms[declared]; ok {
		declared = t
	}
	if declared == "" || declared == "application/octet-stream" || declared == "binary/octet-stream" {
		declared = TypeOf(name, data[:min(len(data), 512)])
	}
	return believed(data, declared), declared
}

// believed is the declared type, unless the bytes say otherwise.
func believed(data []byte, declared string) string {
	switch t := signature(data[:min(len(data), 512)]); t {
	case "":
		// Old systems save web pages, and plain text, under the names of Office.
		if sniffed := TypeOf("", data[:min(len(data), 512)]); strings.HasPrefix(sniffed, "text/") && signed(declared) && !begun(data) {
			return sniffed
		}
		return declared
	case typeZip:
		if t := zipKind(data); t != typeZip || container(declared) != typeZip {
			return t
		}
		return declared // damaged, or without what would tell
	case typeOLE:
		if t := oleKind(data); t != typeOLE || container(declared) != typeOLE {
			return t
		}
		return declared
	default:
		return t
	}
}

// begun says that data are no more than the first bytes of a signature.
func begun(data []byte) bool {
	for _, s := range signatures {
		if strings.HasPrefix(s.magic, string(data)) {
			return true
		}
	}
	return false
}

// signed says that a type's files have a signature, which no text has.
func signed(t string) bool {
	for _, s := range signatures {
		if container(t) == s.t {
			return true
		}
	}
	return false
}

// synonyms are other names of types, as senders declare them.
var synonyms = map[string]string{
	"text/rtf": typeRTF, "application/x-rtf": typeRTF, "application/x-pdf": typePDF,
	"application/x-zip-compressed": typeZip, "application/x-zip": typeZip, "application/x-gzip": typeGzip,
	"application/x-bzip": typeBzip2, "image/jpg": "image/jpeg", "image/pjpeg": "image/jpeg", "image/x-png": "image/png",
	"application/msexcel": typeXLS, "application/x-msexcel": typeXLS, "application/mspowerpoint": typePPT,
	"application/vnd.ms-word.document.macroenabled.12":           typeDOCX,
	"application/vnd.ms-excel.sheet.macroenabled.12":             typeXLSX,
	"application/vnd.ms-powerpoint.presentation.macroenabled.12": typePPTX,
	"text/xml": "application/xml",
}

// zipKind looks for what tells one kind of zipped document from another.
func zipKind(data []byte) string {
	if bytes.Contains(data[:min(len(data), 128)], []byte("mimetypeapplication/vnd.oasis.opendocument.")) {
		t := string(data[bytes.Index(data, []byte("application/vnd")):min(len(data), 256)])
		for _, odf := range []string{typeODS, typeODP, typeODT} {
			if strings.HasPrefix(t, odf) {
				return odf
			}
		}
		return typeODT // drawings and charts are written the same way
	}
	// The directory at the end names every file, and is not compressed.
	tail := data[max(0, len(data)-1<<20):]
	has := func(name string) bool { return bytes.Contains(tail, []byte(name)) }
	switch {
	case !has("[Content_Types].xml"):
		return typeZip
	case has("xl/workbook.bin"):
		return typeXLSB
	case has("xl/workbook.xml"):
		return typeXLSX
	case has("ppt/presentation.xml"):
		return typePPTX
	case has("word/document"):
		return typeDOCX
	}
	return typeZip
}

// oleKind goes by the names of the streams in a compound file, which stand in it as they are.
func oleKind(data []byte) string {
	has := func(name string) bool {
		var b []byte
		for _, u := range utf16.Encode([]rune(name)) {
			b = append(b, byte(u), byte(u>>8))
		}
		return bytes.Contains(data, b)
	}
	switch {
	case has("EncryptedPackage"):
		return typeSeal
	case has("__properties_version1.0"):
		return typeMSG
	case has("WordDocument"):
		return typeDOC
	case has("Workbook"), has("Book\x00"):
		return typeXLS
	case has("PowerPoint Document"):
		return typePPT
	}
	return typeOLE
}

// readable says that the bytes of the type are text as they stand.
func readable(mediaType string) bool {
	switch mediaType {
	case "application/json", "image/svg+xml", "application/xml", "message/delivery-status", "message/disposition-notification", "text/rfc822-headers":
		return true
	case "text/richtext":
		return false
	}
	return strings.HasPrefix(mediaType, "text/")
}

func isPicture(t string) bool { return strings.HasPrefix(t, "image/") && t != "image/svg+xml" }
