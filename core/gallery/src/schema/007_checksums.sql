-- The CRC-32 of an original in both its forms, and the object that they are of: the text of `gallery::checksums`. NULL
-- where nobody has computed them yet.
ALTER TABLE media ADD COLUMN checksums TEXT;
