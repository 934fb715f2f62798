//! The contract on Fastly's local server: both services in one, on a snapshot of the catalogue; and each in a server of its
//! own, on a libSQL server. Then what only this host has.

mod alone;

use std::{
    process::ExitCode,
    sync::{Arc, OnceLock},
};

use alone::Library;
use contract::{Target, cases, complete};
use harness::{FastlyGallery, Options};
use libtest_mimic::{Arguments, Trial};

/// A host that is started by the first case that needs it.
struct Host {
    split: bool,
    running: OnceLock<Result<Running, String>>,
}

struct Running {
    target: Target,
    /// One address: a viewer that hands films on.
    routed: Option<Target>,
    _gallery: FastlyGallery,
}

impl Host {
    fn running(&self) -> Result<&Running, String> {
        let start = || {
            let options = Options { split: self.split, ..Options::default() };
            let gallery = FastlyGallery::start(&options).map_err(|failure| failure.to_string())?;
            let native = &gallery.native;
            let target = Target::new(&gallery.url, &gallery.video_url, &native.store_url, &native.password);
            let target = if self.split { target } else { target.with_snapshot() };
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
    // The trials keep clones; the last one to go takes the processes along.
    let hosts = [("fastly", false), ("fastly-split", true)]
        .map(|(name, split)| (name, Arc::new(Host { split, running: OnceLock::new() })));
    let library = Library::default();
    let contract = hosts.iter().flat_map(|(name, host)| {
        cases().into_iter().map(move |case| {
            let host = Arc::clone(host);
            Trial::test(format!("{name}::{}", case.name), move || Ok((case.run)(&host.running()?.target)?))
        })
    });
    let split = &hosts[1].1;
    let routed =
        cases().into_iter().filter(|case| FILMS.iter().any(|group| case.name.starts_with(group))).map(|case| {
            let host = Arc::clone(split);
            Trial::test(format!("fastly-routed::{}", case.name), move || {
                Ok((case.run)(host.running()?.routed.as_ref().ok_or("no viewer hands films on")?)?)
            })
        });
    let alone = alone::CASES.iter().map(|(name, run)| {
        let library = library.clone();
        Trial::test(format!("fastly-alone::{name}"), move || Ok(run(&library)?))
    });
    // Without a server they are shown as ignored, and why; whoever sets VICEROY wants them run, and sees them fail.
    let missing = harness::viceroy().err().filter(|_| std::env::var_os("VICEROY").is_none());
    let trials: Vec<Trial> = contract
        .chain(routed)
        .chain(alone)
        .map(|trial| match &missing {
            Some(missing) => trial.with_kind(missing).with_ignored_flag(true),
            None => trial,
        })
        .collect();
    if let Err(missing) = complete("fastly", &trials) {
        eprintln!("{missing}");
        return ExitCode::FAILURE;
    }
    let conclusion = libtest_mimic::run(&arguments, trials);
    drop((hosts, library));
    conclusion.exit_code()
}
