//! Live photos: a photo and a film of some seconds that belong together are one item, the photo with its clip.
//!
//! Here the clip is a file beside the photo, as on Apple's devices. See [`crate::motion`] for the other kind.

mod gone;
mod moments;
mod pairs;

use gallery::rendition::{Rendition, Renditions};

use crate::bucket::Content;
use crate::catalogue::{Deletion, Item, Place, State};
use crate::digest::sums;
use crate::failure::Failure;
use crate::film::{Clip, Encoder, Film};
use crate::outcome::Outcome;
use crate::photo;
use crate::prune::REMOVED_STAY;
use crate::publish::{OLD_VERSIONS_STAY, Publisher};
use crate::sniff;
use crate::walk::Candidate;

pub use gone::{forget_moved, prune};
pub use pairs::Pairs;

/// A film of the library.
pub type Filmed<'l> = (&'l Candidate, sniff::Film);

/// The photos and clips of a library.
pub struct Live<'l> {
    pairs: Pairs<'l>,
    candidates: &'l [Candidate],
    /// The clips that the gallery has, and whether their items are withdrawn.
    known: Vec<(Place, bool)>,
}

impl<'l> Live<'l> {
    pub fn new(publisher: &Publisher, candidates: &'l [Candidate]) -> Result<Self, Failure> {
        let known = publisher.catalogue.clips(publisher.register.library)?;
        Ok(Self { pairs: Pairs::new(candidates), candidates, known })
    }

    /// What is to be said of a film that is a clip which the gallery has, or keeps out.
    pub fn known(&self, publisher: &Publisher, file: &Candidate) -> Result<Option<Outcome>, Failure> {
        Ok(match self.at(file) {
            Some((place, is_withdrawn)) if file.is_as_in(place) => {
                Some(if *is_withdrawn { Outcome::KeptOut } else { Outcome::Unchanged })
            }
            Some((place, true)) if is_clip_of_withdrawn(publisher, file, &place.key)? => Some(Outcome::KeptOut),
            _ => None,
        })
    }

    /// Whether a film of its own may be an edit of a clip that was taken out. An edit must not bring it back, and
    /// whatever is longer than a clip is none.
    pub fn may_be_edit(&self, file: &Candidate, film: &Film) -> bool {
        film.duration <= Clip::LONGEST && self.at(file).is_some_and(|(_, is_withdrawn)| *is_withdrawn)
    }

    /// The clip that lay where a film lies.
    fn at(&self, file: &Candidate) -> Option<&(Place, bool)> {
        let at = self.known.binary_search_by(|(place, _)| place.path.as_str().cmp(&file.place)).ok()?;
        self.known.get(at)
    }

    /// Whether a film that is an item of its own may be the clip of a photo that came later.
    pub fn may_join(&self, publisher: &Publisher, file: &Candidate) -> Result<bool, Failure> {
        if self.pairs.by_name(file).is_none() {
            return Ok(false);
        }
        let Some(key) = publisher.register.key_at(&file.place) else { return Ok(false) };
        Ok(publisher.catalogue.duration(&key)?.is_some_and(|seconds| seconds <= Clip::LONGEST))
    }

    /// Makes a film the clip of its photo. `before` is the item that the film was. `None` if it is a film of its own.
    pub fn join(
        &self,
        publisher: &Publisher,
        encoder: &Encoder,
        (file, kind): Filmed,
        film: &Film,
        before: Option<&Item>,
    ) -> Result<Option<Outcome>, Failure> {
        let (register, catalogue) = (publisher.register, publisher.catalogue);
        // Another program shows its film as an item of its own.
        if film.duration > Clip::LONGEST || before.is_some_and(|before| before.stored.is_foreign) {
            return Ok(None);
        }
        let Some((photo, is_certain)) = self.pairs.of(file, film.content_id.as_deref()) else { return Ok(None) };
        let Some(key) = register.key_at(&photo.place) else { return Ok(None) };
        let Some(item) = register.shown(&key).filter(|item| !item.stored.is_film) else {
            // The clip of a photo that was taken out must not come in by itself.
            return Ok(register.is_kept_out(&key).then_some(Outcome::KeptOut));
        };
        let Some(renditions) = catalogue.renditions(&key)? else { return Ok(None) };
        if !is_certain && !moments::may_agree(&catalogue.taken(&key)?, film.facts.taken.as_ref()) {
            return Ok(None);
        }
        let sums = sums(&file.path, publisher.stop).map_err(unreadable)?.ok_or(Failure::Stopped)?;
        let source = Rendition {
            name: source_name(&sums.sha256),
            format: extension(file, kind),
            width: film.width,
            height: film.height,
            bytes: file.size,
            crc: Some(sums.crc),
        };
        let place = file.place_of(&key);
        let has_it = renditions.source_of_clip().is_some_and(|had| had.name == source.name);
        if !has_it && renditions.clip().is_some() && self.is_taken(publisher, &key, file)? {
            return Ok(None);
        }
        if publisher.dry_run {
            return Ok(Some(Outcome::Added));
        }
        let made = if has_it {
            None
        } else {
            match encoder.clip((&file.path, kind), film) {
                Ok(made) => Some(made),
                // It stays a film of its own.
                Err(Failure::File(_)) => return Ok(None),
                Err(failure) => return Err(failure),
            }
        };
        // It was an item of its own before its photo came. A run that ends here finds a new film the next time.
        if let Some(alone) = before.filter(|alone| alone.key != item.key) {
            withdraw(publisher, file, alone)?;
        }
        let Some(made) = made else {
            catalogue.note_clip(register.library, &place)?;
            return Ok(Some(Outcome::Unchanged));
        };
        let clip = made.rendition();
        publisher.put(&renditions.object(&key, &clip), Content::File(&made.path()), clip.content_type())?;
        publisher.put(&renditions.object(&key, &source), Content::File(&file.path), source.content_type())?;
        if !file.is_untouched() {
            return Err(Failure::File("it changed while it was read: run again".to_owned()));
        }
        let due = (jiff::Timestamp::now() + OLD_VERSIONS_STAY).to_string();
        let outcome = if renditions.source_of_clip().is_some() { Outcome::Replaced } else { Outcome::Added };
        catalogue.put_clip(&key, &renditions, vec![clip, source], Some((register.library, &place)), &due)?;
        Ok(Some(outcome))
    }

    /// Whether another film is the clip of a photo, as far as this library tells: one that is gone from it is not. One
    /// within the photo's own file gives way to the same film beside it, which is kept for downloads.
    fn is_taken(&self, publisher: &Publisher, key: &str, file: &Candidate) -> Result<bool, Failure> {
        let library = publisher.register.library;
        let others = publisher.catalogue.clips_of(key)?;
        Ok(others.iter().any(|(other, place)| {
            other != library
                || (place.path != file.place && self.candidates.iter().any(|there| there.place == place.path))
        }))
    }
}

/// The name of a clip as it was found, by its digest.
fn source_name(digest: &str) -> String {
    format!("source-{}", &digest[..12])
}

/// Whether a file has the bytes of the clip of an item that was taken out, with other times. It is read only if it has
/// the size.
fn is_clip_of_withdrawn(publisher: &Publisher, file: &Candidate, key: &str) -> Result<bool, Failure> {
    let renditions = publisher.catalogue.renditions_of_withdrawn(key)?;
    let source = renditions.as_ref().and_then(Renditions::source_of_clip);
    let Some(source) = source.filter(|source| source.bytes == file.size) else { return Ok(false) };
    let sums = sums(&file.path, publisher.stop).map_err(unreadable)?.ok_or(Failure::Stopped)?;
    Ok(source_name(&sums.sha256) == source.name)
}

/// Takes out the item that a clip was, unless other files hold it too.
fn withdraw(publisher: &Publisher, file: &Candidate, alone: &Item) -> Result<(), Failure> {
    if alone.places <= 1 {
        let now = jiff::Timestamp::now();
        let objects = Deletion::of_item(&alone.key, &alone.stored, &(now + REMOVED_STAY).to_string());
        publisher.catalogue.withdraw(&alone.key, State::Pruned, &objects, &now.to_string())?;
    }
    let place = [file.place.as_str()];
    Ok(publisher.catalogue.remove_places(publisher.register.library, place.into_iter())?)
}

/// The extension of a film's name, so that a download has it again.
fn extension(file: &Candidate, kind: sniff::Film) -> String {
    let own = file.filename().rsplit_once('.').map_or("", |(_, extension)| extension).to_ascii_lowercase();
    let is_usual = !own.is_empty() && own.len() <= 4 && own.bytes().all(|byte| byte.is_ascii_alphanumeric());
    match kind {
        sniff::Film::QuickTime => "mov".to_owned(),
        sniff::Film::Mp4 => "mp4".to_owned(),
        _ if is_usual => own,
        _ => "film".to_owned(),
    }
}

fn unreadable(error: std::io::Error) -> Failure {
    Failure::File(photo::unreadable(error))
}
