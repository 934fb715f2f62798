//! Which test of this crate runs the contract on the host of which adapter.

use harness::{adapters, each_has_a_run};
use libtest_mimic::Trial;

use crate::Outcome;

/// A test, and the adapters under `platform/` whose hosts it starts.
const SUITES: [(&str, &[&str]); 3] =
    [("native", &["native"]), ("fastly", &["fastly"]), ("wasi", &["wasi", "wasi02", "spin", "spin02"])];

/// Checks that every adapter is in a suite, and that every adapter of this suite has a case among the trials.
pub fn complete(suite: &str, trials: &[Trial]) -> Outcome {
    let failed = |failure: harness::Failure| format!("the contract has {failure}");
    let listed = |name: &str| SUITES.iter().any(|(_, hosts)| hosts.contains(&name));
    let adapters = adapters().map_err(failed)?;
    let without: Vec<&str> = adapters.iter().map(String::as_str).filter(|name| !listed(name)).collect();
    ensure!(without.is_empty(), "the contract has no suite for: {}", without.join(", "));
    let hosts = SUITES.iter().find(|(name, _)| *name == suite).map_or(&[][..], |(_, hosts)| hosts);
    ensure!(!hosts.is_empty(), "{suite} is no suite");
    each_has_a_run(hosts.iter().copied(), trials.iter().map(Trial::name)).map_err(failed)
}
