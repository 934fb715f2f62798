//! `edge-gallery adopt`: takes over a bucket that another program has filled.

use std::{
    io::{self, Write as _},
    path::PathBuf,
};

use ingest::{Adoption, Named, OldValues, Options, Place, Show, Sources};
use platform::StoreName;

use crate::{Failure, connection::Connection, ingest::stop_on_signal};

/// Makes rows for what lies in the bucket, out of the rows of the program before, the originals' own words, and what
/// else is there. Originals and old objects are never written or moved. Says what it would do, and does it with --yes.
/// It may run again at any time, and reads only what is new. Exit code 2: something is missing or cannot be shown.
#[derive(clap::Args)]
#[allow(clippy::struct_excessive_bools)] // each is a flag
pub struct Arguments {
    #[command(flatten)]
    gallery: Connection,
    /// The rows of the program before: what `wrangler d1 export` wrote, or a SQLite file
    #[arg(long, value_name = "FILE")]
    dump: Option<PathBuf>,
    /// Its values: the JSON of `wrangler kv bulk get`. `auth_version` and `thumbnail_version` are taken over
    #[arg(long, value_name = "FILE")]
    kv: Option<PathBuf>,
    /// Make the pictures that items lack, out of their originals; otherwise an edge makes them when they are asked for
    #[arg(long)]
    renditions: bool,
    /// Do it
    #[arg(long, short)]
    yes: bool,
    /// Make the catalogue anew in an empty database, where the bucket has the one of a database that was lost. Links
    /// and what was hidden or removed are lost
    #[arg(long)]
    rebuild: bool,
    /// The time zone of photos whose cameras did not say it, such as Europe/Berlin [default: the system's]
    #[arg(long, value_name = "ZONE")]
    time_zone: Option<String>,
    /// The ffmpeg to use, with ffprobe beside it [default: from PATH]
    #[arg(long, value_name = "FILE")]
    ffmpeg: Option<PathBuf>,
    /// The folder for what is read of originals [default: the system's temporary folder]
    #[arg(long, value_name = "DIR")]
    temp: Option<PathBuf>,
    /// Print the outcome as one line of JSON
    #[arg(long)]
    json: bool,
    /// Show no progress
    #[arg(long, short)]
    quiet: bool,
}

/// Returns the exit code.
pub fn run(arguments: &Arguments) -> Result<u8, Failure> {
    let values = arguments.kv.as_deref().map(OldValues::read).transpose()?;
    let options = Options {
        ffmpeg: arguments.ffmpeg.clone(),
        temp: arguments.temp.clone(),
        time_zone: arguments.time_zone.clone(),
        dry_run: !arguments.yes,
        rebuild: arguments.rebuild,
        show: if arguments.quiet { Show::Nothing } else { Show::Auto },
        stop: stop_on_signal()?,
        ..arguments.gallery.options()?
    };
    let mut report = ingest::adopt(&options, &Sources { dump: arguments.dump.clone() })?;
    // Pictures may take hours. What was taken over is kept and told, whatever becomes of them.
    let kept = values.as_ref().map_or(Ok(()), |values| keep(arguments, &options, values));
    let is_wished = arguments.renditions && arguments.yes && !report.interrupted;
    let made = is_wished.then(|| make_pictures(&options, &mut report));
    let mut out = io::stdout().lock();
    if arguments.json {
        let _ = writeln!(out, "{}", serde_json::to_string(&report)?);
    } else {
        let _ = writeln!(out, "{report}");
        if let Some(Ok(count)) = &made {
            let _ = writeln!(out, "pictures made for {count} items");
        }
    }
    kept?;
    made.transpose()?;
    Ok(report.exit_code())
}

/// Makes the pictures that items lack, and says in the report what became of them. Returns how many got some.
fn make_pictures(options: &Options, report: &mut Adoption) -> Result<u64, ingest::Error> {
    let run = ingest::run(&Options { renditions: true, ..options.clone() })?;
    let named = |list: &[Named]| list.iter().map(|it| (it.name.clone(), it.reason.clone())).collect::<Vec<_>>();
    report.interrupted = run.interrupted;
    report.notes.extend(named(&run.notes));
    report.unmade.extend([named(&run.skipped), named(&run.failed)].concat());
    report.bare = ingest::bare(options)?;
    Ok(run.renewed)
}

/// Takes values over to the KV stores that are within reach: the bucket's, and the native host's in its data folder,
/// unless that host has its stores in the bucket too.
fn keep(arguments: &Arguments, options: &Options, values: &OldValues) -> Result<(), Failure> {
    let mut err = io::stderr().lock();
    let data = arguments.gallery.data()?;
    // A catalogue elsewhere is that of other hosts.
    let is_native =
        matches!(options.database, Place::File(_)) && data.is_dir() && !arguments.gallery.has_kv_in_bucket()?;
    let mut written = Vec::new();
    if arguments.yes {
        written = ingest::keep_values(options, values)?;
        for (name, value) in values.all().filter(|_| is_native) {
            if platform_native::put_kv_if_absent(&data, StoreName::CacheVersion, name, value)? {
                written.push(name);
            }
        }
    }
    for (name, value) in values.all() {
        let did = match (arguments.yes, written.contains(&name)) {
            (false, _) => "would go into",
            (true, true) => "is now in",
            (true, false) => "was not written, because there is a value in",
        };
        let native = if is_native { " and the native host's" } else { "" };
        let _ = writeln!(
            err,
            "edge-gallery: {name} ({value}) {did} the bucket's KV{native}; Fastly and Spin have stores of their own: put \
             it into CACHE_VERSION there"
        );
    }
    if values.others > 0 {
        let _ = writeln!(err, "edge-gallery: {} other KV entries were caches, and are left out", values.others);
    }
    Ok(())
}
