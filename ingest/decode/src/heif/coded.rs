//! What HEVC says of its colours itself. Some cameras say it nowhere else.

use heifer::heifer_hevc_dec::nal::NalUnit;
use heifer::heifer_hevc_dec::params::ParameterSets;
use heifer::heifer_isobmff::{HeifFile, ItemId};

/// The primaries and the transfer of the sequence, if both are given.
pub fn of_hevc(file: &HeifFile, id: ItemId) -> Option<(u16, u16)> {
    /// ITU-T H.273: unspecified.
    const UNKNOWN: u8 = 2;
    let mut sets = ParameterSets::default();
    for unit in &file.hevc_config(id).ok()??.nal_units {
        sets.add(&NalUnit::parse(unit).ok()?).ok()?;
    }
    let vui = sets.sps.iter().flatten().find_map(|sps| sps.vui.as_ref())?;
    let (primaries, transfer) = (vui.colour_primaries, vui.transfer_characteristics);
    (primaries != UNKNOWN && transfer != UNKNOWN).then(|| (primaries.into(), transfer.into()))
}
