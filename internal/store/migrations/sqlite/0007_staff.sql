-- +goose Up

-- Wrong codes in a row, and since when no code is taken until an administrator
-- resets the account.
ALTER TABLE staff ADD COLUMN tries INTEGER NOT NULL DEFAULT 0 CHECK (tries >= 0);
ALTER TABLE staff ADD COLUMN locked INTEGER;

-- The secret that an account's authenticator shares with us, sealed under the data
-- key that wrapped wraps. step is the last time step whose code was taken: none is
-- taken twice. It counts once a code has confirmed it.
CREATE TABLE staff_factor (
	landlord  TEXT NOT NULL,
	staff     TEXT NOT NULL,
	wrapped   BLOB NOT NULL,
	sealed    BLOB NOT NULL,
	step      INTEGER NOT NULL,
	begun     INTEGER NOT NULL,
	confirmed INTEGER,
	PRIMARY KEY (landlord, staff),
	FOREIGN KEY (landlord, staff) REFERENCES staff (landlord, id)
) STRICT, WITHOUT ROWID;

-- Codes for whoever has lost the authenticator, as hashes. Each is taken once.
CREATE TABLE staff_code (
	landlord TEXT NOT NULL,
	staff    TEXT NOT NULL,
	code     BLOB NOT NULL CHECK (length(code) = 32),
	used     INTEGER,
	PRIMARY KEY (landlord, staff, code),
	FOREIGN KEY (landlord, staff) REFERENCES staff (landlord, id)
) STRICT, WITHOUT ROWID;

-- By whom else an account is vouched for: the landlord's own sign-in, which knows
-- its holder by a subject.
CREATE TABLE staff_outside (
	landlord TEXT NOT NULL,
	issuer   TEXT NOT NULL CHECK (issuer <> ''),
	subject  TEXT NOT NULL CHECK (subject <> ''),
	staff    TEXT NOT NULL,
	PRIMARY KEY (landlord, issuer, subject),
	FOREIGN KEY (landlord, staff) REFERENCES staff (landlord, id)
) STRICT, WITHOUT ROWID;

-- Where somebody is signed in. A session of the console names one of these and is
-- worth nothing without it.
CREATE TABLE staff_session (
	landlord TEXT NOT NULL,
	id       TEXT NOT NULL CHECK (id <> ''),
	staff    TEXT NOT NULL,
	browser  TEXT NOT NULL,
	started  INTEGER NOT NULL,
	seen     INTEGER NOT NULL,
	vouched  INTEGER,
	PRIMARY KEY (landlord, id),
	FOREIGN KEY (landlord, staff) REFERENCES staff (landlord, id)
) STRICT, WITHOUT ROWID;

CREATE INDEX staff_session_staff ON staff_session (landlord, staff);

-- Who looked at what of a case: a row for each person, day and page. The first look
-- of a day stands in the ledger too.
CREATE TABLE staff_look (
	landlord TEXT NOT NULL,
	case_id  TEXT NOT NULL,
	staff    TEXT NOT NULL,
	day      TEXT NOT NULL,
	page     TEXT NOT NULL,
	item     TEXT NOT NULL,
	began    INTEGER NOT NULL,
	ended    INTEGER NOT NULL,
	times    INTEGER NOT NULL CHECK (times > 0),
	PRIMARY KEY (landlord, case_id, staff, day, page, item),
	FOREIGN KEY (landlord, case_id) REFERENCES cases (landlord, id),
	FOREIGN KEY (landlord, staff) REFERENCES staff (landlord, id)
) STRICT, WITHOUT ROWID;

CREATE INDEX staff_look_ended ON staff_look (landlord, ended);

-- For what purpose somebody opened the sensitive records of a case, until when, and
-- in sealed, under the data key that wrapped wraps, why.
CREATE TABLE staff_opening (
	landlord TEXT NOT NULL,
	case_id  TEXT NOT NULL,
	staff    TEXT NOT NULL,
	opened   INTEGER NOT NULL,
	until    INTEGER NOT NULL,
	purpose  TEXT NOT NULL,
	wrapped  BLOB NOT NULL,
	sealed   BLOB NOT NULL,
	PRIMARY KEY (landlord, case_id, staff, opened),
	FOREIGN KEY (landlord, case_id) REFERENCES cases (landlord, id),
	FOREIGN KEY (landlord, staff) REFERENCES staff (landlord, id)
) STRICT, WITHOUT ROWID;
