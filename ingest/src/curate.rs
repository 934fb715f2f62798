//! What a person takes out of the gallery, and puts back.

use gallery::layout;
use platform::StoreName;

use crate::catalogue::{Catalogue, Deletion, State, Withdrawn};
use crate::engine::Session;
use crate::failure::Failure;
use crate::lock::Lock;
use crate::prune::REMOVED_STAY;
use crate::{Error, Options, purge};

/// What is to become of items.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Change {
    /// Taken out; their objects go after thirty days, or at once.
    Remove { now: bool },
    /// Taken out; their objects stay.
    Hide,
    /// Hidden items are shown again.
    Show,
    /// Removed or pruned items are shown again, while their objects are there.
    Restore,
}

/// What became of a key.
#[derive(Clone, Copy, Debug, PartialEq, Eq, serde::Serialize)]
#[serde(rename_all = "camelCase")]
pub enum Became {
    Removed,
    Hidden,
    Shown,
    /// Its objects are gone. The next ingest of its file brings it back.
    Forgotten,
    /// It is so already.
    Unchanged,
    /// The gallery has no such item.
    Unknown,
}

/// Changes items, and publishes the catalogue. The answer has one entry a key.
pub fn curate(options: &Options, keys: &[String], change: Change) -> Result<Vec<(String, Became)>, Error> {
    let session = Session::open(options)?;
    let _lock = Lock::take(&options.database)?;
    let catalogue = &session.catalogue;
    let failed = |error| session.unusable(options, error);
    let withdrawn = catalogue.withdrawn().map_err(failed)?;
    let items = catalogue.items().map_err(failed)?;
    let now = jiff::Timestamp::now();
    let mut done = Vec::with_capacity(keys.len());
    for key in keys {
        let out = withdrawn.iter().find(|item| item.key == *key);
        let shown = items.iter().find(|item| item.key == *key);
        let became = match change {
            Change::Remove { now: at_once } => {
                let stored = shown.map(|item| &item.stored).or(out.map(|item| &item.stored));
                let due = if at_once { now } else { now + REMOVED_STAY }.to_string();
                let objects = stored.map(|stored| Deletion::of_item(key, stored, &due)).unwrap_or_default();
                out_of(catalogue, key, State::Removed, &objects, now).map_err(failed)?
            }
            Change::Hide if out.is_some_and(|item| item.state == State::Removed || item.is_purged) => Became::Unchanged,
            Change::Hide => {
                if let Some(pruned) = out {
                    catalogue.keep_objects(key, &pruned.stored).map_err(failed)?;
                }
                out_of(catalogue, key, State::Hidden, &[], now).map_err(failed)?
            }
            Change::Show => back(catalogue, out, &[State::Hidden], shown.is_some(), now).map_err(failed)?,
            Change::Restore => {
                back(catalogue, out, &[State::Removed, State::Pruned], shown.is_some(), now).map_err(failed)?
            }
        };
        done.push((key.clone(), became));
    }
    session.publish(options)?;
    if matches!(change, Change::Remove { .. } | Change::Hide) {
        forget_playlists(&session).map_err(|failure| session.failed(options, failure))?;
    }
    if change == (Change::Remove { now: true }) {
        purge::run(catalogue, &session.bucket, now, &options.stop)
            .map_err(|failure| session.failed(options, failure))?;
    }
    Ok(done)
}

/// Empties the playlist cache of hosts that have it in the bucket. What it holds is made again when someone asks.
fn forget_playlists(session: &Session) -> Result<(), Failure> {
    for entry in session.bucket.list(&layout::kv(StoreName::VideoCache.name(), ""))? {
        session.bucket.delete(&entry.key)?;
    }
    Ok(())
}

fn out_of(
    catalogue: &Catalogue,
    key: &str,
    state: State,
    objects: &[Deletion],
    now: jiff::Timestamp,
) -> Result<Became, platform::Error> {
    let is_there = catalogue.withdraw(key, state, objects, &now.to_string())?;
    Ok(match (is_there, state) {
        (false, _) => Became::Unknown,
        (true, State::Hidden) => Became::Hidden,
        (true, _) => Became::Removed,
    })
}

fn back(
    catalogue: &Catalogue,
    item: Option<&Withdrawn>,
    from: &[State],
    is_shown: bool,
    now: jiff::Timestamp,
) -> Result<Became, platform::Error> {
    let Some(item) = item else { return Ok(if is_shown { Became::Unchanged } else { Became::Unknown }) };
    if !from.contains(&item.state) {
        return Ok(Became::Unchanged);
    }
    if item.is_purged {
        catalogue.forget(&item.key)?;
        return Ok(Became::Forgotten);
    }
    catalogue.put_back(item, &now.to_string())?;
    Ok(Became::Shown)
}
