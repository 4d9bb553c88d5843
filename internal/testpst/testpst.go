package testpst

import (
	"encoding/binary"
	"fmt"
	"maps"
	"slices"
	"time"
	"unicode/utf16"

	"golang.org/x/text/encoding/charmap"
)

// Archive is an archive to be written.
type Archive struct {
	ANSI    bool // the form of Outlook 97 to 2002, its strings in Windows-1252
	Crypt   byte // 0 none, 1 "compressible", 2 "high"
	Name    string
	Folders []Folder
}

// Folder is a folder with what is in it.
type Folder struct {
	Name    string
	Items   []Item
	Folders []Folder
}

// Item is a message, a recipient's worth of properties at a time.
type Item struct {
	Properties  Properties
	Recipients  []Properties
	Attachments []Attachment
}

// Attachment is bytes, or a message.
type Attachment struct {
	Properties Properties
	Message    *Item
}

// Properties are values by property id: string, []byte, int32 or time.Time.
type Properties map[uint16]any

const (
	kindLong    = 0x0003
	kindObject  = 0x000D
	kindString8 = 0x001E
	kindString  = 0x001F
	kindTime    = 0x0040
	kindBinary  = 0x0102
)

// Bytes is the archive as a file.
func (a Archive) Bytes() []byte {
	w := &writer{Archive: a, out: make([]byte, 0x4800), next: 4, item: 0x200024, dir: 0x8022}
	entry := make([]byte, 24) // names the folder at the top: flags, the archive, its node
	binary.LittleEndian.PutUint32(entry[20:], 0x8022)
	w.node(0x21, 0, Properties{0x3001: a.Name, 0x35E0: entry}, nil)
	w.node(0x61, 0, Properties{1: int32(251), 2: []byte{}, 3: namedEntries, 4: utf16Sized("tenancy")}, nil)
	w.node(0x122, 0x122, Properties{0x3001: "", 0x360A: int32(1)}, nil)
	w.folders(0x122, []Folder{{Name: "Top of Outlook data file", Folders: a.Folders}})
	return w.finish()
}

// namedEntries name the property 8000 E-mail (by its number) and 8001 tenancy.
var namedEntries = []byte{0x83, 0x80, 0, 0, 6, 0, 0, 0, 0, 0, 0, 0, 7, 0, 1, 0}

func utf16Sized(s string) []byte {
	b := encode16(s)
	return append(binary.LittleEndian.AppendUint32(nil, uint32(len(b))), b...)
}

func encode16(s string) []byte {
	var b []byte
	for _, u := range utf16.Encode([]rune(s)) {
		b = binary.LittleEndian.AppendUint16(b, u)
	}
	return b
}

func (w *writer) folders(parent uint32, list []Folder) {
	for _, f := range list {
		id := w.dir
		w.dir += 0x20
		w.node(id, parent, Properties{0x3001: f.Name, 0x3602: int32(len(f.Items))}, nil)
		for _, i := range f.Items {
			nid := w.item
			w.item += 0x20
			data, sub := w.message(i)
			w.nodes = append(w.nodes, node{nid, data, sub, id})
		}
		w.folders(id, f.Folders)
	}
}

// message writes what stands in a message's node: its properties, and its recipients
// and attachments as nodes within it.
func (w *writer) message(i Item) (data, sub uint64) {
	inner := map[uint32]node{}
	if len(i.Recipients) > 0 {
		d, s := w.table(i.Recipients)
		inner[0x692] = node{id: 0x692, data: d, sub: s}
	}
	for n, a := range i.Attachments {
		id := uint32(0x8025 + 0x20*n)
		p := maps.Clone(a.Properties)
		within := map[uint32]node{}
		if a.Message != nil {
			d, s := w.message(*a.Message)
			within[0x8044] = node{id: 0x8044, data: d, sub: s}
			p[0x3701], p[0x3705] = object(0x8044), int32(5)
		} else {
			p[0x3705] = int32(1)
		}
		d := w.context(p, within)
		inner[id] = node{id: id, data: d, sub: w.subnodes(within)}
	}
	d := w.context(i.Properties, inner)
	return d, w.subnodes(inner)
}

type object uint32

func (w *writer) node(id, parent uint32, p Properties, inner map[uint32]node) {
	if inner == nil {
		inner = map[uint32]node{}
	}
	d := w.context(p, inner)
	w.nodes = append(w.nodes, node{id, d, w.subnodes(inner), parent})
}

// value is a property's kind and its bytes.
func (w *writer) value(v any) (uint16, []byte) {
	switch v := v.(type) {
	case int32:
		return kindLong, binary.LittleEndian.AppendUint32(nil, uint32(v))
	case string:
		if w.ANSI {
			b, err := charmap.Windows1252.NewEncoder().Bytes([]byte(v))
			if err != nil {
				panic(fmt.Sprintf("%q has no place in an ANSI archive", v))
			}
			return kindString8, b
		}
		return kindString, encode16(v)
	case []byte:
		return kindBinary, v
	case time.Time:
		return kindTime, binary.LittleEndian.AppendUint64(nil, uint64(v.UnixNano()/100+116444736000000000))
	case object:
		return kindObject, binary.LittleEndian.AppendUint64(nil, uint64(v))
	}
	panic(fmt.Sprintf("a property of type %T", v))
}

// heap gathers small pieces, and puts those that are not into nodes of their own.
type heap struct {
	w      *writer
	pieces [][]byte
	inner  map[uint32]node
}

func (h *heap) put(b []byte) uint32 {
	switch used := h.size(); {
	case len(b) == 0:
		return 0
	case len(b) > 3000 || used+len(b) > 7000:
		id := uint32(0x1F + 0x20*(len(h.inner)+0x1000))
		h.inner[id] = node{id: id, data: h.w.tree(b)}
		return id
	}
	h.pieces = append(h.pieces, b)
	return uint32(len(h.pieces)) << 5
}

func (h *heap) size() (n int) {
	for _, p := range h.pieces {
		n += len(p) + 2
	}
	return n
}

// bytes is the heap as the one block that it is.
func (h *heap) bytes(client byte, root uint32) []byte {
	b := []byte{0, 0, 0xEC, client}
	b = binary.LittleEndian.AppendUint32(b, root)
	b = append(b, 0, 0, 0, 0)
	places := []uint16{uint16(len(b))}
	for _, p := range h.pieces {
		b = append(b, p...)
		places = append(places, uint16(len(b)))
	}
	if len(b)%2 == 1 {
		b = append(b, 0)
	}
	binary.LittleEndian.PutUint16(b, uint16(len(b)))
	b = binary.LittleEndian.AppendUint16(b, uint16(len(h.pieces)))
	b = append(b, 0, 0)
	for _, p := range places {
		b = binary.LittleEndian.AppendUint16(b, p)
	}
	return b
}

// context writes a list of properties.
func (w *writer) context(p Properties, inner map[uint32]node) uint64 {
	h := &heap{w: w, inner: inner}
	h.pieces = [][]byte{{0xB5, 2, 6, 0, 0x40, 0, 0, 0}, nil} // the tree's head and its one leaf
	var leaf []byte
	h.pieces[1] = make([]byte, 8*len(p))
	for _, id := range slices.Sorted(maps.Keys(p)) {
		kind, v := w.value(p[id])
		leaf = binary.LittleEndian.AppendUint16(leaf, id)
		leaf = binary.LittleEndian.AppendUint16(leaf, kind)
		if kind == kindLong {
			leaf = append(leaf, v...)
		} else {
			leaf = binary.LittleEndian.AppendUint32(leaf, h.put(v))
		}
	}
	h.pieces[1] = leaf
	return w.tree(h.bytes(0xBC, 0x20))
}

// table writes recipients: every column has four bytes, a number or where a piece stands.
func (w *writer) table(list []Properties) (data, sub uint64) {
	inner := map[uint32]node{}
	h := &heap{w: w, inner: inner}
	kinds := map[uint16]uint16{}
	for _, p := range list {
		for id, v := range p {
			kinds[id], _ = w.value(v)
		}
	}
	ids := slices.Sorted(maps.Keys(kinds))
	end := 8 + 4*len(ids)
	bits := (len(ids) + 2 + 7) / 8
	width := end + bits
	info := []byte{0x7C, byte(len(ids) + 2)}
	for _, n := range []int{end, end, end, width} {
		info = binary.LittleEndian.AppendUint16(info, uint16(n))
	}
	h.pieces = [][]byte{nil, {0xB5, 4, 4, 0, 0, 0, 0, 0}}
	column := func(id, kind uint16, at, bit int) []byte {
		b := binary.LittleEndian.AppendUint16(nil, kind)
		b = binary.LittleEndian.AppendUint16(b, id)
		return append(binary.LittleEndian.AppendUint16(b, uint16(at)), 4, byte(bit))
	}
	var rows []byte
	perBlock := w.blockMost() / width
	for n, p := range list {
		if n > 0 && n%perBlock == 0 { // rows do not cross from one block into the next
			rows = append(rows, make([]byte, w.blockMost()-perBlock*width)...)
		}
		row := make([]byte, width)
		binary.LittleEndian.PutUint32(row, uint32(n))
		row[end] |= 0xC0
		for c, id := range ids {
			v, ok := p[id]
			if !ok {
				continue
			}
			_, b := w.value(v)
			if kinds[id] == kindLong {
				copy(row[8+4*c:], b)
			} else {
				binary.LittleEndian.PutUint32(row[8+4*c:], h.put(b))
			}
			row[end+(c+2)/8] |= 0x80 >> ((c + 2) % 8)
		}
		rows = append(rows, row...)
	}
	where := h.put(rows)
	info = append(info, 0x40, 0, 0, 0)
	info = binary.LittleEndian.AppendUint32(info, where)
	info = append(info, 0, 0, 0, 0)
	info = append(info, column(0x67F2, kindLong, 0, 0)...)
	info = append(info, column(0x67F3, kindLong, 4, 1)...)
	for c, id := range ids {
		info = append(info, column(id, kinds[id], 8+4*c, c+2)...)
	}
	h.pieces[0] = info
	return w.tree(h.bytes(0x7C, 0x20)), w.subnodes(inner)
}
