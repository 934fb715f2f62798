//! The conformance cases in every host. On the memory platform they run in this process, and in the other hosts
//! through the probe.

mod client;
mod doors;
mod hosts;
mod memory;
mod upstream;

use std::{
    process::ExitCode,
    sync::{Arc, OnceLock},
};

use conformance::Outcome;
use harness::{Failure, adapters, each_has_a_run};
use hosts::{Host, Running};
use libtest_mimic::{Arguments, Trial};

/// A host that is started by the first case that needs it.
struct Lazy {
    host: Host,
    running: OnceLock<Result<Running, String>>,
}

impl Lazy {
    fn base(&self) -> Result<&str, String> {
        let start = || self.host.start().map_err(|failure| failure.to_string());
        self.running.get_or_init(start).as_ref().map(|running| running.url.as_str()).map_err(Clone::clone)
    }
}

fn in_probe(base: &str, name: &str) -> Outcome {
    let answer = client::send(base, "POST", &format!("/cases/{name}"), b"")?;
    if answer.status == 204 { Ok(()) } else { Err(String::from_utf8_lossy(&answer.body).into_owned()) }
}

/// Checks that every adapter under `platform/` and the reference implementation have a run.
fn complete(trials: &[Trial]) -> Result<(), Failure> {
    let adapters = adapters()?;
    each_has_a_run(adapters.iter().map(String::as_str).chain(["memory"]), trials.iter().map(Trial::name))
}

fn main() -> ExitCode {
    let mut arguments = Arguments::from_args();
    arguments.test_threads = arguments.test_threads.or(Some(4));
    let memory = conformance::names()
        .into_iter()
        .filter(|name| !name.starts_with("fetch::") && *name != "context::sleeps_as_long")
        .map(|name| Trial::test(format!("memory::{name}"), move || Ok(memory::run(name)?)));
    let lazy = |host| Arc::new(Lazy { host, running: OnceLock::new() });
    let hosts: Vec<_> = Host::all().into_iter().map(lazy).collect();
    let inside = hosts.iter().flat_map(|lazy| {
        let named = lazy.host.name();
        // All else is as on the native host.
        let kv_only = lazy.host == Host::NativeBucket;
        let names = conformance::names().into_iter().filter(move |name| !kv_only || name.starts_with("kv::"));
        let cases = names.map(move |name| {
            let lazy = Arc::clone(lazy);
            Trial::test(format!("{named}::{name}"), move || Ok(in_probe(lazy.base()?, name)?))
        });
        let all = doors::CASES.iter().filter(move |_| !kv_only);
        let all = all.filter(move |(name, _)| named != "fastly" || *name != doors::WHILE_SENT);
        let doors = all.map(move |(name, run)| {
            let lazy = Arc::clone(lazy);
            Trial::test(format!("{named}::{name}"), move || Ok(run(lazy.base()?)?))
        });
        // A host whose tool is missing shows as ignored, with the reason. If the environment names the tool, the
        // tests run anyway, and fail.
        let missing = lazy.host.missing();
        cases.chain(doors).map(move |trial| match &missing {
            Some(missing) => trial.with_kind(missing).with_ignored_flag(true),
            None => trial,
        })
    });
    let trials: Vec<Trial> = memory.chain(inside).collect();
    if let Err(missing) = complete(&trials) {
        eprintln!("the conformance cases have {missing}");
        return ExitCode::FAILURE;
    }
    let conclusion = libtest_mimic::run(&arguments, trials);
    drop(hosts);
    conclusion.exit_code()
}
