//! The HTTP contract against a deployment that holds the test library: `cargo xtask conform --base URL --password P`.

use std::{path::PathBuf, process::ExitCode, sync::Arc};

use clap::Parser;
use contract::{Target, cases};
use libtest_mimic::{Arguments, Trial};

#[derive(Parser)]
struct Deployment {
    /// Writes the test library's photos into a new folder, and ends. `edge-gallery ingest FOLDER --demo-film` ingests
    /// the folder.
    #[arg(long, value_name = "FOLDER", conflicts_with = "base")]
    write_library: Option<PathBuf>,
    /// viewer-edge's origin.
    #[arg(long, required_unless_present = "write_library")]
    base: Option<String>,
    /// video-edge's origin, if it has its own.
    #[arg(long)]
    video: Option<String>,
    /// The origin of presigned URLs.
    #[arg(long, default_value = "")]
    store: String,
    #[arg(long, env = "GALLERY_PASSWORD", hide_env_values = true, default_value = "")]
    password: String,
    /// The catalogue is read from the bucket, not from SQL.
    #[arg(long)]
    snapshot: bool,
    /// Run only cases whose name contains this.
    filter: Option<String>,
}

fn main() -> ExitCode {
    let deployment = Deployment::parse();
    if let Some(folder) = &deployment.write_library {
        return match harness::write_photos(folder) {
            Ok(()) => ExitCode::SUCCESS,
            Err(failure) => {
                eprintln!("contract: {}: {failure}", folder.display());
                ExitCode::FAILURE
            }
        };
    }
    let origin = |text: String| text.trim_end_matches('/').to_owned();
    let base = origin(deployment.base.unwrap_or_default());
    let video = deployment.video.map_or_else(|| base.clone(), origin);
    let target = Target::new(base, video, origin(deployment.store), deployment.password);
    let target = Arc::new(if deployment.snapshot { target.with_snapshot() } else { target });
    let trials = cases().into_iter().map(|case| {
        let target = Arc::clone(&target);
        Trial::test(format!("deployment::{}", case.name), move || Ok(case.on("deployment", &target)?))
    });
    let arguments = Arguments { filter: deployment.filter, test_threads: Some(8), ..Arguments::default() };
    libtest_mimic::run(&arguments, trials.collect()).exit_code()
}
