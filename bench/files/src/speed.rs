//! How many answers a server gives in a second, and how much CPU time each answer costs.

use std::time::Duration;

use harness::Failure;
use serde_json::{Value, json};

use crate::{
    files::MEBIBYTE,
    load::{self, Asked},
    process::cpu,
    servers::{Server, Servers},
};

/// The number of connections that send requests at once.
const CLIENTS: usize = 8;
/// The number of rounds. The servers take turns, so that other work on the machine affects all of them alike.
const ROUNDS: usize = 5;

/// The figures of one server in one round.
#[derive(Clone, Copy)]
struct Figures {
    per_second: f64,
    /// Microseconds of CPU time for an answer.
    cpu: Option<f64>,
}

/// A server, and what is asked of it.
struct Entrant<'a> {
    server: Server<'a>,
    asked: Asked,
}

impl<'a> Entrant<'a> {
    /// A GET of a file, or one by a client that has the file already. `length` is that of its bytes.
    fn new(server: Server<'a>, file: &str, length: usize, unchanged: bool) -> Result<Self, Failure> {
        let mut headers: Vec<(&str, &str)> = server.cookie().map(|cookie| ("cookie", cookie)).into_iter().collect();
        let head;
        if unchanged {
            head = server.get(file).head().expect(200)?;
            // A browser would send the tag, if the file has one.
            let tag = head.header("etag").map(|tag| ("if-none-match", tag));
            let date = head.header("last-modified").map(|date| ("if-modified-since", date));
            headers.push(tag.or(date).ok_or_else(|| format!("{} has no validator", server.name))?);
        }
        let (status, length) = if unchanged { (304, 0) } else { (200, length) };
        let asked = Asked::new(&server.url(file), &headers, status, length)?;
        Ok(Self { server, asked })
    }
}

/// Prints the figures of each server and its ratio to the gallery, and returns them as JSON. `time` is the time for
/// each server in each contest, in all rounds together.
pub fn compare(servers: &Servers, time: Duration) -> Result<Value, Failure> {
    println!("{CLIENTS} connections; medians of {ROUNDS} rounds, in which the servers take turns\n");
    println!(
        "{:22} {:12} {:>10} {:>14} {:>14} {:>14}",
        "", "", "answers/s", "ours to it", "CPU an answer", "ours to it"
    );
    let mut all = Vec::new();
    for (name, unchanged) in [("1 MiB", false), ("304", true)] {
        let entrants = servers.all()?.map(|server| Entrant::new(server, MEBIBYTE, 1 << 20, unchanged));
        contest(name, entrants, time, &mut all)?;
    }
    let length = servers.thumbnail_length()?;
    for (name, unchanged) in [("thumbnail, link", false), ("thumbnail 304, link", true)] {
        let entrants = servers.thumbnail()?.map(|(server, file)| Entrant::new(server, &file, length, unchanged));
        contest(name, entrants, time, &mut all)?;
    }
    let entrants = servers.passed()?.map(|(server, file)| Entrant::new(server, &file, 1 << 20, false));
    contest("1 MiB, store and link", entrants, time, &mut all)?;
    Ok(all.into())
}

/// Lets servers do the same, the gallery last.
fn contest<'a>(
    name: &str,
    entrants: impl IntoIterator<Item = Result<Entrant<'a>, Failure>>,
    time: Duration,
    all: &mut Vec<Value>,
) -> Result<(), Failure> {
    let entrants = entrants.into_iter().collect::<Result<Vec<_>, _>>()?;
    let mut rounds: Vec<Vec<Figures>> = vec![Vec::new(); entrants.len()];
    for round in 0..=ROUNDS {
        for (at, entrant) in entrants.iter().enumerate() {
            let figures = measure(&entrant.server, &entrant.asked, time / u32::try_from(ROUNDS)?)?;
            // The first round is for warming up.
            if round > 0 {
                rounds[at].push(figures);
            }
        }
    }
    let ours = rounds.last().cloned().unwrap_or_default();
    for (Entrant { server, .. }, theirs) in entrants.iter().zip(&rounds) {
        let per_second = median(theirs.iter().map(|theirs| theirs.per_second).collect());
        let pairs = || ours.iter().zip(theirs);
        let ratio = median(pairs().map(|(ours, theirs)| ours.per_second / theirs.per_second).collect());
        let cpu = theirs.iter().map(|theirs| theirs.cpu).collect::<Option<Vec<f64>>>().map(median);
        let cpu_ratio = pairs().map(|(ours, theirs)| Some(ours.cpu? / theirs.cpu?)).collect::<Option<Vec<f64>>>();
        let cpu_ratio = cpu_ratio.map(median);
        let or_dash = |number: Option<f64>, unit: &str| number.map_or("-".to_owned(), |n| format!("{n:.2}{unit}"));
        println!(
            "{name:22} {:12} {per_second:>10.0} {ratio:>14.2} {:>14} {:>14}",
            server.name,
            or_dash(cpu, " µs"),
            or_dash(cpu_ratio, "")
        );
        all.push(json!({
            "what": name, "server": server.name, "per_second": per_second, "ours_to_it": ratio,
            "cpu_us": cpu, "ours_to_its_cpu": cpu_ratio,
        }));
    }
    Ok(())
}

fn measure(server: &Server<'_>, asked: &Asked, time: Duration) -> Result<Figures, Failure> {
    let cpu = || server.processes.iter().map(|process| cpu(*process)).sum::<Option<Duration>>();
    let before = cpu();
    let (answers, took) = load::run(asked, CLIENTS, time).map_err(|error| format!("{}: {error}", server.name))?;
    #[allow(clippy::cast_precision_loss)] // far below 2^52
    let answers = answers as f64;
    let spent = before.zip(cpu()).map(|(before, after)| after.saturating_sub(before));
    Ok(Figures {
        per_second: answers / took.as_secs_f64(),
        cpu: spent.map(|spent| spent.as_secs_f64() * 1e6 / answers),
    })
}

fn median(mut of: Vec<f64>) -> f64 {
    of.sort_by(f64::total_cmp);
    of.get(of.len() / 2).copied().unwrap_or(f64::NAN)
}
