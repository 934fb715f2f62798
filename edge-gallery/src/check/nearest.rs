//! Misspelt names.

use platform::config::table::SETTINGS;

/// The beginnings of the gallery's names. A name that begins like this and is not in the table is a misspelt name of
/// the gallery.
const FAMILIES: [&str; 6] = ["R2_", "S3_", "GALLERY_", "VIDEO_", "SQL_", "KV_MAX_"];
/// The most typing errors in a name that is still recognised.
const MAX_SLIPS: usize = 2;

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

/// Whether a name among the names of other programs looks like a misspelt name of the gallery.
pub fn is_meant_for_us(name: &str) -> bool {
    if is_known(name) {
        return false;
    }
    FAMILIES.iter().any(|family| name.starts_with(family))
        || strsim::osa_distance(name, nearest(name)) <= MAX_SLIPS.min(name.len() / 4)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn misspelt_names_are_known_for_what_they_are() {
        for (misspelt, meant) in [
            ("R2_BUKET", "R2_BUCKET_NAME"),
            ("R2_BUCKET", "R2_BUCKET_NAME"),
            ("R2_SECRET_KEY", "R2_SECRET_ACCESS_KEY"),
            ("AUTH_SECERT", "AUTH_SECRET"),
            ("CATALOG", "CATALOGUE"),
            ("ALLOWED_ORIGIN", "ALLOWED_ORIGINS"),
            ("GALLERY_PASWORD", "GALLERY_PASSWORD"),
            ("VIDEO_API", "VIDEO_API_BASE"),
        ] {
            assert!(is_meant_for_us(misspelt), "{misspelt}");
            assert_eq!(nearest(misspelt), meant);
        }
    }

    #[test]
    fn other_programs_names_are_left_alone() {
        for other in ["PATH", "HOME", "LANG", "AWS_REGION", "SSL_CERT_DIR", "CARGO_HOME", "EDITOR", "SQLITE_HISTORY"] {
            assert!(!is_meant_for_us(other), "{other} is taken for {}", nearest(other));
        }
    }
}
