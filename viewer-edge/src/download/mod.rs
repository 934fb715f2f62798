//! Downloads of many items as one ZIP that can be resumed: what is in it is written down once, and any range of its
//! bytes is made from that and from the objects in the bucket.

mod begin;
mod manifest;
mod pack;
mod piece;
mod serve;

pub(crate) use begin::begin;
pub(crate) use serve::serve;
