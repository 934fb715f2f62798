//! Whether the bucket answers this program and pages, whether the database answers, and whether the clocks agree.

use std::{
    path::Path,
    sync::Arc,
    time::{Duration, SystemTime},
};

use gallery::schema;
use ingest::{Database, Location, probe_bucket, probe_kv};
use platform::config::{
    Lookup,
    names::{
        ALLOWED_ORIGINS, GALLERY_DATA, GALLERY_DATABASE, GALLERY_LISTEN, R2_ACCOUNT_ID, S3_ENDPOINT, VIDEO_DELIVERY,
    },
};
use platform_fallback::Endpoint;
use platform_native::{has_kv_in_bucket, trust};
use rusqlite::{Connection, OpenFlags};

use super::{
    given::{Given, Host},
    report::{Report, Weight},
};
use crate::serve::origins;

/// Signed requests are refused when the clocks are further apart (S3: "RequestTimeTooSkewed").
const MAX_SKEW: Duration = Duration::from_mins(15);
/// A smaller difference does no harm.
const SLIGHT_SKEW: Duration = Duration::from_mins(1);

pub fn check(given: &Given, origin: Option<&str>, report: &mut Report) {
    let certificates = match trust::certificates() {
        Ok(certificates) => certificates.iter().map(|der| der.to_vec()).collect::<Vec<_>>(),
        Err(error) => return report.add(Weight::Problem, "TLS", error.to_string()),
    };
    let get = |name: &str| given.get(name);
    let lookup = Lookup(&get);
    if [S3_ENDPOINT, R2_ACCOUNT_ID].iter().all(|name| lookup.optional(*name).is_some()) && given.has_bucket_elsewhere()
    {
        report.add(Weight::Warning, R2_ACCOUNT_ID.text(), "is not read while S3_ENDPOINT is set");
    }
    // An embedded store is not running yet, or is ours. What else is wrong with the bucket has been said.
    if let Ok(location) = Location::load(&lookup)
        && given.has_bucket_elsewhere()
    {
        bucket(given, &location, &certificates, origin, report);
    }
    match Endpoint::load(&lookup) {
        Ok(Some(endpoint)) if given.host != Host::Spin => {
            let database = Database::http(Arc::new(endpoint), &certificates);
            let read = schema::version(|sql| database.texts(sql)).map_err(|error| error.to_string());
            describe(read, report);
        }
        Ok(None) if given.host == Host::Native => file(&lookup, report),
        _ => {}
    }
}

/// The origin of the page, and whether somebody said so.
fn page_origin(given: &Given, origin: Option<&str>) -> (String, bool) {
    let get = |name: &str| given.get(name);
    let lookup = Lookup(&get);
    let listed = || lookup.origins(ALLOWED_ORIGINS).unwrap_or_default().into_iter().next();
    if let Some(said) = origin.map(str::to_owned).or_else(listed) {
        return (said, true);
    }
    let listens = || origins::of(lookup.optional(GALLERY_LISTEN)?.parse().ok()?).into_iter().next();
    (listens().unwrap_or_default(), false)
}

fn bucket(given: &Given, location: &Location, certificates: &[Vec<u8>], origin: Option<&str>, report: &mut Report) {
    let (origin, is_said) = page_origin(given, origin);
    let answer = match probe_bucket(location, certificates, &origin) {
        Ok(answer) => answer,
        Err(words) => return report.add(Weight::Problem, "bucket", words),
    };
    let (name, place) = (&location.name, location.origin());
    if answer.is_hidden {
        let words =
            "answers, but says \"access denied\" to what is missing: the key may not list the bucket, or not read it";
        report.add(Weight::Warning, "bucket", format!("{name} at {place} {words}"));
    } else {
        report.add(Weight::Ok, "bucket", format!("{name} at {place} answers"));
    }
    if answer.may_write {
        report.add(Weight::Ok, "downloads", "the key may write what is in them");
    } else {
        let words = "the key may not write below downloads/, so nothing can be downloaded together";
        report.add(Weight::Warning, "downloads", words);
    }
    let get = |name: &str| given.get(name);
    if given.host == Host::Native && has_kv_in_bucket(&Lookup(&get)) == Ok(true) {
        match probe_kv(location, certificates) {
            Ok(()) => report.add(Weight::Ok, "KV", "the key may list, write, read and delete below kv/"),
            Err(words) => report.add(Weight::Problem, "KV", words),
        }
    }
    // Films that pass through the service are not fetched from the bucket by pages.
    if given.get(VIDEO_DELIVERY.text()).as_deref() != Some("proxy") {
        let may_read = answer.allowed_origin.as_deref().is_some_and(|allowed| allowed == origin || allowed == "*");
        match (may_read, is_said) {
            (true, _) => report.add(Weight::Ok, "CORS", format!("pages of {origin} may read")),
            (false, true) => report.add(
                Weight::Problem,
                "CORS",
                format!(
                    "pages of {origin} may not read, so films do not play there: \
                     allow the origin in the bucket's CORS rules"
                ),
            ),
            (false, false) => report.add(
                Weight::Warning,
                "CORS",
                format!("pages of {origin} may not read; --origin says where your page is, if it is elsewhere"),
            ),
        }
    }
    let Some(theirs) = answer.date.as_deref().and_then(|date| httpdate::parse_http_date(date).ok()) else { return };
    let ours = SystemTime::now();
    let skew = ours.duration_since(theirs).unwrap_or_else(|error| error.duration());
    let words = format!("this clock and the store's are {} s apart", skew.as_secs());
    if skew > MAX_SKEW {
        report.add(Weight::Problem, "clock", format!("{words}: the store refuses what is signed here; set the clock"));
    } else if skew > SLIGHT_SKEW {
        report.add(Weight::Warning, "clock", words);
    } else {
        report.add(Weight::Ok, "clock", "agrees with the store's");
    }
}

/// Checks the file of the catalogue. The file is neither made nor updated here.
fn file(lookup: &Lookup<'_>, report: &mut Report) {
    let data = lookup.optional(GALLERY_DATA).unwrap_or_default();
    let path = lookup.optional(GALLERY_DATABASE).map_or_else(|| Path::new(&data).join("gallery.db"), Into::into);
    if !path.exists() {
        return report.add(Weight::Ok, "database", format!("{} will be made", path.display()));
    }
    let read = Connection::open_with_flags(&path, OpenFlags::SQLITE_OPEN_READ_ONLY)
        .map_err(|error| error.to_string())
        .and_then(|file| schema::version(|sql| platform_sqlite::texts(&file, sql)).map_err(|error| error.to_string()));
    describe(read.map_err(|words| format!("{}: {words}", path.display())), report);
}

fn describe(read: Result<usize, String>, report: &mut Report) {
    match read {
        Err(words) => report.add(Weight::Problem, "database", words),
        Ok(schema::VERSION) => report.add(Weight::Ok, "database", "answers, its schema is up to date"),
        Ok(version) => report.add(
            Weight::Ok,
            "database",
            format!("answers; its schema has version {version}, and the next start brings it to {}", schema::VERSION),
        ),
    }
}
