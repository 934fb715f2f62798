//! The templates for CI: they parse, run `.ci/run` and `cargo xtask dist`, and use nobody's actions but GitHub's.

use serde_json::Value;

use super::files::{read, yaml};

/// Every text in a value, with the key that leads to it.
fn texts<'a>(key: &'a str, value: &'a Value, found: &mut Vec<(&'a str, &'a str)>) {
    match value {
        Value::String(text) => found.push((key, text)),
        Value::Array(items) => items.iter().for_each(|item| texts(key, item, found)),
        Value::Object(fields) => fields.iter().for_each(|(key, item)| texts(key, item, found)),
        _ => {}
    }
}

fn all<'a>(template: &'a Value, key: &str) -> Vec<&'a str> {
    let mut found = Vec::new();
    texts("", template, &mut found);
    found.into_iter().filter(|(known, _)| *known == key).map(|(_, text)| text).collect()
}

#[test]
fn github_runs_the_tests_and_dist() {
    let template = yaml(&read("ci/github.yml"));
    let runs = all(&template, "run");
    assert!(runs.contains(&".ci/run") && runs.contains(&"cargo xtask dist"), "{runs:?}");
    // Its runner is not root, so that the tests cannot install what they run.
    let installed: Vec<&str> =
        runs.iter().filter(|run| run.contains("apt-get")).flat_map(|run| run.split_whitespace()).collect();
    let tools = std::fs::read_to_string(layering::root().join("xtask/src/tools.rs")).unwrap();
    let wanted: Vec<&str> = tools.split("debian: \"").skip(1).filter_map(|rest| rest.split('"').next()).collect();
    assert!(wanted.len() > 8, "{wanted:?}");
    // What GitHub's machines have, and what only a benchmark runs.
    let others = ["npm", "nodejs", "chromium", "nginx"];
    for package in wanted.into_iter().filter(|package| !others.contains(package)) {
        assert!(installed.contains(&package), "{package} is not installed");
    }
    for action in all(&template, "uses") {
        let (name, version) = action.split_once('@').unwrap();
        assert!(["actions/checkout", "actions/cache"].contains(&name) && version.starts_with('v'), "{action}");
    }
    for (name, job) in template["jobs"].as_object().unwrap() {
        assert!(job["timeout-minutes"].as_u64().is_some_and(|minutes| minutes <= 360), "{name}: GitHub's own limit");
        assert!(job["runs-on"].is_string(), "{name}");
    }
    assert_eq!(template["permissions"]["contents"], "read");
    assert_eq!(template["jobs"]["dist"]["needs"], "test");
}

#[test]
fn gitlab_runs_the_tests_and_dist() {
    let template = yaml(&read("ci/gitlab.yml"));
    let scripts = all(&template, "script");
    assert!(scripts.contains(&".ci/run") && scripts.contains(&"cargo xtask dist"), "{scripts:?}");
    let stages = all(&template, "stages");
    for name in ["test", "dist"] {
        let job = &template[name];
        assert!(stages.contains(&job["stage"].as_str().unwrap()), "{name}");
        assert!(template[job["extends"].as_str().unwrap()]["cache"]["paths"].is_array(), "{name}");
    }
    // What is cached is below the project's folder.
    let cached = template[".rust"]["cache"]["paths"][0].as_str().unwrap();
    for name in ["CARGO_HOME", "CARGO_TARGET_DIR", "EDGE_GALLERY_CACHE", "npm_config_cache"] {
        let folder = template["variables"][name].as_str().unwrap();
        assert!(folder.starts_with(&format!("$CI_PROJECT_DIR/{cached}/")), "{folder}");
    }
    // The image has the compiler of rust-toolchain.toml.
    let toolchain: toml::Table =
        std::fs::read_to_string(layering::root().join("rust-toolchain.toml")).unwrap().parse().unwrap();
    let channel = toolchain["toolchain"]["channel"].as_str().unwrap();
    let image = template["default"]["image"].as_str().unwrap();
    assert!(channel.starts_with(image.split_once("rust:").unwrap().1.split('-').next().unwrap()), "{image}");
}
