//! JPEG: the picture, and whatever lies behind it.

mod mpf;
mod picture;
mod trailer;

use crate::source::Stop;
use crate::work::Work;

pub fn blank(work: &mut Work) -> Result<(), Stop> {
    let picture = picture::blank(work, 0)?;
    trailer::blank(work, &picture)
}
