package app

import (
	"context"
	"errors"
	"fmt"
	"os"
	"path/filepath"
	"strings"
	"time"

	"tenet/internal/cases"
	"tenet/internal/console"
	"tenet/internal/ledger"
	"tenet/internal/store"
)

const recent = 25 // entries of the ledger that its page shows

func (s staffDesk) Ledger(ctx context.Context) (console.Ledger, error) {
	out := console.Ledger{Key: s.d.Keys.Verifier()}
	var acts []store.Recorded
	err := s.d.Store.Read(ctx, func(tx *store.Tx) error {
		last, err := tx.Checkpoint(ctx, s.d.Config.Landlord)
		if errors.Is(err, store.ErrNotFound) {
			return nil // nothing is signed in the first seconds of a new workspace
		} else if err != nil {
			return err
		}
		out.Origin, out.Size, out.Root, out.Signed, out.Checkpoint = last.Origin, last.Size, last.Root.String(), last.Time, last.Note
		acts, err = tx.Acts(ctx, s.d.Config.Landlord, "", 0, recent)
		return err
	})
	if err != nil {
		return console.Ledger{}, err
	}
	numbers := map[string]string{}
	for _, a := range acts {
		if a.Seq < 0 {
			continue // in the tree a moment from now
		}
		number, known := numbers[a.Subject]
		if !known && strings.HasPrefix(a.Act, "case.") {
			k, err := s.d.Cases.Get(ctx, a.Subject)
			if err != nil && !errors.Is(err, cases.ErrNotFound) {
				return console.Ledger{}, err
			}
			number, numbers[a.Subject] = k.Number, k.Number
		}
		out.Recent = append(out.Recent, console.Entry{Index: a.Seq, On: a.Time, Kind: a.Act, Case: number})
	}
	return out, nil
}

func (s staffDesk) VerifyLedger(ctx context.Context) (console.Verification, error) {
	start := time.Now()
	report, err := s.d.VerifyLedger(ctx, ledger.Trust{})
	if err != nil {
		return console.Verification{}, err
	}
	v := console.Verification{OK: report.OK(), Entries: report.Entries, Took: time.Since(start)}
	for _, f := range report.Faults {
		v.Findings = append(v.Findings, sentence(f.Words))
	}
	if report.More > 0 {
		v.Findings = append(v.Findings, fmt.Sprintf("And %d more.", report.More))
	}
	return v, nil
}

// engines is what the first part of a source's URL means.
var engines = map[string]string{
	"sqlite": "SQLite", "postgres": "PostgreSQL", "postgresql": "PostgreSQL", "mysql": "MySQL", "mariadb": "MariaDB",
	"sqlserver": "SQL Server", "mssql": "SQL Server", "oracle": "Oracle", "dir": "Folder of files", "mbox": "Mailbox",
	"pst": "Outlook archive", "imap": "Mailbox on a server", "imaps": "Mailbox on a server", "graph": "Microsoft 365",
	"purview": "Export from Microsoft 365", "sar": "Service that is asked",
}

// looking is how long a look at all the sources may take.
const looking = 20 * time.Second

func (s staffDesk) Sources(ctx context.Context) ([]console.Source, error) {
	look, cancel := context.WithTimeout(ctx, looking)
	defer cancel()
	all, err := s.d.CheckSources(look, "")
	if err != nil && ctx.Err() != nil {
		return nil, err
	}
	// The index keeps no time of its own, so it is as fresh as its file.
	var indexed time.Time
	if info, err := os.Stat(filepath.Join(s.d.Dir, "index.db")); err == nil {
		indexed = info.ModTime()
	}
	tables, err := s.d.IndexedTables(ctx)
	if err != nil {
		return nil, err
	}
	rows := map[string]int64{}
	for _, t := range tables {
		rows[t.Source] += t.Rows
	}
	var out []console.Source
	for _, c := range all {
		scheme, _, _ := strings.Cut(c.URL, ":")
		x := console.Source{Name: c.Name, Kind: engines[scheme], Address: c.URL, State: "ok", Looked: s.d.Now(), Indexed: indexed, Records: int(rows[c.Name])}
		if c.OK {
			x.Note = fmt.Sprintf("%d tables can be read", c.Health.Tables)
			if n := len(c.Health.Problems); n > 0 {
				x.Note += fmt.Sprintf("; %d things in them cannot, or not wholly", n)
			}
			x.Note += "."
		} else {
			x.State, x.Note = "trouble", sentence(c.Error)
		}
		out = append(out, x)
	}
	return out, nil
}
