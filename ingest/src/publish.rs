//! Puts one photo or film into the bucket, then into the catalogue: the row comes last, when everything else is
//! there.

use std::sync::atomic::{AtomicUsize, Ordering};
use std::sync::{Mutex, PoisonError};
use std::thread;
use std::time::SystemTime;

use gallery::media::MediaType;
use gallery::rendition::{Rendition, Renditions};
use jiff::tz::TimeZone;

use crate::Packaging;
use crate::Stop;
use crate::blank::Examination;
use crate::bucket::{Bucket, Content, Head, Headers};
use crate::catalogue::{self, Catalogue, Deletion, Kept, Metadata, Objects, Row};
use crate::facts::Facts;
use crate::failure::Failure;
use crate::film::{Clip, Encoded, Found};
use crate::motion::{self, InPhoto};
use crate::outcome::Outcome;
use crate::photo;
use crate::recognise;
use crate::register::{Answer, Claim, Register};
use crate::sniff;
use crate::thumbnail::Thumbnails;
use crate::turns::Turn;
use crate::walk::{Candidate, timestamp};

/// The max-age is the longest signing window of the services. Presigned URLs change with the window, so a longer life
/// would be of no use.
const CACHE_SIGNED: &str = "private, max-age=14400";

/// The largest clip that is copied, in bytes.
const MAX_CLIP: u64 = 256 << 20;

/// How long objects stay that are no longer an item's own: whoever is in the middle of a film goes on.
pub const OLD_VERSIONS_STAY: jiff::SignedDuration = jiff::SignedDuration::from_hours(24);

/// The bucket, the catalogue, and the settings of the work.
pub struct Publisher<'a> {
    pub bucket: &'a Bucket,
    pub catalogue: &'a Catalogue,
    pub register: &'a Register<'a>,
    pub means: photo::Means<'a>,
    /// The library's time zone.
    pub zone: &'a TimeZone,
    /// How many uploads of one film may run at once.
    pub uploads: usize,
    /// Whether files are only examined, and nothing is written.
    pub dry_run: bool,
    pub films: &'a Found<'a>,
    pub packaging: Packaging,
    /// Whether thumbnails and playlists are written where earlier programs look for them, too.
    pub keep_old_layout: bool,
    pub stop: &'a Stop,
}

/// The objects that stand for an item, whatever it was made from.
pub struct Described<'a> {
    pub key: &'a str,
    pub filename: &'a str,
    pub kind: MediaType,
    pub mime: &'static str,
    pub size: u64,
    pub facts: Facts,
    pub width: u32,
    pub height: u32,
    pub renditions: Renditions,
    pub thumbhash: &'a str,
    pub note: Option<String>,
    /// What is known of the original.
    pub kept: Kept,
    /// The tag of the original, if the item has thumbnails and playlists in the old layout too.
    pub shared: Option<String>,
}

impl<'a> Publisher<'a> {
    /// What is to be done with a file: `Err` with the outcome where nothing is.
    pub fn ask(&self, file: &Candidate, turn: Option<Turn<'_>>) -> Result<Result<Claim<'a>, Outcome>, Failure> {
        let there = self.look_before(file)?;
        Ok(match self.register.ask(file, turn, self.stop)? {
            Answer::Known(outcome) => Err(outcome),
            Answer::New(claim) if self.dry_run => Err(claim.forego()),
            Answer::New(mut claim) => {
                claim.there = there.filter(|_| claim.before.is_none() && claim.key == file.key.as_str());
                Ok(*claim)
            }
        })
    }

    /// Another program may have put something else where a new item would go: nothing is ever replaced by that. What
    /// holds the same bytes is returned.
    fn look_before(&self, file: &Candidate) -> Result<Option<Head>, Failure> {
        if !self.register.may_be_new(file) {
            return Ok(None);
        }
        let key = file.key.as_str();
        let Some(head) = self.bucket.head(key)? else { return Ok(None) };
        if head.size != file.size || !self.holds(file, key, head.etag.as_deref().unwrap_or_default())? {
            self.register.occupy(key);
            return Ok(None);
        }
        Ok(Some(head))
    }

    pub fn photo(
        &self,
        file: &Candidate,
        kind: sniff::Photo,
        turn: Option<Turn<'_>>,
    ) -> Result<(Outcome, Option<String>), Failure> {
        let claim = match self.ask(file, turn)? {
            Ok(claim) => claim,
            Err(outcome) => return Ok((outcome, None)),
        };
        let mut photo = photo::read(&file.dated(), kind, self.means).map_err(Failure::File)?;
        let examination = Examination::of_file(&file.path, claim.crc).map_err(unreadable)?;
        let mut clip = None;
        match motion::clip_of(&file.path, kind, self.films, self.means.permits)? {
            InPhoto::None => {}
            InPhoto::Clip(made) => clip = Some(made),
            InPhoto::LeftOut(reason) => photo.note = Some(photo.note.unwrap_or(reason)),
        }
        let (key, outcome, note) = (claim.key.clone(), claim.outcome(), photo.note.clone());
        let there = self.there_already(file, &claim, kind.mime())?;
        self.begin_claim(&claim)?;
        let mut renditions = self.thumbnails(&key, &claim.version, &photo.thumbnails)?;
        match &clip {
            Some(clip) => self.clip(&key, &mut renditions, clip)?,
            None => self.clip_of_before(&key, &mut renditions)?,
        }
        let tag = self.original(file, &key, kind.mime(), there)?;
        if self.writes_old_layout(&claim) {
            self.old_thumbnails(&key, &photo.thumbnails)?;
        }
        let item = Described {
            key: &key,
            filename: file.filename(),
            kind: MediaType::Image,
            mime: kind.mime(),
            size: file.size,
            facts: photo.facts,
            width: photo.width,
            height: photo.height,
            renditions,
            thumbhash: &photo.thumbnails.thumbhash,
            note: photo.note,
            kept: examination.in_object(tag.as_deref()),
            shared: self.is_shared(&claim).then(|| tag.unwrap_or_default()),
        };
        self.row(claim, item, None)?;
        Ok((outcome, note))
    }

    /// Publishes an encoded film: segments, playlists, master, thumbnails, original, row.
    pub fn film(
        &self,
        file: &Candidate,
        kind: sniff::Film,
        claim: Claim<'_>,
        encoded: &Encoded,
    ) -> Result<Outcome, Failure> {
        let (key, version, outcome) = (claim.key.clone(), claim.version.clone(), claim.outcome());
        let examination = Examination::of_file(&file.path, claim.crc).map_err(unreadable)?;
        let there = self.there_already(file, &claim, kind.mime())?;
        self.begin_claim(&claim)?;
        let objects = self.film_objects(&key, &version, encoded, self.writes_old_layout(&claim))?;
        let pictures = self.thumbnails(&key, &version, &encoded.thumbnails)?;
        let tag = self.original(file, &key, kind.mime(), there)?;
        if self.writes_old_layout(&claim) {
            self.old_thumbnails(&key, &encoded.thumbnails)?;
        }
        let item = Described {
            key: &key,
            filename: file.filename(),
            kind: MediaType::Video,
            mime: kind.mime(),
            size: file.size,
            facts: encoded.film.facts.clone(),
            width: encoded.film.width,
            height: encoded.film.height,
            renditions: pictures,
            thumbhash: &encoded.thumbnails.thumbhash,
            note: encoded.note.clone(),
            kept: examination.in_object(tag.as_deref()),
            shared: self.is_shared(&claim).then(|| tag.unwrap_or_default()),
        };
        let film = Packaged {
            duration: encoded.film.duration,
            codec: encoded.film.codec.clone(),
            qualities: encoded.package.qualities.iter().map(|quality| quality.name.clone()).collect(),
            objects,
        };
        self.row(claim, item, Some(&film))?;
        Ok(outcome)
    }

    /// Whether another program shows the item: what it made of the item stays then.
    fn is_shared(&self, claim: &Claim<'_>) -> bool {
        self.keep_old_layout || claim.before.as_ref().is_some_and(|before| before.stored.is_adopted)
    }

    /// Whether the item is written for the other program too. What that program has made itself stays as it is.
    fn writes_old_layout(&self, claim: &Claim<'_>) -> bool {
        self.is_shared(claim) && !claim.before.as_ref().is_some_and(|before| before.stored.is_foreign)
    }

    /// Notes what is about to be uploaded. What a killed run leaves is then known to be ours.
    pub fn begin(&self, key: &str) -> Result<(), Failure> {
        Ok(self.catalogue.begin(key, &timestamp(SystemTime::now()))?)
    }

    /// As [`begin`](Self::begin), unless an original is there that may be another program's.
    fn begin_claim(&self, claim: &Claim<'_>) -> Result<(), Failure> {
        if claim.there.is_some() { Ok(()) } else { self.begin(&claim.key) }
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

    /// Uploads the renditions of an item, and returns what its row says of them.
    pub fn thumbnails(&self, key: &str, version: &str, thumbnails: &Thumbnails) -> Result<Renditions, Failure> {
        let renditions = thumbnails.renditions(version);
        for (rendition, thumbnail) in renditions.all.iter().zip(&thumbnails.pictures) {
            self.put(&renditions.object(key, rendition), Content::Bytes(&thumbnail.webp), rendition.content_type())?;
        }
        Ok(renditions)
    }

    /// Uploads a clip, and adds it to what the row says.
    pub fn clip(&self, key: &str, renditions: &mut Renditions, clip: &Clip) -> Result<(), Failure> {
        let rendition = clip.rendition();
        self.put(&renditions.object(key, &rendition), Content::File(&clip.path()), rendition.content_type())?;
        renditions.all.push(rendition);
        Ok(())
    }

    /// Keeps the clip that an item had from a file beside it. The file need not be there any more.
    fn clip_of_before(&self, key: &str, renditions: &mut Renditions) -> Result<(), Failure> {
        let before = self.catalogue.renditions(key)?.filter(|before| before.source_of_clip().is_some());
        let Some(before) = before else { return Ok(()) };
        let mut clips = Vec::new();
        for clip in before.all.iter().filter(|rendition| rendition.clip_version().is_some()) {
            let Some(bytes) = self.bucket.get(&before.object(key, clip), MAX_CLIP)? else { return Ok(()) };
            self.put(&renditions.object(key, clip), Content::Bytes(&bytes), clip.content_type())?;
            clips.push(Rendition { crc: Some(crc32fast::hash(&bytes)), ..clip.clone() });
        }
        renditions.all.extend(clips);
        Ok(())
    }

    /// The tag of an original that is in the bucket, if it is what the file holds. What another program has put there
    /// is never written.
    fn there_already(
        &self,
        file: &Candidate,
        claim: &Claim<'_>,
        mime: &'static str,
    ) -> Result<Option<String>, Failure> {
        if !claim.before.as_ref().is_some_and(|before| before.stored.is_foreign) {
            let Some(there) = claim.there.as_ref().filter(|head| head.has(&headers(mime))) else { return Ok(None) };
            // Hours may have gone by since then, with a film.
            return match self.bucket.head(&claim.key)? {
                Some(now) if now == *there => Ok(now.etag),
                None => Ok(None),
                Some(_) => Err(Failure::Skipped("the bucket has another original by now: run again".to_owned())),
            };
        }
        let head = self.bucket.head(&claim.key)?.filter(|head| head.size == file.size);
        let tag = head.and_then(|head| head.etag).unwrap_or_default();
        if self.holds(file, &claim.key, &tag)? {
            return Ok(Some(tag));
        }
        Err(Failure::Skipped("the bucket has another original by now: run adopt".to_owned()))
    }

    /// Whether the object with a tag is what a file holds, as far as tags tell.
    fn holds(&self, file: &Candidate, key: &str, tag: &str) -> Result<bool, Failure> {
        let object = [(key.to_owned(), tag.trim_matches('"').to_owned())];
        Ok(recognise::find(&file.path, file.size, &object, self.stop).map_err(unreadable)?.is_some())
    }

    /// Uploads the original, and makes sure that the file has not changed since it was read. Returns the tag of the
    /// object.
    fn original(
        &self,
        file: &Candidate,
        key: &str,
        mime: &'static str,
        there: Option<String>,
    ) -> Result<Option<String>, Failure> {
        if !file.is_untouched() {
            return Err(changed());
        }
        if there.is_some() {
            return Ok(there);
        }
        let tag = self.put(key, Content::File(&file.path), mime)?;
        if file.is_untouched() { Ok(tag) } else { Err(changed()) }
    }

    /// Uploads an object. Returns the tag that the store gave it.
    pub fn put(&self, key: &str, content: Content, content_type: &'static str) -> Result<Option<String>, Failure> {
        if self.stop.is_requested() {
            return Err(Failure::Stopped);
        }
        match self.bucket.put(key, content, headers(content_type)) {
            Err(_) if self.stop.is_requested() => Err(Failure::Stopped),
            result => Ok(result?),
        }
    }

    /// Writes the row, last of all.
    pub fn row(&self, claim: Claim<'_>, item: Described<'_>, film: Option<&Packaged>) -> Result<(), Failure> {
        let now = jiff::Timestamp::now();
        let due = (now + OLD_VERSIONS_STAY).to_string();
        let row = Row {
            key: item.key,
            filename: item.filename,
            kind: item.kind,
            size: item.size,
            dated: item.facts.taken.map(|taken| catalogue::alone(&taken, self.zone)).unwrap_or_default(),
            facts: item.facts,
            duration: film.map(|film| (film.duration * 1000.0).round() / 1000.0),
            codec: film.map(|film| film.codec.clone()),
            width: item.width,
            height: item.height,
            hls_qualities: film.map(|film| film.qualities.clone()),
            version: &claim.version,
            renditions: item.renditions,
            thumbhash: item.thumbhash,
            metadata: Metadata {
                source: claim.source.clone(),
                mime: item.mime.to_owned(),
                note: item.note,
                objects: Some(Objects { thumbnails: None, film: film.map_or((0, 0), |film| film.objects) }),
            },
            kept: item.kept,
            shared: item.shared.map(|tag| tag.trim_matches('"').to_owned()),
        };
        let place = (!claim.place.path.is_empty()).then_some((self.register.library, &claim.place));
        let outdated =
            claim.before.as_ref().map(|before| Deletion::of_outdated(row.key, &before.stored, &row.stored(), &due));
        self.catalogue.write(&row, place, &outdated.unwrap_or_default(), &now.to_string())?;
        claim.commit();
        Ok(())
    }
}

/// What a film's row says about its renditions.
pub struct Packaged {
    /// In seconds.
    pub duration: f64,
    pub codec: String,
    pub qualities: Vec<String>,
    /// The number of playlists and segments, and their size in bytes.
    pub objects: (u64, u64),
}

#[allow(clippy::needless_pass_by_value)] // for map_err
fn unreadable(error: std::io::Error) -> Failure {
    Failure::File(photo::unreadable(error))
}

/// The headers of an object.
const fn headers(content_type: &'static str) -> Headers {
    Headers { content_type, cache_control: CACHE_SIGNED }
}

fn changed() -> Failure {
    Failure::File("it changed while it was read: run again".to_owned())
}
