//! Galleries that do not hold the test library, or hold nothing, or are configured otherwise.

use std::{
    fs,
    path::Path,
    process::{Command, Stdio},
};

use contract::{Need, deployment::Said};
use harness::{Failure, Gallery, Options};
use image::{ImageFormat, Rgb, RgbImage};
use tempfile::TempDir;

/// What a gallery lacks that neither the test library, nor its links, nor its operator are known of.
const STRANGER: [Need; 4] = [Need::Clip, Need::Library, Need::Links, Need::Operator];

/// A gallery, and what it lacks.
#[derive(Clone, Copy)]
pub struct Kind {
    pub name: &'static str,
    /// How many cases pass at least.
    pub passed: usize,
    pub lacks: &'static [Need],
    film: Film,
    is_library: bool,
    split: bool,
    environment: &'static [(&'static str, &'static str)],
}

/// The film in a gallery.
#[derive(Clone, Copy, PartialEq, Eq)]
enum Film {
    None,
    Demo,
    /// One that ffmpeg made, as ingest packages films.
    Own,
}

const OWN: Kind = Kind {
    name: "own_photos_and_the_demo_film",
    passed: 200,
    lacks: &STRANGER,
    film: Film::Demo,
    is_library: false,
    split: false,
    environment: &[],
};

pub const KINDS: [Kind; 7] = [
    OWN,
    Kind {
        name: "own_photos_and_film",
        passed: 190,
        lacks: &[Need::Clip, Need::Library, Need::DemoFilm, Need::Links, Need::Operator],
        film: Film::Own,
        ..OWN
    },
    // Nobody says where video-edge is.
    Kind { name: "split", split: true, ..OWN },
    // Nobody says that the catalogue is in the bucket.
    Kind { name: "snapshot", environment: &[("CATALOGUE", "snapshot")], ..OWN },
    Kind {
        name: "no_film",
        passed: 135,
        lacks: &[
            Need::Clip,
            Need::Library,
            Need::Film,
            Need::DemoFilm,
            Need::Store,
            Need::Presigned,
            Need::Led,
            Need::NoReports,
            Need::NoExperiment,
            Need::Links,
            Need::Operator,
        ],
        film: Film::None,
        ..OWN
    },
    Kind {
        name: "segments_through_the_service",
        passed: 185,
        lacks: &[
            Need::Clip,
            Need::Library,
            Need::Store,
            Need::Presigned,
            Need::Led,
            Need::NoReports,
            Need::Links,
            Need::Operator,
        ],
        environment: &[("VIDEO_DELIVERY", "proxy"), ("PLAYBACK_REPORTS", "true")],
        ..OWN
    },
    Kind { name: "the_test_library", passed: 210, lacks: &[Need::Links, Need::Operator], is_library: true, ..OWN },
];

/// An experiment: each viewer is in its arm.
pub const EXPERIMENT: Kind = Kind {
    name: "an_experiment",
    passed: 185,
    lacks: &[Need::Clip, Need::Library, Need::Presigned, Need::NoExperiment, Need::Links, Need::Operator],
    environment: &[("VIDEO_EXPERIMENT", "redirect:100")],
    ..OWN
};

impl Kind {
    /// Why the gallery cannot be made on this machine.
    pub fn missing(self) -> Option<&'static str> {
        let runs = || {
            let asked = Command::new("ffmpeg").arg("-version").stdout(Stdio::null()).stderr(Stdio::null()).status();
            asked.is_ok_and(|status| status.success())
        };
        (self.film == Film::Own && !runs()).then_some("ffmpeg is not installed")
    }

    pub fn start(self) -> Result<Gallery, Failure> {
        let environment = self.environment.iter().map(|(name, value)| ((*name).to_owned(), (*value).to_owned()));
        let options = Options { split: self.split, environment: environment.collect(), ..Options::default() };
        if self.is_library {
            return Gallery::start(&options);
        }
        let folder = TempDir::new()?;
        write(folder.path())?;
        if self.film == Film::Own {
            film(&folder.path().join("2023/Strand.mp4"))?;
        }
        let gallery = Gallery::start_empty(&options)?;
        let demo: &[&str] = if self.film == Film::Demo { &["--demo-film"] } else { &[] };
        gallery.ingest(folder.path(), demo)?;
        Ok(gallery)
    }
}

/// All that a person says of a gallery.
pub fn said(gallery: &Gallery) -> Said {
    Said { base: gallery.url.clone(), password: gallery.password.clone(), ..Said::default() }
}

/// Writes photos with names as cameras and people give them. One is too small for ranges.
fn write(folder: &Path) -> Result<(), Failure> {
    fs::create_dir_all(folder.join("2023/Am Meer"))?;
    for (name, width, height) in [
        ("2023/IMG_0001.JPG", 640, 480),
        ("2023/IMG_0002.JPG", 480, 640),
        ("2023/Am Meer/LIVE 3 (1).jpg", 800, 600),
        ("FILM.png", 300, 200),
        ("tiny.png", 40, 30),
    ] {
        let mut state = width * height;
        let picture = RgbImage::from_fn(width, height, |x, y| {
            // Some noise, so that the files are as long as those of a camera.
            state = state.wrapping_mul(1_664_525).wrapping_add(1_013_904_223);
            let [.., noise] = state.to_le_bytes();
            let ramp = |at: u32, of: u32| u8::try_from(at * 200 / of).unwrap_or(u8::MAX);
            Rgb([ramp(x, width) + noise / 5, ramp(y, height) + noise / 5, noise / 2])
        });
        let format = if name.ends_with("png") { ImageFormat::Png } else { ImageFormat::Jpeg };
        picture.save_with_format(folder.join(name), format)?;
    }
    Ok(())
}

/// A film of three seconds with sound.
fn film(path: &Path) -> Result<(), Failure> {
    let arguments = "-loglevel error -f lavfi -i testsrc2=s=320x180:d=3:r=25 -f lavfi -i sine=d=3 -c:v libx264 \
                     -preset ultrafast -pix_fmt yuv420p -c:a aac -shortest";
    let status = Command::new("ffmpeg").args(arguments.split_whitespace()).arg(path).status()?;
    if status.success() { Ok(()) } else { Err(format!("ffmpeg: {status}").into()) }
}
