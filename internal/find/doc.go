// Package find answers: what is held about this person, and whose is each part?
//
// Who is a person? Candidates come from the blind index, are fetched from
// their source and weighed there by match.Model: never a silent merge, and
// where two people could be meant the answer is the question which. A row joins
// the person only where it is the same as a row of theirs, contradicts none, and
// fits nobody else as well; what is less is Possible, for a person to decide, and
// what people decided ([Decisions]) wins. What is
// theirs? Package datamap walks from their rows. Where else are they named? In
// columns that name someone, and in free text, found through the index and
// read again in the source before it counts.
//
// Texts that say the same are folded ([Record.Like]) and what belongs together is
// threaded; only texts in which no word, number or sign differs are folded.
//
// What was not searched, and what could have been reached and was left alone,
// is part of every answer.
package find
