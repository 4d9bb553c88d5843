package doc

// pstHeap is a node as a heap of small pieces (MS-PST, 2.3.1), in which lists and tables of
// properties are kept. Pieces that are larger than a block are nodes within the node.
type pstHeap struct {
	r      *pstRead
	blocks [][]byte
	sub    map[uint32]pstNode
}

func (r *pstRead) heap(data uint64, sub map[uint32]pstNode) (*pstHeap, error) {
	blocks, err := r.data(data)
	if err != nil {
		return nil, err
	}
	if len(blocks) == 0 || len(blocks[0]) < 12 || blocks[0][2] != 0xEC {
		return nil, errPST
	}
	return &pstHeap{r: r, blocks: blocks, sub: sub}, nil
}

// piece is one of the pieces in the heap itself, by its number: block, and place in it.
func (h *pstHeap) piece(hid uint32) ([]byte, error) {
	block, i := int(hid>>16), int(hid&0xFFFF)>>5
	if hid&pstKind != 0 || i == 0 || block >= len(h.blocks) || len(h.blocks[block]) < 2 {
		return nil, errPST
	}
	b := h.blocks[block]
	at := int(u16(b))
	if at+4 > len(b) {
		return nil, errPST
	}
	count := int(u16(b[at:]))
	at += 4
	if i > count || at+2*count+2 > len(b) {
		return nil, errPST
	}
	from, to := int(u16(b[at+2*i-2:])), int(u16(b[at+2*i:]))
	if from > to || to > len(b) {
		return nil, errPST
	}
	return b[from:to], nil
}

// pieces is what a number stands for, which may be a node within the node, in its blocks.
func (h *pstHeap) pieces(hnid uint32) ([][]byte, error) {
	if hnid == 0 {
		return nil, nil
	}
	if hnid&pstKind == 0 {
		b, err := h.piece(hnid)
		return [][]byte{b}, err
	}
	n, ok := h.sub[hnid]
	if !ok {
		return nil, errPSTNode
	}
	return h.r.data(n.data)
}

func (h *pstHeap) bytes(hnid uint32) ([]byte, error) {
	b, err := h.pieces(hnid)
	if err != nil {
		return nil, err
	}
	return concat(b), nil
}

// pstValue is a property: a number, or where its bytes are.
type pstValue struct {
	kind   uint16
	hnid   uint32
	inline [4]byte
}

// context is a list of properties (MS-PST, 2.3.3): a tree, the leaves of which are
// identifier, kind and value.
func (h *pstHeap) context() (map[uint16]pstValue, error) {
	if h.blocks[0][3] != 0xBC {
		return nil, errPST
	}
	head, err := h.piece(u32(h.blocks[0][4:]))
	if err != nil {
		return nil, err
	}
	if len(head) < 8 || head[0] != 0xB5 || head[1] != 2 || head[2] != 6 || head[3] > 4 {
		return nil, errPST
	}
	out := map[uint16]pstValue{}
	left := 1 << 12 // branches: more than any list of 65,536 has
	var walk func(hid uint32, level byte) error
	walk = func(hid uint32, level byte) error {
		if left--; left < 0 {
			return errPST
		}
		if hid == 0 {
			return nil
		}
		b, err := h.piece(hid)
		if err != nil {
			return err
		}
		if level > 0 {
			for ; len(b) >= 6; b = b[6:] {
				if err := walk(u32(b[2:]), level-1); err != nil {
					return err
				}
			}
			return nil
		}
		for ; len(b) >= 8; b = b[8:] {
			out[u16(b)] = pstValue{kind: u16(b[2:]), hnid: u32(b[4:]), inline: [4]byte(b[4:8])}
		}
		return nil
	}
	return out, walk(u32(head[4:]), head[3])
}

// recipients reads the table of them (MS-PST, 2.3.4): rows of one width, which do not cross
// from one block into the next.
func (r *pstRead) recipients(n pstNode, legacy int) ([]properties, error) {
	sub, err := r.subnodes(n.sub)
	if err != nil {
		return nil, err
	}
	h, err := r.heap(n.data, sub)
	if err != nil {
		return nil, err
	}
	if h.blocks[0][3] != 0x7C {
		return nil, errPST
	}
	info, err := h.piece(u32(h.blocks[0][4:]))
	if err != nil {
		return nil, err
	}
	if len(info) < 22 || info[0] != 0x7C || len(info) < 22+8*int(info[1]) {
		return nil, errPST
	}
	bitmap, width := int(u16(info[6:])), int(u16(info[8:])) // where the fixed part ends, and the row
	type column struct {
		kind          uint16
		at, size, bit int
	}
	columns := map[uint16]column{}
	for c := range int(info[1]) {
		b := info[22+8*c:]
		columns[u16(b[2:])] = column{kind: u16(b), at: int(u16(b[4:])), size: int(b[6]), bit: int(b[7])}
	}
	blocks, err := h.pieces(u32(info[14:]))
	if err != nil {
		return nil, err
	}
	if width < 4 || bitmap > width {
		return nil, errPST
	}
	var out []properties
	for _, b := range blocks {
		for ; len(b) >= width; b = b[width:] {
			row := b[:width]
			out = append(out, properties{legacy: legacy, value: func(id, kind uint16) []byte {
				c, ok := columns[id]
				if !ok || c.kind != kind || c.at+4 > width || bitmap+c.bit/8 >= width || row[bitmap+c.bit/8]&(0x80>>(c.bit%8)) == 0 {
					return nil
				}
				if kind == kindLong {
					return row[c.at : c.at+4]
				}
				v, err := h.bytes(u32(row[c.at:]))
				if err != nil {
					r.note("the " + recipientPart(id) + " of a recipient cannot be read: " + pstReason(err))
				}
				return v
			}})
			if len(out) >= pstRecipientsMost {
				r.note("more than " + Thousands(pstRecipientsMost) + " recipients; the rest were not read")
				return out, nil
			}
		}
	}
	return out, nil
}

const pstRecipientsMost = 10000

func recipientPart(id uint16) string {
	if id == propName {
		return "name"
	}
	return "address"
}
