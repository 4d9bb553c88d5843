-- +goose Up

-- Links by which somebody who proved who they are fetches an answer. Whom a link is
-- for, and the key of what is hashed here, are sealed under the case's key. Once a link
-- has ended nothing of it opens anything: the secrets are gone, and what is left says
-- when it was made and how it ended.
CREATE TABLE desk_link (
	landlord text COLLATE "C" NOT NULL,
	id       text COLLATE "C" NOT NULL CHECK (id <> ''),
	case_id  text COLLATE "C" NOT NULL,
	made     bigint NOT NULL,
	actor    text COLLATE "C" NOT NULL,
	factor   text COLLATE "C" NOT NULL CHECK (factor IN ('email-code', 'phone-code')),
	draft    text COLLATE "C" NOT NULL CHECK (draft <> ''),
	expires  bigint NOT NULL,
	state    text COLLATE "C" NOT NULL CHECK (state IN ('open', 'used', 'broken-off', 'expired', 'withdrawn', 'replaced', 'locked', 'overtaken')),
	ended    bigint,
	ended_by text COLLATE "C" NOT NULL,
	asked    bigint,
	sends    bigint NOT NULL CHECK (sends >= 0),
	tries    bigint NOT NULL CHECK (tries >= 0),
	code     bytea CHECK (length(code) = 32),
	until    bigint,
	words    bytea CHECK (length(words) = 32),
	holder   bytea CHECK (length(holder) = 32),
	opened   bigint NOT NULL CHECK (opened IN (0, 1)),
	began    bigint,
	lease    bigint,
	claims   bigint NOT NULL CHECK (claims >= 0),
	sealed   bytea,
	PRIMARY KEY (landlord, id),
	FOREIGN KEY (landlord, case_id) REFERENCES cases (landlord, id),
	CHECK ((state = 'open') = (ended IS NULL)),
	CHECK ((state = 'open') = (sealed IS NOT NULL)),
	CHECK ((state = 'open') = (words IS NOT NULL)),
	CHECK (ended IS NULL OR (code IS NULL AND holder IS NULL))
);

-- A case has one link that opens something.
CREATE UNIQUE INDEX desk_link_open ON desk_link (landlord, case_id) WHERE ended IS NULL;
CREATE INDEX desk_link_case ON desk_link (landlord, case_id, made);

-- The tokens of links that are open, as digests: one for each time that a link was shown
-- or sent.
CREATE TABLE desk_link_token (
	landlord text COLLATE "C" NOT NULL,
	token    bytea NOT NULL CHECK (length(token) = 32),
	link     text COLLATE "C" NOT NULL,
	PRIMARY KEY (landlord, token),
	FOREIGN KEY (landlord, link) REFERENCES desk_link (landlord, id)
);

CREATE INDEX desk_link_token_link ON desk_link_token (landlord, link);

-- Each time that an answer began to go out by a link, and how far it came.
CREATE TABLE desk_download (
	landlord text COLLATE "C" NOT NULL,
	link     text COLLATE "C" NOT NULL,
	n        bigint NOT NULL CHECK (n > 0),
	began    bigint NOT NULL,
	size     bigint NOT NULL CHECK (size > 0),
	ended    bigint,
	bytes    bigint NOT NULL CHECK (bytes >= 0),
	complete bigint NOT NULL CHECK (complete IN (0, 1)),
	PRIMARY KEY (landlord, link, n),
	FOREIGN KEY (landlord, link) REFERENCES desk_link (landlord, id),
	CHECK (complete = 0 OR (bytes = size AND ended IS NOT NULL))
);

-- Answers that went by post. The number by which the post follows one is sealed under
-- the case's key.
CREATE TABLE desk_posted (
	landlord text COLLATE "C" NOT NULL,
	case_id  text COLLATE "C" NOT NULL,
	n        bigint NOT NULL CHECK (n > 0),
	day      text COLLATE "C" NOT NULL,
	actor    text COLLATE "C" NOT NULL,
	sealed   bytea NOT NULL,
	PRIMARY KEY (landlord, case_id, n),
	FOREIGN KEY (landlord, case_id) REFERENCES cases (landlord, id)
);
