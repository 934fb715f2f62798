//! What is where in a view: enough to lay out every item before any block is read.

use serde::Serialize;

use super::{Directory, Index, View};
use crate::media::Media;

/// The answer to `GET /api/timeline`.
#[derive(Debug, Serialize)]
#[serde(rename_all = "camelCase")]
pub struct Timeline<'a> {
    pub title: Option<&'a str>,
    pub subtitle: Option<&'a str>,
    /// The key of a photo.
    pub cover: Option<&'a str>,
    /// Every view, with its name, title and number of items.
    pub views: &'a [Named],
    pub view: &'a str,
    pub count: usize,
    /// Each day, with the number of items that follow one another on it, in the order of the view.
    pub days: Vec<(&'a str, usize)>,
    /// The shape of each item, see [`shape`].
    pub ratios: String,
    /// The names of the blocks, with their numbers of items.
    pub blocks: Vec<(String, usize)>,
}

/// A view, as the timeline lists it.
#[derive(Clone, Debug, PartialEq, Serialize)]
pub struct Named {
    pub name: String,
    /// The title of an album.
    pub title: Option<String>,
    pub count: usize,
}

impl Named {
    pub fn of(view: &View, title: Option<&str>, count: usize) -> Self {
        Self { name: view.name().to_owned(), title: title.map(str::to_owned), count }
    }
}

/// The days of a view, and the shapes of its items.
pub fn days<'a>(items: impl Iterator<Item = &'a Media>) -> Vec<(&'a str, usize)> {
    let mut days: Vec<(&str, usize)> = Vec::new();
    for item in items {
        match days.last_mut() {
            Some((day, count)) if *day == item.day() => *count += 1,
            _ => days.push((item.day(), 1)),
        }
    }
    days
}

/// The names of a view's blocks, with their numbers of items.
pub fn blocks(view: &View, directory: &Directory) -> Vec<(String, usize)> {
    let name = |block: &super::Block| super::BlockName { view: view.clone(), hash: block.hash }.to_string();
    directory.blocks().iter().map(|block| (name(block), block.count)).collect()
}

/// An item's width to its height, in one character: from `#`, a quarter, in 90 equal steps of the logarithm to `~`,
/// four times. `\` is left out, because JSON would need two characters for it. A square is in the middle; so is an
/// item of unknown size. Neighbouring steps differ by 3 %.
pub fn shape(width: Option<i64>, height: Option<i64>) -> char {
    let code = match (width, height) {
        (Some(width), Some(height)) if width > 0 && height > 0 => {
            #[allow(clippy::cast_precision_loss)] // a picture's sides are small numbers
            let ratio = (width as f64 / height as f64).log2();
            #[allow(clippy::cast_possible_truncation, clippy::cast_sign_loss)] // 0 to 90
            let code = (ratio * 22.5 + 45.0).round().clamp(0.0, 90.0) as u8;
            code
        }
        _ => 45,
    };
    let byte = b'#' + code;
    char::from(if byte < b'\\' { byte } else { byte + 1 })
}

impl Index {
    /// The beginning of a timeline, which differs from version to version: the rest is rendered once for a view.
    pub fn timeline_start(&self) -> String {
        format!(r#"{{"version":"{}","#, self.version)
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn shapes_are_printable_and_close() {
        assert_eq!(shape(Some(1), Some(4)), '#');
        assert_eq!(shape(Some(9), Some(1)), '~');
        assert_eq!(shape(Some(1), Some(1)), 'P');
        assert_eq!(shape(None, Some(3)), 'P');
        assert_eq!(shape(Some(0), Some(-3)), 'P');
        for (width, height) in [(4000, 3000), (3000, 4000), (1920, 1080), (1080, 1920), (3, 2), (21, 9), (1, 2)] {
            let shown = shape(Some(width), Some(height));
            assert!(shown.is_ascii_graphic() && shown != '\\' && shown != '"');
            let byte = shown as u8;
            let code = byte - b'#' - u8::from(byte > b'\\');
            let ratio = ((f64::from(code) - 45.0) * 4.0 / 90.0).exp2();
            #[allow(clippy::cast_precision_loss)]
            let wanted = width as f64 / height as f64;
            assert!((ratio / wanted - 1.0).abs() < 0.016, "{width}x{height}: {ratio}");
        }
    }
}
