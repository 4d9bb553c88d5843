// Package job is durable work in the background: what is to be done is a row in
// the store, any number of processes take such rows by lease, and an act happens
// in the very transaction that ends its job.
//
// # Nothing lost, nothing twice
//
// A job is added in the caller's transaction ([Queue.Add]): with the act that
// asks for it, or not at all. A worker takes it for the length of a lease, which
// it renews while it works. If it dies, the lease ends and another takes the job.
// A worker that only seemed dead may wake when the job is another's: so each
// lease has a token of its own, and [Task.Done] compares it in the transaction in
// which the handler writes what it has done. A worker whose lease is another's
// gets [ErrLost] and nothing of that transaction is kept.
//
// This holds for what is in the store. What a handler does elsewhere before its
// last transaction may happen more than once, and must bear it: write a file
// under a name that its content gives, look before sending. A handler with
// several transactions puts [Task.Hold] into each that comes before the last.
//
// # One row for a kind and a key
//
// What is to be done is named by a kind ("index") and a key ("housing"), and is
// there once. Adding a job that waits gives it the newer arguments and, if it has
// not been tried yet, brings it forward. Adding one that runs makes it run once
// more afterwards, with all its tries before it, because it may have looked before
// the reason for adding it arose. Adding one that has failed begins it anew. A job
// that is done leaves no row; what it did stands where it did it, and in the
// ledger if it was an act. Jobs themselves are no acts.
//
// Kinds with an Every run by themselves, once in each slot of that length since
// 1970 UTC for all processes together. Their row is always there, under the empty
// key, and due says when the next slot begins. Slots that passed while nobody was
// there are not made up for, beyond one.
//
// # What stands in a row
//
// Kind, key and arguments hold ids, never names or anything else about a person:
// they are shown to whoever runs the installation, and nobody thinks of erasing
// them. Nor may the errors of handlers, which are kept with the job.
//
// # Clocks
//
// Processes compare their own clocks with what others wrote. Where these differ by
// more than a lease, jobs are taken from workers that still run: then work is done
// in vain, but nothing twice. Keep them by NTP.
//
// On SQLite one process holds the workspace and does the work. On PostgreSQL any
// number do; that several may is tested on both.
package job
