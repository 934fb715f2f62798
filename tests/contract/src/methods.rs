//! The methods of each route.

use crate::{Outcome, Target, client::Call};

cases!(methods:
    needs [Nothing]: unknown_routes;
    needs [Photo]: wrong_methods, wrong_methods_change_nothing;
);

/// A URL of every route, with the methods of the route.
pub(crate) fn routes(target: &Target) -> Result<Vec<(String, &'static str)>, String> {
    Ok(crate::routes::routes(target)?.into_iter().map(|route| (route.present, route.methods)).collect())
}

/// The answer is the same with and without a session, because the methods of a route are no secret.
fn wrong_methods(target: &Target) -> Outcome {
    for (url, allow) in routes(target)? {
        for method in ["GET", "HEAD", "POST", "PUT", "PATCH", "DELETE", "OPTIONS"] {
            if allow.split(", ").any(|allowed| allowed == method) {
                continue;
            }
            let call = || {
                let call = target.follow(&url).method(method);
                if matches!(method, "POST" | "PUT" | "PATCH") { call.body("application/json", "{}") } else { call }
            };
            for answer in [call().expect(405)?, call().anonymous().expect(405)?] {
                answer.has("allow", allow)?;
                answer.has("cache-control", "no-store")?;
                ensure!(method == "HEAD" || answer.json().is_ok(), "{}: no problem body", answer.what);
            }
        }
    }
    Ok(())
}

fn wrong_methods_change_nothing(target: &Target) -> Outcome {
    let path = target.photo()?.file();
    let before = target.get(&path).head().expect(200)?;
    target.get(&path).method("DELETE").expect(405)?;
    target.get(&path).method("PUT").body("image/png", "x").expect(405)?;
    target.get(&path).head().expect(200)?.has("etag", before.need("etag")?)
}

fn unknown_routes(target: &Target) -> Outcome {
    for path in ["/nothing", "/api", "/api/", "/api/nothing", "/api/file", "/assets/absent.js", "/login/x", "/Healthz"]
    {
        let answer = Call::new(format!("{}{path}", target.base)).expect(404)?;
        answer.has("content-type", "application/problem+json")?;
        target.get(path).head().expect(404)?;
    }
    for path in ["/api/hls/", "/api/hls/x", "/api/hls/x/y.exe", "/api/hls/x/y"] {
        target.video(path).expect(404)?.has("content-type", "application/problem+json")?;
    }
    Ok(())
}
