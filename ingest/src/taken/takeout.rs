//! The JSON that Google's Takeout writes beside each photo or film.

use jiff::Timestamp;
use serde::Deserialize;

use super::{File, Moment, Source, Taken, beside};

/// Takeout cuts the name before `.json`, and before the number of a copy, to this many characters.
const LONGEST: usize = 46;
const SUPPLEMENT: &str = ".supplemental-metadata";
/// What Google Photos adds to the name of a picture that was edited there. The JSON is that of the original.
const EDITED: [&str; 8] =
    ["-edited", "-bearbeitet", "-modifié", "-editado", "-modificato", "-bewerkt", "-edytowane", "-redigerad"];

#[derive(Deserialize)]
struct Json {
    #[serde(rename = "photoTakenTime")]
    taken: Time,
}

#[derive(Deserialize)]
struct Time {
    timestamp: Seconds,
}

/// Seconds since 1970. Takeout writes them as text.
#[derive(Deserialize)]
#[serde(untagged)]
enum Seconds {
    Text(String),
    Number(i64),
}

/// The dates beside a photo or film, most likely first.
pub fn sidecars<'f>(file: &'f File<'f>) -> impl Iterator<Item = Taken> + use<'f> {
    let names = file.path.file_name().and_then(|name| name.to_str()).map(names).unwrap_or_default();
    names.into_iter().filter_map(|name| read(&beside::read(file, &name)?))
}

fn read(json: &[u8]) -> Option<Taken> {
    let seconds = match serde_json::from_slice::<Json>(json).ok()?.taken.timestamp {
        Seconds::Text(text) => text.trim().parse().ok()?,
        Seconds::Number(number) => number,
    };
    let moment = Moment::Instant(Timestamp::from_second(seconds).ok()?);
    Some(Taken { moment, source: Source::Takeout, offset: None })
}

/// The names that the JSON of a file may have. For `a(1).jpg` these are `a.jpg.supplemental-metadata(1).json` and
/// `a.jpg(1).json`.
fn names(name: &str) -> Vec<String> {
    let mut names = Vec::new();
    let (stem, extension) =
        name.rsplit_once('.').map_or((name, String::new()), |(stem, end)| (stem, format!(".{end}")));
    let (stem, number) = without_number(stem);
    let original = EDITED.iter().find_map(|edited| stem.strip_suffix(edited));
    for stem in [Some(stem), original].into_iter().flatten() {
        let mut add = |name: String, number: &str| {
            for whole in [format!("{name}{SUPPLEMENT}"), name] {
                let json = format!("{}{number}.json", whole.chars().take(LONGEST).collect::<String>());
                if !names.contains(&json) {
                    names.push(json);
                }
            }
        };
        add(format!("{stem}{extension}"), number);
        if !number.is_empty() {
            // The number may be part of the name that the photo had before.
            add(format!("{stem}{number}{extension}"), "");
        }
    }
    names
}

/// `a` and `(1)` of `a(1)`.
fn without_number(stem: &str) -> (&str, &str) {
    let number = stem.strip_suffix(')').and_then(|rest| rest.rsplit_once('('));
    match number {
        Some((before, digits)) if !digits.is_empty() && digits.bytes().all(|byte| byte.is_ascii_digit()) => {
            stem.split_at(before.len())
        }
        _ => (stem, ""),
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn names_of_the_json() {
        let long = |character: &str, end| character.repeat(43) + end;
        for (name, expected) in [
            ("a.jpg", "a.jpg.json"),
            ("a.jpg", "a.jpg.supplemental-metadata.json"),
            ("a(1).jpg", "a.jpg(1).json"),
            ("a(1).jpg", "a.jpg.supplemental-metadata(1).json"),
            ("a(1).jpg", "a(1).jpg.supplemental-metadata.json"),
            ("a-edited.jpg", "a.jpg.json"),
            ("a-edited.jpg", "a.jpg.supplemental-metadata.json"),
            ("a-edited(2).jpg", "a.jpg.supplemental-metadata(2).json"),
            ("a-modifié.jpg", "a.jpg.json"),
            ("PXL_20240615_140322123.PORTRAIT.jpg", "PXL_20240615_140322123.PORTRAIT.jpg.supplement.json"),
            ("Screenshot_20240615-140322_Some Browser.jpg", "Screenshot_20240615-140322_Some Browser.jpg.su.json"),
            (&long("0", ".jpg"), &long("0", ".jp.json")),
            (&long("é", ".jpg"), &long("é", ".jp.json")),
            ("no end", "no end.json"),
        ] {
            assert!(names(name).iter().any(|name| name == expected), "{name}: {expected} in {:?}", names(name));
        }
        assert_eq!(names("a(b).jpg"), ["a(b).jpg.supplemental-metadata.json", "a(b).jpg.json"]);
        assert_eq!(names("a-edited.jpg")[0], "a-edited.jpg.supplemental-metadata.json", "its own JSON comes first");
    }

    #[test]
    fn what_is_in_the_json() {
        for (json, expected) in [
            (r#"{"title":"a","photoTakenTime":{"timestamp":"1718459600","formatted":"x"}}"#, Some(1_718_459_600)),
            (r#"{"photoTakenTime":{"timestamp":1718459600}}"#, Some(1_718_459_600)),
            (r#"{"photoTakenTime":{"timestamp":"-315619200"}}"#, Some(-315_619_200)),
            (r#"{"creationTime":{"timestamp":"1718459600"}}"#, None),
            (r#"{"photoTakenTime":{"timestamp":"soon"}}"#, None),
            (r#"{"photoTakenTime":{"timestamp":"99999999999999"}}"#, None),
            ("[]", None),
            ("", None),
        ] {
            let expected = expected.map(|seconds| Moment::Instant(Timestamp::from_second(seconds).unwrap()));
            assert_eq!(read(json.as_bytes()).map(|taken| taken.moment), expected, "{json}");
        }
    }

    #[test]
    fn it_is_found_beside() {
        let folder = tempfile::tempdir().unwrap();
        let json = r#"{"photoTakenTime":{"timestamp":"1718459600"}}"#;
        std::fs::write(folder.path().join("a.jpg.supplemental-metadata(1).json"), json).unwrap();
        for (name, count) in [("a(1).jpg", 1), ("a.jpg", 0), ("a-edited(1).jpg", 1)] {
            let path = folder.path().join(name);
            assert_eq!(sidecars(&File::new(&path, Timestamp::UNIX_EPOCH)).count(), count, "{name}");
        }
    }
}
