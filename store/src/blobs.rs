//! The bytes of objects: immutable files with random names, which `s3s-fs` receives.

use std::{
    fs, io,
    path::{Path, PathBuf},
    sync::{
        Arc,
        atomic::{AtomicBool, Ordering},
    },
};

use base64::{Engine, engine::general_purpose::URL_SAFE_NO_PAD};
use s3s::{
    Body, S3, S3Error, S3Request, S3Result,
    dto::{PutObjectInput, PutObjectOutput},
    s3_error,
};
use s3s_fs::FileSystem;
use uuid::Uuid;

use crate::body::{PATIENCE, watch};

/// The folder of the blobs, which `s3s-fs` treats as a bucket.
pub const FOLDER: &str = "objects";

pub struct Blobs {
    receiver: FileSystem,
    root: PathBuf,
}

/// A blob that is removed again unless it is kept. If a request ends early (a wrong checksum, a precondition, a
/// client that left), nothing is left behind.
pub struct NewBlob<'a> {
    blobs: &'a Blobs,
    id: String,
    kept: bool,
    /// Tells a copy that nobody waits for it any more.
    is_wanted: Arc<AtomicBool>,
}

impl Blobs {
    /// Opens the folder below `root`, and makes it if it is missing.
    pub fn open(root: &Path) -> io::Result<Self> {
        fs::create_dir_all(root.join(FOLDER))?;
        let root = root.canonicalize()?;
        let receiver = FileSystem::new(&root).map_err(|error| io::Error::other(format!("{error:?}")))?;
        Ok(Self { receiver, root })
    }

    pub fn path(&self, id: &str) -> PathBuf {
        self.root.join(FOLDER).join(id)
    }

    /// A blob with a new name.
    pub fn create(&self) -> NewBlob<'_> {
        NewBlob {
            blobs: self,
            id: Uuid::new_v4().simple().to_string(),
            kept: false,
            is_wanted: Arc::new(AtomicBool::new(true)),
        }
    }

    /// Writes a request's body to a new blob. When this returns, the blob is on the disk.
    ///
    /// # Errors
    /// 400 if the body is too short or does not match one of its digests, 403 if the signatures of its chunks do not
    /// match.
    pub async fn receive(&self, mut request: S3Request<PutObjectInput>) -> S3Result<(NewBlob<'_>, PutObjectOutput)> {
        let blob = self.create();
        request.input.bucket = FOLDER.into();
        request.input.key.clone_from(&blob.id);
        // These conditions are about the key, not about the blob.
        request.input.if_match = None;
        request.input.if_none_match = None;
        let (body, failure) = watch(request.input.body.take().unwrap_or_else(|| Body::empty().into()), PATIENCE);
        request.input.body = Some(body);
        let output = self.receiver.put_object(request).await.map_err(|error| failure.or(error))?.output;
        blob.remove_notes();
        let path = blob.path();
        let settled = tokio::task::spawn_blocking(move || settle(&path)).await;
        settled.map_err(S3Error::internal_error)?.map_err(S3Error::internal_error)?;
        Ok((blob, output))
    }

    pub fn remove(&self, id: &str) {
        // A blob that is already gone needs no removal. Anything else that is left is set aside at the next start.
        let _ = fs::remove_file(self.path(id));
    }
}

impl NewBlob<'_> {
    pub fn path(&self) -> PathBuf {
        self.blobs.path(&self.id)
    }

    /// Where the blob is written until it is whole. What lies there at a start was broken off, and `s3s-fs` removes it.
    pub fn unfinished(&self) -> PathBuf {
        self.blobs.root.join(format!(".tmp.{}.internal.part", self.id))
    }

    /// The size in bytes.
    pub fn size(&self) -> S3Result<u64> {
        Ok(fs::metadata(self.path()).map_err(S3Error::internal_error)?.len())
    }

    pub fn id(&self) -> String {
        self.id.clone()
    }

    /// Keeps the blob. To be called when the index refers to it.
    pub fn keep(mut self) {
        self.kept = true;
    }

    /// `s3s-fs` notes the headers and the digests of what it receives in two files of its own; these are not needed,
    /// because the index has both.
    fn remove_notes(&self) {
        let (bucket, key) = (URL_SAFE_NO_PAD.encode(FOLDER), URL_SAFE_NO_PAD.encode(&self.id));
        for kind in ["metadata", "internal"] {
            let _ = fs::remove_file(self.blobs.root.join(format!(".bucket-{bucket}.object-{key}.{kind}.json")));
        }
    }
}

impl Drop for NewBlob<'_> {
    fn drop(&mut self) {
        if !self.kept {
            self.is_wanted.store(false, Ordering::Relaxed);
            let _ = fs::remove_file(self.unfinished());
            self.blobs.remove(&self.id);
            self.remove_notes();
        }
    }
}

/// Makes `new` hold the same bytes as `source` without reading them, if the file system can do this. When this returns,
/// `new` is on the disk.
///
/// # Errors
/// 404 if `source` was deleted in the meantime.
pub async fn duplicate(source: PathBuf, new: &NewBlob<'_>) -> S3Result {
    let (unfinished, new) = (new.unfinished(), new.path());
    let copy = move || -> io::Result<()> {
        fs::hard_link(&source, &new)
            .or_else(|_| fs::copy(&source, &unfinished).and_then(|_| fs::rename(&unfinished, &new)))?;
        settle(&new)
    };
    match tokio::task::spawn_blocking(copy).await {
        Ok(Ok(())) => Ok(()),
        Ok(Err(error)) if error.kind() == io::ErrorKind::NotFound => Err(s3_error!(NoSuchKey)),
        Ok(Err(error)) => Err(S3Error::internal_error(error)),
        Err(error) => Err(S3Error::internal_error(error)),
    }
}

/// Writes `sources` one after the other into `new`. When this returns, `new` is on the disk.
pub async fn concatenate(sources: Vec<PathBuf>, new: &NewBlob<'_>) -> S3Result {
    let is_wanted = Arc::clone(&new.is_wanted);
    let (unfinished, new) = (new.unfinished(), new.path());
    let copy = move || -> io::Result<()> {
        let mut target = fs::File::create_new(&unfinished)?;
        for source in sources {
            if !is_wanted.load(Ordering::Relaxed) {
                return Err(io::ErrorKind::Interrupted.into());
            }
            io::copy(&mut fs::File::open(source)?, &mut target)?;
        }
        fs::rename(unfinished, &new)?;
        settle(&new)
    };
    tokio::task::spawn_blocking(copy).await.map_err(S3Error::internal_error)?.map_err(S3Error::internal_error)
}

/// Waits until a blob and its name are on the disk. Once the index names a blob, the one that it replaces is removed,
/// so a power cut must not take the new one away.
fn settle(blob: &Path) -> io::Result<()> {
    fs::File::open(blob)?.sync_all()?;
    blob.parent().map_or(Ok(()), settle_names)
}

/// Waits until the names in a folder are on the disk. Some file systems, such as those over a network, have no such
/// call for a folder. That is no reason to store nothing there.
pub fn settle_names(folder: &Path) -> io::Result<()> {
    match fs::File::open(folder)?.sync_all() {
        Err(error) if matches!(error.kind(), io::ErrorKind::InvalidInput | io::ErrorKind::Unsupported) => Ok(()),
        settled => settled,
    }
}
