//! What happens when something fails. Each test has a gallery of its own, and a store behind a relay. The native host
//! runs all tests. The other hosts run all tests except those about the native host's own files and workers.

mod bodies;
mod bucket;
mod catalogue;
mod cost;
mod crowd;
mod fixture;
mod kv;
mod log;
mod playback;
mod routed;
mod setup;
mod start;

use std::{process::ExitCode, sync::Arc};

use contract::Outcome;
use fixture::{Fixtures, Host};
use harness::Wasi;
use libtest_mimic::{Arguments, Trial};

/// A test's name, and the test.
type Named = (String, Box<dyn FnOnce(&Fixtures) -> Outcome + Send>);

/// The hosts, with the names of their trials.
const HOSTS: [(&str, Host); 6] = [
    ("native", Host::Native),
    ("fastly-faults", Host::Fastly),
    ("wasi-faults", Host::Wasi(Wasi::P3)),
    ("wasi02-faults", Host::Wasi(Wasi::P2)),
    ("spin-faults", Host::Wasi(Wasi::Spin)),
    ("spin02-faults", Host::Wasi(Wasi::Spin02)),
];

/// The tests that every host must pass.
fn everywhere() -> Vec<Named> {
    [bucket::all(), bodies::all(), catalogue::all()].into_iter().flatten().collect()
}

fn only_native() -> Vec<Named> {
    [kv::all(), log::all(), cost::all(), crowd::all(), playback::all(), start::all(), routed::all()]
        .into_iter()
        .flatten()
        .collect()
}

fn main() -> ExitCode {
    let mut arguments = Arguments::from_args();
    // Most of the time, the tests wait for a timeout.
    arguments.test_threads = arguments.test_threads.or(Some(8));
    let library = Arc::default();
    let no_viceroy = harness::viceroy().err().filter(|_| std::env::var_os("VICEROY").is_none());
    let trials = HOSTS.into_iter().flat_map(|(name, host)| {
        let fixtures = Fixtures::on(host, &library);
        let more = match host {
            Host::Native => only_native(),
            Host::Fastly | Host::Wasi(_) => setup::all(),
        };
        let missing = no_viceroy.as_ref().filter(|_| host == Host::Fastly).map(ToString::to_string);
        everywhere().into_iter().chain(more).map(move |(case, run)| {
            let fixtures = fixtures.clone();
            let trial = Trial::test(format!("{name}::{case}"), move || Ok(run(&fixtures)?));
            trial.with_ignored_flag(missing.is_some()).with_kind(missing.clone().unwrap_or_default())
        })
    });
    let conclusion = libtest_mimic::run(&arguments, trials.collect());
    // The trials had clones. When the last clone is dropped, the folder is removed.
    drop(library);
    conclusion.exit_code()
}

/// A list of tests, named as their functions.
#[macro_export]
macro_rules! tests {
    ($topic:ident: $($name:ident),+ $(,)?) => {
        pub fn all() -> Vec<$crate::Named> {
            vec![$((concat!(stringify!($topic), "::", stringify!($name)).to_owned(), Box::new($name) as Box<_>)),+]
        }
    };
}
