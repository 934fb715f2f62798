//! What is too large.

use gallery::rendition::MOST_PIXELS;

use crate::refusal::Refusal;

/// The most memory that is used at once, the source included, in bytes. The rest of 64 MiB is for the program around.
pub const MOST_MEMORY: u64 = 60 << 20;

/// Refuses what is empty or has too many pixels.
pub fn check_pixels(width: u32, height: u32) -> Result<u64, Refusal> {
    match u64::from(width) * u64::from(height) {
        0 => Err(Refusal::Broken),
        pixels if pixels > MOST_PIXELS => Err(Refusal::TooLarge),
        pixels => Ok(pixels),
    }
}

/// Refuses what would need more memory than there is.
pub fn check_memory(bytes: u64) -> Result<(), Refusal> {
    if bytes > MOST_MEMORY { Err(Refusal::TooLarge) } else { Ok(()) }
}
