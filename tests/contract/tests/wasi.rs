//! The contract on WASI hosts: on WASI 0.3, on WASI 0.2, and on hosts with Spin's imports of both. Both services run
//! in one program, on a snapshot of the catalogue (for Spin 4.1, on SQLite). Each service also runs in a host of its
//! own, on a libSQL server, with and without a viewer-edge that forwards films. Both services also run in one host, as
//! in `spin.toml` and `spin.02.toml`. KV is in the bucket, or in Spin's stores.
//!
//! The contract also runs in Node, on the components for WASI 0.2, and on the real `spin up` and `wasmtime serve`, if
//! this machine has them. No package client that the tests use installs the last two.

#[path = "edge/mod.rs"]
mod edge;

use std::process::ExitCode;

use contract::complete;
use edge::{Edge, Running};
use harness::{EdgeGallery, Options, Wasi, WasiGallery, named};
use libtest_mimic::{Arguments, Trial};

fn main() -> ExitCode {
    let mut arguments = Arguments::from_args();
    arguments.test_threads = arguments.test_threads.or(Some(4));
    let mut trials: Vec<Trial> = Vec::new();
    for wasi in [Wasi::P3, Wasi::P2, Wasi::Spin, Wasi::Spin02] {
        let edge = |split| {
            Edge::new(move || {
                let gallery = WasiGallery::start(wasi, &Options { split, links: true, ..Options::default() })?;
                let running = Running::new(gallery, !split && !wasi.has_sql());
                // KV is in the bucket, and on the stand-in for Spin in the memory of each server.
                Ok(if split && wasi.is_spin() { running.with_two_kv_stores() } else { running })
            })
        };
        let name = wasi.suffix();
        let (both, split) = (edge(false), edge(true));
        // The apps below run the whole contract on Spin's stores.
        if wasi.is_spin() {
            trials.extend(edge::both(name, &both));
        } else {
            trials.extend(edge::whole(name, &both));
            trials.extend(edge::whole(&format!("{name}-split"), &split));
        }
        trials.extend(edge::routed(&format!("{name}-routed"), &split));
    }
    for (name, wasi) in [("spin-app", Wasi::Spin), ("spin02-app", Wasi::Spin02)] {
        let app = Edge::new(move || {
            let gallery = WasiGallery::start_on_spin(wasi, &Options { links: true, ..Options::default() })?;
            Ok(Running::new(gallery, !wasi.has_sql()).with_two_kv_stores())
        });
        trials.extend(edge::whole(name, &app));
    }
    trials.extend(node());
    trials.extend(elsewhere());
    if let Err(missing) = complete("wasi", &trials) {
        eprintln!("{missing}");
        return ExitCode::FAILURE;
    }
    libtest_mimic::run(&arguments, trials).exit_code()
}

/// The trials in Node. Without npm and its packages they are shown as ignored, with the reason.
fn node() -> Vec<Trial> {
    let edge = |split| {
        Edge::new(move || {
            // As many as there are threads of cases: each instance that is started takes time.
            let options = Options { split, links: true, host_arguments: &["--instances", "4"], ..Options::default() };
            Ok(Running::new(EdgeGallery::start_in_node(&options)?, !split))
        })
    };
    // A request takes some six times the processor's time that it takes in wasmtime. So services of their own are
    // asked for films only.
    let trials = [edge::whole("node", &edge(false)), edge::routed("node-routed", &edge(true))];
    let missing = harness::node().err().map(|failure| failure.to_string());
    let trials = trials.into_iter().flatten().map(|trial| match &missing {
        Some(missing) => trial.with_kind(missing).with_ignored_flag(true),
        None => trial,
    });
    trials.collect()
}

/// The trials on hosts made by others, which `SPIN` and `WASMTIME` name, or which are on the `PATH`.
fn elsewhere() -> Vec<Trial> {
    let mut trials = Vec::new();
    for (name, wasi) in [("spin-up", Wasi::Spin), ("spin02-up", Wasi::Spin02)] {
        if named::wants_spin(wasi.suffix()) {
            let app = Edge::new(move || {
                let gallery = EdgeGallery::start_in_spin(wasi, &Options { links: true, ..Options::default() })?;
                Ok(Running::new(gallery, !wasi.has_sql()))
            });
            trials.extend(edge::whole(name, &app));
        }
    }
    let wasmtime = if named::wants_wasmtime() { &[Wasi::P3, Wasi::P2][..] } else { &[] };
    for &wasi in wasmtime {
        let edge = |split| {
            Edge::new(move || {
                let gallery =
                    EdgeGallery::start_in_wasmtime(wasi, &Options { split, links: true, ..Options::default() })?;
                Ok(Running::new(gallery, !split))
            })
        };
        let name = format!("{}-wasmtime", wasi.suffix());
        trials.extend(edge::whole(&name, &edge(false)));
        let split = edge(true);
        trials.extend(edge::whole(&format!("{name}-split"), &split));
        trials.extend(edge::routed(&format!("{name}-routed"), &split));
    }
    trials
}
