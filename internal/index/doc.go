// Package index is the blind index: where is this, without a copy of it.
//
// For every table that a map describes it keeps 64-bit tokens,
// HMAC(key, landlord, source, table, class, kind, value), of the identifiers
// and of every uncommon word of free text, each pointing at a sealed locator
// (the row's own key). A search asks which rows have all of some tokens,
// fetches those from their source and decides on the plaintext there: the index
// is never the last word, and a name learned today finds a note written last
// year. What someone who steals it without its key still learns is how
// often a token recurs within one table; docs/security.md says so.
//
// It stands in a file of its own, or in a schema of PostgreSQL that any number
// of processes share; one suite of tests runs on both. One table of a source is
// one segment: two tables of blocks that are written once, in order, and never
// changed.
//
//	posting_N   blocks of (token, row number), sorted, as differences; each under its last token
//	locator_N   the keys of 64 rows together, sealed with their place
//
// A segment is built beside the old one and put in its place in one transaction
// with its watermark and the epoch of its key:
//
//	scan ─▶ terms ─▶ tokens ─▶ sorted runs in a file without a name ─▶ merge ─▶ blocks ─▶ load
//	          └────▶ keys ───▶ sealed blocks ─────────────────────────────────────────▶ load
//
// A build holds 40 MiB at most, whatever the table's size, beside the row that
// it is reading (tested). Killed, it leaves the old segment as it was, and the
// next one begins that table again; tables that had finished are kept. A merge of
// what has changed (see [Changing]) holds two bits a row more: it reads what is new
// and changed from the last mark on, and all keys, by which it sees what is gone.
package index
