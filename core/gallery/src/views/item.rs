//! An item as the API shows it. A block is a list of these, one a line.

use serde::{Deserialize, Serialize, Serializer};

use super::{Edition, Unreadable};
use crate::{
    key::percent_encode,
    layout::ThumbnailSize,
    media::{Exposure, Media, MediaType, Taken},
    rendition::{Rendition, Renditions},
};

/// What stands between two items of a block. JSON has no line break inside a text, so a block is cut at these.
pub const SEPARATOR: &[u8] = b",\n";

#[derive(Serialize)]
#[serde(rename_all = "camelCase")]
struct Item<'a> {
    /// First, so that a line can be found by its beginning.
    key: &'a str,
    name: &'a str,
    r#type: MediaType,
    mime: Option<&'a str>,
    size: i64,
    uploaded_at: &'a str,
    /// The wall clock where the item was taken.
    date_taken: Option<String>,
    taken: Option<When<'a>>,
    camera: Option<Camera<'a>>,
    width: Option<i64>,
    height: Option<i64>,
    duration: Option<f64>,
    file: String,
    thumbnails: Thumbnails,
    /// Whether browsers show the original as it is. Null where its type tells.
    displayable: Option<bool>,
    thumbhash: Option<&'a str>,
    /// The clip of a live photo.
    clip: Option<String>,
    hls: Option<String>,
    playback: Option<String>,
}

/// The moment by which the listing is ordered, and how it is known. Rows of 0.1.0 have none.
#[derive(Serialize)]
#[serde(rename_all = "camelCase")]
struct When<'a> {
    guess: bool,
    at: &'a str,
    day: &'a str,
    source: Option<&'a str>,
    offset: Option<&'a str>,
    offset_source: Option<&'a str>,
}

#[derive(Serialize)]
struct Camera<'a> {
    make: Option<&'a str>,
    model: Option<&'a str>,
}

#[derive(Serialize)]
struct Thumbnails {
    small: Option<String>,
    medium: Option<String>,
    large: Option<String>,
    screen: Option<String>,
}

/// An item alone, with what blocks do not hold.
#[derive(Serialize)]
pub struct Alone<'a> {
    #[serde(flatten, serialize_with = "item_of")]
    pub item: (&'a Media, Edition),
    /// Null where nothing says it.
    pub latitude: Option<f64>,
    pub longitude: Option<f64>,
    pub altitude: Option<f64>,
    pub exposure: Option<&'a Exposure>,
    pub position: Option<Position>,
}

/// Where an item stands.
#[derive(Clone, Debug, PartialEq, Eq, Serialize)]
pub struct Position {
    pub view: String,
    pub block: String,
    /// The place in the block, from 0.
    pub index: usize,
    /// The place in the view, from 0.
    pub item: usize,
}

fn item_of<S: Serializer>((media, edition): &(&Media, Edition), serializer: S) -> Result<S::Ok, S::Error> {
    Item::of(media, *edition).serialize(serializer)
}

/// Appends the JSON of an item.
pub fn write(media: &Media, edition: Edition, out: &mut Vec<u8>) -> serde_json::Result<()> {
    serde_json::to_writer(out, &Item::of(media, edition))
}

/// The URL of a film's playlist on the origin of the listing, or after another origin or a token. If the film's
/// objects have a version, the URL carries it, so that no cache shows the film that was replaced.
pub fn playlist(key: &str, version: Option<&str>) -> String {
    let mut url = format!("playlist?key={}", percent_encode(key));
    if let Some(version) = version {
        url.extend(["&v=", version]);
    }
    url
}

impl<'a> Item<'a> {
    fn of(media: &'a Media, edition: Edition) -> Self {
        let encoded = percent_encode(&media.key).to_string();
        let version = media.url_version();
        let pictures = media.thumbnail_version();
        let [small, medium, large, screen] = ThumbnailSize::ALL.map(|size| {
            media.thumbnail_name(size).map(|name| format!("/api/thumbnail/{encoded}?size={name}&v={pictures}"))
        });
        let clip = media.renditions.as_ref().and_then(Renditions::clip).and_then(Rendition::clip_version);
        let is_film = media.r#type == MediaType::Video && media.qualities.is_some();
        let here = is_film && edition == Edition::OneOrigin;
        let (make, model) = (media.camera_make.as_deref(), media.camera_model.as_deref());
        Self {
            key: &media.key,
            name: &media.filename,
            r#type: media.r#type,
            mime: media.mime.as_deref(),
            size: media.size,
            uploaded_at: &media.uploaded_at,
            date_taken: wall_clock(media.date_taken.clone(), media.taken.as_ref()),
            taken: media.taken.as_ref().map(When::of),
            camera: (make.is_some() || model.is_some()).then_some(Camera { make, model }),
            width: media.width,
            height: media.height,
            duration: media.duration,
            file: format!("/api/file/{encoded}?v={version}"),
            thumbnails: Thumbnails { small, medium, large, screen },
            displayable: media.renditions.as_ref().map(|renditions| renditions.original),
            thumbhash: media.thumbhash.as_deref(),
            clip: clip.map(|version| format!("/api/clip/{encoded}?v={version}")),
            hls: here.then(|| ["/api/hls/", &playlist(&media.key, media.version.as_deref())].concat()),
            playback: is_film.then(|| format!("/api/playback?key={encoded}")),
        }
    }
}

/// The wall clock of the row, with its offset if there is a time and the offset is no guess. The moment of ingest is no
/// time of taking.
fn wall_clock(date_taken: Option<String>, taken: Option<&Taken>) -> Option<String> {
    let mut text = date_taken.filter(|_| taken.is_none_or(|taken| taken.source != Taken::INGEST))?;
    let time = text.split_once(['T', ' ']).map_or("", |(_, time)| time);
    if let Some(offset) = taken.filter(|taken| taken.knows_offset()).and_then(|taken| taken.offset.as_deref())
        && !time.is_empty()
        && !time.contains(['Z', '+', '-'])
    {
        text.push_str(offset);
    }
    Some(text)
}

impl<'a> When<'a> {
    fn of(taken: &'a Taken) -> Self {
        Self {
            guess: taken.is_guess(),
            at: &taken.at,
            day: &taken.day,
            source: Some(taken.source.as_str()).filter(|source| !source.is_empty()),
            offset: taken.offset.as_deref(),
            offset_source: taken.offset_source.as_deref(),
        }
    }
}

/// The items of a block's text, each as JSON.
pub fn lines(block: &[u8]) -> impl Iterator<Item = &[u8]> {
    block.split(|byte| *byte == b'\n').map(|line| line.strip_suffix(b",").unwrap_or(line))
}

/// The place of an item of a block in the listing's order, see [`Media::place`].
pub fn place(line: &[u8]) -> Result<(String, String), Unreadable> {
    #[derive(Deserialize)]
    #[serde(rename_all = "camelCase")]
    struct Placed {
        key: String,
        uploaded_at: String,
        date_taken: Option<String>,
        taken: Option<At>,
    }
    #[derive(Deserialize)]
    struct At {
        at: String,
    }
    let item: Placed = serde_json::from_slice(line).map_err(|_| Unreadable)?;
    // An item with a date of its own and without a moment is a row of 0.1.0, whose date is shown as it is.
    let date = item.taken.map(|taken| taken.at).or(item.date_taken).unwrap_or(item.uploaded_at);
    Ok((date, item.key))
}

#[cfg(test)]
mod tests {
    use super::*;

    fn taken(source: &str, offset: Option<&str>) -> Taken {
        Taken {
            at: "2024-06-15T12:00:00Z".into(),
            day: "2024-06-15".into(),
            source: source.into(),
            offset: offset.map(str::to_owned),
            offset_source: offset.map(|_| "exif".to_owned()),
        }
    }

    fn film() -> Media {
        Media {
            key: "a \"b\"/é\n.mp4".into(),
            filename: "é.mp4".into(),
            r#type: MediaType::Video,
            mime: None,
            size: 5,
            uploaded_at: "2024-06-20T00:00:00Z".into(),
            date_taken: Some("2024-06-15T14:00:00".into()),
            camera_make: None,
            camera_model: None,
            width: Some(4),
            height: Some(3),
            duration: Some(0.1),
            qualities: Some(vec!["720p".into()]),
            thumbnails: [true, false, true],
            renditions: None,
            thumbhash: None,
            updated_at: "2024-06-20T00:00:00Z".into(),
            version: Some("0123456789abcdef".into()),
            taken: None,
            place: None,
            exposure: None,
            albums: String::new(),
            patches: None,
            checksums: None,
        }
    }

    #[test]
    fn a_film_names_its_playlist_where_it_is_on_the_same_origin() {
        let json = |edition| {
            let mut out = Vec::new();
            write(&film(), edition, &mut out).unwrap();
            assert!(!out.contains(&b'\n'));
            serde_json::from_slice::<serde_json::Value>(&out).unwrap()
        };
        let (one, split) = (json(Edition::OneOrigin), json(Edition::Split));
        let encoded = "a%20%22b%22/%C3%A9%0A.mp4";
        assert_eq!(one["hls"], format!("/api/hls/playlist?key={encoded}&v=0123456789abcdef"));
        assert_eq!(split["hls"], serde_json::Value::Null);
        assert_eq!(one["playback"], format!("/api/playback?key={encoded}"));
        assert_eq!(split["playback"], one["playback"]);
        let thumbnail = |size: &str| {
            let version = crate::media::url_version(film().version.as_deref(), &film().updated_at);
            format!("/api/thumbnail/{encoded}?size={size}&v={version}")
        };
        // What is missing is made from what is larger, and nothing is larger than the largest.
        for (size, named) in [("small", "small"), ("medium", "medium"), ("large", "large"), ("screen", "large")] {
            assert_eq!(one["thumbnails"][size], thumbnail(named));
        }
        let photo = Media { qualities: None, ..film() };
        let mut out = Vec::new();
        write(&photo, Edition::OneOrigin, &mut out).unwrap();
        let photo: serde_json::Value = serde_json::from_slice(&out).unwrap();
        assert_eq!([&photo["hls"], &photo["playback"]], [&serde_json::Value::Null; 2]);
    }

    #[test]
    fn places_are_those_of_the_rows() {
        let dated = film();
        let mut moment = film();
        moment.taken = Some(taken("exif", Some("+02:00")));
        let mut ingested = film();
        ingested.taken = Some(taken(Taken::INGEST, None));
        let mut undated = film();
        undated.date_taken = None;
        let all = [dated, moment, ingested, undated];
        let mut block = Vec::new();
        for media in &all {
            block.extend_from_slice(if block.is_empty() { b"" } else { SEPARATOR });
            write(media, Edition::Split, &mut block).unwrap();
        }
        let places: Vec<_> = lines(&block).map(|line| place(line).unwrap()).collect();
        let wanted = all.iter().map(|media| (media.date().to_owned(), media.key.clone()));
        assert_eq!(places, wanted.collect::<Vec<_>>());
        let start = super::super::shards::line_start(&all[0].key).unwrap();
        assert!(lines(&block).all(|line| line.starts_with(&start)));
    }

    #[test]
    fn an_item_alone_has_its_place_and_position() {
        let exposure = Exposure {
            lens: Some("XF23mmF2 R WR".into()),
            focal_length: Some(23.0),
            aperture: None,
            shutter_speed: Some("1/250".into()),
            iso: Some(200),
        };
        let media = Media { exposure: Some(exposure), ..film() };
        let position = Position { view: "films".into(), block: "films.0".into(), index: 3, item: 67 };
        let alone = Alone {
            item: (&media, Edition::Split),
            latitude: Some(52.5),
            longitude: None,
            altitude: None,
            exposure: media.exposure.as_ref(),
            position: Some(position),
        };
        let json = serde_json::to_value(&alone).unwrap();
        assert_eq!((&json["key"], &json["latitude"]), (&media.key.as_str().into(), &52.5.into()));
        let shown = serde_json::json!({
            "lens": "XF23mmF2 R WR", "focalLength": 23.0, "aperture": null, "shutterSpeed": "1/250", "iso": 200,
        });
        assert_eq!(json["exposure"], shown);
        assert_eq!(json["position"], serde_json::json!({"view": "films", "block": "films.0", "index": 3, "item": 67}));
    }

    #[test]
    fn a_time_gets_its_offset_once() {
        for (row, wanted) in [
            ("2024-06-15T14:00:00", "2024-06-15T14:00:00+02:00"),
            ("2024-06-15T14:00:00.100", "2024-06-15T14:00:00.100+02:00"),
            ("2024-06-15 14:00:00", "2024-06-15 14:00:00+02:00"),
            ("2024-06-15T14:00:00-05:00", "2024-06-15T14:00:00-05:00"),
            ("2024-06-15T14:00:00Z", "2024-06-15T14:00:00Z"),
            ("2024-06-15", "2024-06-15"),
        ] {
            let shown = |taken: Option<&Taken>| wall_clock(Some(row.to_owned()), taken);
            assert_eq!(shown(Some(&taken("exif", Some("+02:00")))).as_deref(), Some(wanted));
            assert_eq!(shown(Some(&taken("exif", None))).as_deref(), Some(row));
            assert_eq!(shown(None).as_deref(), Some(row), "a row of 0.1.0");
            for guessed in ["nearby", "library"] {
                let taken = Taken { offset_source: Some(guessed.into()), ..taken("exif", Some("+02:00")) };
                assert_eq!(shown(Some(&taken)).as_deref(), Some(row), "{guessed}");
            }
        }
    }

    #[test]
    fn the_moment_of_ingest_is_no_date() {
        let row = || Some("2026-11-28T10:00:00".to_owned());
        assert_eq!(wall_clock(row(), Some(&taken("ingest", None))), None);
        assert!(wall_clock(row(), Some(&taken("file", None))).is_some());
        assert_eq!(wall_clock(None, Some(&taken("ingest", Some("+02:00")))), None);
    }

    #[test]
    fn guesses_are_marked() {
        for (source, guess) in [("exif", false), ("container", false), ("", false), ("name", true), ("ingest", true)] {
            let taken = taken(source, None);
            let when = When::of(&taken);
            assert_eq!((when.guess, when.source), (guess, Some(source).filter(|it| !it.is_empty())));
        }
    }
}
