package demo

import (
	"fmt"
	"html"
	"os"
	"path/filepath"
	"strings"
	"time"
	"unicode/utf16"
)

// letters writes files into the folder of letters. The first error sticks.
type letters struct {
	root    string
	dated   time.Time // when every file was last changed, by its own account
	ours    *strings.Replacer
	written int64
	err     error
}

// write makes one file; path is relative, with slashes. The body is in an encoding that
// has ASCII in it as it stands.
func (l *letters) write(path string, body []byte) {
	if l.err != nil {
		return
	}
	body = []byte(l.ours.Replace(string(body)))
	full := filepath.Join(l.root, filepath.FromSlash(l.ours.Replace(path)))
	if err := os.MkdirAll(filepath.Dir(full), 0o755); err != nil {
		l.err = fmt.Errorf("making a folder for letters: %w", err)
		return
	}
	err := os.WriteFile(full, body, 0o644)
	if err == nil {
		err = os.Chtimes(full, l.dated, l.dated)
	}
	if err != nil {
		l.err = fmt.Errorf("writing a letter: %w", err)
		return
	}
	l.written++
}

// letter is one page from us to somebody.
type letter struct {
	Ref     string
	Date    time.Time
	To      []string // the address block, the names first
	Dear    string
	Subject string
	Body    []string // paragraphs
	From    string   // who signs
	Title   string
	Foot    string // below the signature: copies, file notes
}

// text sets the letter as plain text.
func (l letter) text() string {
	var b strings.Builder
	fmt.Fprintf(&b, "%s\n%s\n%s\n\n", Larkfield().Name, Larkfield().Street, Larkfield().Town)
	fmt.Fprintf(&b, "%s\n\n%s\nOur ref: %s\n\nDear %s\n\n%s\n\n", strings.Join(l.To, "\n"), long(l.Date), l.Ref, l.Dear, l.Subject)
	for _, p := range l.Body {
		b.WriteString(fold(p, 78) + "\n\n")
	}
	fmt.Fprintf(&b, "Yours sincerely\n\n%s\n%s\n", l.From, l.Title)
	if l.Foot != "" {
		b.WriteString("\n" + fold(l.Foot, 78) + "\n")
	}
	return b.String()
}

// html sets the letter as a page.
func (l letter) html() string {
	e := html.EscapeString
	var b strings.Builder
	fmt.Fprintf(&b, "<!DOCTYPE html>\n<html lang=\"en-GB\">\n<head>\n<meta charset=\"utf-8\">\n<title>%s</title>\n"+
		"<meta name=\"reference\" content=\"%s\">\n<style>body{font-family:serif;max-width:40em}</style>\n</head>\n<body>\n", e(l.Subject), e(l.Ref))
	fmt.Fprintf(&b, "<p>%s<br>%s<br>%s</p>\n<address>", Larkfield().Name, Larkfield().Street, Larkfield().Town)
	for i, line := range l.To {
		if i > 0 {
			b.WriteString("<br>")
		}
		b.WriteString(e(line))
	}
	fmt.Fprintf(&b, "</address>\n<p>%s<br>Our ref: %s</p>\n<p>Dear %s</p>\n<h1>%s</h1>\n", long(l.Date), e(l.Ref), e(l.Dear), e(l.Subject))
	for _, p := range l.Body {
		fmt.Fprintf(&b, "<p>%s</p>\n", e(p))
	}
	fmt.Fprintf(&b, "<p>Yours sincerely</p>\n<p>%s<br>%s</p>\n", e(l.From), e(l.Title))
	if l.Foot != "" {
		fmt.Fprintf(&b, "<footer><small>%s</small></footer>\n", e(l.Foot))
	}
	b.WriteString("</body>\n</html>\n")
	return b.String()
}

// fold breaks a paragraph into lines of at most width characters where it can.
func fold(s string, width int) string {
	var b strings.Builder
	column := 0
	for _, word := range strings.Fields(s) {
		n := len([]rune(word))
		switch {
		case column == 0:
		case column+1+n > width:
			b.WriteByte('\n')
			column = 0
		default:
			b.WriteByte(' ')
			column++
		}
		b.WriteString(word)
		column += n
	}
	return b.String()
}

// windows1252 encodes text of Latin letters, the pound sign, curly quotes, the
// dash and the euro sign, as an older word processor saves it.
func windows1252(s string) []byte {
	special := map[rune]byte{'€': 0x80, '‘': 0x91, '’': 0x92, '“': 0x93, '”': 0x94, '–': 0x96}
	var out []byte
	for _, r := range s {
		switch c, ok := special[r]; {
		case ok:
			out = append(out, c)
		case r < 0x80 || r >= 0xa0 && r <= 0xff:
			out = append(out, byte(r))
		default:
			out = append(out, '?')
		}
	}
	return out
}

// utf16le encodes text with a byte order mark, as an older Notepad saves it.
func utf16le(s string) []byte {
	out := []byte{0xff, 0xfe}
	for _, u := range utf16.Encode([]rune(strings.ReplaceAll(s, "\n", "\r\n"))) {
		out = append(out, byte(u), byte(u>>8))
	}
	return out
}
