-- +goose Up

-- Links by which somebody who proved who they are fetches an answer. Whom a link is
-- for, and the key of what is hashed here, are sealed under the case's key. Once a link
-- has ended nothing of it opens anything: the secrets are gone, and what is left says
-- when it was made and how it ended.
CREATE TABLE desk_link (
	landlord TEXT NOT NULL,
	id       TEXT NOT NULL CHECK (id <> ''),
	case_id  TEXT NOT NULL,
	made     INTEGER NOT NULL,
	actor    TEXT NOT NULL,
	factor   TEXT NOT NULL CHECK (factor IN ('email-code', 'phone-code')),
	draft    TEXT NOT NULL CHECK (draft <> ''),
	expires  INTEGER NOT NULL,
	state    TEXT NOT NULL CHECK (state IN ('open', 'used', 'broken-off', 'expired', 'withdrawn', 'replaced', 'locked', 'overtaken')),
	ended    INTEGER,
	ended_by TEXT NOT NULL,
	asked    INTEGER,
	sends    INTEGER NOT NULL CHECK (sends >= 0),
	tries    INTEGER NOT NULL CHECK (tries >= 0),
	code     BLOB CHECK (length(code) = 32),
	until    INTEGER,
	words    BLOB CHECK (length(words) = 32),
	holder   BLOB CHECK (length(holder) = 32),
	opened   INTEGER NOT NULL CHECK (opened IN (0, 1)),
	began    INTEGER,
	lease    INTEGER,
	claims   INTEGER NOT NULL CHECK (claims >= 0),
	sealed   BLOB,
	PRIMARY KEY (landlord, id),
	FOREIGN KEY (landlord, case_id) REFERENCES cases (landlord, id),
	CHECK ((state = 'open') = (ended IS NULL)),
	CHECK ((state = 'open') = (sealed IS NOT NULL)),
	CHECK ((state = 'open') = (words IS NOT NULL)),
	CHECK (ended IS NULL OR (code IS NULL AND holder IS NULL))
) STRICT, WITHOUT ROWID;

-- A case has one link that opens something.
CREATE UNIQUE INDEX desk_link_open ON desk_link (landlord, case_id) WHERE ended IS NULL;
CREATE INDEX desk_link_case ON desk_link (landlord, case_id, made);

-- The tokens of links that are open, as digests: one for each time that a link was shown
-- or sent.
CREATE TABLE desk_link_token (
	landlord TEXT NOT NULL,
	token    BLOB NOT NULL CHECK (length(token) = 32),
	link     TEXT NOT NULL,
	PRIMARY KEY (landlord, token),
	FOREIGN KEY (landlord, link) REFERENCES desk_link (landlord, id)
) STRICT, WITHOUT ROWID;

CREATE INDEX desk_link_token_link ON desk_link_token (landlord, link);

-- Each time that an answer began to go out by a link, and how far it came.
CREATE TABLE desk_download (
	landlord TEXT NOT NULL,
	link     TEXT NOT NULL,
	n        INTEGER NOT NULL CHECK (n > 0),
	began    INTEGER NOT NULL,
	size     INTEGER NOT NULL CHECK (size > 0),
	ended    INTEGER,
	bytes    INTEGER NOT NULL CHECK (bytes >= 0),
	complete INTEGER NOT NULL CHECK (complete IN (0, 1)),
	PRIMARY KEY (landlord, link, n),
	FOREIGN KEY (landlord, link) REFERENCES desk_link (landlord, id),
	CHECK (complete = 0 OR (bytes = size AND ended IS NOT NULL))
) STRICT, WITHOUT ROWID;

-- Answers that went by post. The number by which the post follows one is sealed under
-- the case's key.
CREATE TABLE desk_posted (
	landlord TEXT NOT NULL,
	case_id  TEXT NOT NULL,
	n        INTEGER NOT NULL CHECK (n > 0),
	day      TEXT NOT NULL,
	actor    TEXT NOT NULL,
	sealed   BLOB NOT NULL,
	PRIMARY KEY (landlord, case_id, n),
	FOREIGN KEY (landlord, case_id) REFERENCES cases (landlord, id)
) STRICT, WITHOUT ROWID;
