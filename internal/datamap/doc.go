// Package datamap knows what a source holds and whose it is.
//
// A Map is YAML made for people to edit and review in git: which tables are
// people, which columns identify them, what each column is, which rows belong
// to which, and which merely describe a place that others share. Check holds
// it against a source as it is now. Walk follows it from one person's rows to
// everything that is theirs and stops where other people begin: see whose.go.
//
// The package is pure. Rows come to it through the small interface Rows, and
// schemas as values; it never opens anything.
package datamap
