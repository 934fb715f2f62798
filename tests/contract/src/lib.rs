//! The HTTP contract of both services, as cases that run against any base URL.
//!
//! A case is a function from a [`Target`] to an outcome that says what is wrong. A case knows nothing of the host
//! behind the URL. It needs no other case to have run, and changes nothing that another case looks at. In the tests,
//! the library behind the target is the one that `harness` ingests: [`harness::PHOTOS`] and [`demo::short_film`]. Each
//! case says what it [needs](Need) of the gallery, so that the others can run on any.

#[macro_use]
mod ensure;

mod client;
mod clips;
mod codings;
mod conditions;
mod cors;
mod costs;
mod crowd;
mod deliveries;
pub mod deployment;
mod downloads;
mod ends;
mod entry;
mod experiments;
mod files;
mod headers;
mod held;
mod isolation;
mod library;
mod links;
mod listing;
mod matrix;
mod methods;
mod moved;
mod needs;
mod openapi;
mod packages;
mod packs;
mod page;
mod playback;
mod playlists;
mod problems;
mod ranges;
mod reports;
mod rfc9111;
mod routes;
mod segments;
mod served;
mod session;
mod shared_cache;
mod suites;
pub mod table;
mod tables;
mod target;
mod thumbnails;
mod versions;
mod views;
mod visits;

pub use client::{Answer, Call};
pub use deliveries::deliveries;
pub use ends::{die, kinds};
pub use ensure::Outcome;
pub use library::{Item, file_bytes, item};
pub use needs::Need;
pub use openapi::is_a_described_login;
pub use served::{Served, check};
pub use suites::complete;
pub use target::Target;

/// One behaviour, named as in `ranges::suffix`.
#[derive(Clone, Copy)]
pub struct Case {
    pub name: &'static str,
    /// What the gallery must have, so that the case can say something. No case stands here with less than it needs,
    /// and none with more: `tests/anywhere.rs` runs all on galleries that lack one or the other.
    pub needs: &'static [Need],
    /// Runs the case. An error says what a reader of the test's output needs to know.
    pub run: fn(&Target) -> Outcome,
}

impl Case {
    /// Whether it concerns video-edge.
    pub fn is_about_films(&self) -> bool {
        const GROUPS: [&str; 5] = ["playlists::", "segments::", "methods::", "problems::", "costs::"];
        GROUPS.iter().any(|group| self.name.starts_with(group))
    }

    /// Runs the case on a target, and prints what it measured under the name of the host.
    #[allow(clippy::print_stdout, reason = "the figures")]
    pub fn on(&self, host: &str, target: &Target) -> Outcome {
        let outcome = (self.run)(target);
        for figure in target.figures() {
            println!("{host}: {figure}");
        }
        outcome
    }
}

/// Every case of the contract.
pub fn cases() -> Vec<Case> {
    [
        session::CASES,
        links::CASES,
        ends::CASES,
        matrix::CASES,
        listing::CASES,
        views::CASES,
        codings::CASES,
        files::CASES,
        conditions::CASES,
        ranges::CASES,
        thumbnails::CASES,
        clips::CASES,
        downloads::CASES,
        versions::CASES,
        playlists::CASES,
        playback::CASES,
        segments::CASES,
        packages::CASES,
        reports::CASES,
        methods::CASES,
        moved::CASES,
        problems::CASES,
        headers::CASES,
        cors::CASES,
        isolation::CASES,
        shared_cache::CASES,
        page::CASES,
        costs::CASES,
        visits::CASES,
        crowd::CASES,
        openapi::CASES,
    ]
    .concat()
}
