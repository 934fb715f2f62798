//! Puts one photo or film into the bucket, then into the catalogue: the row comes last, when everything else is
//! there.

use std::sync::atomic::{AtomicUsize, Ordering};
use std::sync::{Mutex, PoisonError};
use std::thread;
use std::time::SystemTime;

use gallery::layout;
use gallery::media::MediaType;

use crate::Stop;
use crate::bucket::{Bucket, Content, Headers};
use crate::catalogue::{Catalogue, Metadata, Row, Source};
use crate::digest::sha256;
use crate::failure::Failure;
use crate::film::Encoded;
use crate::permits::Permits;
use crate::photo;
use crate::sniff;
use crate::thumbnail::Thumbnail;
use crate::walk::{Candidate, timestamp};

/// The max-age is the longest signing window of the services. Presigned URLs change with the window, so a longer life
/// would be of no use.
const CACHE_SIGNED: &str = "private, max-age=14400";

/// RFC 8216 section 4.
pub const PLAYLIST: &str = "application/vnd.apple.mpegurl";

/// RFC 3555 section 4.2.9.
pub const SEGMENT: &str = "video/mp2t";

/// What happened to a file that is in the gallery.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Outcome {
    Added,
    Unchanged,
}

/// The bucket, the catalogue, and the settings of the work.
pub struct Publisher<'a> {
    pub bucket: &'a Bucket,
    pub catalogue: &'a Catalogue,
    pub permits: &'a Permits,
    /// How many uploads of one film may run at once.
    pub uploads: usize,
    pub force: bool,
    pub stop: &'a Stop,
}

impl Publisher<'_> {
    /// The digest of a file that is to be ingested. `None` if the gallery has the file already.
    pub fn is_new(&self, file: &Candidate) -> Result<Option<Source>, Failure> {
        let known = self.catalogue.known(file.key.as_str())?;
        let known = known.filter(|known| !self.force && known.size == file.size);
        let known = known.and_then(|known| known.source);
        if known.as_ref().is_some_and(|known| known.modified == file.modified) {
            return Ok(None);
        }
        let sha256 = sha256(&file.path, self.stop)
            .map_err(|error| Failure::File(format!("cannot be read: {error}")))?
            .ok_or(Failure::Stopped)?;
        if known.is_some_and(|known| known.sha256 == sha256) {
            self.catalogue.set_modified(file.key.as_str(), &file.modified)?;
            return Ok(None);
        }
        Ok(Some(Source { sha256, modified: file.modified.clone() }))
    }

    pub fn photo(&self, file: &Candidate, kind: sniff::Photo) -> Result<Outcome, Failure> {
        let Some(source) = self.is_new(file)? else {
            return Ok(Outcome::Unchanged);
        };
        let photo = photo::read(&file.path, kind, self.permits).map_err(Failure::File)?;
        self.thumbnails(file.key.as_str(), &photo.thumbnails)?;
        self.original(file, kind.mime())?;
        self.row(&Row {
            key: file.key.as_str(),
            filename: file.filename(),
            kind: MediaType::Image,
            size: file.size,
            facts: photo.facts,
            duration: None,
            codec: None,
            width: photo.width,
            height: photo.height,
            hls_qualities: None,
            version: None,
            metadata: Metadata { source, mime: kind.mime().to_owned(), note: None },
        })?;
        Ok(Outcome::Added)
    }

    /// Publishes an encoded film: segments, playlists, master, thumbnails, original, row.
    pub fn film(
        &self,
        file: &Candidate,
        kind: sniff::Film,
        source: Source,
        encoded: Encoded,
    ) -> Result<Outcome, Failure> {
        let key = file.key.as_str();
        let renditions = &encoded.package.renditions;
        let below = layout::hls_prefix(key, None);
        let segments: Vec<_> = renditions.iter().flat_map(|rendition| &rendition.segments).collect();
        self.put_all(&segments, |segment| {
            let name = segment.file_name().unwrap_or_default().to_string_lossy();
            (format!("{below}{name}"), Content::File(segment), SEGMENT)
        })?;
        self.put_all(renditions, |rendition| {
            (layout::hls_variant(key, None, &rendition.name), Content::File(&rendition.playlist), PLAYLIST)
        })?;
        self.put(&layout::hls_master(key, None), Content::Bytes(encoded.package.master.as_bytes()), PLAYLIST)?;
        self.thumbnails(key, &encoded.thumbnails)?;
        self.original(file, kind.mime())?;
        self.row(&Row {
            key,
            filename: file.filename(),
            kind: MediaType::Video,
            size: file.size,
            duration: Some((encoded.film.duration * 1000.0).round() / 1000.0),
            codec: Some(encoded.film.codec),
            width: encoded.film.width,
            height: encoded.film.height,
            hls_qualities: Some(renditions.iter().map(|rendition| rendition.name.clone()).collect()),
            facts: encoded.film.facts,
            version: None,
            metadata: Metadata { source, mime: kind.mime().to_owned(), note: encoded.note },
        })?;
        Ok(Outcome::Added)
    }

    /// Uploads many objects at a time, in any order. The first failure ends the upload.
    pub fn put_all<'i, T: Sync>(
        &self,
        items: &'i [T],
        object: impl Fn(&'i T) -> (String, Content<'i>, &'static str) + Sync,
    ) -> Result<(), Failure> {
        let next = AtomicUsize::new(0);
        let failed = Mutex::new(None);
        thread::scope(|scope| {
            for _ in 0..self.uploads.min(items.len()) {
                scope.spawn(|| {
                    while let Some(item) = items.get(next.fetch_add(1, Ordering::Relaxed)) {
                        let (key, content, content_type) = object(item);
                        if let Err(failure) = self.put(&key, content, content_type) {
                            next.store(items.len(), Ordering::Relaxed);
                            failed.lock().unwrap_or_else(PoisonError::into_inner).get_or_insert(failure);
                        }
                    }
                });
            }
        });
        failed.into_inner().unwrap_or_else(PoisonError::into_inner).map_or(Ok(()), Err)
    }

    pub fn thumbnails(&self, key: &str, thumbnails: &[Thumbnail]) -> Result<(), Failure> {
        for thumbnail in thumbnails {
            self.put(&layout::thumbnail(thumbnail.size, key), Content::Bytes(&thumbnail.webp), "image/webp")?;
        }
        Ok(())
    }

    /// Uploads the original, and makes sure that the file has not changed since it was read.
    pub fn original(&self, file: &Candidate, mime: &'static str) -> Result<(), Failure> {
        if !file.is_untouched() {
            return Err(changed());
        }
        self.put(file.key.as_str(), Content::File(&file.path), mime)?;
        if file.is_untouched() { Ok(()) } else { Err(changed()) }
    }

    pub fn put(&self, key: &str, content: Content, content_type: &'static str) -> Result<(), Failure> {
        if self.stop.is_requested() {
            return Err(Failure::Stopped);
        }
        let headers = Headers { content_type, cache_control: CACHE_SIGNED };
        match self.bucket.put(key, content, headers) {
            Err(_) if self.stop.is_requested() => Err(Failure::Stopped),
            result => Ok(result?),
        }
    }

    pub fn row(&self, row: &Row) -> Result<(), Failure> {
        Ok(self.catalogue.write(row, &timestamp(SystemTime::now()))?)
    }
}

fn changed() -> Failure {
    Failure::File("it changed while it was read: run again".to_owned())
}
