-- What ingest has made of an original, see `gallery::rendition`.
--
-- JSON with the version and the renditions: name, format, width, height, bytes. NULL where the thumbnails lie at
-- `thumbnails/{size}/{key}`, as earlier versions wrote them.
ALTER TABLE media ADD COLUMN renditions TEXT;
-- A ThumbHash in Base64, which is drawn until a picture is there.
ALTER TABLE media ADD COLUMN thumbhash TEXT;
-- The files in which the clips of live photos were found. `key` is that of the photo.
CREATE TABLE IF NOT EXISTS clips (
    library  TEXT NOT NULL,
    path     TEXT NOT NULL,
    key      TEXT NOT NULL,
    size     INTEGER NOT NULL,
    modified TEXT NOT NULL,
    changed  TEXT NOT NULL,
    PRIMARY KEY (library, path)
) WITHOUT ROWID;
CREATE INDEX IF NOT EXISTS clips_by_key ON clips (key);
