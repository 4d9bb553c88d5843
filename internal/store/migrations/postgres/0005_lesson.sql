-- +goose Up

-- The landlord's own rules for what is taken out of answers, learnt from what
-- people decided. The words, and who taught it and why, stand in sealed, under a
-- key of the lesson's own, which wrapped wraps: a lesson that is removed is gone.
CREATE TABLE lesson (
	landlord text COLLATE "C" NOT NULL REFERENCES landlord,
	id       text COLLATE "C" NOT NULL CHECK (id <> ''),
	wrapped  bytea NOT NULL,
	sealed   bytea NOT NULL,
	PRIMARY KEY (landlord, id)
);
