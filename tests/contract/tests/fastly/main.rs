//! The contract on Fastly's local server: both services in one program, on a snapshot of the catalogue, and each
//! service in a server of its own, on a libSQL server. After that, the tests that only this host has, and those of the
//! Fastly CLI.

mod alone;
mod api;
mod cli;
mod deploy;
#[path = "../edge/mod.rs"]
mod edge;

use std::process::ExitCode;

use alone::Library;
use contract::complete;
use edge::{Edge, Running};
use harness::{FastlyGallery, Options};
use libtest_mimic::{Arguments, Trial};

fn main() -> ExitCode {
    let mut arguments = Arguments::from_args();
    arguments.test_threads = arguments.test_threads.or(Some(4));
    let [whole, split] = [false, true].map(|split| {
        Edge::new(move || {
            let gallery = FastlyGallery::start(&Options { split, links: true, ..Options::default() })?;
            let running = Running::new(gallery, !split);
            Ok(if split { running.with_two_kv_stores() } else { running })
        })
    });
    let contract =
        [edge::whole("fastly", &whole), edge::whole("fastly-split", &split), edge::routed("fastly-routed", &split)];
    drop((whole, split));
    let library = Library::default();
    let alone = alone::CASES.iter().map(|(name, run)| {
        let library = library.clone();
        Trial::test(format!("fastly-alone::{name}"), move || Ok(run(&library)?))
    });
    // Without a server the tests are shown as ignored, with the reason. If VICEROY is set, they run anyway, and fail.
    let missing = harness::viceroy().err().filter(|_| std::env::var_os("VICEROY").is_none());
    let trials: Vec<Trial> = contract
        .into_iter()
        .flatten()
        .chain(alone)
        .chain(cli::trials(&library))
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
    drop(library);
    conclusion.exit_code()
}
