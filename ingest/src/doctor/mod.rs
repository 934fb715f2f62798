//! Compares the bucket with the catalogue, and mends what can be mended.

mod items;
mod orphans;

use std::collections::{BTreeMap, BTreeSet, HashMap};
use std::path::{Path, PathBuf};

use serde::Serialize;

use crate::catalogue::{Deletion, State};
use crate::engine::{self, Session};
use crate::failure::Failure;
use crate::lock::Lock;
use crate::{Error, Options, purge, scratch};

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
    pub found: Vec<Finding>,
    pub repaired: Vec<Finding>,
}

impl Diagnosis {
    /// Whether something is wrong that was not mended.
    pub fn is_well(&self) -> bool {
        self.found.iter().all(|finding| finding.kind == Kind::Stray)
    }
}

/// Looks for everything that is wrong. With `repair`, mends it, and looks again.
pub fn doctor(options: &Options, repair: bool) -> Result<Diagnosis, Error> {
    let session = Session::open(options)?;
    let failed = |failure| session.failed(options, failure);
    scratch::sweep(options.temp.as_deref());
    // What an ingest is uploading would look like an orphan.
    let lock = Lock::take(&options.database)?;
    purge::run(&session.catalogue, &session.bucket, jiff::Timestamp::now()).map_err(failed)?;
    let before = look(&session).map_err(failed)?;
    if !repair || before.is_well() {
        return Ok(before);
    }
    let damaged: BTreeSet<&str> = before
        .found
        .iter()
        .filter(|finding| !matches!(finding.kind, Kind::Orphan | Kind::Stray))
        .map(|finding| finding.name.as_str())
        .collect();
    remove(&session, &before).map_err(failed)?;
    drop(lock);
    ingest_again(options, &session, &damaged)?;
    let _lock = Lock::take(&options.database)?;
    let mut after = look(&session).map_err(failed)?;
    withdraw_what_is_lost(&session, &after).map_err(failed)?;
    after = look(&session).map_err(failed)?;
    session.publish(options)?;
    after.repaired = before.found.into_iter().filter(|finding| !after.found.contains(finding)).collect();
    Ok(after)
}

fn look(session: &Session) -> Result<Diagnosis, Failure> {
    let objects: HashMap<String, u64> =
        session.bucket.list("")?.into_iter().map(|object| (object.key, object.size)).collect();
    let mut found = Vec::new();
    let used = items::check(session, &objects, &mut found)?;
    orphans::check(session, &objects, &used, &mut found)?;
    found.sort();
    Ok(Diagnosis { items: used.items, objects: objects.len(), found, repaired: Vec::new() })
}

/// Ingests the files of damaged items anew, where they are still where the last run found them.
fn ingest_again(options: &Options, session: &Session, damaged: &BTreeSet<&str>) -> Result<(), Error> {
    let failed = |error| session.unusable(options, error);
    let roots: HashMap<String, String> = session
        .catalogue
        .libraries()
        .map_err(failed)?
        .into_iter()
        .map(|library| (library.name, library.root))
        .collect();
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
    }
    for (root, only) in files {
        let again = Options { library: Some(root), only: Some(only), force: true, prune: None, ..options.clone() };
        engine::run(&again)?;
    }
    Ok(())
}

/// Deletes what nothing uses.
fn remove(session: &Session, diagnosis: &Diagnosis) -> Result<(), Failure> {
    for orphan in diagnosis.found.iter().filter(|finding| finding.kind == Kind::Orphan) {
        session.bucket.delete(&orphan.name)?;
    }
    for key in session.catalogue.begun()? {
        session.catalogue.forget_upload(&key)?;
    }
    Ok(session.catalogue.sweep_places()?)
}

/// Takes items out whose original is gone for good. If their file comes back, they come in again.
fn withdraw_what_is_lost(session: &Session, diagnosis: &Diagnosis) -> Result<(), Failure> {
    let now = jiff::Timestamp::now();
    for item in session.catalogue.items()? {
        let is_lost = diagnosis.found.iter().any(|finding| {
            finding.kind == Kind::Missing && finding.name == item.key && finding.detail == items::NO_ORIGINAL
        });
        if is_lost {
            let objects = Deletion::of_item(&item.key, item.version.as_deref(), item.is_film, &(now).to_string());
            session.catalogue.withdraw(&item.key, State::Pruned, &objects, &now.to_string())?;
        }
    }
    purge::run(&session.catalogue, &session.bucket, now).map(drop)
}
