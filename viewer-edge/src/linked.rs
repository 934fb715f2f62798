//! The page below `/l/:link`, and its card: what a chat shows of a link that somebody sends.
//!
//! A chat's program asks for the link as anybody may. So a card tells only what the link opens without a password:
//! the gallery's title and subtitle, and its cover if the link shows it. Any other link has the product's name.

use std::borrow::Cow;

use edge::{
    Base, Failure,
    object_response::{self, Presentation},
    respond,
};
use gallery::{MediaKey, layout::ThumbnailSize, link::Link, media::Media};
use http::{HeaderMap, HeaderValue, Response, StatusCode, header, request};
use platform::{Cx, Error, Kind, Platform, Problem};
use serde::Deserialize;

use crate::{ViewerEdge, assets};

/// What stands in the page for every link, and gives way to a card.
const NEUTRAL: &str = r#"<meta property="og:title" content="Edge Gallery" />"#;
/// The largest timeline, as text in bytes.
const MAX_TEXT: usize = 64 << 20;

/// Parts of the names of programs that fetch a page to show a card of it, in lower case. Most say that they are bots.
const PREVIEWERS: [&str; 9] =
    ["bot", "facebookexternalhit", "facebot", "whatsapp", "preview", "embed", "iframely", "vkshare", "mattermost"];

/// Whether a request comes from a program that shows cards. Such a program keeps no cookie, and must not be let in
/// instead of a guest. Browsers that send Fetch Metadata are none, whatever they are called.
pub(crate) fn is_previewer(headers: &HeaderMap) -> bool {
    if headers.contains_key("sec-fetch-mode") {
        return false;
    }
    let name = headers.get(header::USER_AGENT).and_then(|name| name.to_str().ok()).unwrap_or_default();
    let name = name.to_ascii_lowercase();
    PREVIEWERS.iter().any(|part| name.contains(part))
}

/// What a timeline tells about the gallery.
#[derive(Deserialize)]
struct About {
    title: Option<String>,
    subtitle: Option<String>,
    cover: Option<String>,
}

/// The page, for a link that has not ended, or without one for any other path of this form.
pub(crate) async fn page<P: Platform>(
    service: &ViewerEdge,
    cx: &Cx<'_, P>,
    headers: &HeaderMap,
    link: Option<(&Link, &str)>,
) -> Result<Response<P::Body>, Failure> {
    let card = match link {
        Some((link, token)) if link.password.is_none() => {
            // The page opens without a card, too.
            let card = Box::pin(card(service, cx, headers, link, token)).await;
            card.unwrap_or_else(|failure| {
                let _ = failure.into_problem(&cx.record);
                None
            })
        }
        _ => None,
    };
    let html = assets::page().map(|html| below(html, &service.config.base, card.as_deref()));
    let html = html.ok_or(Error::new(Kind::Internal, "linked.page"))?;
    let mut response = respond::bytes(StatusCode::OK, "text/html; charset=utf-8", html);
    if let Ok(policy) = HeaderValue::from_str(&service.config.page_policy) {
        response.headers_mut().insert(header::CONTENT_SECURITY_POLICY, policy);
    }
    respond::set(response.headers_mut(), header::CACHE_CONTROL, "no-store");
    Ok(response)
}

/// The page at a path that is not the gallery's own: with whole paths to its files, and with a card.
fn below(html: &str, base: &Base, card: Option<&str>) -> String {
    let html = assets::at_any_path(html, base);
    match card {
        Some(card) => html.replacen(NEUTRAL, card, 1),
        None => html,
    }
}

/// The card as elements of the page's head (<https://ogp.me>).
async fn card<P: Platform>(
    service: &ViewerEdge,
    cx: &Cx<'_, P>,
    headers: &HeaderMap,
    link: &Link,
    token: &str,
) -> Result<Option<String>, Failure> {
    let Some(about) = about(service, cx, link).await? else { return Ok(None) };
    let Some(title) = about.title.filter(|title| !title.is_empty()) else { return Ok(None) };
    let mut card = String::new();
    let mut add = |name: &str, text: &str| {
        let text = escaped(text);
        card.extend([r#"<meta property="og:"#, name, r#"" content=""#, &text, r#"" />"#]);
    };
    add("type", "website");
    add("title", &title);
    if let Some(subtitle) = about.subtitle.filter(|subtitle| !subtitle.is_empty()) {
        add("description", &subtitle);
    }
    let host = headers.get(header::HOST).and_then(|host| host.to_str().ok());
    if let Some(host) = host
        && picture(service, cx, link, about.cover).await?.is_some()
    {
        let scheme = if cx.facts.https { "https" } else { "http" };
        add("image", &format!("{scheme}://{host}{}", service.config.base.path(&format!("/l/{token}/cover"))));
        card.push_str(r#"<meta name="twitter:card" content="summary_large_image" />"#);
    }
    Ok(Some(card))
}

async fn about<P: Platform>(service: &ViewerEdge, cx: &Cx<'_, P>, link: &Link) -> Result<Option<About>, Failure> {
    let unreadable = || Error::new(Kind::Invalid, "linked.about");
    let Some(view) = service.catalogue.first(cx, &link.views).await? else { return Ok(None) };
    let Some(timeline) = service.catalogue.timeline(cx, &view, service.edition()).await? else { return Ok(None) };
    let text = deflate::inflate(&timeline.gzip, MAX_TEXT).ok_or_else(unreadable)?;
    Ok(Some(serde_json::from_slice(&text).map_err(|_| unreadable())?))
}

/// The cover and the name of its picture, if the link shows it.
async fn picture<P: Platform>(
    service: &ViewerEdge,
    cx: &Cx<'_, P>,
    link: &Link,
    cover: Option<String>,
) -> Result<Option<(Media, String)>, Failure> {
    let Some(key) = cover.and_then(|key| MediaKey::parse(key).ok()) else { return Ok(None) };
    let item = service.catalogue.item(cx, &key).await?;
    let item = item.filter(|item| link.covers(item.r#type, &item.albums));
    Ok(item.and_then(|item| item.thumbnail(ThumbnailSize::Large).map(|object| (item, object))))
}

/// `GET|HEAD /l/:link/cover`: the picture of the card. The link's own secret is the right to it, and opens nothing
/// else here: no session begins.
pub(crate) async fn cover<P: Platform>(
    service: &ViewerEdge,
    cx: &Cx<'_, P>,
    head: &request::Parts,
    token: &str,
) -> Result<Response<P::Body>, Failure> {
    let absent = || Failure::from(Problem::not_found("There is nothing here."));
    let link = service.sessions.link(cx, &service.catalogue, token).await?;
    let link = link.filter(|link| link.password.is_none()).ok_or_else(absent)?;
    let about = about(service, cx, &link).await?.ok_or_else(absent)?;
    let (_, object) = picture(service, cx, &link, about.cover).await?.ok_or_else(absent)?;
    let presentation = Presentation {
        cache_control: "no-store",
        content_type: Some("image/webp"),
        disposition: None,
        tag: None,
        edge_cache: None,
    };
    let mut response = object_response::serve(&service.objects, cx, head, &object, &presentation).await?;
    response.headers_mut().remove(header::ACCEPT_RANGES);
    Ok(response)
}

/// A text as the value of an attribute in double quotes.
fn escaped(text: &str) -> Cow<'_, str> {
    if !text.contains(['&', '<', '>', '"']) {
        return Cow::Borrowed(text);
    }
    let escape = |c| match c {
        '&' => "&amp;".to_owned(),
        '<' => "&lt;".to_owned(),
        '>' => "&gt;".to_owned(),
        '"' => "&quot;".to_owned(),
        c => String::from(c),
    };
    Cow::Owned(text.chars().map(escape).collect())
}

#[cfg(test)]
mod tests {
    use platform::config::Lookup;

    use super::*;

    #[test]
    fn programs_of_chats_are_known_and_browsers_are_none() {
        let is_one = |agent: &str, fetch: bool| {
            let mut headers = HeaderMap::new();
            headers.insert(header::USER_AGENT, HeaderValue::from_str(agent).unwrap());
            if fetch {
                headers.insert("sec-fetch-mode", HeaderValue::from_static("navigate"));
            }
            is_previewer(&headers)
        };
        for agent in [
            "WhatsApp/2.23.20.0 A",
            "TelegramBot (like TwitterBot)",
            "facebookexternalhit/1.1 (+http://www.facebook.com/externalhit_uatext.php)",
            "Slackbot-LinkExpanding 1.0 (+https://api.slack.com/robots)",
            "Mozilla/5.0 (compatible; Discordbot/2.0; +https://discordapp.com)",
            "Mozilla/5.0 (Macintosh; Intel Mac OS X 10_11_1) AppleWebKit/601.2.4 (KHTML, like Gecko) Version/9.0.1 \
             Safari/601.2.4 facebookexternalhit/1.1 Facebot Twitterbot/1.0",
            "SkypeUriPreview Preview/0.5",
        ] {
            assert!(is_one(agent, false) && !is_one(agent, true), "{agent}");
        }
        for agent in [
            "Mozilla/5.0 (iPhone; CPU iPhone OS 15_6 like Mac OS X) AppleWebKit/605.1.15 (KHTML, like Gecko) \
             Version/15.6 Mobile/15E148 Safari/604.1",
            "curl/8.5.0",
            "",
        ] {
            assert!(!is_one(agent, false), "{agent}");
        }
        assert!(!is_previewer(&HeaderMap::new()));
    }

    #[test]
    fn the_page_names_its_files_by_whole_paths_and_the_card_is_text() {
        let base = Base::load(&Lookup(&|_| Some("/gallery".to_owned()))).unwrap();
        let html = format!(r#"<head>{NEUTRAL}<script src="./assets/a.js"></script></head>"#);
        let title = escaped("<b> \"A & B\"");
        assert_eq!(title, "&lt;b&gt; &quot;A &amp; B&quot;");
        assert_eq!(
            below(&html, &base, Some("CARD")),
            r#"<head>CARD<script src="/gallery/assets/a.js"></script></head>"#
        );
        assert_eq!(below(&html, &Base::default(), None), html.replace("./", "/"));
    }
}
