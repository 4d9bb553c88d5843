-- +goose Up

-- A run of the promise board: when, by whose asking, and under which version of the
-- notice. Its number is the instant of its end. Nothing here names anybody.
CREATE TABLE promise_run (
	landlord TEXT NOT NULL REFERENCES landlord,
	run      INTEGER NOT NULL,
	notice   TEXT NOT NULL,
	actor    TEXT NOT NULL,
	PRIMARY KEY (landlord, run)
) STRICT, WITHOUT ROWID;

-- What a run found of a promise. before is the status of the run before, empty for
-- the first; result is what was found, as JSON.
CREATE TABLE promise_result (
	landlord TEXT NOT NULL,
	promise  TEXT NOT NULL,
	run      INTEGER NOT NULL,
	status   TEXT NOT NULL,
	before   TEXT NOT NULL,
	result   TEXT NOT NULL,
	PRIMARY KEY (landlord, promise, run),
	FOREIGN KEY (landlord, run) REFERENCES promise_run (landlord, run)
) STRICT, WITHOUT ROWID;

CREATE INDEX promise_result_run ON promise_result (landlord, run);

-- Somebody's word that a promise is kept. owner is the contact of the notice who
-- answers for it; evidence says what shows it, and names nobody.
CREATE TABLE promise_attestation (
	landlord TEXT NOT NULL REFERENCES landlord,
	promise  TEXT NOT NULL,
	at       INTEGER NOT NULL,
	actor    TEXT NOT NULL,
	owner    TEXT NOT NULL,
	evidence TEXT NOT NULL CHECK (evidence <> ''),
	PRIMARY KEY (landlord, promise, at)
) STRICT, WITHOUT ROWID;

-- The promises of which the public may see how they are kept, as the landlord signed
-- them off: for these words and no others.
CREATE TABLE promise_public (
	landlord TEXT NOT NULL REFERENCES landlord,
	promise  TEXT NOT NULL,
	words    TEXT NOT NULL,
	at       INTEGER NOT NULL,
	actor    TEXT NOT NULL,
	PRIMARY KEY (landlord, promise)
) STRICT, WITHOUT ROWID;
