//! Range and conditional requests for one file, as tables: the requests, and the answers that RFC 9110 allows.
//!
//! The tables are valid for any server of files. The tests that run them check what a gallery must do beyond RFC
//! 9110.

/// A request for the file, and the answers that are right. Each row is requested by GET and by HEAD.
///
/// In the value of a header, these names stand for facts of the file: `{size}`, `{last}` (its last byte), `{half}`
/// (of its bytes), `{tag}`, `{bare}` (the tag without quotes), `{date}` of its last change, and the same date in the
/// obsolete forms `{rfc850}` and `{asctime}`. `{sixty}` is a number of sixty digits, `{flood}` is five hundred ranges
/// that overlap, and `{crumbs}` is five hundred ranges that do not overlap.
#[derive(Clone, Copy, Debug)]
pub struct Row {
    pub what: &'static str,
    pub headers: &'static [(&'static str, &'static str)],
    pub gives: &'static [Gives],
}

/// An answer to a GET. Ranges mean nothing to a HEAD (section 14.2): where a GET gives a part or a 416, a HEAD gives
/// the whole.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Gives {
    /// 200.
    Whole,
    /// 206 with one part: its first and last byte, counted from the end if negative.
    Part(i64, i64),
    /// 206 with these parts, in any order.
    Parts(&'static [(i64, i64)]),
    /// 206 with any parts, if all together are at most twice as long as the file.
    NotTooMuch,
    /// 304.
    NotModified,
    /// 412.
    Failed,
    /// 416, with the size.
    Outside,
}

use Gives::{Failed, NotModified, NotTooMuch, Outside, Part, Parts, Whole};

/// A row in one line.
const fn row(what: &'static str, headers: &'static [(&'static str, &'static str)], gives: &'static [Gives]) -> Row {
    Row { what, headers, gives }
}

pub const ONE_RANGE: &[Row] = &[
    row("the first byte", &[("range", "bytes=0-0")], &[Part(0, 0)]),
    row("Safari's probe, without which it plays nothing", &[("range", "bytes=0-1")], &[Part(0, 1)]),
    row("the second byte", &[("range", "bytes=1-1")], &[Part(1, 1)]),
    row("some in the middle", &[("range", "bytes=100-199")], &[Part(100, 199)]),
    row("the last byte", &[("range", "bytes={last}-{last}")], &[Part(-1, -1)]),
    row("all, by its places", &[("range", "bytes=0-{last}")], &[Part(0, -1)]),
    row("open, all of it", &[("range", "bytes=0-")], &[Part(0, -1)]),
    row("open", &[("range", "bytes=100-")], &[Part(100, -1)]),
    row("open, the last byte", &[("range", "bytes={last}-")], &[Part(-1, -1)]),
    row("a suffix of one", &[("range", "bytes=-1")], &[Part(-1, -1)]),
    row("a suffix", &[("range", "bytes=-100")], &[Part(-100, -1)]),
    row("a suffix as long as the file", &[("range", "bytes=-{size}")], &[Part(0, -1)]),
    row("a suffix longer than the file", &[("range", "bytes=-99999999")], &[Part(0, -1)]),
    row("a suffix of 2^32", &[("range", "bytes=-4294967296")], &[Part(0, -1)]),
    row("a suffix of sixty digits", &[("range", "bytes=-{sixty}")], &[Part(0, -1)]),
    row("an end one too far", &[("range", "bytes=10-{size}")], &[Part(10, -1)]),
    row("an end far outside", &[("range", "bytes=10-99999999")], &[Part(10, -1)]),
    row("an end of 2^32", &[("range", "bytes=10-4294967296")], &[Part(10, -1)]),
    row("an end of 2^64 - 1", &[("range", "bytes=10-18446744073709551615")], &[Part(10, -1)]),
    row("an end of 2^64", &[("range", "bytes=10-18446744073709551616")], &[Part(10, -1)]),
    row("an end of sixty digits", &[("range", "bytes=10-{sixty}")], &[Part(10, -1)]),
    row("zeros before", &[("range", "bytes=00000000000000000000000000010-00020")], &[Part(10, 20)]),
    row("the unit in capitals", &[("range", "BYTES=5-9")], &[Part(5, 9)]),
];

pub const OUTSIDE: &[Row] = &[
    row("open, one too far", &[("range", "bytes={size}-")], &[Outside]),
    row("closed, one too far", &[("range", "bytes={size}-{size}")], &[Outside]),
    row("open, far outside", &[("range", "bytes=99999999-")], &[Outside]),
    row("closed, far outside", &[("range", "bytes=99999998-99999999")], &[Outside]),
    row("beyond 32 bits", &[("range", "bytes=4294967296-4294967297")], &[Outside]),
    row("2^64 - 1", &[("range", "bytes=18446744073709551615-")], &[Outside]),
    row("2^64", &[("range", "bytes=18446744073709551616-18446744073709551617")], &[Outside]),
    row("sixty digits", &[("range", "bytes={sixty}-")], &[Outside]),
    row("a suffix of none", &[("range", "bytes=-0")], &[Outside]),
];

pub const NO_RANGE: &[Row] = &[
    row("another unit", &[("range", "items=0-1")], &[Whole]),
    row("another unit that begins alike", &[("range", "bytesx=0-1")], &[Whole]),
    row("another unit, several ranges", &[("range", "pages=1-2,4-5")], &[Whole]),
    row("only the unit", &[("range", "bytes")], &[Whole, Outside]),
    row("no range", &[("range", "bytes=")], &[Whole, Outside]),
    row("no unit", &[("range", "0-1")], &[Whole, Outside]),
    row("a colon", &[("range", "bytes:0-1")], &[Whole, Outside]),
    row("only a dash", &[("range", "bytes=-")], &[Whole, Outside]),
    row("two dashes", &[("range", "bytes=--1")], &[Whole, Outside]),
    row("no dash", &[("range", "bytes=1")], &[Whole, Outside]),
    row("three numbers", &[("range", "bytes=1-2-3")], &[Whole, Outside]),
    row("letters", &[("range", "bytes=a-b")], &[Whole, Outside]),
    row("hexadecimal", &[("range", "bytes=0x1-0x2")], &[Whole, Outside]),
    row("a sign", &[("range", "bytes=+1-2")], &[Whole, Outside]),
    row("a fraction", &[("range", "bytes=1.0-2")], &[Whole, Outside]),
    row("a blank within", &[("range", "bytes=1 -2")], &[Whole, Outside]),
    row("a blank before the equals sign", &[("range", "bytes =1-2")], &[Whole, Outside]),
    row("the end before the start", &[("range", "bytes=2-1")], &[Whole, Outside]),
    row("only commas", &[("range", "bytes=,,")], &[Whole, Outside]),
    row("a good one and a bad one", &[("range", "bytes=0-1,x")], &[Whole, Outside]),
    row("a good one and a backward one", &[("range", "bytes=0-1,5-4")], &[Whole, Outside]),
];

pub const SEVERAL_RANGES: &[Row] = &[
    row("two", &[("range", "bytes=0-1,5-6")], &[Parts(&[(0, 1), (5, 6)]), Whole]),
    row("first and last byte", &[("range", "bytes=0-0,-1")], &[Parts(&[(0, 0), (-1, -1)]), Whole]),
    row("backwards", &[("range", "bytes=100-149,5-6")], &[Parts(&[(100, 149), (5, 6)]), Whole]),
    row("three, with blanks", &[("range", "bytes=0-1, 5-6\t,9-10")], &[Parts(&[(0, 1), (5, 6), (9, 10)]), Whole]),
    row("empty elements", &[("range", "bytes=,0-1,,5-6,")], &[Parts(&[(0, 1), (5, 6)]), Whole]),
    row(
        "two that touch",
        &[("range", "bytes=0-1,2-3")],
        &[Part(0, 3), Parts(&[(0, 3)]), Parts(&[(0, 1), (2, 3)]), Whole],
    ),
    row(
        "two that overlap",
        &[("range", "bytes=0-5,3-9")],
        &[Part(0, 9), Parts(&[(0, 9)]), Parts(&[(0, 5), (3, 9)]), Whole, Outside],
    ),
    row(
        "the same twice",
        &[("range", "bytes=0-1,0-1")],
        &[Part(0, 1), Parts(&[(0, 1)]), Parts(&[(0, 1), (0, 1)]), Whole, Outside],
    ),
    row("all, three times", &[("range", "bytes=0-,0-,0-")], &[Part(0, -1), Parts(&[(0, -1)]), Whole, Outside]),
    row("one of two outside", &[("range", "bytes=0-1,99999999-")], &[Part(0, 1), Parts(&[(0, 1)]), Whole]),
    row("the first of two outside", &[("range", "bytes=99999999-,0-1")], &[Part(0, 1), Parts(&[(0, 1)]), Whole]),
    row(
        "one of two beyond 32 bits",
        &[("range", "bytes=4294967296-4294967297,0-1")],
        &[Part(0, 1), Parts(&[(0, 1)]), Whole],
    ),
    row("a suffix of none beside one", &[("range", "bytes=-0,0-1")], &[Part(0, 1), Parts(&[(0, 1)]), Whole]),
    row("all outside", &[("range", "bytes=99999998-99999998,99999999-")], &[Outside]),
    row("two halves", &[("range", "bytes=0-{half},{half}-")], &[Part(0, -1), Parts(&[(0, -1)]), Whole, Outside]),
    row("five hundred that overlap", &[("range", "bytes={flood}")], &[NotTooMuch, Whole, Outside]),
    row("five hundred apart", &[("range", "bytes={crumbs}")], &[NotTooMuch, Whole, Outside]),
];

/// Section 13.1.5.
pub const IF_RANGE: &[Row] = &[
    row("the tag", &[("range", "bytes=0-9"), ("if-range", "{tag}")], &[Part(0, 9)]),
    row("another tag", &[("range", "bytes=0-9"), ("if-range", "\"x\"")], &[Whole]),
    row("the tag, weak", &[("range", "bytes=0-9"), ("if-range", "W/{tag}")], &[Whole]),
    row("the tag without quotes", &[("range", "bytes=0-9"), ("if-range", "{bare}")], &[Whole]),
    row("the tag in a list", &[("range", "bytes=0-9"), ("if-range", "\"x\", {tag}")], &[Whole]),
    row("a star", &[("range", "bytes=0-9"), ("if-range", "*")], &[Whole]),
    row("the date", &[("range", "bytes=0-9"), ("if-range", "{date}")], &[Part(0, 9)]),
    row("an older date", &[("range", "bytes=0-9"), ("if-range", PAST)], &[Whole]),
    row("a younger date", &[("range", "bytes=0-9"), ("if-range", FUTURE)], &[Whole]),
    row("no date", &[("range", "bytes=0-9"), ("if-range", "yesterday")], &[Whole]),
    row("the tag, a suffix", &[("range", "bytes=-9"), ("if-range", "{tag}")], &[Part(-9, -1)]),
    row("the tag, several", &[("range", "bytes=0-1,5-6"), ("if-range", "{tag}")], &[Parts(&[(0, 1), (5, 6)]), Whole]),
    row("another tag, several", &[("range", "bytes=0-1,5-6"), ("if-range", "\"x\"")], &[Whole]),
    row("the tag, outside", &[("range", "bytes=99999999-"), ("if-range", "{tag}")], &[Outside]),
    row("another tag, outside", &[("range", "bytes=99999999-"), ("if-range", "\"x\"")], &[Whole]),
    row("an older date, outside", &[("range", "bytes=99999999-"), ("if-range", PAST)], &[Whole]),
    row("the tag, no range", &[("if-range", "{tag}")], &[Whole]),
    row("another tag, no range", &[("if-range", "\"x\"")], &[Whole]),
    row("the tag, another unit", &[("range", "items=0-9"), ("if-range", "{tag}")], &[Whole]),
];

/// Section 13.1.2.
pub const IF_NONE_MATCH: &[Row] = &[
    row("the tag", &[("if-none-match", "{tag}")], &[NotModified]),
    row("the tag, weak", &[("if-none-match", "W/{tag}")], &[NotModified]),
    row("a star", &[("if-none-match", "*")], &[NotModified]),
    row("a list", &[("if-none-match", "\"x\", {tag}")], &[NotModified]),
    row("a list, the tag first", &[("if-none-match", "{tag},\"x\"")], &[NotModified]),
    row("commas within tags", &[("if-none-match", "\"a,b\" ,{tag},\"c\"")], &[NotModified]),
    row("empty elements", &[("if-none-match", "W/\"x\",, W/{tag},")], &[NotModified]),
    row("two lines", &[("if-none-match", "\"x\""), ("if-none-match", "{tag}")], &[NotModified]),
    row("another tag", &[("if-none-match", "\"x\"")], &[Whole]),
    row("another tag, weak", &[("if-none-match", "W/\"x\"")], &[Whole]),
    row("a list of others", &[("if-none-match", "\"x\", \"y\"")], &[Whole]),
    row("two lines of others", &[("if-none-match", "\"x\""), ("if-none-match", "\"y\"")], &[Whole]),
    row("within another tag, after a comma", &[("if-none-match", "\"x,{bare}\"")], &[Whole]),
    row("the beginning of another tag", &[("if-none-match", "\"{bare}x\"")], &[Whole]),
];

/// Sections 13.1.3 and 5.6.7.
pub const IF_MODIFIED_SINCE: &[Row] = &[
    row("the date", &[("if-modified-since", "{date}")], &[NotModified]),
    row("the date as in RFC 850", &[("if-modified-since", "{rfc850}")], &[NotModified]),
    row("the date as asctime writes it", &[("if-modified-since", "{asctime}")], &[NotModified]),
    row("a younger date", &[("if-modified-since", FUTURE)], &[NotModified]),
    row("an older date", &[("if-modified-since", PAST)], &[Whole]),
    row("an older date as in RFC 850", &[("if-modified-since", "Tuesday, 15-Nov-94 12:45:26 GMT")], &[Whole]),
    row("an older date as asctime writes it", &[("if-modified-since", "Tue Nov 15 12:45:26 1994")], &[Whole]),
    row("a word", &[("if-modified-since", "yesterday")], &[Whole]),
    row("a number", &[("if-modified-since", "4102358400")], &[Whole]),
    row("no such day", &[("if-modified-since", "Tue, 99 Nov 2094 12:45:26 GMT")], &[Whole]),
    row("no such hour", &[("if-modified-since", "Tue, 15 Nov 2094 25:45:26 GMT")], &[Whole]),
    row("another tag and the date", &[("if-none-match", "\"x\""), ("if-modified-since", "{date}")], &[Whole]),
    row("another tag and a younger date", &[("if-none-match", "\"x\""), ("if-modified-since", FUTURE)], &[Whole]),
    row("the tag and an older date", &[("if-none-match", "{tag}"), ("if-modified-since", PAST)], &[NotModified]),
];

/// Section 13.1.1.
pub const IF_MATCH: &[Row] = &[
    row("the tag", &[("if-match", "{tag}")], &[Whole]),
    row("a star", &[("if-match", "*")], &[Whole]),
    row("a list", &[("if-match", "\"x\", {tag}")], &[Whole]),
    row("commas within tags", &[("if-match", "\"a,b\",{tag}")], &[Whole]),
    row("two lines", &[("if-match", "\"x\""), ("if-match", "{tag}")], &[Whole]),
    row("another tag", &[("if-match", "\"x\"")], &[Failed]),
    row("the tag, weak", &[("if-match", "W/{tag}")], &[Failed]),
    row("a list of others", &[("if-match", "\"x\", \"y\"")], &[Failed]),
    row("within another tag, after a comma", &[("if-match", "\"x,{bare}\"")], &[Failed]),
];

/// Section 13.1.4.
pub const IF_UNMODIFIED_SINCE: &[Row] = &[
    row("the date", &[("if-unmodified-since", "{date}")], &[Whole]),
    row("the date as in RFC 850", &[("if-unmodified-since", "{rfc850}")], &[Whole]),
    row("the date as asctime writes it", &[("if-unmodified-since", "{asctime}")], &[Whole]),
    row("a younger date", &[("if-unmodified-since", FUTURE)], &[Whole]),
    row("an older date", &[("if-unmodified-since", PAST)], &[Failed]),
    row("an older date as in RFC 850", &[("if-unmodified-since", "Tuesday, 15-Nov-94 12:45:26 GMT")], &[Failed]),
    row("an older date as asctime writes it", &[("if-unmodified-since", "Tue Nov 15 12:45:26 1994")], &[Failed]),
    row("a word", &[("if-unmodified-since", "yesterday")], &[Whole]),
    row("the tag and an older date", &[("if-match", "{tag}"), ("if-unmodified-since", PAST)], &[Whole]),
    row("another tag and a younger date", &[("if-match", "\"x\""), ("if-unmodified-since", FUTURE)], &[Failed]),
];

/// Section 13.2.2: which condition takes precedence.
pub const ORDER: &[Row] = &[
    row("If-Match before If-None-Match", &[("if-match", "\"x\""), ("if-none-match", "{tag}")], &[Failed]),
    row("If-Match holds, then If-None-Match", &[("if-match", "{tag}"), ("if-none-match", "{tag}")], &[NotModified]),
    row("both hold", &[("if-match", "{tag}"), ("if-none-match", "\"x\"")], &[Whole]),
    row("If-Match before If-Modified-Since", &[("if-match", "\"x\""), ("if-modified-since", FUTURE)], &[Failed]),
    row(
        "If-Unmodified-Since before If-Modified-Since",
        &[("if-unmodified-since", PAST), ("if-modified-since", FUTURE)],
        &[Failed],
    ),
    row(
        "If-Unmodified-Since before If-None-Match",
        &[("if-unmodified-since", PAST), ("if-none-match", "{tag}")],
        &[Failed],
    ),
    row(
        "If-Unmodified-Since holds, then If-None-Match",
        &[("if-unmodified-since", FUTURE), ("if-none-match", "{tag}")],
        &[NotModified],
    ),
    row("If-None-Match before a range", &[("if-none-match", "{tag}"), ("range", "bytes=0-9")], &[NotModified]),
    row("a star before a range", &[("if-none-match", "*"), ("range", "bytes=0-9")], &[NotModified]),
    row("If-None-Match before a 416", &[("if-none-match", "{tag}"), ("range", "bytes=99999999-")], &[NotModified]),
    row("a list before a 416", &[("if-none-match", "\"x\", {tag}"), ("range", "bytes=99999999-")], &[NotModified]),
    row("If-Modified-Since before a range", &[("if-modified-since", "{date}"), ("range", "bytes=0-9")], &[NotModified]),
    row("If-Match before a range", &[("if-match", "\"x\""), ("range", "bytes=0-9")], &[Failed]),
    row("If-Match before a 416", &[("if-match", "\"x\""), ("range", "bytes=99999999-")], &[Failed]),
    row("If-Unmodified-Since before a range", &[("if-unmodified-since", PAST), ("range", "bytes=0-9")], &[Failed]),
    row("If-None-Match holds, then the range", &[("if-none-match", "\"x\""), ("range", "bytes=0-9")], &[Part(0, 9)]),
    row("If-None-Match holds, then a 416", &[("if-none-match", "\"x\""), ("range", "bytes=99999999-")], &[Outside]),
    row("If-Match holds, then the range", &[("if-match", "{tag}"), ("range", "bytes=0-9")], &[Part(0, 9)]),
    row("If-Match holds, then a 416", &[("if-match", "{tag}"), ("range", "bytes=99999999-")], &[Outside]),
    row(
        "If-None-Match before If-Range",
        &[("if-none-match", "{tag}"), ("if-range", "\"x\""), ("range", "bytes=0-9")],
        &[NotModified],
    ),
    row(
        "If-Match holds, If-Range does not",
        &[("if-match", "{tag}"), ("if-range", "\"x\""), ("range", "bytes=0-9")],
        &[Whole],
    ),
    row(
        "all hold",
        &[("if-match", "{tag}"), ("if-none-match", "\"x\""), ("if-range", "{tag}"), ("range", "bytes=0-9")],
        &[Part(0, 9)],
    ),
];

const PAST: &str = "Tue, 15 Nov 1994 12:45:26 GMT";
const FUTURE: &str = "Fri, 31 Dec 2100 00:00:00 GMT";

/// Every table, with its name.
pub const TABLES: [(&str, &[Row]); 10] = [
    ("one range", ONE_RANGE),
    ("outside", OUTSIDE),
    ("no range", NO_RANGE),
    ("several ranges", SEVERAL_RANGES),
    ("If-Range", IF_RANGE),
    ("If-None-Match", IF_NONE_MATCH),
    ("If-Modified-Since", IF_MODIFIED_SINCE),
    ("If-Match", IF_MATCH),
    ("If-Unmodified-Since", IF_UNMODIFIED_SINCE),
    ("order", ORDER),
];
