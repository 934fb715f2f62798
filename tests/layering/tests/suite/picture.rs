//! The picture of the architecture, on a small workspace.

use serde_json::{Value, json};

/// A workspace with these packages. Each is given by its folder, which is also its name, and its dependencies.
fn workspace(packages: &[(&str, &[&str])]) -> Value {
    let package = |(folder, on): &(&str, &[&str])| {
        let dependencies: Vec<Value> = on.iter().map(|name| json!({ "name": name, "kind": null })).collect();
        let manifest = format!("/here/{folder}/Cargo.toml");
        json!({ "id": folder, "name": folder, "manifest_path": manifest, "dependencies": dependencies, "targets": [] })
    };
    json!({
        "workspace_root": "/here",
        "workspace_members": packages.iter().map(|(folder, _)| folder).collect::<Vec<_>>(),
        "packages": packages.iter().map(package).collect::<Vec<_>>(),
    })
}

/// The vertical place of a name in the picture.
fn height(svg: &str, name: &str) -> u32 {
    let is_it = |line: &&str| line.starts_with("<text x=") && line.contains(&format!(">{name}<"));
    let line = svg.lines().find(is_it).unwrap_or_else(|| panic!("no {name}"));
    line.split('"').nth(3).and_then(|y| y.parse().ok()).unwrap_or_else(|| panic!("{line}"))
}

#[test]
fn layers_stand_in_rows_and_arrows_are_those_that_no_others_imply() {
    let svg = layering::svg(&workspace(&[
        ("core/hls", &[]),
        ("platform", &["core/hls"]),
        ("platform/wasi", &["platform", "core/hls"]),
        ("platform/spin", &["platform", "platform/wasi"]),
        ("viewer-edge", &["platform"]),
        ("entries/wasi", &["platform/wasi", "viewer-edge", "platform"]),
        ("tests/harness", &["platform"]),
        ("bench/hosts", &["platform", "tests/harness"]),
    ]));
    let rows =
        ["entries/wasi", "platform/spin", "platform/wasi", "platform", "core/hls"].map(|name| height(&svg, name));
    assert!(rows.is_sorted_by(|above, below| above < below), "{rows:?}");
    assert_eq!(height(&svg, "viewer-edge"), height(&svg, "platform/spin"));
    // From the entry to wasi and viewer-edge, from spin to wasi, from wasi and viewer-edge to
    // platform, from platform to hls.
    assert_eq!(svg.matches("class=\"arrow\"").count(), 6);
    assert!(!svg.contains("harness") && !svg.contains("hosts"));
}

#[test]
fn what_depends_on_nothing_has_its_box_too() {
    let svg = layering::svg(&workspace(&[("core/hls", &[]), ("store", &[])]));
    assert!(height(&svg, "store") < height(&svg, "core/hls"));
    assert!(!svg.contains("class=\"arrow\""));
}

/// The picture must fit into a page, because nobody reads a picture of everything.
#[test]
fn it_is_small() {
    let file = layering::root().join("docs/architecture.svg");
    assert!(std::fs::metadata(file).is_ok_and(|file| file.len() < 40_000));
}
