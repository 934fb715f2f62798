//! Gzip for texts of which the writer knows more than a general compressor: pieces that were compressed before, and
//! lines that repeat. No I/O.
//!
//! ```
//! let mut gzip = deflate::Gzip::new(1000);
//! gzip.stored(b"[");
//! gzip.text(br#"{"key":"a.jpg","size":1},{"key":"b.jpg","size":2}"#);
//! gzip.stored(b"]");
//! let text = deflate::inflate(&gzip.finish(), 1000);
//! assert_eq!(text.as_deref(), Some(&br#"[{"key":"a.jpg","size":1},{"key":"b.jpg","size":2}]"#[..]));
//! ```

mod bits;
mod book;
mod crc;
mod gzip;
mod inflate;
mod matches;
mod signed;
mod squeeze;
mod stored;

pub use crc::{Shift, combine, crc32};
pub use gzip::Gzip;
pub use inflate::{inflate, inflate_block};
pub use signed::{Signed, Urls};
pub use squeeze::{squeeze, squeeze_each};
