//! The contract against the native host, in several arrangements: both services on one port, and each service on a
//! port of its own, with and without a viewer-edge that forwards films. Also below a path, with the catalogue in a
//! snapshot, and in a libSQL server.

use std::{
    process::ExitCode,
    sync::{Arc, OnceLock},
};

use contract::{Case, Target, cases, complete};
use harness::{Gallery, Options, Sqld};
use libtest_mimic::{Arguments, Trial};

/// How the host is arranged.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
enum Arrangement {
    Whole,
    Split,
    Routed,
    Below,
    Snapshot,
    Sqld,
}

/// A host that is started by the first case that needs it.
struct Host {
    arrangement: Arrangement,
    running: OnceLock<Result<Running, String>>,
}

/// The fields are dropped in this order: the gallery before its database.
struct Running {
    target: Target,
    _gallery: Gallery,
    _sqld: Option<Sqld>,
}

impl Host {
    fn target(&self) -> Result<&Target, String> {
        let start = || self.start().map_err(|failure| failure.to_string());
        self.running.get_or_init(start).as_ref().map(|running| &running.target).map_err(Clone::clone)
    }

    fn start(&self) -> Result<Running, harness::Failure> {
        let mut options = Options {
            split: self.arrangement == Arrangement::Split,
            routed: self.arrangement == Arrangement::Routed,
            ..Options::default()
        };
        let mut sqld = None;
        match self.arrangement {
            Arrangement::Below => options.environment.push(("BASE_PATH".to_owned(), "/a/gallery".to_owned())),
            Arrangement::Whole | Arrangement::Split | Arrangement::Routed => {}
            Arrangement::Snapshot => options.environment.push(("CATALOGUE".to_owned(), "snapshot".to_owned())),
            Arrangement::Sqld => {
                let url = sqld.insert(Sqld::start(None)?).url.clone();
                options.environment.push(("SQL_URL".to_owned(), url));
            }
        }
        options.links = true;
        let gallery = Gallery::start(&options)?;
        let target = Target::new(&gallery.url, &gallery.video_url, &gallery.store_url, &gallery.password)
            .with_links(&gallery.links, gallery.operator());
        let target = if self.arrangement == Arrangement::Snapshot { target.with_snapshot() } else { target };
        Ok(Running { target, _gallery: gallery, _sqld: sqld })
    }
}

fn main() -> ExitCode {
    let mut arguments = Arguments::from_args();
    // Cases spend most of their time waiting for the host.
    arguments.test_threads = arguments.test_threads.or(Some(8));
    // The trials hold clones. When the last clone is dropped, the process ends.
    let hosts = [
        ("native", Arrangement::Whole),
        ("native-split", Arrangement::Split),
        ("native-routed", Arrangement::Routed),
        ("native-below", Arrangement::Below),
        ("native-snapshot", Arrangement::Snapshot),
        ("native-sqld", Arrangement::Sqld),
    ]
    .map(|(name, arrangement)| (name, Arc::new(Host { arrangement, running: OnceLock::new() })));
    let no_sqld = harness::sqld::program().err().map(|failure| failure.to_string());
    let trials: Vec<Trial> = hosts
        .iter()
        .flat_map(|&(name, ref host)| {
            let missing = no_sqld.as_ref().filter(|_| host.arrangement == Arrangement::Sqld);
            // A viewer-edge that forwards films has nothing else of its own.
            let wanted = move |case: &Case| host.arrangement != Arrangement::Routed || case.is_about_films();
            cases().into_iter().filter(wanted).map(move |case| {
                let host = Arc::clone(host);
                let trial = Trial::test(format!("{name}::{}", case.name), move || Ok(case.on(name, host.target()?)?));
                trial.with_ignored_flag(missing.is_some()).with_kind(missing.map_or("", String::as_str))
            })
        })
        .collect();
    if let Err(missing) = complete("native", &trials) {
        eprintln!("{missing}");
        return ExitCode::FAILURE;
    }
    let conclusion = libtest_mimic::run(&arguments, trials);
    drop(hosts);
    conclusion.exit_code()
}
