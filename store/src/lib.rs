//! An S3 store on a local folder, served in process on its own port. The store verifies every signature. What works
//! against it works against a hosted bucket, and it refuses what a hosted bucket would refuse.
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
//! `front` answers CORS and refuses requests that the libraries would let through. `s3s` verifies SigV4 and speaks
//! the protocol. `s3s-fs` receives bodies (MD5, checksums, temporary file, rename). This crate keeps the names: one
//! SQLite file maps a key to an immutable blob with a random name. Any S3 key therefore fits any file system, a PUT
//! takes effect in one step, and no read hashes anything.
//!
//! # What `s3s` and `s3s-fs` 0.14 get wrong on their own
//! Each finding has the module that corrects it.
//!
//! - `index`: Keys are paths. `a` and `a/b` exclude each other, `a/../b` is `b`, and `a//b` is `a/b`. A key of more
//!   than about 150 bytes fails when its bytes are already written. A body under a key ending in `/` is refused.
//! - `blobs`, `write`: Bytes, headers and ETag are three files that are changed one after the other, so a reader can
//!   see new bytes with the old ETag. A refused checksum leaves the refused bytes in place. DELETE leaves two files.
//! - `conditions`, `read`: Preconditions of GET and HEAD are ignored. A suffix range longer than the file fails with
//!   500, and overflows on an empty file. 416 has no `Content-Range`. A request for several ranges gets a 400.
//! - `body`: A body that fails its hash or its chunk signatures is answered with 500.
//! - `front`, `s3`: HEAD of a range says 200. An unknown key id says `NotSignedUp`.
//! - `pieces`: Bodies are read in pieces of 4 KiB.
//! - `list`: Listings read the whole tree for each page, have no ETag, and ignore `encoding-type=url`.
//! - `multipart`: A multipart upload ignores ETags and checksums, refuses gaps in part numbers, and loses its parts
//!   when completing fails.
//! - `guard`: `X-Amz-Expires` of more than a week, any region, SigV2, POST forms, and `x-amz-*` headers outside the
//!   signature are accepted. With such headers, a link to write one object can copy any other.
//!
//! # Promises
//! - Neither a crash of the process nor a power cut loses a finished write, or leaves a half-made object. The bytes and
//!   their name in the folder are on the disk before the index names them. The index is on the disk before the write is
//!   answered, and before the bytes that it replaces are removed.
//! - A disk may lose bytes all the same. A store that was not closed in order looks at its files when it opens, and
//!   forgets the objects whose bytes are gone: see `intact`.
//! - Bytes that the index does not name are not deleted at a start, because the index may be an older copy: see `lost`.
//! - An upload of which nothing has come for seven days is dropped at a start: see `index`.
//! - Only one process at a time may open a folder.

mod blobs;
mod body;
mod broken;
mod conditions;
mod cors;
mod front;
mod guard;
mod index;
mod intact;
mod list;
mod lost;
mod multipart;
mod pieces;
mod read;
mod s3;
mod server;
mod spawn;
mod stall;
mod write;

use std::{fmt, io, path::PathBuf};

use tokio::net::TcpListener;

pub use lost::Lost;
pub use server::Door;
pub use spawn::{Running, spawn, spawn_behind};

/// The bucket to serve, and who may use it.
#[derive(Clone)]
pub struct Config {
    /// The folder that holds the bucket's folder. It is made if it is missing.
    pub root: PathBuf,
    /// The name of the only bucket. It is addressed in path style: `http://host:port/{bucket}/{key}`.
    pub bucket: String,
    pub access_key_id: String,
    pub secret_access_key: String,
    /// The region that signatures must name in their credential scope. It is `auto` for R2.
    pub region: String,
    /// Origins (`https://host[:port]`) whose pages may read and write. `*` stands for all origins.
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

/// Serves the store on `listener` until `shutdown` completes. Requests in flight then have five seconds to end.
///
/// # Errors
/// `InvalidInput` for a bucket name that S3 does not allow, `WouldBlock` if another process has the folder open,
/// `InvalidData` if the index is missing or empty and there are bytes of objects, or if most of the bytes that it names
/// are gone, and every error of opening the folder.
pub async fn serve(listener: TcpListener, config: Config, shutdown: impl Future<Output = ()>) -> io::Result<()> {
    let front = front::Front::open(config)?;
    let shutdown = async {
        shutdown.await;
        None
    };
    server::run(listener, front, server::Limits::default(), server::open(), shutdown).await;
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
