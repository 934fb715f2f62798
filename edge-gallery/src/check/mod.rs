//! `edge-gallery check`: what is missing, unreadable, weak or out of reach, in one list.

mod given;
mod nearest;
mod reach;
mod report;
mod values;

use std::path::PathBuf;

use crate::Failure;
use given::Given;
use report::Report;

/// Without a manifest the environment is read, as `serve` would. `fastly*.toml` is read as its local server would
/// read it, `spin*.toml` with the variables of the environment (SPIN_VARIABLE_...). Exit code 2: there is something
/// to mend.
#[derive(clap::Args)]
pub struct Arguments {
    /// Manifests to read instead of the environment: fastly*.toml, spin*.toml
    manifests: Vec<PathBuf>,
    /// The origin of the gallery's page, from which to try whether the bucket lets pages read
    #[arg(long, value_name = "URL")]
    origin: Option<String>,
    /// Try nothing over the network
    #[arg(long)]
    offline: bool,
    /// Print the outcome as one line of JSON
    #[arg(long)]
    json: bool,
}

/// Returns the exit code.
pub fn run(arguments: &Arguments) -> Result<u8, Failure> {
    let given = if arguments.manifests.is_empty() {
        vec![Given::environment()]
    } else {
        arguments.manifests.iter().map(|path| Given::manifest(path)).collect::<Result<_, _>>()?
    };
    let mut report = Report::default();
    for given in &given {
        report.begin(&given.from);
        given.names(&mut report);
        values::check(given, &mut report);
        if !arguments.offline {
            reach::check(given, arguments.origin.as_deref(), &mut report);
        }
    }
    report.print(arguments.json)?;
    Ok(if report.has_problems() { 2 } else { 0 })
}
