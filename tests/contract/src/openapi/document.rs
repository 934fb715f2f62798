//! `docs/openapi.json` as a client reads it: operations, their parameters, and the schemas of bodies (OpenAPI 3.1).

use std::{cell::RefCell, sync::LazyLock};

use boon::{Compiler, Draft, Schemas};
use serde_json::Value;

use crate::Outcome;

/// A name for the document, to which its references are relative.
const NAME: &str = "https://gallery.example/openapi.json";

static ROOT: LazyLock<Value> =
    LazyLock::new(|| serde_json::from_str(include_str!("../../../../docs/openapi.json")).unwrap_or_default());

thread_local! {
    /// The schemas that this thread has compiled.
    static SCHEMAS: RefCell<(Compiler, Schemas)> = RefCell::new((compiler(), Schemas::new()));
}

/// A compiler that knows the document. Schemas of OpenAPI 3.1 are of this draft.
fn compiler() -> Compiler {
    let mut compiler = Compiler::new();
    compiler.set_default_draft(Draft::V2020_12);
    compiler.enable_format_assertions();
    // If the document cannot be taken, every use of one of its schemas says so.
    let _ = compiler.add_resource(NAME, ROOT.clone());
    compiler
}

/// A place in the document. References are followed (RFC 6901 has the pointers).
#[derive(Clone, Debug)]
pub(super) struct Place {
    value: &'static Value,
    pointer: String,
}

impl Place {
    fn at(pointer: &str) -> Option<Self> {
        let value = ROOT.pointer(pointer)?;
        match value["$ref"].as_str().and_then(|reference| reference.strip_prefix('#')) {
            Some(pointer) => Self::at(pointer),
            None => Some(Self { value, pointer: pointer.to_owned() }),
        }
    }

    pub fn get(&self, name: &str) -> Option<Self> {
        Self::at(&format!("{}/{}", self.pointer, name.replace('~', "~0").replace('/', "~1")))
    }

    /// The members of an object, or the elements of an array.
    pub fn each(&self) -> Vec<(String, Self)> {
        let names: Vec<String> = match self.value {
            Value::Object(members) => members.keys().cloned().collect(),
            Value::Array(elements) => (0..elements.len()).map(|index| index.to_string()).collect(),
            _ => Vec::new(),
        };
        names.into_iter().filter_map(|name| Some((name.clone(), self.get(&name)?))).collect()
    }

    pub fn text(&self, name: &str) -> &'static str {
        self.value[name].as_str().unwrap_or_default()
    }

    pub fn is(&self, name: &str) -> bool {
        self.value[name] == true
    }

    /// Checks a value by the schema that lies here.
    pub fn admits(&self, value: &Value) -> Outcome {
        let location = format!("{NAME}#{}", self.pointer.replace('{', "%7B").replace('}', "%7D"));
        SCHEMAS.with_borrow_mut(|(compiler, schemas)| {
            let compiled = compiler.compile(&location, schemas).map_err(|error| format!("{error:#}"))?;
            schemas.validate(value, compiled).map_err(|error| format!("{error:#}"))
        })
    }
}

/// A method of a path.
#[derive(Clone, Debug)]
pub(super) struct Operation {
    /// With the names of parameters in braces.
    pub path: String,
    /// In capitals.
    pub method: String,
    of_path: Place,
    pub place: Place,
}

const METHODS: [&str; 7] = ["get", "head", "post", "put", "patch", "delete", "options"];

/// Every operation, in the document's order.
pub(super) fn operations() -> Vec<Operation> {
    let paths = Place::at("/paths").map(|paths| paths.each()).unwrap_or_default();
    let of_path = |(path, of_path): (String, Place)| {
        METHODS.into_iter().filter_map(move |method| {
            let (path, of_path, place) = (path.clone(), of_path.clone(), of_path.get(method)?);
            Some(Operation { path, method: method.to_uppercase(), of_path, place })
        })
    };
    paths.into_iter().flat_map(of_path).collect()
}

impl Operation {
    pub fn named(id: &str) -> Result<Self, String> {
        let found = operations().into_iter().find(|operation| operation.id() == id);
        found.ok_or_else(|| format!("docs/openapi.json has no operation {id}"))
    }

    /// The operation of a GET of a path, with the values in the path, still encoded. Of several, it is the one with the
    /// longest fixed text.
    pub fn of(path: &str) -> Result<(Self, Vec<(String, String)>), String> {
        let gets = operations().into_iter().filter(|operation| operation.method == "GET");
        let fits = gets.filter_map(|operation| {
            let mut values = Vec::new();
            fits(&operation.path, path, &mut values).then_some((operation, values))
        });
        let free = |values: &[(String, String)]| values.iter().map(|(_, value)| value.len()).sum::<usize>();
        let found = fits.min_by_key(|(_, values)| free(values));
        found.ok_or_else(|| format!("docs/openapi.json has no path for {path}"))
    }

    pub fn id(&self) -> &'static str {
        self.place.text("operationId")
    }

    /// Parameters of the path, and of the operation.
    pub fn parameters(&self) -> Vec<Place> {
        let of = |place: &Place| place.get("parameters").map(|all| all.each()).unwrap_or_default();
        of(&self.of_path).into_iter().chain(of(&self.place)).map(|(_, parameter)| parameter).collect()
    }

    /// Whether a session matters.
    pub fn takes_a_session(&self) -> bool {
        self.place.get("security").is_none_or(|security| !security.each().is_empty())
    }

    /// Whether a session is needed. An empty requirement among others says that it is not.
    pub fn is_private(&self) -> bool {
        let is_empty = |(_, requirement): &(String, Place)| requirement.each().is_empty();
        let may_lack = self.place.get("security").is_some_and(|security| security.each().iter().any(is_empty));
        self.takes_a_session() && !may_lack
    }

    /// Whether video-edge answers, wherever it is.
    pub fn is_of_films(&self) -> bool {
        self.of_path.get("servers").is_some()
    }

    #[cfg(test)]
    pub fn services(&self) -> Vec<&'static str> {
        let services = self.of_path.value["x-services"].as_array();
        services.into_iter().flatten().filter_map(Value::as_str).collect()
    }

    /// The name of the route in the services' log.
    #[cfg(test)]
    pub fn route(&self) -> String {
        match self.of_path.text("x-route") {
            "" => self.path.replace('{', ":").replace(['}', '~'], ""),
            route => route.to_owned(),
        }
    }

    /// The response of a status, or of its class.
    pub fn response(&self, status: u16) -> Option<Place> {
        let responses = self.place.get("responses")?;
        responses.get(&status.to_string()).or_else(|| responses.get(&format!("{}XX", status / 100)))
    }
}

/// The names of the session's cookie.
pub(super) fn cookie_names() -> Vec<&'static str> {
    let schemes = Place::at("/components/securitySchemes").map(|schemes| schemes.each()).unwrap_or_default();
    let cookies = schemes.into_iter().filter(|(_, scheme)| scheme.text("in") == "cookie");
    cookies.map(|(_, scheme)| scheme.text("name")).collect()
}

/// Whether a path is one of a template. A key may hold slashes.
fn fits(template: &str, path: &str, values: &mut Vec<(String, String)>) -> bool {
    let Some((before, rest)) = template.split_once('{') else { return template == path };
    let (Some(path), Some((name, rest))) = (path.strip_prefix(before), rest.split_once('}')) else { return false };
    let ends = path.char_indices().map(|(at, letter)| at + letter.len_utf8());
    let ends: Vec<usize> = ends.take_while(|end| name == "key" || !path[..*end].contains('/')).collect();
    ends.into_iter().rev().any(|end| {
        values.push((name.to_owned(), path[..end].to_owned()));
        let whole = fits(rest, &path[end..], values);
        if !whole {
            values.pop();
        }
        whole
    })
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_url_leads_to_its_operation() {
        let token = "A".repeat(142);
        for (path, id, values) in [
            ("/", "page", vec![]),
            ("/api/media", "listing", vec![]),
            ("/api/media/2025/a%20b.jpg", "item", vec![("key", "2025/a%20b.jpg")]),
            ("/api/hls/playlist", "master", vec![]),
            ("/api/hls/a/b.mp4/540p.m3u8", "variant", vec![("key", "a/b.mp4"), ("variant", "540p")]),
            ("/api/hls/a/b.mp4/1.ts", "segment", vec![("key", "a/b.mp4"), ("segment", "1.ts")]),
            (&format!("/api/hls/~{token}/playlist"), "masterByToken", vec![("token", &*token)]),
            (&format!("/api/download/~{token}/a.zip"), "download", vec![("token", &*token), ("name", "a.zip")]),
        ] {
            let (operation, found) = Operation::of(path).unwrap();
            let found: Vec<_> = found.iter().map(|(name, value)| (name.as_str(), value.as_str())).collect();
            assert_eq!((operation.id(), found), (id, values), "{path}");
        }
        assert!(Operation::of("/nothing").is_err() && Operation::of("/api/blocks/a/b").is_err());
    }

    #[test]
    fn a_schema_refuses_what_it_does_not_describe() {
        let playback = Place::at("/components/schemas/Playback").unwrap();
        let good = serde_json::json!({ "url": "/api/hls/~x/playlist", "expires": "2026-11-28T12:00:00Z" });
        assert_eq!(playback.admits(&good), Ok(()));
        for (name, value) in [("url", "javascript:x"), ("expires", "tomorrow"), ("other", "x")] {
            let mut bad = good.clone();
            bad[name] = value.into();
            assert!(playback.admits(&bad).is_err(), "{name}");
        }
        assert!(playback.admits(&serde_json::json!({ "url": "/api/hls/~x/playlist" })).is_err());
    }
}
