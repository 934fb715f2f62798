//! What the operator says about who may enter: links, and the end of all sessions.

use gallery::link::{Flags, Link, LinkId, LinksKey};
use gallery::views::View;

use crate::catalogue::StoredLink;
use crate::engine::Session;
use crate::lock::Lock;
use crate::spelling::composed;
use crate::{Error, Options};

/// A link that is to be made.
pub struct NewLink {
    pub id: LinkId,
    pub label: String,
    /// Seconds since 1970.
    pub expires: Option<u64>,
    /// Names of views, or titles of albums.
    pub views: Vec<String>,
    pub flags: Flags,
    /// A PHC string.
    pub password: Option<String>,
}

/// All links, also those that have ended, the newest first.
pub fn links(options: &Options) -> Result<Vec<StoredLink>, Error> {
    let session = Session::open(options)?;
    session.catalogue.links().map_err(|error| session.unusable(options, error))
}

fn open(options: &Options) -> Result<(Session, Lock), Error> {
    let lock = Lock::take_for_access(&options.database)?;
    Ok((Session::open(options)?, lock))
}

/// Adds a link, and publishes it. `secret` is the deployment's `AUTH_SECRET`.
pub fn add_link(options: &Options, secret: &[u8], new: NewLink) -> Result<StoredLink, Error> {
    let (session, _lock) = open(options)?;
    let views = views(&session, options, &new.views)?;
    let link = StoredLink {
        id: new.id,
        label: new.label,
        created_at: jiff::Timestamp::now().to_string(),
        expires: new.expires,
        views,
        flags: new.flags,
        password: new.password,
        ended_at: None,
    };
    put(&session, options, secret, std::slice::from_ref(&link))?;
    Ok(link)
}

/// Ends the links that have this label or whose id begins so, and returns them. Those that had ended already are
/// published again: a run before may have failed half-way.
pub fn end_links(options: &Options, secret: &[u8], named: &str) -> Result<Vec<StoredLink>, Error> {
    let (session, _lock) = open(options)?;
    let all = session.catalogue.links().map_err(|error| session.unusable(options, error))?;
    let is_meant =
        |link: &StoredLink| link.label == named || named.len() >= 8 && link.id.to_string().starts_with(named);
    let mut ended: Vec<StoredLink> = all.into_iter().filter(is_meant).collect();
    for link in &mut ended {
        link.ended_at.get_or_insert_with(|| jiff::Timestamp::now().to_string());
    }
    put(&session, options, secret, &ended)?;
    Ok(ended)
}

/// Ends every session, also those of links: everybody has to log in again.
pub fn end_all_sessions(options: &Options) -> Result<(), Error> {
    let (session, _lock) = open(options)?;
    // A database from a backup may know a lower epoch than the bucket.
    let known = session.index_of_the_bucket(options)?.map_or(0, |index| index.epoch);
    session.catalogue.raise_epoch(known).map_err(|error| session.unusable(options, error))?;
    session.publish(options)
}

fn put(session: &Session, options: &Options, secret: &[u8], changed: &[StoredLink]) -> Result<(), Error> {
    let failed = |error| session.unusable(options, error);
    let is_other = |other: &StoredLink| changed.iter().all(|link| link.id != other.id);
    let mut all = session.catalogue.links().map_err(failed)?;
    all.retain(is_other);
    all.extend(changed.iter().cloned());
    let sealed = LinksKey::derive(secret).seal(&going_on(&all));
    session.catalogue.put_links(changed, &sealed).map_err(failed)?;
    session.publish(options)
}

/// The links that have not ended, as the services read them.
fn going_on(all: &[StoredLink]) -> Vec<Link> {
    let now = u64::try_from(jiff::Timestamp::now().as_second()).unwrap_or_default();
    let goes_on = |link: &&StoredLink| link.ended_at.is_none() && link.expires.is_none_or(|expires| expires > now);
    let link = |link: &StoredLink| Link {
        id: link.id,
        expires: link.expires.unwrap_or(u64::MAX),
        flags: link.flags,
        password: link.password.clone(),
        views: link.views.clone(),
    };
    all.iter().filter(goes_on).map(link).collect()
}

/// The views that are named, or that are albums with these titles.
fn views(session: &Session, options: &Options, named: &[String]) -> Result<Vec<View>, Error> {
    let albums = crate::views::albums(&session.catalogue).map_err(|failure| session.failed(options, failure))?;
    let view = |name: &String| {
        let of_title = |is_meant: &dyn Fn(&str) -> bool| -> Vec<View> {
            albums.iter().filter(|(_, title)| is_meant(title)).map(|(view, _)| view.clone()).collect()
        };
        let mut titled = of_title(&|title| title == name);
        if titled.is_empty() {
            // The title may be that of a folder.
            titled = of_title(&|title| composed(title) == composed(name));
        }
        let mut meant: Vec<View> = View::parse(name).into_iter().chain(titled).collect();
        if meant.len() > 1 {
            let names: Vec<&str> = meant.iter().map(View::name).collect();
            let words = format!("{name} may be any of {}: say which by that name", names.join(", "));
            return Err(Error::Settings(words));
        }
        meant.pop().ok_or_else(|| {
            let titles: Vec<&str> = albums.iter().map(|(_, title)| title.as_str()).collect();
            let known = if titles.is_empty() { "none".to_owned() } else { titles.join(", ") };
            Error::Settings(format!(
                "there is no view or album {name}: name everything, photos, films, or one of the albums ({known})"
            ))
        })
    };
    named.iter().map(view).collect()
}
