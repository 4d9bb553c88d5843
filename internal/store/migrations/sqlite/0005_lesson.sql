-- +goose Up

-- The landlord's own rules for what is taken out of answers, learnt from what
-- people decided. The words, and who taught it and why, stand in sealed, under a
-- key of the lesson's own, which wrapped wraps: a lesson that is removed is gone.
CREATE TABLE lesson (
	landlord TEXT NOT NULL REFERENCES landlord,
	id       TEXT NOT NULL CHECK (id <> ''),
	wrapped  BLOB NOT NULL,
	sealed   BLOB NOT NULL,
	PRIMARY KEY (landlord, id)
) STRICT, WITHOUT ROWID;
