-- +goose Up

-- What is written to people about their cases. A letter is queued to go by e-mail,
-- or waits to be printed and posted, until it was sent, posted or dropped. once
-- names what caused it. What it says, and to whom, is sealed under the case's key.
CREATE TABLE desk_letter (
	landlord text COLLATE "C" NOT NULL,
	case_id  text COLLATE "C" NOT NULL,
	n        bigint NOT NULL CHECK (n > 0),
	once     text COLLATE "C" NOT NULL CHECK (once <> ''),
	kind     text COLLATE "C" NOT NULL,
	language text COLLATE "C" NOT NULL,
	way      text COLLATE "C" NOT NULL CHECK (way IN ('email', 'post')),
	state    text COLLATE "C" NOT NULL CHECK (state IN ('queued', 'print', 'sent', 'posted', 'dropped')),
	latest   text COLLATE "C" NOT NULL,
	written  bigint NOT NULL,
	actor    text COLLATE "C" NOT NULL,
	tries    bigint NOT NULL CHECK (tries >= 0),
	why      text COLLATE "C" NOT NULL,
	ended    bigint,
	ended_by text COLLATE "C" NOT NULL,
	sealed   bytea NOT NULL,
	PRIMARY KEY (landlord, case_id, n),
	UNIQUE (landlord, case_id, once),
	FOREIGN KEY (landlord, case_id) REFERENCES cases (landlord, id),
	CHECK ((state IN ('sent', 'posted', 'dropped')) = (ended IS NOT NULL))
);

CREATE INDEX desk_letter_open ON desk_letter (landlord, state, written) WHERE ended IS NULL;

-- Messages that came to the mailbox for requests, each once: id is a digest of its
-- Message-ID, sender and subject. What it says is sealed under the data key that
-- wrapped wraps, until it is kept with a case or dismissed; then both are gone.
CREATE TABLE desk_mail (
	landlord text COLLATE "C" NOT NULL REFERENCES landlord,
	id       text COLLATE "C" NOT NULL CHECK (id <> ''),
	taken    bigint NOT NULL,
	state    text COLLATE "C" NOT NULL CHECK (state IN ('new', 'opened', 'attached', 'dismissed')),
	case_id  text COLLATE "C",
	ended    bigint,
	ended_by text COLLATE "C" NOT NULL,
	wrapped  bytea,
	sealed   bytea,
	PRIMARY KEY (landlord, id),
	FOREIGN KEY (landlord, case_id) REFERENCES cases (landlord, id),
	CHECK ((state = 'new') = (ended IS NULL)),
	CHECK ((state = 'new') = (wrapped IS NOT NULL)),
	CHECK ((wrapped IS NULL) = (sealed IS NULL))
);

CREATE INDEX desk_mail_new ON desk_mail (landlord, taken) WHERE ended IS NULL;
