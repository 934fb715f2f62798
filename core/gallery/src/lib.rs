//! What the services, ingest and the page agree on: keys, the bucket's layout, media items, cursors,
//! sessions, ranges and conditionals.
//!
//! Pure: no I/O, no clock, no environment. Time and randomness are arguments.

pub mod key;
pub mod layout;
pub mod media;

pub use key::MediaKey;
