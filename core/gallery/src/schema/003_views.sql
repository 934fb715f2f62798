-- The catalogue as it is read, see the documentation of `gallery::views`. The row `catalogue/index` is the index. Every
-- other row is a part, whose name is a digest of its content.
CREATE TABLE IF NOT EXISTS catalogue_parts (
    name  TEXT PRIMARY KEY,
    bytes BLOB NOT NULL
);
