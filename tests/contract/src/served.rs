//! A file at a server, and the check of a [table](crate::table)'s row against it.

use crate::{
    Answer, Call, Outcome,
    table::{Gives, Row},
};

/// A file at a URL. Its bytes are known.
pub struct Served<'a> {
    call: Box<dyn Fn() -> Call<'a> + 'a>,
    bytes: &'a [u8],
    tag: Option<String>,
    date: Option<String>,
}

impl<'a> Served<'a> {
    /// `call` makes a GET of the file.
    pub fn new(call: impl Fn() -> Call<'a> + 'a, bytes: &'a [u8]) -> Result<Self, String> {
        let head = call().head().expect(200)?;
        let text = |name| head.header(name).map(str::to_owned);
        Ok(Self { tag: text("etag"), date: text("last-modified"), call: Box::new(call), bytes })
    }

    /// The value of a row's header, with the names in braces filled in. `None` if the file has no such value.
    fn fill(&self, text: &str) -> Option<String> {
        let mut filled = text.to_owned();
        let mut put = |name: &str, value: &dyn Fn() -> Option<String>| {
            if filled.contains(name) {
                filled = filled.replace(name, &value()?);
            }
            Some(())
        };
        let size = self.bytes.len();
        let ranges = |range: &dyn Fn(usize) -> String| Some((0..500).map(range).collect::<Vec<_>>().join(","));
        put("{size}", &|| Some(size.to_string()))?;
        put("{last}", &|| Some((size - 1).to_string()))?;
        put("{half}", &|| Some((size / 2).to_string()))?;
        put("W/{tag}", &|| Some(format!("W/{}", self.opaque()?)))?;
        put("{tag}", &|| self.tag.clone())?;
        put("{bare}", &|| Some(self.opaque()?.trim_matches('"').to_owned()))?;
        put("{date}", &|| self.date.clone())?;
        put("{rfc850}", &|| rfc850(self.date.as_ref()?))?;
        put("{asctime}", &|| asctime(self.date.as_ref()?))?;
        put("{sixty}", &|| Some("9".repeat(60)))?;
        put("{flood}", &|| ranges(&|at| format!("{at}-")))?;
        put("{crumbs}", &|| ranges(&|at| format!("{0}-{0}", 2 * at)))?;
        Some(filled)
    }

    /// The tag in its quotes, without the `W/` of a weak tag.
    fn opaque(&self) -> Option<&str> {
        let tag = self.tag.as_deref()?;
        Some(tag.strip_prefix("W/").unwrap_or(tag))
    }

    /// What the row needs and the file does not have.
    fn lacks(&self, row: &Row) -> Option<&'static str> {
        let asks = |name: &str| row.headers.iter().any(|(_, value)| value.contains(name));
        // In a strong comparison a weak tag equals no tag, not even itself.
        let strong = |name: &str, value: &str| matches!(name, "if-match" | "if-range") && value.contains("{tag}");
        let weak = self.tag.as_ref().is_some_and(|tag| tag.starts_with("W/"));
        if self.tag.is_none() && (asks("{tag}") || asks("{bare}")) {
            Some("the file has no ETag")
        } else if weak && row.headers.iter().any(|(name, value)| strong(name, value)) {
            Some("the file's ETag is weak")
        } else if self.date.is_none() && (asks("{date}") || asks("{rfc850}") || asks("{asctime}")) {
            Some("the file has no Last-Modified")
        } else {
            None
        }
    }

    /// A place in the file. A negative place counts from the end.
    fn place(&self, at: i64) -> Result<usize, String> {
        let from = if at < 0 { self.bytes.len() } else { 0 };
        let place = usize::try_from(at.unsigned_abs()).ok();
        let place = place.and_then(|at_abs| if at < 0 { from.checked_sub(at_abs) } else { Some(at_abs) });
        place.filter(|place| *place < self.bytes.len()).ok_or_else(|| format!("the file has no byte {at}"))
    }
}

/// Sends the request of a row with a method. Returns the answer if the row allows it, and otherwise what is wrong
/// with it.
pub fn check(served: &Served<'_>, row: &Row, method: &str) -> Result<Answer, String> {
    if let Some(lacks) = served.lacks(row) {
        return Err(lacks.to_owned());
    }
    let mut call = (served.call)().method(method);
    for (name, value) in row.headers {
        let value = served.fill(value).ok_or_else(|| format!("nothing stands for {value}"))?;
        call = call.header(name, value);
    }
    let answer = call.send()?;
    let mut wrong = Vec::new();
    for gives in row.gives {
        let gives = match gives {
            Gives::Part(..) | Gives::Parts(_) | Gives::NotTooMuch | Gives::Outside if method == "HEAD" => &Gives::Whole,
            other => other,
        };
        match is(served, &answer, *gives, method) {
            Ok(()) => return Ok(answer),
            Err(what) => wrong.push(what),
        }
    }
    wrong.dedup();
    Err(wrong.join("; "))
}

fn is(served: &Served<'_>, answer: &Answer, gives: Gives, method: &str) -> Outcome {
    let whole = served.bytes;
    let status = match gives {
        Gives::Whole => 200,
        Gives::Part(..) | Gives::Parts(_) | Gives::NotTooMuch => 206,
        Gives::NotModified => 304,
        Gives::Failed => 412,
        Gives::Outside => 416,
    };
    ensure_eq!(answer.status, status, "status");
    if matches!(status, 200 | 206 | 304) {
        ensure_eq!(answer.header("etag"), served.tag.as_deref(), "ETag of a {status}");
    }
    // A 206 and a 304 may leave out `Last-Modified` (sections 15.3.7 and 15.4.5).
    if status == 200 || answer.header("last-modified").is_some() && status < 400 {
        ensure_eq!(answer.header("last-modified"), served.date.as_deref(), "Last-Modified of a {status}");
    }
    ensure!(method == "GET" || answer.body.is_empty(), "a HEAD with a body");
    match gives {
        Gives::Whole => {
            answer.lacks("content-range")?;
            ensure_eq!(answer.length()?, whole.len() as u64, "Content-Length");
            ensure!(method == "HEAD" || answer.body == whole, "not the whole file but {} bytes", answer.body.len());
        }
        Gives::Part(first, last) => {
            let (first, last) = (served.place(first)?, served.place(last)?);
            answer.has("content-range", &format!("bytes {first}-{last}/{}", whole.len()))?;
            ensure_eq!(answer.length()?, (last - first + 1) as u64, "Content-Length");
            ensure!(answer.body == whole[first..=last], "other bytes, {} of them", answer.body.len());
        }
        Gives::Parts(wanted) => {
            let place = |(first, last): &(i64, i64)| Ok((served.place(*first)?, served.place(*last)?));
            let mut wanted = wanted.iter().map(place).collect::<Result<Vec<_>, String>>()?;
            let mut parts = parts(answer, whole)?;
            wanted.sort_unstable();
            parts.sort_unstable();
            ensure_eq!(parts, wanted, "parts");
        }
        Gives::NotTooMuch => {
            ensure!(answer.body.len() <= 2 * whole.len(), "{} bytes of {}", answer.body.len(), whole.len());
            if answer.header("content-range").is_none() {
                parts(answer, whole)?;
            }
        }
        Gives::NotModified => ensure!(answer.body.is_empty(), "a 304 with a body"),
        Gives::Failed => {}
        Gives::Outside => answer.has("content-range", &format!("bytes */{}", whole.len()))?,
    }
    Ok(())
}

/// The first and last bytes of a multipart answer's parts, each compared with the file (sections 14.6 and 15.3.7.2).
fn parts(answer: &Answer, whole: &[u8]) -> Result<Vec<(usize, usize)>, String> {
    let content_type = answer.need("content-type")?;
    let boundary = content_type.strip_prefix("multipart/byteranges; boundary=");
    let boundary = boundary.ok_or_else(|| format!("Content-Type is {content_type}"))?.trim_matches('"');
    answer.lacks("content-range")?;
    ensure_eq!(answer.length()?, answer.body.len() as u64, "Content-Length");
    let delimiter = format!("\r\n--{boundary}");
    let mut rest = answer.body.strip_prefix(b"\r\n").unwrap_or(&answer.body);
    rest = rest.strip_prefix(&delimiter.as_bytes()[2..]).ok_or("no boundary before the first part")?;
    let mut parts = Vec::new();
    while let Some(after) = rest.strip_prefix(b"\r\n") {
        let end = after.windows(4).position(|four| four == b"\r\n\r\n").ok_or("a part's head has no end")?;
        let head = std::str::from_utf8(&after[..end]).map_err(|_| "a part's head is not text")?;
        let range = head.lines().find_map(|line| line.to_lowercase().strip_prefix("content-range:").map(str::to_owned));
        let range = range.ok_or("a part without Content-Range")?;
        let place = || {
            let (first, last) =
                range.trim().strip_prefix("bytes ")?.strip_suffix(&format!("/{}", whole.len()))?.split_once('-')?;
            let (first, last): (usize, usize) = (first.parse().ok()?, last.parse().ok()?);
            (first <= last && last < whole.len()).then_some((first, last))
        };
        let (first, last) = place().ok_or_else(|| format!("a part's Content-Range is {range}"))?;
        let body = &after[end + 4..];
        let length = last - first + 1;
        ensure!(body.get(..length) == Some(&whole[first..=last]), "other bytes in part {first}-{last}");
        rest = body[length..].strip_prefix(delimiter.as_bytes()).ok_or("no boundary after a part")?;
        parts.push((first, last));
    }
    ensure!(matches!(rest, b"--" | b"--\r\n"), "the last boundary does not end the body");
    Ok(parts)
}

/// `Sunday, 06-Nov-94 08:49:37 GMT`, made from a date in today's form.
fn rfc850(date: &str) -> Option<String> {
    let [day, number, month, year, time, zone] = words(date)?;
    let days = ["Sunday", "Monday", "Tuesday", "Wednesday", "Thursday", "Friday", "Saturday"];
    let day = days.into_iter().find(|name| name.starts_with(day.trim_end_matches(',')))?;
    Some(format!("{day}, {number}-{month}-{} {time} {zone}", year.get(2..)?))
}

/// `Sun Nov  6 08:49:37 1994`, made from a date in today's form.
fn asctime(date: &str) -> Option<String> {
    let [day, number, month, year, time, _] = words(date)?;
    let number: u8 = number.parse().ok()?;
    Some(format!("{} {month} {number:2} {time} {year}", day.trim_end_matches(',')))
}

fn words(date: &str) -> Option<[&str; 6]> {
    date.split(' ').collect::<Vec<_>>().try_into().ok()
}
