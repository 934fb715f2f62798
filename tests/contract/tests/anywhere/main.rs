//! The contract on galleries that do not hold the test library, as `cargo xtask conform --base` runs it: what runs
//! passes, and what is left out is what says that it needs what is missing. A case that is left out fails there, so
//! that no case says that it needs more than it does. No case passes where there is no gallery.

mod galleries;

use std::{
    collections::BTreeSet,
    process::{Command, ExitCode},
};

use contract::{Case, Need, Outcome, Target, cases, deployment, ensure, ensure_eq};
use galleries::{EXPERIMENT, KINDS, Kind, said};
use harness::{
    Gallery, Options, free_address,
    relay::{Mode, Relay},
};
use libtest_mimic::{Arguments, Trial};

/// The name of a trial, and the trial.
type Other = (&'static str, fn() -> Outcome);

fn main() -> ExitCode {
    let kinds = KINDS.into_iter().chain([EXPERIMENT]).map(|kind| {
        let missing = kind.missing();
        let trial = Trial::test(format!("native::{}", kind.name), move || Ok(anywhere(kind)?));
        trial.with_ignored_flag(missing.is_some()).with_kind(missing.unwrap_or_default())
    });
    let others: [Other; 4] = [
        ("an_empty_gallery_is_refused", an_empty_gallery_is_refused),
        ("what_needs_nothing_needs_nothing", what_needs_nothing_needs_nothing),
        ("nothing_passes_without_a_gallery", nothing_passes_without_a_gallery),
        ("each_case_says_what_it_needs", each_case_says_what_it_needs),
    ];
    let others = others.map(|(name, run)| Trial::test(format!("native::{name}"), move || Ok(run()?)));
    libtest_mimic::run(&Arguments::from_args(), kinds.chain(others).collect()).exit_code()
}

/// Runs the program. Returns whether it succeeded, what it printed, and its errors.
fn run(gallery: &Gallery) -> Result<(bool, String, String), String> {
    let mut command = Command::new(env!("CARGO_BIN_EXE_contract"));
    command.args(["--base", &gallery.url]).env("GALLERY_PASSWORD", &gallery.password);
    let output = command.output().map_err(|error| error.to_string())?;
    let text = |bytes: &[u8]| String::from_utf8_lossy(bytes).into_owned();
    Ok((output.status.success(), text(&output.stdout), text(&output.stderr)))
}

/// The names of the cases with a verdict.
fn with_verdict<'a>(printed: &'a str, wanted: &str) -> BTreeSet<&'a str> {
    let lines = printed.lines().filter_map(|line| line.strip_prefix("test ")?.rsplit_once(" ... "));
    let named = lines.filter(|(_, verdict)| verdict.trim() == wanted);
    named.filter_map(|(case, _)| Some(case.rsplit_once("deployment::")?.1.trim())).collect()
}

fn anywhere(kind: Kind) -> Outcome {
    let gallery = kind.start().map_err(|failure| failure.to_string())?;
    let (succeeded, printed, errors) = run(&gallery)?;
    ensure!(succeeded, "{printed}{errors}");
    let all = cases();
    let lacks = |case: &&Case| case.needs.iter().any(|need| kind.lacks.contains(need));
    let wanted: BTreeSet<&str> = all.iter().filter(lacks).map(|case| case.name).collect();
    ensure_eq!(with_verdict(&printed, "ignored"), wanted, "what is left out");
    let passed = with_verdict(&printed, "ok").len();
    ensure_eq!(passed + wanted.len(), all.len(), "cases");
    ensure!(passed >= kind.passed, "only {passed} passed, {} wanted", kind.passed);
    let number = format!("left out: {} of {} cases\n", wanted.len(), all.len());
    let (_, told) = printed.split_once(&number).ok_or_else(|| format!("{number:?} is not in {printed}"))?;
    let told: BTreeSet<&str> = told.lines().filter_map(|line| line.strip_prefix("    ")).collect();
    ensure_eq!(told, wanted, "the names at the end");

    // Nothing is left out that could run.
    let target = deployment::find(&said(&gallery))?;
    // Whether one of several viewers is in another arm than the first is chance.
    let by_chance = |case: &&Case| case.needs.contains(&Need::NoExperiment) && kind.lacks.contains(&Need::Presigned);
    let left_out: Vec<&Case> = all.iter().filter(lacks).filter(|case| !by_chance(case)).collect();
    let could: Vec<&str> = left_out.iter().filter(|case| (case.run)(&target).is_ok()).map(|case| case.name).collect();
    ensure!(could.is_empty(), "left out, but they pass: {could:?}");
    Ok(())
}

fn empty() -> Result<Gallery, String> {
    Gallery::start_empty(&Options::default()).map_err(|failure| failure.to_string())
}

fn an_empty_gallery_is_refused() -> Outcome {
    let (succeeded, printed, errors) = run(&empty()?)?;
    ensure!(!succeeded && printed.is_empty(), "{printed}");
    ensure!(errors.contains("is empty") && errors.contains("edge-gallery ingest"), "{errors}");
    Ok(())
}

/// On an empty gallery, exactly those cases pass that need nothing.
fn what_needs_nothing_needs_nothing() -> Outcome {
    let gallery = empty()?;
    let target = Target::new(&gallery.url, &gallery.video_url, "", &gallery.password);
    let mut wrong = Vec::new();
    for case in cases() {
        match ((case.run)(&target), case.needs == [Need::Nothing]) {
            (Ok(()), true) | (Err(_), false) => {}
            (Ok(()), false) => wrong.push(format!("{} passes, but needs {:?}", case.name, case.needs)),
            (Err(what), true) => wrong.push(format!("{} needs nothing, but fails: {what}", case.name)),
        }
    }
    ensure!(wrong.is_empty(), "{}", wrong.join("\n"));
    Ok(())
}

/// Where nobody listens, and where a server says yes to everything.
fn nothing_passes_without_a_gallery() -> Outcome {
    let nobody = free_address().map_err(|error| error.to_string())?;
    let yes = Relay::start(nobody).map_err(|error| error.to_string())?;
    let answer = b"HTTP/1.1 200 OK\r\ncontent-length: 0\r\n\r\n".to_vec();
    yes.set(Mode::Answer(answer)).map_err(|error| error.to_string())?;
    for base in [format!("http://{nobody}"), yes.url()] {
        let target = Target::new(&base, &base, "", "a password");
        let passed: Vec<&str> =
            cases().iter().filter(|case| (case.run)(&target).is_ok()).map(|case| case.name).collect();
        ensure!(passed.is_empty(), "at {base} pass {passed:?}");
    }
    Ok(())
}

/// A case that needs nothing needs nothing else, and every case says something.
fn each_case_says_what_it_needs() -> Outcome {
    for case in cases() {
        let nothing = case.needs.contains(&Need::Nothing);
        ensure!(!case.needs.is_empty() && (!nothing || case.needs.len() == 1), "{}: {:?}", case.name, case.needs);
    }
    Ok(())
}
