package store

// Scrub says that the transaction deletes what must not stand on the disk any longer:
// once it has committed, its bytes are removed as far as the engine can (see doc.go).
func (t *Tx) Scrub() { t.forgot = true }
