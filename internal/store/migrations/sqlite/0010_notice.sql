-- +goose Up

-- The versions of the notice, each kept whole by its content hash: those found in the
-- workspace's folder, and those adopted, for which somebody decided whether what changes
-- is significant. files is a zip of the folder. Nothing here names a person but staff.
CREATE TABLE desk_notice (
	landlord    TEXT NOT NULL REFERENCES landlord,
	version     TEXT NOT NULL CHECK (length(version) = 64),
	effective   TEXT NOT NULL,
	until       TEXT NOT NULL,
	kept        INTEGER NOT NULL,
	actor       TEXT NOT NULL,
	adopted     INTEGER NOT NULL CHECK (adopted IN (0, 1)),
	significant INTEGER NOT NULL CHECK (significant IN (0, 1)),
	reason      TEXT NOT NULL,
	files       BLOB NOT NULL,
	PRIMARY KEY (landlord, version)
) STRICT, WITHOUT ROWID;

-- Where a version has been put up, and which people have been told of it.
CREATE TABLE desk_notice_done (
	landlord TEXT NOT NULL,
	version  TEXT NOT NULL,
	what     TEXT NOT NULL CHECK (what IN ('display', 'people')),
	id       TEXT NOT NULL CHECK (id <> ''),
	at       INTEGER NOT NULL,
	actor    TEXT NOT NULL,
	proof    TEXT NOT NULL,
	PRIMARY KEY (landlord, version, what, id),
	FOREIGN KEY (landlord, version) REFERENCES desk_notice (landlord, version)
) STRICT, WITHOUT ROWID;
