//! Every task of the project. `cargo xtask --help` lists them.

mod audit;
mod conform;
mod edge;
mod fastly;
mod generate;
mod optimise;
mod page;
mod process;
mod secrets;
mod spin;
mod suites;
mod test;
mod tools;
mod up;
mod wasi;
mod wasm;
mod workspace;

use std::{
    io::Write as _,
    path::PathBuf,
    process::{Command, ExitCode},
};

use clap::{Parser, Subcommand};

/// What went wrong, in one line that says what to do.
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
    /// What services on an edge's local server need beside them: a bucket on port 9000 with a library in it. Then
    /// `fastly compute serve` works from here.
    Stack(up::Arguments),
    /// Run all tests: formatting, lints, every crate, the page, the HTTP contract, and a real browser.
    Test {
        /// Leave out the browser.
        #[arg(long)]
        no_browser: bool,
    },
    /// The same gallery on every host: conformance, HTTP contract and faults, as one table; or the contract against a
    /// deployment of yours.
    Conform(conform::Arguments),
    /// Both services on a platform that fails by a seed: no wrong byte, no wrong viewer, nothing bad kept.
    Faults {
        #[arg(long, default_value_t = 10_000)]
        seeds: u64,
        /// The first seed: with `--seeds 1` it runs again the one that a failure names.
        #[arg(long, default_value_t = 0)]
        first: u64,
    },
    /// Write the files that are made from the tree: the picture of the architecture.
    Generate,
    /// Look for published vulnerabilities in what we depend on. It needs the network, and builds cargo-audit once.
    Audit,
    /// Compare our signatures with botocore's on random cases.
    Oracle {
        #[arg(long, default_value_t = 20_000)]
        count: u64,
        #[arg(long)]
        seed: Option<u64>,
    },
    /// Measure ourselves against libraries and floors, as ratios within one run.
    Bench {
        #[command(subcommand)]
        subject: Bench,
    },
    /// Build a service for an edge as it is deployed, the page in it.
    Wasm {
        /// The entry crate, such as viewer-edge-fastly.
        package: String,
        out: PathBuf,
    },
    /// The size of each service on each edge, and its budget.
    Size,
    /// Make the README's screenshots from the running page.
    Screenshots {
        #[arg(default_value = "docs/screenshots")]
        out: PathBuf,
    },
}

#[derive(Subcommand)]
enum Bench {
    /// Presigning: ours, rusty-s3, aws-sigv4; in wasm and natively.
    Sign(Rounds),
    /// Variant playlists: rewriting alone, and with every segment presigned; in wasm and natively.
    Playlist(Rounds),
    /// The services on a host, beside an empty program on the same host and the native gallery: latency, throughput, operations,
    /// memory, and on WASI hosts a large original.
    Hosts {
        /// The hosts, by commas: fastly, by its local server; wasi, wasi02 and spin, in wasmtime.
        #[arg(long, default_value = "fastly")]
        on: String,
        /// How long each case runs, twice.
        #[arg(long, default_value_t = 3)]
        seconds: u32,
    },
    /// The native host while its KV store is down, beside the same host a moment before: right answers, p99.
    KvDown {
        /// How long each state is measured, four times.
        #[arg(long, default_value_t = 3)]
        seconds: u32,
    },
    /// The same files by the gallery, another server and tower-http's `ServeDir`: rows of RFC 9110 kept, and speed.
    Files {
        /// The other server.
        #[arg(long, default_value = "nginx", value_parser = ["nginx"])]
        against: String,
        /// How long each server is asked for each file, in all.
        #[arg(long, default_value_t = 10)]
        seconds: u32,
    },
}

#[derive(clap::Args)]
struct Rounds {
    /// How often each is repeated; the best counts. Unset, enough for a busy machine.
    #[arg(long)]
    rounds: Option<u32>,
}

fn main() -> ExitCode {
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
        Task::Wasm { package, out } => wasm::write(&package, &out),
        Task::Size => wasm::all().and_then(|programs| programs.check_sizes()),
        Task::Bench { subject } => bench(&subject),
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

fn bench(subject: &Bench) -> Result<(), Failure> {
    let (name, Rounds { rounds }) = match subject {
        Bench::Hosts { on, seconds } => return hosts(on, *seconds),
        Bench::KvDown { seconds } => return kv_down(*seconds),
        Bench::Files { against: _, seconds } => return files(*seconds),
        Bench::Sign(rounds) => ("sign", rounds),
        Bench::Playlist(rounds) => ("playlist", rounds),
    };
    tools::need_wasm_targets()?;
    let mut arguments = vec![name.to_owned()];
    if let Some(rounds) = rounds {
        arguments.extend(["--rounds".to_owned(), rounds.to_string()]);
    }
    let arguments: Vec<&str> = arguments.iter().map(String::as_str).collect();
    workspace::run_release("bench-sign", &arguments)
}

fn hosts(on: &str, seconds: u32) -> Result<(), Failure> {
    page::build()?;
    let mut packages = vec!["edge-gallery", "ingest", "bench-hosts"];
    if on.split(',').any(|host| host == "fastly") {
        fastly::viceroy()?;
    }
    let wasi_host = on.split(',').any(|host| host != "fastly").then_some("wasi-host");
    packages.extend(wasi_host);
    let programs = workspace::build(&packages)?;
    let mut command = Command::new(programs.path("bench-hosts")?);
    command.args(["--on", on, "--seconds", &seconds.to_string()]);
    command.env("GALLERY_PROGRAM", programs.path("edge-gallery")?).env("INGEST_PROGRAM", programs.path("ingest")?);
    if let Some(name) = wasi_host {
        command.env("WASI_HOST_PROGRAM", programs.path(name)?);
    }
    wasm::all()?.tell(&mut command);
    process::succeed(&mut command, "bench-hosts")
}

fn kv_down(seconds: u32) -> Result<(), Failure> {
    page::build()?;
    let programs = workspace::build(&["edge-gallery", "ingest", "bench-hosts"])?;
    let mut command = Command::new(programs.path("bench-hosts")?);
    command.args(["--kv-down", "--seconds", &seconds.to_string()]);
    command.env("GALLERY_PROGRAM", programs.path("edge-gallery")?).env("INGEST_PROGRAM", programs.path("ingest")?);
    process::succeed(&mut command, "bench-hosts")
}

fn files(seconds: u32) -> Result<(), Failure> {
    let nginx = tools::NGINX.need()?;
    page::build()?;
    let programs = workspace::build(&["edge-gallery", "ingest", "bench-files"])?;
    let mut command = Command::new(programs.path("bench-files")?);
    command.args(["--seconds", &seconds.to_string()]).env("NGINX_PROGRAM", nginx);
    command.env("GALLERY_PROGRAM", programs.path("edge-gallery")?).env("INGEST_PROGRAM", programs.path("ingest")?);
    process::succeed(&mut command, "bench-files")
}

fn oracle(count: u64, seed: Option<u64>) -> Result<(), Failure> {
    let mut arguments = vec!["--count".to_owned(), count.to_string()];
    if let Some(seed) = seed {
        arguments.extend(["--seed".to_owned(), seed.to_string()]);
    }
    let arguments: Vec<&str> = arguments.iter().map(String::as_str).collect();
    workspace::run_release("oracle", &arguments)
}
