//! The list of pictures: file name, scene, size, date and camera.

use crate::draw::{Canvas, Develop};
use crate::exif::{Camera, Shot};
use crate::scenes::{
    city, craft, fields, flowers, garden, jewels, lights, loops, mountains, night, sea, seasons, table, tropics,
    wedding,
};
use std::time::{Duration, SystemTime};

pub type Scene = fn(&mut Canvas) -> Develop;

pub struct Picture {
    /// The path below the library's folder, with `/` as separator.
    pub key: &'static str,
    pub scene: Scene,
    /// Width and height of the upright picture.
    pub size: (u32, u32),
    /// Local time and offset: `2025:06:14 16:20:05+02:00`.
    pub taken: &'static str,
    /// `None` for files that no camera has made.
    pub shot: Option<Shot>,
}

#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Format {
    Jpeg,
    Png,
    WebP,
    Gif,
}

impl Picture {
    pub fn format(&self) -> Format {
        let ending = self.key.rsplit('.').next().unwrap_or_default();
        match ending.to_ascii_lowercase().as_str() {
            "png" => Format::Png,
            "webp" => Format::WebP,
            "gif" => Format::Gif,
            _ => Format::Jpeg,
        }
    }

    /// Width and height as stored: swapped when the orientation lays the picture on its side.
    pub fn stored_size(&self) -> (u32, u32) {
        let (w, h) = self.size;
        if self.shot.is_some_and(|s| s.orientation >= 5) { (h, w) } else { (w, h) }
    }

    /// The moment of [`Picture::taken`].
    pub fn taken_at(&self) -> SystemTime {
        moment(self.taken)
    }
}

/// The moment of `2025:06:14 16:20:05+02:00`, whatever the separators.
pub(crate) fn moment(taken: &str) -> SystemTime {
    let number = |from: usize, to: usize| taken[from..to].parse::<i64>().unwrap_or(0);
    let (year, month, day) = (number(0, 4), number(5, 7), number(8, 10));
    // Days since 1970, with years that begin in March (Howard Hinnant, "chrono-compatible low-level date
    // algorithms").
    let y = if month <= 2 { year - 1 } else { year };
    let of_year = (153 * ((month + 9) % 12) + 2) / 5 + day - 1;
    let days = 365 * y + y / 4 - y / 100 + y / 400 + of_year - 719_468;
    let seconds = number(11, 13) * 3600 + number(14, 16) * 60 + number(17, 19);
    let offset = (number(20, 22) * 60 + number(23, 25)) * 60;
    let offset = if taken.as_bytes()[19] == b'-' { -offset } else { offset };
    SystemTime::UNIX_EPOCH + Duration::from_secs((days * 86_400 + seconds - offset) as u64)
}

// Invented cameras: no real maker is meant.
const LUMERA_ZOOM: Camera = Camera { make: "Lumera", model: "Lumera R5s", lens: "Lumera 24-70mm F2.8 L" };
const LUMERA_PRIME: Camera = Camera { make: "Lumera", model: "Lumera R5s", lens: "Lumera 85mm F1.4 L" };
const HALDEN: Camera = Camera { make: "HALDEN OPTIK", model: "Halden 6x6 Digital", lens: "Halden Planar 80mm f/2.8" };
const OKULON: Camera = Camera { make: "Okulon", model: "Q2 Compact", lens: "Okulon 28mm f/1.7" };
const FON: Camera = Camera { make: "Nordlys", model: "Fon 9", lens: "Nordlys Fon 9 back camera 6.1mm f/1.8" };
const KITE: Camera = Camera { make: "Aerolith", model: "Kite 3", lens: "24mm f/2.8" };

const BAY: (f64, f64, f64) = (54.4312, 12.6874, 3.0);
const KYOTO: (f64, f64, f64) = (35.0116, 135.7681, 52.0);
const ALPS: (f64, f64, f64) = (46.5586, 8.5615, 2106.0);
const DUNES: (f64, f64, f64) = (-24.7275, 15.3415, 586.0);

/// Focal length in mm, f-number times ten, one over the exposure time, ISO, orientation.
const fn shot(camera: Camera, focal: u32, aperture: u32, speed: u32, iso: u16, orientation: u16) -> Option<Shot> {
    Some(Shot { camera, focal, aperture, exposure: (1, speed), iso, orientation, place: None })
}

/// The same shot, with a place.
const fn placed(shot: Option<Shot>, place: (f64, f64, f64)) -> Option<Shot> {
    match shot {
        Some(shot) => Some(Shot { place: Some(place), ..shot }),
        None => None,
    }
}

/// A night exposure of whole seconds.
const fn long(shot: Option<Shot>, seconds: u32) -> Option<Shot> {
    match shot {
        Some(shot) => Some(Shot { exposure: (seconds, 1), ..shot }),
        None => None,
    }
}

const fn p(key: &'static str, scene: Scene, size: (u32, u32), taken: &'static str, shot: Option<Shot>) -> Picture {
    Picture { key, scene, size, taken, shot }
}

/// The library, in the order in which it was taken.
#[rustfmt::skip]
pub static PICTURES: &[Picture] = &[
    p("2024/02 Winter/Hütte im Schnee.jpg", seasons::winter, (1800, 1200), "2024:02:10 17:41:22+01:00", shot(LUMERA_ZOOM, 35, 28, 60, 1600, 1)),
    p("2024/05 Toskana/DSC_0317.JPG", seasons::hills, (1920, 1080), "2024:05:18 19:12:48+02:00", shot(OKULON, 28, 56, 320, 100, 1)),
    p("2024/07 Reise/Lavendel.jpg", fields::lavender, (1920, 1280), "2024:07:02 20:44:58+02:00", shot(LUMERA_ZOOM, 24, 110, 60, 100, 1)),
    p("2024/07 Reise/Alpen Panorama.jpg", mountains::alps, (3240, 900), "2024:07:05 18:26:07+02:00", placed(shot(FON, 6, 18, 900, 50, 1), ALPS)),
    p("2024/07 Reise/Milchstraße.jpg", night::milky_way, (1280, 1920), "2024:07:06 00:51:33+02:00", long(placed(shot(LUMERA_ZOOM, 24, 28, 1, 3200, 6), ALPS), 20)),
    p("2024/07 Reise/Wasserfall.jpg", tropics::waterfall, (1080, 1920), "2024:07:08 10:39:21+02:00", shot(FON, 6, 18, 15, 64, 6)),
    p("2024/08 Regatta/DSC_1180.JPG", sea::sails, (1920, 1080), "2024:08:03 13:05:31+02:00", placed(shot(LUMERA_ZOOM, 70, 80, 1000, 100, 3), BAY)),
    p("2024/08 Wüste/Dünen 17-58.jpg", fields::dunes, (1920, 1200), "2024:08:15 17:58:40+02:00", placed(shot(LUMERA_ZOOM, 50, 80, 320, 100, 1), DUNES)),
    p("Sonnenblume.jpg", flowers::sunflower, (1620, 1620), "2024:08:25 16:30:09+02:00", shot(HALDEN, 80, 40, 500, 100, 1)),
    p("2024/Herbst/Buchenwald & Nebel.jpg", seasons::autumn, (1800, 1200), "2024:10:20 09:48:55+02:00", shot(LUMERA_ZOOM, 50, 40, 125, 400, 2)),
    p("2024/12 Stadt/Blaue Stunde.jpg", city::skyline, (1920, 1080), "2024:12:07 16:52:40+01:00", long(shot(LUMERA_ZOOM, 24, 80, 1, 100, 1), 4)),
    p("IMG_20241207_221503.jpg", city::rain, (1200, 1600), "2024:12:07 22:15:03+01:00", shot(FON, 6, 18, 40, 1250, 6)),
    p("2024/12 Island/Polarlicht ★.jpg", night::aurora, (1920, 1280), "2024:12:28 23:14:05+00:00", long(shot(LUMERA_ZOOM, 24, 28, 1, 2500, 1), 6)),
    p("日本の橋.jpg", garden::bridge, (1920, 1280), "2025:04:05 10:21:37+09:00", placed(shot(LUMERA_ZOOM, 35, 56, 250, 100, 1), KYOTO)),
    p("鯉の池 (Kyōto).jpg", garden::koi_pond, (1800, 1200), "2025:04:05 11:02:14+09:00", placed(shot(OKULON, 28, 40, 160, 200, 1), KYOTO)),
    p("Tausend Kraniche 2025-04-30 18.00.00.webp", craft::cranes, (1440, 1080), "2025:04:30 18:00:00+02:00", None),
    p("2025/06 Hochzeit/01 Ankunft/Strand von oben.jpg", sea::beach, (1600, 1600), "2025:06:12 12:34:50+02:00", placed(shot(KITE, 24, 28, 800, 100, 1), (54.4312, 12.6874, 118.0))),
    p("2025/06 Hochzeit/01 Ankunft/Kacheln im Café 2025-06-12 16.05.00.png", craft::tiles, (1200, 900), "2025:06:12 16:05:00+02:00", None),
    p("2025/06 Hochzeit/01 Ankunft/IMG_0007.jpg", sea::sunset, (1920, 1280), "2025:06:12 21:31:18+02:00", placed(shot(LUMERA_ZOOM, 35, 80, 200, 100, 1), BAY)),
    p("2025/06 Hochzeit/02 Polterabend/Palmen & Cocktails.jpg", tropics::palms, (1080, 1620), "2025:06:13 20:58:03+02:00", shot(FON, 6, 18, 120, 80, 8)),
    p("2025/06 Hochzeit/02 Polterabend/a b+c.jpg", wedding::champagne, (1200, 1600), "2025:06:13 21:24:45+02:00", shot(LUMERA_PRIME, 85, 14, 250, 200, 7)),
    p("2025/06 Hochzeit/02 Polterabend/Wunderkerze <3.jpg", lights::sparkler, (1600, 1600), "2025:06:13 23:12:10+02:00", long(shot(LUMERA_PRIME, 85, 56, 1, 100, 1), 8)),
    p("2025/06 Hochzeit/Morgen/IMG_0012.jpg", mountains::misty_dawn, (1800, 1200), "2025:06:14 05:04:26+02:00", shot(LUMERA_ZOOM, 70, 80, 125, 100, 1)),
    p("2025/06 Hochzeit/Morgen/Seide und Perlen.jpg", jewels::silk, (1500, 1500), "2025:06:14 08:41:02+02:00", shot(HALDEN, 80, 28, 160, 200, 1)),
    p("2025/06 Hochzeit/Morgen/IMG_0023.jpg", jewels::rings, (1800, 1200), "2025:06:14 10:06:33+02:00", shot(LUMERA_PRIME, 85, 20, 200, 160, 1)),
    p("émilie's bouquet #1.jpg", flowers::bouquet, (1200, 1800), "2025:06:14 11:32:57+02:00", shot(LUMERA_PRIME, 85, 18, 320, 100, 5)),
    p("2025/06 Hochzeit/Zeremonie/IMG_0042.jpg", wedding::arch, (1920, 1280), "2025:06:14 13:48:20+02:00", placed(shot(LUMERA_ZOOM, 35, 40, 640, 100, 1), BAY)),
    p("2025/06 Hochzeit/Zeremonie/Rosette.jpg", craft::stained_glass, (1500, 1500), "2025:06:14 14:55:11+02:00", shot(HALDEN, 80, 56, 30, 800, 1)),
    p("2025/06 Hochzeit/Feier/IMG_0061.jpg", table::setting, (1800, 1200), "2025:06:14 16:12:38+02:00", shot(LUMERA_ZOOM, 50, 40, 100, 400, 1)),
    p("2025/06 Hochzeit/Feier/IMG_0068.jpg", table::cake, (1200, 1600), "2025:06:14 17:33:05+02:00", shot(LUMERA_PRIME, 85, 16, 160, 640, 6)),
    p("2025/06 Hochzeit/Lena+Jonas 100%.jpg", wedding::couple, (1920, 1280), "2025:06:14 21:19:52+02:00", placed(shot(LUMERA_PRIME, 85, 28, 500, 100, 1), BAY)),
    p("2025/06 Hochzeit/Feier/Lichterkette.jpg", lights::fairy_lights, (1800, 1200), "2025:06:14 22:08:41+02:00", shot(LUMERA_PRIME, 85, 14, 60, 1600, 1)),
    p("2025/06 Hochzeit/Feier/Laternen.jpg", lights::lanterns, (1200, 1800), "2025:06:14 22:47:16+02:00", shot(LUMERA_ZOOM, 35, 28, 30, 3200, 8)),
    p("Tanz & Müller (1) 50%.jpg", wedding::confetti, (1920, 1080), "2025:06:14 23:26:04+02:00", shot(OKULON, 28, 17, 80, 6400, 4)),
    p("2025/06 Hochzeit/Feier/Feuerwerk.JPG", night::fireworks, (1600, 1200), "2025:06:15 00:02:30+02:00", long(shot(FON, 6, 18, 1, 200, 1), 2)),
    p("2025/06 Hochzeit/Feier/Mond über dem Meer.jpg", sea::moonlight, (1280, 1600), "2025:06:15 01:40:12+02:00", long(shot(LUMERA_ZOOM, 70, 28, 1, 800, 1), 2)),
    p("2025/06 Hochzeit/03 Danach/Ballonfahrt.jpg", fields::balloons, (1920, 1080), "2025:06:15 05:38:44+02:00", shot(KITE, 24, 28, 400, 100, 1)),
    p("2025/06 Hochzeit/03 Danach/Mohn.jpg", fields::poppies, (1800, 1200), "2025:06:15 11:17:29+02:00", shot(LUMERA_PRIME, 85, 20, 1250, 100, 1)),
    p("Leuchtturm 2025-06-15 12.30.00.gif", loops::lighthouse, (480, 360), "2025:06:15 12:30:00+02:00", None),
    p("2025/06 Hochzeit/03 Danach/Mosaik von Tante Ilse 2025-06-15 15.00.00.webp", craft::mosaic, (1080, 1080), "2025:06:15 15:00:00+02:00", None),
];
