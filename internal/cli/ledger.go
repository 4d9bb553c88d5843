package cli

import (
	"encoding/json"
	"fmt"
	"io"
	"os"

	"tenet/internal/desk"
	"tenet/internal/ledger"
)

type ledgerCmd struct {
	Export ledgerExportCmd `cmd:"" help:"Write the ledger to a file that can be verified anywhere."`
	Verify ledgerVerifyCmd `cmd:"" help:"Verify an export, offline, or the workspace's ledger."`
	Prove  ledgerProveCmd  `cmd:"" help:"Prove that an entry is in the ledger, or that one size of it continues another."`
}

type ledgerExportCmd struct {
	Out  string `required:"" placeholder:"FILE" help:"A new file."`
	Open bool   `help:"With the particulars that entries commit to: personal data."`
}

func (x *ledgerExportCmd) Run(c *call) error {
	d, err := c.open()
	if err != nil {
		return err
	}
	defer d.Close()
	f, err := os.OpenFile(x.Out, os.O_CREATE|os.O_EXCL|os.O_WRONLY, 0o600)
	if err != nil {
		return fmt.Errorf("export the ledger: %w", err)
	}
	signed, err := d.ExportLedger(c, f, x.Open)
	if cerr := f.Close(); err == nil {
		err = cerr
	}
	if err != nil {
		os.Remove(x.Out)
		return err
	}
	return c.answer(map[string]any{"out": x.Out, "size": signed.Size, "checkpoint": signed.Note, "key": d.Keys.Verifier()}, func(w io.Writer) {
		fmt.Fprintf(w, "%d entries in %s. Keep the checkpoint elsewhere:\n\n%s\nVerify with: tenet ledger verify %s --key %s\n", signed.Size, x.Out, signed.Note, x.Out, d.Keys.Verifier())
	})
}

type ledgerVerifyCmd struct {
	File       string `arg:"" optional:"" help:"An export; the workspace's own ledger if left out."`
	Key        string `placeholder:"KEY" help:"The ledger's key, from elsewhere than the export."`
	Checkpoint string `placeholder:"FILE" help:"A checkpoint kept from before: the export must continue it."`
}

// verified is the JSON of a verification.
type verified struct {
	OK     bool           `json:"ok"`
	Report ledger.Report  `json:"report"`
	Faults []ledger.Fault `json:"faults"`
}

func (x *ledgerVerifyCmd) Run(c *call) error {
	trust := ledger.Trust{Key: x.Key}
	if x.Checkpoint != "" {
		data, err := os.ReadFile(x.Checkpoint)
		if err != nil {
			return fmt.Errorf("read the checkpoint: %w", err)
		}
		trust.Checkpoint = string(data)
	}
	var report ledger.Report
	var err error
	if x.File == "" {
		d, oerr := c.open()
		if oerr != nil {
			return oerr
		}
		defer d.Close()
		report, err = d.VerifyLedger(c, trust)
	} else {
		f, oerr := os.Open(x.File)
		if oerr != nil {
			return fmt.Errorf("verify the ledger: %w", oerr)
		}
		defer f.Close()
		report, err = ledger.Verify(f, trust)
	}
	if err != nil {
		return &desk.Error{Code: "ledger", What: err.Error(), Where: x.File, Mend: "give an export made by tenet ledger export"}
	}
	c.found = !report.OK()
	faults := report.Faults
	if faults == nil {
		faults = []ledger.Fault{}
	}
	return c.answer(verified{report.OK(), report, faults}, func(w io.Writer) {
		for _, f := range report.Faults {
			fmt.Fprintf(w, "%s\n", f.Error())
		}
		if report.OK() {
			fmt.Fprintf(w, "%d entries verify.\n", report.Entries)
			if !report.KeyTrusted {
				fmt.Fprintln(w, "The key came from the export itself: give --key, kept elsewhere, to know whose ledger it is.")
			}
		}
	})
}

type ledgerProveCmd struct {
	Seq  int64 `xor:"what" default:"-1" help:"Prove that this entry is in the ledger."`
	From int64 `default:"-1" help:"Prove that the ledger of this size is continued by the one of --to."`
	To   int64 `default:"-1"`
}

func (x *ledgerProveCmd) Run(c *call) error {
	d, err := c.open()
	if err != nil {
		return err
	}
	defer d.Close()
	var proof any
	switch {
	case x.Seq >= 0:
		proof, err = d.ProveEntry(c, x.Seq)
	case x.From >= 0 && x.To >= x.From:
		proof, err = d.ProveConsistency(c, x.From, x.To)
	default:
		return &desk.Error{Code: "usage", What: "give --seq N, or --from N --to M", Where: "tenet ledger prove", Mend: "entries are numbered from 0"}
	}
	if err != nil {
		return err
	}
	out, err := json.Marshal(proof)
	if err != nil {
		return err
	}
	return c.document(out)
}
