//! What libraries say about themselves: titles, covers and albums.

use std::collections::{HashMap, HashSet};

use gallery::media::Media;
use gallery::views::View;
use gallery::views::build::{About, Album};

use crate::catalogue::Catalogue;
use crate::failure::Failure;
use crate::settings::Settings;
use crate::spelling::composed;

/// What is said about the gallery. Where there are several libraries, the first one that says something counts.
pub fn about(catalogue: &Catalogue, items: &[Media]) -> Result<About, Failure> {
    let dates: HashMap<&str, &str> = items.iter().map(|item| (item.key.as_str(), item.date())).collect();
    let mut about = About { access: catalogue.access()?, ..About::default() };
    for library in catalogue.libraries()? {
        let settings = library.settings.as_deref().and_then(|json| serde_json::from_str::<Settings>(json).ok());
        let settings = settings.unwrap_or_default();
        // What was taken out is in no album.
        let mut places = catalogue.places(&library.name)?;
        places.retain(|place| dates.contains_key(place.key.as_str()));
        let placed: Vec<(&str, &str)> =
            places.iter().map(|place| (place.path.as_str(), dates[place.key.as_str()])).collect();
        for (title, indices) in settings.albums(&placed) {
            // An item in two places of an album is in it once.
            let mut seen = HashSet::new();
            let keys = indices.into_iter().map(|index| places[index].key.clone());
            let keys = keys.filter(|key| seen.insert(key.clone())).collect();
            about.albums.push(Album { view: View::album(library.name_of_albums(), &title), title, keys });
        }
        let cover = settings.cover.and_then(|cover| {
            let named = places.iter().find(|place| place.path == cover);
            named.or_else(|| places.iter().find(|place| composed(&place.path) == composed(&cover)))
        });
        about.cover = about.cover.or_else(|| cover.map(|place| place.key.clone()));
        about.title = about.title.or(settings.title);
        about.subtitle = about.subtitle.or(settings.subtitle);
    }
    Ok(about)
}
