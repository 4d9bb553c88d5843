// Package bench measures what spans several rooms, each figure beside what limits
// it or what somebody would use instead: reading the same rows without knowing
// whose they are, scanning everything, the standard library's regexp, SHA-256
// alone. What one room does by itself is measured there.
//
// A table of ratios follows the benchmarks. Ratios hold from machine to machine
// where times do not, and it is ratios that a change must not make worse.
package bench
