package source

import (
	"context"
	"fmt"
	"os"
	"strconv"

	"tenet/internal/doc"
)

// pstFormat is the archive of Outlook. A message is known by its file and the number that
// Outlook gave it there, which it keeps.
var pstFormat = mailFormat{engine: "pst", title: "Outlook archive", ext: []string{".pst", ".ost"}, mend: "mend the archive with Outlook's scanpst, or export it again", list: listPST, reader: readPST}

// openPST opens an archive within a folder.
func openPST(ctx context.Context, root *os.Root, path string, l doc.Limits) (*doc.PST, *os.File, error) {
	in, err := root.Open(path)
	if err != nil {
		return nil, nil, err
	}
	info, err := in.Stat()
	if err == nil {
		var a *doc.PST
		if a, err = doc.OpenPST(ctx, in, info.Size(), l); err == nil {
			return a, in, nil
		}
	}
	in.Close()
	return nil, nil, err
}

// listPST lists the items of an archive with what threads need to know of them.
func listPST(ctx context.Context, b *base, root *os.Root, f file, found func(letter, header)) error {
	a, in, err := openPST(ctx, root, f.path, b.opts.Limits.Document)
	if err != nil {
		return err
	}
	defer in.Close()
	for item, err := range a.Items(ctx) {
		if ctx.Err() != nil {
			return ctx.Err()
		}
		if err != nil {
			b.report(Problem{Table: messageTable, Key: f.show, Why: "some items cannot be listed: " + err.Error(), Mend: "mend the archive with Outlook's scanpst"})
			continue
		}
		place := f.show + "@" + strconv.FormatUint(uint64(item.ID), 16)
		found(letter{file: f.path, place: place, id: place, item: item.ID, folder: item.Folder, mailbox: a.Name()}, headerOf(a.Head(ctx, item)))
	}
	if n := a.Settings(); n > 0 {
		b.report(Problem{Table: messageTable, Key: f.show, Why: fmt.Sprintf("%s hidden items are settings of Outlook's, such as views and rules, and are not read", doc.Thousands(int64(n)))})
	}
	return nil
}

// readPST reads items by their numbers.
func readPST(root *os.Root, limits doc.Limits) (read func(context.Context, []letter) (*doc.Mail, error), shut func()) {
	var in *os.File
	var a *doc.PST
	var name string
	shut = func() {
		if in != nil {
			in.Close()
		}
	}
	read = func(ctx context.Context, list []letter) (*doc.Mail, error) {
		l := list[0]
		if in == nil || name != l.file {
			shut()
			in = nil
			var err error
			if a, in, err = openPST(ctx, root, l.file, limits); err != nil {
				return nil, err
			}
			name = l.file
		}
		item, err := a.Item(l.item)
		if err != nil {
			return nil, err
		}
		return a.Mail(ctx, item), nil
	}
	return read, shut
}
