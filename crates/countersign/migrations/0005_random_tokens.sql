-- Access tokens that are random instead of signed: a session of their own each.

ALTER TABLE sessions ADD COLUMN token BYTEA;            -- digest of the token
CREATE UNIQUE INDEX sessions_token ON sessions (token);
