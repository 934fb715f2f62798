//! A WASI host for tests: wasmtime, which serves one component of the gallery, of WASI 0.3 or 0.2, on a port.
//!
//! The program does what `wasmtime serve` does, and cargo builds it, because no registry has a binary of wasmtime.
//! The component gets this process's environment, its standard output, outgoing HTTP, and nothing else. Instances of
//! 0.3 serve several requests at once, and are reused, as in Spin. Instances of 0.2 serve one request. An instance
//! that ends leaves a line on standard error:
//! `{"requests":128,"at_once":16,"pairs":950,"memory":2097152,"trapped":false}`.

mod component;
mod door;
mod instance;
mod spin;
mod spin02;

use std::{
    fs::{self, File},
    io::Write as _,
    net::SocketAddr,
    path::{Path, PathBuf},
    process::ExitCode,
};

use clap::Parser;
use tokio::net::TcpListener;

use component::Component;
use instance::Limits;

#[derive(Parser)]
struct Arguments {
    /// Where to listen; port 0 takes a free one.
    #[arg(long, default_value = "127.0.0.1:0")]
    listen: SocketAddr,
    /// How many requests an instance of WASI 0.3 serves in all.
    #[arg(long, default_value_t = 128)]
    reuse: usize,
    /// How many requests an instance of WASI 0.3 serves at once.
    #[arg(long, default_value_t = 16)]
    at_once: usize,
    /// How much linear memory an instance may have. An instance that needs more gets none, and traps if it cannot go
    /// on.
    #[arg(long, value_name = "BYTES", default_value_t = usize::MAX, hide_default_value = true)]
    memory_limit: usize,
    /// How many instances there may be at once. A request waits for one of them.
    #[arg(long, default_value_t = tokio::sync::Semaphore::MAX_PERMITS, hide_default_value = true)]
    instances: usize,
    /// The file of the SQLite database that a component for Spin gets. Its variables are this process's environment,
    /// and it has no environment itself.
    #[arg(long, value_name = "DATABASE")]
    spin: Option<PathBuf>,
    /// Another component, for a path and all below it, as routes of Spin are: `/api/hls=video.wasm`.
    #[arg(long, value_name = "PATH=COMPONENT", value_parser = route)]
    route: Vec<(String, PathBuf)>,
    /// A folder in which compiled components are kept for later starts.
    #[arg(long, value_name = "FOLDER")]
    cache: Option<PathBuf>,
    component: PathBuf,
}

fn route(text: &str) -> Result<(String, PathBuf), String> {
    let (path, component) = text.split_once('=').filter(|(path, _)| path.starts_with('/')).ok_or("PATH=COMPONENT")?;
    Ok((path.to_owned(), component.into()))
}

fn main() -> ExitCode {
    match run(&Arguments::parse()) {
        Ok(()) => ExitCode::SUCCESS,
        Err(error) => {
            let _ = writeln!(std::io::stderr(), "wasi-host: {error:?}");
            ExitCode::FAILURE
        }
    }
}

/// The right to compile into the folder `cache`, until it is dropped: of many hosts that start at once, one compiles a
/// component, and the others wait and load it.
fn turn(cache: &Path) -> std::io::Result<File> {
    fs::create_dir_all(cache)?;
    let file = File::options().create(true).append(true).open(cache.join("turn"))?;
    file.lock()?;
    Ok(file)
}

fn run(arguments: &Arguments) -> wasmtime::Result<()> {
    let runtime = tokio::runtime::Builder::new_multi_thread().enable_all().build()?;
    let limits = Limits { at_once: arguments.at_once, in_all: arguments.reuse };
    let Arguments { memory_limit, instances, spin, .. } = arguments;
    let engine = component::engine(arguments.cache.as_deref())?;
    let turn = arguments.cache.as_deref().map(turn).transpose()?;
    let load = |path: &Path| Component::load(&engine, path, limits, *memory_limit, *instances, spin.as_deref());
    // The last component serves all paths that the others do not serve.
    let all = (String::new(), arguments.component.clone());
    let routes = arguments.route.iter().chain([&all]).map(|(path, component)| Ok((path.clone(), load(component)?)));
    let routes = routes.collect::<wasmtime::Result<Vec<_>>>()?;
    drop(turn);
    runtime.block_on(async {
        let listener = TcpListener::bind(arguments.listen).await?;
        // The first line says where the host listens. The lines after it come from the component.
        let mut output = std::io::stdout();
        writeln!(output, "{{\"listening\":\"http://{}\"}}", listener.local_addr()?)?;
        output.flush()?;
        door::open(listener, routes).await
    })
}
