//! Subtitles that name places, as drones write them beside their films and into them.

use std::fs;

use super::common::Gallery;
use super::{X264, film};

/// Nobody plays a film with them. What people say stays.
pub fn left_out() {
    let gallery = Gallery::new();
    let source = "-f lavfi -i testsrc2=d=2:s=192x108:r=25";
    let cue = |text: &str| format!("1\n00:00:00,000 --> 00:00:01,000\n{text}\n");

    let path = film(&gallery, "DJI_0001.MP4", &format!("{source} {X264} -f mp4"));
    let beside = "<font size=\"28\">SrtCnt : 1\n[iso : 100] [latitude: 47.376900] [longitude: 8.541700]</font>";
    fs::write(path.with_extension("SRT"), cue(beside)).unwrap();

    let inside = gallery.folder.path().join("inside.srt");
    fs::write(&inside, cue("GPS (8.54, 47.37, 16), H 12.30m")).unwrap();
    let arguments = format!("{source} -i {} -map 0 -map 1 {X264} -c:s mov_text -f mp4", inside.display());
    film(&gallery, "inside.mp4", &arguments);

    let path = film(&gallery, "talk.mp4", &format!("{} {X264} -f mp4", source.replace("r=25", "r=24")));
    let later = "2\n00:00:01,000 --> 00:00:02,000\nWith gratitude, and no GPS.\n";
    fs::write(path.with_extension("srt"), format!("{}\n{later}", cue("We met at 10.30, for 3.50 each."))).unwrap();

    let report = gallery.ingest();
    assert_eq!(report.added, 3, "{report}");
    for (key, stays) in [("DJI_0001.MP4", false), ("inside.mp4", false), ("talk.mp4", true)] {
        let master = gallery.object(&gallery.hls(key, "master.m3u8")).unwrap().bytes;
        assert_eq!(has(&master, "TYPE=SUBTITLES"), stays, "{key}");
        let is_noted = report.notes.iter().any(|note| note.name == key && note.reason.contains("name places"));
        assert_eq!(is_noted, !stays, "{report}");
        let names = gallery.keys(&gallery.hls(key, ""));
        assert_eq!(names.iter().any(|name| name.ends_with("/text-1.vtt")), stays, "{names:?}");
        for name in names {
            let bytes = gallery.object(&name).unwrap().bytes;
            assert!(!has(&bytes, "47.376900") && !has(&bytes, "GPS (8.54"), "{name}");
        }
    }
}

fn has(bytes: &[u8], text: &str) -> bool {
    bytes.windows(text.len()).any(|window| window == text.as_bytes())
}
