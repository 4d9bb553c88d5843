// Package console is the staff's face: cases and their clocks, what was found
// about a person and whose it is, what is withheld and why, the record of
// identity, the approval that releases a draft, the ledger and the sources.
//
// It draws and it asks; it decides nothing. [Desk] is all it needs of the rest of
// the program and [Accounts] all it needs of sign-in, both declared here in the
// face's own words; room app fits them to what desk and store offer. Everything
// shown is in view structs beside them.
//
// Every page but those for signing in needs an account, and takes a duty that the
// account's role has: [Gate] is asked in one place, before a page sees the request,
// by the table in access.go. What somebody may not read is taken out in front of the
// desk (access_screen.go). Nothing in a case is changed by a GET; that somebody
// looked is noted.
// The redaction workbench, whose pages are in the files workbench_*.go, is the one
// part with a script: it sends the marks that the forms send, to the same address,
// and shows the part of the page that the server answers with. [Workbench] is what
// it asks of the rest.
//
// Disclosure takes two steps: a page that says what will happen, and a button on
// that page that carries the fingerprint of the draft that was looked at, so that
// what is released is what was approved.
package console
