//! Which pictures there are: file name, scene, size, date and camera.

use crate::draw::{Canvas, Develop};
use crate::exif::{Camera, Shot};
use crate::scenes::*;
use std::time::{Duration, SystemTime};

pub type Scene = fn(&mut Canvas) -> Develop;

pub struct Picture {
    /// Path below the library's folder, with `/`.
    pub key: &'static str,
    pub scene: Scene,
    /// Width and height as seen, upright.
    pub size: (u32, u32),
    /// Local time and offset: `2025:06:14 16:20:05+02:00`.
    pub taken: &'static str,
    /// `None` for files that never saw a camera.
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
        let number = |from: usize, to: usize| self.taken[from..to].parse::<i64>().unwrap_or(0);
        let (year, month, day) = (number(0, 4), number(5, 7), number(8, 10));
        // Days since 1970 with the year beginning in March (Howard Hinnant, "chrono-compatible
        // low-level date algorithms").
        let y = if month <= 2 { year - 1 } else { year };
        let of_year = (153 * ((month + 9) % 12) + 2) / 5 + day - 1;
        let days = 365 * y + y / 4 - y / 100 + y / 400 + of_year - 719_468;
        let seconds = number(11, 13) * 3600 + number(14, 16) * 60 + number(17, 19);
        let offset = (number(20, 22) * 60 + number(23, 25)) * 60;
        let offset = if self.taken.as_bytes()[19] == b'-' { -offset } else { offset };
        SystemTime::UNIX_EPOCH + Duration::from_secs((days * 86_400 + seconds - offset) as u64)
    }
}

const FULL_FRAME: Camera = Camera { make: "Lumera", model: "Lumera R5s", lens: "Lumera 24-70mm F2.8" };

const fn shot(camera: Camera, focal: u32, aperture: u32, speed: u32, iso: u16, orientation: u16) -> Option<Shot> {
    Some(Shot { camera, focal, aperture, exposure: (1, speed), iso, orientation, place: None })
}

pub static PICTURES: &[Picture] = &[
    Picture {
        key: "dawn.jpg",
        scene: mountains::misty_dawn,
        size: (1800, 1200),
        taken: "2025:06:14 05:20:05+02:00",
        shot: shot(FULL_FRAME, 70, 80, 250, 100, 1),
    },
    Picture {
        key: "alps.jpg",
        scene: mountains::alps,
        size: (3600, 1000),
        taken: "2025:06:14 05:20:05+02:00",
        shot: shot(FULL_FRAME, 70, 80, 250, 100, 1),
    },
    Picture {
        key: "sunset.jpg",
        scene: sea::sunset,
        size: (1920, 1280),
        taken: "2025:06:14 05:20:05+02:00",
        shot: shot(FULL_FRAME, 70, 80, 250, 100, 1),
    },
    Picture {
        key: "moon.jpg",
        scene: sea::moonlight,
        size: (1280, 1600),
        taken: "2025:06:14 05:20:05+02:00",
        shot: shot(FULL_FRAME, 70, 80, 250, 100, 1),
    },
    Picture {
        key: "sails.jpg",
        scene: sea::sails,
        size: (1920, 1080),
        taken: "2025:06:14 05:20:05+02:00",
        shot: shot(FULL_FRAME, 70, 80, 250, 100, 1),
    },
    Picture {
        key: "beach.jpg",
        scene: sea::beach,
        size: (1600, 1600),
        taken: "2025:06:14 05:20:05+02:00",
        shot: shot(FULL_FRAME, 70, 80, 250, 100, 1),
    },
    Picture {
        key: "milky.jpg",
        scene: night::milky_way,
        size: (1280, 1920),
        taken: "2025:06:14 05:20:05+02:00",
        shot: shot(FULL_FRAME, 70, 80, 250, 100, 1),
    },
    Picture {
        key: "aurora.jpg",
        scene: night::aurora,
        size: (1920, 1280),
        taken: "2025:06:14 05:20:05+02:00",
        shot: shot(FULL_FRAME, 70, 80, 250, 100, 1),
    },
    Picture {
        key: "fireworks.jpg",
        scene: night::fireworks,
        size: (1600, 1200),
        taken: "2025:06:14 05:20:05+02:00",
        shot: shot(FULL_FRAME, 70, 80, 250, 100, 1),
    },
    Picture {
        key: "lavender.jpg",
        scene: fields::lavender,
        size: (1920, 1280),
        taken: "2025:06:14 05:20:05+02:00",
        shot: shot(FULL_FRAME, 70, 80, 250, 100, 1),
    },
    Picture {
        key: "poppies.jpg",
        scene: fields::poppies,
        size: (1800, 1200),
        taken: "2025:06:14 05:20:05+02:00",
        shot: shot(FULL_FRAME, 70, 80, 250, 100, 1),
    },
    Picture {
        key: "balloons.jpg",
        scene: fields::balloons,
        size: (1920, 1080),
        taken: "2025:06:14 05:20:05+02:00",
        shot: shot(FULL_FRAME, 70, 80, 250, 100, 1),
    },
    Picture {
        key: "dunes.jpg",
        scene: fields::dunes,
        size: (1920, 1200),
        taken: "2025:06:14 05:20:05+02:00",
        shot: shot(FULL_FRAME, 70, 80, 250, 100, 1),
    },
    Picture { key: "lanterns.jpg", scene: lights::lanterns, size: (1200, 1800), taken: "2025:06:14 05:20:05+02:00", shot: shot(FULL_FRAME, 70, 80, 250, 100, 1) },
    Picture { key: "fairy.jpg", scene: lights::fairy_lights, size: (1800, 1200), taken: "2025:06:14 05:20:05+02:00", shot: shot(FULL_FRAME, 70, 80, 250, 100, 1) },
    Picture { key: "sparkler.jpg", scene: lights::sparkler, size: (1600, 1600), taken: "2025:06:14 05:20:05+02:00", shot: shot(FULL_FRAME, 70, 80, 250, 100, 1) },
    Picture { key: "skyline.jpg", scene: city::skyline, size: (1920, 1080), taken: "2025:06:14 05:20:05+02:00", shot: shot(FULL_FRAME, 70, 80, 250, 100, 1) },
    Picture { key: "rain.jpg", scene: city::rain, size: (1200, 1600), taken: "2025:06:14 05:20:05+02:00", shot: shot(FULL_FRAME, 70, 80, 250, 100, 1) },
    Picture { key: "glass.jpg", scene: craft::stained_glass, size: (1500, 1500), taken: "2025:06:14 05:20:05+02:00", shot: shot(FULL_FRAME, 70, 80, 250, 100, 1) },
    Picture { key: "mosaic.jpg", scene: craft::mosaic, size: (1280, 1280), taken: "2025:06:14 05:20:05+02:00", shot: shot(FULL_FRAME, 70, 80, 250, 100, 1) },
    Picture { key: "tiles.jpg", scene: craft::tiles, size: (1600, 1200), taken: "2025:06:14 05:20:05+02:00", shot: shot(FULL_FRAME, 70, 80, 250, 100, 1) },
    Picture { key: "cranes.jpg", scene: craft::cranes, size: (1600, 1200), taken: "2025:06:14 05:20:05+02:00", shot: shot(FULL_FRAME, 70, 80, 250, 100, 1) },
    Picture { key: "bouquet.jpg", scene: flowers::bouquet, size: (1200, 1800), taken: "2025:06:14 05:20:05+02:00", shot: shot(FULL_FRAME, 70, 80, 250, 100, 1) },
    Picture { key: "sunflower.jpg", scene: flowers::sunflower, size: (1620, 1620), taken: "2025:06:14 05:20:05+02:00", shot: shot(FULL_FRAME, 70, 80, 250, 100, 1) },
];
