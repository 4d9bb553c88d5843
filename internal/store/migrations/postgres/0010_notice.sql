-- +goose Up

-- The versions of the notice, each kept whole by its content hash: those found in the
-- workspace's folder, and those adopted, for which somebody decided whether what changes
-- is significant. files is a zip of the folder. Nothing here names a person but staff.
CREATE TABLE desk_notice (
	landlord    text COLLATE "C" NOT NULL REFERENCES landlord,
	version     text COLLATE "C" NOT NULL CHECK (length(version) = 64),
	effective   text COLLATE "C" NOT NULL,
	until       text COLLATE "C" NOT NULL,
	kept        bigint NOT NULL,
	actor       text COLLATE "C" NOT NULL,
	adopted     bigint NOT NULL CHECK (adopted IN (0, 1)),
	significant bigint NOT NULL CHECK (significant IN (0, 1)),
	reason      text COLLATE "C" NOT NULL,
	files       bytea NOT NULL,
	PRIMARY KEY (landlord, version)
);

-- Where a version has been put up, and which people have been told of it.
CREATE TABLE desk_notice_done (
	landlord text COLLATE "C" NOT NULL,
	version  text COLLATE "C" NOT NULL,
	what     text COLLATE "C" NOT NULL CHECK (what IN ('display', 'people')),
	id       text COLLATE "C" NOT NULL CHECK (id <> ''),
	at       bigint NOT NULL,
	actor    text COLLATE "C" NOT NULL,
	proof    text COLLATE "C" NOT NULL,
	PRIMARY KEY (landlord, version, what, id),
	FOREIGN KEY (landlord, version) REFERENCES desk_notice (landlord, version)
);
