// Package cases keeps cases: requests, complaints and incidents, each with who
// asked, a clock, and a life from receipt to closing.
//
// # Steps
//
// What may be done to a case, when, and what it becomes is one table,
// [Transitions]; nothing changes a case but by a row of it. Each step raises
// the case's version by one and writes its entry of the ledger in the same
// transaction, under the case's id and the number of the step, so that the two
// can never differ. A step that finds its work done already, as after a crash,
// does nothing and succeeds. A caller who names the version they saw is told
// who changed the case since ([Changed]) instead of overwriting it.
//
// A request for access can be answered to its end. Cases of the other regimes can
// be opened and carry their notes and clocks; to draft or decide them is refused
// with an error that says which kinds can.
//
// # Who may read what
//
// Each case has a data key of its own, wrapped by the landlord's keys. Whatever
// says who asked, what they said, or why something was decided is sealed with
// it: particulars, notes, reasons, working files. The other columns, and the
// ledger, hold dates, states, counts, digests and opaque ids. [Cases.Forget]
// destroys the wrapped key and all that it sealed; the state and the dates stay.
//
// # The clock
//
// Dates are never stored as the truth: [Cases.Clock] counts from what happened
// each time, by package law, with the promise that the notice made when the
// case was opened. The due date kept beside a case is for ordering lists;
// [Cases.Reclock] brings it up to date when holidays change, and records each
// deadline that moved.
package cases
