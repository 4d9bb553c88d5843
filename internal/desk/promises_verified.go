package desk

import (
	"context"
	"encoding/json"
	"errors"
	"fmt"
	"iter"
	"time"

	"tenet/internal/blob"
	"tenet/internal/cases"
	"tenet/internal/doc"
	"tenet/internal/law"
	"tenet/internal/ledger"
	"tenet/internal/notice"
	"tenet/internal/pack"
	"tenet/internal/promise"
	"tenet/internal/redact"
	"tenet/internal/store"
)

const (
	// proofVersion is raised whenever a proof looks for more than before: what was proved
	// by an earlier one is then opened again at once.
	proofVersion = 1
	// mostProved bounds a sealed answer that is opened again, which is held in memory.
	mostProved = 256 << 20
	// provedAct is the entry of the ledger that says that an answer was proved again.
	provedAct = "pack.proved"
)

// proved is what that entry says.
type proved struct {
	Digest  string `json:"digest"` // of the sealed file
	Version int    `json:"version"`
}

// Proofs opens each answer with records that was let out since a day, one at a time, and
// looks again for all that was withheld from it. Nothing of them is kept but that they
// were proved.
func (e *evidence) Proofs(ctx context.Context, since law.Date, every notice.Period) iter.Seq2[promise.Proof, error] {
	return func(yield func(promise.Proof, error) bool) {
		ocr, err := doc.FindOCR(ctx, "eng")
		if err != nil && !errors.Is(err, doc.ErrNoOCR) {
			yield(promise.Proof{}, err)
			return
		}
		for k, err := range e.cases(ctx) {
			if err != nil {
				yield(promise.Proof{}, err)
				return
			}
			if !wasReleased(k) || !Packed(k.Kind) || law.DateOf(k.Ended).Before(since) {
				continue
			}
			p, err := e.prove(ctx, k, every, ocr)
			if err != nil {
				err = fmt.Errorf("%s: %w", k.Number, err)
			}
			if !yield(p, err) || err != nil {
				return
			}
		}
	}
}

// wasReleased says that an answer was handed over. Of a case that was forgotten only its
// state is known.
func wasReleased(k cases.Case) bool {
	return k.State == cases.Released || k.Ending != nil && k.Ending.How == cases.Released || !k.Forgotten.IsZero() && k.State == cases.Closed
}

// prove opens the answer of one case.
func (e *evidence) prove(ctx context.Context, k cases.Case, every notice.Period, ocr *doc.OCR) (promise.Proof, error) {
	out := promise.Proof{Number: k.Number}
	unseen := func(why string) (promise.Proof, error) {
		out.State, out.Why = promise.NotSeen, why
		return out, ctx.Err()
	}
	switch {
	case !k.Forgotten.IsZero():
		out.Gone = true
		return out, nil
	case k.Draft == nil || k.Draft.Approved == nil:
		return unseen("it was let out without an answer of Tenet’s own")
	}
	before, err := e.provedBefore(ctx, k, every)
	if err != nil {
		return out, err
	}
	if before {
		if err := e.Sealed(ctx, k.Draft.Pack, k.Draft.Digest); err == nil {
			out.Earlier, out.Bytes = true, k.Draft.Size
			return out, nil
		}
	}
	if k.Draft.Size > mostProved {
		return unseen(fmt.Sprintf("it has %d MB, and no more than %d are opened at once", k.Draft.Size>>20, mostProved>>20))
	}
	secrets, ok, err := e.desk.withheld(ctx, k)
	switch {
	case ctx.Err() != nil:
		return out, ctx.Err()
	case err != nil:
		return unseen("what was withheld from it cannot be read")
	case !ok:
		return unseen("it was made by a version of Tenet that did not keep what it had proved")
	}
	files, err := e.desk.openDraft(ctx, k)
	switch {
	case ctx.Err() != nil:
		return out, ctx.Err()
	case errors.Is(err, blob.ErrNotFound):
		return unseen("it is not where it was written")
	case err != nil:
		return unseen("it cannot be opened")
	}
	out.Bytes = k.Draft.Size
	var found *redact.LeakError
	var leak *pack.LeakError
	switch err := proofOf(ctx, files, secrets, ocr); {
	case ctx.Err() != nil:
		return out, ctx.Err()
	case errors.As(err, &leak), errors.As(err, &found):
		out.State, out.Why = promise.NotAsPromised, "something withheld stands in it"
		return out, nil
	case err != nil:
		return unseen("a file in it cannot be read back")
	}
	if e.keys { // whoever is to mend rows keeps nothing
		return out, nil
	}
	return out, e.desk.Store.Write(ctx, func(tx *store.Tx) error {
		return tx.Record(ctx, ledger.Act{Landlord: e.desk.Config.Landlord, Actor: promise.Scheduled, Name: provedAct, Subject: k.ID, Notice: e.desk.Notice.Version()}, proved{k.Draft.Digest, proofVersion})
	})
}

// provedBefore says whether the answer of a case was proved within a period, by a proof
// that looked for no less than today's.
func (e *evidence) provedBefore(ctx context.Context, k cases.Case, every notice.Period) (yes bool, _ error) {
	years, months, days := every.Parts()
	since := e.desk.Now().AddDate(-years, -months, -days)
	err := e.desk.Store.Read(ctx, func(tx *store.Tx) error {
		yes = false
		acts, err := tx.Acts(ctx, e.desk.Config.Landlord, k.ID, 0, 20)
		for _, a := range acts {
			var p proved
			if a.Act == provedAct && time.Time(a.Time).After(since) && json.Unmarshal(a.Payload, &p) == nil {
				yes = yes || p == proved{k.Draft.Digest, proofVersion}
			}
		}
		return err
	})
	return yes, err
}

// withheld is what was proved to be in no byte of the answer of a case, as its working
// file has it; false where an earlier version did not keep it.
func (d *Desk) withheld(ctx context.Context, k cases.Case) ([]string, bool, error) {
	if k.Draft.File == answerFile {
		return nil, false, nil
	}
	data, err := d.Cases.GetFile(ctx, k.ID, outlineFile)
	if err != nil {
		return nil, false, err
	}
	var o struct {
		Proof *proofKept `json:"proof"`
	}
	if err := json.Unmarshal(data, &o); err != nil {
		return nil, false, fmt.Errorf("read what was withheld: %w", err)
	}
	if o.Proof == nil {
		return nil, false, nil
	}
	return o.Proof.Secrets, true, nil
}

// proofOf looks for what was withheld in the files of an answer.
func proofOf(ctx context.Context, files []pack.File, secrets []string, ocr *doc.OCR) error {
	read := documents{ocr: ocr, said: map[[32]byte]string{}}
	return read.checker(ctx).Check(files, secrets)
}

var _ promise.Proofs = (*evidence)(nil)
