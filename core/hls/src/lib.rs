//! Lossless HLS playlist rewriting and master playlists. No I/O.
