//! The native host while its KV store is down, and the same host a moment before. Every answer must be right. The
//! figures say how much slower the answers are.
//!
//! The store is down in two ways. Either its table is gone, so that nothing can be read or written. Or another
//! connection holds its lock, so that every write waits.

use std::{path::PathBuf, thread, time::Duration};

use harness::{Failure, Gallery, Options};
use rusqlite::Connection;
use serde_json::{Value, json};
use ureq::Agent;

use crate::{
    cases::{self, Case, Place},
    library, load,
};

/// How often each state is measured. The states take turns.
const ROUNDS: usize = 4;
/// The number of clients at once. They are so few that they wait for the gallery and not for a processor.
const CLIENTS: usize = 4;
/// After so many equal logins in a row, all workers see the store in the same state.
const LOGINS: usize = 60;
const STATES: [&str; 3] = ["healthy", "broken", "locked"];

pub fn run(time: Duration) -> Result<(), Failure> {
    let folder = tempfile::tempdir()?;
    let gallery =
        Gallery::start(&Options { database: Some(library::catalogue(folder.path())?), ..Options::default() })?;
    library::film(&gallery)?;
    let place = Place::log_in(&gallery.url, &gallery.video_url, &gallery.password)?;
    let cases = cases::all(&place)?.into_iter().map(with_body).collect::<Result<Vec<_>, _>>()?;
    let store = Store(gallery.data().join("kv.db"));
    load::mix(&cases, time, CLIENTS)?;

    let mut times = STATES.map(|_| vec![Vec::new(); cases.len()]);
    for _ in 0..ROUNDS {
        for (state, times) in STATES.iter().zip(&mut times) {
            let came = match *state {
                "broken" => {
                    store.damage()?;
                    wait_for(&gallery, 503)?;
                    let came = load::mix(&cases, time, CLIENTS)?;
                    store.mend()?;
                    wait_for(&gallery, 200)?;
                    came
                }
                "locked" => {
                    let lock = store.lock()?;
                    let came = load::mix(&cases, time, CLIENTS)?;
                    drop(lock);
                    came
                }
                _ => load::mix(&cases, time, CLIENTS)?,
            };
            times.iter_mut().zip(came).for_each(|(all, times)| all.extend(times));
        }
    }
    report(&cases, times);
    Ok(())
}

/// Adds the answer of the healthy host to a case, as the right answer.
fn with_body(case: Case) -> Result<Case, Failure> {
    let request = case.headers.iter().fold(ureq::get(&case.url), |request, (name, value)| request.header(*name, value));
    let body = request.call()?.into_body().read_to_vec()?;
    Ok(Case { body: Some(body), ..case })
}

/// The KV store's file.
struct Store(PathBuf);

impl Store {
    fn open(&self) -> Result<Connection, Failure> {
        let connection = Connection::open(&self.0)?;
        connection.busy_timeout(Duration::from_secs(5))?;
        Ok(connection)
    }

    /// Replaces the table by a view that cannot be read, and that no worker can repair.
    fn damage(&self) -> Result<(), Failure> {
        let statements = "ALTER TABLE kv RENAME TO kept; CREATE VIEW kv AS SELECT * FROM gone;";
        Ok(self.open()?.execute_batch(statements)?)
    }

    fn mend(&self) -> Result<(), Failure> {
        Ok(self.open()?.execute_batch("DROP VIEW kv; ALTER TABLE kept RENAME TO kv;")?)
    }

    /// Starts a write that does not end, on an empty cache. Every request that makes a playlist then tries to write
    /// it.
    fn lock(&self) -> Result<Connection, Failure> {
        let connection = self.open()?;
        connection.execute_batch("DELETE FROM kv WHERE store = 'VIDEO_CACHE'; BEGIN IMMEDIATE")?;
        Ok(connection)
    }
}

/// Logs in until all workers answer with this status. A login reads the store.
fn wait_for(gallery: &Gallery, status: u16) -> Result<(), Failure> {
    let agent: Agent = Agent::config_builder().http_status_as_error(false).max_idle_connections(0).build().into();
    let body = json!({ "password": gallery.password }).to_string();
    let (mut in_a_row, mut last) = (0, 0);
    for _ in 0..100 * LOGINS {
        let login = agent.post(format!("{}/login", gallery.url)).header("content-type", "application/json");
        let came = login.send(&body)?.status().as_u16();
        in_a_row = if came == status { in_a_row + 1 } else { 0 };
        last = came;
        if in_a_row == LOGINS {
            return Ok(());
        }
        thread::sleep(Duration::from_millis(5));
    }
    Err(format!("logins never all gave {status}, the last one {last}").into())
}

fn report(cases: &[Case], mut times: [Vec<Vec<Duration>>; 3]) {
    for state in &mut times {
        let all = state.iter().flatten().copied().collect();
        state.push(all);
        for times in state {
            times.sort_unstable();
        }
    }
    println!(
        "{:24} {:>8} {:>12} {:>12} {:>12} {:>9} {:>9}",
        "", "answers", "p99 healthy", "broken", "locked", "broken/h", "locked/h"
    );
    let mut rows: Vec<Value> = Vec::new();
    for (at, name) in cases.iter().map(|case| case.name).chain(["all"]).enumerate() {
        let [healthy, broken, locked] = [0, 1, 2].map(|state: usize| p99(&times[state][at]));
        let answers: usize = times.iter().map(|state| state[at].len()).sum();
        println!(
            "{name:24} {answers:>8} {healthy:>9.2} ms {broken:>9.2} ms {locked:>9.2} ms {:>9.2} {:>9.2}",
            broken / healthy,
            locked / healthy
        );
        rows.push(json!({ "name": name, "answers": answers, "p99_ms": [healthy, broken, locked] }));
    }
    println!("{}", json!({ "bench": "kv-down", "clients": CLIENTS, "states": STATES, "rows": rows }));
}

/// In milliseconds.
fn p99(sorted: &[Duration]) -> f64 {
    sorted.get(sorted.len() * 99 / 100).map_or(f64::NAN, |time| time.as_secs_f64() * 1e3)
}
