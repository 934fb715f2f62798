//! Clips whose files are gone.

use std::collections::{BTreeMap, HashSet};

use crate::Prune;
use crate::bucket::Content;
use crate::catalogue::{Catalogue, Place};
use crate::failure::Failure;
use crate::film::Clip;
use crate::motion::{self, InPhoto};
use crate::prune::{REMOVED_STAY, missing};
use crate::publish::Publisher;
use crate::sniff::Kind;
use crate::walk::Library;

/// The clip in the photo's own file, which had given way to the one beside it.
fn clip_within(publisher: &Publisher, library: &Library, key: &str) -> Result<Option<Clip>, Failure> {
    for file in &library.candidates {
        if let Kind::Photo(kind) = file.kind
            && publisher.register.key_at(&file.place).as_deref() == Some(key)
            && let InPhoto::Clip(clip) = motion::clip_of(&file.path, kind, publisher.films, publisher.means.permits)?
        {
            return Ok(Some(clip));
        }
    }
    Ok(None)
}

/// Forgets where clips lay that lie elsewhere in the library by now.
pub fn forget_moved(catalogue: &Catalogue, name: &str, library: &Library) -> Result<(), Failure> {
    let (there, gone) = places(catalogue.clips(name)?.into_iter().map(|(place, _)| place), library);
    let there: HashSet<&str> = there.iter().map(|place| place.key.as_str()).collect();
    let moved = gone.iter().filter(|place| there.contains(place.key.as_str()));
    Ok(catalogue.remove_clips(name, moved.map(|place| place.path.as_str()))?)
}

/// The places that this run has found, and those that are gone.
fn places(known: impl Iterator<Item = Place>, library: &Library) -> (Vec<Place>, Vec<Place>) {
    let found: HashSet<&str> = library.candidates.iter().map(|file| file.place.as_str()).collect();
    let (there, gone) = known.partition(|place| found.contains(place.path.as_str()));
    (there, missing(gone, library))
}

/// Takes clips away from photos that stay, with the same care as items: if most are gone, or nobody agrees, nothing
/// is done.
pub fn prune(publisher: &Publisher, library: &Library, prune: &Prune) -> Result<(), Failure> {
    let known = publisher.catalogue.clips(publisher.register.library)?;
    let shown = known.into_iter().filter(|(_, is_withdrawn)| !is_withdrawn).map(|(place, _)| place);
    let shown: Vec<Place> = shown.collect();
    let all = shown.iter().map(|place| place.key.as_str()).collect::<HashSet<_>>().len();
    let (_, gone) = places(shown.into_iter(), library);
    // Another file may hold the same clip.
    let mut by_key: BTreeMap<&str, Vec<&str>> = BTreeMap::new();
    for place in &gone {
        by_key.entry(&place.key).or_default().push(&place.path);
    }
    let mut keys = Vec::new();
    for (key, paths) in by_key {
        let held = publisher.catalogue.clips_of(key)?;
        let is_gone = |library: &str, path: &str| library == publisher.register.library && paths.contains(&path);
        if held.iter().all(|(library, place)| is_gone(library, &place.path)) {
            keys.push((key, paths[0].to_owned()));
        }
    }
    if keys.is_empty() {
        return Ok(());
    }
    if keys.len() * 2 > all.max(2) && !prune.all {
        return Err(Failure::Skipped(format!(
            "the files of {} of {all} clips are gone, and none was taken from its photo, because it is more than half: \
             see that the folder is mounted, then use --prune-all",
            keys.len()
        )));
    }
    let paths: Vec<String> = keys.iter().map(|(_, path)| path.clone()).collect();
    if !(prune.confirm)(&paths) {
        return Ok(());
    }
    let now = jiff::Timestamp::now();
    let due = if prune.now { now } else { now + REMOVED_STAY }.to_string();
    for (key, _) in keys {
        if let Some(renditions) = publisher.catalogue.renditions(key)? {
            let mut clips = Vec::new();
            if let Some(own) = clip_within(publisher, library, key)? {
                let clip = own.rendition();
                publisher.put(&renditions.object(key, &clip), Content::File(&own.path()), clip.content_type())?;
                clips.push(clip);
            }
            publisher.catalogue.put_clip(key, &renditions, clips, None, &due)?;
        }
    }
    Ok(())
}
