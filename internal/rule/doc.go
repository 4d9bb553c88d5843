// Package rule decides. It holds the landlord's notice (package notice) against the
// facts of one case and says what may be done, with the sentence and the law that
// say so.
//
// What it decides now is disclosure: may this go to them ([MayDisclose])? What no
// rule of sharing.yaml lets out is refused. A fact that is not known is never taken
// for granted: the answer is then to ask, and it says what for. Where the notice
// says two things about one end, what is better for the person holds. Where it says
// never, nothing else is heard.
//
// Decisions are functions of their arguments: the same notice, the same facts and
// the same day give the same answer for ever. That is what makes it possible to
// replay last year's disclosures against next year's notice.
//
// The language of conditions in a notice is here too ([Condition]): facts such as
// tenancy.new, put together with !, && and || and brackets.
package rule
