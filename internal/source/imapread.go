package source

import (
	"bytes"
	"context"
	"crypto/tls"
	"errors"
	"fmt"
	"strconv"
	"strings"

	"tenet/internal/doc"
)

// imapReader reads messages over one connection, and over another when that is lost.
type imapReader struct {
	*imap
	c     *imapConn
	batch map[uint32][]byte // messages fetched and not read yet
	of    string            // the folder of the batch
}

const (
	imapTries     = 4   // connections in a row without progress
	imapHeads     = 500 // headers asked for at once
	imapBatch     = 32  // messages asked for at once
	imapBatchSize = 8 << 20
	imapSlack     = 1 << 20 // bytes that a server may add around what it is asked for
)

func (r *imapReader) close() {
	if r.c != nil {
		r.keep(r.c)
	}
}

// try does something over the connection, and again over a new one if it is lost.
func (r *imapReader) try(ctx context.Context, do func(*imapConn) error) error {
	for left := imapTries; ; left-- {
		err := error(nil)
		if r.c == nil {
			r.c, err = r.take(ctx)
		}
		if err == nil {
			err = do(r.c)
		}
		if err == nil {
			return nil
		}
		if r.c != nil {
			r.c.Close()
			r.c = nil
		}
		var cert *tls.CertificateVerificationError
		if ctx.Err() != nil || left <= 1 || !lost(err) || errors.As(err, &cert) {
			return err
		}
	}
}

// index lists the messages of all folders by their headers, or has them from the last time if
// no folder has changed.
func (r *imapReader) index(ctx context.Context) (*post, error) {
	var folders []imapFolder
	var st string
	err := r.try(ctx, func(c *imapConn) (err error) {
		folders, st, err = r.stand(ctx, c, r.report)
		return err
	})
	if err != nil {
		return nil, err
	}
	r.mu.Lock()
	defer r.mu.Unlock()
	if r.known != nil && r.stood == st {
		return r.known, nil
	}
	var list []letter
	var heads []header
	for _, f := range folders {
		before := len(list)
		err := r.try(ctx, func(c *imapConn) error {
			list, heads = list[:before], heads[:before] // places in a folder may have moved since
			return r.heads(ctx, c, f, func(l letter, h header) { list, heads = append(list, l), append(heads, h) })
		})
		var no *imapRefused
		if errors.As(err, &no) {
			list, heads = list[:before], heads[:before]
			r.report(Problem{Table: messageTable, Key: f.name, Why: "the folder cannot be read: " + err.Error(), Mend: "give the login read rights on it, or choose folders in the URL"})
			continue
		}
		if err != nil {
			return nil, err
		}
	}
	r.known, r.stood = arrange(list, heads), st
	return r.known, nil
}

// heads lists the messages of one folder. Their places in it stay for as long as nothing but FETCH
// is asked (RFC 3501, 7.4.1).
func (r *imapReader) heads(ctx context.Context, c *imapConn, f imapFolder, found func(letter, header)) error {
	if err := f.examine(ctx, c); err != nil {
		return err
	}
	seen := map[uint32]bool{}
	for from := uint32(1); from <= f.messages && from > 0; from += imapHeads {
		to := min(f.messages, from+imapHeads-1)
		_, err := c.do(ctx, fmt.Sprintf("FETCH %d:%d (UID RFC822.SIZE BODY.PEEK[HEADER.FIELDS (MESSAGE-ID IN-REPLY-TO REFERENCES SUBJECT)])", from, to), imapHeads*headerLimit, func(p imapReply) error {
			uid, size, head := imapFetched(p)
			if uid == 0 || seen[uid] {
				return nil
			}
			seen[uid] = true
			place := fmt.Sprintf("%s;UIDVALIDITY=%d;UID=%d", f.name, f.validity, uid)
			found(letter{file: f.wire, folder: f.name, mailbox: r.login.user, place: place, id: place, item: uid, offset: int64(f.validity), size: int64(size)}, readHeader(bytes.NewReader(head)))
			return nil
		})
		if err != nil {
			return err
		}
	}
	if n := int(f.messages) - len(seen); n > 0 {
		r.report(Problem{Table: messageTable, Key: f.name, Why: fmt.Sprintf("the server says that there are %d messages more than it lists", n)})
	}
	return nil
}

// imapFetched takes apart what FETCH tells of one message.
func imapFetched(p imapReply) (uid, size uint32, body []byte) {
	if p.word(1) != "FETCH" || len(p.items) < 3 {
		return 0, 0, nil
	}
	list, _ := p.items[2].([]any)
	for i := 0; i+1 < len(list); i += 2 {
		switch key := strings.ToUpper(imapString(list[i])); {
		case key == "UID":
			uid = imapNumber(list[i+1])
		case key == "RFC822.SIZE":
			size = imapNumber(list[i+1])
		case strings.HasPrefix(key, "BODY["):
			body = []byte(imapString(list[i+1]))
		}
	}
	return uid, size, body
}

// mail reads the first of the messages, and fetches some of those after it from the same
// folder with it.
func (r *imapReader) mail(ctx context.Context, list []letter) (*doc.Mail, error) {
	l := list[0]
	raw, ok := r.batch[l.item]
	if !ok || r.of != l.file {
		err := r.try(ctx, func(c *imapConn) error { return r.fetch(ctx, c, list) })
		if nonsense(err) && len(list) > 1 { // of which of them, it shows when they are asked for one by one
			err = r.try(ctx, func(c *imapConn) error { return r.fetch(ctx, c, list[:1]) })
		}
		if nonsense(err) {
			return unread("the server's account of the message cannot be read: " + err.Error()), nil
		}
		if err != nil {
			return nil, err
		}
		raw, ok = r.batch[l.item]
	}
	delete(r.batch, l.item)
	if !ok {
		return unread("the server lists the message and does not give it; it may have been deleted meanwhile"), nil
	}
	return doc.ReadMail(bytes.NewReader(raw), r.opts.Limits.Document), nil
}

func nonsense(err error) bool { return errors.Is(err, errIMAPForm) || errors.Is(err, errIMAPMost) }

// unread is a message of which nothing could be read.
func unread(why string) *doc.Mail {
	return &doc.Mail{Problems: []doc.Problem{{Why: why, Lost: true}}}
}

// fetch fills the batch. Of a message no more is asked for than the limit, and one byte by which to
// know that there was more.
func (r *imapReader) fetch(ctx context.Context, c *imapConn, list []letter) error {
	f := imapFolder{wire: list[0].file, name: list[0].folder, validity: uint32(list[0].offset)}
	if err := f.examine(ctx, c); err != nil {
		return err
	}
	most := r.opts.Limits.Document.Bytes
	if most <= 0 {
		most = 64 << 20
	}
	var uids []string
	want := map[uint32]bool{}
	var total int64
	for _, l := range list {
		n := min(l.size, most+1)
		if l.file != f.wire || len(uids) == imapBatch || len(uids) > 0 && total+n > imapBatchSize {
			break
		}
		uids, total = append(uids, strconv.FormatUint(uint64(l.item), 10)), total+n
		want[l.item] = true
	}
	if len(uids) == 1 {
		total = most + 1 // whatever the server has said of its size
	}
	r.of = f.wire
	r.batch = map[uint32][]byte{}
	_, err := c.do(ctx, fmt.Sprintf("UID FETCH %s (UID BODY.PEEK[]<0.%d>)", strings.Join(uids, ","), most+1), 2*total+imapSlack, func(p imapReply) error {
		uid, _, body := imapFetched(p)
		if want[uid] && body != nil {
			r.batch[uid] = body
		}
		return nil
	})
	return err
}
