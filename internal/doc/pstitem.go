package doc

import (
	"cmp"
	"context"
	"errors"
	"fmt"
	"iter"
	"maps"
	"slices"
	"strings"
)

// The kinds of node, in the low five bits of its identifier (MS-PST, 2.2.2.1), and the nodes
// that stand in a place of their own.
const (
	pstKind       = 0x1F
	pstFolder     = 0x02
	pstMessage    = 0x04
	pstAttached   = 0x05
	pstHidden     = 0x08 // settings of Outlook's that it keeps as messages: views, rules
	pstStore      = 0x21
	pstNames      = 0x61
	pstRoot       = 0x122
	pstRecipients = 0x692
)

// Name is what the archive is called, which where a mailbox was exported is often its owner.
func (p *PST) Name() string { return p.name }

// PSTItem is a message of an archive, or what else Outlook keeps as it keeps messages.
type PSTItem struct {
	ID     uint32 // which the item keeps for as long as it is in the archive
	Folder string // "Inbox/Repairs"; empty if its folder is gone
	node   pstNode
}

// Items lists what is in the archive, in the order of the items' ids. Errors stand
// between the items where some cannot be listed.
func (p *PST) Items(ctx context.Context) iter.Seq2[PSTItem, error] {
	return func(yield func(PSTItem, error) bool) {
		for n, err := range p.all(ctx) {
			if err == nil && n.id&pstKind != pstMessage {
				continue
			}
			if !yield(PSTItem{ID: n.id, Folder: p.folder[n.parent], node: n}, err) {
				return
			}
		}
	}
}

// Settings is how many items the archive holds that are hidden in Outlook: views,
// rules and the like, which Items leaves out.
func (p *PST) Settings() int { return p.hidden }

// Item finds an item by its id.
func (p *PST) Item(id uint32) (PSTItem, error) {
	if id&pstKind != pstMessage {
		return PSTItem{}, errPSTNode
	}
	n, err := p.findNode(id)
	return PSTItem{ID: id, Folder: p.folder[n.parent], node: n}, err
}

// Mail reads an item. Of one that is damaged it returns what it can, with Problems.
func (p *PST) Mail(ctx context.Context, item PSTItem) *Mail {
	return p.mail(ctx, item, func(o *outlookObject, parts *int) *Mail {
		return outlookMail(o, p.limits.Nesting, parts, p.limits)
	})
}

// Head reads no more of an item than what tells which it is and what it answers: ID, InReplyTo,
// References and Subject.
func (p *PST) Head(ctx context.Context, item PSTItem) *Mail {
	return p.mail(ctx, item, func(o *outlookObject, parts *int) *Mail {
		bare := *o
		bare.recipients, bare.attachments, bare.rest = nil, nil, nil
		bare.value = func(id, kind uint16) []byte {
			switch id {
			case propBody, propHTML, propRTF:
				return nil
			}
			return o.value(id, kind)
		}
		return outlookMail(&bare, 1, parts, p.limits)
	})
}

func (p *PST) mail(ctx context.Context, item PSTItem, as func(*outlookObject, *int) *Mail) (m *Mail) {
	ctx, cancel := context.WithTimeout(ctx, p.limits.Time)
	defer cancel()
	r := p.reading(ctx)
	defer func() {
		if e := recover(); e != nil { // a slip of this reader's over somebody's broken bytes
			m = &Mail{}
			m.lost("", "the item is damaged in a way that broke its reader")
		}
	}()
	o, err := r.object(item.node, p.limits.Nesting)
	if err != nil {
		m = &Mail{}
		m.lost("", "cannot be read: "+pstReason(err))
		return m
	}
	parts := p.limits.Parts
	m = as(o, &parts)
	for _, w := range r.wrong {
		m.lost("", w)
	}
	return m
}

func pstReason(err error) string {
	if errors.Is(err, context.DeadlineExceeded) {
		return "it took longer than the limit of time"
	}
	return err.Error()
}

// object is the message that a node holds.
func (r *pstRead) object(n pstNode, nesting int) (*outlookObject, error) {
	sub, err := r.subnodes(n.sub)
	if err != nil {
		r.note("some of it cannot be found: " + pstReason(err))
	}
	h, err := r.heap(n.data, sub)
	if err != nil {
		return nil, err
	}
	props, err := h.context()
	if err != nil {
		return nil, err
	}
	o := &outlookObject{properties: r.properties(h, props, 1252)}
	for _, id := range [...]uint16{propInternetPage, propCodePage} {
		if page := o.number(id); codePage(page) != nil {
			o.legacy = page
		}
	}
	o.class = o.text(propClass)
	if !isMail(o.class) {
		var list [][2]uint16
		for _, id := range slices.Sorted(maps.Keys(props)) {
			list = append(list, [2]uint16{id, props[id].kind})
		}
		o.rest = fieldsOf(o.properties, r.names, list)
	}
	if t, ok := sub[pstRecipients]; ok {
		if o.recipients, err = r.recipients(t, o.legacy); err != nil {
			r.note("its recipients cannot be read: " + pstReason(err))
		}
	}
	for _, id := range slices.Sorted(maps.Keys(sub)) {
		if id&pstKind != pstAttached {
			continue
		}
		a, err := r.attached(sub[id], o.legacy, nesting)
		if err != nil {
			r.note("an attachment cannot be read: " + pstReason(err))
			continue
		}
		o.attachments = append(o.attachments, a)
	}
	return o, nil
}

// attached is an attachment. Its bytes are read when they are asked for.
func (r *pstRead) attached(n pstNode, legacy, nesting int) (outlookAttached, error) {
	sub, err := r.subnodes(n.sub)
	if err != nil {
		return outlookAttached{}, err
	}
	h, err := r.heap(n.data, sub)
	if err != nil {
		return outlookAttached{}, err
	}
	props, err := h.context()
	if err != nil {
		return outlookAttached{}, err
	}
	a := outlookAttached{properties: r.properties(h, props, legacy)}
	o, ok := props[propAttached]
	if !ok || o.kind != kindObject {
		return a, nil
	}
	a.object = true
	b, err := h.bytes(o.hnid)
	if err != nil || len(b) < 4 {
		return a, nil
	}
	inner, ok := sub[u32(b)]
	if method := a.number(propMethod); !ok || method != 5 || nesting <= 1 {
		if ok && method == 6 { // a document of another program's, as its bytes
			if whole, err := r.data(inner.data); err == nil {
				a.object = false
				read := a.value
				a.value = func(id, kind uint16) []byte {
					if id == propAttached && kind == kindBinary {
						return concat(whole)
					}
					return read(id, kind)
				}
			}
		}
		return a, nil
	}
	a.message = func() *outlookObject {
		o, err := r.object(inner, nesting-1)
		if err != nil {
			r.note("an attached message cannot be read: " + pstReason(err))
			return &outlookObject{properties: properties{value: func(uint16, uint16) []byte { return nil }}}
		}
		return o
	}
	return a, nil
}

// properties reads those of a property context. What cannot be read of them is noted.
func (r *pstRead) properties(h *pstHeap, props map[uint16]pstValue, legacy int) properties {
	return properties{legacy: legacy, value: func(id, kind uint16) []byte {
		v, ok := props[id]
		if !ok || v.kind != kind {
			return nil
		}
		if v.kind == kindLong {
			return v.inline[:]
		}
		b, err := h.bytes(v.hnid)
		switch {
		case errors.Is(err, errPSTOver):
			r.note(fmt.Sprintf("%s is larger than what is left of the limit of %s bytes for a message, and was not read", what(id), Thousands(r.limits.Bytes)))
		case err != nil:
			r.note(what(id) + " cannot be read: " + pstReason(err))
		}
		return b
	}}
}

func what(id uint16) string {
	switch id {
	case propBody, propHTML, propRTF:
		return "its body"
	case propAttached:
		return "an attachment"
	}
	return "its " + strings.ToLower(fieldName(id, nil))
}

// list reads the properties of a node that stands by itself.
func (r *pstRead) list(n pstNode) (properties, error) {
	sub, err := r.subnodes(n.sub)
	if err != nil {
		return properties{}, err
	}
	h, err := r.heap(n.data, sub)
	if err != nil {
		return properties{}, err
	}
	props, err := h.context()
	return r.properties(h, props, 1252), err
}

// readNames reads what the archive is called and the names that it gives to properties. It
// may do without either.
func (p *PST) readNames(ctx context.Context) error {
	r := p.reading(ctx)
	for _, id := range [...]uint32{pstStore, pstNames} {
		n, err := p.findNode(id)
		if errors.Is(err, errPSTNode) {
			continue
		}
		if err != nil {
			return err
		}
		v, err := r.list(n)
		if err != nil {
			return err
		}
		if id == pstStore {
			p.name = v.text(propName)
		} else {
			p.names = namedProperties(v.bytes(3), v.bytes(4))
		}
	}
	return nil
}

// readFolders finds the paths of folders. Those of hostile archives may go in circles, or be
// as deep as there are folders: they end where they do.
func (p *PST) readFolders(ctx context.Context) error {
	type folder struct {
		name   string
		parent uint32
	}
	found := map[uint32]folder{}
	for n, err := range p.all(ctx) {
		if err != nil {
			if ctx.Err() != nil {
				return err
			}
			continue // Items meets the same error, and says so
		}
		switch n.id & pstKind {
		case pstHidden:
			p.hidden++
			continue
		case pstFolder:
		default:
			continue
		}
		name := fmt.Sprintf("folder %X", n.id)
		if v, err := p.reading(ctx).list(n); err == nil {
			name = cmp.Or(strings.ReplaceAll(v.text(propName), "/", "∕"), name)
		}
		found[n.id] = folder{name, n.parent}
	}
	p.folder = map[uint32]string{}
	for id := range found {
		var path []string
		for at := id; at != pstRoot && len(path) < 64; {
			f, ok := found[at]
			if !ok || f.parent == at {
				break
			}
			path = append(path, f.name)
			at = f.parent
		}
		slices.Reverse(path)
		p.folder[id] = strings.Join(path, "/")
	}
	return nil
}
