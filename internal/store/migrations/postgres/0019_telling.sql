-- +goose Up

-- How many people a telling of a version would reach: the counts that were last taken, as
-- JSON, and how many records the run that began last has looked at. Nothing here names a
-- person but staff.
CREATE TABLE desk_notice_count (
	landlord text COLLATE "C" NOT NULL,
	version  text COLLATE "C" NOT NULL,
	actor    text COLLATE "C" NOT NULL,
	begun    bigint NOT NULL,
	read     bigint NOT NULL CHECK (read >= 0),
	taken    bigint,
	counts   text COLLATE "C" NOT NULL,
	PRIMARY KEY (landlord, version),
	FOREIGN KEY (landlord, version) REFERENCES desk_notice (landlord, version),
	CHECK ((taken IS NULL) = (counts = ''))
);
