//! A small library for tests: few pixels, awkward names, one file large enough for ranges.

use std::{fs, path::Path};

use image::{ExtendedColorType, ImageEncoder as _, Rgb, RgbImage, codecs::jpeg::JpegEncoder, codecs::png::PngEncoder};

use crate::Failure;

/// The photos that [`write_photos`] writes: key, width, height.
pub const PHOTOS: [(&str, u32, u32); 8] = [
    ("Tanz & Müller (1) 50%.jpg", 320, 240),
    ("a b+c.jpg", 240, 320),
    ("% é (1).jpg", 200, 200),
    ("2025/06 Hochzeit/IMG_0042.jpg", 900, 600),
    ("日本の橋 #1?.jpg", 64, 48),
    ("plain.png", 100, 50),
    ("~tilde'quote\"&amp;.jpg", 50, 50),
    ("big.png", 900, 700),
];

/// The photo that says where it was taken: 48.137 degrees north, 11.575 east, by Jane Doe.
pub const PLACED: &str = "2025/06 Hochzeit/IMG_0042.jpg";

/// The photo that is a motion photo: the film of 0.4 s is the test pattern of ffmpeg, made by `ffmpeg -f lavfi -i
/// testsrc=d=0.4:s=64x48:r=10 -pix_fmt yuv420p -c:v libx264 -preset veryslow -crf 40 -bitexact -movflags +faststart`.
pub const LIVE: &str = "a b+c.jpg";

/// `big.png` has at least so many bytes: every sixth row is new noise, which no encoder makes shorter. The encoder of
/// `image` makes it longer, and the file has some 440,000.
pub const BIG_BYTES: u64 = 300_000;

/// How many rows of noise are alike. They cost a PNG little, and even the smallest thumbnail has thousands of bytes.
const SAME: u32 = 6;

/// Writes [`PHOTOS`] into a folder.
pub fn write_photos(folder: &Path) -> Result<(), Failure> {
    for (name, ..) in PHOTOS {
        let path = folder.join(name);
        if let Some(parent) = path.parent() {
            fs::create_dir_all(parent)?;
        }
        fs::write(path, photo(name)?)?;
    }
    Ok(())
}

/// The bytes of one of [`PHOTOS`]. They are the same on every machine.
pub fn photo(key: &str) -> Result<Vec<u8>, Failure> {
    let (_, width, height) =
        PHOTOS.into_iter().find(|(name, ..)| *name == key).ok_or_else(|| format!("there is no photo {key}"))?;
    let picture = picture(width, height, key == "big.png");
    let mut bytes = Vec::new();
    if Path::new(key).extension().is_some_and(|extension| extension == "png") {
        PngEncoder::new(&mut bytes).write_image(&picture, width, height, ExtendedColorType::Rgb8)?;
    } else {
        let encoder = JpegEncoder::new_with_quality(&mut bytes, 85);
        encoder.write_image(&picture, width, height, ExtendedColorType::Rgb8)?;
    }
    if key == LIVE {
        bytes.extend_from_slice(include_bytes!("../fixtures/clip.mp4"));
    }
    if key == PLACED {
        // Behind the marker of the beginning.
        bytes.splice(2..2, exif());
    }
    Ok(bytes)
}

/// An EXIF segment that says where and how a photo was taken, and by whom.
fn exif() -> Vec<u8> {
    // Offsets from the beginning of the TIFF header.
    const ARTIST: u32 = 62;
    const EXPOSURE: u32 = 72;
    const APERTURE: u32 = 114;
    const FOCAL_LENGTH: u32 = 122;
    const PLACE: u32 = 130;
    const LATITUDE: u32 = 184;
    const LONGITUDE: u32 = 208;
    let entry = |tag: u16, kind: u16, count: u32, value: [u8; 4]| {
        [&tag.to_le_bytes()[..], &kind.to_le_bytes(), &count.to_le_bytes(), &value].concat()
    };
    let rational = |numbers: &[u32]| {
        numbers.iter().flat_map(|number| [number.to_le_bytes(), 1_u32.to_le_bytes()].concat()).collect::<Vec<u8>>()
    };
    let tiff = [
        b"II*\0\x08\0\0\0\x04\0".to_vec(),
        entry(0x0112, 3, 1, [1, 0, 0, 0]),
        entry(0x013b, 2, 9, ARTIST.to_le_bytes()),
        entry(0x8769, 4, 1, EXPOSURE.to_le_bytes()),
        entry(0x8825, 4, 1, PLACE.to_le_bytes()),
        vec![0; 4],
        b"Jane Doe\0\0".to_vec(),
        b"\x03\0".to_vec(),
        entry(0x829d, 5, 1, APERTURE.to_le_bytes()),
        entry(0x8827, 3, 1, [200, 0, 0, 0]),
        entry(0x920a, 5, 1, FOCAL_LENGTH.to_le_bytes()),
        vec![0; 4],
        rational(&[2]),
        rational(&[23]),
        b"\x04\0".to_vec(),
        entry(1, 2, 2, *b"N\0\0\0"),
        entry(2, 5, 3, LATITUDE.to_le_bytes()),
        entry(3, 2, 2, *b"E\0\0\0"),
        entry(4, 5, 3, LONGITUDE.to_le_bytes()),
        vec![0; 4],
        rational(&[48, 8, 14]),
        rational(&[11, 34, 31]),
    ]
    .concat();
    let length = u16::try_from(tiff.len() + 8).unwrap_or(u16::MAX);
    [b"\xff\xe1", &length.to_be_bytes()[..], b"Exif\0\0", &tiff].concat()
}

fn picture(width: u32, height: u32, noise: bool) -> RgbImage {
    let mut state = 0_u64;
    RgbImage::from_fn(width, height, |x, y| {
        if x == 0 {
            state = 0x2545_f491_4f6c_dd1d + u64::from(y / SAME);
        }
        // xorshift64: the same noise on every machine.
        state ^= state << 13;
        state ^= state >> 7;
        state ^= state << 17;
        let [a, b, c, ..] = state.to_le_bytes();
        let ramp = |at: u32, of: u32| u8::try_from(at * 255 / of).unwrap_or(u8::MAX);
        if noise { Rgb([a, b, c]) } else { Rgb([ramp(x, width), ramp(y, height), 128]) }
    })
}
