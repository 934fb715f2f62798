//! Conditional requests for files: RFC 9110 section 13.

use crate::{Outcome, Target, library::file, served::Served, table, tables};

cases!(conditions:
    needs [Nothing]: not_before_what_is_there;
    needs [Photo]: if_none_match, if_modified_since, if_match, if_unmodified_since, order, thumbnails, one_strong_tag,
        a_304_has_what_a_200_has, not_before_who_asks;
    needs [DemoFilm]: films;
);

fn if_none_match(target: &Target) -> Outcome {
    tables::hold(target, table::IF_NONE_MATCH)
}

fn if_modified_since(target: &Target) -> Outcome {
    tables::hold(target, table::IF_MODIFIED_SINCE)
}

fn if_match(target: &Target) -> Outcome {
    tables::hold(target, table::IF_MATCH)
}

fn if_unmodified_since(target: &Target) -> Outcome {
    tables::hold(target, table::IF_UNMODIFIED_SINCE)
}

fn order(target: &Target) -> Outcome {
    tables::hold(target, table::ORDER)
}

/// All rules for a thumbnail, which a host may keep in its edge cache.
fn thumbnails(target: &Target) -> Outcome {
    let path = target.photo()?.thumbnail("?size=large");
    let call = || target.get(&path);
    let bytes = call().expect(200)?.body;
    let served = Served::new(call, &bytes)?;
    tables::all_hold(&served, "private, max-age=300")
}

/// All rules for a film's original.
fn films(target: &Target) -> Outcome {
    let film = demo::short_film();
    let served = Served::new(|| target.get(&file(film.key)), film.original)?;
    tables::all_hold(&served, tables::ORIGINALS)
}

fn one_strong_tag(target: &Target) -> Outcome {
    let head = target.get(&target.photo()?.file()).head().expect(200)?;
    let tag = head.need("etag")?;
    ensure!(tag.starts_with('"') && tag.ends_with('"') && tag.len() > 2, "the tag is not strong: {tag}");
    Ok(())
}

fn a_304_has_what_a_200_has(target: &Target) -> Outcome {
    let whole = target.get(&target.photo()?.file()).expect(200)?;
    let (tag, date) = (whole.need("etag")?.to_owned(), whole.need("last-modified")?.to_owned());
    for (name, value) in [
        ("if-none-match", tag.as_str()),
        ("if-none-match", "*"),
        ("if-none-match", &format!("\"x\", {tag}")),
        ("if-modified-since", &date),
        ("if-modified-since", "Fri, 31 Dec 2100 00:00:00 GMT"),
    ] {
        let unchanged = target.get(&target.photo()?.file()).header(name, value).expect(304)?;
        for kept in ["etag", "last-modified", "cache-control", "vary"] {
            ensure_eq!(unchanged.header(kept), whole.header(kept), "{name}: {value}: {kept} of a 304");
        }
        for gone in ["content-type", "content-range", "content-encoding", "content-disposition"] {
            unchanged.lacks(gone)?;
        }
    }
    Ok(())
}

/// A client without a session gets the same answer whatever the conditions, whether or not the file exists.
fn not_before_who_asks(target: &Target) -> Outcome {
    let photo = target.photo()?;
    let tag = target.get(&photo.file()).head().expect(200)?.need("etag")?.to_owned();
    for (name, value) in [
        ("if-none-match", tag.as_str()),
        ("if-none-match", "*"),
        ("if-match", "\"x\""),
        ("if-modified-since", "Fri, 31 Dec 2100 00:00:00 GMT"),
        ("if-unmodified-since", "Tue, 15 Nov 1994 12:45:26 GMT"),
        ("range", "bytes=0-9"),
        ("range", "bytes=0-1,5-6"),
        ("range", "bytes=99999999-"),
    ] {
        for path in [photo.file(), file("absent.jpg"), photo.thumbnail("")] {
            for method in ["GET", "HEAD"] {
                let answer = target.get(&path).anonymous().method(method).header(name, value).expect(401)?;
                for gone in ["etag", "last-modified", "content-range", "accept-ranges"] {
                    answer.lacks(gone)?;
                }
                answer.has("cache-control", "no-store")?;
            }
        }
    }
    Ok(())
}

/// Conditions do not matter for a file that does not exist.
fn not_before_what_is_there(target: &Target) -> Outcome {
    for (name, value) in [("if-none-match", "*"), ("if-match", "\"x\""), ("if-match", "*"), ("range", "bytes=0-9")] {
        target.get(&file("absent.jpg")).header(name, value).expect(404)?;
        target.get(&file("absent.jpg")).head().header(name, value).expect(404)?;
    }
    Ok(())
}
