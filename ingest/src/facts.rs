//! The facts in a photo's EXIF, in the units of the catalogue. A value that is missing, or is not a number, is left
//! out.

use exif::{In, Rational, Tag, Value};

use crate::taken::{self, Taken};

/// The facts that the file of a photo or film holds about it. Lengths are in millimetres, angles in degrees, altitude
/// in metres above the sea.
#[derive(Clone, Debug, Default, PartialEq)]
pub struct Facts {
    pub taken: Option<Taken>,
    pub camera_make: Option<String>,
    pub camera_model: Option<String>,
    pub lens: Option<String>,
    pub focal_length: Option<f64>,
    /// The f-number: 2.8 for f/2.8.
    pub aperture: Option<f64>,
    /// Seconds as cameras print them: `1/250`, `2.5`.
    pub shutter_speed: Option<String>,
    pub iso: Option<u32>,
    pub latitude: Option<f64>,
    pub longitude: Option<f64>,
    pub altitude: Option<f64>,
}

/// The facts in a TIFF block of EXIF, and the orientation (1 to 8) to apply when showing the picture. The packet of XMP
/// and the file say when the picture was taken if EXIF does not.
pub fn read(tiff: Option<Vec<u8>>, xmp: Option<&[u8]>, file: &taken::File) -> (Facts, u8) {
    let exif = tiff.and_then(parse);
    let taken = Some(taken::of_photo(exif.as_ref(), xmp, file));
    let Some(exif) = exif else {
        return (Facts { taken, ..Facts::default() }, 1);
    };
    let facts = Facts {
        taken,
        camera_make: text(&exif, Tag::Make),
        camera_model: text(&exif, Tag::Model),
        lens: text(&exif, Tag::LensModel),
        focal_length: number(&exif, Tag::FocalLength).filter(|length| *length > 0.0),
        aperture: number(&exif, Tag::FNumber).filter(|number| *number > 0.0),
        shutter_speed: rational(&exif, Tag::ExposureTime).and_then(|time| exposure(time.to_f64())),
        iso: whole(&exif, Tag::PhotographicSensitivity).filter(|iso| *iso > 0),
        latitude: angle(&exif, Tag::GPSLatitude, Tag::GPSLatitudeRef, ["N", "S"], 90.0),
        longitude: angle(&exif, Tag::GPSLongitude, Tag::GPSLongitudeRef, ["E", "W"], 180.0),
        altitude: altitude(&exif),
    };
    let orientation = whole(&exif, Tag::Orientation)
        .and_then(|value| u8::try_from(value).ok())
        .filter(|value| (1..=8).contains(value))
        .unwrap_or(1);
    (facts, orientation)
}

/// Parses every entry that is sound. A broken entry does not affect the others.
fn parse(mut tiff: Vec<u8>) -> Option<exif::Exif> {
    if tiff.starts_with(b"Exif\0\0") {
        tiff.drain(..6);
    }
    exif::Reader::new()
        .continue_on_error(true)
        .read_raw(tiff)
        .or_else(|error| error.distill_partial_result(|_| {}))
        .ok()
}

fn value(exif: &exif::Exif, tag: Tag) -> Option<&Value> {
    Some(&exif.get_field(tag, In::PRIMARY)?.value)
}

pub fn text(exif: &exif::Exif, tag: Tag) -> Option<String> {
    let Value::Ascii(parts) = value(exif, tag)? else {
        return None;
    };
    clean(&String::from_utf8_lossy(parts.first()?))
}

/// The text without control characters and padding. `None` if nothing is left.
pub fn clean(text: &str) -> Option<String> {
    let text: String = text.chars().filter(|c| !c.is_control()).collect();
    let text = text.trim();
    (!text.is_empty()).then(|| text.to_owned())
}

fn rational(exif: &exif::Exif, tag: Tag) -> Option<Rational> {
    match value(exif, tag)? {
        Value::Rational(values) => values.first().copied().filter(|value| value.denom != 0),
        _ => None,
    }
}

/// Numbers that are all there.
pub fn rationals<const COUNT: usize>(exif: &exif::Exif, tag: Tag) -> Option<[f64; COUNT]> {
    let Value::Rational(values) = value(exif, tag)? else {
        return None;
    };
    let numbers: [Rational; COUNT] = values.get(..COUNT)?.try_into().ok()?;
    numbers.iter().all(|number| number.denom != 0).then(|| numbers.map(|number| number.to_f64()))
}

fn number(exif: &exif::Exif, tag: Tag) -> Option<f64> {
    Some(rounded(rational(exif, tag)?.to_f64()))
}

fn whole(exif: &exif::Exif, tag: Tag) -> Option<u32> {
    match value(exif, tag)? {
        Value::Short(values) => values.first().map(|value| u32::from(*value)),
        Value::Long(values) => values.first().copied(),
        _ => None,
    }
}

/// Rounds to a millionth. This is finer than any device measures (0.1 m as an angle), and coarser than the errors of
/// fractions.
pub fn rounded(value: f64) -> f64 {
    (value * 1e6).round() / 1e6
}

/// The width and height that the camera wrote down, as stored.
pub fn pixels(exif: &exif::Exif) -> Option<(u32, u32)> {
    let side = |tag| whole(exif, tag).filter(|side| *side > 0);
    Some((side(Tag::PixelXDimension)?, side(Tag::PixelYDimension)?))
}

/// Seconds as cameras print them.
pub fn exposure(seconds: f64) -> Option<String> {
    if !seconds.is_finite() || seconds <= 0.0 {
        return None;
    }
    let inverse = 1.0 / seconds;
    let is_whole = (inverse - inverse.round()).abs() < 0.01 * inverse;
    Some(if seconds < 1.0 && (is_whole || seconds < 0.3) {
        format!("1/{}", inverse.round())
    } else {
        format!("{}", (seconds * 10.0).round() / 10.0)
    })
}

/// Degrees, minutes, seconds and a reference (CIPA DC-008 section 4.6.6). Without a reference the sign is unknown, so
/// there is no position. Zero is a valid position.
fn angle(exif: &exif::Exif, tag: Tag, reference: Tag, signs: [&str; 2], limit: f64) -> Option<f64> {
    let Value::Rational(parts) = value(exif, tag)? else {
        return None;
    };
    let mut degrees = 0.0;
    for (part, scale) in parts.iter().zip([1.0, 60.0, 3600.0]) {
        match part.denom {
            // Some cameras write 0/0 for unknown seconds.
            0 if scale > 1.0 => {}
            0 => return None,
            _ => degrees += part.to_f64() / scale,
        }
    }
    let reference = text(exif, reference)?.to_ascii_uppercase();
    let sign = match signs.iter().position(|sign| *sign == reference)? {
        0 => 1.0,
        _ => -1.0,
    };
    // Adding zero turns -0 into 0.
    (!parts.is_empty() && degrees <= limit).then(|| rounded(degrees * sign) + 0.0)
}

fn altitude(exif: &exif::Exif) -> Option<f64> {
    let metres = number(exif, Tag::GPSAltitude)?;
    let below =
        matches!(value(exif, Tag::GPSAltitudeRef), Some(Value::Byte(reference)) if reference.first() == Some(&1));
    Some(if below { 0.0 - metres } else { metres })
}

#[cfg(test)]
pub mod tests {
    use super::*;
    use crate::taken::{File, Moment, OffsetSource, Source};
    use exif::Field;
    use exif::experimental::Writer;

    pub fn tiff(fields: &[(Tag, Value)]) -> Vec<u8> {
        let fields: Vec<_> =
            fields.iter().map(|(tag, value)| Field { tag: *tag, ifd_num: In::PRIMARY, value: value.clone() }).collect();
        let mut writer = Writer::new();
        for field in &fields {
            writer.push_field(field);
        }
        let mut out = std::io::Cursor::new(Vec::new());
        writer.write(&mut out, false).unwrap();
        out.into_inner()
    }

    pub fn ascii(text: &str) -> Value {
        Value::Ascii(vec![text.as_bytes().to_vec()])
    }

    pub fn rationals(values: &[(u32, u32)]) -> Value {
        Value::Rational(values.iter().map(|(num, denom)| Rational { num: *num, denom: *denom }).collect())
    }

    /// Reads without a file.
    fn read(tiff: Option<Vec<u8>>, name: &str) -> (Facts, u8) {
        let file = File::new(std::path::Path::new(name), "2026-01-01T00:00:00Z".parse().unwrap());
        super::read(tiff, None, &file)
    }

    fn nothing() -> Facts {
        let moment = Moment::Instant("2026-01-01T00:00:00Z".parse().unwrap());
        Facts { taken: Some(Taken { moment, source: Source::Ingest, offset: None }), ..Facts::default() }
    }

    #[test]
    fn everything_a_camera_writes() {
        let tiff = tiff(&[
            (Tag::DateTimeOriginal, ascii("2024:06:15 14:03:22")),
            (Tag::OffsetTimeOriginal, ascii("+02:00")),
            (Tag::Make, ascii("  FUJIFILM\0 ")),
            (Tag::Model, ascii("X-T5")),
            (Tag::LensModel, ascii("XF23mmF2 R WR")),
            (Tag::FocalLength, rationals(&[(230, 10)])),
            (Tag::FNumber, rationals(&[(28, 10)])),
            (Tag::ExposureTime, rationals(&[(10, 2500)])),
            (Tag::PhotographicSensitivity, Value::Short(vec![400])),
            (Tag::GPSLatitude, rationals(&[(33, 1), (51, 1), (3588, 100)])),
            (Tag::GPSLatitudeRef, ascii("S")),
            (Tag::GPSLongitude, rationals(&[(151, 1), (12, 1), (40, 1)])),
            (Tag::GPSLongitudeRef, ascii("E")),
            (Tag::GPSAltitude, rationals(&[(125, 10)])),
            (Tag::GPSAltitudeRef, Value::Byte(vec![1])),
            (Tag::Orientation, Value::Short(vec![6])),
        ]);
        let (facts, orientation) = read(Some(tiff), "IMG_20200101_000000.jpg");
        assert_eq!(orientation, 6);
        assert_eq!(
            facts,
            Facts {
                taken: Some(Taken {
                    moment: Moment::Wall("2024-06-15T14:03:22".parse().unwrap()),
                    source: Source::Exif,
                    offset: Some((jiff::tz::offset(2), OffsetSource::Exif)),
                }),
                camera_make: Some("FUJIFILM".into()),
                camera_model: Some("X-T5".into()),
                lens: Some("XF23mmF2 R WR".into()),
                focal_length: Some(23.0),
                aperture: Some(2.8),
                shutter_speed: Some("1/250".into()),
                iso: Some(400),
                latitude: Some(-33.859_967),
                longitude: Some(151.211_111),
                altitude: Some(-12.5),
            }
        );
    }

    #[test]
    fn zero_is_a_place_and_a_height() {
        let (facts, _) = read(
            Some(tiff(&[
                (Tag::GPSLatitude, rationals(&[(0, 1), (0, 1), (0, 1)])),
                (Tag::GPSLatitudeRef, ascii("S")),
                (Tag::GPSLongitude, rationals(&[(0, 1), (0, 0), (0, 0)])),
                (Tag::GPSLongitudeRef, ascii("E")),
                (Tag::GPSAltitude, rationals(&[(0, 1)])),
            ])),
            "a.jpg",
        );
        assert_eq!((facts.latitude, facts.longitude, facts.altitude), (Some(0.0), Some(0.0), Some(0.0)));
        assert!(facts.latitude.unwrap().is_sign_positive());
    }

    #[test]
    fn rubbish_is_left_out() {
        let (facts, orientation) = read(
            Some(tiff(&[
                (Tag::DateTimeOriginal, ascii("    :  :     :  :  ")),
                (Tag::Make, ascii("\0\0 ")),
                (Tag::Model, Value::Short(vec![7])),
                (Tag::FocalLength, ascii("fifty")),
                (Tag::FNumber, rationals(&[(28, 0)])),
                (Tag::ExposureTime, rationals(&[(0, 1)])),
                (Tag::PhotographicSensitivity, ascii("400")),
                (Tag::GPSLatitude, rationals(&[(91, 1)])),
                (Tag::GPSLatitudeRef, ascii("N")),
                (Tag::GPSLongitude, rationals(&[(8, 1)])),
                (Tag::Orientation, Value::Short(vec![9])),
            ])),
            "a.jpg",
        );
        assert_eq!(facts, nothing());
        assert_eq!(orientation, 1);
        for bytes in [b"".as_slice(), b"II*\0", b"rubbish", b"Exif\0\0MM\0*\0\0\0\xff"] {
            assert_eq!(read(Some(bytes.to_vec()), "a.jpg"), (nothing(), 1));
        }
    }

    #[test]
    fn shutter_speeds_read_as_on_the_camera() {
        for ((num, denom), text) in [
            ((1, 250), "1/250"),
            ((4, 1000), "1/250"),
            ((1, 3), "1/3"),
            ((4, 10), "0.4"),
            ((1, 1), "1"),
            ((25, 10), "2.5"),
            ((30, 1), "30"),
            ((16667, 1_000_000), "1/60"),
        ] {
            assert_eq!(exposure(Rational { num, denom }.to_f64()).as_deref(), Some(text));
        }
    }
}
