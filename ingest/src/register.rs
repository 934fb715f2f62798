//! Which item a file is. An item is the digest of its content, and a place of it is a library and a path.
//!
//! - A file with bytes that the gallery has is that item, wherever it lies and whatever it is called.
//! - A file with new bytes in the only place of an item is a new version of the item.
//! - Every other file with new bytes is a new item. Its key is its path, or its path and some digits of its digest
//!   where another item has that key already.

mod items;

use std::collections::{HashMap, HashSet};
use std::sync::{Mutex, MutexGuard, PoisonError};

use platform::Error;

use crate::bucket::Head;
use crate::catalogue::{Catalogue, Item, Place, Source, State};
use crate::digest::{sha256_of_bytes, sums};
use crate::failure::Failure;
use crate::outcome::Outcome;
use crate::photo;
use crate::recognise::{self, Unrecognised};
use crate::turns::Turn;
use crate::walk::Candidate;
use crate::{Options, Stop};
use items::{Entry, Inner};

/// The hexadecimal digits of a version.
const VERSION: usize = 16;

/// The items of the gallery, and the places of one library. Threads share it.
pub struct Register<'a> {
    catalogue: &'a Catalogue,
    /// The name of the library.
    pub library: &'a str,
    /// Whether items are ingested again that are there already.
    force: bool,
    /// Whether nothing is written.
    dry_run: bool,
    inner: Mutex<Inner>,
}

/// The answer to: which item is this file?
pub enum Answer<'a> {
    /// One that is there already, or that is kept out.
    Known(Outcome),
    New(Box<Claim<'a>>),
}

/// An item that is about to be uploaded. Dropped without a commit, it was never there.
pub struct Claim<'a> {
    register: &'a Register<'a>,
    pub key: String,
    pub source: Source,
    /// The CRC-32 of the original.
    pub crc: u32,
    pub version: String,
    /// Without a path for what is in no file.
    pub place: Place,
    /// What the item was before.
    pub before: Option<Item>,
    /// The object under the key of a new item, if it holds the same bytes: of a catalogue that was lost, say.
    pub there: Option<Head>,
    is_committed: bool,
}

impl<'a> Register<'a> {
    pub fn load(catalogue: &'a Catalogue, library: &'a str, options: &Options) -> Result<Self, Error> {
        let places = catalogue.places(library)?.into_iter().map(|place| (place.path.clone(), place)).collect();
        let mut inner = Inner {
            places,
            items: HashMap::new(),
            by_digest: HashMap::new(),
            found: HashSet::new(),
            forced: HashSet::new(),
            put_off: HashMap::new(),
            awaited: HashSet::new(),
            lost: Vec::new(),
            begun: catalogue.begun()?.into_iter().collect(),
            occupied: HashSet::new(),
            unrecognised: Unrecognised::default(),
            pruned: HashSet::new(),
            pruned_by_digest: HashMap::new(),
            spelled: HashMap::new(),
        };
        for (key, before) in catalogue.adopted()? {
            // Hidden and removed ones too: their files must not come in as new items.
            if before.shown.is_none_or(|shown| shown.digest.is_none()) {
                inner.unrecognised.insert(key, before.size, before.mark);
            }
        }
        for item in catalogue.items()? {
            inner.insert(Entry { item, is_withdrawn: false, is_claimed: false });
        }
        for withdrawn in catalogue.withdrawn()? {
            if withdrawn.state == State::Pruned {
                if !withdrawn.is_purged {
                    let digest = withdrawn.digest.map(|digest| (digest, withdrawn.key.clone()));
                    inner.pruned_by_digest.extend(digest);
                    inner.spell(&withdrawn.key);
                    inner.pruned.insert(withdrawn.key);
                }
                continue;
            }
            let item =
                Item { key: withdrawn.key, digest: withdrawn.digest, size: 0, stored: withdrawn.stored, places: 0 };
            inner.insert(Entry { item, is_withdrawn: true, is_claimed: false });
        }
        Ok(Self { catalogue, library, force: options.force, dry_run: options.dry_run, inner: Mutex::new(inner) })
    }

    fn lock(&self) -> MutexGuard<'_, Inner> {
        self.inner.lock().unwrap_or_else(PoisonError::into_inner)
    }

    /// Finds the item of a file. Reads the file, unless its place is known and nothing about it has changed. Who gets
    /// the key is decided in turn: of files with the same bytes, the first is the item. A file that is put off has to
    /// be asked for again, when all others were.
    pub fn ask(&'a self, file: &Candidate, turn: Option<Turn<'_>>, stop: &Stop) -> Result<Answer<'a>, Failure> {
        if let Some(outcome) = self.lock().arrive(file, self.force) {
            return Ok(Answer::Known(outcome));
        }
        let put_off = self.lock().put_off.remove(&file.place);
        let is_first = put_off.is_none();
        let sums = match put_off {
            Some(sums) => sums,
            None => sums(&file.path, stop).map_err(unreadable)?.ok_or(Failure::Stopped)?,
        };
        if let Some(turn) = &turn {
            turn.wait();
        }
        self.recognise(file, &sums.sha256, stop)?;
        let digest = sums.sha256.clone();
        let mut inner = self.lock();
        let must_wait = is_first && inner.must_wait(file, &digest);
        let later = |mut inner: MutexGuard<'_, Inner>, sums| {
            inner.put_off.insert(file.place.clone(), sums);
            Ok(Answer::Known(Outcome::Later))
        };
        let (key, again) = match inner.owner(&digest) {
            Some(entry) if entry.is_claimed => return later(inner, sums),
            Some(entry)
                if (self.force || inner.begun.contains(&entry.item.key))
                    && !entry.is_withdrawn
                    && !inner.forced.contains(&entry.item.key) =>
            {
                (entry.item.key.clone(), true)
            }
            Some(entry) => {
                let (key, outcome) = (entry.item.key.clone(), entry.outcome());
                let place = file.place_of(&key);
                inner.settle(&place);
                drop(inner);
                if !self.dry_run {
                    self.catalogue.put_place(self.library, &place)?;
                }
                return Ok(Answer::Known(outcome));
            }
            // Hidden or removed, in a row that does not say what it looks like.
            None if inner
                .items
                .get(file.key.as_str())
                .is_some_and(|it| it.is_withdrawn && it.item.digest.is_none()) =>
            {
                return Ok(Answer::Known(Outcome::KeptOut));
            }
            None if inner.is_name_kept_out(file, &digest) => return Ok(Answer::Known(Outcome::NameKeptOut)),
            None if must_wait => return later(inner, sums),
            None => (inner.key_for(file, &digest)?, false),
        };
        let before = inner.items.get(&key).map(|entry| entry.item.clone());
        let again = again || before.as_ref().is_some_and(|item| item.digest.as_deref() == Some(&digest));
        let version = new_version(&digest, again);
        inner.claim(&key, &digest, file.size, &version);
        drop(turn);
        Ok(Answer::New(Box::new(Claim {
            register: self,
            place: file.place_of(&key),
            key,
            version,
            source: Source { sha256: digest, modified: file.modified.clone() },
            crc: sums.crc,
            before,
            there: None,
            is_committed: false,
        })))
    }

    /// Whether a file is as the last run left it, and need not be read.
    pub fn is_unchanged(&self, file: &Candidate) -> bool {
        self.lock().known(file, self.force).is_some()
    }

    /// Whether a file may become a new item under its own key, where something may lie that no row tells of.
    pub fn may_be_new(&self, file: &Candidate) -> bool {
        let inner = self.lock();
        let key = file.key.as_str();
        let is_known = inner.places.get(&file.place).is_some_and(|place| inner.items.contains_key(&place.key));
        let is_taken = inner.items.contains_key(key) || inner.pruned.contains(key) || inner.is_spelled_otherwise(key);
        !is_known && !is_taken && !inner.begun.contains(key)
    }

    /// Leaves a key to the object that lies there.
    pub fn occupy(&self, key: &str) {
        let mut inner = self.lock();
        inner.spell(key);
        inner.occupied.insert(key.to_owned());
    }

    /// Notes the digest of a file that is an original of another program.
    fn recognise(&self, file: &Candidate, digest: &str, stop: &Stop) -> Result<(), Failure> {
        let originals = {
            let inner = self.lock();
            if inner.owner(digest).is_some() { Vec::new() } else { inner.unrecognised.of(file.size) }
        };
        if originals.is_empty() {
            return Ok(());
        }
        let found = recognise::find(&file.path, file.size, &originals, stop);
        let Some(key) =
            found.map_err(|error| if stop.is_requested() { Failure::Stopped } else { unreadable(error) })?
        else {
            return Ok(());
        };
        if !self.dry_run {
            self.catalogue.fill_digest(&key, digest)?;
        }
        let mut inner = self.lock();
        inner.unrecognised.remove(&key, file.size);
        if let Some(entry) = inner.items.get_mut(&key) {
            entry.item.digest = Some(digest.to_owned());
            inner.by_digest.insert(digest.to_owned(), key);
        }
        Ok(())
    }

    /// As [`ask`](Self::ask), for bytes that are in no file, under a key that nothing else may have.
    pub fn ask_bytes(&'a self, key: &str, bytes: &[u8], modified: &str) -> Answer<'a> {
        let digest = sha256_of_bytes(bytes);
        let mut inner = self.lock();
        let before = inner.items.get(key).cloned();
        let is_same = before.as_ref().is_some_and(|entry| entry.item.digest.as_deref() == Some(&digest));
        match &before {
            Some(entry) if entry.is_withdrawn || (is_same && !self.force) => return Answer::Known(entry.outcome()),
            _ => {}
        }
        let before = before.map(|entry| entry.item);
        let version = new_version(&digest, is_same);
        inner.claim(key, &digest, bytes.len() as u64, &version);
        let [path, changed] = [String::new(), String::new()];
        Answer::New(Box::new(Claim {
            register: self,
            place: Place { path, key: key.to_owned(), size: 0, modified: modified.to_owned(), changed },
            key: key.to_owned(),
            version,
            source: Source { sha256: digest, modified: modified.to_owned() },
            crc: crc32fast::hash(bytes),
            before,
            there: None,
            is_committed: false,
        }))
    }

    /// Whether an item was hidden or removed.
    pub fn is_kept_out(&self, key: &str) -> bool {
        self.lock().items.get(key).is_some_and(|entry| entry.is_withdrawn)
    }

    /// The key of the item of a file.
    pub fn key_at(&self, path: &str) -> Option<String> {
        self.lock().places.get(path).map(|place| place.key.clone())
    }

    /// Notes the items that have no file any more, because another one has its name now. Until they are pruned or found
    /// again, each keeps a place that no file can have.
    pub fn note_lost(&self) -> Result<(), Error> {
        let lost = std::mem::take(&mut self.lock().lost);
        for place in lost {
            let place = place.of_lost();
            if self.shown(&place.key).is_some_and(|item| item.places == 0) {
                self.catalogue.put_place(self.library, &place)?;
                self.lock().settle(&place);
            }
        }
        Ok(())
    }

    /// The places of the library that this run has not found.
    pub fn missing(&self) -> Vec<Place> {
        let inner = self.lock();
        let mut missing: Vec<_> =
            inner.places.values().filter(|place| !inner.found.contains(&place.path)).cloned().collect();
        missing.sort_by(|a, b| a.path.cmp(&b.path));
        missing
    }

    /// The number of the library's places.
    pub fn len(&self) -> usize {
        self.lock().places.len()
    }

    /// An item that is shown, as it was when the run began or as this run has made it.
    pub fn shown(&self, key: &str) -> Option<Item> {
        self.lock().items.get(key).filter(|entry| !entry.is_withdrawn).map(|entry| entry.item.clone())
    }
}

/// The version of an item's objects: a part of the digest. Where the same original is made anew, the objects are other
/// ones, and caches must see that.
pub fn new_version(digest: &str, again: bool) -> String {
    let mut version = if again {
        sha256_of_bytes(format!("{digest} {}", jiff::Timestamp::now()).as_bytes())
    } else {
        digest.to_owned()
    };
    version.truncate(VERSION);
    version
}

impl Claim<'_> {
    /// What a commit will have done.
    pub const fn outcome(&self) -> Outcome {
        if self.before.is_some() { Outcome::Replaced } else { Outcome::Added }
    }

    /// Counts as committed for the rest of a run that writes nothing.
    pub fn forego(self) -> Outcome {
        let outcome = self.outcome();
        self.commit();
        outcome
    }

    /// The item is in the gallery.
    pub fn commit(mut self) {
        self.is_committed = true;
        if let Some(entry) = self.register.lock().items.get_mut(&self.key) {
            entry.is_claimed = false;
        }
        if !self.place.path.is_empty() {
            self.register.lock().settle(&self.place);
        }
    }
}

impl Drop for Claim<'_> {
    fn drop(&mut self) {
        if self.is_committed {
            return;
        }
        let mut inner = self.register.lock();
        inner.by_digest.remove(&self.source.sha256);
        inner.unclaim(&self.key);
        if let Some(item) = self.before.take() {
            inner.insert(Entry { item, is_withdrawn: false, is_claimed: false });
        }
    }
}

fn unreadable(error: std::io::Error) -> Failure {
    Failure::File(photo::unreadable(error))
}
