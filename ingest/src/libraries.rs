//! The name of a library. It is what gallery.toml says, else the name of its folder.

use std::path::Path;

use platform::Error;

use crate::catalogue::{Catalogue, Library};
use crate::walk::Candidate;

/// The library with this root, as the catalogue is to know it.
///
/// Two folders may have the same name: another folder that is still there, or that holds other files, is another
/// library, and the second gets a number. A folder that was moved, or mounted elsewhere, keeps its name.
pub fn identify(
    catalogue: &Catalogue,
    root: &Path,
    named: Option<&str>,
    candidates: &[Candidate],
) -> Result<Library, Error> {
    let root = root.canonicalize().unwrap_or_else(|_| root.to_owned());
    let place = root.to_string_lossy().into_owned();
    let known = catalogue.libraries()?;
    let library = |name: &str| Library { name: name.to_owned(), root: place.clone(), settings: None };
    if let Some(name) = named {
        return Ok(library(name));
    }
    if let Some(here) = known.iter().find(|library| library.root == place) {
        return Ok(library(&here.name));
    }
    let folder = root.file_name().map_or_else(|| "library".to_owned(), |name| name.to_string_lossy().into_owned());
    let names = [folder.clone()].into_iter().chain((2..).map(|number| format!("{folder} ({number})")));
    for name in names {
        let Some(other) = known.iter().find(|library| library.name == name) else { return Ok(library(&name)) };
        if !Path::new(&other.root).exists() && holds_the_same(catalogue, &name, candidates)? {
            return Ok(library(&name));
        }
    }
    Ok(library(&folder))
}

/// Whether files of a library are among the candidates, as they were.
fn holds_the_same(catalogue: &Catalogue, library: &str, candidates: &[Candidate]) -> Result<bool, Error> {
    let places = catalogue.places(library)?;
    Ok(places.is_empty()
        || candidates.iter().any(|file| {
            let known = places.binary_search_by(|place| place.path.as_str().cmp(&file.place));
            known.is_ok_and(|at| places[at].size == file.size && places[at].modified == file.modified)
        }))
}
