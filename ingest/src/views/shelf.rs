//! The places where parts lie: a bucket, or a table of a database.

use std::collections::HashSet;

use gallery::views::{INDEX, part_key};

use super::MAX_PART;
use crate::abreast::abreast;
use crate::bucket::{Bucket, Headers};
use crate::catalogue::Catalogue;
use crate::failure::Failure;

const IMMUTABLE: Headers =
    Headers { content_type: "application/octet-stream", cache_control: "private, max-age=31536000, immutable" };
const CHANGING: Headers = Headers { content_type: "application/json", cache_control: "private, no-cache" };

pub enum Shelf<'a> {
    /// With the number of uploads at once.
    Bucket(&'a Bucket, usize),
    Database(&'a Catalogue),
}

impl Shelf<'_> {
    /// A part by its name, or the index.
    pub fn get(&self, name: &str) -> Result<Option<Vec<u8>>, Failure> {
        match self {
            Self::Bucket(bucket, _) => Ok(bucket.get(&key(name), MAX_PART)?),
            Self::Database(catalogue) => Ok(catalogue.part(name)?),
        }
    }

    /// The names of all parts, where they are known at no cost.
    pub fn all(&self) -> Result<Vec<String>, Failure> {
        match self {
            Self::Bucket(..) => Ok(Vec::new()),
            Self::Database(catalogue) => Ok(catalogue.part_names()?.into_iter().filter(|name| name != INDEX).collect()),
        }
    }

    /// Stores parts. Nobody reads them yet.
    pub fn add(&self, parts: &[(&str, &[u8])]) -> Result<(), Failure> {
        match self {
            Self::Bucket(bucket, uploads) => upload(bucket, parts, *uploads),
            Self::Database(catalogue) => Ok(catalogue.put_parts(parts)?),
        }
    }

    /// Replaces the index. The parts in `gone` are in the way of nobody any more.
    pub fn swap(&self, index: &[u8], gone: &HashSet<String>) -> Result<(), Failure> {
        match self {
            Self::Bucket(bucket, _) => {
                bucket.put_aside(INDEX, index, CHANGING)?;
                gone.iter().try_for_each(|name| Ok(bucket.delete(&part_key(name))?))
            }
            Self::Database(catalogue) => Ok(catalogue.swap_index(index, gone)?),
        }
    }
}

fn key(name: &str) -> String {
    if name == INDEX { INDEX.to_owned() } else { part_key(name) }
}

/// Uploads parts, some at once. After a failure no further upload begins.
fn upload(bucket: &Bucket, parts: &[(&str, &[u8])], uploads: usize) -> Result<(), Failure> {
    abreast(parts, uploads, |(name, bytes)| Ok(bucket.put_aside(&part_key(name), bytes, IMMUTABLE)?))
}
