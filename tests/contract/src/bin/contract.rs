//! The HTTP contract against a deployment: `cargo xtask conform --base URL --password P`. The deployment may hold any
//! pictures. Cases that need others are left out, by name.

use std::{path::PathBuf, process::ExitCode, sync::Arc};

use clap::Parser;
use contract::deployment::{self, Said};
use libtest_mimic::Arguments;

#[derive(Parser)]
struct Deployment {
    /// Writes the test library's photos into a new folder, and ends. `edge-gallery ingest FOLDER --demo-film` ingests
    /// the folder.
    #[arg(long, value_name = "FOLDER", conflicts_with = "base")]
    write_library: Option<PathBuf>,
    /// viewer-edge's address.
    #[arg(long, required_unless_present = "write_library")]
    base: Option<String>,
    /// video-edge's address, if it has its own. Otherwise the URL of a film tells.
    #[arg(long)]
    video: Option<String>,
    /// The origin of presigned URLs. Otherwise the playlist of a film tells.
    #[arg(long)]
    store: Option<String>,
    #[arg(long, env = "GALLERY_PASSWORD", hide_env_values = true, default_value = "")]
    password: String,
    /// The catalogue is read from the bucket, not from SQL. Otherwise the cost of an answer tells.
    #[arg(long)]
    snapshot: bool,
    /// Run only cases whose name contains this.
    filter: Option<String>,
}

fn main() -> ExitCode {
    let deployment = Deployment::parse();
    let done = match &deployment.write_library {
        Some(folder) => harness::write_photos(folder)
            .map(|()| ExitCode::SUCCESS)
            .map_err(|failure| format!("{}: {failure}", folder.display())),
        None => run(deployment),
    };
    done.unwrap_or_else(|failure| {
        eprintln!("contract: {failure}");
        ExitCode::FAILURE
    })
}

#[allow(clippy::print_stdout, reason = "the report")]
fn run(deployment: Deployment) -> Result<ExitCode, String> {
    let Deployment { base, video, store, password, snapshot, filter, .. } = deployment;
    let target = deployment::find(&Said { base: base.unwrap_or_default(), video, store, password, snapshot })?;
    println!("{}", deployment::seen(&target)?);
    let (trials, mut left_out) = deployment::plan("deployment", &Arc::new(target))?;
    if let Some(part) = &filter {
        for names in left_out.values_mut() {
            names.retain(|name| format!("deployment::{name}").contains(part));
        }
        left_out.retain(|_, names| !names.is_empty());
    }
    let arguments = Arguments { filter, test_threads: Some(8), ..Arguments::default() };
    let conclusion = libtest_mimic::run(&arguments, trials);
    print!("{}", deployment::told(&left_out));
    Ok(conclusion.exit_code())
}
