//! Content codings: which one a client wants (RFC 9110 section 12.5.3), and what an answer says about its own.

use http::{HeaderMap, HeaderValue, header};

/// A coding that answers of ours may have.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Coding {
    Identity,
    Gzip,
    Brotli,
}

impl Coding {
    /// The name in `Content-Encoding`; identity has none there.
    pub const fn name(self) -> Option<&'static str> {
        match self {
            Self::Identity => None,
            Self::Gzip => Some("gzip"),
            Self::Brotli => Some("br"),
        }
    }

    /// Whether an element of `Accept-Encoding` names this coding.
    fn is_named(self, name: &str) -> bool {
        let names: &[&str] = match self {
            Self::Identity => &["identity"],
            // Section 8.4.1.3: the old name means the same.
            Self::Gzip => &["gzip", "x-gzip"],
            Self::Brotli => &["br"],
        };
        names.iter().any(|own| name.eq_ignore_ascii_case(own))
    }

    /// The coding in which the client gets an answer that there is in these codings, and in identity. `offered` is in
    /// the order in which we would choose.
    ///
    /// A client that accepts nothing of all this gets identity: it then has the choice that a 406 would take from it.
    pub fn choose(headers: &HeaderMap, offered: &[Self]) -> Self {
        let accepted = Accepted(headers);
        let mut best = (Self::Identity, accepted.weight(Self::Identity).unwrap_or(LEAST));
        // From the last to the first, so that among equals the first wins.
        for coding in offered.iter().rev() {
            let weight = accepted.weight(*coding).unwrap_or(0);
            if weight > 0 && weight >= best.1 {
                best = (*coding, weight);
            }
        }
        best.0
    }

    /// The entity tag of this coding. Each coding is a representation of its own (section 8.8.3.3).
    pub fn tag(self, content: &str) -> String {
        match self.name() {
            None => format!("\"{content}\""),
            Some(name) => format!("\"{content}-{name}\""),
        }
    }

    /// Says that an answer depends on `Accept-Encoding`, and its coding if it has a body.
    pub fn describe(self, headers: &mut HeaderMap, has_body: bool) {
        headers.insert(header::VARY, HeaderValue::from_static("Accept-Encoding"));
        if let (Some(name), true) = (self.name(), has_body) {
            headers.insert(header::CONTENT_ENCODING, HeaderValue::from_static(name));
        }
    }
}

/// The weight of identity if no element speaks of it: it is acceptable, and everything listed is better.
const LEAST: u16 = 1;

struct Accepted<'a>(&'a HeaderMap);

impl Accepted<'_> {
    /// The weight of a coding in thousandths, or of `*`. `None` if no element speaks of the coding.
    fn weight(&self, coding: Coding) -> Option<u16> {
        let (mut own, mut any) = (None, None);
        let values = self.0.get_all(header::ACCEPT_ENCODING).into_iter().filter_map(|value| value.to_str().ok());
        for element in values.flat_map(|value| value.split(',')) {
            let (name, weight) = element.split_once(';').unwrap_or((element, "q=1"));
            // An element that cannot be read is left out.
            let Some(weight) = thousandths(weight) else { continue };
            match name.trim() {
                "*" => any = any.or(Some(weight)),
                name if coding.is_named(name) => own = own.or(Some(weight)),
                _ => {}
            }
        }
        own.or(any)
    }
}

/// `q=0.8` in thousandths (section 12.4.2).
fn thousandths(parameter: &str) -> Option<u16> {
    let (name, value) = parameter.trim().split_once('=')?;
    let (whole, part) = value.split_once('.').unwrap_or((value, ""));
    let digits = part.len() <= 3 && part.bytes().all(|byte| byte.is_ascii_digit());
    if !name.eq_ignore_ascii_case("q") || !digits {
        return None;
    }
    let part: u16 = format!("{part:0<3}").parse().ok()?;
    match whole {
        "0" => Some(part),
        "1" => (part == 0).then_some(1000),
        _ => None,
    }
}

#[cfg(test)]
mod tests {
    use super::{
        Coding::{Brotli, Gzip, Identity},
        *,
    };

    #[test]
    fn weights_decide_and_then_our_order() {
        for (accepted, wanted) in [
            (None, Identity),
            (Some(""), Identity),
            (Some("gzip"), Gzip),
            (Some("X-GZIP"), Gzip),
            (Some("gzip, br"), Brotli),
            (Some("gzip, deflate, br, zstd"), Brotli),
            (Some("gzip;q=1.0, br;q=0.5"), Gzip),
            (Some("br ; q=0.001"), Brotli),
            (Some("gzip;q=0"), Identity),
            (Some("gzip;q=0, *"), Brotli),
            (Some("*"), Brotli),
            (Some("*;q=0"), Identity),
            (Some("*;q=0, gzip"), Gzip),
            (Some("gzip;q=0.5, identity"), Identity),
            (Some("gzip, identity"), Gzip),
            (Some("identity;q=0.2, gzip;q=0.3"), Gzip),
            (Some("gzip, identity;q=0"), Gzip),
            (Some("identity;q=0, *;q=0.5"), Brotli),
            (Some("identity;q=0"), Identity),
            (Some("gzip;q=0, identity;q=0"), Identity),
            (Some("deflate, zstd"), Identity),
            (Some("gzip;q=2, br;q=x, gzip;q=0.9999"), Identity),
            (Some("gzip;q=1.001"), Identity),
            (Some("gzip;level=9"), Identity),
        ] {
            let mut headers = HeaderMap::new();
            if let Some(text) = accepted {
                headers.insert(header::ACCEPT_ENCODING, HeaderValue::from_static(text));
            }
            assert_eq!(Coding::choose(&headers, &[Brotli, Gzip]), wanted, "{accepted:?}");
        }
    }

    #[test]
    fn several_lines_are_one_list() {
        let mut headers = HeaderMap::new();
        headers.append(header::ACCEPT_ENCODING, HeaderValue::from_static("br;q=0.1"));
        headers.append(header::ACCEPT_ENCODING, HeaderValue::from_static("gzip"));
        assert_eq!(Coding::choose(&headers, &[Brotli, Gzip]), Gzip);
        assert_eq!(Coding::choose(&headers, &[]), Identity);
    }

    #[test]
    fn each_coding_has_a_tag_of_its_own() {
        assert_eq!(Identity.tag("a"), "\"a\"");
        assert_eq!(Gzip.tag("a"), "\"a-gzip\"");
    }
}
