-- The packs that lie in the bucket, see `gallery::download::packs`: `id` as in their keys. `due` is when a pack is
-- deleted that holds no longer what the catalogue says, in RFC 3339, and NULL for the others.
CREATE TABLE IF NOT EXISTS packs (
    id  TEXT PRIMARY KEY,
    due TEXT
);
