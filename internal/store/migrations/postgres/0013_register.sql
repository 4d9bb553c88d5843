-- +goose Up

-- Papers of the registers of accountability. What a paper says is sealed under the key
-- that wrapped wraps; in the clear stand its register, number, states, days and who
-- acted. step counts what was done with it. once names what caused it.
CREATE TABLE register_paper (
	landlord text COLLATE "C" NOT NULL REFERENCES landlord,
	id       text COLLATE "C" NOT NULL CHECK (id <> ''),
	once     text COLLATE "C" NOT NULL CHECK (once <> ''),
	register text COLLATE "C" NOT NULL CHECK (register <> ''),
	number   bigint NOT NULL CHECK (number > 0),
	step     bigint NOT NULL CHECK (step > 0),
	review   text COLLATE "C" NOT NULL,
	opened   bigint NOT NULL,
	changed  bigint NOT NULL,
	ended    bigint,
	wrapped  bytea NOT NULL,
	PRIMARY KEY (landlord, id),
	UNIQUE (landlord, once),
	UNIQUE (landlord, register, number)
);

-- What a paper said. A row is never overwritten but in its state, and in who proposed
-- and who decided.
CREATE TABLE register_version (
	landlord   text COLLATE "C" NOT NULL,
	paper      text COLLATE "C" NOT NULL,
	n          bigint NOT NULL CHECK (n > 0),
	state      text COLLATE "C" NOT NULL CHECK (state IN ('draft', 'proposed', 'signed', 'refused', 'replaced', 'ended')),
	written    bigint NOT NULL,
	actor      text COLLATE "C" NOT NULL CHECK (actor <> ''),
	proposer   text COLLATE "C" NOT NULL,
	decided    bigint,
	decided_by text COLLATE "C" NOT NULL,
	sealed     bytea NOT NULL,
	PRIMARY KEY (landlord, paper, n),
	FOREIGN KEY (landlord, paper) REFERENCES register_paper (landlord, id),
	CHECK ((decided IS NULL) = (decided_by = ''))
);

-- What was done with a paper, and what its form takes besides.
CREATE TABLE register_entry (
	landlord text COLLATE "C" NOT NULL,
	paper    text COLLATE "C" NOT NULL,
	n        bigint NOT NULL CHECK (n > 0),
	kind     text COLLATE "C" NOT NULL CHECK (kind <> ''),
	version  bigint NOT NULL,
	at       bigint NOT NULL,
	actor    text COLLATE "C" NOT NULL CHECK (actor <> ''),
	sealed   bytea NOT NULL,
	PRIMARY KEY (landlord, paper, n),
	FOREIGN KEY (landlord, paper, version) REFERENCES register_version (landlord, paper, n)
);
