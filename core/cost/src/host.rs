//! How each host turns calls into what is paid for.

use crate::{
    crowd::Crowd,
    line::{Line, Range},
    original,
    price::Unit,
    request::{Calls, Catalogue, Instance},
    visit::{Event, HEADER_BYTES},
};

/// Where the gallery runs, and what it is compared with.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Host {
    /// Fastly Compute, with the snapshot in the bucket.
    Fastly,
    /// Spin on a server of your own, with its SQLite and its KV.
    Spin,
    /// Another WASI host on a server of your own: KV and the snapshot are in the bucket.
    Wasi,
    /// The native program on a server of your own.
    Native,
    /// The gallery that this one replaces, on Cloudflare Workers.
    Workers,
    /// Only the films, on Cloudflare Stream.
    Stream,
}

impl Host {
    pub const OURS: [Self; 4] = [Self::Fastly, Self::Spin, Self::Wasi, Self::Native];
    pub const ALL: [Self; 6] = [Self::Fastly, Self::Spin, Self::Wasi, Self::Native, Self::Workers, Self::Stream];

    pub const fn name(self) -> &'static str {
        match self {
            Self::Fastly => "fastly",
            Self::Spin => "spin",
            Self::Wasi => "wasi",
            Self::Native => "native",
            Self::Workers => "workers",
            Self::Stream => "stream",
        }
    }

    /// What is paid besides, or is not in the sum.
    pub const fn besides(self) -> &'static str {
        match self {
            Self::Fastly => "not in the sum: KV and CPU time, whose prices are unknown, and storage in R2",
            Self::Spin | Self::Wasi | Self::Native => "not in the sum: the server, and storage in R2",
            Self::Workers => "not in the sum: the plan (5.00 a month, from its own page), CPU time, storage in R2",
            Self::Stream => "only the films; not in the sum: minutes stored",
        }
    }

    const fn catalogue(self) -> Catalogue {
        match self {
            Self::Spin | Self::Native => Catalogue::Sql,
            _ => Catalogue::Snapshot,
        }
    }

    /// What the event costs for one guest, at least and at most.
    pub(crate) fn lines(self, event: Event, crowd: &Crowd) -> Vec<Line> {
        match self {
            Self::Workers => original::lines(event, crowd),
            Self::Stream => match event {
                Event::Film => vec![Line::new(Unit::StreamMinute, Range::exactly(crowd.film_minutes))],
                _ => Vec::new(),
            },
            _ => self.ours(event, crowd),
        }
    }

    fn ours(self, event: Event, crowd: &Crowd) -> Vec<Line> {
        let of = |instance| event.calls(self.catalogue(), instance);
        let (least, most) = (of(Instance::Known), of(Instance::New));
        let range = |count: fn(Calls) -> u64| Range { least: count(least), most: count(most) };
        // A film's segments come from the store, by presigned URLs: those of its pictures, and those of its sound.
        let segments = if event == Event::Film { 2 * crowd.segments() } else { 0 };
        let bytes = crowd.body_bytes(event) + event.requests() * HEADER_BYTES;
        let reads = range(|calls| calls.store_calls).plus(segments);
        let films = if event == Event::Film { crowd.film_bytes() } else { 0 };
        let server = Line::new(Unit::ServerByte, Range::exactly(bytes));
        let from_store = Line::new(Unit::StoreByte, Range::exactly(films));
        match self {
            Self::Fastly => vec![
                Line::new(Unit::FastlyRequest, Range::exactly(event.requests())),
                Line::new(Unit::FastlyByte, Range::exactly(bytes)),
                Line::new(Unit::FastlyKvRead, range(|calls| calls.kv_reads)),
                Line::new(Unit::FastlyKvWrite, range(|calls| calls.kv_writes)),
                Line::new(Unit::StoreRead, reads),
                from_store,
            ],
            Self::Wasi => vec![
                server,
                Line::new(Unit::StoreRead, reads.and(range(|calls| calls.kv_reads))),
                Line::new(Unit::StoreWrite, range(|calls| calls.kv_writes)),
                from_store,
            ],
            _ => vec![server, Line::new(Unit::StoreRead, reads), from_store],
        }
    }
}
