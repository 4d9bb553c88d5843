-- +goose Up

-- Papers of the registers of accountability. What a paper says is sealed under the key
-- that wrapped wraps; in the clear stand its register, number, states, days and who
-- acted. step counts what was done with it. once names what caused it.
CREATE TABLE register_paper (
	landlord TEXT NOT NULL REFERENCES landlord,
	id       TEXT NOT NULL CHECK (id <> ''),
	once     TEXT NOT NULL CHECK (once <> ''),
	register TEXT NOT NULL CHECK (register <> ''),
	number   INTEGER NOT NULL CHECK (number > 0),
	step     INTEGER NOT NULL CHECK (step > 0),
	review   TEXT NOT NULL,
	opened   INTEGER NOT NULL,
	changed  INTEGER NOT NULL,
	ended    INTEGER,
	wrapped  BLOB NOT NULL,
	PRIMARY KEY (landlord, id),
	UNIQUE (landlord, once),
	UNIQUE (landlord, register, number)
) STRICT, WITHOUT ROWID;

-- What a paper said. A row is never overwritten but in its state, and in who proposed
-- and who decided.
CREATE TABLE register_version (
	landlord   TEXT NOT NULL,
	paper      TEXT NOT NULL,
	n          INTEGER NOT NULL CHECK (n > 0),
	state      TEXT NOT NULL CHECK (state IN ('draft', 'proposed', 'signed', 'refused', 'replaced', 'ended')),
	written    INTEGER NOT NULL,
	actor      TEXT NOT NULL CHECK (actor <> ''),
	proposer   TEXT NOT NULL,
	decided    INTEGER,
	decided_by TEXT NOT NULL,
	sealed     BLOB NOT NULL,
	PRIMARY KEY (landlord, paper, n),
	FOREIGN KEY (landlord, paper) REFERENCES register_paper (landlord, id),
	CHECK ((decided IS NULL) = (decided_by = ''))
) STRICT, WITHOUT ROWID;

-- What was done with a paper, and what its form takes besides.
CREATE TABLE register_entry (
	landlord TEXT NOT NULL,
	paper    TEXT NOT NULL,
	n        INTEGER NOT NULL CHECK (n > 0),
	kind     TEXT NOT NULL CHECK (kind <> ''),
	version  INTEGER NOT NULL,
	at       INTEGER NOT NULL,
	actor    TEXT NOT NULL CHECK (actor <> ''),
	sealed   BLOB NOT NULL,
	PRIMARY KEY (landlord, paper, n),
	FOREIGN KEY (landlord, paper, version) REFERENCES register_version (landlord, paper, n)
) STRICT, WITHOUT ROWID;
