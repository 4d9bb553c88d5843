-- +goose Up

-- How many releases of personal data there are, so that they are numbered in a row.
CREATE TABLE disclose_series (
	landlord text COLLATE "C" PRIMARY KEY REFERENCES landlord,
	last     bigint NOT NULL CHECK (last > 0)
);

-- Every release of personal data, and every correction of what was written of one. Rows
-- are added and never changed, but that forgetting one takes its wrapped key and what
-- it sealed. once names what caused it. Who was given it, whose it is, what and why stand
-- sealed; recipient and rule are ids of the notice, and empty where it went to the person.
CREATE TABLE disclose_entry (
	landlord  text COLLATE "C" NOT NULL REFERENCES landlord,
	n         bigint NOT NULL CHECK (n > 0),
	once      text COLLATE "C" NOT NULL,
	at        bigint NOT NULL,
	day       text COLLATE "C" NOT NULL,
	actor     text COLLATE "C" NOT NULL,
	kind      text COLLATE "C" NOT NULL CHECK (kind IN ('shared', 'answer', 'void')),
	verdict   text COLLATE "C" NOT NULL CHECK (verdict IN ('within', 'against', 'right')),
	recipient text COLLATE "C" NOT NULL,
	rule      text COLLATE "C" NOT NULL,
	case_id   text COLLATE "C",
	notice    text COLLATE "C" NOT NULL,
	people    bigint NOT NULL CHECK (people >= 0),
	corrects  bigint,
	wrapped   bytea,
	sealed    bytea,
	PRIMARY KEY (landlord, n),
	FOREIGN KEY (landlord, case_id) REFERENCES cases (landlord, id),
	FOREIGN KEY (landlord, corrects) REFERENCES disclose_entry (landlord, n),
	CHECK ((wrapped IS NULL) = (sealed IS NULL)),
	CHECK (kind <> 'void' OR corrects IS NOT NULL),
	CHECK (corrects < n)
);

CREATE UNIQUE INDEX disclose_entry_once ON disclose_entry (landlord, once) WHERE once <> '';
CREATE UNIQUE INDEX disclose_entry_corrects ON disclose_entry (landlord, corrects) WHERE corrects IS NOT NULL;
CREATE INDEX disclose_entry_day ON disclose_entry (landlord, day, n);
CREATE INDEX disclose_entry_recipient ON disclose_entry (landlord, recipient, n);
CREATE INDEX disclose_entry_case ON disclose_entry (landlord, case_id, n) WHERE case_id IS NOT NULL;

-- Whose data it was: keyed digests of their identifiers. person counts the people of
-- an entry, from 0.
CREATE TABLE disclose_mark (
	landlord text COLLATE "C" NOT NULL,
	mark     bytea NOT NULL CHECK (length(mark) = 32),
	n        bigint NOT NULL,
	person   bigint NOT NULL CHECK (person >= 0),
	strong   bigint NOT NULL CHECK (strong IN (0, 1)),
	PRIMARY KEY (landlord, mark, n, person),
	FOREIGN KEY (landlord, n) REFERENCES disclose_entry (landlord, n)
);

CREATE INDEX disclose_mark_entry ON disclose_mark (landlord, n);
