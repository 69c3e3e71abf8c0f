-- Users, sessions, tokens and keys. One text for SQLite and PostgreSQL.
-- Times are unix seconds. Secrets are stored as SHA-256 digests, signing keys sealed.
-- A state is a nullable time: it says whether, and since when.

CREATE TABLE users (
    id                  TEXT   NOT NULL PRIMARY KEY,
    username            TEXT,                   -- as typed
    username_key        TEXT   UNIQUE,          -- canonical: normalised and case-folded
    email               TEXT,
    email_key           TEXT   UNIQUE,
    password_hash       TEXT,                   -- null: no password can match
    roles               TEXT   NOT NULL,        -- sorted, separated by blanks
    epoch               BIGINT NOT NULL,        -- raised to end all tokens issued before
    kept_session        TEXT,                   -- the session that outlived the last raise
    created_at          BIGINT NOT NULL,
    password_changed_at BIGINT,
    confirmed_at        BIGINT,
    disabled_at         BIGINT
);

CREATE TABLE sessions (
    id           TEXT   NOT NULL PRIMARY KEY,
    user_id      TEXT   NOT NULL REFERENCES users (id) ON DELETE CASCADE,
    epoch        BIGINT NOT NULL,
    client_id    TEXT   NOT NULL,
    scope        TEXT   NOT NULL,
    amr          TEXT   NOT NULL,
    auth_time    BIGINT NOT NULL,
    created_at   BIGINT NOT NULL,
    last_seen_at BIGINT NOT NULL,
    expires_at   BIGINT NOT NULL,
    revoked_at   BIGINT,
    address      TEXT,
    user_agent   TEXT
);
CREATE INDEX sessions_user ON sessions (user_id, created_at);
CREATE INDEX sessions_expiry ON sessions (expires_at);
CREATE INDEX sessions_revoked ON sessions (revoked_at);

CREATE TABLE refresh_tokens (
    digest     BYTEA  NOT NULL PRIMARY KEY,
    session_id TEXT   NOT NULL REFERENCES sessions (id) ON DELETE CASCADE,
    created_at BIGINT NOT NULL,
    expires_at BIGINT NOT NULL,
    used_at    BIGINT,
    used_by    BYTEA                            -- who rotated it, to tell a retry from a theft
);
CREATE INDEX refresh_tokens_session ON refresh_tokens (session_id);
CREATE INDEX refresh_tokens_expiry ON refresh_tokens (expires_at);

CREATE TABLE api_keys (
    id           TEXT   NOT NULL PRIMARY KEY,
    digest       BYTEA  NOT NULL UNIQUE,
    user_id      TEXT   NOT NULL REFERENCES users (id) ON DELETE CASCADE,
    epoch        BIGINT NOT NULL,
    name         TEXT   NOT NULL,
    hint         TEXT   NOT NULL,               -- first characters, to recognise it in a list
    scope        TEXT   NOT NULL,
    created_at   BIGINT NOT NULL,
    expires_at   BIGINT,
    last_used_at BIGINT,
    revoked_at   BIGINT
);
CREATE INDEX api_keys_user ON api_keys (user_id, created_at);

CREATE TABLE signing_keys (
    kid        TEXT   NOT NULL PRIMARY KEY,
    algorithm  TEXT   NOT NULL,
    sealed     BYTEA  NOT NULL,                 -- the private key, under a key that is not in here
    created_at BIGINT NOT NULL,
    active_at  BIGINT NOT NULL,                 -- signs from here on, unless a younger key does
    expires_at BIGINT                           -- verifies until here; null: in service
);

-- The change feed: what every process on this database must hear of.
CREATE TABLE changes (
    id         TEXT   NOT NULL PRIMARY KEY,
    at         BIGINT NOT NULL,
    kind       TEXT   NOT NULL,                 -- token, session, user, keys
    subject    TEXT   NOT NULL,
    expires_at BIGINT NOT NULL                  -- of no interest to anybody after this
);
CREATE INDEX changes_at ON changes (at);
CREATE INDEX changes_expiry ON changes (expires_at);

CREATE TABLE throttles (
    bucket        TEXT   NOT NULL PRIMARY KEY,
    failures      BIGINT NOT NULL,
    blocked_until BIGINT NOT NULL,
    expires_at    BIGINT NOT NULL
);
CREATE INDEX throttles_expiry ON throttles (expires_at);

CREATE TABLE known_devices (
    user_id    TEXT   NOT NULL REFERENCES users (id) ON DELETE CASCADE,
    device     BYTEA  NOT NULL,
    expires_at BIGINT NOT NULL,
    PRIMARY KEY (user_id, device)
);
CREATE INDEX known_devices_expiry ON known_devices (expires_at);

CREATE TABLE idempotency_keys (
    digest     BYTEA  NOT NULL PRIMARY KEY,
    sealed     BYTEA  NOT NULL,                 -- the first answer, readable only with the same request
    expires_at BIGINT NOT NULL
);
CREATE INDEX idempotency_keys_expiry ON idempotency_keys (expires_at);
