//! The checksums of an original, for ZIPs that are written from any place on: a ZIP names them beside its entries.

use std::fmt;

use serde::{Deserialize, Serialize};

/// The CRC-32 of an original in both forms in which it is given out, and the object that they are of.
///
/// CRC-32 is that of ZIP: APPNOTE 6.3.10 section 4.4.7.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[serde(into = "String", try_from = "String")]
pub struct Checksums {
    /// The CRC-32 of the original.
    pub whole: u32,
    /// The CRC-32 of the original with its patches applied, as viewers get it who must not see places. `None` if they
    /// do not get the original.
    pub without_places: Option<u32>,
    /// The mark of the object in the bucket: the number of `privacy::ObjectMark`. The sums are of no other object.
    pub object: u32,
}

/// The digits of each number in a text.
const DIGITS: usize = 8;

impl Checksums {
    /// Reads the text that [`fmt::Display`] writes: the numbers `whole`, `object`, and `without_places` if there is
    /// one, each in eight lower-case hexadecimal digits, with a space between two. `None` for any other text.
    pub fn parse(text: &str) -> Option<Self> {
        let mut numbers = text.split(' ').map(number);
        let (whole, object) = (numbers.next()??, numbers.next()??);
        let without_places = match numbers.next() {
            Some(number) => Some(number?),
            None => None,
        };
        numbers.next().is_none().then_some(Self { whole, without_places, object })
    }
}

fn number(text: &str) -> Option<u32> {
    if text.len() != DIGITS {
        return None;
    }
    text.bytes().try_fold(0, |number, byte| {
        let digit = match byte {
            b'0'..=b'9' => byte - b'0',
            b'a'..=b'f' => byte - b'a' + 10,
            _ => return None,
        };
        Some(number << 4 | u32::from(digit))
    })
}

impl fmt::Display for Checksums {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "{:08x} {:08x}", self.whole, self.object)?;
        self.without_places.map_or(Ok(()), |sum| write!(f, " {sum:08x}"))
    }
}

impl From<Checksums> for String {
    fn from(checksums: Checksums) -> Self {
        checksums.to_string()
    }
}

impl TryFrom<String> for Checksums {
    type Error = &'static str;

    fn try_from(text: String) -> Result<Self, Self::Error> {
        Self::parse(&text).ok_or("no checksums")
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_text_is_read_as_it_was_written() {
        let some = Checksums { whole: 0xcbf4_3926, without_places: Some(7), object: 0 };
        assert_eq!(some.to_string(), "cbf43926 00000000 00000007");
        assert_eq!(Checksums::parse(&some.to_string()), Some(some));
        let whole = Checksums { without_places: None, object: u32::MAX, ..some };
        assert_eq!(whole.to_string(), "cbf43926 ffffffff");
        assert_eq!(Checksums::parse(&whole.to_string()), Some(whole));
        assert_eq!(serde_json::from_str::<Checksums>(r#""cbf43926 ffffffff""#).unwrap(), whole);
        assert_eq!(serde_json::to_string(&whole).unwrap(), r#""cbf43926 ffffffff""#);
    }

    #[test]
    fn any_other_text_is_refused() {
        for bad in [
            "",
            "cbf43926",
            "cbf43926 ",
            "cbf43926  ffffffff",
            "cbf43926 fffffff",
            "cbf43926 fffffffff",
            "CBF43926 ffffffff",
            "+bf43926 ffffffff",
            "cbf43926 ffffffff ",
            "cbf43926 ffffffff 00000007 00000007",
            "cbf43926\tffffffff",
            "cbf4392é ffffffff",
        ] {
            assert_eq!(Checksums::parse(bad), None, "{bad:?}");
            assert!(serde_json::from_value::<Checksums>(bad.into()).is_err());
        }
    }
}
