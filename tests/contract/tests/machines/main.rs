//! The gallery on two machines behind a round robin, with one libSQL server, and one bucket that has the KV stores too:
//! natively, and on WASI 0.3. The contract, and what only several machines can get wrong.

mod cases;
mod fleet;
mod load;

use std::{process::ExitCode, sync::Arc};

use fleet::{Kind, Lazy};
use libtest_mimic::{Arguments, Trial};

/// The groups of cases that two machines could answer otherwise than one: what each of them keeps for itself. The
/// others do not change from one request to the next, and run on one WASI host in the suite `wasi`.
const SHARED: [&str; 10] = [
    "session::",
    "links::",
    "ends::",
    "listing::",
    "views::",
    "playlists::",
    "playback::",
    "downloads::",
    "visits::",
    "crowd::",
];

fn main() -> ExitCode {
    let mut arguments = Arguments::from_args();
    arguments.test_threads = arguments.test_threads.or(Some(4));
    let missing = harness::sqld::program().err().map(|failure| failure.to_string());
    let mut trials = Vec::new();
    for (host, kind) in [("native-two", Kind::Native), ("wasi-two", Kind::Wasi)] {
        // The contract does not run while machines are restarted.
        let [whole, own] = [(); 2].map(|()| Arc::new(Lazy::new(kind)));
        let is_shared = |name: &str| SHARED.iter().any(|group| name.starts_with(group));
        for case in contract::cases().into_iter().filter(|case| kind == Kind::Native || is_shared(case.name)) {
            let fleet = Arc::clone(&whole);
            let run = move || Ok(case.on(host, &fleet.running()?.1)?);
            trials.push(Trial::test(format!("{host}::{}", case.name), run));
        }
        for (name, case) in cases::CASES {
            let fleet = Arc::clone(&own);
            trials.push(Trial::test(format!("{host}::{name}"), move || Ok(case(host, &fleet.running()?.0)?)));
        }
    }
    let guesses = || Ok(cases::each_counts_wrong_passwords_for_itself()?);
    trials.push(Trial::test("native-two::machines::each_counts_wrong_passwords_for_itself", guesses));
    let trials = trials.into_iter().map(|trial| match &missing {
        Some(missing) => trial.with_ignored_flag(true).with_kind(missing),
        None => trial,
    });
    libtest_mimic::run(&arguments, trials.collect()).exit_code()
}
