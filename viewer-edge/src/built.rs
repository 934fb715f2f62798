//! The files of the page, as Vite has built them.

/// A file of the page. `build.rs` writes the table.
pub(crate) struct Asset {
    /// The path as in the URL: `/assets/index-1a2b3c4d.js`.
    pub(crate) path: &'static str,
    pub(crate) content_type: &'static str,
    /// The beginning of the content's SHA-256, in hexadecimal.
    pub(crate) hash: &'static str,
    pub(crate) identity: &'static [u8],
    pub(crate) brotli: Option<&'static [u8]>,
    pub(crate) gzip: Option<&'static [u8]>,
}

include!(concat!(env!("OUT_DIR"), "/assets.rs"));
