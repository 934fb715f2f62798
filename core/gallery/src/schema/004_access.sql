-- What to blank in an original for whoever must not see places, in the coding of the crate `privacy`. Its first byte is
-- the version of the coding. NULL where the original was not examined yet: it is then not given to them.
ALTER TABLE media ADD COLUMN patches BLOB;
