package cli

import (
	"fmt"
	"io"
	"os"

	"tenet/internal/desk"
	"tenet/internal/store"
)

type storeCmd struct {
	Backup  storeBackupCmd  `cmd:"" help:"Write all of Tenet's own tables to a file, while others work."`
	Restore storeRestoreCmd `cmd:"" help:"Fill an empty or lost store from a backup of either engine."`
	Move    storeMoveCmd    `cmd:"" help:"Move to another engine or place, and prove that both hold the same."`
	Reopen  storeReopenCmd  `cmd:"" help:"Go back to a store that was moved away from, giving up the other."`
}

type storeBackupCmd struct {
	Out string `required:"" placeholder:"FILE" help:"A new file. It holds personal data; keys are not in it."`
}

func (x *storeBackupCmd) Run(c *call) error {
	d, err := c.unattended()
	if err != nil {
		return err
	}
	defer d.Close()
	p := c.progress()
	proof, err := d.BackupStore(c, x.Out, p.step)
	p.done()
	if err != nil {
		return err
	}
	return c.answer(proof, func(w io.Writer) {
		showProof(w, proof)
		fmt.Fprintf(w, "Backed up to %s. Keep it as safe as the store, and the key folder in a backup of its own.\n", x.Out)
	})
}

type storeRestoreCmd struct {
	File string `arg:"" help:"A backup."`
}

func (x *storeRestoreCmd) Run(c *call) error {
	f, err := os.Open(x.File)
	if err != nil {
		return &desk.Error{Code: "file", What: "cannot be read", Where: x.File, Mend: "name a backup that tenet store backup wrote", Err: err}
	}
	defer f.Close()
	p := c.progress()
	proof, err := desk.RestoreStore(c, c.dir, c.Getenv, f, c.actor(), p.step)
	p.done()
	if err != nil {
		return err
	}
	return c.answer(proof, func(w io.Writer) {
		showProof(w, proof)
		fmt.Fprintln(w, "Restored, read again, and the same.")
	})
}

type storeMoveCmd struct {
	To string `arg:"" name:"url" help:"An empty store: postgres://…, or sqlite:PATH."`
}

func (x *storeMoveCmd) Run(c *call) error {
	d, err := c.open()
	if err != nil {
		return err
	}
	defer d.Close()
	p := c.progress()
	moved, err := d.MoveStore(c, x.To, c.actor(), p.step)
	p.done()
	if err != nil {
		return err
	}
	return c.answer(moved, func(w io.Writer) {
		showProof(w, moved.Proof)
		fmt.Fprintln(w, "Moved: both were read again and hold the same. The old one is kept as it was, and refuses to be used.")
		if !moved.Written {
			fmt.Fprintln(w, passwordApart)
		}
	})
}

type storeReopenCmd struct {
	URL string `arg:"" optional:"" help:"The store to go back to; tenet.db in the workspace where it is left out."`
}

func (x *storeReopenCmd) Run(c *call) error {
	written, err := desk.ReopenStore(c, c.dir, x.URL, c.actor())
	if err != nil {
		return err
	}
	out := struct {
		Written bool `json:"written"`
	}{written}
	return c.answer(out, func(w io.Writer) {
		fmt.Fprintln(w, "That store is in use again. What was done in the other one since is not in it.")
		if !written {
			fmt.Fprintln(w, passwordApart)
		}
	})
}

const passwordApart = "The URL holds a password, so it is not written into tenet.yaml: set TENET_STORE to it for every command from now on."

// showProof shows what a store held.
func showProof(w io.Writer, p store.Proof) {
	for _, t := range p.Tables {
		if t.Rows > 0 {
			fmt.Fprintf(w, "%-24s %8d rows  %s\n", t.Name, t.Rows, t.SHA256[:16])
		}
	}
	fmt.Fprintf(w, "schema %d, SHA-256 of all of it %s\n", p.Schema, p.SHA256)
}
