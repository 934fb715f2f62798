//! ICC profiles, which go from the source into the picture.

/// Longer profiles have tables for printers and scanners. They would be a large part of a small picture.
const LONGEST: usize = 16 << 10;

/// The profile, if it says what the samples of a JPEG mean: RGB, or grey for a picture of one channel.
pub fn usable(profile: Option<Vec<u8>>, channels: usize) -> Option<Vec<u8>> {
    // ICC.1:2022, table 17: the colour space at 16, the signature at 36.
    let space: &[u8] = if channels == 1 { b"GRAY" } else { b"RGB " };
    profile.filter(|icc| icc.len() <= LONGEST && icc.get(16..20) == Some(space) && icc.get(36..40) == Some(b"acsp"))
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn only_what_fits_the_samples_is_kept() {
        let profile = |space: &[u8; 4], length: usize| {
            let mut icc = vec![0; length];
            icc[16..20].copy_from_slice(space);
            icc[36..40].copy_from_slice(b"acsp");
            Some(icc)
        };
        assert!(usable(profile(b"RGB ", 548), 3).is_some() && usable(profile(b"GRAY", 400), 1).is_some());
        assert!(usable(profile(b"CMYK", 548), 3).is_none() && usable(profile(b"RGB ", 548), 1).is_none());
        assert!(usable(profile(b"RGB ", LONGEST + 1), 3).is_none());
        assert!(usable(Some(vec![0; 200]), 3).is_none() && usable(Some(vec![0; 8]), 3).is_none());
    }
}
