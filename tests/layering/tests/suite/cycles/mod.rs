//! No two modules of a crate import each other, except a module and the modules in it.
//!
//! Two files that need each other can only be read together. They should be one module, or share a third.

mod analyser;
mod source;
mod tree;

use std::{fmt::Write as _, fs};

use layering::{metadata, packages, root};

use self::tree::Tree;

#[test]
fn no_two_modules_import_each_other() {
    let root = root();
    let mut failures = String::new();
    let mut crates = 0;
    for package in packages(&metadata(&root, &["--no-deps", "--offline"]).unwrap()) {
        for file in package.crates {
            crates += 1;
            let tree = Tree::read(&file, &|file| fs::read_to_string(file).ok());
            for mutual in tree.mutual() {
                let mutual = mutual.to_string().replace(&format!("{}/", root.display()), "");
                write!(failures, "\n{}: {mutual}", package.name).unwrap();
            }
        }
    }
    assert!(crates > 30, "the crates were found");
    assert!(failures.is_empty(), "{failures}");
}
