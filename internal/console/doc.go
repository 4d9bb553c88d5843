// Package console is the staff's face: cases and their clocks, what was found
// about a person and whose it is, what is withheld and why, the record of
// identity, the approval that releases a draft, the ledger and the sources.
//
// It draws and it asks; it decides nothing. [Desk] is all it needs of the rest of
// the program and [Accounts] all it needs of sign-in, both declared here in the
// face's own words; room app fits them to what desk and store offer. Everything
// shown is in view structs beside them.
//
// Every page but the sign-in page needs an account. Nothing is changed by a GET.
// The redaction workbench, whose pages are in the files workbench_*.go, is the one
// part with a script: it sends the marks that the forms send, to the same address,
// and shows the part of the page that the server answers with. [Workbench] is what
// it asks of the rest.
//
// Disclosure takes two steps: a page that says what will happen, and a button on
// that page that carries the fingerprint of the draft that was looked at, so that
// what is released is what was approved.
package console
