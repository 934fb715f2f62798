//! When a photo was taken.

use exif::Exif;

use super::{File, Moment, OffsetSource, Taken, camera, offset, png, takeout, xmp};

/// The first of what is known, in the order of trust. Files beside the photo are looked for only if the photo itself
/// does not say it.
pub fn of_photo(exif: Option<&Exif>, packet: Option<&[u8]>, file: &File) -> Taken {
    let by_name = file.by_name();
    let mut taken = exif
        .and_then(|exif| file.first(camera::taken(exif)))
        .or_else(|| file.first(packet.into_iter().flat_map(xmp::read)))
        .or_else(|| file.first(png::packet(file.path).into_iter().flat_map(|packet| xmp::read(&packet))))
        .or_else(|| file.first(xmp::sidecars(file)))
        .or_else(|| file.first(takeout::sidecars(file)))
        .or_else(|| file.first(exif.and_then(camera::gps)))
        .or(by_name)
        .or_else(|| file.first(exif.and_then(camera::changed)))
        .unwrap_or_else(|| file.by_time());
    compare(&mut taken, by_name);
    taken
}

/// What a file beside a photo or film says, if it came later than what it is about.
pub fn of_sidecar(file: &File) -> Option<Taken> {
    let xmp = file.first(xmp::sidecars(file));
    let mut taken = xmp.or_else(|| file.first(takeout::sidecars(file)))?;
    compare(&mut taken, file.by_name());
    Some(taken)
}

/// Finds the offset of a moment by the local time in the file's name.
fn compare(taken: &mut Taken, by_name: Option<Taken>) {
    if let (Moment::Instant(instant), None, Some(Moment::Wall(wall))) =
        (taken.moment, taken.offset, by_name.map(|taken| taken.moment))
    {
        taken.offset = offset::between(wall, instant).map(|offset| (offset, OffsetSource::Name));
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::facts::tests::{ascii, rationals, tiff};
    use crate::taken::text;
    use exif::{Tag, Value};
    use jiff::Timestamp;
    use std::path::Path;

    const XMP: &[u8] = b"<a xmlns:e='http://ns.adobe.com/exif/1.0/' e:DateTimeOriginal='2024-06-15T18:10:00'/>";

    fn of(fields: &[(Tag, Value)], packet: Option<&[u8]>, path: &Path) -> Taken {
        let exif = (!fields.is_empty()).then(|| exif::Reader::new().read_raw(tiff(fields)).unwrap());
        let now = "2024-07-01T00:00:00Z".parse().unwrap();
        of_photo(exif.as_ref(), packet, &File::new(path, now))
    }

    /// The moment, its source, and the offset with its source.
    fn shown(taken: &Taken) -> String {
        let moment = match taken.moment {
            Moment::Wall(wall) => wall.to_string(),
            Moment::Day(day) => day.to_string(),
            Moment::Instant(instant) => instant.to_string(),
        };
        let offset = taken.offset.map(|(offset, by)| format!(" {} {}", text::of_offset(offset), by.name()));
        format!("{moment} {}{}", taken.source.name(), offset.unwrap_or_default())
    }

    fn gps(date: &str, time: [(u32, u32); 3]) -> Vec<(Tag, Value)> {
        vec![(Tag::GPSDateStamp, ascii(date)), (Tag::GPSTimeStamp, rationals(&time))]
    }

    #[test]
    fn what_cameras_write() {
        let original = |text: &str| (Tag::DateTimeOriginal, ascii(text));
        let with = |mut fields: Vec<_>, field| {
            fields.push(field);
            fields
        };
        let noon = || gps("2024:06:15", [(12, 1), (0, 1), (1, 1)]);
        for (fields, expected) in [
            (vec![original("2024:06:15 14:03:22")], "2024-06-15T14:03:22 exif"),
            (
                vec![original("2024:06:15 14:03:22"), (Tag::OffsetTimeOriginal, ascii("-09:30"))],
                "2024-06-15T14:03:22 exif -09:30 exif",
            ),
            (
                vec![original("2024:06:15 14:03:22"), (Tag::OffsetTimeOriginal, ascii("   :  "))],
                "2024-06-15T14:03:22 exif",
            ),
            (
                vec![original("2024:06:15 16:10:00"), (Tag::SubSecTimeOriginal, ascii("90"))],
                "2024-06-15T16:10:00.9 exif",
            ),
            (
                vec![original("2024:06:15 16:10:00"), (Tag::SubSecTimeOriginal, ascii("1239"))],
                "2024-06-15T16:10:00.123 exif",
            ),
            (vec![original("2024:06:16 24:15:00")], "2024-06-16T00:15:00 exif"),
            (vec![original("2024:06:15 17:00")], "2024-06-15T17:00:00 exif"),
            (vec![original("2024:06:15")], "2024-06-15 exif"),
            (
                vec![original("0000:00:00 00:00:00"), (Tag::DateTimeDigitized, ascii("2024:06:15 14:03:22"))],
                "2024-06-15T14:03:22 exif",
            ),
            (
                vec![original("2030:01:01 00:00:00"), (Tag::DateTimeDigitized, ascii("2024:06:15 14:03:22"))],
                "2024-06-15T14:03:22 exif",
            ),
            (noon(), "2024-06-15T12:00:01Z gps"),
            (gps("2024:06:15", [(12, 1), (0, 1), (1755, 100)]), "2024-06-15T12:00:17.55Z gps"),
            (with(noon(), original("2024:06:15 14:00:00")), "2024-06-15T14:00:00 exif +02:00 gps"),
            (with(noon(), original("2024:06:15 14:40:00")), "2024-06-15T14:40:00 exif"),
            (with(noon(), original("2024:06:15")), "2024-06-15 exif"),
            (with(noon(), (Tag::DateTime, ascii("2024:06:20 14:40:00"))), "2024-06-15T12:00:01Z gps"),
            (gps("2024:06:15", [(25, 1), (0, 1), (1, 1)]), "2024-07-01T00:00:00Z ingest"),
            (gps("2024:06:15", [(12, 0), (0, 1), (1, 1)]), "2024-07-01T00:00:00Z ingest"),
            (gps("", [(12, 1), (0, 1), (1, 1)]), "2024-07-01T00:00:00Z ingest"),
            (vec![original("    :  :     :  :  ")], "2024-07-01T00:00:00Z ingest"),
        ] {
            assert_eq!(shown(&of(&fields, None, Path::new("a.jpg"))), expected, "{fields:?}");
        }
    }

    #[test]
    fn one_order_of_trust() {
        let folder = tempfile::tempdir().unwrap();
        let path = folder.path().join("IMG_20240615_200000.jpg");
        let write = |name: &str, bytes: &[u8]| std::fs::write(folder.path().join(name), bytes).unwrap();
        let changed = vec![(Tag::DateTime, ascii("2024:06:20 01:02:03"))];
        assert_eq!(shown(&of(&changed, None, &folder.path().join("a.jpg"))), "2024-06-20T01:02:03 exif");
        assert_eq!(shown(&of(&changed, None, &path)), "2024-06-15T20:00:00 name");
        let mut fields = gps("2024:06:15", [(12, 1), (0, 1), (1, 1)]);
        assert_eq!(shown(&of(&fields, None, &path)), "2024-06-15T12:00:01Z gps +08:00 name");
        write("IMG_20240615_200000.jpg.json", br#"{"photoTakenTime":{"timestamp":"1718474399"}}"#);
        assert_eq!(shown(&of(&fields, None, &path)), "2024-06-15T17:59:59Z takeout +02:00 name");
        write("IMG_20240615_200000.xmp", &String::from_utf8_lossy(XMP).replace("18:10", "19:10").into_bytes());
        assert_eq!(shown(&of(&fields, None, &path)), "2024-06-15T19:10:00 xmp");
        assert_eq!(shown(&of(&fields, Some(XMP), &path)), "2024-06-15T18:10:00 xmp");
        fields.push((Tag::DateTimeDigitized, ascii("2024:06:14 00:00:00")));
        assert_eq!(shown(&of(&fields, Some(XMP), &path)), "2024-06-14T00:00:00 exif");
    }

    #[test]
    fn what_messengers_and_scanners_leave() {
        let folder = tempfile::tempdir().unwrap();
        for (name, expected) in [
            ("IMG-20240615-WA0007.jpg", "2024-06-15 name"),
            ("WhatsApp Image 2024-06-15 at 17.46.11.jpeg", "2024-06-15T17:46:11 name"),
            ("FB_IMG_1718466000000.jpg", "2024-06-15T15:40:00Z name"),
            ("2024-09-01.jpg", "2024-06-10T01:02:03.004Z file"),
            ("scan.jpg", "2024-06-10T01:02:03.004Z file"),
        ] {
            let path = folder.path().join(name);
            let time: Timestamp = "2024-06-10T01:02:03.004005Z".parse().unwrap();
            std::fs::File::create(&path).unwrap().set_modified(time.into()).unwrap();
            assert_eq!(shown(&of(&[], None, &path)), expected, "{name}");
        }
    }
}
