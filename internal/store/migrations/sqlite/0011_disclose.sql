-- +goose Up

-- How many releases of personal data there are, so that they are numbered in a row.
CREATE TABLE disclose_series (
	landlord TEXT PRIMARY KEY REFERENCES landlord,
	last     INTEGER NOT NULL CHECK (last > 0)
) STRICT, WITHOUT ROWID;

-- Every release of personal data, and every correction of what was written of one. Rows
-- are added and never changed, but that forgetting one takes its wrapped key and what
-- it sealed. once names what caused it. Who was given it, whose it is, what and why stand
-- sealed; recipient and rule are ids of the notice, and empty where it went to the person.
CREATE TABLE disclose_entry (
	landlord  TEXT NOT NULL REFERENCES landlord,
	n         INTEGER NOT NULL CHECK (n > 0),
	once      TEXT NOT NULL,
	at        INTEGER NOT NULL,
	day       TEXT NOT NULL,
	actor     TEXT NOT NULL,
	kind      TEXT NOT NULL CHECK (kind IN ('shared', 'answer', 'void')),
	verdict   TEXT NOT NULL CHECK (verdict IN ('within', 'against', 'right')),
	recipient TEXT NOT NULL,
	rule      TEXT NOT NULL,
	case_id   TEXT,
	notice    TEXT NOT NULL,
	people    INTEGER NOT NULL CHECK (people >= 0),
	corrects  INTEGER,
	wrapped   BLOB,
	sealed    BLOB,
	PRIMARY KEY (landlord, n),
	FOREIGN KEY (landlord, case_id) REFERENCES cases (landlord, id),
	FOREIGN KEY (landlord, corrects) REFERENCES disclose_entry (landlord, n),
	CHECK ((wrapped IS NULL) = (sealed IS NULL)),
	CHECK (kind <> 'void' OR corrects IS NOT NULL),
	CHECK (corrects < n)
) STRICT, WITHOUT ROWID;

CREATE UNIQUE INDEX disclose_entry_once ON disclose_entry (landlord, once) WHERE once <> '';
CREATE UNIQUE INDEX disclose_entry_corrects ON disclose_entry (landlord, corrects) WHERE corrects IS NOT NULL;
CREATE INDEX disclose_entry_day ON disclose_entry (landlord, day, n);
CREATE INDEX disclose_entry_recipient ON disclose_entry (landlord, recipient, n);
CREATE INDEX disclose_entry_case ON disclose_entry (landlord, case_id, n) WHERE case_id IS NOT NULL;

-- Whose data it was: keyed digests of their identifiers. person counts the people of
-- an entry, from 0.
CREATE TABLE disclose_mark (
	landlord TEXT NOT NULL,
	mark     BLOB NOT NULL CHECK (length(mark) = 32),
	n        INTEGER NOT NULL,
	person   INTEGER NOT NULL CHECK (person >= 0),
	strong   INTEGER NOT NULL CHECK (strong IN (0, 1)),
	PRIMARY KEY (landlord, mark, n, person),
	FOREIGN KEY (landlord, n) REFERENCES disclose_entry (landlord, n)
) STRICT, WITHOUT ROWID;

CREATE INDEX disclose_mark_entry ON disclose_mark (landlord, n);
