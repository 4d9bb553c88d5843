-- +goose Up

-- What lists show of an incident stands beside it: how many people are listed and told.
-- client is the set whose data it is, empty for the landlord's own; forgotten is when the
-- people and the particulars were destroyed.
ALTER TABLE incident ADD COLUMN listed bigint NOT NULL DEFAULT 0 CHECK (listed >= 0);
ALTER TABLE incident ADD COLUMN told bigint NOT NULL DEFAULT 0 CHECK (told >= 0);
ALTER TABLE incident ADD COLUMN client text COLLATE "C" NOT NULL DEFAULT '';
ALTER TABLE incident ADD COLUMN forgotten bigint;

UPDATE incident SET
	listed = (SELECT count(*) FROM incident_person p WHERE p.landlord = incident.landlord AND p.incident = incident.id),
	told = (SELECT count(*) FROM incident_person p WHERE p.landlord = incident.landlord AND p.incident = incident.id AND p.told IS NOT NULL);

DROP INDEX incident_opened;
CREATE INDEX incident_opened ON incident (landlord, opened, number);
CREATE INDEX incident_open ON incident (landlord, opened, number) WHERE ended IS NULL;
CREATE INDEX incident_kind ON incident (landlord, kind, opened, number);
CREATE INDEX incident_ended ON incident (landlord, ended, id) WHERE ended IS NOT NULL;
CREATE INDEX incident_untold ON incident_person (landlord, incident, told, n);
CREATE INDEX incident_unwritten ON incident_person (landlord, incident, told, letter, n);
CREATE INDEX incident_mark_person ON incident_mark (landlord, incident, n);

-- Who looked at what of an incident, a row for each person, day and page. The first look
-- of a day stands in the ledger too. A page that was refused begins with "Refused: ".
CREATE TABLE incident_look (
	landlord text COLLATE "C" NOT NULL,
	incident text COLLATE "C" NOT NULL,
	staff    text COLLATE "C" NOT NULL,
	day      text COLLATE "C" NOT NULL,
	page     text COLLATE "C" NOT NULL,
	began    bigint NOT NULL,
	ended    bigint NOT NULL,
	times    bigint NOT NULL CHECK (times > 0),
	PRIMARY KEY (landlord, incident, staff, day, page),
	FOREIGN KEY (landlord, incident) REFERENCES incident (landlord, id),
	FOREIGN KEY (landlord, staff) REFERENCES staff (landlord, id)
);

CREATE INDEX incident_look_ended ON incident_look (landlord, ended);
