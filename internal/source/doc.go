// Package source reads other people's systems: databases, folders, mailboxes.
// It never writes to them and keeps no copy.
//
// What belongs here: one file (or two) for each engine, behind the one small
// interface Source, and what the engines share. A table of a database, the
// letters in a folder and the messages in a mailbox all come out as package
// rows has them: tables of rows of values in one canonical text. What does not
// belong here: what the data means (datamap), where a person is in it (index,
// find), and changing it (change).
//
// # What every engine keeps to
//
// Nothing is silently skipped. Whatever cannot be read (a file of an unknown type, a value
// over the limit, a view that is broken, a message that is no message) goes to
// Options.Report as a Problem that names it, says why and how to mend it.
// Memory is bounded: rows are streamed, and a value longer than Limits.Value
// is cut off or left out where it stands, with Value.Lost saying so. Every
// statement has a time-out. Values reach SQL as parameters only, identifiers
// quoted. Passwords never appear in errors.
//
// # Engines
//
//	sqlite:PATH                 a database file, opened read-only
//	postgres://USER@HOST/DB     or postgresql://, or postgres: and a keyword string
//	dir:PATH                    a folder of documents, CSV files and saved messages
//	mbox:PATH                   a mailbox file, or a folder of them
//
// A PostgreSQL password is best kept out of the URL: in PGPASSWORD, in a password file, or as
// env:NAME in its place (postgres://tenet:env:HOUSING_PASSWORD@db.example.org/housing).
//
// # What to grant on PostgreSQL
//
// Tenet needs to read and nothing else. As the owner of the database:
//
//	CREATE ROLE tenet LOGIN PASSWORD '...' CONNECTION LIMIT 10;
//	ALTER ROLE tenet SET default_transaction_read_only = on;
//	GRANT CONNECT ON DATABASE housing TO tenet;
//	GRANT USAGE ON SCHEMA public TO tenet;                   -- and each other schema
//	GRANT SELECT ON ALL TABLES IN SCHEMA public TO tenet;    -- and each other schema
//	ALTER DEFAULT PRIVILEGES IN SCHEMA public GRANT SELECT ON TABLES TO tenet;
//
// The last line covers tables that its owner creates later. Where row-level security is on
// the login needs BYPASSRLS, or the table counts as unreadable: a policy
// would hide rows without a word, and an answer to a person must not rest on
// that. Check reports what the login cannot read, and every table it could
// change.
//
// # What to grant on files
//
// Read permission, and for a SQLite database in write-ahead mode the -wal and
// -shm files beside it. A copy made with SQLite's own backup command does as
// well.
package source
