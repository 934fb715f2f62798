//! What a guest does, as the requests of the page. A test of the page in a browser and the contract's tests hold it.

use crate::request::{Calls, Catalogue, Instance, Request};

/// The most bytes of the head of a response, asserted by the contract. Fastly charges for them too.
pub const HEADER_BYTES: u64 = 1_400;

/// What a guest does.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Event {
    /// The gallery is opened in a browser that has nothing of it: login, grid, the first screen of pictures.
    FirstVisit,
    /// The gallery is opened again in that browser, with nothing new in it.
    ReturnVisit,
    /// A photo is opened from the grid. Its neighbours are fetched too.
    Photo,
    /// A film is begun, once its URLs are not at hand. Its segments come from the store.
    Film,
}

/// So many requests of a kind.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Step {
    pub request: Request,
    pub count: u64,
}

const fn step(request: Request, count: u64) -> Step {
    Step { request, count }
}

/// The thumbnails that a phone of 390 x 844 pixels shows and fetches ahead.
pub(crate) const THUMBNAILS: u64 = 26;

impl Event {
    pub const ALL: [Self; 4] = [Self::FirstVisit, Self::ReturnVisit, Self::Photo, Self::Film];

    pub const fn name(self) -> &'static str {
        match self {
            Self::FirstVisit => "first visit",
            Self::ReturnVisit => "return",
            Self::Photo => "photo",
            Self::Film => "film",
        }
    }

    /// The most requests that the page makes of the gallery.
    pub const fn steps(self) -> &'static [Step] {
        match self {
            Self::FirstVisit => {
                const {
                    &[
                        // Script, styles, lightbox, two icons and the service worker. It asks for the page once more.
                        step(Request::Page, 2),
                        step(Request::Asset, 6),
                        step(Request::Stranger, 1),
                        step(Request::Login, 1),
                        step(Request::Session, 1),
                        // The manifest costs what a timeline costs.
                        step(Request::Timeline, 2),
                        step(Request::Block, 1),
                        step(Request::Thumbnail, THUMBNAILS),
                    ]
                }
            }
            // The browser asks whether the service worker is still the same.
            Self::ReturnVisit => {
                const { &[step(Request::Page, 1), step(Request::Asset, 1), step(Request::TimelineUnchanged, 1)] }
            }
            Self::Photo => const { &[step(Request::Thumbnail, 4)] },
            Self::Film => {
                // The master, two rungs, the sound and the list of seek previews. Then a sheet of these and the
                // chapters, which cost what a playlist costs that the cache has.
                const { &[step(Request::Asset, 1), step(Request::PlaylistCold, 5), step(Request::PlaylistWarm, 2)] }
            }
        }
    }

    /// The most bytes of the bodies, asserted in Chromium with the demo library, on a phone's screen of 390 x 844 with
    /// two pixels for each.
    pub const fn body_bytes(self) -> u64 {
        match self {
            Self::FirstVisit => 720_000,
            Self::ReturnVisit => 0,
            Self::Photo => 452_000,
            Self::Film => 135_000,
        }
    }

    pub fn requests(self) -> u64 {
        self.steps().iter().map(|step| step.count).sum()
    }

    /// The most calls of the event. For an instance that is known, a playlist is in the cache.
    pub fn calls(self, catalogue: Catalogue, instance: Instance) -> Calls {
        let of = |step: &Step| {
            let request = match instance {
                Instance::Known => step.request.repeated(),
                Instance::New => step.request,
            };
            request.at_most(catalogue, instance) * step.count
        };
        self.steps().iter().map(of).fold(Calls::NONE, std::ops::Add::add)
    }
}
