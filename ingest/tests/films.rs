//! Films through the real ffmpeg and a store that verifies signatures. Without ffmpeg every case shows as ignored. If
//! `CI` is set, ffmpeg must be there.

#![allow(clippy::unwrap_used, clippy::case_sensitive_file_extension_comparisons)] // a failed unwrap is a failed test

#[path = "films/apple.rs"]
mod apple;
#[path = "films/cmaf.rs"]
mod cmaf;
mod common;
#[path = "films/live.rs"]
mod live;
#[path = "films/places.rs"]
mod places;
#[path = "films/playlists.rs"]
mod playlists;
#[path = "films/refused.rs"]
mod refused;

use std::collections::BTreeMap;
use std::path::{Path, PathBuf};
use std::process::{Command, Stdio};

use common::Gallery;
use image::GenericImageView;
use libtest_mimic::{Arguments, Failed, Trial};
use playlists::{attribute, list, master, seconds, segments};

fn main() {
    let has_ffmpeg = runs("ffmpeg") && runs("ffprobe");
    assert!(has_ffmpeg || std::env::var_os("CI").is_none(), "install ffmpeg: the films' tests need it");
    let kind = if has_ffmpeg { "" } else { "needs ffmpeg" };
    let trial = |name: &str, case: fn()| {
        let case = move || {
            case();
            Ok::<(), Failed>(())
        };
        Trial::test(name, case).with_kind(kind).with_ignored_flag(!has_ffmpeg)
    };
    let trials = vec![
        trial("landscape_is_packaged_measured_and_listed", landscape),
        trial("portrait_by_rotation", portrait),
        trial("ten_bit_hdr_becomes_sdr", hdr),
        trial("no_sound_and_odd_sides", silent_and_odd),
        trial("dark_beginning_and_awkward_name", dark_beginning),
        trial("varying_frame_rate_becomes_constant", varying_rate),
        trial("square_pixels_and_interlaced", anamorphic),
        trial("sound_ends_with_the_pictures", cmaf::sound),
        trial("tracks_that_begin_late_are_shown_to_their_end", cmaf::late),
        trial("several_sounds_and_subtitles_and_chapters", cmaf::tracks),
        trial("subtitles_that_name_places_are_left_out", places::left_out),
        trial("odd_sounds_are_no_reason_to_refuse_a_film", cmaf::odd_sounds),
        trial("a_film_is_as_long_as_its_pictures_if_it_does_not_say_it", cmaf::without_length),
        trial("films_of_less_than_half_a_second", cmaf::short),
        trial("no_picture_of_a_varying_rate_is_lost", cmaf::varying),
        trial("previews_and_a_poster_that_shows_something", cmaf::previews),
        trial("old_films_are_repackaged_without_encoding", cmaf::repackaged),
        trial("transport_streams_where_they_are_wished", cmaf::transport),
        trial("every_container_goes_in", containers),
        trial("a_second_run_does_nothing", twice),
        trial("the_row_comes_last", row_last),
        trial("a_clip_beside_a_photo_is_part_of_it", live::beside),
        trial("a_clip_joins_a_photo_that_comes_later", live::alone_before),
        trial("a_clip_of_a_hidden_photo_stays_out", live::hidden),
        trial("clips_of_a_folder_that_was_renamed", live::moved),
        trial("another_film_where_a_removed_clip_lay", live::another_in_its_place),
        trial("one_of_two_films_is_the_clip", live::two_films),
        trial("an_old_photo_gets_pictures_and_clip_in_one_run", live::of_an_earlier_version),
        trial("a_film_of_another_moment_stays_alone", live::strangers),
        trial("a_clip_behind_a_photo_is_part_of_it", live::behind),
        trial("a_clip_behind_a_photo_and_beside_it_is_one", live::takeout),
        trial("a_film_whose_clip_cannot_be_made_stays_one", live::not_made),
        trial("what_cameras_write_beside_a_film_is_left_out", live::companions),
        trial("what_is_no_film_is_named", refused::broken),
        trial("a_stop_while_encoding_leaves_nothing", refused::stopped),
        trial("films_are_done_one_after_the_other", refused::one_after_the_other),
        trial("a_stop_behind_the_encode_keeps_it", refused::stopped_behind_the_encode),
        trial("an_encode_of_a_film_that_was_touched_is_kept", refused::touched),
        trial("a_film_that_was_edited_is_refused", refused::edited),
        trial("no_room_and_no_folder_say_what_to_do", refused::no_room),
        trial("a_segment_that_is_not_whole_is_seen", refused::segment_in_part),
        trial("a_dash_manifest_is_refused", refused::dash),
        trial("an_hls_playlist_is_refused", refused::hls),
        trial("a_concat_script_is_refused", refused::concat),
        trial("a_smil_list_is_refused", refused::smil),
        trial("a_session_description_is_refused", refused::sdp),
        trial("the_name_of_an_image_sequence_is_a_name", refused::image_sequence),
        trial("the_name_of_a_part_of_a_file_is_a_name", refused::subfile),
        trial("a_film_whose_tracks_lie_elsewhere_is_refused", refused::alias),
    ];
    // This case does not need ffmpeg: it tests a missing ffmpeg.
    let without = Trial::test("without_ffmpeg_photos_go_in_and_films_are_named", || {
        refused::without_ffmpeg();
        Ok(())
    });
    libtest_mimic::run(&Arguments::from_args(), trials.into_iter().chain([without]).collect()).exit();
}

/// By content: the names say nothing.
fn containers() {
    let gallery = Gallery::new();
    let source = "-f lavfi -i testsrc=d=2:s=320x240:r=25 -f lavfi -i sine=d=2 -pix_fmt yuv420p";
    let cases = [
        ("matroska", "-c:v libx264 -c:a aac -f matroska", "video/matroska"),
        ("webm", "-c:v libvpx -deadline realtime -c:a libopus -f webm", "video/webm"),
        ("avi", "-c:v mpeg4 -c:a mp2 -f avi", "video/vnd.avi"),
        ("ts", "-c:v libx264 -c:a aac -f mpegts", "video/mp2t"),
        ("m2ts", "-c:v libx264 -c:a ac3 -f mpegts -mpegts_m2ts_mode 1", "video/mp2t"),
        ("mpg", "-c:v mpeg2video -c:a mp2 -f mpeg", "video/mpeg"),
        ("3gp", "-c:v h263 -s 352x288 -c:a aac -f 3gp", "video/3gpp"),
        ("flv", "-c:v flv -c:a aac -f flv", "video/x-flv"),
        ("wmv", "-c:v wmv2 -c:a wmav2 -f asf", "video/x-ms-wmv"),
    ];
    for (name, arguments, _) in cases {
        film(&gallery, &format!("{name}.mp4"), &format!("{source} {arguments}"));
    }
    let report = gallery.ingest();
    let count = cases.len() as u64;
    assert_eq!((report.films, report.added, report.exit_code()), (count, count, 0), "{report}");
    for (name, _, mime) in cases {
        let key = format!("{name}.mp4");
        assert_eq!(gallery.object(&key).unwrap().content_type, mime);
        let seconds = seconds(&segments(&gallery, &key, if name == "3gp" { "288p" } else { "240p" }));
        assert!((1.8..2.4).contains(&seconds), "{name}: {seconds}");
    }
}

fn runs(program: &str) -> bool {
    let status = Command::new(program).arg("-version").stdout(Stdio::null()).stderr(Stdio::null()).status();
    status.is_ok_and(|status| status.success())
}

/// How many files and folders are left in the folder for temporary files.
fn kept(gallery: &Gallery) -> usize {
    std::fs::read_dir(gallery.options.temp.as_ref().unwrap()).unwrap().count()
}

/// Makes a film in the library. `arguments` are those of ffmpeg, without the output.
fn film(gallery: &Gallery, name: &str, arguments: &str) -> PathBuf {
    let path = gallery.file(name, b"");
    let mut url = std::ffi::OsString::from("file:");
    url.push(&path);
    let status = Command::new("ffmpeg")
        .args(["-nostdin", "-v", "error", "-y"])
        .args(arguments.split(' ').filter(|argument| !argument.is_empty()))
        .arg(url)
        .status()
        .unwrap();
    assert!(status.success(), "{arguments}");
    path
}

const X264: &str = "-c:v libx264 -preset ultrafast -pix_fmt yuv420p";

/// What ffprobe says about a stream of a rendition in the store, as `name=value`.
fn probe(gallery: &Gallery, object: &str, stream: &str) -> BTreeMap<String, String> {
    let path = gallery.folder.path().join("probed.mp4");
    std::fs::write(&path, gallery.object(object).expect(object).bytes).unwrap();
    let output = Command::new("ffprobe")
        .args(["-v", "error", "-select_streams", stream, "-show_streams", "-of", "default=noprint_wrappers=1"])
        .arg(&path)
        .output()
        .unwrap();
    let text = String::from_utf8(output.stdout).unwrap();
    text.lines().filter_map(|line| line.split_once('=')).map(|(a, b)| (a.into(), b.into())).collect()
}

/// The types of all pictures of a segment, in decoding order of presentation: `I`, `P`, `B`.
fn pictures(path: &Path) -> String {
    let output = Command::new("ffprobe")
        .args(["-v", "error", "-select_streams", "v:0", "-show_entries", "frame=pict_type,key_frame", "-of", "csv=p=0"])
        .arg(path)
        .output()
        .unwrap();
    String::from_utf8(output.stdout).unwrap()
}

fn qualities(gallery: &Gallery, key: &str) -> String {
    gallery.sql::<String>(&format!("SELECT hls_qualities FROM media WHERE key = '{key}'")).remove(0)
}

fn landscape() {
    let gallery = Gallery::new();
    let metadata = "-metadata creation_time=2024-06-15T12:03:22Z -metadata location=+47.3769+008.5417/";
    film(
        &gallery,
        "a.mp4",
        &format!(
            "-f lavfi -i testsrc2=s=854x480:r=30000/1001:d=9 -f lavfi -i sine=d=9 {X264} -c:a aac -movflags +faststart+use_metadata_tags {metadata} -f mp4"
        ),
    );
    let report = gallery.ingest();
    assert_eq!((report.films, report.added, report.exit_code()), (1, 1, 0), "{report}");

    let variants = master(&gallery, "a.mp4");
    let names: Vec<_> = variants.iter().map(|(_, uri)| uri.as_str()).collect();
    assert_eq!(names, ["480p.m3u8", "360p.m3u8"]);
    for ((line, _), (quality, resolution)) in variants.iter().zip([("480p", "854x480"), ("360p", "640x360")]) {
        assert_eq!(attribute(line, "RESOLUTION"), resolution);
        assert_eq!(attribute(line, "FRAME-RATE"), "29.970");
        let list = list(&gallery, "a.mp4", &format!("{quality}.m3u8"));
        let segments = &list.parts;
        let lengths: Vec<_> = segments.iter().map(|part| part.seconds.round()).collect();
        assert_eq!(lengths, [1.0, 1.0, 2.0, 4.0, 1.0]);
        assert!((seconds(segments) - 9.0).abs() < 0.1);

        // The figures, computed again: no run of about a target duration is above the peak, and the whole film has
        // the average.
        let sound = playlists::list(&gallery, "a.mp4", "sound-1.m3u8").parts;
        let bits = |bytes: usize| f64::from(u32::try_from(bytes).unwrap()) * 8.0;
        let all = |parts: &[playlists::Part]| bits(parts.iter().map(|part| part.bytes).sum());
        let peak: f64 = attribute(line, "BANDWIDTH").parse().unwrap();
        let average: f64 = attribute(line, "AVERAGE-BANDWIDTH").parse().unwrap();
        let long = |part: &&playlists::Part| part.seconds > 3.0;
        for (picture, sound) in segments.iter().filter(long).zip(sound.iter().filter(long)) {
            assert!(bits(picture.bytes) / picture.seconds + bits(sound.bytes) / sound.seconds <= peak + 2.0, "{line}");
        }
        assert!(((all(segments) + all(&sound)) / 9.0 - average).abs() < 0.02 * average, "{line}");

        // The parts are the whole file behind its header, one after the other.
        let file = gallery.object(&gallery.hls("a.mp4", &segments[0].file)).unwrap();
        assert_eq!(file.content_type, "video/mp4");
        let end = segments.iter().fold(list.init, |at, part| {
            assert_eq!(part.offset, at);
            at + part.bytes
        });
        assert_eq!(end, file.bytes.len());

        let first = gallery.hls("a.mp4", &segments[0].file);
        let video = probe(&gallery, &first, "v:0");
        let level: u8 = video["level"].parse().unwrap();
        assert_eq!((video["profile"].as_str(), video["pix_fmt"].as_str()), ("High", "yuv420p"));
        assert!(line.contains(&format!("CODECS=\"avc1.6400{level:02x},mp4a.40.2\"")), "{line} {level}");
        let audio = probe(&gallery, &gallery.hls("a.mp4", "sound-1.mp4"), "a:0");
        assert_eq!((audio["profile"].as_str(), audio["channels"].as_str()), ("LC", "2"));
        let keyframes = playlists::list(&gallery, "a.mp4", &format!("{quality}-iframes.m3u8")).parts;
        assert_eq!(keyframes.len(), segments.len());
        for (part, keyframe) in segments.iter().zip(&keyframes) {
            // A segment plays by itself, and so does its keyframe.
            let path = gallery.folder.path().join("segment.mp4");
            let alone = |part: &playlists::Part| {
                let range = &file.bytes[part.offset..part.offset + part.bytes];
                std::fs::write(&path, [&file.bytes[..list.init], range].concat()).unwrap();
                pictures(&path)
            };
            assert!(alone(part).starts_with("1,I"), "{part:?}");
            assert!(part.offset == keyframe.offset && keyframe.bytes < part.bytes, "{keyframe:?}");
            assert_eq!(alone(keyframe).trim().trim_end_matches(','), "1,I", "{keyframe:?}");
        }
    }

    let row = "SELECT json_array(type, date_taken, round(duration), codec, width, height, hls_qualities, latitude, \
               thumbnail_medium, renditions ->> '$.all[0].name', metadata ->> '$.mime') FROM media";
    assert_eq!(
        gallery.sql::<String>(row),
        [
            r#"["video","2024-06-15T12:03:22",9.0,"h264",854,480,"[\"480p\",\"360p\"]",47.3769,null,"large","video/mp4"]"#
        ]
    );
    assert_eq!(gallery.thumbnail("large", "a.mp4").dimensions(), (800, 450));
    let original = std::fs::read(gallery.library().join("a.mp4")).unwrap();
    assert!(gallery.object("a.mp4").unwrap().bytes == original);
    assert_eq!(kept(&gallery), 0, "temporary folders are gone");
}

fn portrait() {
    let gallery = Gallery::new();
    film(&gallery, "flat.mp4", &format!("-f lavfi -i testsrc2=s=854x480:r=25:d=2 {X264} -f mp4"));
    // As phones record: landscape pictures and a matrix. ffmpeg 5 writes the matrix with this tag, 6 and later need
    // the option.
    let flat = gallery.library().join("flat.mp4");
    let turn = |arguments: &[&str]| {
        let mut command = Command::new("ffmpeg");
        command.args(["-nostdin", "-v", "error", "-y"]);
        for argument in arguments {
            if *argument == "FLAT" {
                command.arg(&flat)
            } else {
                command.arg(argument)
            };
        }
        command.arg(gallery.library().join("turned.mov")).stderr(Stdio::null()).status().unwrap().success()
    };
    assert!(
        turn(&["-display_rotation", "90", "-i", "FLAT", "-c", "copy"])
            || turn(&["-i", "FLAT", "-c", "copy", "-metadata:s:v:0", "rotate=270"])
    );
    std::fs::remove_file(&flat).unwrap();
    let report = gallery.ingest();
    assert_eq!(report.added, 1, "{report}");
    assert_eq!(qualities(&gallery, "turned.mov"), r#"["480p","360p"]"#);
    assert_eq!(gallery.sql::<String>("SELECT width || 'x' || height FROM media"), ["480x854"]);
    let variants = master(&gallery, "turned.mov");
    assert_eq!(attribute(&variants[0].0, "RESOLUTION"), "480x854");
    assert_eq!(attribute(&variants[1].0, "RESOLUTION"), "360x640");
    let video = probe(&gallery, &gallery.hls("turned.mov", "480p.mp4"), "v:0");
    assert_eq!((video["width"].as_str(), video["height"].as_str()), ("480", "854"));
    assert_eq!(gallery.thumbnail("large", "turned.mov").dimensions(), (450, 800));
    assert_eq!(gallery.object("turned.mov").unwrap().content_type, "video/quicktime");
}

fn hdr() {
    let gallery = Gallery::new();
    let ten_bit = "-c:v libx265 -preset ultrafast -x265-params log-level=error -pix_fmt yuv420p10le -tag:v hvc1";
    let source = "-f lavfi -i testsrc2=s=640x360:r=12:d=1";
    for (name, transfer) in [("hlg.mov", "arib-std-b67"), ("pq.mp4", "smpte2084")] {
        let colors = format!("-color_primaries bt2020 -color_trc {transfer} -colorspace bt2020nc");
        film(&gallery, name, &format!("{source} {ten_bit} {colors}"));
    }
    film(&gallery, "sdr10.mp4", &format!("{source} {ten_bit}"));
    let report = gallery.ingest();
    assert_eq!(report.added, 3, "{report}");
    for key in ["hlg.mov", "pq.mp4", "sdr10.mp4"] {
        let video = probe(&gallery, &gallery.hls(key, "360p.mp4"), "v:0");
        assert_eq!((video["pix_fmt"].as_str(), video["profile"].as_str()), ("yuv420p", "High"), "{key}");
        if report.notes.is_empty() && key != "sdr10.mp4" {
            assert_eq!(video["color_transfer"], "bt709", "{key}");
        }
        // The thumbnail shows a picture: it is neither black nor a single grey.
        let thumbnail = gallery.thumbnail("large", key).into_luma8();
        let (low, high) = thumbnail.iter().fold((255, 0), |(low, high), value| (low.min(*value), high.max(*value)));
        assert!(high - low > 120, "{key}: {low} to {high}");
    }
    assert!(gallery.sql::<String>("SELECT codec FROM media").iter().all(|codec| codec == "hevc"));
}

fn silent_and_odd() {
    let gallery = Gallery::new();
    film(
        &gallery,
        "odd.mp4",
        "-f lavfi -i testsrc=s=853x481:r=24:d=1 -c:v libx264 -preset ultrafast -pix_fmt yuv444p -f mp4",
    );
    film(&gallery, "tiny.mp4", &format!("-f lavfi -i testsrc2=s=192x108:r=12:d=1 {X264} -f mp4"));
    let report = gallery.ingest();
    assert_eq!(report.added, 2, "{report}");
    assert_eq!(qualities(&gallery, "odd.mp4"), r#"["480p","360p"]"#);
    assert_eq!(qualities(&gallery, "tiny.mp4"), r#"["108p"]"#);
    let variants = master(&gallery, "odd.mp4");
    assert_eq!(attribute(&variants[0].0, "RESOLUTION"), "852x480");
    assert!(!variants[0].0.contains("mp4a"), "{}", variants[0].0);
    assert!(probe(&gallery, &gallery.hls("odd.mp4", "480p.mp4"), "a:0").is_empty());
    let tiny = master(&gallery, "tiny.mp4");
    assert_eq!(attribute(&tiny[0].0, "FRAME-RATE"), "12.000");
    assert_eq!(gallery.thumbnail("large", "tiny.mp4").dimensions(), (192, 108));
}

fn dark_beginning() {
    let gallery = Gallery::new();
    let name = "-% %03d é: (1).mov";
    film(&gallery, name, &format!("-f lavfi -i testsrc2=s=320x240:r=25:d=5 -vf fade=in:st=1:d=2 {X264}"));
    let report = gallery.ingest();
    assert_eq!(report.added, 1, "{report}");
    let thumbnail = gallery.thumbnail("large", name).into_luma8();
    let mean = thumbnail.iter().map(|value| u64::from(*value)).sum::<u64>() / thumbnail.len() as u64;
    assert!(mean > 60, "the poster is dark: {mean}");
    assert!(gallery.object(&gallery.hls(name, "240p.mp4")).is_some());
}

fn varying_rate() {
    let gallery = Gallery::new();
    // 30 frames a second with holes, as phones record in the dark.
    film(
        &gallery,
        "vfr.mp4",
        &format!(
            "-f lavfi -i testsrc2=s=320x240:r=30:d=5 -vf select='not(eq(mod(n\\,10)\\,3))' -vsync vfr {X264} -f mp4"
        ),
    );
    film(&gallery, "slow.mp4", &format!("-f lavfi -i testsrc2=s=320x240:r=120:d=1 {X264} -f mp4"));
    let report = gallery.ingest();
    assert_eq!(report.added, 2, "{report}");
    for (key, rate) in [("vfr.mp4", "30/1"), ("slow.mp4", "60/1")] {
        let video = probe(&gallery, &gallery.hls(key, "240p.mp4"), "v:0");
        assert_eq!(video["avg_frame_rate"], rate, "{key}");
    }
    let segments = segments(&gallery, "vfr.mp4", "240p");
    assert!((segments[0].seconds - 1.0).abs() < 0.05, "{segments:?}");
}

fn anamorphic() {
    let gallery = Gallery::new();
    film(
        &gallery,
        "dv.mov",
        "-f lavfi -i testsrc2=s=360x288:r=50:d=1 -vf interlace,setsar=16/11 -c:v libx264 -preset ultrafast -flags +ildct+ilme -x264opts tff=1",
    );
    let report = gallery.ingest();
    assert_eq!(report.added, 1, "{report}");
    assert_eq!(gallery.sql::<String>("SELECT width || 'x' || height FROM media"), ["524x288"]);
    let video = probe(&gallery, &gallery.hls("dv.mov", "288p.mp4"), "v:0");
    assert_eq!((video["width"].as_str(), video["height"].as_str()), ("524", "288"));
    assert_eq!((video["sample_aspect_ratio"].as_str(), video["field_order"].as_str()), ("1:1", "progressive"));
}

fn twice() {
    let gallery = Gallery::new();
    film(&gallery, "a.mp4", &format!("-f lavfi -i testsrc2=s=320x240:r=25:d=1 {X264} -f mp4"));
    assert_eq!(gallery.ingest().added, 1);
    let rows = gallery.sql::<String>("SELECT updated_at || metadata FROM media");
    let again = gallery.ingest();
    assert_eq!((again.added, again.unchanged, again.objects), (0, 1, 0));
    assert_eq!(gallery.sql::<String>("SELECT updated_at || metadata FROM media"), rows);
}

fn row_last() {
    use common::sink::{Answer, Sink};
    let folder = tempfile::tempdir().unwrap();
    let database = folder.path().join("gallery.sqlite");
    let seen = std::sync::Arc::new(std::sync::Mutex::new(0));
    let counted = seen.clone();
    let path = database.clone();
    let sink = Sink::new(move |_, _| {
        *counted.lock().unwrap() += common::sql::<i64>(&path, "SELECT count(*) FROM media")[0];
        Answer::Take
    });
    let options = common::options(folder.path(), &sink.settings);
    let status = Command::new("ffmpeg")
        .args(["-nostdin", "-v", "error", "-f", "lavfi", "-i", "testsrc2=s=640x480:r=25:d=5"])
        .args(["-c:v", "libx264", "-preset", "ultrafast", "-pix_fmt", "yuv420p"])
        .arg(folder.path().join("library/a.mp4"))
        .status()
        .unwrap();
    assert!(status.success());
    assert_eq!(ingest::run(&options).unwrap().added, 1);
    assert_eq!(*seen.lock().unwrap(), 0, "no row while objects are still on their way");
    assert_eq!(common::sql::<String>(&database, "SELECT key FROM media"), ["a.mp4"]);
    // Segments come before the playlists that name them, the master after the playlists, and the original at the end.
    let puts = sink.puts();
    let rank = |path: &str| match path {
        path if path.ends_with("master.m3u8") => 2,
        path if path.ends_with(".m3u8") => 1,
        path if path.contains("/hls/") => 0,
        path if path.contains("/renditions/") => 3,
        _ => 4,
    };
    let ranks: Vec<_> = puts.iter().map(|put| rank(&put.path)).collect();
    assert!(ranks.is_sorted(), "{ranks:?}");
    assert_eq!(ranks.iter().filter(|rank| **rank == 0).count(), 4, "two sizes, and the previews");
}
