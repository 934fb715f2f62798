//! Bodies: `From<Bytes>`, [`platform::Platform::collect`], `join` and `stream`. The driver checks what a client
//! receives of them.

use std::collections::VecDeque;

use bytes::Bytes;
use http::Request;
use platform::{Error, Kind, Pieces, Platform};

use crate::{At, Outcome, cases, ensure, fails, pattern, words};

cases!(bodies:
    collects_up_to_the_limit, more_than_the_limit_is_too_large, joined_in_order, joined_of_nothing, broken_piece_breaks_the_whole,
    streamed_in_order, streamed_of_nothing, streamed_piece_that_fails_breaks_the_whole,
);

async fn collects_up_to_the_limit<P: Platform>(at: &At<'_, P>) -> Outcome {
    for (length, max) in [(0, 0), (5, 5), (5, 6), (100_000, 100_000)] {
        let made = P::collect(P::Body::from(Bytes::from(vec![1; length])), max).await;
        ensure!(made.is_ok_and(|bytes| bytes.len() == length), "{length} bytes of ours, {max} allowed");
    }
    for path in ["/bytes/1000", "/chunked/1000"] {
        let response = at.cx.fetch(at.get(path)?).await.map_err(|error| words(&error))?;
        let body = P::collect(response.into_body(), 1000).await.map_err(|error| format!("{path}: {error}"))?;
        ensure!(body.len() == 1000, "{path}: {} bytes", body.len());
    }
    Ok(())
}

async fn more_than_the_limit_is_too_large<P: Platform>(at: &At<'_, P>) -> Outcome {
    fails(P::collect(P::Body::from(Bytes::from(vec![1; 6])), 5).await, &[Kind::TooLarge], "six bytes of ours")?;
    for path in ["/bytes/1000", "/chunked/1000", "/bytes/5000000", "/chunked/5000000"] {
        let response = at.cx.fetch(at.get(path)?).await.map_err(|error| words(&error))?;
        fails(P::collect(response.into_body(), 999).await, &[Kind::TooLarge], path)?;
    }
    Ok(())
}

async fn joined_in_order<P: Platform>(at: &At<'_, P>) -> Outcome {
    let mut pieces = vec![P::Body::from(Bytes::from_static(b"first "))];
    for path in ["/bytes/1000", "/chunked/70000"] {
        pieces.push(at.cx.fetch(at.get(path)?).await.map_err(|error| words(&error))?.into_body());
    }
    pieces.push(P::Body::from(Bytes::from_static(b" last")));
    let body = P::collect(P::join(pieces), 100_000).await.map_err(|error| words(&error))?;
    let of = |length: usize| (0..length).map(pattern).collect::<Vec<u8>>();
    ensure!(body[..] == [b"first ".to_vec(), of(1000), of(70_000), b" last".to_vec()].concat(), "{} bytes", body.len());
    Ok(())
}

async fn joined_of_nothing<P: Platform>(_: &At<'_, P>) -> Outcome {
    for pieces in [Vec::new(), vec![P::Body::from(Bytes::new()), P::Body::from(Bytes::new())]] {
        let body = P::collect(P::join(pieces), 0).await.map_err(|error| words(&error))?;
        ensure!(body.is_empty(), "{body:?}");
    }
    Ok(())
}

async fn broken_piece_breaks_the_whole<P: Platform>(at: &At<'_, P>) -> Outcome {
    let broken = match at.cx.fetch(at.get("/short/10")?).await {
        Ok(response) => response.into_body(),
        // A host that gives only whole bodies cannot give one that breaks off. The fetch itself must then have
        // failed.
        Err(error) => return fails::<()>(Err(error), &[Kind::Unavailable, Kind::Timeout], "a body that breaks off"),
    };
    let pieces = vec![P::Body::from(Bytes::from_static(b"a")), broken, P::Body::from(Bytes::from_static(b"b"))];
    fails(P::collect(P::join(pieces), 10_000).await, &[Kind::Unavailable, Kind::Timeout], "a piece that breaks off")
}

/// Pieces that are asked for one by one: text of our own, and answers to requests.
#[derive(Default)]
pub(crate) struct Asked(pub VecDeque<Piece>);

pub(crate) enum Piece {
    Text(&'static str),
    Answer(Box<Request<Bytes>>),
    Failure,
}

impl<P: Platform> Pieces<P> for Asked {
    async fn next(&mut self, platform: &P, now: u64) -> Option<Result<P::Body, Error>> {
        Some(match self.0.pop_front()? {
            // A clock that stands still, or that counts from another year, would sign nothing.
            _ if now < 1_700_000_000 => Err(Error::new(Kind::Internal, "piece.now")),
            Piece::Text(text) => Ok(Bytes::from(text).into()),
            Piece::Answer(request) => platform.fetch(*request).await.map(http::Response::into_body),
            Piece::Failure => Err(Error::new(Kind::Unavailable, "piece")),
        })
    }
}

async fn streamed_in_order<P: Platform>(at: &At<'_, P>) -> Outcome {
    let answer = |path| at.get(path).map(|request| Piece::Answer(Box::new(request)));
    let pieces = Asked(VecDeque::from([
        Piece::Text("first "),
        answer("/bytes/1000")?,
        answer("/bytes/0")?,
        Piece::Text(""),
        answer("/chunked/70000")?,
        answer("/bytes/1200000")?,
        Piece::Text(" last"),
    ]));
    let body = at.cx.stream(pieces).await.map_err(|error| words(&error))?;
    let body = P::collect(body, 2_000_000).await.map_err(|error| words(&error))?;
    let of = |length: usize| (0..length).map(pattern).collect::<Vec<u8>>();
    let wanted = [b"first ".to_vec(), of(1000), of(70_000), of(1_200_000), b" last".to_vec()].concat();
    ensure!(body[..] == wanted, "{} bytes, or others", body.len());
    Ok(())
}

async fn streamed_of_nothing<P: Platform>(at: &At<'_, P>) -> Outcome {
    let body = at.cx.stream(Asked::default()).await.map_err(|error| words(&error))?;
    ensure!(P::collect(body, 0).await.is_ok_and(|bytes| bytes.is_empty()), "bytes of nothing");
    Ok(())
}

async fn streamed_piece_that_fails_breaks_the_whole<P: Platform>(at: &At<'_, P>) -> Outcome {
    let broken = Piece::Answer(Box::new(at.get("/short/10")?));
    for broken in [broken, Piece::Failure] {
        let body = at.cx.stream(Asked(VecDeque::from([Piece::Text("a"), broken, Piece::Text("b")]))).await;
        let whole = match body {
            Ok(body) => P::collect(body, 10_000).await,
            Err(error) => Err(error),
        };
        fails(whole, &[Kind::Unavailable, Kind::Timeout], "a piece that fails")?;
    }
    Ok(())
}
