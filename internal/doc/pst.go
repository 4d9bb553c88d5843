package doc

import (
	"bytes"
	"context"
	"encoding/binary"
	"errors"
	"fmt"
	"hash/crc32"
	"io"
	"iter"
	"sync"
)

// PST is an archive of Outlook's (.pst, and .ost up to Outlook 2010: MS-PST), a small
// database in a file: two trees of pages find nodes and the blocks of bytes they are made of. It is read where
// it stands, a page and a message at a time, and may be used from several goroutines.
//
// It holds what people threw away as well: their Deleted Items are a folder like
// others, and a message whose folder is gone is listed without one.
type PST struct {
	r      io.ReaderAt
	size   int64
	limits Limits
	wide   bool // Unicode: identifiers and places of 8 bytes, not 4
	crypt  byte
	nodes  int64 // the page at the root of each tree
	blocks int64
	names  map[uint16]string
	folder map[uint32]string // paths
	name   string
	hidden int

	mu    sync.Mutex
	pages map[int64]*pstPage
}

const (
	pstPageSize  = 512
	pstPageCache = 4096 // pages, of half a KiB each
	pstBlockMost = 8192 // bytes of one block with its trailer
)

var (
	errPST      = errors.New("the file is damaged: its parts cannot be found in it")
	errPSTNode  = errors.New("a part of it is missing from the file")
	errPSTOver  = errors.New("larger than the limit")
	errPSTCheck = errors.New("a block of it fails its checksum")
)

// OpenPST opens an archive of so many bytes. The limits go for each of its messages.
// The error says that the bytes are no archive, one of a kind that is not read, or damaged beyond reading.
func OpenPST(ctx context.Context, r io.ReaderAt, size int64, l Limits) (p *PST, err error) {
	defer func() {
		if e := recover(); e != nil { // a slip of this reader's over somebody's broken bytes
			p, err = nil, errPST
		}
	}()
	head := make([]byte, 564)
	n, err := r.ReadAt(head, 0)
	if err != nil && err != io.EOF {
		return nil, err
	}
	if n < len(head) || string(head[:4]) != "!BDN" {
		return nil, errors.New("the file is not an archive of Outlook's: it does not begin as one")
	}
	p = &PST{r: r, size: size, limits: l.withDefaults(), pages: map[int64]*pstPage{}}
	if kind := string(head[8:10]); kind != "SM" && kind != "SO" {
		return nil, fmt.Errorf("an Outlook file of kind %q, which is not read; archives are SM and SO", kind)
	}
	switch v := u16(head[10:]); {
	case v == 14 || v == 15:
		p.crypt, p.nodes, p.blocks = head[461], int64(u32(head[188:])), int64(u32(head[196:]))
	case v >= 36:
		return nil, errors.New("an offline store of Outlook 2013 or later, whose form Microsoft has not published; export the mailbox to a .pst in Outlook, or read it by imap or graph")
	case v >= 21:
		p.wide, p.crypt = true, head[513]
		p.nodes, p.blocks = int64(binary.LittleEndian.Uint64(head[224:])), int64(binary.LittleEndian.Uint64(head[240:]))
	default:
		return nil, fmt.Errorf("an archive of version %d, which is not known", v)
	}
	if p.crypt > 2 {
		return nil, fmt.Errorf("encoded in a way that is not read (%d); it may be protected by Windows, and only Outlook on the computer it comes from can open it", p.crypt)
	}
	if err := p.readNames(ctx); err != nil {
		return nil, err
	}
	return p, p.readFolders(ctx)
}

// pstPage is one page of a tree.
type pstPage struct {
	level int
	width int // of an entry
	count int
	data  []byte
}

func (p *PST) page(at int64) (*pstPage, error) {
	p.mu.Lock()
	g, ok := p.pages[at]
	p.mu.Unlock()
	if ok {
		return g, nil
	}
	if at < pstPageSize || at > p.size-pstPageSize {
		return nil, errPST
	}
	b := make([]byte, pstPageSize)
	if _, err := p.r.ReadAt(b, at); err != nil {
		return nil, err
	}
	// Where the entries end, where the checksum stands and what it covers (MS-PST, 2.2.2.7).
	end, sum, covered := 496, 508, 500
	if p.wide {
		end, sum, covered = 488, 500, 496
	}
	g = &pstPage{count: int(b[end]), width: int(b[end+2]), level: int(b[end+3]), data: b}
	if g.level > 8 || g.width < 12 || g.count*g.width > end || crc(b[:covered]) != u32(b[sum:]) {
		return nil, errPST
	}
	p.mu.Lock()
	defer p.mu.Unlock()
	if len(p.pages) >= pstPageCache {
		clear(p.pages)
	}
	p.pages[at] = g
	return g, nil
}

// crc is CRC-32 without the inversions at either end (MS-PST, 5.3).
func crc(b []byte) uint32 { return ^crc32.Update(0xFFFFFFFF, crc32.IEEETable, b) }

func (p *PST) id(b []byte) uint64 {
	if p.wide {
		return binary.LittleEndian.Uint64(b)
	}
	return uint64(u32(b))
}

// ids is how many bytes an identifier takes, and a place in the file.
func (p *PST) ids() int {
	if p.wide {
		return 8
	}
	return 4
}

func (g *pstPage) entry(i int) []byte { return g.data[i*g.width : (i+1)*g.width] }

// child is the page to which an entry of a branch leads. It stands one level lower: so
// nothing goes in circles.
func (p *PST) child(g *pstPage, e []byte) (*pstPage, error) {
	if len(e) < 3*p.ids() {
		return nil, errPST
	}
	c, err := p.page(int64(p.id(e[2*p.ids():])))
	if err == nil && c.level != g.level-1 {
		return nil, errPST
	}
	return c, err
}

// find is the leaf entry of a tree for an identifier.
func (p *PST) find(root int64, id uint64) ([]byte, error) {
	g, err := p.page(root)
	for err == nil {
		last := -1
		for i := range g.count {
			if k := p.id(g.entry(i)); k <= id {
				last = i
			} else {
				break
			}
		}
		if last < 0 {
			return nil, errPSTNode
		}
		e := g.entry(last)
		if g.level == 0 {
			if p.id(e) != id {
				return nil, errPSTNode
			}
			return e, nil
		}
		g, err = p.child(g, e)
	}
	return nil, err
}

// pstNode is a node: its bytes and the nodes within it, by their blocks.
type pstNode struct {
	id     uint32
	data   uint64
	sub    uint64
	parent uint32
}

func (p *PST) node(e []byte) pstNode {
	n := p.ids()
	if len(e) < 3*n+4 {
		return pstNode{}
	}
	return pstNode{id: uint32(p.id(e)), data: p.id(e[n:]), sub: p.id(e[2*n:]), parent: u32(e[3*n:])}
}

func (p *PST) findNode(id uint32) (pstNode, error) {
	e, err := p.find(p.nodes, uint64(id))
	if err != nil {
		return pstNode{}, err
	}
	return p.node(e), nil
}

// all goes through every node in the order of their identifiers. A page that cannot be read is an
// error beside those that can.
func (p *PST) all(ctx context.Context) iter.Seq2[pstNode, error] {
	return func(yield func(pstNode, error) bool) {
		left := p.size/pstPageSize + 1 // pages: more than there are, and some stand in two places
		var walk func(g *pstPage) bool
		walk = func(g *pstPage) bool {
			for i := range g.count {
				if err := ctx.Err(); err != nil {
					yield(pstNode{}, err)
					return false
				}
				if g.level == 0 {
					if n := p.node(g.entry(i)); n.id != 0 && !yield(n, nil) {
						return false
					}
					continue
				}
				if left--; left < 0 {
					yield(pstNode{}, errPST)
					return false
				}
				c, err := p.child(g, g.entry(i))
				if err != nil {
					if !yield(pstNode{}, err) {
						return false
					}
					continue
				}
				if !walk(c) {
					return false
				}
			}
			return true
		}
		g, err := p.page(p.nodes)
		if err != nil {
			yield(pstNode{}, err)
			return
		}
		walk(g)
	}
}

// pstRead is the reading of one message: what is left of its limits, and what went wrong.
type pstRead struct {
	*PST
	ctx    context.Context
	left   int64 // bytes
	blocks int   // to be looked up
	wrong  []string
}

func (p *PST) reading(ctx context.Context) *pstRead {
	return &pstRead{PST: p, ctx: ctx, left: p.limits.Bytes, blocks: 1 << 18}
}

// note says what went wrong, once.
func (r *pstRead) note(why string) {
	for _, w := range r.wrong {
		if w == why {
			return
		}
	}
	r.wrong = append(r.wrong, why)
}

// block is the bytes of one block. One whose checksum is wrong is returned all the same.
func (r *pstRead) block(id uint64) ([]byte, error) {
	if err := r.ctx.Err(); err != nil {
		return nil, err
	}
	if r.blocks--; r.blocks < 0 {
		return nil, errPSTOver
	}
	e, err := r.find(r.PST.blocks, id&^1)
	if err != nil {
		return nil, err
	}
	n := r.ids()
	if len(e) < 2*n+2 {
		return nil, errPST
	}
	at, size := int64(r.id(e[n:])), int64(u16(e[2*n:]))
	trailer := int64(16)
	if !r.wide {
		trailer = 12
	}
	whole := (size + trailer + 63) / 64 * 64
	if at < pstPageSize || whole > pstBlockMost || at > r.size-whole {
		return nil, errPST
	}
	if r.left -= size; r.left < 0 {
		return nil, errPSTOver
	}
	b := make([]byte, whole)
	if _, err := r.r.ReadAt(b, at); err != nil {
		return nil, err
	}
	t := b[whole-trailer:]
	sum := u32(t[4:])
	if !r.wide {
		sum = u32(t[8:])
	}
	b = b[:size]
	if crc(b) != sum {
		r.note(errPSTCheck.Error() + "; what stands there may be wrong")
	}
	if id&2 == 0 {
		pstDecode(b, r.crypt, uint32(id))
	}
	return b, nil
}

// data is what a node holds, in the blocks in which it stands. A list of blocks may be one of lists.
func (r *pstRead) data(id uint64) ([][]byte, error) {
	if id == 0 {
		return nil, nil
	}
	return r.tree(id, 3)
}

func (r *pstRead) tree(id uint64, level int) ([][]byte, error) {
	b, err := r.block(id)
	if err != nil || id&2 == 0 {
		return [][]byte{b}, err
	}
	if len(b) < 8 || b[0] != 1 || b[1] < 1 || int(b[1]) >= level {
		return nil, errPST
	}
	n := int(u16(b[2:]))
	level, b = int(b[1]), b[8:]
	if n*r.ids() > len(b) {
		return nil, errPST
	}
	var out [][]byte
	for i := range n {
		at := r.id(b[i*r.ids():])
		if at&2 != 0 && level < 2 {
			return out, errPST
		}
		more, err := r.tree(at, level)
		out = append(out, more...)
		if err != nil {
			return out, err
		}
	}
	return out, nil
}

// subnodes are the nodes within a node.
func (r *pstRead) subnodes(id uint64) (map[uint32]pstNode, error) {
	out := map[uint32]pstNode{}
	if id == 0 {
		return out, nil
	}
	return out, r.subtree(id, 2, out)
}

func (r *pstRead) subtree(id uint64, level int, out map[uint32]pstNode) error {
	b, err := r.block(id)
	if err != nil {
		return err
	}
	if id&2 == 0 || len(b) < 4 || b[0] != 2 || int(b[1]) >= level {
		return errPST
	}
	count, head, n := int(u16(b[2:])), 4, r.ids()
	if r.wide {
		head = 8
	}
	width := 3 * n
	if b[1] > 0 {
		width = 2 * n
	}
	if head+count*width > len(b) {
		return errPST
	}
	for i := range count {
		e := b[head+i*width:]
		if b[1] > 0 {
			if err := r.subtree(r.id(e[n:]), int(b[1]), out); err != nil {
				return err
			}
			continue
		}
		s := pstNode{id: uint32(r.id(e)), data: r.id(e[n:]), sub: r.id(e[2*n:])}
		out[s.id] = s
	}
	return nil
}

// pstDecode undoes the encodings that archives have, neither of which keeps a secret (MS-PST, 5.1 and 5.2).
func pstDecode(b []byte, crypt byte, key uint32) {
	switch crypt {
	case 1:
		for i, c := range b {
			b[i] = pstI[c]
		}
	case 2:
		w := uint16(key ^ key>>16)
		for i, c := range b {
			lo, hi := byte(w), byte(w>>8)
			b[i] = pstI[pstS[pstR[c+lo]+hi]-hi] - lo
			w++
		}
	}
}

// The tables of the encodings: pstI undoes pstR, and pstS itself.
var (
	pstR = unhex(pstTableR)
	pstS = unhex(pstTableS)
	pstI = inverse(pstR)
)

func inverse(t [256]byte) (out [256]byte) {
	for i, c := range t {
		out[c] = byte(i)
	}
	return out
}

func concat(b [][]byte) []byte {
	if len(b) == 1 {
		return b[0]
	}
	return bytes.Join(b, nil)
}
