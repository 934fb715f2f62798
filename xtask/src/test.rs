//! `cargo xtask test`: all checks, in the order in which failures show soonest.

use std::{env, io::Write as _, path::Path, time::Instant};

use crate::{
    Failure, fastly, lints, page, process::succeed, suites::Suites, times::Times, tools, wasi, workspace::cargo,
};

/// How many cases the signing oracle compares in a test run.
const ORACLE_CASES: &str = "20000";
/// How many seeds of faults are tried in a test run.
const SEEDS: u64 = 10_000;

pub fn run(no_browser: bool) -> Result<(), Failure> {
    let mut times = Times::of_ci()?;
    let passed = all(no_browser, times.as_mut());
    // Also what a run has built that failed is built from these files.
    times.as_mut().map_or(Ok(()), Times::seal)?;
    passed
}

fn all(no_browser: bool, times: Option<&mut Times>) -> Result<(), Failure> {
    let started = Instant::now();
    let mut steps = Steps::default();
    steps.run("formatting", || succeed(cargo().args(["fmt", "--all", "--check"]), "cargo fmt --all --check"))?;
    steps.run("page", || {
        page::install()?;
        succeed(&mut page::npm(&["run", "--silent", "check"])?, "checking the page's types")?;
        succeed(&mut page::npm(&["run", "--silent", "test"])?, "the page's unit tests")?;
        page::build()?;
        times.map_or(Ok(()), Times::page)
    })?;
    steps.run("lints of the programs for the edges", lints::check_entries)?;
    if !no_browser {
        tools::CHROMIUM.need()?;
        tools::want_engines();
    }
    tools::FFMPEG.need()?;
    tools::CURL.need()?;
    tools::PYTHON.need()?;
    tools::EXIFTOOL.need()?;
    tools::LIBHEIF.need()?;
    for reader in tools::ZIP_READERS {
        reader.need()?;
    }
    tools::need_wasm_targets()?;
    wasi::need_node()?;
    let (viceroy, fastly_cli) = (fastly::viceroy()?, fastly::cli()?);
    let suites = steps.run("programs for the edges, test programs, lints, documentation", || {
        let suites = Suites::build(viceroy, fastly_cli)?;
        suites.check_sizes()?;
        Ok(suites)
    })?;
    steps.run("crates, HTTP contract, browser", || suites.pass(no_browser))?;
    steps.run("faults by seeds", || succeed(&mut suites.seeds(SEEDS)?, "faults by seeds"))?;
    // Built as the tests are, which have built nearly all of it. Signing is optimised there too.
    steps.run("signing oracle", || {
        let arguments = ["run", "--quiet", "--package", "oracle", "--", "--count", ORACLE_CASES];
        succeed(lints::with(cargo().args(arguments))?, "signing oracle")
    })?;
    steps.report(started);
    Ok(())
}

/// Runs the browser test only for its screenshots.
pub fn screenshots(out: &Path) -> Result<(), Failure> {
    page::build()?;
    tools::CHROMIUM.need()?;
    let out = env::current_dir()?.join(out);
    std::fs::create_dir_all(&out)?;
    let mut command = cargo();
    command.args(["test", "--package", "browser"]).env("SCREENSHOTS", out);
    succeed(&mut command, "the browser test")
}

#[derive(Default)]
struct Steps(Vec<(&'static str, f64)>);

impl Steps {
    fn run<T>(&mut self, name: &'static str, step: impl FnOnce() -> Result<T, Failure>) -> Result<T, Failure> {
        let started = Instant::now();
        say(&format!("\n== {name}"));
        let done = step()?;
        self.0.push((name, started.elapsed().as_secs_f64()));
        Ok(done)
    }

    fn report(&self, started: Instant) {
        say("\n== all passed");
        for (name, seconds) in &self.0 {
            say(&format!("{seconds:8.1} s  {name}"));
        }
        say(&format!("{:8.1} s  in all", started.elapsed().as_secs_f64()));
    }
}

fn say(text: &str) {
    let _ = writeln!(std::io::stdout(), "{text}");
}
