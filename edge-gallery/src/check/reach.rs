//! Whether the bucket answers this program and pages, whether the database answers, and whether the clocks agree.

use std::{
    path::Path,
    sync::Arc,
    time::{Duration, SystemTime},
};

use gallery::schema;
use ingest::{Database, Location, probe_bucket};
use platform::config::{
    Lookup,
    names::{ALLOWED_ORIGINS, GALLERY_DATA, GALLERY_DATABASE, GALLERY_LISTEN, R2_ACCOUNT_ID, S3_ENDPOINT},
};
use platform_fallback::Endpoint;
use platform_native::trust;
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
    let elsewhere = [S3_ENDPOINT, R2_ACCOUNT_ID].iter().any(|name| lookup.optional(*name).is_some());
    match Location::load(&lookup) {
        Ok(location) if elsewhere => bucket(&location, &certificates, &page_origin(given, origin), report),
        // The error was reported already, or the store is the embedded one.
        _ => {}
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

/// The origin of the page, as browsers know it.
fn page_origin(given: &Given, origin: Option<&str>) -> String {
    let get = |name: &str| given.get(name);
    let lookup = Lookup(&get);
    let listed = lookup.origins(ALLOWED_ORIGINS).unwrap_or_default().into_iter().next();
    let listens = || origins::of(lookup.optional(GALLERY_LISTEN)?.parse().ok()?).into_iter().next();
    origin.map(str::to_owned).or(listed).or_else(listens).unwrap_or_default()
}

fn bucket(location: &Location, certificates: &[Vec<u8>], origin: &str, report: &mut Report) {
    let answer = match probe_bucket(location, certificates, origin) {
        Ok(answer) => answer,
        Err(words) => return report.add(Weight::Problem, "bucket", words),
    };
    report.add(Weight::Ok, "bucket", format!("{} at {} answers", location.name, location.origin()));
    match answer.allowed_origin.as_deref() {
        Some(allowed) if allowed == origin || allowed == "*" => {
            report.add(Weight::Ok, "CORS", format!("pages of {origin} may read"));
        }
        _ => report.add(
            Weight::Problem,
            "CORS",
            format!("pages of {origin} may not read, so films will not play there: allow the origin in the bucket's CORS rules"),
        ),
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
