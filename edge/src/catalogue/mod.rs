//! The catalogue, as services read it: one item by its key, and views, which are lists of items.
//!
//! Ingest renders [views](gallery::views) when the library changes. They lie in the database or in the bucket, and are
//! read in the same way. Only items in the catalogue are listed and served.

mod index;
mod packs;
mod pages;
mod parts;
mod piece;
mod rows;
mod shelf;
mod sql;

use std::{cell::RefCell, rc::Rc};

use gallery::{
    MediaKey,
    media::{Film, Media},
    views::{Directory, Edition, Head, Index, Part, Unreadable, View, name_of, shards},
};
use platform::{
    Cx, Error, Kind, Platform,
    config::{ConfigError, Lookup, names::CATALOGUE},
};
use platform_s3::Objects;

use index::CurrentIndex;
use parts::PartCache;
use shelf::Shelf;

pub use gallery::media::url_version;
pub(crate) use index::NO_INDEX;
pub use pages::Versioned;
pub use sql::{SELECT, media};

/// The source of the catalogue.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Source {
    /// The host's database, see [`Platform::sql`].
    Sql,
    /// The objects under `catalogue/` that ingest writes, see [`gallery::views`].
    Snapshot,
}

impl Source {
    /// Reads `CATALOGUE`, which is `sql` or `snapshot`. The default is `sql`.
    pub fn load(lookup: &Lookup<'_>) -> Result<Self, ConfigError> {
        match lookup.optional(CATALOGUE).as_deref() {
            None | Some("sql") => Ok(Self::Sql),
            Some("snapshot") => Ok(Self::Snapshot),
            Some(_) => Err(ConfigError::new(CATALOGUE, "must be sql or snapshot")),
        }
    }
}

/// Who may enter, as the index says it.
pub struct Access {
    pub epoch: u32,
    /// The signed text of the links.
    pub sealed: bytes::Bytes,
    /// When the index was read, in seconds since 1970.
    pub read_at: u64,
}

/// How often a request reads the index again because a part is gone.
const REFRESHES: usize = 2;
/// How many directories an instance keeps: those of some views in both editions.
const MOST_DIRECTORIES: usize = 8;
/// The largest directory, as text in bytes: that of ten million items.
const MAX_DIRECTORY: usize = 16 << 20;

/// The catalogue, as a service queries it. An instance has one `Catalogue`, which keeps the parts that do not change.
///
/// Both sources give the same answers. What comes from the bucket lags behind by 10 seconds.
pub struct Catalogue {
    shelf: Shelf,
    index: CurrentIndex,
    parts: PartCache,
    /// By the names of their parts, the last used at the end.
    directories: RefCell<Vec<(String, Rc<Directory>)>>,
}

/// An answer that may lack a part, because the index that named the part was replaced twice in the meantime.
type Found<T> = Result<Option<T>, Error>;

impl Catalogue {
    /// `objects` are those of the bucket that holds the catalogue, if that is the source.
    pub fn new(source: Source, objects: &Rc<Objects>) -> Self {
        let shelf = match source {
            Source::Sql => Shelf::Sql,
            Source::Snapshot => Shelf::Bucket(Rc::clone(objects)),
        };
        Self { shelf, index: CurrentIndex::default(), parts: PartCache::default(), directories: RefCell::default() }
    }

    /// Where it lies, in the words of `/readyz`.
    pub(crate) const fn source_name(&self) -> &'static str {
        if matches!(self.shelf, Shelf::Sql) { "database" } else { "index" }
    }

    /// Whether an index that was read may be one that this instance or the host has kept for some seconds.
    pub(crate) const fn may_be_kept(&self) -> bool {
        !matches!(self.shelf, Shelf::Sql)
    }

    /// Reads the index past every cache.
    pub(crate) async fn probe<P: Platform>(&self, cx: &Cx<'_, P>) -> Result<(), Error> {
        self.index.refresh(cx, &self.shelf).await.map(drop)
    }

    /// The item with this key, if it is in the catalogue.
    pub async fn item<P: Platform>(&self, cx: &Cx<'_, P>, key: &MediaKey) -> Result<Option<Media>, Error> {
        match self.shelf {
            Shelf::Sql => sql::item(cx, key).await,
            // Boxed, so that the future of a request is small where the item comes from a row.
            Shelf::Bucket(_) => Box::pin(self.in_shard(cx, key, shards::item)).await,
        }
    }

    /// The film with this key, if it is in the catalogue.
    pub async fn film<P: Platform>(&self, cx: &Cx<'_, P>, key: &MediaKey) -> Result<Option<Film>, Error> {
        let Shelf::Bucket(_) = self.shelf else { return sql::film(cx, key).await };
        let index = self.index(cx).await?;
        if let Some(films) = index.films() {
            let films = if films.is_empty() { films } else { inflated(&films, MAX_DIRECTORY)? };
            return shards::film(&films, key.as_str()).map_err(unreadable);
        }
        Box::pin(self.in_shard(cx, key, shards::film)).await
    }

    async fn in_shard<P: Platform, T>(
        &self,
        cx: &Cx<'_, P>,
        key: &MediaKey,
        read: impl Fn(&[u8], &str) -> Result<Option<T>, Unreadable>,
    ) -> Result<Option<T>, Error> {
        self.current(cx, async |index: &Index| {
            let Some((part, range)) = index.shard(key.as_str()).map_err(unreadable)? else { return Ok(Some(None)) };
            let is_sound = |shard: &[u8]| inflated(shard, shards::MAX_BYTES).is_ok();
            let shard = self.parts.read_one(cx, &self.shelf, part, range, &is_sound).await?;
            let Some(shard) = shard else { return Ok(None) };
            read(&inflated(&shard, shards::MAX_BYTES)?, key.as_str()).map(Some).map_err(unreadable)
        })
        .await
    }

    /// The epoch and the links. With `past_caches`, as they are now.
    pub async fn access<P: Platform>(&self, cx: &Cx<'_, P>, past_caches: bool) -> Result<Access, Error> {
        if past_caches {
            self.index.refresh(cx, &self.shelf).await?;
        }
        let (epoch, sealed) = self
            .current(cx, async |index: &Index| {
                let Some(part) = index.links() else { return Ok(Some((index.epoch, bytes::Bytes::new()))) };
                Ok(self.whole(cx, &part).await?.map(|links| (index.epoch, links)))
            })
            .await?;
        Ok(Access { epoch, sealed, read_at: self.index.answered() })
    }

    /// The index of the catalogue.
    pub async fn index<P: Platform>(&self, cx: &Cx<'_, P>) -> Result<Rc<Index>, Error> {
        self.index.get(cx, &self.shelf).await
    }

    /// What `read` finds by the current index. If a part is gone, what it finds by the next one.
    async fn current<P: Platform, T>(
        &self,
        cx: &Cx<'_, P>,
        read: impl AsyncFn(&Index) -> Found<T>,
    ) -> Result<T, Error> {
        let index = self.index(cx).await?;
        if let Some(found) = read(&index).await? {
            return Ok(found);
        }
        // While the library changes again and again, the next index may be outdated too.
        for _ in 0..REFRESHES {
            let index = self.index.refresh(cx, &self.shelf).await?;
            if let Some(found) = read(&index).await? {
                return Ok(found);
            }
        }
        Err(missing())
    }

    /// The head of a view. The inner `None` is for a view that there is not.
    async fn head<P: Platform>(&self, cx: &Cx<'_, P>, index: &Index, view: &View) -> Found<Option<Head>> {
        if let Some(head) = index.head(view).map_err(unreadable)? {
            return Ok(Some(Some(head.clone())));
        }
        let Some(albums) = index.albums().map_err(unreadable)? else { return Ok(Some(None)) };
        let Some(json) = self.whole(cx, albums).await? else { return Ok(None) };
        let heads = Head::parse_all(&json).map_err(unreadable)?;
        Ok(Some(heads.into_iter().find(|head| head.name == view.name())))
    }

    /// A whole part.
    async fn whole<P: Platform>(&self, cx: &Cx<'_, P>, part: &Part) -> Found<bytes::Bytes> {
        if let Some(content) = part.content() {
            return Ok(Some(content.into()));
        }
        // An empty part has no byte to ask for: a store answers 416 to any range of it.
        if part.length == 0 {
            return Ok(Some(bytes::Bytes::new()));
        }
        let is_sound = |content: &[u8]| name_of(&[content]) == part.name;
        self.parts.read_one(cx, &self.shelf, &part.name, 0..u64::from(part.length), &is_sound).await
    }

    /// The blocks of a view.
    async fn directory<P: Platform>(&self, cx: &Cx<'_, P>, head: &Head, edition: Edition) -> Found<Rc<Directory>> {
        let part = &head.edition(edition).directory;
        let known = {
            let mut kept = self.directories.borrow_mut();
            let at = kept.iter().position(|(name, _)| *name == part.name);
            at.map(|at| kept.remove(at)).inspect(|entry| kept.push(entry.clone()))
        };
        if let Some((_, directory)) = known {
            return Ok(Some(directory));
        }
        let Some(gzip) = self.whole(cx, part).await? else { return Ok(None) };
        let directory = Rc::new(Directory::parse(&inflated(&gzip, MAX_DIRECTORY)?).map_err(unreadable)?);
        let mut kept = self.directories.borrow_mut();
        if kept.len() >= MOST_DIRECTORIES {
            kept.remove(0);
        }
        kept.push((part.name.clone(), Rc::clone(&directory)));
        Ok(Some(directory))
    }
}

/// The text of a gzip member, of at most `max` bytes.
fn inflated(gzip: &[u8], max: usize) -> Result<Vec<u8>, Error> {
    deflate::inflate(gzip, max).ok_or_else(|| unreadable(Unreadable))
}

fn missing() -> Error {
    Error::because(Kind::Unavailable, "catalogue.part", "a part of the catalogue is missing")
}

fn unreadable(error: Unreadable) -> Error {
    Error::because(Kind::Invalid, "catalogue.read", error)
}

#[cfg(test)]
mod tests;
