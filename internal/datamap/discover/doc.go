// Package discover proposes a map for a source nobody has mapped: which tables
// are people, what each column holds, and whose each row is.
//
// It looks at names (lexicon.go, meanings.go), at keys declared and not
// (links.go), and at a bounded sample of values (values.go). Every decision is
// an Evidence with its reason in words and a confidence; those from Confident
// upwards are in the proposed map, the rest are reported for a person to decide.
//
// Where it cannot tell whose a row is, it proposes the answer that discloses
// less: an edge that might be ownership becomes a reference, a link that only
// the values suggest becomes a question. A row left out is seen in the report;
// a row given to the wrong person is not seen by anyone until it is too late.
//
// The package is pure: schemas and samples are handed to it.
package discover
