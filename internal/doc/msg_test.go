package doc

import (
	"bytes"
	"encoding/binary"
	"fmt"
	"strings"
	"testing"
	"unicode/utf16"

	"github.com/google/go-cmp/cmp"
)

// node is a folder or a stream of a compound file that a test writes.
type node struct {
	name string
	data []byte // of a stream
	in   []node // of a folder
}

// compoundFile writes a compound file with sectors of 512 bytes.
func compoundFile(nodes []node) []byte {
	var mini, big bytes.Buffer
	var small, fat []uint32
	var entries []byte
	chain := func(table *[]uint32, n int) uint32 {
		first := uint32(len(*table))
		for i := range n {
			next := first + uint32(i) + 1
			if i == n-1 {
				next = 0xFFFFFFFE
			}
			*table = append(*table, next)
		}
		return first
	}
	pad := func(b *bytes.Buffer, to int) { b.Write(make([]byte, (to-b.Len()%to)%to)) }
	var put func(name string, kind byte, n node) int
	put = func(name string, kind byte, n node) int {
		i := len(entries) / 128
		entries = append(entries, make([]byte, 128)...)
		e := make([]byte, 128)
		u := utf16.Encode([]rune(name))
		for k, c := range u {
			binary.LittleEndian.PutUint16(e[2*k:], c)
		}
		binary.LittleEndian.PutUint16(e[64:], uint16(2*len(u)+2))
		e[66] = kind
		for _, at := range []int{68, 72, 76} {
			binary.LittleEndian.PutUint32(e[at:], noEntry)
		}
		binary.LittleEndian.PutUint32(e[116:], 0xFFFFFFFE)
		switch {
		case kind == 2 && len(n.data) >= miniCutoff:
			binary.LittleEndian.PutUint32(e[116:], chain(&fat, (len(n.data)+511)/512))
			big.Write(n.data)
			pad(&big, 512)
		case kind == 2 && len(n.data) > 0:
			binary.LittleEndian.PutUint32(e[116:], chain(&small, (len(n.data)+63)/64))
			mini.Write(n.data)
			pad(&mini, 64)
		}
		binary.LittleEndian.PutUint32(e[120:], uint32(len(n.data)))
		next := uint32(noEntry)
		for k := len(n.in) - 1; k >= 0; k-- {
			kind := byte(2)
			if n.in[k].in != nil {
				kind = 1
			}
			child := put(n.in[k].name, kind, n.in[k])
			binary.LittleEndian.PutUint32(entries[child*128+72:], next)
			next = uint32(child)
		}
		binary.LittleEndian.PutUint32(e[76:], next)
		copy(entries[i*128:], e[:68])
		copy(entries[i*128+76:], e[76:])
		if right := entries[i*128+72:]; binary.LittleEndian.Uint32(right) == 0 {
			binary.LittleEndian.PutUint32(right, noEntry)
		}
		binary.LittleEndian.PutUint32(entries[i*128+68:], noEntry)
		return i
	}
	put("Root Entry", 5, node{in: nodes})
	binary.LittleEndian.PutUint32(entries[116:], chain(&fat, (mini.Len()+511)/512))
	binary.LittleEndian.PutUint32(entries[120:], uint32(mini.Len()))
	big.Write(mini.Bytes())
	pad(&big, 512)
	dir := chain(&fat, (len(entries)+511)/512)
	big.Write(entries)
	pad(&big, 512)
	var table bytes.Buffer
	binary.Write(&table, binary.LittleEndian, small)
	for table.Len()%512 != 0 {
		table.WriteByte(0xFF)
	}
	miniFAT := chain(&fat, table.Len()/512)
	big.Write(table.Bytes())

	header := bytes.Repeat([]byte{0xFF}, 512)
	copy(header, "\xD0\xCF\x11\xE0\xA1\xB1\x1A\xE1")
	binary.LittleEndian.PutUint16(header[30:], 9)
	binary.LittleEndian.PutUint32(header[48:], dir)
	binary.LittleEndian.PutUint32(header[60:], miniFAT)
	binary.LittleEndian.PutUint32(header[68:], 0xFFFFFFFE)
	blocks := (len(fat) + 127) / 128
	for (len(fat)+blocks+127)/128 > blocks {
		blocks++
	}
	for i := range blocks {
		binary.LittleEndian.PutUint32(header[76+4*i:], uint32(len(fat)+i))
	}
	all := append([]uint32{}, fat...)
	for len(all) < blocks*128 {
		all = append(all, 0xFFFFFFFD)
	}
	out := bytes.NewBuffer(append(header, big.Bytes()...))
	binary.Write(out, binary.LittleEndian, all)
	return out.Bytes()
}

// property is a string of a message, in Unicode.
func property(id int, s string) node {
	var b bytes.Buffer
	binary.Write(&b, binary.LittleEndian, utf16.Encode([]rune(s)))
	return node{name: fmt.Sprintf("__substg1.0_%04X001F", id), data: b.Bytes()}
}

func blob(id int, b []byte) node { return node{name: fmt.Sprintf("__substg1.0_%04X0102", id), data: b} }

// fixed is the list of an object's properties that are numbers.
func fixed(header int, values map[uint16]uint64) node {
	b := make([]byte, header)
	for id, v := range values {
		b = binary.LittleEndian.AppendUint16(b, 3)
		b = binary.LittleEndian.AppendUint16(b, id)
		b = binary.LittleEndian.AppendUint32(b, 6)
		b = binary.LittleEndian.AppendUint64(b, v)
	}
	return node{name: "__properties_version1.0", data: b}
}

func outlook(t testing.TB) []byte {
	const march = 134170002000000000 // 2026-03-03 08:30:00
	inner := []node{fixed(24, nil), property(propSubject, "inner"), property(propBody, "inner words"), property(propSenderName, "Bo Finch"), property(propSenderSMTP, "bo@example.org")}
	return compoundFile([]node{
		fixed(32, map[uint16]uint64{propSubmitted: march}),
		property(propSubject, "Leak at Zoë's"), property(propBody, "The tap drips.\r\nAnn"), property(propSenderName, "Ann Bell"), property(propSenderSMTP, "ann@example.org"),
		property(propID, "<1@example.org>"), property(propReplyTo, "<0@example.org>"),
		blob(propHTML, []byte("<p>The tap drips.</p>Ann")),
		{name: "__recip_version1.0_#00000000", in: []node{fixed(8, map[uint16]uint64{propRecipient: 1}), property(propName, "Repairs, North"), property(propSMTP, "repairs@example.org")}},
		{name: "__recip_version1.0_#00000001", in: []node{fixed(8, map[uint16]uint64{propRecipient: 3}), property(propName, "bcc@example.org"), property(propMail, "bcc@example.org")}},
		{name: "__attach_version1.0_#00000000", in: []node{fixed(8, nil), property(propLongName, "list.xlsx"), property(propMIME, "application/octet-stream"), blob(propAttached, xlsx(t))}},
		{name: "__attach_version1.0_#00000001", in: []node{fixed(8, nil), property(propName, "inner"), {name: "__substg1.0_3701000D", in: inner}}},
		{name: "big", data: bytes.Repeat([]byte("x"), 9000)},
	})
}

func TestReadMSG(t *testing.T) {
	m, err := ReadMSG(bytes.NewReader(outlook(t)), Limits{})
	if err != nil {
		t.Fatal(err)
	}
	got := []string{m.ID, m.InReplyTo, m.Date.Format("2006-01-02 15:04"), m.From, m.To, m.Bcc, m.Subject, m.Text}
	want := []string{"1@example.org", "0@example.org", "2026-03-03 08:30", "Ann Bell <ann@example.org>", `"Repairs, North" <repairs@example.org>`, "bcc@example.org", "Leak at Zoë's", "The tap drips.\nAnn"}
	if diff := cmp.Diff(want, got); diff != "" {
		t.Error(diff)
	}
	if len(m.Attachments) != 2 || m.Attachments[0].Name != "list.xlsx" || m.Attachments[1].Mail == nil || m.Attachments[1].Mail.Text != "inner words" {
		t.Errorf("attachments: %+v", m.Attachments)
	}
	checkMail(t, m)
	d := read(t, "a.msg", outlook(t))
	must(t, d.Text, "Subject: Leak at Zoë's", "The tap drips.", "[part 1, list.xlsx]\n[Sheet Tenants]", "Ann Bell\t1980-01-01", "[part 2, inner]\nFrom: Bo Finch <bo@example.org>", "inner words")
}

func TestReadMSGDamaged(t *testing.T) {
	whole := outlook(t)
	for i := range 40 {
		if m, err := ReadMSG(bytes.NewReader(whole[:len(whole)*i/40]), Limits{}); err == nil {
			checkMail(t, m)
		}
	}
	// A chain of sectors that ends in itself, and folders within themselves.
	for at := 512; at < len(whole); at += 100 {
		bad := bytes.Clone(whole)
		binary.LittleEndian.PutUint32(bad[at:], 1)
		if m, err := ReadMSG(bytes.NewReader(bad), Limits{}); err == nil {
			checkMail(t, m)
		}
	}
}

func TestUnpackRTF(t *testing.T) {
	// The example of MS-OXRTFCP, 3.1.
	packed := "\x2d\x00\x00\x00\x2b\x00\x00\x00LZFu\xf1\xc5\xc7\xa7\x03\x00\x0a\x00rcpg125B2\x0a\xf3 hel\x09\x00 bw\x05\xb0ld}\x0a\x80\x0f\xa0"
	packed = strings.Replace(packed, "rcpg125B2", "rcpg125\x42\x32", 1)
	got, err := unpackRTF([]byte(packed))
	if err != nil || string(got) != "{\\rtf1\\ansi\\ansicpg1252\\pard hello world}\r\n" {
		t.Errorf("%q, %v", got, err)
	}
	if _, err := unpackRTF([]byte("short")); err == nil {
		t.Error("what is too short was unpacked")
	}
}
