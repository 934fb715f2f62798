//! The contract on WASI hosts, 0.3, 0.2 and one that has what Spin has: both services in one, on a snapshot of the catalogue (for Spin, on
//! SQLite); and each in a host of its own, on a libSQL server. KV is in the bucket, for Spin in its own stores.

use std::{
    process::ExitCode,
    sync::{Arc, OnceLock},
};

use contract::{Target, cases};
use harness::{Options, Wasi, WasiGallery};
use libtest_mimic::{Arguments, Trial};

/// A host that is started by the first case that needs it.
struct Host {
    wasi: Wasi,
    split: bool,
    running: OnceLock<Result<(WasiGallery, Target), String>>,
}

impl Host {
    fn target(&self) -> Result<&Target, String> {
        let start = || {
            let options = Options { split: self.split, ..Options::default() };
            let gallery = WasiGallery::start(self.wasi, &options).map_err(|failure| failure.to_string())?;
            let native = &gallery.native;
            let target = Target::new(&gallery.url, &gallery.video_url, &native.store_url, &native.password);
            let on_sql = self.split || self.wasi == Wasi::Spin;
            let target = if on_sql { target } else { target.with_snapshot() };
            Ok((gallery, target))
        };
        let running = self.running.get_or_init(start);
        running.as_ref().map(|(_, target)| target).map_err(Clone::clone)
    }
}

fn main() -> ExitCode {
    let mut arguments = Arguments::from_args();
    arguments.test_threads = arguments.test_threads.or(Some(4));
    let hosts = [
        ("wasi", Wasi::P3, false),
        ("wasi-split", Wasi::P3, true),
        ("wasi02", Wasi::P2, false),
        ("wasi02-split", Wasi::P2, true),
        ("spin", Wasi::Spin, false),
        ("spin-split", Wasi::Spin, true),
    ];
    // The trials keep clones; the last one to go takes the processes along.
    let hosts = hosts.map(|(name, wasi, split)| (name, Arc::new(Host { wasi, split, running: OnceLock::new() })));
    let contract = hosts.iter().flat_map(|(name, host)| {
        cases().into_iter().map(move |case| {
            let host = Arc::clone(host);
            Trial::test(format!("{name}::{}", case.name), move || Ok((case.run)(host.target()?)?))
        })
    });
    let conclusion = libtest_mimic::run(&arguments, contract.collect());
    drop(hosts);
    conclusion.exit_code()
}
