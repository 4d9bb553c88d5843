package desk

import (
	"context"
	"fmt"
	"io"
	"maps"
	"os"
	"slices"

	"filippo.io/age"

	"tenet/internal/cases"
	"tenet/internal/datamap"
	"tenet/internal/law"
	"tenet/internal/ledger"
	"tenet/internal/pack"
	"tenet/internal/store"
)

// ReviewerCopy writes the answer of a case with what is left out of it shown and
// marked, sealed to reviewers whom tenet.yaml names, and to nobody else: who made
// it cannot open it. That it was made, and for whom, is recorded first.
func (d *Desk) ReviewerCopy(ctx context.Context, k cases.Case, reviewers []string, path, by string) error {
	var keys []age.Recipient
	for _, name := range reviewers {
		text, ok := d.Config.Reviewers[name]
		if !ok {
			return &Error{Code: "reviewer", What: fmt.Sprintf("%q is no reviewer; there are %v", name, slices.Sorted(maps.Keys(d.Config.Reviewers))), Where: "--for",
				Mend: "have them run age-keygen, and add their public key to reviewers: in " + configFile}
		}
		key, err := age.ParseX25519Recipient(text)
		if err != nil {
			return &Error{Code: "reviewer", What: fmt.Sprintf("the key of %q is not an age public key", name), Where: configFile + ": reviewers", Mend: "it begins with age1", Err: err}
		}
		keys = append(keys, key)
	}
	if len(keys) == 0 {
		return &Error{Code: "reviewer", What: "a reviewer's copy is for somebody", Where: "--for", Mend: "name one or more of reviewers: in " + configFile}
	}
	if _, err := os.Stat(path); err == nil {
		return &Error{Code: "file", What: "is there already", Where: path, Mend: "name a new file"}
	}
	whole, err := d.whole(ctx, k)
	if err != nil {
		return err
	}
	err = d.Store.Write(ctx, func(tx *store.Tx) error {
		return tx.Record(ctx, ledger.Act{Landlord: d.Config.Landlord, Actor: by, Name: "case.reviewers-copy", Subject: k.ID, Notice: d.Notice.Version()},
			map[string]any{"for": reviewers, "digest": whole.Digest()})
	})
	if err != nil {
		return err
	}
	return pack.WriteFile(path, func(w io.Writer) error { return whole.Seal(w, keys...) })
}

// whole is the answer of a case as its draft has it, with each record beside it as
// the source held it.
func (d *Desk) whole(ctx context.Context, k cases.Case) (pack.Unredacted, error) {
	var none pack.Unredacted
	a, list, err := d.Dispositions(ctx, k)
	if err != nil {
		return none, err
	}
	s, err := d.openFor(ctx, k)
	if err != nil {
		return none, err
	}
	defer s.close()
	s.maps[ownSource] = d.ownMap()
	for _, x := range list {
		if s.maps[x.Record.Source] == nil {
			return none, sourceGone(x.Record.Source)
		}
	}
	given, err := disclosures(ctx, s, list)
	if err != nil {
		return none, err
	}
	clock, err := d.Cases.ClockOf(k, nil)
	if err != nil {
		return none, err
	}
	var records []pack.Whole
	for _, x := range list {
		records = append(records, d.wholeOf(x, s.maps[x.Record.Source].Tables[x.Record.Table]))
	}
	return pack.Reviewer(d.input(k, clock, a, list, s, given), records)
}

// wholeOf is one record with nothing taken out, but for what is nobody's data: the
// internal keys and the hashes of passwords that no reader has a use for.
func (d *Desk) wholeOf(x Disposition, t *datamap.Table) pack.Whole {
	w := pack.Whole{Item: d.item(x, t), Exemption: x.Exemption, Reason: x.Reason}
	if !x.Out && w.Exemption == "" {
		w.Exemption = law.ExemptThirdParty // it waits for a decision, and is left out until then
	}
	for i, col := range x.Record.Row.Table.Columns {
		v := x.Record.Row.Values[i]
		if m := t.Columns[col.Name]; v.Empty() || m != nil && m.Hide != "" {
			continue
		}
		f := pack.Field{Name: col.Name, Value: v.Text, Note: v.Lost}
		if long(v.Text) {
			w.Item.Texts = append(w.Item.Texts, f)
		} else {
			w.Item.Fields = append(w.Item.Fields, f)
		}
	}
	return w
}
