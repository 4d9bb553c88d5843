package desk

import (
	"tenet/internal/cases"
	"tenet/internal/pack"
)

// Pack opens the sealed draft of a case. It gives no leave to hand it over: that
// is for Approve to record first. A file that is not the one that was made is
// refused.
func (d *Desk) Pack(k cases.Case) ([]pack.File, error) { return d.openDraft(k) }
