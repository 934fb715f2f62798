-- Items that another program shows too, out of the same bucket. `mark` is the tag of the original, or its size and time
-- where there is none: while the mark stays, the original is what the row says. The old thumbnails and playlists of
-- these items are not deleted when newer ones are made. `made_here` is 1 where this gallery put the item there.
CREATE TABLE IF NOT EXISTS adopted (
    key       TEXT PRIMARY KEY,
    mark      TEXT NOT NULL,
    size      INTEGER NOT NULL,
    made_here INTEGER NOT NULL
) WITHOUT ROWID;
