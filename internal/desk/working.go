package desk

import (
	"context"
	"encoding/json"
	"fmt"

	"tenet/internal/cases"
	"tenet/internal/find"
	"tenet/internal/law"
	"tenet/internal/match"
	"tenet/internal/rows"
)

// working is the working file of a case as earlier versions wrote it: what was
// found, with the rows that an answer's own JSON leaves out, and what becomes of each
// record. It is only read.
type working struct {
	Answer *find.Answer          `json:"answer"`
	Known  match.Known           `json:"known"`
	Around []string              `json:"around"`
	Tables map[string]rows.Table `json:"tables"` // by source and name
	Rows   []workingRow          `json:"rows"`   // in the order of the records
	List   []Disposition         `json:"list"`
}

type workingRow struct {
	Key    []string     `json:"key"`
	Values []rows.Value `json:"values"`
}

func (d *Desk) working(ctx context.Context, k cases.Case) (*working, error) {
	if err := d.withinCase(ctx, k); err != nil {
		return nil, err
	}
	data, err := d.Cases.GetFile(ctx, k.ID, answerFile)
	if err != nil {
		return nil, err
	}
	var w working
	if err := json.Unmarshal(data, &w); err != nil {
		return nil, fmt.Errorf("read what was found for %s: %w", k.Number, err)
	}
	if len(w.Rows) != len(w.Answer.Records) || len(w.List) != len(w.Rows) {
		return nil, fmt.Errorf("read what was found for %s: the file does not fit itself", k.Number)
	}
	w.Answer.Person.Known, w.Answer.Around = w.Known, w.Around
	for i := range w.Answer.Records {
		r := &w.Answer.Records[i]
		t := w.Tables[r.Source+"\x00"+r.Table]
		r.Row = rows.Row{Table: &t, Key: w.Rows[i].Key, Values: w.Rows[i].Values}
		x := &w.List[i]
		x.Record = *r
		if x.Waits != "" {
			x.Waiting = 1
		}
		for j := range x.Fields {
			for range x.Fields[j].Pieces {
				x.Fields[j].Under = append(x.Fields[j].Under, law.ExemptThirdParty)
			}
		}
	}
	return &w, nil
}

// Found is what was found for a case when its draft was made.
func (d *Desk) Found(ctx context.Context, k cases.Case) (*find.Answer, error) {
	a, _, err := d.Dispositions(ctx, k)
	return a, err
}

// Dispositions is what becomes of each record in the draft of a case.
func (d *Desk) Dispositions(ctx context.Context, k cases.Case) (*find.Answer, []Disposition, error) {
	if InWords(k) {
		return &find.Answer{}, nil, nil
	}
	if k.Draft != nil && k.Draft.File == answerFile {
		w, err := d.working(ctx, k)
		if err != nil {
			return nil, nil, err
		}
		return w.Answer, w.List, nil
	}
	b, err := d.Bench(ctx, k)
	if err != nil {
		return nil, nil, err
	}
	a, list, err := b.found(b.Steps)
	if err != nil {
		return nil, nil, fmt.Errorf("read what was found for %s: %w", k.Number, err)
	}
	return a, list, nil
}
