-- Browser sessions, remembered devices, one-time links, mail, and the end of an account.

ALTER TABLE users ADD COLUMN locale TEXT;               -- en, de, fr, es; null: as the browser asks
ALTER TABLE users ADD COLUMN deletes_at BIGINT;         -- the account is deleted then
CREATE INDEX users_deletion ON users (deletes_at);

ALTER TABLE sessions ADD COLUMN cookie BYTEA;           -- digest of the browser's session cookie
ALTER TABLE sessions ADD COLUMN cookie_at BIGINT;       -- since when it has this cookie
ALTER TABLE sessions ADD COLUMN remembered_at BIGINT;   -- since when a second cookie restores it
CREATE UNIQUE INDEX sessions_cookie ON sessions (cookie);

ALTER TABLE known_devices ADD COLUMN created_at BIGINT;
ALTER TABLE known_devices ADD COLUMN last_seen_at BIGINT;
ALTER TABLE known_devices ADD COLUMN address TEXT;
ALTER TABLE known_devices ADD COLUMN user_agent TEXT;

-- One-time secrets that went out by mail.
CREATE TABLE links (
    digest     BYTEA  NOT NULL PRIMARY KEY,
    purpose    TEXT   NOT NULL,                         -- confirm, reset, change, invite
    user_id    TEXT   REFERENCES users (id) ON DELETE CASCADE, -- null: an invitation
    email      TEXT   NOT NULL,                         -- the address it was sent to
    email_key  TEXT   NOT NULL,
    flow       BYTEA,                                   -- the browser that asked; the code is its
    code       BYTEA,                                   -- MAC of the short code
    tries      BIGINT NOT NULL,                         -- wrong codes so far
    created_at BIGINT NOT NULL,
    expires_at BIGINT NOT NULL,
    used_at    BIGINT
);
CREATE INDEX links_user ON links (user_id, purpose);
CREATE INDEX links_flow ON links (flow);
CREATE INDEX links_expiry ON links (expires_at);

-- The outbox.
CREATE TABLE mails (
    id         TEXT   NOT NULL PRIMARY KEY,
    recipient  TEXT   NOT NULL,
    kind       TEXT   NOT NULL,
    sealed     BYTEA,                                   -- what it says; null once it is gone
    created_at BIGINT NOT NULL,
    next_at    BIGINT,                                  -- when to try; null: sent, or given up
    attempts   BIGINT NOT NULL,
    claimed_at BIGINT,                                  -- somebody is sending it
    sent_at    BIGINT,
    failure    TEXT                                     -- why the last attempt failed
);
CREATE INDEX mails_due ON mails (next_at);
CREATE INDEX mails_age ON mails (created_at);

-- Proofs of work already used.
CREATE TABLE spent_proofs (
    digest     BYTEA  NOT NULL PRIMARY KEY,
    expires_at BIGINT NOT NULL
);
CREATE INDEX spent_proofs_expiry ON spent_proofs (expires_at);
