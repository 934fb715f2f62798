//! Names from any wanted names: safe, short and unique, whatever a file system takes for the same.

#![allow(clippy::unwrap_used)]

mod support;

use std::collections::BTreeSet;

use fastrand::Rng;
use stored_zip::Names;
use support::plans;
use unicode_normalization::UnicodeNormalization as _;

/// Forms of a name under which some file system compares.
fn forms(name: &str) -> Vec<String> {
    let (lower, upper) = (name.to_lowercase(), name.to_uppercase());
    let each = [name, &lower, &upper, &upper.to_lowercase(), &lower.to_uppercase()].map(str::to_owned);
    each.iter().flat_map(|form| [form.nfc().collect(), form.nfd().collect()]).collect()
}

fn is_safe(name: &str) -> bool {
    let is_refused =
        |char: char| char.is_control() || r#"<>:"/\|?*"#.contains(char) || ('\u{202a}'..='\u{202e}').contains(&char);
    let first = name.split('.').next().unwrap().trim_end().to_uppercase();
    !name.is_empty()
        && name.len() <= 255
        && name.encode_utf16().count() <= 255
        && !name.contains(is_refused)
        && !name.starts_with(['.', ' '])
        && !name.ends_with(['.', ' '])
        && !["CON", "PRN", "AUX", "NUL", "COM1", "LPT1"].contains(&&*first)
        && unicode_normalization::is_nfc(name)
}

#[test]
fn names_are_safe_and_unique() {
    let count: u64 = std::env::var("ZIP_PLANS").map_or(300, |count| count.parse().unwrap());
    for seed in 0..count {
        let mut random = Rng::with_seed(seed);
        let wanted: Vec<String> = (0..200).map(|_| plans::wanted(&mut random)).collect();
        let (mut names, mut again) = (Names::default(), Names::default());
        let mut taken = vec![BTreeSet::new(); 10];
        for wanted in &wanted {
            let name = names.safe(wanted);
            assert!(is_safe(&name), "seed {seed}: {wanted:?} became {name:?}");
            assert_eq!(again.safe(wanted), name);
            for (taken, form) in taken.iter_mut().zip(forms(&name)) {
                assert!(taken.insert(form), "seed {seed}: {wanted:?} became {name:?} again");
            }
        }
    }
}

#[test]
fn a_safe_name_stays_as_it_is() {
    for seed in 0..20_000 {
        let wanted = plans::wanted(&mut Rng::with_seed(seed));
        let name = Names::default().safe(&wanted);
        assert_eq!(Names::default().safe(&name), name, "{wanted:?}");
    }
}
