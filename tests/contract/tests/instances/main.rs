//! The instances of a component on WASI hosts. An instance stays small, whatever passes through it, and is shared by
//! viewers who know nothing of each other.

mod fixture;
mod large;
mod password;
mod shared;

use std::process::ExitCode;

use harness::Wasi;
use libtest_mimic::{Arguments, Trial};

use fixture::{Case, Library};

fn main() -> ExitCode {
    let mut arguments = Arguments::from_args();
    // Each case keeps every core busy by itself.
    arguments.test_threads = arguments.test_threads.or(Some(1));
    let library = Library::default();
    let cases: [(&str, Wasi, Case); 10] = [
        ("wasi-large::streams", Wasi::P3, large::streams),
        ("wasi02-large::streams", Wasi::P2, large::streams),
        ("spin-large::streams", Wasi::Spin, large::streams),
        ("spin02-large::streams", Wasi::Spin02, large::streams),
        ("wasi-large::password", Wasi::P3, password::wants_more_memory),
        ("wasi02-large::password", Wasi::P2, password::wants_more_memory),
        ("wasi-shared::no_byte_of_another", Wasi::P3, shared::no_byte_of_another),
        ("spin-shared::no_byte_of_another", Wasi::Spin, shared::no_byte_of_another),
        ("wasi-shared::one_that_traps", Wasi::P3, shared::one_that_traps),
        ("spin-shared::one_that_traps", Wasi::Spin, shared::one_that_traps),
    ];
    let trials = cases.into_iter().map(|(name, wasi, case)| {
        let library = library.clone();
        Trial::test(name, move || Ok(case(wasi, &library)?))
    });
    let conclusion = libtest_mimic::run(&arguments, trials.collect());
    drop(library);
    conclusion.exit_code()
}
