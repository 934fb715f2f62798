//! The tracks of a film besides its pictures: sounds, subtitles and chapters.

use std::collections::BTreeMap;

use isolang::Language;

use crate::facts::clean;

/// What a viewer chooses a track by.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct Label {
    /// Differs from that of every other track of its kind. It has no quotation marks.
    pub name: String,
    /// A language tag (BCP 47), where the language is known.
    pub language: Option<String>,
}

/// A sound of the film.
#[derive(Clone, Debug, PartialEq)]
pub struct Sound {
    /// Of the stream, for ffmpeg.
    pub index: u32,
    pub label: Label,
    /// In seconds, where the file says it.
    pub duration: Option<f64>,
}

/// Subtitles in the film.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Text {
    pub index: u32,
    pub label: Label,
    pub is_forced: bool,
}

/// A stretch of the film with a title.
#[derive(Clone, Debug, PartialEq)]
pub struct Chapter {
    /// In seconds.
    pub start: f64,
    pub end: f64,
    pub title: String,
}

/// The most tracks of a kind that are taken in. Each sound costs an encode.
pub const MOST: usize = 16;
const LONGEST_NAME: usize = 80;

impl Label {
    /// The label of a track with these tags.
    pub fn of(tags: &BTreeMap<String, String>) -> Self {
        let tag = |name: &str| tags.iter().find(|(key, _)| key.eq_ignore_ascii_case(name)).map(|(_, value)| value);
        let language = tag("language").and_then(|code| language(code));
        let title = tag("title").or_else(|| tag("name")).and_then(|title| clean(title));
        Self::new(title, language)
    }

    pub fn new(title: Option<String>, language: Option<Language>) -> Self {
        let of_language = || language.map(|language| language.to_autonym().unwrap_or_else(|| language.to_name()));
        let name = title.or_else(|| of_language().map(capitalized)).unwrap_or_default();
        let name = name.chars().filter(|c| *c != '"' && !c.is_control()).take(LONGEST_NAME).collect();
        Self { name, language: language.map(tag) }
    }
}

/// Many languages write their own name small, which looks odd in a list.
fn capitalized(name: &str) -> String {
    let mut rest = name.chars();
    rest.next().map_or_else(String::new, |first| first.to_uppercase().chain(rest).collect())
}

/// The language of a code: of two letters or three, or a tag that begins with one (`pt-BR`).
pub fn language(code: &str) -> Option<Language> {
    let code = code.split(['-', '_']).next()?.to_ascii_lowercase();
    if matches!(code.as_str(), "und" | "mis" | "mul" | "zxx") {
        return None;
    }
    Language::from_639_1(&code).or_else(|| Language::from_639_3(&code)).or_else(|| bibliographic(&code))
}

/// The codes of ISO 639-2/B that differ from those of 639-3. Matroska uses them.
fn bibliographic(code: &str) -> Option<Language> {
    const CODES: [(&str, &str); 20] = [
        ("alb", "sqi"),
        ("arm", "hye"),
        ("baq", "eus"),
        ("bur", "mya"),
        ("chi", "zho"),
        ("cze", "ces"),
        ("dut", "nld"),
        ("fre", "fra"),
        ("geo", "kat"),
        ("ger", "deu"),
        ("gre", "ell"),
        ("ice", "isl"),
        ("mac", "mkd"),
        ("mao", "mri"),
        ("may", "msa"),
        ("per", "fas"),
        ("rum", "ron"),
        ("slo", "slk"),
        ("tib", "bod"),
        ("wel", "cym"),
    ];
    CODES.iter().find(|(from, _)| *from == code).and_then(|(_, to)| Language::from_639_3(to))
}

/// The shortest code (RFC 5646 section 2.2.1).
fn tag(language: Language) -> String {
    language.to_639_1().unwrap_or_else(|| language.to_639_3()).to_owned()
}

/// Gives each label a name of its own. `kind` stands for a track that says nothing of itself.
pub fn tell_apart<'l>(labels: impl IntoIterator<Item = &'l mut Label>, kind: &str) {
    let mut taken: Vec<String> = Vec::new();
    for label in labels {
        let base = if label.name.is_empty() { kind.to_owned() } else { label.name.clone() };
        let mut numbered = (2..).map(|number| format!("{base} {number}"));
        let mut name = base.clone();
        while taken.contains(&name) {
            name = numbered.next().unwrap_or_default();
        }
        taken.push(name.clone());
        label.name = name;
    }
}

/// Chapters as Apple's players read them (`com.apple.hls.chapters`,
/// <https://developer.apple.com/documentation/http-live-streaming/providing-javascript-object-notation-json-chapters>).
pub fn chapters_json(chapters: &[Chapter]) -> String {
    let chapters: Vec<_> = chapters
        .iter()
        .enumerate()
        .map(|(index, chapter)| {
            serde_json::json!({
                "chapter": index + 1,
                "start-time": milliseconds(chapter.start),
                "duration": milliseconds(chapter.end - chapter.start),
                "titles": [{ "language": "und", "title": chapter.title }],
            })
        })
        .collect();
    serde_json::Value::from(chapters).to_string()
}

fn milliseconds(seconds: f64) -> f64 {
    (seconds * 1000.0).round() / 1000.0
}

#[cfg(test)]
mod tests {
    use super::*;

    fn label(tags: &[(&str, &str)]) -> (String, Option<String>) {
        let tags = tags.iter().map(|(name, value)| ((*name).to_owned(), (*value).to_owned())).collect();
        let label = Label::of(&tags);
        (label.name, label.language)
    }

    #[test]
    fn labels() {
        let named = |name: &str, language: Option<&str>| (name.to_owned(), language.map(str::to_owned));
        assert_eq!(label(&[("language", "eng")]), named("English", Some("en")));
        assert_eq!(label(&[("LANGUAGE", "ger"), ("title", "Say \"hi\"\n")]), named("Say hi", Some("de")));
        assert_eq!(label(&[("language", "fre")]), named("Français", Some("fr")));
        assert_eq!(label(&[("language", "pt-BR")]), named("Português", Some("pt")));
        assert_eq!(label(&[("language", "gsw")]).1.as_deref(), Some("gsw"));
        assert_eq!(label(&[("language", "und")]), named("", None));
        assert_eq!(label(&[("language", "")]), named("", None));
    }

    #[test]
    fn no_two_tracks_have_one_name() {
        let named = |name: &str| Label { name: name.to_owned(), language: None };
        let mut labels = ["", "English", "English", "", "English 2"].map(named);
        tell_apart(&mut labels, "Sound");
        assert_eq!(labels.map(|label| label.name), ["Sound", "English", "English 2", "Sound 2", "English 2 2"]);
    }

    #[test]
    fn chapters() {
        let chapter = |start, end, title: &str| Chapter { start, end, title: title.to_owned() };
        let json = chapters_json(&[chapter(0.0, 61.5, "The \"yes\""), chapter(61.5, 90.0, "Tanz")]);
        let read: serde_json::Value = serde_json::from_str(&json).unwrap();
        assert_eq!(read[1]["start-time"], 61.5);
        assert_eq!(read[1]["duration"], 28.5);
        assert_eq!(read[0]["titles"][0]["title"], "The \"yes\"");
    }
}
