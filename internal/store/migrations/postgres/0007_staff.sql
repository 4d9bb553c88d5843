-- +goose Up

-- Wrong codes in a row, and since when no code is taken until an administrator
-- resets the account.
ALTER TABLE staff ADD COLUMN tries bigint NOT NULL DEFAULT 0 CHECK (tries >= 0);
ALTER TABLE staff ADD COLUMN locked bigint;

-- The secret that an account's authenticator shares with us, sealed under the data
-- key that wrapped wraps. step is the last time step whose code was taken: none is
-- taken twice. It counts once a code has confirmed it.
CREATE TABLE staff_factor (
	landlord  text COLLATE "C" NOT NULL,
	staff     text COLLATE "C" NOT NULL,
	wrapped   bytea NOT NULL,
	sealed    bytea NOT NULL,
	step      bigint NOT NULL,
	begun     bigint NOT NULL,
	confirmed bigint,
	PRIMARY KEY (landlord, staff),
	FOREIGN KEY (landlord, staff) REFERENCES staff (landlord, id)
);

-- Codes for whoever has lost the authenticator, as hashes. Each is taken once.
CREATE TABLE staff_code (
	landlord text COLLATE "C" NOT NULL,
	staff    text COLLATE "C" NOT NULL,
	code     bytea NOT NULL CHECK (length(code) = 32),
	used     bigint,
	PRIMARY KEY (landlord, staff, code),
	FOREIGN KEY (landlord, staff) REFERENCES staff (landlord, id)
);

-- By whom else an account is vouched for: the landlord's own sign-in, which knows
-- its holder by a subject.
CREATE TABLE staff_outside (
	landlord text COLLATE "C" NOT NULL,
	issuer   text COLLATE "C" NOT NULL CHECK (issuer <> ''),
	subject  text COLLATE "C" NOT NULL CHECK (subject <> ''),
	staff    text COLLATE "C" NOT NULL,
	PRIMARY KEY (landlord, issuer, subject),
	FOREIGN KEY (landlord, staff) REFERENCES staff (landlord, id)
);

-- Where somebody is signed in. A session of the console names one of these and is
-- worth nothing without it.
CREATE TABLE staff_session (
	landlord text COLLATE "C" NOT NULL,
	id       text COLLATE "C" NOT NULL CHECK (id <> ''),
	staff    text COLLATE "C" NOT NULL,
	browser  text COLLATE "C" NOT NULL,
	started  bigint NOT NULL,
	seen     bigint NOT NULL,
	vouched  bigint,
	PRIMARY KEY (landlord, id),
	FOREIGN KEY (landlord, staff) REFERENCES staff (landlord, id)
);

CREATE INDEX staff_session_staff ON staff_session (landlord, staff);

-- Who looked at what of a case: a row for each person, day and page. The first look
-- of a day stands in the ledger too.
CREATE TABLE staff_look (
	landlord text COLLATE "C" NOT NULL,
	case_id  text COLLATE "C" NOT NULL,
	staff    text COLLATE "C" NOT NULL,
	day      text COLLATE "C" NOT NULL,
	page     text COLLATE "C" NOT NULL,
	item     text COLLATE "C" NOT NULL,
	began    bigint NOT NULL,
	ended    bigint NOT NULL,
	times    bigint NOT NULL CHECK (times > 0),
	PRIMARY KEY (landlord, case_id, staff, day, page, item),
	FOREIGN KEY (landlord, case_id) REFERENCES cases (landlord, id),
	FOREIGN KEY (landlord, staff) REFERENCES staff (landlord, id)
);

CREATE INDEX staff_look_ended ON staff_look (landlord, ended);

-- For what purpose somebody opened the sensitive records of a case, until when, and
-- in sealed, under the data key that wrapped wraps, why.
CREATE TABLE staff_opening (
	landlord text COLLATE "C" NOT NULL,
	case_id  text COLLATE "C" NOT NULL,
	staff    text COLLATE "C" NOT NULL,
	opened   bigint NOT NULL,
	until    bigint NOT NULL,
	purpose  text COLLATE "C" NOT NULL,
	wrapped  bytea NOT NULL,
	sealed   bytea NOT NULL,
	PRIMARY KEY (landlord, case_id, staff, opened),
	FOREIGN KEY (landlord, case_id) REFERENCES cases (landlord, id),
	FOREIGN KEY (landlord, staff) REFERENCES staff (landlord, id)
);
