-- +goose Up

-- What happened when somebody was in touch: a line for each contact, never changed. One
-- that was wrong is corrected by another, which names it in corrects. Who it is about,
-- what was said and by whom is sealed under the data key that wrapped wraps.
CREATE TABLE contact_entry (
	landlord  text COLLATE "C" NOT NULL REFERENCES landlord,
	id        text COLLATE "C" NOT NULL CHECK (id <> ''),
	once      text COLLATE "C" NOT NULL CHECK (once <> ''),
	happened  bigint NOT NULL,
	written   bigint NOT NULL,
	actor     text COLLATE "C" NOT NULL,
	channel   text COLLATE "C" NOT NULL,
	outward   bigint NOT NULL CHECK (outward IN (0, 1)),
	case_id   text COLLATE "C",
	corrects  text COLLATE "C",
	wrapped   bytea NOT NULL,
	sealed    bytea NOT NULL,
	PRIMARY KEY (landlord, id),
	UNIQUE (landlord, once),
	UNIQUE (landlord, corrects),
	FOREIGN KEY (landlord, case_id) REFERENCES cases (landlord, id)
);

CREATE INDEX contact_entry_case ON contact_entry (landlord, case_id) WHERE case_id IS NOT NULL;
CREATE INDEX contact_entry_due ON contact_entry (landlord, happened);

-- Who may act for whom. Both, for what, by whose word and on what evidence is sealed.
CREATE TABLE contact_authority (
	landlord text COLLATE "C" NOT NULL REFERENCES landlord,
	id       text COLLATE "C" NOT NULL CHECK (id <> ''),
	once     text COLLATE "C" NOT NULL CHECK (once <> ''),
	added    bigint NOT NULL,
	actor    text COLLATE "C" NOT NULL,
	ended    text COLLATE "C" NOT NULL,
	ended_at bigint,
	ended_by text COLLATE "C" NOT NULL,
	wrapped  bytea NOT NULL,
	sealed   bytea NOT NULL,
	PRIMARY KEY (landlord, id),
	UNIQUE (landlord, once),
	CHECK ((ended = '') = (ended_at IS NULL))
);

-- The checks of callers. subject is an opaque name for whom the call was said to be
-- about, and asked and answered are kinds of question and no answers. What is needed for
-- the length of the call is sealed; when it is over, wrapped and sealed are gone.
CREATE TABLE contact_check (
	landlord text COLLATE "C" NOT NULL REFERENCES landlord,
	id       text COLLATE "C" NOT NULL CHECK (id <> ''),
	once     text COLLATE "C" NOT NULL CHECK (once <> ''),
	subject  text COLLATE "C" NOT NULL CHECK (subject <> ''),
	day      text COLLATE "C" NOT NULL,
	begun    bigint NOT NULL,
	until    bigint NOT NULL,
	actor    text COLLATE "C" NOT NULL,
	caller   text COLLATE "C" NOT NULL,
	state    text COLLATE "C" NOT NULL CHECK (state IN ('open', 'passed', 'failed', 'locked', 'ended')),
	passed   bigint NOT NULL CHECK (passed IN (0, 1)),
	tries    bigint NOT NULL CHECK (tries >= 0),
	asked    text COLLATE "C" NOT NULL,
	answered text COLLATE "C" NOT NULL,
	wrapped  bytea,
	sealed   bytea,
	PRIMARY KEY (landlord, id),
	UNIQUE (landlord, once),
	CHECK ((wrapped IS NULL) = (sealed IS NULL))
);

CREATE INDEX contact_check_day ON contact_check (landlord, subject, day);
CREATE INDEX contact_check_open ON contact_check (landlord, until) WHERE wrapped IS NOT NULL;

-- What entries, authorities and checks are found by: keyed digests of what identifies the
-- person.
CREATE TABLE contact_mark (
	landlord text COLLATE "C" NOT NULL REFERENCES landlord,
	mark     bytea NOT NULL CHECK (length(mark) = 32),
	what     text COLLATE "C" NOT NULL CHECK (what IN ('entry', 'authority', 'check')),
	id       text COLLATE "C" NOT NULL,
	PRIMARY KEY (landlord, mark, what, id)
);

CREATE INDEX contact_mark_of ON contact_mark (landlord, what, id);
