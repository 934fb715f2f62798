//! The services on WASI hosts.

use std::{io::Write as _, path::Path, process::Command};

use servers::hosts;

use crate::{
    Failure,
    edge::{Server, VIDEO_PORT, VIEWER_PORT, local, origins},
    page,
    secrets::Config,
    wasm, workspace,
};

/// The servers that run the services for `wasi` or `wasi02`: one host for both services, on the snapshot in the
/// bucket. If the services are split, each has a host of its own, on a libSQL server.
pub fn servers(
    wasi: &str,
    split: bool,
    config: &Config,
    store: Option<&str>,
    sql: Option<&str>,
) -> Result<Vec<Server>, Failure> {
    page::build()?;
    let server = |service: &'static str, port| -> Result<Server, Failure> {
        let component = wasm::build(&format!("{service}-{wasi}"))?;
        let mut command = serve(wasi, port, &component)?;
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
fn serve(wasi: &str, port: u16, component: &Path) -> Result<Command, Failure> {
    if let Ok(command) = hosts::wasmtime(wasi, component, local(port)) {
        return Ok(command);
    }
    say("There is no wasmtime 48 or newer here: a WASI host of ours is built instead, which takes some minutes, once.");
    let host = workspace::build(&["wasi-host"])?;
    Ok(hosts::wasi(host.path("wasi-host")?, component, local(port)))
}

/// A command as it is typed. Its environment is left out, because it holds secrets.
fn line(command: &Command) -> String {
    let words = std::iter::once(command.get_program()).chain(command.get_args());
    words.map(|word| word.to_string_lossy()).collect::<Vec<_>>().join(" ")
}

fn say(text: &str) {
    let _ = writeln!(std::io::stdout(), "{text}");
}
