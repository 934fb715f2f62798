-- What a library needs that people change: identity by content, the places of an item, how each date was found, and
-- what was taken out. `digest` is the SHA-256 of the original in lower-case hex. `version` names the objects of a film
-- and changes with them; it is NULL where they lie directly below `hls/{key}/`.
ALTER TABLE media ADD COLUMN digest TEXT;
ALTER TABLE media ADD COLUMN version TEXT;
-- `date_taken` is the wall clock where the item was taken, `taken_offset` its offset (`+02:00`), `taken_at` the moment
-- in UTC (`2024-06-15T12:00:00.100Z`), and `day` the day in the library's time zone. The two sources say how the date
-- and the offset were found.
ALTER TABLE media ADD COLUMN taken_source TEXT;
ALTER TABLE media ADD COLUMN taken_offset TEXT;
ALTER TABLE media ADD COLUMN offset_source TEXT;
ALTER TABLE media ADD COLUMN taken_at TEXT;
ALTER TABLE media ADD COLUMN day TEXT;
UPDATE media SET digest = json_extract(metadata, '$.source.sha256') WHERE json_valid(metadata);
CREATE INDEX IF NOT EXISTS media_by_digest ON media (digest);
-- The listing's order. The indexes of the first step stay for the services of 0.1.0.
CREATE INDEX IF NOT EXISTS media_by_moment ON media (COALESCE(taken_at, date_taken, uploaded_at) DESC, key DESC);
CREATE INDEX IF NOT EXISTS media_by_type_moment
ON media (type, COALESCE(taken_at, date_taken, uploaded_at) DESC, key DESC);

-- The libraries that were ingested. `root` is the folder at the last run, `settings` what its gallery.toml says, as
-- JSON.
CREATE TABLE IF NOT EXISTS libraries (
    name     TEXT PRIMARY KEY,
    root     TEXT NOT NULL,
    settings TEXT
) WITHOUT ROWID;

-- The files in which an item was found. `modified` and `changed` are the times of the last change of the content and
-- of the file's entry (mtime, ctime).
CREATE TABLE IF NOT EXISTS places (
    library  TEXT NOT NULL,
    path     TEXT NOT NULL,
    key      TEXT NOT NULL,
    size     INTEGER NOT NULL,
    modified TEXT NOT NULL,
    changed  TEXT NOT NULL,
    PRIMARY KEY (library, path)
) WITHOUT ROWID;
CREATE INDEX IF NOT EXISTS places_by_key ON places (key);

-- Items that are not shown: hidden, removed, or pruned since their files are gone. `row` is the whole row of `media` as
-- a JSON object. Services never read this table.
-- `purged_at` is set once the objects of an item are gone.
CREATE TABLE IF NOT EXISTS withdrawn (
    key       TEXT PRIMARY KEY,
    digest    TEXT,
    state     TEXT NOT NULL CHECK (state IN ('hidden', 'removed', 'pruned')),
    since     TEXT NOT NULL,
    purged_at TEXT,
    row       TEXT NOT NULL
) WITHOUT ROWID;
CREATE INDEX IF NOT EXISTS withdrawn_by_digest ON withdrawn (digest);

-- Objects to delete once `due` has passed. A name that ends in `/` stands for the objects directly below it.
CREATE TABLE IF NOT EXISTS deletions (
    object TEXT PRIMARY KEY,
    key    TEXT NOT NULL,
    due    TEXT NOT NULL
) WITHOUT ROWID;

-- Keys whose objects are being uploaded. A key that stays here belongs to a run that was ended.
CREATE TABLE IF NOT EXISTS uploads (
    key   TEXT PRIMARY KEY,
    since TEXT NOT NULL
) WITHOUT ROWID;
