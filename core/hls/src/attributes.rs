use std::ops::Range;

use memchr::memchr;

use crate::Fault;

/// One `NAME=value` pair of an attribute list (RFC 8216bis 4.2).
pub(crate) struct Attribute<'a> {
    pub name: &'a str,
    pub value: &'a str,
    /// Where `value` (without quotes) stands in the list.
    pub span: Range<usize>,
    pub quoted: bool,
}

/// Walks an attribute list. The walk is lenient where all readers agree: spaces around names, a trailing comma. It
/// returns an error where readers differ: an open quote, text behind a closing quote, a quote inside an unquoted
/// value.
pub(crate) struct Attributes<'a> {
    list: &'a str,
    at: usize,
}

impl<'a> Attributes<'a> {
    pub fn new(list: &'a str) -> Self {
        Self { list, at: 0 }
    }

    fn read(&mut self) -> Result<Attribute<'a>, Fault> {
        let rest = &self.list[self.at..];
        let bytes = rest.as_bytes();
        let stop = memchr::memchr2(b'=', b',', bytes).unwrap_or(rest.len());
        let name = rest[..stop].trim();
        if name.contains('"') {
            return Err(Fault::Attributes);
        }
        if bytes.get(stop) != Some(&b'=') {
            // A name alone, or nothing between two commas.
            self.at += (stop + 1).min(rest.len());
            let span = self.at..self.at;
            return Ok(Attribute { name, value: "", span, quoted: false });
        }
        let from = stop + 1;
        let quoted = bytes.get(from) == Some(&b'"');
        let (value, end) = if quoted {
            let length = memchr(b'"', &bytes[from + 1..]).ok_or(Fault::Attributes)?;
            (from + 1..from + 1 + length, from + length + 2)
        } else {
            let length = memchr(b',', &bytes[from..]).unwrap_or(rest.len() - from);
            (from..from + length, from + length)
        };
        let comma = end + memchr(b',', &bytes[end..]).unwrap_or(rest.len() - end);
        let text = &rest[value.clone()];
        if !rest[end..comma].trim().is_empty() || (!quoted && text.contains('"')) {
            return Err(Fault::Attributes);
        }
        let span = self.at + value.start..self.at + value.end;
        self.at += (comma + 1).min(rest.len());
        Ok(Attribute { name, value: text, span, quoted })
    }
}

impl<'a> Iterator for Attributes<'a> {
    type Item = Result<Attribute<'a>, Fault>;

    fn next(&mut self) -> Option<Self::Item> {
        if self.at >= self.list.len() {
            return None;
        }
        let attribute = self.read();
        if attribute.is_err() {
            self.at = self.list.len();
        }
        Some(attribute)
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn read(list: &str) -> Option<Vec<(String, String)>> {
        Attributes::new(list)
            .map(|attribute| {
                attribute.ok().map(|a| {
                    assert_eq!(&list[a.span], a.value);
                    (a.name.to_owned(), a.value.to_owned())
                })
            })
            .collect()
    }

    #[test]
    fn lists() {
        let cases: [(&str, &[(&str, &str)]); 6] = [
            ("", &[]),
            ("A=1", &[("A", "1")]),
            (r#"A="1,=2", B=0xF ,URI="" "#, &[("A", "1,=2"), ("B", "0xF "), ("URI", "")]),
            ("A=1,", &[("A", "1")]),
            ("A,,B=2", &[("A", ""), ("", ""), ("B", "2")]),
            ("A=b=c", &[("A", "b=c")]),
        ];
        for (list, wanted) in cases {
            let found = read(list).unwrap();
            let found: Vec<_> = found.iter().map(|(n, v)| (n.as_str(), v.as_str())).collect();
            assert_eq!(found, wanted, "{list}");
        }
    }

    #[test]
    fn lists_that_read_in_two_ways_are_refused() {
        for list in
            [r#"A="1"#, r#"A="1"2"#, r#"A="1"URI="2""#, r#"A=1",URI="2""#, r#"A= "1,2""#, r#"A"B,URI="2""#, r#"A"B=1"#]
        {
            assert_eq!(read(list), None, "{list}");
        }
    }
}
