//! A small renderer whose results are the same bits on every machine.

pub mod blur;
pub mod canvas;
pub mod color;
pub mod develop;
pub mod letters;
pub mod math;
pub mod noise;
pub mod path;

pub use canvas::Canvas;
pub use color::{Ramp, Rgb, hex, oklch, rgb};
pub use develop::Develop;
pub use noise::Rng;
pub use path::Path;
pub mod terrain;
