//! The key of a file whose path is another item's key.

/// `a/IMG_0001.JPG` and `3fa9c1` give `a/IMG_0001-3fa9c1.JPG`.
pub fn with_suffix(key: &str, digits: &str) -> String {
    let name = key.rfind('/').map_or(0, |slash| slash + 1);
    match key[name..].rfind('.').filter(|dot| *dot > 0) {
        Some(dot) => format!("{}-{digits}{}", &key[..name + dot], &key[name + dot..]),
        None => format!("{key}-{digits}"),
    }
}

#[cfg(test)]
mod tests {
    use super::with_suffix;

    #[test]
    fn the_suffix_stands_before_the_extension() {
        for (key, with) in [
            ("IMG_0001.JPG", "IMG_0001-3fa9c1.JPG"),
            ("a.b/c", "a.b/c-3fa9c1"),
            ("a.b/c.d.jpg", "a.b/c.d-3fa9c1.jpg"),
            ("a/.hidden", "a/.hidden-3fa9c1"),
            ("% é (1).jpg", "% é (1)-3fa9c1.jpg"),
        ] {
            assert_eq!(with_suffix(key, "3fa9c1"), with);
        }
    }
}
