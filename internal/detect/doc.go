// Package detect finds personal data in running text: who is named, and which numbers and addresses stand there.
//
// What belongs here: spans of text with a type, a score and the reason in words; the recognisers that propose them (UK
// and international identifiers by shape, checksum and context; the people a landlord knows, in memory; rules of titles
// and relationship; a statistical recogniser of names, whose model is names.bin; words that tell who somebody is without a
// name; the shapes of a landlord's own references); the training of that recogniser; the form of Presidio's answers; and
// the resolution of overlaps. What does not: what becomes of a span (package redact) and
// where the text came from.
//
// A failed checksum or a missing context lowers a score, it never vetoes: case notes hold mistyped numbers, and a
// reader recognises those too. A person whom nobody knows is found as often as docs/decisions/0030-names.md says, and not
// always: a guess is for a reader.
//
// The package is pure: no I/O, no clock, the same spans for the same text for ever.
package detect
