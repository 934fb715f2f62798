//! What a visit costs, request by request, as the page makes it: the numbers from which `edge-gallery cost` reckons.
//!
//! A case makes the requests of an event one after another. Each may cost what a request to an instance that knows
//! nothing may cost. Where instances live on, the cheapest of a few tries may not cost more than a request to one that
//! has just looked. So one read more for each request is seen, also where an instance sometimes has to look.

use cost::{Calls, Event, HEADER_BYTES, Instance, Request};

use crate::{
    Answer, Outcome, Target,
    client::Call,
    costs::at_most,
    library::{film, some},
    page::assets,
    playlists::variants,
};

cases!(visits:
    needs [Item]: return_visit;
    needs [Photo]: first_visit, photo;
    needs [Film]: film_begun;
);

/// An event, which is made once more if it costs too much. On a busy machine a read of the store may break off, and is
/// then sent a second time.
fn visit(target: &Target, event: impl Fn(&Target) -> Outcome) -> Outcome {
    event(target).or_else(|_| event(target))
}

/// How often a request is tried until it costs what it costs an instance that has just looked.
const TRIES: usize = 30;

/// What an event cost so far.
struct Tally<'a> {
    target: &'a Target,
    event: Event,
    /// Whether instances live on. Where each request has an instance of its own, none has ever looked.
    instance: Instance,
    /// How many requests of the event's steps are left.
    left: Vec<(Request, u64)>,
    calls: Calls,
}

impl<'a> Tally<'a> {
    fn new(target: &'a Target, event: Event) -> Result<Self, String> {
        let session = cheapest(Calls::NONE, || target.get("/auth").expect(200))?;
        let instance = if session.kv_reads == 0 { Instance::Known } else { Instance::New };
        let left = event.steps().iter().map(|step| (step.request, step.count)).collect();
        Ok(Self { target, event, instance, left, calls: Calls::NONE })
    }

    /// Makes a request of the event.
    fn ask(&mut self, request: Request, call: impl Fn() -> Result<Answer, String>) -> Result<Answer, String> {
        let left = self.left.iter_mut().find(|(known, left)| *known == request && *left > 0);
        let (_, left) = left.ok_or_else(|| format!("{}: one {request:?} too many", self.event.name()))?;
        *left -= 1;
        let first = call()?;
        let catalogue = self.target.catalogue();
        at_most(&first, request.at_most(catalogue, Instance::New))?;
        let head: usize = first.headers.iter().map(|(name, value)| name.as_str().len() + value.len() + 4).sum();
        ensure!(head as u64 <= HEADER_BYTES, "{}: a head of {head} bytes, at most {HEADER_BYTES} wanted", first.what);
        let wanted = request.repeated().at_most(catalogue, self.instance);
        let least = cheapest(wanted, &call)?;
        for ((name, limit), (_, cost)) in wanted.named().into_iter().zip(least.named()) {
            ensure!(cost <= limit, "{}: {cost} {name} each time, at most {limit} wanted", first.what);
        }
        self.calls = self.calls + least;
        Ok(first)
    }

    /// Checks the sum.
    fn end(self) -> Outcome {
        let limits = self.event.calls(self.target.catalogue(), self.instance);
        let sums = limits.named().into_iter().zip(self.calls.named());
        for ((name, limit), (_, cost)) in sums.clone() {
            ensure!(cost <= limit, "a {}: {cost} {name}, at most {limit} wanted", self.event.name());
        }
        let figures: Vec<String> = sums.map(|((name, limit), (_, cost))| format!("{name} {cost} of {limit}")).collect();
        self.target.measured(format!("a {}: {}", self.event.name(), figures.join(", ")));
        Ok(())
    }
}

/// The least of each kind of call in a few tries. The tries end early if one costs no more than wanted.
fn cheapest(wanted: Calls, call: impl Fn() -> Result<Answer, String>) -> Result<Calls, String> {
    let mut least: Option<Calls> = None;
    for _ in 0..TRIES {
        let calls = call()?.calls()?;
        let is_enough = calls.named().iter().zip(wanted.named()).all(|((_, cost), (_, limit))| *cost <= limit);
        least = Some(match least {
            _ if is_enough => calls,
            None => calls,
            Some(least) => Calls {
                kv_reads: calls.kv_reads.min(least.kv_reads),
                kv_writes: calls.kv_writes.min(least.kv_writes),
                store_calls: calls.store_calls.min(least.store_calls),
                sql_queries: calls.sql_queries.min(least.sql_queries),
            },
        });
        if is_enough {
            break;
        }
    }
    Ok(least.unwrap_or_default())
}

/// The page and everything that it names, the login, the list, and a screen of pictures.
fn first_visit(target: &Target) -> Outcome {
    visit(target, opens)
}

fn opens(target: &Target) -> Outcome {
    let mut tally = Tally::new(target, Event::FirstVisit)?;
    let open = |path: &str| Call::new(format!("{}{path}", target.base)).header("accept-encoding", "gzip, br");
    tally.ask(Request::Page, || open("/").expect(200))?;
    for asset in assets(target)? {
        tally.ask(Request::Asset, || open(&asset).expect(200))?;
    }
    tally.ask(Request::Stranger, || open("/api/timeline").expect(401))?;
    tally.ask(Request::Login, || target.log_in(&target.password).expect(200))?;
    tally.ask(Request::Session, || target.get("/auth").expect(200))?;
    let timeline = tally.ask(Request::Timeline, || target.get("/api/timeline").expect(200))?.json()?;
    let block = timeline["blocks"][0][0].as_str().ok_or("there is no block")?;
    tally.ask(Request::Block, || target.get(&format!("/api/blocks/{block}")).expect(200))?;
    let items = some(target)?;
    let pictures: Vec<&str> = items.iter().flat_map(|item| item.thumbnails.all().map(|(_, _, url)| url)).collect();
    let count = Event::FirstVisit.steps().iter().find(|step| step.request == Request::Thumbnail);
    let count = usize::try_from(count.ok_or("no pictures in a first visit")?.count).map_err(|_| "too many")?;
    target.photo()?;
    ensure!(!pictures.is_empty(), "the library has no thumbnails");
    for picture in pictures.iter().cycle().take(count) {
        tally.ask(Request::Thumbnail, || target.get(picture).expect(200))?;
    }
    tally.end()
}

/// Pictures, blocks and assets are in the browser. It asks for the page and the list, which have not changed.
fn return_visit(target: &Target) -> Outcome {
    visit(target, returns)
}

fn returns(target: &Target) -> Outcome {
    let mut tally = Tally::new(target, Event::ReturnVisit)?;
    let page = Call::new(format!("{}/", target.base)).expect(200)?;
    let again = || Call::new(format!("{}/", target.base)).header("if-none-match", page.need("etag")?).expect(304);
    tally.ask(Request::Page, again)?;
    let timeline = target.get("/api/timeline").expect(200)?;
    let unchanged = || target.get("/api/timeline").header("if-none-match", timeline.need("etag")?).expect(304);
    tally.ask(Request::TimelineUnchanged, unchanged)?;
    // What the browser asks for no more.
    let block = timeline.json()?["blocks"][0][0].as_str().map(|name| format!("/api/blocks/{name}"));
    let picture = some(target)?.iter().find_map(|item| item.thumbnails.medium.clone());
    for kept in [block, picture].into_iter().flatten() {
        let answer = target.get(&kept).expect(200)?;
        ensure!(answer.need("cache-control")?.contains("immutable"), "{kept} is asked for again");
    }
    tally.end()
}

fn photo(target: &Target) -> Outcome {
    visit(target, looks)
}

fn looks(target: &Target) -> Outcome {
    let mut tally = Tally::new(target, Event::Photo)?;
    target.photo()?;
    let items = some(target)?;
    let large = items.iter().filter_map(|item| item.thumbnails.large.as_deref()).take(3);
    let screen = items.iter().find_map(|item| item.thumbnails.screen.as_deref());
    for picture in large.chain(screen) {
        tally.ask(Request::Thumbnail, || target.get(picture).expect(200))?;
    }
    tally.end()
}

/// The playlists of a film that somebody has watched. The segments come from the store.
fn film_begun(target: &Target) -> Outcome {
    visit(target, plays)
}

fn plays(target: &Target) -> Outcome {
    let mut tally = Tally::new(target, Event::Film)?;
    let (_, master) = film(target)?;
    let playlists: Vec<String> = [master].into_iter().chain(variants(target)?.into_iter().take(2)).collect();
    for (number, playlist) in playlists.iter().enumerate() {
        target.follow(playlist).expect(200)?;
        let request = if number < 2 { Request::PlaylistCold } else { Request::PlaylistWarm };
        tally.ask(request, || target.follow(playlist).expect(200))?;
    }
    tally.end()
}
