//! Node, with a component for WASI 0.2.

use std::net::SocketAddr;

use servers::node;
use tempfile::TempDir;

use crate::{EdgeGallery, Failure, Local, Options, native::clean, programs::component};

impl Local {
    /// Starts the program `service` for WASI 0.2 with this environment, at `address`. `arguments` are more arguments
    /// for the host.
    pub fn node(
        arguments: &[&str],
        service: &str,
        environment: &[(String, String)],
        address: SocketAddr,
    ) -> Result<Self, Failure> {
        let mut command = node::serve(&component(&format!("{service}-wasi02"))?, address)?;
        clean(&mut command);
        command.args(arguments).envs(environment.iter().map(|(name, value)| (name, value)));
        Self::start(&mut command, TempDir::new()?, address)
    }
}

impl EdgeGallery<Local> {
    /// A gallery in Node. With both services in one program, it reads the snapshot in the bucket.
    pub fn start_in_node(options: &Options) -> Result<Self, Failure> {
        Self::start_with(options, false, |_, service, environment, address| {
            Local::node(options.host_arguments, service, environment, address)
        })
    }
}
