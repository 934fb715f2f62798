//! The services on hosts of components: on WASI hosts, and on Node.

use std::{io::Write as _, path::Path, process::Command};

use servers::hosts;

use crate::{
    Failure,
    edge::{Server, VIDEO_PORT, VIEWER_PORT, local, origins},
    page,
    secrets::Config,
    tools, wasm, workspace,
};

/// The host of a component.
#[derive(Clone, Copy, PartialEq, Eq)]
pub enum Host {
    Wasi,
    Wasi02,
    Node,
}

impl Host {
    /// The end of the names of the host's programs. Node runs those for WASI 0.2.
    const fn suffix(self) -> &'static str {
        match self {
            Self::Wasi => "wasi",
            Self::Wasi02 | Self::Node => "wasi02",
        }
    }
}

/// The servers that run the services: one host for both services, on the snapshot in the bucket. If the services are
/// split, each has a host of its own, on a libSQL server.
pub fn servers(
    on: Host,
    split: bool,
    config: &Config,
    store: Option<&str>,
    sql: Option<&str>,
) -> Result<Vec<Server>, Failure> {
    page::build()?;
    let server = |service: &'static str, port| -> Result<Server, Failure> {
        let component = wasm::build(&format!("{service}-{}", on.suffix()))?;
        let mut command = serve(on, port, &component)?;
        command.envs(config).envs(store.map(|store| ("S3_ENDPOINT", store))).envs(sql.map(|sql| ("SQL_URL", sql)));
        if split {
            command.env("VIDEO_API_BASE", format!("http://127.0.0.1:{VIDEO_PORT}")).env("ALLOWED_ORIGINS", origins());
        }
        say(&format!("{service}: {}", line(&command)));
        Ok(Server { command, name: service, port })
    };
    if split {
        Ok(vec![server("viewer-edge", VIEWER_PORT)?, server("video-edge", VIDEO_PORT)?])
    } else {
        Ok(vec![server("all-in-one", VIEWER_PORT)?])
    }
}

/// A command for a host that serves a component, and gives it the environment of the host: Wasmtime's host if this
/// machine has it, otherwise the host of the tests.
fn serve(on: Host, port: u16, component: &Path) -> Result<Command, Failure> {
    if on == Host::Node {
        need_node()?;
        return servers::node::serve(component, local(port));
    }
    if let Ok(command) = hosts::wasmtime(on.suffix(), component, local(port)) {
        return Ok(command);
    }
    say("There is no wasmtime 48 or newer here: a WASI host of ours is built instead, which takes some minutes, once.");
    let host = workspace::build(&["wasi-host"])?;
    Ok(hosts::wasi(host.path("wasi-host")?, component, local(port)))
}

/// Node, and what it needs to serve components, which npm installs outside the tree if it is missing.
pub fn need_node() -> Result<(), Failure> {
    tools::NODE.need()?;
    tools::NPM.need()?;
    servers::node::program().map(drop)
}

/// A command as it is typed. Its environment is left out, because it holds secrets.
fn line(command: &Command) -> String {
    let words = std::iter::once(command.get_program()).chain(command.get_args());
    words.map(|word| word.to_string_lossy()).collect::<Vec<_>>().join(" ")
}

fn say(text: &str) {
    let _ = writeln!(std::io::stdout(), "{text}");
}
