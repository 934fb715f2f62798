//! What libraries say about themselves, published beside the catalogue: titles, covers and albums.

use std::collections::HashMap;

use serde::Serialize;

use crate::bucket::Bucket;
use crate::catalogue::Catalogue;
use crate::failure::Failure;
use crate::settings::Settings;
use crate::snapshot;

/// The key of the object.
pub const LIBRARIES: &str = "catalogue/libraries";

/// The largest object that is read, in bytes.
const MAX_BYTES: u64 = 64 << 20;

#[derive(Serialize)]
#[serde(rename_all = "camelCase")]
struct Published {
    name: String,
    title: Option<String>,
    subtitle: Option<String>,
    /// The key of a photo.
    cover: Option<String>,
    time_zone: Option<String>,
    albums: Vec<Album>,
}

#[derive(Serialize)]
struct Album {
    title: String,
    /// The keys of its items, in the album's order.
    keys: Vec<String>,
}

/// Brings the object up to date. Nothing is written if it is so already. `dates` are those of the items that are
/// shown, by key.
pub fn publish(catalogue: &Catalogue, dates: &HashMap<String, String>, bucket: &Bucket) -> Result<(), Failure> {
    let libraries = catalogue.libraries()?;
    let mut published = Vec::with_capacity(libraries.len());
    for library in libraries {
        let settings = library.settings.as_deref().and_then(|json| serde_json::from_str::<Settings>(json).ok());
        published.push(of(catalogue, library.name, settings.unwrap_or_default(), dates)?);
    }
    let bytes = serde_json::to_vec(&published).map_err(snapshot::encoding)?;
    let old = bucket.get(LIBRARIES, MAX_BYTES)?;
    if old.as_ref() == Some(&bytes) || (old.is_none() && published.is_empty()) {
        return Ok(());
    }
    Ok(bucket.put_aside(LIBRARIES, &bytes, snapshot::CHANGING)?)
}

fn of(
    catalogue: &Catalogue,
    name: String,
    settings: Settings,
    dates: &HashMap<String, String>,
) -> Result<Published, Failure> {
    // What was taken out is in no album.
    let mut places = catalogue.places(&name)?;
    places.retain(|place| dates.contains_key(&place.key));
    let items: Vec<(&str, &str)> =
        places.iter().map(|place| (place.path.as_str(), dates[&place.key].as_str())).collect();
    let key = |index: usize| places[index].key.clone();
    let albums = settings.albums(&items).into_iter().map(|(title, indices)| {
        let mut keys: Vec<String> = indices.into_iter().map(key).collect();
        // An item in two places of an album is in it once.
        let mut seen = std::collections::HashSet::new();
        keys.retain(|key| seen.insert(key.clone()));
        Album { title, keys }
    });
    let albums = albums.collect();
    let cover = settings.cover.and_then(|cover| Some(places.iter().find(|place| place.path == cover)?.key.clone()));
    Ok(Published {
        name,
        title: settings.title,
        subtitle: settings.subtitle,
        cover,
        time_zone: settings.time_zone,
        albums,
    })
}
