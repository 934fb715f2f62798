//! What happens when something fails, on the native host: each test has a gallery process of its own.

mod bodies;
mod bucket;
mod catalogue;
mod cost;
mod crowd;
mod kv;
mod log;
mod playback;
mod relay;
mod routed;
mod stage;
mod start;

use std::process::ExitCode;

use contract::Outcome;
use libtest_mimic::{Arguments, Trial};
use stage::Stages;

/// A test's name, and the test.
type Named = (String, Box<dyn FnOnce(&Stages) -> Outcome + Send>);

fn main() -> ExitCode {
    let mut arguments = Arguments::from_args();
    // Most of their time they wait for something to time out.
    arguments.test_threads = arguments.test_threads.or(Some(8));
    let stages = Stages::default();
    let all = [
        bucket::all(),
        catalogue::all(),
        bodies::all(),
        kv::all(),
        log::all(),
        cost::all(),
        crowd::all(),
        playback::all(),
        start::all(),
        routed::all(),
    ];
    let trials = all
        .into_iter()
        .flatten()
        .map(|(name, run): Named| {
            let stages = stages.clone();
            Trial::test(format!("native::{name}"), move || Ok(run(&stages)?))
        })
        .collect();
    let conclusion = libtest_mimic::run(&arguments, trials);
    drop(stages);
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
