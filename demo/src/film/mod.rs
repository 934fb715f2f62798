//! Two films: a short one, which is committed ready to play, and a long one, which is rendered on machines with
//! ffmpeg.

mod ffmpeg;
mod frames;
mod long;
pub mod music;
mod package;
mod short;

pub use long::{LONG_FILM, render_long_film};
pub use package::package;
pub use short::{PackagedFilm, description, short_film};
