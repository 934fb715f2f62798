//! What services and packs call their objects, by which these are told from the originals of others.

use gallery::download::{PREFIX as DOWNLOADS, packs::PREFIX as PACKS};

use crate::bucket::CHECK;

/// Folders of which the gallery uses some names only.
const SHARED: [&str; 2] = [DOWNLOADS, PACKS];

/// Whether a service wrote the object for a download, or a check of the bucket left it.
pub fn is_download(object: &str) -> bool {
    object == CHECK || object.strip_prefix(DOWNLOADS).is_some_and(is_id)
}

/// Whether the object has the name of a pack.
pub fn is_pack(object: &str) -> bool {
    object.strip_prefix(PACKS).is_some_and(is_id)
}

/// Whether the object lies where downloads and packs do, and is none of them.
pub fn is_among_theirs(object: &str) -> bool {
    SHARED.iter().any(|prefix| object.starts_with(prefix)) && !is_download(object) && !is_pack(object)
}

/// The digits of a [`gallery::download::Id`].
fn is_id(name: &str) -> bool {
    name.len() == 32 && name.bytes().all(|byte| matches!(byte, b'0'..=b'9' | b'a'..=b'f'))
}

#[cfg(test)]
mod tests {
    use gallery::download::Id;

    use super::*;

    #[test]
    fn only_their_own_names_are_theirs() {
        let id = Id::of(b"manifest");
        assert!(is_download(&id.object()) && is_pack(&id.pack()) && is_download(CHECK));
        assert!(!is_download(&id.pack()) && !is_pack(&id.object()));
        let (manifest, pack) = (id.object(), id.pack());
        for name in [
            "downloads/a.jpg",
            "downloads/check.jpg",
            "packs/a.zip",
            "packs/check",
            &format!("{manifest}.jpg"),
            &format!("{manifest}/a.jpg"),
            &manifest.to_uppercase().replace("DOWNLOADS", "downloads"),
            &pack[..pack.len() - 1],
        ] {
            assert!(!is_download(name) && !is_pack(name) && is_among_theirs(name), "{name}");
        }
        for name in [manifest.as_str(), &pack, CHECK, "a.jpg", "a/downloads/a.jpg"] {
            assert!(!is_among_theirs(name), "{name}");
        }
    }
}
