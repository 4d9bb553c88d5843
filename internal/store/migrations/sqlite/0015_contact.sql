-- +goose Up

-- What happened when somebody was in touch: a line for each contact, never changed. One
-- that was wrong is corrected by another, which names it in corrects. Who it is about,
-- what was said and by whom is sealed under the data key that wrapped wraps.
CREATE TABLE contact_entry (
	landlord  TEXT NOT NULL REFERENCES landlord,
	id        TEXT NOT NULL CHECK (id <> ''),
	once      TEXT NOT NULL CHECK (once <> ''),
	happened  INTEGER NOT NULL,
	written   INTEGER NOT NULL,
	actor     TEXT NOT NULL,
	channel   TEXT NOT NULL,
	outward   INTEGER NOT NULL CHECK (outward IN (0, 1)),
	case_id   TEXT,
	corrects  TEXT,
	wrapped   BLOB NOT NULL,
	sealed    BLOB NOT NULL,
	PRIMARY KEY (landlord, id),
	UNIQUE (landlord, once),
	UNIQUE (landlord, corrects),
	FOREIGN KEY (landlord, case_id) REFERENCES cases (landlord, id)
) STRICT, WITHOUT ROWID;

CREATE INDEX contact_entry_case ON contact_entry (landlord, case_id) WHERE case_id IS NOT NULL;
CREATE INDEX contact_entry_due ON contact_entry (landlord, happened);

-- Who may act for whom. Both, for what, by whose word and on what evidence is sealed.
CREATE TABLE contact_authority (
	landlord TEXT NOT NULL REFERENCES landlord,
	id       TEXT NOT NULL CHECK (id <> ''),
	once     TEXT NOT NULL CHECK (once <> ''),
	added    INTEGER NOT NULL,
	actor    TEXT NOT NULL,
	ended    TEXT NOT NULL,
	ended_at INTEGER,
	ended_by TEXT NOT NULL,
	wrapped  BLOB NOT NULL,
	sealed   BLOB NOT NULL,
	PRIMARY KEY (landlord, id),
	UNIQUE (landlord, once),
	CHECK ((ended = '') = (ended_at IS NULL))
) STRICT, WITHOUT ROWID;

-- The checks of callers. subject is an opaque name for whom the call was said to be
-- about, and asked and answered are kinds of question and no answers. What is needed for
-- the length of the call is sealed; when it is over, wrapped and sealed are gone.
CREATE TABLE contact_check (
	landlord TEXT NOT NULL REFERENCES landlord,
	id       TEXT NOT NULL CHECK (id <> ''),
	once     TEXT NOT NULL CHECK (once <> ''),
	subject  TEXT NOT NULL CHECK (subject <> ''),
	day      TEXT NOT NULL,
	begun    INTEGER NOT NULL,
	until    INTEGER NOT NULL,
	actor    TEXT NOT NULL,
	caller   TEXT NOT NULL,
	state    TEXT NOT NULL CHECK (state IN ('open', 'passed', 'failed', 'locked', 'ended')),
	passed   INTEGER NOT NULL CHECK (passed IN (0, 1)),
	tries    INTEGER NOT NULL CHECK (tries >= 0),
	asked    TEXT NOT NULL,
	answered TEXT NOT NULL,
	wrapped  BLOB,
	sealed   BLOB,
	PRIMARY KEY (landlord, id),
	UNIQUE (landlord, once),
	CHECK ((wrapped IS NULL) = (sealed IS NULL))
) STRICT, WITHOUT ROWID;

CREATE INDEX contact_check_day ON contact_check (landlord, subject, day);
CREATE INDEX contact_check_open ON contact_check (landlord, until) WHERE wrapped IS NOT NULL;

-- What entries, authorities and checks are found by: keyed digests of what identifies the
-- person.
CREATE TABLE contact_mark (
	landlord TEXT NOT NULL REFERENCES landlord,
	mark     BLOB NOT NULL CHECK (length(mark) = 32),
	what     TEXT NOT NULL CHECK (what IN ('entry', 'authority', 'check')),
	id       TEXT NOT NULL,
	PRIMARY KEY (landlord, mark, what, id)
) STRICT, WITHOUT ROWID;

CREATE INDEX contact_mark_of ON contact_mark (landlord, what, id);
