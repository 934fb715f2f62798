//! Misspelt names.

use platform::config::table::SETTINGS;

/// A name that commands read, and no service: the address that links begin with.
const OF_A_COMMAND: &str = "GALLERY_URL";
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
    let names = || SETTINGS.iter().map(|setting| setting.name.text());
    let most_like = || names().max_by(|one, other| likeness(one).total_cmp(&likeness(other)));
    names().find(|known| ends_with(name, known)).or_else(most_like).unwrap_or_default()
}

/// Whether a name is a known one with more before it: `GALLERY_TRUST_FORWARDED`, as 0.1.0 called it.
fn ends_with(name: &str, known: &str) -> bool {
    name.strip_suffix(known).is_some_and(|before| before.ends_with('_'))
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
    if is_known(name) || name == OF_A_COMMAND {
        return Likeness::None;
    }
    let nearest = nearest(name);
    let slipped = |known: &str| strsim::osa_distance(name, known) <= MAX_SLIPS.min(name.len() / 3);
    // `R2_BUCKET` for `R2_BUCKET_NAME`, and a slip in it.
    let begins = (MIN_BEGINNING..nearest.len()).any(|end| nearest.as_bytes()[end] == b'_' && slipped(&nearest[..end]));
    let family = FAMILIES.iter().find(|family| name.starts_with(**family));
    match family {
        _ if slipped(nearest) => Likeness::Slip,
        Some(family) if ends_with(name, nearest) || begins && nearest.starts_with(family) => Likeness::Slip,
        Some(_) => Likeness::Family,
        None => Likeness::None,
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
            ("GALLERY_TRUST_FORWARDED", "TRUST_FORWARDED"),
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
        assert_eq!(likeness("GALLERY_URL"), Likeness::None);
    }
}
