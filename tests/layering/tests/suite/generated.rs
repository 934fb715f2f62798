//! The generated files are up to date: they are what `cargo xtask generate` would write.

use std::fs;

use layering::{generated, root};

#[test]
fn what_is_generated_is_up_to_date() {
    for (path, text) in generated(&root()).unwrap() {
        let there = fs::read_to_string(root().join(path)).unwrap_or_default();
        assert!(there == text, "{path} is out of date: run cargo xtask generate");
    }
}
