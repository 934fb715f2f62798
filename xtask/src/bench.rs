//! `cargo xtask bench`: this project's code against libraries, other servers and empty programs, and the page.

use std::{
    path::{Path, PathBuf},
    process::Command,
};

use clap::Subcommand;

use crate::{Failure, fastly, page, process, tools, wasm, workspace};

#[derive(Subcommand)]
pub enum Subject {
    /// Presigning with this project's sigv4, with rusty-s3 and with aws-sigv4; in wasm and natively.
    Sign(Rounds),
    /// Variant playlists: rewriting alone, and with every segment presigned; in wasm and natively.
    Playlist(Rounds),
    /// The services on a host, beside an empty program on the same host and the native gallery: latency, throughput,
    /// operations, memory, and on WASI hosts a large original.
    Hosts {
        /// The hosts, separated by commas: fastly, on its local server; wasi, wasi02 and spin, in wasmtime. With
        /// `--against`, native too.
        #[arg(long, default_value = "fastly")]
        on: String,
        /// How long each case runs, twice.
        #[arg(long, default_value_t = 3)]
        seconds: u32,
        /// An earlier version's programs, as `cargo xtask programs` writes them: each case is measured on both in turn.
        #[arg(long, value_name = "FOLDER")]
        against: Option<PathBuf>,
    },
    /// Taking photos in, beside vipsthumbnail making the same sizes: photos a second, memory.
    Pictures {
        /// How many photos of each kind.
        #[arg(long, default_value_t = 24)]
        photos: u32,
        /// How often each is measured, in turn.
        #[arg(long, default_value_t = 3)]
        rounds: u32,
    },
    /// A size that is missing, made by the code alone, beside the crate `image`, and by each host: milliseconds a
    /// megapixel.
    Made {
        /// The hosts, separated by commas.
        #[arg(long, default_value = "native,wasi,spin,wasi02")]
        on: String,
        /// How many originals of each format.
        #[arg(long, default_value_t = 5)]
        rounds: u32,
    },
    /// The native host while its KV store is down, beside the same host a moment before: right answers, p99.
    KvDown {
        /// How long each state is measured, four times.
        #[arg(long, default_value_t = 3)]
        seconds: u32,
    },
    /// The page over a large library in Chromium, as a phone on a slow network sees it: first pictures, frames, memory,
    /// a link to the oldest item. It ends with one line of JSON for each size of the library.
    Web {
        /// How many items, separated by commas.
        #[arg(long, default_value = "10000,100000")]
        items: String,
    },
    /// A film in Chromium, as CMAF and as transport streams in turn, over loopback and a slow network: first frame,
    /// play, seek, bytes before play.
    Films {
        /// How many rounds.
        #[arg(long, default_value_t = 9)]
        rounds: u32,
    },
    /// The same files by the gallery, another server and tower-http's `ServeDir`: rows of RFC 9110 passed, and speed.
    Files {
        /// The other server.
        #[arg(long, default_value = "nginx", value_parser = ["nginx"])]
        against: String,
        /// How long each server is measured for each file, in all.
        #[arg(long, default_value_t = 10)]
        seconds: u32,
    },
}

#[derive(clap::Args)]
pub struct Rounds {
    /// How often each measurement is repeated; the best one counts. The default is enough for a busy machine.
    #[arg(long)]
    rounds: Option<u32>,
}

pub fn run(subject: &Subject) -> Result<(), Failure> {
    let (name, Rounds { rounds }) = match subject {
        Subject::Hosts { on, seconds, against } => return hosts(on, *seconds, against.as_deref()),
        Subject::KvDown { seconds } => return kv_down(*seconds),
        Subject::Files { against: _, seconds } => return files(*seconds),
        Subject::Web { items } => return web(items),
        Subject::Films { rounds } => return films(*rounds),
        Subject::Pictures { photos, rounds } => return pictures(*photos, *rounds),
        Subject::Made { on, rounds } => return made(on, *rounds),
        Subject::Sign(rounds) => ("sign", rounds),
        Subject::Playlist(rounds) => ("playlist", rounds),
    };
    tools::need_wasm_targets()?;
    let mut arguments = vec![name.to_owned()];
    if let Some(rounds) = rounds {
        arguments.extend(["--rounds".to_owned(), rounds.to_string()]);
    }
    let arguments: Vec<&str> = arguments.iter().map(String::as_str).collect();
    workspace::run_release("bench-sign", &arguments)
}

fn hosts(on: &str, seconds: u32, against: Option<&Path>) -> Result<(), Failure> {
    page::build()?;
    let mut packages = vec!["edge-gallery", "bench-hosts"];
    if on.split(',').any(|host| host == "fastly") {
        fastly::optimised_viceroy()?;
    }
    let wasi_host = on.split(',').any(|host| host != "fastly").then_some("wasi-host");
    packages.extend(wasi_host);
    let programs = workspace::build(&packages)?;
    let mut command = Command::new(programs.path("bench-hosts")?);
    command.args(["--on", on, "--seconds", &seconds.to_string()]);
    if let Some(folder) = against {
        command.arg("--against").arg(std::path::absolute(folder)?);
    }
    command.env("GALLERY_PROGRAM", programs.path("edge-gallery")?);
    if let Some(name) = wasi_host {
        command.env("WASI_HOST_PROGRAM", programs.path(name)?);
    }
    wasm::all()?.tell(&mut command);
    process::succeed(&mut command, "bench-hosts")
}

fn kv_down(seconds: u32) -> Result<(), Failure> {
    page::build()?;
    let programs = workspace::build(&["edge-gallery", "bench-hosts"])?;
    let mut command = Command::new(programs.path("bench-hosts")?);
    command.args(["--kv-down", "--seconds", &seconds.to_string()]);
    command.env("GALLERY_PROGRAM", programs.path("edge-gallery")?);
    process::succeed(&mut command, "bench-hosts")
}

fn files(seconds: u32) -> Result<(), Failure> {
    let nginx = tools::NGINX.need()?;
    page::build()?;
    let programs = workspace::build(&["edge-gallery", "bench-files"])?;
    let mut command = Command::new(programs.path("bench-files")?);
    command.args(["--seconds", &seconds.to_string()]).env("NGINX_PROGRAM", nginx);
    command.env("GALLERY_PROGRAM", programs.path("edge-gallery")?);
    process::succeed(&mut command, "bench-files")
}

fn web(items: &str) -> Result<(), Failure> {
    page::build()?;
    for count in items.split(',') {
        let mut command = Command::new(tools::NODE.need()?);
        command.current_dir(workspace::root().join("web")).args(["bench/web.mjs", count]);
        process::succeed(&mut command, "bench/web.mjs")?;
    }
    Ok(())
}

fn films(rounds: u32) -> Result<(), Failure> {
    tools::FFMPEG.need()?;
    page::build()?;
    let programs = workspace::build(&["edge-gallery"])?;
    let mut command = Command::new(tools::NODE.need()?);
    command.current_dir(workspace::root().join("web")).args(["bench/films.mjs", &rounds.to_string()]);
    command.env("GALLERY_PROGRAM", programs.path("edge-gallery")?);
    process::succeed(&mut command, "bench/films.mjs")
}

fn pictures(photos: u32, rounds: u32) -> Result<(), Failure> {
    page::build()?;
    let programs = workspace::build(&["edge-gallery", "bench-pictures"])?;
    let mut command = Command::new(programs.path("bench-pictures")?);
    command.args(["--photos", &photos.to_string(), "--rounds", &rounds.to_string()]);
    command.env("GALLERY_PROGRAM", programs.path("edge-gallery")?);
    process::succeed(&mut command, "bench-pictures")
}

fn made(on: &str, rounds: u32) -> Result<(), Failure> {
    page::build()?;
    let programs = workspace::build(&["edge-gallery", "bench-made", "wasi-host"])?;
    let mut command = Command::new(programs.path("bench-made")?);
    command.args(["--on", on, "--rounds", &rounds.to_string()]);
    command.env("GALLERY_PROGRAM", programs.path("edge-gallery")?);
    command.env("WASI_HOST_PROGRAM", programs.path("wasi-host")?);
    wasm::all()?.tell(&mut command);
    process::succeed(&mut command, "bench-made")
}
