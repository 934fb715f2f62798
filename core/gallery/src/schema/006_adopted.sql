-- Originals that another program had put into the bucket. `mark` is the object's entity tag, or its size and time where
-- there is none: while it stays, the original is what the row says. The old thumbnails and playlists of these items are
-- not deleted when newer ones are made: the other program may still show them.
CREATE TABLE IF NOT EXISTS adopted (
    key  TEXT PRIMARY KEY,
    mark TEXT NOT NULL,
    size INTEGER NOT NULL
) WITHOUT ROWID;
