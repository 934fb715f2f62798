//! The catalogue, read from SQL or from a snapshot in the bucket. Only items in the catalogue are listed and served.

mod parts;
mod snapshot;
mod sql;

use std::rc::Rc;

use gallery::{
    MediaKey,
    cursor::Cursor,
    media::{Film, Media, MediaType},
};
use platform::{
    Cx, Error, Platform,
    config::{ConfigError, Lookup, names::CATALOGUE},
};
use platform_s3::Objects;

use crate::digest;
use snapshot::Snapshots;

pub use sql::{SELECT, media};

/// The source of the catalogue.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Source {
    /// The host's database, see [`Platform::sql`].
    Sql,
    /// The objects under `catalogue/` that ingest writes, see [`gallery::snapshot`].
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

/// The version in the URLs of an item: that of its row, or a text that changes with a row of 0.1.0. Sixteen
/// hexadecimal digits.
pub fn url_version(version: Option<&str>, updated_at: &str) -> String {
    version.map_or_else(|| digest(&[updated_at]), str::to_owned)
}

/// The number of items, and when one of them last changed. `changed` is empty if there are no items.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct State {
    pub count: u64,
    pub changed: String,
}

/// The catalogue, as a service queries it. An instance has one `Catalogue`. With snapshots, it keeps the parts that
/// do not change.
///
/// Both sources give the same answers. A snapshot lags behind its pointer by 10 seconds.
pub struct Catalogue(Inner);

enum Inner {
    Sql,
    Snapshot(Box<Snapshots>),
}

impl Catalogue {
    /// `objects` are those of the bucket that holds the snapshot.
    pub fn new(source: Source, objects: &Rc<Objects>) -> Self {
        Self(match source {
            Source::Sql => Inner::Sql,
            Source::Snapshot => Inner::Snapshot(Box::new(Snapshots::new(Rc::clone(objects)))),
        })
    }

    /// The item with this key, if it is in the catalogue.
    pub async fn item<P: Platform>(&self, cx: &Cx<'_, P>, key: &MediaKey) -> Result<Option<Media>, Error> {
        match &self.0 {
            Inner::Sql => sql::item(cx, key).await,
            Inner::Snapshot(snapshots) => snapshots.item(cx, key).await,
        }
    }

    /// The film with this key, if it is in the catalogue.
    pub async fn film<P: Platform>(&self, cx: &Cx<'_, P>, key: &MediaKey) -> Result<Option<Film>, Error> {
        match &self.0 {
            Inner::Sql => sql::film(cx, key).await,
            Inner::Snapshot(snapshots) => snapshots.film(cx, key).await,
        }
    }

    /// At most `limit` items of a listing after the place `after`, newest first.
    pub async fn page<P: Platform>(
        &self,
        cx: &Cx<'_, P>,
        filter: Option<MediaType>,
        after: Option<&Cursor>,
        limit: usize,
    ) -> Result<Vec<Media>, Error> {
        match &self.0 {
            Inner::Sql => sql::page(cx, filter, after, limit).await,
            Inner::Snapshot(snapshots) => snapshots.page(cx, filter, after, limit).await,
        }
    }

    pub async fn state<P: Platform>(&self, cx: &Cx<'_, P>) -> Result<State, Error> {
        match &self.0 {
            Inner::Sql => sql::state(cx).await,
            Inner::Snapshot(snapshots) => snapshots.state(cx).await,
        }
    }
}

#[cfg(test)]
mod tests;
