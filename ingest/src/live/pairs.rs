//! Which photo a film belongs to: the one that holds the film's identifier, else the one of the same name beside it.
//! Google's Takeout writes the film of `a.MP.jpg` beside it, as `a.MP`.

use std::cell::RefCell;
use std::collections::HashMap;
use std::fs::File;
use std::io::{Read, Seek, SeekFrom};
use std::path::Path;

use crate::sniff::{Kind, Photo};
use crate::walk::Candidate;

/// How much of a photo is searched for an identifier, in bytes: its EXIF lies at the beginning, or at the end.
const HEAD: u64 = 256 * 1024;
const TAIL: u64 = 64 * 1024;
/// The note of the maker in the EXIF of Apple's devices begins so.
const APPLE: &[u8] = b"Apple iOS\0";
/// How far behind that its identifier lies, in bytes.
const NOTE: usize = 8192;
/// The extension of the films of Google's Takeout, which its photos have before their own.
const TAKEOUT: &str = ".mp";

/// The photos of a library that may have a clip.
pub struct Pairs<'l> {
    /// By folder and name, without the extension and in lower case.
    by_name: HashMap<String, &'l Candidate>,
    photos: Vec<&'l Candidate>,
    /// The photos of folders that were searched, by identifier.
    by_id: RefCell<HashMap<String, Vec<(String, &'l Candidate)>>>,
}

impl<'l> Pairs<'l> {
    pub fn new(candidates: &'l [Candidate]) -> Self {
        let photos = candidates.iter().filter(|file| matches!(file.kind, Kind::Photo(Photo::Jpeg | Photo::Heic)));
        let photos: Vec<_> = photos.collect();
        let mut by_name: HashMap<String, &Candidate> = HashMap::new();
        for file in &photos {
            let known = by_name.entry(name(&file.place)).or_insert(file);
            // A JPEG beside it was made from it.
            if file.kind == Kind::Photo(Photo::Heic) {
                *known = file;
            }
        }
        Self { by_name, photos, by_id: RefCell::default() }
    }

    /// The photo of the same name.
    pub fn by_name(&self, film: &Candidate) -> Option<&'l Candidate> {
        let whole = film.place.to_lowercase();
        let of_takeout = if whole.ends_with(TAKEOUT) { self.by_name.get(&whole) } else { None };
        of_takeout.or_else(|| self.by_name.get(&name(&film.place))).copied()
    }

    /// The photo of a film, and whether an identifier says so. `id` is that of the film.
    pub fn of(&self, file: &Candidate, id: Option<&str>) -> Option<(&'l Candidate, bool)> {
        let of_name = self.by_name(file);
        let named = || of_name.map(|photo| (photo, false));
        let Some(id) = id else { return named() };
        // Most pairs have one name. To search a folder, the beginnings of all its photos are read.
        if let Some(photo) = of_name.filter(|photo| identifier(&photo.path).as_deref() == Some(id)) {
            return Some((photo, true));
        }
        let folder = folder(&file.place);
        let mut searched = self.by_id.borrow_mut();
        let here = searched.entry(folder.to_owned()).or_insert_with(|| {
            let here = self.photos.iter().filter(|photo| self::folder(&photo.place) == folder);
            here.filter_map(|photo| Some((identifier(&photo.path)?, *photo))).collect::<Vec<_>>()
        });
        // A photo whose EXIF was taken out has no identifier. One with another identifier is another's photo.
        let is_named = |photo: &Candidate| of_name.is_some_and(|named| std::ptr::eq(named, photo));
        let first = here.iter().find(|(other, _)| other == id).map(|(_, photo)| *photo);
        let is_others = here.iter().any(|(_, photo)| is_named(photo));
        first.map(|photo| (photo, true)).or_else(|| named().filter(|_| !is_others))
    }
}

fn folder(place: &str) -> &str {
    place.rsplit_once('/').map_or("", |(folder, _)| folder)
}

fn name(place: &str) -> String {
    let (stem, _) = place.rsplit_once('.').unwrap_or((place, ""));
    stem.to_lowercase()
}

/// The identifier by which a photo of Apple's devices names its clip: a UUID in its maker's note.
fn identifier(path: &Path) -> Option<String> {
    let mut file = File::open(path).ok()?;
    let length = file.metadata().ok()?.len();
    let mut bytes = Vec::new();
    file.by_ref().take(HEAD).read_to_end(&mut bytes).ok()?;
    if length > HEAD + TAIL {
        file.seek(SeekFrom::Start(length - TAIL)).ok()?;
    }
    file.read_to_end(&mut bytes).ok()?;
    let at = bytes.windows(APPLE.len()).position(|window| window == APPLE)?;
    let note = &bytes[at..bytes.len().min(at + NOTE)];
    let uuid = note.windows(UUID).find(|window| is_uuid(window))?;
    String::from_utf8(uuid.to_vec()).ok()
}

/// `01234567-89AB-CDEF-0123-456789ABCDEF`.
const UUID: usize = 36;

fn is_uuid(text: &[u8]) -> bool {
    text.iter().enumerate().all(|(at, byte)| match at {
        8 | 13 | 18 | 23 => *byte == b'-',
        _ => matches!(byte, b'0'..=b'9' | b'A'..=b'F'),
    })
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn an_identifier_is_found_in_the_note_of_the_maker() {
        const ID: &str = "01234567-89AB-CDEF-0123-456789ABCDEF";
        let file = tempfile::NamedTempFile::new().unwrap();
        let found = |parts: &[&[u8]]| {
            std::fs::write(file.path(), parts.concat()).unwrap();
            identifier(file.path())
        };
        let note = [APPLE, &[0; 300], ID.as_bytes()].concat();
        assert_eq!(found(&[&[1; 5000], &note]).as_deref(), Some(ID));
        assert_eq!(found(&[&vec![1; 2_000_000], &note]).as_deref(), Some(ID), "at the end");
        assert_eq!(found(&[ID.as_bytes(), APPLE]), None, "before the note");
        assert_eq!(found(&[APPLE, &vec![0; 20_000], ID.as_bytes()]), None, "far behind it");
        assert_eq!(found(&[APPLE, &ID.as_bytes()[..35]]), None);
        assert_eq!(found(&[]), None);
    }

    #[test]
    fn a_folder_is_searched_only_if_the_photo_of_the_name_is_anothers() {
        const IDS: [&str; 2] = ["01234567-89AB-CDEF-0123-456789ABCDEF", "01234567-89AB-CDEF-0123-456789000000"];
        let folder = tempfile::tempdir().unwrap();
        for (name, id) in [("a.jpg", IDS[0]), ("b.jpg", IDS[1])] {
            let photo = [b"\xff\xd8\xff\xe1".as_slice(), APPLE, &[0; 300], id.as_bytes()].concat();
            std::fs::write(folder.path().join(name), photo).unwrap();
        }
        std::fs::write(folder.path().join("a.mov"), b"\0\0\0\x14ftypqt  \0\0\0\0qt  ").unwrap();
        let library = crate::walk::walk(folder.path(), false);
        let pairs = Pairs::new(&library.candidates);
        let film = library.candidates.iter().find(|file| file.place == "a.mov").unwrap();
        let photo = |id| pairs.of(film, id).map(|(photo, is_certain)| (photo.place.as_str(), is_certain));
        assert_eq!(photo(None), Some(("a.jpg", false)));
        assert_eq!(photo(Some(IDS[0])), Some(("a.jpg", true)));
        assert!(pairs.by_id.borrow().is_empty(), "nothing else was read");
        assert_eq!(photo(Some(IDS[1])), Some(("b.jpg", true)));
        assert_eq!(photo(Some(&IDS[0].replace('F', "E"))), None, "it is another film's");
    }

    #[test]
    fn names_meet_without_their_extensions() {
        assert_eq!(name("a/IMG_1.HEIC"), name("a/img_1.mov"));
        assert_ne!(name("a/IMG_1.HEIC"), name("b/IMG_1.MOV"));
        assert_ne!(name("IMG_1.HEIC"), name("IMG_1.HEIC.MOV"));
        assert_eq!((folder("a/b/c.jpg"), folder("c.jpg")), ("a/b", ""));
    }
}
