//! `edge-gallery download`: a gallery's photos and films into a folder, as the ZIPs that the page offers.

mod fetch;
mod gallery;
mod verify;

use std::{fs, path::PathBuf, time::Duration};

use url::Url;

use crate::{Failure, ingest::stop_on_signal};
use fetch::Outcome;
use gallery::{Gallery, Part};

/// Takes everything that a link shows, or what the gallery's password opens. A download that was cut goes on where it
/// stopped: run the same command again. Each file in a ZIP is compared with its checksum at the end.
#[derive(clap::Args)]
pub struct Arguments {
    /// A link to the gallery, or its address, or the address of one ZIP
    url: Url,
    /// The folder to save to
    folder: PathBuf,
    /// Which part of the gallery: everything, photos, films, or the name of an album's view [default: what the link
    /// shows first]
    #[arg(long, value_name = "NAME")]
    view: Option<String>,
    /// Pictures as they fill a screen instead of originals: they take a tenth of the room
    #[arg(long)]
    screen: bool,
    /// Show no progress
    #[arg(long, short)]
    quiet: bool,
}

/// Returns the exit code.
pub fn run(arguments: &Arguments) -> Result<u8, Failure> {
    let stop = stop_on_signal()?;
    fs::create_dir_all(&arguments.folder)
        .map_err(|error| format!("cannot make the folder {}: {error}", arguments.folder.display()))?;
    let mut gallery = Gallery::new(&arguments.url)?;
    let mut asked_again = 0;
    loop {
        let parts = if gallery::is_zip(&arguments.url) {
            vec![Part { url: arguments.url.clone(), name: gallery::name_of(&arguments.url)? }]
        } else {
            gallery.enter()?;
            gallery.prepare(arguments.view.as_deref(), arguments.screen)?
        };
        let mut outcome = Outcome::Whole;
        for part in &parts {
            outcome = fetch::part(&gallery, part, &arguments.folder, &stop, arguments.quiet)?;
            if !matches!(outcome, Outcome::Whole) {
                break;
            }
        }
        match outcome {
            Outcome::Whole => return Ok(0),
            Outcome::Stopped => return Ok(crate::INTERRUPTED),
            // What was taken of unchanged parts stays.
            Outcome::Changed(_) if !gallery::is_zip(&arguments.url) && asked_again < MOST_CHANGES => {
                asked_again += 1;
                fetch::wait(AGAIN, &stop);
            }
            Outcome::Changed(words) => return Err(words.into()),
        }
    }
}

/// How often the library may change while it is downloaded.
const MOST_CHANGES: u32 = 20;
/// How long it waits before it asks again. Instances of a host learn of a change seconds apart.
const AGAIN: Duration = Duration::from_secs(1);
