package doc

import (
	"fmt"
	"io"
	"mime/quotedprintable"
	"regexp"
	"strings"

	"github.com/jhillyerd/enmime/v2"
)

var uuBegin = regexp.MustCompile(`^begin [0-7]{3,4} (\S.*?)\s*$`)

// uudecode takes files out of a text in which they stand in the way of before MIME (POSIX, uuencode), and
// makes attachments of them. What is not quite in that form is left where it stands, and told of.
func (m *Mail) uudecode(text string, b *budget) string {
	lines := strings.SplitAfter(text, "\n")
	var out strings.Builder
	for i := 0; i < len(lines); i++ {
		begin := uuBegin.FindStringSubmatch(strings.TrimRight(lines[i], "\r\n"))
		if begin == nil {
			out.WriteString(lines[i])
			continue
		}
		data, n := uuFile(lines[i+1:])
		if n == 0 || b.parts <= 0 {
			m.lost("body", "holds a uuencoded attachment that is damaged, which was left as it stands")
			out.WriteString(lines[i])
			continue
		}
		b.parts--
		part := fmt.Sprintf("uu%d", len(m.Attachments)+1)
		m.Attachments = append(m.Attachments, Attachment{Part: part, Name: begin[1], Bytes: data})
		i += n
	}
	return strings.TrimSpace(out.String())
}

// uuFile decodes the lines of a file up to its end, and says how many they were; none if
// they are not such lines.
func uuFile(lines []string) (data []byte, n int) {
	for i, l := range lines {
		l = strings.TrimRight(l, "\r\n")
		if l == "end" {
			return data, i + 1
		}
		if l == "" || l == "`" { // the last line, which holds nothing
			continue
		}
		size := int(l[0]-32) & 63
		l = l[1:]
		need := (size + 2) / 3 * 4
		if len(l) < need { // blanks at the end of a line are often lost
			l += strings.Repeat(" ", need-len(l))
		}
		if len(l) > need+2 {
			return nil, 0
		}
		var row []byte
		for k := 0; k < need; k += 4 {
			var v [4]byte
			for j := range v {
				c := l[k+j]
				if c < 32 || c > 96 {
					return nil, 0
				}
				v[j] = (c - 32) & 63
			}
			row = append(row, v[0]<<2|v[1]>>4, v[1]<<4|v[2]>>2, v[2]<<6|v[3])
		}
		data = append(data, row[:size]...)
	}
	return nil, 0
}

// transfer undoes a transfer encoding whose name is not quite right: "quoted printable" is
// written, and meant.
func (m *Mail) transfer(p *enmime.Part) {
	name := strings.ToLower(strings.TrimSpace(p.Header.Get("Content-Transfer-Encoding")))
	if name == "quoted-printable" || strings.NewReplacer(" ", "", "-", "", "_", "", ";", "", `"`, "").Replace(name) != "quotedprintable" {
		return
	}
	if b, err := io.ReadAll(quotedprintable.NewReader(strings.NewReader(string(p.Content)))); err == nil {
		p.Content = b
	}
}
