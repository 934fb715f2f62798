//! The video service: HLS playlists with presigned segments.
