-- +goose Up

-- Incidents: what went wrong, and whether it is a personal data breach. What happened,
-- who reported it and why anything was decided is sealed under the data key that wrapped
-- wraps; kind, state, dates and risk stand in the clear, for lists, clocks and figures.
CREATE TABLE incident (
	landlord text COLLATE "C" NOT NULL REFERENCES landlord,
	id       text COLLATE "C" NOT NULL CHECK (id <> ''),
	number   text COLLATE "C" NOT NULL,
	once     text COLLATE "C" NOT NULL CHECK (once <> ''),
	kind     text COLLATE "C" NOT NULL,
	state    text COLLATE "C" NOT NULL,
	version  bigint NOT NULL CHECK (version > 0),
	risk     text COLLATE "C" NOT NULL CHECK (risk IN ('', 'none', 'risk', 'high')),
	opened   bigint NOT NULL,
	aware    bigint,
	notified bigint,
	ended    bigint,
	changed  bigint NOT NULL,
	actor    text COLLATE "C" NOT NULL,
	notice   text COLLATE "C" NOT NULL,
	wrapped  bytea NOT NULL,
	sealed   bytea NOT NULL,
	PRIMARY KEY (landlord, id),
	UNIQUE (landlord, number),
	UNIQUE (landlord, once)
);

CREATE INDEX incident_opened ON incident (landlord, opened);

CREATE TABLE incident_series (
	landlord text COLLATE "C" NOT NULL REFERENCES landlord,
	series   text COLLATE "C" NOT NULL,
	last     bigint NOT NULL,
	PRIMARY KEY (landlord, series)
);

-- What was done, step by step; once names a doing of it, so that it is done once.
CREATE TABLE incident_step (
	landlord text COLLATE "C" NOT NULL,
	incident text COLLATE "C" NOT NULL,
	n        bigint NOT NULL CHECK (n > 0),
	at       bigint NOT NULL,
	actor    text COLLATE "C" NOT NULL,
	action   text COLLATE "C" NOT NULL,
	once     text COLLATE "C",
	sealed   bytea,
	PRIMARY KEY (landlord, incident, n),
	UNIQUE (landlord, incident, once),
	FOREIGN KEY (landlord, incident) REFERENCES incident (landlord, id)
);

-- Whom a breach touches, sealed. whole is one digest of all that identifies them, so
-- that nobody is listed twice; letter is the one that tells them.
CREATE TABLE incident_person (
	landlord text COLLATE "C" NOT NULL,
	incident text COLLATE "C" NOT NULL,
	n        bigint NOT NULL CHECK (n > 0),
	whole    bytea CHECK (length(whole) = 32),
	letter   text COLLATE "C",
	way      text COLLATE "C" NOT NULL,
	told     bigint,
	sealed   bytea NOT NULL,
	PRIMARY KEY (landlord, incident, n),
	UNIQUE (landlord, incident, whole),
	UNIQUE (landlord, letter),
	FOREIGN KEY (landlord, incident) REFERENCES incident (landlord, id)
);

-- Keyed digests of what identifies them (see cases_mark).
CREATE TABLE incident_mark (
	landlord text COLLATE "C" NOT NULL,
	mark     bytea NOT NULL CHECK (length(mark) = 32),
	incident text COLLATE "C" NOT NULL,
	n        bigint NOT NULL,
	PRIMARY KEY (landlord, mark, incident, n),
	FOREIGN KEY (landlord, incident, n) REFERENCES incident_person (landlord, incident, n)
);

-- The key of the digests of addresses that are shut out, sealed.
CREATE TABLE incident_key (
	landlord text COLLATE "C" NOT NULL REFERENCES landlord,
	wrapped  bytea NOT NULL,
	sealed   bytea NOT NULL,
	PRIMARY KEY (landlord)
);

-- Network addresses that may not use the portal for a time, as keyed digests.
CREATE TABLE incident_ban (
	landlord text COLLATE "C" NOT NULL,
	digest   bytea NOT NULL CHECK (length(digest) = 32),
	incident text COLLATE "C" NOT NULL,
	since    bigint NOT NULL,
	until    bigint NOT NULL,
	actor    text COLLATE "C" NOT NULL,
	PRIMARY KEY (landlord, digest, incident),
	FOREIGN KEY (landlord, incident) REFERENCES incident (landlord, id)
);
