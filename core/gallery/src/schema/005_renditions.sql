-- What ingest has made of an original, see `gallery::rendition`.
--
-- JSON with the version and the renditions: name, format, width, height, bytes. NULL where the thumbnails lie at
-- `thumbnails/{size}/{key}`, as earlier versions wrote them.
ALTER TABLE media ADD COLUMN renditions TEXT;
-- A ThumbHash in Base64, which is drawn until a picture is there.
ALTER TABLE media ADD COLUMN thumbhash TEXT;
