// Package identity keeps what people have decided about who is who: that two rows
// of person tables are one person's, or that they are not.
//
// # Decisions
//
// A decision is of two rows, by the ids that a search shows (find.Record.ID): who
// decided it, when, and why. The newest that has not been withdrawn stands.
// Withdrawing it brings back the one before, or none: what was put together is
// parted again ([Identity.Undo]). Nothing is ever overwritten. Each act writes its
// entry of the ledger in the same transaction, under an opaque name for the pair;
// the entry holds no row, no name and no reason.
//
// What a decision does to a search is for package find to say: it wins over what
// was worked out, both ways.
//
// # What a thief of the store learns
//
// The key of a row can be personal data: in some systems it is an e-mail address
// or a National Insurance number. So a row stands in the store as an HMAC-SHA256 of
// its id, by which the decisions about a row at hand are found; the ids themselves,
// which lead from a row to the other one, and the reason, are sealed (AES-256-GCM),
// each bound to its place. The key of the digests is random, made with the first
// decision, and stands in the store sealed; what seals it and the rest is a data key
// wrapped by the landlord's own (package keys).
//
// Whoever has the store alone sees how many decisions there are, who made them
// and when, which way each went, and which of them are about one and the same
// row; not which rows. With the key folder too they read everything, as of
// all else in the store. The key of the blind index is not used: it is rotated,
// and what it made is made again from the sources, which decisions cannot be.
package identity
