//! The same requests signed by the crate under test.

use sigv4::{Bucket, Credentials, HeaderRequest, Method, Payload, Presigner, SigningKey, UrlStyle, sign_headers};

use crate::cases::{Group, Kind};

/// One line for each key, as the driver prints it.
pub fn signed(group: &Group) -> Result<Vec<String>, sigv4::Error> {
    let mut credentials = Credentials::new(group.id.as_str(), group.secret.as_str());
    if let Some(token) = &group.token {
        credentials = credentials.with_session_token(token.as_str());
    }
    let style = if group.virtual_host { UrlStyle::VirtualHost } else { UrlStyle::Path };
    let bucket = Bucket::new(&group.endpoint, style, &group.bucket, &group.region)?;
    let key = SigningKey::derive(&credentials, bucket.region(), group.now);
    match group.kind {
        Kind::Headers => group.keys.iter().map(|object_key| in_headers(group, &key, &bucket, object_key)).collect(),
        Kind::Query | Kind::Client => {
            let mut presigner = Presigner::new(&key, &bucket, method(group.method), group.now, group.expires)?;
            for (name, value) in &group.query {
                presigner = presigner.with_query(name, value);
            }
            Ok(presigned(&presigner, &group.keys))
        }
    }
}

/// Presigns with a batch, which must give the same URLs as one by one.
fn presigned(presigner: &Presigner, keys: &[String]) -> Vec<String> {
    let (mut together, mut single) = (String::new(), String::new());
    let mut batch = presigner.batch();
    for key in keys {
        for out in [&mut together, &mut single] {
            out.push_str(if out.is_empty() { "" } else { "\n" });
        }
        batch.push(&mut together, key);
        presigner.presign_into(&mut single, key);
    }
    batch.finish(&mut together);
    assert_eq!(together, single, "batch and one by one differ");
    together.lines().map(str::to_owned).collect()
}

fn in_headers(group: &Group, key: &SigningKey, bucket: &Bucket, object_key: &str) -> Result<String, sigv4::Error> {
    let (query, headers) = (borrowed(&group.query), borrowed(&group.headers));
    let request = HeaderRequest {
        method: method(group.method),
        object_key,
        query: &query,
        headers: &headers,
        payload: match group.body.as_deref() {
            None => Payload::Unsigned,
            Some("") => Payload::Empty,
            Some(body) => Payload::Hash(sha256(body)),
        },
    };
    let signed = sign_headers(key, bucket, &request, group.now)?;
    let order = ["x-amz-date", "x-amz-content-sha256", "x-amz-security-token", "authorization"];
    let values = order.iter().filter_map(|name| signed.headers.iter().find(|(other, _)| other == name));
    Ok(values.map(|(_, value)| value.as_str()).collect::<Vec<_>>().join("\t"))
}

fn borrowed(pairs: &[(String, String)]) -> Vec<(&str, &str)> {
    pairs.iter().map(|(name, value)| (name.as_str(), value.as_str())).collect()
}

fn sha256(body: &str) -> [u8; 32] {
    use sha2::Digest;
    sha2::Sha256::digest(body).into()
}

fn method(name: &str) -> Method {
    match name {
        "HEAD" => Method::Head,
        "PUT" => Method::Put,
        "POST" => Method::Post,
        "DELETE" => Method::Delete,
        _ => Method::Get,
    }
}
