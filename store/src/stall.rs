//! A connection that ends when its client takes nothing for too long.

use std::{
    io::{self, IoSlice},
    pin::Pin,
    task::{Context, Poll},
    time::Duration,
};

use tokio::{
    io::{AsyncRead, AsyncWrite, ReadBuf},
    time::{Instant, Sleep, sleep},
};

/// A stream whose writes fail when they have waited for `limit` without a byte being taken. Reads have their limits
/// elsewhere.
pub struct Stalling<S> {
    stream: S,
    patience: Patience,
}

/// How long something may be waited for without a step forward.
pub struct Patience {
    limit: Duration,
    /// When what is waited for now has taken too long.
    end: Pin<Box<Sleep>>,
    is_waiting: bool,
}

impl Patience {
    pub fn new(limit: Duration) -> Self {
        Self { limit, end: Box::pin(sleep(limit)), is_waiting: false }
    }

    /// What was polled, or `late` where it has been pending for too long.
    pub fn with<T>(&mut self, task: &mut Context<'_>, polled: Poll<T>, late: impl FnOnce() -> T) -> Poll<T> {
        if polled.is_ready() {
            self.is_waiting = false;
            return polled;
        }
        if !self.is_waiting {
            self.is_waiting = true;
            self.end.as_mut().reset(Instant::now() + self.limit);
        }
        self.end.as_mut().poll(task).map(|()| late())
    }
}

impl<S: AsyncWrite + Unpin> Stalling<S> {
    pub fn new(stream: S, limit: Duration) -> Self {
        Self { stream, patience: Patience::new(limit) }
    }

    fn in_time<T>(
        &mut self,
        task: &mut Context<'_>,
        write: impl FnOnce(Pin<&mut S>, &mut Context<'_>) -> Poll<io::Result<T>>,
    ) -> Poll<io::Result<T>> {
        let outcome = write(Pin::new(&mut self.stream), task);
        self.patience.with(task, outcome, || Err(io::ErrorKind::TimedOut.into()))
    }
}

impl<S: AsyncRead + Unpin> AsyncRead for Stalling<S> {
    fn poll_read(self: Pin<&mut Self>, task: &mut Context<'_>, into: &mut ReadBuf<'_>) -> Poll<io::Result<()>> {
        Pin::new(&mut self.get_mut().stream).poll_read(task, into)
    }
}

impl<S: AsyncWrite + Unpin> AsyncWrite for Stalling<S> {
    fn poll_write(self: Pin<&mut Self>, task: &mut Context<'_>, bytes: &[u8]) -> Poll<io::Result<usize>> {
        self.get_mut().in_time(task, |stream, task| stream.poll_write(task, bytes))
    }

    fn poll_write_vectored(
        self: Pin<&mut Self>,
        task: &mut Context<'_>,
        slices: &[IoSlice<'_>],
    ) -> Poll<io::Result<usize>> {
        self.get_mut().in_time(task, |stream, task| stream.poll_write_vectored(task, slices))
    }

    fn is_write_vectored(&self) -> bool {
        self.stream.is_write_vectored()
    }

    fn poll_flush(self: Pin<&mut Self>, task: &mut Context<'_>) -> Poll<io::Result<()>> {
        self.get_mut().in_time(task, AsyncWrite::poll_flush)
    }

    fn poll_shutdown(self: Pin<&mut Self>, task: &mut Context<'_>) -> Poll<io::Result<()>> {
        self.get_mut().in_time(task, AsyncWrite::poll_shutdown)
    }
}

#[cfg(test)]
mod tests {
    use tokio::{
        io::{AsyncReadExt as _, AsyncWriteExt as _, duplex},
        time::timeout,
    };

    use super::*;

    #[tokio::test]
    async fn a_client_that_takes_nothing_ends_and_a_slow_one_does_not() {
        let limit = Duration::from_millis(300);
        let (server, mut client) = duplex(8);
        let mut server = Stalling::new(server, limit);
        let slow = async {
            for _ in 0..4 {
                sleep(limit / 2).await;
                client.read_exact(&mut [0; 8]).await.unwrap();
            }
            client
        };
        let (written, _client) = tokio::join!(server.write_all(&[7; 32]), slow);
        written.unwrap();
        let stalled = timeout(limit * 10, server.write_all(&[7; 32])).await.expect("it waits for ever");
        assert_eq!(stalled.unwrap_err().kind(), io::ErrorKind::TimedOut);
    }
}
