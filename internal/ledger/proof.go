package ledger

import (
	"fmt"

	"golang.org/x/mod/sumdb/note"
	"golang.org/x/mod/sumdb/tlog"
)

// Inclusion proves that an entry stands in the log.
type Inclusion struct {
	Entry      Entry  `json:"entry"`
	Proof      []Hash `json:"proof"`      // RFC 6962 audit path, from the leaf up
	Checkpoint string `json:"checkpoint"` // signed
}

// ProveInclusion proves e against a signed checkpoint of the given size. The
// reader must hold the stored hashes of a tree at least that large.
func ProveInclusion(e Entry, size int64, checkpoint string, hashes tlog.HashReader) (Inclusion, error) {
	if e.Seq < 0 || e.Seq >= size {
		return Inclusion{}, fmt.Errorf("ledger: entry %d is not among the %d the checkpoint covers", e.Seq, size)
	}
	proof, err := tlog.ProveRecord(size, e.Seq, hashes)
	if err != nil {
		return Inclusion{}, fmt.Errorf("ledger: prove entry %d in %d: %w", e.Seq, size, err)
	}
	return Inclusion{Entry: e, Proof: proof, Checkpoint: checkpoint}, nil
}

// Verify checks the proof and the signature on its checkpoint, which it returns.
func (p Inclusion) Verify(log note.Verifier) (Checkpoint, error) {
	c, err := OpenCheckpoint(p.Checkpoint, log)
	if err != nil {
		return c, err
	}
	if err := p.Entry.Validate(); err != nil {
		return c, err
	}
	if p.Entry.Seq >= c.Size {
		return c, fmt.Errorf("ledger: entry %d is not among the %d the checkpoint covers", p.Entry.Seq, c.Size)
	}
	if err := tlog.CheckRecord(p.Proof, c.Size, c.Root, p.Entry.Seq, p.Entry.Leaf()); err != nil {
		return c, fmt.Errorf("ledger: entry %d is not proved to be in the log of %d entries: %w", p.Entry.Seq, c.Size, err)
	}
	return c, nil
}

// Consistency proves that the log at one checkpoint is the beginning of the log
// at a later one: that in between it only grew.
type Consistency struct {
	From  string `json:"from"` // signed checkpoint, the earlier
	To    string `json:"to"`   // signed checkpoint, the later
	Proof []Hash `json:"proof"`
}

// ProveConsistency proves the signed checkpoint from, of size old, against to,
// of size new.
func ProveConsistency(old int64, from string, new int64, to string, hashes tlog.HashReader) (Consistency, error) {
	p := Consistency{From: from, To: to}
	if old < 0 || old > new {
		return p, fmt.Errorf("ledger: a log of %d entries cannot have grown from one of %d", new, old)
	}
	if old == 0 { // Nothing is the beginning of everything; RFC 6962 has no proof for it.
		return p, nil
	}
	proof, err := tlog.ProveTree(new, old, hashes)
	if err != nil {
		return p, fmt.Errorf("ledger: prove growth from %d to %d entries: %w", old, new, err)
	}
	p.Proof = proof
	return p, nil
}

// Verify checks the proof and both signatures, and returns both checkpoints.
func (p Consistency) Verify(log note.Verifier) (from, to Checkpoint, err error) {
	if from, err = OpenCheckpoint(p.From, log); err != nil {
		return from, to, fmt.Errorf("earlier checkpoint: %w", err)
	}
	if to, err = OpenCheckpoint(p.To, log); err != nil {
		return from, to, fmt.Errorf("later checkpoint: %w", err)
	}
	switch {
	case from.Size > to.Size:
		return from, to, fmt.Errorf("ledger: a log of %d entries cannot have grown from one of %d", to.Size, from.Size)
	case from.Size == to.Size && from.Root != to.Root:
		return from, to, fmt.Errorf("ledger: fork: two checkpoints are signed for %d entries with different roots, %s and %s",
			from.Size, from.Root, to.Root)
	case from.Size == 0:
		var empty Tree
		if from.Root != empty.Root() || len(p.Proof) != 0 {
			return from, to, fmt.Errorf("ledger: the checkpoint of an empty log has not the root of an empty tree")
		}
		return from, to, nil
	}
	if err := tlog.CheckTree(p.Proof, to.Size, to.Root, from.Size, from.Root); err != nil {
		return from, to, fmt.Errorf("ledger: the log of %d entries is not proved to begin with the log of %d: %w",
			to.Size, from.Size, err)
	}
	return from, to, nil
}
