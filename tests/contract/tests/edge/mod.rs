//! The contract on one arrangement of an edge host.

use std::{
    any::Any,
    sync::{Arc, OnceLock},
};

use contract::{Case, Target, cases};
use harness::{EdgeGallery, Failure};
use libtest_mimic::Trial;

/// A short pass of the contract: login, listing, HEAD, a range, a 304, thumbnails, a film.
const PASS: [&str; 12] = [
    "page::is_served_to_anyone",
    "session::json_login",
    "listing::holds_the_library",
    "listing::etag_and_304",
    "files::identical_bytes",
    "files::head",
    "ranges::one",
    "conditions::if_none_match",
    "thumbnails::four_sizes_of_real_webp",
    "playlists::master",
    "playlists::variant",
    "segments::fetched_without_a_cookie",
];

/// An arrangement that is started by the first case that needs it.
pub struct Edge(Box<dyn Fn() -> Result<Running, Failure> + Send + Sync>, OnceLock<Result<Running, String>>);

pub struct Running {
    target: Target,
    /// The target at a viewer-edge that forwards films, so that one address serves all.
    routed: Option<Target>,
    /// The gallery ends when it is dropped.
    _gallery: Box<dyn Any + Send + Sync>,
}

impl Running {
    /// With `snapshot`, the catalogue is read from the bucket.
    pub fn new<S: Send + Sync + 'static>(gallery: EdgeGallery<S>, snapshot: bool) -> Self {
        let native = &gallery.native;
        let target = |url, video_url| {
            let target = Target::new(url, video_url, &native.store_url, &native.password);
            target.with_links(&native.links, native.operator())
        };
        let target_here = target(&gallery.url, &gallery.video_url);
        let routed = gallery.routed_url.as_ref().map(|url| target(url, url));
        let target = if snapshot { target_here.with_snapshot() } else { target_here };
        Self { target, routed, _gallery: Box::new(gallery) }
    }
}

impl Running {
    /// Each service has a KV store of its own.
    #[allow(dead_code, reason = "only local servers of Fastly have")]
    pub fn with_two_kv_stores(mut self) -> Self {
        self.target = self.target.with_two_kv_stores();
        self.routed = self.routed.map(Target::with_two_kv_stores);
        self
    }
}

impl Edge {
    /// The trials hold clones. When the last clone is dropped, the processes end.
    pub fn new(start: impl Fn() -> Result<Running, Failure> + Send + Sync + 'static) -> Arc<Self> {
        Arc::new(Self(Box::new(start), OnceLock::new()))
    }

    fn running(&self) -> Result<&Running, String> {
        let Self(start, running) = self;
        running.get_or_init(|| start().map_err(|failure| failure.to_string())).as_ref().map_err(Clone::clone)
    }
}

/// Every case of the contract.
pub fn whole(name: &str, edge: &Arc<Edge>) -> Vec<Trial> {
    those(name, edge, |_| true)
}

/// A short pass of the contract.
#[allow(dead_code, reason = "only the Fastly CLI is asked for no more")]
pub fn pass(name: &str, edge: &Arc<Edge>) -> Vec<Trial> {
    those(name, edge, is_in_pass)
}

/// A short pass, and all cases about films: for a program that holds both services of an adapter, of which another
/// arrangement runs the whole contract.
#[allow(dead_code, reason = "Fastly's program with both services runs the whole contract")]
pub fn both(name: &str, edge: &Arc<Edge>) -> Vec<Trial> {
    those(name, edge, |case| is_in_pass(case) || case.is_about_films())
}

fn is_in_pass(case: &Case) -> bool {
    let is_known = |wanted: &&str| cases().iter().any(|case| case.name == *wanted);
    assert!(PASS.iter().all(is_known), "the contract has not every case of {PASS:?}");
    PASS.contains(&case.name)
}

fn those(name: &str, edge: &Arc<Edge>, are_wanted: impl Fn(&Case) -> bool) -> Vec<Trial> {
    let trials = cases().into_iter().filter(are_wanted).map(|case| {
        let (edge, host) = (Arc::clone(edge), name.to_owned());
        Trial::test(format!("{name}::{}", case.name), move || Ok(case.on(&host, &edge.running()?.target)?))
    });
    trials.collect()
}

/// The cases about films, against a viewer-edge that forwards them to video-edge.
pub fn routed(name: &str, edge: &Arc<Edge>) -> Vec<Trial> {
    let films = cases().into_iter().filter(Case::is_about_films);
    let trials = films.map(|case| {
        let (edge, host) = (Arc::clone(edge), name.to_owned());
        Trial::test(format!("{name}::{}", case.name), move || {
            Ok(case.on(&host, edge.running()?.routed.as_ref().ok_or("no viewer forwards films")?)?)
        })
    });
    trials.collect()
}
