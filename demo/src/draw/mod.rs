//! A small renderer whose results are the same bits on every machine.

pub mod blur;
pub mod canvas;
pub mod color;
pub mod develop;
pub mod math;
pub mod noise;
pub mod path;

pub use canvas::Canvas;
pub use color::{BLACK, Ramp, Rgb, WHITE, hex, oklch, rgb};
pub use develop::Develop;
pub use noise::Rng;
pub use path::{Path, Point};
pub mod terrain;
