package source

import (
	"bufio"
	"bytes"
	"context"
	"errors"
	"io"
	"os"
	"path"
	"regexp"
	"strconv"
	"strings"

	"tenet/internal/doc"
)

// mboxFormat is the mailbox file of Unix: messages one after another, each behind a line
// that begins with "From ".
var mboxFormat = mailFormat{engine: "mbox", title: "mbox", ext: []string{".mbox", ".mbx"}, mend: "give Tenet read permission on it", list: splitMbox, reader: readMbox}

// separator is the line before each message: "From ", usually a sender, and a
// date as asctime writes it. Anything looser would cut messages in two where
// someone writes "From here on...".
var separator = regexp.MustCompile(`^From .*\b(Mon|Tue|Wed|Thu|Fri|Sat|Sun),? +((Jan|Feb|Mar|Apr|May|Jun|Jul|Aug|Sep|Oct|Nov|Dec) +\d{1,2}|\d{1,2} +(Jan|Feb|Mar|Apr|May|Jun|Jul|Aug|Sep|Oct|Nov|Dec))\b.*\d{1,2}:\d{2}`)

// splitMbox finds the messages of one file.
func splitMbox(ctx context.Context, b *base, root *os.Root, f file, found func(letter, header)) error {
	in, err := root.Open(f.path)
	if err != nil {
		return err
	}
	defer in.Close()
	var (
		r     = bufio.NewReaderSize(in, 64<<10)
		at    int64       // of the line being read
		start = int64(-1) // of the message being read
		head  bytes.Buffer
		body  bool // past its headers
		whole = true
	)
	end := func() {
		if start >= 0 {
			found(letter{file: f.path, folder: strings.TrimSuffix(f.show, path.Ext(f.show)), place: f.show + "@" + strconv.FormatInt(start, 10), offset: start, size: at - start}, readHeader(&head))
		}
		head.Reset()
		start, body = at, false
	}
	for {
		line, err := r.ReadSlice('\n')
		atStart := whole
		whole = err == nil
		if errors.Is(err, bufio.ErrBufferFull) {
			err = nil
		}
		switch blank := len(bytes.TrimSpace(line)) == 0; {
		case atStart && bytes.HasPrefix(line, []byte("From ")) && separator.Match(line):
			if ctx.Err() != nil {
				return ctx.Err()
			}
			end()
		case start < 0 && !blank:
			b.report(Problem{Table: messageTable, Key: f.show, Why: "does not begin as a mailbox does; what stands before the first message was read as one"})
			end()
			head.Write(line)
		case blank && atStart && head.Len() > 0:
			body = true
		case start >= 0 && !body && head.Len() < headerLimit:
			head.Write(line)
		}
		at += int64(len(line))
		if err == io.EOF {
			end()
			return nil
		}
		if err != nil {
			return err
		}
	}
}

// readMbox reads messages by their place in a file.
func readMbox(root *os.Root, limits doc.Limits) (read func(context.Context, []letter) (*doc.Mail, error), shut func()) {
	var in *os.File
	var name string
	shut = func() {
		if in != nil {
			in.Close()
		}
	}
	read = func(_ context.Context, list []letter) (*doc.Mail, error) {
		l := list[0]
		if in == nil || name != l.file {
			shut()
			var err error
			if in, err = root.Open(l.file); err != nil {
				in = nil
				return nil, err
			}
			name = l.file
		}
		section := io.NewSectionReader(in, l.offset, l.size)
		return doc.ReadMail(&unquoteFrom{r: bufio.NewReader(section)}, limits), nil
	}
	return read, shut
}

// unquoteFrom takes off the ">" that a mailbox puts before a line of a message that
// begins with "From ".
type unquoteFrom struct {
	r       *bufio.Reader
	pending []byte
	midLine bool
}

func (u *unquoteFrom) Read(p []byte) (int, error) {
	if len(u.pending) == 0 {
		line, err := u.r.ReadSlice('\n')
		if errors.Is(err, bufio.ErrBufferFull) {
			err = nil
		}
		if len(line) == 0 {
			return 0, err
		}
		ended := line[len(line)-1] == '\n'
		if !u.midLine && line[0] == '>' && bytes.HasPrefix(bytes.TrimLeft(line, ">"), []byte("From ")) {
			line = line[1:]
		}
		u.midLine = !ended
		u.pending = line
	}
	n := copy(p, u.pending)
	u.pending = u.pending[n:]
	return n, nil
}
