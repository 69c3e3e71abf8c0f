-- Where a user came from: the id in the table of another system, for looking them up by it and for
-- that system's tokens.

ALTER TABLE users ADD COLUMN external_source TEXT;      -- which system; empty: the only one
ALTER TABLE users ADD COLUMN external_id TEXT;
CREATE UNIQUE INDEX users_external ON users (external_id, external_source);
