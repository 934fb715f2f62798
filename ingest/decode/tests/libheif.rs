//! HEIC and AVIF beside libheif, by Debian's `libheif-examples`: both decode the same files to the same pictures. The
//! files have all chroma formats, 8 and 10 bits, and the turns and mirrors that a camera writes.

#![allow(clippy::unwrap_used, clippy::print_stdout)]

use std::{fs, path::Path, process::Command};

use image::{DynamicImage, ImageBuffer, Rgb, RgbImage};
use ingest_decode::{Format, decode};

const WIDTH: u32 = 322;
const HEIGHT: u32 = 214;
/// The chroma formats, and how far the mean of a picture may be from libheif's, of 255: where chroma has fewer samples
/// than pixels, decoders may choose how they fill in.
const CHROMA: [(&str, f64); 3] = [("444", 0.3), ("422", 1.2), ("420", 2.2)];
/// `irot` counts quarters against the clock. The axis of `imir` is vertical for 0 (ISO/IEC 23008-12:2022, 6.5.10 and
/// 6.5.12). libheif mirrors 8 bits only, so that the mirrors come last.
const TURNS: [&[(&[u8; 4], u8)]; 7] = [
    &[],
    &[(b"irot", 1)],
    &[(b"irot", 2)],
    &[(b"irot", 3)],
    &[(b"imir", 0)],
    &[(b"imir", 1)],
    &[(b"irot", 1), (b"imir", 0)],
];

/// How many of the turns mirror nothing.
const UNMIRRORED: usize = 4;

/// Waves of colour with some grain, in 16 bits.
fn picture() -> ImageBuffer<Rgb<u16>, Vec<u16>> {
    let mut rng = fastrand::Rng::with_seed(5);
    ImageBuffer::from_fn(WIDTH, HEIGHT, |x, y| {
        let (across, down) = (f64::from(x), f64::from(y));
        let waves = [(across / 23.0 + down / 31.0).sin(), (down / 17.0).cos(), (across / 41.0 - down / 29.0).sin()];
        #[allow(clippy::cast_possible_truncation, clippy::cast_sign_loss, reason = "between 0 and 65,535")]
        Rgb(waves.map(|wave| (32_768.0 + 26_000.0 * wave + 2_000.0 * (rng.f64() - 0.5)) as u16))
    })
}

fn run(command: &mut Command) {
    let output = command.output().expect("heif-enc and heif-convert (Debian: apt install libheif-examples)");
    assert!(output.status.success(), "{command:?}: {}", String::from_utf8_lossy(&output.stderr));
}

/// Adds properties to the only item of a file, behind those that it has.
fn turned(file: &[u8], turns: &[(&[u8; 4], u8)]) -> Vec<u8> {
    let mut file = file.to_vec();
    let place = |file: &[u8], name: &[u8; 4]| file.windows(4).position(|window| window == name).unwrap();
    let grow = |file: &mut Vec<u8>, at: usize, by: usize| {
        let word: [u8; 4] = file[at..at + 4].try_into().unwrap();
        let sum = u32::from_be_bytes(word) + u32::try_from(by).unwrap();
        file[at..at + 4].copy_from_slice(&sum.to_be_bytes());
    };
    for (name, value) in turns {
        let property = [&[0, 0, 0, 9], name.as_slice(), &[*value]].concat();
        let ipco = place(&file, b"ipco") - 4;
        let length = u32::from_be_bytes(file[ipco..ipco + 4].try_into().unwrap()) as usize;
        let count = {
            let (mut at, mut count) = (ipco + 8, 0);
            while at < ipco + length {
                at += u32::from_be_bytes(file[at..at + 4].try_into().unwrap()) as usize;
                count += 1;
            }
            count
        };
        let ipma = place(&file, b"ipma") - 4;
        // Size, name, version and flags, number of items, the item's number; then how many properties it has.
        let associations = ipma + 4 + 4 + 4 + 4 + 2;
        file[associations] += 1;
        let end = associations + usize::from(file[associations]);
        file.insert(end, 0x80 | (count + 1));
        grow(&mut file, ipma, 1);
        file.splice(ipco + length..ipco + length, property.iter().copied());
        grow(&mut file, ipco, property.len());
        let added = property.len() + 1;
        for name in [b"iprp", b"meta"] {
            let at = place(&file, name) - 4;
            grow(&mut file, at, added);
        }
        // Size and name, version and flags, sizes, number of items, the item's number, its source; then its offset.
        let iloc = place(&file, b"iloc") - 4;
        assert_eq!(file[iloc + 12..iloc + 16], [0x44, 0x40, 0, 1], "another iloc than heif-enc wrote");
        grow(&mut file, iloc + 20, added);
    }
    file
}

fn mean_difference(ours: &RgbImage, theirs: &RgbImage) -> f64 {
    let sum: u64 = ours.as_raw().iter().zip(theirs.as_raw()).map(|(a, b)| u64::from(a.abs_diff(*b))).sum();
    #[allow(clippy::cast_precision_loss, reason = "far below 2^52")]
    let mean = sum as f64 / ours.as_raw().len() as f64;
    mean
}

/// Compares `turns` of one encoding, and returns the largest difference.
fn compare(folder: &Path, input: &Path, name: &str, arguments: &[&str], turns: &[&[(&[u8; 4], u8)]]) -> f64 {
    let encoded = folder.join(name);
    run(Command::new("heif-enc").args(["-q", "70"]).args(arguments).arg(input).arg("-o").arg(&encoded));
    let encoded = fs::read(encoded).unwrap();
    let mut most: f64 = 0.0;
    for turns in turns {
        let bytes = turned(&encoded, turns);
        let (file, png) = (folder.join(format!("turned-{name}")), folder.join("out.png"));
        fs::write(&file, &bytes).unwrap();
        run(Command::new("heif-convert").arg(&file).arg(&png));
        let theirs = image::open(&png).unwrap().to_rgb8();
        let ours = decode(&bytes, Format::Heif).unwrap_or_else(|error| panic!("{name} {turns:?}: {error}"));
        let ours = ours.pixels.to_rgb8();
        assert_eq!(ours.dimensions(), theirs.dimensions(), "{name} {turns:?}");
        most = most.max(mean_difference(&ours, &theirs));
    }
    most
}

#[test]
fn the_pictures_are_those_of_libheif() {
    let folder = tempfile::tempdir().unwrap();
    let picture = DynamicImage::ImageRgb16(picture());
    let inputs = [(8, DynamicImage::ImageRgb8(picture.to_rgb8())), (10, picture)];
    for (bits, picture) in inputs {
        let input = folder.path().join(format!("{bits}.png"));
        picture.save(&input).unwrap();
        for (chroma, most) in CHROMA {
            let chroma_of = format!("chroma={chroma}");
            for kind in ["heic", "avif"] {
                // The AV1 encoder of Debian 12 ends by an assertion.
                if kind == "avif" && bits == 10 {
                    continue;
                }
                let depth = bits.to_string();
                let arguments = ["-p", &chroma_of, "-b", &depth];
                let turns = if bits == 8 { &TURNS } else { &TURNS[..UNMIRRORED] };
                let name = format!("{chroma}-{bits}.{kind}");
                let found = compare(folder.path(), &input, &name, &arguments, turns);
                println!("{kind}, {chroma}, {bits} bits: {found:.2} of 255");
                assert!(found <= most, "{kind}, {chroma}, {bits} bits: {found:.2} of 255, at most {most} wanted");
            }
        }
    }
}
