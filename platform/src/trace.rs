//! The trace of which a request is a part: W3C Trace Context, level 1 (<https://www.w3.org/TR/trace-context-1/>).

use http::{HeaderMap, HeaderName, HeaderValue};

/// The header that names a trace and the sender's part in it.
pub const TRACEPARENT: HeaderName = HeaderName::from_static("traceparent");

/// The length of a `traceparent` of version 00.
const LENGTH: usize = 55;

/// A trace that a client or a proxy has begun. The gallery begins none, and sends no spans to anyone.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Trace {
    /// Hexadecimal digits in lower case.
    id: [u8; 32],
    /// Whether the caller may have recorded its part.
    is_sampled: bool,
}

impl Trace {
    /// The trace that a request names. `None` without the header, with two of them, or with one that is not valid
    /// (section 3.2).
    ///
    /// A later version is read as far as version 00 goes, as the section says. `tracestate` is not passed on: it may
    /// hold anything, and what the gallery calls is not the client's.
    pub fn of(headers: &HeaderMap) -> Option<Self> {
        let mut all = headers.get_all(TRACEPARENT).iter();
        let value = all.next().filter(|_| all.next().is_none())?.as_bytes();
        let hex = |from: usize, to: usize| {
            value.get(from..to).filter(|digits| digits.iter().all(|digit| matches!(digit, b'0'..=b'9' | b'a'..=b'f')))
        };
        let (version, id, parent, flags) = (hex(0, 2)?, hex(3, 35)?, hex(36, 52)?, hex(53, LENGTH)?);
        let is_zero = |digits: &[u8]| digits.iter().all(|digit| *digit == b'0');
        let is_valid = [2, 35, 52].iter().all(|at| value[*at] == b'-')
            && !is_zero(id)
            && !is_zero(parent)
            && version != b"ff"
            && match value.get(LENGTH) {
                None => true,
                Some(next) => version != b"00" && *next == b'-',
            };
        // In ASCII the odd letters have even numbers.
        let is_sampled = flags[1].is_ascii_digit() == (flags[1] % 2 == 1);
        is_valid.then_some(Self { id: id.try_into().ok()?, is_sampled })
    }

    /// The trace's id: 32 hexadecimal digits.
    pub fn id(&self) -> &str {
        std::str::from_utf8(&self.id).unwrap_or_default()
    }

    /// The header for what is called on behalf of a request with this id, which is its part in the trace. `None` for an
    /// id that is no part's.
    pub fn parent(&self, request_id: &str) -> Option<HeaderValue> {
        let flags = if self.is_sampled { "-01" } else { "-00" };
        let is_part = request_id.len() == 16 && request_id.bytes().any(|digit| digit != b'0');
        HeaderValue::try_from(["00-", self.id(), "-", request_id, flags].concat()).ok().filter(|_| is_part)
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    const ID: &str = "4bf92f3577b34da6a3ce929d0e0e4736";
    const GOOD: &str = "00-4bf92f3577b34da6a3ce929d0e0e4736-00f067aa0ba902b7-01";

    fn of(values: &[&str]) -> Option<Trace> {
        let mut headers = HeaderMap::new();
        for value in values {
            headers.append(TRACEPARENT, HeaderValue::from_bytes(value.as_bytes()).unwrap());
        }
        Trace::of(&headers)
    }

    #[test]
    fn a_valid_header_is_a_trace_and_goes_on_with_the_requests_id() {
        let trace = of(&[GOOD]).unwrap();
        assert_eq!(trace.id(), ID);
        assert_eq!(trace.parent("0123456789abcdef").unwrap(), format!("00-{ID}-0123456789abcdef-01"));
        for (flags, sent) in
            [("00", "00"), ("01", "01"), ("02", "00"), ("03", "01"), ("ff", "01"), ("0a", "00"), ("0b", "01")]
        {
            let trace = of(&[&format!("00-{ID}-00f067aa0ba902b7-{flags}")]).unwrap();
            let parent = trace.parent("0123456789abcdef").unwrap();
            assert!(parent.to_str().unwrap().ends_with(&format!("-{sent}")), "{flags}: {parent:?}");
        }
        assert_eq!(trace.parent("0000000000000000"), None);
        assert_eq!(trace.parent("short"), None);
    }

    #[test]
    fn what_is_not_valid_is_as_if_it_were_not_there() {
        for bad in [
            "",
            "00",
            "00-4bf92f3577b34da6a3ce929d0e0e4736-00f067aa0ba902b7-0",
            "00-4BF92F3577B34DA6A3CE929D0E0E4736-00f067aa0ba902b7-01",
            "00-00000000000000000000000000000000-00f067aa0ba902b7-01",
            "00-4bf92f3577b34da6a3ce929d0e0e4736-0000000000000000-01",
            "00-4bf92f3577b34da6a3ce929d0e0e473g-00f067aa0ba902b7-01",
            "00_4bf92f3577b34da6a3ce929d0e0e4736-00f067aa0ba902b7-01",
            "00-4bf92f3577b34da6a3ce929d0e0e4736_00f067aa0ba902b7-01",
            "00-4bf92f3577b34da6a3ce929d0e0e4736-00f067aa0ba902b7_01",
            "00-4bf92f3577b34da6a3ce929d0e0e4736-00f067aa0ba902b7-01-more",
            "00-4bf92f3577b34da6a3ce929d0e0e4736-00f067aa0ba902b7-0x",
            "ff-4bf92f3577b34da6a3ce929d0e0e4736-00f067aa0ba902b7-01",
            "01-4bf92f3577b34da6a3ce929d0e0e4736-00f067aa0ba902b7-01more",
            "\u{e9}0-4bf92f3577b34da6a3ce929d0e0e4736-00f067aa0ba902b7-01",
        ] {
            assert_eq!(of(&[bad]), None, "{bad}");
        }
        assert_eq!(of(&[]), None);
        assert_eq!(of(&[GOOD, GOOD]), None);
    }

    #[test]
    fn a_later_version_is_read_as_far_as_it_is_known() {
        let tail = &GOOD[2..];
        for later in [format!("01{tail}"), format!("cc{tail}-what-is-new"), format!("cc{tail}-")] {
            assert_eq!(of(&[&later]).unwrap().id(), ID, "{later}");
        }
    }
}
