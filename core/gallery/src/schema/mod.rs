//! The schema of the catalogue's database: numbered steps, applied one after the other.
//!
//! The steps are written in the SQLite dialect that SQLite, libSQL and D1 have in common. They use no `PRAGMA`,
//! because D1 and servers refuse most of them. The table `schema_steps` has one row for each step that was applied,
//! and these rows give the version of the database. A database of 0.1.0 has no such table. The first step finds
//! everything else there already.
//!
//! A step is never changed once it has been released. A change is a new step.

use std::fmt;

/// The steps, in order. Each step is a list of statements, and each statement ends in `;` and a line break.
const STEPS: &[&str] = &[
    include_str!("001_media.sql"),
    include_str!("002_library.sql"),
    include_str!("003_views.sql"),
    include_str!("004_access.sql"),
    include_str!("005_renditions.sql"),
    include_str!("006_adopted.sql"),
    include_str!("007_checksums.sql"),
    include_str!("008_packs.sql"),
];

/// The version of a database to which every step was applied.
pub const VERSION: usize = STEPS.len();

const TABLES: &str = "SELECT name FROM sqlite_master WHERE type = 'table' ORDER BY name";
const APPLIED: &str = "SELECT CAST(COALESCE(MAX(version), 0) AS TEXT) FROM schema_steps";
const MEDIA: &str = "SELECT COALESCE(sql, '') FROM sqlite_master WHERE type = 'table' AND name = 'media'";
const LEDGER: &str = "CREATE TABLE IF NOT EXISTS schema_steps (version INTEGER PRIMARY KEY, applied_at TEXT NOT NULL)";

/// Columns by which the table `media` of 0.1.0, and of the original on D1, is known.
const COLUMNS_OF_0_1_0: [&str; 4] = ["key", "date_taken", "uploaded_at", "hls_qualities"];

/// Why a database cannot be used.
#[derive(Debug)]
pub enum Failure<E> {
    /// The database has tables, and none of them is one of the gallery's.
    Foreign(Vec<String>),
    /// A newer version of a program has migrated the database. Holds the database's version.
    Newer(usize),
    Database(E),
}

impl<E> From<E> for Failure<E> {
    fn from(error: E) -> Self {
        Self::Database(error)
    }
}

impl<E: fmt::Display> fmt::Display for Failure<E> {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self {
            Self::Foreign(tables) => {
                let some = tables.iter().take(3).map(String::as_str).collect::<Vec<_>>().join(", ");
                write!(f, "it is not a gallery's: it has tables such as {some}. Name another database")
            }
            Self::Newer(version) => {
                write!(f, "its schema has version {version}, and this program knows up to {VERSION}: use a newer one")
            }
            Self::Database(error) => error.fmt(f),
        }
    }
}

impl<E: std::error::Error + 'static> std::error::Error for Failure<E> {
    fn source(&self) -> Option<&(dyn std::error::Error + 'static)> {
        match self {
            Self::Database(error) => Some(error),
            Self::Foreign(_) | Self::Newer(_) => None,
        }
    }
}

/// Brings a database to [`VERSION`], and returns the version that it had before.
///
/// `texts` returns the first column of a query's rows. `apply` runs statements in one transaction. A database that is
/// up to date is only read. Several programs may migrate at the same time: if another program has applied a step in
/// the meantime, the step fails here, because its number is unique. A second look at the version then shows that the
/// step is there.
pub fn migrate<E>(
    mut texts: impl FnMut(&str) -> Result<Vec<String>, E>,
    mut apply: impl FnMut(&[String]) -> Result<(), E>,
) -> Result<usize, Failure<E>> {
    let first = version(&mut texts)?;
    let mut at = first;
    while let Some(step) = steps().nth(at) {
        if let Err(error) = apply(&step) {
            let now = version(&mut texts)?;
            if now <= at {
                return Err(Failure::Database(error));
            }
            at = now;
        } else {
            at += 1;
        }
    }
    Ok(first)
}

/// A database's version: 0 before the first step.
///
/// An empty database has version 0, and so has a database of 0.1.0.
pub fn version<E>(mut texts: impl FnMut(&str) -> Result<Vec<String>, E>) -> Result<usize, Failure<E>> {
    let tables = texts(TABLES)?;
    let has = |name: &str| tables.iter().any(|table| table == name);
    if has("schema_steps") {
        let applied = texts(APPLIED)?;
        let version = applied.first().and_then(|text| text.parse().ok()).unwrap_or(0);
        return if version > VERSION { Err(Failure::Newer(version)) } else { Ok(version) };
    }
    // Leaves out SQLite's own tables, and the tables that D1 adds for itself.
    let of_the_engine = |name: &String| ["sqlite_", "_cf_", "d1_"].iter().any(|prefix| name.starts_with(prefix));
    let theirs: Vec<String> = tables.iter().filter(|name| !of_the_engine(name)).cloned().collect();
    if theirs.is_empty() {
        return Ok(0);
    }
    // Other programs have a table `media` too.
    let media = texts(MEDIA)?.concat();
    let is_ours = COLUMNS_OF_0_1_0.iter().all(|column| media.contains(column));
    if is_ours { Ok(0) } else { Err(Failure::Foreign(theirs)) }
}

/// The statements of each step, to be run in one transaction.
pub fn steps() -> impl Iterator<Item = Vec<String>> {
    STEPS.iter().enumerate().map(|(index, step)| statements(index + 1, step))
}

/// The statements that apply a step. The first inserts the step's number, and fails if the step was applied before.
fn statements(number: usize, step: &str) -> Vec<String> {
    let note = format!("INSERT INTO schema_steps VALUES ({number}, strftime('%Y-%m-%dT%H:%M:%SZ', 'now'))");
    let own = step.split(";\n").map(str::trim).filter(|statement| !statement.is_empty()).map(str::to_owned);
    [LEDGER.to_owned(), note].into_iter().chain(own).collect()
}

#[cfg(test)]
mod tests {
    use super::*;

    type Never = std::convert::Infallible;

    /// The answers of a database with these tables and this version.
    fn texts(tables: &[&str], version: &str) -> impl FnMut(&str) -> Result<Vec<String>, Never> {
        let (tables, version) = (tables.iter().map(|name| (*name).to_owned()).collect::<Vec<_>>(), version.to_owned());
        let media = "CREATE TABLE media (key, date_taken, uploaded_at, hls_qualities)".to_owned();
        move |sql| {
            Ok(match sql {
                TABLES => tables.clone(),
                MEDIA => vec![media.clone()],
                _ => vec![version.clone()],
            })
        }
    }

    #[test]
    fn a_step_splits_into_its_statements() {
        for step in STEPS {
            let statements = statements(1, step);
            let begins = |text: &str| {
                let verbs = ["CREATE ", "ALTER ", "UPDATE "];
                text.lines().filter(|line| verbs.iter().any(|verb| line.starts_with(verb))).count()
            };
            assert_eq!(statements.len() - 2, begins(step));
            assert!(statements[2..].iter().all(|statement| begins(statement) == 1), "{statements:?}");
        }
    }

    #[test]
    fn versions() {
        assert_eq!(version(texts(&[], "")).ok(), Some(0));
        assert_eq!(version(texts(&["media", "pending_thumbnails"], "")).ok(), Some(0), "0.1.0");
        assert_eq!(version(texts(&["d1_migrations", "_cf_KV", "sqlite_sequence"], "")).ok(), Some(0), "D1, new");
        assert_eq!(version(texts(&["media", "schema_steps"], "1")).ok(), Some(1));
        assert_eq!(version(texts(&["schema_steps"], "0")).ok(), Some(0));
    }

    #[test]
    fn what_is_not_ours_and_what_is_newer_is_refused_in_one_line() {
        for media in ["", "CREATE TABLE media (id INTEGER PRIMARY KEY, title TEXT)"] {
            let texts = |sql: &str| {
                let tables = vec!["media".to_owned(), "users".to_owned()];
                Ok::<_, Never>(if sql == TABLES { tables } else { vec![media.to_owned()] })
            };
            let foreign = version(texts).unwrap_err().to_string();
            assert_eq!(foreign, "it is not a gallery's: it has tables such as media, users. Name another database");
        }
        let newer = version(texts(&["schema_steps"], "99")).unwrap_err().to_string();
        assert!(newer.starts_with("its schema has version 99") && !newer.contains('\n'), "{newer}");
    }

    #[test]
    fn who_comes_second_finds_the_step_applied() {
        let applied = std::cell::Cell::new(0);
        let mut reads = 0;
        let texts = |sql: &str| {
            reads += 1;
            Ok::<_, &str>(match (sql == TABLES, applied.get()) {
                (true, 0) => Vec::new(),
                (true, _) => vec!["schema_steps".to_owned()],
                (false, version) => vec![version.to_string()],
            })
        };
        // Another program applies every step while this one's transaction fails.
        let apply = |_: &[String]| {
            applied.set(VERSION);
            Err("UNIQUE constraint failed")
        };
        assert_eq!(migrate(texts, apply).ok(), Some(0));
        let stuck = migrate(|_: &str| Ok(Vec::new()), |_: &[String]| Err("disk I/O error"));
        assert!(matches!(stuck, Err(Failure::Database("disk I/O error"))));
    }
}
