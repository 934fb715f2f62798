//! SQL against a server that gives fixed answers. The tests against the real server are in `tests/sqld`.

#![allow(clippy::unwrap_used, reason = "helpers of tests are tests")]

use std::{cell::RefCell, rc::Rc};

use http::Response;

use platform::sql::MAX_ROWS;
use platform_memory::Memory;

use super::*;

/// Runs a future that never waits.
fn now<T>(future: impl Future<Output = T>) -> T {
    let mut context = std::task::Context::from_waker(std::task::Waker::noop());
    match std::pin::pin!(future).poll(&mut context) {
        std::task::Poll::Ready(value) => value,
        std::task::Poll::Pending => panic!("it waits"),
    }
}

type Seen = Rc<RefCell<Vec<Request<Bytes>>>>;

/// A database whose server always gives this answer, and the requests that the server got.
fn database(status: u16, body: impl Into<Bytes>) -> (SqlHttp<Memory>, Seen) {
    let (seen, body) = (Seen::default(), body.into());
    let asked = Rc::clone(&seen);
    let platform = Memory::new(move |request| {
        asked.borrow_mut().push(request);
        let answer = Response::builder().status(status).body(body.clone());
        async move { answer.map_err(|error| Error::because(Kind::Internal, "test", error)) }
    });
    let endpoint = Endpoint::new("libsql://db.example/", Some("hidden-token")).unwrap();
    (SqlHttp::new(platform.unwrap(), Arc::new(endpoint)), seen)
}

fn query(status: u16, body: impl Into<Bytes>) -> Result<Vec<Row>, Error> {
    now(database(status, body).0.query("SELECT 1", &[]))
}

fn ok(response: &str) -> String {
    format!(
        r#"{{"baton":null,"base_url":null,"results":[{{"type":"ok","response":{response}}},{{"type":"ok","response":{{"type":"close"}}}}]}}"#
    )
}

#[test]
fn a_query_is_one_closed_pipeline_with_typed_parameters() {
    let (sql, seen) = database(200, ok(r#"{"type":"execute","result":{"cols":[],"rows":[]}}"#));
    let parameters =
        [Value::Null, Value::Integer(i64::MIN), Value::Real(0.1 + 0.2), "a\0\"ü".into(), Value::Blob(vec![0, 255])];
    assert_eq!(now(sql.query("SELECT ?1", &parameters)).unwrap(), []);
    let [request] = &seen.borrow()[..] else { panic!("one request") };
    assert_eq!(request.method(), Method::POST);
    assert_eq!(request.uri(), "https://db.example/v2/pipeline");
    assert_eq!(request.headers()[header::AUTHORIZATION], "Bearer hidden-token");
    assert!(request.headers()[header::AUTHORIZATION].is_sensitive());
    let body: serde_json::Value = serde_json::from_slice(request.body()).unwrap();
    assert_eq!(
        body,
        serde_json::json!({ "requests": [
            { "type": "execute", "stmt": { "sql": "SELECT ?1", "args": [
                { "type": "null" },
                { "type": "integer", "value": "-9223372036854775808" },
                { "type": "float", "value": 0.1 + 0.2 },
                { "type": "text", "value": "a\0\"ü" },
                { "type": "blob", "base64": "AP8" },
            ] } },
            { "type": "close" },
        ] })
    );
    assert!(!String::from_utf8_lossy(request.body()).contains("baton"));
}

#[test]
fn what_is_not_finite_is_not_sent() {
    let (sql, seen) = database(200, "");
    let error = now(sql.query("SELECT ?1", &[Value::Real(f64::NAN)])).unwrap_err();
    assert_eq!(error.kind(), Kind::Invalid);
    assert!(seen.borrow().is_empty());
}

#[test]
fn values_come_back_whatever_the_padding() {
    let rows = r#"[[{"type":"null"},{"type":"integer","value":"9223372036854775807"},{"type":"float","value":0.30000000000000004},
        {"type":"text","value":"\u0000\u00fc"},{"type":"blob","base64":"AP8"},{"type":"blob","base64":"AP8="}]]"#;
    let body = ok(&format!(r#"{{"type":"execute","result":{{"cols":[],"rows":{rows},"affected_row_count":0}}}}"#));
    let blob = Value::Blob(vec![0, 255]);
    let values = vec![Value::Null, Value::Integer(i64::MAX), Value::Real(0.1 + 0.2), "\0ü".into(), blob.clone(), blob];
    assert_eq!(query(200, body).unwrap(), [Row(values)]);
}

#[test]
fn refusals_are_told_apart() {
    for (status, kind) in [
        (401, Kind::Denied),
        (403, Kind::Denied),
        (429, Kind::Throttled),
        (500, Kind::Unavailable),
        (503, Kind::Unavailable),
        (504, Kind::Timeout),
        (400, Kind::Invalid),
        (302, Kind::Invalid),
    ] {
        let error = query(status, "hidden-token <html>").unwrap_err();
        assert_eq!(error.kind(), kind, "{status}");
        assert!(!error.to_string().contains("hidden"), "{error}");
    }
    for (code, kind) in [
        ("SQL_PARSE_ERROR", Kind::Invalid),
        ("SQLITE_CONSTRAINT", Kind::Invalid),
        ("SQLITE_BUSY_SNAPSHOT", Kind::Unavailable),
        ("TRANSACTION_TIMEOUT", Kind::Timeout),
        ("AUTH_JWT_EXPIRED", Kind::Denied),
        ("SQLITE_TOOBIG", Kind::TooLarge),
    ] {
        let words = "ü".repeat(1000) + "\\n";
        let body = format!(
            r#"{{"baton":null,"results":[{{"type":"error","error":{{"message":"{words}","code":"{code}"}}}}]}}"#
        );
        let error = query(200, body).unwrap_err();
        assert_eq!(error.kind(), kind, "{code}");
        assert!(error.to_string().len() < 300, "{error}");
    }
}

#[test]
fn what_is_not_hranas_is_invalid_and_not_quoted() {
    let integer = r#"{"type":"execute","result":{"rows":[[{"type":"integer","value":"hidden"}]]}}"#;
    let infinite = r#"{"type":"execute","result":{"rows":[[{"type":"float","value":null}]]}}"#;
    for body in ["", "hidden", r#"{"results":[]}"#, &ok(r#"{"type":"close"}"#), &ok(integer), &ok(infinite)] {
        let error = query(200, body.to_owned()).unwrap_err();
        assert_eq!(error.kind(), Kind::Invalid, "{body}");
        assert!(!error.to_string().contains("hidden"), "{error}");
    }
}

#[test]
fn too_much_is_too_large() {
    let rows = |count: usize| format!(r#"{{"type":"execute","result":{{"rows":[{}]}}}}"#, vec!["[]"; count].join(","));
    assert_eq!(query(200, ok(&rows(MAX_ROWS))).unwrap().len(), MAX_ROWS);
    assert_eq!(query(200, ok(&rows(MAX_ROWS + 1))).unwrap_err().kind(), Kind::TooLarge);
    assert_eq!(query(200, vec![b' '; MAX_ANSWER_BYTES + 1]).unwrap_err().kind(), Kind::TooLarge);
}

#[test]
fn a_batch_counts_only_with_its_commit() {
    let step = r#"{"cols":[],"rows":[]}"#;
    let batch = |results: &str, errors: &str| {
        ok(&format!(r#"{{"type":"batch","result":{{"step_results":[{results}],"step_errors":[{errors}]}}}}"#))
    };
    let run = |body: String| now(database(200, body).0.batch(&[Statement::new("SELECT 1", [])]));
    let none = "null,null,null,null";
    assert_eq!(run(batch(&format!("{step},{step},{step},null"), none)).unwrap(), [vec![]]);
    let failed = r#"null,{"message":"constraint","code":"SQLITE_CONSTRAINT"},null,null"#;
    assert_eq!(run(batch(&format!("{step},null,null,{step}"), failed)).unwrap_err().kind(), Kind::Invalid);
    for results in [format!("{step},{step},null,{step}"), format!("{step},{step}"), none.to_owned(), String::new()] {
        assert_eq!(run(batch(&results, none)).unwrap_err().kind(), Kind::Invalid, "{results}");
    }
    let (sql, seen) = database(200, "");
    assert_eq!(now(sql.batch(&[])).unwrap(), Vec::<Vec<Row>>::new());
    assert!(seen.borrow().is_empty(), "an empty batch asks nothing");
}

#[test]
fn addresses() {
    for (url, pipeline) in [
        ("libsql://db.example", "https://db.example/v2/pipeline"),
        ("https://db.example/", "https://db.example/v2/pipeline"),
        ("http://127.0.0.1:8081", "http://127.0.0.1:8081/v2/pipeline"),
        ("https://db.example/namespace", "https://db.example/namespace/v2/pipeline"),
    ] {
        assert_eq!(Endpoint::new(url, None).unwrap().pipeline, pipeline);
    }
    for url in
        ["", "db.example", "ws://db.example", "https://", "https://u:hidden@db.example", "https://a/?token=hidden"]
    {
        let error = Endpoint::new(url, None).unwrap_err();
        assert!(error.name == "SQL_URL" && !error.to_string().contains("hidden"), "{error}");
    }
    assert_eq!(Endpoint::new("http://a", Some("line\nbreak")).unwrap_err().name, "SQL_AUTH_TOKEN");
    let shown = format!("{:?}", Endpoint::new("http://a", Some("hidden")).unwrap());
    assert!(!shown.contains("hidden"), "{shown}");
}

#[test]
fn a_database_is_loaded_where_one_is_named() {
    let load = |values: &[(&str, &str)]| {
        let find = |name: &str| values.iter().find(|(key, _)| *key == name).map(|(_, value)| (*value).to_owned());
        Endpoint::load(&Lookup(&find)).map(|endpoint| endpoint.map(|endpoint| endpoint.origin()))
    };
    let url = ("SQL_URL", "http://127.0.0.1:8081");
    assert_eq!(load(&[]), Ok(None));
    assert_eq!(load(&[("SQL_AUTH_TOKEN", "token")]), Ok(None));
    assert_eq!(load(&[url, ("SQL_AUTH_TOKEN", "token")]), Ok(Some("http://127.0.0.1:8081".to_owned())));
    assert_eq!(load(&[("SQL_URL", "nonsense")]).unwrap_err().name, "SQL_URL");
    assert_eq!(load(&[url, ("SQL_AUTH_TOKEN", "a\nb")]).unwrap_err().name, "SQL_AUTH_TOKEN");
}
