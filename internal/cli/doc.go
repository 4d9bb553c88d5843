// Package cli is the command line: every capability by name, for scripts and
// for the people who run Tenet.
//
// What it promises to scripts: with --json one JSON document on standard
// output, whose last key is "complete"; messages on standard error; a failure
// is {"error":{"code","message","where","mend"}}. Exit status 0 done, 1 done
// and something was found (a difference, a refusal, more than one person), 2
// wrong usage, 3 bad input, 4 a source or engine could not be reached, 5 our
// fault. Anything personal may be given as - (a line of standard input) or
// env:NAME, so that it need not stand in a list of processes.
package cli
