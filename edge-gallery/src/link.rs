//! `edge-gallery link`: links that let guests see a part of the gallery, and `edge-gallery session`: the end of all
//! sessions.

use std::{
    io::{self, Write as _},
    path::PathBuf,
};

use clap::Subcommand;
use edge::sessions::MIN_SECRET_BYTES;
use gallery::{
    link::{Flags, LinkId, token},
    password,
};
use ingest::{NewLink, Options, StoredLink};
use platform::config::{Lookup, names::AUTH_SECRET};
use zeroize::Zeroizing;

use crate::{
    Failure,
    connection::Connection,
    password::ask,
    sheet::{self, Card},
};

/// The cards of a new link: a page full.
const CARDS: usize = 8;

#[derive(Subcommand)]
pub enum Verb {
    /// Make a link, and print its URL: it is shown only once
    Add(Add),
    /// List the links, with their ids
    List(List),
    /// End a link, and with it every session that began through it
    End(End),
    /// Print a link's URL as a QR code, in the terminal or as SVG
    Qr(Qr),
    /// Write a page of cards with QR codes of links, to print
    Sheet(sheet::Sheet),
}

#[derive(clap::Args)]
#[allow(clippy::struct_excessive_bools)] // each is a choice of its own
pub struct Add {
    /// What you call the link, for example the guests it is for
    label: String,
    /// A view or the title of an album; may be given more than once, and the first is shown first
    #[arg(long = "view", value_name = "NAME", default_value = "everything")]
    views: Vec<String>,
    /// When the link ends: 12h, 30d, 8w, a date such as 2027-01-31 (UTC), or never
    #[arg(long, value_name = "WHEN", default_value = "90d")]
    expires: String,
    /// Ask for a password that guests need besides the link
    #[arg(long)]
    password: bool,
    /// Guests may look, and not download
    #[arg(long)]
    no_download: bool,
    /// Guests get the pictures as the page shows them, and no originals
    #[arg(long)]
    no_originals: bool,
    /// Guests may see where items were taken
    #[arg(long)]
    places: bool,
    /// Originals and films are delivered by URLs that live for a minute, so that the link's end reaches everything
    #[arg(long)]
    strict: bool,
    /// Where guests find the gallery
    #[arg(long, value_name = "URL", env = "GALLERY_URL", default_value = "http://127.0.0.1:8080")]
    url: String,
    /// Print the URL as a QR code too
    #[arg(long)]
    qr: bool,
    /// Write a page of cards with the URL as a QR code, to print; each has the label as its title
    #[arg(long, value_name = "FILE.html")]
    sheet: Option<PathBuf>,
    /// Print a line of JSON
    #[arg(long)]
    json: bool,
    #[command(flatten)]
    gallery: Connection,
}

#[derive(clap::Args)]
pub struct List {
    /// Print a line of JSON for each link
    #[arg(long)]
    json: bool,
    #[command(flatten)]
    gallery: Connection,
}

#[derive(clap::Args)]
pub struct End {
    /// The label of links, or the first digits of an id, at least 8
    link: String,
    #[command(flatten)]
    gallery: Connection,
}

#[derive(clap::Args)]
pub struct Qr {
    /// The link's URL, as `link add` printed it
    url: String,
    /// Print an SVG picture
    #[arg(long)]
    svg: bool,
}

#[derive(Subcommand)]
pub enum Session {
    /// End sessions: everybody logs in again, on every host
    End(EndSessions),
}

#[derive(clap::Args)]
pub struct EndSessions {
    /// All sessions. One session ends when its viewer logs out, or with its link
    #[arg(long, required = true)]
    all: bool,
    #[command(flatten)]
    gallery: Connection,
}

/// Returns the exit code.
pub fn run(verb: &Verb) -> Result<u8, Failure> {
    match verb {
        Verb::Add(arguments) => add(arguments).map(|()| 0),
        Verb::List(arguments) => list(arguments).map(|()| 0),
        Verb::End(arguments) => end(arguments),
        Verb::Sheet(arguments) => sheet::run(arguments).map(|()| 0),
        Verb::Qr(arguments) => qr(&arguments.url, arguments.svg).map(|()| 0),
    }
}

pub fn run_session(Session::End(arguments): &Session) -> Result<u8, Failure> {
    ingest::end_all_sessions(&arguments.gallery.options()?)?;
    writeln!(io::stdout(), "All sessions end within 30 seconds.")?;
    Ok(0)
}

fn add(arguments: &Add) -> Result<(), Failure> {
    let (options, secret) = (arguments.gallery.options()?, secret()?);
    let expires = expires(&arguments.expires, jiff::Timestamp::now())?;
    let mut random = [0; 16 + 16];
    getrandom::fill(&mut random).map_err(|error| format!("the system gives no random bytes: {error}"))?;
    let (salt, bits) = random.split_first_chunk::<16>().ok_or("no random bytes")?;
    let password = if arguments.password {
        let password = ask()?;
        if let Some(why) = password::weakness(&password) {
            return Err(format!("this password is weak: {why}").into());
        }
        Some(password::hash_of_a_link(&password, salt)?)
    } else {
        None
    };
    let secret_part = token(bits.try_into()?);
    let new = NewLink {
        id: LinkId::of(&secret_part).ok_or("no link")?,
        label: arguments.label.clone(),
        expires,
        views: arguments.views.clone(),
        flags: Flags {
            download: !arguments.no_download,
            originals: !arguments.no_originals,
            places: arguments.places,
            strict: arguments.strict,
        },
        password,
    };
    let url = format!("{}/l/{secret_part}", arguments.url.trim_end_matches('/'));
    // Before there is a link: one whose cards cannot be written would be made in vain.
    let made = arguments.sheet.as_deref().map(|path| Ok::<_, Failure>((path, sheet::prepare(path)?))).transpose()?;
    let link = ingest::add_link(&options, secret.as_bytes(), new).inspect_err(|_| {
        if let Some((path, true)) = made {
            let _ = std::fs::remove_file(path);
        }
    })?;
    // Where the cards cannot be written now, the URL is told all the same: nobody could find it out later.
    let written = made.map_or(Ok(()), |(path, _)| sheet::write(path, &[Card::new(&arguments.label, &url)], CARDS));
    if arguments.json {
        let mut line = json(&link);
        line["url"] = url.into();
        writeln!(io::stdout(), "{line}")?;
        return written;
    }
    if arguments.qr {
        qr(&url, false)?;
    }
    writeln!(io::stdout(), "{url}")?;
    written
}

fn list(arguments: &List) -> Result<(), Failure> {
    let mut out = io::stdout().lock();
    for link in ingest::links(&arguments.gallery.options()?)? {
        if arguments.json {
            writeln!(out, "{}", json(&link))?;
            continue;
        }
        let id = link.id.to_string();
        let views: Vec<&str> = link.views.iter().map(gallery::views::View::name).collect();
        let label = link.label.replace(char::is_control, "\u{fffd}");
        writeln!(out, "{}  {}  {}  {label}", &id[..8], state(&link), views.join(","))?;
    }
    Ok(())
}

fn end(arguments: &End) -> Result<u8, Failure> {
    let (options, secret): (Options, _) = (arguments.gallery.options()?, secret()?);
    let ended = ingest::end_links(&options, secret.as_bytes(), &arguments.link)?;
    let mut out = io::stdout().lock();
    for link in &ended {
        writeln!(out, "{} has ended; its sessions are over within 30 seconds", &link.id.to_string()[..8])?;
    }
    if ended.is_empty() {
        writeln!(io::stderr(), "edge-gallery: there is no link {} that could end", arguments.link)?;
        return Ok(2);
    }
    Ok(0)
}

fn qr(url: &str, svg: bool) -> Result<(), Failure> {
    let code = qrcode::QrCode::new(url).map_err(|error| format!("the URL has no QR code: {error}"))?;
    let text = if svg {
        code.render::<qrcode::render::svg::Color<'_>>().min_dimensions(256, 256).build()
    } else {
        code.render::<qrcode::render::unicode::Dense1x2>().build()
    };
    writeln!(io::stdout(), "{text}")?;
    Ok(())
}

/// `AUTH_SECRET`, by which the services know that links are the operator's.
fn secret() -> Result<Zeroizing<String>, Failure> {
    // Read as the services read it, without blanks at its ends: else links would be signed with another one.
    let secret = Lookup(&platform_native::variable).optional(AUTH_SECRET).map(Zeroizing::new).unwrap_or_default();
    if secret.len() < MIN_SECRET_BYTES {
        return Err("set AUTH_SECRET to the one of the services: links are signed with it".into());
    }
    Ok(secret)
}

fn state(link: &StoredLink) -> String {
    let seconds = link.expires.and_then(|expires| i64::try_from(expires).ok());
    let expires = seconds.and_then(|seconds| jiff::Timestamp::from_second(seconds).ok());
    match (&link.ended_at, expires) {
        (Some(_), _) => "ended".to_owned(),
        (None, Some(expires)) if expires <= jiff::Timestamp::now() => "expired".to_owned(),
        (None, Some(expires)) => format!("until {expires}"),
        (None, None) => "for ever".to_owned(),
    }
}

fn json(link: &StoredLink) -> serde_json::Value {
    let Flags { download, originals, places, strict } = link.flags;
    serde_json::json!({
        "id": link.id.to_string(),
        "label": link.label,
        "createdAt": link.created_at,
        "expires": link.expires,
        "endedAt": link.ended_at,
        "views": link.views.iter().map(gallery::views::View::name).collect::<Vec<_>>(),
        "password": link.password.is_some(),
        "download": download,
        "originals": originals,
        "places": places,
        "strict": strict,
    })
}

/// Seconds since 1970, or `None` for never.
fn expires(text: &str, now: jiff::Timestamp) -> Result<Option<u64>, Failure> {
    let wanted = || format!("{text} is no time for a link to end: say 12h, 30d, 8w, 2027-01-31 or never");
    if text == "never" {
        return Ok(None);
    }
    let now = now.as_second();
    let at = if let Ok(date) = text.parse::<jiff::civil::Date>() {
        date.to_zoned(jiff::tz::TimeZone::UTC)?.timestamp().as_second()
    } else {
        let (number, unit) = text.split_at_checked(text.len().saturating_sub(1)).ok_or_else(wanted)?;
        let seconds = match unit {
            "h" => 3600,
            "d" => 86_400,
            "w" => 7 * 86_400,
            _ => return Err(wanted().into()),
        };
        let number: u32 = number.parse().map_err(|_| wanted())?;
        i64::from(number).saturating_mul(seconds).saturating_add(now)
    };
    if at <= now {
        return Err(format!("{text} is over: a link must end later than now").into());
    }
    Ok(u64::try_from(at).ok())
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn when_a_link_ends() {
        let now = jiff::Timestamp::from_second(1_750_000_000).unwrap();
        let at = |text| expires(text, now).unwrap();
        assert_eq!(at("never"), None);
        assert_eq!(at("12h"), Some(1_750_000_000 + 12 * 3600));
        assert_eq!(at("30d"), Some(1_750_000_000 + 30 * 86_400));
        assert_eq!(at("2w"), Some(1_750_000_000 + 14 * 86_400));
        assert_eq!(at("2026-01-01"), Some(1_767_225_600));
        for bad in ["", "d", "0d", "-1d", "30", "30m", "2025-01-01", "2026-02-30", "\u{fc}"] {
            assert!(expires(bad, now).is_err(), "{bad}");
        }
    }
}
