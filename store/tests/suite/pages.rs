//! What a page in a browser needs: CORS, and readable errors.

use crate::common::{BUCKET, PAGE, Response, TestStore, config, request, start};

fn preflight(store: &TestStore, origin: &str, method: &str) -> Response {
    let headers = [
        ("origin", origin),
        ("access-control-request-method", method),
        ("access-control-request-headers", "range, content-type"),
    ];
    request("OPTIONS", &format!("http://{}/{BUCKET}/a.jpg", store.addr())).headers(&headers).send()
}

#[track_caller]
fn readable_by(response: &Response, origin: &str) {
    assert_eq!(response.header("access-control-allow-origin"), Some(origin));
    assert_eq!(response.header("timing-allow-origin"), Some(origin));
    assert_eq!(response.header("access-control-allow-credentials"), None);
    assert!(response.header("vary").unwrap().contains("Origin"));
    let exposed = response.header("access-control-expose-headers").unwrap();
    for name in ["ETag", "Content-Range", "Accept-Ranges", "Content-Length"] {
        assert!(exposed.split(", ").any(|exposed| exposed == name), "{name} in {exposed}");
    }
}

#[test]
fn preflights_of_the_page_pass() {
    let store = start();
    for method in ["GET", "HEAD", "PUT", "POST", "DELETE"] {
        let answer = preflight(&store, PAGE, method).ok(204);
        assert_eq!(answer.header("access-control-allow-origin"), Some(PAGE));
        assert!(answer.header("access-control-allow-methods").unwrap().contains(method));
        assert_eq!(answer.header("access-control-allow-headers"), Some("range, content-type"));
        assert!(answer.header("access-control-max-age").is_some());
        assert!(answer.body.is_empty());
    }
}

#[test]
fn preflights_of_others_fail() {
    let store = start();
    for (origin, method) in
        [("http://evil.example", "GET"), ("null", "GET"), (PAGE, "PATCH"), ("http://localhost", "GET")]
    {
        let answer = preflight(&store, origin, method).expect(403, "AccessDenied");
        assert_eq!(answer.header("access-control-allow-methods"), None);
        let allowed = (origin == PAGE).then_some(PAGE);
        assert_eq!(answer.header("access-control-allow-origin"), allowed);
    }
    let bare = request("OPTIONS", &format!("http://{}/{BUCKET}/a.jpg", store.addr())).send();
    bare.expect(400, "InvalidRequest");
}

#[test]
fn responses_are_readable_by_the_page_errors_included() {
    let store = start();
    store.put("a.jpg", "0123456789").ok(200);
    let origin = ("origin", PAGE);
    let url = store.get_url("a.jpg");
    for (response, status) in [
        (store.get_with("a.jpg", &[origin]), 200),
        (store.get_with("a.jpg", &[origin, ("range", "bytes=1-2")]), 206),
        (store.get_with("a.jpg", &[origin, ("if-none-match", "*")]), 304),
        (store.get_with("a.jpg", &[origin, ("range", "bytes=10-")]), 416),
        (store.get_with("none.jpg", &[origin]), 404),
        (request("GET", &url.replace("3600", "3601")).headers(&[origin]).send(), 403),
        (request("GET", &url.replace("Expires=3600", "Expires=0")).headers(&[origin]).send(), 403),
        (store.put_with("b.jpg", "x", &[origin]), 200),
        (store.head_with("a.jpg", &[origin]), 200),
    ] {
        assert_eq!(response.status, status, "{response:?}");
        readable_by(&response, PAGE);
    }
}

#[test]
fn responses_are_not_readable_by_others() {
    let store = start();
    store.put("a.jpg", "x").ok(200);
    for headers in [&[("origin", "http://evil.example")][..], &[]] {
        let response = store.get_with("a.jpg", headers).ok(200);
        assert_eq!(response.header("access-control-allow-origin"), None);
        assert_eq!(response.header("timing-allow-origin"), None);
        assert!(response.header("vary").unwrap().contains("Origin"));
    }
}

#[test]
fn a_star_allows_all() {
    let folder = tempfile::tempdir().unwrap();
    let config = store::Config { allowed_origins: vec!["*".into()], ..config(folder.path()) };
    let running = store::spawn(config, ([127, 0, 0, 1], 0).into()).unwrap();
    let url = format!("http://{}/{BUCKET}/a.jpg", running.addr());
    let response = request("GET", &url).headers(&[("origin", "http://any.example")]).send();
    assert_eq!(response.status, 403);
    readable_by(&response, "*");
}
