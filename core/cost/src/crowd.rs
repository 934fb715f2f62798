//! Who comes, and what they do.

use crate::visit::Event;

/// The seconds of a segment, as ingest cuts films.
const SEGMENT_SECONDS: u64 = 4;
/// The bytes of a minute of a film in 1080p: 6 Mbit/s, the most that ingest's ladder lets its encoder take for long.
const MINUTE_BYTES: u64 = 6_000_000 / 8 * 60;

/// Who comes, and what they do.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Crowd {
    pub guests: u64,
    /// Visits of one guest. The first is dearer than the others.
    pub visits: u64,
    /// Photos that one guest opens.
    pub photos: u64,
    /// Films that one guest watches.
    pub films: u64,
    pub film_minutes: u64,
    /// Items of the gallery.
    pub items: u64,
    /// Bytes of a first visit, instead of those that were measured with the demo library.
    pub visit_bytes: Option<u64>,
    /// Bytes of a photo that is opened, likewise.
    pub photo_bytes: Option<u64>,
}

impl Crowd {
    /// One guest who does everything once.
    pub const ONE: Self = Self {
        guests: 1,
        visits: 1,
        photos: 1,
        films: 1,
        film_minutes: 5,
        items: 1_000,
        visit_bytes: None,
        photo_bytes: None,
    };

    /// How often an event happens.
    pub const fn times(&self, event: Event) -> u64 {
        match event {
            Event::FirstVisit => self.guests * (if self.visits > 0 { 1 } else { 0 }),
            Event::ReturnVisit => self.guests * self.visits.saturating_sub(1),
            Event::Photo => self.guests * self.photos,
            Event::Film => self.guests * self.films,
        }
    }

    /// The segments of one track of a film, each fetched once.
    pub const fn segments(&self) -> u64 {
        (self.film_minutes * 60).div_ceil(SEGMENT_SECONDS)
    }

    /// The most bytes of a film's segments.
    pub const fn film_bytes(&self) -> u64 {
        self.film_minutes * MINUTE_BYTES
    }

    pub(crate) fn body_bytes(&self, event: Event) -> u64 {
        match event {
            Event::FirstVisit => self.visit_bytes,
            Event::Photo => self.photo_bytes,
            Event::ReturnVisit | Event::Film => None,
        }
        .unwrap_or_else(|| event.body_bytes())
    }
}
