package testpst

import (
	"encoding/binary"
	"encoding/hex"
	"hash/crc32"
	"maps"
	"slices"
)

// writer puts blocks and pages one after the other, and the head before them last.
type writer struct {
	Archive
	out    []byte
	next   uint64 // identifier of a block
	item   uint32 // of a message, and of a folder
	dir    uint32
	nodes  []node
	blocks []block
}

type node struct {
	id        uint32
	data, sub uint64
	parent    uint32
}

type block struct {
	id   uint64
	at   int
	size int
}

func (w *writer) ids() int {
	if w.ANSI {
		return 4
	}
	return 8
}

func (w *writer) trailer() int {
	if w.ANSI {
		return 12
	}
	return 16
}

// blockMost is the most bytes that one block holds.
func (w *writer) blockMost() int { return 8192 - w.trailer() }

func (w *writer) appendID(b []byte, id uint64) []byte {
	if w.ANSI {
		return binary.LittleEndian.AppendUint32(b, uint32(id))
	}
	return binary.LittleEndian.AppendUint64(b, id)
}

// block writes one block. Those that hold lists of others are not encoded.
func (w *writer) block(b []byte, internal bool) uint64 {
	id := w.next
	w.next += 4
	b = slices.Clone(b)
	if internal {
		id |= 2
	} else {
		encode(b, w.Crypt, uint32(id))
	}
	for len(w.out)%64 != 0 {
		w.out = append(w.out, 0)
	}
	at := len(w.out)
	w.blocks = append(w.blocks, block{id, at, len(b)})
	w.out = append(w.out, b...)
	for (len(w.out)-at+w.trailer())%64 != 0 {
		w.out = append(w.out, 0)
	}
	w.out = binary.LittleEndian.AppendUint16(w.out, uint16(len(b)))
	w.out = binary.LittleEndian.AppendUint16(w.out, signature(uint64(at), id))
	if w.ANSI {
		w.out = binary.LittleEndian.AppendUint32(w.out, uint32(id))
		w.out = binary.LittleEndian.AppendUint32(w.out, crc(b))
	} else {
		w.out = binary.LittleEndian.AppendUint32(w.out, crc(b))
		w.out = binary.LittleEndian.AppendUint64(w.out, id)
	}
	return id
}

func signature(at, id uint64) uint16 {
	n := uint32(at ^ id)
	return uint16(n>>16) ^ uint16(n)
}

func crc(b []byte) uint32 { return ^crc32.Update(0xFFFFFFFF, crc32.IEEETable, b) }

// tree writes bytes as one block, a list of blocks or a list of lists.
func (w *writer) tree(b []byte) uint64 {
	most := w.blockMost()
	if len(b) <= most {
		return w.block(b, false)
	}
	total := len(b)
	var list []uint64
	for ; len(b) > 0; b = b[min(most, len(b)):] {
		list = append(list, w.block(b[:min(most, len(b))], false))
	}
	perList := (most - 8) / w.ids()
	write := func(level byte, ids []uint64, total int) uint64 {
		x := []byte{1, level}
		x = binary.LittleEndian.AppendUint16(x, uint16(len(ids)))
		x = binary.LittleEndian.AppendUint32(x, uint32(total))
		for _, id := range ids {
			x = w.appendID(x, id)
		}
		return w.block(x, true)
	}
	if len(list) <= perList {
		return write(1, list, total)
	}
	var lists []uint64
	left := total
	for ids := range slices.Chunk(list, perList) {
		n := min(left, len(ids)*most)
		lists = append(lists, write(1, ids, n))
		left -= n
	}
	return write(2, lists, total)
}

// subnodes writes the list of the nodes within a node, or a list of lists.
func (w *writer) subnodes(inner map[uint32]node) uint64 {
	if len(inner) == 0 {
		return 0
	}
	head := func(level byte, n int) []byte {
		b := binary.LittleEndian.AppendUint16([]byte{2, level}, uint16(n))
		if !w.ANSI {
			b = append(b, 0, 0, 0, 0)
		}
		return b
	}
	var leaves, firsts []uint64
	for ids := range slices.Chunk(slices.Sorted(maps.Keys(inner)), (w.blockMost()-8)/(3*w.ids())) {
		b := head(0, len(ids))
		for _, id := range ids {
			b = w.appendID(b, uint64(id))
			b = w.appendID(b, inner[id].data)
			b = w.appendID(b, inner[id].sub)
		}
		leaves, firsts = append(leaves, w.block(b, true)), append(firsts, uint64(ids[0]))
	}
	if len(leaves) == 1 {
		return leaves[0]
	}
	b := head(1, len(leaves))
	for i, id := range leaves {
		b = w.appendID(b, firsts[i])
		b = w.appendID(b, id)
	}
	return w.block(b, true)
}

// pages writes a tree of pages over entries that are in order, and returns its root.
func (w *writer) pages(kind byte, level byte, keys []uint64, entries [][]byte) (id uint64, at int) {
	room := 488
	if w.ANSI {
		room = 496
	}
	var above []uint64
	var up [][]byte
	per := room / len(entries[0])
	for from := 0; from < len(entries); from += per {
		to := min(from+per, len(entries))
		for len(w.out)%512 != 0 {
			w.out = append(w.out, 0)
		}
		id, at = w.next, len(w.out)
		w.next += 4
		b := make([]byte, 512)
		for i, e := range entries[from:to] {
			copy(b[i*len(e):], e)
		}
		b[room], b[room+1], b[room+2], b[room+3] = byte(to-from), byte(per), byte(len(entries[0])), level
		t := b[room+8:]
		if w.ANSI {
			t = b[room+4:]
		}
		t[0], t[1] = kind, kind
		binary.LittleEndian.PutUint16(t[2:], signature(uint64(at), id))
		if w.ANSI {
			binary.LittleEndian.PutUint32(t[4:], uint32(id))
			binary.LittleEndian.PutUint32(t[8:], crc(b[:500]))
		} else {
			binary.LittleEndian.PutUint32(t[4:], crc(b[:496]))
			binary.LittleEndian.PutUint64(t[8:], id)
		}
		w.out = append(w.out, b...)
		e := w.appendID(nil, keys[from])
		e = w.appendID(e, id)
		above, up = append(above, keys[from]), append(up, w.appendID(e, uint64(at)))
	}
	if len(up) == 1 {
		return id, at
	}
	return w.pages(kind, level+1, above, up)
}

// finish writes the two trees and the head.
func (w *writer) finish() []byte {
	slices.SortFunc(w.nodes, func(a, b node) int { return int(a.id) - int(b.id) })
	slices.SortFunc(w.blocks, func(a, b block) int { return int(a.id) - int(b.id) })
	var keys []uint64
	var entries [][]byte
	for _, n := range w.nodes {
		e := w.appendID(nil, uint64(n.id))
		e = w.appendID(e, n.data)
		e = w.appendID(e, n.sub)
		e = binary.LittleEndian.AppendUint32(e, n.parent)
		if !w.ANSI {
			e = append(e, 0, 0, 0, 0)
		}
		keys, entries = append(keys, uint64(n.id)), append(entries, e)
	}
	nodeID, nodeAt := w.pages(0x81, 0, keys, entries)
	keys, entries = nil, nil
	for _, b := range w.blocks {
		e := w.appendID(nil, b.id)
		e = w.appendID(e, uint64(b.at))
		e = binary.LittleEndian.AppendUint16(e, uint16(b.size))
		e = append(e, 2, 0)
		if !w.ANSI {
			e = append(e, 0, 0, 0, 0)
		}
		keys, entries = append(keys, b.id), append(entries, e)
	}
	blockID, blockAt := w.pages(0x80, 0, keys, entries)
	h := w.out
	copy(h, "!BDN\x00\x00\x00\x00SM")
	version, root, crypt := uint16(23), 180, 513
	if w.ANSI {
		version, root, crypt = 14, 164, 461
	}
	binary.LittleEndian.PutUint16(h[10:], version)
	binary.LittleEndian.PutUint16(h[12:], 19)
	h[14], h[15] = 1, 1
	h[crypt-1], h[crypt] = 0x80, w.Crypt
	n := w.ids()
	put := func(at int, v uint64) {
		if w.ANSI {
			binary.LittleEndian.PutUint32(h[at:], uint32(v))
		} else {
			binary.LittleEndian.PutUint64(h[at:], v)
		}
	}
	put(root+4, uint64(len(h))) // the end of the file
	for i, v := range []uint64{nodeID, uint64(nodeAt), blockID, uint64(blockAt)} {
		put(root+4+4*n+i*n, v)
	}
	h[root+4+8*n] = 2
	binary.LittleEndian.PutUint32(h[4:], crc(h[8:8+471]))
	if !w.ANSI {
		binary.LittleEndian.PutUint32(h[524:], crc(h[8:8+516]))
	}
	return h
}

// encode does what readers undo (MS-PST, 5.1 and 5.2).
func encode(b []byte, crypt byte, key uint32) {
	switch crypt {
	case 1:
		for i, c := range b {
			b[i] = tableR[c]
		}
	case 2:
		w := uint16(key ^ key>>16)
		for i, c := range b { // its own inverse
			lo, hi := byte(w), byte(w>>8)
			b[i] = tableI[tableS[tableR[c+lo]+hi]-hi] - lo
			w++
		}
	}
}

var (
	tableR = table(hexR)
	tableS = table(hexS)
	tableI = inverse(tableR)
)

func table(s string) (out [256]byte) {
	hex.Decode(out[:], []byte(s))
	return out
}

func inverse(t [256]byte) (out [256]byte) {
	for i, c := range t {
		out[c] = byte(i)
	}
	return out
}
