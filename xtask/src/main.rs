//! Every task of the project. `cargo xtask --help` lists them.

mod audit;
mod bench;
mod conform;
mod deploy;
mod dist;
mod docs;
mod edge;
mod fastly;
mod generate;
mod lanes;
mod lints;
mod optimise;
mod page;
mod process;
mod secrets;
mod spin;
mod suites;
mod test;
mod times;
mod tools;
mod up;
mod wasi;
mod wasm;
mod workspace;

use std::{io::Write as _, path::PathBuf, process::ExitCode};

use clap::{Parser, Subcommand};

/// A failure, as one line that says what to do.
type Failure = servers::Failure;

#[derive(Parser)]
#[command(name = "cargo xtask")]
struct Arguments {
    #[command(subcommand)]
    task: Task,
}

#[derive(Subcommand)]
enum Task {
    /// Run the gallery: builds what is missing, makes or reads a library, prints where to look.
    Up(up::Arguments),
    /// Start what the services on an edge's local server need beside them: a bucket on port 9000 with a library in
    /// it. Then `fastly compute serve` works from here.
    Stack(up::Arguments),
    /// Run all tests: formatting, lints, every crate, the page, the HTTP contract, and a real browser.
    Test {
        /// Leave out the browser.
        #[arg(long)]
        no_browser: bool,
    },
    /// Test the same gallery on every host: conformance, HTTP contract and faults, as one table; or run the contract
    /// against a deployment of yours.
    Conform(conform::Arguments),
    /// Test both services on a platform that fails by a seed: no wrong byte, no wrong viewer, nothing bad kept.
    Faults {
        #[arg(long, default_value_t = 10_000)]
        seeds: u64,
        /// The first seed. With `--seeds 1`, the seed that a failure names runs again.
        #[arg(long, default_value_t = 0)]
        first: u64,
    },
    /// Write the files that are made from the tree: the table of configuration in PLATFORM.md, and the picture of the
    /// architecture.
    Generate,
    /// Look for published vulnerabilities in the dependencies. It needs the network, and builds cargo-audit once.
    Audit,
    /// Compare this project's signatures with botocore's on random cases.
    Oracle {
        #[arg(long, default_value_t = 20_000)]
        count: u64,
        #[arg(long)]
        seed: Option<u64>,
    },
    /// Measure this project's code against libraries and baselines, as ratios within one run.
    Bench {
        #[command(subcommand)]
        subject: bench::Subject,
    },
    /// Build a service for an edge as it is deployed, with the page in it.
    Wasm {
        /// The program, such as viewer-edge-fastly.
        program: String,
        out: PathBuf,
    },
    /// The size of each service on each edge, and its budget.
    Size,
    /// Build every program in release and copy it: for `bench hosts --against`.
    Programs { out: PathBuf },
    /// Build what is given to others: static programs, all components, a list of what is in them, licences, checksums.
    Dist(dist::Arguments),
    /// Ask systemd, Caddy, compose and podman about the files of `deploy/`, and run the image that they describe.
    Deploy(deploy::Arguments),
    /// Build the handbook, a site of all documents. It needs the network, and builds mdBook once.
    Docs {
        #[arg(default_value = "target/handbook")]
        out: PathBuf,
    },
    /// Make the README's screenshots from the running page.
    Screenshots {
        #[arg(default_value = "docs/screenshots")]
        out: PathBuf,
    },
}

fn main() -> ExitCode {
    if let Some(ended) = lints::stand_in() {
        return ended;
    }
    let result = match Arguments::parse().task {
        Task::Up(arguments) => up::run(&arguments, false),
        Task::Stack(arguments) => up::run(&arguments, true),
        Task::Test { no_browser } => test::run(no_browser),
        Task::Conform(arguments) => conform::run(&arguments),
        Task::Faults { seeds, first } => {
            workspace::run_release("seeds", &["--seeds", &seeds.to_string(), "--first", &first.to_string()])
        }
        Task::Generate => generate::run(),
        Task::Audit => audit::run(),
        Task::Oracle { count, seed } => oracle(count, seed),
        Task::Wasm { program, out } => wasm::write(&program, &out),
        Task::Size => wasm::all().and_then(|programs| programs.check_sizes()),
        Task::Programs { out } => wasm::write_all(&out),
        Task::Deploy(arguments) => deploy::run(&arguments),
        Task::Dist(arguments) => dist::run(&arguments),
        Task::Bench { subject } => bench::run(&subject),
        Task::Docs { out } => docs::run(&out),
        Task::Screenshots { out } => test::screenshots(&out),
    };
    match result {
        Ok(()) => ExitCode::SUCCESS,
        Err(failure) => {
            let _ = writeln!(std::io::stderr(), "xtask: {failure}");
            ExitCode::FAILURE
        }
    }
}

fn oracle(count: u64, seed: Option<u64>) -> Result<(), Failure> {
    let mut arguments = vec!["--count".to_owned(), count.to_string()];
    if let Some(seed) = seed {
        arguments.extend(["--seed".to_owned(), seed.to_string()]);
    }
    let arguments: Vec<&str> = arguments.iter().map(String::as_str).collect();
    workspace::run_release("oracle", &arguments)
}
