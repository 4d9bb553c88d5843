// Package store keeps Tenet's own tables: landlords, staff and their sessions,
// the ledger, and the tables of every work room. It opens the database, brings
// its schema up to date, runs transactions, records each act in the transaction
// that performs it, and turns recorded acts into the Merkle tree of package
// ledger. What the rows of the other rooms mean is theirs; each owns its queries.
//
// # Transactions
//
// [Store.Write] runs a function in an immediate transaction and does so again
// if the database was busy, so the function must do nothing outside its
// transaction that may not happen twice. One write runs at a time; keep them
// short, and never call Write within a Write. [Store.Read] gives a consistent
// view of the whole store and waits for nobody.
//
// SQL is written once for SQLite and PostgreSQL: parameters are $1, $2; a query
// takes no list; an instant is a whole number of microseconds since 1970 UTC
// ([Micros], [Time]); what is either there or not is NULL or not. Every table has
// a landlord column, every query names the landlord, and every reference to
// another table includes it, so that nothing crosses.
//
// # The ledger
//
// [Tx.Record] writes an act into the ledger in the transaction that performs
// it: both happen or neither. The entry waits, without a number, until
// [Store.Sequence] numbers what has been committed, extends the tree and signs
// it; so no one who performs an act waits for the tree or for another's act.
// Sequencing is one transaction a batch and may be killed, repeated or run
// twice at once. Triggers refuse to change or delete what was recorded. The
// payload of an act and the nonce of its commitment stand in a row of their own,
// which [Tx.Forget] deletes; the entry stays, and stays verifiable.
//
// # SQLite
//
// The default engine is one SQLite file in the workspace, mode 0600, in WAL mode
// with synchronous=FULL, foreign keys on and STRICT tables. What is deleted is
// overwritten (secure_delete), and after a Forget the write-ahead log is emptied,
// so that the words are gone from the files and not only from the tables;
// backups are the operator's to expire. WAL needs a local disk: keep the
// workspace off NFS and SMB. PostgreSQL is not there yet, and [Open] says so.
//
// # Adding tables
//
// A migration is a file of migrations/sqlite named NNNN_words.sql, the next
// number up, holding "-- +goose Up" and SQL, and no Down: the schema only goes
// forward, and an older Tenet refuses a newer store. Statements with semicolons
// inside them (triggers) stand between "-- +goose StatementBegin" and
// "-- +goose StatementEnd". Tables are STRICT, have a landlord column that
// references landlord (alone or in a composite key), and are named for the
// room they belong to. The tests here check all of that, and that a store of
// every earlier version comes up to the newest with its rows whole; give
// upgrade_test.go rows for the new version when it is released. A migration
// that has been released is never edited.
package store
