//! Publishes the catalogue as it is read: views and their blocks, in the bucket and in the database.
//!
//! Parts are written first and the index last. Until the index is written, everybody reads the catalogue before. A run
//! that dies in between leaves only some parts that nobody reads. The next one removes them from the database, and
//! `doctor` removes them from the bucket.

mod about;
mod compress;
mod former;
mod shelf;

use std::collections::HashSet;

use gallery::views::build::{Built, Known, build};
use gallery::views::{Directory, Head, INDEX, Index, PARTS, Part, View, is_part_name, name_of};

use crate::bucket::{Bucket, StoreError};
use crate::catalogue::Catalogue;
use crate::database::Database;
use crate::failure::Failure;
use crate::packs;
use shelf::Shelf;

pub use about::about;

/// The largest part that is read, in bytes.
const MAX_PART: u64 = 64 << 20;

/// Brings the index in the database, in the bucket and in a mirror of the database up to date. What is up to date
/// already is written only with `force`.
pub fn publish(
    catalogue: &Catalogue,
    bucket: Option<&Bucket>,
    mirror: Option<&Catalogue>,
    uploads: usize,
    force: bool,
) -> Result<(), Failure> {
    // A link is ended while films are ingested. Neither program may undo what the other has published.
    while !publish_alone(catalogue, bucket, mirror, uploads, force)? {}
    Ok(())
}

/// Whether nobody else has published meanwhile. The index in the database tells, which is written first.
fn publish_alone(
    catalogue: &Catalogue,
    bucket: Option<&Bucket>,
    mirror: Option<&Catalogue>,
    uploads: usize,
    force: bool,
) -> Result<bool, Failure> {
    let mut shelves = vec![Shelf::Database(catalogue)];
    shelves.extend(bucket.map(|bucket| Shelf::Bucket(bucket, uploads)));
    shelves.extend(mirror.map(Shelf::Database));
    let olds = shelves.iter().map(Old::read).collect::<Result<Vec<_>, Failure>>()?;
    // What all have need not be made again.
    let first = olds.first().and_then(Option::as_ref);
    let is_same = |old: &Option<Old>| old.as_ref().map(|old| &old.index.version) == first.map(|old| &old.index.version);
    let is_known = !force && olds.iter().all(is_same);
    let known = if is_known { known(&shelves[0], first)? } else { Known::default() };

    // A database from a backup must not revive sessions that were ended since.
    let epoch = olds.iter().flatten().map(|old| old.index.epoch).max().unwrap_or_default();
    if epoch > catalogue.access()?.epoch {
        catalogue.put_epoch(epoch)?;
    }
    let (about, built) = loop {
        let items = catalogue.all()?;
        let mut about = about::about(catalogue, &items)?;
        about.packs = packs::listed(catalogue, &items, &about)?;
        let built = build(items, &about, &known, compress::deflate).map_err(encoding)?;
        // A link may have ended meanwhile.
        if catalogue.access()? == about.access {
            break (about, built);
        }
    };
    let stored = |old: Option<&Old>| old.map(|old| old.json.clone());
    if stored(Old::read(&shelves[0])?.as_ref()) != stored(first) {
        return Ok(false);
    }
    let albums = about.albums_of_items();
    for (shelf, old) in shelves.iter().zip(&olds) {
        if let Shelf::Database(catalogue) = shelf {
            catalogue.put_albums(&albums)?;
        }
        write(shelf, old.as_ref(), &built, force)?;
    }
    Ok(Old::read(&shelves[0])?.is_some_and(|now| now.is_as(&built)))
}

/// Makes the index in a database that has none of this version, for services that read it there. The rows stay as they
/// are.
pub fn publish_first(database: Database) -> Result<(), platform::Error> {
    let catalogue = Catalogue::new(database);
    if catalogue.part(INDEX)?.is_some_and(|json| Index::parse(&json).is_ok()) {
        return Ok(());
    }
    first(&catalogue).map_err(|failure| match failure {
        Failure::Catalogue(error) => error,
        Failure::Store(error) => platform::Error::because(platform::Kind::Internal, "catalogue.publish", error),
        _ => platform::Error::new(platform::Kind::Internal, "catalogue.publish"),
    })
}

/// If another program publishes in the meantime, its index is the newer one, and stays.
fn first(catalogue: &Catalogue) -> Result<(), Failure> {
    let items = catalogue.all()?;
    let about = about::about(catalogue, &items)?;
    let mut built = build(items, &about, &Known::default(), compress::deflate).map_err(encoding)?;
    let parts: Vec<(&str, &[u8])> =
        built.names.iter().filter_map(|name| Some((name.as_str(), built.parts.get(name)?.as_slice()))).collect();
    catalogue.put_albums(&about.albums_of_items())?;
    catalogue.put_parts(&parts)?;
    let index = built.index.encode().map_err(encoding)?;
    // An index that cannot be read is one of another version.
    if catalogue.part(INDEX)?.is_some_and(|json| Index::parse(&json).is_err()) {
        return Ok(catalogue.swap_index(&index, &HashSet::new())?);
    }
    Ok(catalogue.put_first_index(&index)?)
}

/// The views of albums, with their titles.
pub fn albums(catalogue: &Catalogue) -> Result<Vec<(View, String)>, Failure> {
    let about = about::about(catalogue, &catalogue.all()?)?;
    Ok(about.albums.into_iter().map(|album| (album.view, album.title)).collect())
}

/// The objects of the snapshot of 0.1.0, if it is still there.
pub fn of_0_1_0(bucket: &Bucket) -> Result<Vec<String>, Failure> {
    former::objects(bucket)
}

/// Whether an object has the name of one of the catalogue's, of this version or of 0.1.0.
pub fn is_object(object: &str) -> bool {
    object == INDEX || object.strip_prefix(PARTS).is_some_and(is_part_name) || former::is_object(object)
}

/// The keys of all objects that readers of the bucket may use.
#[derive(Debug, Default)]
pub struct Used {
    pub keys: HashSet<String>,
    /// Those that are there and cannot be read. What they lead to is not known, so no part may be deleted.
    pub damaged: Vec<String>,
}

pub fn used(bucket: &Bucket) -> Result<Used, Failure> {
    let shelf = Shelf::Bucket(bucket, 1);
    let mut used = Used { keys: HashSet::from([INDEX.to_owned()]), damaged: Vec::new() };
    let json = shelf.get(INDEX)?;
    let Some(old) = Old::parse(json.clone()) else {
        used.damaged.extend(json.map(|_| INDEX.to_owned()));
        return Ok(used);
    };
    let before = old.before(&shelf)?;
    let mut names: HashSet<String> = old.index.previous.iter().cloned().collect();
    for index in [Some(&old), before.as_ref()].into_iter().flatten() {
        names.extend(index.names(&shelf)?);
        for pieces in index.heads(&shelf)?.iter().flat_map(Head::editions) {
            let stored = content(&shelf, &pieces.directory)?;
            if stored.is_some() && directory(&shelf, &pieces.directory)?.is_none() {
                used.damaged.push(gallery::views::part_key(&pieces.directory.name));
            }
        }
    }
    used.keys.extend(names.iter().map(|name| gallery::views::part_key(name)));
    Ok(used)
}

/// An index that is stored.
struct Old {
    index: Index,
    json: Vec<u8>,
}

impl Old {
    /// An index that cannot be read, because another version wrote it, is as good as none.
    fn parse(json: Option<Vec<u8>>) -> Option<Self> {
        json.and_then(|json| Index::parse(&json).ok().map(|index| Self { index, json }))
    }

    fn read(shelf: &Shelf) -> Result<Option<Self>, Failure> {
        Ok(Self::parse(shelf.get(INDEX)?))
    }

    /// Whether it says what was built: the same items, links and packs.
    fn is_as(&self, built: &Built) -> bool {
        let index = &self.index;
        index.version == built.index.version && index.has_access_of(&built.index) && index.has_packs_of(&built.index)
    }

    /// The index before this one.
    fn before(&self, shelf: &Shelf) -> Result<Option<Self>, Failure> {
        let Some(name) = &self.index.previous else { return Ok(None) };
        Ok(Self::parse(shelf.get(name)?))
    }

    /// The heads of all views, albums too.
    fn heads(&self, shelf: &Shelf) -> Result<Vec<Head>, Failure> {
        let mut heads = self.index.heads().unwrap_or_default().to_vec();
        if let Ok(Some(albums)) = self.index.albums()
            && let Some(json) = content(shelf, albums)?
        {
            heads.extend(Head::parse_all(&json).unwrap_or_default());
        }
        Ok(heads)
    }

    /// The names of all parts that the index leads to.
    fn names(&self, shelf: &Shelf) -> Result<HashSet<String>, Failure> {
        let mut names: HashSet<String> = self.index.shard_parts().iter().cloned().collect();
        let albums = self.index.albums().ok().flatten();
        let apart = albums
            .cloned()
            .into_iter()
            .chain(self.index.links())
            .chain(self.index.packs())
            .filter(|part| part.content().is_none());
        names.extend(apart.map(|part| part.name));
        for pieces in self.heads(shelf)?.iter().flat_map(Head::editions) {
            names.insert(pieces.timeline.name.clone());
            if pieces.directory.content().is_none() {
                names.insert(pieces.directory.name.clone());
            }
            names.extend(directory(shelf, &pieces.directory)?.iter().flat_map(Directory::segments).cloned());
        }
        Ok(names)
    }
}

fn content(shelf: &Shelf, part: &Part) -> Result<Option<Vec<u8>>, Failure> {
    part.content().map_or_else(|| shelf.get(&part.name), |content| Ok(Some(content)))
}

/// A directory, if it is there and can be read.
fn directory(shelf: &Shelf, part: &Part) -> Result<Option<Directory>, Failure> {
    let gzip = content(shelf, part)?.unwrap_or_default();
    let max = usize::try_from(MAX_PART).unwrap_or(usize::MAX);
    Ok(deflate::inflate(&gzip, max).and_then(|text| Directory::parse(&text).ok()))
}

/// The segments to which an index leads.
fn known(shelf: &Shelf, old: Option<&Old>) -> Result<Known, Failure> {
    let mut known = Known::default();
    let heads = old.map_or(Ok(Vec::new()), |old| old.heads(shelf))?;
    for pieces in heads.iter().flat_map(Head::editions) {
        if let Some(directory) = directory(shelf, &pieces.directory)? {
            known.add(&directory);
        }
    }
    Ok(known)
}

fn write(shelf: &Shelf, old: Option<&Old>, built: &Built, force: bool) -> Result<(), Failure> {
    if old.is_some_and(|old| old.is_as(built)) && !force {
        return Ok(());
    }
    let is_current = old.is_some_and(|old| old.index.version == built.index.version);
    let there = old.map_or(Ok(HashSet::new()), |old| old.names(shelf))?;
    let mut parts: Vec<(&str, &[u8])> = built
        .parts
        .iter()
        .filter(|(name, _)| built.names.contains(*name) && (force || !there.contains(*name)))
        .map(|(name, content)| (name.as_str(), content.as_slice()))
        .collect();
    let mut index = built.index.clone();
    let mut gone = HashSet::new();
    match old {
        Some(old) if is_current => index.previous.clone_from(&old.index.previous),
        Some(old) => {
            let name = name_of(&[&old.json]);
            if let Some(before) = old.before(shelf)? {
                gone = before.names(shelf)?;
                gone.extend(old.index.previous.clone());
            }
            index.previous = Some(name);
        }
        None => {}
    }
    // A database tells at once what runs that were ended have left.
    gone.extend(shelf.all()?);
    gone.retain(|gone| !there.contains(gone) && !built.names.contains(gone) && Some(gone) != index.previous.as_ref());
    if let (Some(name), Some(old)) = (&index.previous, old.filter(|_| !is_current)) {
        parts.push((name, &old.json));
    }
    shelf.add(&parts)?;
    shelf.swap(&index.encode().map_err(encoding)?, &gone)?;
    match shelf {
        Shelf::Bucket(bucket, _) if old.is_some() => former::remove(bucket),
        _ => Ok(()),
    }
}

#[allow(clippy::needless_pass_by_value)] // for map_err
fn encoding(error: serde_json::Error) -> Failure {
    StoreError::local(format!("the catalogue cannot be written: {error}")).into()
}
