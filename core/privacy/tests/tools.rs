//! Files that exiftool and ffmpeg wrote, blanked, and read by them again. Without these programs every case shows as
//! ignored. If `CI` is set, they must be there.

#![allow(clippy::unwrap_used)] // a failed unwrap is a failed test

mod support;

use std::path::{Path, PathBuf};
use std::process::{Command, Stdio};

use libtest_mimic::{Arguments, Failed, Trial};
use serde_json::Value;
use support::{boxes, has, patched, pictures};

fn main() {
    let runs = |program: &str, option: &str| {
        let quiet = Command::new(program).arg(option).stdout(Stdio::null()).stderr(Stdio::null()).status();
        quiet.is_ok_and(|status| status.success())
    };
    let (has_exiftool, has_ffmpeg) = (runs("exiftool", "-ver"), runs("ffmpeg", "-version"));
    let is_there = has_exiftool && has_ffmpeg;
    assert!(
        is_there || std::env::var_os("CI").is_none(),
        "install exiftool and ffmpeg: the tests of privacy need them"
    );
    let trial = |name: &str, case: fn()| {
        let case = move || {
            case();
            Ok::<(), Failed>(())
        };
        let kind = if is_there { "" } else { "needs exiftool and ffmpeg" };
        Trial::test(name, case).with_kind(kind).with_ignored_flag(!is_there)
    };
    let trials = vec![
        trial("jpeg", jpeg),
        trial("png", png),
        trial("webp", webp),
        trial("gif", gif),
        trial("avif", avif),
        trial("avif_with_a_description", described),
        trial("mp4", mp4),
        trial("mov", mov),
        trial("fragmented_mp4", fragmented),
        trial("places_in_time", places_in_time),
        trial("made_by_hand", by_hand),
    ];
    libtest_mimic::run(&Arguments::from_args(), trials).exit();
}

/// Where a case has its files.
struct Folder(tempfile::TempDir);

impl Folder {
    fn new() -> Self {
        Self(tempfile::tempdir().unwrap())
    }

    fn path(&self, name: &str) -> PathBuf {
        self.0.path().join(name)
    }

    fn write(&self, name: &str, bytes: &[u8]) -> PathBuf {
        std::fs::write(self.path(name), bytes).unwrap();
        self.path(name)
    }

    /// A file that ffmpeg draws.
    fn drawn(&self, name: &str, options: &[&str]) -> PathBuf {
        let path = self.path(name);
        let source = ["-f", "lavfi", "-i", "testsrc=size=64x48:rate=10:duration=2"];
        output(Command::new("ffmpeg").args(["-nostdin", "-v", "error"]).args(source).args(options).arg(&path));
        path
    }

    /// Blanks a file, and returns the other.
    fn blank(&self, path: &Path) -> PathBuf {
        let bytes = std::fs::read(path).unwrap();
        let name = format!("blank.{}", path.extension().unwrap().to_str().unwrap());
        self.write(&name, &patched(&bytes))
    }
}

fn output(command: &mut Command) -> Vec<u8> {
    let output = command.output().unwrap();
    assert!(output.status.success(), "{command:?}: {}", String::from_utf8_lossy(&output.stderr));
    output.stdout
}

/// What a person, a camera and a phone may leave in a file.
const SECRETS: [&str; 22] = [
    "-GPSLatitude=48.8577",
    "-GPSLatitudeRef=N",
    "-GPSLongitude=2.295",
    "-GPSLongitudeRef=E",
    "-EXIF:SerialNumber=SECRET1",
    "-EXIF:LensSerialNumber=SECRET2",
    "-EXIF:OwnerName=SECRET3",
    "-EXIF:Artist=SECRET4",
    "-EXIF:Copyright=SECRET5",
    "-EXIF:HostComputer=SECRET6",
    "-EXIF:UserComment=SECRET7",
    "-EXIF:ImageUniqueID=SECRET8",
    "-EXIF:XPAuthor=SECRET9",
    "-XMP-dc:Creator=SECRET10",
    "-XMP-photoshop:City=SECRET11",
    "-XMP-aux:SerialNumber=SECRET12",
    "-XMP-exif:GPSLatitude=48.8577",
    "-XMP-exif:GPSLongitude=2.295",
    "-IPTC:City=SECRET13",
    "-IPTC:By-line=SECRET14",
    "-Comment=SECRET15",
    "-PNG:Author=SECRET16",
];
const KEPT: [&str; 4] = ["-EXIF:Orientation#=6", "-EXIF:Make=KEPT", "-EXIF:DateTimeOriginal=2024:06:15 14:03:22", "-n"];

fn write(path: &Path, tags: &[&str]) {
    // Formats do not have every tag, which is not an error.
    output(Command::new("exiftool").args(["-q", "-q", "-m", "-overwrite_original"]).args(tags).arg(path));
}

/// All that exiftool finds, with groups, unknown tags, and tags in time.
fn tags(path: &Path) -> Vec<(String, String)> {
    let options = ["-j", "-a", "-G1", "-u", "-ee3", "-api", "RequestAll=2"];
    let found: Value = serde_json::from_slice(&output(Command::new("exiftool").args(options).arg(path))).unwrap();
    found[0].as_object().unwrap().iter().map(|(name, value)| (name.clone(), value.to_string())).collect()
}

/// Nothing that exiftool finds tells a place, a serial number or a person, and it finds nothing wrong.
fn says_nothing(path: &Path) -> Vec<(String, String)> {
    let tags = tags(path);
    for (name, value) in &tags {
        let own = name.rsplit(':').next().unwrap();
        if name.starts_with("System:") || name.starts_with("File:FileName") {
            continue;
        }
        for bad in
            ["GPS", "Serial", "Owner", "Artist", "Author", "Creator", "City", "Copyright", "Thumbnail", "PreviewImage"]
        {
            assert!(!own.contains(bad), "{name}: {value}");
        }
        assert!(!value.contains("SECRET") && !value.contains("48.85"), "{name}: {value}");
        assert!(!is_wrong(name, value), "{name}: {value}");
    }
    let bytes = std::fs::read(path).unwrap();
    assert!(!has(&bytes, b"SECRET"));
    tags
}

/// Whether exiftool complains, other than about zeros where there was something.
fn is_wrong(name: &str, value: &str) -> bool {
    let is_about_zeros = ["[minor]", "camm record type 0", "empty null chunk", "currently extract"]
        .iter()
        .any(|known| value.contains(known));
    (name.contains("Warning") || name.contains("Error")) && !is_about_zeros
}

/// Every frame and every packet of sound, decoded.
fn frames(path: &Path) -> String {
    let options = ["-map", "0:v", "-map", "0:a?", "-f", "framemd5", "-"];
    let text = output(Command::new("ffmpeg").args(["-nostdin", "-v", "error", "-i"]).arg(path).args(options));
    let text = String::from_utf8(text).unwrap();
    assert!(text.lines().any(|line| !line.starts_with('#')));
    text
}

/// A picture that exiftool has written secrets into.
fn picture(folder: &Folder, path: &Path, keeps_exif: bool) {
    write(path, &SECRETS);
    write(path, &KEPT);
    let before = tags(path);
    assert!(before.iter().any(|(_, value)| value.contains("SECRET")));
    let blank = folder.blank(path);
    let after = says_nothing(&blank);
    for (name, kept) in
        [("IFD0:Orientation", "Rotate 90 CW"), ("IFD0:Make", "KEPT"), ("ExifIFD:DateTimeOriginal", "2024")]
    {
        let found = after.iter().find(|(found, _)| found == name);
        assert_eq!(found.is_some_and(|(_, value)| value.contains(kept)), keeps_exif, "{name}: {found:?}");
    }
    assert_eq!(frames(&blank), frames(path));
}

fn jpeg() {
    let folder = Folder::new();
    let thumbnail = folder.write("thumbnail.jpg", &pictures::with_segments(&[]));
    let path = folder.write("a.jpg", &pictures::with_segments(&[]));
    write(&path, &[&format!("-ThumbnailImage<={}", thumbnail.display())]);
    assert!(tags(&path).iter().any(|(name, _)| name.contains("ThumbnailImage")));
    picture(&folder, &path, true);
    let [before, after] =
        [&path, &folder.path("blank.jpg")].map(|path| pictures::decoded(&std::fs::read(path).unwrap()));
    assert_eq!(before, after);
}

fn png() {
    let folder = Folder::new();
    let path = folder.write("a.png", &pictures::encoded(image::ImageFormat::Png));
    picture(&folder, &path, true);
}

fn webp() {
    let folder = Folder::new();
    let path = folder.write("a.webp", &pictures::encoded(image::ImageFormat::WebP));
    picture(&folder, &path, true);
}

fn gif() {
    let folder = Folder::new();
    let path = folder.write("a.gif", &pictures::encoded(image::ImageFormat::Gif));
    picture(&folder, &path, false);
}

fn avif() {
    let folder = Folder::new();
    let path =
        folder.drawn("a.avif", &["-frames:v", "1", "-c:v", "libaom-av1", "-cpu-used", "8", "-still-picture", "1"]);
    picture(&folder, &path, true);
}

/// The description is the first property, so that each other one has another number than before.
fn described() {
    let folder = Folder::new();
    let options = ["-frames:v", "1", "-c:v", "libaom-av1", "-cpu-used", "8", "-still-picture", "1"];
    let plain = folder.drawn("plain.avif", &options);
    let description = boxes::full(b"udes", 0, &[b"en\0SECRET\0\0\0"]);
    let path = folder.write("a.avif", &with_first_property(&std::fs::read(&plain).unwrap(), &description));
    assert_eq!(frames(&path), frames(&plain));
    let blank = folder.blank(&path);
    assert!(has(&std::fs::read(&path).unwrap(), b"SECRET") && !has(&std::fs::read(&blank).unwrap(), b"SECRET"));
    assert_eq!(frames(&blank), frames(&plain));
    says_nothing(&blank);
}

/// A picture as ffmpeg writes it, with one more property. Places and numbers behind it change.
fn with_first_property(file: &[u8], more: &[u8]) -> Vec<u8> {
    let at = |kind: &[u8; 4]| file.windows(4).position(|window| window == kind).unwrap();
    let number = |place: usize, size: usize| {
        file[place..place + size].iter().fold(0, |number, byte| number << 8 | usize::from(*byte))
    };
    let mut out = file.to_vec();
    let mut longer = |place: usize| {
        let sum = u32::try_from(number(place, 4) + more.len()).unwrap();
        out[place..place + 4].copy_from_slice(&sum.to_be_bytes());
    };
    for kind in [b"meta", b"iprp", b"ipco"] {
        longer(at(kind) - 4);
    }
    let places = at(b"iloc") + 4;
    assert_eq!(file[places..places + 6], [0, 0, 0, 0, 0x44, 0], "offsets and lengths of four bytes");
    let mut entry = places + 8;
    for _ in 0..number(places + 6, 2) {
        let extents = number(entry + 4, 2);
        (0..extents).for_each(|extent| longer(entry + 6 + 8 * extent));
        entry += 6 + 8 * extents;
    }
    let numbers = at(b"ipma") + 4;
    assert_eq!(file[numbers..numbers + 4], [0; 4], "numbers of one byte");
    let mut entry = numbers + 8;
    for _ in 0..number(numbers + 4, 4) {
        let count = number(entry + 2, 1);
        out[entry + 3..entry + 3 + count].iter_mut().for_each(|number| *number += 1);
        entry += 3 + count;
    }
    let start = at(b"ipco") + 4;
    out.splice(start..start, more.iter().copied());
    out
}

const FILM: [&str; 12] = [
    "-Keys:GPSCoordinates=48.8577 2.295 30",
    "-Keys:Author=SECRET1",
    "-Keys:Artist=SECRET2",
    "-ItemList:GPSCoordinates=48.8577 2.295 30",
    "-ItemList:Artist=SECRET3",
    "-UserData:GPSCoordinates=48.8577 2.295 30",
    "-UserData:Author=SECRET4",
    "-UserData:SerialNumber=SECRET5",
    "-XMP-exif:GPSLatitude=48.8577",
    "-XMP-dc:Creator=SECRET6",
    "-Keys:Make=KEPT",
    "-QuickTime:CreateDate=2024:06:15 14:03:22",
];

fn film(name: &str, options: &[&str]) {
    let folder = Folder::new();
    let sound = ["-f", "lavfi", "-i", "sine=duration=2", "-c:v", "libx264", "-c:a", "aac", "-shortest"];
    let path = folder.drawn(name, &[&sound, options].concat());
    write(&path, &FILM);
    assert!(tags(&path).iter().filter(|(_, value)| value.contains("SECRET")).count() > 2);
    let blank = folder.blank(&path);
    let after = says_nothing(&blank);
    assert!(after.iter().any(|(name, value)| name.contains("CreateDate") && value.contains("2024:06:15")));
    assert!(after.iter().any(|(name, value)| name.ends_with("Make") && value.contains("KEPT")), "{after:?}");
    assert_eq!(frames(&blank), frames(&path));
}

fn mp4() {
    film("a.mp4", &["-metadata", "location=+48.8577+002.2950/", "-metadata", "artist=SECRET"]);
}

fn mov() {
    let metadata = ["-metadata", "location=+48.8577+002.2950/", "-metadata", "com.apple.quicktime.author=SECRET"];
    film("a.mov", &[&metadata[..], &["-movflags", "use_metadata_tags+faststart"]].concat());
}

fn fragmented() {
    let folder = Folder::new();
    let options = ["-c:v", "libx264", "-movflags", "frag_keyframe+empty_moov", "-metadata", "artist=SECRET"];
    let path = folder.drawn("a.mp4", &options);
    let blank = folder.blank(&path);
    says_nothing(&blank);
    assert_eq!(frames(&blank), frames(&path));
}

/// A track of places, as Google's camera motion metadata has them (`camm`, type 5).
fn places_in_time() {
    let place =
        [&[0, 0, 5, 0][..], &48.8577_f64.to_le_bytes(), &2.295_f64.to_le_bytes(), &30_f64.to_le_bytes()].concat();
    let size = u32::try_from(place.len()).unwrap();
    let chunks = vec![(boxes::SAMPLES, vec![size]), (boxes::SAMPLES + size, vec![size])];
    let track = boxes::Track { handler: b"camm", format: b"camm", chunks, is_wide: false };
    let folder = Folder::new();
    let path = folder.write("a.mp4", &boxes::film(&[track], &[&place[..], &place].concat()));
    assert!(tags(&path).iter().any(|(name, _)| name.contains("GPSLatitude")), "{:?}", tags(&path));
    says_nothing(&folder.blank(&path));
}

fn by_hand() {
    let folder = Folder::new();
    let gain = pictures::with_segments(&pictures::segments(true));
    let jpeg =
        pictures::with_parts(&pictures::segments(false), &[(0, gain), (0x0001_0002, b"\xff\xd8\xff\xd9".to_vec())]);
    for (name, bytes) in [
        ("a.jpg", [&jpeg[..], &boxes::film_with_places(b"meta", b"gpmd")].concat()),
        ("a.png", pictures::png()),
        ("a.webp", pictures::webp()),
        ("a.gif", pictures::gif()),
        ("a.heic", boxes::heif()),
    ] {
        let path = folder.write(name, &bytes);
        let blank = folder.blank(&path);
        let wrong = |path: &Path| -> Vec<(String, String)> {
            tags(path).into_iter().filter(|(name, value)| is_wrong(name, value)).collect()
        };
        let before = wrong(&path);
        let new: Vec<_> = wrong(&blank).into_iter().filter(|tag| !before.contains(tag)).collect();
        assert!(new.is_empty(), "{name}: {new:?}");
        let found = tags(&blank);
        let told = found.iter().find(|(name, value)| {
            !name.starts_with("System:")
                && (value.contains("SECRET") || name.contains("GPS") || name.contains("Serial"))
        });
        assert_eq!(told, None, "{name}");
    }
}
