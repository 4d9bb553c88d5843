// Package law is what the law says, as pure functions and tables with their
// citations: the clocks that requests, complaints and breaches run by, the
// bank holidays they depend on, which rights follow from which lawful basis,
// the exemptions under which something may be withheld, the kinds of case there
// are and how each is handled ([Kinds], [Kind.Handling]), on what grounds one may be refused and
// what an answer has to say ([GroundsFor], [Contents]), and who may act for
// whom ([Authority.Permits]).
//
// It knows no landlord. What a landlord promises on top comes in as a
// [Promise], and [Clock] shows both: whichever is better for the person
// governs. Where our reading of the law is not confirmed against the source,
// the point is one of [Settings] with a default, and every [Result] that rests
// on it says so in Unverified; [Doubts] lists them all.
//
// Tables mark what was not read in its source (Verified); that is never to be
// shown as settled law. [Classify] proposes and decides nothing.
//
// Nothing here reads a file or asks what day it is. Bank holidays are a value
// ([Embedded], or [ParseHolidays] on GOV.UK's own file), so that deadlines move
// when better holidays are handed in, and a date that the holidays do not
// reach is an error, never a guess.
//
// Dates are civil dates in Europe/London; only clocks that the law counts in
// hours use instants.
//
// The bank holidays in holidays.json are Open Government Licence v3.0; see the
// README beside it.
package law
