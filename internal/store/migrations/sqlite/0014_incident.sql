-- +goose Up

-- Incidents: what went wrong, and whether it is a personal data breach. What happened,
-- who reported it and why anything was decided is sealed under the data key that wrapped
-- wraps; kind, state, dates and risk stand in the clear, for lists, clocks and figures.
CREATE TABLE incident (
	landlord TEXT NOT NULL REFERENCES landlord,
	id       TEXT NOT NULL CHECK (id <> ''),
	number   TEXT NOT NULL,
	once     TEXT NOT NULL CHECK (once <> ''),
	kind     TEXT NOT NULL,
	state    TEXT NOT NULL,
	version  INTEGER NOT NULL CHECK (version > 0),
	risk     TEXT NOT NULL CHECK (risk IN ('', 'none', 'risk', 'high')),
	opened   INTEGER NOT NULL,
	aware    INTEGER,
	notified INTEGER,
	ended    INTEGER,
	changed  INTEGER NOT NULL,
	actor    TEXT NOT NULL,
	notice   TEXT NOT NULL,
	wrapped  BLOB NOT NULL,
	sealed   BLOB NOT NULL,
	PRIMARY KEY (landlord, id),
	UNIQUE (landlord, number),
	UNIQUE (landlord, once)
) STRICT, WITHOUT ROWID;

CREATE INDEX incident_opened ON incident (landlord, opened);

CREATE TABLE incident_series (
	landlord TEXT NOT NULL REFERENCES landlord,
	series   TEXT NOT NULL,
	last     INTEGER NOT NULL,
	PRIMARY KEY (landlord, series)
) STRICT, WITHOUT ROWID;

-- What was done, step by step; once names a doing of it, so that it is done once.
CREATE TABLE incident_step (
	landlord TEXT NOT NULL,
	incident TEXT NOT NULL,
	n        INTEGER NOT NULL CHECK (n > 0),
	at       INTEGER NOT NULL,
	actor    TEXT NOT NULL,
	action   TEXT NOT NULL,
	once     TEXT,
	sealed   BLOB,
	PRIMARY KEY (landlord, incident, n),
	UNIQUE (landlord, incident, once),
	FOREIGN KEY (landlord, incident) REFERENCES incident (landlord, id)
) STRICT, WITHOUT ROWID;

-- Whom a breach touches, sealed. whole is one digest of all that identifies them, so
-- that nobody is listed twice; letter is the one that tells them.
CREATE TABLE incident_person (
	landlord TEXT NOT NULL,
	incident TEXT NOT NULL,
	n        INTEGER NOT NULL CHECK (n > 0),
	whole    BLOB CHECK (length(whole) = 32),
	letter   TEXT,
	way      TEXT NOT NULL,
	told     INTEGER,
	sealed   BLOB NOT NULL,
	PRIMARY KEY (landlord, incident, n),
	UNIQUE (landlord, incident, whole),
	UNIQUE (landlord, letter),
	FOREIGN KEY (landlord, incident) REFERENCES incident (landlord, id)
) STRICT, WITHOUT ROWID;

-- Keyed digests of what identifies them (see cases_mark).
CREATE TABLE incident_mark (
	landlord TEXT NOT NULL,
	mark     BLOB NOT NULL CHECK (length(mark) = 32),
	incident TEXT NOT NULL,
	n        INTEGER NOT NULL,
	PRIMARY KEY (landlord, mark, incident, n),
	FOREIGN KEY (landlord, incident, n) REFERENCES incident_person (landlord, incident, n)
) STRICT, WITHOUT ROWID;

-- The key of the digests of addresses that are shut out, sealed.
CREATE TABLE incident_key (
	landlord TEXT NOT NULL REFERENCES landlord,
	wrapped  BLOB NOT NULL,
	sealed   BLOB NOT NULL,
	PRIMARY KEY (landlord)
) STRICT, WITHOUT ROWID;

-- Network addresses that may not use the portal for a time, as keyed digests.
CREATE TABLE incident_ban (
	landlord TEXT NOT NULL,
	digest   BLOB NOT NULL CHECK (length(digest) = 32),
	incident TEXT NOT NULL,
	since    INTEGER NOT NULL,
	until    INTEGER NOT NULL,
	actor    TEXT NOT NULL,
	PRIMARY KEY (landlord, digest, incident),
	FOREIGN KEY (landlord, incident) REFERENCES incident (landlord, id)
) STRICT, WITHOUT ROWID;
