-- +goose Up

-- What the daily run of deletion may do, record by record of Tenet's own: rule is a
-- digest of how the landlord's rule is counted, as somebody signed it; number is how many
-- there were to delete when they did, or how many the run before deleted.
CREATE TABLE keep_leave (
	landlord text COLLATE "C" NOT NULL REFERENCES landlord,
	record   text COLLATE "C" NOT NULL CHECK (record <> ''),
	rule     text COLLATE "C" NOT NULL,
	number   bigint NOT NULL CHECK (number >= 0),
	at       bigint NOT NULL,
	actor    text COLLATE "C" NOT NULL,
	PRIMARY KEY (landlord, record)
);

-- Runs of deletion; a run is named by the instant it began. result is what it came to, as
-- JSON, once it has ended. Nothing here names a person but staff.
CREATE TABLE keep_run (
	landlord text COLLATE "C" NOT NULL REFERENCES landlord,
	run      bigint NOT NULL,
	ended    bigint,
	actor    text COLLATE "C" NOT NULL,
	notice   text COLLATE "C" NOT NULL,
	result   text COLLATE "C" NOT NULL,
	PRIMARY KEY (landlord, run)
);

-- One run is under way at a time.
CREATE UNIQUE INDEX keep_run_open ON keep_run (landlord) WHERE ended IS NULL;

-- How far a run has come: what was counted from an event before an instant goes. digest
-- is a chain over the opaque ids of what went, in the order in which it went.
CREATE TABLE keep_count (
	landlord text COLLATE "C" NOT NULL,
	run      bigint NOT NULL,
	record   text COLLATE "C" NOT NULL CHECK (record <> ''),
	rule     text COLLATE "C" NOT NULL,
	before   bigint NOT NULL,
	number   bigint NOT NULL CHECK (number >= 0),
	digest   bytea NOT NULL CHECK (length(digest) = 32),
	PRIMARY KEY (landlord, run, record),
	FOREIGN KEY (landlord, run) REFERENCES keep_run (landlord, run)
);

-- Files of what was forgotten, until they are deleted.
CREATE TABLE keep_file (
	landlord text COLLATE "C" NOT NULL REFERENCES landlord,
	name     text COLLATE "C" NOT NULL CHECK (name <> ''),
	PRIMARY KEY (landlord, name)
);

-- What people said may not be deleted meanwhile. Whose it is and why stands in sealed,
-- under the data key that wrapped wraps; records names the kinds it keeps, and is empty for
-- all of them. everybody says that it is not about one person.
CREATE TABLE keep_hold (
	landlord  text COLLATE "C" NOT NULL REFERENCES landlord,
	id        text COLLATE "C" NOT NULL CHECK (id <> ''),
	kind      text COLLATE "C" NOT NULL CHECK (kind <> ''),
	records   text COLLATE "C" NOT NULL,
	everybody bigint NOT NULL CHECK (everybody IN (0, 1)),
	placed    bigint NOT NULL,
	actor     text COLLATE "C" NOT NULL,
	review    text COLLATE "C" NOT NULL,
	ended     bigint,
	ended_by  text COLLATE "C" NOT NULL,
	wrapped   bytea,
	sealed    bytea,
	PRIMARY KEY (landlord, id),
	CHECK ((ended IS NULL) = (ended_by = '')),
	CHECK ((wrapped IS NULL) = (ended IS NOT NULL)),
	CHECK ((wrapped IS NULL) = (sealed IS NULL))
);

-- What holds are found by: keyed digests of what identifies the person.
CREATE TABLE keep_hold_mark (
	landlord text COLLATE "C" NOT NULL,
	mark     bytea NOT NULL CHECK (length(mark) = 32),
	hold     text COLLATE "C" NOT NULL,
	PRIMARY KEY (landlord, mark, hold),
	FOREIGN KEY (landlord, hold) REFERENCES keep_hold (landlord, id)
);

CREATE INDEX keep_hold_mark_of ON keep_hold_mark (landlord, hold);

-- The last number given in each register, so that none is given twice when a paper is
-- forgotten.
CREATE TABLE register_series (
	landlord text COLLATE "C" NOT NULL REFERENCES landlord,
	register text COLLATE "C" NOT NULL,
	last     bigint NOT NULL CHECK (last > 0),
	PRIMARY KEY (landlord, register)
);

INSERT INTO register_series (landlord, register, last) SELECT landlord, register, max(number) FROM register_paper GROUP BY landlord, register;

-- The people whom papers name, by keyed digests of what identifies them: in a version, or
-- in an entry beside the paper.
CREATE TABLE register_mark (
	landlord text COLLATE "C" NOT NULL,
	mark     bytea NOT NULL CHECK (length(mark) = 32),
	paper    text COLLATE "C" NOT NULL,
	part     text COLLATE "C" NOT NULL CHECK (part IN ('version', 'entry')),
	n        bigint NOT NULL CHECK (n > 0),
	PRIMARY KEY (landlord, mark, paper, part, n),
	FOREIGN KEY (landlord, paper) REFERENCES register_paper (landlord, id)
);

CREATE INDEX register_mark_paper ON register_mark (landlord, paper, part, n);

-- Whether a version or an entry names somebody who was not forgotten; NULL where nobody
-- has looked since.
ALTER TABLE register_version ADD COLUMN named bigint CHECK (named IN (0, 1));
ALTER TABLE register_entry ADD COLUMN named bigint CHECK (named IN (0, 1));
CREATE INDEX register_version_unread ON register_version (landlord, paper) WHERE named IS NULL;
CREATE INDEX register_entry_unread ON register_entry (landlord, paper) WHERE named IS NULL;
CREATE INDEX register_entry_named ON register_entry (landlord, at, paper, n) WHERE named = 1;
CREATE INDEX register_paper_ended ON register_paper (landlord, ended, id) WHERE ended IS NOT NULL;

-- What was kept longest comes first.
CREATE INDEX contact_check_due ON contact_check (landlord, begun, id);
CREATE INDEX contact_authority_due ON contact_authority (landlord, added, id);
CREATE INDEX disclose_entry_kept ON disclose_entry (landlord, day, n) WHERE sealed IS NOT NULL;
