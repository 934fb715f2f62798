//! Checks of single settings, and the words for what is wrong with them.

use globset::{Glob, GlobBuilder};
use jiff::tz::TimeZone;
use serde::de::Error;
use serde::{Deserialize, Deserializer};

const LONGEST_NAME: usize = 100;
const LONGEST_TITLE: usize = 200;
const LONGEST_SUBTITLE: usize = 1000;

pub fn name<'de, D: Deserializer<'de>>(deserializer: D) -> Result<Option<String>, D::Error> {
    let name = one_line(deserializer, LONGEST_NAME)?;
    if name.contains('/') {
        return Err(D::Error::custom("the name holds a slash: leave it out"));
    }
    Ok(Some(name))
}

pub fn title<'de, D: Deserializer<'de>>(deserializer: D) -> Result<Option<String>, D::Error> {
    one_line(deserializer, LONGEST_TITLE).map(Some)
}

pub fn subtitle<'de, D: Deserializer<'de>>(deserializer: D) -> Result<Option<String>, D::Error> {
    one_line(deserializer, LONGEST_SUBTITLE).map(Some)
}

pub fn album<'de, D: Deserializer<'de>>(deserializer: D) -> Result<String, D::Error> {
    one_line(deserializer, LONGEST_TITLE)
}

pub fn cover<'de, D: Deserializer<'de>>(deserializer: D) -> Result<Option<String>, D::Error> {
    let path = String::deserialize(deserializer)?;
    check_path(&path).map_err(D::Error::custom)?;
    Ok(Some(path))
}

pub fn folders<'de, D: Deserializer<'de>>(deserializer: D) -> Result<Vec<String>, D::Error> {
    let mut folders = Vec::<String>::deserialize(deserializer)?;
    for folder in &mut folders {
        if folder.len() > 1 && folder.ends_with('/') {
            folder.pop();
        }
        check_path(folder).map_err(D::Error::custom)?;
    }
    Ok(folders)
}

pub fn globs<'de, D: Deserializer<'de>>(deserializer: D) -> Result<Vec<String>, D::Error> {
    let globs = Vec::<String>::deserialize(deserializer)?;
    for pattern in &globs {
        if let Err(error) = glob(pattern) {
            return Err(D::Error::custom(format!("{pattern:?} is not a pattern: {}", error.kind())));
        }
        if pattern.is_empty() || pattern.starts_with('/') {
            return Err(D::Error::custom(format!(
                "{pattern:?} fits nothing: patterns are for paths below the library"
            )));
        }
    }
    Ok(globs)
}

/// Returns the name as the time zone database spells it.
pub fn time_zone<'de, D: Deserializer<'de>>(deserializer: D) -> Result<Option<String>, D::Error> {
    let name = String::deserialize(deserializer)?;
    match TimeZone::get(&name) {
        Ok(zone) => Ok(Some(zone.iana_name().map_or(name, str::to_owned))),
        Err(_) => Err(D::Error::custom(match similar_zone(&name) {
            Some(similar) => format!("there is no time zone {name:?}: did you mean {similar:?}?"),
            None => format!("there is no time zone {name:?}: write a name such as \"Europe/Berlin\""),
        })),
    }
}

/// Finds `Europe/Berlin` for `berlin` and `Europe/Belrin`.
fn similar_zone(name: &str) -> Option<String> {
    let known: Vec<_> = jiff::tz::db().available().map(|zone| zone.as_str().to_owned()).collect();
    let city = |zone: &&String| zone.rsplit('/').next().is_some_and(|city| city.eq_ignore_ascii_case(name));
    known.iter().find(city).cloned().or_else(|| nearest(name, known.iter().map(String::as_str)).map(str::to_owned))
}

fn one_line<'de, D: Deserializer<'de>>(deserializer: D, longest: usize) -> Result<String, D::Error> {
    let text = String::deserialize(deserializer)?;
    if text.trim().is_empty() {
        return Err(D::Error::custom("the text is empty: write something, or leave the line out"));
    }
    if text.chars().any(char::is_control) {
        return Err(D::Error::custom("the text holds a line break or a control character: leave it out"));
    }
    if text.chars().count() > longest {
        return Err(D::Error::custom(format!("the text is longer than {longest} characters: shorten it")));
    }
    Ok(text)
}

/// Checks a path below the library.
fn check_path(path: &str) -> Result<(), String> {
    let is_drive = matches!(path.as_bytes(), [letter, b':', b'/' | b'\\', ..] if letter.is_ascii_alphabetic());
    if path.starts_with(['/', '\\']) || is_drive {
        return Err(format!("{path:?} is an absolute path: write the path below the library, as in \"2024/June\""));
    }
    if path.split('/').any(|part| matches!(part, "" | "." | "..")) {
        return Err(format!("{path:?} is no path below the library: write names with / between them, and no . or .."));
    }
    if path.chars().any(char::is_control) {
        return Err("the path holds a line break or a control character: rename the file".to_owned());
    }
    Ok(())
}

/// Puts a message of the parser into plain words, on one line.
pub fn plainly(message: &str) -> String {
    let message: Vec<_> = message.lines().map(str::trim).filter(|line| !line.is_empty()).collect();
    let message: String = message.join("; ").chars().map(|c| if c.is_control() { '\u{fffd}' } else { c }).collect();
    // ``unknown field `titel`, expected one of `name`, `title` ``
    let Some((what, rest)) = message.strip_prefix("unknown ").and_then(|rest| rest.split_once(" `")) else {
        return message;
    };
    let Some((name, known)) = rest.split_once("`, expected ") else { return message };
    let known: Vec<_> = known.split('`').skip(1).step_by(2).collect();
    let what = if what == "field" { "setting" } else { "value" };
    match nearest(name, known.iter().copied()) {
        Some(similar) => format!("there is no {what} `{name}`: did you mean `{similar}`?"),
        None => format!("there is no {what} `{name}`: write one of `{}`", known.join("`, `")),
    }
}

/// The known name that a slip of the hand may have turned into `name`.
fn nearest<'a>(name: &str, known: impl Iterator<Item = &'a str>) -> Option<&'a str> {
    let name = name.to_lowercase();
    let with_distance = known.map(|known| (strsim::osa_distance(&name, &known.to_lowercase()), known));
    with_distance.min().filter(|(distance, known)| distance * 3 <= known.len()).map(|(_, known)| known)
}

/// A pattern of an album, in which `*` ends at a slash.
pub fn glob(pattern: &str) -> Result<Glob, globset::Error> {
    GlobBuilder::new(pattern).literal_separator(true).backslash_escape(true).build()
}
