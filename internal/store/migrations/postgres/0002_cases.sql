-- +goose Up

-- The last number given in each series, such as AR-2026.
CREATE TABLE cases_series (
	landlord text COLLATE "C" NOT NULL REFERENCES landlord,
	series   text COLLATE "C" NOT NULL CHECK (series <> ''),
	last     bigint NOT NULL CHECK (last > 0),
	PRIMARY KEY (landlord, series)
);

-- Requests and what else has a clock. What says who asked, for what, and why
-- something was decided stands in sealed, under the key that wrapped wraps; the
-- two are NULL once the case is forgotten. The other columns name nobody.
CREATE TABLE cases (
	landlord    text COLLATE "C" NOT NULL REFERENCES landlord,
	id          text COLLATE "C" NOT NULL CHECK (id <> ''),
	number      text COLLATE "C" NOT NULL,
	once        text COLLATE "C" NOT NULL,
	regime      text COLLATE "C" NOT NULL,
	state       text COLLATE "C" NOT NULL,
	version     bigint NOT NULL CHECK (version > 0),
	received    text COLLATE "C" NOT NULL,
	received_at bigint,
	channel     text COLLATE "C" NOT NULL,
	notice      text COLLATE "C" NOT NULL,
	clock       text COLLATE "C" NOT NULL,
	due         text COLLATE "C",
	deadline    bigint NOT NULL,
	decided     bigint NOT NULL,
	opened      bigint NOT NULL,
	changed     bigint NOT NULL,
	changed_by  text COLLATE "C" NOT NULL,
	changed_act text COLLATE "C" NOT NULL,
	ended       bigint,
	forgotten   bigint,
	secret      bytea CHECK (length(secret) = 32),
	wrapped     bytea,
	sealed      bytea,
	PRIMARY KEY (landlord, id),
	UNIQUE (landlord, number),
	UNIQUE (landlord, once),
	CHECK ((wrapped IS NULL) = (sealed IS NULL)),
	CHECK ((wrapped IS NULL) = (forgotten IS NOT NULL))
);

CREATE INDEX cases_running ON cases (landlord, deadline, id) WHERE ended IS NULL;
CREATE INDEX cases_ended ON cases (landlord, ended, id) WHERE ended IS NOT NULL;

-- What was said at a step of a case, sealed: a note, a reason, a question.
CREATE TABLE cases_words (
	landlord text COLLATE "C" NOT NULL,
	case_id  text COLLATE "C" NOT NULL,
	step     bigint NOT NULL,
	sealed   bytea NOT NULL,
	PRIMARY KEY (landlord, case_id, step),
	FOREIGN KEY (landlord, case_id) REFERENCES cases (landlord, id)
);

-- What becomes of one item of an answer. The item is an opaque id.
CREATE TABLE cases_decision (
	landlord  text COLLATE "C" NOT NULL,
	case_id   text COLLATE "C" NOT NULL,
	item      text COLLATE "C" NOT NULL,
	step      bigint NOT NULL,
	release   bigint NOT NULL CHECK (release IN (0, 1)),
	exemption text COLLATE "C" NOT NULL,
	decided   bigint NOT NULL,
	actor     text COLLATE "C" NOT NULL,
	sealed    bytea NOT NULL,
	PRIMARY KEY (landlord, case_id, item),
	FOREIGN KEY (landlord, case_id) REFERENCES cases (landlord, id)
);

-- Working files, sealed in parts.
CREATE TABLE cases_file (
	landlord text COLLATE "C" NOT NULL,
	case_id  text COLLATE "C" NOT NULL,
	name     text COLLATE "C" NOT NULL,
	part     bigint NOT NULL CHECK (part >= 0),
	parts    bigint NOT NULL CHECK (part < parts),
	size     bigint NOT NULL CHECK (size >= 0),
	revision text COLLATE "C" NOT NULL,
	sealed   bytea NOT NULL,
	PRIMARY KEY (landlord, case_id, name, part),
	FOREIGN KEY (landlord, case_id) REFERENCES cases (landlord, id)
);
