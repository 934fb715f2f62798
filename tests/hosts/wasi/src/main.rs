//! A WASI host for tests: wasmtime, serving one of our components, of WASI 0.3 or 0.2, on a port.
//!
//! What `wasmtime serve` does, as a program that cargo builds: no binary of wasmtime's is in a registry. The component gets
//! this process's environment, its standard output and outbound HTTP, and nothing else. Instances of 0.3 serve
//! several requests at once, and are reused, as Spin does it; those of 0.2 serve one request.

mod component;
mod door;
mod spin;

use std::{io::Write as _, net::SocketAddr, path::PathBuf, process::ExitCode};

use clap::Parser;
use tokio::net::TcpListener;

use component::Component;

#[derive(Parser)]
struct Arguments {
    /// Where to listen; port 0 takes a free one.
    #[arg(long, default_value = "127.0.0.1:0")]
    listen: SocketAddr,
    /// How many requests an instance of WASI 0.3 serves in all.
    #[arg(long, default_value_t = 128)]
    reuse: usize,
    /// How many of them at once.
    #[arg(long, default_value_t = 16)]
    at_once: usize,
    /// The file of the SQLite database that a component for Spin gets; its variables are this process's environment.
    #[arg(long, value_name = "DATABASE")]
    spin: Option<PathBuf>,
    component: PathBuf,
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

fn run(arguments: &Arguments) -> wasmtime::Result<()> {
    let runtime = tokio::runtime::Builder::new_multi_thread().enable_all().build()?;
    let component =
        Component::load(&arguments.component, arguments.at_once, arguments.reuse, arguments.spin.as_deref())?;
    runtime.block_on(async {
        let listener = TcpListener::bind(arguments.listen).await?;
        // The first line tells where; what follows is the component's.
        let mut output = std::io::stdout();
        writeln!(output, "{{\"listening\":\"http://{}\"}}", listener.local_addr()?)?;
        output.flush()?;
        door::open(listener, component).await
    })
}
