//! The place where a listing goes on: an opaque, versioned keyset cursor.

use base64::{Engine as _, engine::general_purpose::URL_SAFE_NO_PAD};

use crate::{MediaKey, media::MediaType};

const VERSION: u8 = 1;
/// The longest date that a cursor holds, in bytes.
const MAX_DATE_BYTES: usize = 64;

/// The last item of a page, and the filter of the listing that the page belongs to.
///
/// Bytes: version, filter, length of the date, the date, the key; in unpadded base64url.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Cursor {
    pub filter: Option<MediaType>,
    /// The date by which the listing is ordered: the date taken, else the date of upload.
    pub date: String,
    pub key: String,
}

const fn filter_byte(filter: Option<MediaType>) -> u8 {
    match filter {
        None => 0,
        Some(MediaType::Image) => 1,
        Some(MediaType::Video) => 2,
    }
}

impl Cursor {
    pub fn encode(&self) -> String {
        // A longer date cannot come from the catalogue's writers. A cut date would at worst repeat or skip rows.
        let date = &self.date.as_bytes()[..self.date.floor_char_boundary(MAX_DATE_BYTES)];
        let mut bytes = vec![VERSION, filter_byte(self.filter), u8::try_from(date.len()).unwrap_or(0)];
        bytes.extend_from_slice(date);
        bytes.extend_from_slice(self.key.as_bytes());
        URL_SAFE_NO_PAD.encode(bytes)
    }

    /// `None` for anything that [`Cursor::encode`] did not write.
    pub fn decode(text: &str) -> Option<Self> {
        let bytes = URL_SAFE_NO_PAD.decode(text).ok()?;
        let (&[VERSION, filter, length], rest) = bytes.split_first_chunk::<3>()? else {
            return None;
        };
        let filter = match filter {
            0 => None,
            1 => Some(MediaType::Image),
            2 => Some(MediaType::Video),
            _ => return None,
        };
        let (date, key) = rest.split_at_checked(usize::from(length))?;
        let date = std::str::from_utf8(date).ok().filter(|date| date.len() <= MAX_DATE_BYTES)?;
        let key = MediaKey::parse(std::str::from_utf8(key).ok()?).ok()?;
        Some(Self { filter, date: date.to_owned(), key: key.as_str().to_owned() })
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_cursor_comes_back() {
        for filter in [None, Some(MediaType::Image), Some(MediaType::Video)] {
            let cursor =
                Cursor { filter, date: "2024-06-15T14:03:22".into(), key: "Tanz & Müller (1) 50%.jpg".into() };
            assert_eq!(Cursor::decode(&cursor.encode()), Some(cursor));
        }
    }

    #[test]
    fn what_is_no_cursor_is_refused() {
        let good = Cursor { filter: None, date: "2024".into(), key: "a".into() }.encode();
        for bad in ["", "!", "AAAA", "AQMAYQ", "AQD_YQ", "AQAA", &good[1..], &format!("{good}="), "AQAAgA"] {
            assert_eq!(Cursor::decode(bad), None, "{bad}");
        }
    }
}
