//! What a server of one's own is needed for: crowds before an empty cache, a store that fails, configuration that is missing.

use std::{
    net::SocketAddr,
    sync::{Arc, Barrier, OnceLock},
    thread,
    time::{Duration, Instant},
};

use contract::{Answer, Call, Outcome, Target, ensure, ensure_eq};
use harness::{Gallery, Options, Viceroy, free_address};

use crate::relay::{Mode, Relay};

/// A test's name, and the test.
pub type Named = (&'static str, fn(&Library) -> Outcome);

pub const CASES: [Named; 8] = [
    ("crowd_before_an_empty_cache", crowd_before_an_empty_cache),
    ("thumbnail_is_read_once", thumbnail_is_read_once),
    ("store_refuses", store_refuses),
    ("store_is_silent", store_is_silent),
    ("store_cuts_a_file", store_cuts_a_file),
    ("store_cuts_a_thumbnail", store_cuts_a_thumbnail),
    ("secret_is_missing", secret_is_missing),
    ("log_has_no_secret", log_has_no_secret),
];

const BIG: &str = "/api/file/big.png";
const THUMBNAIL: &str = "/api/thumbnail/big.png?size=small";

/// A store with the test library in it, started by the first test that needs it.
#[derive(Clone, Default)]
pub struct Library(Arc<OnceLock<Result<Gallery, String>>>);

/// Both services in a Viceroy of their own, with a relay before the store.
struct Stage {
    // Dropped in this order: the services first.
    service: Viceroy,
    relay: Relay,
    target: Target,
}

impl Library {
    fn gallery(&self) -> Result<&Gallery, String> {
        let start = || Gallery::start(&Options::default()).map_err(|failure| failure.to_string());
        self.0.get_or_init(start).as_ref().map_err(Clone::clone)
    }

    /// Starts the services without the configuration called `missing`.
    fn service(&self, relay: &Relay, missing: &str) -> Result<Viceroy, String> {
        let mut config = self.gallery()?.environment().to_vec();
        config.push(("S3_ENDPOINT".to_owned(), relay.url()));
        config.retain(|(name, _)| name != missing);
        let address = free_address().map_err(|failure| failure.to_string())?;
        Viceroy::start("all-in-one-fastly", &config, address).map_err(|failure| failure.to_string())
    }

    fn relay(&self) -> Result<Relay, String> {
        let store = self.gallery()?.store_url.trim_start_matches("http://");
        let store: SocketAddr = store.parse().map_err(|_| format!("{store} is no address"))?;
        Relay::start(store).map_err(|error| format!("the relay: {error}"))
    }

    fn stage(&self) -> Result<Stage, String> {
        let relay = self.relay()?;
        let service = self.service(&relay, "")?;
        let target = Target::new(&service.url, &service.url, relay.url(), &self.gallery()?.password);
        target.cookie()?;
        Ok(Stage { service, relay, target })
    }
}

impl Stage {
    fn set(&self, mode: Mode) -> Outcome {
        self.relay.set(mode).map_err(|error| format!("the relay: {error}"))
    }

    /// The path of a variant of the film.
    fn variant(&self) -> Result<String, String> {
        let listing = self.target.get("/api/media?type=video").expect(200)?.json()?;
        let master = listing["items"][0]["hls"].as_str().ok_or("the film has no playlist")?.to_owned();
        let text = self.target.video(&master).expect(200)?;
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

/// A hundred at once, each in an instance of its own: one of them makes the playlist, the others get it.
fn crowd_before_an_empty_cache(library: &Library) -> Outcome {
    let stage = library.stage()?;
    let variant = stage.variant()?;
    let answers = crowd(&stage.target, &variant, 100)?;
    let made = answers.iter().filter(|answer| answer.cost_text("cache") == Ok("miss")).count();
    ensure_eq!(made, 1, "instances that made the playlist");
    ensure!(answers.iter().all(|answer| answer.body == answers[0].body), "different playlists");
    Ok(())
}

/// Once a thumbnail has been seen, the POP has it: the store need not be there.
fn thumbnail_is_read_once(library: &Library) -> Outcome {
    let stage = library.stage()?;
    let first = stage.target.get(THUMBNAIL).expect(200)?;
    stage.set(Mode::Refuse)?;
    for answer in crowd(&stage.target, THUMBNAIL, 8)? {
        ensure!(answer.body == first.body, "another thumbnail");
        for name in ["content-type", "content-length", "etag", "last-modified"] {
            ensure_eq!(answer.header(name), first.header(name), "{name}");
        }
    }
    let tag = first.need("etag")?;
    stage.target.get(THUMBNAIL).header("if-none-match", tag).expect(304)?;
    // Without a session it is nobody's.
    stage.target.get(THUMBNAIL).anonymous().expect(401)?;
    Ok(())
}

fn fails(call: Call<'_>, status: u16) -> Outcome {
    let answer = call.expect(status)?;
    answer.has("content-type", "application/problem+json")?;
    answer.has("cache-control", "no-store")?;
    answer.need("retry-after")?;
    Ok(())
}

fn store_refuses(library: &Library) -> Outcome {
    let stage = library.stage()?;
    let variant = stage.variant()?;
    stage.target.get(BIG).expect(200)?;
    stage.set(Mode::Refuse)?;
    fails(stage.target.get(BIG), 503)?;
    fails(stage.target.get(&variant), 503)?;
    stage.set(Mode::Pass)?;
    stage.target.get(BIG).expect(200)?;
    stage.target.get(&variant).expect(200)?;
    Ok(())
}

fn store_is_silent(library: &Library) -> Outcome {
    let stage = library.stage()?;
    stage.target.get(BIG).expect(200)?;
    stage.set(Mode::Silent)?;
    let since = Instant::now();
    fails(stage.target.get(BIG), 504)?;
    let took = since.elapsed();
    ensure!((Duration::from_secs(4)..Duration::from_secs(8)).contains(&took), "it took {took:?}");
    Ok(())
}

/// The head is out when the body breaks off: the client must see that it did.
fn store_cuts_a_file(library: &Library) -> Outcome {
    let stage = library.stage()?;
    stage.target.get(BIG).expect(200)?;
    for most in [1_000, 100_000, 1_000_000] {
        stage.set(Mode::CutAfter(most))?;
        if let Ok(answer) = stage.target.get(BIG).send() {
            return Err(format!("cut after {most} bytes: status {}, {} bytes", answer.status, answer.body.len()));
        }
    }
    // The parts of one answer, each on a connection of its own.
    stage.set(Mode::CutAfter(100_000))?;
    for range in ["bytes=0-599999,700000-700009", "bytes=0-9,700000-1299999"] {
        if let Ok(answer) = stage.target.get(BIG).header("range", range).send() {
            return Err(format!("{range}, cut: status {}, {} bytes", answer.status, answer.body.len()));
        }
    }
    Ok(())
}

/// Half a thumbnail is neither sent nor kept.
fn store_cuts_a_thumbnail(library: &Library) -> Outcome {
    let stage = library.stage()?;
    stage.target.get(BIG).expect(200)?;
    stage.set(Mode::CutAfter(1_000))?;
    fails(stage.target.get(THUMBNAIL), 503)?;
    stage.set(Mode::Pass)?;
    let whole = stage.target.get(THUMBNAIL).expect(200)?;
    ensure_eq!(whole.length()?, whole.body.len() as u64, "Content-Length");
    ensure!(whole.body.starts_with(b"RIFF"), "it is no WebP");
    Ok(())
}

/// A line in the log that names it, and nothing of the kind for the client.
fn secret_is_missing(library: &Library) -> Outcome {
    let relay = library.relay()?;
    let service = library.service(&relay, "AUTH_SECRET")?;
    let answer = Call::new(format!("{}/api/media", service.url)).expect(503)?;
    answer.has("content-type", "application/problem+json")?;
    answer.need("retry-after")?;
    ensure!(!answer.text()?.contains("AUTH_SECRET"), "the client hears what is missing: {}", answer.text()?);
    let log = service.log().map_err(|failure| failure.to_string())?;
    let line = log.lines().find(|line| line.contains("AUTH_SECRET is not set"));
    let line = line.ok_or_else(|| format!("the log does not name it: {log}"))?;
    ensure!(line.contains("gallery_secrets"), "the log does not name the store: {line}");
    Ok(())
}

fn log_has_no_secret(library: &Library) -> Outcome {
    let stage = library.stage()?;
    let variant = stage.variant()?;
    for path in [BIG, THUMBNAIL, &variant, "/api/file/absent.png"] {
        stage.target.get(path).send()?;
    }
    stage.target.log_in("not the password").expect(401)?;
    stage.set(Mode::Refuse)?;
    stage.target.get(BIG).send()?;
    let log = stage.service.log().map_err(|failure| failure.to_string())?;
    ensure!(log.contains("\"status\":401") && log.contains("\"failure\""), "the log lacks what was done: {log}");
    let token = stage.target.token()?;
    for secret in harness::ENVIRONMENT.iter().filter(|(name, _)| *name != "R2_BUCKET_NAME").map(|(_, value)| *value) {
        ensure!(!log.contains(secret), "a secret is in the log");
    }
    for word in [token, "X-Amz-Signature", "not the password", "big.png", "absent"] {
        ensure!(!log.contains(word), "{word} is in the log");
    }
    Ok(())
}
