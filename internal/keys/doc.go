// Package keys is the key folder: every secret that Tenet itself needs, for one
// landlord.
//
//	keys/              mode 0700
//	  index-1.key      epoch 1 of the key of the blind index
//	  index-2.key      … and 2, after a rotation
//	  ledger.key       what signs the ledger's checkpoints
//	  ledger.pub       its verifier key: publish this
//	  pack.key         age identity that opens sealed packs held here
//	  pack.pub         its recipient
//	  data.key         wraps the data key of each person
//
// Every file has mode 0600. [Open] refuses a folder or a file that anyone else
// may read, and says what to run. [Create] writes the whole folder or none of
// it, and neither it nor [RotateIndex] ever replaces a file that is there.
//
// No secret is shown by the fmt verbs, by encoding/json or by log/slog: the
// types that hold one print as "[secret]". Getting at the bytes takes a method
// whose name says so.
//
// # Losing them
//
// Back the folder up, apart from the backups of the store: the two together
// are everything, each alone is much less. What is lost with each key:
//
//   - index-N.key: the blind index of that epoch cannot be searched. Nothing is
//     lost for good: rotate, and build the index again from the sources.
//   - ledger.key: no checkpoint can be added to this ledger, ever. What was
//     signed stays verifiable with ledger.pub, wherever that was published. A
//     new ledger must be begun under a new origin, and people told.
//   - pack.key: sealed drafts not yet released cannot be opened. They can be made
//     again from the sources, as the sources are then. Packs already handed over
//     are sealed to the requester, and not affected.
//   - data.key: everything encrypted under any person's data key is gone, as if
//     each of them had been forgotten. There is no way back but a backup.
//
// What follows from their being stolen: whoever has an index key and a copy of
// the index can test guesses (is this e-mail address here?); whoever has
// ledger.key can sign another history, which only a checkpoint kept elsewhere
// shows; whoever has pack.key or data.key reads what they protect.
package keys
