//! The page and its assets.

use std::io::Read as _;

use base64::{Engine as _, engine::general_purpose::STANDARD};
use sha2::{Digest as _, Sha256};

use crate::{Answer, Outcome, Target, client::Call};

cases!(page:
    needs [Nothing]: is_served_to_anyone, nothing_inline, assets_are_served, assets_never_change, manifest, worker,
        compressed_when_accepted, encodings_have_tags_of_their_own, conditions, head, is_asked_for_again,
        an_unknown_address_has_a_page, an_unknown_address_of_a_script_has_none;
    needs [Store]: content_security_policy;
);

fn open(target: &Target, path: &str) -> Call<'static> {
    Call::new(format!("{}{path}", target.base))
}

/// The paths that the page loads.
pub(crate) fn assets(target: &Target) -> Result<Vec<String>, String> {
    let page = open(target, "/").expect(200)?;
    let quoted = page.text()?.split('"').filter_map(|part| part.strip_prefix('.'));
    let assets: Vec<String> = quoted.filter(|path| path.starts_with("/assets/")).map(str::to_owned).collect();
    ensure!(!assets.is_empty(), "the page loads nothing: was it built?");
    Ok(assets)
}

fn script(target: &Target) -> Result<String, String> {
    assets(target)?
        .into_iter()
        .find(|path| path.rsplit('.').next() == Some("js"))
        .ok_or_else(|| "the page has no script".to_owned())
}

fn is_served_to_anyone(target: &Target) -> Outcome {
    for path in ["/", "/index.html"] {
        let page = open(target, path).expect(200)?;
        page.has("content-type", "text/html; charset=utf-8")?;
        ensure!(page.text()?.to_lowercase().starts_with("<!doctype html>"), "{path} is no page");
        page.lacks("set-cookie")?;
    }
    Ok(())
}

fn directive<'a>(policy: &'a str, name: &str) -> Result<Vec<&'a str>, String> {
    let mut found = policy.split(';').map(str::split_whitespace).filter(|words| words.clone().next() == Some(name));
    found.next().map(|words| words.skip(1).collect()).ok_or_else(|| format!("the policy has no {name}: {policy}"))
}

fn content_security_policy(target: &Target) -> Outcome {
    let page = open(target, "/").expect(200)?;
    let policy = page.need("content-security-policy")?;
    let hashes: Vec<String> = inline_scripts(page.text()?).map(hash).collect();
    ensure!(hashes.len() <= 1, "{} scripts stand in the page", hashes.len());
    for never in ["unsafe-inline", "unsafe-eval", "unsafe-hashes", " * ", " http: ", " https: "] {
        ensure!(!policy.contains(never), "{never:?} in {policy}");
    }
    for (name, sources) in [
        ("default-src", vec!["'none'"]),
        ("script-src", [vec!["'self'"], hashes.iter().map(String::as_str).collect()].concat()),
        ("style-src", vec!["'self'"]),
        ("base-uri", vec!["'none'"]),
        ("form-action", vec!["'self'"]),
        ("frame-ancestors", vec!["'none'"]),
    ] {
        ensure_eq!(directive(policy, name)?, sources, "{name}");
    }
    let store = target.store_origin.as_str();
    ensure!(!store.is_empty(), "the origin of presigned URLs is not known");
    for name in ["media-src", "connect-src"] {
        ensure!(directive(policy, name)?.contains(&store), "{name} leaves out the store: {policy}");
    }
    // Seek previews are pictures that video-edge leads to.
    for name in ["img-src", "connect-src"] {
        let video = directive(policy, name)?.contains(&target.video_base.as_str());
        ensure_eq!(video, target.is_split(), "whether {name} holds video-edge's origin");
    }
    Ok(())
}

/// The scripts that stand in the page itself.
fn inline_scripts(html: &str) -> impl Iterator<Item = &str> {
    html.split("<script>").skip(1).filter_map(|rest| rest.split_once("</script>")).map(|(script, _)| script)
}

/// What the policy says of a script that may stand in the page (CSP Level 3, section 2.3.1).
fn hash(script: &str) -> String {
    format!("'sha256-{}'", STANDARD.encode(Sha256::digest(script)))
}

/// The policy forbids inline styles, and scripts other than the one whose hash it has.
fn nothing_inline(target: &Target) -> Outcome {
    let page = open(target, "/").expect(200)?;
    let html = page.text()?.to_lowercase();
    for inline in ["<style", "style=\"", "onclick=", "onload=", "javascript:"] {
        ensure!(!html.contains(inline), "{inline} in the page");
    }
    for script in html.split("<script ").skip(1) {
        ensure!(script.contains("src="), "a script without a source");
    }
    Ok(())
}

fn assets_are_served(target: &Target) -> Outcome {
    for path in assets(target)? {
        let answer = open(target, &path).expect(200)?;
        let wanted = match path.rsplit('.').next() {
            Some("js") => "text/javascript; charset=utf-8",
            Some("css") => "text/css; charset=utf-8",
            Some("svg") => "image/svg+xml",
            Some("png") => "image/png",
            other => return Err(format!("{path}: what is a {other:?}?")),
        };
        answer.has("content-type", wanted)?;
        answer.has("x-content-type-options", "nosniff")?;
        answer.lacks("content-encoding")?;
        ensure!(!answer.body.is_empty(), "{path} is empty");
        ensure_eq!(answer.length()?, answer.body.len() as u64, "{path}: Content-Length");
    }
    Ok(())
}

fn assets_never_change(target: &Target) -> Outcome {
    for path in assets(target)? {
        open(target, &path).expect(200)?.has("cache-control", "public, max-age=31536000, immutable")?;
    }
    Ok(())
}

/// Strangers learn the product's name only.
fn manifest(target: &Target) -> Outcome {
    let manifest = open(target, "/manifest.webmanifest").expect(200)?;
    manifest.has("content-type", "application/manifest+json")?;
    manifest.has("cache-control", "no-store")?;
    let manifest = manifest.json()?;
    ensure_eq!(manifest["name"].as_str(), Some("Edge Gallery"), "the name for strangers");
    for icon in manifest["icons"].as_array().ok_or("no icons")? {
        let icon = icon["src"].as_str().and_then(|path| path.strip_prefix('.')).ok_or("an icon without a path")?;
        open(target, icon).expect(200)?.has("content-type", "image/png")?;
    }
    let own = target.get("/manifest.webmanifest").expect(200)?.json()?;
    let title = target.get("/api/timeline").expect(200)?.json()?["title"].as_str().map(str::to_owned);
    ensure_eq!(own["name"].as_str(), Some(title.as_deref().unwrap_or("Edge Gallery")), "the name for a guest");
    Ok(())
}

/// The service worker is one of the page: it is asked for again, and its own policy lets it ask for what the page does.
fn worker(target: &Target) -> Outcome {
    let worker = open(target, "/sw.js").expect(200)?;
    worker.has("content-type", "text/javascript; charset=utf-8")?;
    worker.has("cache-control", "no-cache")?;
    let policy = worker.need("content-security-policy")?;
    ensure!(directive(policy, "connect-src")?.contains(&"'self'"), "the worker may ask for nothing: {policy}");
    Ok(())
}

/// The page itself names its assets, so a browser must not keep an old one.
fn is_asked_for_again(target: &Target) -> Outcome {
    open(target, "/").expect(200)?.has("cache-control", "no-cache")
}

fn decoded(answer: &Answer) -> Result<Vec<u8>, String> {
    let mut plain = Vec::new();
    let read = match answer.header("content-encoding") {
        Some("br") => brotli_decompressor::Decompressor::new(answer.body.as_slice(), 4096).read_to_end(&mut plain),
        Some("gzip") => flate2::read::GzDecoder::new(answer.body.as_slice()).read_to_end(&mut plain),
        Some(other) => return Err(format!("{}: encoded as {other}", answer.what)),
        None => return Ok(answer.body.clone()),
    };
    read.map_err(|error| format!("{}: {error}", answer.what))?;
    Ok(plain)
}

fn compressed_when_accepted(target: &Target) -> Outcome {
    let path = script(target)?;
    let plain = open(target, &path).header("accept-encoding", "identity").expect(200)?;
    for (accepted, wanted) in [
        ("br", Some("br")),
        ("gzip", Some("gzip")),
        ("gzip, deflate, br", Some("br")),
        ("gzip;q=1.0, br;q=0", Some("gzip")),
        ("BR", Some("br")),
        ("br;q=0, gzip;q=0", None),
        ("br; q=0.000", None),
        ("deflate", None),
        ("xbr, gzipped", None),
        ("", None),
    ] {
        let answer = open(target, &path).header("accept-encoding", accepted).expect(200)?;
        ensure_eq!(answer.header("content-encoding"), wanted, "Accept-Encoding: {accepted}");
        ensure!(answer.need("vary")?.to_lowercase().contains("accept-encoding"), "{accepted}: Vary");
        ensure_eq!(answer.length()?, answer.body.len() as u64, "{accepted}: Content-Length");
        ensure!(decoded(&answer)? == plain.body, "{accepted}: decodes to other bytes");
        ensure!(wanted.is_none() || answer.body.len() < plain.body.len(), "{accepted}: grew");
    }
    Ok(())
}

/// RFC 9110 section 8.8.3.3.
fn encodings_have_tags_of_their_own(target: &Target) -> Outcome {
    let path = script(target)?;
    let mut tags = Vec::new();
    for accepted in ["identity", "gzip", "br"] {
        let answer = open(target, &path).header("accept-encoding", accepted).expect(200)?;
        tags.push(answer.need("etag")?.to_owned());
    }
    tags.sort();
    tags.dedup();
    ensure_eq!(tags.len(), 3, "different tags");
    Ok(())
}

fn conditions(target: &Target) -> Outcome {
    for path in ["/".to_owned(), script(target)?] {
        for accepted in ["identity", "br"] {
            let call = || open(target, &path).header("accept-encoding", accepted);
            let first = call().expect(200)?;
            let tag = first.need("etag")?;
            for condition in [tag.to_owned(), format!("W/{tag}"), format!("\"x\", {tag}"), "*".to_owned()] {
                let again = call().header("if-none-match", &condition).expect(304)?;
                ensure!(again.body.is_empty(), "{path}: a 304 with a body");
                for name in ["etag", "cache-control", "vary"] {
                    again.has(name, first.need(name)?)?;
                }
            }
            call().header("if-none-match", "\"x\"").header("if-none-match", tag).expect(304)?;
            call().header("if-none-match", "\"x\"").expect(200)?;
            // The page has no date, so no condition on a date counts. Ranges do not count either.
            call().header("if-modified-since", "Fri, 31 Dec 2100 00:00:00 GMT").expect(200)?;
            call().header("range", "bytes=0-9").expect(200)?;
            for condition in [tag, "*"] {
                call().header("if-match", condition).expect(200)?;
            }
            for condition in ["\"x\"", &format!("W/{tag}")] {
                call().header("if-match", condition).expect(412)?;
            }
        }
    }
    Ok(())
}

fn head(target: &Target) -> Outcome {
    for path in ["/".to_owned(), script(target)?] {
        let (get, head) = (open(target, &path).expect(200)?, open(target, &path).head().expect(200)?);
        ensure!(head.body.is_empty(), "{path}: a HEAD with a body");
        for name in ["content-length", "content-type", "etag", "cache-control"] {
            ensure_eq!(head.header(name), get.header(name), "{path}: {name} of HEAD");
        }
    }
    Ok(())
}

/// What a browser sends when it goes to an address.
const NAVIGATION: &str = "text/html,application/xhtml+xml,application/xml;q=0.9,image/avif,*/*;q=0.8";

fn an_unknown_address_has_a_page(target: &Target) -> Outcome {
    for path in ["/nothing", "/some/where", "/login/x", "/nothing?lang=de"] {
        let call = || open(target, path).header("accept", NAVIGATION);
        let answer = call().expect(404)?;
        answer.has("content-type", "text/html; charset=utf-8")?;
        answer.has("cache-control", "no-store")?;
        answer.has("x-content-type-options", "nosniff")?;
        answer.lacks("etag")?;
        let text = answer.text()?;
        ensure!(text.to_lowercase().starts_with("<!doctype html>"), "{path} has no page");
        ensure!(text.contains("There is nothing here"), "the page of {path} does not say so");
        let policy = open(target, "/").expect(200)?;
        answer.has("content-security-policy", policy.need("content-security-policy")?)?;
        let known = call().header("if-none-match", "*").header("accept-encoding", "br").expect(404)?;
        ensure!(decoded(&known)? == answer.body, "{path}: another page in Brotli");
        let head = call().head().expect(404)?;
        ensure!(head.body.is_empty(), "{path}: a HEAD with a body");
        ensure_eq!(head.length()?, answer.length()?, "{path}: Content-Length of HEAD");
    }
    Ok(())
}

fn an_unknown_address_of_a_script_has_none(target: &Target) -> Outcome {
    for (path, accept) in [
        ("/nothing", "*/*"),
        ("/nothing", "application/json"),
        ("/nothing", "text/html;q=0"),
        ("/api/nothing", NAVIGATION),
        ("/api", NAVIGATION),
        ("/assets/absent.js", NAVIGATION),
    ] {
        open(target, path).header("accept", accept).expect(404)?.has("content-type", "application/problem+json")?;
    }
    Ok(())
}
