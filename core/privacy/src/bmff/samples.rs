//! The samples of a track: blanked, looked at, or checked to be whole.

use super::tables::{Run, Tables};
use crate::source::{Stop, TOO_MUCH};
use crate::work::Work;

/// The most chunks of a track that is blanked: one for each second of two hours. A run in the patches takes six bytes
/// or so.
const MAX_CHUNKS: u64 = 7200;
/// The most samples of such a track.
const MAX_SAMPLES: u64 = 1 << 20;

/// Where the chunks of a track are, from the beginning of the file. `None` if there are too many, or if the tables do
/// not say it.
fn chunks(work: &mut Work, tables: &Tables, (start, end): (u64, u64)) -> Result<Option<Vec<(u64, u64)>>, Stop> {
    let count = tables.chunks(work)?;
    let (mut samples, same) = tables.samples(work)?;
    let runs = tables.runs(work)?;
    if count > MAX_CHUNKS || samples > MAX_SAMPLES || runs > MAX_CHUNKS || tables.has_short_sizes {
        return Ok(None);
    }
    let places: Vec<u64> = (0..count).map(|index| tables.chunk(work, index)).collect::<Result<_, _>>()?;
    let runs: Vec<Run> = (0..runs).map(|index| tables.run(work, index)).collect::<Result<_, _>>()?;
    let (mut run, mut sample) = (0, 0);
    let mut ranges = Vec::new();
    for (place, number) in places.into_iter().zip(1..) {
        while runs.get(run + 1).is_some_and(|next| next.first <= number) {
            run += 1;
        }
        let Some(wanted) = runs.get(run).map(|run| run.samples.min(samples)) else { return Ok(None) };
        samples -= wanted;
        let mut length = 0;
        match same {
            Some(size) => length = size * wanted,
            None => {
                for _ in 0..wanted {
                    length += tables.size(work, sample)?;
                    sample += 1;
                }
            }
        }
        let from = start.checked_add(place);
        let range = from.and_then(|from| Some((from, from.checked_add(length).filter(|to| *to <= end)?)));
        let Some(range) = range else { return Ok(None) };
        ranges.push(range);
    }
    // Samples without a chunk are elsewhere.
    Ok((samples == 0).then_some(ranges))
}

/// Blanks all samples of a track. Where they were, or `None` if that is not known.
pub fn blank(work: &mut Work, tables: &Tables, window: (u64, u64)) -> Result<Option<Vec<(u64, u64)>>, Stop> {
    let Some(mut ranges) = chunks(work, tables, window)? else { return Ok(None) };
    ranges.sort_unstable();
    for (from, to) in &ranges {
        match work.zero(*from, *to) {
            Err(TOO_MUCH) => return Ok(None),
            result => result?,
        }
    }
    Ok(Some(ranges))
}

/// The first samples of a track. `None` if it is not known where they are: they may say anything.
pub fn look(work: &mut Work, tables: &Tables, window: (u64, u64), most: u64) -> Result<Option<Vec<u8>>, Stop> {
    let Some(ranges) = chunks(work, tables, window)? else { return Ok(None) };
    let mut text = Vec::new();
    for (from, to) in ranges {
        let left = most - text.len() as u64;
        let bytes = work.source.block(from, left.min(to - from))?;
        text.extend(bytes);
        if text.len() as u64 == most {
            break;
        }
    }
    Ok(Some(text))
}
