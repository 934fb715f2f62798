//! Two films: a short one, committed ready to play, and a long one, rendered where ffmpeg is.

mod ffmpeg;
mod frames;
mod long;
pub mod music;
mod package;
mod short;

pub use long::{LONG_FILM, render_long_film};
pub use package::package;
pub use short::{PackagedFilm, description, short_film};
