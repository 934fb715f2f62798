//! What is in an archive, for machines: CycloneDX 1.5 as JSON (<https://cyclonedx.org/docs/1.5/json/>).
//!
//! There is no time and no serial number in it, so that two builds give the same bytes. A test reads it with the
//! library of CycloneDX.

use serde_json::{Value, json};

use super::inside::{Inside, Origin, Package};
use crate::Failure;

pub fn json(name: &str, inside: &Inside) -> Result<String, Failure> {
    let subject = format!("archive:{name}");
    let dependencies = inside.uses.iter().map(|(of, uses)| json!({ "ref": of, "dependsOn": uses }));
    let all: Vec<String> = inside.packages.iter().map(Package::reference).collect();
    let whole = json!({ "ref": subject, "dependsOn": all });
    let bom = json!({
        "bomFormat": "CycloneDX",
        "specVersion": "1.5",
        "version": 1,
        "metadata": {
            "component": {
                "type": "application",
                "bom-ref": subject,
                "name": name,
                "version": env!("CARGO_PKG_VERSION"),
                "licenses": [{ "expression": "MIT OR Apache-2.0" }],
            },
        },
        "components": inside.packages.iter().map(component).collect::<Vec<_>>(),
        "dependencies": std::iter::once(whole).chain(dependencies).collect::<Vec<_>>(),
    });
    Ok(serde_json::to_string_pretty(&bom)? + "\n")
}

fn component(package: &Package) -> Value {
    let reference = package.reference();
    let mut component = json!({
        "type": "library",
        "bom-ref": reference,
        "name": package.name,
        "version": package.version,
        "licenses": [{ "expression": package.licence }],
    });
    if reference.starts_with("pkg:") {
        component["purl"] = reference.into();
    }
    if let Origin::Cargo(checksum) = &package.origin {
        component["hashes"] = json!([{ "alg": "SHA-256", "content": checksum }]);
    }
    if let Some(url) = &package.repository {
        component["externalReferences"] = json!([{ "type": "vcs", "url": url }]);
    }
    component
}

#[cfg(test)]
mod tests {
    use std::collections::{BTreeMap, BTreeSet};

    use cyclonedx_bom::{models::bom::SpecVersion, prelude::Bom, validation::Validate as _};

    use super::*;

    fn package(name: &str, licence: &str, origin: Origin) -> Package {
        Package {
            name: name.to_owned(),
            version: "1.2.3".to_owned(),
            licence: licence.to_owned(),
            authors: Vec::new(),
            repository: Some("https://example.com/x".to_owned()),
            folder: "/nowhere".into(),
            origin,
        }
    }

    fn inside(licence: &str) -> Inside {
        let packages = BTreeSet::from([
            package("ours", "MIT OR Apache-2.0", Origin::Ours),
            package("bytes", licence, Origin::Cargo("ab".repeat(32))),
            package("@of/npm", "MIT", Origin::Npm),
        ]);
        let uses = BTreeMap::from([("ours@1.2.3".to_owned(), BTreeSet::from(["pkg:cargo/bytes@1.2.3".to_owned()]))]);
        Inside { packages, uses }
    }

    #[test]
    fn the_library_of_cyclonedx_reads_it_and_finds_nothing_wrong() {
        let text = json("edge-gallery-x", &inside("(MIT OR Apache-2.0) AND Unicode-3.0")).unwrap();
        let bom = Bom::parse_from_json_v1_5(text.as_bytes()).unwrap();
        let checked = bom.validate_version(SpecVersion::V1_5);
        assert!(checked.passed(), "{:?}", checked.errors().collect::<Vec<_>>());
        let components = bom.components.unwrap().0;
        assert_eq!(components.len(), 3);
        let urls: Vec<String> = components.iter().filter_map(|it| it.purl.as_ref()).map(ToString::to_string).collect();
        assert_eq!(urls, ["pkg:npm/%40of/npm@1.2.3", "pkg:cargo/bytes@1.2.3"]);
        assert!(components.iter().all(|it| it.licenses.is_some()));
        // The archive uses all, and a package what it links.
        let dependencies = bom.dependencies.unwrap().0;
        assert_eq!(dependencies[0].dependencies.len(), 3);
        assert_eq!(dependencies[1].dependencies, ["pkg:cargo/bytes@1.2.3"]);
    }

    #[test]
    fn the_library_sees_an_expression_that_is_none() {
        let text = json("edge-gallery-x", &inside("my own")).unwrap();
        let bom = Bom::parse_from_json_v1_5(text.as_bytes()).unwrap();
        assert!(!bom.validate_version(SpecVersion::V1_5).passed());
    }
}
