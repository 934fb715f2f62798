-- Who may enter, and what a link opens.
--
-- The names of the views of albums in which an item is, with commas between them. Publishing the catalogue writes them.
ALTER TABLE media ADD COLUMN albums TEXT NOT NULL DEFAULT '';
-- What to blank in an original for whoever must not see places, in the coding of the crate `privacy`. Its first byte is
-- the version of the coding. NULL where the original was not examined yet: it is then not given to them.
ALTER TABLE media ADD COLUMN patches BLOB;
-- Links, see `gallery::link`. `id` is the digest of a link's URL in hexadecimal digits, `expires` in seconds since 1970
-- or NULL, `views` a list with commas, `password` an Argon2 hash. A link that has ended stays in the table.
CREATE TABLE IF NOT EXISTS links (
    id         TEXT PRIMARY KEY,
    label      TEXT NOT NULL,
    created_at TEXT NOT NULL,
    expires    INTEGER,
    views      TEXT NOT NULL,
    flags      TEXT NOT NULL,
    password   TEXT,
    ended_at   TEXT
);
-- `epoch`, a number in text that ends every session when it is raised, and `links`, the signed text of the links that
-- have not ended.
CREATE TABLE IF NOT EXISTS access (
    name  TEXT PRIMARY KEY,
    value BLOB NOT NULL
);
