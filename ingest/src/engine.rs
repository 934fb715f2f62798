//! A run from start to end: the walk, then photos on many threads, then films one after the other, then what is
//! known only when all files were seen.

use std::time::Instant;

use gallery::views::Index;
use jiff::tz::TimeZone;

use crate::abreast::{cores, uploads};
use crate::bucket::Bucket;
use crate::catalogue::{self, Catalogue};
use crate::failure::Failure;
use crate::film::Found;
use crate::lock::Lock;
use crate::permits::Permits;
use crate::photo;
use crate::publish::Publisher;
use crate::register::Register;
use crate::settings::Settings;
use crate::tally::{Fatal, Tally};
use crate::walk::{Library, walk};
use crate::{
    Error, Options, Place, Report, blank, checksums, d1, demo_film, guard, libraries, live, packs, pipeline, prune,
    purge, renditions, repackage, scratch, sidecars, views,
};

/// The bucket and the catalogue of a gallery.
pub struct Session {
    pub bucket: Bucket,
    pub catalogue: Catalogue,
}

impl Session {
    /// Opens the catalogue, and asks the bucket whether it is there and is this catalogue's.
    pub fn open(options: &Options) -> Result<Self, Error> {
        Self::open_with(options, uploads())
    }

    /// As [`open`](Self::open), with at most so many requests at once.
    pub fn open_with(options: &Options, requests: usize) -> Result<Self, Error> {
        let place = match &options.database {
            // Nothing is written, and so nothing is made.
            Place::File(path) if options.dry_run && !path.exists() => Place::File(":memory:".into()),
            place => place.clone(),
        };
        let catalogue = Catalogue::new(place.open(&options.certificates)?);
        let bucket =
            Bucket::new(&options.bucket, &options.certificates, requests, options.patience, options.stop.clone())
                .in_parts(options.parts, options.temp.as_deref());
        bucket.check().map_err(|error| Error::Store(error.to_string()))?;
        let session = Self { bucket, catalogue };
        if !options.rebuild {
            let refusal = guard::refusal(&session.catalogue, &session.bucket);
            if let Some(words) = refusal.map_err(|failure| session.failed(options, failure))? {
                return Err(Error::Database(options.database.name(), words));
            }
        }
        Ok(session)
    }

    /// The index in the bucket, if there is one that can be read.
    pub fn index_of_the_bucket(&self, options: &Options) -> Result<Option<Index>, Error> {
        guard::index(&self.bucket).map_err(|failure| self.failed(options, failure))
    }

    /// Publishes the catalogue as it is now. A mirror that cannot be reached is an error, but what has ended ends
    /// everywhere else.
    pub fn publish(&self, options: &Options) -> Result<(), Error> {
        let mirror = options.mirror.as_ref().map(|place| self.mirror(options, place)).transpose();
        let reached = mirror.as_ref().ok().and_then(Option::as_ref);
        views::publish(&self.catalogue, Some(&self.bucket), reached, uploads(), options.force)
            .map_err(|failure| self.failed(options, failure))?;
        mirror.map(|_| ())
    }

    /// The mirror with the rows of the catalogue.
    fn mirror(&self, options: &Options, place: &Place) -> Result<Catalogue, Error> {
        let mirror = Catalogue::new(place.open(&options.certificates)?);
        let copied = self.catalogue.mirror_to(&mirror);
        copied.map_err(|error| Error::Database(place.name(), error.to_string()))?;
        Ok(mirror)
    }

    pub fn failed(&self, options: &Options, failure: Failure) -> Error {
        match failure {
            Failure::Catalogue(error) => self.unusable(options, error),
            Failure::Store(error) => Error::Store(error.to_string()),
            Failure::File(words) | Failure::Skipped(words) => Error::Store(words),
            Failure::Stopped => Error::Interrupted,
        }
    }

    #[allow(clippy::unused_self, clippy::needless_pass_by_value)] // for map_err
    pub fn unusable(&self, options: &Options, error: platform::Error) -> Error {
        Error::Database(options.database.name(), error.to_string())
    }
}

/// Ingests a library. The documentation of the crate says what this includes.
pub fn run(options: &Options) -> Result<Report, Error> {
    let started = Instant::now();
    let (mut settings, mut library) = look(options)?;
    let mut zone = zone(options, &settings)?;
    // Albums with times are resolved by the same zone, also in runs of other libraries.
    settings.time_zone = zone.iana_name().map(str::to_owned).or(settings.time_zone);
    let session = Session::open(options)?;
    let Session { bucket, catalogue } = &session;
    let _lock = if options.dry_run { None } else { Some(Lock::take(&options.database)?) };
    let failed = |error| session.unusable(options, error);
    scratch::sweep(options.temp.as_deref());

    let mut known = None;
    if let Some(root) = &options.library {
        let found = libraries::identify(catalogue, root, settings.name.as_deref(), &library.candidates, options);
        let libraries::Identified { library: mut found, former, note } =
            found.map_err(|failure| session.failed(options, failure))?;
        library.notes.extend(note.map(|note| (root.display().to_string(), note)));
        found.settings = serde_json::to_string(&settings).ok();
        keep_settings(options, catalogue, &mut found, &mut zone).map_err(failed)?;
        if !options.dry_run {
            if let Some(former) = former {
                catalogue.rename_library(&former, &found.name).map_err(failed)?;
            }
            catalogue.put_library(&found).map_err(failed)?;
        }
        known = Some(found);
    }
    let name = known.as_ref().map_or("", |library| library.name.as_str());
    let register = Register::load(catalogue, name, options).map_err(failed)?;
    let permits = Permits::new(cores() as u64);
    let tally = Tally::new(&options.stop, options.files.as_ref(), &library);
    let films = Found::new(options);
    let publisher = Publisher {
        bucket,
        catalogue,
        register: &register,
        means: photo::Means { permits: &permits, decoder: &options.decoder, stop: &options.stop },
        zone: &zone,
        uploads: uploads(),
        dry_run: options.dry_run,
        films: &films,
        packaging: options.packaging,
        keep_old_layout: options.keep_old_layout,
        stop: &options.stop,
    };
    // Permits bound the number of photos being decoded. The other threads wait for the network.
    pipeline::photos(options, &publisher, &library, &tally, uploads());
    if options.demo_film && !tally.must_stop() {
        tally.count_demo_film(demo_film::publish(&publisher));
    }
    // Before films: one of them may be the clip of a photo that has no renditions yet.
    if options.renditions && !options.dry_run && !tally.must_stop() {
        tally.settle(renditions::fill(options, &publisher, &library.candidates, &tally, uploads()));
    }
    if let Some(keys) = &options.repackage
        && !tally.must_stop()
    {
        tally.settle(repackage::run(options, &publisher, keys, &tally));
    }
    pipeline::films(options, &publisher, &library, &tally);

    // An item with a row is in the gallery, also after a request to stop.
    if !tally.is_fatal() && !options.dry_run {
        // Only a whole walk says what is gone.
        if !options.stop.is_requested() && options.library.is_some() && options.only.is_none() {
            tally.settle(live::forget_moved(catalogue, name, &library));
            match (prune::run(catalogue, &register, &library, options.prune.as_ref(), &tally), &options.prune) {
                (Ok(true), Some(prune)) => tally.settle(live::prune(&publisher, &library, prune)),
                (pruned, _) => tally.settle(pruned.map(drop)),
            }
        }
        tally.settle(blank::fill(catalogue, bucket, name, &library.candidates, &options.stop));
    }
    // After what files tell: it need not be read out of the bucket then.
    if options.checksums && !tally.must_stop() {
        tally.settle(checksums::fill(options, bucket, catalogue, &tally));
    }
    if !tally.is_fatal() && !options.dry_run {
        // Without a library, the zone is this machine's, and no item's.
        if options.library.is_some() {
            tally.settle(sidecars::read(catalogue, name, &library.candidates, &zone, &options.stop));
            tally.settle(catalogue.settle_dates(name, &zone).map_err(Failure::Catalogue));
        }
        if tally.is_fatal() {
            return finish(options, &session, tally, started);
        }
        // Whoever stops a run does not wait for the store. The next run publishes what has a row.
        let publish = || match session.publish(options) {
            Err(Error::Store(_)) if options.stop.is_requested() => Ok(false),
            published => published.map(|()| true),
        };
        if !publish()? {
            return finish(options, &session, tally, started);
        }
        // Of what is published. The index names them when they are there.
        if options.packs && !tally.must_stop() {
            let items = catalogue.all().map_err(failed)?;
            let about = views::about(catalogue, &items).map_err(|failure| session.failed(options, failure))?;
            tally.settle(packs::make(options, bucket, catalogue, (&items, &about), &tally));
            if !publish()? {
                return finish(options, &session, tally, started);
            }
        }
        if let Some(file) = &options.d1 {
            tally.settle(d1::write(catalogue, file));
        }
        let now = jiff::Timestamp::now();
        tally.settle(purge::run(catalogue, bucket, now, &options.stop));
        tally.settle(packs::purge(catalogue, bucket, now, &options.stop));
    }
    finish(options, &session, tally, started)
}

fn finish(options: &Options, session: &Session, tally: Tally, started: Instant) -> Result<Report, Error> {
    let (mut report, fatal) = tally.finish();
    match fatal {
        // Whoever stops a run does not wait for the store: what had begun there fails, and says no more than that.
        Some(Fatal::Store(_)) if options.stop.is_requested() => {}
        Some(Fatal::Store(error)) => return Err(Error::Store(error.to_string())),
        Some(Fatal::Catalogue(error)) => return Err(session.unusable(options, error)),
        None => {}
    }
    report.dry_run = options.dry_run;
    report.interrupted = options.stop.is_requested();
    (report.objects, report.bytes) = session.bucket.uploaded();
    report.seconds = started.elapsed().as_secs_f64();
    Ok(report)
}

/// Reads the library's settings, and walks it.
fn look(options: &Options) -> Result<(Settings, Library), Error> {
    let Some(root) = &options.library else { return Ok(Default::default()) };
    std::fs::read_dir(root).map_err(|error| Error::Library(root.clone(), error))?;
    let settings = Settings::read(root).map_err(Error::Settings)?;
    let mut library = walk(root, options.follow_links);
    if let Some(only) = &options.only {
        library.candidates.retain(|file| only.contains(&file.place));
    }
    Ok((settings, library))
}

/// The time zone of the library: from the command line, gallery.toml, or the system.
fn zone(options: &Options, settings: &Settings) -> Result<TimeZone, Error> {
    zone_named(options.time_zone.as_deref().or(settings.time_zone.as_deref()))
}

/// Some files say nothing new of their library: its settings stay as its last whole run left them, and its zone is
/// theirs, unless the command line names one.
fn keep_settings(
    options: &Options,
    catalogue: &Catalogue,
    library: &mut catalogue::Library,
    zone: &mut TimeZone,
) -> Result<(), platform::Error> {
    if options.only.is_none() {
        return Ok(());
    }
    let known = catalogue.libraries()?.into_iter().find(|known| known.name == library.name);
    let Some(kept) = known.and_then(|known| known.settings) else { return Ok(()) };
    let settings: Settings = serde_json::from_str(&kept).unwrap_or_default();
    if options.time_zone.is_none()
        && let Some(kept) = settings.time_zone.and_then(|name| TimeZone::get(&name).ok())
    {
        *zone = kept;
    }
    library.settings = Some(kept);
    Ok(())
}

/// A time zone by its name, or that of the system.
pub fn zone_named(name: Option<&str>) -> Result<TimeZone, Error> {
    match name {
        None => Ok(TimeZone::system()),
        Some(name) => TimeZone::get(name)
            .map_err(|_| Error::Settings(format!("there is no time zone {name}: use a name such as Europe/Berlin"))),
    }
}
