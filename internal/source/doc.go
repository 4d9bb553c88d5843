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
//	sqlite:PATH                      a database file, opened read-only
//	postgres://USER@HOST/DB          or postgresql://, or postgres: and a keyword string
//	mysql://USER@HOST:3306/DB        or mariadb://; by a socket: mysql://USER@/DB?socket=PATH
//	sqlserver://USER@HOST:1433/DB    or mssql://; a named instance: ?instance=NAME
//	oracle://USER@HOST:1521/SERVICE  whose tables go by their bare names: ?schema=OWNER
//	dir:PATH                         a folder of documents, CSV files, workbooks and saved messages
//	mbox:PATH                        a mailbox file, or a folder of them
//	pst:PATH                         an Outlook archive (.pst, and .ost up to Outlook 2010), or a folder of them
//	imaps://USER@HOST/FOLDER         a mailbox on a server, all folders without a FOLDER; imap:// for STARTTLS
//	graph:TENANT?mailbox=USER        mailboxes of Microsoft 365
//	purview:PATH                     what Microsoft Purview eDiscovery exports: a folder, or a zip
//	sar:https://HOST/PATH?ask=NAME   a service that is asked about one person at a time
//
// A password is best kept out of the URL: as env:NAME in its place
// (mysql://tenet:env:HOUSING_PASSWORD@db.example.org/housing), or for PostgreSQL in PGPASSWORD or a
// password file.
//
// MariaDB, MySQL and SQL Server use TLS with whatever certificate the server
// has, and MySQL does without if the server has none. tls=true in the URL has the certificate
// verified, ca=FILE against authorities of one's own; tls=skip-verify insists on TLS alone; tls=false is none.
// Oracle has TLS on a port of its own, and uses it only where tls=true, ca=FILE or tls=skip-verify asks for it.
//
// # Kind to live systems
//
// After the last question mark of any URL may stand, among what else does, what is for Tenet alone and reaches no driver:
//
//	hours=20:00-06:00   when a source is read through, by the clock in London; people are looked up at any time: HoursError
//	pace=25%            how much of a database's time a scan takes once it is slower than usual, 50% unless said; pace=off
//	conns=4             connections to a database server, at most; 8 unless said
//	timeout=90s         how long it may take over a row or a page of rows; a minute unless said
//
// What is slow is learned from the scan itself: see pacer. The time-out also ends the statement on the server: PostgreSQL, MariaDB and
// SQL Server are told, SQLite is interrupted in this program, and Oracle's driver says that it tells the server.
//
// # What has changed since
//
// PostgreSQL, by xmin, and SQL Server, by a column of the type rowversion, tell which rows have changed since a mark (Mark and
// Since, which the index asks for); no other engine can be trusted to. docs/decisions/0034-marks.md says why.
//
// # Folders
//
// A folder's tables are file (one row a document, with its text), message and attachment (.eml and .msg), one for each CSV
// file (.csv, .tsv) and one for each sheet of each Excel workbook (.xlsx, .xlsm, and whatever is one under the name of .csv
// or .xls), called PATH/SHEET. Hidden sheets are tables like others. A workbook is a row of file as well, with what it holds besides
// cells: comments, headers and footers, drawings, embedded documents, authors. Several copies of a table, rent-2026-09.csv and
// rent-2026-10.csv, are several tables. Everything is looked at again each time; a table's Fingerprint is that of its file.
//
// Where a header ends is looked for in the first fifty rows: a form's numbered fields, exports with words over codes, groups over names,
// a title above. A row that may be data is not taken for part of the header without such a sign, and where line 1
// holds dates, telephone numbers and the like there is none, and the columns are numbered. Table.Comment says what was found.
// What was taken for the header of one plain row of words cannot be told from a person's row of words; and the URL has the last word:
//
//	header=ROWS         of every table
//	header=FILES:ROWS   of those whose name or path matches, as header=*definitions.csv:0; may be repeated
//
// All values are text: in a spreadsheet any cell of a column may be of another type than the rest. Dates are written
// 2006-01-02, and a formula is what it came to when the workbook was saved.
//
// Pictures and scanned pages are read where Options.OCR is set, and reported where it is not. A file that is
// written to while it is read is a Problem.
//
// # Mail
//
// Mail comes out in the tables message and attachment, whatever it is kept in, so that one map fits all. A message's id is its
// Message-ID in folders and mailbox files; in an archive it is FILE@NUMBER, on a server FOLDER;UIDVALIDITY=N;UID=N, in Graph MAILBOX/ID
// by its immutable id, in an export its path. Its thread is the first message that References or In-Reply-To lead to, and in Graph
// the conversation. Mailbox is whose it is, as far as the source says.
//
// An archive is read where it stands, by a reader of our own (MS-PST), both ANSI and Unicode, in each of its encodings. Items in Deleted
// Items are messages of that folder, and those whose folder is gone have none. Appointments, contacts, tasks and notes are messages too, their fields in the
// body. Blocks with a wrong checksum are shown and told of. Not read: the offline stores of Outlook 2013 and later, the
// form of which Microsoft has not published; archives protected by Windows; embedded objects that are neither messages nor files.
//
// A server is read by EXAMINE and BODY.PEEK: nothing there changes, not even what is marked as read. A scan that loses its connection
// goes on after it over a new one; a folder that is made anew meanwhile (UIDVALIDITY) ends it. Certificates are verified unless
// tls=skip-verify or, with imap:, tls=false says otherwise. In the URL:
//
//	folder=NAME         with those in it; may be repeated
//	token=env:NAME      OAuth 2.0, in place of a password, as Microsoft 365 and Google want it; not renewed
//
// Gmail shows its mail in All Mail as well as in each folder: name folders there, or every message is a row twice.
//
// Graph has never been met: what is asked and how replies are taken has been held against a fake of Microsoft's reference of version
// 1.0. It takes an application (client=ID, secret=env:NAME) with Mail.Read, and User.Read.All for mailboxes=all; mailbox= may be
// repeated. Folders that are hidden are read, and what was deleted and can be recovered; not calendars,
// contacts, archive mailboxes, Teams chats, and what lies in OneDrive behind a link in a message, which is told of.
//
// An export of Purview has never been met either. Its shapes are as Microsoft's pages describe them ("Export content search results",
// "Export a content search report", "Document metadata fields in eDiscovery (Premium)"): archives and messages in
// Exchange/MAILBOX/FOLDER, files under SharePoint, OneDrive and Teams; NativeFiles and Conversations with a load file; and volumes in zips (PSTs,
// Items, Reports). Archives in a zip must be unpacked unless they are stored as they are. Loose files are rows of the table file. Reports (Results, Items,
// Export_load_file, Unindexed items, Errors and warnings, Skipped items, Manifest.xml) say whose an item is, and each line of theirs that
// tells of an item which failed or is not there is a Problem, up to a thousand in one report.
//
// Not taken apart: winmail.dat (TNEF), S/MIME and encrypted messages, which are attachments of which it is said that they were not read.
//
// # Services that are asked about one person
//
// A sar: source is a service that answers GET with a person's id in the parameter that ask= names: 200 with
// {"content": ..., "attachments": [...]}, 204 where it holds nothing, 209 where it does not know this kind of
// id. One source asks by one kind of id. Its tables (subject, record, attachment) can be looked up by id and never
// scanned: see rows.Table.Asked, ErrAsked and Asker. The content may be JSON of any shape: each object in a list is a
// record, in lines that people can read, and every value stands in one of them. More in the URL:
//
//	token=env:NAME      the bearer token, from the environment; sent to the service's own server alone
//	ca=FILE             authorities of one's own; the certificate is always verified
//	insecure=true       allows http:// to other machines than this one
//	rate=5/s            calls, at most; also 30/m, 100/h
//	from=DATE, to=DATE  sent as fromDate and toDate
//	health=PATH         asked by Check, /health unless said; HEAD is a HEAD of the service itself
//	attachments=HOST    another server from which attachments may be fetched; may be repeated
//
// 429, 502, 503, 504 and a dropped connection are tried again, three times, as Retry-After says or after
// a growing wait. After five failures in a row the service is left alone for a minute, then for two, up to an hour:
// ErrSuspended. An answer that is cut off, over the limit or no JSON is an error and never part of an answer. It is
// kept in memory for a minute, so that one search makes one call.
//
// # What each has been held against
//
// One suite of tests, TestConformance in conformance_test.go, says what every
// database must do: types and nulls in one canonical text, padding, time zones, collations, the
// order of keys, huge values, types that are not known, names, cancelling, dropped
// connections and locks. It runs on SQLite, PostgreSQL and MariaDB, each a real one.
//
// MySQL is read by the same code as MariaDB, and no test has met one. It differs
// where the code says so: the limit on a statement's time, and JSON, which is a type there.
//
// SQL Server has never been met at all. A fake of its protocol shows that the
// driver takes what is sent, page by page, with drops, refusals and time-outs. That a real server
// takes the SQL, and that every type comes out as TestSQLServerTypes has it, is
// as the manual says and not as seen.
//
// Oracle (12.1 on) has never been met either, and not even its protocol has been faked: a fake driver shows
// which statements are sent, and that what comes back is put together rightly. LONG, BFILE
// and object types are not read, and a CLOB over the limit shows its first 1,000 characters.
//
// No service has been asked by the sar: source but fakes that keep its contract, and break it. The 35 answers
// of real services that others have published are read, and every value of them is found in one record.
//
// # Limits
//
// Tables of MariaDB, MySQL, SQL Server and Oracle are read by their key, in pages: nothing is locked while
// the reader takes its time. One without a key, or with a key of floats, enums and the like, is
// read by a single statement, which cannot go on after a drop; a MyISAM table is locked against writers meanwhile.
//
// All pages see the database in one state on MariaDB and MySQL (InnoDB), on Oracle, and on SQL Server if its
// owner has said ALTER DATABASE ... SET ALLOW_SNAPSHOT_ISOLATION ON. Elsewhere each page is of its own moment.
//
// None of these engines says cheaply and certainly that a table has not changed, so that
// Fingerprint is empty. MariaDB and MySQL do not show a login the tables on which it has no
// right at all, so that Check cannot name them. Old versions of rows (SYSTEM VERSIONING) are not read, and Check says so.
//
// # What to grant
//
// Tenet needs to read and nothing else. On PostgreSQL, as the owner of the database:
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
// that.
//
// On MariaDB and MySQL:
//
//	CREATE USER tenet@'192.0.2.10' IDENTIFIED BY '...' WITH MAX_USER_CONNECTIONS 10;
//	GRANT SELECT ON housing.* TO tenet@'192.0.2.10';
//
// On SQL Server, in the database. It has no sessions that only read, so that what Tenet
// is refused rests on the last line:
//
//	CREATE LOGIN tenet WITH PASSWORD = '...';
//	CREATE USER tenet FOR LOGIN tenet;
//	GRANT SELECT, VIEW DEFINITION TO tenet;
//	GRANT UNMASK TO tenet;                                   -- where columns are masked
//	ALTER ROLE db_denydatawriter ADD MEMBER tenet;
//
// On Oracle, with a SELECT for each table, or SELECT ANY TABLE:
//
//	CREATE USER tenet IDENTIFIED BY "...";
//	GRANT CREATE SESSION TO tenet;
//	GRANT SELECT ON housing.person TO tenet;                 -- and each other table
//	GRANT EXEMPT ACCESS POLICY TO tenet;                     -- where a policy hides rows
//
// Check reports what the login cannot read, and every table it could change.
//
// # What to grant on files
//
// Read permission, and for a SQLite database in write-ahead mode the -wal and
// -shm files beside it. A copy made with SQLite's own backup command does as
// well.
package source
