-- Accounts that nobody ever confirmed, the device a session began on, mails by address.

-- Since when the account waits for its confirmation, made where one is required. Accounts of before
-- and of elsewhere do not wait: nothing deletes them.
ALTER TABLE users ADD COLUMN waits_since BIGINT;
CREATE INDEX users_waiting ON users (waits_since) WHERE confirmed_at IS NULL;

ALTER TABLE sessions ADD COLUMN device BYTEA;           -- the browser it began on
ALTER TABLE sessions ADD COLUMN restored_at BIGINT;     -- since when it is not fresh, whatever auth_time says

CREATE INDEX mails_recipient ON mails (recipient, created_at);
