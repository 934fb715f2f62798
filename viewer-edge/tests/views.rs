//! Views that are gone: what a link to several shows first, and what no condition makes of one that is not there.

#![allow(clippy::unwrap_used, reason = "helpers of tests are tests")]

mod common;

use bytes::Bytes;
use common::{NOW, cookie, link, now, publish, service};
use gallery::{
    link::{Flags, Link, token},
    views::View,
};
use http::{HeaderValue, Request, Response, StatusCode, header};
use platform::{Cx, Error, Facts, Kind, Service as _, service::finish};
use platform_memory::Memory;
use viewer_edge::ViewerEdge;

const GONE: &str = "album-000000000000";

struct Fixture {
    memory: Memory,
    service: ViewerEdge,
    cookie: String,
}

impl Fixture {
    /// A guest with a link to these views.
    fn new(views: &[&str]) -> Self {
        let memory = Memory::new(|_| async { Err(Error::new(Kind::Unavailable, "no store")) }).unwrap();
        let token = token([1; 16]);
        let views = views.iter().map(|name| View::parse(name).unwrap()).collect();
        publish(&memory, &[Link { views, ..link(&token, Flags::default(), None) }]);
        let mut fixture = Self { memory, service: service(), cookie: String::new() };
        fixture.cookie = cookie(&fixture.get(&format!("/l/{token}"), None));
        fixture
    }

    fn get(&self, path: &str, known: Option<&HeaderValue>) -> Response<Bytes> {
        let request = Request::get(path).header(header::COOKIE, &self.cookie);
        let request = known.iter().fold(request, |request, known| request.header(header::IF_NONE_MATCH, *known));
        let cx = Cx::new(&self.memory, Facts { now: NOW, entropy: [7; 32], https: false, client: None });
        let mut response = now(self.service.handle(&cx, request.body(Bytes::new()).unwrap()));
        finish(&cx, &mut response, std::time::Duration::ZERO);
        response
    }

    /// The view of a timeline, by its name.
    fn view(&self, path: &str) -> String {
        let answer = self.get(path, None);
        assert_eq!(answer.status(), StatusCode::OK, "{path}");
        let timeline: serde_json::Value = serde_json::from_slice(answer.body()).unwrap();
        timeline["view"].as_str().unwrap().to_owned()
    }
}

#[test]
fn a_link_shows_the_first_of_its_views_that_there_is() {
    let fixture = Fixture::new(&[GONE, "photos", "films"]);
    assert_eq!(fixture.view("/api/timeline"), "photos");
    assert_eq!(fixture.view("/api/timeline?view=films"), "films");
    for other in [GONE, "everything"] {
        let answer = fixture.get(&format!("/api/timeline?view={other}"), None);
        assert_eq!(answer.status(), StatusCode::NOT_FOUND, "{other}");
    }
    let fixture = Fixture::new(&[GONE]);
    assert_eq!(fixture.get("/api/timeline", None).status(), StatusCode::NOT_FOUND);
}

#[test]
fn nobody_has_the_newest_version_of_a_view_that_is_gone() {
    let fixture = Fixture::new(&[GONE, "photos"]);
    let tag = fixture.get("/api/timeline", None).headers()[header::ETAG].clone();
    assert_eq!(fixture.get("/api/timeline", Some(&tag)).status(), StatusCode::NOT_MODIFIED);
    let gone = format!("/api/timeline?view={GONE}");
    assert_eq!(fixture.get(&gone, Some(&tag)).status(), StatusCode::NOT_FOUND);
}
