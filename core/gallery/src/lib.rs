//! What the services, ingest and the page agree on: keys, the bucket's layout, media items, cursors, sessions,
//! playback tokens, downloads, links, signing windows, ranges, conditions.
//!
//! The crate is pure: it does no I/O, and reads no clock and no environment. Time and randomness are arguments.

pub mod checksums;
pub mod conditional;
pub mod cursor;
pub mod digest;
pub mod download;
pub mod etag;
pub mod key;
pub mod layout;
pub mod link;
pub mod media;
pub mod multipart;
pub mod password;
pub mod playback;
pub mod range;
pub mod rendition;
pub mod return_to;
pub mod schema;
pub mod session;
pub mod views;
pub mod window;

pub use key::MediaKey;
