//! Misspelt names.

use platform::config::table::SETTINGS;

/// The beginnings of the gallery's names. A name that begins like this and is not in the table is a misspelt name of
/// the gallery.
const FAMILIES: [&str; 6] = ["R2_", "S3_", "GALLERY_", "VIDEO_", "SQL_", "KV_MAX_"];
/// The most typing errors in a name that is still recognised.
const MAX_SLIPS: usize = 2;
/// The shortest beginning of a name that tells which one is meant.
const MIN_BEGINNING: usize = 8;

/// Whether the table has the name.
pub fn is_known(name: &str) -> bool {
    SETTINGS.iter().any(|setting| setting.name.text() == name)
}

/// The known name that is most like an unknown name.
pub fn nearest(name: &str) -> &'static str {
    let likeness = |known: &str| strsim::jaro_winkler(known, name);
    let names = SETTINGS.iter().map(|setting| setting.name.text());
    names.max_by(|one, other| likeness(one).total_cmp(&likeness(other))).unwrap_or_default()
}

/// How much a name among those of other programs looks like one of ours.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Likeness {
    /// It is one of ours, or nothing like one.
    None,
    /// It begins as ours do.
    Family,
    /// It is one of ours but for a slip, or for a part that was left out.
    Slip,
}

pub fn likeness(name: &str) -> Likeness {
    if is_known(name) {
        return Likeness::None;
    }
    let nearest = nearest(name);
    let slipped = |known: &str| strsim::osa_distance(name, known) <= MAX_SLIPS.min(name.len() / 4);
    // `R2_BUCKET` for `R2_BUCKET_NAME`, and a slip in it.
    let begins = (MIN_BEGINNING..nearest.len()).any(|end| nearest.as_bytes()[end] == b'_' && slipped(&nearest[..end]));
    let in_family = FAMILIES.iter().any(|family| name.starts_with(family));
    if slipped(nearest) || in_family && begins {
        Likeness::Slip
    } else if in_family {
        Likeness::Family
    } else {
        Likeness::None
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn misspelt_names_are_known_for_what_they_are() {
        for (misspelt, meant) in [
            ("R2_BUKET", "R2_BUCKET_NAME"),
            ("R2_BUCKET", "R2_BUCKET_NAME"),
            ("AUTH_SECERT", "AUTH_SECRET"),
            ("CATALOG", "CATALOGUE"),
            ("ALLOWED_ORIGIN", "ALLOWED_ORIGINS"),
            ("GALLERY_PASSWROD", "GALLERY_PASSWORD"),
            ("VIDEO_API", "VIDEO_API_BASE"),
        ] {
            assert_eq!((likeness(misspelt), nearest(misspelt)), (Likeness::Slip, meant), "{misspelt}");
        }
    }

    #[test]
    fn names_of_the_same_family_may_be_others() {
        for other in ["S3_BUCKET", "SQL_HOST", "VIDEO_DEVICE", "GALLERY_THEME"] {
            assert_eq!(likeness(other), Likeness::Family, "{other} is taken for {}", nearest(other));
        }
    }

    #[test]
    fn other_programs_names_are_left_alone() {
        for other in ["PATH", "HOME", "LANG", "AWS_REGION", "SSL_CERT_DIR", "CARGO_HOME", "EDITOR", "SQLITE_HISTORY"] {
            assert_eq!(likeness(other), Likeness::None, "{other} is taken for {}", nearest(other));
        }
        assert_eq!(likeness("R2_BUCKET_NAME"), Likeness::None);
    }
}
