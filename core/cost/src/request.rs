//! What one request costs at most, in calls to stores. The contract's tests assert these numbers on every host.

use std::ops::{Add, Mul};

/// Calls, as `Server-Timing` counts them.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub struct Calls {
    pub kv_reads: u64,
    pub kv_writes: u64,
    /// Reads of objects in the bucket.
    pub store_calls: u64,
    /// Queries of the catalogue.
    pub sql_queries: u64,
}

impl Calls {
    pub const NONE: Self = Self::new(0, 0, 0, 0);

    pub const fn new(kv_reads: u64, kv_writes: u64, store_calls: u64, sql_queries: u64) -> Self {
        Self { kv_reads, kv_writes, store_calls, sql_queries }
    }

    /// The calls by the names that `Server-Timing` has for them.
    pub const fn named(self) -> [(&'static str, u64); 4] {
        let Self { kv_reads, kv_writes, store_calls, sql_queries } = self;
        [("kv-reads", kv_reads), ("kv-writes", kv_writes), ("store-calls", store_calls), ("sql-queries", sql_queries)]
    }
}

impl Add for Calls {
    type Output = Self;

    fn add(self, other: Self) -> Self {
        Self {
            kv_reads: self.kv_reads + other.kv_reads,
            kv_writes: self.kv_writes + other.kv_writes,
            store_calls: self.store_calls + other.store_calls,
            sql_queries: self.sql_queries + other.sql_queries,
        }
    }
}

impl Mul<u64> for Calls {
    type Output = Self;

    fn mul(self, times: u64) -> Self {
        Self {
            kv_reads: self.kv_reads * times,
            kv_writes: self.kv_writes * times,
            store_calls: self.store_calls * times,
            sql_queries: self.sql_queries * times,
        }
    }
}

/// Where the catalogue is read from.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Catalogue {
    /// SQL, of the host or of a libSQL server.
    Sql,
    /// The snapshot in the bucket. A query is then at most two reads of objects: the index, and a part.
    Snapshot,
}

/// What the instance that gets a request already knows.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Instance {
    /// It has looked within ten seconds who may enter, and has the parts of a snapshot in its memory.
    Known,
    /// It knows nothing. Where each request has an instance of its own, every request meets such a one.
    New,
}

/// What an instance reads to find out who may enter: the auth version, whether the session was logged out, and the
/// index of the catalogue.
pub const LOOK: Calls = Calls::new(2, 0, 0, 1);

/// A kind of request.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Request {
    /// The page itself, or a 304 for it.
    Page,
    /// A script, a style or a picture of the page.
    Asset,
    /// Anything without a session: a 401.
    Stranger,
    /// A login with the right password.
    Login,
    /// Whether the session holds.
    Session,
    Timeline,
    /// A timeline that has not changed: a 304.
    TimelineUnchanged,
    Block,
    /// A thumbnail, or the picture for the screen.
    Thumbnail,
    /// A thumbnail by its versioned URL that the browser has: a 304.
    ThumbnailUnchanged,
    /// An original or a part of it.
    Original,
    /// An item that does not exist: a 404.
    Absent,
    CacheVersion,
    /// A playlist that the cache has.
    PlaylistWarm,
    /// A playlist that is made for this request, and kept.
    PlaylistCold,
    /// A playlist that is made for this request, and not kept.
    PlaylistPassing,
}

impl Request {
    /// What the request costs, once it is known who may enter. A query counts as one, wherever the catalogue is.
    pub const fn calls(self) -> Calls {
        match self {
            Self::Page | Self::Asset | Self::Stranger | Self::Session => Calls::NONE,
            Self::PlaylistWarm => Calls::new(1, 0, 0, 0),
            Self::TimelineUnchanged | Self::ThumbnailUnchanged | Self::Absent => Calls::new(0, 0, 0, 1),
            Self::Timeline | Self::Block => Calls::new(0, 0, 0, 2),
            Self::Thumbnail | Self::Original => Calls::new(0, 0, 1, 1),
            Self::CacheVersion | Self::Login => Calls::new(1, 0, 0, 1),
            Self::PlaylistCold => Calls::new(1, 1, 1, 1),
            Self::PlaylistPassing => Calls::new(1, 0, 1, 1),
        }
    }

    /// A request that costs what this one costs when it comes again to the same instance: a playlist is then in the
    /// cache, and the parts of the catalogue are in the instance's memory.
    #[must_use]
    pub const fn repeated(self) -> Self {
        match self {
            Self::PlaylistCold => Self::PlaylistWarm,
            Self::Timeline | Self::Block => Self::TimelineUnchanged,
            other => other,
        }
    }

    /// Whether the request needs somebody who may enter.
    pub const fn is_private(self) -> bool {
        !matches!(self, Self::Page | Self::Asset | Self::Stranger)
    }

    /// The most that the request costs. Queries are those of a database: with a snapshot there are none, and more reads
    /// of the bucket instead.
    pub fn at_most(self, catalogue: Catalogue, instance: Instance) -> Calls {
        match (self, catalogue, instance) {
            // A login reads the index past all caches, so that it counts at once.
            (Self::Login, Catalogue::Snapshot, Instance::Known) => {
                Calls { store_calls: 1, sql_queries: 0, ..self.calls() }
            }
            _ if self.is_private() => self.calls().at_most(catalogue, instance),
            _ => self.calls(),
        }
    }
}

impl Calls {
    /// The most that a request of somebody who may enter costs, if these calls are what it takes once that is known.
    #[must_use]
    pub fn at_most(self, catalogue: Catalogue, instance: Instance) -> Self {
        let looks = match instance {
            Instance::Known => Self::NONE,
            Instance::New => LOOK,
        };
        match (catalogue, instance) {
            (Catalogue::Sql, _) => self + looks,
            (Catalogue::Snapshot, Instance::Known) => Self { sql_queries: 0, ..self },
            (Catalogue::Snapshot, Instance::New) => {
                // A query reads the index, and who may enter is in it.
                let index = if self.sql_queries == 0 { looks.sql_queries } else { 0 };
                Self {
                    kv_reads: self.kv_reads + looks.kv_reads,
                    store_calls: self.store_calls + index + 2 * self.sql_queries,
                    sql_queries: 0,
                    ..self
                }
            }
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_thumbnail_by_hand() {
        let of = |catalogue, instance| Request::Thumbnail.at_most(catalogue, instance);
        assert_eq!(of(Catalogue::Sql, Instance::Known), Calls::new(0, 0, 1, 1));
        assert_eq!(of(Catalogue::Sql, Instance::New), Calls::new(2, 0, 1, 2));
        assert_eq!(of(Catalogue::Snapshot, Instance::Known), Calls::new(0, 0, 1, 0));
        assert_eq!(of(Catalogue::Snapshot, Instance::New), Calls::new(2, 0, 3, 0));
    }

    #[test]
    fn a_warm_playlist_reads_the_index_only_to_see_who_may_enter() {
        let of = |instance| Request::PlaylistWarm.at_most(Catalogue::Snapshot, instance);
        assert_eq!(of(Instance::Known), Calls::new(1, 0, 0, 0));
        assert_eq!(of(Instance::New), Calls::new(3, 0, 1, 0));
    }

    #[test]
    fn what_strangers_may_ask_for_costs_nothing_anywhere() {
        for request in [Request::Page, Request::Asset, Request::Stranger] {
            assert_eq!(request.at_most(Catalogue::Snapshot, Instance::New), Calls::NONE);
        }
    }
}
