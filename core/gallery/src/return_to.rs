//! The path to which the browser goes after login. It is always a path of this origin.

/// The longest path that is accepted, in bytes.
const MAX_BYTES: usize = 2048;

/// The target, if no browser can read it as a way out of this origin. Otherwise `None`.
///
/// A browser's URL parser (<https://url.spec.whatwg.org/#concept-basic-url-parser>) drops tabs and newlines, strips
/// leading spaces and reads `\` as `/`. The target must therefore have one leading slash, no second, no backslash,
/// and no control character.
pub fn same_origin(target: &str) -> Option<&str> {
    let inside = target.len() <= MAX_BYTES
        && target.starts_with('/')
        && !target.starts_with("//")
        && !target.chars().any(|c| c == '\\' || c.is_control());
    inside.then_some(target)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn paths_of_this_origin_pass() {
        for good in ["/", "/#/m/2024/a%20b.jpg", "/x?y=//z", "/a//b", "/é"] {
            assert_eq!(same_origin(good), Some(good));
        }
    }

    #[test]
    fn everything_else_is_dropped() {
        for bad in [
            "",
            "x",
            "//evil.example",
            "/\\evil.example",
            "\\/evil.example",
            "/\t/evil.example",
            "/\n/evil.example",
            " //evil.example",
            "https://evil.example",
            "javascript:alert(1)",
            "/a\\b",
            "/\u{0}",
            "/\r",
            "///evil.example",
            &format!("/{}", "a".repeat(2048)),
        ] {
            assert_eq!(same_origin(bad), None, "{bad:?}");
        }
    }
}
