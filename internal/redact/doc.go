// Package redact decides what of a text other people's rights keep from the requester, takes it out, and proves that it
// is gone.
//
// What belongs here: proposals made from detected spans and from what the requester may keep; their application, which
// puts labels where words were; labels that stay the same within one pack; and the proof over the bytes that go out.
// What does not: finding personal data (package detect) and reading or writing documents (package doc). Subjects of
// mails and names of files are text like any other, and pass through here too.
//
// The law is DPA 2018 Sch 2 para 16: information about the requester may be withheld where it would disclose
// information about another person who has not consented and it is not reasonable to go without consent. Who decides is
// a person; this package proposes, and what nobody has decided is withheld.
//
// What has no words, a photograph or a signature, goes from the copy of a document by a [Region] of its page.
//
// What people decide is a list of steps, which is only ever added to, folded over the documents of a case ([Work.At]). A
// decision on one span counts before one on a group of spans, that before a rule of the landlord's, and that before what
// is proposed. Spans are named by the words they stand in, so that a decision is never handed on to other words.
//
// The proof sees the bytes it is given. What is compressed or encrypted within them it cannot see: prove the parts
// before they are packed.
//
// The package is pure: no I/O, no clock.
package redact
