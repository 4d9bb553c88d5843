package desk

import (
	"bufio"
	"context"
	"encoding/json"
	"io"
	"os"

	"tenet/internal/contact"
	"tenet/internal/pack"
)

// ReturnKept writes what Tenet itself keeps of the customers of a client whose contract has
// ended into a new file, for return to the client (UK GDPR Art 28(3)(g)), and then deletes
// it: one JSON object a line, each with an entry, an authority or a check. Stopped before it
// deleted, it has deleted nothing and is done again into another file.
func (d *Desk) ReturnKept(ctx context.Context, by, id, path string) (contact.Counts, error) {
	var n contact.Counts
	if _, err := d.client(id); err != nil {
		return n, err
	}
	if err := d.everywhere(ctx); err != nil {
		return n, err
	}
	ended, err := d.ended()
	if err != nil {
		return n, err
	}
	if ended[id] == "" {
		return n, &Error{Code: "client", What: "its contract has not ended, and what is kept of its customers is needed", Where: id, Mend: "end it first: tenet client end " + id + " --confirm " + id}
	}
	if _, err := os.Stat(path); err == nil {
		return n, &Error{Code: "file", What: "is there already", Where: path, Mend: "name a new file"}
	}
	x, err := d.contactsIn(id)
	if err != nil {
		return n, err
	}
	err = pack.WriteFile(path, func(w io.Writer) (err error) {
		n, err = writeKept(ctx, x, w)
		return err
	})
	if err != nil {
		return n, err
	}
	return n, contactError(x.Leave(ctx, by, n))
}

// writeKept writes everything that is kept, one object a line.
func writeKept(ctx context.Context, x *contact.Contacts, w io.Writer) (n contact.Counts, err error) {
	to := bufio.NewWriter(w)
	each := json.NewEncoder(to)
	for k, err := range x.All(ctx) {
		if err != nil {
			return n, err
		}
		switch {
		case k.Entry != nil:
			n.Entries++
		case k.Authority != nil:
			n.Authorities++
		default:
			n.Checks++
		}
		if err := each.Encode(k); err != nil {
			return n, err
		}
	}
	return n, to.Flush()
}
