//! The contract on WASI hosts, 0.3, 0.2 and one that has what Spin has: both services in one, on a snapshot of the catalogue (for Spin, on
//! SQLite); and each in a host of its own, on a libSQL server, with and without a viewer that hands films on. KV is in the bucket, for Spin in its own stores.

use std::{
    process::ExitCode,
    sync::{Arc, OnceLock},
};

use contract::{Target, cases, complete};
use harness::{Options, Wasi, WasiGallery};
use libtest_mimic::{Arguments, Trial};

/// A host that is started by the first case that needs it.
struct Host {
    wasi: Wasi,
    split: bool,
    running: OnceLock<Result<Running, String>>,
}

struct Running {
    target: Target,
    /// One address: a viewer that hands films on.
    routed: Option<Target>,
    _gallery: WasiGallery,
}

impl Host {
    fn running(&self) -> Result<&Running, String> {
        let start = || {
            let options = Options { split: self.split, ..Options::default() };
            let gallery = WasiGallery::start(self.wasi, &options).map_err(|failure| failure.to_string())?;
            let native = &gallery.native;
            let target = Target::new(&gallery.url, &gallery.video_url, &native.store_url, &native.password);
            let on_sql = self.split || self.wasi == Wasi::Spin;
            let target = if on_sql { target } else { target.with_snapshot() };
            let routed = gallery.routed_url.as_ref();
            let routed = routed.map(|url| Target::new(url, url, &native.store_url, &native.password));
            Ok(Running { target, routed, _gallery: gallery })
        };
        self.running.get_or_init(start).as_ref().map_err(Clone::clone)
    }
}

/// What video-edge has to do with.
const FILMS: [&str; 5] = ["playlists::", "segments::", "methods::", "problems::", "costs::"];

fn main() -> ExitCode {
    let mut arguments = Arguments::from_args();
    arguments.test_threads = arguments.test_threads.or(Some(4));
    let hosts = [
        ("wasi", Wasi::P3, false),
        ("wasi-split", Wasi::P3, true),
        ("wasi02", Wasi::P2, false),
        ("wasi02-split", Wasi::P2, true),
        ("spin", Wasi::Spin, false),
        ("spin-split", Wasi::Spin, true),
    ];
    // The trials keep clones; the last one to go takes the processes along.
    let hosts = hosts.map(|(name, wasi, split)| (name, Arc::new(Host { wasi, split, running: OnceLock::new() })));
    let contract = hosts.iter().flat_map(|(name, host)| {
        cases().into_iter().map(move |case| {
            let host = Arc::clone(host);
            Trial::test(format!("{name}::{}", case.name), move || Ok((case.run)(&host.running()?.target)?))
        })
    });
    let routed = hosts.iter().filter(|(_, host)| host.split).flat_map(|(_, host)| {
        let films = cases().into_iter().filter(|case| FILMS.iter().any(|group| case.name.starts_with(group)));
        films.map(move |case| {
            let host = Arc::clone(host);
            Trial::test(format!("{}-routed::{}", host.wasi.suffix(), case.name), move || {
                Ok((case.run)(host.running()?.routed.as_ref().ok_or("no viewer hands films on")?)?)
            })
        })
    });
    let trials: Vec<Trial> = contract.chain(routed).collect();
    if let Err(missing) = complete("wasi", &trials) {
        eprintln!("{missing}");
        return ExitCode::FAILURE;
    }
    let conclusion = libtest_mimic::run(&arguments, trials);
    drop(hosts);
    conclusion.exit_code()
}
