-- +goose Up

-- What is written to people about their cases. A letter is queued to go by e-mail,
-- or waits to be printed and posted, until it was sent, posted or dropped. once
-- names what caused it. What it says, and to whom, is sealed under the case's key.
CREATE TABLE desk_letter (
	landlord TEXT NOT NULL,
	case_id  TEXT NOT NULL,
	n        INTEGER NOT NULL CHECK (n > 0),
	once     TEXT NOT NULL CHECK (once <> ''),
	kind     TEXT NOT NULL,
	language TEXT NOT NULL,
	way      TEXT NOT NULL CHECK (way IN ('email', 'post')),
	state    TEXT NOT NULL CHECK (state IN ('queued', 'print', 'sent', 'posted', 'dropped')),
	latest   TEXT NOT NULL,
	written  INTEGER NOT NULL,
	actor    TEXT NOT NULL,
	tries    INTEGER NOT NULL CHECK (tries >= 0),
	why      TEXT NOT NULL,
	ended    INTEGER,
	ended_by TEXT NOT NULL,
	sealed   BLOB NOT NULL,
	PRIMARY KEY (landlord, case_id, n),
	UNIQUE (landlord, case_id, once),
	FOREIGN KEY (landlord, case_id) REFERENCES cases (landlord, id),
	CHECK ((state IN ('sent', 'posted', 'dropped')) = (ended IS NOT NULL))
) STRICT, WITHOUT ROWID;

CREATE INDEX desk_letter_open ON desk_letter (landlord, state, written) WHERE ended IS NULL;

-- Messages that came to the mailbox for requests, each once: id is a digest of its
-- Message-ID, sender and subject. What it says is sealed under the data key that
-- wrapped wraps, until it is kept with a case or dismissed; then both are gone.
CREATE TABLE desk_mail (
	landlord TEXT NOT NULL REFERENCES landlord,
	id       TEXT NOT NULL CHECK (id <> ''),
	taken    INTEGER NOT NULL,
	state    TEXT NOT NULL CHECK (state IN ('new', 'opened', 'attached', 'dismissed')),
	case_id  TEXT,
	ended    INTEGER,
	ended_by TEXT NOT NULL,
	wrapped  BLOB,
	sealed   BLOB,
	PRIMARY KEY (landlord, id),
	FOREIGN KEY (landlord, case_id) REFERENCES cases (landlord, id),
	CHECK ((state = 'new') = (ended IS NULL)),
	CHECK ((state = 'new') = (wrapped IS NOT NULL)),
	CHECK ((wrapped IS NULL) = (sealed IS NULL))
) STRICT, WITHOUT ROWID;

CREATE INDEX desk_mail_new ON desk_mail (landlord, taken) WHERE ended IS NULL;
