package post

import (
	"encoding/base64"
	"io"
	"mime"
	"mime/quotedprintable"
	"net/mail"
	"strings"
	"testing"
)

// wordDecoder is a head's words as a person reads them.
func wordDecoder(s string) (string, error) { return new(mime.WordDecoder).DecodeHeader(s) }

// readBody is the text of a message as a person reads it.
func readBody(t *testing.T, m *mail.Message) string {
	t.Helper()
	var in io.Reader = m.Body
	switch strings.ToLower(m.Header.Get("Content-Transfer-Encoding")) {
	case "quoted-printable":
		in = quotedprintable.NewReader(in)
	case "base64":
		in = base64.NewDecoder(base64.StdEncoding, in)
	}
	text, err := io.ReadAll(in)
	if err != nil {
		t.Fatal(err)
	}
	return strings.ReplaceAll(string(text), "\r\n", "\n")
}
