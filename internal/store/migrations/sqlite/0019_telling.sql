-- +goose Up

-- How many people a telling of a version would reach: the counts that were last taken, as
-- JSON, and how many records the run that began last has looked at. Nothing here names a
-- person but staff.
CREATE TABLE desk_notice_count (
	landlord TEXT NOT NULL,
	version  TEXT NOT NULL,
	actor    TEXT NOT NULL,
	begun    INTEGER NOT NULL,
	read     INTEGER NOT NULL CHECK (read >= 0),
	taken    INTEGER,
	counts   TEXT NOT NULL,
	PRIMARY KEY (landlord, version),
	FOREIGN KEY (landlord, version) REFERENCES desk_notice (landlord, version),
	CHECK ((taken IS NULL) = (counts = ''))
) STRICT, WITHOUT ROWID;
