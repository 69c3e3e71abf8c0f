-- Which bit of which published list says whether a session's tokens were taken back. Indexes are
-- counted through all lists, and none is ever given to a second session.

ALTER TABLE sessions ADD COLUMN status_index BIGINT;    -- null: its tokens have none yet
CREATE UNIQUE INDEX sessions_status ON sessions (status_index);

ALTER TABLE changes ADD COLUMN status_index BIGINT;     -- of the session that ended
CREATE INDEX changes_status ON changes (status_index) WHERE status_index IS NOT NULL;

CREATE TABLE status_lists (
    number   BIGINT NOT NULL PRIMARY KEY,               -- a greater one than ever before
    taken    BIGINT NOT NULL,                           -- indexes taken by processes, to hand out
    taken_at BIGINT NOT NULL                            -- when the last ones were
);
INSERT INTO status_lists (number, taken, taken_at) VALUES (0, 0, 0);
