-- +goose Up

-- Whose customers what Tenet itself keeps is about: a client of the notice, or empty for
-- the landlord's own, which what was there before is. An id of a client is no personal data.
ALTER TABLE contact_entry ADD COLUMN client TEXT NOT NULL DEFAULT '';
ALTER TABLE contact_authority ADD COLUMN client TEXT NOT NULL DEFAULT '';
ALTER TABLE contact_check ADD COLUMN client TEXT NOT NULL DEFAULT '';
ALTER TABLE contact_mark ADD COLUMN client TEXT NOT NULL DEFAULT '';
ALTER TABLE disclose_entry ADD COLUMN client TEXT NOT NULL DEFAULT '';

CREATE INDEX contact_entry_client ON contact_entry (landlord, client, id);
CREATE INDEX contact_authority_client ON contact_authority (landlord, client, id);
CREATE INDEX contact_check_client ON contact_check (landlord, client, id);
