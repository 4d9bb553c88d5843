package portal

import (
	"archive/zip"
	"bytes"
	"net/http"
	"strings"
)

// maxUpload is the most bytes of a paper.
const maxUpload = 10 << 20

// sniff is what a paper is by what is in it; its name says nothing. ok is false for what
// is not taken.
func sniff(data []byte) (kind string, ok bool) {
	switch t := http.DetectContentType(data); {
	case t == "application/pdf":
		return "pdf", true
	case t == "image/jpeg":
		return "jpg", true
	case t == "image/png":
		return "png", true
	case t == "application/zip" && letter(data):
		return "docx", true
	}
	return "", false
}

// letter says whether a zip is a Word document without macros. Only its list of contents
// is read: nothing is unpacked.
func letter(data []byte) bool {
	z, err := zip.NewReader(bytes.NewReader(data), int64(len(data)))
	if err != nil {
		return false
	}
	has := map[string]bool{}
	for _, f := range z.File {
		name := strings.ToLower(f.Name)
		if strings.HasSuffix(name, "vbaproject.bin") {
			return false
		}
		has[name] = true
	}
	return has["[content_types].xml"] && has["word/document.xml"]
}
