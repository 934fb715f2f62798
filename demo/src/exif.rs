//! EXIF written by hand: the APP1 segment of a JPEG (Exif 2.32; TIFF 6.0, little-endian).

/// The facts that the camera wrote into the picture.
#[derive(Clone, Copy, Debug)]
pub struct Shot {
    pub camera: Camera,
    /// Focal length in millimetres.
    pub focal: u32,
    /// F-number times ten.
    pub aperture: u32,
    /// Exposure time as a fraction of seconds.
    pub exposure: (u32, u32),
    pub iso: u16,
    /// The orientation of the stored pixels, 1 to 8 (TIFF tag 274).
    pub orientation: u16,
    /// Latitude and longitude in degrees, altitude in metres.
    pub place: Option<(f64, f64, f64)>,
}

/// A camera. It is invented, and no real maker is meant.
#[derive(Clone, Copy, Debug, PartialEq)]
pub struct Camera {
    pub make: &'static str,
    pub model: &'static str,
    pub lens: &'static str,
}

enum Value {
    Text(String),
    Byte(Vec<u8>),
    Undefined(&'static [u8]),
    Short(u16),
    Long(u32),
    Rational(Vec<(u32, u32)>),
}

impl Value {
    /// TIFF type, number of values, bytes.
    fn encode(&self) -> (u16, u32, Vec<u8>) {
        match self {
            Self::Byte(b) => (1, b.len() as u32, b.clone()),
            Self::Text(s) => {
                let mut bytes = s.as_bytes().to_vec();
                bytes.push(0);
                (2, bytes.len() as u32, bytes)
            }
            Self::Short(v) => (3, 1, v.to_le_bytes().to_vec()),
            Self::Long(v) => (4, 1, v.to_le_bytes().to_vec()),
            Self::Rational(list) => {
                let bytes = list.iter().flat_map(|(n, d)| [n.to_le_bytes(), d.to_le_bytes()]);
                (5, list.len() as u32, bytes.flatten().collect())
            }
            Self::Undefined(b) => (7, b.len() as u32, b.to_vec()),
        }
    }
}

/// One directory at `offset` from the TIFF header; values that do not fit into an entry follow the directory.
fn directory(offset: u32, entries: &[(u16, Value)]) -> Vec<u8> {
    let mut table = (entries.len() as u16).to_le_bytes().to_vec();
    let mut extra = Vec::new();
    let extra_at = offset + 2 + 12 * entries.len() as u32 + 4;
    for (tag, value) in entries {
        let (kind, count, mut bytes) = value.encode();
        table.extend(tag.to_le_bytes());
        table.extend(kind.to_le_bytes());
        table.extend(count.to_le_bytes());
        if bytes.len() <= 4 {
            bytes.resize(4, 0);
            table.extend(bytes);
        } else {
            table.extend((extra_at + extra.len() as u32).to_le_bytes());
            extra.extend(bytes);
            if extra.len() % 2 == 1 {
                extra.push(0);
            }
        }
    }
    table.extend([0; 4]);
    table.extend(extra);
    table
}

fn degrees(value: f64) -> Value {
    let total = (value.abs() * 360_000.0).round() as u32;
    Value::Rational(vec![(total / 360_000, 1), (total / 6000 % 60, 1), (total % 6000, 100)])
}

/// The whole APP1 segment, marker included. `taken` is `2025:06:14 16:20:05` and `offset` `+02:00`;
/// `width` and `height` are of the stored pixels.
pub fn app1(shot: &Shot, taken: &str, offset: &str, width: u32, height: u32) -> Vec<u8> {
    let text = |s: &str| Value::Text(s.to_owned());
    let main = |exif_at: u32, gps_at: u32| {
        let mut list = vec![
            (0x010f, text(shot.camera.make)),
            (0x0110, text(shot.camera.model)),
            (0x0112, Value::Short(shot.orientation)),
            (0x011a, Value::Rational(vec![(72, 1)])),
            (0x011b, Value::Rational(vec![(72, 1)])),
            (0x0128, Value::Short(2)),
            (0x0132, text(taken)),
            (0x8769, Value::Long(exif_at)),
        ];
        if shot.place.is_some() {
            list.push((0x8825, Value::Long(gps_at)));
        }
        list
    };
    let exif = [
        (0x829a, Value::Rational(vec![shot.exposure])),
        (0x829d, Value::Rational(vec![(shot.aperture, 10)])),
        (0x8827, Value::Short(shot.iso)),
        (0x9000, Value::Undefined(b"0232")),
        (0x9003, text(taken)),
        (0x9004, text(taken)),
        (0x9010, text(offset)),
        (0x9011, text(offset)),
        (0x920a, Value::Rational(vec![(shot.focal, 1)])),
        (0xa001, Value::Short(1)),
        (0xa002, Value::Long(width)),
        (0xa003, Value::Long(height)),
        (0xa434, text(shot.camera.lens)),
    ];
    let gps = shot.place.map(|(latitude, longitude, altitude)| {
        let side = |v: f64, plus: &str, minus: &str| text(if v < 0.0 { minus } else { plus });
        vec![
            (0, Value::Byte(vec![2, 3, 0, 0])),
            (1, side(latitude, "N", "S")),
            (2, degrees(latitude)),
            (3, side(longitude, "E", "W")),
            (4, degrees(longitude)),
            (5, Value::Byte(vec![u8::from(altitude < 0.0)])),
            (6, Value::Rational(vec![((altitude.abs() * 10.0).round() as u32, 10)])),
        ]
    });
    // The sizes of the directories do not depend on the offsets in them, so the lengths are computed first.
    let main_length = directory(8, &main(0, 0)).len() as u32;
    let exif_at = 8 + main_length;
    let exif = directory(exif_at, &exif);
    let gps_at = exif_at + exif.len() as u32;
    let mut tiff = b"Exif\0\0II*\0\x08\0\0\0".to_vec();
    tiff.extend(directory(8, &main(exif_at, gps_at)));
    tiff.extend(exif);
    if let Some(entries) = gps {
        tiff.extend(directory(gps_at, &entries));
    }
    let mut segment = vec![0xff, 0xe1];
    segment.extend((tiff.len() as u16 + 2).to_be_bytes());
    segment.extend(tiff);
    segment
}
