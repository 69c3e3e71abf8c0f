-- Whoever starts reads which sessions ended lately, a page after the other: there may be a million,
-- and of any second many.
DROP INDEX sessions_revoked;
CREATE INDEX sessions_revoked ON sessions (revoked_at, id);
