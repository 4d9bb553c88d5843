// Package disclose keeps the log of what was given out: every release of personal
// data, to whom, whose, what, when, by whom, why, on what basis and under which
// version of the notice (UK GDPR Articles 5(2), 15(1)(c) and 19).
//
// # Entries
//
// An entry is numbered in a row and never changed. What was written wrongly is
// corrected by a later entry that names it ([Entry.Corrects]); one that says that
// nothing went at all is of the kind [Void]. Both stay. An entry keeps what the
// decision rested on (rule.Ask), so that it can be decided again under another
// version of the notice. Each is written in the transaction of its act, with its
// entry in the ledger, which holds no person.
//
// # Whose
//
// An entry is found by the marks of those it is about: keyed digests that the
// caller makes (cases.Cases.Marks). A strong mark is of one person alone, such as
// that of a National Insurance number; a weak one may be shared, as a telephone is
// in a household. An entry that shares only a weak mark is surely of the person only
// if the names agree and no birthday speaks against it: what is not sure is told to
// staff, and never to the person, whose neighbour's data it may be.
//
// # What a thief of the store learns
//
// How many releases there were, when, by whom, to which recipient of the notice and by
// which rule, and which of them are of one person; not who. Names, words, fields and
// facts are sealed (AES-256-GCM), each entry under a data key of its own. Forgetting
// one takes that key: number, day and recipient stay.
//
// Whether something may go is package rule's to say.
package disclose
