-- +goose Up

-- Work that waits, runs or has failed, one row for each kind and key. It names
-- things by their ids and nobody. due is the instant from which a process may
-- take the job: of one that runs the end of its lease, of one that has failed for
-- good NULL. lease is the token of whoever runs it, and again the instant from
-- which it is to run once more, having been added while it ran.
CREATE TABLE job (
	landlord text COLLATE "C" NOT NULL REFERENCES landlord,
	kind     text COLLATE "C" NOT NULL CHECK (kind <> ''),
	key      text COLLATE "C" NOT NULL,
	args     text COLLATE "C" NOT NULL,
	state    text COLLATE "C" NOT NULL CHECK (state IN ('waiting', 'running', 'failed')),
	due      bigint,
	tries    bigint NOT NULL CHECK (tries >= 0),
	added    bigint NOT NULL,
	worker   text COLLATE "C" NOT NULL,
	lease    text COLLATE "C",
	again    bigint,
	error    text COLLATE "C" NOT NULL,
	PRIMARY KEY (landlord, kind, key),
	CHECK ((lease IS NOT NULL) = (state = 'running')),
	CHECK (again IS NULL OR state = 'running'),
	CHECK (due IS NOT NULL OR state = 'failed')
);

CREATE INDEX job_due ON job (landlord, kind, due, key);
