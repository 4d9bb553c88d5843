// Package index is the blind index: where is this, without a copy of it.
//
// For every table that a map describes it keeps 64-bit tokens,
// HMAC(key, landlord, source, table, class, kind, value), of the identifiers
// and of every uncommon word of free text, each pointing at a sealed locator
// (the row's own key). A search asks which rows have all of some tokens,
// fetches those from their source and decides on the plaintext there: the index
// is never the last word, and a name learned today finds a note written last
// year. What someone who steals the file without its key still learns is how
// often a token recurs within one table; docs/security.md says so.
//
// It lives in a file of its own. One table of a source is one segment: built
// whole beside the old one by external sort and ordered load, in bounded
// memory, and put in its place in one transaction with its watermark. A build
// that is killed leaves the old segment as it was.
package index
