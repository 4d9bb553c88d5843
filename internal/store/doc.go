// Package store keeps Tenet's own tables: landlords, staff and their sessions,
// the ledger, and the tables of every work room. It opens the database, brings
// its schema up to date, runs transactions, records each act in the transaction
// that performs it, and turns recorded acts into the Merkle tree of package
// ledger. What the rows of the other rooms mean is theirs; each owns its queries.
//
// # Transactions
//
// [Store.Write] runs a function in a transaction that is serialisable: what
// comes of many writes is what would come of them one after another. It runs the
// function again from the start if others were in the way or a connection was
// lost, so the function must do nothing outside its transaction that may not
// happen twice. Keep writes short, and never call Write within a Write.
// [Store.Read] gives a consistent view of the whole store and waits for nobody.
//
// What Write returns nil for is on the disk. A connection that is lost during a
// commit leaves a doubt, and Write settles it: every write knows its number, and
// asks the server by another connection whether that number was committed
// (pg_xact_status). Committed is nil, aborted is done again, and where nobody can
// be asked for thirty seconds, or another server has taken over, the error is
// [ErrUnknown]: do it again with the same Once, and it is done once.
//
// SQL is written once for SQLite and PostgreSQL: parameters are $1, $2; a query
// takes no list; an instant is a whole number of microseconds since 1970 UTC
// ([Micros], [Time]); what is either there or not is NULL or not; no statement
// may fail and be overlooked, since PostgreSQL goes on with nothing after that.
// Every table has a landlord column, every query names the landlord, and every
// reference to another table includes it, so that nothing crosses.
//
// # The ledger
//
// [Tx.Record] writes an act into the ledger in the transaction that performs
// it: both happen or neither. The entry waits, without a number, until
// [Store.Sequence] numbers what has been committed, extends the tree and signs
// it; so no one who performs an act waits for the tree or for another's act.
// Sequencing is one transaction a batch and may be killed, repeated or run
// twice at once: one waits. On PostgreSQL transactions are not committed in the
// order in which they drew their ids. The sequencer numbers whatever is
// committed and has no number yet, whatever its id, so that none is ever passed
// over; an entry's place in the tree is its Seq, never its id. Triggers refuse
// to change or delete what was recorded. The payload of an act and the nonce of
// its commitment stand in a row of their own, which [Tx.Forget] deletes; the
// entry stays, and stays verifiable.
//
// # SQLite
//
// The default engine is one SQLite file in the workspace, mode 0600, in WAL mode
// with synchronous=FULL, foreign keys on and STRICT tables. What is deleted is
// overwritten (secure_delete), and after a Forget the write-ahead log is emptied,
// so that the words are gone from the files and not only from the tables;
// backups are the operator's to expire. WAL needs a local disk: keep the
// workspace off NFS and SMB.
//
// # PostgreSQL
//
// By URL, for any number of processes: PostgreSQL 13 or later, a UTF-8 database,
// and a schema of its own in it, named tenet unless the URL says schema=NAME.
// The role Tenet uses owns that schema and needs nothing else. A process keeps at
// most 16 connections, and needs sessions of its own: no pooler that shares them
// between transactions. Over a network say sslmode=verify-full, and keep the
// password in PGPASSWORD or ~/.pgpass rather than the URL.
//
// Writes are SERIALIZABLE and done again when the server says so; one that came
// off worst four times has the store to itself. Every session has
// synchronous_commit on (or remote_apply, if the server is so set), waits ten
// seconds for a lock and a minute for a statement. What synchronous_commit cannot
// give is the operator's: a failover to a replica that is not synchronous loses
// what it had not received, and a ledger that was checked against a later
// checkpoint shows it.
//
// What is forgotten on PostgreSQL is deleted at once and vacuumed after the
// commit, as soon as no older snapshot can see it. The bytes may still stand in
// the free space of a page until something else is written there, in the
// write-ahead log and its archive, in replicas and in base backups. VACUUM FULL
// rewrites a table without them; archives and backups are the operator's to
// expire. Case files and words are sealed under a key that forgetting deletes,
// and the same is true of that key.
//
// # Backup, restore, move
//
// [Store.Backup] writes everything, as it is at one instant, as one stream that
// is the same from either engine. [Restore] reads it into an empty store of
// either, at the schema it was taken from, and brings that up to date. [Move] is
// the one into the other while nobody writes, with a mark on the old store that
// Open and Write refuse and [Reopen] takes off. All three work from the catalogue
// of the database, and a new table needs no change to them. Each is verified by
// reading both sides again: a [Proof] has of every table its rows and their
// SHA-256 in the order of the primary key. A target is filled in one transaction:
// killed at any instant before its end, it is empty.
//
// # Adding tables
//
// A migration is a file in each of migrations/sqlite and migrations/postgres,
// both named NNNN_words.sql, the next number up, holding "-- +goose Up" and SQL,
// and no Down: the schema only goes forward, and an older Tenet refuses a newer
// store. Statements with semicolons inside them (triggers) stand between
// "-- +goose StatementBegin" and "-- +goose StatementEnd". The two make the same
// tables, with the same columns and the same primary key, which every table has:
// TEXT, INTEGER, BLOB and REAL in tables that are STRICT are text COLLATE "C",
// bigint, bytea and double precision. Tables have a landlord column that
// references landlord (alone or in a composite key), and are named for the room
// they belong to. The tests here check all of that, and that a store and a backup
// of every earlier version come up to the newest with their rows whole; give
// upgrade_test.go rows for the new version when it is released. A migration that
// has been released is never edited.
package store
