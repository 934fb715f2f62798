//! Live photos: a photo and a film of some seconds that belong together are one item, the photo with its clip.
//!
//! Here the clip is a file beside the photo, as on Apple's devices. See [`crate::motion`] for the other kind.

mod moments;
mod pairs;

use std::collections::HashSet;

use gallery::rendition::Rendition;

use crate::bucket::Content;
use crate::catalogue::{Deletion, Place, State};
use crate::digest::sha256;
use crate::failure::Failure;
use crate::film::{Clip, Encoder, Film};
use crate::outcome::Outcome;
use crate::photo;
use crate::prune::{REMOVED_STAY, missing};
use crate::publish::{OLD_VERSIONS_STAY, Publisher};
use crate::sniff;
use crate::walk::{Candidate, Library};

pub use pairs::Pairs;

/// A film of the library.
pub type Filmed<'l> = (&'l Candidate, sniff::Film);

/// The photos and clips of a library.
pub struct Live<'l> {
    pairs: Pairs<'l>,
    /// The clips that the gallery has.
    known: Vec<Place>,
}

impl<'l> Live<'l> {
    pub fn new(publisher: &Publisher, candidates: &'l [Candidate]) -> Result<Self, Failure> {
        Ok(Self { pairs: Pairs::new(candidates), known: publisher.catalogue.clips(publisher.register.library)? })
    }

    /// Whether a film is a clip that the gallery has, and has not changed.
    pub fn is_known(&self, file: &Candidate) -> bool {
        let known = self.known.binary_search_by(|place| place.path.as_str().cmp(&file.place));
        known.is_ok_and(|at| {
            let place = &self.known[at];
            place.size == file.size && place.modified == file.modified && place.changed == file.changed
        })
    }

    /// Whether a film that is an item of its own may be the clip of a photo that came later.
    pub fn may_join(&self, publisher: &Publisher, file: &Candidate) -> Result<bool, Failure> {
        if self.pairs.by_name(file).is_none() {
            return Ok(false);
        }
        let Some(key) = publisher.register.key_at(&file.place) else { return Ok(false) };
        Ok(publisher.catalogue.duration(&key)?.is_some_and(|seconds| seconds <= Clip::LONGEST))
    }

    /// Makes a film the clip of its photo. `None` if it is a film of its own.
    pub fn join(
        &self,
        publisher: &Publisher,
        encoder: &Encoder,
        (file, kind): Filmed,
        film: &Film,
    ) -> Result<Option<Outcome>, Failure> {
        if film.duration > Clip::LONGEST {
            return Ok(None);
        }
        let Some((photo, is_certain)) = self.pairs.of(file, film) else { return Ok(None) };
        let register = publisher.register;
        let shown = register.key_at(&photo.place).and_then(|key| register.shown(&key));
        let Some(item) = shown.filter(|item| !item.stored.is_film) else { return Ok(None) };
        let Some(renditions) = publisher.catalogue.renditions(&item.key)? else { return Ok(None) };
        if !is_certain && !moments::may_agree(&publisher.catalogue.taken(&item.key)?, film.facts.taken.as_ref()) {
            return Ok(None);
        }
        if publisher.dry_run {
            return Ok(Some(Outcome::Added));
        }
        let digest = sha256(&file.path, publisher.stop).map_err(unreadable)?.ok_or(Failure::Stopped)?;
        let made = encoder.clip((&file.path, kind), film)?;
        let clip = made.rendition(&digest);
        let format = if kind == sniff::Film::QuickTime { "mov" } else { "original.mp4" };
        let original = Rendition {
            format: format.to_owned(),
            width: film.width,
            height: film.height,
            bytes: file.size,
            ..clip.clone()
        };
        publisher.put(&renditions.object(&item.key, &clip), Content::File(&made.path()), "video/mp4")?;
        publisher.put(&renditions.object(&item.key, &original), Content::File(&file.path), kind.mime())?;
        if !file.is_untouched() {
            return Err(Failure::File("it changed while it was read: run again".to_owned()));
        }
        let place = Place {
            path: file.place.clone(),
            key: item.key.clone(),
            size: file.size,
            modified: file.modified.clone(),
            changed: file.changed.clone(),
        };
        let now = jiff::Timestamp::now();
        let due = (now + OLD_VERSIONS_STAY).to_string();
        let outcome = if renditions.clip().is_some() { Outcome::Replaced } else { Outcome::Added };
        let found = (register.library, Some(&place));
        publisher.catalogue.put_clip(&item.key, &renditions, vec![clip, original], found, &due)?;
        // It was an item of its own before its photo came.
        if let Some(alone) = register.key_at(&file.place).and_then(|key| register.shown(&key)) {
            let due = (now + REMOVED_STAY).to_string();
            let objects = Deletion::of_item(&alone.key, &alone.stored, &due);
            publisher.catalogue.withdraw(&alone.key, State::Pruned, &objects, &now.to_string())?;
            publisher.catalogue.remove_places(register.library, [file.place.as_str()].into_iter())?;
        }
        Ok(Some(outcome))
    }
}

/// Takes the clips away whose files are gone.
pub fn prune(publisher: &Publisher, library: &Library) -> Result<(), Failure> {
    if library.candidates.is_empty() {
        return Ok(());
    }
    let found: HashSet<&str> = library.candidates.iter().map(|file| file.place.as_str()).collect();
    let mut gone = publisher.catalogue.clips(publisher.register.library)?;
    gone.retain(|place| !found.contains(place.path.as_str()));
    let due = (jiff::Timestamp::now() + REMOVED_STAY).to_string();
    for place in missing(gone, library) {
        if let Some(renditions) = publisher.catalogue.renditions(&place.key)? {
            let found = (publisher.register.library, None);
            publisher.catalogue.put_clip(&place.key, &renditions, Vec::new(), found, &due)?;
        }
    }
    Ok(())
}

fn unreadable(error: std::io::Error) -> Failure {
    Failure::File(photo::unreadable(error))
}
