//! The name of a library. It is what gallery.toml says, else the name of its folder.

use std::path::Path;

use platform::Error;

use crate::catalogue::{Catalogue, Library};
use crate::failure::Failure;
use crate::walk::Candidate;

/// A library, and the name that its folder had before gallery.toml gave it another one.
pub struct Identified {
    pub library: Library,
    pub former: Option<String>,
}

/// The library with this root, as the catalogue is to know it.
///
/// Two folders may have the same name: another folder that is still there, or that holds other files, is another
/// library, and the second gets a number. A folder that was moved, or mounted elsewhere, keeps its name. Two folders
/// that both say that they have a name are told so, because the files of one would pass for versions of the other's.
pub fn identify(
    catalogue: &Catalogue,
    root: &Path,
    named: Option<&str>,
    candidates: &[Candidate],
) -> Result<Identified, Failure> {
    let root = root.canonicalize().unwrap_or_else(|_| root.to_owned());
    let place = root.to_string_lossy().into_owned();
    let known = catalogue.libraries()?;
    let here = known.iter().find(|library| library.root == place).map(|library| library.name.clone());
    let library = |name: &str, former| {
        let library = Library { name: name.to_owned(), root: place.clone(), settings: None };
        Ok(Identified { library, former })
    };
    if let Some(name) = named {
        let other = known.iter().find(|other| other.name == name && other.root != place);
        if let Some(other) = other.filter(|other| Path::new(&other.root).exists())
            && !holds_the_same(catalogue, name, candidates)?
        {
            let words =
                format!("{} is called {name} in its gallery.toml too: give this folder another name", other.root);
            return Err(Failure::File(words));
        }
        return library(name, here.filter(|here| here != name));
    }
    if let Some(here) = here {
        return library(&here, None);
    }
    let folder = root.file_name().map_or_else(|| "library".to_owned(), |name| name.to_string_lossy().into_owned());
    let names = [folder.clone()].into_iter().chain((2..).map(|number| format!("{folder} ({number})")));
    for name in names {
        let Some(other) = known.iter().find(|library| library.name == name) else { return library(&name, None) };
        if !Path::new(&other.root).exists() && holds_the_same(catalogue, &name, candidates)? {
            return library(&name, None);
        }
    }
    library(&folder, None)
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
