//! The demo's short film is ingested without ffmpeg, and plays like any other film.

use crate::common::Gallery;
use image::GenericImageView;

#[test]
fn the_demo_film_goes_in_once() {
    let mut gallery = Gallery::new();
    gallery.options.library = None;
    gallery.options.demo_film = true;
    gallery.options.ffmpeg = Some("no/ffmpeg".into());
    let report = gallery.ingest();
    assert_eq!((report.films, report.added, report.exit_code()), (1, 1, 0), "{report}");

    let film = demo::short_film();
    let original = gallery.object(film.key).unwrap();
    assert!(original.bytes == film.original);
    assert_eq!(original.content_type, "video/mp4");
    let prefix = gallery.hls(film.key, "");
    for (name, bytes) in film.hls {
        let object = gallery.object(&format!("{prefix}{name}")).expect(name);
        assert!(object.bytes == *bytes, "{name}");
        let is_playlist = name.ends_with("m3u8");
        assert_eq!(object.content_type, if is_playlist { "application/vnd.apple.mpegurl" } else { "video/mp2t" });
        if is_playlist {
            let scope = hls::Scope { prefix: &prefix, base: &format!("{prefix}{name}"), public_base: None };
            hls::inspect(&object.bytes, &scope).unwrap().whole().unwrap();
        }
    }
    assert_eq!(gallery.thumbnail("large", film.key).dimensions(), (800, 450));
    let row = "SELECT json_array(type, size, date_taken || taken_offset, json(hls_qualities)) FROM media";
    let qualities = serde_json::to_string(film.qualities).unwrap();
    let expected = format!(r#"["video",{},"{}",{qualities}]"#, film.original.len(), film.taken);
    assert_eq!(gallery.sql::<String>(row), [expected]);

    let again = gallery.ingest();
    assert_eq!((again.added, again.unchanged, again.objects), (0, 1, 0));
}
