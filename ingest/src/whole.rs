//! Whether a picture's file reaches its end. One that lacks only its last bytes may hold the whole picture all the
//! same.

use std::fs::File;
use std::hash::{DefaultHasher, Hasher};
use std::io::{BufRead, BufReader, Read, Seek};
use std::path::Path;

use image::DynamicImage;

use crate::sniff;

/// How a file ends.
pub enum Ending {
    Whole,
    /// Only what marks the end is missing, and these bytes have it.
    Mended(Vec<u8>),
    /// The end marker of a JPEG is missing. Whether data are missing too, the decoder has to say: see [`paddings`].
    Open(Vec<u8>),
    /// What is shown of it is there. What is missing is to be said.
    Short(&'static str),
    Cut,
}

pub fn ending(path: &Path, kind: sniff::Photo) -> std::io::Result<Ending> {
    match kind {
        sniff::Photo::Jpeg => jpeg(path),
        sniff::Photo::Png => png(path),
        sniff::Photo::Gif => gif(path),
        // The decoders of the others refuse what is cut.
        _ => Ok(Ending::Whole),
    }
}

/// The last chunk of every PNG: no length, name, no data, CRC.
const IEND: [u8; 12] = *b"\0\0\0\0IEND\xaeB`\x82";

/// Only a file whose chunks are all whole is mended. Every other one is left to the decoder, which refuses cut data.
fn png(path: &Path) -> std::io::Result<Ending> {
    let mut file = BufReader::new(File::open(path)?);
    let length = file.get_ref().metadata()?.len();
    let mut at = 8;
    let mut has_data = false;
    let rest = loop {
        let mut head = Vec::with_capacity(IEND.len());
        file.seek(std::io::SeekFrom::Start(at))?;
        file.by_ref().take(IEND.len() as u64).read_to_end(&mut head)?;
        if head == IEND {
            return Ok(Ending::Whole);
        }
        let Some((size, name)) = head.first_chunk().zip(head.get(4..8)).filter(|_| !IEND.starts_with(&head)) else {
            break head;
        };
        has_data |= name == b"IDAT";
        at += u64::from(u32::from_be_bytes(*size)) + 12;
        if at > length {
            return Ok(Ending::Whole);
        }
    };
    if !has_data || !IEND.starts_with(&rest) {
        return Ok(Ending::Whole);
    }
    let mut bytes = Vec::new();
    File::open(path)?.take(at).read_to_end(&mut bytes)?;
    bytes.extend_from_slice(&IEND);
    Ok(Ending::Mended(bytes))
}

/// The decoder fills missing data with grey and reports no error, so a half-copied photo would be taken for a whole
/// one.
fn jpeg(path: &Path) -> std::io::Result<Ending> {
    let mut scans = Scans::default();
    match find_end(&mut BufReader::with_capacity(1 << 16, File::open(path)?), &mut scans) {
        Err(error) if error.kind() == std::io::ErrorKind::UnexpectedEof => {}
        result => return result.map(|()| Ending::Whole),
    }
    if !scans.are_last() {
        return Ok(Ending::Cut);
    }
    let mut bytes = std::fs::read(path)?;
    // Half of a marker, or of a stuffed byte.
    while bytes.last() == Some(&0xff) {
        bytes.pop();
    }
    Ok(Ending::Open(bytes))
}

/// The decoder reads no further than the first picture, so half of an animation would be taken for a whole one.
fn gif(path: &Path) -> std::io::Result<Ending> {
    const SHORT: &str = "it is cut short; its first picture is whole: if it is an animation, copy it again";
    let mut pictures = 0;
    match find_trailer(&mut BufReader::with_capacity(1 << 16, File::open(path)?), &mut pictures) {
        Err(error) if error.kind() == std::io::ErrorKind::UnexpectedEof => {}
        result => return result.map(|()| Ending::Whole),
    }
    Ok(if pictures == 0 { Ending::Cut } else { Ending::Short(SHORT) })
}

/// Blocks as in GIF89a. Counts the pictures that are whole.
fn find_trailer(file: &mut BufReader<File>, pictures: &mut u32) -> std::io::Result<()> {
    // Up to the flags of the logical screen.
    file.seek_relative(10)?;
    let flags = byte(file)?;
    file.seek_relative(2 + colours(flags))?;
    loop {
        match byte(file)? {
            0x2c => {
                file.seek_relative(8)?;
                let flags = byte(file)?;
                // The colours, and the size of codes.
                file.seek_relative(colours(flags) + 1)?;
                skip_pieces(file)?;
                *pictures += 1;
            }
            0x21 => {
                file.seek_relative(1)?;
                skip_pieces(file)?;
            }
            // Padding between blocks.
            0x00 => {}
            // The trailer, or what the decoder may refuse.
            _ => return Ok(()),
        }
    }
}

/// The bytes of a table of colours.
const fn colours(flags: u8) -> i64 {
    if flags & 0x80 == 0 { 0 } else { 3 << ((flags & 7) + 1) }
}

/// Goes on behind the empty piece.
fn skip_pieces(file: &mut BufReader<File>) -> std::io::Result<()> {
    loop {
        match byte(file)? {
            0 => return Ok(()),
            size => file.seek_relative(size.into())?,
        }
    }
}

fn byte(file: &mut impl Read) -> std::io::Result<u8> {
    let mut byte = [0];
    file.read_exact(&mut byte).map(|()| byte[0])
}

/// Markers as in ITU-T T.81 annex B: segments with a length, entropy-coded data after `SOS` until the next marker.
fn find_end(file: &mut impl BufRead, scans: &mut Scans) -> std::io::Result<()> {
    loop {
        // Skips everything up to a marker: entropy-coded data, or padding that some programs write.
        if file.skip_until(0xff)? == 0 {
            return Err(std::io::ErrorKind::UnexpectedEof.into());
        }
        let mut marker = 0xff;
        while marker == 0xff {
            marker = byte(file)?;
        }
        match marker {
            0xd9 => return Ok(()),
            // Stuffed 0xff, TEM, RST0 to RST7, SOI: no length follows.
            0x00 | 0x01 | 0xd0..=0xd8 => {}
            _ => {
                scans.in_data = false;
                let length = u16::from_be_bytes([byte(file)?, byte(file)?]);
                let mut segment = vec![0; usize::from(length.saturating_sub(2))];
                file.read_exact(&mut segment)?;
                match marker {
                    0xc0..=0xc2 => scans.frame(&segment),
                    0xda => scans.scan(&segment),
                    _ => {}
                }
            }
        }
    }
}

/// How far the scans that were seen have brought the picture.
#[derive(Default)]
struct Scans {
    /// For each component, its name, and how many low bits each of its coefficients still lacks.
    components: Vec<(u8, [u8; 64])>,
    /// Whether the last bytes are those of a scan.
    in_data: bool,
}

impl Scans {
    /// A frame header (section B.2.2).
    fn frame(&mut self, segment: &[u8]) {
        let names = segment.get(6..).unwrap_or_default().chunks_exact(3).map(|component| component[0]);
        self.components = names.map(|name| (name, [u8::MAX; 64])).collect();
    }

    /// A scan header (section B.2.3).
    fn scan(&mut self, segment: &[u8]) {
        self.in_data = true;
        let [count, rest @ ..] = segment else { return };
        let Some((names, &[first, last, bits, ..])) = rest.split_at_checked(usize::from(*count) * 2) else { return };
        for (name, lacks) in &mut self.components {
            if names.chunks_exact(2).any(|component| component[0] == *name) {
                let range = usize::from(first)..=usize::from(last);
                lacks.get_mut(range).into_iter().flatten().for_each(|lacks| *lacks = bits & 15);
            }
        }
    }

    /// Whether no scan is to follow the one in which the file ends. A progressive picture comes in many.
    fn are_last(&self) -> bool {
        let mut all = self.components.iter().flat_map(|(_, lacks)| lacks);
        self.in_data && !self.components.is_empty() && all.all(|lacks| *lacks == 0)
    }
}

/// A JPEG without its end, with different bits behind its data. If all data are there, no bit of these is decoded,
/// and the pictures are the same.
pub fn paddings(bytes: &[u8]) -> impl Iterator<Item = Vec<u8>> {
    // Bits without a pattern, for scans that read zeros and ones as "no change".
    let mixed: Vec<u8> = (1..512u32).map(|at| (at.wrapping_mul(2_654_435_761) >> 24).to_le_bytes()[0] & 0xfe).collect();
    // Where the bits of a restart interval end, the decoder goes on with the next marker.
    let restarted = [&[0xff, 0xd0], &mixed[..]].concat();
    let all = [vec![0; 512], [0xff, 0].repeat(256), mixed, restarted];
    all.into_iter().map(move |padding| [bytes, &padding, &EOI].concat())
}

pub const EOI: [u8; 2] = [0xff, 0xd9];

/// How many rows of blocks a file may lack at most: one.
const ROWS: usize = 16;
/// How many pixels in it: 16 bytes are no more than four blocks.
const PIXELS: usize = 4 * 16 * 16;

/// Enough of a picture to compare it with another of its size.
#[derive(Clone)]
pub struct Sketch {
    above: u64,
    /// The last rows, and the number of bytes of a pixel.
    below: Vec<u8>,
    pixel: usize,
    /// How many pixels may differ.
    spare: usize,
}

impl Sketch {
    pub fn new(picture: &DynamicImage) -> Self {
        let bytes = picture.as_bytes();
        let stride = bytes.len() / (picture.height() as usize).max(1);
        let (above, below) = bytes.split_at(bytes.len().saturating_sub(stride * ROWS));
        let mut hash = DefaultHasher::new();
        hash.write(above);
        let pixel = usize::from(picture.color().bytes_per_pixel());
        let spare = PIXELS.min(bytes.len() / pixel / 500);
        Self { above: hash.finish(), below: below.to_vec(), pixel, spare }
    }

    /// Whether the pictures are the same, but for the very end.
    pub fn is_nearly(&self, other: &Self) -> bool {
        let pixels = self.below.chunks(self.pixel).zip(other.below.chunks(self.pixel));
        self.above == other.above && pixels.filter(|(one, another)| one != another).count() <= self.spare
    }
}
