// Package expiry deletes on schedule what Tenet keeps itself: by the landlord's periods,
// never what is held, and with a certificate (UK GDPR Article 5(1)(e) and (2)).
//
// # Rules
//
// keeping.yaml says of which records of Tenet's own a rule is (records:), and what its
// trigger is in their lives (own: made or ended). [Rules] reads them. A kind of record
// without a rule is never deleted: that it has none is a finding ([Rule.Lacks]).
//
// # Keepers
//
// Each room says itself what of its own is old enough, what it knows that holds it, and
// how it is forgotten: a [Keeper]. This package knows no room. What goes is forgotten by its
// key where it has one, and its bytes are deleted.
//
// # Holds
//
// Nothing goes that its room holds (a case that is open), that a request of the same
// person holds ([Holder]; to destroy what was asked for is an offence, DPA 2018 s.173), or
// that somebody placed a [Hold] on: a claim, an inquiry. Whether anything holds it is asked
// in the transaction that forgets it.
//
// # A run
//
// [Office.Survey] is the dry run. The first run of a kind of record, and each after its rule
// was changed, waits until somebody has signed what the dry run counted ([Office.Sign]). A
// run that would delete many more than the one before stops there too and asks. What a
// run deletes is counted in the transactions that delete it, so a run that was killed is
// gone on with and comes to the same. Its entry in the ledger has counts, and a digest of the
// opaque ids that went; [Office.Certificate] says the same for people.
//
// # What a thief of the store learns
//
// How many records of each kind went and when, who signed, and that somebody holds
// something for a claim until a day. Whom a hold is about and why is sealed, each under a
// data key of its own, and gone when it is lifted; a keyed digest finds what it covers.
package expiry
