//! An object of the bucket, read in pieces as they are asked for.

use std::io::{Error, Read, Result, Seek, SeekFrom};

use crate::bucket::{Bucket, StoreError};

/// The bytes of the first request. Most photos have their facts in them.
pub const FIRST: u64 = 64 << 10;
/// The bytes of each request after it.
const NEXT: u64 = 256 << 10;

/// What is read of one object is little, in a few requests. Reading more fails.
pub struct Remote<'a> {
    bucket: &'a Bucket,
    key: &'a str,
    size: u64,
    requests: usize,
    at: u64,
    /// The store failed, and what was read is not all.
    pub failed: Option<StoreError>,
    /// Where each piece begins, and its bytes.
    pub pieces: Vec<(u64, Vec<u8>)>,
}

impl<'a> Remote<'a> {
    /// `size` is that of the object, and `requests` the most that are sent.
    pub fn new(bucket: &'a Bucket, key: &'a str, size: u64, requests: usize) -> Self {
        Self { bucket, key, size, requests, at: 0, failed: None, pieces: Vec::new() }
    }

    pub const fn size(&self) -> u64 {
        self.size
    }

    /// The first bytes: as many as the first request brings.
    pub fn head(&mut self) -> Result<&[u8]> {
        if self.pieces.is_empty() && self.size > 0 {
            self.fetch(0, FIRST)?;
        }
        Ok(self.pieces.first().map_or(&[], |(_, bytes)| bytes))
    }

    /// The bytes from `start` to `end`, in one piece.
    pub fn piece(&mut self, start: u64, end: u64) -> Result<()> {
        if self.held(start).is_some_and(|bytes| start + bytes.len() as u64 >= end.min(self.size)) {
            return Ok(());
        }
        self.fetch(start, end - start)
    }

    fn fetch(&mut self, start: u64, count: u64) -> Result<()> {
        self.requests = self.requests.checked_sub(1).ok_or_else(|| Error::other("it is not among the first bytes"))?;
        let count = count.min(self.size - start);
        let bytes = match self.bucket.range(self.key, start, count) {
            Ok(bytes) => bytes,
            Err(error) => {
                let words = error.to_string();
                self.failed = Some(error);
                return Err(Error::other(words));
            }
        };
        let bytes = bytes.filter(|bytes| bytes.len() as u64 == count);
        self.pieces.push((start, bytes.ok_or_else(|| Error::other("it changed while it was read"))?));
        Ok(())
    }

    /// What is there from `at` on.
    fn held(&self, at: u64) -> Option<&[u8]> {
        self.pieces.iter().find_map(|(start, bytes)| {
            let skipped = usize::try_from(at.checked_sub(*start)?).ok()?;
            bytes.get(skipped..).filter(|rest| !rest.is_empty())
        })
    }
}

impl Read for Remote<'_> {
    fn read(&mut self, buffer: &mut [u8]) -> Result<usize> {
        if self.at >= self.size || buffer.is_empty() {
            return Ok(0);
        }
        if self.held(self.at).is_none() {
            self.fetch(self.at, if self.at == 0 { FIRST } else { NEXT })?;
        }
        let held = self.held(self.at).unwrap_or_default();
        let count = held.len().min(buffer.len());
        buffer[..count].copy_from_slice(&held[..count]);
        self.at += count as u64;
        Ok(count)
    }
}

impl Seek for Remote<'_> {
    fn seek(&mut self, to: SeekFrom) -> Result<u64> {
        let (from, by) = match to {
            SeekFrom::Start(at) => (at, 0),
            SeekFrom::Current(by) => (self.at, by),
            SeekFrom::End(by) => (self.size, by),
        };
        self.at = from.checked_add_signed(by).ok_or_else(|| Error::other("a place before the first byte"))?;
        Ok(self.at)
    }
}
