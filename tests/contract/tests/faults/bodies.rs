//! The store answers, but not with the object, or not with all of it. The gallery never sends half an answer.

use std::time::{Duration, Instant};

use contract::{Outcome, ensure, ensure_eq};
use harness::relay::Mode;

use crate::{
    bucket::{BIG, WORDS, answer, fails, master, recovers, set, variant},
    fixture::Fixtures,
};

crate::tests!(bodies:
    playlist_that_is_none,
    playlist_cut_by_the_store,
    playlist_cut_on_the_way,
    file_cut_on_the_way,
    part_cut_on_the_way,
    file_that_stalls,
);

/// The store sends an error text, a web page or nothing at all, with status 200, in place of a playlist.
fn playlist_that_is_none(fixtures: &Fixtures) -> Outcome {
    let fixture = fixtures.start()?;
    let (master, variant) = (master(&fixture.target)?, variant(&fixture.target)?);
    for body in [
        format!("<?xml version=\"1.0\"?><Error><Code>{WORDS}</Code></Error>"),
        format!("<!doctype html><title>{WORDS}</title>"),
        String::new(),
        "{}".to_owned(),
        "\u{0}\u{1}\u{2}".to_owned(),
        "#EXTM3U8\n".to_owned(),
        "#EXTM3U\n#EXT-X-TARGETDURATION:4\n#EXTINF:4,\n../../other/secret.ts\n#EXT-X-ENDLIST\n".to_owned(),
    ] {
        set(&fixture, Mode::Answer(answer("200 OK", "", &body)))?;
        fails(fixture.target.video(&variant), 502)?;
        fails(fixture.target.video(&master), 502).map_err(|wrong| format!("{body:?} as a master: {wrong}"))?;
    }
    recovers(&fixture)
}

fn long_playlist() -> String {
    let segments = (0..40).map(|at| format!("#EXTINF:4.000,\n720p_{at:03}.ts\n")).collect::<Vec<_>>().concat();
    format!("#EXTM3U\n#EXT-X-VERSION:3\n#EXT-X-TARGETDURATION:4\n#EXT-X-PLAYLIST-TYPE:VOD\n{segments}#EXT-X-ENDLIST\n")
}

/// The object itself was cut short. A playlist without its end would look like a live stream.
fn playlist_cut_by_the_store(fixtures: &Fixtures) -> Outcome {
    let fixture = fixtures.start()?;
    let whole = long_playlist();
    let variant = variant(&fixture.target)?;
    set(&fixture, Mode::Answer(answer("200 OK", "", &whole)))?;
    ensure_eq!(
        fixture.target.video(&variant).expect(200)?.text()?.matches("#EXTINF").count(),
        40,
        "segments of the whole"
    );
    let end = whole.len() - "#EXT-X-ENDLIST\n".len();
    for length in (8..end).step_by(whole.len() / 25).chain([end]) {
        set(&fixture, Mode::Answer(answer("200 OK", "", &whole[..length])))?;
        fails(fixture.target.video(&variant), 502).map_err(|wrong| format!("cut after {length} bytes: {wrong}"))?;
    }
    recovers(&fixture)
}

/// The connection broke: fewer bytes arrived than the length promised.
fn playlist_cut_on_the_way(fixtures: &Fixtures) -> Outcome {
    let fixture = fixtures.start()?;
    let whole = answer("200 OK", "", &long_playlist());
    let variant = variant(&fixture.target)?;
    for length in (1..whole.len()).step_by(whole.len() / 25).chain([whole.len() - 1]) {
        set(&fixture, Mode::Answer(whole[..length].to_vec()))?;
        fails(fixture.target.video(&variant), 503).map_err(|wrong| format!("cut after {length} bytes: {wrong}"))?;
    }
    recovers(&fixture)
}

/// The head is sent when the body breaks off. The client must see that the body broke off.
fn file_cut_on_the_way(fixtures: &Fixtures) -> Outcome {
    let fixture = fixtures.start()?;
    for most in [1_000, 100_000, 250_000] {
        set(&fixture, Mode::CutAfter(most))?;
        if let Ok(answer) = fixture.target.get(BIG).send() {
            return Err(format!("cut after {most} bytes: status {}, {} bytes", answer.status, answer.body.len()));
        }
    }
    recovers(&fixture)
}

/// Several parts arrive on as many connections, and each connection breaks.
fn part_cut_on_the_way(fixtures: &Fixtures) -> Outcome {
    let fixture = fixtures.start()?;
    set(&fixture, Mode::CutAfter(100_000))?;
    for range in ["bytes=0-149999,200000-200009", "bytes=0-9,150000-299999"] {
        if let Ok(answer) = fixture.target.get(BIG).header("range", range).send() {
            return Err(format!("{range}, cut: status {}, {} bytes", answer.status, answer.body.len()));
        }
    }
    recovers(&fixture)
}

fn file_that_stalls(fixtures: &Fixtures) -> Outcome {
    let fixture = fixtures.start()?;
    let mut part = b"HTTP/1.1 200 OK\r\ncontent-length: 5000\r\ncontent-type: image/png\r\n\r\n".to_vec();
    part.extend([b'x'; 1000]);
    set(&fixture, Mode::AnswerAndStall(part))?;
    let since = Instant::now();
    if let Ok(answer) = fixture.target.get(BIG).send() {
        return Err(format!("a fifth of a file: status {}, {} bytes", answer.status, answer.body.len()));
    }
    let took = since.elapsed();
    ensure!(took < Duration::from_secs(15), "the client waited {took:?} for bytes that never came");
    recovers(&fixture)
}
