//! Sounds that this ffmpeg cannot read. They are no reason to refuse a film.

use std::path::Path;
use std::time::Duration;

use super::Encoder;
use super::encode::{SOUND, limits, padded};
use super::probe::Film;
use super::tools::film_input;
use super::tracks::Sound;
use crate::child::process::{self, Failure};
use crate::sniff;

const PATIENCE: Duration = Duration::from_mins(5);

/// Takes the sounds from a film that cannot be read, after its encode has failed. Returns whether there were any.
pub fn leave_out(encoder: &Encoder, file: (&Path, sniff::Film), film: &mut Film) -> Result<bool, Failure> {
    let mut readable = Vec::new();
    for sound in &film.sounds {
        if is_readable(encoder, file, film, sound)? {
            readable.push(sound.clone());
        }
    }
    if readable.len() == film.sounds.len() {
        return Ok(false);
    }
    film.left_out.push(if readable.is_empty() {
        "its sound cannot be read and is left out"
    } else {
        "some of its sounds cannot be read and are left out"
    });
    film.sounds = readable;
    // The last picture stood until the end of a sound that is gone.
    let sound = film.sounds.first().and_then(|sound| sound.duration).unwrap_or_default();
    film.duration = film.pictures.max(sound.min(film.duration));
    Ok(true)
}

/// Encodes a sound alone, as it would be with the pictures, and keeps nothing of it.
fn is_readable(
    encoder: &Encoder,
    (path, kind): (&Path, sniff::Film),
    film: &Film,
    sound: &Sound,
) -> Result<bool, Failure> {
    let mut command = encoder.tools.ffmpeg();
    command.args(["-progress", "pipe:1"]);
    film_input(&mut command, path, kind);
    command.arg("-map").arg(format!("0:{}", sound.index)).arg("-af").arg(padded(film.duration));
    command.arg("-t").arg(format!("{:.6}", film.duration)).args(SOUND).args(["-f", "null", "-"]);
    match process::run(&mut command, limits(film, &[]), encoder.stop, PATIENCE, |_| true) {
        Ok(()) => Ok(true),
        Err(Failure::Exit(_) | Failure::Limit(_) | Failure::Stalled) => Ok(false),
        Err(failure) => Err(failure),
    }
}
