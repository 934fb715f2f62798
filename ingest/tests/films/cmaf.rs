//! One object for each of a film's pictures and sounds, and what belongs to it.

use std::path::Path;
use std::process::Command;

use super::common::Gallery;
use super::playlists::{list, seconds};
use super::{X264, apple, film, probe};

/// Whether two lengths in seconds are the same but for a picture or two.
fn near(a: f64, b: f64) -> bool {
    (a - b).abs() < 0.09
}

fn healthy(gallery: &Gallery) -> bool {
    ingest::doctor(&gallery.options, false).unwrap().found.is_empty()
}

/// The loudness of each second of a sound, as its root mean square in decibels.
fn loudness(gallery: &Gallery, object: &str) -> Vec<f64> {
    let path = gallery.folder.path().join("heard.mp4");
    std::fs::write(&path, gallery.object(object).expect(object).bytes).unwrap();
    let filter =
        "asetnsamples=48000,astats=metadata=1:reset=1,ametadata=print:key=lavfi.astats.Overall.RMS_level:file=-";
    let output =
        Command::new("ffmpeg").args(["-v", "error", "-i"]).arg(&path).args(["-af", filter, "-f", "null", "-"]).output();
    let text = String::from_utf8(output.unwrap().stdout).unwrap();
    let level = |line: &str| line.split_once("RMS_level=").map(|(_, level)| level.parse().unwrap_or(f64::NEG_INFINITY));
    text.lines().filter_map(level).collect()
}

pub fn sound() {
    let gallery = Gallery::new();
    let pictures = |seconds: u32| format!("-f lavfi -i testsrc2=d={seconds}:s=192x108:r=25");
    film(&gallery, "ends.mp4", &format!("{} -f lavfi -i sine=d=3 {X264} -c:a aac -f mp4", pictures(9)));
    let hole = "-af aselect='not(between(t,3,6))'";
    film(&gallery, "hole.mp4", &format!("{} -f lavfi -i sine=d=9 {hole} {X264} -c:a aac -f mp4", pictures(9)));
    film(&gallery, "outlasts.mp4", &format!("{} -f lavfi -i sine=d=7 {X264} -c:a aac -f mp4", pictures(3)));
    let report = gallery.ingest();
    assert_eq!((report.added, report.exit_code()), (3, 0), "{report}");
    // In the seconds from one to another.
    let is_silent = |key: &str, from: usize, to: usize| {
        let levels = loudness(&gallery, &gallery.hls(key, "sound-1.mp4"));
        let silent: Vec<_> = levels[from..to].iter().map(|level| *level < -60.0).collect();
        assert!(silent.iter().all(|is| *is == silent[0]), "{key}: {levels:?}");
        silent[0]
    };
    for (key, length) in [("ends.mp4", 9.0), ("hole.mp4", 9.0), ("outlasts.mp4", 7.0)] {
        let pictures = list(&gallery, key, "108p.m3u8").parts;
        let sound = list(&gallery, key, "sound-1.m3u8").parts;
        assert!(near(seconds(&pictures), length), "{key}: {}", seconds(&pictures));
        assert!(near(seconds(&sound), length), "{key}: {}", seconds(&sound));
        assert_eq!(pictures.len(), sound.len(), "{key}");
        let stored: f64 = gallery.sql(&format!("SELECT duration FROM media WHERE key = '{key}'")).remove(0);
        assert!(near(stored, length), "{key}: {stored}");
        apple::check(&gallery, key);
    }
    assert!(!is_silent("ends.mp4", 0, 3) && is_silent("ends.mp4", 4, 9));
    assert!(!is_silent("hole.mp4", 0, 3) && is_silent("hole.mp4", 4, 6) && !is_silent("hole.mp4", 7, 9));
    assert!(!is_silent("outlasts.mp4", 0, 7));
    let held = probe(&gallery, &gallery.hls("outlasts.mp4", "108p.mp4"), "v:0");
    assert!(near(held["duration"].parse().unwrap(), 7.0), "{held:?}");
}

/// As recorders leave them that had to wait for a picture, or for a microphone.
pub fn late() {
    let gallery = Gallery::new();
    let (pictures, sound) = ("-f lavfi -i testsrc2=d=6:s=192x108:r=25", "-f lavfi -i sine=d=6");
    film(&gallery, "pictures.mp4", &format!("-itsoffset 2 {pictures} {sound} {X264} -c:a aac -f mpegts"));
    film(&gallery, "sound.mp4", &format!("{pictures} -itsoffset 3 {sound} {X264} -c:a aac -f mp4"));
    film(&gallery, "tag.mp4", &format!("-itsoffset 2 {pictures} {sound} {X264} -c:a aac -f matroska"));
    let report = gallery.ingest();
    assert_eq!((report.added, report.exit_code()), (3, 0), "{report}");
    for (key, length) in [("pictures.mp4", 8.0), ("sound.mp4", 9.0), ("tag.mp4", 8.0)] {
        for name in ["108p.m3u8", "sound-1.m3u8"] {
            let shown = seconds(&list(&gallery, key, name).parts);
            assert!(near(shown, length), "{key}, {name}: {shown}");
        }
        apple::check(&gallery, key);
    }
    let levels = loudness(&gallery, &gallery.hls("sound.mp4", "sound-1.mp4"));
    assert!(levels[1] < -60.0 && levels[7] > -60.0, "{levels:?}");
}

pub fn tracks() {
    let gallery = Gallery::new();
    let chapters = gallery.folder.path().join("chapters.txt");
    let stretch =
        |from: u32, to: u32, title: &str| format!("[CHAPTER]\nTIMEBASE=1/1\nSTART={from}\nEND={to}\ntitle={title}\n");
    let text = [";FFMETADATA1\n", &stretch(0, 2, "Dinner"), &stretch(2, 5, "Dance")].concat();
    std::fs::write(&chapters, text).unwrap();
    let subtitles = gallery.folder.path().join("text.srt");
    std::fs::write(&subtitles, "1\n00:00:01,000 --> 00:00:02,000\nHello\n").unwrap();
    let path = film(
        &gallery,
        "rich % é.mkv",
        &format!(
            "-f lavfi -i testsrc2=d=5:s=192x108:r=25 -f lavfi -i sine=f=300:d=5 -f lavfi -i sine=f=900:d=5 -i {} -i {} \
             -map 0 -map 1 -map 2 -map 3 -map_chapters 4 {X264} -c:a aac -c:s srt -disposition:a:0 0 -disposition:a:1 \
             default -metadata:s:a:0 language=ger -metadata:s:a:1 language=eng -metadata:s:s:0 language=eng -f matroska",
            subtitles.display(),
            chapters.display(),
        ),
    );
    // Beside the film, as Windows writes it, and some that belong to no film.
    std::fs::write(path.with_file_name("rich % é.de.srt"), b"1\r\n00:00:03,000 --> 00:00:04,000\r\nGr\xfc\xdfe\r\n")
        .unwrap();
    std::fs::write(path.with_file_name("rich % é.fr.srt"), b"nothing").unwrap();
    for name in ["poor.srt", "rich % é.it.srt"] {
        std::fs::write(path.with_file_name(name), b"1\n00:00:03,000 --> 00:00:04,000\nNo\n").unwrap();
    }
    // What is left out is never opened.
    gallery.file(".galleryignore", b"*.it.srt\n");
    let report = gallery.ingest();
    let key = "rich % é.mkv";
    assert_eq!(report.added, 1, "{report}");
    assert!(report.to_string().contains("rich % é.fr.srt cannot be read"), "{report}");
    apple::check(&gallery, key);

    let read = |name: &str| String::from_utf8(gallery.object(&gallery.hls(key, name)).expect(name).bytes).unwrap();
    let master = read("master.m3u8");
    for line in [
        r#"#EXT-X-MEDIA:TYPE=AUDIO,GROUP-ID="sound",NAME="English",LANGUAGE="en",DEFAULT=YES,AUTOSELECT=YES,CHANNELS="2",URI="sound-1.m3u8""#,
        r#"#EXT-X-MEDIA:TYPE=AUDIO,GROUP-ID="sound",NAME="Deutsch",LANGUAGE="de",DEFAULT=NO,AUTOSELECT=YES,CHANNELS="2",URI="sound-2.m3u8""#,
        r#"#EXT-X-MEDIA:TYPE=SUBTITLES,GROUP-ID="text",NAME="English",LANGUAGE="en",DEFAULT=NO,AUTOSELECT=YES,FORCED=NO,URI="text-1.m3u8""#,
        r#"#EXT-X-MEDIA:TYPE=SUBTITLES,GROUP-ID="text",NAME="Deutsch",LANGUAGE="de",DEFAULT=NO,AUTOSELECT=YES,FORCED=NO,URI="text-2.m3u8""#,
        r#"#EXT-X-SESSION-DATA:DATA-ID="com.apple.hls.chapters",URI="chapters.json""#,
    ] {
        assert!(master.lines().any(|found| found == line), "{line}\n{master}");
    }
    assert!(read("text-1.vtt").contains("\nHello"));
    assert!(read("text-2.vtt").contains("\nGrüße"));
    assert!(gallery.object(&gallery.hls(key, "text-3.vtt")).is_none());
    let chapters: serde_json::Value = serde_json::from_str(&read("chapters.json")).unwrap();
    assert_eq!(chapters[1]["titles"][0]["title"], "Dance");
    assert!(healthy(&gallery));
    for name in ["previews-1.webp", "sound-2.mp4", "text-1.vtt"] {
        let (object, bytes) = (gallery.hls(key, name), gallery.object(&gallery.hls(key, name)).unwrap().bytes);
        gallery.delete(&object);
        assert!(!healthy(&gallery), "{name} is missed");
        gallery.put(&object, &bytes);
    }
    assert!(healthy(&gallery));
    // The one that the film marks is the one of 900 Hz.
    for (file, pitch) in [("sound-1.mp4", 900), ("sound-2.mp4", 300)] {
        let path = gallery.folder.path().join(file);
        std::fs::write(&path, gallery.object(&gallery.hls(key, file)).unwrap().bytes).unwrap();
        let filter = format!("bandpass=f={pitch}:width_type=h:w=50,volumedetect");
        let output =
            Command::new("ffmpeg").arg("-i").arg(&path).args(["-af", &filter, "-f", "null", "-"]).output().unwrap();
        let said = String::from_utf8_lossy(&output.stderr).into_owned();
        let mean = said.split_once("mean_volume: ").unwrap().1.split_once(' ').unwrap().0.parse::<f64>().unwrap();
        assert!(mean > -30.0, "{file}: {mean}");
    }
}

/// Makes a sound of an MP4 one that cannot be decoded: its description says that it is DTS.
fn spoil(path: &Path, sound: usize) {
    let mut bytes = std::fs::read(path).unwrap();
    let descriptions = bytes.windows(4).enumerate().filter(|(_, name)| name == b"esds");
    let at = descriptions.map(|(at, _)| at).nth(sound).unwrap();
    let kind = bytes[at..].windows(2).position(|bytes| bytes == b"\x40\x15").unwrap();
    bytes[at + kind] = 0xa9;
    std::fs::write(path, bytes).unwrap();
}

/// Sounds that this ffmpeg cannot open, and one whose time stamps are absurd.
pub fn odd_sounds() {
    let gallery = Gallery::new();
    let pictures = "-f lavfi -i testsrc2=d=2:s=192x108:r=25";
    let sounds = "-f lavfi -i sine=d=2 -f lavfi -i sine=d=2 -map 0 -map 1 -map 2";
    let two = format!("{pictures} {sounds} {X264} -c:a aac -f mp4");
    spoil(&film(&gallery, "second.mp4", &two), 1);
    spoil(&film(&gallery, "first.mp4", &two), 0);
    // It would outlast the pictures.
    spoil(&film(&gallery, "only.mp4", &format!("{pictures} -f lavfi -i sine=d=5 {X264} -c:a aac -f mp4")), 0);
    // Its last picture stands for ten minutes.
    let pictures = pictures.replace("d=2", "d=1").replace("r=25", "r=5");
    film(&gallery, "long.mp4", &format!("{pictures} -f lavfi -i sine=d=700:r=8000 {X264} -c:a aac -b:a 16k"));
    let report = gallery.ingest();
    assert_eq!(report.added, 4, "{report}");
    let words = report.to_string();
    for name in ["first", "second"] {
        assert!(words.contains(&format!("{name}.mp4: some of its sounds cannot be read")), "{words}");
    }
    assert!(words.contains("only.mp4: its sound cannot be read"), "{words}");
    assert!(words.contains("far longer than its pictures"), "{words}");
    assert!(near(seconds(&list(&gallery, "long.mp4", "sound-1.m3u8").parts), 601.0));
    for (key, count) in [("first.mp4", 1), ("second.mp4", 1), ("only.mp4", 0)] {
        let sounds = ["sound-1.mp4", "sound-2.mp4"].map(|name| gallery.object(&gallery.hls(key, name)).is_some());
        assert_eq!(sounds, [count > 0, count > 1], "{key}");
        assert!(near(seconds(&list(&gallery, key, "108p.m3u8").parts), 2.0), "{key}");
        apple::check(&gallery, key);
    }
    assert!(loudness(&gallery, &gallery.hls("first.mp4", "sound-1.mp4")).iter().all(|level| *level > -60.0));
}

/// As browsers record, and what a recorder leaves that was killed.
pub fn without_length() {
    let gallery = Gallery::new();
    let source = "-f lavfi -i testsrc2=s=192x108:r=25:d=6 -f lavfi -i sine=d=6";
    film(&gallery, "browser.webm", &format!("{source} -c:v libvpx -deadline realtime -c:a libopus -f webm -live 1"));
    // Its clock did not begin at zero.
    let late = "-output_ts_offset 90 -f matroska -live 1";
    let killed = film(&gallery, "killed.mkv", &format!("{source} {X264} -c:a aac {late}"));
    let length = killed.metadata().unwrap().len();
    std::fs::File::options().write(true).open(killed).unwrap().set_len(length * 2 / 3).unwrap();
    let report = gallery.ingest();
    assert_eq!((report.added, report.exit_code()), (2, 0), "{report}");
    for (key, lengths) in [("browser.webm", 5.9..6.1), ("killed.mkv", 3.0..5.5)] {
        let stored: f64 = gallery.sql(&format!("SELECT duration FROM media WHERE key = '{key}'")).remove(0);
        assert!(lengths.contains(&stored), "{key}: {stored}");
        let shown = seconds(&list(&gallery, key, "108p.m3u8").parts);
        assert!(near(shown, stored), "{key}: {shown}");
    }
}

pub fn short() {
    let gallery = Gallery::new();
    for count in [1, 5, 12] {
        film(
            &gallery,
            &format!("{count}.mp4"),
            &format!("-f lavfi -i testsrc=d=1:s=320x180:r=25 {X264} -frames:v {count}"),
        );
    }
    let report = gallery.ingest();
    assert_eq!(report.added, 3, "{report}");
    for count in [1_u32, 5, 12] {
        let key = format!("{count}.mp4");
        let parts = list(&gallery, &key, "180p.m3u8").parts;
        assert!((seconds(&parts) - f64::from(count) / 25.0).abs() < 0.001, "{parts:?}");
        apple::check(&gallery, &key);
    }
}

pub fn varying() {
    let gallery = Gallery::new();
    // Every picture is of another grey.
    let grey = "-f lavfi -i color=black:d=8:s=192x108:r=30,format=gray,geq=lum='20+mod(N*7\\,200)'";
    let select = "select='if(lt(t\\,4)\\,not(mod(n\\,30))\\,1)'";
    film(&gallery, "varies.mp4", &format!("{grey},{select} -vsync vfr {X264}"));
    let report = gallery.ingest();
    assert_eq!(report.added, 1, "{report}");
    let path = gallery.folder.path().join("varies.mp4");
    std::fs::write(&path, gallery.object(&gallery.hls("varies.mp4", "108p.mp4")).unwrap().bytes).unwrap();
    let output = Command::new("ffmpeg")
        .args(["-v", "error", "-i"])
        .arg(&path)
        .args(["-vf", "signalstats,metadata=print:key=lavfi.signalstats.YAVG:file=-", "-f", "null", "-"])
        .output()
        .unwrap();
    let text = String::from_utf8(output.stdout).unwrap();
    let grey = |line: &str| line.split_once("YAVG=").map(|(_, grey)| grey.parse::<f64>().unwrap());
    let greys: Vec<f64> = text.lines().filter_map(grey).collect();
    let changes = greys.windows(2).filter(|pair| (pair[0] - pair[1]).abs() > 3.0).count();
    assert_eq!((greys.len(), changes), (240, 123), "124 pictures");
}

pub fn previews() {
    let gallery = Gallery::new();
    // Black, then blurred, then sharp, and black again.
    let filter = "drawbox=t=fill:color=black:enable='not(between(t,20,100))',gblur=sigma=30:enable='between(t,20,60)'";
    film(&gallery, "long.mp4", &format!("-f lavfi -i testsrc2=d=300:s=640x360:r=5 -vf {filter} {X264}"));
    assert_eq!(gallery.ingest().added, 1);
    let vtt = String::from_utf8(gallery.object(&gallery.hls("long.mp4", "previews.vtt")).unwrap().bytes).unwrap();
    assert_eq!(vtt.matches("-->").count(), 150);
    let sheet = |number: u32| {
        let object = gallery.object(&gallery.hls("long.mp4", &format!("previews-{number}.webp"))).unwrap();
        assert_eq!(object.content_type, "image/webp");
        image::load_from_memory_with_format(&object.bytes, image::ImageFormat::WebP).unwrap().into_luma8()
    };
    let (first, second) = (sheet(1), sheet(2));
    assert_eq!((first.dimensions(), second.dimensions()), ((1920, 1080), (960, 90)));
    // The picture of the moment 0:40 shows something, the one of 0:10 nothing.
    let mean = |moment: u32| {
        let (column, row) = (moment / 2 % 12, moment / 2 / 12);
        let part = image::imageops::crop_imm(&first, column * 160, row * 90, 160, 90).to_image();
        part.iter().map(|value| u32::from(*value)).sum::<u32>() / (160 * 90)
    };
    assert!(mean(10) < 24 && mean(40) > 50 && mean(102) < 24, "{} {} {}", mean(10), mean(40), mean(102));
    let poster = gallery.thumbnail("large", "long.mp4").into_luma8();
    let (width, _) = poster.dimensions();
    let steep = poster.as_raw().chunks_exact(width as usize).flat_map(|row| row.windows(2));
    let steep = steep.filter(|pair| pair[0].abs_diff(pair[1]) > 40).count();

    assert!(steep > 1000, "the poster is blurred: {steep}");
}

pub fn transport() {
    let mut gallery = Gallery::new();
    film(
        &gallery,
        "a.mp4",
        &format!("-f lavfi -i testsrc2=d=9:s=640x360:r=25 -f lavfi -i sine=d=9 {X264} -c:a aac -f mp4"),
    );
    gallery.options.packaging = ingest::Packaging::Both;
    assert_eq!(gallery.ingest().added, 1);
    apple::check(&gallery, "a.mp4");
    let counted = "SELECT metadata ->> '$.objects.film[0]' FROM media";
    let of_film = |gallery: &Gallery| gallery.keys("hls/").len();
    assert_eq!(gallery.sql::<i64>(counted), [i64::try_from(of_film(&gallery)).unwrap()]);
    assert!(healthy(&gallery));
    let streams = list(&gallery, "a.mp4", "ts/360p.m3u8");
    let lengths: Vec<_> = streams.text.lines().filter(|line| line.starts_with("#EXTINF")).collect();
    assert_eq!(lengths, ["#EXTINF:4.000000,", "#EXTINF:4.000000,", "#EXTINF:1.000000,"]);
    let segment = gallery.object(&gallery.hls("a.mp4", "ts/360p_000.ts")).unwrap();
    assert_eq!(segment.content_type, "video/mp2t");
    let master = String::from_utf8(gallery.object(&gallery.hls("a.mp4", "ts/master.m3u8")).unwrap().bytes).unwrap();
    assert!(master.contains("mp4a.40.2") && !master.contains("EXT-X-MEDIA"), "{master}");

    let mut only = Gallery::new();
    only.options.packaging = ingest::Packaging::Ts;
    film(&only, "a.mp4", &format!("-f lavfi -i testsrc2=d=1:s=320x180:r=25 {X264} -frames:v 5 -f mp4"));
    assert_eq!(only.ingest().added, 1);
    let keys: Vec<_> = only.keys("hls/");
    assert_eq!(keys.len(), 3, "{keys:?}");
    let text = String::from_utf8(only.object(&only.hls("a.mp4", "180p.m3u8")).unwrap().bytes).unwrap();
    assert!(text.contains("#EXT-X-TARGETDURATION:1\n"), "{text}");
}

/// Pictures as they are decoded, one digest each.
fn decoded(gallery: &Gallery, object: &str) -> Vec<String> {
    let path = gallery.folder.path().join("decoded");
    std::fs::write(&path, gallery.object(object).expect(object).bytes).unwrap();
    let output = Command::new("ffmpeg")
        .args(["-v", "error", "-i"])
        .arg(&path)
        .args(["-map", "0:v", "-f", "framemd5", "-"])
        .output();
    let text = String::from_utf8(output.unwrap().stdout).unwrap();
    let digest = |line: &str| line.rsplit_once(", ").map(|(_, digest)| digest.to_owned());
    text.lines().filter(|line| !line.starts_with('#')).filter_map(digest).collect()
}

pub fn repackaged() {
    let mut gallery = Gallery::new();
    gallery.options.packaging = ingest::Packaging::Ts;
    let pictures = "-f lavfi -i testsrc2=d=9:s=854x480:r=30000/1001";
    film(&gallery, "% é (1).mp4", &format!("{pictures} -f lavfi -i sine=d=9 {X264} -c:a aac -f mp4"));
    film(&gallery, "silent.mp4", &format!("-f lavfi -i testsrc2=d=2:s=192x108:r=12 {X264} -f mp4"));
    // As an earlier version left it: the sound ends before the pictures.
    film(
        &gallery,
        "ends.mp4",
        &format!("-f lavfi -i testsrc2=d=9:s=192x108:r=25 -f lavfi -i sine=d=9 {X264} -c:a aac"),
    );
    assert_eq!(gallery.ingest().added, 3);
    let key = "% é (1).mp4";
    let cut = Command::new("ffmpeg")
        .current_dir(gallery.folder.path())
        .args(["-v", "error", "-f", "lavfi", "-i", "testsrc2=d=9:s=192x108:r=25", "-f", "lavfi", "-i", "sine=d=3"])
        .args([
            "-c:v", "libx264", "-pix_fmt", "yuv420p", "-preset", "veryfast", "-g", "100", "-c:a", "aac", "-f", "hls",
        ])
        .args(["-hls_time", "4", "-hls_playlist_type", "vod", "-hls_segment_filename", "108p_%03d.ts", "108p.m3u8"])
        .status();
    assert!(cut.unwrap().success());
    for name in ["108p.m3u8", "108p_000.ts", "108p_001.ts", "108p_002.ts"] {
        let bytes = std::fs::read(gallery.folder.path().join(name)).unwrap();
        gallery.put(&gallery.hls("ends.mp4", name), &bytes);
    }
    let before: Vec<_> = ["480p", "360p"]
        .iter()
        .map(|name| (0..3).flat_map(|n| decoded(&gallery, &gallery.hls(key, &format!("{name}_{n:03}.ts")))).collect())
        .collect::<Vec<Vec<_>>>();
    let old = gallery.keys("hls/");

    gallery.options.library = None;
    // A segment that is damaged, one that is shorter than it was, and sounds apart: the films stay as they are.
    let segment = gallery.hls(key, "360p_001.ts");
    let whole = gallery.object(&segment).unwrap().bytes;
    let master = gallery.hls(key, "master.m3u8");
    let text = gallery.object(&master).unwrap().bytes;
    let apart = [&text[..], b"#EXT-X-MEDIA:TYPE=AUDIO,GROUP-ID=\"a\",NAME=\"a\",URI=\"a.m3u8\"\n"].concat();
    gallery.options.repackage = Some(vec![key.to_owned()]);
    let half = &whole[..whole.len() / 376 * 188];
    for (object, bytes, word) in
        [(&segment, &vec![0; whole.len()][..], "damaged"), (&segment, half, "hole"), (&master, &apart[..], "sounds")]
    {
        gallery.put(object, bytes);
        let report = ingest::run(&gallery.options).unwrap();
        assert!(report.repackaged == 0 && report.notes[0].reason.contains(word), "{word}: {report}");
        assert_eq!(gallery.keys("hls/"), old, "{word}");
        gallery.put(&segment, &whole);
        gallery.put(&master, &text);
    }
    gallery.options.repackage = Some(vec!["absent.mp4".to_owned(), "silent.mp4".to_owned()]);
    let report = ingest::run(&gallery.options).unwrap();
    assert_eq!((report.repackaged, report.notes.len()), (1, 1), "{report}");
    gallery.options.repackage = Some(Vec::new());
    let report = ingest::run(&gallery.options).unwrap();
    assert_eq!((report.repackaged, report.notes.len()), (2, 0), "{report}");
    assert_eq!(ingest::run(&gallery.options).unwrap().repackaged, 0, "nothing is left to do");
    for key in [key, "silent.mp4", "ends.mp4"] {
        apple::check(&gallery, key);
    }
    for (name, before) in ["480p", "360p"].iter().zip(before) {
        assert!(decoded(&gallery, &gallery.hls(key, &format!("{name}.mp4"))) == before, "{name} has other pictures");
    }
    let sound = list(&gallery, "ends.mp4", "sound-1.m3u8").parts;
    assert!(near(seconds(&sound), 9.0), "{sound:?}");
    assert!(healthy(&gallery));

    // Whoever is in the middle of an old film sees it to its end, and a day later it is gone.
    assert!(old.iter().all(|name| gallery.object(name).is_some()));
    common_sql(&gallery, "UPDATE deletions SET due = '2020-01-01T00:00:00Z'");
    assert!(healthy(&gallery));
    assert!(old.iter().all(|name| gallery.object(name).is_none()), "{old:?}");
    apple::check(&gallery, key);
    assert_eq!(std::fs::read_dir(gallery.options.temp.as_ref().unwrap()).unwrap().count(), 0);
}

fn common_sql(gallery: &Gallery, sql: &str) {
    let database = rusqlite::Connection::open(super::common::database(&gallery.options)).unwrap();
    database.execute_batch(sql).unwrap();
}
