//! Five hundred viewers of one film, and a store that was out of reach.

use std::{thread, time::Duration};

use contract::{Outcome, ensure};
use harness::relay::Mode;

use crate::{
    cost::{variants, warm_up},
    fixture::Fixtures,
};

crate::tests!(crowd: store_comes_back);

const CLIENTS: usize = 50;
const VIEWERS_EACH: usize = 10;
const PATIENCE: usize = 400;

/// While the store is out of reach, no viewer gets a wrong answer. Once the store is back, a worker reads the
/// playlist at most twice for all viewers.
fn store_comes_back(fixtures: &Fixtures) -> Outcome {
    let fixture = fixtures.start()?;
    let target = &fixture.target;
    warm_up(target)?;
    let variant = variants(target)?.into_iter().next().ok_or("the film has no variant")?;
    fixture.relay.set(Mode::Refuse).map_err(|error| error.to_string())?;
    // A viewer tries until there is a playlist. Returns the store calls of the answer with the playlist.
    let viewer = || -> Result<u32, String> {
        for _ in 0..PATIENCE {
            let answer = target.video(&variant).send()?;
            match answer.status {
                200 => {
                    ensure!(answer.text()?.trim_end().ends_with("#EXT-X-ENDLIST"), "a playlist cut short");
                    return answer.cost("store-calls");
                }
                503 => {
                    answer.need("retry-after")?;
                    answer.has("cache-control", "no-store")?;
                    thread::sleep(Duration::from_millis(20));
                }
                status => return Err(format!("{status} while the store is away")),
            }
        }
        Err("the store is back, and there is still no playlist".to_owned())
    };
    let reads = thread::scope(|scope| {
        let clients: Vec<_> = (0..CLIENTS)
            .map(|_| scope.spawn(|| (0..VIEWERS_EACH).map(|_| viewer()).sum::<Result<u32, String>>()))
            .collect();
        thread::sleep(Duration::from_secs(1));
        fixture.relay.set(Mode::Pass).map_err(|error| error.to_string())?;
        clients
            .into_iter()
            .map(|client| client.join().map_err(|_| "a client panicked".to_owned())?)
            .sum::<Result<u32, String>>()
    })?;
    let workers = thread::available_parallelism().map_or(1, usize::from);
    let limit = u32::try_from(2 * workers).unwrap_or(u32::MAX);
    ensure!(
        (1..=limit).contains(&reads),
        "{reads} reads for {} viewers, at most {limit} wanted",
        CLIENTS * VIEWERS_EACH
    );
    Ok(())
}
