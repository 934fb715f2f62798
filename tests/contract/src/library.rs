//! What the target's gallery holds: the test library, or whatever else is in it.

use std::{borrow::Cow, collections::HashMap, sync::LazyLock};

use harness::PHOTOS;
use serde::Deserialize;

use crate::{
    Target,
    held::{Held, Photo, once},
};

pub use crate::entry::Item;
pub(crate) use crate::entry::{encode, encode_lenient, file};

/// The photo of the test library that is large enough for ranges.
pub(crate) const BIG: &str = "big.png";

/// How long a photo of another library must be to be asked for ranges, in bytes, and may be.
const FIT: std::ops::RangeInclusive<u64> = 10_000..=4_000_000;
/// How many items are looked at where all are alike: a gallery may have thousands.
pub(crate) const SOME: usize = 12;
/// How many photos are fetched as a whole.
const FEW: usize = 8;

/// A page of the listing.
#[derive(Debug, Deserialize)]
#[serde(rename_all = "camelCase")]
pub(crate) struct Page {
    pub items: Vec<Item>,
    pub next_cursor: Option<String>,
}

/// A page of the listing, with a query such as `?limit=2`.
pub(crate) fn page(target: &Target, query: &str) -> Result<Page, String> {
    let answer = target.get(&format!("/api/media{query}")).expect(200)?;
    serde_json::from_slice(&answer.body).map_err(|error| format!("{}: {error}", answer.what))
}

/// Everything in the listing.
pub(crate) fn all(target: &Target) -> Result<Vec<Item>, String> {
    let mut items = Vec::new();
    let mut query = "?limit=1000".to_owned();
    loop {
        let next = page(target, &query)?;
        ensure!(!next.items.is_empty() || next.next_cursor.is_none(), "an empty page that goes on");
        items.extend(next.items);
        let Some(cursor) = next.next_cursor else { return Ok(items) };
        query = format!("?limit=1000&cursor={cursor}");
    }
}

/// The newest items, if there are any.
pub(crate) fn some(target: &Target) -> Result<Vec<Item>, String> {
    let items = page(target, &format!("?limit={SOME}"))?.items;
    ensure!(!items.is_empty(), "the gallery is empty");
    Ok(items)
}

/// The item with this key.
pub fn item(target: &Target, key: &str) -> Result<Item, String> {
    let found = all(target)?.into_iter().find(|item| item.key == key);
    found.ok_or_else(|| format!("{key} is not in the listing"))
}

/// A film, and the path or URL of its master playlist: the demo film where it is, else the shortest one.
pub(crate) fn film(target: &Target) -> Result<(Item, String), String> {
    let film = target.any_film()?.ok_or(NO_FILM)?;
    let master = target.master_of(film)?;
    Ok((film.clone(), master))
}

pub(crate) const NO_FILM: &str = "the gallery holds no film";
pub(crate) const NO_PHOTO: &str = "the gallery holds no photo of 10 kB to 4 MB";
pub(crate) const NO_LIBRARY: &str = "the gallery does not hold the test library";

/// Whether a film is the demo film, by its key and its length.
pub(crate) fn is_demo(film: &Item) -> bool {
    let demo = demo::short_film();
    film.key == demo.key && film.size == demo.original.len() as u64
}

/// The bytes of a photo of the test library.
pub fn file_bytes(key: &str) -> Result<&'static [u8], String> {
    static MADE: LazyLock<HashMap<&str, Vec<u8>>> =
        LazyLock::new(|| PHOTOS.iter().filter_map(|(key, ..)| Some((*key, harness::photo(key).ok()?))).collect());
    MADE.get(key).map(Vec::as_slice).ok_or_else(|| format!("there is no fixture {key}"))
}

/// The media type of a photo, by its name.
pub(crate) fn media_type(key: &str) -> &'static str {
    match key.rsplit('.').next() {
        Some("png") => "image/png",
        _ => "image/jpeg",
    }
}

/// The key of a photo without a clip, or of nothing where every photo has one.
pub(crate) fn without_a_clip(target: &Target) -> Result<String, String> {
    let photo = target.held()?.photo.as_ref().filter(|photo| photo.item.clip.is_none());
    Ok(photo.map_or_else(|| "absent.png".to_owned(), |photo| photo.item.key.clone()))
}

/// The media type that the listing tells, or that of a file of which nothing is known.
pub(crate) fn mime(item: &Item) -> &str {
    item.mime.as_deref().unwrap_or("application/octet-stream")
}

/// The keys of the test library's photos.
pub(crate) fn photos() -> impl Iterator<Item = &'static str> {
    PHOTOS.iter().map(|(key, ..)| *key)
}

impl Target {
    /// The path or URL of the master playlist of the library's film.
    pub fn master(&self) -> Result<String, String> {
        let film = page(self, "?type=video")?.items.into_iter().next().ok_or("there is no film")?;
        self.master_of(&film)
    }

    /// The path or URL of a film's master playlist: in its item, or from the route that the item names.
    pub(crate) fn master_of(&self, film: &Item) -> Result<String, String> {
        if let Some(hls) = &film.hls {
            return Ok(hls.clone());
        }
        let route = film.playback.as_ref().ok_or_else(|| format!("{} has no playlist", film.key))?;
        let url = self.get(route).expect(200)?.json()?["url"].as_str().map(str::to_owned);
        url.ok_or_else(|| format!("{route}: no url"))
    }

    /// What the gallery holds. It is asked once.
    pub(crate) fn held(&self) -> Result<&Held, String> {
        once(&self.held, || find(self))
    }

    /// The photo that most cases ask for: the large one of the test library, else one of another library.
    pub(crate) fn photo(&self) -> Result<&Photo, String> {
        self.held()?.photo.as_ref().ok_or_else(|| NO_PHOTO.to_owned())
    }

    /// The film that cases ask for.
    pub(crate) fn any_film(&self) -> Result<Option<&Item>, String> {
        let films = &self.held()?.films;
        let shortest = films.iter().filter(|film| film.playback.is_some()).min_by(|one, other| {
            let [one, other] = [one, other].map(|film| film.duration.unwrap_or(f64::MAX));
            one.total_cmp(&other)
        });
        Ok(films.iter().find(|film| is_demo(film)).or(shortest))
    }

    /// The key of the film that cases ask for, or of one that is nowhere.
    pub(crate) fn film_or_absent(&self) -> Result<String, String> {
        Ok(self.any_film()?.map_or_else(|| "absent.mp4".to_owned(), |film| film.key.clone()))
    }

    /// A photo with a clip: the live photo of the test library, else any.
    pub(crate) fn live(&self) -> Result<Option<&Item>, String> {
        let images = &self.held()?.images;
        let known = images.iter().find(|item| item.key == harness::LIVE && item.clip.is_some());
        Ok(known.or_else(|| images.iter().find(|item| item.clip.is_some())))
    }

    /// The smallest photos of another library, or all of the test library, with their bytes.
    pub(crate) fn few(&self) -> Result<Vec<Photo>, String> {
        let held = self.held()?;
        let mut images: Vec<&Item> = held.images.iter().filter(|item| item.thumbnails.medium.is_some()).collect();
        images.sort_by_key(|item| item.size);
        if held.library {
            images.retain(|item| photos().any(|key| key == item.key));
        } else {
            images.truncate(FEW);
        }
        ensure!(!images.is_empty(), "{NO_PHOTO}");
        images.into_iter().map(|item| with_bytes(self, item)).collect()
    }
}

/// A photo with its bytes: the known ones, or those that come.
fn with_bytes(target: &Target, item: &Item) -> Result<Photo, String> {
    let known = file_bytes(&item.key).ok().filter(|bytes| bytes.len() as u64 == item.size);
    let bytes = match known {
        Some(bytes) => Cow::Borrowed(bytes),
        None => Cow::Owned(target.get(&item.file).expect(200)?.body),
    };
    ensure_eq!(bytes.len() as u64, item.size, "{}: bytes of the original, and the size in the listing", item.key);
    Ok(Photo { item: item.clone(), bytes })
}

fn find(target: &Target) -> Result<Held, String> {
    let images = page(target, "?type=image&limit=1000")?.items;
    let films = page(target, "?type=video&limit=1000")?.items;
    let big = images.iter().find(|item| item.key == BIG);
    let library = holds_the_library(target, &images)? && films.iter().any(is_demo);
    let fit = images.iter().filter(|item| FIT.contains(&item.size) && item.thumbnails.medium.is_some());
    // A live photo is the second choice, because some cases ask for the clip of a photo that has none.
    let smallest = fit.min_by_key(|item| (item.clip.is_some(), item.size));
    let photo = big.filter(|_| library).or(smallest).map(|item| with_bytes(target, item)).transpose()?;
    Ok(Held { library, images, films, photo })
}

/// Whether every photo of the test library is listed with its length, and one comes with its bytes.
fn holds_the_library(target: &Target, images: &[Item]) -> Result<bool, String> {
    for key in photos() {
        let length = file_bytes(key)?.len() as u64;
        if !images.iter().any(|item| item.key == key && item.size == length) {
            return Ok(false);
        }
    }
    let plain = target.get(&file("plain.png")).send()?;
    Ok(plain.status == 200 && plain.body == file_bytes("plain.png")?)
}
