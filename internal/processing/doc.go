// Package processing makes the record of processing activities of UK GDPR
// Article 30 from the notice, the maps and the registers. Nothing in it is typed: a line
// is a use of uses.yaml as one body keeps it, and a cell is what a field of the pack
// says, or a signed paper of a register ([Filed]), which goes before the notice's word.
// What none of them says is a [Gap] shown where it is missing.
//
//	Make     the record of the controllers (Article 30(1)) or, as processor, of
//	         each client (Article 30(2))
//	Compare  two records, of two versions of the notice or of two days
//	Read     a sheet that somebody edited; Check says what it has otherwise, and
//	         which field of the pack would have to say so
//	Propose  those differences that are plain lists and words, written into uses.yaml
//	Flows    category → purpose → recipient, folded to what a drawing has room for
//
// Columns have the names and the order of the Information Commissioner's template;
// docs/processing.md says how sure that is. That a landlord has fewer than 250 staff
// is never a reason for a shorter record: Article 30(5) does not reach what is not
// occasional, and letting homes is not.
//
// The package is pure. What the systems and the registers hold comes to it as plain
// values.
package processing
