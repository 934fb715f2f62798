//! Each delivery of segments, on a native host configured for it. On one port the session's cookie is used, and with
//! split services playback tokens.

use std::process::ExitCode;

use contract::{Target, deliveries};
use harness::{Gallery, Options};
use libtest_mimic::{Arguments, Trial};

fn main() -> ExitCode {
    let trials = [("native", false), ("native-split", true)]
        .into_iter()
        .flat_map(|(name, split)| deliveries().into_iter().map(move |delivery| (name, split, delivery)))
        .map(|(name, split, (configuration, case))| {
            Trial::test(format!("{name}::{}", case.name), move || {
                let environment = configuration.iter().map(|(name, value)| ((*name).into(), (*value).into())).collect();
                let gallery = Gallery::start(&Options { split, environment, ..Options::default() })?;
                let target = Target::new(&gallery.url, &gallery.video_url, &gallery.store_url, &gallery.password)
                    .with_links(&gallery.links, gallery.operator());
                Ok((case.run)(&target)?)
            })
        })
        .collect();
    libtest_mimic::run(&Arguments::from_args(), trials).exit_code()
}
