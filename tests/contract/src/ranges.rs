//! Byte ranges of files: RFC 9110 sections 13.1.5, 14 and 15.3.7.

use crate::{
    Outcome, Target,
    library::mime,
    table::{self, Row},
    tables,
};

cases!(ranges:
    needs [Photo]: one, outside, none, several, if_range, several_at_their_best, several_are_parts_of_one_response,
        small_files;
);

fn one(target: &Target) -> Outcome {
    tables::hold(target, table::ONE_RANGE)
}

fn outside(target: &Target) -> Outcome {
    tables::hold(target, table::OUTSIDE)
}

/// A header with another unit, or without a valid range, is ignored.
fn none(target: &Target) -> Outcome {
    tables::hold(target, table::NO_RANGE)
}

fn several(target: &Target) -> Outcome {
    tables::hold(target, table::SEVERAL_RANGES)
}

fn if_range(target: &Target) -> Outcome {
    tables::hold(target, table::IF_RANGE)
}

/// Where RFC 9110 leaves a choice, the gallery sends parts, no byte twice, in the order of the request.
fn several_at_their_best(target: &Target) -> Outcome {
    use table::Gives::{Outside, Part, Parts, Whole};
    const EXACTLY: &[Row] = &[
        Row { what: "two", headers: &[("range", "bytes=0-1,5-6")], gives: &[Parts(&[(0, 1), (5, 6)])] },
        Row { what: "the ends", headers: &[("range", "bytes=0-0,-1")], gives: &[Parts(&[(0, 0), (-1, -1)])] },
        Row { what: "overlap", headers: &[("range", "bytes=5-9,0-6")], gives: &[Part(0, 9)] },
        Row { what: "all, twice", headers: &[("range", "bytes=0-,0-")], gives: &[Part(0, -1)] },
        Row { what: "some touch", headers: &[("range", "bytes=0-1,9-9,2-3")], gives: &[Parts(&[(0, 3), (9, 9)])] },
        Row { what: "one is outside", headers: &[("range", "bytes=99999999-,5-6")], gives: &[Part(5, 6)] },
        Row {
            what: "the tag",
            headers: &[("range", "bytes=0-1,5-6"), ("if-range", "{tag}")],
            gives: &[Parts(&[(0, 1), (5, 6)])],
        },
        Row {
            what: "eight",
            headers: &[("range", "bytes=0-1,5-6,9-9,20-29,40-49,60-69,80-89,-1")],
            gives: &[Parts(EIGHT)],
        },
        Row {
            what: "nine are too many",
            headers: &[("range", "bytes=0-1,5-6,9-9,20-29,40-49,60-69,80-89,90-90,-1")],
            gives: &[Whole],
        },
        Row { what: "longer than the whole", headers: &[("range", "bytes=0-10,12-{last}")], gives: &[Whole] },
        Row { what: "all outside", headers: &[("range", "bytes={size}-,-0")], gives: &[Outside] },
        Row { what: "two lines", headers: &[("range", "bytes=0-1"), ("range", "bytes=5-6")], gives: &[Whole] },
    ];
    const EIGHT: &[(i64, i64)] = &[(0, 1), (5, 6), (9, 9), (20, 29), (40, 49), (60, 69), (80, 89), (-1, -1)];
    tables::hold(target, EXACTLY)
}

fn several_are_parts_of_one_response(target: &Target) -> Outcome {
    let photo = target.photo()?;
    let (whole, content_type, size) = (&photo.bytes, mime(&photo.item), photo.bytes.len());
    let ask = |range: &str| target.get(&photo.file()).header("range", range).expect(206);
    let (first, last, end) = (size / 4, size / 2, size / 6);
    let answer = ask(&format!("bytes={first}-{last},7-7,-{end}"))?;
    let boundary = answer.need("content-type")?.strip_prefix("multipart/byteranges; boundary=");
    let boundary = boundary.ok_or("not multipart")?;
    let part = |first: usize, last: usize| {
        let head = format!(
            "--{boundary}\r\nContent-Type: {content_type}\r\nContent-Range: bytes {first}-{last}/{size}\r\n\r\n"
        );
        [head.as_bytes(), &whole[first..=last], b"\r\n"].concat()
    };
    let parts = [part(first, last), part(7, 7), part(size - end, size - 1)];
    let wanted = [parts.concat(), format!("--{boundary}--\r\n").into_bytes()].concat();
    ensure!(answer.body == wanted, "other bytes, {} of them", answer.body.len());
    answer.has("accept-ranges", "bytes")?;
    answer.has("content-disposition", target.get(&photo.file()).head().expect(200)?.need("content-disposition")?)?;
    let other = ask(&format!("bytes={first}-{last},7-7"))?;
    ensure!(!other.need("content-type")?.contains(boundary), "the boundary {boundary} came twice");
    Ok(())
}

/// All pairs of first and last bytes around the ends of a small photo.
fn small_files(target: &Target) -> Outcome {
    let photos = target.few()?;
    let photo = photos.first().ok_or("no photo")?;
    let (whole, size) = (&photo.bytes, photo.bytes.len());
    for (first, last) in
        [(0, size - 2), (0, size - 1), (0, size), (1, size + 1), (size - 1, size - 1), (size / 2, size)]
    {
        let answer = target.get(&photo.file()).header("range", format!("bytes={first}-{last}")).expect(206)?;
        let last = last.min(size - 1);
        ensure!(answer.body == whole[first..=last], "{first}-{last} of {size}: other bytes");
        answer.has("content-range", &format!("bytes {first}-{last}/{size}"))?;
    }
    Ok(())
}
