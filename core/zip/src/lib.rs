//! A ZIP whose files are stored, not compressed, made without its files: from their names, lengths, CRC-32s and times.
//! No I/O.
//!
//! - [`Names`] makes names that every system can unpack beside each other.
//! - [`Builder`] takes the entries, knows the exact length of the ZIP at any time, and makes a *manifest*.
//! - [`Manifest`] reads the first bytes of a manifest.
//! - [`Walk`] plans any range of the ZIP: literal bytes, ranges of files, and ranges of the manifest that it has to
//!   read for this. A range costs a few small reads, however many entries there are.
//!
//! Headers are computed, and never stored. Lengths and counts of more than 32 or 16 bits are in the fields of ZIP64.
//! `DESIGN.md` has the layout of a manifest.
//!
//! ```
//! use stored_zip::{Builder, Entry, HEAD, Manifest, Names, Step, Time};
//!
//! let (mut names, mut builder) = (Names::default(), Builder::new(b"")?);
//! let time = Time::parse("2024-06-15T14:00:00", None);
//! let name = names.safe("a/b.txt");
//! builder.push(&Entry { name: &name, size: 5, crc: 0x3610_a686, time, note: b"key of b" })?;
//! let manifest = builder.finish();
//!
//! let read = |from: u64, to: u64| &manifest[from as usize..to as usize];
//! let parsed = Manifest::parse(read(0, HEAD.min(manifest.len() as u64)))?;
//! let mut walk = parsed.walk(0..parsed.length());
//! let mut zip = Vec::new();
//! loop {
//!     match walk.step()? {
//!         Step::Read(range) => walk.feed(read(range.start, range.end))?,
//!         Step::Literal(bytes) => zip.extend(bytes),
//!         Step::Object { range, .. } => zip.extend(&b"hello"[range.start as usize..range.end as usize]),
//!         Step::End => break,
//!     }
//! }
//! assert_eq!(zip.len() as u64, parsed.length());
//! assert!(zip.starts_with(b"PK\x03\x04"));
//! # Ok::<(), Box<dyn std::error::Error>>(())
//! ```

mod builder;
mod error;
mod fields;
mod fold;
mod group;
mod head;
mod headers;
mod index;
mod manifest;
mod names;
mod normal;
mod time;
mod tree;
mod walk;

pub use builder::{Builder, ENTRY_NOTE, Entry};
pub use error::{Refused, Unreadable};
pub use head::{HEAD, NOTE};
pub use manifest::Manifest;
pub use names::Names;
pub use normal::nfc;
pub use time::Time;
pub use walk::{Step, Walk};
