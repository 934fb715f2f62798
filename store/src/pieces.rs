//! A part of a file as a stream, read one piece ahead of the network.

use std::{
    fs::File,
    io::{self, Read, Seek, SeekFrom},
    mem,
    ops::Range,
    path::PathBuf,
    pin::Pin,
    task::{Context, Poll},
};

use futures_core::Stream;
use hyper::body::Bytes;
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
    /// The number of bytes of the range after this piece.
    left: u64,
}

/// Opens `path` for the bytes in `range`. When this returns, the first piece has been read.
///
/// # Errors
/// Those of opening and reading. `UnexpectedEof` if the file ends before the range does.
pub async fn open(path: PathBuf, range: Range<u64>) -> io::Result<Pieces> {
    let first = task::spawn_blocking(move || {
        let mut file = File::open(path)?;
        file.seek(SeekFrom::Start(range.start))?;
        read(file, range.end - range.start)
    });
    Ok(Pieces::Read(first.await??))
}

fn read(mut file: File, left: u64) -> io::Result<Piece> {
    let length = left.min(PIECE);
    let mut bytes = Vec::with_capacity(usize::try_from(length).unwrap_or_default());
    if file.by_ref().take(length).read_to_end(&mut bytes)? as u64 != length {
        return Err(io::ErrorKind::UnexpectedEof.into());
    }
    Ok(Piece { bytes: bytes.into(), file, left: left - length })
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
        let Piece { bytes, file, left } = piece;
        if left > 0 {
            *self = Self::Reading(task::spawn_blocking(move || read(file, left)));
        }
        Poll::Ready((!bytes.is_empty()).then_some(Ok(bytes)))
    }
}
