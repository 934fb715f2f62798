//! The contract against the native host: both services on one port, and each on a port of its own.

use std::{
    process::ExitCode,
    sync::{Arc, OnceLock},
};

use contract::{Target, cases};
use harness::{Gallery, Options};
use libtest_mimic::{Arguments, Trial};

/// A host that is started by the first case that needs it.
struct Host {
    split: bool,
    running: OnceLock<Result<(Gallery, Target), String>>,
}

impl Host {
    fn target(&self) -> Result<&Target, String> {
        let start = || {
            let options = Options { split: self.split, ..Options::default() };
            let gallery = Gallery::start(&options).map_err(|failure| failure.to_string())?;
            let target = Target::new(&gallery.url, &gallery.video_url, &gallery.store_url, &gallery.password);
            Ok((gallery, target))
        };
        let running = self.running.get_or_init(start);
        running.as_ref().map(|(_, target)| target).map_err(Clone::clone)
    }
}

fn main() -> ExitCode {
    let mut arguments = Arguments::from_args();
    // Cases mostly wait for the host.
    arguments.test_threads = arguments.test_threads.or(Some(8));
    // The trials keep clones; the last one to go takes the process along.
    let hosts = [("native", false), ("native-split", true)]
        .map(|(name, split)| (name, Arc::new(Host { split, running: OnceLock::new() })));
    let trials = hosts
        .iter()
        .flat_map(|(name, host)| {
            cases().into_iter().map(move |case| {
                let host = Arc::clone(host);
                Trial::test(format!("{name}::{}", case.name), move || Ok((case.run)(host.target()?)?))
            })
        })
        .collect();
    let conclusion = libtest_mimic::run(&arguments, trials);
    drop(hosts);
    conclusion.exit_code()
}
