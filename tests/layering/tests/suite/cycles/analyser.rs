//! Tests of the analyser itself, on small crates in memory.

use std::path::Path;

use super::tree::{Mutual, Tree};

/// The pairs of mutual imports in a crate. The crate is given as (file, text), with the root first.
fn mutual(files: &[(&str, &str)]) -> Vec<Mutual> {
    let read = |wanted: &Path| {
        let found = files.iter().find(|(file, _)| Path::new(file) == wanted);
        found.map(|(_, text)| (*text).to_owned())
    };
    Tree::read(Path::new(files[0].0), &read).mutual()
}

/// The names of these pairs only.
fn names(files: &[(&str, &str)]) -> Vec<[String; 2]> {
    mutual(files).into_iter().map(|Mutual([one, other])| [one.name, other.name]).collect()
}

#[test]
fn a_pair_is_named_with_its_files_and_lines() {
    let found = mutual(&[
        ("lib.rs", "mod a; mod b;"),
        ("a.rs", "//! A.\nuse std::fmt;\nuse crate::b::B;\n"),
        ("b/mod.rs", "use super::{\n    a::{self, A},\n};"),
    ]);
    let text: Vec<String> = found.iter().map(ToString::to_string).collect();
    assert_eq!(text, ["a and b import each other:\n  a.rs:3: a imports b\n  b/mod.rs:2: b imports a\n"]);
}

#[test]
fn one_way_is_fine() {
    let files =
        [("lib.rs", "mod a; mod b; mod c;"), ("a.rs", "use crate::{b, c};"), ("b.rs", "use crate::c;"), ("c.rs", "")];
    assert_eq!(names(&files), [[""; 2]; 0]);
}

#[test]
fn a_module_and_what_lies_in_it_are_one() {
    let files = [
        ("lib.rs", "mod a; pub struct Root; use a::A;"),
        ("a.rs", "mod b; use b::B; use crate::Root; pub struct A;"),
        ("a/b.rs", "use super::A; use crate::Root; pub struct B;"),
    ];
    assert_eq!(names(&files), [[""; 2]; 0]);
}

#[test]
fn paths_in_types_expressions_and_macros_count() {
    for text in [
        "fn f() -> super::b::B { todo!() }",
        "fn f() { crate::b::f(); }",
        "fn f() { println!(\"{}\", [crate::b::f()]); }",
        "impl super::b::B {}",
        "macro_rules! m { () => { $crate::b::f() }; }",
        "fn f() { use crate::b; b::f() }",
        "type T = Vec<crate::b::B>;",
        "use super::b::*;",
        "use crate::b as c;",
    ] {
        let files = [("lib.rs", "mod a; mod b;"), ("a.rs", text), ("b.rs", "use crate::a::A;")];
        assert_eq!(names(&files), [["a", "b"]], "{text}");
    }
}

#[test]
fn a_re_export_counts_as_where_it_comes_from() {
    for root in [
        "mod a; mod b; pub use b::B;",
        "mod a; mod b; pub use crate::b::{Other as B};",
        "mod a; mod b; mod c; pub use c::B;",
        "mod a; mod b; mod c; use c::kinds as B;",
    ] {
        let c = ("c.rs", "pub use crate::b::B; pub use super::b as kinds;");
        for text in ["use crate::B;", "fn f(_: super::B) {}", "fn f() { crate::B::new(); }"] {
            let files = [("lib.rs", root), ("a.rs", text), ("b.rs", "use crate::a::A;"), c];
            assert_eq!(names(&files), [["a", "b"]], "{root} {text}");
        }
    }
}

#[test]
fn a_name_brought_in_counts_where_it_is_used_from_below() {
    let files = [
        ("lib.rs", "mod a; mod b;"),
        ("a.rs", "mod inner; use crate::b::B;"),
        ("a/inner.rs", "use super::B;"),
        ("b.rs", "use crate::a::inner::I;"),
    ];
    assert_eq!(names(&files), [["a::inner", "b"]]);
}

#[test]
fn what_is_for_tests_is_left_out() {
    for text in [
        "#[cfg(test)] mod tests { use crate::b::B; }",
        "#[cfg(all(test, unix))] mod tests;",
        "#[cfg(test)] use crate::b::B;",
        "impl A { #[cfg(test)] fn f() { crate::b::f() } }",
        "#[cfg(test)] impl crate::b::B {}",
    ] {
        let files = [("lib.rs", "mod a; mod b;"), ("a.rs", text), ("b.rs", "use crate::a::A;")];
        assert_eq!(names(&files), [[""; 2]; 0], "{text}");
    }
}

#[test]
fn another_crate_of_the_same_name_is_not_ours() {
    let files = [
        ("lib.rs", "mod a; mod b;"),
        ("a.rs", "use ::b::B; use http::{self}; use x::b;"),
        ("b.rs", "use crate::a::A;"),
    ];
    assert_eq!(names(&files), [[""; 2]; 0]);
}

#[test]
fn inline_modules_and_named_files_are_modules() {
    let files = [
        ("src/lib.rs", "mod a { mod c; fn f() { crate::b::f() } } #[path = \"other.rs\"] mod b;"),
        ("src/a/c.rs", "use super::super::b::B;"),
        ("src/other.rs", "use crate::a::{A, c::C};"),
    ];
    assert_eq!(names(&files), [["a", "b"], ["a::c", "b"]]);
}
