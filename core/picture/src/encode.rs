//! The JPEG that is made.

use jpeg_encoder::{ColorType, Encoder, SamplingFactor};

use crate::{refusal::Refusal, rows::Scaler};

/// The quality of the JPEG, from 1 to 100.
const QUALITY: u8 = 82;

/// The JPEG of what a scaler has made.
pub fn encode(scaler: Scaler, profile: Option<&[u8]>) -> Result<Vec<u8>, Refusal> {
    let channels = scaler.channels();
    let ((width, height), pixels) = scaler.finish().ok_or(Refusal::Broken)?;
    let (Ok(width), Ok(height)) = (u16::try_from(width), u16::try_from(height)) else {
        return Err(Refusal::TooLarge);
    };
    let mut jpeg = Vec::with_capacity(pixels.len() / 8);
    let mut encoder = Encoder::new(&mut jpeg, QUALITY);
    encoder.set_sampling_factor(SamplingFactor::F_2_2);
    if let Some(profile) = profile {
        // An error is one of length, and such profiles are left out before.
        let _ = encoder.add_icc_profile(profile);
    }
    let colours = if channels == 1 { ColorType::Luma } else { ColorType::Rgb };
    encoder.encode(&pixels, width, height, colours).map_err(|_| Refusal::Broken)?;
    Ok(jpeg)
}

/// What encoding a picture takes beside its pixels, in bytes: the JPEG, which is seldom larger than a half of them.
pub fn memory_of_encoding((width, height): (u32, u32), channels: u64) -> u64 {
    u64::from(width) * u64::from(height) * channels
}
