//! A part of a file as a stream, read one piece ahead of the network.

use std::{
    fs::File,
    io, mem,
    ops::Range,
    path::PathBuf,
    pin::Pin,
    task::{Context, Poll},
};

use futures_core::Stream;
use hyper::body::Bytes;
use rustix::{
    buffer::spare_capacity,
    io::{Errno, pread},
};
use tokio::task::{self, JoinHandle};

/// The bytes that are read at once. Of a body, at most three pieces are in memory: one that the network is sending,
/// one that has been read, and one that is being read.
const PIECE: u64 = 256 * 1024;

pub enum Pieces {
    Read(Piece),
    Reading(JoinHandle<io::Result<Piece>>),
    Ended,
}

pub struct Piece {
    bytes: Bytes,
    file: File,
    /// The bytes of the range after this piece.
    rest: Range<u64>,
}

/// Opens `path` for the bytes in `range`. When this returns, the first piece has been read.
///
/// # Errors
/// Those of opening and reading. `UnexpectedEof` if the file ends before the range does.
pub async fn open(path: PathBuf, range: Range<u64>) -> io::Result<Pieces> {
    let first = task::spawn_blocking(move || read(File::open(path)?, range));
    Ok(Pieces::Read(first.await??))
}

fn read(file: File, range: Range<u64>) -> io::Result<Piece> {
    let length = usize::try_from((range.end - range.start).min(PIECE)).map_err(io::Error::other)?;
    let mut bytes = Vec::with_capacity(length);
    let mut next = range.start;
    // Usually one call: `read_to_end` would begin with a few KiB, and ask again and again.
    while bytes.len() < length {
        match pread(&file, spare_capacity(&mut bytes), next) {
            Ok(0) => return Err(io::ErrorKind::UnexpectedEof.into()),
            Ok(read) => next += read as u64,
            Err(Errno::INTR) => {}
            Err(error) => return Err(error.into()),
        }
    }
    // The memory that was allotted may be larger than what was asked for.
    let surplus = bytes.len().saturating_sub(length) as u64;
    bytes.truncate(length);
    Ok(Piece { bytes: bytes.into(), file, rest: next - surplus..range.end })
}

impl Stream for Pieces {
    type Item = io::Result<Bytes>;

    fn poll_next(mut self: Pin<&mut Self>, cx: &mut Context<'_>) -> Poll<Option<Self::Item>> {
        let piece = match mem::replace(&mut *self, Self::Ended) {
            Self::Read(piece) => piece,
            Self::Reading(mut read) => match Pin::new(&mut read).poll(cx) {
                Poll::Ready(piece) => piece??,
                Poll::Pending => {
                    *self = Self::Reading(read);
                    return Poll::Pending;
                }
            },
            Self::Ended => return Poll::Ready(None),
        };
        let Piece { bytes, file, rest } = piece;
        if !rest.is_empty() {
            *self = Self::Reading(task::spawn_blocking(move || read(file, rest)));
        }
        Poll::Ready((!bytes.is_empty()).then_some(Ok(bytes)))
    }
}
