//! Answers `/` with five bytes, and forwards a request for any other path to the server at `UPSTREAM` (host and
//! port).

use wasip3::{
    exports::http::handler::Guest,
    http::{
        client,
        types::{ErrorCode, Fields, Request, Response, Scheme},
    },
    wit_future, wit_stream,
};

struct Baseline;

impl Guest for Baseline {
    async fn handle(request: Request) -> Result<Response, ErrorCode> {
        match request.get_path_with_query().as_deref() {
            None | Some("/") => Ok(hello()),
            path => pass(path).await,
        }
    }
}

fn hello() -> Response {
    let (mut writer, body) = wit_stream::new();
    // A writer that is dropped unwritten says that there are no trailers.
    let (_, end) = wit_future::new(|| Ok(None));
    wasip3::spawn(async move { drop(writer.write_all(b"hello".to_vec()).await) });
    Response::new(Fields::new(), Some(body), end).0
}

async fn pass(path: Option<&str>) -> Result<Response, ErrorCode> {
    let (_, end) = wit_future::new(|| Ok(None));
    let (request, _sent) = Request::new(Fields::new(), None, end, None);
    let refused = |()| ErrorCode::HttpRequestUriInvalid;
    request.set_scheme(Some(&Scheme::Http)).map_err(refused)?;
    request.set_authority(std::env::var("UPSTREAM").ok().as_deref()).map_err(refused)?;
    request.set_path_with_query(path).map_err(refused)?;
    let answer = client::send(request).await?;
    let (status, headers) = (answer.get_status_code(), answer.get_headers().clone());
    let (_, taken) = wit_future::new(|| Ok(()));
    let (body, end) = Response::consume_body(answer, taken);
    let (response, _sent) = Response::new(headers, Some(body), end);
    response.set_status_code(status).map_err(|()| ErrorCode::InternalError(None))?;
    Ok(response)
}

wasip3::http::service::export!(Baseline);
