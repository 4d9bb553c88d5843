package doc

import (
	"encoding/binary"
	"errors"
	"fmt"
	"strings"
	"unicode/utf16"
)

// storage is a folder in a compound file: its streams and folders by name.
type storage struct {
	streams map[string][]byte
	folders map[string]*storage
}

func newStorage() *storage {
	return &storage{streams: map[string][]byte{}, folders: map[string]*storage{}}
}

// compound is a compound file (MS-CFB): a small file system in a file, with chains of sectors
// that a hostile one may tie into knots.
type compound struct {
	data   []byte
	sector int      // its size
	fat    []uint32 // the sector after each
	mini   []byte   // what the small streams are kept in
	small  []uint32 // the small sector after each
	left   int      // bytes that streams may still take: together no more than the file
}

const (
	noSector   = 0xFFFFFFFA // and above: no sector, but the end of a chain or free
	noEntry    = 0xFFFFFFFF
	miniSector = 64
	miniCutoff = 4096 // streams that are shorter are kept in small sectors
)

var errCompound = errors.New("the file is damaged: its parts cannot be found in it")

// readStorage unpacks a compound file of at most so many streams and folders.
func readStorage(data []byte, most int) (*storage, error) {
	if len(data) < 512 || string(data[:8]) != "\xD0\xCF\x11\xE0\xA1\xB1\x1A\xE1" {
		return nil, errCompound
	}
	c := &compound{data: data, left: 2 * len(data)}
	switch u16(data[30:]) {
	case 9:
		c.sector = 512
	case 12:
		c.sector = 4096
	default:
		return nil, errCompound
	}
	if !c.readFAT() {
		return nil, errCompound
	}
	entries, _ := c.chain(u32(data[48:]), -1)
	if len(entries) < 128 {
		return nil, errCompound
	}
	if n := len(entries) / 128; n > most {
		return nil, fmt.Errorf("it holds %s streams, over the limit of %s", Thousands(int64(n)), Thousands(int64(most)))
	}
	c.mini, _ = c.chain(u32(entries[116:]), int(u32(entries[120:])))
	table, _ := c.chain(u32(data[60:]), -1)
	c.small = numbers(table)
	return c.tree(entries)
}

// readFAT finds the table of sectors, the places of which begin in the header.
func (c *compound) readFAT() bool {
	places := numbers(c.data[76:512])
	next := u32(c.data[68:])
	for n := 0; next < noSector; n++ {
		s := c.at(next)
		if s == nil || n > len(c.data)/c.sector {
			return false
		}
		more := numbers(s)
		places, next = append(places, more[:len(more)-1]...), more[len(more)-1]
	}
	for _, p := range places {
		if p < noSector && len(c.fat) <= len(c.data)/c.sector {
			c.fat = append(c.fat, numbers(c.at(p))...)
		}
	}
	return len(c.fat) > 0
}

// at is a sector, or nil where there is none. The last may be short.
func (c *compound) at(n uint32) []byte {
	from := (int64(n) + 1) * int64(c.sector)
	if from >= int64(len(c.data)) {
		return nil
	}
	s := c.data[from:min(from+int64(c.sector), int64(len(c.data)))]
	if len(s) < c.sector {
		s = append(s[:len(s):len(s)], make([]byte, c.sector-len(s))...)
	}
	return s
}

// chain is what a chain of sectors holds, size bytes of it or, where that is -1, all; false where
// it breaks off before.
func (c *compound) chain(n uint32, size int) ([]byte, bool) {
	var out []byte
	for n < noSector && (size < 0 || len(out) < size) {
		s := c.at(n)
		if s == nil || int64(n) >= int64(len(c.fat)) || c.left < len(s) {
			return out, false
		}
		c.left -= len(s)
		out = append(out, s...)
		n = c.fat[n]
	}
	return cutTo(out, size)
}

// smallChain is the same for the small sectors.
func (c *compound) smallChain(n uint32, size int) ([]byte, bool) {
	var out []byte
	for n < noSector && len(out) < size {
		from := int64(n) * miniSector
		if from >= int64(len(c.mini)) || int64(n) >= int64(len(c.small)) || c.left < miniSector {
			return out, false
		}
		c.left -= miniSector
		out = append(out, c.mini[from:min(from+miniSector, int64(len(c.mini)))]...)
		n = c.small[n]
	}
	return cutTo(out, size)
}

func cutTo(b []byte, size int) ([]byte, bool) {
	if size < 0 {
		return b, true
	}
	return b[:min(size, len(b))], len(b) >= size
}

// tree follows the entries of the directory from its root. A stream that
// cannot be read to its end makes the file damaged.
func (c *compound) tree(entries []byte) (*storage, error) {
	type todo struct {
		entry uint32
		in    *storage
		depth int
	}
	root := newStorage()
	seen := make([]bool, len(entries)/128)
	work := []todo{{u32(entries[76:]), root, 0}}
	for len(work) > 0 {
		at := work[len(work)-1]
		work = work[:len(work)-1]
		if at.entry == noEntry {
			continue
		}
		if int64(at.entry) >= int64(len(seen)) || seen[at.entry] || at.depth > 64 {
			return nil, errCompound
		}
		seen[at.entry] = true
		e := entries[int(at.entry)*128:][:128]
		work = append(work, todo{u32(e[68:]), at.in, at.depth}, todo{u32(e[72:]), at.in, at.depth})
		name := entryName(e)
		switch e[66] {
		case 1:
			folder := newStorage()
			at.in.folders[name] = folder
			work = append(work, todo{u32(e[76:]), folder, at.depth + 1})
		case 2:
			size := int(u32(e[120:]))
			read := c.chain
			if size < miniCutoff {
				read = c.smallChain
			}
			b, whole := read(u32(e[116:]), size)
			if !whole {
				return nil, errCompound
			}
			at.in.streams[name] = b
		}
	}
	return root, nil
}

func entryName(e []byte) string {
	n := min(int(u16(e[64:])), 64) / 2
	u := make([]uint16, n)
	for i := range u {
		u[i] = u16(e[2*i:])
	}
	return strings.TrimRight(string(utf16.Decode(u)), "\x00")
}

func numbers(b []byte) []uint32 {
	out := make([]uint32, len(b)/4)
	for i := range out {
		out[i] = u32(b[4*i:])
	}
	return out
}

func u16(b []byte) uint16 { return binary.LittleEndian.Uint16(b) }
func u32(b []byte) uint32 { return binary.LittleEndian.Uint32(b) }
