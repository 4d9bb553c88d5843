-- +goose Up

-- What rows are known by in identity_decision: sealed is the key of their digests,
-- under the data key that wrapped wraps. Without it nobody can tell which rows a
-- decision is about, and no decision is found any more.
CREATE TABLE identity_key (
	landlord TEXT NOT NULL PRIMARY KEY REFERENCES landlord,
	wrapped  BLOB NOT NULL,
	sealed   BLOB NOT NULL
) STRICT, WITHOUT ROWID;

-- What people decided of two rows of person tables, the newest of a pair being the
-- one with the highest n. Rows stand here as digests, the lesser first; which rows
-- they are, and why it was decided, stands in sealed.
CREATE TABLE identity_decision (
	landlord  TEXT NOT NULL REFERENCES landlord,
	row_a     BLOB NOT NULL CHECK (length(row_a) = 32),
	row_b     BLOB NOT NULL CHECK (length(row_b) = 32),
	n         INTEGER NOT NULL CHECK (n > 0),
	same      INTEGER NOT NULL CHECK (same IN (0, 1)),
	decided   INTEGER NOT NULL,
	actor     TEXT NOT NULL,
	sealed    BLOB NOT NULL,
	withdrawn INTEGER,
	PRIMARY KEY (landlord, row_a, row_b, n),
	CHECK (row_a < row_b)
) STRICT, WITHOUT ROWID;

CREATE INDEX identity_decision_other ON identity_decision (landlord, row_b);
