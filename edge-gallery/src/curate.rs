//! `edge-gallery remove`, `restore`, `hide` and `show`: what a person takes out of the gallery, and puts back.

use std::io::Write as _;

use ingest::{Became, Change, Options};

use crate::{Failure, connection::Connection, ingest::stop_on_signal};

#[derive(clap::Args)]
pub struct Arguments {
    /// The keys of items, as the listing names them
    #[arg(required = true)]
    keys: Vec<String>,
    #[command(flatten)]
    gallery: Connection,
    /// Print a line of JSON for each key
    #[arg(long)]
    json: bool,
}

#[derive(clap::Args)]
pub struct Remove {
    #[command(flatten)]
    rest: Arguments,
    /// Delete the objects at once, and not after 30 days. This cannot be undone
    #[arg(long)]
    now: bool,
}

/// Returns the exit code.
pub fn remove(arguments: &Remove) -> Result<u8, Failure> {
    let now = arguments.now || arguments.rest.gallery.is_public();
    run(&arguments.rest, Change::Remove { now })
}

/// Returns the exit code: 2 if the gallery does not have one of the items.
pub fn run(arguments: &Arguments, change: Change) -> Result<u8, Failure> {
    let options = Options { stop: stop_on_signal()?, ..arguments.gallery.options()? };
    let done = ingest::curate(&options, &arguments.keys, change)?;
    if matches!(change, Change::Remove { .. } | Change::Hide) {
        arguments.gallery.forget_playlists()?;
    }
    let mut out = std::io::stdout().lock();
    for (key, became) in &done {
        if arguments.json {
            let _ = writeln!(out, "{}", serde_json::json!({ "key": key, "became": became }));
            continue;
        }
        let key = key.replace(char::is_control, "\u{fffd}");
        let _ = match became {
            Became::Removed if change == (Change::Remove { now: true }) => writeln!(out, "{key}: removed for good"),
            Became::Removed => writeln!(out, "{key}: removed; until its objects go in 30 days, restore brings it back"),
            Became::Hidden => writeln!(out, "{key}: hidden"),
            Became::Shown => writeln!(out, "{key}: shown again"),
            Became::Forgotten => writeln!(out, "{key}: its objects are gone; ingest its file again to bring it back"),
            Became::Unchanged => writeln!(out, "{key}: is so already"),
            Became::Unknown => writeln!(out, "{key}: there is no such item"),
        };
    }
    let is_unknown = done.iter().any(|(_, became)| *became == Became::Unknown);
    Ok(if is_unknown { 2 } else { 0 })
}
