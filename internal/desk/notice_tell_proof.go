package desk

import (
	"context"
	"database/sql"
	"encoding/json"
	"errors"
	"fmt"
	"slices"

	"golang.org/x/mod/sumdb/tlog"

	"tenet/internal/cases"
	"tenet/internal/ledger"
	"tenet/internal/letter"
	"tenet/internal/store"
)

// tellAct is the entry of the ledger about a batch of letters, and oneAct that which a
// letter had of its own before letters went in batches.
const (
	tellAct = "letters.queued"
	oneAct  = "letter.queued"
)

// TellBatch is what an entry of the ledger says of the letters that were written in its
// transaction. It names nobody: a letter's leaf has the keyed digest of whom it is to.
type TellBatch struct {
	First int64       `json:"first"` // numbers within the case
	Last  int64       `json:"last"`
	Email int         `json:"email"` // of them by e-mail
	Post  int         `json:"post"`
	Root  ledger.Hash `json:"root"` // of the Merkle tree (RFC 6962) over the letters' leaves, in the order of their numbers
}

// tellLeaf is the leaf of a letter: what does not change when it is sent, fails or is posted.
func tellLeaf(id string, n int64, once string, lang letter.Lang, written int64) string {
	return fmt.Sprintf("tenet letter v1\n%s\n%d\n%s\n%s\n%s\n%d\n", id, n, once, letter.NoticeChanged, lang, written)
}

// tellingBatch puts letters of one case into the outbox in one transaction.
type tellingBatch struct {
	d      *Desk
	k      cases.Case
	by     string
	last   int64 // number
	at     int64
	seal   func(name string, plain []byte) []byte
	insert *sql.Stmt
	tree   ledger.Tree
	says   TellBatch
}

// tellBatch begins a batch after the letter of a number.
func (d *Desk) tellBatch(ctx context.Context, tx *store.Tx, k cases.Case, by string, last int64) (*tellingBatch, error) {
	seal, err := d.Cases.Sealer(ctx, tx, k.ID)
	if err != nil {
		return nil, err
	}
	insert, err := tx.PrepareContext(ctx, insertLetter)
	if err != nil {
		return nil, fmt.Errorf("keep letters: %w", err)
	}
	return &tellingBatch{d: d, k: k, by: by, last: last, at: store.Micros(d.Now()), seal: seal, insert: insert, says: TellBatch{First: last + 1}}, nil
}

func (b *tellingBatch) close() { b.insert.Close() }

func (b *tellingBatch) put(ctx context.Context, x due) error {
	b.last++
	state, once := ToPrint, tellOnce(x.marks[0])
	if x.p.Way == ByEmail {
		state = Queued
		b.says.Email++
	} else {
		b.says.Post++
	}
	_, err := b.insert.ExecContext(ctx, b.d.Config.Landlord, b.k.ID, b.last, once, string(letter.NoticeChanged), string(x.p.Letter.Lang), string(x.p.Way), string(state), "", b.at, b.by, b.seal(sealedAs(b.last), x.plain))
	if err != nil {
		return fmt.Errorf("keep a letter: %w", err)
	}
	b.tree.Append(tlog.RecordHash([]byte(tellLeaf(b.k.ID, b.last, once, x.p.Letter.Lang, b.at))))
	return nil
}

// record writes the entry of the ledger: none of a batch without letters.
func (b *tellingBatch) record(ctx context.Context, tx *store.Tx) error {
	if b.tree.Size() == 0 {
		return nil
	}
	b.says.Last, b.says.Root = b.last, b.tree.Root()
	return tx.Record(ctx, ledger.Act{Landlord: b.d.Config.Landlord, Actor: b.by, Name: tellAct, Subject: b.k.ID, Notice: b.k.Notice, Once: fmt.Sprintf("%s/%s/%d", tellAct, b.k.ID, b.says.First)}, b.says)
}

// TellProof is what the ledger proves of the letters about a version.
type TellProof struct {
	Letters int      `json:"letters"`
	Proved  int      `json:"proved"` // to whom and when each was written is as the ledger has it
	Faults  []string `json:"faults"` // the first of what is not, and of what is missing
}

// mostTellFaults is how many faults are named.
const mostTellFaults = 20

func (p *TellProof) fault(format string, args ...any) {
	if len(p.Faults) < mostTellFaults {
		p.Faults = append(p.Faults, fmt.Sprintf(format, args...))
	}
}

// ProveTelling holds the letters about a version against the ledger: each is in a batch, or
// has an entry of its own; each batch has just those letters; and nobody has two.
func (d *Desk) ProveTelling(ctx context.Context, hash string) (TellProof, error) {
	out := TellProof{Faults: []string{}}
	told, err := d.ToldOf(ctx, hash)
	if err != nil {
		return out, err
	}
	for _, s := range told {
		k, err := d.Cases.ByNumber(ctx, s.Case)
		if err != nil {
			return out, err
		}
		err = d.Store.Read(ctx, func(tx *store.Tx) error { return d.proveTelling(ctx, tx, k, &out) })
		if err != nil {
			return out, fmt.Errorf("prove the letters of %s: %w", s.Case, err)
		}
	}
	return out, nil
}

// tellLetter is a letter as its leaf has it.
type tellLetter struct {
	n    int64
	leaf string
	who  string
}

func (d *Desk) proveTelling(ctx context.Context, tx *store.Tx, k cases.Case, out *TellProof) error {
	batches, single, err := d.tellEntries(ctx, tx, k.ID)
	if err != nil {
		return err
	}
	who, next := map[string]bool{}, 0
	var tree ledger.Tree
	close := func() { // the batch that is being read
		if b := batches[next]; tree.Size() != b.Last-b.First+1 || tree.Root() != b.Root {
			out.fault("%s: of letters %d to %d not all are as the ledger has them", k.Number, b.First, b.Last)
		} else {
			out.Proved += int(tree.Size())
		}
		next, tree = next+1, ledger.Tree{}
	}
	err = d.tellLetters(ctx, tx, k.ID, 0, 1<<62, func(l tellLetter) {
		out.Letters++
		if who[l.who] {
			out.fault("%s-%d: somebody has two letters", k.Number, l.n)
		}
		who[l.who] = true
		for next < len(batches) && batches[next].Last < l.n {
			close()
		}
		switch {
		case next < len(batches) && batches[next].First <= l.n:
			tree.Append(tlog.RecordHash([]byte(l.leaf)))
		case single[l.n]:
			out.Proved++
		default:
			out.fault("%s-%d: the ledger has no entry of it", k.Number, l.n)
		}
	})
	for err == nil && next < len(batches) {
		close()
	}
	return err
}

// tellEntries is what the ledger has of the letters of a case: batches, in the order of
// the letters, and the numbers of letters that have entries of their own.
func (d *Desk) tellEntries(ctx context.Context, tx *store.Tx, id string) ([]tellEntry, map[int64]bool, error) {
	var all []tellEntry
	single := map[int64]bool{}
	for before := int64(0); ; {
		acts, err := tx.Acts(ctx, d.Config.Landlord, id, before, 1000)
		if err != nil {
			return nil, nil, err
		}
		for _, a := range acts {
			switch a.Act {
			case tellAct:
				e := tellEntry{Entry: a.ID, Seq: a.Seq}
				if err := json.Unmarshal(a.Payload, &e.TellBatch); err != nil {
					return nil, nil, fmt.Errorf("the particulars of an entry were forgotten, or cannot be read: %w", err)
				}
				all = append(all, e)
			case oneAct:
				var of struct{ Letter int64 }
				if err := json.Unmarshal(a.Payload, &of); err != nil {
					return nil, nil, fmt.Errorf("the particulars of an entry were forgotten, or cannot be read: %w", err)
				}
				single[of.Letter] = true
			}
		}
		if len(acts) == 0 {
			slices.SortFunc(all, func(a, b tellEntry) int { return int(a.First - b.First) })
			return all, single, nil
		}
		before = acts[len(acts)-1].ID
	}
}

type tellEntry struct {
	TellBatch
	Entry int64
	Seq   int64 // -1 until it is numbered
}

// tellLetters reads the leaves of letters by their numbers.
func (d *Desk) tellLetters(ctx context.Context, tx *store.Tx, id string, first, last int64, each func(tellLetter)) error {
	rows, err := tx.QueryContext(ctx, `SELECT n, once, language, written FROM desk_letter WHERE landlord = $1 AND case_id = $2 AND n BETWEEN $3 AND $4 ORDER BY n`, d.Config.Landlord, id, first, last)
	if err != nil {
		return err
	}
	defer rows.Close()
	for rows.Next() {
		var l tellLetter
		var lang letter.Lang
		var written int64
		if err := rows.Scan(&l.n, &l.who, &lang, &written); err != nil {
			return err
		}
		l.leaf = tellLeaf(id, l.n, l.who, lang, written)
		each(l)
	}
	return rows.Err()
}

// LetterProof shows that one letter about a version was written: its leaf, which hashes up
// the path to the root that an entry of the ledger commits to. It tells of no other letter.
type LetterProof struct {
	Reference string        `json:"reference"`
	Leaf      string        `json:"leaf"`  // with the keyed digest of whom it is to
	Index     int64         `json:"index"` // of the leaf, in a tree of so many
	Size      int64         `json:"size"`
	Path      []ledger.Hash `json:"path"` // as tlog.CheckRecord takes it
	Root      ledger.Hash   `json:"root"`
	Seq       int64         `json:"seq"` // the entry, for tenet ledger prove; -1 until it is numbered
}

// ProveLetter is the proof of a letter by its reference.
func (d *Desk) ProveLetter(ctx context.Context, reference string) (LetterProof, error) {
	o, err := d.LetterBy(ctx, reference)
	if err != nil {
		return LetterProof{}, err
	}
	no := &Error{Code: "proof", What: "the ledger does not prove this letter", Where: reference, Mend: "name a letter about a version of the notice; tenet notice told --check says which are not as the ledger has them"}
	out := LetterProof{Reference: o.Reference}
	err = d.Store.Read(ctx, func(tx *store.Tx) error {
		all, _, err := d.tellEntries(ctx, tx, o.Case)
		if err != nil {
			return err
		}
		i := slices.IndexFunc(all, func(e tellEntry) bool { return e.First <= o.N && o.N <= e.Last })
		if i < 0 {
			return no
		}
		out.Index, out.Size, out.Root, out.Seq = o.N-all[i].First, all[i].Last-all[i].First+1, all[i].Root, all[i].Seq
		var stored hashes
		err = d.tellLetters(ctx, tx, o.Case, all[i].First, all[i].Last, func(l tellLetter) {
			if l.n == o.N {
				out.Leaf = l.leaf
			}
			// Its own hashes alone are asked for, which are there already.
			more, _ := tlog.StoredHashes(l.n-all[i].First, []byte(l.leaf), stored)
			stored = append(stored, more...)
		})
		if err != nil {
			return err
		}
		path, err := tlog.ProveRecord(out.Size, out.Index, stored)
		if err != nil {
			return errors.Join(no, err)
		}
		out.Path = path
		if tlog.CheckRecord(path, out.Size, out.Root, out.Index, tlog.RecordHash([]byte(out.Leaf))) != nil {
			return no
		}
		return nil
	})
	return out, err
}

// hashes are the stored hashes of a small tree.
type hashes []ledger.Hash

// ReadHashes makes it a tlog.HashReader.
func (h hashes) ReadHashes(indexes []int64) ([]ledger.Hash, error) {
	out := make([]ledger.Hash, len(indexes))
	for i, x := range indexes {
		if x >= int64(len(h)) {
			return nil, fmt.Errorf("a letter is missing")
		}
		out[i] = h[x]
	}
	return out, nil
}
