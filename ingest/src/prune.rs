//! Files that are gone: what moved is forgotten in its old place, and `--prune` takes the rest out of the gallery.

use std::collections::{BTreeMap, BTreeSet};

use crate::catalogue::{Catalogue, Deletion, Place, State};
use crate::failure::Failure;
use crate::register::Register;
use crate::tally::{LIBRARY, Tally};
use crate::walk::{Library, RULES};

/// How long the objects of an item stay after it was taken out.
pub const REMOVED_STAY: jiff::SignedDuration = jiff::SignedDuration::from_hours(30 * 24);

/// Whether items whose files are gone are taken out.
#[derive(Clone, Debug)]
pub struct Prune {
    /// Also if the library is empty, or more than half of its items would go.
    pub all: bool,
    /// Whether the objects go at once.
    pub now: bool,
    /// Is given the keys, and says whether to go on.
    pub confirm: fn(&[String]) -> bool,
}

/// Returns whether nobody was against it.
pub fn run(
    catalogue: &Catalogue,
    register: &Register,
    library: &Library,
    prune: Option<&Prune>,
    tally: &Tally,
) -> Result<bool, Failure> {
    register.note_lost()?;
    let missing = missing(register.missing(), library);
    let mut by_key: BTreeMap<&str, Vec<&Place>> = BTreeMap::new();
    for place in &missing {
        by_key.entry(&place.key).or_default().push(place);
    }
    let (mut moved, mut gone) = (Vec::new(), Vec::new());
    for (key, places) in by_key {
        match register.shown(key) {
            // The item is in other files too.
            Some(item) if item.places > places.len() as u64 => moved.extend(places),
            // It came from another program and not from this folder.
            Some(item) if item.stored.is_foreign => moved.extend(places),
            Some(_) => gone.push(key.to_owned()),
            // Hidden or removed: its places say which files to leave alone.
            None => {}
        }
    }
    catalogue.remove_places(register.library, moved.iter().map(|place| place.path.as_str()))?;
    let Some(prune) = prune.filter(|_| !gone.is_empty()) else {
        note_excluded(&missing, &gone, library, tally);
        return Ok(true);
    };
    let lost = missing.iter().filter(|place| gone.binary_search(&place.key).is_ok()).count();
    let all = register.len().saturating_sub(moved.len());
    let is_much = library.candidates.is_empty() || lost * 2 > all;
    if is_much && !prune.all {
        let words =
            if library.candidates.is_empty() { "the library holds no photo or film" } else { "it is more than half" };
        return Err(Failure::Skipped(format!(
            "{lost} of {all} files are gone, and nothing was pruned, because {words}: see that the folder is mounted, \
             then use --prune-all"
        )));
    }
    if !(prune.confirm)(&gone) {
        return Ok(false);
    }
    let now = jiff::Timestamp::now();
    let due = if prune.now { now } else { now + REMOVED_STAY }.to_string();
    for key in &gone {
        let item = register.shown(key);
        let objects = item.map(|item| Deletion::of_item(key, &item.stored, &due));
        catalogue.withdraw(key, State::Pruned, &objects.unwrap_or_default(), &now.to_string())?;
        tally.pruned(key);
    }
    let paths = missing.iter().filter(|place| gone.binary_search(&place.key).is_ok());
    catalogue.remove_places(register.library, paths.map(|place| place.path.as_str()))?;
    Ok(true)
}

/// Says how many items are shown although a `.galleryignore` names their files.
fn note_excluded(missing: &[Place], gone: &[String], library: &Library, tally: &Tally) {
    let excluded = missing.iter().filter(|place| library.excludes(&place.path)).map(|place| &place.key);
    let shown: BTreeSet<_> = excluded.filter(|key| gone.binary_search(key).is_ok()).collect();
    let words = match shown.len() {
        0 => return,
        1 => "an item is still shown whose file a .galleryignore names: --prune or hide takes it out".to_owned(),
        more => {
            format!("{more} items are still shown whose files a .galleryignore names: --prune or hide takes them out")
        }
    };
    tally.note(LIBRARY, words);
}

/// Those that are gone of places that the walk did not find. Nothing is known about what lies below a folder that
/// cannot be read, or whose `.galleryignore` cannot, or behind a link that was not followed. A file that is named as
/// skipped or failed is there.
pub fn missing(mut missing: Vec<Place>, library: &Library) -> Vec<Place> {
    let named = library.failed.iter().chain(&library.skipped).map(|(name, _)| name);
    let named = named.chain(&library.not_followed).map(String::as_str);
    let unclear: Vec<&str> =
        named.map(|name| name.strip_suffix(RULES).map_or(name, |folder| folder.trim_end_matches('/'))).collect();
    let is_unclear = |path: &str| {
        unclear.iter().any(|name| {
            name.is_empty() || path.strip_prefix(name).is_some_and(|rest| rest.is_empty() || rest.starts_with('/'))
        })
    };
    missing.retain(|place| !is_unclear(&place.path));
    missing
}
