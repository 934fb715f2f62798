//! What is not taken in: files that are no films, and files in a film's clothes that would make ffmpeg read another
//! one, from outside the library.

use std::process::Command;

use super::common::{self, Gallery};
use super::{X264, film, kept};

/// A gallery, and a film beside its library that nothing may publish.
fn beside() -> (Gallery, String) {
    let gallery = Gallery::new();
    let outside = film(&gallery, "../private.mp4", &format!("-f lavfi -i testsrc=d=2:s=320x240:r=25 {X264} -f mp4"));
    let outside = outside.canonicalize().unwrap().display().to_string();
    (gallery, outside)
}

/// The library's only file is refused, and nothing is published.
fn refused(gallery: &Gallery, name: &str) {
    let report = gallery.ingest();
    let failed: Vec<_> = report.failed.iter().map(|named| named.name.as_str()).collect();
    assert_eq!((report.added, report.objects, failed), (0, 0, vec![name]), "{report:?}");
    assert_eq!(gallery.sql::<i64>("SELECT count(*) FROM media"), [0]);
    assert_eq!(std::fs::read_dir(gallery.options.temp.as_ref().unwrap()).unwrap().count(), 0);
}

/// A text that begins with four bytes and the name of a box, as films do.
fn disguised(name: &str, text: impl Fn(&str) -> String) {
    let (gallery, outside) = beside();
    gallery.file(name, text(&outside).as_bytes());
    refused(&gallery, name);
}

pub fn dash() {
    disguised("dash.mov", |outside| {
        format!(
            "<!--free--><MPD xmlns=\"urn:mpeg:dash:schema:mpd:2011\" type=\"static\" mediaPresentationDuration=\"PT2S\" \
             profiles=\"urn:mpeg:dash:profile:isoff-on-demand:2011\" minBufferTime=\"PT1S\"><Period duration=\"PT2S\">\
             <AdaptationSet mimeType=\"video/mp4\"><Representation id=\"1\" bandwidth=\"100000\" codecs=\"avc1.4d401f\" \
             width=\"320\" height=\"240\"><BaseURL>{outside}</BaseURL></Representation></AdaptationSet></Period></MPD>"
        )
    });
}

pub fn hls() {
    disguised("list.mp4", |outside| {
        format!("0000free\n#EXTM3U\n#EXT-X-TARGETDURATION:2\n#EXTINF:2,\n{outside}\n#EXT-X-ENDLIST\n")
    });
    // Without the clothes it is not even looked at.
    disguised("plain.mp4", |outside| {
        format!("#EXTM3U\n#EXT-X-TARGETDURATION:2\n#EXTINF:2,\n{outside}\n#EXT-X-ENDLIST\n")
    });
}

pub fn concat() {
    disguised("concat.mp4", |outside| format!("0000ftypisom\nffconcat version 1.0\nfile '{outside}'\n"));
    disguised("plain.mov", |outside| format!("ffconcat version 1.0\nfile '{outside}'\n"));
}

pub fn smil() {
    disguised("smil.mov", |outside| format!("<!--free--><smil><body><video src=\"{outside}\"/></body></smil>"));
}

pub fn sdp() {
    disguised("sdp.mp4", |_| {
        "0000free\nv=0\no=- 0 0 IN IP4 127.0.0.1\ns=film\nc=IN IP4 127.0.0.1\nt=0 0\nm=video 5004 RTP/AVP 96\n\
         a=rtpmap:96 H264/90000\n"
            .to_owned()
    });
}

pub fn image_sequence() {
    let gallery = Gallery::new();
    film(&gallery, "a001.jpg.mp4", "-f lavfi -i testsrc=s=320x240 -frames:v 1 -c:v mjpeg -f mjpeg");
    let picture = std::fs::read(gallery.library().join("a001.jpg.mp4")).unwrap();
    std::fs::remove_file(gallery.library().join("a001.jpg.mp4")).unwrap();
    gallery.file("../a001.jpg.mp4", &picture);
    // The pattern as a name, and as a path that leads out of the library for whoever takes it for a pattern.
    gallery.file("a%03d.jpg.mp4", b"0000free a001.jpg.mp4");
    refused(&gallery, "a%03d.jpg.mp4");
}

pub fn subfile() {
    let (gallery, _) = beside();
    let name = "subfile,,start,0,end,0,,:private.mp4";
    gallery.file(name, b"0000free and no film");
    refused(&gallery, name);
    // A film may have such a name. It is itself that is published.
    film(&gallery, name, &format!("-f lavfi -i testsrc2=s=192x108:r=12:d=1 {X264} -f mp4"));
    assert_eq!(gallery.ingest().added, 1);
    assert_eq!(gallery.sql::<String>("SELECT width || 'x' || height FROM media"), ["192x108"]);
}

/// QuickTime's tracks may lie in other files, which an alias in `dref` names.
pub fn alias() {
    let (gallery, outside) = beside();
    let bytes = with_alias(&std::fs::read(&outside).unwrap(), &outside);
    let path = gallery.file("alias.mov", &bytes);
    // An ffmpeg that is told to follows it: the film is as it should be.
    let follow = ["-v", "error", "-xerror", "-enable_drefs", "1", "-use_absolute_path", "1", "-i"];
    let output = Command::new("ffmpeg").args(follow).arg(&path).args(["-f", "framecrc", "-"]).output().unwrap();
    assert!(output.status.success() && output.stdout.len() > 1000, "{}", String::from_utf8_lossy(&output.stderr));
    refused(&gallery, "alias.mov");

    // With a URL in its place, no ffmpeg opens anything: the film's own bytes are read, and there are none.
    let url = replace(
        &index(&std::fs::read(&outside).unwrap()),
        &[b"url \0\0\0\0file://", outside.as_bytes(), b"\0"].concat(),
    );
    std::fs::remove_file(&path).unwrap();
    gallery.file("url.mp4", &url);
    refused(&gallery, "url.mp4");
}

fn with_alias(film: &[u8], target: &str) -> Vec<u8> {
    let mut alias = b"alis\0\0\0\0".to_vec();
    // Names of the volume and the file, and levels between here and there, all empty.
    alias.resize(alias.len() + 10 + 1 + 27 + 12 + 1 + 63 + 16 + 2 + 2 + 16, 0);
    // The absolute path, padded to whole words, and the end of the list.
    let length = u16::try_from(target.len()).unwrap();
    alias.extend_from_slice(&[[0, 2], length.to_be_bytes()].concat());
    alias.extend_from_slice(target.as_bytes());
    alias.resize(alias.len() + target.len() % 2, 0);
    alias.extend_from_slice(&[0xff, 0xff, 0, 0]);
    replace(&index(film), &alias)
}

/// A film's `ftyp` and `moov`, without its samples.
fn index(film: &[u8]) -> Vec<u8> {
    boxes(film)
        .filter(|(name, _)| [b"ftyp", b"moov"].contains(name))
        .flat_map(|(name, body)| boxed(*name, body))
        .collect()
}

/// The same boxes, with `entry` as the only one of every `dref`.
fn replace(bytes: &[u8], entry: &[u8]) -> Vec<u8> {
    let of = |(name, body): (&[u8; 4], &[u8])| match name {
        b"moov" | b"trak" | b"mdia" | b"minf" | b"dinf" => boxed(*name, &replace(body, entry)),
        b"dref" => {
            let (name_of_entry, rest) = entry.split_first_chunk::<4>().unwrap();
            boxed(*name, &[&[0, 0, 0, 0, 0, 0, 0, 1], &boxed(*name_of_entry, rest)[..]].concat())
        }
        _ => boxed(*name, body),
    };
    boxes(bytes).flat_map(of).collect()
}

fn boxed(name: [u8; 4], body: &[u8]) -> Vec<u8> {
    [&u32::try_from(body.len() + 8).unwrap().to_be_bytes(), &name, body].concat()
}

fn boxes(mut bytes: &[u8]) -> impl Iterator<Item = (&[u8; 4], &[u8])> {
    std::iter::from_fn(move || {
        let size = u32::from_be_bytes(*bytes.first_chunk()?) as usize;
        let (this, rest) = bytes.split_at(size);
        bytes = rest;
        Some((this[4..].first_chunk()?, &this[8..]))
    })
}

pub fn broken() {
    let mut gallery = Gallery::new();
    let whole = film(&gallery, "good.mp4", &format!("-f lavfi -i testsrc2=s=320x240:r=25:d=8 {X264} -f mp4"));
    let bytes = std::fs::read(&whole).unwrap();
    gallery.file("no-index.mp4", &bytes[..bytes.len() / 2]);
    film(&gallery, "sound.mp4", "-f lavfi -i sine=d=1 -c:a aac -f mp4");
    gallery.file("rubbish.mov", b"\0\0\0\x14ftypqt  \0\0\0\0qt  and then nothing of sense");
    film(&gallery, "cut.mp4", &format!("-f lavfi -i testsrc2=s=320x240:r=25:d=8 {X264} -movflags +faststart -f mp4"));
    let cut = std::fs::read(gallery.library().join("cut.mp4")).unwrap();
    gallery.file("cut.mp4", &cut[..cut.len() / 2]);
    let report = gallery.ingest();
    let names: Vec<_> = report.failed.iter().map(|named| named.name.as_str()).collect();
    assert_eq!(names, ["cut.mp4", "no-index.mp4", "rubbish.mov", "sound.mp4"], "{report}");
    assert_eq!((report.added, report.exit_code()), (1, 2));
    let text = report.to_string();
    assert!(text.contains("sound.mp4: there is no video in it"), "{text}");
    assert!(text.contains("cut.mp4: only") && text.contains("cut short"), "{text}");
    assert_eq!(gallery.sql::<String>("SELECT key FROM media"), ["good.mp4"]);
    assert!(gallery.object("hls/cut.mp4/master.m3u8").is_none());

    // The next run need not encode it to say so.
    let temp = gallery.options.temp.clone().unwrap();
    let kept = std::fs::read_dir(temp).unwrap().next().unwrap().unwrap().path();
    let words = kept.join("refused");
    assert_eq!(std::fs::read_to_string(&words).unwrap(), report.failed[0].reason);
    std::fs::write(&words, "as before").unwrap();
    for _ in 0..2 {
        assert_eq!(gallery.ingest().failed[0].reason, "as before");
    }
    gallery.options.force = true;
    assert_eq!(gallery.ingest().failed[0].reason, report.failed[0].reason);
}

pub fn stopped() {
    let mut gallery = Gallery::new();
    film(&gallery, "a.mp4", &format!("-f lavfi -i testsrc2=s=1280x720:r=50:d=9 {X264} -f mp4"));
    gallery.options.preset = "slower".into();
    let stop = gallery.options.stop.clone();
    let temp = gallery.options.temp.clone().unwrap();
    let watched = temp.clone();
    // Stops the run as soon as ffmpeg has begun to write.
    let watcher = std::thread::spawn(move || {
        let begun = || {
            let folders = std::fs::read_dir(&watched).unwrap().flatten();
            let mut files = folders.flat_map(|folder| std::fs::read_dir(folder.path()).into_iter().flatten().flatten());
            files.any(|file| file.path().extension().is_some_and(|extension| extension == "mp4"))
        };
        while !begun() {
            std::thread::sleep(std::time::Duration::from_millis(10));
        }
        stop.request();
    });
    let report = gallery.ingest();
    watcher.join().unwrap();
    assert!(report.interrupted && report.failed.is_empty(), "{report}");
    assert_eq!(gallery.sql::<i64>("SELECT count(*) FROM media"), [0]);
    assert_eq!(report.objects, 0);
    assert_eq!(std::fs::read_dir(temp).unwrap().count(), 0, "temporary folders are gone");
}

/// A run that is stopped when the film is encoded, and its previews are being made.
pub fn stopped_behind_the_encode() {
    let mut gallery = Gallery::new();
    film(&gallery, "a.mp4", &format!("-f lavfi -i testsrc2=s=192x108:r=12:d=9 {X264} -f mp4"));
    let [encoded, waits] = ["encoded", "waits"].map(|name| gallery.folder.path().join(name));
    let script = format!(
        "*-progress*) echo once >> '{}';; *round=up*) if [ ! -e '{}' ]; then touch '{1}'; exec sleep 60; fi",
        encoded.display(),
        waits.display()
    );
    gallery.options.ffmpeg = Some(ffmpeg_that(&gallery, &script));
    let (stop, watched) = (gallery.options.stop.clone(), waits.clone());
    let watcher = std::thread::spawn(move || {
        while !watched.exists() {
            std::thread::sleep(std::time::Duration::from_millis(10));
        }
        stop.request();
    });
    let report = gallery.ingest();
    watcher.join().unwrap();
    assert!(report.interrupted && report.failed.is_empty() && report.added == 0, "{report}");
    assert_eq!(kept(&gallery), 1);
    gallery.options.stop = ingest::Stop::default();
    assert_eq!(gallery.ingest().added, 1);
    assert_eq!(std::fs::read_to_string(encoded).unwrap(), "once\n", "it is not encoded again");
    assert_eq!(kept(&gallery), 0);
}

/// A film with another time and the same bytes, when it is to be uploaded.
pub fn touched() {
    let mut gallery = Gallery::new();
    let path = film(&gallery, "a.mp4", &format!("-f lavfi -i testsrc2=s=192x108:r=12:d=2 {X264} -f mp4"));
    let encoded = gallery.folder.path().join("encoded");
    let script = format!("*-progress*) echo once >> '{}'; touch '{}'", encoded.display(), path.display());
    gallery.options.ffmpeg = Some(ffmpeg_that(&gallery, &script));
    let report = gallery.ingest();
    assert!(report.failed[0].reason.contains("changed while it was read"), "{report}");
    assert_eq!((report.added, kept(&gallery)), (0, 1));
    assert_eq!(gallery.ingest().added, 1);
    assert_eq!(std::fs::read_to_string(encoded).unwrap(), "once\n", "it is not encoded again");
    assert_eq!(kept(&gallery), 0);
}

/// A film that is edited while it is encoded, where the bucket has the original from before.
pub fn edited() {
    let mut gallery = Gallery::new();
    let path = film(&gallery, "a.mp4", &format!("-f lavfi -i testsrc2=s=192x108:r=12:d=2 {X264} -f mp4"));
    assert_eq!(gallery.ingest().added, 1);
    gallery.options.database = ingest::Place::File(gallery.folder.path().join("new.sqlite"));
    gallery.options.rebuild = true;
    gallery.options.ffmpeg = Some(when_it_encodes(&gallery, &format!("printf x >> '{}'", path.display())));
    let report = gallery.ingest();
    assert!(report.failed[0].reason.contains("changed while it was read"), "{report}");
    assert_eq!((report.added, kept(&gallery)), (0, 0), "nor is what was encoded kept");
}

/// An ffmpeg that does something else when it is to encode.
fn when_it_encodes(gallery: &Gallery, script: &str) -> std::path::PathBuf {
    ffmpeg_that(gallery, &format!("*-progress*) {script}"))
}

/// An ffmpeg that does something first where its arguments are these: branches of the shell's `case`.
pub fn ffmpeg_that(gallery: &Gallery, branches: &str) -> std::path::PathBuf {
    tools_that(gallery, branches, "'') :")
}

/// As [`ffmpeg_that`], with an ffprobe of the same kind.
fn tools_that(gallery: &Gallery, ffmpeg: &str, ffprobe: &str) -> std::path::PathBuf {
    use std::os::unix::fs::PermissionsExt;
    let tools = gallery.folder.path().join("tools");
    std::fs::create_dir(&tools).unwrap();
    for (name, branches) in [("ffmpeg", ffmpeg), ("ffprobe", ffprobe)] {
        let script = format!("#!/bin/sh\ncase \"$*\" in {branches};; esac\nexec {name} \"$@\"\n");
        std::fs::write(tools.join(name), script).unwrap();
        std::fs::set_permissions(tools.join(name), std::fs::Permissions::from_mode(0o755)).unwrap();
    }
    tools.join("ffmpeg")
}

/// Nothing is done with a film before the one before it is encoded: whoever stops a run loses that one at most.
pub fn one_after_the_other() {
    let mut gallery = Gallery::new();
    for (name, side) in [("a.mp4", 108), ("b.mp4", 110)] {
        film(&gallery, name, &format!("-f lavfi -i testsrc2=s=192x{side}:r=12:d=1 {X264} -f mp4"));
    }
    let log = gallery.folder.path().join("log");
    let noted = |on: &str, word: &str| format!("{on}) echo {word} >> '{}'", log.display());
    let tools = tools_that(&gallery, &noted("*-progress*", "encoded"), &noted("*-show_format*", "examined"));
    gallery.options.ffmpeg = Some(tools);
    assert_eq!(gallery.ingest().added, 2);
    assert_eq!(std::fs::read_to_string(log).unwrap(), "examined\nencoded\n".repeat(2));
}

/// As on a disk that was full for a moment: ffmpeg ends well, and one of its files is not whole.
pub fn segment_in_part() {
    let mut gallery = Gallery::new();
    film(&gallery, "a.mp4", &format!("-f lavfi -i testsrc2=s=192x108:r=12:d=9 {X264} -f mp4"));
    let cut = "ffmpeg \"$@\" || exit; head -c 4096 108p.mp4 > part; mv part 108p.mp4; exit 0";
    gallery.options.ffmpeg = Some(when_it_encodes(&gallery, cut));
    let report = gallery.ingest();
    assert_eq!((report.added, report.objects), (0, 0), "{report}");
    assert!(report.failed[0].reason.contains("cut short"), "{report}");
    assert_eq!(std::fs::read_dir(gallery.options.temp.as_ref().unwrap()).unwrap().count(), 0);
}

pub fn no_room() {
    let mut gallery = Gallery::new();
    film(&gallery, "a.mp4", &format!("-f lavfi -i testsrc2=s=192x108:r=12:d=1 {X264} -f mp4"));
    let full = "echo 'av_interleaved_write_frame(): No space left on device' >&2; echo 'Failed!' >&2; exit 1";
    gallery.options.ffmpeg = Some(when_it_encodes(&gallery, full));
    let temp = gallery.options.temp.clone().unwrap();
    let reason = gallery.ingest().failed.remove(0).reason;
    let words = format!("there is no room in {} for encoding: make room, or use --temp", temp.display());
    assert_eq!(reason, words);
    assert_eq!(std::fs::read_dir(&temp).unwrap().count(), 0);

    std::fs::remove_dir(&temp).unwrap();
    let reason = gallery.ingest().failed.remove(0).reason;
    assert!(reason.contains(&temp.display().to_string()) && reason.contains("--temp"), "{reason}");
}

pub fn without_ffmpeg() {
    let mut gallery = Gallery::new();
    gallery.options.ffmpeg = Some(gallery.folder.path().join("no/ffmpeg"));
    gallery.file("film.mp4", b"\0\0\0\x18ftypmp42\0\0\0\0mp42isom");
    let photo = common::jpeg::encode(&common::jpeg::quarters(40, 30), image::ImageFormat::Jpeg);
    gallery.file("photo.jpg", &photo);
    let report = gallery.ingest();
    assert_eq!((report.added, report.skipped.len(), report.exit_code()), (1, 1, 2), "{report}");
    assert_eq!(report.skipped[0].name, "film.mp4");
    assert!(report.skipped[0].reason.contains("apt install ffmpeg"), "{report}");
    assert_eq!(gallery.sql::<String>("SELECT key FROM media"), ["photo.jpg"]);
}
