-- +goose Up

-- What the daily run of deletion may do, record by record of Tenet's own: rule is a
-- digest of how the landlord's rule is counted, as somebody signed it; number is how many
-- there were to delete when they did, or how many the run before deleted.
CREATE TABLE keep_leave (
	landlord TEXT NOT NULL REFERENCES landlord,
	record   TEXT NOT NULL CHECK (record <> ''),
	rule     TEXT NOT NULL,
	number   INTEGER NOT NULL CHECK (number >= 0),
	at       INTEGER NOT NULL,
	actor    TEXT NOT NULL,
	PRIMARY KEY (landlord, record)
) STRICT, WITHOUT ROWID;

-- Runs of deletion; a run is named by the instant it began. result is what it came to, as
-- JSON, once it has ended. Nothing here names a person but staff.
CREATE TABLE keep_run (
	landlord TEXT NOT NULL REFERENCES landlord,
	run      INTEGER NOT NULL,
	ended    INTEGER,
	actor    TEXT NOT NULL,
	notice   TEXT NOT NULL,
	result   TEXT NOT NULL,
	PRIMARY KEY (landlord, run)
) STRICT, WITHOUT ROWID;

-- One run is under way at a time.
CREATE UNIQUE INDEX keep_run_open ON keep_run (landlord) WHERE ended IS NULL;

-- How far a run has come: what was counted from an event before an instant goes. digest
-- is a chain over the opaque ids of what went, in the order in which it went.
CREATE TABLE keep_count (
	landlord TEXT NOT NULL,
	run      INTEGER NOT NULL,
	record   TEXT NOT NULL CHECK (record <> ''),
	rule     TEXT NOT NULL,
	before   INTEGER NOT NULL,
	number   INTEGER NOT NULL CHECK (number >= 0),
	digest   BLOB NOT NULL CHECK (length(digest) = 32),
	PRIMARY KEY (landlord, run, record),
	FOREIGN KEY (landlord, run) REFERENCES keep_run (landlord, run)
) STRICT, WITHOUT ROWID;

-- Files of what was forgotten, until they are deleted.
CREATE TABLE keep_file (
	landlord TEXT NOT NULL REFERENCES landlord,
	name     TEXT NOT NULL CHECK (name <> ''),
	PRIMARY KEY (landlord, name)
) STRICT, WITHOUT ROWID;

-- What people said may not be deleted meanwhile. Whose it is and why stands in sealed,
-- under the data key that wrapped wraps; records names the kinds it keeps, and is empty for
-- all of them. everybody says that it is not about one person.
CREATE TABLE keep_hold (
	landlord  TEXT NOT NULL REFERENCES landlord,
	id        TEXT NOT NULL CHECK (id <> ''),
	kind      TEXT NOT NULL CHECK (kind <> ''),
	records   TEXT NOT NULL,
	everybody INTEGER NOT NULL CHECK (everybody IN (0, 1)),
	placed    INTEGER NOT NULL,
	actor     TEXT NOT NULL,
	review    TEXT NOT NULL,
	ended     INTEGER,
	ended_by  TEXT NOT NULL,
	wrapped   BLOB,
	sealed    BLOB,
	PRIMARY KEY (landlord, id),
	CHECK ((ended IS NULL) = (ended_by = '')),
	CHECK ((wrapped IS NULL) = (ended IS NOT NULL)),
	CHECK ((wrapped IS NULL) = (sealed IS NULL))
) STRICT, WITHOUT ROWID;

-- What holds are found by: keyed digests of what identifies the person.
CREATE TABLE keep_hold_mark (
	landlord TEXT NOT NULL,
	mark     BLOB NOT NULL CHECK (length(mark) = 32),
	hold     TEXT NOT NULL,
	PRIMARY KEY (landlord, mark, hold),
	FOREIGN KEY (landlord, hold) REFERENCES keep_hold (landlord, id)
) STRICT, WITHOUT ROWID;

CREATE INDEX keep_hold_mark_of ON keep_hold_mark (landlord, hold);

-- The last number given in each register, so that none is given twice when a paper is
-- forgotten.
CREATE TABLE register_series (
	landlord TEXT NOT NULL REFERENCES landlord,
	register TEXT NOT NULL,
	last     INTEGER NOT NULL CHECK (last > 0),
	PRIMARY KEY (landlord, register)
) STRICT, WITHOUT ROWID;

INSERT INTO register_series (landlord, register, last) SELECT landlord, register, max(number) FROM register_paper GROUP BY landlord, register;

-- The people whom papers name, by keyed digests of what identifies them: in a version, or
-- in an entry beside the paper.
CREATE TABLE register_mark (
	landlord TEXT NOT NULL,
	mark     BLOB NOT NULL CHECK (length(mark) = 32),
	paper    TEXT NOT NULL,
	part     TEXT NOT NULL CHECK (part IN ('version', 'entry')),
	n        INTEGER NOT NULL CHECK (n > 0),
	PRIMARY KEY (landlord, mark, paper, part, n),
	FOREIGN KEY (landlord, paper) REFERENCES register_paper (landlord, id)
) STRICT, WITHOUT ROWID;

CREATE INDEX register_mark_paper ON register_mark (landlord, paper, part, n);

-- Whether a version or an entry names somebody who was not forgotten; NULL where nobody
-- has looked since.
ALTER TABLE register_version ADD COLUMN named INTEGER CHECK (named IN (0, 1));
ALTER TABLE register_entry ADD COLUMN named INTEGER CHECK (named IN (0, 1));
CREATE INDEX register_version_unread ON register_version (landlord, paper) WHERE named IS NULL;
CREATE INDEX register_entry_unread ON register_entry (landlord, paper) WHERE named IS NULL;
CREATE INDEX register_entry_named ON register_entry (landlord, at, paper, n) WHERE named = 1;
CREATE INDEX register_paper_ended ON register_paper (landlord, ended, id) WHERE ended IS NOT NULL;

-- What was kept longest comes first.
CREATE INDEX contact_check_due ON contact_check (landlord, begun, id);
CREATE INDEX contact_authority_due ON contact_authority (landlord, added, id);
CREATE INDEX disclose_entry_kept ON disclose_entry (landlord, day, n) WHERE sealed IS NOT NULL;
