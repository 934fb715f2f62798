//! Every direct or indirect dependency has a licence that `deny.toml` allows, is not banned there, and comes from the
//! registry.
//!
//! cargo-deny makes the same checks with this file. This test needs only `cargo metadata`: there is nothing to
//! install, and it takes seconds.

use std::fs;

use layering::{metadata, root};
use serde_json::Value;
use spdx::{Expression, Licensee, ParseMode};
use toml::Table;

const REGISTRY: &str = "registry+https://github.com/rust-lang/crates.io-index";

struct Rules {
    allowed: Vec<Licensee>,
    banned: Vec<String>,
}

impl Rules {
    fn read(deny: &str) -> Self {
        let deny: Table = deny.parse().unwrap();
        let list = |section: &str, name: &str| -> Vec<String> {
            let entries = deny[section][name].as_array().unwrap();
            let text = |entry: &toml::Value| entry.as_str().expect("a name, nothing more").to_owned();
            entries.iter().map(text).collect()
        };
        let licence = |name: &String| Licensee::parse(name).unwrap_or_else(|error| panic!("{name}: {error}"));
        Self { allowed: list("licenses", "allow").iter().map(licence).collect(), banned: list("bans", "deny") }
    }

    /// The objections to a package of cargo's metadata.
    fn objections(&self, package: &Value, root: &str) -> Vec<String> {
        let text = |name: &str| package[name].as_str();
        let name = text("name").unwrap();
        let licence = match text("license").map(|licence| Expression::parse_mode(licence, ParseMode::LAX)) {
            None => Some("names no licence".to_owned()),
            Some(Err(error)) => Some(format!("has a licence that cannot be read: {error}")),
            Some(Ok(licence)) => {
                let fine = licence.evaluate(|wanted| self.allowed.iter().any(|allowed| allowed.satisfies(wanted)));
                (!fine).then(|| format!("is under {licence}"))
            }
        };
        let source = match text("source") {
            None => !text("manifest_path").unwrap().starts_with(root),
            Some(source) => source != REGISTRY,
        };
        let banned = self.banned.iter().any(|banned| banned == name);
        let others = [(source, "is not from the registry"), (banned, "is banned")]
            .map(|(is, words)| is.then(|| words.to_owned()));
        let words = others.into_iter().chain([licence]).flatten();
        words.map(|words| format!("{name} {}: {words}", text("version").unwrap())).collect()
    }
}

/// Checks all packages in the lock file, for every target and with every feature.
#[test]
fn all_that_we_depend_on_may_be_used() {
    let root = root();
    let rules = Rules::read(&fs::read_to_string(root.join("deny.toml")).unwrap());
    let mut objections = Vec::new();
    for workspace in [root.clone(), root.join("fuzz")] {
        let metadata = metadata(&workspace, &[]).unwrap();
        let packages = metadata["packages"].as_array().unwrap();
        assert!(packages.len() > 20, "{}: the packages were found", workspace.display());
        objections.extend(packages.iter().flat_map(|package| rules.objections(package, root.to_str().unwrap())));
    }
    objections.sort();
    objections.dedup();
    assert!(objections.is_empty(), "deny.toml does not allow:\n{}", objections.join("\n"));
}

/// The objections of the rules to a package.
fn said(licence: Option<&str>, name: &str, source: Option<&str>) -> Vec<String> {
    let deny = r#"
        [licenses]
        allow = ["MIT", "Apache-2.0 WITH LLVM-exception", "MPL-2.0"]
        [bans]
        deny = ["openssl"]
    "#;
    let package = serde_json::json!({
        "name": name,
        "version": "1.0.0",
        "license": licence,
        "source": source,
        "manifest_path": "/here/Cargo.toml",
    });
    Rules::read(deny).objections(&package, "/here")
}

#[test]
fn a_licence_is_judged_as_an_expression() {
    let named = |licence: &str| said(Some(licence), "x", Some(REGISTRY));
    for fine in ["MIT", "MIT OR GPL-3.0-only", "MIT/GPL-2.0", "MPL-2.0+", "(MIT AND MPL-2.0) OR AGPL-3.0-only"] {
        assert_eq!(named(fine), [""; 0], "{fine}");
    }
    assert_eq!(named("Apache-2.0 WITH LLVM-exception"), [""; 0]);
    for refused in ["GPL-3.0-only", "MIT AND GPL-3.0-or-later", "Apache-2.0", "LGPL-2.1"] {
        assert_eq!(named(refused), [format!("x 1.0.0: is under {refused}")]);
    }
    assert!(named("my own")[0].starts_with("x 1.0.0: has a licence that cannot be read"));
    assert_eq!(said(None, "x", Some(REGISTRY)), ["x 1.0.0: names no licence"]);
}

#[test]
fn a_banned_name_and_another_source_are_refused() {
    assert_eq!(said(Some("MIT"), "openssl", Some(REGISTRY)), ["openssl 1.0.0: is banned"]);
    for elsewhere in ["git+https://example.com/x", "registry+https://example.com/index"] {
        assert_eq!(said(Some("MIT"), "x", Some(elsewhere)), ["x 1.0.0: is not from the registry"]);
    }
    assert_eq!(said(Some("MIT"), "ours", None), [""; 0]);
    let package = serde_json::json!({
        "name": "x", "version": "1.0.0", "license": "MIT", "source": null, "manifest_path": "/elsewhere/Cargo.toml",
    });
    let rules = Rules { allowed: vec![Licensee::parse("MIT").unwrap()], banned: Vec::new() };
    assert_eq!(rules.objections(&package, "/here"), ["x 1.0.0: is not from the registry"]);
}
