//! Compares the bucket with the catalogue, and mends what can be mended.

mod items;
mod orphans;

use std::collections::{BTreeMap, BTreeSet, HashMap, HashSet};
use std::path::{Path, PathBuf};

use gallery::layout::CATALOGUE;
use serde::Serialize;

use crate::catalogue::{Deletion, Place, State};
use crate::engine::{self, Session};
use crate::failure::Failure;
use crate::lock::Lock;
use crate::{Error, Named, Options, Stop, packs, prune, purge, scratch, tally, views};

/// Something that is not as it should be.
#[derive(Clone, Debug, PartialEq, Eq, PartialOrd, Ord, Serialize)]
pub struct Finding {
    pub kind: Kind,
    /// The key of an item or an object.
    pub name: String,
    pub detail: String,
}

#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, Serialize)]
#[serde(rename_all = "kebab-case")]
pub enum Kind {
    /// An object of an item is not in the bucket.
    Missing,
    /// An object of an item has another size than it should have.
    Truncated,
    /// A playlist cannot be read, or names what is not there.
    Broken,
    /// The gallery made an object, and nothing uses it.
    Orphan,
    /// An object that the gallery does not know, and never touches. Nothing is wrong with that.
    Stray,
}

/// What was found, and what was mended.
#[derive(Clone, Debug, Default, PartialEq, Eq, Serialize)]
pub struct Diagnosis {
    pub items: usize,
    pub objects: usize,
    /// The number of items that lack checksums. Nothing is wrong with that.
    pub without_checksums: usize,
    pub found: Vec<Finding>,
    pub repaired: Vec<Finding>,
    /// What stood in the way of a repair: libraries, and files of damaged items.
    pub hindered: Vec<Named>,
}

impl Diagnosis {
    /// Whether something is wrong that was not mended.
    pub fn is_well(&self) -> bool {
        self.found.iter().all(|finding| finding.kind == Kind::Stray)
    }
}

/// Looks for everything that is wrong. With `repair`, mends it, and looks again.
pub fn doctor(options: &Options, repair: bool) -> Result<Diagnosis, Error> {
    match diagnose(options, repair) {
        // A request that was ended fails in words of the store.
        Err(Error::Store(_)) if options.stop.is_requested() => Err(Error::Interrupted),
        other => other,
    }
}

fn diagnose(options: &Options, repair: bool) -> Result<Diagnosis, Error> {
    let session = Session::open(options)?;
    let failed = |failure| session.failed(options, failure);
    scratch::sweep(options.temp.as_deref());
    // What an ingest is uploading would look like an orphan.
    let lock = Lock::take(&options.database)?;
    let now = jiff::Timestamp::now();
    purge::run(&session.catalogue, &session.bucket, now, &options.stop).map_err(failed)?;
    purge::downloads(&session.catalogue, &session.bucket, now, &options.stop).map_err(failed)?;
    packs::purge(&session.catalogue, &session.bucket, now, &options.stop).map_err(failed)?;
    let before = look(&session, &options.stop).map_err(failed)?;
    if !repair || before.is_well() {
        return Ok(before);
    }
    let damaged: BTreeSet<&str> = before
        .found
        .iter()
        .filter(|finding| !matches!(finding.kind, Kind::Orphan | Kind::Stray))
        .map(|finding| finding.name.as_str())
        .collect();
    remove(&session, &before, options).map_err(failed)?;
    drop(lock);
    let hindered = ingest_again(options, &session, &damaged)?;
    if options.stop.is_requested() {
        return Err(Error::Interrupted);
    }
    let _lock = Lock::take(&options.database)?;
    let mut after = look(&session, &options.stop).map_err(failed)?;
    withdraw_what_is_lost(&session, &after).map_err(failed)?;
    // What the catalogue lacks is written anew.
    let is_lacking = |finding: &Finding| finding.kind != Kind::Stray && finding.name.starts_with(CATALOGUE);
    let is_whole = !after.found.iter().any(is_lacking);
    session.publish(&Options { force: options.force || !is_whole, ..options.clone() })?;
    after = look(&session, &options.stop).map_err(failed)?;
    // `look` has sorted what it found.
    after.repaired = before.found.into_iter().filter(|finding| after.found.binary_search(finding).is_err()).collect();
    after.hindered = hindered;
    Ok(after)
}

fn look(session: &Session, stop: &Stop) -> Result<Diagnosis, Failure> {
    let objects: HashMap<String, u64> =
        session.bucket.list("")?.into_iter().map(|object| (object.key, object.size)).collect();
    let mut found = Vec::new();
    let used = items::check(session, stop, &objects, &mut found)?;
    orphans::check(session, &objects, &used, &mut found)?;
    found.sort();
    let without_checksums = session.catalogue.without_checksums()?.len();
    Ok(Diagnosis { items: used.items, objects: objects.len(), without_checksums, found, ..Diagnosis::default() })
}

/// Ingests the files of damaged items anew, where they are still where the last run found them. Returns what stood in
/// the way: what one library refuses, another may do.
fn ingest_again(options: &Options, session: &Session, damaged: &BTreeSet<&str>) -> Result<Vec<Named>, Error> {
    let failed = |error| session.unusable(options, error);
    let roots = roots(session).map_err(failed)?;
    let mut files: BTreeMap<PathBuf, BTreeSet<String>> = BTreeMap::new();
    for key in damaged {
        let places = session.catalogue.places_of(key).map_err(failed)?;
        let there = places.into_iter().find_map(|(library, place)| {
            let root = Path::new(roots.get(&library)?);
            let is_same = root.join(&place.path).metadata().is_ok_and(|file| file.len() == place.size);
            is_same.then(|| (root.to_owned(), place.path))
        });
        if let Some((root, path)) = there {
            files.entry(root).or_default().insert(path);
        }
        for (library, clip) in session.catalogue.clips_of(key).map_err(failed)? {
            if let Some(root) = roots.get(&library) {
                files.entry(PathBuf::from(root)).or_default().insert(clip.path);
            }
        }
    }
    let mut hindered = Vec::new();
    for (root, only) in files {
        let again = Options {
            library: Some(root.clone()),
            only: Some(only.clone()),
            force: true,
            follow_links: true,
            prune: None,
            ..options.clone()
        };
        match engine::run(&again) {
            Ok(report) => {
                // The walk also names files of other items.
                let is_meant = |named: &Named| named.name == tally::LIBRARY || only.contains(&named.name);
                let named = report.skipped.into_iter().chain(report.failed).filter(is_meant);
                let path = |name: &str| if name == tally::LIBRARY { root.clone() } else { root.join(name) };
                hindered.extend(named.map(|it| Named { name: path(&it.name).display().to_string(), ..it }));
            }
            Err(error) => hindered.push(Named { name: root.display().to_string(), reason: error.to_string() }),
        }
        if options.stop.is_requested() {
            break;
        }
    }
    Ok(hindered)
}

/// Deletes what nothing uses.
fn remove(session: &Session, diagnosis: &Diagnosis, options: &Options) -> Result<(), Failure> {
    // An ingest elsewhere may have published in the meantime: only a file's catalogue can be locked.
    let in_use = views::used(&session.bucket)?;
    let is_orphan = |finding: &&Finding| {
        let is_part = finding.name.starts_with(CATALOGUE);
        let is_used = is_part && (in_use.keys.contains(&finding.name) || !in_use.damaged.is_empty());
        finding.kind == Kind::Orphan && !is_used
    };
    let orphans: Vec<_> = diagnosis.found.iter().filter(is_orphan).map(|orphan| orphan.name.clone()).collect();
    purge::objects(&session.bucket, &orphans, &options.stop)?;
    let rows: HashSet<String> = session.catalogue.items()?.into_iter().map(|item| item.key).collect();
    // An item with a row is ingested again.
    for key in session.catalogue.begun()?.iter().filter(|key| !rows.contains(*key)) {
        session.catalogue.forget_upload(key)?;
    }
    Ok(session.catalogue.sweep_places()?)
}

/// Takes items out whose original and files are all gone. If a file comes back, its item comes in again. What is left
/// of them stays for as long as that of removed items.
fn withdraw_what_is_lost(session: &Session, diagnosis: &Diagnosis) -> Result<(), Failure> {
    let now = jiff::Timestamp::now();
    let due = (now + prune::REMOVED_STAY).to_string();
    let roots = roots(session)?;
    let is_missing = |finding: &&Finding| finding.kind == Kind::Missing && finding.detail == items::NO_ORIGINAL;
    let lost: HashSet<&str> = diagnosis.found.iter().filter(is_missing).map(|finding| finding.name.as_str()).collect();
    for item in session.catalogue.items()? {
        if lost.contains(item.key.as_str()) && are_gone(&session.catalogue.places_of(&item.key)?, &roots) {
            let is_foreign = item.stored.is_foreign;
            let objects = if is_foreign { Vec::new() } else { Deletion::of_item(&item.key, &item.stored, &due) };
            session.catalogue.withdraw(&item.key, State::Pruned, &objects, &now.to_string())?;
        }
    }
    Ok(())
}

/// The folder of each library.
fn roots(session: &Session) -> Result<HashMap<String, String>, platform::Error> {
    Ok(session.catalogue.libraries()?.into_iter().map(|library| (library.name, library.root)).collect())
}

/// Whether none of an item's files is there. A folder that is not there may only not be mounted.
fn are_gone(places: &[(String, Place)], roots: &HashMap<String, String>) -> bool {
    let is_gone = |(library, place): &(String, Place)| {
        let Some(root) = roots.get(library).map(Path::new).filter(|root| root.is_dir()) else { return false };
        let found = root.join(&place.path).symlink_metadata();
        found.is_err_and(|error| error.kind() == std::io::ErrorKind::NotFound)
    };
    !places.is_empty() && places.iter().all(is_gone)
}
