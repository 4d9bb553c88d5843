// Package promise answers whether a landlord keeps its notice: it runs the checks
// that promises.yaml names for each sentence, and says kept, broken, unproven,
// attested or not-checkable, with a figure, what it covers, how it was counted and
// opaque examples.
//
// What belongs here: the kinds of check ([Kinds]), what each may be given in the
// pack and the faults in that ([Problems]), the rules by which what was found
// becomes an answer ([Judge], [Together]: pure), why there is none and what would
// mend it ([Cause]), who answers for a promise ([Owner]), what is kept of answers
// ([History]) and what of them the public may see ([Public]). What does not: reading the landlord's systems, the cases, the packs
// and the notice folder. Checks ask for those through the small interfaces of
// evidence.go, which the desk meets.
//
// # The rules
//
// A check counts only over a stated coverage and a number above zero:
//
//	broken         what was read breaks it, whatever else could not be read
//	unproven       something that belongs to it was not read, or there was nothing to
//	               count, or its kind is not known, or what it needs is not built
//	kept           all that belongs to it was read, there was some, and it holds
//	attested       somebody who answers for it said so, and that has not expired
//	not-checkable  an aim, of which the pack says why nothing can show it
//
// A sample is a gap in coverage: it can break a promise and never prove one kept.
// Of several checks of one promise the worst is the promise's.
//
// # A kind of check
//
// A [Kind] has a name ("requests.on-time"), parameters that are held against the
// notice with file and line, and a function over evidence that counts good and bad
// things and notes what it could not look at. Add one to its file (requests.go,
// data.go, told.go, rows.go, followed.go, register.go, office.go), name it in Kinds, say in
// mend.go what mends it and in the portal's words how it is looked at, and plant a
// violation and a gap for it in the table of internal/desk/promises_planted_test.go, which
// fails for a kind that is not in it.
package promise
