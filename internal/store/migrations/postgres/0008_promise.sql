-- +goose Up

-- A run of the promise board: when, by whose asking, and under which version of the
-- notice. Its number is the instant of its end. Nothing here names anybody.
CREATE TABLE promise_run (
	landlord text COLLATE "C" NOT NULL REFERENCES landlord,
	run      bigint NOT NULL,
	notice   text COLLATE "C" NOT NULL,
	actor    text COLLATE "C" NOT NULL,
	PRIMARY KEY (landlord, run)
);

-- What a run found of a promise. before is the status of the run before, empty for
-- the first; result is what was found, as JSON.
CREATE TABLE promise_result (
	landlord text COLLATE "C" NOT NULL,
	promise  text COLLATE "C" NOT NULL,
	run      bigint NOT NULL,
	status   text COLLATE "C" NOT NULL,
	before   text COLLATE "C" NOT NULL,
	result   text COLLATE "C" NOT NULL,
	PRIMARY KEY (landlord, promise, run),
	FOREIGN KEY (landlord, run) REFERENCES promise_run (landlord, run)
);

CREATE INDEX promise_result_run ON promise_result (landlord, run);

-- Somebody's word that a promise is kept. owner is the contact of the notice who
-- answers for it; evidence says what shows it, and names nobody.
CREATE TABLE promise_attestation (
	landlord text COLLATE "C" NOT NULL REFERENCES landlord,
	promise  text COLLATE "C" NOT NULL,
	at       bigint NOT NULL,
	actor    text COLLATE "C" NOT NULL,
	owner    text COLLATE "C" NOT NULL,
	evidence text COLLATE "C" NOT NULL CHECK (evidence <> ''),
	PRIMARY KEY (landlord, promise, at)
);

-- The promises of which the public may see how they are kept, as the landlord signed
-- them off: for these words and no others.
CREATE TABLE promise_public (
	landlord text COLLATE "C" NOT NULL REFERENCES landlord,
	promise  text COLLATE "C" NOT NULL,
	words    text COLLATE "C" NOT NULL,
	at       bigint NOT NULL,
	actor    text COLLATE "C" NOT NULL,
	PRIMARY KEY (landlord, promise)
);
