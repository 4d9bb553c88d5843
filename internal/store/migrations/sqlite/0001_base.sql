-- +goose Up

-- Whom this installation serves. Every other row names one of these.
CREATE TABLE landlord (
	landlord TEXT NOT NULL PRIMARY KEY CHECK (landlord <> ''),
	name     TEXT NOT NULL
) STRICT;

-- The one landlord of an installation that serves no other; init names it.
INSERT INTO landlord (landlord, name) VALUES ('default', '');

-- Acts, in the order in which they were committed. seq is NULL until the
-- sequencer has put the entry into the tree.
CREATE TABLE ledger_entry (
	id         INTEGER PRIMARY KEY AUTOINCREMENT,
	landlord   TEXT NOT NULL REFERENCES landlord,
	seq        INTEGER CHECK (seq >= 0),
	time       INTEGER NOT NULL,
	actor      TEXT NOT NULL,
	act        TEXT NOT NULL,
	subject    TEXT NOT NULL,
	notice     TEXT NOT NULL,
	commitment BLOB NOT NULL CHECK (length(commitment) = 32),
	once       TEXT,
	UNIQUE (landlord, id),
	UNIQUE (landlord, seq),
	UNIQUE (landlord, once)
) STRICT;

CREATE INDEX ledger_entry_pending ON ledger_entry (landlord, id) WHERE seq IS NULL;
CREATE INDEX ledger_entry_subject ON ledger_entry (landlord, subject, id);

-- +goose StatementBegin
CREATE TRIGGER ledger_entry_stays BEFORE DELETE ON ledger_entry BEGIN
	SELECT RAISE(ABORT, 'an entry of the ledger is never deleted');
END;
-- +goose StatementEnd
-- +goose StatementBegin
CREATE TRIGGER ledger_entry_fixed BEFORE UPDATE OF id, landlord, time, actor, act, subject, notice, commitment, once ON ledger_entry BEGIN
	SELECT RAISE(ABORT, 'an entry of the ledger is never changed');
END;
-- +goose StatementEnd
-- +goose StatementBegin
CREATE TRIGGER ledger_entry_numbered BEFORE UPDATE OF seq ON ledger_entry WHEN OLD.seq IS NOT NULL BEGIN
	SELECT RAISE(ABORT, 'an entry of the ledger is numbered once');
END;
-- +goose StatementEnd

-- What opens an entry's commitment. Deleting the row is forgetting.
CREATE TABLE ledger_payload (
	landlord TEXT NOT NULL,
	entry    INTEGER NOT NULL,
	nonce    BLOB NOT NULL CHECK (length(nonce) = 32),
	payload  TEXT NOT NULL,
	PRIMARY KEY (landlord, entry),
	FOREIGN KEY (landlord, entry) REFERENCES ledger_entry (landlord, id)
) STRICT, WITHOUT ROWID;

-- +goose StatementBegin
CREATE TRIGGER ledger_payload_fixed BEFORE UPDATE ON ledger_payload BEGIN
	SELECT RAISE(ABORT, 'a payload of the ledger is never changed, only forgotten');
END;
-- +goose StatementEnd

-- The complete nodes of the Merkle tree: level 0 holds leaf hashes by seq.
CREATE TABLE ledger_node (
	landlord TEXT NOT NULL REFERENCES landlord,
	level    INTEGER NOT NULL,
	n        INTEGER NOT NULL,
	hash     BLOB NOT NULL CHECK (length(hash) = 32),
	PRIMARY KEY (landlord, level, n)
) STRICT, WITHOUT ROWID;

-- +goose StatementBegin
CREATE TRIGGER ledger_node_fixed BEFORE UPDATE ON ledger_node BEGIN
	SELECT RAISE(ABORT, 'a node of the tree is never changed');
END;
-- +goose StatementEnd
-- +goose StatementBegin
CREATE TRIGGER ledger_node_stays BEFORE DELETE ON ledger_node BEGIN
	SELECT RAISE(ABORT, 'a node of the tree is never deleted');
END;
-- +goose StatementEnd

-- Signed checkpoints; note is the signed text.
CREATE TABLE ledger_checkpoint (
	landlord TEXT NOT NULL REFERENCES landlord,
	size     INTEGER NOT NULL CHECK (size >= 0),
	time     INTEGER NOT NULL,
	origin   TEXT NOT NULL,
	root     BLOB NOT NULL CHECK (length(root) = 32),
	note     TEXT NOT NULL,
	PRIMARY KEY (landlord, size)
) STRICT, WITHOUT ROWID;

-- +goose StatementBegin
CREATE TRIGGER ledger_checkpoint_fixed BEFORE UPDATE ON ledger_checkpoint BEGIN
	SELECT RAISE(ABORT, 'a checkpoint is never changed');
END;
-- +goose StatementEnd
-- +goose StatementBegin
CREATE TRIGGER ledger_checkpoint_stays BEFORE DELETE ON ledger_checkpoint BEGIN
	SELECT RAISE(ABORT, 'a checkpoint is never deleted');
END;
-- +goose StatementEnd

-- Accounts of the landlord's staff. An account is disabled, not deleted: the
-- ledger names its id.
CREATE TABLE staff (
	landlord TEXT NOT NULL REFERENCES landlord,
	id       TEXT NOT NULL CHECK (id <> ''),
	login    TEXT NOT NULL CHECK (login <> ''),
	name     TEXT NOT NULL,
	role     TEXT NOT NULL,
	password TEXT NOT NULL,
	created  INTEGER NOT NULL,
	disabled INTEGER,
	PRIMARY KEY (landlord, id),
	UNIQUE (landlord, login)
) STRICT, WITHOUT ROWID;

-- Sessions of the faces, by a hash of their token.
CREATE TABLE session (
	landlord TEXT NOT NULL REFERENCES landlord,
	token    TEXT NOT NULL CHECK (token <> ''),
	data     BLOB NOT NULL,
	expires  INTEGER NOT NULL,
	PRIMARY KEY (landlord, token)
) STRICT, WITHOUT ROWID;

CREATE INDEX session_expires ON session (landlord, expires);
