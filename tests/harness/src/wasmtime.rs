//! `wasmtime serve`.

use std::net::SocketAddr;

use tempfile::TempDir;

use crate::{EdgeGallery, Failure, Local, Options, Wasi, hosts, native::clean, programs::component};

impl Local {
    /// Starts the program `service` for `wasi` with this environment, at `address`.
    pub fn wasmtime(
        wasi: Wasi,
        service: &str,
        environment: &[(String, String)],
        address: SocketAddr,
    ) -> Result<Self, Failure> {
        let component = component(&format!("{service}-{}", wasi.suffix()))?;
        let mut command = hosts::wasmtime(wasi.suffix(), &component, address)?;
        clean(&mut command);
        command.envs(environment.iter().map(|(name, value)| (name, value)));
        Self::start(&mut command, TempDir::new()?, address)
    }
}

impl EdgeGallery<Local> {
    /// A gallery in Wasmtime's own host. With both services in one program, it reads the snapshot in the bucket.
    /// Needs a Wasmtime on this machine.
    pub fn start_in_wasmtime(wasi: Wasi, options: &Options) -> Result<Self, Failure> {
        Self::start_with(options, false, |_, service, environment, address| {
            Local::wasmtime(wasi, service, environment, address)
        })
    }
}
