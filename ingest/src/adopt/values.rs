//! The values of the predecessor's KV namespace that mean the same here.

use std::path::Path;

use serde_json::Value as Json;

/// The values that operators write. Everything else in the namespace was a cache.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct OldValues {
    pub auth_version: Option<String>,
    pub thumbnail_version: Option<String>,
    /// How many other entries there are.
    pub others: usize,
}

/// The longest value that is taken, in bytes.
const LONGEST: usize = 1024;

impl OldValues {
    /// Reads the JSON that wrangler writes: a list of entries with `key` or `name` and `value`, or an object. wrangler
    /// says `Success!` behind it. The error is one line about the file.
    pub fn read(path: &Path) -> Result<Self, String> {
        let named = |words: &str| format!("{} cannot be read: {words}", path.display());
        let text = std::fs::read(path).map_err(|error| named(&error.to_string()))?;
        let start = text.iter().position(|byte| matches!(byte, b'{' | b'[')).unwrap_or(0);
        let json = serde_json::Deserializer::from_slice(&text[start..]).into_iter().next();
        let json = json.ok_or_else(|| named("it is empty"))?.map_err(|error| named(&error.to_string()))?;
        let entries = entries(json).ok_or_else(|| {
            named("it is no list of keys and values: use what `wrangler kv bulk get` or `kv bulk put` has")
        })?;
        let mut values = Self::default();
        for (key, value) in entries {
            let slot = match key.as_str() {
                "auth_version" => &mut values.auth_version,
                "thumbnail_version" => &mut values.thumbnail_version,
                _ => {
                    values.others += 1;
                    continue;
                }
            };
            let value =
                value.ok_or_else(|| named(&format!("{key} has no value: a list of keys alone is not enough")))?;
            if value.len() > LONGEST || value.chars().any(char::is_control) {
                return Err(named(&format!("{key} is no line of text")));
            }
            *slot = Some(value);
        }
        Ok(values)
    }

    /// The names and values that are there.
    pub fn all(&self) -> impl Iterator<Item = (&'static str, &str)> {
        let both = [("auth_version", &self.auth_version), ("thumbnail_version", &self.thumbnail_version)];
        both.into_iter().filter_map(|(name, value)| Some((name, value.as_deref()?)))
    }
}

/// A key, and its value if one is written.
type Entry = (String, Option<String>);

fn entries(json: Json) -> Option<Vec<Entry>> {
    let value = |json: &Json| match json {
        Json::String(text) => Some(text.clone()),
        Json::Number(number) => Some(number.to_string()),
        Json::Object(object) => object.get("value").and_then(Json::as_str).map(str::to_owned),
        _ => None,
    };
    match json {
        Json::Array(list) => list
            .iter()
            .map(|entry| {
                let key = entry.get("key").or_else(|| entry.get("name"))?.as_str()?;
                Some((key.to_owned(), entry.get("value").and_then(value)))
            })
            .collect(),
        // From the namespace itself (`--remote`), and not from a local copy.
        Json::Object(mut object) if object.len() == 1 && object.get("values").is_some_and(Json::is_object) => {
            entries(object.remove("values")?)
        }
        // A key that was asked for and is not there has the value null.
        Json::Object(object) => {
            Some(object.iter().filter_map(|(key, json)| Some((key.clone(), Some(value(json)?)))).collect())
        }
        _ => None,
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn read(json: &str) -> Result<OldValues, String> {
        let file = tempfile::NamedTempFile::new().unwrap();
        std::fs::write(file.path(), json).unwrap();
        OldValues::read(file.path())
    }

    #[test]
    fn what_wrangler_writes() {
        let wanted = OldValues { auth_version: Some("3".into()), thumbnail_version: None, others: 1 };
        for json in [
            r#"[{"key":"auth_version","value":"3"},{"key":"signing-key:x","value":"c2VjcmV0"}]"#,
            r#"[{"name":"auth_version","value":"3","metadata":null},{"name":"x"}]"#,
            r#"{"auth_version":"3","x":"y"}"#,
            r#"{"auth_version":{"value":"3","metadata":{}},"x":"y","z":null}"#,
            "{\n  \"auth_version\": {\n    \"value\": \"3\"\n  },\n  \"thumbnail_version\": {\n    \"value\": null\n  },\n  \
             \"x\": \"y\"\n}\n\nSuccess!\n",
            "{\"values\": {\"auth_version\": \"3\", \"thumbnail_version\": null, \"x\": \"y\"}}\n\nSuccess!\n",
        ] {
            assert_eq!(read(json), Ok(wanted.clone()), "{json}");
        }
        assert_eq!(wanted.all().collect::<Vec<_>>(), [("auth_version", "3")]);
    }

    #[test]
    fn what_it_does_not_write() {
        for json in ["", "7", "[1]", "{", r#"[{"name":"auth_version"}]"#, r#"{"auth_version":"a\nb"}"#] {
            let error = read(json).unwrap_err();
            assert!(error.contains("cannot be read: ") && !error.contains('\n'), "{error}");
        }
    }
}
