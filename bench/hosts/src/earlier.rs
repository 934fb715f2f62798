//! This version against an earlier one, on the same host, in pairs: first one, then the other, again and again.

use std::{
    io::{BufRead as _, BufReader, Write as _},
    path::Path,
    process::{Child, Command, Stdio},
    time::Duration,
};

use harness::{Failure, FastlyGallery, Gallery, Options, Wasi, WasiGallery};
use serde_json::{Value, json};

use crate::{
    CLIENTS,
    cases::{self, Place},
    library, load,
};

/// Odd, so that there is a median.
const ROUNDS: u32 = 9;

/// A gallery in a process of its own, which ends with its standard input.
struct Held {
    child: Child,
    place: Place,
}

impl Held {
    /// `programs`: the folder of an earlier version's programs; without one, those of this version.
    fn start(host: &str, programs: Option<&Path>) -> Result<Self, Failure> {
        let mut command = Command::new(std::env::current_exe()?);
        command.args(["--hold", host]).stdin(Stdio::piped()).stdout(Stdio::piped());
        if let Some(folder) = programs {
            command.env("GALLERY_PROGRAM", folder.join("edge-gallery"));
            command.env("FASTLY_PROGRAMS", folder.join("fastly")).env("WASI_COMPONENTS", folder.join("wasi"));
        }
        let mut child = command.spawn()?;
        let mut line = String::new();
        BufReader::new(child.stdout.take().ok_or("no output")?).read_line(&mut line)?;
        let said: Value = serde_json::from_str(&line).map_err(|_| format!("no gallery was started on {host}"))?;
        let text = |name: &str| said[name].as_str().unwrap_or_default();
        let place = Place::log_in(text("viewer"), text("video"), text("password"))?;
        Ok(Self { child, place })
    }
}

impl Drop for Held {
    fn drop(&mut self) {
        drop(self.child.stdin.take());
        let _ = self.child.wait();
    }
}

/// Measures every case on `host` in pairs, and prints this version's times in terms of the earlier one's.
pub fn run(host: &str, programs: &Path, time: Duration) -> Result<(), Failure> {
    let (now, earlier) = (Held::start(host, None)?, Held::start(host, Some(programs))?);
    println!("\n{host:30} {:>9} {:>9} {:>14} {:>20}", "p50", "earlier", "p50 to earlier", "requests/s to earlier");
    let mut rows = Vec::new();
    let (here, there) = (cases::all(&now.place)?, cases::all(&earlier.place)?);
    // An earlier version may lack a case.
    let pairs = here.iter().filter_map(|case| Some((case, there.iter().find(|other| other.name == case.name)?)));
    for (case, before) in pairs {
        let mut pairs = Vec::new();
        for round in 0..ROUNDS {
            let measure = |case| load::measure(case, time / ROUNDS, CLIENTS);
            // The one that goes first has no advantage over all rounds.
            let (ours, theirs) = if round % 2 == 0 {
                let ours = measure(case)?;
                (ours, measure(before)?)
            } else {
                let theirs = measure(before)?;
                (measure(case)?, theirs)
            };
            pairs.push([
                ours.milliseconds,
                theirs.milliseconds,
                ours.milliseconds / theirs.milliseconds,
                ours.per_second / theirs.per_second,
            ]);
        }
        let median = |of: usize| {
            let mut all: Vec<f64> = pairs.iter().map(|pair| pair[of]).collect();
            all.sort_unstable_by(f64::total_cmp);
            all[all.len() / 2]
        };
        let [ours, theirs, p50, rate] = [0, 1, 2, 3].map(median);
        println!("{:30} {ours:>6.2} ms {theirs:>6.2} ms {p50:>14.2} {rate:>20.2}", case.name);
        rows.push(json!({ "name": case.name, "p50_to_earlier": p50, "per_second_to_earlier": rate }));
    }
    println!("{}", json!({ "bench": "hosts", "on": host, "against": "earlier", "rounds": ROUNDS, "rows": rows }));
    Ok(())
}

/// Starts a gallery, tells where it is, and keeps it until standard input ends.
pub fn hold(host: &str) -> Result<(), Failure> {
    let folder = tempfile::tempdir()?;
    let options = Options { database: Some(library::catalogue(folder.path())?), ..Options::default() };
    match host {
        "native" => {
            let gallery = Gallery::start(&options)?;
            library::film(&gallery)?;
            tell(&gallery.url, &gallery.video_url, &gallery.password)
        }
        "fastly" => {
            let gallery = FastlyGallery::start(&options)?;
            library::film(&gallery.native)?;
            tell(&gallery.url, &gallery.video_url, &gallery.native.password)
        }
        _ => {
            let wasi = match host {
                "wasi" => Wasi::P3,
                "wasi02" => Wasi::P2,
                "spin" => Wasi::Spin,
                "spin02" => Wasi::Spin02,
                _ => return Err(format!("{host} is no host: native, fastly, wasi, wasi02, spin or spin02").into()),
            };
            let gallery = WasiGallery::start(wasi, &options)?;
            library::film(&gallery.native)?;
            tell(&gallery.url, &gallery.video_url, &gallery.native.password)
        }
    }
}

fn tell(viewer: &str, video: &str, password: &str) -> Result<(), Failure> {
    let mut output = std::io::stdout();
    writeln!(output, "{}", json!({ "viewer": viewer, "video": video, "password": password }))?;
    output.flush()?;
    std::io::copy(&mut std::io::stdin(), &mut std::io::sink())?;
    Ok(())
}
