//! Tests that need a server of their own: many clients before an empty cache, and thumbnails, which the POP keeps.

use std::{
    net::SocketAddr,
    sync::{Arc, Barrier, OnceLock},
    thread,
};

use contract::{Answer, Outcome, Target, ensure, ensure_eq};
use harness::{
    Gallery, Local, Options, free_address,
    relay::{Mode, Relay},
};

/// A test's name, and the test.
pub type Named = (&'static str, fn(&Library) -> Outcome);

pub const CASES: [Named; 3] = [
    ("crowd_before_an_empty_cache", crowd_before_an_empty_cache),
    ("thumbnail_is_read_once", thumbnail_is_read_once),
    ("store_cuts_a_thumbnail", store_cuts_a_thumbnail),
];

const BIG: &str = "/api/file/big.png";
const THUMBNAIL: &str = "/api/thumbnail/big.png?size=small";

/// A store with the test library in it, started by the first test that needs it.
#[derive(Clone, Default)]
pub struct Library(Arc<OnceLock<Result<Gallery, String>>>);

/// Both services in a Viceroy of their own, with a relay before the store.
struct Fixture {
    // The fields are dropped in this order: the services first.
    _service: Local,
    relay: Relay,
    target: Target,
}

impl Library {
    pub fn gallery(&self) -> Result<&Gallery, String> {
        let start = || Gallery::start(&Options::default()).map_err(|failure| failure.to_string());
        self.0.get_or_init(start).as_ref().map_err(Clone::clone)
    }

    fn start_fixture(&self) -> Result<Fixture, String> {
        let failed = |failure: harness::Failure| failure.to_string();
        let gallery = self.gallery()?;
        let store = gallery.store_url.trim_start_matches("http://");
        let store: SocketAddr = store.parse().map_err(|_| format!("{store} is no address"))?;
        let relay = Relay::start(store).map_err(|error| format!("the relay: {error}"))?;
        let mut config = gallery.environment().to_vec();
        config.push(("S3_ENDPOINT".to_owned(), relay.url()));
        let address = free_address().map_err(failed)?;
        let service = Local::viceroy("all-in-one-fastly", &config, address).map_err(failed)?;
        let target = Target::new(&service.url, &service.url, relay.url(), &gallery.password);
        target.cookie()?;
        Ok(Fixture { _service: service, relay, target })
    }
}

impl Fixture {
    fn set(&self, mode: Mode) -> Outcome {
        self.relay.set(mode).map_err(|error| format!("the relay: {error}"))
    }

    /// The path of a variant of the film.
    fn variant(&self) -> Result<String, String> {
        let text = self.target.video(&self.target.master()?).expect(200)?;
        let uri = text.text()?.lines().find(|line| !line.starts_with('#')).ok_or("the master has no variant")?;
        Ok(format!("/api/hls/{uri}"))
    }
}

/// The same request from many clients at the same moment.
fn crowd(target: &Target, path: &str, clients: usize) -> Result<Vec<Answer>, String> {
    let together = Barrier::new(clients);
    thread::scope(|scope| {
        let crowd: Vec<_> = (0..clients)
            .map(|_| {
                scope.spawn(|| {
                    together.wait();
                    target.get(path).expect(200)
                })
            })
            .collect();
        crowd.into_iter().map(|client| client.join().map_err(|_| "a client panicked".to_owned())?).collect()
    })
}

/// A hundred requests at once, each in an instance of its own. One of them makes the playlist, and the others get it.
fn crowd_before_an_empty_cache(library: &Library) -> Outcome {
    let fixture = library.start_fixture()?;
    let variant = fixture.variant()?;
    let answers = crowd(&fixture.target, &variant, 100)?;
    let made = answers.iter().filter(|answer| answer.cost_text("cache") == Ok("miss")).count();
    ensure_eq!(made, 1, "instances that made the playlist");
    ensure!(answers.iter().all(|answer| answer.body == answers[0].body), "different playlists");
    Ok(())
}

/// Once a thumbnail has been requested, the POP has it, and the store is not needed.
fn thumbnail_is_read_once(library: &Library) -> Outcome {
    let fixture = library.start_fixture()?;
    // The instance that took the login has read the index past the POP's cache, and uses it. Others fill the cache.
    let answers = crowd(&fixture.target, THUMBNAIL, 8)?;
    let first = answers.first().ok_or("no answer")?;
    fixture.set(Mode::Refuse)?;
    for answer in crowd(&fixture.target, THUMBNAIL, 8)? {
        ensure!(answer.body == first.body, "another thumbnail");
        for name in ["content-type", "content-length", "etag", "last-modified"] {
            ensure_eq!(answer.header(name), first.header(name), "{name}");
        }
    }
    let tag = first.need("etag")?;
    fixture.target.get(THUMBNAIL).header("if-none-match", tag).expect(304)?;
    // Without a session nobody gets the thumbnail.
    fixture.target.get(THUMBNAIL).anonymous().expect(401)?;
    Ok(())
}

/// Half a thumbnail is neither sent nor kept.
fn store_cuts_a_thumbnail(library: &Library) -> Outcome {
    let fixture = library.start_fixture()?;
    fixture.target.get(BIG).expect(200)?;
    fixture.set(Mode::CutAfter(1_000))?;
    let failed = fixture.target.get(THUMBNAIL).expect(503)?;
    failed.has("content-type", "application/problem+json")?;
    failed.has("cache-control", "no-store")?;
    failed.need("retry-after")?;
    fixture.set(Mode::Pass)?;
    let whole = fixture.target.get(THUMBNAIL).expect(200)?;
    ensure_eq!(whole.length()?, whole.body.len() as u64, "Content-Length");
    ensure!(whole.body.starts_with(b"RIFF"), "it is no WebP");
    Ok(())
}
