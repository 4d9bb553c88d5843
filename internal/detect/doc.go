// Package detect finds personal data in running text: who is named, and which numbers and addresses stand there.
//
// What belongs here: spans of text with a type, a score and the reason in words; the recognisers that propose them (UK
// and international identifiers by shape, checksum and context; the people a landlord knows, in memory; simple rules of
// titles and relationship); and the resolution of overlaps. What does not: what becomes of a span (package redact) and
// where the text came from.
//
// A failed checksum or a missing context lowers a score, it never vetoes: case notes hold mistyped numbers, and a
// reader recognises those too. There is no statistical recogniser here yet: a person whom nobody knows, and whom no title
// or relationship introduces, is not found.
//
// The package is pure: no I/O, no clock, the same spans for the same text for ever.
package detect
