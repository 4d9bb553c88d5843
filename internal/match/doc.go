// Package match puts the identifiers of people into one comparable form and compares them.
//
// What belongs here: normalising names, e-mail addresses, telephone numbers, dates, National Insurance and NHS numbers,
// postcodes, UPRNs and references; the words of free text, folded; blocking keys; and the decision whether two sets of
// identifiers describe one person, with its working in words: by rules ([SamePerson]) or by weights that a [Learner] finds
// without labels ([Model]). What does not: reading any system, and finding
// identifiers inside running text (package detect).
//
// The rules that every normaliser keeps:
//
//   - It returns (canonical, ok). Two values are the same identifier exactly when both are ok and the canonical forms
//     are equal. When ok is false the canonical form is empty.
//   - It is idempotent: normalising a canonical form gives it back.
//   - ok speaks of shape, not of truth. Landlords' systems hold mistyped numbers, and a search must find them as they
//     stand; a failed checksum is reported by [ValidNINO] and [ValidNHS] and lowers somebody's score, it never vetoes.
//   - Placeholders ("n/a", "unknown", 01/01/1900) are no identifier.
//
// The package is pure: no I/O, no clock, no chance but what a seed gives, the same answer for the same input for ever.
package match
