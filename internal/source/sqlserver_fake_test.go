package source

import (
	"bytes"
	wire "encoding/binary"
	"io"
	"net"
	"slices"
	"sync"
	"testing"
	"unicode/utf16"
)

// fakeTDS speaks as much of SQL Server's protocol (MS-TDS) as the driver needs: it lets
// a login in, and answers each statement as a function says. It shows what goes over the wire and
// that the driver takes it; that a real server understands the SQL it does not show.
type fakeTDS struct {
	addr   string
	answer func(sql string) wireReply

	mu    sync.Mutex
	asked []string
	conns []net.Conn
}

// wireReply is what the server sends back: rows of text, nil for a null; or an error;
// or nothing, until the client gives up.
type wireReply struct {
	rows    [][]any // string, []byte or nil
	columns int     // if there are no rows
	err     int32
	message string
	hang    bool
	cut     int // if not 0, the connection ends after so many rows
}

const (
	tdsBatch, tdsRPC, tdsReply, tdsAttention, tdsLogin, tdsPrelogin = 1, 3, 4, 6, 16, 18
)

func newFakeTDS(t testing.TB, answer func(sql string) wireReply) *fakeTDS {
	t.Helper()
	l, err := net.Listen("tcp", "127.0.0.1:0")
	if err != nil {
		t.Fatal(err)
	}
	f := &fakeTDS{addr: l.Addr().String(), answer: answer}
	var all sync.WaitGroup
	all.Go(func() {
		for {
			c, err := l.Accept()
			if err != nil {
				return
			}
			f.mu.Lock()
			f.conns = append(f.conns, c)
			f.mu.Unlock()
			all.Go(func() { defer c.Close(); f.serve(c) })
		}
	})
	t.Cleanup(func() {
		l.Close()
		f.mu.Lock()
		for _, c := range f.conns {
			c.Close()
		}
		f.mu.Unlock()
		all.Wait()
	})
	return f
}

// said are the statements asked so far that pass a test.
func (f *fakeTDS) said(pass func(string) bool) []string {
	f.mu.Lock()
	defer f.mu.Unlock()
	return slices.DeleteFunc(slices.Clone(f.asked), func(s string) bool { return !pass(s) })
}

func (f *fakeTDS) serve(c net.Conn) {
	for {
		kind, body, err := readTDS(c)
		if err != nil {
			return
		}
		var out bytes.Buffer
		switch kind {
		case tdsPrelogin: // version 15, no encryption
			out.Write([]byte{0, 0, 11, 0, 6, 1, 0, 17, 0, 1, 0xFF, 15, 0, 0, 0, 0, 0, 2})
		case tdsLogin:
			ack := append([]byte{1, 0x74, 0, 0, 4, 4}, ucs2("fake")...)
			ack = append(ack, 15, 0, 0, 0)
			token(&out, 0xAD, ack)
			done(&out, 0)
		case tdsAttention:
			done(&out, 0x20)
		case tdsBatch, tdsRPC:
			// An RPC is sp_executesql: the statement, then its parameters; all of them are text in here.
			sql := textOf(body)
			f.mu.Lock()
			f.asked = append(f.asked, sql)
			f.mu.Unlock()
			r := f.answer(sql)
			if r.hang {
				continue
			}
			if !r.write(&out) {
				sendTDS(c, out.Bytes(), false)
				return
			}
		}
		sendTDS(c, out.Bytes(), true)
	}
}

// write is the reply in tokens; false if the connection is to end in the middle.
func (r wireReply) write(out *bytes.Buffer) bool {
	if r.err != 0 {
		var b bytes.Buffer
		wire.Write(&b, wire.LittleEndian, r.err)
		b.Write([]byte{1, 16})
		wire.Write(&b, wire.LittleEndian, uint16(len(r.message)))
		b.Write(ucs2(r.message))
		b.Write([]byte{0, 0, 1, 0, 0, 0})
		token(out, 0xAA, b.Bytes())
		done(out, 2)
		return true
	}
	n := r.columns
	if len(r.rows) > 0 {
		n = len(r.rows[0])
	}
	if n > 0 {
		out.WriteByte(0x81)
		wire.Write(out, wire.LittleEndian, uint16(n))
		for i := range n {
			out.Write([]byte{0, 0, 0, 0, 1, 0})
			if slices.ContainsFunc(r.rows, func(row []any) bool { _, ok := row[i].([]byte); return ok }) {
				out.Write([]byte{0xA5, 0x40, 0x1F}) // varbinary(8000)
			} else {
				out.Write([]byte{0xE7, 0x40, 0x1F, 9, 4, 0xD0, 0, 0x34}) // nvarchar(4000)
			}
			out.WriteByte(0)
		}
	}
	for i, row := range r.rows {
		if r.cut > 0 && i == r.cut {
			return false
		}
		out.WriteByte(0xD1)
		for _, v := range row {
			var b []byte
			switch v := v.(type) {
			case nil:
				out.Write([]byte{0xFF, 0xFF})
				continue
			case string:
				b = ucs2(v)
			case []byte:
				b = v
			}
			wire.Write(out, wire.LittleEndian, uint16(len(b)))
			out.Write(b)
		}
	}
	done(out, 0)
	return true
}

func token(out *bytes.Buffer, kind byte, body []byte) {
	out.WriteByte(kind)
	wire.Write(out, wire.LittleEndian, uint16(len(body)))
	out.Write(body)
}

func done(out *bytes.Buffer, status uint16) {
	out.WriteByte(0xFD)
	wire.Write(out, wire.LittleEndian, status)
	out.Write(make([]byte, 10))
}

func readTDS(c net.Conn) (kind byte, body []byte, err error) {
	for {
		var head [8]byte
		if _, err := io.ReadFull(c, head[:]); err != nil {
			return 0, nil, err
		}
		part := make([]byte, int(wire.BigEndian.Uint16(head[2:]))-len(head))
		if _, err := io.ReadFull(c, part); err != nil {
			return 0, nil, err
		}
		body = append(body, part...)
		if head[1]&1 != 0 {
			return head[0], body, nil
		}
	}
}

// sendTDS sends a message in packets of 4,096 bytes; last is false where it is cut
// off.
func sendTDS(c net.Conn, body []byte, last bool) {
	for n := byte(1); ; n++ {
		part := body[:min(len(body), 4096-8)]
		body = body[len(part):]
		head := []byte{tdsReply, 0, 0, 0, 0, 0, n, 0}
		if len(body) == 0 && last {
			head[1] = 1
		}
		wire.BigEndian.PutUint16(head[2:], uint16(len(part)+8))
		if _, err := c.Write(append(head, part...)); err != nil || len(body) == 0 {
			return
		}
	}
}

func ucs2(s string) []byte {
	var out []byte
	for _, u := range utf16.Encode([]rune(s)) {
		out = wire.LittleEndian.AppendUint16(out, u)
	}
	return out
}

// textOf is what of a request is text in UTF-16, after the headers of every request.
func textOf(body []byte) string {
	body = body[min(len(body), int(wire.LittleEndian.Uint32(body))):]
	var out []uint16
	for i := 0; i+1 < len(body); {
		if u := wire.LittleEndian.Uint16(body[i:]); u >= ' ' && u < 0x250 || u == '\n' || u == '\t' {
			out = append(out, u)
			i += 2
		} else {
			i++ // a length or a type, which may put what follows at an odd place
		}
	}
	return string(utf16.Decode(out))
}
