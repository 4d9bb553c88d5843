-- +goose Up

-- What rows are known by in identity_decision: sealed is the key of their digests,
-- under the data key that wrapped wraps. Without it nobody can tell which rows a
-- decision is about, and no decision is found any more.
CREATE TABLE identity_key (
	landlord text COLLATE "C" NOT NULL PRIMARY KEY REFERENCES landlord,
	wrapped  bytea NOT NULL,
	sealed   bytea NOT NULL
);

-- What people decided of two rows of person tables, the newest of a pair being the
-- one with the highest n. Rows stand here as digests, the lesser first; which rows
-- they are, and why it was decided, stands in sealed.
CREATE TABLE identity_decision (
	landlord  text COLLATE "C" NOT NULL REFERENCES landlord,
	row_a     bytea NOT NULL CHECK (length(row_a) = 32),
	row_b     bytea NOT NULL CHECK (length(row_b) = 32),
	n         bigint NOT NULL CHECK (n > 0),
	same      bigint NOT NULL CHECK (same IN (0, 1)),
	decided   bigint NOT NULL,
	actor     text COLLATE "C" NOT NULL,
	sealed    bytea NOT NULL,
	withdrawn bigint,
	PRIMARY KEY (landlord, row_a, row_b, n),
	CHECK (row_a < row_b)
);

CREATE INDEX identity_decision_other ON identity_decision (landlord, row_b);
