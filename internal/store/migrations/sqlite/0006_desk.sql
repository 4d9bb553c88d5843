-- +goose Up

-- What a case is about, where that is finer than its clock; the legal entity it
-- was put to; and the minutes staff spent on it, of which searching counts
-- towards a limit of cost.
ALTER TABLE cases ADD COLUMN kind TEXT NOT NULL DEFAULT '';
ALTER TABLE cases ADD COLUMN entity TEXT NOT NULL DEFAULT '';
ALTER TABLE cases ADD COLUMN minutes INTEGER NOT NULL DEFAULT 0 CHECK (minutes >= 0);
ALTER TABLE cases ADD COLUMN searching INTEGER NOT NULL DEFAULT 0 CHECK (searching >= 0);

CREATE INDEX cases_open ON cases (landlord, state, id) WHERE state <> 'closed';

-- The key under which marks are made, sealed with the key that wrapped wraps.
CREATE TABLE cases_key (
	landlord TEXT NOT NULL REFERENCES landlord PRIMARY KEY,
	wrapped  BLOB NOT NULL,
	sealed   BLOB NOT NULL
) STRICT, WITHOUT ROWID;

-- By which cases of one person are found: keyed digests of what identifies them.
CREATE TABLE cases_mark (
	landlord TEXT NOT NULL,
	mark     BLOB NOT NULL CHECK (length(mark) = 32),
	case_id  TEXT NOT NULL,
	PRIMARY KEY (landlord, mark, case_id),
	FOREIGN KEY (landlord, case_id) REFERENCES cases (landlord, id)
) STRICT, WITHOUT ROWID;

CREATE INDEX cases_mark_case ON cases_mark (landlord, case_id);

-- Work that a case waits for: a store to search, a recording to save, a colleague
-- or a supplier to ask. What is to be done and what came of it is sealed.
CREATE TABLE cases_task (
	landlord TEXT NOT NULL,
	case_id  TEXT NOT NULL,
	task     INTEGER NOT NULL CHECK (task > 0),
	step     INTEGER NOT NULL,
	sort     TEXT NOT NULL,
	place    TEXT NOT NULL,
	owner    TEXT NOT NULL,
	due      INTEGER NOT NULL,
	opened   INTEGER NOT NULL,
	chased   INTEGER NOT NULL CHECK (chased >= 0),
	reminded INTEGER,
	raised   TEXT NOT NULL,
	outcome  TEXT NOT NULL,
	ended    INTEGER,
	sealed   BLOB NOT NULL,
	PRIMARY KEY (landlord, case_id, task),
	FOREIGN KEY (landlord, case_id) REFERENCES cases (landlord, id),
	CHECK ((outcome = '') = (ended IS NULL))
) STRICT, WITHOUT ROWID;

CREATE INDEX cases_task_open ON cases_task (landlord, due, case_id, task) WHERE ended IS NULL;
