//! What the services, ingest and the page agree on: keys, media items, cursors, sessions, ranges. No I/O, no clock.
