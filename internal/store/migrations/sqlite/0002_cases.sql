-- +goose Up

-- The last number given in each series, such as AR-2026.
CREATE TABLE cases_series (
	landlord TEXT NOT NULL REFERENCES landlord,
	series   TEXT NOT NULL CHECK (series <> ''),
	last     INTEGER NOT NULL CHECK (last > 0),
	PRIMARY KEY (landlord, series)
) STRICT, WITHOUT ROWID;

-- Requests and what else has a clock. What says who asked, for what, and why
-- something was decided stands in sealed, under the key that wrapped wraps; the
-- two are NULL once the case is forgotten. The other columns name nobody.
CREATE TABLE cases (
	landlord    TEXT NOT NULL REFERENCES landlord,
	id          TEXT NOT NULL CHECK (id <> ''),
	number      TEXT NOT NULL,
	once        TEXT NOT NULL,
	regime      TEXT NOT NULL,
	state       TEXT NOT NULL,
	version     INTEGER NOT NULL CHECK (version > 0),
	received    TEXT NOT NULL,
	received_at INTEGER,
	channel     TEXT NOT NULL,
	notice      TEXT NOT NULL,
	clock       TEXT NOT NULL,
	due         TEXT,
	deadline    INTEGER NOT NULL,
	decided     INTEGER NOT NULL,
	opened      INTEGER NOT NULL,
	changed     INTEGER NOT NULL,
	changed_by  TEXT NOT NULL,
	changed_act TEXT NOT NULL,
	ended       INTEGER,
	forgotten   INTEGER,
	secret      BLOB CHECK (length(secret) = 32),
	wrapped     BLOB,
	sealed      BLOB,
	PRIMARY KEY (landlord, id),
	UNIQUE (landlord, number),
	UNIQUE (landlord, once),
	CHECK ((wrapped IS NULL) = (sealed IS NULL)),
	CHECK ((wrapped IS NULL) = (forgotten IS NOT NULL))
) STRICT, WITHOUT ROWID;

CREATE INDEX cases_running ON cases (landlord, deadline, id) WHERE ended IS NULL;
CREATE INDEX cases_ended ON cases (landlord, ended, id) WHERE ended IS NOT NULL;

-- What was said at a step of a case, sealed: a note, a reason, a question.
CREATE TABLE cases_words (
	landlord TEXT NOT NULL,
	case_id  TEXT NOT NULL,
	step     INTEGER NOT NULL,
	sealed   BLOB NOT NULL,
	PRIMARY KEY (landlord, case_id, step),
	FOREIGN KEY (landlord, case_id) REFERENCES cases (landlord, id)
) STRICT, WITHOUT ROWID;

-- What becomes of one item of an answer. The item is an opaque id.
CREATE TABLE cases_decision (
	landlord  TEXT NOT NULL,
	case_id   TEXT NOT NULL,
	item      TEXT NOT NULL,
	step      INTEGER NOT NULL,
	release   INTEGER NOT NULL CHECK (release IN (0, 1)),
	exemption TEXT NOT NULL,
	decided   INTEGER NOT NULL,
	actor     TEXT NOT NULL,
	sealed    BLOB NOT NULL,
	PRIMARY KEY (landlord, case_id, item),
	FOREIGN KEY (landlord, case_id) REFERENCES cases (landlord, id)
) STRICT, WITHOUT ROWID;

-- Working files, sealed in parts.
CREATE TABLE cases_file (
	landlord TEXT NOT NULL,
	case_id  TEXT NOT NULL,
	name     TEXT NOT NULL,
	part     INTEGER NOT NULL CHECK (part >= 0),
	parts    INTEGER NOT NULL CHECK (part < parts),
	size     INTEGER NOT NULL CHECK (size >= 0),
	revision TEXT NOT NULL,
	sealed   BLOB NOT NULL,
	PRIMARY KEY (landlord, case_id, name, part),
	FOREIGN KEY (landlord, case_id) REFERENCES cases (landlord, id)
) STRICT;
