-- +goose Up

-- What a case is about, where that is finer than its clock; the legal entity it
-- was put to; and the minutes staff spent on it, of which searching counts
-- towards a limit of cost.
ALTER TABLE cases ADD COLUMN kind text COLLATE "C" NOT NULL DEFAULT '';
ALTER TABLE cases ADD COLUMN entity text COLLATE "C" NOT NULL DEFAULT '';
ALTER TABLE cases ADD COLUMN minutes bigint NOT NULL DEFAULT 0 CHECK (minutes >= 0);
ALTER TABLE cases ADD COLUMN searching bigint NOT NULL DEFAULT 0 CHECK (searching >= 0);

CREATE INDEX cases_open ON cases (landlord, state, id) WHERE state <> 'closed';

-- The key under which marks are made, sealed with the key that wrapped wraps.
CREATE TABLE cases_key (
	landlord text COLLATE "C" NOT NULL REFERENCES landlord PRIMARY KEY,
	wrapped  bytea NOT NULL,
	sealed   bytea NOT NULL
);

-- By which cases of one person are found: keyed digests of what identifies them.
CREATE TABLE cases_mark (
	landlord text COLLATE "C" NOT NULL,
	mark     bytea NOT NULL CHECK (length(mark) = 32),
	case_id  text COLLATE "C" NOT NULL,
	PRIMARY KEY (landlord, mark, case_id),
	FOREIGN KEY (landlord, case_id) REFERENCES cases (landlord, id)
);

CREATE INDEX cases_mark_case ON cases_mark (landlord, case_id);

-- Work that a case waits for: a store to search, a recording to save, a colleague
-- or a supplier to ask. What is to be done and what came of it is sealed.
CREATE TABLE cases_task (
	landlord text COLLATE "C" NOT NULL,
	case_id  text COLLATE "C" NOT NULL,
	task     bigint NOT NULL CHECK (task > 0),
	step     bigint NOT NULL,
	sort     text COLLATE "C" NOT NULL,
	place    text COLLATE "C" NOT NULL,
	owner    text COLLATE "C" NOT NULL,
	due      bigint NOT NULL,
	opened   bigint NOT NULL,
	chased   bigint NOT NULL CHECK (chased >= 0),
	reminded bigint,
	raised   text COLLATE "C" NOT NULL,
	outcome  text COLLATE "C" NOT NULL,
	ended    bigint,
	sealed   bytea NOT NULL,
	PRIMARY KEY (landlord, case_id, task),
	FOREIGN KEY (landlord, case_id) REFERENCES cases (landlord, id),
	CHECK ((outcome = '') = (ended IS NULL))
);

CREATE INDEX cases_task_open ON cases_task (landlord, due, case_id, task) WHERE ended IS NULL;
