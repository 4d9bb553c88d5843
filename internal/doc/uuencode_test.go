package doc

import (
	"bytes"
	"encoding/binary"
	"strings"
	"testing"

	"pgregory.net/rapid"
)

// uuencode writes a file in the way of before MIME.
func uuencode(name string, data []byte) string {
	var b strings.Builder
	b.WriteString("begin 644 " + name + "\n")
	for ; len(data) > 0; data = data[min(45, len(data)):] {
		row := data[:min(45, len(data))]
		b.WriteByte(byte(32 + len(row)))
		for k := 0; k < len(row); k += 3 {
			var four [4]byte
			copy(four[1:], row[k:])
			v := binary.BigEndian.Uint32(four[:])
			for _, shift := range []int{18, 12, 6, 0} {
				c := byte(v>>shift) & 63
				if c == 0 {
					c = 64
				}
				b.WriteByte(32 + c)
			}
		}
		b.WriteByte('\n')
	}
	b.WriteString("`\nend\n")
	return b.String()
}

func TestUuencoded(t *testing.T) {
	rapid.Check(t, func(t *rapid.T) {
		one, two := rapid.SliceOfN(rapid.Byte(), 1, 300).Draw(t, "one"), rapid.SliceOfN(rapid.Byte(), 1, 100).Draw(t, "two")
		raw := "From: a@example.org\nDate: Thu, 1 Jan 2026 09:00:00 +0000\n\nbegin at the beginning\n" + uuencode("a b.bin", one) + "between\n" + uuencode("c", two) + "after\n"
		m := ReadMail(strings.NewReader(raw), Limits{})
		if m.Text != "begin at the beginning\nbetween\nafter" || len(m.Attachments) != 2 || len(m.Problems) != 0 {
			t.Fatalf("%q %d %v", m.Text, len(m.Attachments), m.Problems)
		}
		if a := m.Attachments[0]; a.Name != "a b.bin" || !bytes.Equal(a.Bytes, one) || !bytes.Equal(m.Attachments[1].Bytes, two) {
			t.Fatalf("%q %x", a.Name, a.Bytes)
		}
	})
	m := ReadMail(strings.NewReader("From: a@example.org\n\nbegin 644 x\nnot such a line, nor is it one\n"), Limits{})
	if len(m.Attachments) != 0 || !strings.Contains(m.Text, "not such a line") || len(m.Problems) < 2 {
		t.Errorf("%+v", m)
	}
}

func TestTransferEncodingsOfOthers(t *testing.T) {
	for _, name := range []string{"quoted printable", "quoted-printable;", "Quoted_Printable", "quoted-printable"} {
		m := ReadMail(strings.NewReader("From: a@example.org\nContent-Type: text/plain; charset=utf-8\nContent-Transfer-Encoding: "+name+"\n\ncaf=C3=A9 =\nin one line\n"), Limits{})
		if m.Text != "café in one line" {
			t.Errorf("%s: %q", name, m.Text)
		}
	}
}
