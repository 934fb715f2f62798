//! Photos and films from a folder into the gallery: thumbnails, EXIF, HLS, bucket, catalogue.
