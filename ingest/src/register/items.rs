//! The items of the gallery by their keys and digests, and the places of one library.

use std::collections::{HashMap, HashSet};

use gallery::MediaKey;

use crate::catalogue::{Item, Place, Stored};
use crate::digest::Sums;
use crate::failure::Failure;
use crate::outcome::Outcome;
use crate::recognise::Unrecognised;
use crate::spelling::composed;
use crate::suffix::with_suffix;
use crate::walk::Candidate;

/// What a run knows of the gallery, and of one library.
pub struct Inner {
    pub places: HashMap<String, Place>,
    pub items: HashMap<String, Entry>,
    /// The keys of digests. An item whose upload has begun counts.
    pub by_digest: HashMap<String, String>,
    /// The paths that this run has found.
    pub found: HashSet<String>,
    /// The keys that this run has ingested again.
    pub forced: HashSet<String>,
    /// Files that are asked for again when all others were, and their sums.
    pub put_off: HashMap<String, Sums>,
    /// The digests of these files that may be new versions.
    pub awaited: HashSet<String>,
    /// The last places of items, which another item has now.
    pub lost: Vec<Place>,
    /// The keys whose upload has begun and did not end: what is in the bucket is not known.
    pub begun: HashSet<String>,
    /// Keys of objects that no row tells of, and that hold something else.
    pub occupied: HashSet<String>,
    /// Originals of another program whose digests are not known.
    pub unrecognised: Unrecognised,
    /// The keys of pruned items that may still be put back, and the keys of their digests.
    pub pruned: HashSet<String>,
    pub pruned_by_digest: HashMap<String, String>,
    /// Taken keys that are not composed (NFC), by their composed form. To R2 both spellings are one object.
    pub spelled: HashMap<String, String>,
}

#[derive(Clone)]
pub struct Entry {
    pub item: Item,
    pub is_withdrawn: bool,
    /// It is being uploaded.
    pub is_claimed: bool,
}

impl Inner {
    pub fn insert(&mut self, entry: Entry) {
        if let Some(digest) = &entry.item.digest {
            self.by_digest.insert(digest.clone(), entry.item.key.clone());
        }
        self.spell(&entry.item.key);
        self.items.insert(entry.item.key.clone(), entry);
    }

    /// Takes out an item that was never uploaded.
    pub fn unclaim(&mut self, key: &str) {
        self.items.remove(key);
        let composed = composed(key);
        if !self.is_taken(key) && self.spelled.get(&*composed).is_some_and(|taken| taken == key) {
            self.spelled.remove(&*composed);
        }
    }

    /// Notes how a taken key is spelled.
    pub fn spell(&mut self, key: &str) {
        let composed = composed(key);
        if composed != key {
            self.spelled.entry(composed.into_owned()).or_insert_with(|| key.to_owned());
        }
    }

    /// Whether an object has this key, or is to have it.
    fn is_taken(&self, key: &str) -> bool {
        self.items.contains_key(key) || self.pruned.contains(key) || self.occupied.contains(key)
    }

    /// Whether a taken key is this one in another spelling.
    pub fn is_spelled_otherwise(&self, key: &str) -> bool {
        let composed = composed(key);
        self.spelled.get(&*composed).is_some_and(|taken| taken != key) || composed != key && self.is_taken(&composed)
    }

    pub fn owner(&self, digest: &str) -> Option<&Entry> {
        self.items.get(self.by_digest.get(digest)?)
    }

    /// Notes that a file was found. The outcome, if the file need not be read.
    pub fn arrive(&mut self, file: &Candidate, force: bool) -> Option<Outcome> {
        self.found.insert(file.place.clone());
        self.known(file, force)
    }

    /// What is known of a file that need not be read: it is as the last run left it.
    pub fn known(&self, file: &Candidate, force: bool) -> Option<Outcome> {
        let place = self.places.get(&file.place)?;
        let entry = self.items.get(&place.key)?;
        let need_not = entry.is_withdrawn || !force && !self.begun.contains(&place.key);
        (file.is_as_in(place) && need_not).then(|| entry.outcome())
    }

    /// Whether new bytes lie where an item lay that was taken out: they may be an edit of it.
    pub fn is_name_kept_out(&self, file: &Candidate, digest: &str) -> bool {
        let entry = self.places.get(&file.place).and_then(|place| self.items.get(&place.key));
        entry.is_some_and(|entry| entry.is_withdrawn) && !self.pruned_by_digest.contains_key(digest)
    }

    /// Whether new bytes must wait. Where an item lay, another file may have taken the name of the item's file, which
    /// is then found elsewhere, later. Copies of such bytes wait too, so that the item gets them first.
    pub fn must_wait(&mut self, file: &Candidate, digest: &str) -> bool {
        let entry = self.places.get(&file.place).and_then(|place| self.items.get(&place.key));
        if self.owner(digest).is_none() && entry.is_some_and(Entry::may_be_replaced) {
            self.awaited.insert(digest.to_owned());
        }
        self.awaited.contains(digest)
    }

    /// The key for new bytes.
    pub fn key_for(&self, file: &Candidate, digest: &str) -> Result<String, Failure> {
        if let Some(place) = self.places.get(&file.place)
            && self.items.get(&place.key).is_some_and(Entry::may_be_replaced)
        {
            return Ok(place.key.clone());
        }
        let natural = file.key.as_str();
        if let Some(key) = self.pruned_by_digest.get(digest).filter(|key| !self.items.contains_key(*key)) {
            return Ok(key.clone());
        }
        let is_free = |key: &str| match self.items.get(key) {
            // A pruned item may be put back, and another program may have put something there.
            None => !self.is_taken(key) && !self.is_spelled_otherwise(key),
            // A row of another program, without a digest: the same key and the same size are the same file. Of what was
            // adopted the tag is known, and this file has another.
            Some(Entry { item, is_withdrawn, .. }) => {
                !is_withdrawn
                    && item.digest.is_none()
                    && item.places == 0
                    && item.size == file.size
                    && !item.stored.is_adopted
            }
        };
        let suffixed = [6, 12, digest.len()].into_iter().map(|digits| with_suffix(natural, &digest[..digits]));
        let found = [natural.to_owned()].into_iter().chain(suffixed).find(|key| is_free(key));
        let key = found.ok_or_else(|| Failure::File("no key is free for it: rename it".to_owned()))?;
        MediaKey::parse(key.as_str()).map_err(|error| Failure::Skipped(format!("{error}: rename it")))?;
        Ok(key)
    }

    /// Enters an item before it is uploaded, so that nobody else takes its key or its bytes.
    pub fn claim(&mut self, key: &str, digest: &str, size: u64, version: &str) {
        let old = self.items.get(key).map(|entry| entry.item.clone());
        if let Some(old) = old.as_ref().and_then(|item| item.digest.as_ref()) {
            self.by_digest.remove(old);
        }
        self.forced.insert(key.to_owned());
        self.insert(Entry {
            item: Item {
                key: key.to_owned(),
                digest: Some(digest.to_owned()),
                size,
                stored: Stored {
                    is_film: old.as_ref().is_some_and(|item| item.stored.is_film),
                    version: Some(version.to_owned()),
                    renditions: Some(version.to_owned()),
                    is_adopted: false,
                    is_foreign: false,
                },
                places: old.map_or(0, |item| item.places),
            },
            is_withdrawn: false,
            is_claimed: true,
        });
    }

    /// Moves or adds a place.
    pub fn settle(&mut self, place: &Place) {
        let before = self.places.insert(place.path.clone(), place.clone());
        if before.as_ref().is_some_and(|before| before.key == place.key) {
            return;
        }
        if let Some(before) = before
            && let Some(entry) = self.items.get_mut(&before.key)
        {
            entry.item.places = entry.item.places.saturating_sub(1);
            if entry.item.places == 0 && !entry.is_withdrawn {
                self.lost.push(before);
            }
        }
        if let Some(entry) = self.items.get_mut(&place.key) {
            entry.item.places += 1;
        }
    }
}

impl Entry {
    /// Whether new bytes in one of its places are a new version of it.
    pub const fn may_be_replaced(&self) -> bool {
        self.item.places <= 1 && !self.item.stored.is_foreign && !self.is_withdrawn
    }

    pub const fn outcome(&self) -> Outcome {
        if self.is_withdrawn { Outcome::KeptOut } else { Outcome::Unchanged }
    }
}
