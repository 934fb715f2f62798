//! The demo library: pictures and films drawn by this code, the same on every machine.
//!
//! [`write_pictures`] draws the photos of a wedding by the sea into a folder. [`short_film`] is a film that is ready
//! to play. [`render_long_film`] makes a long film with ffmpeg. This crate has no photograph, no font and no
//! recording: everything is computed from formulas.

// Drawing is arithmetic between pixel counts, floats and bytes; every cast below is in range by construction. Names
// such as `x`, `y`, `r` are those of the formulas. The other lints are matters of taste, and formulas are easier to
// read without them.
#![allow(
    clippy::approx_constant,
    clippy::float_cmp,
    clippy::needless_pass_by_value,
    clippy::needless_range_loop,
    clippy::struct_field_names,
    clippy::unnecessary_wraps,
    clippy::cast_possible_truncation,
    clippy::cast_possible_wrap,
    clippy::cast_precision_loss,
    clippy::cast_sign_loss,
    clippy::items_after_statements,
    clippy::many_single_char_names,
    clippy::similar_names,
    clippy::too_many_lines,
    clippy::unreadable_literal
)]

pub mod catalogue;
mod draw;
mod encode;
mod exif;
pub mod film;
mod scenes;
mod write;

pub use encode::{file, render};
pub use exif::{Camera, Shot};
pub use film::{PackagedFilm, render_long_film, short_film};
pub use write::{write_pictures, write_short_film, write_some};
