//! Byte ranges of originals: RFC 9110 sections 13.1.5, 14 and 15.5.17.

use crate::{
    Answer, Outcome, Target,
    library::{BIG, file, fixture},
};

cases!(ranges:
    first_byte, last_byte, safari_probe, middle, open, suffix, suffix_longer_than_the_file, end_is_clamped, sixty_digits,
    unit_in_any_case, outside_the_file, ignored, several, head_ignores_range, if_range_same_tag,
    if_range_other_tag, if_range_weak_tag, if_range_same_date, if_range_other_date, if_range_without_range,
    small_files,
);

/// Asks for a range of the big photo.
fn ask(target: &Target, range: &str) -> Result<Answer, String> {
    target.get(&file(BIG)).header("range", range).send()
}

/// `range` gives exactly the bytes `first` to `last` of the big photo; both are counted from the end if negative.
fn gives(target: &Target, range: &str, first: isize, last: isize) -> Outcome {
    let whole = fixture(BIG)?;
    let place = |at: isize| if at < 0 { whole.len() - at.unsigned_abs() } else { at.unsigned_abs() };
    let (first, last) = (place(first), place(last));
    let answer = ask(target, range)?;
    ensure_eq!(answer.status, 206, "{range}: status");
    answer.has("content-range", &format!("bytes {first}-{last}/{}", whole.len()))?;
    ensure_eq!(answer.length()?, (last - first + 1) as u64, "{range}: Content-Length");
    ensure!(answer.body == whole[first..=last], "{range}: other bytes, {} of them", answer.body.len());
    answer.has("content-type", "image/png")?;
    answer.has("cache-control", "private, max-age=3600")
}

/// `answer` is the whole photo.
fn is_whole(answer: &Answer, what: &str) -> Outcome {
    ensure_eq!(answer.status, 200, "{what}: status");
    answer.lacks("content-range")?;
    ensure!(answer.body == fixture(BIG)?, "{what}: not the whole file but {} bytes", answer.body.len());
    Ok(())
}

fn first_byte(target: &Target) -> Outcome {
    gives(target, "bytes=0-0", 0, 0)
}

fn last_byte(target: &Target) -> Outcome {
    gives(target, "bytes=-1", -1, -1)?;
    let last = fixture(BIG)?.len() - 1;
    gives(target, &format!("bytes={last}-{last}"), -1, -1)?;
    gives(target, &format!("bytes={last}-"), -1, -1)
}

/// Safari plays nothing from a server that does not give exactly these two bytes.
fn safari_probe(target: &Target) -> Outcome {
    gives(target, "bytes=0-1", 0, 1)
}

fn middle(target: &Target) -> Outcome {
    for (first, last) in [(1, 1), (1000, 1999), (65_535, 65_536), (123_456, 1_234_567)] {
        gives(target, &format!("bytes={first}-{last}"), first, last)?;
    }
    Ok(())
}

fn open(target: &Target) -> Outcome {
    gives(target, "bytes=0-", 0, -1)?;
    gives(target, "bytes=1000000-", 1_000_000, -1)
}

fn suffix(target: &Target) -> Outcome {
    gives(target, "bytes=-2", -2, -1)?;
    gives(target, "bytes=-70000", -70_000, -1)
}

fn suffix_longer_than_the_file(target: &Target) -> Outcome {
    gives(target, "bytes=-99999999", 0, -1)?;
    gives(target, &format!("bytes=-{}", fixture(BIG)?.len()), 0, -1)
}

fn end_is_clamped(target: &Target) -> Outcome {
    gives(target, "bytes=10-99999999", 10, -1)?;
    gives(target, "bytes=10-4294967296", 10, -1)?;
    gives(target, "bytes=10-18446744073709551615", 10, -1)?;
    gives(target, &format!("bytes=10-{}", fixture(BIG)?.len()), 10, -1)
}

fn sixty_digits(target: &Target) -> Outcome {
    let sixty = "9".repeat(60);
    gives(target, &format!("bytes=10-{sixty}"), 10, -1)?;
    gives(target, &format!("bytes=-{sixty}"), 0, -1)?;
    gives(target, &format!("bytes={:0>60}-{:0>60}", 10, 20), 10, 20)?;
    ensure_eq!(ask(target, &format!("bytes={sixty}-"))?.status, 416, "a first byte of sixty digits");
    Ok(())
}

fn unit_in_any_case(target: &Target) -> Outcome {
    gives(target, "BYTES=5-9", 5, 9)?;
    gives(target, "Bytes= 5-9 ", 5, 9)
}

fn outside_the_file(target: &Target) -> Outcome {
    let size = fixture(BIG)?.len();
    for range in [
        format!("bytes={size}-"),
        format!("bytes={size}-{}", size + 5),
        "bytes=99999999-".to_owned(),
        "bytes=4294967296-4294967297".to_owned(),
        "bytes=18446744073709551615-".to_owned(),
        "bytes=-0".to_owned(),
    ] {
        let answer = ask(target, &range)?;
        ensure_eq!(answer.status, 416, "{range}: status");
        answer.has("content-range", &format!("bytes */{size}"))?;
        answer.has("content-type", "application/problem+json")?;
        answer.has("cache-control", "no-store")?;
    }
    Ok(())
}

/// Another unit, and what is no range at all, is as if it were not there.
fn ignored(target: &Target) -> Outcome {
    for range in [
        "items=0-1",
        "bytes",
        "bytes=",
        "bytes=-",
        "bytes=a-b",
        "bytes=2-1",
        "bytes=+1-2",
        "bytes=1-2-3",
        "bytes=0x1-2",
        "bytes=1",
        "0-1",
        "bytes:0-1",
        "bytes=1 -2",
        "bytes=,",
    ] {
        is_whole(&ask(target, range)?, range)?;
    }
    Ok(())
}

/// A server may answer with the whole; never with more than twice the file.
fn several(target: &Target) -> Outcome {
    let flood = (0..500).map(|at| format!("{at}-")).collect::<Vec<_>>().join(",");
    for range in ["bytes=0-1,5-6", "bytes=0-,0-,0-", &format!("bytes={flood}")] {
        let answer = ask(target, range)?;
        let multipart = answer.header("content-type").is_some_and(|kind| kind.starts_with("multipart/byteranges"));
        let shown: String = range.chars().take(40).collect();
        match answer.status {
            206 if multipart => {
                ensure!(answer.body.len() < 2 * fixture(BIG)?.len(), "{shown}: {} bytes", answer.body.len());
            }
            _ => is_whole(&answer, &shown)?,
        }
    }
    Ok(())
}

fn head_ignores_range(target: &Target) -> Outcome {
    for range in ["bytes=0-0", "bytes=99999999-", "items=0-1"] {
        let answer = target.get(&file(BIG)).head().header("range", range).expect(200)?;
        ensure_eq!(answer.length()?, fixture(BIG)?.len() as u64, "{range}: Content-Length");
        answer.lacks("content-range")?;
    }
    Ok(())
}

/// Asks for ten bytes, if the photo is still what `condition` says.
fn if_range(target: &Target, condition: &str) -> Result<Answer, String> {
    target.get(&file(BIG)).header("range", "bytes=0-9").header("if-range", condition).send()
}

fn validator(target: &Target, name: &str) -> Result<String, String> {
    Ok(target.get(&file(BIG)).head().expect(200)?.need(name)?.to_owned())
}

fn if_range_same_tag(target: &Target) -> Outcome {
    let answer = if_range(target, &validator(target, "etag")?)?;
    ensure_eq!((answer.status, answer.body.len()), (206, 10), "If-Range with the current tag");
    Ok(())
}

fn if_range_other_tag(target: &Target) -> Outcome {
    is_whole(&if_range(target, "\"another\"")?, "If-Range with another tag")
}

/// Section 13.1.5 wants a strong comparison.
fn if_range_weak_tag(target: &Target) -> Outcome {
    let weak = format!("W/{}", validator(target, "etag")?);
    is_whole(&if_range(target, &weak)?, "If-Range with the current tag, weak")
}

fn if_range_same_date(target: &Target) -> Outcome {
    let answer = if_range(target, &validator(target, "last-modified")?)?;
    ensure_eq!((answer.status, answer.body.len()), (206, 10), "If-Range with the date of last change");
    Ok(())
}

/// A date must match to the letter: neither an older nor a younger one does.
fn if_range_other_date(target: &Target) -> Outcome {
    for date in ["Tue, 15 Nov 1994 12:45:26 GMT", "Fri, 31 Dec 2100 00:00:00 GMT", "yesterday"] {
        is_whole(&if_range(target, date)?, date)?;
    }
    Ok(())
}

fn if_range_without_range(target: &Target) -> Outcome {
    for condition in ["\"another\"", &validator(target, "etag")?] {
        let answer = target.get(&file(BIG)).header("if-range", condition).send()?;
        is_whole(&answer, "If-Range alone")?;
    }
    Ok(())
}

/// Every first and last byte of a small photo, around its ends.
fn small_files(target: &Target) -> Outcome {
    let key = "plain.png";
    let whole = fixture(key)?;
    let size = whole.len();
    for (first, last) in
        [(0, size - 2), (0, size - 1), (0, size), (1, size + 1), (size - 1, size - 1), (size / 2, size)]
    {
        let answer = target.get(&file(key)).header("range", format!("bytes={first}-{last}")).expect(206)?;
        let last = last.min(size - 1);
        ensure!(answer.body == whole[first..=last], "{first}-{last} of {size}: other bytes");
        answer.has("content-range", &format!("bytes {first}-{last}/{size}"))?;
    }
    Ok(())
}
