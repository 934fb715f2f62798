//! The names of what systems, photo programs and cameras leave between a person's pictures.

use std::path::Path;

/// Folders on network drives and on Linux, which tell capitals from small letters.
const FOLDERS: &[&str] = &[
    "@eaDir",             // Synology: thumbnails, in every folder of photos
    "#recycle",           // Synology, and others after it: the recycle bin of a share
    "#snapshot",          // Synology: earlier copies of a share
    "@sharesnap",         // Synology: the same at the root of a volume
    "@tmp",               // Synology: temporary files at the root of a volume
    "@Recycle",           // QNAP: the recycle bin of a share
    "@Recently-Snapshot", // QNAP: earlier copies of a share
    "@Transcode",         // QNAP: smaller copies of films
    "~snapshot",          // NetApp: earlier copies of a share
    "lost+found",         // Linux: what a check of the file system found
];

/// Folders of Windows and macOS, which do not tell capitals from small letters.
const FOLDERS_IN_ANY_CASE: &[&str] = &[
    "$RECYCLE.BIN",              // Windows: the recycle bin
    "RECYCLER",                  // Windows XP: the recycle bin
    "System Volume Information", // Windows: restore points
    "__MACOSX",                  // macOS: resource forks in a ZIP
    "Network Trash Folder",      // macOS: the bin of a shared folder
    "Temporary Items",           // macOS: temporary files in a shared folder
];

/// The ends of the names of folders that a program shows as one document.
const PACKAGES: &[&str] = &[
    ".photoslibrary",        // Apple Photos
    ".photolibrary",         // Apple iPhoto
    ".migratedphotolibrary", // Apple iPhoto, after the move to Photos
    ".aplibrary",            // Apple Aperture
    ".migratedaplibrary",    // Apple Aperture, after the move to Photos
    ".lrdata",               // Adobe Lightroom Classic: previews, beside the catalogue
    ".lrcat-data",           // Adobe Lightroom Classic: masks, beside the catalogue
    ".lrlibrary",            // Adobe Lightroom: its store on a Mac
    ".cocatalog",            // Capture One: a catalogue on a Mac
];

/// A folder that is left out only below a folder of this name.
const CACHES: &[(&str, &str)] = &[
    ("CaptureOne", "Cache"), // Capture One: previews, beside the photos of a session
];

/// Files of Windows.
const FILES: &[&str] = &[
    "Thumbs.db",   // thumbnails
    "ehthumbs.db", // thumbnails of the Media Center
    "desktop.ini", // how a folder is shown
];

/// The ends of the names of files that cameras write beside each film, to show it on their small screens.
const COMPANIONS: &[&str] = &[
    ".thm", // GoPro, Canon, Sony: a small picture
    ".lrv", // GoPro, Insta360: the film in low resolution
    ".lrf", // DJI: the same
];

/// Whether a file or folder is left out for its name. Hidden names are those that begin with a dot: `.@__thumb`,
/// `.Trash-1000`, `.picasaoriginals`, `.stversions`, AppleDouble's `._IMG_1.jpg`.
pub fn is_leftover(path: &Path, is_folder: bool) -> bool {
    let Some(name) = path.file_name() else { return false };
    if name.as_encoded_bytes().starts_with(b".") {
        return true;
    }
    // A name that is not UTF-8 is none of these.
    let Some(name) = name.to_str() else { return false };
    let is = |known: &&str| known.eq_ignore_ascii_case(name);
    if !is_folder {
        return FILES.iter().any(is) || COMPANIONS.iter().any(|end| ends_with(name, end));
    }
    let parent = path.parent().and_then(Path::file_name).and_then(|parent| parent.to_str());
    FOLDERS.contains(&name)
        || FOLDERS_IN_ANY_CASE.iter().any(is)
        || PACKAGES.iter().any(|end| ends_with(name, end))
        || CACHES.iter().any(|(above, below)| is(below) && parent.is_some_and(|it| it.eq_ignore_ascii_case(above)))
}

fn ends_with(name: &str, end: &str) -> bool {
    let at = name.len().checked_sub(end.len());
    at.and_then(|at| name.get(at..)).is_some_and(|tail| tail.eq_ignore_ascii_case(end))
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn folders_are_known_by_name() {
        for name in FOLDERS.iter().chain(FOLDERS_IN_ANY_CASE) {
            assert!(is_leftover(&Path::new("2024").join(name), true), "{name}");
            assert!(!is_leftover(&Path::new("2024").join(name), false), "{name}: a file");
            assert!(!is_leftover(&Path::new("2024").join(format!("my {name}")), true), "my {name}");
        }
        for name in ["$Recycle.Bin", "recycler", "SYSTEM VOLUME INFORMATION", ".thumbnails", ".@__thumb", ".a.jpg"] {
            assert!(is_leftover(Path::new(name), true), "{name}");
        }
        for name in ["@eadir", "LOST+FOUND", "2024", "Cache", "CaptureOne", "Größe", "é", "@"] {
            assert!(!is_leftover(Path::new(name), true), "{name}");
        }
    }

    #[test]
    fn packages_are_known_by_the_end_of_the_name() {
        for end in PACKAGES {
            assert!(is_leftover(Path::new(&format!("Our pictures{end}")), true), "{end}");
            assert!(is_leftover(Path::new(&format!("ÄÖÜ{}", end.to_uppercase())), true), "{end}");
            assert!(!is_leftover(Path::new(&format!("Our pictures{end}")), false), "{end}: a file");
            assert!(!is_leftover(Path::new(&format!("Our pictures{end} 2")), true), "{end} 2");
        }
        assert!(!is_leftover(Path::new("photoslibrary"), true));
    }

    #[test]
    fn a_cache_is_left_out_below_its_program_only() {
        assert!(is_leftover(Path::new("2024/CaptureOne/Cache"), true));
        assert!(!is_leftover(Path::new("2024/Other/Cache"), true));
        assert!(!is_leftover(Path::new("2024/CaptureOne/Settings"), true));
    }

    #[test]
    fn files_are_known_by_name() {
        for name in ["Thumbs.db", "thumbs.DB", "ehthumbs.db", "Desktop.ini", "._IMG_1.jpg", ".hidden.jpg"] {
            assert!(is_leftover(&Path::new("2024").join(name), false), "{name}");
        }
        for name in ["GX010001.THM", "GL010001.LRV", "dji_0001.lrf"] {
            assert!(is_leftover(&Path::new("2024").join(name), false), "{name}");
            assert!(!is_leftover(&Path::new("2024").join(name), true), "{name}: a folder");
        }
        for name in ["a.jpg", "Thumbs.db.jpg", "_a.jpg", "a.thm.jpg", "thm"] {
            assert!(!is_leftover(Path::new(name), false), "{name}");
        }
        assert!(!is_leftover(Path::new("Thumbs.db"), true));
    }
}
