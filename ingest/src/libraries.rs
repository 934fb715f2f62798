//! The name of a library. It is what gallery.toml says, else the name of its folder.

use std::collections::{HashMap, HashSet};
use std::path::Path;

use platform::Error;

use crate::catalogue::{Catalogue, Library, Place};
use crate::digest::sums;
use crate::failure::Failure;
use crate::walk::Candidate;
use crate::{Options, Stop};

/// How many files are read, at most, to see whether they are a library's.
const MOST_READ: usize = 16;

/// A library, and the name that its folder had before gallery.toml gave it another one.
pub struct Identified {
    pub library: Library,
    pub former: Option<String>,
    /// What people should know of it.
    pub note: Option<String>,
}

/// How files fit the places of a library. The last is the best.
#[derive(Clone, Copy, PartialEq, Eq, PartialOrd, Ord)]
enum Fit {
    Not,
    /// No file lies where one of the library lay, so none would pass for a version of it.
    Apart,
    /// The library has no places.
    Empty,
    /// All paths are the same ones, and no file is.
    Edited,
    /// A file of the library is among them.
    Same,
}

/// The library with this root, as the catalogue is to know it.
///
/// Two folders may have the same name: another folder that is still there, or that holds other files, is another
/// library, and the second gets a number. A folder that was moved, mounted elsewhere, or called otherwise, stays the
/// library that it was. Two folders that both say that they have a name are told so, because the files of one would
/// pass for versions of the other's.
///
/// For the same reason the root alone says nothing: memory cards of one camera lie at the same path, and have the same
/// names of files.
pub fn identify(
    catalogue: &Catalogue,
    root: &Path,
    named: Option<&str>,
    candidates: &[Candidate],
    options: &Options,
) -> Result<Identified, Failure> {
    let root = root.canonicalize().unwrap_or_else(|_| root.to_owned());
    let place = root.to_string_lossy().into_owned();
    let known = catalogue.libraries()?;
    let files = Files { catalogue, candidates, stop: &options.stop };
    // A folder that is not mounted is empty, and of a part nothing follows.
    let tells = !candidates.is_empty() && options.only.is_none();
    let at_root: Vec<&Library> = known.iter().filter(|library| library.root == place).collect();
    let (mut here, mut best) = (None, Fit::Apart);
    for library in &at_root {
        let fit = files.fit(&library.name)?;
        if fit > best {
            (here, best) = (Some(*library), fit);
        }
    }
    if best < Fit::Same
        && tells
        && let Some(moved) = files.moved(&known)?
    {
        here = Some(moved);
    }
    let here = here.or_else(|| at_root.first().copied().filter(|_| !tells)).map(|library| library.name.clone());
    let library = |name: &str, former: Option<String>, note| {
        let known_as = Some(name_of_albums(&known, name, former.as_deref())).filter(|known_as| known_as != name);
        let library = Library { name: name.to_owned(), root: place.clone(), settings: None, known_as };
        Ok(Identified { library, former, note })
    };
    if let Some(name) = named {
        let other = known.iter().find(|library| library.name == name);
        let is_here = other.is_some_and(|other| other.root == place);
        if let Some(other) = other {
            let is_there = !is_here && Path::new(&other.root).exists();
            let is_it = match files.fit(name)? {
                Fit::Same | Fit::Empty => true,
                Fit::Edited => is_here,
                Fit::Apart => !is_there,
                Fit::Not => is_here && options.force,
            };
            if !is_it && is_there {
                let words =
                    format!("{} is called {name} in its gallery.toml too: give this folder another name", other.root);
                return Err(Failure::File(words));
            }
            if !is_it && tells {
                return Err(Failure::File(format!(
                    "no file of the library {name} is in {place}, and files of the same names would replace them: give \
                     this folder another name in its gallery.toml{}",
                    if is_here { ", or use --force if every file of it was edited" } else { "" }
                )));
            }
        }
        return library(name, here.filter(|here| here != name && !is_here), None);
    }
    if let Some(here) = here {
        return library(&here, None, None);
    }
    let folder = root.file_name().map_or_else(|| "library".to_owned(), |name| name.to_string_lossy().into_owned());
    let note = |name: &str| {
        at_root.first().map(|other| {
            format!("no file of the library {} is here: this folder is taken for another one, {name}", other.name)
        })
    };
    for name in numbered(&folder) {
        let Some(other) = known.iter().find(|library| library.name == name) else {
            return library(&name, None, note(&name));
        };
        if !Path::new(&other.root).exists() && matches!(files.fit(&name)?, Fit::Same | Fit::Empty) {
            return library(&name, None, note(&name));
        }
    }
    library(&folder, None, None)
}

/// The name by which links know the albums of a library: that with which it began, and never that of another library.
fn name_of_albums(known: &[Library], name: &str, former: Option<&str>) -> String {
    let before = |name: &str| known.iter().find(|library| library.name == name);
    if let Some(before) = before(name).or_else(|| former.and_then(before)) {
        return before.name_of_albums().to_owned();
    }
    let mut names = numbered(name);
    let free = names.find(|name| known.iter().all(|library| library.name_of_albums() != name));
    free.unwrap_or_else(|| name.to_owned())
}

/// `photos`, `photos (2)` and so on.
fn numbered(name: &str) -> impl Iterator<Item = String> {
    let again = name.to_owned();
    [name.to_owned()].into_iter().chain((2..).map(move |number| format!("{again} ({number})")))
}

/// The files of a folder.
struct Files<'a> {
    catalogue: &'a Catalogue,
    candidates: &'a [Candidate],
    stop: &'a Stop,
}

impl Files<'_> {
    fn fit(&self, library: &str) -> Result<Fit, Error> {
        let places = self.catalogue.places(library)?;
        if places.is_empty() {
            return Ok(Fit::Empty);
        }
        let is_as_it_was = |file: &Candidate| {
            let place = at(&places, &file.place);
            place.is_some_and(|place| place.size == file.size && place.modified == file.modified)
        };
        if self.candidates.iter().any(is_as_it_was) || self.holds_one(library, &places)? {
            return Ok(Fit::Same);
        }
        if self.candidates.iter().all(|file| at(&places, &file.place).is_none()) {
            return Ok(Fit::Apart);
        }
        Ok(if self.are_edited(library, &places)? { Fit::Edited } else { Fit::Not })
    }

    /// The library that these files are, if its folder was moved or got another name. A few copies in another folder
    /// are not the library: most of its files have to be there.
    fn moved<'l>(&self, known: &'l [Library]) -> Result<Option<&'l Library>, Error> {
        for library in known.iter().filter(|library| !Path::new(&library.root).exists()) {
            let places = self.catalogue.places(&library.name)?;
            let is_there = |file: &&Candidate| at(&places, &file.place).is_some_and(|place| place.size == file.size);
            let there = self.candidates.iter().filter(is_there).count();
            if there * 2 > places.len() && self.fit(&library.name)? == Fit::Same {
                return Ok(Some(library));
            }
        }
        Ok(None)
    }

    /// Whether a file has the content of an item of a library. Times do not come back with every backup, and a folder
    /// may have been put in order. Only files that have the size of one are read: those in the same place first, and
    /// small ones first.
    fn holds_one(&self, library: &str, places: &[Place]) -> Result<bool, Error> {
        let sizes: HashSet<u64> = places.iter().map(|place| place.size).collect();
        let mut alike: Vec<&Candidate> = self.candidates.iter().filter(|file| sizes.contains(&file.size)).collect();
        alike.sort_by_key(|file| (at(places, &file.place).is_none_or(|place| place.size != file.size), file.size));
        for file in alike.into_iter().take(MOST_READ) {
            let Ok(Some(sums)) = sums(&file.path, self.stop) else { continue };
            if self.catalogue.is_of(library, &sums.sha256)? {
                return Ok(true);
            }
        }
        Ok(false)
    }

    /// Whether the files may be later versions of all files of a library: the same paths and no other ones, and none
    /// that is older. Another memory card has more or fewer.
    fn are_edited(&self, library: &str, places: &[Place]) -> Result<bool, Error> {
        let clips = self.catalogue.clips(library)?;
        let clips: HashSet<&str> = clips.iter().map(|(clip, _)| clip.path.as_str()).collect();
        let found: HashMap<&str, &str> =
            self.candidates.iter().map(|file| (file.place.as_str(), file.modified.as_str())).collect();
        let time = |text: &str| text.parse::<jiff::Timestamp>().ok();
        let are_there = places
            .iter()
            .filter(|place| !place.is_lost())
            .all(|place| found.get(&*place.path).is_some_and(|is| time(is) >= time(&place.modified)));
        Ok(are_there && found.keys().all(|path| clips.contains(path) || at(places, path).is_some()))
    }
}

fn at<'p>(places: &'p [Place], path: &str) -> Option<&'p Place> {
    places.binary_search_by(|place| place.path.as_str().cmp(path)).ok().and_then(|at| places.get(at))
}
