use crate::scan::scan;
use crate::{Error, Fault, Reference, Scope, Summary};

/// Copies `playlist` to the end of `out`. Every byte stays as it is, except the URIs that name objects below the
/// scope's prefix: for each such URI, `replace` appends the new URI to `out`. Two things are left out: a byte order
/// mark, with which players refuse a playlist, and an `EXT-X-CONTENT-STEERING` whose server is outside the prefix.
/// The film plays without it. With it, the other host could send players to any host, and with them the whole of
/// their URLs.
///
/// `replace` gets the URIs in document order, once per use. The same key may occur many times (byte ranges), and must
/// then get the same text each time (RFC 8216bis 4.4.4.2). The new URI must be fit for a quoted string and for a line
/// of its own: see [`Fault::Replacement`]. The same is true for a placeholder that is filled in later. Quotes around
/// an attribute and white space around a URI stay.
///
/// These are copied unread: unknown tags and attributes, comments, titles, other quoted strings, `METHOD=NONE` keys,
/// `data:` URIs, in KEY, SESSION-KEY, SESSION-DATA and DATERANGE every URI whose scheme is not http(s), such as `skd:`
/// and `urn:`, and in SESSION-DATA and DATERANGE also URIs of other hosts. A film plays without what these two name.
///
/// `{$name}` in a URI is filled in from `EXT-X-DEFINE` with NAME and VALUE (RFC 8216bis 4.3) before the key is
/// formed. Variables that come from elsewhere (IMPORT, QUERYPARAM) have no value here, so a URI that uses one is
/// refused. Outside URIs, references to variables stay as they are.
///
/// On an error, `out` has its former length again: a playlist is rewritten whole or not at all.
///
/// The cost is linear in the playlist and in the text that `replace` writes. A call uses one scratch buffer, and
/// allocates nothing per line.
pub fn rewrite(
    playlist: &[u8],
    scope: &Scope<'_>,
    out: &mut String,
    mut replace: impl FnMut(&mut String, &Reference<'_>),
) -> Result<Summary, Error> {
    copy(playlist, scope, out, &mut replace)
}

fn copy(
    playlist: &[u8],
    scope: &Scope<'_>,
    out: &mut String,
    replace: &mut dyn FnMut(&mut String, &Reference<'_>),
) -> Result<Summary, Error> {
    let start = out.len();
    let result = split(playlist, scope, |before, reference| {
        out.push_str(before);
        let Some(reference) = reference else { return Ok(()) };
        let written = out.len();
        replace(out, reference);
        match out.get(written..) {
            Some(uri) if is_safe_uri(uri) => Ok(()),
            _ => Err(Fault::Replacement),
        }
    });
    match result {
        Ok((rest, summary)) => {
            out.push_str(rest);
            Ok(summary)
        }
        Err(error) => {
            out.truncate(start);
            Err(error)
        }
    }
}

/// Takes a playlist apart as [`rewrite`] does, and leaves the output to the caller. `each` gets the text since its last
/// call, and the reference behind this text. The reference is `None` where [`rewrite`] leaves something out. The text
/// behind the last of these places is returned.
///
/// If the caller cannot write the replacement, `each` returns a fault. See [`is_safe_uri`].
pub fn split<'p>(
    playlist: &'p [u8],
    scope: &Scope<'_>,
    mut each: impl FnMut(&'p str, Option<&Reference<'_>>) -> Result<(), Fault>,
) -> Result<(&'p str, Summary), Error> {
    let mut done = 0;
    let (text, summary) = scan(playlist, scope, &mut |text, span, reference| {
        let before = &text[done..span.start];
        done = span.end;
        each(before, reference)
    })?;
    Ok((&text[done..], summary))
}

/// The checks of [`rewrite`] without output.
pub fn inspect(playlist: &[u8], scope: &Scope<'_>) -> Result<Summary, Error> {
    scan(playlist, scope, &mut |_, _, _| Ok(())).map(|(_, summary)| summary)
}

/// Whether a text is fit both for a URI line and for a quoted string. See [`Fault::Replacement`].
pub fn is_safe_uri(uri: &str) -> bool {
    let bytes = uri.as_bytes();
    let (Some(&first), Some(&last)) = (bytes.first(), bytes.last()) else {
        return false;
    };
    first != b'#' && first != b' ' && last != b' ' && is_quotable(uri)
}

/// Whether a text holds no quote and no control character. The loop reads every byte, without an early end, so that
/// it runs on whole vectors: URIs here are long, and almost all of them pass.
pub(crate) fn is_quotable(text: &str) -> bool {
    let bad = |b: u8| u8::from(b < 0x20) | u8::from(b == b'"') | u8::from(b == 0x7f);
    text.bytes().fold(0, |found, b| found | bad(b)) == 0
}
