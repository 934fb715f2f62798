//! A run from start to end: the walk, then photos on many threads, then films one after the other.

use std::thread;
use std::time::Instant;

use crate::bucket::Bucket;
use crate::catalogue::Catalogue;
use crate::demo_film;
use crate::permits::Permits;
use crate::pipeline;
use crate::publish::Publisher;
use crate::snapshot;
use crate::tally::{Fatal, Tally};
use crate::walk::{Library, walk};
use crate::{Error, Options, Report};

/// Ingests a library. The documentation of the crate says what this includes.
pub fn run(options: &Options) -> Result<Report, Error> {
    let started = Instant::now();
    let cores = thread::available_parallelism().map_or(1, usize::from);
    // Permits bound the number of photos being decoded. The other threads wait for the network.
    let threads = (cores * 2).max(4);

    let library = match &options.library {
        Some(folder) => {
            std::fs::read_dir(folder).map_err(|error| Error::Library(folder.clone(), error))?;
            walk(folder)
        }
        None => Library::default(),
    };
    let unusable = |error: platform::Error| Error::Database(options.database.name(), error.to_string());
    let catalogue = Catalogue::new(options.database.open(&options.certificates)?);
    let bucket = Bucket::new(&options.bucket, &options.certificates, threads, options.patience, options.stop.clone());
    bucket.check().map_err(|error| Error::Store(error.to_string()))?;
    let permits = Permits::new(cores as u64);

    let tally = Tally::new(&options.stop, &library);
    let publisher = Publisher {
        bucket: &bucket,
        catalogue: &catalogue,
        permits: &permits,
        uploads: threads,
        force: options.force,
        stop: &options.stop,
    };
    pipeline::photos(options, &publisher, &library, &tally, threads);
    if options.demo_film && !tally.must_stop() {
        tally.count_demo_film(demo_film::publish(&publisher));
    }
    pipeline::films(options, &publisher, &library, &tally);

    // The snapshot is published also after a request to stop: an item with a row is in the gallery.
    if !tally.is_fatal() {
        tally.settle(snapshot::publish(&catalogue, &bucket, options.force));
        if let Some(mirror) = &options.mirror {
            let copied = catalogue.mirror_to(&Catalogue::new(mirror.open(&options.certificates)?));
            copied.map_err(|error| Error::Database(mirror.name(), error.to_string()))?;
        }
    }
    let (mut report, fatal) = tally.finish();
    match fatal {
        Some(Fatal::Store(error)) => return Err(Error::Store(error.to_string())),
        Some(Fatal::Catalogue(error)) => {
            return Err(unusable(error));
        }
        None => {}
    }
    report.interrupted = options.stop.is_requested();
    (report.objects, report.bytes) = bucket.uploaded();
    report.seconds = started.elapsed().as_secs_f64();
    Ok(report)
}
