//! Conditional requests for originals: RFC 9110 section 13.

use crate::{
    Call, Outcome, Target,
    library::{BIG, file, fixture},
};

cases!(conditions:
    one_validator_for_all, if_none_match_holds, if_none_match_fails, if_modified_since_holds, if_modified_since_fails,
    date_in_any_form, if_none_match_goes_before_the_date, not_modified_goes_before_range, a_304_has_what_a_200_has,
    if_match, if_unmodified_since,
);

const PAST: &str = "Tue, 15 Nov 1994 12:45:26 GMT";
const FUTURE: &str = "Fri, 31 Dec 2100 00:00:00 GMT";

struct Validators {
    tag: String,
    date: String,
}

fn validators(target: &Target) -> Result<Validators, String> {
    let head = target.get(&file(BIG)).head().expect(200)?;
    Ok(Validators { tag: head.need("etag")?.to_owned(), date: head.need("last-modified")?.to_owned() })
}

/// The photo by GET and by HEAD, with headers, gives `status`.
fn gives(target: &Target, headers: &[(&str, &str)], status: u16) -> Outcome {
    for method in ["GET", "HEAD"] {
        let call = target.get(&file(BIG)).method(method);
        let answer = headers.iter().fold(call, |call: Call<'_>, (name, value)| call.header(name, *value)).send()?;
        ensure_eq!(answer.status, status, "{method} with {headers:?}");
        if method == "GET" {
            let whole = fixture(BIG)?;
            ensure!(answer.body == whole || status != 200, "{headers:?}: other bytes");
            ensure!(answer.body.is_empty() || status != 304, "{headers:?}: a 304 with a body");
        }
    }
    Ok(())
}

fn one_validator_for_all(target: &Target) -> Outcome {
    let known = validators(target)?;
    for (name, value, status) in
        [("accept", "*/*", 200), ("range", "bytes=0-9", 206), ("if-none-match", known.tag.as_str(), 304)]
    {
        let answer = target.get(&file(BIG)).header(name, value).expect(status)?;
        answer.has("etag", &known.tag)?;
        answer.has("last-modified", &known.date)?;
    }
    ensure!(known.tag.starts_with('"') && known.tag.ends_with('"'), "the tag is not strong: {}", known.tag);
    Ok(())
}

fn if_none_match_holds(target: &Target) -> Outcome {
    let tag = validators(target)?.tag;
    for condition in [
        tag.clone(),
        format!("W/{tag}"),
        "*".to_owned(),
        format!("\"a\", {tag}"),
        format!("\"a,b\" ,{tag},\"c\""),
        format!("W/\"a\",, W/{tag}"),
    ] {
        gives(target, &[("if-none-match", &condition)], 304)?;
    }
    Ok(())
}

fn if_none_match_fails(target: &Target) -> Outcome {
    let tag = validators(target)?.tag;
    let bare = tag.trim_matches('"');
    for condition in ["\"x\"", "W/\"x\"", "\"a\", \"b\"", bare, &format!("\"a,{bare}\""), &format!("\"{bare}"), ""] {
        gives(target, &[("if-none-match", condition)], 200)?;
    }
    Ok(())
}

fn if_modified_since_holds(target: &Target) -> Outcome {
    let date = validators(target)?.date;
    gives(target, &[("if-modified-since", &date)], 304)?;
    gives(target, &[("if-modified-since", FUTURE)], 304)
}

fn if_modified_since_fails(target: &Target) -> Outcome {
    for date in [PAST, "yesterday", "", "Tue, 99 Nov 1994 12:45:26 GMT", "0"] {
        gives(target, &[("if-modified-since", date)], 200)?;
    }
    Ok(())
}

/// Section 5.6.7: a recipient reads the two obsolete forms too.
fn date_in_any_form(target: &Target) -> Outcome {
    for (date, status) in [
        ("Tuesday, 15-Nov-94 12:45:26 GMT", 200),
        ("Tue Nov 15 12:45:26 1994", 200),
        ("Sunday, 31-Dec-62 00:00:00 GMT", 304),
        ("Fri Dec 31 00:00:00 2100", 304),
    ] {
        gives(target, &[("if-modified-since", date)], status)?;
    }
    Ok(())
}

/// Section 13.1.3: beside If-None-Match the date does not count.
fn if_none_match_goes_before_the_date(target: &Target) -> Outcome {
    let tag = validators(target)?.tag;
    gives(target, &[("if-none-match", "\"x\""), ("if-modified-since", FUTURE)], 200)?;
    gives(target, &[("if-none-match", &tag), ("if-modified-since", PAST)], 304)
}

/// Section 13.2.2: conditions first, then the range.
fn not_modified_goes_before_range(target: &Target) -> Outcome {
    let tag = validators(target)?.tag;
    let ask = |condition: &str, range: &str| {
        target.get(&file(BIG)).header("if-none-match", condition).header("range", range).send()
    };
    ensure_eq!(ask(&tag, "bytes=0-9")?.status, 304, "the current tag, with a range");
    ensure_eq!(ask("*", "bytes=0-9")?.status, 304, "any tag, with a range");
    ensure_eq!(ask(&tag, "bytes=99999999-")?.status, 304, "the current tag, with a range outside");
    ensure_eq!(ask("\"x\"", "bytes=0-9")?.status, 206, "another tag, with a range");
    Ok(())
}

fn a_304_has_what_a_200_has(target: &Target) -> Outcome {
    let whole = target.get(&file(BIG)).expect(200)?;
    let unchanged = target.get(&file(BIG)).header("if-none-match", whole.need("etag")?).expect(304)?;
    for name in ["etag", "last-modified", "cache-control", "vary"] {
        ensure_eq!(unchanged.header(name), whole.header(name), "{name} of a 304");
    }
    for name in ["content-type", "content-range", "content-encoding"] {
        unchanged.lacks(name)?;
    }
    Ok(())
}

/// Section 13.1.1, by strong comparison.
fn if_match(target: &Target) -> Outcome {
    let tag = validators(target)?.tag;
    for condition in [tag.clone(), "*".to_owned(), format!("\"a\", {tag}")] {
        gives(target, &[("if-match", &condition)], 200)?;
    }
    for condition in ["\"x\"".to_owned(), format!("W/{tag}"), "\"a\", \"b\"".to_owned()] {
        gives(target, &[("if-match", &condition)], 412)?;
    }
    gives(target, &[("if-match", "\"x\""), ("if-none-match", &tag)], 412)
}

/// Section 13.1.4.
fn if_unmodified_since(target: &Target) -> Outcome {
    let Validators { tag, date } = validators(target)?;
    gives(target, &[("if-unmodified-since", &date)], 200)?;
    gives(target, &[("if-unmodified-since", FUTURE)], 200)?;
    gives(target, &[("if-unmodified-since", PAST)], 412)?;
    gives(target, &[("if-unmodified-since", "yesterday")], 200)?;
    gives(target, &[("if-unmodified-since", PAST), ("if-match", &tag)], 200)
}
