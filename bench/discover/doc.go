// Package discover measures what package datamap/discover proposes against maps
// written by hand: precision and recall of each kind of decision on each schema,
// and what it costs on an estate of 1,200 tables.
//
// The hand-written maps are labels/*.yaml; labels/README.md says how they were
// made, and which schemas nobody may tune on.
package discover
