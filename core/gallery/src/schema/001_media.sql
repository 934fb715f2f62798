-- The catalogue, in the SQLite dialect (SQLite, libSQL, D1). Every statement may run again.
-- Dates are ISO 8601 text: `date_taken` is the camera's wall clock (no offset unless known),
-- the others are UTC ending in Z. Sizes are bytes, `duration` seconds, angles degrees, lengths millimetres.
CREATE TABLE IF NOT EXISTS media (
    key              TEXT PRIMARY KEY,
    filename         TEXT NOT NULL,
    type             TEXT NOT NULL CHECK (type IN ('image', 'video')),
    size             INTEGER NOT NULL,
    uploaded_at      TEXT NOT NULL,
    date_taken       TEXT,
    camera_make      TEXT,
    camera_model     TEXT,
    lens             TEXT,
    focal_length     REAL,
    aperture         REAL,
    shutter_speed    TEXT,
    iso              INTEGER,
    latitude         REAL,
    longitude        REAL,
    altitude         REAL,
    duration         REAL,
    codec            TEXT,
    width            INTEGER,
    height           INTEGER,
    hls_qualities    TEXT,
    thumbnail_small  TEXT,
    thumbnail_medium TEXT,
    thumbnail_large  TEXT,
    metadata         TEXT,
    processed_at     TEXT,
    created_at       TEXT NOT NULL,
    updated_at       TEXT NOT NULL
) WITHOUT ROWID;

CREATE TABLE IF NOT EXISTS pending_thumbnails (
    key        TEXT PRIMARY KEY,
    created_at TEXT NOT NULL
) WITHOUT ROWID;

-- The listing's order: newest first, by date taken, else by upload; the key breaks ties.
CREATE INDEX IF NOT EXISTS media_by_date ON media (COALESCE(date_taken, uploaded_at) DESC, key DESC);
CREATE INDEX IF NOT EXISTS media_by_type_date ON media (type, COALESCE(date_taken, uploaded_at) DESC, key DESC);
