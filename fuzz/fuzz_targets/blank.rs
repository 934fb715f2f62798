//! Any bytes, examined as an original. There must be no panic, and a range of the patched file is the slice of the
//! patched whole.
//!
//! `cargo +nightly fuzz run blank`; `core/privacy/tests/mutations.rs` damages whole files.
#![no_main]

use libfuzzer_sys::fuzz_target;
use privacy::Finding;

fuzz_target!(|bytes: &[u8]| {
    let Ok(finding) = privacy::examine(&mut &bytes[..]);
    assert_eq!(Finding::parse(&finding.encode()).as_ref(), Ok(&finding));
    // The same bytes, read as what is kept.
    let _ = Finding::parse(bytes);
    if let Finding::Known(patches) = finding {
        let mut whole = bytes.to_vec();
        patches.apply(0, &mut whole);
        let middle = bytes.len() / 2;
        let mut part = bytes[middle..].to_vec();
        patches.apply(middle as u64, &mut part);
        assert_eq!(part, whole[middle..]);
    }
});
