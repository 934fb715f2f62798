//! The gallery on Cloudflare Workers that this one replaces (shirhatti/wedding-gallery at ed2d018), as its source
//! reads. Nothing of this was measured. It has as many thumbnails as this gallery's page here, and is deployed as its
//! source says: thumbnails through the Worker, segments signed.

use crate::{
    crowd::Crowd,
    line::{Line, Range},
    price::Unit,
    visit::{Event, THUMBNAILS},
};

/// What a request of the original costs.
#[derive(Clone, Copy, Default)]
struct Cost {
    requests: u64,
    kv_reads: Range,
    kv_writes: Range,
    store_reads: u64,
    rows: Range,
}

/// `/api/media`: a read of KV for the session, and every row, since there are no pages.
const fn listing(items: u64) -> Cost {
    Cost {
        requests: 1,
        kv_reads: Range::exactly(1),
        kv_writes: Range::exactly(0),
        store_reads: 0,
        rows: Range::exactly(items),
    }
}

/// `/api/thumbnail`: a read of KV for the session, HEAD, and then GET.
const THUMBNAIL: Cost = Cost {
    requests: 1,
    kv_reads: Range::exactly(1),
    kv_writes: Range::exactly(0),
    store_reads: 2,
    rows: Range::exactly(0),
};

/// The listing that refuses, and the login. Both end before KV.
const ENTRY: Cost = Cost {
    requests: 2,
    kv_reads: Range::exactly(0),
    kv_writes: Range::exactly(0),
    store_reads: 0,
    rows: Range::exactly(0),
};

/// The token for the player, the master, and the playlist of one quality. Each segment is a read of KV, and where
/// nobody has seen the film in this window of four hours, a write too.
const fn film(segments: u64) -> Cost {
    Cost {
        requests: 3,
        // Two for the session, one for the master (two when it is not kept), one for the playlist.
        kv_reads: Range { least: 4 + segments, most: 5 + segments },
        kv_writes: Range { least: 0, most: 2 + segments },
        store_reads: 1 + segments,
        rows: Range { least: 0, most: 1 },
    }
}

pub fn lines(event: Event, crowd: &Crowd) -> Vec<Line> {
    let costs: &[(Cost, u64)] = &match event {
        Event::FirstVisit => [(ENTRY, 1), (listing(crowd.items), 1), (THUMBNAIL, THUMBNAILS)],
        Event::ReturnVisit => [(listing(crowd.items), 1), (ENTRY, 0), (THUMBNAIL, 0)],
        // On a phone the large thumbnail; elsewhere the original, through the Worker.
        Event::Photo => [(THUMBNAIL, 1), (ENTRY, 0), (THUMBNAIL, 0)],
        Event::Film => [(film(crowd.segments()), 1), (ENTRY, 0), (THUMBNAIL, 0)],
    };
    let sum = |of: fn(&Cost) -> Range| {
        costs.iter().fold(Range::default(), |sum, (cost, times)| sum.and(of(cost).times(*times)))
    };
    vec![
        Line::new(Unit::WorkersRequest, sum(|cost| Range::exactly(cost.requests))),
        Line::new(Unit::WorkersKvRead, sum(|cost| cost.kv_reads)),
        Line::new(Unit::WorkersKvWrite, sum(|cost| cost.kv_writes)),
        Line::new(Unit::StoreRead, sum(|cost| Range::exactly(cost.store_reads))),
        Line::new(Unit::D1Row, sum(|cost| cost.rows)),
        Line::new(Unit::WorkersByte, Range::exactly(crowd.body_bytes(event))),
        Line::new(Unit::StoreByte, Range::exactly(if event == Event::Film { crowd.film_bytes() } else { 0 })),
    ]
}
