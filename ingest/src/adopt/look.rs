//! What an original says about itself, from a few of its bytes.

use std::fs::File;
use std::io::{BufReader, Cursor, Error, Read as _, Seek as _, SeekFrom, Write as _};
use std::path::{Path, PathBuf};

use image::{ImageDecoder as _, ImageFormat, ImageReader};
use ingest_decode::jpeg::Jpeg;

use super::remote::Remote;
use crate::bucket::{Bucket, Listed};
use crate::facts::{self, Facts};
use crate::film::{self, Found};
use crate::sniff::{self, Decoder, Kind, Photo};
use crate::taken::{self, Source};

/// Pictures of formats that hold their facts at the end are read whole up to this size, in bytes.
const SMALL: u64 = 4 << 20;
/// The largest table of contents of a film that is read, in bytes.
const MAX_MOVIE: u64 = 32 << 20;
/// The most requests for one original. Photos need one, and films two where their table of contents is at the end.
const REQUESTS: usize = 3;

/// What is known of an original. Nothing is guessed: a date that only the file's time would say is left out.
#[derive(Debug, Default)]
pub struct Look {
    pub mime: Option<&'static str>,
    pub is_film: bool,
    pub facts: Facts,
    /// In pixels, as it is shown.
    pub size: Option<(u32, u32)>,
    /// In seconds.
    pub duration: Option<f64>,
    pub codec: Option<String>,
    /// Why a part of it could not be read.
    pub note: Option<String>,
}

/// How originals are looked at.
pub struct Looker<'a> {
    pub bucket: &'a Bucket,
    pub films: &'a Found<'a>,
    /// An empty folder: no other files lie beside an object.
    pub folder: &'a Path,
}

impl Looker<'_> {
    /// Reads the beginning of an original. `None` if it is no photo and no film. The error is one of the store.
    pub fn look(&self, object: &Listed, name: &str) -> Result<Option<Look>, Error> {
        let mut remote = Remote::new(self.bucket, &object.key, object.size, REQUESTS);
        let head = remote.head()?;
        let kind = match sniff::bytes(head) {
            Kind::Photo(Photo::Tiff) => Kind::Photo(sniff::of_tiff(Cursor::new(head)).map_or(Photo::Tiff, Photo::Raw)),
            kind => kind,
        };
        let look = match kind {
            Kind::Photo(kind) => self.photo(kind, &mut remote, name),
            Kind::Film(kind) => self.film(kind, &mut remote, name)?,
            _ => return Ok(None),
        };
        if let Some(error) = remote.failed {
            return Err(Error::other(error.to_string()));
        }
        // What is left is when the bytes were written, and a guess of the row is better than that.
        let is_guess = |taken: &taken::Taken| matches!(taken.source, Source::File | Source::Ingest);
        let taken = look.facts.taken.filter(|taken| !is_guess(taken));
        Ok(Some(Look { facts: Facts { taken, ..look.facts }, ..look }))
    }

    fn photo(&self, kind: Photo, remote: &mut Remote, name: &str) -> Look {
        let look = Look { mime: Some(kind.mime()), ..Look::default() };
        let size = remote.size();
        let (exif, xmp, pixels) = match kind.decoder() {
            Decoder::Here(ImageFormat::Jpeg) => jpeg(remote),
            Decoder::Here(format) => {
                // What cannot be read whole says what its first bytes say.
                let _ = if size <= SMALL { remote.piece(0, size) } else { Ok(()) };
                let longest = remote.pieces.iter().map(|(_, bytes)| bytes.clone()).max_by_key(Vec::len);
                decoded(longest.unwrap_or_default(), format)
            }
            Decoder::Apart(ingest_decode::Format::Heif) => {
                let exif = exif::Reader::new().read_from_container(&mut BufReader::new(remote)).ok();
                let pixels = exif.as_ref().and_then(facts::pixels);
                (exif.map(|exif| exif.buf().to_vec()), None, pixels)
            }
            // A TIFF is its own EXIF.
            Decoder::Apart(_) => {
                let head = remote.head().map(<[u8]>::to_vec).unwrap_or_default();
                (Some(head), None, None)
            }
        };
        let path = self.beside(name);
        let file = taken::File::new(&path, jiff::Timestamp::now());
        let (facts, orientation) = facts::read(exif, xmp.as_deref(), &file);
        let turned = |(width, height)| if orientation > 4 { (height, width) } else { (width, height) };
        Look { facts, size: pixels.map(turned), ..look }
    }

    /// The path that a file of this name would have in the empty folder.
    fn beside(&self, name: &str) -> PathBuf {
        self.folder.join(Path::new(name).file_name().unwrap_or_else(|| "unnamed".as_ref()))
    }

    /// Hands ffprobe a file that has only the pieces in it that it reads: a film's table of contents.
    fn film(&self, kind: sniff::Film, remote: &mut Remote, name: &str) -> Result<Look, Error> {
        let mut look = Look { mime: Some(kind.mime()), is_film: true, ..Look::default() };
        let encoder = match self.films.encoder() {
            Ok(encoder) => encoder,
            Err(reason) => {
                look.note = Some(format!("nothing was read out of the film: {reason}"));
                return Ok(look);
            }
        };
        if let Some((start, end)) = movie(remote) {
            remote.piece(start, end)?;
        }
        let folder = tempfile::tempdir_in(self.folder)?;
        let path = folder.path().join(Path::new(name).file_name().unwrap_or_else(|| "film".as_ref()));
        let path = if sparse(&path, remote).is_ok() { path } else { folder.path().join("film") };
        if !path.exists() {
            sparse(&path, remote)?;
        }
        match encoder.probe(&path, kind) {
            Ok(film::Film { width, height, duration, codec, facts, .. }) => {
                look.size = Some((width, height));
                look.duration = Some((duration * 1000.0).round() / 1000.0);
                look.codec = Some(codec);
                look.facts = facts;
            }
            Err(_) => look.note = Some("its table of contents cannot be read".to_owned()),
        }
        Ok(look)
    }
}

/// EXIF, XMP, and the size in pixels as it is stored.
type Described = (Option<Vec<u8>>, Option<Vec<u8>>, Option<(u32, u32)>);

/// Large profiles and previews may stand before the frame header: then more is read.
fn jpeg(remote: &mut Remote) -> Described {
    let (mut bytes, size) = (Vec::new(), remote.size());
    for end in [super::remote::FIRST, size.min(1 << 20)] {
        if remote.piece(0, end.min(size)).is_err() {
            break;
        }
        bytes = remote.pieces.last().map(|(_, bytes)| bytes.clone()).unwrap_or_default();
        if let Some(jpeg) = Jpeg::open(&bytes) {
            return (jpeg.exif(), jpeg.xmp(), Some((jpeg.width, jpeg.height)));
        }
    }
    decoded(bytes, ImageFormat::Jpeg)
}

fn decoded(bytes: Vec<u8>, format: ImageFormat) -> Described {
    let Ok(mut decoder) = ImageReader::with_format(Cursor::new(bytes), format).into_decoder() else {
        return (None, None, None);
    };
    let (exif, xmp) = (decoder.exif_metadata().unwrap_or_default(), decoder.xmp_metadata().unwrap_or_default());
    (exif, xmp, Some(decoder.dimensions()))
}

/// Where the box `moov` of an MP4 or QuickTime file lies (ISO/IEC 14496-12 section 4.2).
fn movie(remote: &mut Remote) -> Option<(u64, u64)> {
    let mut at = 0;
    loop {
        let mut header = [0; 16];
        remote.seek(SeekFrom::Start(at)).ok()?;
        remote.read_exact(&mut header[..8]).ok()?;
        let [size, kind]: [[u8; 4]; 2] = [*header.first_chunk()?, *header[4..8].first_chunk()?];
        let size = match u32::from_be_bytes(size) {
            0 => remote.size().checked_sub(at)?,
            1 => {
                remote.read_exact(&mut header[8..]).ok()?;
                u64::from_be_bytes(*header[8..].first_chunk()?)
            }
            size => size.into(),
        };
        let end = at.checked_add(size).filter(|end| size >= 8 && *end <= remote.size())?;
        if kind == *b"moov" {
            return (size <= MAX_MOVIE).then_some((at, end));
        }
        at = end;
    }
}

/// A file of the size of the object, in which the pieces stand at their places.
fn sparse(path: &Path, remote: &Remote) -> std::io::Result<()> {
    let mut file = File::create_new(path)?;
    file.set_len(remote.size())?;
    for (start, bytes) in &remote.pieces {
        file.seek(SeekFrom::Start(*start))?;
        file.write_all(bytes)?;
    }
    file.flush()
}
