// Package register keeps the registers of accountability: impact assessments,
// tests of legitimate interests, appropriate policy documents, decisions on new
// purposes, documents, guidance, advice, agreements and security measures.
//
// # One concept
//
// A register is a kind of paper, and the kind is data ([Form], forms/*.yaml): its
// fields, which of them are needed when, what is entered beside it later, who
// signs, how often it is looked at again, what a signature unlocks, and what of
// the notice calls for one. A landlord adds fields of its own in registers.yaml
// ([Extend]). No landlord is in Go.
//
// A [Paper] has versions. Nothing of a version is overwritten: to change one is to
// write the next. The signed one stands until its successor is signed:
//
//	draft → proposed → signed → replaced or ended
//	            └────→ refused
//
// Beside the versions stand entries: what was done with the paper, and what its
// form takes besides (advice, an objection, who asked for a document, who read
// it). Whoever acts names the step that they looked at; of two at once the second
// is told ([ErrChanged]). Each act writes its entry of the ledger in the same
// transaction. The ledger has numbers and digests, and no words.
//
// # What the notice asks of it
//
// [Items] holds a register against the notice: each thing that calls for a paper,
// met, only stated by the notice, at fault, or missing. [Gaps] is what is not met,
// with the line and the mend. [Screen] and [MayGoLive] answer for projects and
// cameras, [MayUse] and [MayAsk] for uses of data. These are pure.
//
// # Sheets
//
// [Form.Export] writes a register as a spreadsheet has it, and [Form.Import] and
// [Registers.Take] take one back: what is the same changes nothing, what differs is the
// next version, and nobody is signed by a sheet.
//
// # What a thief of the store learns
//
// Title, fields and entries are sealed (AES-256-GCM) under a key of the paper,
// wrapped by the landlord's own, each bound to its place. The store alone shows how
// many papers each register has, their states, days and who acted.
package register
