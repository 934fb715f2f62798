//! What only several machines can get wrong.

use std::{
    sync::atomic::{AtomicBool, AtomicU32, AtomicU64, Ordering},
    thread,
    time::{Duration, Instant},
};

use contract::{Answer, Call, Outcome, Target, die, item, kinds};
use serde_json::{Value, json};

use crate::{
    fleet::{Fleet, Kind, MACHINES},
    load::during,
};

/// A case by its name.
pub type Case = (&'static str, fn(&str, &Fleet) -> Outcome);

pub const CASES: [Case; 5] = [
    ("machines::each_takes_its_turn_and_keeps_no_kv_of_its_own", each_takes_its_turn),
    ("machines::a_session_that_ends_on_one_is_dead_on_the_other", a_session_that_ends_on_one),
    ("machines::the_end_of_all_sessions_reaches_both", the_end_of_all_sessions),
    ("machines::no_answer_mixes_catalogues_while_one_is_published", no_answer_mixes_catalogues),
    ("machines::nobody_notices_a_restart_of_each_in_turn", nobody_notices_a_restart),
];

const CLIENTS: usize = 4;
/// How long both machines serve before the first restart, and after each.
const BETWEEN: Duration = Duration::from_secs(1);
/// Publishing takes turns so often.
const SWAPS: usize = 6;
/// Within this time every machine has the catalogue that was published.
const SOON: Duration = Duration::from_secs(30);
/// Two items that are hidden and shown together.
const PAIR: [&str; 2] = ["plain.png", "% é (1).jpg"];

fn words(failure: impl std::fmt::Display) -> String {
    failure.to_string()
}

fn cookie(answer: &Answer) -> Result<String, String> {
    Ok(answer.need("set-cookie")?.split(';').next().unwrap_or_default().to_owned())
}

#[allow(clippy::print_stdout, reason = "the figures")]
fn tell(host: &str, target: &Target) {
    for figure in target.figures() {
        println!("{host}: {figure}");
    }
}

fn each_takes_its_turn(_: &str, fleet: &Fleet) -> Outcome {
    let machines = fleet.machines();
    let before = fleet.robin.taken();
    let target = fleet.target();
    for _ in 0..20 {
        target.get("/auth").expect(200)?;
    }
    let took: Vec<u64> = fleet.robin.taken().iter().zip(&before).map(|(now, before)| now - before).collect();
    // The login is one request.
    if took.iter().sum::<u64>() != 21 || took.iter().any(|took| *took < 10) {
        return Err(format!("of 21 requests, the machines took {took:?}"));
    }
    match machines.iter().position(super::fleet::Machine::has_kv_file) {
        Some(at) => Err(format!("machine {at} has a kv.db of its own")),
        None => Ok(()),
    }
}

fn a_session_that_ends_on_one(host: &str, fleet: &Fleet) -> Outcome {
    let machines = fleet.machines();
    let [one, other] = [0, 1].map(|at| fleet.at(&machines[at].url()));
    // Logged in here, known there, logged out here.
    let session = cookie(&one.log_in(&one.password).expect(200)?)?;
    let seen = kinds(&other, &session)?;
    let bystander = cookie(&other.log_in(&other.password).expect(200)?)?;
    let logout = one.get("/logout").anonymous().method("POST").header("cookie", &session).body("text/plain", "");
    logout.expect(204)?;
    one.get("/auth").anonymous().header("cookie", &session).expect(401)?;
    die("a session that ended on the other machine", &other, &session, &seen)?;
    tell(host, &other);
    other.get("/auth").anonymous().header("cookie", bystander).expect(200).map(drop)
}

fn the_end_of_all_sessions(host: &str, fleet: &Fleet) -> Outcome {
    let _machines = fleet.machines();
    let target = fleet.target();
    let session = target.cookie()?.to_owned();
    let seen = kinds(&target, &session)?;
    fleet.operator().run("session", &["end", "--all"], "").map_err(words)?;
    die("session end --all", &target, &session, &seen)?;
    tell(host, &target);
    let again = cookie(&target.log_in(&target.password).expect(200)?)?;
    for _ in 0..4 * MACHINES {
        target.get("/auth").anonymous().header("cookie", &again).expect(200)?;
    }
    Ok(())
}

/// Whether a list of items has both of the pair, or neither. One without the other is of no catalogue.
fn has_pair(items: &Value, what: &str) -> Result<bool, String> {
    let items = items.as_array().ok_or_else(|| format!("{what}: no items"))?;
    let has = PAIR.map(|key| items.iter().any(|item| item["key"] == key));
    if has[0] == has[1] { Ok(has[0]) } else { Err(format!("{what} has one of two items that go together")) }
}

/// Reads a whole timeline, as the page does: it begins anew where a block is gone. Returns whether the pair was there,
/// and how often it began anew.
fn read_timeline(target: &Target) -> Result<(bool, u64), String> {
    let began = Instant::now();
    let mut anew = 0;
    'timeline: while began.elapsed() < SOON {
        let timeline = target.get("/api/timeline").expect(200)?.json()?;
        let mut items = Vec::new();
        for block in timeline["blocks"].as_array().ok_or("no blocks")? {
            let answer = target.get(&format!("/api/blocks/{}", block[0].as_str().unwrap_or_default())).send()?;
            match answer.status {
                200 => items.extend(answer.json()?.as_array().cloned().ok_or("a block without items")?),
                404 => {
                    anew += 1;
                    continue 'timeline;
                }
                status => return Err(format!("{}: {status}", answer.what)),
            }
        }
        if Some(items.len() as u64) != timeline["count"].as_u64() {
            return Err(format!("a timeline of {} has {} items", timeline["count"], items.len()));
        }
        return Ok((has_pair(&Value::Array(items), "a timeline")?, anew));
    }
    Err("no whole timeline within half a minute".to_owned())
}

#[allow(clippy::print_stdout, reason = "the figures")]
fn no_answer_mixes_catalogues(host: &str, fleet: &Fleet) -> Outcome {
    let _machines = fleet.machines();
    let (target, operator) = (fleet.target(), fleet.operator());
    target.cookie()?;
    let (over, reads, anew) = (AtomicBool::new(false), AtomicU64::new(0), AtomicU64::new(0));
    let mut slowest = Duration::ZERO;
    thread::scope(|scope| {
        let client = || -> Outcome {
            while !over.load(Ordering::Relaxed) {
                has_pair(&target.get("/api/media?limit=1000").expect(200)?.json()?["items"], "a listing")?;
                anew.fetch_add(read_timeline(&target)?.1, Ordering::Relaxed);
                reads.fetch_add(1, Ordering::Relaxed);
            }
            Ok(())
        };
        let clients: Vec<_> = (0..CLIENTS).map(|_| scope.spawn(client)).collect();
        let published = (0..SWAPS).try_for_each(|turn| {
            let verb = if turn % 2 == 0 { "hide" } else { "show" };
            operator.run(verb, &PAIR, "").map_err(words)?;
            // Until all that any machine answers is the new catalogue.
            let (began, mut in_a_row) = (Instant::now(), 0);
            while in_a_row < 4 * MACHINES {
                let listing = target.get("/api/media?limit=1000").expect(200)?.json()?;
                let is_new = has_pair(&listing["items"], "a listing")? == (verb == "show");
                in_a_row = if is_new { in_a_row + 1 } else { 0 };
                if began.elapsed() > SOON {
                    return Err(format!("what {verb} published is not everywhere after half a minute"));
                }
            }
            slowest = slowest.max(began.elapsed());
            Ok(())
        });
        over.store(true, Ordering::Relaxed);
        for client in clients {
            client.join().map_err(|_| "a client panicked")??;
        }
        published
    })?;
    println!(
        "{host}: {SWAPS} catalogues published, each everywhere within {:.1} s, {} listings and timelines read, {} begun anew",
        slowest.as_secs_f64(),
        reads.into_inner(),
        anew.into_inner(),
    );
    Ok(())
}

/// What somebody with the gallery open asks: the page, the list, a picture, an original and a part of it, a film.
fn paths(target: &Target) -> Result<Vec<String>, String> {
    let photo = item(target, "big.png")?;
    let thumbnail = photo.thumbnails.medium.clone().ok_or("the photo has no thumbnail")?;
    let cookie = target.cookie()?.to_owned();
    let seen = kinds(target, &cookie)?;
    let films = seen.into_iter().filter(|(name, ..)| matches!(*name, "master" | "variant" | "segment"));
    let mut paths: Vec<String> = films.map(|(_, url, _)| url).collect();
    paths.extend(["/", "/auth", "/api/timeline", "/api/media"].map(str::to_owned));
    paths.extend([thumbnail, photo.file]);
    Ok(paths)
}

#[allow(clippy::print_stdout, reason = "the figures")]
fn nobody_notices_a_restart(host: &str, fleet: &Fleet) -> Outcome {
    let mut machines = fleet.machines();
    let target = fleet.target();
    let paths = paths(&target)?;
    let ((), quiet, span) = during(&target, &paths, CLIENTS, || {
        thread::sleep(2 * BETWEEN);
        Ok(())
    })?;
    println!("{host}: all machines up: {}", quiet.figures(span));
    let passed_over = fleet.robin.passed_over();
    let (away, seen, span) = during(&target, &paths, CLIENTS, || {
        let mut away = Vec::new();
        for machine in machines.iter_mut() {
            thread::sleep(BETWEEN);
            away.push(machine.restart().map_err(words)?);
            thread::sleep(BETWEEN);
        }
        Ok(away)
    })?;
    let away: Vec<String> = away.iter().map(|away| format!("{:.1} s", away.as_secs_f64())).collect();
    println!(
        "{host}: each restarted in turn, away for {}: {}, {} passed over",
        away.join(" and "),
        seen.figures(span),
        fleet.robin.passed_over() - passed_over,
    );
    match quiet.errors.iter().chain(&seen.errors).next() {
        Some(error) => Err(format!("{} of {} requests failed: {error}", seen.errors.len(), seen.requests())),
        None if seen.requests() < 50 => Err(format!("only {} requests", seen.requests())),
        None => Ok(()),
    }
}

/// Wrong passwords are counted by each native machine for itself.
#[allow(clippy::print_stdout, reason = "the figures")]
pub fn each_counts_wrong_passwords_for_itself() -> Outcome {
    /// What one machine lets through in a minute.
    const TRIES: u32 = 10;
    let fleet = Fleet::start(Kind::Native, &[("TRUST_FORWARDED", "true")]).map_err(words)?;
    let log_in = |password: &str, client: &str| {
        let body = json!({ "password": password }).to_string();
        let call = Call::new(format!("{}/login", fleet.robin.url)).method("POST").body("application/json", body);
        call.header("x-forwarded-for", client).send()
    };
    let (evaluated, refused) = (AtomicU32::new(0), AtomicU32::new(0));
    thread::scope(|scope| {
        let guess = |worker: u32| {
            let (evaluated, refused, log_in) = (&evaluated, &refused, &log_in);
            scope.spawn(move || {
                for number in 0..50 {
                    let answer = log_in(&format!("guess {worker} {number}"), "198.51.100.7")?;
                    match answer.status {
                        401 => evaluated.fetch_add(1, Ordering::Relaxed),
                        429 => refused.fetch_add(1, Ordering::Relaxed),
                        status => return Err(format!("status {status}")),
                    };
                }
                Ok(())
            })
        };
        let workers: Vec<_> = (0..4).map(guess).collect();
        workers.into_iter().try_for_each(|worker| worker.join().map_err(|_| "a worker panicked".to_owned())?)
    })?;
    let (evaluated, refused) = (evaluated.into_inner(), refused.into_inner());
    println!("native-two: 200 wrong passwords: {evaluated} evaluated by {MACHINES} machines, {refused} refused");
    let machines = u32::try_from(MACHINES).unwrap_or(u32::MAX);
    // Twice as many, should a minute end meanwhile.
    if !(TRIES * machines..=2 * TRIES * machines).contains(&evaluated) {
        return Err(format!("{evaluated} evaluated"));
    }
    // The neighbour is not held.
    let neighbour = log_in(&fleet.keeper.password, "198.51.100.8")?;
    if neighbour.status == 200 { Ok(()) } else { Err(format!("the neighbour gets a {}", neighbour.status)) }
}
