//! An S3 store on a local folder, served in process on its own port. It verifies every signature,
//! so what works against it works against a hosted bucket, and what a hosted bucket would refuse it
//! refuses too.
//!
//! ```no_run
//! let store = store::spawn(
//!     store::Config {
//!         root: "data/store".into(),
//!         bucket: "media".into(),
//!         access_key_id: "key".into(),
//!         secret_access_key: "secret".into(),
//!         region: "auto".into(),
//!         allowed_origins: vec!["http://localhost:8080".into()],
//!     },
//!     ([127, 0, 0, 1], 9000).into(),
//! )?;
//! println!("http://{}/media", store.addr());
//! store.stop()?;
//! # std::io::Result::Ok(())
//! ```
//!
//! # How it is made
//! `front` answers CORS and refuses what the libraries would let through; `s3s` verifies SigV4 and
//! speaks the protocol; `s3s-fs` receives bodies (MD5, checksums, temporary file, rename); this crate
//! keeps the names. One SQLite file maps a key to an immutable blob with a random name, so that any
//! S3 key fits any file system, a PUT takes effect in one step, and no read hashes anything.
//!
//! # What `s3s` and `s3s-fs` 0.14 get wrong on their own, and where it is put right
//! | Finding | Put right in |
//! |---|---|
//! | Keys are paths: `a` and `a/b` exclude each other, `a/../b` is `b`, `a//b` is `a/b`, a key over about 150 bytes fails, its bytes already written, a body under a key ending in `/` is refused | `index` |
//! | Bytes, headers and ETag are three files changed one after the other: a reader can see new bytes with the old ETag; a refused checksum leaves the refused bytes in place; DELETE leaves two files | `blobs`, `write` |
//! | Preconditions of GET and HEAD are ignored; a suffix range longer than the file fails with 500, and on an empty file overflows; 416 has no `Content-Range`; a multi-range is 400 | `conditions`, `read` |
//! | A body that fails its hash or its chunk signatures is answered with 500 | `body` |
//! | HEAD of a range says 200; an unknown key id says `NotSignedUp` | `front`, `s3` |
//! | Bodies are read in pieces of 4 KiB | `pieces` |
//! | Listings read the whole tree for each page, have no ETag and ignore `encoding-type=url` | `list` |
//! | A multipart upload ignores ETags and checksums, refuses gaps in part numbers, and loses its parts when completing fails | `multipart` |
//! | `X-Amz-Expires` above a week, any region, SigV2, POST forms, and `x-amz-*` headers outside the signature are accepted: with the last, a link to write one object can copy any other | `guard` |
//!
//! # Promises
//! A crash of the process loses no finished write and leaves no half-made object. A power failure
//! may: nothing is synced to disk per write. One process at a time may open a folder.

mod blobs;
mod body;
mod conditions;
mod cors;
mod front;
mod guard;
mod index;
mod list;
mod multipart;
mod pieces;
mod read;
mod s3;
mod server;
mod spawn;
mod write;

use std::{fmt, io, path::PathBuf};

use tokio::net::TcpListener;

pub use spawn::{Running, spawn};

/// What to serve, to whom.
#[derive(Clone)]
pub struct Config {
    /// Folder that holds the bucket's folder; made when absent.
    pub root: PathBuf,
    /// The only bucket. Path-style addressing: `http://host:port/{bucket}/{key}`.
    pub bucket: String,
    pub access_key_id: String,
    pub secret_access_key: String,
    /// Region that signatures must name in their credential scope; `auto` for R2.
    pub region: String,
    /// Origins (`https://host[:port]`) whose pages may read and write; `*` stands for all.
    pub allowed_origins: Vec<String>,
}

/// Never shows the secret.
impl fmt::Debug for Config {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct("Config")
            .field("root", &self.root)
            .field("bucket", &self.bucket)
            .field("access_key_id", &self.access_key_id)
            .field("region", &self.region)
            .field("allowed_origins", &self.allowed_origins)
            .finish_non_exhaustive()
    }
}

/// Serves the store on `listener` until `shutdown` completes. Requests in flight then have five
/// seconds to end.
///
/// # Errors
/// `InvalidInput` for a bucket name that S3 does not allow, `WouldBlock` when another process has the
/// folder open, and whatever opening the folder gives.
pub async fn serve(listener: TcpListener, config: Config, shutdown: impl Future<Output = ()>) -> io::Result<()> {
    let front = front::Front::open(config)?;
    server::run(listener, front, server::Limits::default(), shutdown).await;
    Ok(())
}

#[cfg(test)]
mod tests {
    use super::Config;

    #[test]
    fn debug_omits_the_secret() {
        let config = Config {
            root: "r".into(),
            bucket: "bkt".into(),
            access_key_id: "AKID".into(),
            secret_access_key: "hidden-value".into(),
            region: "auto".into(),
            allowed_origins: vec![],
        };
        let shown = format!("{config:?}");
        assert!(shown.contains("AKID") && !shown.contains("hidden-value"), "{shown}");
    }
}
