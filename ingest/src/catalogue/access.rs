//! Who may enter: links, the epoch of sessions, and the albums by which an item is in a link's views.

use std::collections::HashMap;

use gallery::link::{Flags, LinkId};
use gallery::views::{Access, View};
use platform::{Error, Kind, Row, Statement, Value};

use super::{Catalogue, places::text};

/// A link as the operator knows it.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct StoredLink {
    pub id: LinkId,
    pub label: String,
    /// RFC 3339.
    pub created_at: String,
    /// Seconds since 1970.
    pub expires: Option<u64>,
    pub views: Vec<View>,
    pub flags: Flags,
    /// A PHC string.
    pub password: Option<String>,
    /// RFC 3339.
    pub ended_at: Option<String>,
}

const EPOCH: &str = "epoch";
const LINKS: &str = "links";

impl Catalogue {
    /// What the index says about who may enter.
    pub fn access(&self) -> Result<Access, Error> {
        let mut access = Access::default();
        for mut row in self.0.query("SELECT name, value FROM access", [])? {
            let value = row.take_blob(1)?.unwrap_or_default();
            match row.text(0)?.unwrap_or_default() {
                EPOCH => {
                    let number = std::str::from_utf8(&value).ok().and_then(|text| text.parse().ok());
                    access.epoch = number.ok_or(Error::new(Kind::Invalid, "catalogue.epoch"))?;
                }
                LINKS => access.links = value,
                _ => {}
            }
        }
        Ok(access)
    }

    /// Raises the epoch above its value and above `known`, so that every session ends.
    pub fn raise_epoch(&self, known: u32) -> Result<(), Error> {
        self.put_epoch(self.access()?.epoch.max(known).saturating_add(1))
    }

    pub fn put_epoch(&self, epoch: u32) -> Result<(), Error> {
        self.0.batch(&[put(EPOCH, epoch.to_string().into_bytes())]).map(drop)
    }

    /// All links, also those that have ended, the newest first.
    pub fn links(&self) -> Result<Vec<StoredLink>, Error> {
        let sql = "SELECT id, label, created_at, expires, views, flags, password, ended_at FROM links \
                   WHERE id > ?1 ORDER BY id LIMIT ?2";
        let broken = || Error::because(Kind::Invalid, "catalogue.links", "a row of the table links is damaged");
        let read = |row: &Row| {
            let views = text(row, 4)?.split(',').map(View::parse).collect::<Option<_>>();
            Ok(StoredLink {
                id: LinkId::parse(&text(row, 0)?).ok_or_else(broken)?,
                label: text(row, 1)?,
                created_at: text(row, 2)?,
                expires: row.integer(3)?.and_then(|seconds| u64::try_from(seconds).ok()),
                views: views.ok_or_else(broken)?,
                flags: flags(&text(row, 5)?),
                password: row.text(6)?.map(str::to_owned),
                ended_at: row.text(7)?.map(str::to_owned),
            })
        };
        let mut links = self.pages(sql)?.iter().map(read).collect::<Result<Vec<_>, _>>()?;
        links.sort_by(|a, b| b.created_at.cmp(&a.created_at));
        Ok(links)
    }

    /// Adds links, or replaces them, together with the signed text of all that have not ended.
    pub fn put_links(&self, links: &[StoredLink], sealed: &[u8]) -> Result<(), Error> {
        let mut statements: Vec<_> = links.iter().map(statement).collect();
        statements.push(put(LINKS, sealed.to_vec()));
        self.0.batch(&statements).map(drop)
    }

    /// Writes for each item in which albums it is, where this has changed.
    pub fn put_albums(&self, albums: &HashMap<&str, String>) -> Result<(), Error> {
        let rows = self.pages("SELECT key, albums FROM media WHERE key > ?1 ORDER BY key LIMIT ?2")?;
        let mut changes = Vec::new();
        for row in &rows {
            let (key, old) = (text(row, 0)?, text(row, 1)?);
            let new = albums.get(key.as_str()).map_or("", String::as_str);
            if new != old {
                let sql = "UPDATE media SET albums = ?2 WHERE key = ?1";
                changes.push(Statement::new(sql, [key.into(), new.into()]));
            }
        }
        self.write_all(&changes)
    }
}

fn statement(link: &StoredLink) -> Statement<'static> {
    let optional = |text: &Option<String>| text.as_deref().map_or(Value::Null, Into::into);
    let views: Vec<&str> = link.views.iter().map(View::name).collect();
    let parameters = [
        link.id.to_string().into(),
        link.label.as_str().into(),
        link.created_at.as_str().into(),
        link.expires.and_then(|seconds| i64::try_from(seconds).ok()).map_or(Value::Null, Into::into),
        views.join(",").into(),
        names(link.flags).into(),
        optional(&link.password),
        optional(&link.ended_at),
    ];
    let sql = "INSERT OR REPLACE INTO links (id, label, created_at, expires, views, flags, password, ended_at) \
               VALUES (?1, ?2, ?3, ?4, ?5, ?6, ?7, ?8)";
    Statement::new(sql, parameters)
}

fn put(name: &str, value: Vec<u8>) -> Statement<'static> {
    Statement::new("INSERT OR REPLACE INTO access (name, value) VALUES (?1, ?2)", [name.into(), value.into()])
}

const FLAGS: [&str; 4] = ["download", "originals", "places", "strict"];

fn names(Flags { download, originals, places, strict }: Flags) -> String {
    let set = FLAGS.into_iter().zip([download, originals, places, strict]).filter(|(_, is_set)| *is_set);
    set.map(|(name, _)| name).collect::<Vec<_>>().join(",")
}

fn flags(names: &str) -> Flags {
    let [download, originals, places, strict] = FLAGS.map(|flag| names.split(',').any(|name| name == flag));
    Flags { download, originals, places, strict }
}
