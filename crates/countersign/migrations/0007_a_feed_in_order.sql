-- The change feed in the order of its commits. A transaction takes its number as its last act, and
-- holds the row of the number until it is committed: within a lane no smaller number appears later,
-- and none is missing.

CREATE TABLE lanes (
    lane BIGINT NOT NULL PRIMARY KEY,
    seq  BIGINT NOT NULL                        -- of the last change in this lane
);
INSERT INTO lanes (lane, seq) VALUES
    (0, 0), (1, 0), (2, 0), (3, 0), (4, 0), (5, 0), (6, 0), (7, 0),
    (8, 0), (9, 0), (10, 0), (11, 0), (12, 0), (13, 0), (14, 0), (15, 0);

ALTER TABLE changes ADD COLUMN lane BIGINT NOT NULL DEFAULT 0;
ALTER TABLE changes ADD COLUMN seq BIGINT NOT NULL DEFAULT 0;
CREATE INDEX changes_lane ON changes (lane, seq);
DROP INDEX changes_at;
