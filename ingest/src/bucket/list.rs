//! What lies in the bucket.

use std::collections::HashSet;

use platform_s3::listing::{self, Page, element, unescape};
use sigv4::Method;

use super::retry::Trouble;
use super::{Bucket, StoreError};

/// The largest page that is read, in bytes: a thousand keys of a thousand bytes, escaped.
const MAX_PAGE: u64 = 16 << 20;

/// An object that a listing names.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Listed {
    pub key: String,
    pub size: u64,
    /// Without its quotes.
    pub etag: Option<String>,
    /// When it was written: RFC 3339.
    pub modified: Option<String>,
}

impl Listed {
    fn read(contents: &str) -> Option<Self> {
        let (key, size) = listing::key_and_size(contents)?;
        let text = |name| element(contents, name).map(unescape).filter(|text| !text.is_empty());
        let etag = text("ETag").map(|tag| tag.trim_matches('"').to_owned());
        Some(Self { key, size, etag, modified: text("LastModified") })
    }
}

impl Bucket {
    /// All objects whose key begins with `prefix`, in the store's order.
    pub fn list(&self, prefix: &str) -> Result<Vec<Listed>, StoreError> {
        let mut all = Vec::new();
        let mut tokens = HashSet::new();
        let mut token = None;
        loop {
            let page = self.persist(|| self.page(prefix, token.as_deref()))?;
            all.extend(page.objects);
            let Some(next) = page.next else { return Ok(all) };
            // A store that returns to a page would be listed for ever.
            if !tokens.insert(next.clone()) {
                return Err(StoreError::local(format!("{} lists a page twice", self.words.endpoint)));
            }
            token = Some(next);
        }
    }

    fn page(&self, prefix: &str, token: Option<&str>) -> Result<Page<Listed>, Trouble> {
        let mut query = vec![("list-type", "2"), ("prefix", prefix)];
        query.extend(token.map(|token| ("continuation-token", token)));
        let url = self.presign(Method::Get, "", &query)?;
        let answer = self.answer(self.agent.get(&url).call())?;
        if answer.status != 200 {
            return Err(self.words.refused(&answer).into());
        }
        let body = self.read(answer, MAX_PAGE)?;
        let page = std::str::from_utf8(&body).ok().and_then(|xml| listing::parse_with(xml, Listed::read));
        let no_page = || StoreError::local(format!("{} answers with something else than a list", self.words.endpoint));
        page.ok_or_else(|| no_page().into())
    }
}

#[cfg(test)]
mod tests {
    use std::io::{BufRead, BufReader, Write};
    use std::net::TcpListener;
    use std::time::Duration;

    use platform_s3::Location;

    use super::*;
    use crate::Stop;

    /// A bucket whose store answers each request with what `answer` makes of its query.
    fn bucket(answer: impl Fn(&str) -> String + Send + 'static) -> Bucket {
        let listener = TcpListener::bind(("127.0.0.1", 0)).unwrap();
        let endpoint = format!("http://{}", listener.local_addr().unwrap());
        std::thread::spawn(move || {
            for stream in listener.incoming() {
                let mut stream = stream.unwrap();
                let mut lines = BufReader::new(stream.try_clone().unwrap()).lines().map(Result::unwrap);
                let target = lines.next().unwrap();
                assert_eq!(lines.find(String::is_empty).as_deref(), Some(""));
                let body = answer(target.split(['?', ' ']).nth(2).unwrap());
                let length = body.len();
                write!(stream, "HTTP/1.1 200 x\r\nconnection: close\r\ncontent-length: {length}\r\n\r\n{body}")
                    .unwrap();
            }
        });
        let location = Location {
            name: "media".into(),
            bucket: sigv4::Bucket::new(&endpoint, sigv4::UrlStyle::Path, "media", "auto").unwrap(),
            public: None,
            credentials: sigv4::Credentials::new("key", "secret"),
        };
        Bucket::new(&location, &[], 2, Duration::from_millis(100), Stop::default())
    }

    fn page(key: &str, more: &str) -> String {
        let rest = "<LastModified>2025-09-24T18:48:56.033Z</LastModified><ETag>&quot;5d41&quot;</ETag><Size>7</Size>";
        let contents = format!("<Contents><Key>{key}</Key>{rest}</Contents>");
        format!("<ListBucketResult>{more}{contents}</ListBucketResult>")
    }

    fn next(token: &str) -> String {
        format!("<IsTruncated>true</IsTruncated><NextContinuationToken>{token}</NextContinuationToken>")
    }

    #[test]
    fn pages_to_the_end() {
        let bucket = bucket(|query| {
            assert!(query.contains("list-type=2") && query.contains("prefix=a%20b%2F"), "{query}");
            let at = query.split_once("continuation-token=").map_or("0", |(_, rest)| rest.split('&').next().unwrap());
            let at: u32 = at.parse().unwrap();
            // The last page has a token too.
            let last = "<IsTruncated>false</IsTruncated><NextContinuationToken>9</NextContinuationToken>".to_owned();
            page(&format!("a b/{at:02}"), &if at == 24 { last } else { next(&(at + 1).to_string()) })
        });
        let listed = bucket.list("a b/").unwrap();
        assert_eq!(listed.len(), 25);
        let (etag, modified) = (Some("5d41".into()), Some("2025-09-24T18:48:56.033Z".into()));
        assert_eq!(listed[24], Listed { key: "a b/24".into(), size: 7, etag, modified });
    }

    #[test]
    fn a_list_without_end_is_refused() {
        let in_circles = bucket(|query| page("x", &next(if query.contains("token=a") { "b" } else { "a" })));
        assert!(in_circles.list("").unwrap_err().to_string().contains("twice"));
        let nowhere = bucket(|_| page("x", "<IsTruncated>true</IsTruncated>"));
        assert!(nowhere.list("").unwrap_err().to_string().contains("something else than a list"));
    }
}
