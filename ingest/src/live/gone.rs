//! Clips whose files are gone.

use std::collections::{BTreeMap, HashSet};

use crate::Prune;
use crate::bucket::Content;
use crate::catalogue::Place;
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

/// Takes clips away from photos that stay, with the same care as items: if most are gone, or nobody agrees, nothing
/// is done.
pub fn prune(publisher: &Publisher, library: &Library, prune: &Prune) -> Result<(), Failure> {
    let found: HashSet<&str> = library.candidates.iter().map(|file| file.place.as_str()).collect();
    let mut known: Vec<Place> = Vec::new();
    for (place, is_withdrawn) in publisher.catalogue.clips(publisher.register.library)? {
        if !is_withdrawn {
            known.push(place);
        }
    }
    let all = known.len();
    known.retain(|place| !found.contains(place.path.as_str()));
    let gone = missing(known, library);
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
    if gone.len() * 2 > all.max(2) && !prune.all {
        return Err(Failure::Skipped(format!(
            "the files of {} of {all} clips are gone, and none was taken from its photo, because it is more than half: \
             see that the folder is mounted, then use --prune-all",
            gone.len()
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
